package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// host is a machine with several users and a service. Only root can be several.
type host struct {
	t       *testing.T
	dir     string // everybody may enter it
	program string
	socket  string
}

func newHost(t *testing.T) *host {
	if os.Getuid() != 0 {
		t.Skip("only root can be several users")
	}
	dir, err := os.MkdirTemp("", "host")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	h := &host{t: t, dir: dir, program: filepath.Join(dir, "warroom"), socket: filepath.Join(dir, "run", "default.sock")}
	self, err := os.Executable()
	require.NoError(t, err)
	// Not written by this process: one that it starts meanwhile would have the file
	// open for writing, and nobody can run it then.
	out, err := exec.Command("cp", self, h.program).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, os.Chmod(h.program, 0o755))
	return h
}

// command is the program as a user of this machine, with a home of their own.
func (h *host) command(uid, gid uint32, args ...string) *exec.Cmd {
	h.t.Helper()
	home := filepath.Join(h.dir, fmt.Sprint("home", uid))
	require.NoError(h.t, os.MkdirAll(home, 0o700))
	require.NoError(h.t, os.Chown(home, int(uid), int(gid)))
	return &exec.Cmd{
		Path: h.program, Args: append([]string{"warroom"}, args...), Dir: "/",
		Env:         []string{"HOME=" + home, "LANG=C.UTF-8", "WARROOM_SOCKET=" + h.socket},
		SysProcAttr: &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}},
	}
}

// serve runs the service until the test ends.
func (h *host) serve(group uint32, args ...string) {
	h.t.Helper()
	run := filepath.Dir(h.socket)
	require.NoError(h.t, os.Mkdir(run, 0o750))
	require.NoError(h.t, os.Chown(run, 0, int(group)))
	require.NoError(h.t, os.Chmod(run, 0o750))
	cmd := h.command(0, 0, append([]string{"serve", "--name", "keeper"}, args...)...)
	said, err := cmd.StderrPipe()
	require.NoError(h.t, err)
	require.NoError(h.t, cmd.Start())
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "the room is open") {
	}
	require.NoError(h.t, lines.Err())
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, said)
	}()
	h.t.Cleanup(func() {
		require.NoError(h.t, cmd.Process.Signal(syscall.SIGTERM))
		<-read
		require.NoError(h.t, cmd.Wait())
	})
}

// as does a verb as a user, and gives its code and all that it said.
func (h *host) as(uid, gid uint32, args ...string) (int, string) {
	h.t.Helper()
	cmd := h.command(uid, gid, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err != nil {
		require.IsType(h.t, &exec.ExitError{}, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

const (
	people = 60_001
	first  = 60_002
	second = 60_003
)

func TestTheUsersOfAMachineShareTheRoomOfItsService(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.serve(people, "--newcomers", "responder")
	st, err := os.Stat(h.socket)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o660), st.Mode().Perm())
	require.Equal(t, uint32(people), st.Sys().(*syscall.Stat_t).Gid)

	code, said := h.as(first, people, "open", "Checkout")
	require.Zero(t, code, said)
	code, said = h.as(second, people, "log", "from the other user")
	require.Zero(t, code, said)
	code, said = h.as(first, people, "log", "--list")
	require.Zero(t, code, said)
	require.Contains(t, said, "uid60003")
	require.Contains(t, said, "from the other user")

	code, said = h.as(second, second, "list")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "You may not use the room at")
	code, said = h.as(first, people, "stop")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "Only whoever runs the room process")
	code, said = h.as(first, people, "member", "remove", "uid60003")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "owner")
}

// Whoever may reach the socket is let in without being asked for; who was taken out
// must not come back that way.
func TestWhoWasTakenOutDoesNotComeBackAsANewcomer(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.serve(people, "--newcomers", "responder")
	_, said := h.as(first, people, "open", "Checkout")
	require.Contains(t, said, "Checkout")
	_, said = h.as(first, people, "name", "Ana") // by another name than the login's
	require.Contains(t, said, "Ana")
	code, said := h.as(0, 0, "member", "remove", "Ana")
	require.Zero(t, code, said)
	for range 2 {
		code, said = h.as(first, people, "list")
		require.Equal(t, exitFailed, code)
		require.Contains(t, said, "were taken out of it")
		require.NotContains(t, said, "Checkout")
	}
	code, said = h.as(0, 0, "member", "add", "Ana", "--user", "uid60002", "--access", "observer")
	require.Zero(t, code, said)
	code, said = h.as(first, people, "list")
	require.Zero(t, code, said)
	require.Contains(t, said, "Checkout")
	code, said = h.as(first, people, "log", "hello")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "observer")
}

func TestWithoutNewcomersOnlyMembersComeIn(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.serve(people)
	code, said := h.as(first, people, "list")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "is not known in this room")
	require.Contains(t, said, "--user uid60002")
	code, said = h.as(0, 0, "member", "add", "Ana", "--user", "uid60002")
	require.Zero(t, code, said)
	code, said = h.as(first, people, "open", "Checkout")
	require.Zero(t, code, said)
}

func TestARestrictedIncidentIsNotThereForOtherUsers(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.serve(people, "--newcomers", "responder")
	_, said := h.as(first, people, "open", "Payroll leak", "--restrict", "keeper")
	require.Contains(t, said, "Payroll leak")
	key := strings.Fields(said)[0]
	_, said = h.as(second, people, "open", "Mail is late")
	require.Contains(t, said, "Mail is late")
	for _, args := range [][]string{
		{"list", "--all"}, {"list", "-o", "json"}, {}, {"status"}, {"export"}, {"log", "--list"}, {"role"},
		{"status", "-i", key}, {"export", "-i", key}, {"log", "hello", "-i", key}, {"verify", key}, {"star", "abcd1234", "-i", key}, {"restrict", "-i", key},
	} {
		_, said := h.as(second, people, args...)
		require.NotContains(t, said, "Payroll", args)
		require.NotContains(t, said, "restricted", args)
	}
	code, said := h.as(second, people, "status", "-i", key)
	require.Equal(t, exitFailed, code)
	code, unknown := h.as(second, people, "status", "-i", "ZZZZZZ")
	require.Equal(t, exitFailed, code)
	short := strings.TrimPrefix(key, "INC-")
	require.Equal(t, strings.ReplaceAll(unknown, "ZZZZZZ", short), said, "as one that never was")
	_, said = h.as(0, 0, "list")
	require.Contains(t, said, "Payroll leak")
}
