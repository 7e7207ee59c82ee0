package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATerminalThatCanOnlyPrintIsToldWhyItPrints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	s := w.show(24, 80, []string{"TERM=dumb"})
	require.Zero(t, s.end())
	s.until("TERM is dumb, so the status is printed here.")
	s.until("Log (1 line):")
}

func TestALongLineOfTheLogGoesOnUnderItsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	w.must("log", "the queue of the second mail server is full and nothing leaves it")
	s := w.show(24, 70, nil, "log")
	require.Zero(t, s.end())
	s.until("the queue of the second mail server is\r\n                                full and")
	// A pipe gets it whole.
	require.Contains(t, w.must("log"), "server is full and nothing leaves it\n")
}
