package attach_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"warroom/sync/attach"
	"warroom/sync/door"
)

// listen opens a socket door with a handler, and gives the socket and its end.
func listen(t *testing.T, handle func(*door.Session) int) (socket string, end func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "wr") // a socket's name must be short
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	key, err := gossh.NewSignerFromKey(private)
	require.NoError(t, err)
	s := door.New(door.Options{HostKey: key, Handle: handle, Version: "1.2.3"})
	socket = filepath.Join(dir, "room.sock")
	l, err := door.Listen(socket, 0o600)
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.ServeSocket(l)
	}()
	ended := false
	end = func() {
		if !ended {
			ended = true
			require.NoError(t, s.Shutdown(context.Background()))
			l.Close()
			<-done
		}
	}
	t.Cleanup(end)
	return socket, end
}

func mine(uid uint32) bool { return int(uid) == os.Getuid() }

func dial(t *testing.T, socket string) *attach.Conn {
	t.Helper()
	c, err := attach.Dial(t.Context(), socket, "1.2.3", mine)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func TestAVerbGoesThroughTheSocketWithItsStreamsAndItsCode(t *testing.T) {
	t.Parallel()
	socket, _ := listen(t, func(s *door.Session) int {
		in, err := io.ReadAll(s)
		fmt.Fprintf(s, "%q %q %v %v", s.Args, in, err, s.Env["LANG"])
		fmt.Fprint(s.Stderr(), s.Guest.Local, s.Guest.UID)
		return 3
	})
	c := dial(t, socket)
	require.Equal(t, "1.2.3", c.Version)
	args := []string{"log", "it's", "", "two\nlines", "-", "$(x)"}
	var out, err bytes.Buffer
	code, failed := c.Run(t.Context(), attach.Call{Args: args, Env: map[string]string{"LANG": "nl_NL.UTF-8"}, In: strings.NewReader("piped"), Out: &out, Err: &err})
	require.NoError(t, failed)
	require.Equal(t, 3, code)
	require.Equal(t, fmt.Sprintf("%q %q <nil> nl_NL.UTF-8", args, "piped"), out.String())
	require.Equal(t, fmt.Sprint(true, os.Getuid()), err.String(), "who it is comes from the kernel")
	out.Reset()
	_, failed = c.Run(t.Context(), attach.Call{Args: []string{"list"}, Out: &out})
	require.NoError(t, failed)
	require.Equal(t, `["list"] "" <nil> `, out.String(), "without an input there is an end at once")
}

func TestARoomThatIsNotThereIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := attach.Dial(t.Context(), filepath.Join(dir, "none.sock"), "1", mine)
	require.ErrorIs(t, err, attach.ErrNone)
	// What a killed process leaves behind.
	stale := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	require.NoError(t, err)
	l.SetUnlinkOnClose(false)
	require.NoError(t, l.Close())
	_, err = attach.Dial(t.Context(), stale, "1", mine)
	require.ErrorIs(t, err, attach.ErrNone)
	again, err := door.Listen(stale, 0o600)
	require.NoError(t, err, "the next process takes its place")
	require.NoError(t, again.Close())
}

func TestAnotherUsersProcessIsToldNothing(t *testing.T) {
	t.Parallel()
	socket, _ := listen(t, func(*door.Session) int {
		t.Error("a session was opened")
		return 0
	})
	_, err := attach.Dial(t.Context(), socket, "1", func(uint32) bool { return false })
	require.ErrorIs(t, err, attach.ErrStranger)
}

func TestARoomThatEndsUnderAVerbIsGone(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	socket, _ := listen(t, func(s *door.Session) int {
		close(begun)
		<-s.Context().Done()
		return 0
	})
	c := dial(t, socket)
	go func() {
		<-begun
		c.Close() // as when the process dies: no exit code comes
	}()
	_, err := c.Run(t.Context(), attach.Call{Args: []string{"log", "-"}, In: strings.NewReader("x")})
	require.ErrorIs(t, err, attach.ErrGone)
}
