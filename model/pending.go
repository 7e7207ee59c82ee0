package model

import "encoding/binary"

// What waits for somebody's answer is part of an incident's row: it rings at whatever
// they look at.

// Pending is an offer or a task that waits for a person.
type Pending struct {
	_ struct{} `cbor:",toarray"`
	// Task tells a task with a time box from an offer of a role.
	Task bool
	// From gave it, To has it.
	From, To PersonID
	// Due is when a task's time is up, in ms since 1970; 0 for an offer.
	Due int64
	Ref Ref
}

// Late reports a task whose time is up.
func (p Pending) Late(nowMS int64) bool { return p.Task && nowMS >= p.Due }

// maxPending is how many a row keeps: the offers, then the tasks whose time is up first.
const maxPending = 16

func (v *View) pending() []Pending {
	var out []Pending
	for _, h := range v.Offers() {
		out = append(out, Pending{From: h.From, To: h.To, Ref: h.Ref})
	}
	if !v.Status.Value.Over() {
		for _, t := range v.OpenTasks() {
			if t.Due != 0 {
				out = append(out, Pending{Task: true, From: t.Person(), To: t.Owner, Due: t.Due, Ref: t.Ref})
			}
		}
	}
	return out[:min(len(out), maxPending)]
}

// appendPending writes what is pending: how many, then of each 1 for a task, who gave
// it, who has it, when it is due, and its reference.
func appendPending(b []byte, all []Pending) []byte {
	b = binary.AppendUvarint(b, uint64(len(all)))
	for _, p := range all {
		b = append(b, yes(p.Task))
		b = append(append(b, p.From[:]...), p.To[:]...)
		b = binary.AppendVarint(b, p.Due)
		b = append(b, p.Ref.Log[:]...)
		b = binary.AppendUvarint(b, p.Ref.Seq)
		b = append(b, p.Ref.Hash[:]...)
	}
	return b
}

// pendingIn reads what appendPending wrote.
func pendingIn(b []byte) (out []Pending, rest []byte, err error) {
	n, used := binary.Uvarint(b)
	if used <= 0 {
		return nil, nil, errSummary
	}
	b = b[used:]
	for range n {
		var p Pending
		if len(b) < 1+2*IDSize || b[0] > 1 {
			return nil, nil, errSummary
		}
		p.Task, p.From, p.To = b[0] == 1, PersonID(b[1:1+IDSize]), PersonID(b[1+IDSize:1+2*IDSize])
		b = b[1+2*IDSize:]
		var used int
		if p.Due, used = binary.Varint(b); used <= 0 || len(b)-used < IDSize {
			return nil, nil, errSummary
		}
		p.Ref.Log = LogID(b[used : used+IDSize])
		b = b[used+IDSize:]
		if p.Ref.Seq, used = binary.Uvarint(b); used <= 0 || len(b)-used < len(p.Ref.Hash) {
			return nil, nil, errSummary
		}
		copy(p.Ref.Hash[:], b[used:])
		out, b = append(out, p), b[used+len(p.Ref.Hash):]
	}
	return out, b, nil
}
