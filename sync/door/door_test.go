package door

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"
)

func signer(t *testing.T) gossh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	s, err := gossh.NewSignerFromKey(key)
	require.NoError(t, err)
	return s
}

// house is doors over a handler that says who came and what they want.
type house struct {
	t    *testing.T
	addr string
	mu   sync.Mutex
	came []Guest
}

func (h *house) guests() []Guest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Guest(nil), h.came...)
}

func openHouse(t *testing.T, keys Keys, handle func(*Session) int) *house {
	t.Helper()
	h := &house{t: t}
	s := New(Options{HostKey: signer(t), Keys: keys, Version: "test", Handle: func(s *Session) int {
		h.mu.Lock()
		h.came = append(h.came, s.Guest)
		h.mu.Unlock()
		if handle != nil {
			return handle(s)
		}
		fmt.Fprint(s, strings.Join(s.Args, "|"))
		return 0
	}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h.addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.ServeSSH(l)
	}()
	t.Cleanup(func() {
		require.NoError(t, s.Shutdown(context.Background()))
		l.Close()
		<-done
	})
	return h
}

func (h *house) dial(user string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", h.addr, &gossh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 20 * time.Second,
	})
}

func keyFile(t *testing.T, lines ...string) *KeyFile {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return &KeyFile{File: file}
}

func line(s gossh.Signer, comment string) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(s.PublicKey()))) + " " + comment
}

func TestOnlyAKnownKeyComesIn(t *testing.T) {
	t.Parallel()
	ana, stranger := signer(t), signer(t)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana@laptop"))}, nil)
	c, err := h.dial("root", gossh.PublicKeys(ana))
	require.NoError(t, err)
	defer c.Close()
	s, err := c.NewSession()
	require.NoError(t, err)
	out, err := s.Output("log 'two words'")
	require.NoError(t, err)
	require.Equal(t, "log|two words", string(out))
	got := h.guests()[0]
	require.Equal(t, Listed{Name: "ana"}, got.Listed, "the name is the key's, whatever login was asked for")
	for name, auth := range map[string]gossh.AuthMethod{
		"a stranger's key": gossh.PublicKeys(stranger),
		"a password":       gossh.Password("secret"),
		"an interactive one": gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) {
			return []string{"secret"}, nil
		}),
		"nothing at all": nil,
	} {
		var err error
		if auth == nil {
			_, err = h.dial("ana")
		} else {
			_, err = h.dial("ana", auth)
		}
		require.Error(t, err, name)
	}
	require.Len(t, h.guests(), 1)
}

// forger offers somebody else's key, and signs with its own.
type forger struct {
	gossh.Signer
	shown gossh.PublicKey
}

func (f forger) PublicKey() gossh.PublicKey { return f.shown }

func TestAKeyThatIsOnlyOfferedCountsForNothing(t *testing.T) {
	t.Parallel()
	ana, bob := signer(t), signer(t)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"), line(bob, "bob"))}, nil)
	_, err := h.dial("ana", gossh.PublicKeys(forger{bob, ana.PublicKey()}))
	require.Error(t, err, "ana's key with bob's signature")
	require.Empty(t, h.guests())
}

// meta is a connection before and after its authentication.
type meta struct{ gossh.Conn }

func (meta) User() string         { return "ana" }
func (meta) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// A client may offer one key after the other, and need sign with the last alone
// (GHSA-pchf-49fh-w34r): what the first left behind must not be the connection's.
func TestWhatAnOfferedKeyWouldProveIsNotTheNextOnes(t *testing.T) {
	t.Parallel()
	ana, bob := signer(t), signer(t)
	keys := Keys{File: keyFile(t, line(ana, "ana"), line(bob, "bob"))}
	offered, err := keys.authenticate(meta{}, ana.PublicKey(), time.Now)
	require.NoError(t, err)
	signed, err := keys.authenticate(meta{}, bob.PublicKey(), time.Now)
	require.NoError(t, err)
	require.NotEqual(t, offered.Extensions, signed.Extensions)
	g, err := guestOf(&gossh.ServerConn{Conn: meta{}, Permissions: signed})
	require.NoError(t, err)
	require.Equal(t, "bob", g.Listed.Name, "who signed is who it is, whatever was offered and asked for")
	require.Equal(t, bob.PublicKey().Marshal(), g.Key)
	for name, p := range map[string]*gossh.Permissions{
		"none": nil, "empty": {}, "no key": {Extensions: map[string]string{factDoor: doorSSH}},
		"no uid": {Extensions: map[string]string{factDoor: doorSocket}},
	} {
		_, err := guestOf(&gossh.ServerConn{Conn: meta{}, Permissions: p})
		require.ErrorIs(t, err, errNobody, name)
	}
}

func certificate(t *testing.T, ca, user gossh.Signer, change func(*gossh.Certificate)) gossh.Signer {
	t.Helper()
	cert := &gossh.Certificate{
		Key: user.PublicKey(), CertType: gossh.UserCert, ValidPrincipals: []string{"ana"},
		ValidAfter: 0, ValidBefore: gossh.CertTimeInfinity,
	}
	change(cert)
	require.NoError(t, cert.SignCert(rand.Reader, ca))
	s, err := gossh.NewCertSigner(cert, user)
	require.NoError(t, err)
	return s
}

func TestOnlyAGoodCertificateComesIn(t *testing.T) {
	t.Parallel()
	ca, other, user := signer(t), signer(t), signer(t)
	h := openHouse(t, Keys{Authorities: keyFile(t, line(ca, "authority"))}, nil)
	good := certificate(t, ca, user, func(*gossh.Certificate) {})
	c, err := h.dial("ana", gossh.PublicKeys(good))
	require.NoError(t, err)
	defer c.Close()
	s, err := c.NewSession()
	require.NoError(t, err)
	require.NoError(t, s.Run("list"))
	require.Equal(t, "ana", h.guests()[0].Principal)
	_, err = h.dial("bob", gossh.PublicKeys(good))
	require.Error(t, err, "another principal")
	for name, bad := range map[string]gossh.Signer{
		"expired":           certificate(t, ca, user, func(c *gossh.Certificate) { c.ValidBefore = 1 }),
		"not valid yet":     certificate(t, ca, user, func(c *gossh.Certificate) { c.ValidAfter = uint64(time.Now().Add(time.Hour).Unix()) }),
		"no principal":      certificate(t, ca, user, func(c *gossh.Certificate) { c.ValidPrincipals = nil }),
		"a host's":          certificate(t, ca, user, func(c *gossh.Certificate) { c.CertType = gossh.HostCert }),
		"another authority": certificate(t, other, user, func(*gossh.Certificate) {}),
		"another address":   certificate(t, ca, user, func(c *gossh.Certificate) { c.CriticalOptions = map[string]string{"source-address": "192.0.2.1/32"} }),
		"a forced command":  certificate(t, ca, user, func(c *gossh.Certificate) { c.CriticalOptions = map[string]string{"force-command": "true"} }),
	} {
		_, err := h.dial("ana", gossh.PublicKeys(bad))
		require.Error(t, err, name)
	}
}

func TestALineThatCannotBeKeptToLetsNobodyIn(t *testing.T) {
	t.Parallel()
	a, b := signer(t), signer(t)
	f := keyFile(t, `from="192.0.2.1" `+line(a, "ana"), `warroom-access="observer",restrict `+line(b, "bob@x"), "rubbish")
	keys, problems, err := ReadKeys(f.File)
	require.NoError(t, err)
	require.Len(t, problems, 2)
	require.Equal(t, map[string]Listed{string(b.PublicKey().Marshal()): {Name: "bob", Access: "observer"}}, keys)
}

func TestNothingIsForwardedAndNoSubsystemIsThere(t *testing.T) {
	t.Parallel()
	ana := signer(t)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"))}, nil)
	c, err := h.dial("ana", gossh.PublicKeys(ana))
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Dial("tcp", "127.0.0.1:1")
	require.Error(t, err, "-L and -D")
	_, err = c.Listen("tcp", "127.0.0.1:0")
	require.Error(t, err, "-R")
	s, err := c.NewSession()
	require.NoError(t, err)
	defer s.Close()
	require.Error(t, s.RequestSubsystem("sftp"))
	for _, name := range []string{"auth-agent-req@openssh.com", "x11-req", "break"} {
		ok, err := s.SendRequest(name, true, nil)
		require.NoError(t, err)
		require.False(t, ok, name)
	}
	require.Error(t, s.Setenv("LD_PRELOAD", "/tmp/x.so"))
	require.NoError(t, s.Setenv("LANG", "fr_FR.UTF-8"))
	require.Error(t, s.Setenv("LANG", "a\x1b[2J"))
	require.Empty(t, h.guests(), "nothing has begun")
}

func TestATerminalOfAnySizeAndKindIsMadeFit(t *testing.T) {
	t.Parallel()
	ana := signer(t)
	type seen struct {
		size Size
		term string
	}
	got := make(chan seen, 8)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"))}, func(s *Session) int {
		got <- seen{s.Size(), s.Term}
		return 0
	})
	c, err := h.dial("ana", gossh.PublicKeys(ana))
	require.NoError(t, err)
	defer c.Close()
	for _, tc := range []struct {
		term string
		w, h int
		want seen
	}{
		{"xterm-256color", 120, 40, seen{Size{120, 40}, "xterm-256color"}},
		{"xterm", 0, 0, seen{defaultSize, "xterm"}},
		{"a\x1b]0;x\x07", 100000, 100000, seen{Size{maxWidth, maxCells / maxWidth}, "vt100"}},
		{strings.Repeat("x", 100), 1, 1, seen{Size{1, 1}, "vt100"}},
	} {
		s, err := c.NewSession()
		require.NoError(t, err)
		require.NoError(t, s.RequestPty(tc.term, tc.h, tc.w, nil))
		require.NoError(t, s.Shell())
		require.Equal(t, tc.want, <-got)
		require.NoError(t, s.Wait())
	}
}

func TestAPanicEndsItsOwnSessionAlone(t *testing.T) {
	t.Parallel()
	ana := signer(t)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"))}, func(s *Session) int {
		if s.Args[0] == "break" {
			panic("broken")
		}
		return 7
	})
	c, err := h.dial("ana", gossh.PublicKeys(ana))
	require.NoError(t, err)
	defer c.Close()
	code := func(cmd string) int {
		s, err := c.NewSession()
		require.NoError(t, err)
		var exit *gossh.ExitError
		require.ErrorAs(t, s.Run(cmd), &exit)
		return exit.ExitStatus()
	}
	require.Equal(t, 1, code("break"))
	require.Equal(t, 7, code("go on"))
}

// What lies between a room and a terminal that never reads is bounded, and nobody
// else waits for it.
func TestATerminalThatNeverReadsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	ana := signer(t)
	const much = 64 << 20
	stuck, wrote := make(chan struct{}), make(chan int, 1)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"))}, func(s *Session) int {
		if s.Term == "" {
			return 7
		}
		close(stuck)
		n := 0
		for n < much {
			m, err := s.Write(make([]byte, 8<<10))
			if n += m; err != nil {
				break
			}
		}
		wrote <- n
		return 0
	})
	c, err := h.dial("ana", gossh.PublicKeys(ana))
	require.NoError(t, err)
	defer c.Close()
	deaf, err := c.NewSession()
	require.NoError(t, err)
	require.NoError(t, deaf.RequestPty("xterm", 24, 80, nil))
	_, err = deaf.StdoutPipe() // and nobody reads it
	require.NoError(t, err)
	require.NoError(t, deaf.Shell())
	<-stuck
	for range 3 {
		other, err := h.dial("ana", gossh.PublicKeys(ana))
		require.NoError(t, err)
		defer other.Close()
		s, err := other.NewSession()
		require.NoError(t, err)
		var exit *gossh.ExitError
		require.ErrorAs(t, s.Run("list"), &exit)
		require.Equal(t, 7, exit.ExitStatus())
	}
	require.NoError(t, c.Close())
	require.Less(t, <-wrote, 8<<20, "it was not buffered")
}

// A thousand connections that say nothing are at the door; somebody with a key, from
// another address, comes in all the same.
func TestAThousandHalfOpenConnectionsShutNobodyOut(t *testing.T) {
	t.Parallel()
	ana := signer(t)
	h := openHouse(t, Keys{File: keyFile(t, line(ana, "ana"))}, func(*Session) int { return 7 })
	for range 1000 {
		c, err := net.Dial("tcp", h.addr)
		require.NoError(t, err)
		defer c.Close()
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	c, err := d.Dial("tcp", h.addr)
	if err != nil {
		t.Skip("this machine has one loopback address: ", err)
	}
	conn, channels, requests, err := gossh.NewClientConn(c, h.addr, &gossh.ClientConfig{
		User: "ana", Auth: []gossh.AuthMethod{gossh.PublicKeys(ana)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	require.NoError(t, err)
	client := gossh.NewClient(conn, channels, requests)
	defer client.Close()
	s, err := client.NewSession()
	require.NoError(t, err)
	var exit *gossh.ExitError
	require.ErrorAs(t, s.Run("list"), &exit)
	require.Equal(t, 7, exit.ExitStatus())
}
