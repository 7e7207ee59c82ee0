package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// By itself and through the room process, which has no terminal and is told how wide the
// client's is.
func TestSentencesOfVerbsBreakAtTheWidthOfTheTerminal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	check := func(url string) {
		t.Helper()
		v := w.show(24, 60, nil, "link", "template", "chat", url)
		v.until("of an incident.")
		require.Zero(t, v.end())
		rows := strings.Split(strings.TrimSpace(strings.NewReplacer("\r", "", mark, "").Replace(v.text())), "\n")
		require.Equal(t, []string{`The template of the chat link is in the room. "warroom link`, `make" makes the links of an incident.`}, rows)
	}
	check("https://chat.example.org/a/{key}")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	check("https://chat.example.org/b/{key}")
	require.Contains(t, w.must("link", "template", "chat", "https://chat.example.org/c/{key}"), `room. "warroom link make" makes`, "a pipe has no width")
	s.press("q")
	require.Zero(t, s.end())
}
