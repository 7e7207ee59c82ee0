package model

import (
	"slices"
	"strings"
)

// Person is somebody who is known by name.
type Person struct {
	ID   PersonID
	Name string
	// Founder reports who began the workspace.
	Founder bool
	// Access is what a member may do; none for who is known by name alone.
	Access Access
	// Revoked reports somebody who was a member, and is none any more.
	Revoked bool
	// Held reports somebody who came by an invite that was used twice: nobody of them
	// has any access until an owner says who it is.
	Held bool
}

// Member reports a member.
func (p Person) Member() bool { return p.Access != NoAccess }

// Roster is an immutable list of people, by name.
type Roster struct {
	people []Person
	byID   map[PersonID]Person
	ways   map[PersonID][]Way
	enters map[wayID]PersonID
	barred map[wayID]bool
	// devices are those of each person that were not taken away, given all.
	devices, given map[PersonID][]DeviceKey
	verdict        *verdict
	// templates are those of links and updates that count.
	templates map[string]*Record
	// contacts are how people are reached, rotas the texts of rotas that stand.
	contacts map[PersonID]Contact
	rotas    []*Record
	roles    *RoleBook
}

// Roster gives the people as they now stand.
func (p *People) Roster() *Roster {
	ro := &Roster{
		byID: map[PersonID]Person{}, ways: map[PersonID][]Way{}, enters: map[wayID]PersonID{}, barred: map[wayID]bool{},
		verdict: p.judge(), templates: p.standingTemplates(), roles: p.roleBook(),
	}
	ro.devices, ro.given = ro.verdict.kept(), ro.verdict.all()
	ro.reach(p)
	founder := first(ro.verdict.founders)
	for id := range p.added {
		if !p.Knows(id) {
			continue // by what does not count
		}
		who := Person{ID: id, Name: p.naming(id).last().Text, Access: p.Access(id)}
		if b := ro.verdict.people[id]; b != nil {
			who.Held = ro.verdict.heldAt(b, nil)
			who.Revoked = who.Access == NoAccess && b.any && !who.Held
		}
		if founder != nil && founder.Body.(*Genesis).Person == id {
			who.Founder = true
		}
		ro.people = append(ro.people, who)
		ro.byID[id] = who
		if who.Revoked {
			for _, r := range p.ways.by[id] {
				if way, ok := r.Body.(*MemberWay).id(); ok && p.valid(r) {
					ro.barred[way] = true
				}
			}
		}
		if ways := p.Ways(id); len(ways) > 0 {
			ro.ways[id] = ways
			for _, w := range ways {
				if who.Member() && !w.Disputed {
					ro.enters[w.id()] = id
				}
			}
		}
	}
	slices.SortFunc(ro.people, func(a, b Person) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID[:]), string(b.ID[:]))
	})
	return ro
}

// owned and spokeFor are those of the verdict.
func (ro *Roster) owned(act *Record) bool        { return ro.verdict.owned(act) }
func (ro *Roster) spokeFor(act, of *Record) bool { return ro.verdict.spokeFor(act, of) }

// All lists everybody by name.
func (ro *Roster) All() []Person { return ro.people }

// Members lists the members by name.
func (ro *Roster) Members() []Person {
	return slices.DeleteFunc(slices.Clone(ro.people), func(p Person) bool { return !p.Member() })
}

// Person finds somebody who is known.
func (ro *Roster) Person(id PersonID) (Person, bool) {
	p, ok := ro.byID[id]
	return p, ok
}

// Access is what the person may do.
func (ro *Roster) Access(id PersonID) Access { return ro.byID[id].Access }

// Owners lists the owners by name.
func (ro *Roster) Owners() []Person {
	return slices.DeleteFunc(slices.Clone(ro.people), func(p Person) bool { return p.Access != Owner })
}

// Ways are the ways by which a person comes in, in the order they were granted.
func (ro *Roster) Ways(id PersonID) []Way { return ro.ways[id] }

// ByKey is the member who comes in by an ssh public key in wire format; nobody
// when two people were granted it at once.
func (ro *Roster) ByKey(keyWire []byte) (PersonID, bool) {
	who, ok := ro.enters[wayID{key: string(keyWire)}]
	return who, ok
}

// ByUID is the member who comes in by a uid of a machine, under the same rules as
// ByKey.
func (ro *Roster) ByUID(machine MachineID, uid uint32) (PersonID, bool) {
	who, ok := ro.enters[wayID{machine: machine, uid: uid}]
	return who, ok
}

// BarredKey reports an ssh public key, in wire format, by which nobody comes in
// because it was that of somebody who is a member no more: who is let in without
// being asked for is not let in by it.
func (ro *Roster) BarredKey(keyWire []byte) bool { return ro.bars(wayID{key: string(keyWire)}) }

// BarredUID is BarredKey for a uid of a machine.
func (ro *Roster) BarredUID(machine MachineID, uid uint32) bool {
	return ro.bars(wayID{machine: machine, uid: uid})
}

func (ro *Roster) bars(id wayID) bool {
	_, enters := ro.enters[id]
	return ro.barred[id] && !enters
}

// Name is the person's name; a person not known here shows as the first eight
// digits of the id.
func (ro *Roster) Name(id PersonID) string {
	if p, ok := ro.byID[id]; ok && p.Name != "" {
		return p.Name
	}
	if id.IsZero() {
		return "-"
	}
	return id.String()[:8]
}

// Find reads a name as a person typed it, with or without @: the whole name in
// any case, else the one name that begins with it. It refuses with
// CodePersonUnknown or CodePersonAmbiguous.
func (ro *Roster) Find(typed string) (PersonID, error) {
	want := strings.ToLower(strings.TrimPrefix(oneLine(typed), "@"))
	if want == "" {
		return PersonID{}, Refuse(CodePersonEmpty)
	}
	var exact, begin []Person
	for _, p := range ro.people {
		name := strings.ToLower(p.Name)
		switch {
		case name == want:
			exact = append(exact, p)
		case strings.HasPrefix(name, want):
			begin = append(begin, p)
		}
	}
	found := exact
	if len(found) == 0 {
		found = begin
	}
	switch len(found) {
	case 0:
		return PersonID{}, Refuse(CodePersonUnknown, "Person", cutText(typed, 40))
	case 1:
		return found[0].ID, nil
	}
	names := make([]string, 0, len(found))
	for _, p := range found {
		names = append(names, p.Name)
	}
	return PersonID{}, Refuse(CodePersonAmbiguous, "Person", cutText(typed, 40), "Names", strings.Join(names, ", "))
}

// Named finds somebody by the whole name, in any case: a member before who is
// known by name alone.
func (ro *Roster) Named(name string) (Person, bool) {
	var found Person
	ok := false
	for _, p := range ro.people {
		if strings.EqualFold(p.Name, name) && (!ok || p.Access > found.Access || p.Revoked && !found.Member()) {
			found, ok = p, true
		}
	}
	return found, ok
}
