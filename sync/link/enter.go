package link

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"warroom/sync/invite"
	"warroom/sync/wire"
)

// What who was dialed says once both have proved their keys: one byte (wire.MarkKnown and
// its like). In TLS 1.3 the dialer is through before that: without it, it would say
// hello to somebody who then shuts the door, and could not tell people why.

// ErrOut says that the other side's membership has this device taken out.
var ErrOut = errors.New("this device was taken out")

// errOutHere says that the membership has the other device taken out: it is not dialed.
var errOutHere = errors.New("the peer's device was taken out")

// ErrBusy says that the other side has no time for strangers now.
var ErrBusy = errors.New("the peer is busy")

// answerTime is how long a stranger may wait for the answer to what it sent: a proof is
// checked, and made durable.
const answerTime = 15 * time.Second

// readMark reads the byte.
func readMark(c io.Reader) (byte, error) {
	mark := make([]byte, 1)
	if _, err := io.ReadFull(c, mark); err != nil {
		return 0, shut(err)
	}
	switch mark[0] {
	case wire.MarkKnown, wire.MarkStranger:
		return mark[0], nil
	case wire.MarkOut:
		return 0, ErrOut
	}
	return 0, fmt.Errorf("no welcome: %w", wire.ErrFrame)
}

// enter waits to be let in; who is a stranger there shows its proof when it has one.
// It fails with ErrShut or ErrOut, and the stream is closed then.
func (d *Dialer) enter(ctx context.Context, raw net.Conn, c *tls.Conn, limit time.Duration) error {
	var mark byte
	err := within(ctx, raw, limit, func(context.Context) (err error) {
		mark, err = readMark(c)
		return err
	})
	if err != nil || mark == wire.MarkKnown {
		return err
	}
	var runs []wire.Run
	if d.Proof != nil {
		runs = d.Proof()
	}
	if len(runs) == 0 {
		raw.Close()
		return ErrShut
	}
	return within(ctx, raw, answerTime, func(context.Context) error { return prove(c, runs) })
}

// prove sends a proof and reads what becomes of it: the byte that lets it in, or a frame.
func prove(c *tls.Conn, runs []wire.Run) error {
	frame, err := wire.Encode(wire.Proof{Runs: runs})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrShut, err)
	}
	if _, err := c.Write(wire.AppendFrame(nil, frame)); err != nil {
		return shut(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(c, first); err != nil {
		return shut(err)
	}
	if first[0] == wire.MarkKnown { // no frame begins with it
		return nil
	}
	m, err := readAnswer(io.MultiReader(bytes.NewReader(first), c))
	if err != nil {
		return err
	}
	no, ok := m.(wire.Refuse)
	switch {
	case !ok:
		return fmt.Errorf("no answer to a proof: %w", wire.ErrFrame)
	case no.Reason == wire.RefuseOut:
		return ErrOut
	case no.Reason == wire.RefuseBusy:
		return ErrBusy
	}
	return ErrShut
}

// readAnswer reads a frame that answers a stranger's.
func readAnswer(c io.Reader) (wire.Message, error) {
	raw, err := wire.ReadFrameOf(c, nil, wire.MaxKnock)
	if err != nil {
		return nil, shut(err)
	}
	return wire.Decode(raw)
}

// exporter is what is of this connection alone.
func exporter(c *tls.Conn) (on invite.Exporter, err error) {
	state := c.ConnectionState()
	raw, err := state.ExportKeyingMaterial(invite.ExporterLabel, nil, len(on))
	if err != nil {
		return on, err
	}
	return invite.Exporter(raw), nil
}
