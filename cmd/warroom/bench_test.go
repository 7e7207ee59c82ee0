package main_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// many makes a store with n incidents under the data folder.
func many(b *testing.B, data string, n int) {
	b.Helper()
	dir := filepath.Join(data, "warroom", "default")
	require.NoError(b, os.MkdirAll(dir, 0o700))
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r, err := room.Open(b.Context(), room.Options{Store: s, Dir: dir, Name: "ana"})
	require.NoError(b, err)
	who := model.Actor{Person: r.Me(), Via: model.DoorShell}
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < n; i += 16 {
				c := model.OpenIncident{Title: fmt.Sprintf("incident %d", i), Severity: model.Level(1 + i%3)}
				if _, err := r.Do(b.Context(), who, model.Scope{}, c); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.NoError(b, r.Close())
}

// build makes the program as make build does.
func build(b *testing.B, binary string) {
	b.Helper()
	cmd := exec.Command("go", "build", "-trimpath", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, string(out))
}

// BenchmarkBareProcess is a verb that needs no room, from exec to its end: what
// every verb and every console pays.
func BenchmarkBareProcess(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "warroom")
	build(b, binary)
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		out, err := exec.Command(binary, "version").CombinedOutput()
		took = append(took, time.Since(began))
		require.NoError(b, err, string(out))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "p90-ms")
}

// BenchmarkFirstFrame is from exec to the incident list on the screen, with
// 10,000 incidents in the store, on a terminal that answers nothing.
func BenchmarkFirstFrame(b *testing.B) {
	home := b.TempDir()
	binary := filepath.Join(home, "warroom")
	build(b, binary)
	many(b, filepath.Join(home, "data"), 10_000)
	var took []time.Duration
	for b.Loop() {
		took = append(took, untilShown(b, home, binary, "--solo"))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "p90-ms")
}

// at is the environment of somebody whose home holds the store.
func at(home string) []string {
	return append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home+"/data", "XDG_CONFIG_HOME="+home+"/config",
		"XDG_STATE_HOME="+home+"/state", "TERM=xterm-256color", "LANG=C.UTF-8", "TMUX=", "WARROOM_INCIDENT=")
}

// untilShown runs a console, and gives the time from exec to the incident list.
func untilShown(b *testing.B, home, binary string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = at(home)
	began := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 60, Cols: 200})
	require.NoError(b, err)
	seen, buf := []byte{}, make([]byte, 64<<10)
	for !bytes.Contains(seen, []byte("incident 9")) {
		n, err := tty.Read(buf)
		require.NoError(b, err, "%s", seen)
		seen = append(seen, buf[:n]...)
	}
	took := time.Since(began)
	_, err = tty.Write([]byte("q"))
	require.NoError(b, err)
	for err == nil { // until the terminal is closed: the console has ended
		_, err = tty.Read(buf)
	}
	require.NoError(b, cmd.Wait())
	require.NoError(b, tty.Close())
	return took
}
