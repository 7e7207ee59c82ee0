package overlay_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// shelf is a sheet of things that a test takes away, and on which x is done.
type shelf struct {
	*overlay.Sheet
	things []string
	done   []string
}

func newShelf(things ...string) *shelf {
	s := &shelf{things: things}
	s.Sheet = &overlay.Sheet{
		Wide: 20, Gone: "gone", Toggle: "J", Things: func() []string { return s.things },
		Rows: func(_ pane.Env, w int, at string) ([]string, map[string]int) {
			var rows []string
			spots := map[string]int{}
			for _, name := range s.things {
				spots[name] = len(rows)
				mark := " "
				if name == at {
					mark = ">"
				}
				rows = append(rows, overlay.Exactly(mark+name, w))
			}
			return append(rows, overlay.Exactly("of "+at, w)), spots
		},
		Acts: func(at string) []overlay.Act {
			if at == "" {
				return nil
			}
			off := ""
			if at == "off" {
				off = "not this one"
			}
			return []overlay.Act{{Keys: []string{"x", "enter"}, Text: "take", Off: off, Do: func() (tea.Cmd, bool) {
				s.done = append(s.done, at)
				return nil, false
			}}}
		},
	}
	return s
}

func (s *shelf) look(t *testing.T) string {
	t.Helper()
	out := ""
	for _, r := range s.Draw(env(t, false), 20, 6).Rows {
		out += r + "\n"
	}
	return out
}

func TestAKeyNeverFallsOnAnotherThingThanTheOneThatWasSelected(t *testing.T) {
	t.Parallel()
	s := newShelf("a", "b", "c")
	require.Contains(t, s.look(t), ">a")
	s.Key(press("j"))
	require.Contains(t, s.look(t), ">b")
	s.things = []string{"b", "c"} // one above it goes
	s.Key(press("x"))
	require.Equal(t, []string{"b"}, s.done)
	s.things = []string{"a", "c"} // it goes itself, after it was drawn
	s.Key(press("x"))
	require.Equal(t, []string{"b"}, s.done)
	require.Contains(t, s.look(t), "gone")
	s.Key(press("enter"))
	require.Equal(t, []string{"b"}, s.done, "nothing is selected in its place")
	s.Key(press("j"))
	s.Key(press("x"))
	require.Equal(t, []string{"b", "a"}, s.done)
	s.things = []string{"b", "c"}
	s.Key(press("j"))
	require.Empty(t, s.At, "a key that came as it went moves nothing either")
	s.Begin()
	s.things = []string{"c"}
	s.Key(press("x"))
	require.Equal(t, []string{"b", "a", "c"}, s.done)
}

func TestWhatCannotBeDoneHasNoHintAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := newShelf("off", "on")
	e := env(t, false)
	s.look(t)
	require.Len(t, s.Hints(e), 1)
	s.Key(press("x"))
	require.Empty(t, s.done)
	require.Contains(t, s.look(t), "not this one")
	s.Key(press("j"))
	require.Equal(t, "x", s.Hints(e)[0].Key)
	require.NotContains(t, s.look(t), "not this one")
	_, closed := s.Key(press("J"))
	require.True(t, closed)
}

func TestAThingThatComesToAnEmptySheetIsSelected(t *testing.T) {
	t.Parallel()
	s := newShelf()
	s.look(t)
	s.Key(press("x"))
	s.things = []string{"a"}
	require.Contains(t, s.look(t), ">a")
	s.things = append([]string{"z"}, s.things...)
	require.Contains(t, s.look(t), ">a")
	s.Click(0)
	require.Contains(t, s.look(t), ">z")
}

func TestWhatIsLongerThanTheSheetIsScrolledTo(t *testing.T) {
	t.Parallel()
	s := newShelf("a", "b", "c", "d", "e", "f", "g", "h")
	s.Key(press("G"))
	require.Contains(t, s.look(t), ">h")
	s.Key(press("j"))
	require.Contains(t, s.look(t), "of h", "there is more to read than to select")
	s.Key(press("g"))
	require.Contains(t, s.look(t), ">a")
}

func TestASheetThatBeginsBelowItsFirstRowsShowsWhatIsSelected(t *testing.T) {
	t.Parallel()
	s := newShelf("a", "b", "c", "d", "e", "f", "g", "h")
	s.At = "h"
	require.Contains(t, s.look(t), ">h")
}

func TestWhatGoesWithTheSelectedThingIsSeenWithIt(t *testing.T) {
	t.Parallel()
	s := newShelf("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
	rows := s.Rows
	s.Rows = func(env pane.Env, w int, at string) ([]string, map[string]int) {
		all, spots := rows(env, w, at)
		y := spots[at] + 1
		for name := range spots {
			if spots[name] >= y {
				spots[name] += 2
			}
		}
		spots[""] = y + 1
		card := []string{overlay.Exactly("card of "+at, w), overlay.Exactly("more of "+at, w)}
		return append(append(append([]string{}, all[:y]...), card...), all[y:]...), spots
	}
	for _, at := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		out := s.look(t)
		require.Contains(t, out, ">"+at)
		require.Contains(t, out, "more of "+at)
		s.Key(press("j"))
	}
	for _, at := range []string{"h", "g", "f", "e"} {
		out := s.look(t)
		require.Contains(t, out, ">"+at)
		require.Contains(t, out, "more of "+at)
		s.Key(press("k"))
	}
}
