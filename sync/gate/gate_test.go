package gate_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/sync/gate"
)

type knock struct {
	net.Conn
	addr   string
	closed bool
}

func (c *knock) RemoteAddr() net.Addr { a, _ := net.ResolveTCPAddr("tcp", c.addr); return a }
func (c *knock) Close() error         { c.closed = true; return nil }

func from(addr string) *knock { return &knock{addr: addr + ":1"} }

// stands is a clock that stands still.
func stands() time.Time { return time.Unix(1_700_000_000, 0) }

func TestHalfOpenConnectionsShutNobodyOut(t *testing.T) {
	t.Parallel()
	g := gate.New(gate.Limits{HalfOpen: 64, HalfOpenAddress: 16, PerSecond: 20, Burst: 60}, stands)
	var crowd []*knock
	for range 1000 {
		if c := from("192.0.2.1"); g.Enter(c) {
			crowd = append(crowd, c)
		}
	}
	require.Len(t, crowd, 60, "one address comes only so often")
	require.Equal(t, 16, g.Open())
	closed := 0
	for _, c := range crowd {
		if c.closed {
			closed++
		}
	}
	require.Equal(t, len(crowd)-16, closed, "the oldest make room")
	other := from("192.0.2.2")
	require.True(t, g.Enter(other), "somebody else comes in")
	for i := range 200 {
		g.Enter(from(fmt.Sprintf("198.51.100.%d", i)))
	}
	require.Equal(t, 64, g.Open())
	for range 100 {
		g.Leave(other) // more than once does no harm
	}
	require.LessOrEqual(t, g.Open(), 64)
}

func TestACrowdOfStrangersDoesNotKeepOutWhoPassedBefore(t *testing.T) {
	t.Parallel()
	now := stands()
	g := gate.New(gate.Limits{Strangers: 10, StrangersBurst: 20}, func() time.Time { return now })
	friend := from("192.0.2.1")
	require.True(t, g.Enter(friend))
	g.Pass(friend)
	require.Zero(t, g.Open())
	in := 0
	for i := range 1000 {
		if g.Enter(from(fmt.Sprintf("198.51.%d.%d", i/200, i%200))) {
			in++
		}
	}
	require.Equal(t, 19, in)
	require.True(t, g.Enter(from("192.0.2.1")))
	now = now.Add(time.Second)
	require.True(t, g.Enter(from("203.0.113.1")), "after a while a stranger may knock again")
}
