package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/sync/door"
)

// pagesBy has the rooms of this world page by a shell script, which finds the folder
// that this gives in $OUT.
func (w *world) pagesBy(script string) (out string) {
	w.t.Helper()
	out = w.t.TempDir()
	config := filepath.Join(w.home, ".config", "warroom")
	require.NoError(w.t, os.MkdirAll(config, 0o700))
	file := filepath.Join(w.t.TempDir(), "page")
	w.pageScript(file, out, script)
	require.NoError(w.t, os.WriteFile(filepath.Join(config, "config.toml"), []byte(`on-page = ["`+file+`", "{person}", "{key}"]`+"\n"), 0o600))
	w.page = file
	return out
}

func (w *world) pageScript(file, out, script string) {
	w.t.Helper()
	// A new file in the old one's place: one that is being run cannot be written.
	text := "#!/bin/sh\nOUT=" + out + "\n" + script + "\n"
	require.NoError(w.t, os.WriteFile(file+".new", []byte(text), 0o755))
	require.NoError(w.t, os.Rename(file+".new", file))
}

// eventually waits for a file with something in it.
func eventually(t *testing.T, file string) string {
	t.Helper()
	var raw []byte
	require.Eventually(t, func() bool { raw, _ = os.ReadFile(file); return len(raw) > 0 }, time.Minute, 5*time.Millisecond, file)
	return string(raw)
}

func TestAPageGoesOutFromTheRoomProcessAndIsAcknowledgedOverSSH(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.pagesBy(`cat > $OUT/text.new; printf '\033[31mqueued\007'; mv $OUT/text.new $OUT/text`)
	w.must("open", "Checkout")
	bob := w.servesHere("responder")
	code, _, said := bob.does("list") // he is made known
	require.Zero(t, code, said)
	code, _, said = bob.does("ack")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "No page waits for you")
	w.must("page", "bob", "--say", "the pool is full")
	require.Equal(t, "the pool is full\n", eventually(t, filepath.Join(out, "text")))
	require.Eventually(t, func() bool { return strings.Contains(w.must("page"), "  sent") }, time.Minute, 10*time.Millisecond)
	require.Contains(t, w.must("page"), "queued")
	require.NotContains(t, w.must("page", "-o", "json"), `\u001b`, "what moves a terminal is not kept")
	code, answer, said := bob.does("ack")
	require.Zero(t, code, said)
	require.Contains(t, answer, "acknowledges the page to bob")
	require.Contains(t, w.must("log", "--list"), "bob  ")
	require.Contains(t, w.must("page"), "comes")

	// One that nobody answers in time is said to be, and can be answered still.
	w.must("page", "bob", "--wait", "1s")
	require.Eventually(t, func() bool { return strings.Contains(w.must("page"), "no answer in time") }, time.Minute, 10*time.Millisecond)
	require.Contains(t, w.must("status"), "call bob")
	code, _, said = bob.does("ack")
	require.Zero(t, code, said)
	require.NotContains(t, w.must("status"), "call bob")
}

// The config changes under a room process: the page that is on its way ends as it began,
// the next goes the new way, and a config that cannot be used changes nothing.
func TestPagesGoByTheConfigAsItIsWhenTheyAreSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, write := w.writesConfig()
	out := w.pagesBy(`echo began > $OUT/began; until [ -e $OUT/go ]; do sleep 0.01; done; echo $1 > $OUT/$1.new; mv $OUT/$1.new $OUT/$1`)
	second := filepath.Join(t.TempDir(), "second")
	w.pageScript(second, out, `echo $1 > $OUT/$1.new; mv $OUT/$1.new $OUT/second-$1`)
	w.must("open", "Checkout")
	w.must("contact", "bob", "--phone", "1")
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	serve := w.program(nil, "serve")
	serve.Stderr = log
	require.NoError(t, serve.Start())
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
		_ = log.Close()
	})
	require.Eventually(t, w.listens, time.Minute, 10*time.Millisecond)
	verbs := *w // of a machine whose config is not this one, so that a bad one refuses none
	verbs.env = append(slices.Clone(w.env), "XDG_CONFIG_HOME="+t.TempDir())
	verbs.must("page", "bob")
	eventually(t, filepath.Join(out, "began"))

	write(`on-page = ["` + second + `", "{person}"]`)
	verbs.must("page", "ana")
	eventually(t, filepath.Join(out, "second-ana"))
	require.NoError(t, os.WriteFile(filepath.Join(out, "go"), nil, 0o600))
	require.Equal(t, "bob\n", eventually(t, filepath.Join(out, "bob")), "what was on its way ends as it began")
	require.Eventually(t, func() bool { return strings.Count(verbs.must("page"), "  sent") == 2 }, time.Minute, 10*time.Millisecond)
	require.NoFileExists(t, filepath.Join(out, "second-bob"), "and is sent once")

	write("on-page = [\"" + second + "\", \"{person}\"]\nquite = true\n")
	require.Eventually(t, func() bool {
		raw, _ := os.ReadFile(log.Name())
		return strings.Contains(string(raw), "config.toml:2: key quite quiet")
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, os.Remove(filepath.Join(out, "second-ana")))
	verbs.must("page", "ana")
	eventually(t, filepath.Join(out, "second-ana"))
}

func TestARoomProcessThatIsKilledInTheMidstOfAPageSendsItAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.pagesBy(`echo $2 > $OUT/key; echo $$ > $OUT/pid; exec sleep 600`)
	w.must("open", "Checkout")
	w.must("contact", "bob", "--phone", "1")
	serve := w.program(nil, "serve")
	require.NoError(t, serve.Start())
	t.Cleanup(func() { _ = serve.Process.Kill() })
	require.Eventually(t, w.listens, time.Minute, 10*time.Millisecond)
	w.must("page", "bob")
	key := eventually(t, filepath.Join(out, "key"))
	pid, err := strconv.Atoi(strings.TrimSpace(eventually(t, filepath.Join(out, "pid"))))
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	require.NoError(t, serve.Process.Kill())
	_ = serve.Wait() // killed
	require.Contains(t, w.must("page"), "not sent yet")

	w.pageScript(w.page, out, `echo $2 > $OUT/again.new; mv $OUT/again.new $OUT/again`)
	again := w.program(nil, "serve")
	require.NoError(t, again.Start())
	t.Cleanup(func() {
		_ = again.Process.Signal(syscall.SIGTERM)
		_ = again.Wait()
	})
	require.Equal(t, key, eventually(t, filepath.Join(out, "again")), "it is the same page")
	require.Eventually(t, func() bool { code, said, _ := w.run("", "page"); return code == 0 && strings.Contains(said, "  sent") }, time.Minute, 10*time.Millisecond)
}

// listens reports that a room process does.
func (w *world) listens() bool {
	c, err := net.Dial("unix", door.OwnSocket(w.store()))
	if err != nil {
		return false
	}
	return c.Close() == nil
}
