package wire

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"warroom/model"
)

// Sizes of what stands in frames, in bytes.
const (
	tipSize     = 16 + 8 + 16
	runHead     = 1 + 1 + 16 + 2 // type, flags, log, number of events
	textHead    = 4 + 16         // length and salt
	consoleSize = 16 + 1 + 16 + 8 + 8 + 1
)

// The bits of a Vector's flags, a Run's and a Console's. A frame with another bit
// is refused: what is new gets a type of its own, which is skipped.
const (
	vectorFull = 1 << iota
	vectorAgain
	vectorMore
	vectorAll = vectorFull | vectorAgain | vectorMore

	runLast = 1

	consoleTyping  = 1
	consoleClaimed = 2
	consoleAll     = consoleTyping | consoleClaimed
)

// EventSize is what an event takes in a Run, in bytes.
func EventSize(e *model.Event) int {
	n := model.EnvelopeSize + len(e.Body) + 1
	if len(e.Text) > 0 {
		n += textHead + len(e.Text)
	}
	return n
}

// Encode makes a frame: its type and what is in it, without the length before it.
// What is over a limit, or what Decode would refuse to read, is an ErrFrame:
// nothing is sent that ends the link at the other side. An Unknown cannot be
// encoded.
func Encode(m Message) ([]byte, error) {
	out := []byte{byte(m.Type())}
	var err error
	switch m := m.(type) {
	case Hello:
		out, err = m.append(out)
	case Join:
		out, err = m.append(out, true)
	case Proof:
		out, err = m.append(out)
	case Admit:
		out, err = m.append(out)
	case Refuse:
		out, err = m.append(out)
	case Vector:
		out, err = m.append(out)
	case Want:
		out = appendTip(out, m.Tip)
		out = binary.BigEndian.AppendUint64(out, m.From)
		out = binary.BigEndian.AppendUint32(out, m.Credit)
	case Run:
		out, err = m.append(out)
	case Ack:
		out, err = appendTips(out, m.Tips)
	case Forked:
		out, err = m.append(out)
	case State:
		out = append(out, m.Scope[:]...)
		out = append(out, m.Vector[:]...)
		out = binary.BigEndian.AppendUint16(out, m.Fold)
		out = append(out, m.Hash[:]...)
	case Presence:
		out, err = m.append(out)
	case Ping:
		out = binary.BigEndian.AppendUint64(out, uint64(m.T0))
	case Pong:
		for _, t := range []int64{m.T0, m.T1, m.T2} {
			out = binary.BigEndian.AppendUint64(out, uint64(t))
		}
	case Bye:
		out = append(out, byte(m.Reason))
	default:
		err = fmt.Errorf("a type that this warroom does not write")
	}
	if err == nil && len(out) > MaxFrame {
		err = fmt.Errorf("%d bytes, over %d", len(out), MaxFrame)
	}
	if err != nil {
		return nil, fmt.Errorf("wire: to write a frame of type %d: %w: %w", m.Type(), err, ErrFrame)
	}
	return out, nil
}

func (h Hello) append(out []byte) ([]byte, error) {
	out = binary.BigEndian.AppendUint16(out, h.Oldest)
	out = binary.BigEndian.AppendUint16(out, h.Version)
	out = binary.BigEndian.AppendUint32(out, h.Features)
	out = append(out, h.Workspace[:]...)
	out = append(out, h.Instance[:]...)
	out = append(out, h.Store[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(h.Wall))
	out = binary.BigEndian.AppendUint16(out, h.Fold)
	out = binary.BigEndian.AppendUint16(out, h.Format)
	return appendName(out, h.Software)
}

// appendName appends a short text with its length in one byte.
func appendName(out []byte, name string) ([]byte, error) {
	if len(name) > MaxName || !utf8.ValidString(name) {
		return nil, fmt.Errorf("a name of %d bytes, over %d or not UTF-8", len(name), MaxName)
	}
	out = append(out, byte(len(name)))
	return append(out, name...), nil
}

func (v Vector) append(out []byte) ([]byte, error) {
	out = append(out, bit(v.Full, vectorFull)|bit(v.Again, vectorAgain)|bit(v.More, vectorMore))
	out = append(out, v.Digest[:]...)
	return appendTips(out, v.Tips)
}

func bit(on bool, b byte) byte {
	if on {
		return b
	}
	return 0
}

func appendTip(out []byte, t Tip) []byte {
	out = append(out, t.Log[:]...)
	out = binary.BigEndian.AppendUint64(out, t.Seq)
	return append(out, t.Hash[:]...)
}

// appendTips appends tips with their number before them.
func appendTips(out []byte, tips []Tip) ([]byte, error) {
	if len(tips) > MaxTips {
		return nil, fmt.Errorf("%d tips, over %d", len(tips), MaxTips)
	}
	out = binary.BigEndian.AppendUint16(out, uint16(len(tips)))
	for _, t := range tips {
		out = appendTip(out, t)
	}
	return out, nil
}

func (r Run) append(out []byte) ([]byte, error) {
	size, err := r.check()
	if err != nil {
		return nil, err
	}
	out = append(make([]byte, 0, size), out...)
	out = append(out, bit(r.Last, runLast))
	return r.appendEvents(out), nil
}

// check gives the size of the run as a frame.
func (r Run) check() (int, error) {
	size := runHead
	for i, e := range r.Events {
		switch {
		case e.Log != r.Log, i > 0 && e.Seq != r.Events[i-1].Seq+1:
			return 0, fmt.Errorf("events that are no run")
		case len(e.Body) != int(e.BodyLen), len(e.Text) > model.MaxText, len(e.Text) > 0 && e.Flags&model.FlagText == 0:
			return 0, fmt.Errorf("an event with a body or text that is not its own")
		}
		size += EventSize(e)
	}
	if size > MaxFrame {
		return 0, fmt.Errorf("%d bytes, over %d", size, MaxFrame)
	}
	return size, nil
}

// appendEvents appends the log and its events.
func (r Run) appendEvents(out []byte) []byte {
	out = append(out, r.Log[:]...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(r.Events))) // a full frame holds 5,400
	for _, e := range r.Events {
		out = append(out, e.Raw[:]...)
		out = append(out, e.Body...)
		if len(e.Text) == 0 {
			out = append(out, 0)
			continue
		}
		out = append(out, 1)
		out = binary.BigEndian.AppendUint32(out, uint32(len(e.Text)))
		out = append(out, e.Salt[:]...)
		out = append(out, e.Text...)
	}
	return out
}

func (f Forked) append(out []byte) ([]byte, error) {
	if made, err := model.NewFork(&f.Fork.A, &f.Fork.B); err != nil || made != f.Fork {
		return nil, fmt.Errorf("two events that are no fork")
	}
	out = append(out, f.Fork.A[:]...)
	return append(out, f.Fork.B[:]...), nil
}

func (p Presence) append(out []byte) ([]byte, error) {
	if len(p.Consoles) > MaxConsoles {
		return nil, fmt.Errorf("%d consoles, over %d", len(p.Consoles), MaxConsoles)
	}
	out = binary.BigEndian.AppendUint16(out, uint16(len(p.Consoles)))
	var err error
	for _, c := range p.Consoles {
		out = append(out, c.Person[:]...)
		if out, err = appendName(out, string(c.Via)); err != nil {
			return nil, err
		}
		out = append(out, c.Incident[:]...)
		out = binary.BigEndian.AppendUint64(out, uint64(c.Since))
		out = binary.BigEndian.AppendUint64(out, uint64(c.Active))
		out = append(out, bit(c.Typing, consoleTyping)|bit(c.Claimed, consoleClaimed))
	}
	return out, nil
}
