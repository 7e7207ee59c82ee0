package link

import (
	"bytes"
	"context"
	"io"
	"net"
	"os/exec"
	"sync"
	"time"
)

// flush is how long what was written last may take to leave a stream that is closed.
const flush = time.Second

// Stdio makes one stream of an input and an output, which need no deadlines: the
// standard ones of a process, say. Closing it lets what was written leave, for a moment, and
// closes both. A read of the input that the system cannot interrupt goes on until
// its other end closes.
func Stdio(in io.ReadCloser, out io.WriteCloser, name string) net.Conn {
	inner, outer := Pipe("stdio", name)
	s := &stdio{Conn: inner, in: in, out: out, flushed: make(chan struct{})}
	go func() {
		defer close(s.flushed)
		_, _ = io.Copy(out, outer) // until inner is closed, or the output is
		_ = out.Close()
		outer.(*pipeEnd).in.end(false, true) // what is written now goes nowhere
	}()
	go func() {
		_, _ = io.Copy(outer, in)
		outer.(*pipeEnd).out.end(true, false)
	}()
	return s
}

type stdio struct {
	net.Conn
	in      io.Closer
	out     io.Closer
	flushed chan struct{}
	once    sync.Once
}

func (s *stdio) Close() error {
	err := net.ErrClosed
	s.once.Do(func() {
		err = s.Conn.Close()
		timer := time.NewTimer(flush)
		defer timer.Stop()
		select {
		case <-s.flushed:
		case <-timer.C:
			_ = s.out.Close()
		}
		_ = s.in.Close()
	})
	return err
}

// Program starts a program and gives the stream through its standard input and
// output. No shell reads its arguments. It is ended when the stream is closed; what it
// said last on its standard error is known then.
func Program(ctx context.Context, argv ...string) (conn net.Conn, said func() string, err error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.WaitDelay = flush // what it started may hold its outputs
	in, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	line := &lastLine{}
	cmd.Stderr = line
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	return &program{Conn: Stdio(in, out, argv[0]), cmd: cmd}, line.String, nil
}

type program struct {
	net.Conn
	cmd  *exec.Cmd
	once sync.Once
}

func (p *program) Close() error {
	err := net.ErrClosed
	p.once.Do(func() {
		err = p.Conn.Close()
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // it was killed: what it says of that is known
	})
	return err
}

// sshCommand starts warroom on another machine. It never asks anybody for anything, and a
// host is never an option.
func sshCommand(host string) []string {
	return []string{"ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", host, "warroom", "sync", "--stdio"}
}

// lastLine keeps the last line that was written to it, up to 256 bytes of it.
type lastLine struct {
	mu   sync.Mutex
	line []byte
	over bool // the line has ended
}

func (l *lastLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range b {
		switch {
		case c == '\n' || c == '\r':
			l.over = len(bytes.TrimSpace(l.line)) > 0
		case l.over:
			l.line, l.over = append(l.line[:0], c), false
		case len(l.line) < 256:
			l.line = append(l.line, c)
		}
	}
	return len(b), nil
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(bytes.ToValidUTF8(bytes.TrimSpace(l.line), nil))
}
