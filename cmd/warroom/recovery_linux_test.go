package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/paper"
)

// printed is the recovery key that a home prints.
func (s *site) printed(more ...string) string {
	s.t.Helper()
	code, out, said := s.run("", append([]string{"recovery", "print"}, more...)...)
	require.Zero(s.t, code, said)
	require.Contains(s.t, said, "Write it on paper")
	return strings.TrimSpace(out)
}

// nowhere checks that no file below a folder holds a text.
func nowhere(t *testing.T, text, dir string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		require.False(t, bytes.Contains(raw, []byte(text)), path)
		return err
	}))
}

// M6: the last owner is lost with the only machine, and the key on paper makes another.
func TestTheKeyOnPaperMakesAnOwnerWhenNoneIsLeft(t *testing.T) {
	t.Parallel()
	ana, bob, cleo := loopback(t, "ana"), loopback(t, "bob"), loopback(t, "cleo")
	incident := ana.founded()
	_, anaAt := way(t, ana)
	_, bobAt := way(t, bob)
	linked(ana, bob, anaAt, "")
	linked(ana, cleo, anaAt, "")
	for _, s := range []*site{ana, bob, cleo} {
		s.start()
	}
	bob.knows(incident)
	cleo.knows(incident)
	bob.must("peers", "add", "cleo", cleo.card())
	cleo.must("peers", "add", "bob", bob.card(), bobAt)

	void := ana.printed()
	key := ana.printed("--yes")
	require.NotEqual(t, void, key)
	code, _, said := ana.run("", "recovery", "print")
	require.Equal(t, exitUsage, code)
	require.Contains(t, said, "has a recovery key already")
	converge(t, patience, ana, bob, cleo)
	cleo.lives("bob")

	other, err := paper.New(rand.Reader)
	require.NoError(t, err)
	for typed, want := range map[string]string{
		void: "This is not the recovery key that is noted", other.Reveal(): "This is not the recovery key that is noted",
		"hello": "This is not a recovery key", key[:len(key)-1]: "not whole", key[:len(key)-2] + "zz": "mistyped",
	} {
		code, _, said := bob.run(typed, "recovery", "use")
		require.NotZero(t, code, want)
		require.Contains(t, said, want)
	}
	code, _, said = bob.run("", "recovery", "print", "--yes")
	require.Equal(t, exitFailed, code, "bob is no owner")
	require.Contains(t, said, "Only an owner")

	// The machine is gone.
	ana.stop(syscall.SIGKILL)
	require.NoError(t, os.RemoveAll(ana.store()))
	code, out, said := bob.run(key+"\n", "recovery", "use")
	require.Zero(t, code, said)
	require.Contains(t, out, "bob is an owner of this workspace")
	require.Contains(t, said, "print a new one now")
	require.Contains(t, bob.must("member"), "bob: owner")
	comes(t, patience, func() error {
		if out := cleo.must("member"); !strings.Contains(out, "bob: owner") {
			return fmt.Errorf("cleo has %s", out)
		}
		return nil
	})
	bob.must("member", "access", "cleo", "owner")
	bob.must("member", "remove", "ana")
	converge(t, patience, bob, cleo)
	require.Contains(t, cleo.must("member"), "cleo: owner")
	for _, s := range []*site{bob, cleo} { // it stays so
		s.stop(syscall.SIGTERM)
		s.start()
		require.Contains(t, s.must("member"), "bob: owner")
		require.Contains(t, s.must("verify"), "proved")
		for _, k := range []string{key, void, strings.ReplaceAll(key, "-", "")} {
			nowhere(t, k, s.home)
		}
	}
	code, _, said = bob.run(key, "recovery", "use")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "bob is an owner already")
}

// Nobody is left who could let a new machine in: it is given the events in a file, and the
// key makes somebody new of whoever has it.
func TestTheKeyOnPaperMakesSomebodyOfAMachineThatIsNobodys(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	ana.founded()
	key := ana.printed()
	file := filepath.Join(t.TempDir(), "bundle")
	ana.must("bundle", "export", file)
	card := ana.card()
	require.NoError(t, os.RemoveAll(ana.store()))

	bob.must("peers", "add", "ana", card)
	code, _, said := bob.run(key, "recovery", "use", "--name", "bob")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "No recovery key is noted in this room")
	bob.must("bundle", "import", file)
	code, _, said = bob.run(key, "recovery", "use")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "Say who you are with --name")
	code, _, said = bob.run(key, "recovery", "use", "--name", "ana")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "is called ana")
	code, out, said := bob.run(key, "recovery", "use", "--name", "bob")
	require.Zero(t, code, said)
	require.Contains(t, out, "bob is an owner")
	require.Contains(t, bob.must("device"), "this device")
	bob.must("member", "remove", "ana")
	require.Contains(t, bob.must("log", "back in the room"), "back in the room")
	require.Contains(t, bob.must("verify"), "proved")
}

// The secret is typed at a terminal that does not show it; under a passphrase it is a
// file, which can be on standard input.
func TestTheKeyOnPaperIsNotShownAsItIsTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	key, err := paper.New(rand.Reader)
	require.NoError(t, err)
	s := w.show(24, 80, nil, "recovery", "use")
	s.until("what you type is not shown):")
	s.press(key.Reveal() + "\r")
	s.until("No recovery key is noted")
	require.NotZero(t, s.end())
	s.restored()
	require.NotContains(t, s.text(), key.Reveal()[5:9])

	s = w.show(24, 80, nil, "recovery", "use")
	s.until("not shown):")
	s.press("\x03")
	require.NotZero(t, s.end())
	s.restored()

	file := filepath.Join(w.home, "key.age")
	cmd := w.program(nil)
	cmd = &exec.Cmd{Path: needs(t, "sh"), Args: []string{"sh", "-c", `exec -a warroom "$0" recovery print --passphrase >"$1"`, cmd.Path, file}, Env: cmd.Env}
	cmd.Path = needs(t, "bash")
	s = w.terminal(24, 80, cmd)
	s.until("passphrase (what you type is not shown):")
	s.press("some words\r")
	s.until("again:")
	s.press("some words\r")
	s.until("Write it on paper")
	require.Zero(t, s.end())
	s.restored()
	require.NotContains(t, s.text(), "some words")
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, paper.Sealed(string(raw)))

	use := &exec.Cmd{Path: needs(t, "bash"), Args: []string{"sh", "-c", `exec -a warroom "$0" recovery use <"$1"`, cmd.Args[3], file}, Env: cmd.Env}
	s = w.terminal(24, 80, use)
	s.until("passphrase (what you type is not shown):")
	s.press("some words\r")
	s.until("ana is an owner already") // it was opened, and is the one that is noted
	require.Equal(t, exitFailed, s.end())
	s.restored()
}
