package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// world is a machine with a home of its own.
type world struct {
	t    *testing.T
	env  []string
	home string
	page string // the script that pages, if any
}

func newWorld(t *testing.T) *world {
	home := t.TempDir()
	w := &world{t: t, home: home, env: []string{"HOME=" + home, "USER=ana", "LANG=C.UTF-8", "TERM=xterm-256color", "PATH=" + os.Getenv("PATH")}}
	t.Cleanup(func() {
		if _, err := os.Stat(filepath.Join(w.store(), logFile)); err == nil {
			w.run("", "stop") // what a room process in the background leaves
		}
	})
	return w
}

// store is the folder of the default workspace.
func (w *world) store() string { return filepath.Join(w.home, ".local", "share", "warroom", "default") }

// run runs the program in this process.
func (w *world) run(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	m := Main{Now: func() time.Time { return time.Now().UTC() }, Umask: 0o022}
	code = m.Run(context.Background(), args, strings.NewReader(stdin), &out, &err, w.env)
	return code, out.String(), err.String()
}

// must runs a verb that has to succeed, and gives what it said.
func (w *world) must(args ...string) string {
	w.t.Helper()
	code, out, err := w.run("", args...)
	require.Zero(w.t, code, "%v: %s", args, err)
	return out
}

func TestATitleOfTenThousandCharactersIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	before := w.must("list", "--all", "-o", "json")
	code, out, err := w.run("", "open", strings.Repeat("é", 10_000))
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, err, "The title has 19.5 KiB; 300 B fit. Nothing was changed.")
	require.Less(t, len(err), 300)
	require.Equal(t, before, w.must("list", "--all", "-o", "json"))
}

func TestASecondProcessIsToldWhoHasTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	held, err := storage.Open(w.store(), storage.Options{})
	require.NoError(t, err)
	for _, args := range [][]string{{"log", "hello"}, {"list"}, {}} {
		code, out, said := w.patient(t.Context(), time.Millisecond, nil, "", args...)
		require.Equal(t, exitFailed, code, args)
		require.Empty(t, out)
		require.Regexp(t, `^(warroom: waiting .*\n)?warroom: Another warroom has the room open: process \d+ .* Nothing was changed\. Do it in that one, or wait until it is closed and try again\.\n$`, said)
	}
	_, _, said := w.patient(t.Context(), time.Millisecond, nil, "", "list", "-o", "json")
	require.Contains(t, said, `"code":"store.locked"`)
	_, out, _ := w.run("", "doctor")
	require.Contains(t, out, "has the room open")
	require.NoError(t, held.Close())
	require.Contains(t, w.must("status"), "Log (1 line)")
}

func TestAVerbWaitsAMomentForAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	type answer struct {
		code int
		said string
	}
	answers := make(chan answer)
	for range 4 {
		go func() { // what comes through a pipe may wait as long as the machine needs
			code, _, said := w.patient(t.Context(), time.Minute, nil, "at once", "log", "-")
			answers <- answer{code, said}
		}()
	}
	for range 4 {
		got := <-answers
		require.Zero(t, got.code, got.said)
	}
	require.Contains(t, w.must("status"), "Log (5 lines)")
}

func TestAStoreOfANewerVersionIsReadAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	manifest := filepath.Join(w.store(), "db", "MANIFEST")
	raw, err := os.ReadFile(manifest)
	require.NoError(t, err)
	raw[4], raw[5] = 0, 99 // the format stands after four letters
	require.NoError(t, os.WriteFile(manifest, raw, 0o600))
	for _, args := range [][]string{{"log", "hello"}, {"open", "second"}, {"redact", "abcdef", "--yes"}, {"backup", filepath.Join(t.TempDir(), "b")}} {
		code, out, said := w.run("", args...)
		require.Equal(t, exitFailed, code)
		require.Empty(t, out)
		require.Contains(t, said, "was written by a newer warroom: its format is 99")
		require.Contains(t, said, "Install the newer warroom.")
	}
	for _, args := range [][]string{{"status"}, {"list"}, {"export"}, {"log", "--list"}, {"verify"}} {
		code, out, said := w.run("", args...)
		require.Equal(t, exitDone, code, said)
		require.NotEmpty(t, out)
		require.Contains(t, said, "A newer warroom wrote this room: its format is 99")
	}
	require.Contains(t, w.must("list"), "first")
	code, out, _ := w.run("", "doctor")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "its format is 99")
	now, err := os.ReadFile(manifest)
	require.NoError(t, err)
	require.Equal(t, raw, now)
}

func TestAKeyThatOthersCanReadIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	key := filepath.Join(w.store(), "device.key")
	require.NoError(t, os.Chmod(key, 0o644))
	code, _, said := w.run("", "log", "hello")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "Others on this machine can read the key")
	require.Contains(t, said, "chmod 600")
	raw, err := os.ReadFile(key)
	require.NoError(t, err)
	require.NotContains(t, said, strings.TrimSpace(string(raw)))
}

func TestAnAnswerThatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	var said bytes.Buffer
	code := Main{}.Run(context.Background(), []string{"version"}, strings.NewReader(""), full, &said, w.env)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said.String(), "The answer could not be written")
}

func TestAnInterruptedWaitForInputWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	r, input, err := os.Pipe() // that never ends
	require.NoError(t, err)
	defer r.Close()
	defer input.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, said bytes.Buffer
	code := Main{}.Run(ctx, []string{"log", "-"}, r, &out, &said, w.env)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said.String(), "Interrupted.")
	require.Contains(t, w.must("status"), "Log (1 line)")
}

// Every sentence that a verb can say is in the catalogue, with all its values.
func TestNoHelpLacksASentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var out, said bytes.Buffer
	a := newApp(Main{}, strings.NewReader(""), &out, &said, w.env)
	root := newRoot(a)
	for _, c := range root.Commands() {
		if c.Hidden {
			continue
		}
		require.NotEmpty(t, c.Short, c.Name())
		require.NoError(t, c.Help())
	}
	require.NoError(t, root.Help())
	require.Empty(t, a.words.Faults())
	require.NotContains(t, out.String(), "⟨")
	for _, line := range strings.Split(out.String(), "\n") {
		require.LessOrEqual(t, len([]rune(line)), 100, line)
	}
}
