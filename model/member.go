package model

import (
	"slices"
	"strings"
)

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
func (p *People) Access(id PersonID) Access { return p.judge().accessAt(id, nil) }

// Owners are the owners, by id.
func (p *People) Owners() []PersonID {
	var out []PersonID
	for id, b := range p.judge().people {
		if b.now == Owner {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, comparePersons)
	return out
}

// owned and spokeFor are those of the verdict.
func (p *People) owned(act *Record) bool        { return p.judge().owned(act) }
func (p *People) spokeFor(act, of *Record) bool { return p.judge().spokeFor(act, of) }

// Doubts counts the events about the membership that do not count. They are kept and
// given to others, because what comes may change that.
func (p *People) Doubts() int { return len(p.judge().void) }

// Log is the workspace's own log, in order: who was made known, admitted, given
// another access, a device or a way to come in, by whom. The lines are of this moment;
// those that do not count are marked.
func (p *People) Log() []*Line {
	var out []*Line
	for _, r := range p.records {
		switch r.Body.(type) {
		case *Genesis, *PersonAdd, *PersonName, *MemberAdmit, *MemberAccess, *MemberRevoke,
			*MemberDevice, *MemberWay, *MemberWayDrop, *MemberInvite, *DeviceRevoke, *DeviceMute, *RecoveryKey:
		default:
			continue
		}
		l := &Line{Rec: r, Text: r.Text, At: r.HappenedAt(), Void: !p.valid(r)}
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
