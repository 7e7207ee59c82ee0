package link_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/sync/link"
)

// slowly is a stream of which so many bytes a second can be read; 0 for all.
type slowly struct {
	net.Conn
	rate *atomic.Int64
}

func (s *slowly) Read(b []byte) (int, error) {
	if r := s.rate.Load(); r > 0 {
		b = b[:min(int64(len(b)), max(r/10, 1))]
		time.Sleep(100 * time.Millisecond)
	}
	return s.Conn.Read(b)
}

// N11: a link that was fast, and carries 16 kB/s now, is slow and not dead: what is large
// leaves in pieces between which pings come.
func TestALinkThatBecomesSlowLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		var rate atomic.Int64
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"), func(o *link.Options) {
			o.Net = func(ctx context.Context, r link.Route) (net.Conn, func() string, error) {
				c, said, err := n.dial(ctx, r)
				if err != nil {
					return nil, nil, err
				}
				return &slowly{c, &rate}, said, nil
			}
		})
		long := strings.Repeat("x", 50_000)
		for range 60 {
			ana.write(long)
		}
		time.Sleep(5 * time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		dialed := n.dialed() // more than once when it began before the other listened
		rate.Store(16_000)
		for range 40 { // two megabytes
			ana.write(long)
		}
		time.Sleep(20 * time.Second)
		require.NotEqual(t, ana.tips(), ben.tips(), "it is slow")
		time.Sleep(2*time.Minute + 30*time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		require.Equal(t, dialed, n.dialed(), "it was never given up")
	})
}
