package main_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
	"warroom/themes"
	"warroom/tui"
	"warroom/tui/lang"
	"warroom/tui/screen"
)

// sitting is one run of the console over a real room in a real store.
type sitting struct {
	*screen.Screen
	t       *testing.T
	room    *room.Room
	console *tui.Console
}

func sit(t *testing.T, dir string, start tui.State) *sitting {
	t.Helper()
	store, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	r, err := room.Open(t.Context(), room.Options{Store: store, Dir: dir, Name: "ana"})
	require.NoError(t, err)
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	names := &tui.Names{}
	c := tui.New(tui.Options{
		Room: r, Who: model.Actor{Person: r.Me(), Via: model.DoorConsole}, Names: names,
		Say: lang.New(lang.Options{Name: names.Person, Role: names.Role, Key: names.Incident}), Theme: theme, Depth: themes.ANSI16,
		Now: time.Now, Start: start,
	})
	s := &sitting{t: t, room: r, console: c}
	s.Screen = screen.Start(t, c, screen.Options{
		Width: 120, Height: 40, Settled: func() bool { return c.Seen() == r.Overview().Version },
	})
	return s
}

// rise leaves the console by its key and closes the room, as quitting does.
func (s *sitting) rise() tui.State {
	s.t.Helper()
	s.Press("q")
	s.WaitEnd()
	state := s.console.State()
	s.console.Close()
	require.NoError(s.t, s.room.Close())
	return state
}

func (s *sitting) view() *model.View {
	s.t.Helper()
	v, err := s.room.Incident(s.t.Context(), s.room.Overview().Rows[0].ID)
	require.NoError(s.t, err)
	return v
}

func TestWhatWasDoneByKeysIsThereAfterStartingAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "store")
	s := sit(t, dir, tui.State{})
	s.Press("n")
	s.Type("Checkout 5xx in eu-west")
	s.Press("enter", "s", "1", "r", "i", "enter", "r", "t")
	s.Type("bob")
	s.Press("enter", "i")
	s.Type("rolled back api v412")
	s.Press("enter", "esc", "4", "G", "*", "t", "m", "t", "r", "y", "u", "U", "t", "o")
	s.Type("errors are back")
	s.Press("enter")
	before := s.view()
	require.Equal(t, model.Open, before.Status.Value, s.Text())
	state := s.rise()

	s = sit(t, dir, state)
	require.Contains(t, s.Text(), "Checkout 5xx in eu-west")
	require.Contains(t, s.Text(), "rolled back api v412")
	after := s.view()
	require.Equal(t, model.SEV1, after.Severity.Value)
	require.Equal(t, s.room.Me(), after.Holders(model.IncidentManager)[0].Person)
	require.Equal(t, "bob", s.room.Overview().People.Name(after.Holders(model.TechLead)[0].Person))
	require.Equal(t, model.Open, after.Status.Value)
	require.Len(t, after.Lines, len(before.Lines))
	starred := 0
	for i, l := range after.Lines {
		require.Equal(t, before.Lines[i].Ref(), l.Ref())
		require.Equal(t, before.Lines[i].Text, l.Text)
		if l.Star {
			starred++
		}
	}
	require.Equal(t, 1, starred)
	ev, err := s.room.Evidence(t.Context(), after.ID)
	require.NoError(t, err)
	require.True(t, model.Verify(ev, after.ID).Proved())
	s.rise()
}
