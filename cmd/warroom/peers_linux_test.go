package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// pair is two homes that were linked by the verbs, over two stretches of network: each
// has an address of the other.
type pair struct {
	ana, bob     *site
	toAna, toBob *stretch
	incident     string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{ana: loopback(t, "ana"), bob: loopback(t, "bob")}
	p.incident = p.ana.founded()
	var anaAt, bobAt string
	p.toAna, anaAt = way(t, p.ana)
	p.toBob, bobAt = way(t, p.bob)
	linked(p.ana, p.bob, anaAt, bobAt)
	p.ana.start()
	p.bob.start()
	p.bob.knows(p.incident)
	p.ana.lives("bob")
	p.bob.lives("ana")
	return p
}

// weather makes the same weather both ways.
func (p *pair) weather(w weather) {
	p.toAna.set(w)
	p.toBob.set(w)
}

func (p *pair) converge(t *testing.T) {
	t.Helper()
	converge(t, patience, p.ana, p.bob)
	keptAll(t, p.incident, p.ana, p.bob)
}

func TestTwoHomesThatWereLinkedByTheVerbsShowTheSame(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	for _, s := range []*site{p.ana, p.bob} {
		info, err := os.Stat(s.peersFile())
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	p.ana.wrote(p.incident, "from ana")
	p.bob.wrote(p.incident, "from bob")
	p.bob.must("sev", "1", "-i", p.incident)
	p.converge(t)
	require.Contains(t, p.ana.must("list"), "SEV1")
	require.Contains(t, p.ana.must("log", "--list", "-i", p.incident), "bob")

	// A console sees it without a key.
	s := p.ana.show(24, 80, nil)
	s.until("from bob")
	p.bob.wrote(p.incident, "while ana looks on")
	s.until("while ana looks on")
	s.press("q")
	require.Zero(t, s.end())
	for _, at := range []*site{p.ana, p.bob} {
		require.Contains(t, at.must("verify"), "proved")
	}
}

func TestAHomeThatWasKilledAndOneThatWroteOnShowTheSameAgain(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.bob.wrote(p.incident, "before the cut")
	p.bob.stop(syscall.SIGKILL)
	p.ana.dies("bob")
	p.ana.wrote(p.incident, "ana, while bob is away")
	p.ana.must("sev", "1", "-i", p.incident)
	// The verb opens the store itself: nobody needs a peer or a process to write.
	p.bob.wrote(p.incident, "bob, without a room process")
	p.bob.must("sev", "2", "-i", p.incident)
	p.bob.must("open", "Opened while away")
	p.bob.start()
	p.bob.wrote(p.incident, "bob, back again")
	p.converge(t)
	require.Contains(t, p.ana.must("list"), "Opened while away")
	require.Contains(t, p.bob.must("list"), "Opened while away")
	p.ana.stop(syscall.SIGKILL)
	p.bob.stop(syscall.SIGTERM)
	p.ana.start()
	p.bob.start()
	p.converge(t)
}

func TestALinkThatIsResetInMidStreamGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	// N6: resets after so many bytes of a connection, handshake and first frames
	// included. Each leaves more to catch up with.
	for i, after := range []int64{1, 700, 1_500, 2_300, 2_700, 3_100, 4_500, 9_000} {
		p.weather(weather{resets: after})
		p.toAna.cut()
		p.toBob.cut()
		p.ana.wrote(p.incident, fmt.Sprint("ana ", i))
		p.bob.wrote(p.incident, fmt.Sprint("bob ", i))
		went := p.toAna.went() + p.toBob.went()
		comes(t, patience, func() error {
			if n := p.toAna.went() + p.toBob.went(); n < went+2 {
				return fmt.Errorf("%d of 2 tries", n-went)
			}
			return nil
		})
	}
	p.weather(weather{})
	p.converge(t)
}
