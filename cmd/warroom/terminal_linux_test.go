package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// shown is the real program on a terminal of its own.
type shown struct {
	t    *testing.T
	cmd  *exec.Cmd
	ptmx *os.File
	tty  *os.File // kept open, so that its state can be read afterwards

	mu   sync.Mutex
	out  bytes.Buffer
	news chan struct{}
}

// mark is what no program writes.
const mark = "<<< ended >>>"

func (w *world) show(rows, cols uint16, env []string, args ...string) *shown {
	w.t.Helper()
	return w.terminal(rows, cols, w.program(env, args...))
}

// program is the real program in a process of its own: the test binary is it, when
// it is called so.
func (w *world) program(env []string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	require.NoError(w.t, err)
	return &exec.Cmd{Path: self, Args: append([]string{"warroom"}, args...), Env: append(slices.Clone(w.env), env...)}
}

// terminal runs a command on a terminal of its own.
func (w *world) terminal(rows, cols uint16, cmd *exec.Cmd) *shown {
	t := w.t
	ptmx, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(ptmx, &pty.Winsize{Rows: rows, Cols: cols}))
	s := &shown{t: t, cmd: cmd, ptmx: ptmx, tty: tty, news: make(chan struct{}, 1)}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, s.cmd.Start())
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1<<16)
		for {
			n, err := ptmx.Read(buf)
			s.mu.Lock()
			s.out.Write(buf[:n])
			s.mu.Unlock()
			select {
			case s.news <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended long ago
		tty.Close()
		ptmx.Close()
		<-done
	})
	return s
}

func (s *shown) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// until waits for the program to write something.
func (s *shown) until(what string) {
	s.t.Helper()
	late := time.After(patience)
	for !strings.Contains(s.text(), what) {
		select {
		case <-s.news:
		case <-late:
			s.t.Fatalf("%q never came; there is:\n%q", what, s.text())
		}
	}
}

func (s *shown) press(keys string) {
	s.t.Helper()
	_, err := s.ptmx.WriteString(keys)
	require.NoError(s.t, err)
}

// end waits for the program's end, and gives its exit code.
func (s *shown) end() int {
	s.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case err := <-ended:
		var failed *exec.ExitError
		if err != nil && !errors.As(err, &failed) {
			require.NoError(s.t, err)
		}
		// What the program wrote last is read once what is written after it is.
		_, err = s.tty.WriteString(mark)
		require.NoError(s.t, err)
		s.until(mark)
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("it does not end; it wrote:\n%q", s.text())
		return -1
	}
}

// cooked reports that the terminal reads lines and echoes, as a shell needs it.
func (s *shown) cooked() bool {
	s.t.Helper()
	state, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
	require.NoError(s.t, err)
	return state.Lflag&unix.ICANON != 0 && state.Lflag&unix.ECHO != 0
}

// restored checks that a shell finds the terminal as it was.
func (s *shown) restored() {
	s.t.Helper()
	require.True(s.t, s.cooked(), "the terminal is raw")
	text := s.text()
	for on, off := range map[string]string{
		"\x1b[?1049h": "\x1b[?1049l", // the other screen
		"\x1b[?25l":   "\x1b[?25h",   // no cursor
		"\x1b[?1002h": "\x1b[?1002l", // the mouse
		"\x1b[?2004h": "\x1b[?2004l", // pasting in brackets
	} {
		require.GreaterOrEqual(s.t, strings.LastIndex(text, off), strings.LastIndex(text, on), "%q stays on", on)
	}
}

func TestTheConsoleStartsAndIsLeftByAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil, "--solo")
	s.until("\x1b[?2004h") // after its first frame the program takes the terminal
	s.until("Checkout")
	require.False(t, s.cooked())
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "the log is kept. It is in "+w.store())
	require.Contains(t, w.must("status"), "Checkout")
}

func TestTheFirstRunAsksForTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.show(24, 80, nil, "--solo")
	s.until("ana") // who the system says it is
	s.press("\x15Ana Peeters\r")
	s.until("\x1b[?1002h") // the console, which takes the mouse
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	w.must("open", "x")
	require.Contains(t, w.must("role", "manager", "--me", "-o", "json"), "Ana Peeters")
}

func TestSignalsEndTheConsoleCleanly(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must("open", "Checkout")
			s := w.show(24, 80, nil, "--solo")
			s.until("Checkout")
			code, _, said := w.patient(t.Context(), time.Millisecond, nil, "", "log", "hello")
			require.Equal(t, exitFailed, code)
			require.Contains(t, said, "Another warroom has the room open")
			require.NoError(t, s.cmd.Process.Signal(sig))
			require.Equal(t, exitFailed, s.end())
			s.restored()
			require.Contains(t, w.must("log", "hello"), "hello") // the store is free
		})
	}
}

func TestADumbTerminalGetsTheStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, []string{"TERM=dumb"}, "--solo")
	s.until("Log (1 line)")
	require.Zero(t, s.end())
	require.NotContains(t, s.text(), "\x1b")
}

var coloured = regexp.MustCompile(`\x1b\[(\d+;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;\d+)*m`)

func TestNoColourIsHonoured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout", "--severity", "1")
	for env, want := range map[string]bool{"NO_COLOR=": true, "NO_COLOR=yes": false} {
		s := w.show(24, 80, []string{env, "COLORTERM=truecolor"}, "--solo")
		s.until("Checkout")
		s.press("q")
		require.Zero(t, s.end())
		require.Equal(t, want, coloured.MatchString(s.text()), env)
	}
}

func TestATerminalOfOneCellIsNoReasonToFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(1, 1, nil, "--solo")
	s.until("\x1b[?2004h") // the program has begun
	require.NoError(t, pty.Setsize(s.ptmx, &pty.Winsize{Rows: 24, Cols: 80}))
	s.until("Checkout")
	require.NoError(t, pty.Setsize(s.ptmx, &pty.Winsize{Rows: 1, Cols: 1}))
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
}

func TestTheDemoIsMarkedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.show(40, 120, nil, "demo")
	s.until("DEMO")
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "nothing of it was kept")
	require.NoDirExists(t, w.store())
}

func TestASignalToRunReachesTheCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil, "run", "--", "sh", "-c", "echo ready; exec cat")
	s.until("ready")
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitSignal+int(syscall.SIGTERM), s.end())
	require.Contains(t, w.must("log", "--list"), "echo ready")
}
