package model

import (
	"slices"
	"strings"
	"unicode"
)

// People is the fold of the workspace's own events: who is known, under which
// name. As with Incident, the order and number of events do not matter.
type People struct {
	scope   Scope
	records map[Ref]*Record
	names   map[PersonID]*register
	added   map[PersonID][]*Record
	founded []*Record
	newer   int
	lastIn  map[LogID]Ref
}

// NewPeople is the fold of a workspace of which nothing is known yet.
func NewPeople(scope Scope) *People {
	return &People{scope: scope, records: map[Ref]*Record{}, names: map[PersonID]*register{}, added: map[PersonID][]*Record{}, lastIn: map[LogID]Ref{}}
}

// Apply folds one event; false for one that is there already or is about an
// incident.
func (p *People) Apply(r *Record) bool {
	if r.Scope != p.scope || p.records[r.Ref] != nil {
		return false
	}
	p.records[r.Ref] = r
	if r.Ref.Seq > p.lastIn[r.Ref.Log].Seq {
		p.lastIn[r.Ref.Log] = r.Ref
	}
	if r.Newer {
		p.newer++
	}
	// An id that is not made from its log and nonce was taken from somebody
	// else: such an event is kept, and says nothing.
	switch b := r.Body.(type) {
	case *Genesis:
		if NewWorkspaceID(b.Founder, b.Nonce).Scope() == p.scope && NewPersonID(r.Ref.Log, b.Nonce) == b.Person {
			p.founded = append(p.founded, r)
			p.name(b.Person, r)
		}
	case *PersonAdd:
		if NewPersonID(r.Ref.Log, b.Nonce) == b.Person {
			p.name(b.Person, r)
		}
	case *PersonName:
		at(p.names, b.Person).add(r)
	}
	return true
}

func (p *People) name(id PersonID, r *Record) {
	p.added[id] = append(p.added[id], r)
	at(p.names, id).add(r)
}

// first is the first of some records in the order, nil of none. It is asked
// anew each time, because the order may change.
func first(rs []*Record) *Record {
	if len(rs) == 0 {
		return nil
	}
	return slices.MinFunc(rs, compareRecords)
}

// Knows reports whether the person has been added.
func (p *People) Knows(id PersonID) bool { return len(p.added[id]) > 0 }

// LastIn is the last event of the log about the workspace.
func (p *People) LastIn(log LogID) Ref { return p.lastIn[log] }

// Newer counts the events that a newer warroom wrote.
func (p *People) Newer() int { return p.newer }

// Person is somebody who is known by name.
type Person struct {
	ID   PersonID
	Name string
	// Founder reports who began the workspace.
	Founder bool
}

// Roster is an immutable list of people, by name.
type Roster struct {
	people []Person
	byID   map[PersonID]Person
}

// Roster gives the people as they now stand.
func (p *People) Roster() *Roster {
	ro := &Roster{byID: map[PersonID]Person{}}
	founder := first(p.founded)
	for id, g := range p.names {
		if !p.Knows(id) {
			continue // a name for somebody who has not arrived yet
		}
		who := Person{ID: id, Name: g.last().Text}
		if founder != nil && founder.Body.(*Genesis).Person == id {
			who.Founder = true
		}
		ro.people = append(ro.people, who)
		ro.byID[id] = who
	}
	slices.SortFunc(ro.people, func(a, b Person) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID[:]), string(b.ID[:]))
	})
	return ro
}

// All lists everybody by name.
func (ro *Roster) All() []Person { return ro.people }

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

// CheckPersonName checks and cleans a new name: one line without control characters, at
// most MaxPerson bytes. A leading @ is dropped.
func CheckPersonName(typed string) (string, error) {
	name, err := checkLineText(strings.TrimPrefix(strings.TrimSpace(typed), "@"), MaxPerson, CodePersonEmpty, CodePersonLong)
	if err != nil {
		return "", err
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name), nil
}
