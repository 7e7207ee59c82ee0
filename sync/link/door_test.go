package link_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

// onLoopback is a place that listens at a port of this machine, and the port.
func onLoopback(t testing.TB, seed byte, peers link.Peers) (*place, string) {
	t.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := settle(t, nil, seed, workspace, listens(peers, "here"), func(o *link.Options) {
		o.Listen = func(string) (net.Listener, error) { return door, nil }
	})
	return p, door.Addr().String()
}

// to dials an address, from an address of this machine where one is given.
func to(address, from string) func(*link.Options) {
	return func(o *link.Options) {
		o.Net = func(ctx context.Context, _ link.Route) (net.Conn, func() string, error) {
			d := &net.Dialer{}
			if from != "" {
				d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
			}
			c, err := d.DialContext(ctx, "tcp", address)
			return c, nil, err
		}
	}
}

// T4, at a port of this machine.
func TestPortAnswersNobodyWhoSpeaksAnotherLanguage(t *testing.T) {
	t.Parallel()
	ana, address := onLoopback(t, 1, knows("ben", 2))
	ana.write("a secret")
	for name, says := range map[string]string{
		"http": "GET / HTTP/1.1\r\nHost: ana\r\n\r\n",
		"ssh":  "SSH-2.0-OpenSSH_9.6\r\n",
		"text": strings.Repeat("hello?\n", 1000),
	} {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err, name)
		_, err = io.WriteString(c, says)
		require.NoError(t, err, name)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		got, _ := io.ReadAll(c) // the end may be a reset
		require.LessOrEqual(t, len(got), 7, name)
		_ = c.Close()
	}
	ben := settle(t, nil, 2, workspace, knows("ana", 1, "ana"), to(address, ""))
	ben.until(func() bool { return ben.peer().State == model.LinkLive })
}

// T5: a crowd opens connections and says nothing. A peer comes in all the same, the port is not
// lost, and what the crowd holds open is bounded.
func TestCrowdOfHalfOpenConnectionsKeepsNoPeerOut(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs more than one address of this machine, as Linux has them")
	}
	ana, address := onLoopback(t, 1, knows("ben", 2))
	const crowd, hands = 10_000, 32
	work := make(chan int)
	var hold []net.Conn
	var mu sync.Mutex
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for i := range work {
				d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(i/200%50), byte(1+i%200))}}
				c, err := d.Dial("tcp", address)
				if err != nil {
					continue // the port may be shut to it: that is not what is asked here
				}
				mu.Lock()
				hold = append(hold, c)
				if len(hold) > 200 { // those that are oldest were dropped at the other side long since
					_ = hold[0].Close()
					hold = hold[1:]
				}
				mu.Unlock()
			}
		})
	}
	var ben *place
	most := 0
	for i := range crowd {
		work <- i
		most = max(most, ana.shell.HalfOpen())
		if i == crowd/2 {
			ben = settle(t, nil, 2, workspace, knows("ana", 1, "ana"), to(address, "127.0.0.1"))
		}
	}
	ben.until(func() bool { return ben.peer().State == model.LinkLive })
	close(work)
	all.Wait()
	require.Positive(t, most)
	require.LessOrEqual(t, most, 64)
	ben.stop()
	again := settle(t, nil, 2, workspace, knows("ana", 1, "ana"), to(address, "127.0.0.1"))
	again.until(func() bool { return again.peer().State == model.LinkLive })
	for _, c := range hold {
		_ = c.Close()
	}
}

// A flood of devices that are not known: each costs a handshake, and gets nothing.
func TestUnknownDevicesGetNothing(t *testing.T) {
	t.Parallel()
	ana, address := onLoopback(t, 1, knows("ben", 2))
	ana.write("a secret")
	d := &link.Dialer{Net: func(ctx context.Context, _ link.Route) (net.Conn, func() string, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		return c, nil, err
	}}
	for i := range 10 {
		d.Certificate = certificate(t, byte(100+i))
		p := link.Peer{Name: "ana", Pin: pin(1), Addresses: []string{address}}
		_, err := d.Dial(t.Context(), p, p.Routes()[0])
		require.ErrorIs(t, err, link.ErrShut, fmt.Sprint(i))
	}
}
