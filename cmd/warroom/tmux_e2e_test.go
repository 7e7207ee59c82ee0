package main_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/tui/clean"
)

// tool finds a program that an end-to-end test drives; without it the test is
// skipped, and where WARROOM_E2E is set it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("WARROOM_E2E") != "" {
		t.Fatalf("%s is not installed, and WARROOM_E2E asks for it", name)
	}
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

// lastEntry is in the last of the entries below.
const lastEntry = "क"

// wide are entries whose letters take two cells, none, or differ between
// terminals: a wrong width moves the right border of its row.
var wide = []string{
	"déjà vu: rollback terminé à 14 h",
	"回滚到上一个版本，错误率下降",
	"エラー率が下がった 10%",
	"에러율 감소 확인",
	"rolled back 🎉 by 👨‍👩‍👧 and 🏳️‍🌈 with ❤️",
	"flag 🇫🇷 keycap 1️⃣ skin 👍🏽 text ©️",
	"combining e\u0301 a\u0308 z\u0335\u0336\u0337\u0338",
	"العربية \u202Egnp.exe\u202C שלום",
	"\x1b[31mred\x1b[0m \x1b]0;title\x07 bell\a",
	"क्षि ไทย ทำ",
}

func TestBordersStandStraightInTmuxWithWideLetters(t *testing.T) {
	t.Parallel()
	tmux := tool(t, "tmux")
	dir := t.TempDir()
	binary := filepath.Join(dir, "warroom")
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, binary)) // the test binary is the program when it is called so
	env := append(os.Environ(), "XDG_DATA_HOME="+dir+"/data", "XDG_CONFIG_HOME="+dir+"/config", "XDG_STATE_HOME="+dir+"/state",
		"HOME="+dir, "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "USER=ana", "WARROOM_INCIDENT=", "TMUX=", "TMUX_TMPDIR="+dir)
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %v: %s", name, args, out)
		return string(out)
	}
	t.Cleanup(func() { // the room process that the consoles share
		stop := exec.Command(binary, "stop")
		stop.Env = env
		_ = stop.Run()
	})
	run(binary, "open", "支付 5xx in eu-west 🔥")
	for _, text := range wide {
		run(binary, "log", text)
	}
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		socket := fmt.Sprintf("wr%d", size[0])
		kill := exec.Command(tmux, "-L", socket, "kill-server") // the server that this test started, by its own socket
		kill.Env = env
		// The console has the other end of this pipe until it ends: then its folder is
		// at rest, and the room free for the next one.
		pipe := filepath.Join(dir, socket)
		run("mkfifo", pipe)
		alive, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		require.NoError(t, err)
		run(tmux, "-f", "/dev/null", "-L", socket, "new-session", "-d", "-x", fmt.Sprint(size[0]), "-y", fmt.Sprint(size[1]),
			fmt.Sprintf("exec %s 3>%s", binary, pipe))
		end := sync.OnceFunc(func() {
			_ = kill.Run() // it is gone already where the console ended by itself
			require.NoError(t, errors.Join(alive.SetReadDeadline(time.Now().Add(time.Minute)), drained(alive), alive.Close()))
		})
		t.Cleanup(end)
		// A picture taken while a frame is drawn has rows without their end, and says
		// nothing: tmux is asked until one is whole.
		var screen string
		var wrong error
		for late := time.Now().Add(time.Minute); ; {
			screen = run(tmux, "-L", socket, "capture-pane", "-p")
			if wrong = straight(screen, size[0]); wrong == nil || time.Now().After(late) {
				break
			}
		}
		require.NoError(t, wrong, screen)
		require.Contains(t, screen, "combining \u00e9 \u00e4", "an accent stays with its letter")
		end()
	}
}

// straight gives what is wrong with the frames on a screen that shows the last entry.
func straight(screen string, width int) error {
	if !strings.Contains(screen, lastEntry) {
		return errors.New("the console did not show the last entry")
	}
	framed := 0
	for i, row := range strings.Split(strings.TrimRight(screen, "\n"), "\n") {
		last := strings.TrimRight(row, " ")
		if !strings.HasPrefix(row, "│") {
			continue
		}
		framed++
		if strings.Contains(row, lastEntry) {
			// tmux gives its marks a cell each: what is drawn over an empty row blanks the
			// border too, and what is drawn with the border does not.
			continue
		}
		if !strings.HasSuffix(last, "│") {
			return fmt.Errorf("row %d has lost its border: %q", i, row)
		}
		if got := clean.Width(last); got != width {
			return fmt.Errorf("row %d is %d wide: %q", i, got, row)
		}
	}
	if framed <= 10 {
		return fmt.Errorf("%d rows have a frame", framed)
	}
	return nil
}

// drained reads until nobody has the pipe open for writing.
func drained(pipe *os.File) error {
	_, err := io.Copy(io.Discard, pipe)
	return err
}
