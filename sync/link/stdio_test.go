package link_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

// TestMain lets this program stand in for ssh, with what it is to do as its arguments.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "as-ssh" {
		asSSH(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}

func asSSH(args []string) {
	switch args[0] {
	case "echo":
		_, _ = io.Copy(os.Stdout, os.Stdin)
	case "refuse":
		fmt.Fprintln(os.Stderr, "Warning: something")
		fmt.Fprintln(os.Stderr, "ana@jump2: Permission denied (publickey).")
		fmt.Fprintln(os.Stderr)
		os.Exit(255)
	case "room": // carries the stream to a room that listens
		c, err := net.Dial("tcp", args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func() {
			_, _ = io.Copy(c, os.Stdin)
			_ = c.Close()
		}()
		_, _ = io.Copy(os.Stdout, c)
	case "stays": // whatever happens to its streams
		select {}
	}
}

func program(t *testing.T, args ...string) (net.Conn, func() string) {
	t.Helper()
	c, said, err := link.Program(t.Context(), append([]string{os.Args[0], "as-ssh"}, args...)...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c, said
}

func TestProgramCarriesAStream(t *testing.T) {
	t.Parallel()
	c, _ := program(t, "echo")
	want := []byte(strings.Repeat("0123456789", 50_000))
	go func() { _, _ = c.Write(want) }()
	got := make([]byte, len(want))
	_, err := io.ReadFull(c, got)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, c.Close())
	require.ErrorIs(t, c.Close(), net.ErrClosed)
	_, err = c.Read(got)
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestDeadlineOfAProgramsStreamIsKept(t *testing.T) {
	t.Parallel()
	c, _ := program(t, "stays")
	require.NoError(t, c.SetReadDeadline(time.Now()))
	_, err := c.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, c.SetWriteDeadline(time.Now()))
	_, err = c.Write(make([]byte, 1<<20))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

// It returns only when the program is gone, and everything that was written is through.
func TestProgramEndsWithItsStream(t *testing.T) {
	t.Parallel()
	c, _ := program(t, "stays")
	_, err := c.Write([]byte("x"))
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

func TestLastLineOfAProgramIsTheProblem(t *testing.T) {
	t.Parallel()
	d := &link.Dialer{Certificate: certificate(t, 1), Net: func(ctx context.Context, _ link.Route) (net.Conn, func() string, error) {
		return link.Program(ctx, os.Args[0], "as-ssh", "refuse")
	}}
	p := link.Peer{Name: "jump2", Pin: pin(2), SSH: "jump2"}
	_, err := d.Dial(t.Context(), p, p.Routes()[0])
	var why *link.DialError
	require.ErrorAs(t, err, &why)
	require.Equal(t, "ssh jump2", why.Route.String())
	require.Equal(t, model.Say("link.problem.program", "Said", "ana@jump2: Permission denied (publickey)."), link.Problem(err, why.Said))
}

func TestProgramThatIsNotThereIsTold(t *testing.T) {
	t.Parallel()
	_, _, err := link.Program(t.Context(), "no-such-program-at-all")
	require.ErrorIs(t, err, exec.ErrNotFound)
	require.Equal(t, "link.problem.noprogram", link.Problem(err, "").Key)
}

// Two rooms over the standard input and output of a program, with real sockets behind it.
func TestRoomsAreLinkedOverAProgram(t *testing.T) {
	t.Parallel()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listen := func(o *link.Options) { o.Listen = func(string) (net.Listener, error) { return door, nil } }
	ana := settle(t, nil, 1, workspace, listens(knows("ben", 2), "ana"), listen)
	ana.write("over there")
	var mu sync.Mutex
	var routes []string
	ben := settle(t, nil, 2, workspace, link.Peers{All: []link.Peer{{Name: "ana", Pin: pin(1), SSH: "jump2"}}}, func(o *link.Options) {
		o.Net = func(ctx context.Context, r link.Route) (net.Conn, func() string, error) {
			mu.Lock()
			routes = append(routes, r.String())
			mu.Unlock()
			return link.Program(ctx, os.Args[0], "as-ssh", "room", door.Addr().String())
		}
	})
	ben.until(func() bool { return len(ben.tips()) == 4 && ben.peer().State == model.LinkLive })
	require.Equal(t, ana.tips(), ben.tips())
	require.Equal(t, "ssh jump2", ben.peer().Route)
	ben.stop()
	mu.Lock()
	require.Equal(t, []string{"ssh jump2"}, routes)
	mu.Unlock()
}
