package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/tui/internal/golden"
)

// draw shows a screen as a drawing: each box in a letter, with its size in its
// first row where there is room.
func draw(s Screen) string {
	cells := make([][]byte, s.H)
	for y := range cells {
		cells[y] = []byte(strings.Repeat(" ", s.W))
	}
	fill := func(b Box, letter byte) {
		for y := b.Y; y < b.Y+b.H; y++ {
			for x := b.X; x < b.X+b.W; x++ {
				cells[y][x] = letter
			}
		}
		size := fmt.Sprintf("%dx%d", b.W, b.H)
		if b.W > len(size)+1 {
			copy(cells[b.Y][b.X+1:], size)
		}
	}
	fill(s.Header, 'h')
	fill(s.Rail, 'r')
	fill(s.Tabs, 't')
	fill(s.Input, '>')
	fill(s.Footer, 'f')
	for _, p := range s.Visible(Log) {
		fill(s.Panes[p], "IMRL"[p])
	}
	var b strings.Builder
	for _, row := range cells {
		b.Write(row)
		b.WriteByte('\n')
	}
	return b.String()
}

func sizes() [][2]int {
	return [][2]int{{200, 60}, {120, 40}, {120, 24}, {119, 50}, {80, 24}, {60, 20}, {40, 12}, {40, 10}, {39, 9}, {1, 1}, {0, 0}}
}

func TestGoldenLayouts(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		golden.Equal(t, fmt.Sprintf("%dx%d", s[0], s[1]), draw(Of(s[0], s[1])))
	}
}

func TestModeFollowsTheSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h int
		want Mode
	}{
		{200, 60, Triple}, {120, 40, Triple}, {120, 24, Triple}, {120, 23, Single}, {119, 24, Double}, {80, 24, Double},
		{79, 24, Single}, {80, 23, Single}, {40, 10, Single}, {39, 10, Tiny}, {40, 9, Tiny}, {300, 9, Tiny}, {1, 1, Tiny}, {0, 5, Tiny}, {-3, -1, Tiny},
	} {
		require.Equal(t, c.want, Of(c.w, c.h).Mode, "%dx%d", c.w, c.h)
	}
}

// widths are all that are near a change of mode, and some others.
func widths() []int {
	out := []int{60, 100, 160, 200, 401}
	for _, near := range []int{0, 40, 80, 120} {
		for d := -4; d <= 4; d++ {
			out = append(out, near+d)
		}
	}
	return out
}

// Every cell belongs to one box, at any size; a tiny screen may be left blank
// under its line.
func TestBoxesCoverTheScreenOnce(t *testing.T) {
	t.Parallel()
	for _, w := range widths() {
		for h := range 64 {
			for current := range PaneID(Panes) {
				if fault := cover(Of(w, h).For(current), current); fault != "" {
					t.Fatalf("%dx%d: %s", w, h, fault)
				}
			}
		}
	}
}

func cover(s Screen, current PaneID) string {
	boxes := []Box{s.Header, s.Rail, s.Tabs, s.Input, s.Footer}
	for _, p := range s.Visible(current) {
		boxes = append(boxes, s.Panes[p])
	}
	seen := make([]int, s.W*s.H)
	for _, b := range boxes {
		if b.W < 0 || b.H < 0 || b.X < 0 || b.Y < 0 || b.X+b.W > s.W || b.Y+b.H > s.H {
			return fmt.Sprintf("%v is outside", b)
		}
		for y := b.Y; y < b.Y+b.H; y++ {
			for x := b.X; x < b.X+b.W; x++ {
				seen[y*s.W+x]++
			}
		}
	}
	for i, n := range seen {
		if n > 1 || n == 0 && s.Mode != Tiny {
			return fmt.Sprintf("cell %d,%d is in %d boxes", i%s.W, i/s.W, n)
		}
	}
	return ""
}

// What a person needs at once has its room: a row to write in, and panes in
// which something can be read.
func TestPanesCanBeRead(t *testing.T) {
	t.Parallel()
	for _, w := range widths() {
		for h := range 64 {
			s := Of(w, h)
			require.Equal(t, w > 0 && h > 0, !s.Header.Empty())
			require.Equal(t, w > 0 && h > 1, !s.Input.Empty())
			for _, p := range s.Visible(Log) {
				require.GreaterOrEqual(t, s.Panes[p].H, 4, "%dx%d pane %d", w, h, p.Number())
				require.GreaterOrEqual(t, s.Panes[p].W, 40, "%dx%d pane %d", w, h, p.Number())
			}
			if s.Mode >= Double {
				require.GreaterOrEqual(t, s.Panes[Impact].H, 8, "all six questions at %dx%d", w, h)
				require.GreaterOrEqual(t, s.Panes[Roles].H, 11, "all nine roles at %dx%d", w, h)
				require.GreaterOrEqual(t, s.Panes[Log].H, 8, "%dx%d", w, h)
			}
		}
	}
}

func TestTheListGrowsWhileItHasTheFocus(t *testing.T) {
	t.Parallel()
	s := Of(80, 24)
	require.Equal(t, 4, s.For(Log).Panes[Incidents].H)
	require.Equal(t, 8, s.For(Incidents).Panes[Incidents].H)
	require.Equal(t, s.Panes[Log], s.For(Incidents).Panes[Log])
	require.Equal(t, Of(100, 60), Of(100, 60).For(Incidents), "where both have room, nothing moves")
	require.Equal(t, Of(120, 40), Of(120, 40).For(Incidents))
	require.Equal(t, Of(60, 20), Of(60, 20).For(Incidents))
}

func TestPaneAtACell(t *testing.T) {
	t.Parallel()
	s := Of(120, 40)
	for p, b := range s.Panes {
		got, ok := s.PaneAt(b.X, b.Y, Incidents)
		require.True(t, ok)
		require.Equal(t, PaneID(p), got)
		got, ok = s.PaneAt(b.X+b.W-1, b.Y+b.H-1, Incidents)
		require.True(t, ok)
		require.Equal(t, PaneID(p), got)
	}
	_, ok := s.PaneAt(3, 0, Incidents)
	require.False(t, ok, "the header is no pane")
	got, ok := Of(60, 20).PaneAt(3, 8, Roles)
	require.True(t, ok)
	require.Equal(t, Roles, got, "the one that is seen")
	_, ok = Of(20, 5).PaneAt(3, 3, Roles)
	require.False(t, ok)
}
