package screen_test

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/tui/screen"
)

// counter counts keys in commands that take a moment of their own.
type counter struct {
	clock *screen.Clock
	keys  int
	ticks int
	jobs  int
	last  string
}

type (
	done struct{ key string }
	tick struct{}
)

func (c *counter) Idle() bool { return c.jobs == 0 }

func (c *counter) arm() tea.Cmd {
	return c.clock.After(time.Second, func() tea.Msg { return tick{} })
}

func (c *counter) Init() tea.Cmd { return c.arm() }

func (c *counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.String() == "q" {
			return c, tea.Quit
		}
		c.jobs++
		return c, func() tea.Msg { return done{msg.String()} }
	case done:
		c.jobs--
		c.keys++
		c.last = msg.key
	case tick:
		c.ticks++
		return c, c.arm()
	}
	return c, nil
}

func (c *counter) View() tea.View {
	v := tea.NewView(fmt.Sprintf("%d keys, last %s, %d ticks\n漢字", c.keys, c.last, c.ticks))
	v.AltScreen = true
	return v
}

func start(t *testing.T) (*screen.Screen, *screen.Clock) {
	t.Helper()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	clock := screen.NewClock(t, func() time.Time { return now }, func(d time.Duration) { now = now.Add(d) })
	return screen.Start(t, &counter{clock: clock}, screen.Options{Width: 40, Height: 5, Clock: clock}), clock
}

func TestEveryKeyIsDoneAndDrawnWhenPressReturns(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	for i, k := range []string{"a", "esc", "ctrl+p", "shift+tab", "enter", "é", "up", "space", "pgdown"} {
		require.Contains(t, s.Press(k).Text(), fmt.Sprintf("%d keys, last %s,", i+1, k))
	}
	require.Contains(t, s.Type("abc").Text(), "12 keys, last c,")
}

func TestTimersFireWhenTheClockIsWound(t *testing.T) {
	t.Parallel()
	s, clock := start(t)
	require.Contains(t, s.Text(), "0 ticks")
	require.Contains(t, s.Advance(clock, time.Millisecond).Text(), "0 ticks")
	require.Contains(t, s.Advance(clock, time.Second).Text(), "1 ticks")
	require.Contains(t, s.Advance(clock, time.Second).Text(), "2 ticks")
}

func TestWideCharactersStandInTheirCells(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	require.Equal(t, "漢字", s.Row(1)[:len("漢字")])
	require.Equal(t, len("漢字")+36, len(s.Row(1)))
}

func TestBytesAreCountedSinceTheMark(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	s.Mark()
	s.WaitIdle()
	require.Zero(t, s.Bytes(), s.Written())
	s.Press("a")
	require.NotZero(t, s.Bytes())
}

func TestTheEndIsSeen(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	s.Press("q")
	require.NoError(t, s.WaitEnd())
	require.True(t, s.Ended())
}
