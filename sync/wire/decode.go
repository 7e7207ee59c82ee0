package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"warroom/model"
)

// Decode reads a frame: its type and what is in it, without the length before it.
// A type that this warroom does not know gives an Unknown; anything else that no
// warroom writes is an ErrFrame, and bytes that are left over are. Hello never
// grows: what a later version has to say beside it stands in a frame of its own.
//
// Of events, only what stands in one alone is checked: lengths, hashes of body and
// text, and that they are contiguous and of the log. Chain and signature are
// model.CheckRun's. The refusal of an event has its code
// (model.CodeEventVersion: a newer warroom wrote it) and is an ErrFrame too.
//
// The bodies and texts of events are parts of raw, which must not change after.
func Decode(raw []byte) (Message, error) {
	if len(raw) == 0 || len(raw) > MaxFrame {
		return nil, fmt.Errorf("wire: a frame of %d bytes: %w", len(raw), ErrFrame)
	}
	s := &scan{rest: raw[1:]}
	kind := Type(raw[0])
	var m Message
	switch kind {
	case TypeHello:
		m = s.hello()
	case TypeJoin:
		m = s.join()
	case TypeProof:
		m = s.proof(len(raw))
	case TypeAdmit:
		m = s.admit()
	case TypeRefuse:
		m = s.refused()
	case TypeMembers, TypeVector:
		m = s.vector(kind == TypeMembers)
	case TypeWant:
		m = Want{Tip: s.tip(), From: s.u64(), Credit: s.u32()}
	case TypeEvents, TypeLive:
		m = s.run(kind == TypeLive)
	case TypeAck:
		m = Ack{Tips: s.tips()}
	case TypeFork:
		m = s.forked()
	case TypeState:
		m = State{Scope: model.Scope(s.id()), Vector: Digest(s.id()), Fold: s.u16(), Hash: model.Hash(s.hash())}
	case TypePresence:
		m = s.presence()
	case TypePing:
		m = Ping{T0: s.i64()}
	case TypePong:
		m = Pong{T0: s.i64(), T1: s.i64(), T2: s.i64()}
	case TypeBye:
		m = Bye{Reason: Reason(s.u8())}
	default:
		return Unknown{Kind: kind}, nil
	}
	if s.err == nil && len(s.rest) > 0 {
		s.err = fmt.Errorf("%d bytes too many", len(s.rest))
	}
	if s.err != nil {
		return nil, fmt.Errorf("wire: a frame of type %d: %w: %w", kind, s.err, ErrFrame)
	}
	return m, nil
}

// scan reads a frame from its start. After the first error it gives zeros.
type scan struct {
	rest []byte
	err  error
}

var errShort = errors.New("cut off")

// take gives the next n bytes, which are not copied; nil after an error.
func (s *scan) take(n int) []byte {
	if s.err == nil && n > len(s.rest) {
		s.err = errShort
	}
	if s.err != nil {
		return nil
	}
	out := s.rest[:n:n]
	s.rest = s.rest[n:]
	return out
}

func (s *scan) refuse(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *scan) u8() (v uint8) {
	if b := s.take(1); b != nil {
		v = b[0]
	}
	return v
}

func (s *scan) u16() (v uint16) {
	if b := s.take(2); b != nil {
		v = binary.BigEndian.Uint16(b)
	}
	return v
}

func (s *scan) u32() (v uint32) {
	if b := s.take(4); b != nil {
		v = binary.BigEndian.Uint32(b)
	}
	return v
}

func (s *scan) u64() (v uint64) {
	if b := s.take(8); b != nil {
		v = binary.BigEndian.Uint64(b)
	}
	return v
}

func (s *scan) i64() int64 { return int64(s.u64()) }

func (s *scan) id() (v [16]byte) {
	copy(v[:], s.take(len(v)))
	return v
}

func (s *scan) hash() (v [32]byte) {
	copy(v[:], s.take(len(v)))
	return v
}

func (s *scan) name() string {
	n := int(s.u8())
	if n > MaxName {
		s.refuse("a name of %d bytes", n)
	}
	name := string(s.take(n))
	if !utf8.ValidString(name) {
		s.refuse("a name that is not UTF-8")
	}
	return name
}

func (s *scan) flags(known byte) byte {
	f := s.u8()
	if f&^known != 0 {
		s.refuse("unknown flags %#x", f)
	}
	return f
}

func (s *scan) hello() Hello {
	return Hello{
		Oldest: s.u16(), Version: s.u16(), Features: s.u32(), Workspace: model.WorkspaceID(s.hash()),
		Instance: s.id(), Store: s.id(), Wall: s.i64(), Fold: s.u16(), Format: s.u16(), Software: s.name(),
	}
}

func (s *scan) tip() Tip {
	return Tip{Log: model.LogID(s.id()), Seq: s.u64(), Hash: model.ShortHash(s.id())}
}

func (s *scan) tips() []Tip {
	n := int(s.u16())
	switch {
	case n > MaxTips:
		s.refuse("%d tips", n)
	case n*tipSize > len(s.rest):
		s.refuse("%d tips: %w", n, errShort)
	}
	if n == 0 || s.err != nil {
		return nil
	}
	tips := make([]Tip, n)
	for i := range tips {
		tips[i] = s.tip()
	}
	return tips
}

func (s *scan) vector(members bool) Vector {
	f := s.flags(vectorAll)
	return Vector{
		Members: members, Full: f&vectorFull != 0, Again: f&vectorAgain != 0, More: f&vectorMore != 0,
		Digest: Digest(s.id()), Tips: s.tips(),
	}
}

func (s *scan) run(fresh bool) Run {
	r := Run{Fresh: fresh, Last: s.flags(runLast) != 0, Log: model.LogID(s.id())}
	return s.events(r)
}

// events reads the events of a run, with their number before them.
func (s *scan) events(r Run) Run {
	n := int(s.u16())
	if n*(model.EnvelopeSize+1) > len(s.rest) {
		s.refuse("%d events: %w", n, errShort)
	}
	if n == 0 || s.err != nil {
		return r
	}
	r.Events = make([]*model.Event, 0, n)
	for i := range n {
		e := s.event()
		switch {
		case s.err != nil:
			return r
		case e.Log != r.Log:
			s.refuse("an event of another log")
		case i > 0 && e.Seq != r.Events[i-1].Seq+1:
			s.refuse("event %d after %d", e.Seq, r.Events[i-1].Seq)
		}
		r.Events = append(r.Events, e)
	}
	return r
}

func (s *scan) event() *model.Event {
	raw := s.take(model.EnvelopeSize)
	if s.err != nil {
		return nil
	}
	// Of an envelope of another version it is not known where its body ends: so
	// nothing behind it can be read either.
	envelope, err := model.ParseEnvelope(raw)
	if err != nil {
		s.refuse("an event: %w", err)
		return nil
	}
	body := s.take(int(envelope.BodyLen))
	if s.err != nil {
		return nil
	}
	e, err := model.ParseEvent(raw, body)
	if err != nil {
		s.refuse("an event: %w", err)
		return nil
	}
	switch s.u8() {
	case 0:
	case 1:
		s.text(e)
	default:
		s.refuse("neither with a text nor without")
	}
	return e
}

// text reads the text beside an event, which has one in the frame.
func (s *scan) text(e *model.Event) {
	n := s.u32()
	switch {
	case e.Flags&model.FlagText == 0:
		s.refuse("a text beside an event that has none")
	case n == 0 || n > model.MaxText:
		s.refuse("a text of %d bytes", n)
	}
	salt := model.Salt(s.id())
	text := s.take(int(n))
	if s.err != nil {
		return
	}
	e.SetText(salt, text)
	if err := e.CheckTextFast(); err != nil {
		s.refuse("an event: %w", err)
	}
}

func (s *scan) forked() Forked {
	var a, b [model.EnvelopeSize]byte
	copy(a[:], s.take(len(a)))
	copy(b[:], s.take(len(b)))
	if s.err != nil {
		return Forked{}
	}
	f, err := model.NewFork(&a, &b)
	switch {
	case err != nil:
		s.refuse("no fork: %w", err)
	case f.A != a:
		s.refuse("a fork in the wrong order")
	}
	return Forked{Fork: f}
}

func (s *scan) presence() Presence {
	n := int(s.u16())
	switch {
	case n > MaxConsoles:
		s.refuse("%d consoles", n)
	case n*consoleSize > len(s.rest):
		s.refuse("%d consoles: %w", n, errShort)
	}
	if n == 0 || s.err != nil {
		return Presence{}
	}
	p := Presence{Consoles: make([]Console, n)}
	for i := range p.Consoles {
		c := Console{
			Person: model.PersonID(s.id()), Via: model.Door(s.name()), Incident: model.Scope(s.id()),
			Since: s.i64(), Active: s.i64(),
		}
		f := s.flags(consoleAll)
		c.Typing, c.Claimed = f&consoleTyping != 0, f&consoleClaimed != 0
		p.Consoles[i] = c
	}
	return p
}
