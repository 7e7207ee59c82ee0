package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"warroom/model"
)

// What goes down the link, in bytes, at 120x40. More than this is lag that
// somebody feels over SSH.
const (
	typedBytes  = 32
	clockBytes  = 64
	cursorBytes = 400
	entryBytes  = 3000
	idleBytes   = 640 // in ten seconds
	hereBytes   = 400 // somebody comes, or begins to write
)

// measured is a stage that counts bytes.
func measured(t *testing.T) (*stage, func(what string, limit int, do func())) {
	t.Helper()
	s := open(t, setting{width: 120, height: 40, room: crowded(t), colours: true}).showing()
	s.wait(time.Second)
	return s, func(what string, limit int, do func()) {
		t.Helper()
		s.Mark()
		do()
		assert.LessOrEqual(t, s.Bytes(), limit, "%s: %q", what, s.Written())
		require.NotZero(t, s.Bytes(), what)
		t.Logf("%s: %d bytes", what, s.Bytes())
	}
}

func TestByteBudgetOfTheClock(t *testing.T) {
	t.Parallel()
	s, measure := measured(t)
	measure("the clock", clockBytes, func() { s.wait(time.Second) })
	measure("ten idle seconds", idleBytes, func() {
		for range 10 {
			s.wait(time.Second)
		}
	})
}

func TestByteBudgets(t *testing.T) {
	t.Parallel()
	s, measure := measured(t)
	s.Press("4", "g")
	measure("a cursor move", cursorBytes, func() { s.Press("j") })
	measure("a cursor move back", cursorBytes, func() { s.Press("k") })
	s.Press("1", "g")
	measure("a cursor move in the list", cursorBytes, func() { s.Press("j") })
	s.Press("4", "G", "i").Type("error rate fall")
	measure("a typed character", typedBytes, func() { s.Type("i") })
	measure("a typed accent", typedBytes, func() { s.Type("é") })
	measure("an erased character", typedBytes, func() { s.Press("backspace") })
	s.Type("ng")
	measure("a new entry", entryBytes, func() { s.Press("enter") })
	bob := s.room.As("bob")
	s.wait(time.Second)
	measure("a teammate's entry", entryBytes, func() {
		_, err := s.room.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorShell}, s.view().ID, model.Write{Text: "it works again"})
		require.NoError(t, err)
		s.wait(time.Second)
	})
}

func TestByteBudgetOfTeammates(t *testing.T) {
	t.Parallel()
	room := newSeat(t, crowded(t))
	id := checkout(t, room.Room)
	s := open(t, setting{width: 120, height: 40, seat: room, colours: true}).showing()
	ana, bob := room.console("ana", id), room.console("bob", id)
	room.enter(ana)
	s.seen()
	measure := func(what string, here ...model.Presence) {
		t.Helper()
		s.Mark()
		room.enter(here...)
		s.seen()
		assert.LessOrEqual(t, s.Bytes(), hereBytes, "%s: %q", what, s.Written())
		require.NotZero(t, s.Bytes(), what)
		t.Logf("%s: %d bytes", what, s.Bytes())
	}
	measure("somebody comes", ana, bob)
	bob.Typing = true
	measure("somebody begins to write", ana, bob)
	bob.Typing = false
	measure("and stops", ana, bob)
}

// A room with peers costs a mark and a word more, and their clocks nothing.
func TestByteBudgetOfPeers(t *testing.T) {
	t.Parallel()
	s, measure := measured(t)
	live := peer(s.room, "jump2", model.LinkLive, 42)
	s.linked(links(s.room, 0, 0, live)).Press("4", "G", "i").Type("error rate falling")
	moving := live
	moving.State = model.LinkBehind
	measure("a new entry, and its way to the peers", entryBytes, func() {
		s.Press("enter")
		s.room.SetPeers(links(s.room, 1, 0, moving))
		s.seen()
		s.room.SetPeers(links(s.room, 0, 0, live))
		s.seen()
	})
	s.room.SetPeers(links(s.room, 1, 0, moving))
	s.seen()
	measure("what stands still", hereBytes, func() { s.wait(3 * time.Second) })
	measure("a link that is gone", hereBytes, func() { s.linked(links(s.room, 1, 0, peer(s.room, "jump2", model.LinkOffline, 0))) })
	s.linked(links(s.room, 0, 0, live))
	s.wait(time.Second)
	measure("ten idle seconds of clocks that are compared", idleBytes, func() {
		for i := range 10 {
			next := live
			next.RTT, next.Offset = int64(900+40*i), int64(i-5)
			s.room.SetPeers(links(s.room, 0, 0, next))
			s.wait(time.Second)
		}
	})
}
