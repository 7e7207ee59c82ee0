package wire

import (
	"fmt"

	"warroom/model"
)

// What comes before the first Hello. Who was dialed sends one byte when the handshake is
// over; a stranger may then send one frame, a Join or a Proof, of at most MaxKnock.
const (
	// MarkKnown lets the other side in: Hello follows.
	MarkKnown = 'w'
	// MarkStranger says that its device is not known.
	MarkStranger = 's'
	// MarkOut says that its device was taken out.
	MarkOut = 'x'

	// MaxKnock is the most that a stranger's frame may take, in bytes.
	MaxKnock = 64 << 10
)

// Sizes in a Join, in bytes.
const (
	MACSize     = 32
	ConsentSize = 64
	// MaxLabel is the length of a device's name.
	MaxLabel = 64
)

// The messages of joining.
type (
	// Join asks to come in with an invite.
	Join struct {
		Token model.TokenID
		// MAC shows that the sender has the invite's secret, on this connection, and
		// is over all else in the frame.
		MAC [MACSize]byte
		// Consent is the device's signature of model.ConsentBytes.
		Consent [ConsentSize]byte
		// Label is what the device is called, Name its owner.
		Label, Name string
	}

	// Proof shows one who has not heard of it that the sender's device is a member's: runs of
	// membership logs, each a log's once, that lead to its admission.
	Proof struct{ Runs []Run }

	// Admit answers a Join.
	Admit struct {
		State  AdmitState
		Access model.Access
		Person model.PersonID
		// Workspace is zero unless State is AdmitIn.
		Workspace model.WorkspaceID
	}

	// Refuse answers a Join or a Proof, and ends the connection.
	Refuse struct{ Reason RefuseReason }
)

// AdmitState says how far a device has come.
type AdmitState uint8

// The states.
const (
	AdmitWaits AdmitState = iota + 1 // a person has to decide
	AdmitIn
)

// RefuseReason says why a device does not come in.
type RefuseReason uint8

// The reasons. They tell nothing about which invites there are.
const (
	RefuseInvite RefuseReason = iota + 1 // no such invite: unknown, over, or a wrong MAC
	RefusePerson                         // a person said no
	RefuseTwice                          // it was used before: an owner judges
	RefuseBusy                           // not now
	RefuseOut                            // the device was taken out
	RefuseMember                         // what was sent makes it no member
)

// Type is what the message is.
func (Join) Type() Type { return TypeJoin }

// Type is what the message is.
func (Proof) Type() Type { return TypeProof }

// Type is what the message is.
func (Admit) Type() Type { return TypeAdmit }

// Type is what the message is.
func (Refuse) Type() Type { return TypeRefuse }

// Rest is the frame without its MAC: what the MAC is over. Of a Join that cannot be
// encoded it is nil.
func (j Join) Rest() []byte {
	out, err := j.append([]byte{byte(TypeJoin)}, false)
	if err != nil {
		return nil
	}
	return out
}

func (j Join) append(out []byte, mac bool) ([]byte, error) {
	if len(j.Label) > MaxLabel {
		return nil, fmt.Errorf("a device's name of %d bytes, over %d", len(j.Label), MaxLabel)
	}
	out = append(out, j.Token[:]...)
	if mac {
		out = append(out, j.MAC[:]...)
	}
	out = append(out, j.Consent[:]...)
	out, err := appendName(out, j.Label)
	if err != nil {
		return nil, err
	}
	return appendName(out, j.Name)
}

func (s *scan) join() Join {
	j := Join{Token: model.TokenID(s.take8()), MAC: s.hash()}
	copy(j.Consent[:], s.take(ConsentSize))
	if j.Label = s.name(); len(j.Label) > MaxLabel {
		s.refuse("a device's name of %d bytes", len(j.Label))
	}
	j.Name = s.name()
	return j
}

func (s *scan) take8() (v [8]byte) {
	copy(v[:], s.take(len(v)))
	return v
}

// A Proof's runs are as in an answer to a Want, without its flags.
func (p Proof) append(out []byte) ([]byte, error) {
	if len(p.Runs) == 0 || len(p.Runs) > 255 {
		return nil, fmt.Errorf("%d runs", len(p.Runs))
	}
	out = append(out, byte(len(p.Runs)))
	seen := map[model.LogID]bool{}
	for _, r := range p.Runs {
		if len(r.Events) == 0 || r.Fresh || r.Last || seen[r.Log] {
			return nil, fmt.Errorf("a run that is none of a proof's")
		}
		seen[r.Log] = true
		if _, err := r.check(); err != nil {
			return nil, err
		}
		if out = r.appendEvents(out); len(out) > MaxKnock {
			return nil, fmt.Errorf("%d bytes, over %d", len(out), MaxKnock)
		}
	}
	return out, nil
}

// ProofSize is what runs take as a Proof, in bytes.
func ProofSize(runs []Run) int {
	n := 2 // type and number of runs
	for _, r := range runs {
		n += 16 + 2
		for _, e := range r.Events {
			n += EventSize(e)
		}
	}
	return n
}

func (s *scan) proof(size int) Proof {
	n := int(s.u8())
	switch {
	case size > MaxKnock:
		s.refuse("%d bytes", size)
	case n == 0:
		s.refuse("no runs")
	}
	var p Proof
	seen := map[model.LogID]bool{}
	for range n {
		if s.err != nil {
			return p
		}
		r := s.events(Run{Log: model.LogID(s.id())})
		if len(r.Events) == 0 || seen[r.Log] {
			s.refuse("a run that is none of a proof's")
		}
		seen[r.Log] = true
		p.Runs = append(p.Runs, r)
	}
	return p
}

func (a Admit) append(out []byte) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	out = append(out, byte(a.State), byte(a.Access))
	out = append(out, a.Person[:]...)
	return append(out, a.Workspace[:]...), nil
}

func (a Admit) check() error {
	switch {
	case a.State != AdmitWaits && a.State != AdmitIn:
		return fmt.Errorf("state %d", a.State)
	case a.Access > model.Owner:
		return fmt.Errorf("access %d", a.Access)
	case a.State == AdmitWaits && a.Workspace != model.WorkspaceID{}:
		return fmt.Errorf("a workspace before it is entered")
	}
	return nil
}

func (s *scan) admit() Admit {
	a := Admit{State: AdmitState(s.u8()), Access: model.Access(s.u8()), Person: model.PersonID(s.id()), Workspace: model.WorkspaceID(s.hash())}
	if s.err == nil {
		s.err = a.check()
	}
	return a
}

func (r Refuse) append(out []byte) ([]byte, error) {
	if r.Reason == 0 {
		return nil, fmt.Errorf("no reason")
	}
	return append(out, byte(r.Reason)), nil
}

// A reason that a newer warroom gives is read: it says no as well.
func (s *scan) refused() Refuse {
	r := Refuse{Reason: RefuseReason(s.u8())}
	if s.err == nil && r.Reason == 0 {
		s.refuse("no reason")
	}
	return r
}
