package model

import "slices"

// Branch is one line of a log's events. Nearly every log has one, under the log's
// own id. A log that was written from two copies of one store forks: two events
// stand at one number. Both lines are kept; the one that came second is a branch
// with an id of its own, which leaves its parent behind the event Base.
//
// Which of two lines is the branch depends on which came first, so two replicas
// may name them the other way round. Nothing that people see, and no state, depends
// on it: a Ref names an event by its hash.
type Branch struct {
	// ID names the line: the log's id, or BranchID.
	ID  LogID
	Log LogID
	// Parent is the line that this one leaves, and Base the number of the last
	// event that they share; both zero for the log's own line.
	Parent LogID
	Base   uint64
	// Tip is its end; Tip.Log is ID. Eff is the effective clock there.
	Tip Head
	Eff Clock
	// Device, Kind and Nonce are as the log's log.open says.
	Device DeviceKey
	Kind   LogKind
	Nonce  Nonce
	// Ends is the number from which on nothing of the line counts, because the event
	// there has a signature that does not verify; 0 for none.
	Ends uint64
}

// Own reports the log's own line, which is no branch.
func (b Branch) Own() bool { return b.ID == b.Log }

// TipRef is the reference to its last event.
func (b Branch) TipRef() Ref { return Ref{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()} }

// BranchID is the id of the branch of a log that begins with the event of that
// hash: the first one that differs.
func BranchID(log LogID, first Hash) LogID {
	h := derive("warroom branch v1", log[:], first[:])
	return LogID(h[:IDSize])
}

// Fork is the proof that a log was written from two copies: two events of one
// number, each signed by the log's key. Which is A depends on their hashes alone.
type Fork struct {
	Log  LogID
	Seq  uint64
	A, B [EnvelopeSize]byte
}

// NewFork puts two events of one log and number in order. It refuses with
// CodeEventMalformed what is no fork: another log or number, or the same event.
func NewFork(a, b *[EnvelopeSize]byte) (Fork, error) {
	x, err := ParseEnvelope(a[:])
	if err != nil {
		return Fork{}, err
	}
	y, err := ParseEnvelope(b[:])
	if err != nil {
		return Fork{}, err
	}
	if x.Log != y.Log || x.Seq != y.Seq || *a == *b {
		return Fork{}, Refuse(CodeEventMalformed, "Log", x.Log.String(), "Seq", x.Seq)
	}
	f := Fork{Log: x.Log, Seq: x.Seq, A: *a, B: *b}
	if slices.Compare(b[:], a[:]) < 0 {
		f.A, f.B = *b, *a
	}
	return f, nil
}

// Verify checks both signatures under the key of the log: what one member says of
// another's log counts only with them.
func (f Fork) Verify(ws WorkspaceID, key DeviceKey) error {
	for _, raw := range [][EnvelopeSize]byte{f.A, f.B} {
		v, err := ParseEnvelope(raw[:])
		if err != nil {
			return err
		}
		e := &Event{Envelope: v, Raw: raw}
		if err := e.VerifySignature(ws, key); err != nil {
			return err
		}
	}
	return nil
}
