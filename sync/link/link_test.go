package link_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/wire"
)

// held is a link that runs, with what came in.
type held struct {
	*link.Link
	mu    sync.Mutex
	in    [][]byte
	left  []int
	ended error
	done  chan struct{}
}

func hold(c net.Conn, limits link.Limits) *held {
	h := &held{done: make(chan struct{})}
	h.Link = link.NewLink(1, &link.Conn{Conn: c}, limits,
		func(_ context.Context, raw []byte) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.in = append(h.in, raw)
		},
		func(left int) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.left = append(h.left, left)
		})
	go func() {
		defer close(h.done)
		h.ended = h.Run()
	}()
	return h
}

func (h *held) got() [][]byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.in
}

func (h *held) wait() error {
	<-h.done
	return h.ended
}

func frame(t testing.TB, m wire.Message) []byte {
	t.Helper()
	raw, err := wire.Encode(m)
	require.NoError(t, err)
	return raw
}

func ping(t testing.TB, n int64) []byte { return frame(t, wire.Ping{T0: n}) }

// run is a frame of events of a log, as far as a link looks at it, of n bytes.
func run(kind wire.Type, log byte, n int) []byte {
	raw := make([]byte, max(n, 20))
	raw[0], raw[2] = byte(kind), log
	return raw
}

func TestFramesArriveWholeAndInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		here, there := hold(a, link.Limits{}), hold(b, link.Limits{})
		var want [][]byte
		for i := range 1_000 {
			want = append(want, ping(t, int64(i)))
			here.Send(want[i])
		}
		want = append(want, run(wire.TypeEvents, 1, wire.MaxFrame))
		here.Send(want[1_000])
		time.Sleep(time.Second)
		require.Equal(t, want, there.got())
		require.Equal(t, here.Sent(), there.Received())
		here.mu.Lock()
		require.Zero(t, here.left[len(here.left)-1])
		here.mu.Unlock()
		here.Finish(wire.ByeClosing)
		require.ErrorIs(t, here.wait(), link.ErrClosed)
		require.ErrorIs(t, there.wait(), io.EOF)
		require.Equal(t, frame(t, wire.Bye{Reason: wire.ByeClosing}), there.got()[1_001])
		require.ErrorIs(t, a.Close(), net.ErrClosed)
		require.ErrorIs(t, b.Close(), net.ErrClosed)
	})
}

// Small frames do not wait for bulk, but what is fresh in a log does not overtake
// what was asked for of the same log.
func TestSmallFramesLeaveBeforeBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		here := hold(a, link.Limits{})
		for range 4 {
			here.Send(run(wire.TypeEvents, 1, 200_000)) // the first fills the pipe
		}
		synctest.Wait()
		here.Send(run(wire.TypeLive, 1, 30))
		here.Send(run(wire.TypeLive, 2, 40))
		here.Send(ping(t, 5))
		there := hold(b, link.Limits{})
		time.Sleep(time.Second)
		var order []string
		for _, raw := range there.got() {
			order = append(order, fmt.Sprint(raw[0], len(raw)))
		}
		big := fmt.Sprint(byte(wire.TypeEvents), 200_000)
		require.Equal(t, []string{big, fmt.Sprint(byte(wire.TypeLive), 40), fmt.Sprint(byte(wire.TypePing), 9), big, big, big, fmt.Sprint(byte(wire.TypeLive), 30)}, order)
		here.Send(run(wire.TypeLive, 1, 50)) // no bulk of it waits any more
		here.Send(ping(t, 6))
		time.Sleep(time.Second)
		require.Len(t, there.got()[7], 50)
		here.Cut(errors.New("enough"))
		require.EqualError(t, here.wait(), "enough")
		_ = there.wait()
	})
}

// N6: the stream breaks after each byte of an exchange of three frames. What came whole
// counts, nothing else does, and the link ends.
func TestResetInMidFrameAtEveryByte(t *testing.T) {
	t.Parallel()
	frames := [][]byte{frame(t, wire.Hello{Software: "x"}), ping(t, 1), frame(t, wire.Ack{Tips: make([]wire.Tip, 3)})}
	var stream []byte
	var ends []int
	for _, raw := range frames {
		stream = wire.AppendFrame(stream, raw)
		ends = append(ends, len(stream))
	}
	for n := range len(stream) + 1 {
		synctest.Test(t, func(t *testing.T) {
			a, b := link.Pipe("a", "b")
			here := hold(a, link.Limits{})
			_, err := b.Write(stream[:n])
			require.NoError(t, err)
			require.NoError(t, b.Close())
			err = here.wait()
			whole := 0
			for _, end := range ends {
				if end <= n {
					whole++
				}
			}
			require.Equal(t, frames[:whole], append([][]byte{}, here.got()...), "after %d bytes", n)
			if n == 0 || whole > 0 && ends[whole-1] == n {
				require.ErrorIs(t, err, io.EOF)
			} else {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			}
			require.Equal(t, "link.problem.cut", link.Problem(err, "").Key)
			require.ErrorIs(t, a.Close(), net.ErrClosed)
		})
	}
}

// N6, over TLS on real sockets: the connection is reset in the midst of the exchange of two
// rooms, after each of so many bytes; they find each other again and miss nothing.
func TestRoomsOutliveAResetAtAnyByte(t *testing.T) {
	t.Parallel()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ana := settle(t, nil, 1, workspace, listens(knows("ben", 2), "ana"), func(o *link.Options) {
		o.Listen = func(string) (net.Listener, error) { return door, nil }
	})
	ana.write("one", "two", "three")
	var mu sync.Mutex
	tries := 0
	ben := settle(t, nil, 2, workspace, knows("ana", 1, "ana"), func(o *link.Options) {
		o.Random = func() float64 { return 0 }
		o.Net = func(ctx context.Context, _ link.Route) (net.Conn, func() string, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, "tcp", door.Addr().String())
			mu.Lock()
			defer mu.Unlock()
			tries++
			if tries > 4 {
				return c, nil, err
			}
			return &resets{Conn: c, after: 900 * tries}, nil, err // handshake, hello, vectors, events
		}
	})
	ben.until(func() bool { return ben.peer().State == model.LinkLive })
	require.Equal(t, ana.tips(), ben.tips())
}

// resets is a connection that is reset after so many bytes came in.
type resets struct {
	net.Conn
	after int
}

func (r *resets) Read(b []byte) (int, error) {
	if r.after <= 0 {
		_ = r.Conn.(*net.TCPConn).SetLinger(0)
		_ = r.Conn.Close()
	}
	n, err := r.Conn.Read(b[:min(len(b), max(r.after, 1))])
	r.after -= n
	return n, err
}

// N13
func TestPeerThatNeverReadsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		defer b.Close()
		here := hold(a, link.Limits{})
		began := time.Now()
		go func() { // it talks, but does not read
			for {
				_, _ = b.Write(wire.AppendFrame(nil, ping(t, 1)))
				select {
				case <-time.After(5 * time.Second):
				case <-here.done:
					return
				}
			}
		}()
		for range 3 {
			here.Send(run(wire.TypeEvents, 1, 200_000))
		}
		err := here.wait()
		require.ErrorIs(t, err, link.ErrStuck)
		require.Equal(t, 15*time.Second, time.Since(began))
		require.Equal(t, "peer.problem.slow", link.Problem(err, "").Key)
	})
}

func TestLinkThatDoesNotKeepUpIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		defer b.Close()
		here := hold(a, link.Limits{})
		began := time.Now()
		for range 50 {
			here.Send(run(wire.TypeEvents, 1, 200_000))
		}
		require.ErrorIs(t, here.wait(), link.ErrStuck)
		require.Zero(t, time.Since(began), "8 MiB are enough to know it")
	})
}

// N14
func TestPeerThatDripsIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		every time.Duration
		bytes int
		lives bool
	}{
		"one byte a second":              {every: time.Second, bytes: 1},
		"one just before it is too late": {every: 14 * time.Second, bytes: 1},
		"1 kB a second":                  {every: time.Second, bytes: 1100},
		"16 kB a second":                 {every: time.Second, bytes: 16_000, lives: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.lives = c.lives || c.bytes > 1000
			synctest.Test(t, func(t *testing.T) {
				a, b := link.Pipe("a", "b")
				here := hold(a, link.Limits{})
				began := time.Now()
				rest := wire.AppendFrame(nil, run(wire.TypeEvents, 1, 500_000))
				for len(rest) > 0 {
					n := min(len(rest), c.bytes)
					if _, err := b.Write(rest[:n]); err != nil {
						break
					}
					rest = rest[n:]
					time.Sleep(c.every)
				}
				if c.lives {
					require.Len(t, here.got(), 1)
					require.NoError(t, b.Close())
					_ = here.wait()
					return
				}
				err := here.wait()
				require.ErrorIs(t, err, link.ErrSilent)
				require.LessOrEqual(t, time.Since(began), 30*time.Second)
				require.Empty(t, here.got())
				require.Equal(t, "peer.problem.silent", link.Problem(err, "").Key)
			})
		})
	}
}

// One that is slow to read is slow, but not given up.
func TestSlowReaderIsServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		here := hold(a, link.Limits{})
		want := wire.AppendFrame(nil, run(wire.TypeEvents, 1, 500_000))
		here.Send(want[4:])
		var got []byte
		alive := time.NewTicker(5 * time.Second)
		defer alive.Stop()
		for len(got) < len(want) {
			part := make([]byte, 2_000)
			n, err := b.Read(part)
			require.NoError(t, err)
			got = append(got, part[:n]...)
			time.Sleep(time.Second)
			select {
			case <-alive.C:
				_, err := b.Write(wire.AppendFrame(nil, ping(t, 1)))
				require.NoError(t, err)
			default:
			}
		}
		require.True(t, bytes.Equal(want, got))
		require.NoError(t, b.Close())
		_ = here.wait()
	})
}

func TestFrameThatMustNotBeEndsTheLink(t *testing.T) {
	t.Parallel()
	for _, length := range []uint32{0, wire.MaxFrame + 1, 1<<32 - 1} {
		synctest.Test(t, func(t *testing.T) {
			a, b := link.Pipe("a", "b")
			here := hold(a, link.Limits{})
			_, err := b.Write(binary.BigEndian.AppendUint32(nil, length))
			require.NoError(t, err)
			err = here.wait()
			require.ErrorIs(t, err, wire.ErrFrame)
			require.Equal(t, "peer.problem.frame", link.Problem(err, "").Key)
			b.Close()
		})
	}
}

// The last words have a second, even where the other side reads nothing.
func TestGoodbyeIsShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		defer b.Close()
		here := hold(a, link.Limits{})
		here.Send(run(wire.TypeEvents, 1, 200_000))
		synctest.Wait()
		began := time.Now()
		here.Finish(wire.ByeClosing)
		require.ErrorIs(t, here.wait(), link.ErrClosed)
		require.LessOrEqual(t, time.Since(began), 2*time.Second)
	})
}

func TestPipeIsAStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		want := bytes.Repeat([]byte("0123456789"), 100_000)
		go func() {
			n, err := a.Write(want)
			require.NoError(t, err)
			require.Equal(t, len(want), n)
			require.NoError(t, a.Close())
		}()
		got, err := io.ReadAll(b)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
		_, err = b.Write([]byte("x"))
		require.ErrorIs(t, err, io.ErrClosedPipe)

		a, b = link.Pipe("a", "b")
		defer b.Close()
		n, err := a.Write(make([]byte, 64<<10))
		require.NoError(t, err)
		require.Equal(t, 64<<10, n)
		require.NoError(t, a.SetWriteDeadline(time.Now().Add(time.Second)))
		n, err = a.Write([]byte("x"))
		var late net.Error
		require.ErrorAs(t, err, &late)
		require.True(t, late.Timeout())
		require.Zero(t, n, "it is bounded")
		go func() { // a deadline that is set while somebody waits counts
			time.Sleep(time.Second)
			require.NoError(t, a.SetReadDeadline(time.Now()))
		}()
		_, err = a.Read(make([]byte, 1))
		require.ErrorAs(t, err, &late)
		go func() {
			time.Sleep(time.Second)
			require.NoError(t, a.Close())
		}()
		require.NoError(t, a.SetReadDeadline(time.Time{}))
		_, err = a.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
	})
}
