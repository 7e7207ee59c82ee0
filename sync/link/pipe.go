package link

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// pipeSize is how many bytes lie in a pipe before who writes must wait.
const pipeSize = 64 << 10

// Pipe gives the two ends of a stream in memory, which holds up to 64 KiB each way.
// Deadlines and closing are as on a socket: who closes lets the other read what was
// written.
func Pipe(a, b string) (net.Conn, net.Conn) {
	there, back := newStretch(), newStretch()
	return &pipeEnd{in: back, out: there, local: pipeAddr(a), remote: pipeAddr(b)},
		&pipeEnd{in: there, out: back, local: pipeAddr(b), remote: pipeAddr(a)}
}

// pipeAddr names an end.
type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }

// stretch is one direction.
type stretch struct {
	mu      sync.Mutex
	changed chan struct{} // closed and made anew at each change
	buf     []byte
	shut    bool // by who writes
	gone    bool // who reads is gone
}

func newStretch() *stretch { return &stretch{changed: make(chan struct{})} }

// change wakes who waits; mu is held.
func (s *stretch) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stretch) end(shut, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut, s.gone = s.shut || shut, s.gone || gone
	s.change()
}

type pipeEnd struct {
	in, out       *stretch
	local, remote net.Addr
	once          sync.Once
	reads, writes deadline
}

func (p *pipeEnd) Read(b []byte) (int, error) {
	s := p.in
	for {
		s.mu.Lock()
		n, wait := copy(b, s.buf), s.changed
		if n > 0 {
			s.buf = append(s.buf[:0], s.buf[n:]...)
			s.change()
		}
		gone, shut := s.gone, s.shut
		s.mu.Unlock()
		switch {
		case gone:
			return 0, net.ErrClosed
		case n > 0 || len(b) == 0:
			return n, nil
		case shut:
			return 0, io.EOF
		}
		if err := p.reads.wait(wait); err != nil {
			return 0, err
		}
	}
}

func (p *pipeEnd) Write(b []byte) (int, error) {
	s := p.out
	done := 0
	for {
		s.mu.Lock()
		shut, gone, wait := s.shut, s.gone, s.changed
		n := 0
		if !shut && !gone {
			n = min(pipeSize-len(s.buf), len(b)-done)
		}
		if n > 0 {
			s.buf = append(s.buf, b[done:done+n]...)
			done += n
			s.change()
			wait = s.changed
		}
		s.mu.Unlock()
		switch {
		case shut:
			return done, net.ErrClosed
		case gone:
			return done, io.ErrClosedPipe
		case done == len(b):
			return done, nil
		}
		if err := p.writes.wait(wait); err != nil {
			return done, err
		}
	}
}

func (p *pipeEnd) Close() error {
	err := net.ErrClosed
	p.once.Do(func() {
		p.out.end(true, false)
		p.in.end(false, true)
		err = nil
	})
	return err
}

func (p *pipeEnd) LocalAddr() net.Addr  { return p.local }
func (p *pipeEnd) RemoteAddr() net.Addr { return p.remote }

func (p *pipeEnd) SetDeadline(t time.Time) error {
	return errors.Join(p.SetReadDeadline(t), p.SetWriteDeadline(t))
}
func (p *pipeEnd) SetReadDeadline(t time.Time) error  { p.reads.set(t); return nil }
func (p *pipeEnd) SetWriteDeadline(t time.Time) error { p.writes.set(t); return nil }

// deadline ends a wait when its time has come, or is set to have.
type deadline struct {
	mu      sync.Mutex
	at      time.Time
	changed chan struct{} // closed when at changes; nil until somebody waits
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = t
	if d.changed != nil {
		close(d.changed)
		d.changed = nil
	}
}

// wait waits for a change of a stretch, at most until the deadline.
func (d *deadline) wait(change <-chan struct{}) error {
	for {
		d.mu.Lock()
		if d.changed == nil {
			d.changed = make(chan struct{})
		}
		at, moved := d.at, d.changed
		d.mu.Unlock()
		if at.IsZero() {
			select {
			case <-change:
				return nil
			case <-moved:
			}
			continue
		}
		left := time.Until(at)
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		timer := time.NewTimer(left)
		select {
		case <-change:
			timer.Stop()
			return nil
		case <-moved:
		case <-timer.C:
		}
		timer.Stop()
	}
}
