package tui_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/tui"
)

// here says which device is that of the room, and how much a device wrote.
func here(g *gate) func(*tui.Options) {
	return func(o *tui.Options) {
		o.Device = g.Signer().Device()
		o.Wrote = func(_ context.Context, key model.DeviceKey) int { return int(key[0]) * 100 }
	}
}

func TestALostLaptopIsTakenOutInThreeKeys(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	lost := g.device("ana", 3)
	g.device("bob", 7)
	s := g.open(t, setting{with: here(g)}).showing()
	s.Press("W").has("People and devices", "this room", "device 03030303")
	s.Press("x").has("Take device 03030303 from ana for good?", "It is ana's (owner).", "It is told so and given nothing more.", "What it has, it keeps.",
		"300 entries that it wrote up to now", "stay. This cannot be undone.")
	require.Empty(t, g.done())
	s.Press("y")
	require.Equal(t, []model.Command{model.RevokeDevice{Device: lost}}, g.done())
	s.has("device 03030303 was taken out.", "taken out  ").Press("x").has("This was taken out already.")
	require.Len(t, g.done(), 0)
	d, _ := g.Overview().People.Device(lost)
	require.Equal(t, model.Out, d.Standing)
}

func TestALostLaptopOfSomebodyElseIsTakenOutInThreeKeysToo(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	lost := g.device("bob", 7)
	s := g.open(t, setting{with: here(g)}).showing().Press("W", "x").has("Take device 07070707 from bob for good?", "the only device of bob")
	s.Press("enter")
	require.Empty(t, g.done(), "no is what enter says")
	s.Press("x", "y")
	require.Equal(t, []model.Command{model.RevokeDevice{Device: lost}}, g.done())
}

func TestTheDeviceOfThisRoomIsNamedAsSuch(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := g.open(t, setting{with: here(g)}).showing().Press("W", "g", "j").has("this room")
	s.Press("m").has("This is the device of this room.")
	s.Press("x").has("It is the device of this room: you work on it now")
	s.Press("n")
	require.Empty(t, g.done())
}

func TestOwnersMuteChangeRolesAndEndMemberships(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	phone, bob := g.device("bob", 7), g.As("bob")
	s := g.open(t, setting{with: here(g)}).showing().Press("W", "m").has("device 07070707 is muted")
	require.Equal(t, []model.Command{model.MuteDevice{Device: phone, Muted: true}}, g.done())
	s.has("writes     muted", "m unmute").Press("m").has("device 07070707 is not muted any more.").Press("m")
	g.done()
	s.Press("k", "m").has("Select a device first.")
	s.Press("r").has("Role of bob", "can write, decides who is a member").Press("1").has("Change bob from responder to observer?", "What they wrote up to now stays.").Press("y")
	s.Press("r", "3").has("Change bob from observer to owner?", "can take anybody out,").Press("n")
	require.Equal(t, []model.Command{model.SetAccess{Person: bob, Access: model.Observer}}, g.done())
	s.Press("x").has("End bob's membership?", "1 device is told so and given nothing more.", "Only an owner can").Press("y")
	require.Equal(t, []model.Command{model.RevokeMember{Person: bob}}, g.done())
	s.Press("G", "x").has("Zoë Ångström's", "They can come in no more.").Press("n")
	s.Press("g", "x").has("This is you: you leave at once.")
}

func TestWhatSomebodyMayNotDoIsNotOfferedAndSaysWhy(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	own := g.device("ana", 3)
	g.device("bob", 7)
	g.access = model.Responder
	s := g.open(t, setting{with: here(g)}).showing().Press("W").has("x take out  w here")
	s.Press("m").has("Only an owner can do this. Nothing was changed. Ask one: ana.")
	s.Press("G", "k", "x").has("Only an owner can do this.")
	require.NotContains(t, s.Text(), "take out")
	s.Press("g", "j", "j", "x", "y")
	require.Equal(t, []model.Command{model.RevokeDevice{Device: own}}, g.done(), "everybody their own")
}

func TestAnObserverSeesPeopleAndDevicesAndNoKeysForThem(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.device("ana", 3)
	g.device("bob", 7)
	g.access = model.Observer
	s := g.open(t, setting{with: here(g)}).showing().Press("W").has("People and devices", "device 07070707")
	for _, key := range []string{"x", "m", "r"} {
		s.Press(key).has("You are an observer here")
		require.NotContains(t, s.Text(), key+" take out")
		require.NotContains(t, s.Text(), key+" role")
		require.NotContains(t, s.Text(), key+" mute")
	}
	require.Empty(t, g.done())
}

func TestAnAnswerAboutAPersonWhoIsAnotherByThenChangesNothing(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	bob := g.As("bob")
	g.device("bob", 7)
	s := g.open(t, setting{with: here(g)}).showing().Press("W", "k", "x").has("End bob's membership?")
	g.Must(model.Scope{}, model.SetAccess{Person: bob, Access: model.Owner})
	s.seen()
	s.Press("y").has("is not as it was when you were asked")
	require.Empty(t, g.done())
	s.Press("j", "x").has("Take device 07070707")
	g.Must(model.Scope{}, model.RevokeMember{Person: bob})
	s.seen()
	s.Press("y").has("is not as it was when you were asked")
	require.Empty(t, g.done())
}

func TestPeopleAndDevicesAreTheOtherSideOfWhoIsHere(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := g.open(t, setting{}).showing().Press("w").has("Who is here", "W people").Press("W").has("People and devices")
	require.NotContains(t, s.Text(), "Who is here")
	s.Press("w").has("Who is here").Press("W", "W")
	require.NotContains(t, s.Text(), "People and devices")
	s.Press(":").Type("devices").Press("enter").has("People and devices")
}

func TestAnOwnerIsRemindedOnceADayOfWhatWouldLeaveNobodyToHelp(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := g.open(t, setting{with: here(g)}).showing()
	require.NotContains(t, s.footer(), "only owner", "a room that is alone needs no second owner")
	g.device("bob", 7)
	s.seen()
	require.Contains(t, s.footer(), "You are the only owner. If your device is lost")
	require.Contains(t, s.footer(), "(W)")
	s.Press("W").has("nobody can say who is", "No recovery key was printed.", "warroom recovery print").Press("W")
	require.NotContains(t, s.footer(), "only owner")
	s.wait(2 * time.Second)
	again := g.open(t, setting{with: here(g), start: s.kept()}).showing()
	require.NotContains(t, again.footer(), "owner", "it was put away")
	again.wait(24 * time.Hour)
	again.seen()
	again.Press("esc") // an update is overdue by then, and said to be
	require.Contains(t, again.footer(), "You are the only owner.", "the next day it is back")
	g.Must(model.Scope{}, model.SetAccess{Person: g.As("bob"), Access: model.Owner})
	again.seen()
	require.Contains(t, again.footer(), "No recovery key was printed.")
	g.change(func() { g.access = model.Responder })
	again.seen()
	again.Press("esc") // the access is said to be another
	require.Contains(t, again.footer(), "n new")
	require.NotContains(t, again.footer(), "recovery", "who is no owner can do nothing about it")
	g.change(func() { g.access = model.Owner })
	again.seen()
	again.Press("esc")
	require.Contains(t, again.footer(), "No recovery key was printed.")
	g.Must(model.Scope{}, model.SetRecoveryKey{Device: model.DeviceKey{42}})
	again.seen()
	require.NotContains(t, again.footer(), "recovery")
}

func TestGoldenMembers(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		for _, ascii := range []bool{false, true} {
			if ascii && size[0] != 80 {
				continue
			}
			name := fmt.Sprintf("%dx%d", size[0], size[1])
			if ascii {
				name += "-ascii"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				g := newGate(t)
				g.As("cleo van den Berg-Oosterhout")
				laptop := g.device("bob", 7)
				g.device("bob", 9)
				peers := states(g.Room)["live"]
				peers.All[0].Device = laptop
				g.SetPeers(peers)
				s := g.open(t, setting{width: 120, height: 40, ascii: ascii, with: here(g)}).showing()
				s.Resize(size[0], size[1])
				s.same(t, "members-line-"+name)
				s.Press("W").same(t, "members-"+name)
				s.Press("x").same(t, "members-device-"+name)
				s.Press("n", "k", "x").same(t, "members-person-"+name)
			})
		}
	}
}

// What is held back may be so for ever: it is read once, and hides neither the keys
// nor what else is to be known.
func TestWhatIsHeldBackIsReadInFullAndPutAway(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.Warnings = []model.Phrase{{Key: "warning.held.out", Args: map[string]any{"Who": "bob", "Count": 3}}}
	s := g.open(t, setting{}).showing()
	require.Contains(t, s.footer(), "(w)")
	s.Press("w").has("Peers").Press("w")
	require.NotContains(t, s.footer(), "warning.held.out")
	require.Contains(t, s.footer(), "n new")
	g.change(func() { g.Warnings = append(g.Warnings, model.Say("warning.damaged")) })
	s.seen()
	require.Contains(t, s.footer(), "A part of the database on this disk is damaged.")
	require.Contains(t, s.footer(), "(w tab)", "what is cut is read elsewhere")
	s.Press("w", "tab").has("do that soon, and see warroom", "doctor.")
}

func TestAnEntryOfSomebodyElseSaysThroughWhoseRoomItCame(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.SetPeers(states(g.Room)["live"])
	s := g.open(t, setting{}).showing().Press("4", "/").Type("v412").Press("enter", "G", "enter")
	s.has("By          bob", "Through     the room of ana (device ")
	s.Press("q", "esc", "4", "/").Type("rollout").Press("enter", "G", "enter").has("By          ana")
	require.NotContains(t, s.Text(), "Through")
}
