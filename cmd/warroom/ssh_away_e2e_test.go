//go:build linux

package main

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAKilledRoomProcessLosesNothingOfWhoCameOverSsh(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "carol")
	s := j.console("bob")
	s.until("Checkout")
	require.Contains(t, j.done("carol", "log", "answered before"), "answered before")
	s.until("answered before")
	s.press("ihalf a line")
	j.kept("half a line")
	require.NoError(t, j.room.Process.Signal(syscall.SIGKILL))
	require.NotZero(t, s.end(), "ssh says that it was cut")
	require.True(t, s.cooked())
	j.serve()
	// The same host key: ssh would refuse another under the same name.
	s = j.terminal(24, 80, j.person("bob", []string{"-tt", "-o", "StrictHostKeyChecking=yes"}))
	s.until("answered before")
	s.until("half a line")
	s.press("i and its end")
	s.until(" and its end")
	s.forget()
	s.press("\r")
	s.until("half a line and its end") // in the log
	require.Contains(t, j.must("log", "--list"), "half a line and its end")
	require.Contains(t, j.must("verify"), "proved: 3 events")
}

// relay is the link between somebody and the room: it counts what goes up, and can
// be cut as a cable is.
type relay struct {
	l net.Listener

	mu   sync.Mutex
	up   int
	news chan struct{}
	both []net.Conn
}

// relay puts a link before the room; port is its end.
func (j *jump) relay() (r *relay, port string) {
	j.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(j.t, err)
	r = &relay{l: l, news: make(chan struct{}, 1)}
	to := net.JoinHostPort("127.0.0.1", j.port)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to)
			if err != nil {
				here.Close()
				return
			}
			r.mu.Lock()
			r.both = append(r.both, here, there)
			r.mu.Unlock()
			all.Go(func() { r.carry(there, here, true) })
			all.Go(func() { r.carry(here, there, false) })
		}
	})
	j.t.Cleanup(func() {
		l.Close()
		r.cut()
		all.Wait()
	})
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(j.t, err)
	return r, port
}

// carry carries one way until either end closes.
func (r *relay) carry(to, from net.Conn, up bool) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if n > 0 && up {
			r.mu.Lock()
			r.up += n
			r.mu.Unlock()
			select {
			case r.news <- struct{}{}:
			default:
			}
		}
		if err != nil {
			to.Close()
			return
		}
	}
}

func (r *relay) carried() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.up
}

// more waits until more has gone up than there had.
func (r *relay) more(t *testing.T, than int) {
	t.Helper()
	late := time.After(hang)
	for r.carried() <= than {
		select {
		case <-r.news:
		case <-late:
			t.Fatal("nothing goes over the link")
		}
	}
}

// cut cuts the link both ways.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.both {
		c.Close()
	}
}

// Whatever was on its way when a link ends, the words are there for the person's
// next console, and others go on.
func TestACutLinkKeepsTheHalfTypedLineAndDisturbsNobody(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "carol")
	other := j.console("carol")
	other.until("Checkout")
	other.press("icarol types")
	j.kept("carol types")
	killed := func(s *shown, _ *relay) { _ = s.cmd.Process.Kill() }
	cut := func(_ *shown, r *relay) { r.cut() }
	for i, c := range []struct {
		last string // what came of a key that was not whole
		end  func(*shown, *relay)
	}{
		{"", killed},
		{"", cut},
		{"\x1b[1;", killed},        // a cursor key
		{"\x1b[1;", cut},           // the same
		{"\x1b[<64;10", killed},    // the mouse
		{"\x1b[200", killed},       // the mark of a paste
		{"\xe2\x82", killed},       // a letter
		{"\x1b]11;rgb:00", killed}, // a terminal's answer
		{"\x1bP>|xterm", killed},   // another
		{"\x1b[200~and a", killed}, // a paste
	} {
		line := fmt.Sprintf("half of line %d", i)
		r, port := j.relay()
		s := j.console("bob", "-o", "Port="+port)
		s.until("Checkout")
		s.press("i" + line)
		j.kept(line)
		if c.last != "" {
			before := r.carried()
			s.press(c.last)
			r.more(t, before)
		}
		c.end(s, r)
		require.NotZero(t, s.end())
		j.consolesWent(2*i + 1)
		again := j.console("bob")
		again.until(line)
		again.press("i\r")
		other.until(line)
		again.press("\x1b")
		again.press("q")
		require.Zero(t, again.end(), "%q", c.last)
		j.consolesWent(2*i + 2)
		require.Regexp(t, "(?m) bob +"+line+"$", j.must("log", "--list"), "nothing came to what was typed before %q", c.last)
	}
	other.press(" on\r")
	other.until("carol types on")
	other.press("\x1b")
	other.press("q")
	require.Zero(t, other.end())
	require.Regexp(t, "(?m) carol +carol types on$", j.must("log", "--list"))
}

func TestTenMegabytesPastedDisturbNobody(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "carol")
	s, other := j.console("bob"), j.console("carol")
	s.until("Checkout")
	other.until("Checkout")
	s.press("i")
	s.press("\x1b[200~" + strings.Repeat("0123456789abcde ", 10<<20/16) + "\x1b[201~")
	j.done("carol", "log", "others go on")
	other.until("others go on")
	s.until("others go on") // so does the one that it was pasted into
	s.press("\x07")
	s.press("\x03")
	s.press("\x03")
	require.Zero(t, s.end())
	s.restored()
	require.NotContains(t, j.must("log", "--list"), "0123456789")
	other.press("q")
	require.Zero(t, other.end())
}
