package room

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A catch-up has the processors: signatures are looked at when it is over, or now and
// then in one that does not end.
func TestSignaturesWaitForPeers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &Room{quit: make(chan struct{})}
		waited := func() time.Duration {
			began := time.Now()
			require.NoError(t, r.yieldToTakes())
			return time.Since(began)
		}
		require.Zero(t, waited(), "nobody brings anything")

		r.taken.Add(1) // somebody did a moment ago
		require.Equal(t, proofPatience, waited())
		require.Zero(t, waited())

		r.taking.Add(1)
		require.Equal(t, signaturePauses*proofPatience, waited(), "who brings something always")
		time.AfterFunc(proofPatience/2, func() { r.taking.Add(-1) })
		require.Equal(t, proofPatience, waited())

		r.taking.Add(1)
		time.AfterFunc(proofPatience/2, func() { close(r.quit) })
		require.ErrorIs(t, r.yieldToTakes(), errQuit)
	})
}
