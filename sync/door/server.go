package door

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/gate"
)

// Options are what doors are made of.
type Options struct {
	// Handle serves one session, and gives its exit code. It returns soon after the
	// session's context ended.
	Handle func(*Session) int
	// HostKey proves the room to those who come over SSH.
	HostKey gossh.Signer
	// Keys says who may come in over SSH.
	Keys Keys
	// Version names this program to clients, as in SSH-2.0-warroom_1.2.
	Version string
	// Log gets who came and went. No text of an incident is ever in it.
	Log *slog.Logger
	// Now is the clock; nil is the machine's.
	Now func() time.Time
}

// Limits of those who have proved nothing yet. A handshake costs 2 ms of
// processor; so many at once, and so many a second from one address, are more
// than a team needs and less than what makes the room slow.
const handshakeTime = 10 * time.Second

var strangers = gate.Limits{HalfOpen: 64, HalfOpenAddress: 16, PerSecond: 20, Burst: 60}

// Limits of those who are in.
const (
	// maxChannels is how many sessions one connection may have at a time.
	maxChannels = 16
	// idleConnection is how long a connection may be there without a session.
	idleConnection = time.Minute
	// aliveEvery is how often a quiet link is asked whether it is still there, and
	// aliveFor how long an answer may take: longer than a train is in a tunnel.
	aliveEvery = 15 * time.Second
	aliveFor   = 60 * time.Second
	// maxAuthTries is how many keys an agent may offer.
	maxAuthTries = 12
	// sendBuffer bounds what lies between a room and a slow terminal: so much that
	// a link is never idle, so little that what comes out at its end is new.
	sendBuffer = 64 << 10
)

// Server is the doors of a room.
type Server struct {
	o    Options
	gate *gate.Gate

	ctx    context.Context // of all sessions
	cancel context.CancelFunc

	mu       sync.Mutex
	servers  []*ssh.Server
	closed   bool
	sessions sync.WaitGroup
	count    atomic.Int64
}

// New makes doors that are still shut.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, gate: gate.New(strangers, o.Now)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Sessions is how many sessions there are.
func (s *Server) Sessions() int { return int(s.count.Load()) }

type contextKey string

const (
	keyUID   contextKey = "uid"
	keyKnock contextKey = "knock"
)

// ServeSocket lets in who connects to a unix socket. It returns when the listener
// is closed.
func (s *Server) ServeSocket(l net.Listener) error {
	return s.serve(l, func(srv *ssh.Server) {
		srv.ConnCallback = func(ctx ssh.Context, c net.Conn) net.Conn {
			uid, err := peerUID(c)
			if err != nil {
				s.o.Log.Error("the socket does not say who is there", "error", err)
				return nil
			}
			ctx.SetValue(keyUID, uid)
			ctx.SetValue(keyKnock, c)
			return c
		}
		srv.ServerConfigCallback = func(ctx ssh.Context) *gossh.ServerConfig {
			uid, ok := ctx.Value(keyUID).(uint32)
			return &gossh.ServerConfig{
				NoClientAuth:    true,
				AuthLogCallback: s.logged(ctx),
				// The kernel has said who it is; there is nothing left to prove.
				NoClientAuthCallback: func(gossh.ConnMetadata) (*gossh.Permissions, error) {
					if !ok {
						return nil, errNobody
					}
					return Guest{Local: true, UID: uid}.permissions(), nil
				},
			}
		}
	}, nil)
}

// ServeSSH lets in who proves a key. It returns when the listener is closed.
func (s *Server) ServeSSH(l net.Listener) error {
	return s.serve(l, func(srv *ssh.Server) {
		srv.ConnCallback = func(ctx ssh.Context, c net.Conn) net.Conn {
			ctx.SetValue(keyKnock, c)
			return c
		}
		srv.ServerConfigCallback = func(ctx ssh.Context) *gossh.ServerConfig {
			return &gossh.ServerConfig{
				MaxAuthTries:    maxAuthTries,
				AuthLogCallback: s.logged(ctx),
				PublicKeyCallback: func(meta gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
					return s.o.Keys.authenticate(meta, key, s.o.Now)
				},
			}
		}
	}, s.gate)
}

// serve accepts connections. Those over SSH pass the gate first.
func (s *Server) serve(l net.Listener, set func(*ssh.Server), g *gate.Gate) error {
	srv, err := wish.NewServer(func(srv *ssh.Server) error {
		srv.AddHostKey(s.o.HostKey)
		srv.Version = "warroom_" + s.o.Version
		srv.HandshakeTimeout = handshakeTime
		srv.Handler = func(ssh.Session) {} // never reached: sessions are ours
		srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
		srv.RequestHandlers = map[string]ssh.RequestHandler{}
		srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
		set(srv)
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errors.Join(ssh.ErrServerClosed, l.Close())
	}
	s.servers = append(s.servers, srv)
	s.mu.Unlock()
	return srv.Serve(&listener{l, g})
}

// logged takes a connection out of the half-open ones once it has proved itself.
func (s *Server) logged(ctx ssh.Context) func(gossh.ConnMetadata, string, error) {
	return func(meta gossh.ConnMetadata, method string, err error) {
		switch {
		case err == nil:
			if k, ok := ctx.Value(keyKnock).(*knock); ok {
				k.passed()
			}
		case method != "none": // which every client tries first
			s.o.Log.Info("not let in", "from", meta.RemoteAddr().String(), "method", method, "error", err)
		}
	}
}

// Shutdown takes nobody in any more, ends every session and waits for them until
// ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	servers := s.servers
	s.mu.Unlock()
	s.cancel()
	done := make(chan struct{})
	go func() {
		s.sessions.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	for _, srv := range servers {
		if e := srv.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	return err
}
