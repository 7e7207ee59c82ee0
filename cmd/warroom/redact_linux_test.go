package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARemovalIsAskedForAndNoIsTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	said := w.must("log", "the password is hunter2")
	ref := regexp.MustCompile(`\(([0-9a-f]{8})\)`).FindStringSubmatch(said)[1]
	ask := func(answer string) *shown {
		s := w.show(24, 200, nil, "redact", ref)
		s.until("Type yes to remove it [no]:")
		require.Contains(t, s.text(), "the password is hunter2", "it is seen what goes")
		s.press(answer)
		return s
	}
	for _, answer := range []string{"\r", "no\r", "q\r", "\x04", "\x03"} {
		s := ask(answer)
		require.Equal(t, exitFailed, s.end(), "%q", answer)
		require.Contains(t, w.must("log", "--list"), "the password is hunter2")
	}
	s := ask("yes\r")
	require.Zero(t, s.end(), s.text())
	require.Contains(t, s.text(), "1 text was removed")
	require.NotContains(t, w.must("log", "--list"), "hunter2")
}
