package model

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// Limits of a way, in bytes: a key of 16,384 bits takes 2 KiB.
const (
	MaxWayKey  = 16 << 10
	MaxWayText = 200
)

// MachineID is the start of the hash of a machine's own id, so that a uid is one
// of one machine.
type MachineID [IDSize]byte

// IsZero reports no machine.
func (m MachineID) IsZero() bool { return m == MachineID{} }

func (m MachineID) String() string { return hex.EncodeToString(m[:]) }

// The bodies about ways.
type (
	// MemberWay is a way by which a person comes in: an ssh public key in wire
	// format, with its comment as the text; or a uid of one machine, with the
	// login as the text.
	MemberWay struct {
		Common
		Person  PersonID  `cbor:"16,keyasint"`
		Key     []byte    `cbor:"17,keyasint,omitempty"`
		Machine MachineID `cbor:"18,keyasint,omitzero"`
		UID     uint32    `cbor:"19,keyasint,omitzero"`
	}

	// MemberWayDrop takes off the ways of the person that Pred names.
	MemberWayDrop struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
	}
)

// Kind is KindMemberWay.
func (*MemberWay) Kind() Kind { return KindMemberWay }

// Kind is KindMemberWayDrop.
func (*MemberWayDrop) Kind() Kind { return KindMemberWayDrop }

// wayID tells ways apart.
type wayID struct {
	key     string
	machine MachineID
	uid     uint32
}

// id is the way that the event grants; false for one that is none or two at once.
func (b *MemberWay) id() (wayID, bool) {
	isKey, isUID := len(b.Key) > 0, !b.Machine.IsZero()
	if isKey == isUID || len(b.Key) > MaxWayKey || isKey && b.UID != 0 {
		return wayID{}, false
	}
	return wayID{string(b.Key), b.Machine, b.UID}, true
}

// Way is a way by which a person comes in, as it stands.
type Way struct {
	// Ref is what DropWay names.
	Ref Ref
	// Key is an ssh public key in wire format; nil for a uid. It is not to be
	// changed.
	Key []byte
	// Machine and UID are those of a uid.
	Machine MachineID
	UID     uint32
	// Text is the key's comment, or the login.
	Text string
	// Disputed reports a way that somebody else was granted too: nobody comes in by
	// it until all but one are dropped.
	Disputed bool
}

func (w Way) id() wayID { return wayID{string(w.Key), w.Machine, w.UID} }

// Algorithm is the algorithm that an ssh key says; empty for a uid.
func (w Way) Algorithm() string {
	name, _, _ := sshField(w.Key)
	return string(name)
}

// ways is the fold of the ways: grants that are added, and taken off by name.
type ways struct {
	grants map[wayID][]*Record
	by     map[PersonID][]*Record
	drops  map[Ref][]*Record
}

func newWays() ways {
	return ways{grants: map[wayID][]*Record{}, by: map[PersonID][]*Record{}, drops: map[Ref][]*Record{}}
}

func (w *ways) grant(b *MemberWay, r *Record) {
	if id, ok := b.id(); ok { // what is no way says nothing
		w.grants[id] = append(w.grants[id], r)
		w.by[b.Person] = append(w.by[b.Person], r)
	}
}

func (w *ways) drop(r *Record) {
	for _, ref := range r.Common().Pred {
		w.drops[ref] = append(w.drops[ref], r)
	}
}

// granted reports a way that counts and was not taken off.
func (p *People) granted(r *Record) bool {
	if !p.valid(r) {
		return false
	}
	for _, d := range p.ways.drops[r.Ref] {
		if d.Body.(*MemberWayDrop).Person == r.Body.(*MemberWay).Person && p.valid(d) {
			return false
		}
	}
	return true
}

// holder is the one person to whom the way is granted; disputed when there are
// several, and the zero person when there is none.
func (p *People) holder(id wayID) (who PersonID, disputed bool) {
	for _, r := range p.ways.grants[id] {
		if !p.granted(r) {
			continue
		}
		switch person := r.Body.(*MemberWay).Person; {
		case who.IsZero():
			who = person
		case who != person:
			return PersonID{}, true
		}
	}
	return who, false
}

// enters is the member who comes in by the way.
func (p *People) enters(id wayID) (PersonID, bool) {
	who, _ := p.holder(id)
	return who, p.Access(who) != NoAccess
}

// ByKey is the member who comes in by the ssh key, in wire format. It is nobody
// when the way is disputed.
func (p *People) ByKey(keyWire []byte) (PersonID, bool) {
	return entered(p.enters(wayID{key: string(keyWire)}))
}

// ByUID is the member who comes in by a uid of a machine, under the same rules as
// ByKey.
func (p *People) ByUID(machine MachineID, uid uint32) (PersonID, bool) {
	return entered(p.enters(wayID{machine: machine, uid: uid}))
}

// entered gives nobody's id away where nobody comes in.
func entered(who PersonID, ok bool) (PersonID, bool) {
	if !ok {
		return PersonID{}, false
	}
	return who, true
}

// Ways are the person's ways, a member or not, in the order they were granted.
func (p *People) Ways(id PersonID) []Way {
	var out []Way
	for _, r := range sortRecords(slices.Clone(p.ways.by[id])) {
		if !p.granted(r) {
			continue
		}
		b := r.Body.(*MemberWay)
		w := Way{Ref: r.Ref, Key: b.Key, Machine: b.Machine, UID: b.UID, Text: r.Text}
		if slices.ContainsFunc(out, w.same) {
			continue // granted twice at once
		}
		_, w.Disputed = p.holder(w.id())
		out = append(out, w)
	}
	return out
}

func (w Way) same(o Way) bool {
	return bytes.Equal(w.Key, o.Key) && w.Machine == o.Machine && w.UID == o.UID
}

// grantsOf are the references to all standing grants of the way to the person.
func (p *People) grantsOf(id PersonID, want func(Way) bool) []Ref {
	var out []Ref
	for _, r := range sortRecords(slices.Clone(p.ways.by[id])) {
		b := r.Body.(*MemberWay)
		if p.granted(r) && want(Way{Key: b.Key, Machine: b.Machine, UID: b.UID}) {
			out = append(out, r.Ref)
		}
	}
	return out
}

// checkKey checks that the bytes are an ssh public key in wire format: an
// algorithm's name and at least one more field, with nothing behind. It is
// refused with CodeWayKey; a certificate has other fields, and is refused too.
func checkKey(wire []byte) error {
	if len(wire) > MaxWayKey {
		return Refuse(CodeWayLong, "Length", len(wire), "Limit", MaxWayKey)
	}
	name, rest, ok := sshField(wire)
	if !ok || len(name) == 0 || len(name) > 64 || len(rest) == 0 || bytes.Contains(name, []byte("-cert-")) {
		return Refuse(CodeWayKey)
	}
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return Refuse(CodeWayKey)
		}
	}
	for ok && len(rest) > 0 {
		_, rest, ok = sshField(rest)
	}
	if !ok {
		return Refuse(CodeWayKey)
	}
	return nil
}

// sshField reads a field of ssh's wire format (RFC 4251, section 5): its length in
// four bytes, then its bytes.
func sshField(b []byte) (field, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if b = b[4:]; uint64(n) > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
