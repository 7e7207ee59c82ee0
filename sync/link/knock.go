package link

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"warroom/model"
	"warroom/sync/proof"
	"warroom/sync/wire"
)

// standing is how a device stands for this room.
type standing uint8

const (
	stranger standing = iota
	known
	takenOut
)

// stands says whether a device may be linked with: the membership says so, or the file of peers
// names it and the membership has not taken it out. It is asked at each handshake.
func (s *Shell) stands(device model.DeviceKey) standing {
	d := s.membersNow()[device]
	switch {
	case d.Standing == model.Out:
		return takenOut
	case d.Standing.Linked(), s.file.Load().keepers[PinOf(device)] != nil:
		return known
	}
	return stranger
}

// membersNow is what the membership says at this moment.
func (s *Shell) membersNow() map[model.DeviceKey]model.Device {
	if s.o.Members == nil {
		return nil
	}
	return s.o.Members()
}

const (
	// markTime is how long one byte, or a frame to a stranger, may take to leave.
	markTime = 5 * time.Second
	// refuseAfter is when a refusal leaves, from when the question came: so how long it took
	// to look says nothing.
	refuseAfter = 200 * time.Millisecond
	// proofShare is how much longer than a proof that came to nothing took nobody else's is
	// looked at: strangers have at most a fifth of one processor.
	proofShare = 4
)

// Accept proves who is at the other end of a stream that came in, and makes a link of it.
// A stranger is told that it is one, and may ask once.
func (s *Shell) Accept(ctx context.Context, c net.Conn) {
	defer s.gate.Leave(c)
	secured, device, err := Secure(ctx, c, ServerConfig(s.cert), false, s.limits.Handshake)
	if err != nil {
		s.o.Log.Debug("a peer was not let in", "from", c.RemoteAddr().String(), "error", err)
		return
	}
	k := &knock{s: s, raw: c, Conn: secured, device: device}
	switch s.stands(device) {
	case takenOut:
		_ = k.say(wire.MarkOut)
		_ = secured.Close()
	case known:
		k.letIn()
	default:
		if k.say(wire.MarkStranger) != nil || !k.hear(ctx) {
			_ = secured.Close()
		}
	}
}

// knock is a stream that came in, from a device that proved its key.
type knock struct {
	s   *Shell
	raw net.Conn
	*tls.Conn
	device model.DeviceKey
}

// say sends a byte or more, in a bounded time.
func (k *knock) say(b ...byte) error {
	_ = k.SetWriteDeadline(time.Now().Add(markTime))
	defer func() { _ = k.SetWriteDeadline(time.Time{}) }()
	_, err := k.Write(b)
	return err
}

func (k *knock) send(m wire.Message) error {
	raw, err := wire.Encode(m)
	if err != nil {
		return err
	}
	return k.say(wire.AppendFrame(nil, raw)...)
}

// letIn makes a link of the stream, or closes it.
func (k *knock) letIn() {
	k.s.gate.Pass(k.raw)
	conn := &Conn{Conn: k.Conn, Device: k.device, Route: k.raw.RemoteAddr().String()}
	if k.say(wire.MarkKnown) != nil || !k.s.add(conn) {
		_ = k.Close()
	}
}

// hear reads the one frame that a stranger may send, and reports that the stream became
// somebody else's.
func (k *knock) hear(ctx context.Context) bool {
	var m wire.Message
	err := within(ctx, k.raw, k.s.limits.Handshake, func(context.Context) error {
		raw, err := wire.ReadFrameOf(k.Conn, nil, wire.MaxKnock)
		if err != nil {
			return err
		}
		m, err = wire.Decode(raw)
		return err
	})
	if err != nil {
		k.s.o.Log.Debug("a stranger said nothing that it may", "from", k.raw.RemoteAddr().String(), "error", err)
		return false
	}
	came := time.Now()
	switch m := m.(type) {
	case wire.Join:
		return k.s.lobby.join(ctx, k, m, came)
	case wire.Proof:
		return k.proof(ctx, m, came)
	}
	return false
}

// refuse says no, no sooner than it would to anybody else.
func (k *knock) refuse(ctx context.Context, why wire.RefuseReason, came time.Time) {
	timer := time.NewTimer(refuseAfter - time.Since(came))
	defer timer.Stop()
	select {
	case <-timer.C:
		_ = k.send(wire.Refuse{Reason: why})
	case <-ctx.Done():
	}
}

// What becomes of a proof.
var (
	errNotNow   = errors.New("another stranger's proof is looked at")
	errNoMember = errors.New("what was shown makes the device no member's")
)

// proof looks at what is to make the stranger a member, and makes a link of its stream.
func (k *knock) proof(ctx context.Context, p wire.Proof, came time.Time) bool {
	err := k.check(ctx, p)
	if err == nil {
		k.letIn()
		return true
	}
	k.s.o.Log.Info("a device showed nothing that makes it a member's",
		"from", k.raw.RemoteAddr().String(), "pin", FormatPin(PinOf(k.device)), "error", err)
	why := wire.RefuseMember
	switch {
	case errors.Is(err, errNotNow):
		why = wire.RefuseBusy
	case errors.Is(err, ErrOut), errors.Is(err, proof.ErrOut):
		why = wire.RefuseOut // what it showed, only somebody of this workspace can
	}
	k.refuse(ctx, why, came)
	return false
}

// check has the room look at a proof: one at a time, and the next one waits for longer
// than one took that came to nothing.
func (k *knock) check(ctx context.Context, p wire.Proof) error {
	if k.s.o.Admits == nil {
		return errNoMember
	}
	wait, cancel := context.WithTimeout(ctx, k.s.limits.Handshake)
	defer cancel()
	select {
	case k.s.proofs <- struct{}{}:
	case <-wait.Done():
		return errNotNow
	}
	began := time.Now()
	err := k.s.o.Admits(ctx, p.Runs, k.device)
	if err == nil {
		switch k.s.stands(k.device) {
		case stranger:
			err = errNoMember
		case takenOut:
			err = ErrOut
		}
	}
	free := func() { <-k.s.proofs }
	took := time.Since(began)
	if err == nil || !k.s.start(func(ctx context.Context) { defer free(); pause(ctx, proofShare*took) }) {
		free()
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
