package link_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
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

// recorder keeps what passes over a stream in the clear.
type recorder struct {
	net.Conn
	mu  sync.Mutex
	out bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	r.out.Write(b)
	r.mu.Unlock()
	return r.Conn.Write(b)
}

func (r *recorder) written() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.out.Bytes())
}

func certificate(t testing.TB, seed byte) tls.Certificate {
	t.Helper()
	c, err := link.Certificate(deviceKey(seed))
	require.NoError(t, err)
	return c
}

// end is what one side of a handshake came to.
type end struct {
	conn   *tls.Conn
	device model.DeviceKey
	err    error
}

// shake lets two sides prove each other on a stream.
func shake(t *testing.T, client, server *tls.Config, here, there net.Conn) (c, s end) {
	t.Helper()
	var both sync.WaitGroup
	both.Go(func() {
		c.conn, c.device, c.err = link.Secure(context.Background(), here, client, true, 5*time.Second)
	})
	both.Go(func() {
		s.conn, s.device, s.err = link.Secure(context.Background(), there, server, false, 5*time.Second)
	})
	both.Wait()
	return c, s
}

func TestTwoDevicesProveThemselves(t *testing.T) {
	t.Parallel()
	here, there := link.Pipe("a", "b")
	c, s := shake(t, link.ClientConfig(certificate(t, 1), pin(2)), link.ServerConfig(certificate(t, 2)), here, there)
	require.NoError(t, c.err)
	require.NoError(t, s.err)
	require.Equal(t, device(2), c.device)
	require.Equal(t, device(1), s.device)
	state := s.conn.ConnectionState()
	require.Equal(t, uint16(tls.VersionTLS13), state.Version)
	require.Equal(t, wire.Protocol, state.NegotiatedProtocol)
	go func() { _, _ = c.conn.Write([]byte("x")) }()
	b := make([]byte, 1)
	_, err := io.ReadFull(s.conn, b)
	require.NoError(t, err)
}

// T1, the other way round: somebody else has the address now.
func TestDialerSpeaksOnlyToThePeerItMeant(t *testing.T) {
	t.Parallel()
	here, there := link.Pipe("a", "b")
	c, s := shake(t, link.ClientConfig(certificate(t, 1), pin(2)), link.ServerConfig(certificate(t, 3)), here, there)
	var untrusted *link.UntrustedError
	require.ErrorAs(t, c.err, &untrusted)
	require.Equal(t, pin(3), untrusted.Pin)
	require.ErrorIs(t, s.err, link.ErrShut)
	require.Equal(t, link.FormatPin(pin(3)), link.Problem(c.err, "").Args["Pin"])
}

func TestHandshakeThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*tls.Config){
		"an older TLS":   func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
		"no protocol":    func(c *tls.Config) { c.NextProtos = nil },
		"another one":    func(c *tls.Config) { c.NextProtos = []string{"h2"} },
		"no certificate": func(c *tls.Config) { c.Certificates = nil },
		"another's key":  func(c *tls.Config) { c.Certificates[0].PrivateKey = deviceKey(3) }, // offers one, signs with another
		"another kind":   func(c *tls.Config) { c.Certificates = []tls.Certificate{rsaCertificate(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := link.Pipe("a", "b")
			client := link.ClientConfig(certificate(t, 1), pin(2))
			change(client)
			_, s := shake(t, client, link.ServerConfig(certificate(t, 2)), here, there)
			require.Error(t, s.err)
		})
	}
}

// both is a chain of which the second is somebody else's.
func both(a, b tls.Certificate) tls.Certificate {
	a.Certificate = append(a.Certificate, b.Certificate...)
	return a
}

func rsaCertificate(t *testing.T) tls.Certificate {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	about := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// keeps is a client's memory of sessions.
type keeps struct {
	tls.ClientSessionCache
	puts int
}

func (k *keeps) Put(key string, s *tls.ClientSessionState) {
	if s != nil {
		k.puts++
	}
	k.ClientSessionCache.Put(key, s)
}

// T3: no session is resumed, and should one be, its device is known and is looked up anew.
func TestNoSessionIsResumed(t *testing.T) {
	t.Parallel()
	cache := &keeps{ClientSessionCache: tls.NewLRUClientSessionCache(8)}
	client := link.ClientConfig(certificate(t, 1), pin(2))
	client.ClientSessionCache, client.SessionTicketsDisabled, client.ServerName = cache, false, "ben"
	server := link.ServerConfig(certificate(t, 2))
	try := func() end {
		here, there := link.Pipe("a", "b")
		c, s := shake(t, client, server, here, there)
		if c.err == nil {
			go func() { _, _ = s.conn.Write([]byte("x")) }()
			_, _ = c.conn.Read(make([]byte, 1)) // a ticket would come before it
		}
		return s
	}
	require.NoError(t, try().err)
	require.NoError(t, try().err)
	require.Zero(t, cache.puts, "no ticket is given out")

	server.SessionTicketsDisabled = false
	require.NoError(t, try().err)
	require.Positive(t, cache.puts)
	s := try()
	require.NoError(t, s.err)
	require.True(t, s.conn.ConnectionState().DidResume, "or nothing is shown here")
	require.Equal(t, device(1), s.device)
	client.ClientSessionCache = nil
	client.NextProtos = nil
	require.Error(t, try().err)
}

// T4: who does not speak TLS gets nothing but perhaps an alert.
func TestOtherProtocolsGetNoAnswer(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"http":    "GET / HTTP/1.1\r\nHost: ana\r\n\r\n",
		"ssh":     "SSH-2.0-OpenSSH_9.6\r\n",
		"frames":  string(wire.AppendFrame(nil, []byte{byte(wire.TypeHello), 1, 2, 3})),
		"zeros":   string(make([]byte, 64)),
		"a long":  string(bytes.Repeat([]byte{0x16, 3, 1, 0xff, 0xff}, 20_000)),
		"a lie":   "\x16\x03\x01\x00\x05\x01\xff\xff\xff\xff",
		"nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				here, there := link.Pipe("a", "b")
				out := &recorder{Conn: there}
				go func() { _, _ = here.Write([]byte(says)) }()
				began := time.Now()
				_, _, err := link.Secure(context.Background(), out, link.ServerConfig(certificate(t, 2)), false, 5*time.Second)
				require.Error(t, err)
				require.LessOrEqual(t, time.Since(began), 5*time.Second)
				require.LessOrEqual(t, len(out.written()), 7, "an alert has seven bytes")
				_, err = here.Write(make([]byte, 1))
				require.Error(t, err, "the stream is closed")
			})
		})
	}
}

// A handshake that goes on for ever is ended, whichever side drips.
func TestHandshakeHasADeadline(t *testing.T) {
	t.Parallel()
	for _, dialed := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			here, there := link.Pipe("a", "b")
			defer there.Close()
			cfg := link.ServerConfig(certificate(t, 2))
			began := time.Now()
			_, _, err := link.Secure(context.Background(), here, cfg, dialed, 5*time.Second)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, 5*time.Second, time.Since(began))
			require.Equal(t, "link.problem.late", link.Problem(err, "").Key)
		})
	}
	synctest.Test(t, func(t *testing.T) { // he is let in as far as TLS goes, and then hears nothing
		here, there := link.Pipe("a", "b")
		go func() {
			s := tls.Server(there, link.ServerConfig(certificate(t, 2)))
			_ = s.Handshake()
		}()
		d := &link.Dialer{Certificate: certificate(t, 1), Net: func(context.Context, link.Route) (net.Conn, func() string, error) {
			return here, nil, nil
		}}
		_, err := d.Dial(context.Background(), link.Peer{Name: "ben", Pin: pin(2)}, link.Route{Address: "ben:7117"})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		there.Close()
	})
	synctest.Test(t, func(t *testing.T) { // nobody waits for the deadline when the room closes
		here, there := link.Pipe("a", "b")
		defer there.Close()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		_, _, err := link.Secure(ctx, here, link.ServerConfig(certificate(t, 2)), false, 5*time.Second)
		require.ErrorIs(t, err, context.Canceled)
	})
}

// O8: what two rooms send before both are known to each other has no byte of the
// workspace in it, and what follows is not in the clear.
func TestNothingOfTheWorkspaceIsSentBeforeBothAreKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dialer, dialed link.Peers
		linked         bool
	}{
		"who dials is not known":      {dialer: knows("ana", 1, "ana"), dialed: knows("cleo", 3)},
		"who answers is another":      {dialer: knows("cleo", 3, "ana"), dialed: knows("ben", 2)},
		"both are known":              {dialer: knows("ana", 1, "ana"), dialed: knows("ben", 2), linked: true},
		"neither knows the other":     {dialer: knows("cleo", 3, "ana"), dialed: link.Peers{}},
		"one who was taken out again": {dialer: knows("ana", 1, "ana"), dialed: link.Peers{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.recorded = true
				ana := settle(t, n, 1, workspace, listens(c.dialed, "ana"))
				ben := settle(t, n, 2, workspace, c.dialer)
				ana.write("the password is hunter2", "and more of it")
				ben.write("what ben says")
				time.Sleep(5 * time.Second)
				require.Equal(t, c.linked, len(ana.tips()) == 4)
				records := n.records()
				require.NotEmpty(t, records)
				secret := [][]byte{workspace[:], []byte("hunter2"), []byte("what ben says"), []byte("test")}
				for id := range ana.tips() {
					secret = append(secret, id[:])
				}
				for _, raw := range records {
					for _, s := range secret {
						require.False(t, bytes.Contains(raw, s), "%q was sent in the clear", s)
					}
					if !c.linked {
						require.Less(t, len(raw), 2_000, "more than a handshake was sent")
					}
				}
			})
		})
	}
}

// In the clear nothing can be told from the bytes, so the other side of it: a dialer
// whose peer is through with TLS, but has not said that it lets it in, has said nothing.
func TestDialerSaysNothingBeforeItIsLetIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		door, err := n.listen("ana:7117")
		require.NoError(t, err)
		settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		c, err := door.Accept()
		require.NoError(t, err)
		s := tls.Server(c, link.ServerConfig(certificate(t, 1)))
		require.NoError(t, s.Handshake())
		require.NoError(t, s.SetReadDeadline(time.Now().Add(4*time.Second)))
		got, err := io.ReadAll(s)
		require.Error(t, err)
		require.Empty(t, got)
		require.False(t, errors.Is(err, io.EOF))
	})
}
