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
