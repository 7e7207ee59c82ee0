//go:build unix

package pager_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/pager"
)

// script makes a program of a shell script.
func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page")
	require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755))
	return file
}

var call = pager.Page{
	Key: "00ff", Person: "bob", Contact: model.Contact{Phone: "+49 30 123"}, Incident: "4kq", Title: "Checkout; rm -rf /", Severity: "SEV1",
	Text: "come, please\nnow",
}

func TestACommandGetsItsValuesAsWholeArgumentsAndTheTextOnItsInput(t *testing.T) {
	t.Parallel()
	file := script(t, `for a in "$@"; do echo "<$a>"; done; cat`)
	c := pager.Command{Vector: []string{file, "{person}", "{contact}", "{key}", "{incident}", "{title}", "x{person}", "$HOME"}, Env: os.Environ()}
	said, err := c.Send(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "<bob>\n<+49 30 123>\n<00ff>\n<4kq>\n<Checkout; rm -rf />\n<x{person}>\n<$HOME>\ncome, please\nnow\n", said)
	hostile := call
	hostile.Person, hostile.Incident = "--config=/etc/passwd", "-\x1b[2J"
	said, err = c.Send(t.Context(), hostile)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "<config=/etc/passwd>\n"))
	require.Contains(t, said, "<[2J>")
}

// slowStart is the limit of commands that hang: a shell has begun by then, on a machine that
// is at its limit too.
const slowStart = 4 * time.Second

func TestACommandThatGoesWrongSaysHow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, key, said string }{
		"it fails":                {"echo no route; exit 3", "page.fail.exit", "no route\n"},
		"it fails on stderr":      {"echo no route >&2; exit 3", "page.fail.exit", "no route\n"},
		"it hangs":                {"echo dialling; sleep 1000", "page.fail.time", "dialling\n"},
		"it ignores its end":      {"trap '' TERM INT; echo no; while :; do sleep 1000; done", "page.fail.time", "no\n"},
		"it leaves a child":       {"sleep 1000 & echo left; wait", "page.fail.time", "left\n"},
		"it ends by a signal":     {"kill -9 $$", "page.fail.exit", ""},
		"it talks without end":    {"yes", "page.fail.time", strings.Repeat("y\n", model.MaxPageSaid/2)},
		"it says what is no text": {`printf '\377\376ab'; exit 1`, "page.fail.exit", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, err := pager.Command{Vector: []string{script(t, c.text)}, Limit: slowStart, Env: os.Environ()}.Send(t.Context(), call)
			var f *pager.Failure
			require.ErrorAs(t, err, &f)
			require.Equal(t, c.key, f.Why.Key)
			require.Equal(t, c.said, f.Said)
			require.Less(t, time.Since(began), 30*time.Second)
		})
	}
	_, err := pager.Command{Vector: []string{"/nowhere/page"}}.Send(t.Context(), call)
	var f *pager.Failure
	require.ErrorAs(t, err, &f)
	require.Equal(t, "page.fail.start", f.Why.Key)
}

func TestACommandEndsWithTheRoom(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	began := filepath.Join(t.TempDir(), "began")
	done := make(chan error, 1)
	go func() {
		_, err := pager.Command{Vector: []string{script(t, "touch "+began+"; sleep 1000")}, Env: os.Environ()}.Send(ctx, call)
		done <- err
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(began); return err == nil }, 30*time.Second, 5*time.Millisecond)
	cancel()
	require.Error(t, <-done)
}

func TestWhatACommandStartedDoesNotGoOnAfterItsTime(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	_, err := pager.Command{Vector: []string{script(t, "sleep 1000 & echo $! > "+file+"; wait")}, Limit: slowStart, Env: os.Environ()}.Send(t.Context(), call)
	require.Error(t, err)
	pid, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		state, _ := exec.Command("ps", "-o", "stat=", "-p", strings.TrimSpace(string(pid))).Output() // nothing, where it is gone
		return len(state) == 0 || state[0] == 'Z'
	}, 30*time.Second, 10*time.Millisecond)
}
