package line_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/tui/clean"
	"warroom/tui/line"
)

const tall = 1000 // rows enough for any text here

func TestLongLinesWrapBetweenWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		w          int
		want       []string
	}{
		{"nothing", "", 10, []string{""}},
		{"a short line", "one two", 10, []string{"one two"}},
		{"words stay whole, their blanks with them", "one two three four", 10, []string{"one two ", "three ", "four"}},
		{"a word that ends before the last column", "123456789 12", 10, []string{"123456789 ", "12"}},
		{"a word that would take the cursor's column", "1 23456789", 10, []string{"1 ", "23456789"}},
		{"more blanks than have room", "123456789   12", 10, []string{"123456789 ", "  12"}},
		{"a word without an end", "a 12345678901234567890 b", 10, []string{"a ", "123456789", "012345678", "90 b"}},
		{"letters of two cells may part anywhere", "障害の原因を調べています", 10, []string{"障害の原", "因を調べ", "ています"}},
		{"but no row begins with a full stop", "障害の原因。調べて", 11, []string{"障害の原", "因。調べて"}},
		{"and after a word", "db-eu-1障害", 9, []string{"db-eu-1", "障害"}},
		{"emoji stay whole", "👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 7, []string{"👨👩👧", "👨👩👧", "👨👩👧"}},
		{"lines of the text stay lines", "one\n\ntwo three", 8, []string{"one", "", "two ", "three"}},
		{"a break at the end", "one\n", 8, []string{"one", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e line.Editor
			e.Set(c.text)
			require.Equal(t, c.want, e.Wrapped(c.w, tall).Rows)
			require.Equal(t, len(c.want), e.WrappedRows(c.w))
			require.Equal(t, c.text, e.Text())
		})
	}
}

func TestUpAndDownMoveByTheRowsThatAreSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keys []string
		want string
	}{
		{"up a row", []string{"up", "up", "x"}, "one two threxe four\nfive"},
		{"the column is kept over a short row", []string{"left", "up", "up", "up", "down", "down", "down", "x"}, "one two three four\nfivxe"},
		{"another key ends that", []string{"up", "home", "down", "x"}, "one two xthree four\nfive"},
		{"down at the end stays", []string{"down", "x"}, "one two three four\nfivex"},
		{"up at the top stays", []string{"up", "up", "up", "up", "up", "x"}, "one xtwo three four\nfive"},
		{"home and end are those of the line", []string{"up", "home", "x", "end", "y"}, "xone two three foury\nfive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e line.Editor
			e.Set("one two three four\nfive")
			require.Equal(t, []string{"one two ", "three ", "four", "five"}, e.Wrapped(9, tall).Rows)
			press(&e, c.keys...)
			require.Equal(t, c.want, e.Text())
		})
	}
}

func TestAWrappedTextScrollsInsideItsBox(t *testing.T) {
	t.Parallel()
	var e line.Editor
	e.Set("a\nb\nc\nd\ne")
	s := e.Wrapped(5, 2)
	require.Equal(t, line.Seen{Rows: []string{"d", "e"}, X: 1, Y: 1, Above: 3}, s)
	press(&e, "up")
	require.Equal(t, []string{"d", "e"}, e.Wrapped(5, 2).Rows, "nothing moves while the cursor is seen")
	press(&e, "up")
	require.Equal(t, line.Seen{Rows: []string{"c", "d"}, X: 1, Above: 2, Below: 1}, e.Wrapped(5, 2))
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, e.Wrapped(5, 9).Rows, "a higher box is filled")
}

// Whatever is typed, at whatever size: the rows fit, the cursor is in them, and each
// place of the text has a place of its own that a step down or up finds again.
func TestWrappingLosesNothingAndThePlaceOfTheCursorMapsBothWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[a-c \n漢é👍]{0,60}`).Draw(r, "text")
		w := rapid.IntRange(3, 20).Draw(r, "w")
		var e line.Editor
		e.Set(text)
		rows := e.Wrapped(w, tall).Rows
		checkRows(r, text, rows, w)

		type spot struct{ x, y int }
		var at []spot // by the place in the text, from its end
		for {
			s := e.Wrapped(w, tall)
			require.True(r, s.X >= 0 && s.X < w && s.Y >= 0 && s.Y < len(rows), "cursor %d,%d in %q", s.X, s.Y, rows)
			at = append(at, spot{s.X, s.Y})
			before := len(at)
			press(&e, "left")
			if s2 := e.Wrapped(w, tall); s2.X == s.X && s2.Y == s.Y {
				require.Equal(r, spot{}, spot{s.X, s.Y}, "only the beginning has no place before it")
				break
			}
			require.Len(r, at, before)
		}
		// A step from each of them.
		for i, from := range at {
			for key, by := range map[string]int{"up": -1, "down": 1} {
				e.Set(text)
				e.Wrapped(w, tall)
				for range i {
					press(&e, "left")
				}
				press(&e, key)
				want := from
				if y := from.y + by; y >= 0 && y < len(rows) {
					want = spot{-1, y}
					for _, s := range at {
						if s.y == y && s.x <= from.x {
							want.x = max(want.x, s.x)
						}
					}
				}
				s := e.Wrapped(w, tall)
				require.Equal(r, want, spot{s.X, s.Y}, "%s from %v in %q", key, from, rows)
			}
		}
		require.Equal(r, text, e.Text())
	})
}

// checkRows puts the rows together again: they are the text without its breaks.
func checkRows(r require.TestingT, text string, rows []string, w int) {
	require.Equal(r, strings.ReplaceAll(text, "\n", ""), strings.Join(rows, ""))
	require.Greater(r, len(rows), strings.Count(text, "\n"))
	for _, row := range rows {
		require.LessOrEqual(r, clean.Width(row), w, "%q", row)
	}
}

// Foreign texts too: what cannot be shown as it is takes its room, and the text stays.
func FuzzWrappedRows(f *testing.F) {
	for _, s := range []string{"", "one two three", "\x1b[31mred\x1b[0m", "e\u0301\u0301 \u200b\u200d", "เคำ ำ", "🇩🇪🇫🇷 ᄀᆨ", "a\tb\r\nc", "\xff\xfe", "漢字\n\n漢字"} {
		f.Add(s, 7, 2)
	}
	f.Fuzz(func(t *testing.T, text string, w, h int) {
		if len(text) > 2000 {
			t.Skip("long texts are no other")
		}
		w, h = min(max(w, -2), 200), min(max(h, -2), 50)
		var e line.Editor
		e.Set(text)
		for _, k := range []string{"", "up", "left", "up", "down", "home", "down"} {
			if k != "" {
				press(&e, k)
			}
			s := e.Wrapped(w, h)
			require.LessOrEqual(t, len(s.Rows), max(h, 1))
			require.Equal(t, e.WrappedRows(w), len(s.Rows)+s.Above+s.Below)
			require.True(t, s.X >= 0 && s.X < max(w, 1) && s.Y >= 0 && s.Y < len(s.Rows), "cursor %d,%d in %q", s.X, s.Y, s.Rows)
			for _, row := range s.Rows {
				require.LessOrEqual(t, clean.Width(row), max(w, 1), "%q", row)
				require.Equal(t, clean.Line(row), row)
			}
			require.Equal(t, text, e.Text())
		}
	})
}
