//go:build linux

package link_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

// strange is a connection of the i-th stranger, from an address that few others have.
func strange(ctx context.Context, address string, i int) (net.Conn, error) {
	from := net.IPv4(127, 1, byte(i/250%250), byte(1+i%250))
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, "tcp", address)
	if err == nil {
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	}
	return c, err
}

func descriptors(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(all)
}

// F7: a crowd that proves nothing holds a bounded number of descriptors and bytes, however
// it goes about it, and a member comes in through it.
func TestF7AFloodOfStrangersIsBounded(t *testing.T) {
	ana, address := onLoopback(t, 1, knows("ben", 2))
	ben := settle(t, nil, 2, workspace, knows("ana", 1, "ana"), to(address, "127.0.0.1"))
	ben.until(func() bool { return ben.peer().State == model.LinkLive })
	client := link.ClientConfig(certificate(t, 9), pin(1))
	half := make([]byte, 60_000) // of a frame, or of a handshake
	before := descriptors(t)
	const crowd, hands = 1_500, 16
	work := make(chan int)
	var held atomic.Int64
	var conns sync.Map
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for i := range work {
				c, err := strange(t.Context(), address, i)
				if err != nil {
					continue
				}
				held.Add(1)
				conns.Store(i, c)
				switch i % 4 {
				case 0: // says nothing
				case 1: // no TLS
					_, _ = c.Write([]byte("\x16\x03\x01\x40\x00\x01"))
					_, _ = c.Write(half[:16_000])
				case 2: // proves a key, and stops in the midst of what it may say
					s := tls.Client(c, client)
					if s.Handshake() == nil {
						_, _ = s.Write(append([]byte{0, 0, 0xff, 0xff, 3}, half...))
					}
				default: // goes again
					_ = c.Close()
					conns.Delete(i)
					held.Add(-1)
				}
			}
		})
	}
	most, here := 0, 0
	for i := range crowd {
		work <- i
		most = max(most, ana.shell.HalfOpen())
		if i%50 == 0 {
			here = max(here, descriptors(t)-before-int(held.Load())-2*hands)
		}
	}
	close(work)
	all.Wait()
	require.Positive(t, most)
	require.LessOrEqual(t, most, 64)
	require.LessOrEqual(t, here, 64+16, "descriptors at this end")
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	require.Less(t, mem.HeapAlloc, uint64(96<<20), "both ends of it")
	ben.stop()
	again := settle(t, nil, 2, workspace, knows("ana", 1, "ana"), to(address, "127.0.0.1"))
	again.until(func() bool { return again.peer().State == model.LinkLive })
	conns.Range(func(_, c any) bool { _ = c.(net.Conn).Close(); return true })
	ana.until(func() bool { return ana.shell.HalfOpen() == 0 || ana.poke() })
}

// poke makes until look again.
func (r *room) poke() bool {
	time.AfterFunc(10*time.Millisecond, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.move()
	})
	return false
}

// A thousand strangers a second knock, each to prove a key that nobody knows, while two rooms
// exchange events: how much longer the slowest of a hundred events takes. The goal is 2. The
// strangers are a process of their own that stands back for this one: they would be
// on other machines.
func BenchmarkEventsDuringAFlood(b *testing.B) {
	ana, address := onLoopback(b, 1, knows("ben", 2))
	ben := settle(b, nil, 2, workspace, knows("ana", 1, "ana"), to(address, "127.0.0.1"))
	ben.until(func() bool { return ben.peer().State == model.LinkLive })
	log := ana.writes().Content
	phase := func() (took []time.Duration) {
		for range 400 {
			began := time.Now()
			ana.write("something happened")
			seq := ana.tips()[log].Seq
			ben.until(func() bool { return ben.tips()[log].Seq >= seq })
			took = append(took, time.Since(began))
			time.Sleep(5*time.Millisecond - min(5*time.Millisecond, time.Since(began)))
		}
		return took
	}
	phase()
	var quiet, loud []time.Duration
	knocked, lasted := 0, time.Duration(0)
	for b.Loop() {
		quiet = append(quiet, phase()...)
		end := flood(b, address)
		began := time.Now()
		loud = append(loud, phase()...)
		lasted += time.Since(began)
		knocked += end()
	}
	p99 := func(d []time.Duration) time.Duration {
		slices.Sort(d)
		return d[len(d)*99/100]
	}
	q, l := p99(quiet), p99(loud)
	b.ReportMetric(float64(q.Microseconds()), "quiet-p99-µs")
	b.ReportMetric(float64(l.Microseconds()), "flood-p99-µs")
	b.ReportMetric(float64(l)/float64(q), "ratio")
	b.ReportMetric(float64(knocked)/lasted.Seconds(), "knocks/s")
	b.ReportMetric(0, "ns/op")
}

// floodAt names the address in the environment of the process that knocks.
const floodAt = "WARROOM_TEST_FLOOD"

// flood starts it, once it knocks; what is given back ends it, and says how often it did.
func flood(b *testing.B, address string) (end func() int) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKnockLikeACrowd$")
	cmd.Env = append(os.Environ(), floodAt+"="+address, "GOMAXPROCS=1")
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(b, lines.Scan())
	return func() int {
		_ = in.Close()
		n := 0
		for lines.Scan() {
			if k, err := strconv.Atoi(lines.Text()); err == nil {
				n = k
			}
		}
		_ = cmd.Wait()
		return n
	}
}

// It is no test: it is what flood runs.
func TestKnockLikeACrowd(t *testing.T) {
	address := os.Getenv(floodAt)
	if address == "" {
		t.Skip("a benchmark runs it")
	}
	require.NoError(t, syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	client := link.ClientConfig(certificate(t, 9), pin(1))
	hands := make(chan struct{}, 300)
	n := 0
	began := time.Now()
	for ctx.Err() == nil {
		if n == 200 {
			fmt.Println("knocking")
		}
		// A thousand a second, whatever the timer gives.
		if ahead := time.Duration(n)*time.Millisecond - time.Since(began); ahead > 0 {
			time.Sleep(ahead)
		}
		n++
		i := n
		hands <- struct{}{}
		go func() {
			defer func() { <-hands }()
			c, err := strange(ctx, address, i)
			if err != nil {
				return
			}
			defer c.Close()
			_, _ = io.Copy(io.Discard, tls.Client(c, client))
		}()
	}
	fmt.Println(n - 200)
	os.Exit(0)
}
