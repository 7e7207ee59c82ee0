package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestTheFirstAndTheLastLinesAreKept(t *testing.T) {
	t.Parallel()
	numbers := func(n int) string {
		var b strings.Builder
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, "%d\n", i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		in    string
		lines int64
		want  string
	}{
		"nothing":                  {"", 0, ""},
		"a line without its end":   {"a", 1, "\na"},
		"lines":                    {"a\r\nb\n", 2, "\na\nb"},
		"empty lines":              {"\n\n", 2, "\n\n"},
		"just as many as are kept": {numbers(80), 80, "\n" + strings.TrimSuffix(numbers(80), "\n")},
		"what is not UTF-8":        {"caf\xe9", 1, "\ncaf\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, step := range []int{1, 7, 1 << 20} { // however it comes
				k := newKeeper()
				w := k.through(io.Discard)
				for in := c.in; in != ""; in = in[min(step, len(in)):] {
					_, err := io.WriteString(w, in[:min(step, len(in))])
					require.NoError(t, err)
				}
				k.flush()
				require.Equal(t, c.want, k.text())
				require.Equal(t, c.lines, k.lines())
			}
		})
	}
}

func TestAnEndlessOutputStaysSmall(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	w := k.through(io.Discard)
	wide := strings.Repeat("é", 100_000) + "\n"
	for range 500 {
		_, err := io.WriteString(w, wide)
		require.NoError(t, err)
	}
	_, err := io.WriteString(w, strings.Repeat("x", 1<<20))
	require.NoError(t, err)
	k.flush()
	require.Equal(t, int64(501), k.lines())
	require.Contains(t, k.text(), "\n… 421 …\n")
	require.Less(t, len(k.text())+maxCommand, model.MaxText)
	require.True(t, utf8.ValidString(k.text()))
}

func TestACommandIsWrittenAsItWouldBeTyped(t *testing.T) {
	t.Parallel()
	require.Equal(t, `kubectl logs -l 'app=a b' '' 'it'\''s' $'two\nlines' '$HOME'`,
		commandLine([]string{"kubectl", "logs", "-l", "app=a b", "", "it's", "two\nlines", "$HOME"}))
	require.LessOrEqual(t, len(commandLine([]string{strings.Repeat("é", 10_000)})), maxCommand)
}

func TestATimeAgoIsNoFlag(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"assess", "started", "-20m"}, {"log", "--at", "-5m", "x"}, {"run", "--", "head", "-5"}, {"log", "-", "-5m"}, {"-5m"},
	} {
		require.Equal(t, args, unshield(shield(args)))
	}
	require.Equal(t, []string{"assess", "started", "\x00-20m", "--apply"}, shield([]string{"assess", "started", "-20m", "--apply"}))
	require.Equal(t, []string{"log", "--at", "-5m"}, shield([]string{"log", "--at", "-5m"}))
	require.Equal(t, []string{"run", "--", "head", "-5"}, shield([]string{"run", "--", "head", "-5"}))
}
