package tui_test

import (
	"context"
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"warroom/model"
)

// gate is a room at whose door devices wait, as a test says. What is done to members
// is noted besides.
type gate struct {
	*seat
	waiting []model.Waiting
	did     []model.Command
	away    []model.DeviceKey
	answers error
}

// newGate is the crowded room, of which ana is an owner.
func newGate(t testing.TB) *gate {
	g := &gate{seat: newSeat(t, crowded(t))}
	g.access = model.Owner
	return g
}

// knock is somebody at the door.
func (g *gate) knock(n byte, name, label string) model.Waiting {
	words := [][4]string{
		{"maple", "river", "cobalt", "finch"}, {"anchor", "velvet", "summit", "pebble"}, {"lantern", "orchid", "harbour", "thistle"},
	}
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{100 + n}, ed25519.SeedSize))
	device, token := model.DeviceKey(key.Public().(ed25519.PublicKey)), model.TokenID{n + 1}
	return model.Waiting{
		Token: token, Device: device, Name: name, Label: label, Words: words[int(n)%len(words)],
		From: "10.20.0.1:52114", Since: g.Now().Add(-time.Duration(n) * time.Minute).UnixMilli(),
		Access: model.Responder, By: g.Me(),
		Consent: ed25519.Sign(key, model.ConsentBytes(g.Workspace().Scope(), g.Signer().Device(), device, token)),
	}
}

func (g *gate) comes(all ...model.Waiting) { g.change(func() { g.waiting = all }) }

func (g *gate) Overview() *model.Overview {
	over := g.seat.Overview()
	g.mu.Lock()
	defer g.mu.Unlock()
	over.Waiting = slices.Clone(g.waiting) // a console does not rely on the room to leave them out
	return over
}

func (g *gate) Do(ctx context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error) {
	g.mu.Lock()
	err := g.answers
	g.mu.Unlock()
	if err != nil {
		return model.Receipt{}, err
	}
	got, err := g.Room.Do(ctx, who, incident, c)
	if err != nil {
		return got, err
	}
	switch cmd := c.(type) {
	case model.ApproveJoin:
		g.change(func() {
			g.did = append(g.did, c)
			g.waiting = slices.DeleteFunc(g.waiting, func(w model.Waiting) bool { return w.Token == cmd.Token && w.Device == cmd.Device })
		})
	case model.RevokeDevice, model.MuteDevice, model.SetAccess, model.RevokeMember:
		g.change(func() { g.did = append(g.did, c) })
	}
	return got, nil
}

func (g *gate) TurnAway(_ context.Context, _ model.Actor, token model.TokenID, device model.DeviceKey) error {
	g.mu.Lock()
	n := len(g.waiting)
	g.waiting = slices.DeleteFunc(g.waiting, func(w model.Waiting) bool { return w.Token == token && w.Device == device })
	gone := len(g.waiting) < n
	g.away = append(g.away, device)
	g.mu.Unlock()
	if !gone {
		return model.Refuse(model.CodeWaitingNone)
	}
	g.change(func() {})
	return nil
}

// done is what was done to members since it was last asked.
func (g *gate) done() []model.Command {
	g.mu.Lock()
	defer g.mu.Unlock()
	did := g.did
	g.did = nil
	return did
}

// device gives somebody a device.
func (g *gate) device(name string, n byte) model.DeviceKey {
	key := model.DeviceKey{n, n, n, n, n}
	g.Must(model.Scope{}, model.AddDevice{Person: g.As(name), Device: key})
	return key
}

func (g *gate) open(t testing.TB, with setting) *stage {
	with.seat, with.as = g.seat, g
	return open(t, with)
}

var (
	_ model.Seat       = (*gate)(nil)
	_ model.Doorkeeper = (*gate)(nil)
)
