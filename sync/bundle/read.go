package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Sink is a room that takes events, as it takes them from a peer.
type Sink interface {
	Workspace() model.WorkspaceID
	Lines() []model.Branch
	// Look gives the events that stand at the numbers from From to To of a log, in
	// all its lines.
	Look(log model.LogID, from, to uint64) ([]peer.Held, error)
	// Take makes a run durable.
	Take(ctx context.Context, t peer.Take) error
	// Writes reports a log that the room writes now, and Renew has it write others
	// from now on: it may have forgotten what it wrote, or a copy of it writes. No
	// number may be used twice.
	Writes(log model.LogID) bool
	Renew(ctx context.Context, reason model.OpenReason) error
}

// scan reads a bundle frame by frame.
type scan struct {
	in   io.Reader
	sum  hash.Hash
	head Head
}

// begin reads how a bundle begins.
func begin(r io.Reader) (*scan, error) {
	s := &scan{sum: sha256.New()}
	s.in = io.TeeReader(r, s.sum)
	raw := make([]byte, headSize)
	if n, err := io.ReadFull(s.in, raw); err != nil {
		if n < len(mark) || string(raw[:len(mark)]) != mark {
			return nil, noBundle(err)
		}
		return nil, cut(err)
	}
	rest, ok := bytes.CutPrefix(raw, []byte(mark))
	switch {
	case !ok:
		return nil, ErrNoBundle
	case rest[0] == 0:
		return nil, ErrNoBundle
	case rest[0] > version:
		return nil, ErrNewer
	}
	s.head = Head{model.WorkspaceID(rest[1:]), int64(binary.BigEndian.Uint64(rest[1+len(model.WorkspaceID{}):]))}
	return s, nil
}

// noBundle and cut tell a file that ends from one that cannot be read.
func noBundle(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrNoBundle
	}
	return fmt.Errorf("read a bundle: %w", err)
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCut
	}
	return fmt.Errorf("read a bundle: %w", err)
}

// next gives the next frame's content, nil at the end, where the sum is right and
// nothing comes behind.
func (s *scan) next() (wire.Message, error) {
	var length [4]byte
	if _, err := io.ReadFull(s.in, length[:]); err != nil {
		return nil, cut(err)
	}
	if length == [4]byte{} {
		return nil, s.end()
	}
	raw, err := wire.ReadFrame(io.MultiReader(bytes.NewReader(length[:]), s.in), nil)
	if errors.Is(err, wire.ErrFrame) {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	if err != nil {
		return nil, cut(err)
	}
	m, err := wire.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	return m, nil
}

func (s *scan) end() error {
	want := s.sum.Sum(nil)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(s.in, got); err != nil {
		return cut(err)
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%w: its sum is another", ErrAltered)
	}
	if n, err := s.in.Read(got[:1]); n > 0 || err == nil {
		return fmt.Errorf("%w: there is something behind its end", ErrAltered)
	}
	return nil
}

// Inspect reads a bundle to its end, says what is in it and what its maker holds,
// and takes nothing. Signatures are not checked.
func Inspect(r io.Reader) (Info, []wire.Tip, error) {
	var info Info
	var tips []wire.Tip
	logs := map[model.LogID]bool{}
	count := &counter{r: r}
	head, err := each(count, nil, func(m wire.Message) error {
		switch m := m.(type) {
		case wire.Vector:
			if tips = append(tips, m.Tips...); len(tips) > maxTips {
				return fmt.Errorf("%w: over %d ends of logs", ErrAltered, maxTips)
			}
		case wire.Run:
			info.Events += uint64(len(m.Events))
			logs[m.Log] = true
		}
		return nil
	})
	info.Head, info.Logs, info.Bytes = head, len(logs), count.n
	return info, tips, err
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// each gives every frame of a bundle that may be in one, of a workspace or, with nil,
// of any.
func each(r io.Reader, ws *model.WorkspaceID, fn func(wire.Message) error) (Head, error) {
	s, err := begin(r)
	if err != nil {
		return Head{}, err
	}
	if ws != nil && s.head.Workspace != *ws {
		return s.head, ErrWorkspace
	}
	for {
		m, err := s.next()
		if err != nil || m == nil {
			return s.head, err
		}
		switch m.(type) {
		case wire.Vector, wire.Run, wire.Unknown:
			err = fn(m)
		default:
			err = fmt.Errorf("%w: a frame that is none of a bundle's", ErrAltered)
		}
		if err != nil {
			return s.head, err
		}
	}
}

// Read takes what is in a bundle into a room. Each run is checked as if it had come
// over a link, and taken whole before the next is read; what came before an error
// stays, because it was good. A run that attaches to nothing is left out, and what
// is missing before it is told. What is held is passed over, so a bundle may be
// read again.
//
// The errors are those above, and those of the room. Taken is right with an error
// too.
func Read(ctx context.Context, r io.Reader, into Sink) (Taken, error) {
	t := &taking{ctx: ctx, room: into, gaps: map[model.LogID]bool{}}
	ws := into.Workspace()
	head, err := each(r, &ws, func(m wire.Message) error {
		switch m := m.(type) {
		case wire.Vector:
			if t.Tips = append(t.Tips, m.Tips...); len(t.Tips) > maxTips {
				return fmt.Errorf("%w: over %d ends of logs", ErrAltered, maxTips)
			}
		case wire.Unknown:
			t.Newer++
		case wire.Run:
			return t.run(m)
		}
		return ctx.Err()
	})
	t.Head = head
	t.Unsigned += uint64(len(t.rest))
	return t.Taken, err
}
