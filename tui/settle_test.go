package tui

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

func TestLinesAmendedTwiceAreFoundWhateverChanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var known twice
		var lines []*model.Line
		for range rapid.IntRange(1, 8).Draw(r, "looks") {
			for range rapid.IntRange(0, 4).Draw(r, "changes") {
				l := &model.Line{}
				if rapid.Bool().Draw(r, "twice") {
					l.Others, l.Amends = []*model.Record{{}}, []*model.Record{{}}
				}
				at := rapid.IntRange(0, len(lines)).Draw(r, "at")
				next := append([]*model.Line{}, lines[:at]...)
				next = append(next, l)
				if rest := lines[at:]; len(rest) > 0 && rapid.Bool().Draw(r, "replaces") {
					next = append(next, rest[1:]...)
				} else {
					next = append(next, rest...)
				}
				lines = next
			}
			var want []*model.Line
			for _, l := range lines {
				if len(l.Others) > 0 {
					want = append(want, l)
				}
			}
			require.Equal(r, want, known.in(&model.View{Lines: lines}))
		}
		require.Empty(r, known.in(nil))
	})
}
