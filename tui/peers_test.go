package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// content is the log that the room's own lines stand in, and its last number.
func content(room *modeltest.Room) (model.LogID, uint64) {
	events := room.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if k := events[i].Kind; k.Log() == model.ContentLog {
			return events[i].Log, events[i].Seq
		}
	}
	return model.LogID{}, 0
}

// links is a room with peers in every state, as seen from one. The last `alone` of
// its lines no other device has.
func links(room *modeltest.Room, alone, behind int, all ...model.Peer) *model.Peers {
	log, last := content(room)
	saved := map[model.LogID][]uint64{}
	for range all {
		saved[log] = append(saved[log], last-uint64(alone))
	}
	return model.NewPeers(all, alone, behind, nil, saved)
}

// peer is one that has been in a state for some minutes.
func peer(room *modeltest.Room, name string, state model.LinkState, minutes int) model.Peer {
	p := model.Peer{Name: name, State: state, Since: room.Now().Add(-time.Duration(minutes) * time.Minute).UnixMilli(), Version: "1.4.0"}
	p.Device[0] = byte(len(name))
	p.Addresses = []string{"10.0.0." + fmt.Sprint(len(name)) + ":7117"}
	p.Route = p.Addresses[0]
	if state >= model.LinkBehind {
		p.RTT, p.Offset = 1_240, 12
	}
	return p
}

// site is five rooms: linked, catching up, on the way, away and never there.
func site(room *modeltest.Room) []model.Peer {
	jump, laptop := peer(room, "jump2", model.LinkLive, 42), peer(room, "dana-laptop", model.LinkBehind, 1)
	laptop.Behind, laptop.Lacks, laptop.RTT, laptop.Route = 120, 3, 48_000, "ssh dana-laptop"
	away := peer(room, "site-b", model.LinkOffline, 29)
	away.Problem, away.Lacks = model.Say("error.internal", "Text", "connection refused"), 33
	away.Addresses = append(away.Addresses, "[2001:db8::17]:7117", "site-b.example.org:7117")
	trying := peer(room, "支社", model.LinkConnecting, 3)
	never := model.Peer{Name: "jump9", Addresses: []string{"10.9.0.9:7117"}}
	return []model.Peer{jump, laptop, away, trying, never}
}

// states are rooms as they stand to their peers.
func states(room *modeltest.Room) map[string]*model.Peers {
	live, off := peer(room, "jump2", model.LinkLive, 42), peer(room, "jump2", model.LinkOffline, 29)
	also, gone := peer(room, "site-b", model.LinkLive, 300), peer(room, "site-b", model.LinkOffline, 31)
	off.Problem = model.Say("error.internal", "Text", "no route to host")
	late := live
	late.State, late.Behind = model.LinkBehind, 120
	wrong, old := also, live
	wrong.Offset, old.Old, old.Version = (3 * time.Minute).Milliseconds(), true, "0.9.2"
	ours := []model.Peer{live, also}
	ours[0].Offset, ours[1].Offset = -200_000, -200_040
	differs := live
	differs.Differs = []model.Scope{{1}}
	var twenty []model.Peer
	for i := range 20 {
		p := peer(room, fmt.Sprintf("site-%02d", i+1), model.LinkLive, 10*i+3)
		p.RTT = int64(300 * (i + 1))
		twenty = append(twenty, p)
	}
	forked := links(room, 0, 0, live, also)
	forked.Forks = []model.ForkedLog{{Log: model.LogID{5}, Seq: 9, Device: live.Device, Person: room.Me(), At: room.Now().Add(-time.Hour).UnixMilli()}}
	ended := links(room, 0, 0, live, also)
	ended.Ended = []model.EndedLog{{Log: model.LogID{5}, From: 88, Device: also.Device}}
	return map[string]*model.Peers{
		"live": links(room, 0, 0, live, also), "behind": links(room, 0, 120, late, also), "offline": links(room, 3, 0, off, gone),
		"site": links(room, 3, 120, site(room)...), "one": links(room, 0, 0, live), "twenty": links(room, 0, 0, twenty...),
		"their-clock": links(room, 0, 0, live, wrong), "our-clock": links(room, 0, 0, ours...), "old": links(room, 0, 0, old, also),
		"differs": links(room, 0, 0, differs, also), "fork": forked, "ended": ended,
	}
}

func TestGoldenPeersConsole(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"live", "behind", "offline", "fork", "their-clock", "our-clock", "differs"} {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
			if size[0] == 40 && name != "offline" && name != "fork" {
				continue
			}
			golden := fmt.Sprintf("peers-%s-%dx%d", name, size[0], size[1])
			t.Run(golden, func(t *testing.T) {
				t.Parallel()
				room := crowded(t)
				room.SetPeers(states(room)[name])
				s := open(t, setting{width: 120, height: 40, room: room}).showing()
				s.wait(3 * time.Second)
				s.Resize(size[0], size[1])
				s.same(t, golden)
			})
		}
	}
}

func TestGoldenPeersPage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"none", "site", "one", "twenty", "offline", "their-clock", "our-clock", "old", "differs", "fork", "ended"} {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
			if size[0] < 80 && name != "site" || size[0] == 120 && name != "site" && name != "none" {
				continue
			}
			golden := fmt.Sprintf("peerspage-%s-%dx%d", name, size[0], size[1])
			t.Run(golden, func(t *testing.T) {
				t.Parallel()
				room := crowded(t)
				room.SetPeers(states(room)[name])
				s := open(t, setting{width: 120, height: 40, room: room}).showing()
				s.Resize(size[0], size[1])
				s.Press(":").Type("peers").Press("enter").same(t, golden)
			})
		}
	}
	t.Run("ascii", func(t *testing.T) {
		t.Parallel()
		room := crowded(t)
		room.SetPeers(states(room)["site"])
		s := open(t, setting{room: room, ascii: true}).showing()
		s.Press("w", "tab").same(t, "peerspage-site-80x24-ascii")
	})
}

// People in other rooms are listed with them, and say in which they are.
func TestGoldenWhoIsInOtherRooms(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			seat := newSeat(t, crowded(t))
			id := checkout(t, seat.Room)
			ana, bob, zoe := seat.console("ana", id), seat.console("bob", id), seat.console("Zoë Ångström", id)
			bob.Room, zoe.Room = "jump2", "dana-laptop-of-the-other-site"
			again := bob
			again.Room, again.Via = "", "ssh"
			seat.enter(ana, bob, again, zoe)
			seat.SetPeers(states(seat.Room)["live"])
			s := open(t, setting{width: 120, height: 40, seat: seat}).showing()
			s.Resize(size[0], size[1])
			s.Press("w").same(t, fmt.Sprintf("who-rooms-%dx%d", size[0], size[1]))
		})
	}
}

func (s *stage) linked(p *model.Peers) *stage {
	s.t.Helper()
	s.Advance(s.clock, time.Second)
	s.room.SetPeers(p)
	s.seen()
	return s
}

func TestARoomWithoutPeersSaysNothingOfThem(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	s.Press("i").Type("found it").Press("enter", "esc", "4", "G")
	require.Contains(t, s.Row(0), "solo")
	require.NotContains(t, s.Text(), "⇡")
	require.NotContains(t, s.Press("enter").has("found it").Text(), "Saved")
	s.Press("q", "w", "tab").has("This room has no peers")
}

func TestWhatIsOnItsWayIsToldWhenItStandsStill(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	live := peer(room, "jump2", model.LinkLive, 42)
	s := open(t, setting{room: room}).showing().linked(links(room, 0, 0, live))
	require.Contains(t, s.Row(0), "live")
	s.Press("i").Type("found it").Press("enter", "esc")
	moving := live
	moving.State = model.LinkBehind
	s.linked(links(room, 1, 0, moving))
	require.Contains(t, s.Row(0), "live", "for a moment it is on its way")
	require.NotContains(t, s.Text(), "⇡")
	s.wait(3 * time.Second)
	require.Contains(t, s.Row(0), "⇡1")
	s.has("found it")
	require.Equal(t, 2, strings.Count(s.Text(), "⇡"), "in the header and beside the line")
	s.Press("4", "G", "enter").has("on this device alone so far")
	s.linked(links(room, 0, 0, live))
	s.has("on 2 of 2 devices")
	s.Press("q")
	require.Contains(t, s.Row(0), "live")
	require.NotContains(t, s.Text(), "⇡")
}

func TestOfflineIsToldAtOnceAndForHowLong(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	live := peer(room, "jump2", model.LinkLive, 42)
	s := open(t, setting{width: 120, height: 40, room: room}).showing().linked(links(room, 0, 0, live))
	require.Contains(t, s.Row(0), "live · 1 peer")
	s.Press("i").Type("found it").Press("enter", "esc")
	s.linked(links(room, 1, 0, peer(room, "jump2", model.LinkOffline, 0)))
	require.Contains(t, s.Row(0), "offline · 1 only here")
	require.Equal(t, 1, strings.Count(s.Text(), "⇡"))
	s.wait(3 * time.Minute)
	s.Press("w", "tab").has("No peer is linked.", "offline 3m")
}

func TestMuchThatComesIsCountedDown(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	late := peer(room, "jump2", model.LinkBehind, 1)
	s := open(t, setting{room: room}).showing()
	for _, n := range []int{12_000, 7_000, 40} {
		s.linked(links(room, 0, n, late))
		require.Contains(t, s.Row(0), fmt.Sprint(n))
	}
	s.linked(links(room, 0, 7, late))
	require.NotContains(t, s.Row(0), "7 ", "the rest is there before it is read")
}

func TestASentenceAboutPeersIsReadInFullAndPutAway(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	s := open(t, setting{room: room}).showing().linked(states(room)["fork"])
	s.has("wrote from two copies", "(w)").Press("w").has("Peers", "both are kept", "machine as a device of its own.")
	require.NotContains(t, s.Press("q").Text(), "two copies")
	s.has("n new")
	s.Press("w").has("Who is here").Press("tab", "w")
	s.wait(2 * time.Second)
	kept := s.kept()
	again := open(t, setting{room: room, start: kept})
	require.NotContains(t, again.Text(), "two copies", "it was read")
	again.linked(states(room)["old"]).has("too old for all")
}

func TestAGraveSentenceStaysUntilItIsOver(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	s := open(t, setting{room: room}).showing().linked(states(room)["our-clock"])
	s.has("The clock of this machine is 3m ahead of the peers").Press("w").has("Peers", "set it").Press("w")
	s.has("The clock of this machine")
	s.linked(states(room)["live"])
	require.NotContains(t, s.Text(), "The clock of")
	room.Warnings = []model.Phrase{model.Say("warning.behind")}
	s.linked(states(room)["fork"]).has("may be missing")
	s.Press("w").has("Who is here")
	s.Press("tab").has("may be missing. See warroom doctor.", "both are kept")
}
