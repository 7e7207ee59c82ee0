package model

import (
	"slices"
	"strings"
)

// Membership is what the events in membership logs say of who may do what. A
// person's access is a register; which of the events count is asked anew each
// time it is read, so that a rule about who signed them has its place in valid.

// The bodies. A revocation, and an access that is less than the one before, carry a
// cut: the ends of the lines of the person's devices when it was decided.
type (
	// MemberAdmit makes a person a member. One who was not known before has a
	// nonce, as PersonAdd has, and the event's text is the name.
	MemberAdmit struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
		Access Access   `cbor:"17,keyasint"`
		Nonce  Nonce    `cbor:"18,keyasint,omitzero"`
		// Token is the invite that was used.
		Token TokenID `cbor:"19,keyasint,omitzero"`
	}

	// MemberAccess gives a member another access.
	MemberAccess struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
		Access Access   `cbor:"17,keyasint"`
		Cut    []Ref    `cbor:"20,keyasint,omitempty"`
	}

	// MemberRevoke says that a person is no member any more. The name stays.
	MemberRevoke struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
		Cut    []Ref    `cbor:"20,keyasint,omitempty"`
	}
)

// Kind is KindMemberAdmit.
func (*MemberAdmit) Kind() Kind { return KindMemberAdmit }

// Kind is KindMemberAccess.
func (*MemberAccess) Kind() Kind { return KindMemberAccess }

// Kind is KindMemberRevoke.
func (*MemberRevoke) Kind() Kind { return KindMemberRevoke }

// valid reports an event that counts. One whose person's id is not made from its
// log and nonce took the id from somebody else: it is kept, and says nothing.
//
// Every event of the workspace's logs counts besides. Once events come from peers,
// who had the right to write them is decided here.
func (p *People) valid(r *Record) bool {
	switch b := r.Body.(type) {
	case *Genesis:
		return NewWorkspaceID(b.Founder, b.Nonce).Scope() == p.scope && NewPersonID(r.Ref.Log, b.Nonce) == b.Person
	case *PersonAdd:
		return NewPersonID(r.Ref.Log, b.Nonce) == b.Person
	case *MemberAdmit:
		return b.Nonce == Nonce{} || NewPersonID(r.Ref.Log, b.Nonce) == b.Person
	}
	return true
}

// accessIn is the access that a write in a membership register gives. One that
// this binary does not know is none.
func accessIn(r *Record) Access {
	access := NoAccess
	switch b := r.Body.(type) {
	case *Genesis:
		return Owner
	case *MemberAdmit:
		access = b.Access
	case *MemberAccess:
		access = b.Access
	}
	if access > Owner {
		return NoAccess
	}
	return access
}

// membership is the register of a person's access, of the events that count.
func (p *People) membership(id PersonID) *register {
	g := &register{}
	for _, r := range p.members[id] {
		if p.valid(r) {
			g.add(r)
		}
	}
	return g
}

// lowest is the least access that standing writes give: of concurrent ones the
// one that lets in least holds until somebody sets another.
func lowest(g *register) Access {
	standing := g.standing()
	if len(standing) == 0 {
		return NoAccess
	}
	least := Owner
	for _, w := range standing {
		least = min(least, accessIn(w))
	}
	return least
}

// Access is what the person may do: the founder is an owner from the beginning,
// and who is known by name alone has none.
func (p *People) Access(id PersonID) Access {
	if len(p.members[id]) == 0 || !p.Knows(id) {
		return NoAccess
	}
	return lowest(p.membership(id))
}

// Owners are the owners, by id.
func (p *People) Owners() []PersonID {
	var out []PersonID
	for id := range p.members {
		if p.Access(id) == Owner {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, comparePersons)
	return out
}

// owned reports that the person was an owner when the act was done: by what
// stands before it in the order.
func (p *People) owned(id PersonID, act *Record) bool {
	return p.Knows(id) && ownedBy(p.members[id], p.valid, act)
}

// ownedBy is owned, of the writes in a person's membership.
func ownedBy(writes []*Record, valid func(*Record) bool, act *Record) bool {
	g := &register{}
	for _, r := range writes {
		if valid(r) && before(r, act) {
			g.add(r)
		}
	}
	return lowest(g) == Owner
}

// Log is the workspace's own log, in order: who was made known, admitted, given
// another access, a device or a way to come in, by whom. The lines are of this moment.
func (p *People) Log() []*Line {
	var out []*Line
	for _, r := range p.records {
		switch r.Body.(type) {
		case *Genesis, *PersonAdd, *PersonName, *MemberAdmit, *MemberAccess, *MemberRevoke,
			*MemberDevice, *MemberWay, *MemberWayDrop:
		default:
			continue
		}
		if !p.valid(r) {
			continue
		}
		l := &Line{Rec: r, Text: r.Text, At: r.HappenedAt()}
		for _, ref := range r.Common().Pred {
			if was := p.records[ref]; was != nil {
				l.Was = append(l.Was, was)
			}
		}
		sortRecords(l.Was)
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *Line) int { return compareRecords(a.Rec, b.Rec) })
	return out
}

func comparePersons(a, b PersonID) int { return strings.Compare(string(a[:]), string(b[:])) }
