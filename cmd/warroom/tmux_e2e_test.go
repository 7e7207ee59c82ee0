package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(out))
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
		run(tmux, "-f", "/dev/null", "-L", socket, "new-session", "-d", "-x", fmt.Sprint(size[0]), "-y", fmt.Sprint(size[1]), "exec "+binary)
		t.Cleanup(func() { // the server that this test started, by its own socket
			kill := exec.Command(tmux, "-L", socket, "kill-server")
			kill.Env = env
			_ = kill.Run()
		})
		var screen string
		// The last entry on the screen means that the frame is there; tmux is
		// asked until then, a bounded number of times.
		for range 2000 {
			screen = run(tmux, "-L", socket, "capture-pane", "-p")
			if strings.Contains(screen, lastEntry) {
				break
			}
		}
		require.Contains(t, screen, lastEntry, "the console did not show the last entry:\n%s", screen)
		framed := 0
		for i, row := range strings.Split(strings.TrimRight(screen, "\n"), "\n") {
			last := strings.TrimRight(row, " ")
			if !strings.HasPrefix(row, "│") {
				continue
			}
			framed++
			require.True(t, strings.HasSuffix(last, "│"), "row %d has lost its border: %q\n%s", i, row, screen)
			if !strings.Contains(row, lastEntry) { // tmux counts its marks in its own way
				require.Equal(t, size[0], clean.Width(last), "row %d: %q\n%s", i, row, screen)
			}
		}
		require.Greater(t, framed, 10)
		require.Contains(t, screen, "combining \u00e9 \u00e4", "an accent stays with its letter")
		run(tmux, "-L", socket, "kill-server")
	}
}
