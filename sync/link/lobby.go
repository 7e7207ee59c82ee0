package link

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"time"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/wire"
)

const (
	// maxWaiting is how many connections may wait for a person to decide.
	maxWaiting = 64
	// waitsFor is how long one of them waits before who is at its end has to ask again.
	waitsFor = 10 * time.Minute
)

// lobby is where devices wait that asked to come in: the desk with its file, and the
// connections.
type lobby struct {
	s    *Shell
	file string // "" for none: nobody is invited

	mu   sync.Mutex
	desk *invite.Desk // nil where its file cannot be read
	here map[asked]*waiter
}

// asked names a request.
type asked struct {
	token  model.TokenID
	device model.DeviceKey
}

// waiter is a connection that waits.
type waiter struct {
	woken chan struct{} // something changed; one is kept
	over  chan struct{} // another connection takes its place
}

// open reads the desk.
func (b *lobby) open() {
	if b.file == "" {
		return
	}
	scope := b.s.o.Engine.Workspace.Scope()
	desk, moved, err := loadDesk(b.file, scope, b.s.own)
	switch {
	case err != nil:
		b.s.o.Log.Error("the file of invites was not read: nobody comes in by an invite", "error", err)
		b.s.blame("invites", wrong(err, b.file))
		return
	case moved != "":
		b.s.o.Log.Error("the file of invites was damaged: none of them counts any more", "moved", moved)
		b.s.blame("invites", model.Say("link.problem.invites.damaged", "File", b.file, "Moved", moved))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desk = desk
	b.tell()
}

// tell hands who waits to whoever shows it; mu is held.
func (b *lobby) tell() { b.s.o.Waiting(b.desk.Waiting()) }

// keep has the desk on the disk; mu is held.
func (b *lobby) keep() error { return saveDesk(b.file, b.desk) }

func now(s *Shell) int64 { return s.o.Now().UnixMilli() }

// join answers a device that asks to come in, and reports that its connection is taken care
// of.
func (b *lobby) join(ctx context.Context, k *knock, j wire.Join, came time.Time) bool {
	on, err := exporter(k.Conn)
	if err != nil {
		return false
	}
	v := b.ask(invite.Ask{Device: k.device, On: on, Join: j, From: k.raw.RemoteAddr().String()})
	if !v.Waits {
		k.refuse(ctx, v.Reason, came)
		return false
	}
	key := asked{j.Token, k.device}
	w := b.enter(key)
	if w == nil {
		k.refuse(ctx, wire.RefuseBusy, came)
		return false
	}
	k.s.gate.Pass(k.raw)
	b.wait(ctx, k, key, w, v)
	b.leave(key, w)
	return false // it is done, and is closed
}

// ask has the desk decide. What it decides is on the disk before anybody hears of it.
func (b *lobby) ask(a invite.Ask) invite.Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.desk == nil {
		// Nobody was invited here, or none of it is known.
		return invite.Verdict{Reason: wire.RefuseInvite}
	}
	v := b.desk.Ask(now(b.s), a)
	if v.Changed {
		if err := b.keep(); err != nil {
			b.s.o.Log.Error("who asks to come in could not be noted, so nobody is let in", "error", err)
			return invite.Verdict{Reason: wire.RefuseBusy}
		}
		b.tell()
		b.wake()
	}
	return v
}

// wake has all who wait look how they stand; mu is held.
func (b *lobby) wake() {
	for _, w := range b.here {
		select {
		case w.woken <- struct{}{}:
		default:
		}
	}
}

// enter makes a place to wait, nil when there is none. A device has one: the last.
func (b *lobby) enter(key asked) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old := b.here[key]; old != nil {
		close(old.over)
	} else if len(b.here) >= maxWaiting {
		return nil
	}
	w := &waiter{woken: make(chan struct{}, 1), over: make(chan struct{})}
	b.here[key] = w
	return w
}

func (b *lobby) leave(key asked, w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.here[key] == w {
		delete(b.here, key)
	}
}

// wait tells a device that it waits, and then what was decided.
func (b *lobby) wait(ctx context.Context, k *knock, key asked, w *waiter, v invite.Verdict) {
	if k.send(wire.Admit{State: wire.AdmitWaits, Access: v.Access, Person: v.Person}) != nil {
		return
	}
	gone := make(chan struct{})
	if !b.s.start(func(context.Context) {
		defer close(gone)
		_, _ = k.Read(make([]byte, 1)) // it has nothing more to say
	}) {
		return
	}
	defer func() {
		_ = k.Close()
		<-gone
	}()
	timer := time.NewTimer(waitsFor)
	defer timer.Stop()
	for {
		// It may have been let in just before it began to wait.
		if of := b.s.membersNow(); of[k.device].Standing.Linked() {
			b.settle(of)
		}
		b.mu.Lock()
		in, why := b.desk.Stand(key.token, key.device)
		b.mu.Unlock()
		switch {
		case in:
			b.admit(k, v)
			return
		case why != 0:
			_ = k.send(wire.Refuse{Reason: why})
			return
		}
		select {
		case <-w.woken:
		case <-w.over:
			return
		case <-gone:
			return
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// admit tells a device that it is in.
func (b *lobby) admit(k *knock, v invite.Verdict) {
	d, access := b.s.membersNow()[k.device], v.Access
	if b.s.o.Who != nil {
		_, access = b.s.o.Who(d)
	}
	_ = k.send(wire.Admit{State: wire.AdmitIn, Access: access, Person: d.Person, Workspace: b.s.o.Engine.Workspace})
}

// settle notes who of those that wait the membership knows now.
func (b *lobby) settle(of map[model.DeviceKey]model.Device) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.desk == nil || !b.desk.Settle(func(k model.DeviceKey) bool { return of[k].Standing.Linked() }) {
		return
	}
	// Should it not be kept: the membership says it again after a start.
	b.s.complain("who was let in could not be noted", b.keep())
	b.tell()
	b.wake()
}

// The refusals of what people want of invites.
const (
	// CodeInviteUnknown is an invite that is not there, or is over.
	CodeInviteUnknown model.Code = "invite.unknown"
	// CodeInviteFull is one more than may be open.
	CodeInviteFull model.Code = "invite.full"
	// CodeInviteTime is one that is to be open for no time, or for longer than a day.
	CodeInviteTime model.Code = "invite.time"
	// CodeInviteAddress is one with too many addresses, or with what is none: Address.
	CodeInviteAddress model.Code = "invite.address"
	// CodeInviteKeep is a file of invites that cannot be read or written: File.
	CodeInviteKeep model.Code = "invite.keep"
)

// Invitation is what an invite is to be.
type Invitation struct {
	Access model.Access
	// Person is whose further device is invited; the zero person for somebody new.
	Person  model.PersonID
	Service bool
	// By is who invites.
	By model.PersonID
	// For is how long it is open; invite.Usual where it is 0.
	For time.Duration
	// Addresses are where this room is found: host:port, or "ssh:" and a host; three at most.
	Addresses []string
}

// Made is an invite that can be handed over.
type Made struct {
	// Text has the secret in it: it is shown once, to the one who asked, and written
	// nowhere.
	Text    string
	Token   model.TokenID
	Expires time.Time
}

// Invite makes an invite and has it on the disk, so that it can be shown. It is refused with one of
// the codes above.
func (s *Shell) Invite(want Invitation) (Made, error) {
	for _, a := range want.Addresses {
		if !invite.GoodAddress(a) {
			return Made{}, model.Refuse(CodeInviteAddress, "Address", a)
		}
	}
	if want.For == 0 {
		want.For = invite.Usual
	}
	var random [invite.SecretSize]byte
	var token model.TokenID
	_, _ = rand.Read(random[:]) // it never fails
	_, _ = rand.Read(token[:])
	// Whole minutes stand in the text: it is open as long as it says, and a little longer.
	expires := s.o.Now().Add(want.For).Truncate(time.Minute).Add(time.Minute)
	if want.For > 0 && want.For <= invite.Longest && expires.Sub(s.o.Now()) > invite.Longest {
		expires = expires.Add(-time.Minute)
	}
	i := invite.Invite{
		Workspace: s.o.Engine.Workspace, Pin: PinOf(s.own), Token: token, Secret: invite.NewSecret(random),
		Expires: expires, Addresses: want.Addresses,
	}
	text, err := i.Text()
	if err != nil {
		return Made{}, model.Refuse(CodeInviteAddress, "Address", strings.Join(want.Addresses, ", ")).Because(err)
	}
	b := s.lobby
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.desk == nil {
		return Made{}, model.Refuse(CodeInviteKeep, "File", b.file)
	}
	err = b.desk.Make(now(s), invite.Offer{
		Token: token, Secret: i.Secret, Access: want.Access, Person: want.Person, Service: want.Service, By: want.By, Expires: expires.UnixMilli(),
	})
	switch {
	case errors.Is(err, invite.ErrFull):
		return Made{}, model.Refuse(CodeInviteFull)
	case err != nil:
		return Made{}, model.Refuse(CodeInviteTime)
	}
	if err := b.keep(); err != nil {
		_ = b.desk.Withdraw(now(s), token)
		return Made{}, err
	}
	return Made{Text: text, Token: token, Expires: expires}, nil
}

// Withdraw ends an invite; who waits with it is turned away. It is refused with
// CodeInviteUnknown or CodeInviteKeep.
func (s *Shell) Withdraw(token model.TokenID) error {
	return s.lobby.change(CodeInviteUnknown, func(d *invite.Desk) error { return d.Withdraw(now(s), token) })
}

// TurnAway tells a device that waits that it does not come in. It is refused with
// model.CodeWaitingNone or CodeInviteKeep.
func (s *Shell) TurnAway(token model.TokenID, device model.DeviceKey) error {
	return s.lobby.change(model.CodeWaitingNone, func(d *invite.Desk) error { return d.TurnAway(token, device) })
}

// change changes the desk, has it on the disk, and tells who it is about.
func (b *lobby) change(none model.Code, do func(*invite.Desk) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.desk == nil {
		return model.Refuse(none)
	}
	if err := do(b.desk); err != nil {
		return model.Refuse(none)
	}
	err := b.keep()
	b.tell()
	b.wake()
	return err
}
