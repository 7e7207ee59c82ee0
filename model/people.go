package model

import (
	"slices"
	"strings"
	"unicode"
)

// People is the fold of the workspace's own events: who is known, under which
// name, who is a member, with which devices, and how members come in. As with Incident, the order and
// number of events do not matter.
//
// What is said of the membership is judged: see judge. It is done again when it is asked
// for and something came that can change it.
type People struct {
	scope   Scope
	records map[Ref]*Record
	names   map[PersonID]*register
	added   map[PersonID][]*Record
	members map[PersonID][]*Record // what writes in a person's membership
	ways    ways
	opens   map[LogID]DeviceKey
	acts    []*Record // what is judged
	named   map[LogID]uint64
	newer   int
	lastIn  map[LogID]Ref
	// templates are those of links and updates.
	templates map[string]*register
	contacts  map[PersonID]*register
	rota      register
	// roles are those of the workspace's own.
	roles map[Role]*register

	verdict  *verdict // nil when it must be made anew
	cuts     map[DeviceKey]*Cut
	consents map[Ref]bool // what was found of the signatures of devices
}

// NewPeople is the fold of a workspace of which nothing is known yet.
func NewPeople(scope Scope) *People {
	return &People{
		scope: scope, records: map[Ref]*Record{}, names: map[PersonID]*register{}, added: map[PersonID][]*Record{},
		members: map[PersonID][]*Record{}, ways: newWays(), opens: map[LogID]DeviceKey{}, named: map[LogID]uint64{},
		lastIn: map[LogID]Ref{}, consents: map[Ref]bool{}, templates: map[string]*register{}, contacts: map[PersonID]*register{},
		roles: map[Role]*register{},
	}
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
	if r.Ref.Seq <= p.named[r.Ref.Log] {
		p.verdict = nil // something that is held stands after it
	}
	for _, ref := range named(r) {
		p.named[ref.Log] = max(p.named[ref.Log], ref.Seq)
	}
	judged, member := true, func(id PersonID) { p.members[id] = append(p.members[id], r) }
	switch b := r.Body.(type) {
	case *LogOpen:
		if NewLogID(b.Device, b.Nonce) == r.Ref.Log && b.Workspace.Scope() == p.scope {
			p.opens[r.Ref.Log] = b.Device
			p.verdict = nil
		}
		judged = false
	case *Genesis:
		p.name(b.Person, r)
		member(b.Person)
	case *PersonAdd:
		if NewPersonID(r.Ref.Log, b.Nonce) == b.Person {
			p.name(b.Person, r)
		}
		judged = false
	case *PersonName:
		at(p.names, b.Person).add(r)
	case *MemberAdmit:
		if b.Nonce != (Nonce{}) {
			p.name(b.Person, r)
		}
		member(b.Person)
	case *MemberAccess:
		member(b.Person)
	case *MemberRevoke:
		member(b.Person)
	case *MemberDevice, *MemberInvite, *DeviceRevoke, *DeviceMute, *RecoveryKey:
	case *LinkTemplate:
		p.template(linkTemplate(b.Link), r)
		judged = false
	case *UpdateTemplate:
		p.template(updateTemplate(b.Audience, b.State), r)
		judged = false
	case *MemberWay:
		p.ways.grant(b, r)
	case *MemberWayDrop:
		p.ways.drop(r)
	case *ContactSet, *RotaSet:
		p.contact(r)
		judged = false
	case *RoleSet:
		at(p.roles, b.Role).add(r)
		judged = false
	default:
		judged = false
	}
	if judged {
		p.acts, p.verdict = append(p.acts, r), nil
	}
	return true
}

// Moved tells the fold that the order of some of its records changed.
func (p *People) Moved() { p.verdict = nil }

// name notes what makes a person known. Under an id that is not made from its log and
// nonce it took that of somebody else, and says nothing.
func (p *People) name(id PersonID, r *Record) {
	var nonce Nonce
	switch b := r.Body.(type) {
	case *Genesis:
		nonce = b.Nonce
	case *PersonAdd:
		nonce = b.Nonce
	case *MemberAdmit:
		nonce = b.Nonce
	}
	if NewPersonID(r.Ref.Log, nonce) != id {
		return
	}
	if len(p.members[id]) > 0 {
		p.verdict = nil
	}
	p.added[id] = append(p.added[id], r)
	at(p.names, id).add(r)
}

// valid reports an event that counts: one about the membership as it is judged, one that
// makes known or names as its device may write at all.
func (p *People) valid(r *Record) bool {
	switch b := r.Body.(type) {
	case *PersonAdd:
		return p.written(r) || p.belongs(b.Person)
	case *PersonName:
		return p.judge().counts(r) && p.written(r)
	}
	return p.judge().counts(r)
}

// belongs reports that something of the person's membership counts.
func (p *People) belongs(id PersonID) bool {
	b := p.judge().people[id]
	return b != nil && b.any
}

// written reports that the event is within what counts of its device.
func (p *People) written(r *Record) bool {
	device, ok := p.opens[r.Ref.Log]
	if !ok {
		return false
	}
	cut, ok := p.Cut(device)
	if !ok {
		return true
	}
	return !cut.Whole && !slices.ContainsFunc(cut.Tips, func(tips []Ref) bool {
		return !slices.ContainsFunc(tips, func(tip Ref) bool { return p.judge().causes.below(r.Ref, tip) })
	})
}

// counting are the writes of a register that count: those of who may write.
func (p *People) counting(g *register) *register {
	out := &register{}
	if g == nil {
		return out
	}
	for _, r := range g.writes {
		if p.written(r) {
			out.add(r)
		}
	}
	return out
}

// naming is the register of a person's name, of the events that count.
func (p *People) naming(id PersonID) *register {
	g := &register{}
	if had := p.names[id]; had != nil {
		for _, r := range had.writes {
			if p.valid(r) {
				g.add(r)
			}
		}
	}
	return g
}

// first is the first of some records in the order, nil of none. It is asked
// anew each time, because the order may change.
func first(rs []*Record) *Record {
	if len(rs) == 0 {
		return nil
	}
	return slices.MinFunc(rs, compareRecords)
}

// Knows reports whether the person has been added, by an event that counts.
func (p *People) Knows(id PersonID) bool { return slices.ContainsFunc(p.added[id], p.valid) }

// LastIn is the last event of the log about the workspace.
func (p *People) LastIn(log LogID) Ref { return p.lastIn[log] }

// Newer counts the events that a newer warroom wrote.
func (p *People) Newer() int { return p.newer }

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
