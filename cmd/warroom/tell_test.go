package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/tui/clean"
)

func TestSentencesForPeopleBreakBetweenWords(t *testing.T) {
	t.Parallel()
	const said = "Read them to whoever let you come: they see the same, and let you in. Ctrl+c leaves; asking again later is the same request."
	for width, want := range map[int][]string{
		0:   {said}, // no terminal
		200: {said},
		80: {
			"Read them to whoever let you come: they see the same, and let you in. Ctrl+c",
			"leaves; asking again later is the same request.",
		},
		40: {
			"Read them to whoever let you come: they",
			"see the same, and let you in. Ctrl+c",
			"leaves; asking again later is the same",
			"request.",
		},
	} {
		require.Equal(t, want, sentence(said, width), width)
	}
	address := "They look for this room at " + strings.Repeat("long.", 20) + "example:7117."
	require.Equal(t, []string{address}, sentence(address, 60), "what is to be copied stays whole")
	require.Equal(t, []string{""}, sentence("", 80))
	for _, l := range sentence(strings.Repeat("漢字 und Wörter ", 20), 30) {
		require.LessOrEqual(t, clean.Width(l), 30)
	}
}
