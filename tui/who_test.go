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

// checkout is the incident of the crowded room that its consoles look at.
func checkout(t testing.TB, room *modeltest.Room) model.Scope {
	t.Helper()
	for _, r := range room.Overview().Rows {
		if strings.HasPrefix(r.Title, "Checkout") {
			return r.ID
		}
	}
	t.Fatal("no such incident")
	return model.Scope{}
}

// manned is the crowded room with five people at six consoles.
func manned(t testing.TB) *seat {
	s := newSeat(t, crowded(t))
	s.As("cleo van den Berg-Oosterhout")
	id := checkout(t, s.Room)
	ana := s.console("ana", id)
	bob, again := s.console("bob", id), s.console("bob", model.Scope{})
	bob.Typing, again.Via, again.Since = true, "ssh", s.Now().Add(-26*time.Hour).UnixMilli()
	zoe := s.console("Zoë Ångström", id)
	zoe.Active = s.Now().Add(-12 * time.Minute).UnixMilli()
	exec := s.console("dan", s.Overview().Rows[1].ID)
	exec.Access, exec.Via, exec.Claimed = model.Observer, "ssh", true
	yama := s.console("山田太郎", id)
	yama.Claimed = true
	s.enter(ana, bob, again, zoe, exec, yama)
	return s
}

func TestGoldenWhoIsHere(t *testing.T) {
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
				s := open(t, setting{width: 120, height: 40, seat: manned(t), ascii: ascii}).showing()
				s.Resize(size[0], size[1])
				s.same(t, "here-"+name)
				s.Press("w").same(t, "who-"+name)
			})
		}
	}
}

func TestTheHeaderCountsPeopleAndNotConsoles(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room})
	require.Contains(t, s.Row(0), "solo")
	ana, bob := room.console("ana", model.Scope{}), room.console("bob", model.Scope{})
	room.enter(ana, ana)
	s.seen()
	require.NotContains(t, s.Row(0), "here", "one person at two consoles is alone")
	room.enter(ana, bob, bob)
	s.seen()
	require.Contains(t, s.Row(0), "2 here")
	s.new("Checkout")
	require.Contains(t, s.Row(0), "2 here")
}

func TestThePageOfWhoIsHereGoesOnWhileItIsOpenAndClosesByItsKey(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	ana, bob := room.console("ana", model.Scope{}), room.console("bob", model.Scope{})
	room.enter(ana)
	s := open(t, setting{seat: room}).Press("w").has("Who is here", "Nobody else is here.", "not here: bob")
	room.enter(ana, bob)
	s.seen()
	require.NotContains(t, s.Text(), "Nobody else")
	bob.Typing = true
	room.enter(ana, bob)
	s.seen()
	s.has("writing")
	s.wait(4 * time.Minute)
	s.has("idle for 4m", "46m")
	require.NotContains(t, s.Press("w").Text(), "Who is here")
	require.NotContains(t, s.Press("w", "q").Text(), "Who is here")
	s.Press(":").Type("who").Press("enter").has("Who is here")
}

func TestSomebodyWhoWritesHereIsNamedInTheFrameOfTheLog(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout")
	id, other := s.view().ID, model.Scope{9}
	says := func(want string, here ...model.Presence) {
		t.Helper()
		room.enter(here...)
		s.seen()
		for _, row := range strings.Split(s.Text(), "\n") {
			if strings.Contains(row, "4 Log") {
				require.Contains(t, row, want)
				require.Equal(t, want == "", !strings.Contains(row, "writing"), row)
			}
		}
	}
	at := func(name string, incident model.Scope) model.Presence {
		p := room.console(name, incident)
		p.Typing = true
		return p
	}
	before := s.Text()
	says("bob is writing", at("bob", id))
	require.Equal(t, strings.Count(before, "\n"), strings.Count(s.Text(), "\n"))
	says("bob, cleo are writing", at("bob", id), at("bob", id), at("cleo", id))
	says("3 are writing", at("bob", id), at("cleo", id), at("dan", id))
	says("", at("bob", other), at("ana", id), room.console("cleo", id))
	says("bob is writing", at("bob", id))
	s.wait(4 * time.Minute)
	require.NotContains(t, s.Text(), "is writing", "who went away does not write for ever")
}

func TestARoomIsToldWhereThisConsoleIsAndNotOfEachKey(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room})
	require.Empty(t, room.tells(), "the room knows that a console begins nowhere")
	s.new("Checkout")
	id := s.view().ID
	told := room.tells()
	require.Equal(t, id, told[len(told)-1].incident)
	s.Press("i").Type("rolled")
	require.Equal(t, []tell{{id, true, true}}, room.tells(), "writing begins with the first letter")
	s.Type(" back api v412")
	require.Empty(t, room.tells())
	s.wait(5 * time.Second)
	require.Equal(t, []tell{{id, true, true}}, room.tells())
	s.wait(5 * time.Second)
	require.Empty(t, room.tells(), "no key was pressed")
	s.wait(30 * time.Second)
	require.Equal(t, []tell{{id, false, false}}, room.tells(), "who stops for long does not write")
	s.Type("!")
	require.Equal(t, []tell{{id, true, true}}, room.tells())
	s.Press("enter")
	require.Equal(t, []tell{{id, false, true}}, room.tells())
}

func TestWhoIsAloneIsNotListedAsAway(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).Press("w").has("Who is here")
	require.NotContains(t, s.Text(), "not here")
}
