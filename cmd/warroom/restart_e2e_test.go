//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Somebody installs a new version while a colleague's console, or their own other
// one, is open on the room process of the old one.
func TestANewerProgramBringsTheRoomProcessUpToDateUnderOpenConsoles(t *testing.T) {
	t.Parallel()
	compiler := needs(t, "go")
	w := newWorld(t)
	made := func(version string) string {
		file := filepath.Join(t.TempDir(), "warroom")
		cmd := exec.Command(compiler, "build", "-buildvcs=false", "-ldflags", "-X main.release="+version, "-o", file, ".")
		cmd.Env = os.Environ()
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return file
	}
	older, newer := made("1.1.0"), made("1.2.0")
	program := func(file string, args ...string) *exec.Cmd {
		return &exec.Cmd{Path: file, Args: append([]string{"warroom"}, args...), Env: w.env}
	}
	out, err := program(older, "open", "Checkout").CombinedOutput()
	require.NoError(t, err, "%s", out)
	old := w.terminal(24, 80, program(older))
	old.until("Checkout")
	old.press("ihalf a line")
	w.kept("half a line")
	old.forget()

	out, err = program(newer, "list").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "the room process runs version 1.1.0, this is 1.2.0")
	require.Contains(t, string(out), "Checkout")

	s := w.terminal(24, 80, program(newer))
	s.until("Restart it now?")
	s.press("y\r")
	s.until("Checkout")
	old.until("half a line")
	require.Len(t, w.rooms(), 2)
	out, err = program(newer, "doctor").CombinedOutput()
	require.NoError(t, err, "%s", out)
	old.press(" and its end\r")
	s.until("half a line and its end")
	for _, c := range []*shown{old, s} {
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
		c.end()
		c.restored()
	}
}
