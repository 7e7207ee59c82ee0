package invite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/wire"
)

const now = int64(1_772_704_800_000)

// after is a time so much later.
func after(d time.Duration) int64 { return now + d.Milliseconds() }

// desk has one invite, open for the usual time.
func desk(t testing.TB) *invite.Desk {
	t.Helper()
	d := invite.NewDesk(workspace.Scope(), device(1))
	require.NoError(t, d.Make(now, offer(4, secret)))
	return d
}

func offer(token byte, s invite.Secret) invite.Offer {
	return invite.Offer{
		Token: model.TokenID{token}, Secret: s, Access: model.Responder, By: model.PersonID{1}, Expires: after(invite.Usual),
	}
}

// ask is what a device says that has a secret.
func ask(seed byte, token byte, s invite.Secret) invite.Ask {
	a := invite.Ask{Device: device(seed), On: invite.Exporter{seed}, From: "192.0.2.9:5"}
	a.Join = wire.Join{Token: model.TokenID{token}, Label: "laptop", Name: fmt.Sprintf("Cleo %d", seed)}
	a.Join.Consent = invite.Consent(key(seed), workspace.Scope(), device(1), a.Join.Token)
	a.Join.MAC = invite.MAC(s, a.On, a.Device, a.Join.Rest())
	return a
}

// again is the desk as a room reads it that was started anew.
func again(t testing.TB, d *invite.Desk) *invite.Desk {
	t.Helper()
	raw, err := d.Encode()
	require.NoError(t, err)
	out, err := invite.DecodeDesk(raw, workspace.Scope(), device(1))
	require.NoError(t, err)
	require.Equal(t, d, out)
	return out
}

func refused(r wire.RefuseReason) invite.Verdict { return invite.Verdict{Reason: r} }

func TestADeviceWithTheSecretWaitsForAPerson(t *testing.T) {
	t.Parallel()
	d := desk(t)
	v := d.Ask(now, ask(2, 4, secret))
	require.Equal(t, invite.Verdict{Waits: true, Access: model.Responder, Changed: true}, v)
	w := again(t, d).Waiting()
	require.Len(t, w, 1)
	require.Equal(t, model.Waiting{
		Token: model.TokenID{4}, Device: device(2), Name: "Cleo 2", Label: "laptop", Words: invite.Words(invite.Exporter{2}, device(1), device(2)),
		From: "192.0.2.9:5", Since: now, Access: model.Responder, By: model.PersonID{1}, Consent: w[0].Consent,
	}, w[0])
	require.True(t, invite.CheckConsent(w[0].Consent, workspace.Scope(), device(1), device(2), model.TokenID{4}))
	require.Zero(t, d.Open(now), "it was used")

	later := ask(2, 4, secret)
	later.On = invite.Exporter{9} // it comes over another connection
	later.Join.MAC = invite.MAC(secret, later.On, later.Device, later.Join.Rest())
	require.True(t, d.Ask(after(2*time.Hour), later).Waits, "the same device may ask again, also when the time is over")
	require.Len(t, d.Waiting(), 1)
	require.Equal(t, invite.Words(invite.Exporter{9}, device(1), device(2)), d.Waiting()[0].Words)
	require.Equal(t, now, d.Waiting()[0].Since)

	require.False(t, d.Settle(func(model.DeviceKey) bool { return false }))
	require.True(t, d.Settle(func(k model.DeviceKey) bool { return k == device(2) }))
	require.Empty(t, d.Waiting())
	in, reason := d.Stand(model.TokenID{4}, device(2))
	require.True(t, in)
	require.Zero(t, reason)
}

// I1
func TestI1AnInviteWhoseTimeIsOverLetsNobodyAsk(t *testing.T) {
	t.Parallel()
	d := desk(t)
	require.Equal(t, refused(wire.RefuseInvite), d.Ask(after(invite.Usual), ask(2, 4, secret)))
	require.Empty(t, d.Waiting())
	require.True(t, desk(t).Ask(after(invite.Usual)-1, ask(2, 4, secret)).Waits)
}

// I2, I3: the second one may come at any time, before or after somebody let the first in.
func TestI2ASecondDeviceWithOneInviteHasBothHeld(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*invite.Desk) *invite.Desk{
		"at once":              func(d *invite.Desk) *invite.Desk { return d },
		"after a start":        func(d *invite.Desk) *invite.Desk { return again(t, d) },
		"when the first is in": func(d *invite.Desk) *invite.Desk { d.Settle(func(model.DeviceKey) bool { return true }); return d },
		"when it was turned away": func(d *invite.Desk) *invite.Desk {
			require.NoError(t, d.TurnAway(model.TokenID{4}, device(2)))
			return d
		},
	} {
		d := desk(t)
		require.True(t, d.Ask(now, ask(2, 4, secret)).Waits)
		d = between(d)
		v := d.Ask(after(time.Hour), ask(3, 4, secret))
		require.Equal(t, invite.Verdict{Reason: wire.RefuseTwice, Changed: true}, v, name)
		for _, w := range d.Waiting() {
			require.True(t, w.Twice, name)
		}
		_, reason := d.Stand(model.TokenID{4}, device(3))
		require.Equal(t, wire.RefuseTwice, reason, name)
		require.Equal(t, wire.RefuseTwice, d.Ask(after(time.Hour), ask(3, 4, secret)).Reason, name)
		d = again(t, d)
		for seed := byte(4); seed < 40; seed++ {
			require.Equal(t, wire.RefuseTwice, d.Ask(after(time.Hour), ask(seed, 4, secret)).Reason, name)
		}
		require.LessOrEqual(t, len(d.Waiting()), invite.MaxOfOne, name)
		require.True(t, d.Settle(func(k model.DeviceKey) bool { return k == device(3) }), name) // an owner judged
		in, _ := d.Stand(model.TokenID{4}, device(3))
		require.True(t, in, name)
	}
	d := desk(t)
	d.Ask(now, ask(2, 4, secret))
	d.Ask(now, ask(3, 4, secret))
	_, reason := d.Stand(model.TokenID{4}, device(2))
	require.Equal(t, wire.RefuseTwice, reason, "who waits is told so too")
}

// I5
func TestI5FiveWrongMACsEndAnInvite(t *testing.T) {
	t.Parallel()
	guess := invite.NewSecret([16]byte{1})
	d := desk(t)
	for i := range invite.MaxWrong {
		require.Equal(t, 1, d.Open(now), i)
		v := d.Ask(now, ask(byte(10+i), 4, guess))
		require.Equal(t, invite.Verdict{Reason: wire.RefuseInvite, Changed: true}, v, "each is counted on the disk")
		d = again(t, d)
	}
	require.Zero(t, d.Open(now))
	require.Equal(t, refused(wire.RefuseInvite), d.Ask(now, ask(2, 4, secret)), "the right one is too late")

	d = desk(t) // of one that waits already nobody takes that
	require.True(t, d.Ask(now, ask(2, 4, secret)).Waits)
	for i := range 2 * invite.MaxWrong {
		require.Equal(t, wire.RefuseInvite, d.Ask(now, ask(byte(10+i), 4, guess)).Reason)
	}
	require.True(t, d.Ask(now, ask(2, 4, secret)).Waits)
	require.Equal(t, wire.RefuseInvite, d.Ask(now, ask(2, 4, guess)).Reason)
	require.Equal(t, wire.RefuseInvite, d.Ask(now, ask(3, 4, secret)).Reason)
}

func TestNothingIsLearnedOfWhichInvitesThereAre(t *testing.T) {
	t.Parallel()
	d := desk(t)
	require.NoError(t, d.Make(now, offer(5, secret)))
	require.NoError(t, d.Withdraw(now, model.TokenID{5}))
	require.NoError(t, d.Make(now, offer(6, secret)))
	consent := ask(2, 6, secret)
	consent.Join.Consent[0]++
	consent.Join.MAC = invite.MAC(secret, consent.On, consent.Device, consent.Join.Rest())
	for name, v := range map[string]invite.Verdict{
		"unknown":     d.Ask(now, ask(2, 99, secret)),
		"wrong":       d.Ask(now, ask(2, 4, invite.NewSecret([16]byte{1}))),
		"withdrawn":   d.Ask(now, ask(2, 5, secret)),
		"late":        d.Ask(after(time.Hour), ask(2, 4, secret)),
		"no secret":   d.Ask(now, ask(2, 99, invite.Secret{})),
		"no consent":  d.Ask(now, consent),
		"all of zero": d.Ask(now, invite.Ask{}),
	} {
		v.Changed = false
		require.Equal(t, refused(wire.RefuseInvite), v, name)
	}
	require.Empty(t, d.Waiting())
}

func TestWhoIsTurnedAwayOrWithdrawnIsToldSo(t *testing.T) {
	t.Parallel()
	d := desk(t)
	require.Equal(t, invite.ErrNone, d.TurnAway(model.TokenID{4}, device(2)))
	d.Ask(now, ask(2, 4, secret))
	require.NoError(t, d.TurnAway(model.TokenID{4}, device(2)))
	require.Equal(t, invite.ErrNone, d.TurnAway(model.TokenID{4}, device(2)))
	require.Empty(t, d.Waiting())
	require.Equal(t, wire.RefusePerson, again(t, d).Ask(now, ask(2, 4, secret)).Reason)

	d = desk(t)
	d.Ask(now, ask(2, 4, secret))
	require.NoError(t, d.Withdraw(now, model.TokenID{4}))
	require.Equal(t, invite.ErrNone, d.Withdraw(now, model.TokenID{4}))
	require.Equal(t, invite.ErrNone, d.Withdraw(now, model.TokenID{9}))
	_, reason := d.Stand(model.TokenID{4}, device(2))
	require.Equal(t, wire.RefusePerson, reason)
}

func TestADeskIsBounded(t *testing.T) {
	t.Parallel()
	d := invite.NewDesk(workspace.Scope(), device(1))
	long := offer(1, secret)
	long.Expires = after(invite.Longest) + 1
	require.Equal(t, invite.ErrUntil, d.Make(now, long))
	long.Expires = now
	require.Equal(t, invite.ErrUntil, d.Make(now, long))
	long.Expires, long.Secret = after(time.Hour), invite.Secret{}
	require.Equal(t, invite.ErrUntil, d.Make(now, long))
	for i := range byte(invite.MaxOpen) {
		require.NoError(t, d.Make(now, offer(i, secret)))
	}
	require.Equal(t, invite.ErrUntil, d.Make(now, offer(3, secret)), "a token is used once")
	require.Equal(t, invite.ErrFull, d.Make(now, offer(200, secret)))
	for i := range byte(invite.MaxOpen) {
		require.True(t, d.Ask(now, ask(10+i, i, secret)).Waits)
	}
	require.NoError(t, d.Make(now, offer(200, secret)))
	require.Equal(t, refused(wire.RefuseBusy), d.Ask(now, ask(200, 200, secret)))
	require.NoError(t, d.TurnAway(model.TokenID{3}, device(13)))
	require.True(t, d.Ask(now, ask(200, 200, secret)).Waits, "who was decided makes room")
	require.Len(t, d.Waiting(), invite.MaxRequests)
	raw, err := d.Encode()
	require.NoError(t, err)
	require.Less(t, len(raw), invite.MaxDesk)

	for round := range 20 { // invites that nobody uses
		at := after(time.Duration(round) * 20 * time.Minute)
		for i := range 50 {
			o := offer(0, secret)
			o.Token = model.TokenID{99, byte(round), byte(i)}
			o.Expires = at + invite.Usual.Milliseconds()
			require.NoError(t, d.Make(at, o))
		}
	}
	raw, err = d.Encode()
	require.NoError(t, err)
	require.Less(t, len(raw), invite.MaxDesk)
	require.Len(t, d.Waiting(), invite.MaxRequests, "who waits is not forgotten for that")
	week := after(8 * 24 * time.Hour)
	require.Equal(t, wire.RefuseInvite, d.Ask(week, ask(200, 200, secret)).Reason)
	require.Equal(t, "0 invites, 0 requests", d.String())
}

func TestADeskThatWasDamagedIsNotRead(t *testing.T) {
	t.Parallel()
	d := desk(t)
	d.Ask(now, ask(2, 4, secret))
	raw, err := d.Encode()
	require.NoError(t, err)
	for n := range len(raw) {
		_, err := invite.DecodeDesk(raw[:n], workspace.Scope(), device(1))
		require.Equal(t, invite.ErrDesk, err)
	}
	_, err = invite.DecodeDesk(raw, workspace.Scope(), device(3))
	require.Equal(t, invite.ErrDesk, err, "it is another device's")
}

func FuzzDesk(f *testing.F) {
	d := desk(f)
	d.Ask(now, ask(2, 4, secret))
	raw, err := d.Encode()
	require.NoError(f, err)
	f.Add(raw)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := invite.DecodeDesk(raw, workspace.Scope(), device(1))
		if err != nil {
			require.Equal(t, invite.ErrDesk, err)
			return
		}
		d.Ask(now, ask(2, 4, secret))
		_ = d.Waiting()
		_, err = d.Encode()
		require.NoError(t, err)
	})
}
