package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The first console of a home that was just linked does not have to be asked for twice.
func TestTheFirstConsoleOfAGuestWaitsForTheFirstExchange(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	ana.founded()
	s, at := way(t, ana)
	linked(ana, bob, at, "")
	s.set(weather{shut: true})
	c := bob.show(24, 80, nil)
	// The terminal is raw already: the next line must begin at the left.
	c.until("is awaited: it says whose device this is.\r\n")
	s.set(weather{})
	ana.start()
	c.until("Checkout")
	c.press("q")
	require.Zero(t, c.end())
	c.restored()
}
