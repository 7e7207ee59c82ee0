package main

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

var opened = regexp.MustCompile(`msg="the room is open" pid=(\d+)`)

// rooms are the room processes that have opened in this world, the last one last.
func (w *world) rooms() []int {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.store(), logFile))
	require.NoError(w.t, err)
	var out []int
	for _, m := range opened.FindAllSubmatch(raw, -1) {
		pid, err := strconv.Atoi(string(m[1]))
		require.NoError(w.t, err)
		out = append(out, pid)
	}
	return out
}

// killRoom ends the room process as a crash would.
func (w *world) killRoom() {
	w.t.Helper()
	rooms := w.rooms()
	require.NoError(w.t, syscall.Kill(rooms[len(rooms)-1], syscall.SIGKILL))
}

// kept waits until a console's place on the disk holds a text: it is written beside
// the work.
func (w *world) kept(text string) {
	w.t.Helper()
	dir := filepath.Join(w.store(), "drafts")
	require.NoError(w.t, os.MkdirAll(dir, 0o700))
	w.changes(dir, func() bool {
		files, err := filepath.Glob(filepath.Join(dir, "console-*.json"))
		require.NoError(w.t, err)
		return slices.ContainsFunc(files, func(f string) bool {
			raw, err := os.ReadFile(f)
			return err == nil && strings.Contains(string(raw), text)
		})
	})
}

// changes waits until something is so, which may come with every change in a folder.
func (w *world) changes(dir string, so func() bool) {
	w.t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	require.NoError(w.t, err)
	told := os.NewFile(uintptr(fd), "inotify")
	defer told.Close()
	_, err = unix.InotifyAddWatch(fd, dir, unix.IN_CLOSE_WRITE|unix.IN_MOVED_TO)
	require.NoError(w.t, err)
	require.NoError(w.t, told.SetReadDeadline(time.Now().Add(patience)))
	for buf := make([]byte, 4<<10); !so(); {
		_, err := told.Read(buf)
		require.NoError(w.t, err, "it never came")
	}
}

// forget forgets what was shown so far.
func (s *shown) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Reset()
}

func TestAConsoleAndTheVerbsShareOneRoomProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	require.False(t, s.cooked())
	require.Contains(t, w.must("log", "from another terminal"), "from another terminal")
	s.until("from another terminal")
	code, _, said := w.run("a line from a pipe\n", "log", "-")
	require.Zero(t, code, said)
	s.until("a line from a pipe")
	require.Contains(t, w.must("list"), "Checkout")
	require.Contains(t, w.must(), "from another terminal") // the room without a screen
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "the log is kept")
	require.Len(t, w.rooms(), 1)
	require.Contains(t, w.must("stop"), "ended")
	require.Contains(t, w.must("status"), "a line from a pipe")
	require.Contains(t, w.must("stop"), "No room process")
}

func TestACommandIsLoggedWhileTheRoomIsInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	w.must("open", "Search")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	key := strings.Fields(w.must("list"))[1]
	code, out, said := w.run("", "run", "-i", key, "--", "sh", "-c", "echo out; exit 3")
	require.Equal(t, 3, code, said)
	require.Equal(t, "out\n", out)
	require.Contains(t, said, key)
	require.Contains(t, w.must("log", "--list", "-i", key), "exit 3")
	code, out, said = w.run("", "run", "--", "true") // which one is not said
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, said, "Search")
	s.press("q")
	require.Zero(t, s.end())
}

// A verb found no room process, and one had the store before it opened it.
func TestAVerbThatMeetsARoomProcessIsHandedToIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.held(t)
	heard := make(chan struct{})
	done := make(chan struct{})
	var code int
	var out, said string
	go func() {
		defer close(done)
		code, out, said = w.patient(t.Context(), time.Minute, func() { close(heard) }, "from a pipe\n", "log", "-")
	}()
	<-heard // it waits for the store
	s := w.show(24, 80, nil)
	require.NoError(t, held.Close())
	s.until("Incidents")
	<-done
	require.Zero(t, code, said)
	require.Contains(t, out, "from a pipe")
	s.until("from a pipe")
	s.press("q")
	require.Zero(t, s.end())
}

func TestTwentyConsolesAtOnceMakeOneRoomProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	var all []*shown
	for range 20 {
		all = append(all, w.show(24, 80, nil))
	}
	for _, s := range all {
		s.until("Checkout")
	}
	require.Len(t, w.rooms(), 1)
	for _, s := range all {
		s.press("q")
	}
	for _, s := range all {
		require.Zero(t, s.end())
		s.restored()
	}
}

func TestAKilledRoomProcessLosesNothingOfItsConsoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s, other := w.show(24, 80, nil), w.show(24, 80, nil)
	s.until("Checkout")
	other.until("Checkout")
	w.must("log", "answered before")
	s.until("answered before")
	s.press("ihalf a line")
	w.kept("half a line")
	s.forget()
	other.forget()
	w.killRoom()
	s.until("half a line")
	s.until("answered before")
	other.until("answered before")
	s.press(" and its end\r")
	other.until("half a line and its end")
	require.Contains(t, w.must("log", "--list"), "half a line and its end")
	require.Len(t, w.rooms(), 2)
	for _, c := range []*shown{s, other} {
		c.press("\x1b")
		c.press("q")
		require.Zero(t, c.end())
		c.restored()
	}
	require.Contains(t, w.must("verify"), "proved: 3 events")
}

func TestStopTellsTheConsolesAndRestartBringsThemBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	s.press("ihalf a line")
	w.kept("half a line")
	s.forget()
	code, _, said := w.run("", "stop", "--restart")
	require.Equal(t, exitFailed, code) // this process cannot start one
	require.Contains(t, said, "could not be started")
	s.until("half a line") // the console has
	require.Len(t, w.rooms(), 2)
	w.must("stop")
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "The room process was stopped.")
}

func TestARoomProcessEndsCleanlyOnASignal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	require.NoError(t, syscall.Kill(w.rooms()[0], syscall.SIGTERM))
	require.Zero(t, s.end())
	s.restored()
	require.Contains(t, s.text(), "The room process was stopped.")
	require.NoFileExists(t, filepath.Join(w.store(), "room.sock"))
	require.Contains(t, w.must("log", "hello"), "hello") // the store is free
}

func TestANarrowTerminalAndABrokenOneSharingARoomDoNotMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s, tiny := w.show(24, 80, nil), w.show(1, 1, nil)
	s.until("Checkout")
	tiny.until("\x1b[?1049h")
	require.NoError(t, tiny.cmd.Process.Kill()) // nobody says goodbye
	w.must("log", "still here")
	s.until("still here")
	s.press("q")
	require.Zero(t, s.end())
}

func TestAnExportIsProvedHereWhileTheRoomIsInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	file := filepath.Join(t.TempDir(), "incident.json")
	w.must("export", "--format", "json", "--file", file)
	require.Contains(t, w.must("verify", "--file", file), "proved")
	require.Contains(t, w.must("verify"), "proved")
	s.press("q")
	require.Zero(t, s.end())
}

func TestAKeyOfAMemberIsReadHereWhileTheRoomIsInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	file := filepath.Join(t.TempDir(), "ana.pub")
	public, err := gossh.NewPublicKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	require.NoError(t, err)
	key := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(public))) + " bea@laptop\n"
	require.NoError(t, os.WriteFile(file, []byte(key), 0o600))
	require.Contains(t, w.must("member", "add", "Bea", "--key", file), "bea@laptop")
	code, _, said := w.run(key, "member", "add", "Cleo", "--key", "-")
	require.Equal(t, exitFailed, code, "the key is Bea's")
	require.Contains(t, said, "Bea")
	s.press("q")
	require.Zero(t, s.end())
}

// lines waits until a file has so many lines, and gives them.
func (w *world) lines(file string, n int) (found []string) {
	w.t.Helper()
	w.changes(filepath.Dir(file), func() bool {
		raw, err := os.ReadFile(file)
		found = strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
		return err == nil && len(raw) > 0 && len(found) >= n
	})
	return found
}

func TestThePromptAndTheOwnCommandSayWhatOneManages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	told := filepath.Join(w.home, "told")
	command := filepath.Join(w.home, "tell")
	// Each argument on a line of its own: what stands in a title is one, whatever it is.
	require.NoError(t, os.WriteFile(command, []byte("#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" >>"+told+"\n"), 0o700))
	config := filepath.Join(w.home, ".config", "warroom", "config.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(config), 0o700))
	require.NoError(t, os.WriteFile(config, []byte("on-status = [\""+command+"\", \"{incident}\", \"{severity}\", \"{title}\"]\n"), 0o600))
	w.must("open", "Checkout $(touch "+w.home+"/made) ;", "--severity", "1")
	key := strings.TrimPrefix(strings.Fields(w.must("list"))[1], "INC-")
	require.Empty(t, w.must("prompt"))
	require.NoFileExists(t, filepath.Join(w.store(), logFile), "a prompt starts no room process")

	s := w.show(24, 80, nil)
	s.until("Checkout")
	s.press("ri\r")
	require.Equal(t, []string{"3", key, "SEV1", "Checkout $(touch " + w.home + "/made) ;"}, w.lines(told, 4))
	require.NoFileExists(t, filepath.Join(w.home, "made"))
	file := filepath.Join(w.store(), "prompt")
	w.lines(file, 1)
	require.Regexp(t, "^SEV1 "+key+" 0m\n$", w.must("prompt"))
	require.Equal(t, "open "+key+" 100%\n", strings.ReplaceAll(w.must("prompt", "--format", "%k 100%%"), key, "open "+key))
	st, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), st.Mode().Perm())

	w.must("role", "manager", "--release")
	require.Equal(t, []string{"3", "", "", ""}, w.lines(told, 8)[4:])
	require.Empty(t, w.must("prompt"))
	s.press("q")
	require.Zero(t, s.end())
}

func TestAPromptShowsNothingOfWhatIsNoLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, os.MkdirAll(w.store(), 0o700))
	for _, line := range []string{"", "1", "2\ta\tb\tc\t1\t0\td", "1\ta\tb\tc\tx\t0\td", "\x00", strings.Repeat("\t", 9)} {
		require.NoError(t, os.WriteFile(filepath.Join(w.store(), "prompt"), []byte(line+"\n"), 0o600))
		require.Empty(t, w.must("prompt"), line)
	}
	code, _, said := w.run("", "prompt", "--nonsense")
	require.Equal(t, exitUsage, code)
	require.Contains(t, said, "--nonsense")
}

func TestTheHalfTypedLineGoesThroughTheOwnEditor(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "--solo"} {
		w := newWorld(t)
		seen := filepath.Join(w.home, "seen")
		editor := filepath.Join(w.home, "editor")
		require.NoError(t, os.WriteFile(editor, []byte("#!/bin/sh\nls -l \"$2\" >"+seen+"; cat \"$2\" >>"+seen+"\nprintf '\\nsecond line, %s\\n' \"$1\" >>\"$2\"\n"), 0o700))
		w.must("open", "Checkout")
		var args []string
		if mode != "" {
			args = append(args, mode)
		}
		s := w.show(24, 80, []string{"EDITOR=" + editor + " --wait", "TMPDIR=" + w.home}, args...)
		s.until("\x1b[?2004h")
		s.press("ifirst line\x05") // ctrl+e
		s.until("second line, --wait")
		s.press("\r")
		s.press("\x1b")
		s.press("q")
		require.Zero(t, s.end(), mode)
		s.restored()
		require.Contains(t, w.must("log", "--list", "-o", "json"), `first line\nsecond line, --wait`, mode)
		raw, err := os.ReadFile(seen)
		require.NoError(t, err)
		require.Regexp(t, `^-rw------- [\s\S]*first line`, string(raw), "nobody else reads it")
		left, err := filepath.Glob(filepath.Join(w.home, "warroom-*"))
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

func TestAConsoleIsPutAsideForTheShellAndComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	cmd := w.program(nil)
	cmd.Args = []string{"sh", "-c", `set -m; (exec -a warroom "$0"); echo put "aside"; read line; fg >/dev/null`, cmd.Path}
	cmd.Path = needs(t, "bash") // with the jobs of a shell
	s := w.terminal(24, 80, cmd)
	s.until("Checkout")
	s.press("\x1a") // ctrl+z
	s.until("put aside")
	s.restored()
	w.must("log", "while it was away")
	s.forget()
	s.press("\r")
	s.until("while it was away")
	require.False(t, s.cooked())
	s.press("q")
	require.Zero(t, s.end())
	s.restored()
}

// The room process asks the client at the terminal for the commands of its config.
func TestTheDeskHandsWhatGoesOutToTheOwnCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	told := filepath.Join(w.home, "told")
	command := filepath.Join(w.home, "tell")
	require.NoError(t, os.WriteFile(command, []byte("#!/bin/sh\n{ printf '%s\\n' \"$@\"; cat; echo; } >>"+told+"\nprintf 'thanks \\033[2J\\n'\n"), 0o700))
	config := filepath.Join(w.home, ".config", "warroom", "config.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(config), 0o700))
	require.NoError(t, os.WriteFile(config, []byte("on-update = [\""+command+"\", \"{audience}\", \"{state}\"]\non-topic = [\""+command+"\", \"{channel}\", \"{topic}\"]\n"), 0o600))
	w.must("open", "Checkout", "--severity", "1")
	w.must("role", "manager", "--me")
	w.must("link", "https://chat.example/1", "--kind", "chat")
	s := w.show(24, 80, nil)
	s.until("Checkout")
	s.press("pxi")
	s.until("Update to executives")
	s.press("Slow. Next update in 30 minutes.\r")
	s.until("Not approved")
	s.press("a")
	s.until("Approved by")
	s.press("p")
	require.Equal(t, []string{"executives", "investigating", "Slow. Next update in 30 minutes."}, w.lines(told, 3))
	s.until("on-update: tell")
	s.press("Y")
	got := w.lines(told, 6)[3:]
	require.Equal(t, "https://chat.example/1", got[0])
	require.Contains(t, got[1], "Checkout")
	// By a verb while the room process runs, the command runs where the verb does.
	w.must("update", "draft", "internal", "identified", "Known. Next update in 30 minutes.")
	w.must("update", "publish", "internal", "--force")
	require.Contains(t, w.lines(told, 9)[6:], "Known. Next update in 30 minutes.")
	require.Contains(t, w.must("log", "--list"), "on-update: tell")
	s.press("q")
	require.Zero(t, s.end())
}
