//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// hang is when a test gives up: nothing here takes a tenth of it.
const hang = time.Minute

// jump is a machine on which a room process serves people over ssh. Those people
// have the real ssh, and keys in a folder of theirs.
type jump struct {
	*world
	ssh  string
	keys string // the file of keys
	port string
	room *exec.Cmd
	log  *heard
}

// newJump makes the machine and its room; its founder is ana, at the socket.
// People are lines of the file of keys: options, if any, and a name.
func newJump(t *testing.T, people ...string) *jump {
	t.Helper()
	j := &jump{world: newWorld(t), ssh: needs(t, "ssh")}
	needs(t, "ssh-keygen")
	j.must("open", "Checkout")
	j.keys = filepath.Join(j.home, "keys")
	require.NoError(t, os.WriteFile(j.keys, nil, 0o600))
	for _, line := range people {
		words := strings.Fields(line)
		name := words[len(words)-1]
		public := j.public(name)
		if len(words) > 1 {
			public = words[0] + " " + public
		}
		appendLine(t, j.keys, public)
	}
	return j
}

// withRoom is a machine whose room process runs.
func withRoom(t *testing.T, people ...string) *jump {
	t.Helper()
	j := newJump(t, people...)
	j.serve()
	return j
}

func appendLine(t *testing.T, file, line string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = f.WriteString(line + "\n")
	require.NoError(t, errors.Join(err, f.Close()))
}

// key is the file of somebody's private key, which is made when it is asked for
// first.
func (j *jump) key(name string) string {
	j.t.Helper()
	file := filepath.Join(j.home, name)
	if _, err := os.Stat(file); err != nil {
		j.keygen("-q", "-t", "ed25519", "-N", "", "-C", name+"@laptop", "-f", file)
	}
	return file
}

// public is somebody's public key, as a line.
func (j *jump) public(name string) string {
	j.t.Helper()
	raw, err := os.ReadFile(j.key(name) + ".pub")
	require.NoError(j.t, err)
	return strings.TrimSpace(string(raw))
}

func (j *jump) keygen(args ...string) {
	j.t.Helper()
	out, err := exec.Command("ssh-keygen", args...).CombinedOutput()
	require.NoError(j.t, err, "ssh-keygen %v: %s", args, out)
}

var sshOpen = regexp.MustCompile(`msg="ssh is open" address=127\.0\.0\.1:(\d+)`)

// serve starts the room process, in a process of its own, and waits until it lets
// people in.
func (j *jump) serve(args ...string) {
	j.t.Helper()
	j.log = newHeard()
	j.room = j.program(nil, append([]string{"serve", "--ssh", "127.0.0.1:0", "--keys", j.keys}, args...)...)
	j.room.Stderr = j.log
	require.NoError(j.t, j.room.Start())
	room, log := j.room, j.log
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = room.Wait() // its code is in the state
	}()
	j.t.Cleanup(func() {
		_ = room.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-ended:
		case <-time.After(hang):
			_ = room.Process.Kill()
			j.t.Error("the room process did not end")
		}
		if j.t.Failed() {
			j.t.Logf("the room process said:\n%s", log.text())
		}
	})
	j.port = log.until(j.t, sshOpen)[1]
	log.until(j.t, opened)
}

// sshArgs are the arguments of ssh for somebody, without any of this machine's or
// this user's settings.
func (j *jump) sshArgs(name string) []string {
	return []string{
		"-F", "/dev/null", "-o", "UserKnownHostsFile=" + filepath.Join(j.home, "known_hosts"), "-o", "GlobalKnownHostsFile=/dev/null",
		"-o", "StrictHostKeyChecking=accept-new", "-o", "HostKeyAlias=jump", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "Port=" + j.port, "-i", j.key(name),
	}
}

// person is the command ssh of somebody: options, then what comes after the host.
func (j *jump) person(name string, options []string, words ...string) *exec.Cmd {
	// Of an option that is given twice, ssh takes the first.
	args := slices.Concat([]string{"ssh"}, options, j.sshArgs(name), []string{name + "@127.0.0.1"}, words)
	return &exec.Cmd{Path: j.ssh, Args: args, Env: slices.Clone(j.env)}
}

// console is somebody's console over ssh.
func (j *jump) console(name string, options ...string) *shown {
	j.t.Helper()
	return j.terminal(24, 80, j.person(name, append(options, "-tt")))
}

// does has somebody do something over ssh: the words are what their shell leaves.
func (j *jump) does(name, stdin string, words ...string) (code int, stdout, stderr string) {
	j.t.Helper()
	return j.ends(j.person(name, nil, words...), stdin)
}

// done has somebody do what must succeed, and gives what it said.
func (j *jump) done(name string, words ...string) string {
	j.t.Helper()
	code, out, said := j.does(name, "", words...)
	require.Zero(j.t, code, "%v: %s", words, said)
	return out
}

// ends runs a command to its end.
func (j *jump) ends(cmd *exec.Cmd, stdin string) (code int, stdout, stderr string) {
	j.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &said
	require.NoError(j.t, cmd.Start())
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	require.NoError(j.t, ctx.Err(), "%v does not end; it said: %s", cmd.Args, &said)
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		require.NoError(j.t, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// heard keeps what a process says, for others to wait for.
type heard struct {
	mu   sync.Mutex
	out  bytes.Buffer
	news chan struct{}
}

func newHeard() *heard { return &heard{news: make(chan struct{}, 1)} }

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case h.news <- struct{}{}:
	default:
	}
	return h.out.Write(p)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.String()
}

// until waits for something to be said, and gives its groups.
func (h *heard) until(t *testing.T, what *regexp.Regexp) []string {
	t.Helper()
	late := time.After(hang)
	for {
		if m := what.FindStringSubmatch(h.text()); m != nil {
			return m
		}
		select {
		case <-h.news:
		case <-late:
			t.Fatalf("%q was never said; there is:\n%s", what, h.text())
		}
	}
}

// consolesWent waits until so many consoles have ended.
func (j *jump) consolesWent(n int) {
	j.t.Helper()
	j.log.until(j.t, regexp.MustCompile(strings.Repeat(`msg=went [^\n]*console=true(?s:.*)`, n)))
}

func TestAConsoleOverSshShowsTheRoomAndActs(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	s := j.console("bob")
	s.until("Checkout")
	require.False(t, s.cooked())
	s.press("s")
	s.until("SEV1") // the choice
	s.press("1")
	s.until("severity SEV1")
	require.Contains(t, j.must("list"), "SEV1")
	require.Contains(t, j.must("log", "--list"), "bob")
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	require.Regexp(t, `\x1b\[\?1049l(?s:.*)the log is kept\.[^\x1b]*\r\n`+mark, s.text(), "the farewell stands below, on the shell's screen")
}

func TestAConsoleOverSshSeesWhatOthersDoWithoutAKey(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "carol")
	s := j.console("bob")
	s.until("Checkout")
	j.done("carol", "log", "from carol over ssh")
	s.until("from carol over ssh")
	j.must("log", "from ana at the socket")
	s.until("from ana at the socket")
}

func TestASignalToTheRoomProcessTellsConsolesOverSsh(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	s := j.console("bob")
	s.until("Checkout")
	s.press("ihalf a line")
	j.kept("half a line")
	require.NoError(t, j.room.Process.Signal(syscall.SIGTERM))
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "The room process was stopped.")
	j.log.until(t, regexp.MustCompile(`the room is closing`))
	j.serve()
	j.console("bob").until("half a line")
}

func TestATerminalWithoutASizeAndWithAnOddNameShowsAConsole(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	cmd := j.person("bob", []string{"-tt"})
	cmd.Env = append(cmd.Env, "TERM=xterm-256color\x1b]0;stolen\x07")
	s := j.terminal(0, 0, cmd)
	s.until("Checkout")
	require.NotContains(t, s.text(), "stolen")
	require.NoError(t, pty.Setsize(s.ptmx, &pty.Winsize{Rows: 30, Cols: 100}))
	s.press("isized\r")
	s.until("sized")
	s.press("\x1b")
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	require.NotContains(t, s.text(), "stolen")
	require.NotRegexp(t, `\x1b\[\d+X`, s.text(), "it is taken for as little as a terminal can be")
	require.NotContains(t, j.log.text(), "stolen")
}

func TestADumbTerminalOverSshGetsTheRoomAsText(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	cmd := j.person("bob", []string{"-tt"})
	cmd.Env = append(cmd.Env, "TERM=dumb")
	s := j.terminal(24, 80, cmd)
	require.Zero(t, s.end())
	require.Contains(t, s.text(), "Checkout")
	require.NotContains(t, s.text(), "\x1b")
	require.True(t, s.cooked())
}
