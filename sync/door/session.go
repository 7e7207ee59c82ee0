package door

import (
	"context"
	"errors"
	"io"
	"regexp"
	"sync"
	"time"
	"unicode"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// Size is that of a terminal, in cells.
type Size struct{ Width, Height int }

// Bounds of what a client may say of its terminal: a screen costs memory for each
// cell. What is beyond is cut; what is below one is no size.
const (
	maxWidth  = 640
	maxHeight = 240
	maxCells  = 100_000
)

func sizeOf(w, h uint32) (Size, bool) {
	if w < 1 || h < 1 {
		return Size{}, false
	}
	s := Size{int(min(w, maxWidth)), int(min(h, maxHeight))}
	s.Height = min(s.Height, max(maxCells/s.Width, 1))
	return s, true
}

// defaultSize is taken where a client with a terminal says no size.
var defaultSize = Size{80, 24}

// termName is a TERM that cannot steer anything it is printed to.
var termName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)

// Session is one console, or one verb, that came through a door.
type Session struct {
	Guest Guest
	// Args is the verb with its arguments; none asks for the console.
	Args []string
	// Wrong says why the command line gives no arguments: ErrQuote. Nothing may be
	// done then but to say so; ssh itself would show the person no reason.
	Wrong error
	// Env is what the client says about itself: only what a door takes.
	Env map[string]string
	// Term is the kind of terminal, "" for none.
	Term string

	ctx  context.Context
	end  context.CancelFunc
	ch   gossh.Channel
	conn io.Closer
	keys io.Reader

	mu      sync.Mutex
	size    Size
	resized chan struct{} // holds one: the latest size counts
	edited  chan Edited
	resumed chan struct{}
	away    bool // suspended
	repaint chan struct{}
	hands   map[string]chan Handed // commands of the client that run
	handed  int                    // how many were asked for
}

// Context ends when the client is gone or the room ends.
func (s *Session) Context() context.Context { return s.ctx }

// Thin reports a client of ours at the other end, that does what it is asked.
func (s *Session) Thin() bool { return s.Env[EnvClient] != "" }

// Read reads what the client sends. At a terminal, a paste is cut where it is too
// long.
func (s *Session) Read(p []byte) (int, error) { return s.keys.Read(p) }

// Write writes to the client's screen or output. It waits for a slow client, and
// ends with an error when the session does.
func (s *Session) Write(p []byte) (int, error) { return s.ch.Write(p) }

// Stderr is the client's other output.
func (s *Session) Stderr() io.Writer { return s.ch.Stderr() }

// Size is that of the terminal now.
func (s *Session) Size() Size {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// Resized receives after the size changed.
func (s *Session) Resized() <-chan struct{} { return s.resized }

func (s *Session) resize(w, h uint32) {
	size, ok := sizeOf(w, h)
	if !ok {
		return
	}
	s.mu.Lock()
	s.size = size
	s.mu.Unlock()
	select {
	case s.resized <- struct{}{}:
	default:
	}
}

// Ask has the thin client do something. Other clients know none of it and are not
// asked.
func (s *Session) Ask(name string, payload any) error {
	if !s.Thin() {
		return errNotThin
	}
	var raw []byte
	if payload != nil {
		raw = gossh.Marshal(payload)
	}
	_, err := s.ch.SendRequest(name, false, raw)
	return err
}

var errNotThin = errors.New("a bare ssh client cannot do that")

// Edit hands a text to the person's own editor and waits for what comes back.
func (s *Session) Edit(text string) (string, error) {
	if err := s.Ask(AskEdit, Text{text}); err != nil {
		return "", err
	}
	select {
	case e := <-s.edited:
		if e.Failed != "" {
			return "", errors.New(e.Failed)
		}
		return e.Text, nil
	case <-s.ctx.Done():
		return "", s.ctx.Err()
	}
}

// Suspend gives the terminal back to the shell, and waits until the person
// returns.
func (s *Session) Suspend() error {
	s.mu.Lock()
	s.away = s.Thin()
	s.mu.Unlock()
	if err := s.Ask(AskSuspend, nil); err != nil {
		return err
	}
	select {
	case <-s.resumed:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// Repaint receives when the terminal lost what was drawn: it was another
// program's for a while.
func (s *Session) Repaint() <-chan struct{} { return s.repaint }

// back notes that the terminal is ours again.
func (s *Session) back() {
	s.mu.Lock()
	to := s.repaint
	if s.away {
		to, s.away = s.resumed, false
	}
	s.mu.Unlock()
	select {
	case to <- struct{}{}:
	default:
	}
}

// channel serves one session of a connection.
func (s *Server) channel(_ *ssh.Server, conn *gossh.ServerConn, c gossh.NewChannel, ctx ssh.Context) {
	guest, err := guestOf(conn)
	if err != nil {
		s.o.Log.Error("refused", "error", err)
		_ = c.Reject(gossh.Prohibited, "")
		return
	}
	k, _ := ctx.Value(keyKnock).(*knock)
	if k == nil || !k.begin() {
		_ = c.Reject(gossh.ResourceShortage, "too many sessions on one connection")
		return
	}
	defer k.end()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		_ = c.Reject(gossh.ResourceShortage, "the room is ending")
		return
	}
	s.sessions.Add(1)
	s.count.Add(1)
	s.mu.Unlock()
	defer s.sessions.Done()
	defer s.count.Add(-1)
	ch, requests, err := c.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	sess := &Session{
		Guest: guest, Env: map[string]string{}, ch: ch, conn: conn, size: defaultSize,
		resized: make(chan struct{}, 1), edited: make(chan Edited, 1), resumed: make(chan struct{}, 1), repaint: make(chan struct{}, 1),
	}
	sess.ctx, sess.end = context.WithCancel(s.ctx)
	defer sess.end()
	stop := context.AfterFunc(ctx, sess.end) // the connection is gone
	defer stop()
	k.tended(func() { tend(conn) })
	s.follow(sess, requests)
}

// follow answers a session's requests until the channel is closed, and starts what
// is asked for, once.
func (s *Server) follow(sess *Session, requests <-chan *gossh.Request) {
	done := make(chan struct{})
	started := false
	for {
		select {
		case <-done:
			return
		case r, ok := <-requests:
			if !ok { // the client closed it, or is gone
				sess.end()
				if started {
					<-done
				}
				return
			}
			start, good := sess.answer(r, started)
			if r.WantReply {
				_ = r.Reply(good, nil)
			}
			if start {
				started = true
				sess.keys = sess.ch
				if sess.Term != "" && len(sess.Args) == 0 {
					sess.keys = newPasteLimit(sess.ch)
				}
				go func() {
					defer close(done)
					s.run(sess)
				}()
			}
		}
	}
}

// answer takes one request. It says whether what the session is for may begin, and
// whether the request was good.
func (s *Session) answer(r *gossh.Request, started bool) (start, good bool) {
	switch r.Type {
	case "env":
		var kv struct{ Key, Value string }
		if started || !parse(r.Payload, &kv) || !envNames[kv.Key] || len(s.Env) >= maxEnv || !fitValue(kv.Value) {
			return false, false
		}
		s.Env[kv.Key] = kv.Value
		return false, true
	case "pty-req":
		var p struct {
			Term          string
			Width, Height uint32
			PixelW        uint32
			PixelH        uint32
			Modes         string
		}
		if started || s.Term != "" || !parse(r.Payload, &p) {
			return false, false
		}
		if s.Term = p.Term; len(s.Term) > maxTerm || !termName.MatchString(s.Term) {
			s.Term = "vt100" // as little as a terminal can be
		}
		s.resize(p.Width, p.Height)
		return false, true
	case "window-change":
		var p struct{ Width, Height, PixelW, PixelH uint32 }
		if s.Term == "" || !parse(r.Payload, &p) {
			return false, false
		}
		s.resize(p.Width, p.Height)
		return false, true
	case "shell":
		return !started, !started
	case "exec":
		var p struct{ Command string }
		if started || !parse(r.Payload, &p) || len(p.Command) > maxCommand {
			return false, false
		}
		s.Args, s.Wrong = split(p.Command)
		return true, true
	case TellEdited:
		var e Edited
		if !started || !parse(r.Payload, &e) {
			return false, false
		}
		select {
		case s.edited <- e:
		default: // nobody asked
		}
		return false, true
	case TellHanded:
		var h Handed
		if !started || !parse(r.Payload, &h) {
			return false, false
		}
		s.tookHand(h)
		return false, true
	case TellResumed:
		s.back()
		return false, started
	}
	// Forwarding of agents and displays, subsystems, signals: none of it is here.
	return false, false
}

func fitValue(v string) bool {
	if len(v) > maxEnvValue {
		return false
	}
	for _, r := range v {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// run has the handler serve the session, and tells the client how it ended.
func (s *Server) run(sess *Session) {
	began := s.o.Now()
	log := s.o.Log.With("from", sess.Guest.From, "uid", sess.Guest.UID, "key", sess.Guest.Fingerprint(), "console", len(sess.Args) == 0)
	log.Info("came")
	ended := make(chan struct{})
	defer close(ended)
	go sess.cutAfter(ended)
	code := s.guard(sess)
	_, _ = sess.ch.SendRequest("exit-status", false, gossh.Marshal(struct{ Status uint32 }{uint32(code)}))
	_ = sess.ch.CloseWrite()
	_ = sess.ch.Close()
	log.Info("went", "code", code, "after", s.o.Now().Sub(began).String())
}

// farewellTime is how long a session may take to end once it must: to draw a last
// sentence, and to save what is unsent.
const farewellTime = 3 * time.Second

// cutAfter cuts the connection when the session must end and does not: it writes
// to a client that does not read.
func (s *Session) cutAfter(ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-s.ctx.Done():
	}
	select {
	case <-ended:
	case <-time.After(farewellTime):
		s.conn.Close()
	}
}

// guard serves the session. A panic ends it alone, not the room.
func (s *Server) guard(sess *Session) (code int) {
	defer func() {
		if r := recover(); r != nil {
			s.o.Log.Error("a session broke", "panic", r)
			code = 1
		}
	}()
	return s.o.Handle(sess)
}
