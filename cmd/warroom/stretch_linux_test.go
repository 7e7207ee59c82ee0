package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// soonTime is when what must not come is waited for no longer, lateTime when what must
// come is.
func soonTime() time.Time { return time.Now().Add(300 * time.Millisecond) }
func lateTime() time.Time { return time.Now().Add(patience) }

// weather is what a stretch of network does with what goes through it. The zero weather
// is fine.
type weather struct {
	// delay and jitter: a piece takes delay, give or take as much as jitter. As in TCP none
	// overtakes another.
	delay, jitter time.Duration
	// shut lets nobody in, and ends who is: with a reset, as a machine does that came
	// back and knows nothing of it.
	shut bool
	// resets ends a connection with a reset after so many bytes, both ways counted; 0
	// for never.
	resets int64
	// mute lets nothing through but keeps everything open: a firewall that forgot the
	// connection. mutes does so after so many bytes; 0 for never.
	mute  bool
	mutes int64
}

// stretch is a piece of network between who dials and a room, whose weather the test
// makes.
type stretch struct {
	l    net.Listener
	dial func() (net.Conn, error)
	all  sync.WaitGroup

	mu      sync.Mutex
	now     weather
	changed chan struct{} // closed and made anew with the weather
	open    map[*passage]bool
	passed  int64 // connections so far
	closed  bool
}

// passage is one connection through a stretch.
type passage struct {
	here, there net.Conn
	mu          sync.Mutex
	bytes       int64
}

// newStretch opens a way from a listener to wherever dial goes.
func newStretch(t testing.TB, l net.Listener, dial func() (net.Conn, error)) *stretch {
	s := &stretch{l: l, dial: dial, changed: make(chan struct{}), open: map[*passage]bool{}}
	s.all.Go(s.accept)
	t.Cleanup(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		l.Close()
		s.set(weather{shut: true})
		s.all.Wait()
	})
	return s
}

// set makes the weather.
func (s *stretch) set(w weather) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = w
	close(s.changed)
	s.changed = make(chan struct{})
	if w.shut {
		s.reset()
	}
}

// cut ends what is open, once; who dials again gets through.
func (s *stretch) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset()
}

func (s *stretch) reset() {
	for p := range s.open {
		p.reset()
	}
}

func (p *passage) reset() {
	for _, c := range []net.Conn{p.here, p.there} {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

// went is how many connections came so far.
func (s *stretch) went() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passed
}

func (s *stretch) accept() {
	for {
		here, err := s.l.Accept()
		if err != nil {
			return
		}
		s.all.Go(func() { s.pass(here) })
	}
}

func (s *stretch) pass(here net.Conn) {
	p := &passage{here: here, there: here}
	s.mu.Lock()
	shut := s.now.shut || s.closed
	s.mu.Unlock()
	if shut {
		p.reset()
		return
	}
	there, err := s.dial()
	if err != nil {
		p.reset() // nobody is there
		return
	}
	p.there = there
	s.mu.Lock()
	s.passed++
	s.open[p] = true
	if s.now.shut || s.closed {
		p.reset()
	}
	s.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { s.carry(p, here, there) })
	s.carry(p, there, here)
	both.Wait()
	p.reset()
	s.mu.Lock()
	delete(s.open, p)
	s.mu.Unlock()
}

// piece is what came in at a time.
type piece struct {
	b    []byte
	when time.Time
}

// carry carries one way. Pieces are read ahead, so that a delay is one and no slow link.
func (s *stretch) carry(p *passage, from, to net.Conn) {
	pieces := make(chan piece, 256)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pieces)
		for {
			b := make([]byte, 16<<10)
			n, err := from.Read(b)
			if n > 0 {
				pieces <- piece{b[:n], time.Now()}
			}
			if err != nil {
				return
			}
		}
	})
	defer reading.Wait()
	defer func() {
		for range pieces { // until who reads has seen that it is over
		}
	}()
	for c := range pieces {
		if err := s.give(p, to, c); err != nil {
			p.reset()
			return
		}
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

var errReset = errors.New("reset")

// give hands one piece on when its time has come.
func (s *stretch) give(p *passage, to io.Writer, c piece) error {
	for len(c.b) > 0 {
		s.mu.Lock()
		w, changed := s.now, s.changed
		s.mu.Unlock()
		p.mu.Lock()
		over, muted := w.resets > 0 && p.bytes >= w.resets, w.mute || w.mutes > 0 && p.bytes >= w.mutes
		n := int64(len(c.b))
		if w.resets > 0 {
			n = min(n, w.resets-p.bytes)
		}
		if w.mutes > 0 {
			n = min(n, w.mutes-p.bytes)
		}
		p.mu.Unlock()
		due := c.when
		if w.delay > 0 {
			due = due.Add(w.delay + time.Duration((2*rand.Float64()-1)*float64(w.jitter)))
		}
		switch {
		case over:
			return errReset
		case w.shut:
			return errReset
		case muted:
			<-changed
			continue
		}
		if wait := time.Until(due); wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-changed: // it is looked at again
				timer.Stop()
				continue
			}
		}
		if _, err := to.Write(c.b[:n]); err != nil {
			return err
		}
		p.mu.Lock()
		p.bytes += n
		p.mu.Unlock()
		c.b, c.when = c.b[n:], time.Now()
	}
	return nil
}

// echoed is a stretch to a server that gives back what it gets, and a connection through it.
func echoed(t *testing.T) (*stretch, net.Conn) {
	t.Helper()
	there, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { there.Close() })
	go func() {
		for {
			c, err := there.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	here, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := newStretch(t, here, func() (net.Conn, error) { return net.Dial("tcp", there.Addr().String()) })
	c, err := net.Dial("tcp", here.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return s, c
}

func TestAStretchOfNetworkHasTheWeatherThatItIsGiven(t *testing.T) {
	t.Parallel()
	back := make([]byte, 16)
	s, c := echoed(t)
	_, err := c.Write([]byte("fine"))
	require.NoError(t, err)
	n, err := io.ReadFull(c, back[:4])
	require.NoError(t, err)
	require.Equal(t, "fine", string(back[:n]))

	s.set(weather{mute: true})
	_, err = c.Write([]byte("mute"))
	require.NoError(t, err)
	require.NoError(t, c.SetReadDeadline(soonTime()))
	_, err = c.Read(back)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	s.set(weather{})
	require.NoError(t, c.SetReadDeadline(lateTime()))
	_, err = io.ReadFull(c, back[:4])
	require.NoError(t, err, "nothing of it is lost")
	require.Equal(t, "mute", string(back[:4]))

	s.cut()
	_, err = c.Read(back)
	require.Error(t, err)
	require.EqualValues(t, 1, s.went())

	s, c = echoed(t)
	s.set(weather{resets: 10})
	_, err = c.Write([]byte("12345678")) // and back
	require.NoError(t, err)
	n, err = io.ReadFull(c, back[:8])
	require.Error(t, err)
	require.LessOrEqual(t, n, 2)

	s, c = echoed(t)
	s.set(weather{delay: 50 * time.Millisecond, jitter: 40 * time.Millisecond})
	began := time.Now()
	_, err = c.Write([]byte("late"))
	require.NoError(t, err)
	_, err = io.ReadFull(c, back[:4])
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), 20*time.Millisecond, "both ways, 10 ms at the least")
}
