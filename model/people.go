package model

import (
	"slices"
	"strings"
	"unicode"
)

// People is the fold of the workspace's own events: who is known, under which
// name, who is a member, with which devices, and how members come in. As with Incident, the order and
// number of events do not matter.
type People struct {
	scope    Scope
	records  map[Ref]*Record
	names    map[PersonID]*register
	added    map[PersonID][]*Record
	members  map[PersonID][]*Record
	ways     ways
	devices  map[DeviceKey][]*Record
	founded  []*Record
	contacts map[PersonID]*register
	rota     register
	newer    int
	lastIn   map[LogID]Ref
}

// NewPeople is the fold of a workspace of which nothing is known yet.
func NewPeople(scope Scope) *People {
	return &People{
		scope: scope, records: map[Ref]*Record{}, names: map[PersonID]*register{}, added: map[PersonID][]*Record{},
		members: map[PersonID][]*Record{}, ways: newWays(), devices: map[DeviceKey][]*Record{}, contacts: map[PersonID]*register{}, lastIn: map[LogID]Ref{},
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
	member := func(id PersonID) { p.members[id] = append(p.members[id], r) }
	switch b := r.Body.(type) {
	case *Genesis:
		if p.valid(r) {
			p.founded = append(p.founded, r)
			p.name(b.Person, r)
			member(b.Person)
			p.device(r)
		}
	case *PersonAdd:
		if p.valid(r) {
			p.name(b.Person, r)
		}
	case *PersonName:
		at(p.names, b.Person).add(r)
	case *MemberAdmit:
		if p.valid(r) && b.Nonce != (Nonce{}) {
			p.name(b.Person, r)
		}
		member(b.Person)
	case *MemberAccess:
		member(b.Person)
	case *MemberRevoke:
		member(b.Person)
	case *MemberDevice:
		p.device(r)
	case *MemberWay:
		p.ways.grant(b, r)
	case *MemberWayDrop:
		p.ways.drop(r)
	case *ContactSet, *RotaSet:
		p.contact(r)
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
