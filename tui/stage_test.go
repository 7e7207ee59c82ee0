package tui_test

import (
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui"
	"warroom/tui/lang"
	"warroom/tui/screen"
)

// stage is a console over a room in memory, on a virtual screen.
type stage struct {
	*screen.Screen
	t       testing.TB
	room    *modeltest.Room
	clock   *screen.Clock
	console *tui.Console
	say     *lang.Printer

	mu     sync.Mutex
	copied string
	saved  tui.State
}

// setting is how a stage begins.
type setting struct {
	width, height   int
	room            *modeltest.Room
	start           tui.State
	ascii, readOnly bool
	colours         bool // true colours instead of names of styles
	seat            *seat
	as              model.Room // what the console sees of the room
	with            func(*tui.Options)
	first           bool // the first frame is written before the program runs
}

func open(t testing.TB, with setting) *stage {
	t.Helper()
	if with.width == 0 {
		with.width, with.height = 80, 24
	}
	if with.seat != nil {
		with.room = with.seat.Room
	}
	if with.room == nil {
		with.room = modeltest.New("ana", 1)
	}
	s := &stage{t: t, room: with.room}
	s.clock = screen.NewClock(t, s.room.Now, s.room.Advance)
	names := &tui.Names{}
	s.say = lang.New(lang.Options{Name: names.Person, Role: names.Role, Key: names.Incident, ASCII: with.ascii})
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	depth := themes.ANSI16
	if with.colours {
		depth = themes.TrueColour
	}
	var room model.Room = s.room
	switch {
	case with.as != nil:
		room = with.as
	case with.seat != nil:
		room = with.seat
	}
	options := tui.Options{
		Room: room, Who: s.room.Actor(), Say: s.say, Names: names, Theme: theme, Depth: depth, ASCII: with.ascii,
		Now: s.clock.Now, After: s.clock.After, ReadOnly: with.readOnly, Start: with.start,
		Clipboard: func(text string) tea.Cmd {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.copied = text
			return nil
		},
		Save: func(state tui.State) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.saved = state
		},
		Themes: builtins,
	}
	if with.with != nil {
		with.with(&options)
	}
	s.console = tui.New(options)
	t.Cleanup(s.console.Close)
	o := screen.Options{
		Width: with.width, Height: with.height, Clock: s.clock,
		Settled: func() bool { return s.console.Seen() == s.room.Overview().Version },
	}
	if with.first {
		o.First = s.console.First
	}
	s.Screen = screen.Start(t, s.console, o)
	return s
}

func builtins() []themes.Theme {
	var all []themes.Theme
	for _, name := range themes.Names() {
		if t, err := themes.Builtin(name); err == nil {
			all = append(all, t)
		}
	}
	return all
}

// view is the only incident of the room.
func (s *stage) view() *model.View {
	s.t.Helper()
	rows := s.room.Overview().Rows
	require.NotEmpty(s.t, rows)
	v, err := s.room.Incident(s.t.Context(), rows[0].ID)
	require.NoError(s.t, err)
	return v
}

func (s *stage) kept() tui.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saved
}

// has waits for nothing: the screen is idle after each press.
func (s *stage) has(texts ...string) *stage {
	s.t.Helper()
	for _, text := range texts {
		require.Contains(s.t, s.Text(), text)
	}
	return s
}

func (s *stage) wait(d time.Duration) { s.t.Helper(); s.Advance(s.clock, d) }
