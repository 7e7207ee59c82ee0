package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/tui/clean"
)

// Letters of some scripts are cut otherwise than they are measured.
func TestALayerOverAnyLettersLeavesTheRowAsWideAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		const all = 40
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab \u1134\U00011342\u0903漢字é👍\u200dक्षि")), 0, 60, -1).Draw(r, "text")
		rows := []string{clean.Fit(clean.Line(text), all)}
		if clean.Width(rows[0]) != all {
			r.Skip("cannot be fitted")
		}
		x := rapid.IntRange(0, all).Draw(r, "x")
		w := rapid.IntRange(0, all-x).Draw(r, "w")
		splice(rows, 0, x, strings.Repeat("-", w), w, all)
		require.Equal(r, all, clean.Width(rows[0]), fmt.Sprintf("%q", rows[0]))
	})
}
