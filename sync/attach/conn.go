// Package attach is the thin client of a running room: it connects a terminal, or
// the streams of a verb, to the room process behind a unix socket, and does at the
// terminal what the room asks for. It reads nothing out of what the room draws.
package attach

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/door"
)

// What can be wrong with a room.
var (
	// ErrNone: no room process listens there.
	ErrNone = errors.New("no room process listens there")
	// ErrGone: the room process ended before the session did.
	ErrGone = errors.New("the room process ended")
	// ErrStranger: the process at the socket belongs to a user whose room this
	// cannot be.
	ErrStranger = errors.New("the socket belongs to another user's process")
)

// dialTime is how long a room may take to answer: longer than a busy machine
// needs, shorter than somebody waits.
const dialTime = 10 * time.Second

// Conn is a connection to a room process.
type Conn struct {
	client gossh.Conn
	// Version is the room's, without "warroom_".
	Version string
}

// Dial connects to the room at a socket. trusted says whether a room process may
// belong to that user.
func Dial(ctx context.Context, path, version string, trusted func(uid uint32) bool) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOTDIR):
		return nil, ErrNone
	case err != nil:
		return nil, err
	}
	uid, err := door.PeerUID(c)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if !trusted(uid) {
		c.Close()
		return nil, fmt.Errorf("%w: uid %d", ErrStranger, uid)
	}
	deadline, _ := ctx.Deadline()
	_ = c.SetDeadline(deadline)
	client, channels, requests, err := gossh.NewClientConn(c, path, &gossh.ClientConfig{
		User: "warroom", ClientVersion: "SSH-2.0-warroom_" + version,
		// The kernel has said whose process it is; a key would prove no more.
		HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		c.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	_ = c.SetDeadline(time.Time{})
	go gossh.DiscardRequests(requests) // ends with the connection, as does the next
	go func() {
		for ch := range channels {
			_ = ch.Reject(gossh.Prohibited, "")
		}
	}()
	_, room, _ := strings.Cut(string(client.ServerVersion()), "warroom_")
	return &Conn{client, room}, nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.client.Close() }

// Wait waits until the room process has let go of the connection. It fails only when
// ctx ends first.
func (c *Conn) Wait(ctx context.Context) error {
	gone := make(chan struct{})
	go func() {
		_ = c.client.Wait() // any end is one
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Call is a session of a room: a verb, or a console.
type Call struct {
	// Args is the verb; none asks for the console.
	Args []string
	Env  map[string]string
	// Term is the terminal's kind, "" for none; Size its size.
	Term string
	Size door.Size
	In   io.Reader
	Out  io.Writer
	Err  io.Writer
	// Begun is told of the session when it runs; it may be nil.
	Begun func(*Session)
	// Asked does what the room asks for. It may be nil, and must not wait long.
	Asked func(name string, payload []byte)
}

// Session is a running call.
type Session struct{ ch gossh.Channel }

// Resize tells the room the terminal's size.
func (s *Session) Resize(size door.Size) {
	_, _ = s.ch.SendRequest("window-change", false, gossh.Marshal(struct{ W, H, PW, PH uint32 }{uint32(size.Width), uint32(size.Height), 0, 0}))
}

// Tell tells the room something.
func (s *Session) Tell(name string, payload any) {
	var raw []byte
	if payload != nil {
		raw = gossh.Marshal(payload)
	}
	_, _ = s.ch.SendRequest(name, false, raw)
}

// Write sends keys.
func (s *Session) Write(p []byte) (int, error) { return s.ch.Write(p) }

// Close ends the session.
func (s *Session) Close() error { return s.ch.Close() }

// Run runs a call to its end and gives its exit code. It fails with ErrGone when
// the room process ended first.
func (c *Conn) Run(ctx context.Context, call Call) (int, error) {
	ch, requests, err := c.client.OpenChannel("session", nil)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrGone, err)
	}
	defer ch.Close()
	for name, value := range call.Env {
		_, _ = ch.SendRequest("env", false, gossh.Marshal(struct{ K, V string }{name, value}))
	}
	if call.Term != "" {
		_, _ = ch.SendRequest("pty-req", false, gossh.Marshal(struct {
			Term         string
			W, H, PW, PH uint32
			Modes        string
		}{call.Term, uint32(call.Size.Width), uint32(call.Size.Height), 0, 0, ""}))
	}
	kind, payload := "shell", []byte(nil)
	if len(call.Args) > 0 {
		kind, payload = "exec", gossh.Marshal(door.Text{Text: Quote(call.Args)})
	}
	ok, err := ch.SendRequest(kind, true, payload)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if !ok {
		return 0, fmt.Errorf("the room refused the session")
	}
	stop := context.AfterFunc(ctx, func() { ch.Close() })
	defer stop()
	if call.Begun != nil {
		call.Begun(&Session{ch})
	}
	if call.In != nil {
		// A reader of a terminal or a pipe cannot be woken: it ends with the process.
		go func() {
			_, _ = io.Copy(ch, call.In)
			_ = ch.CloseWrite()
		}()
	}
	if call.In == nil && call.Term == "" {
		_ = ch.CloseWrite() // whoever reads there gets the end at once
	}
	copied := make(chan struct{}, 2)
	relay := func(to io.Writer, from io.Reader) {
		if to == nil {
			to = io.Discard
		}
		if _, err := io.Copy(to, from); err != nil {
			_, _ = io.Copy(io.Discard, from) // a closed pipe must not hold the room up
		}
		copied <- struct{}{}
	}
	go relay(call.Out, ch)
	go relay(call.Err, ch.Stderr())
	code := -1
	for r := range requests {
		switch r.Type {
		case "exit-status":
			var st struct{ Status uint32 }
			if gossh.Unmarshal(r.Payload, &st) == nil {
				code = int(st.Status)
			}
		default:
			if call.Asked != nil {
				call.Asked(r.Type, r.Payload)
			}
		}
		if r.WantReply {
			_ = r.Reply(true, nil)
		}
	}
	<-copied
	<-copied
	if code < 0 {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, ErrGone
	}
	return code, nil
}

// Quote writes arguments as one line that the room reads as the same arguments.
func Quote(args []string) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('\'')
		b.WriteString(strings.ReplaceAll(a, "'", `'\''`))
		b.WriteByte('\'')
	}
	return b.String()
}
