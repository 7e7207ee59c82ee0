package clean

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFitIsExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abc", 5, "abc  "},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"abc", -1, ""},
		{"", 2, "  "},
		{"障害", 4, "障害"},
		{"障害", 3, "障…"},
		{"障害発", 4, "障 …"},
		{"障害", 2, " …"},
		{"障", 1, "…"},
		{"a\nb\x1b[31m", 4, "a b "},
		{"e\u0301a", 3, "\u00e9a "},
	} {
		require.Equal(t, c.want, Fit(c.in, c.w), "%q in %d", c.in, c.w)
	}
	require.Equal(t, "ab~", FitASCII("abcd", 3))
	require.Equal(t, 200, Width(Fit("x", 200)))
}

func TestCutDoesNotPad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abc", 5, "abc"}, {"abcd", 3, "ab…"}, {"障害発", 4, "障…"}, {"abc", 0, ""}, {"", 0, ""}, {"abc", -3, ""},
	} {
		require.Equal(t, c.want, Cut(c.in, c.w), "%q in %d", c.in, c.w)
	}
	require.Equal(t, "ab~", CutASCII("abcd", 3))
}

func TestWrapBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		w    int
		want []string
	}{
		"fits":                {"short", 10, []string{"short"}},
		"empty":               {"", 10, []string{""}},
		"words":               {"error rate falling since ten", 12, []string{"error rate", "falling", "since ten"}},
		"exact":               {"ab cd", 2, []string{"ab", "cd"}},
		"a long word":         {"see http://grafana/d/checkout", 10, []string{"see", "http://gra", "fana/d/che", "ckout"}},
		"indentation":         {"  one two", 5, []string{"  one", "two"}},
		"too much of it":      {"      one two", 5, []string{"  one", "two"}},
		"blanks at the break": {"one    two", 5, []string{"one", "two"}},
		"blanks inside":       {"a   b c d", 7, []string{"a   b c", "d"}},
		"lines kept":          {"one\n\ntwo", 10, []string{"one", "", "two"}},
		"wide anywhere":       {"障害が発生", 5, []string{"障害", "が発", "生"}},
		"one cell":            {"ab", 1, []string{"a", "b"}},
		"no cell":             {"ab", 0, []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, Wrap(c.in, c.w))
		})
	}
}
