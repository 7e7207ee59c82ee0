//go:build unix

package durability_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// child gives the command of a child that does the task.
func child(t *testing.T, do task) *exec.Cmd {
	t.Helper()
	raw, err := json.Marshal(do)
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+string(raw))
	return c
}

// writer is a child that writes, as its parent sees it.
type writer struct {
	t     *testing.T
	dir   string // of its store
	cmd   *exec.Cmd
	lines *bufio.Scanner
	// problem is what it wrote on standard error.
	problem strings.Builder
	acked   acks
	// fresh is how many events it was answered, refused how often it was not.
	fresh, refused int
	// failed is why it gave up, last its last line.
	failed, last string
}

// start starts a writer; what it is answered is added to acked.
func start(t *testing.T, do task, acked acks) *writer {
	t.Helper()
	w := &writer{t: t, dir: do.Dir, cmd: child(t, do), acked: acked}
	out, err := w.cmd.StdoutPipe()
	require.NoError(t, err)
	w.cmd.Stderr = &w.problem
	require.NoError(t, w.cmd.Start())
	w.lines = bufio.NewScanner(out)
	return w
}

// line reads a line; false when the child has ended.
func (w *writer) line() bool {
	if !w.lines.Scan() {
		return false
	}
	w.last = w.lines.Text()
	word, rest, _ := strings.Cut(w.last, " ")
	switch word {
	case "+":
		ref, err := parseAck(rest)
		require.NoError(w.t, err, w.last)
		w.acked.add(ref)
		w.fresh++
	case saidRefused:
		w.refused++
	case saidFailed:
		w.failed = rest
	case saidOpening, saidOpened, saidClosing, saidClosed:
	default:
		require.Fail(w.t, "not a line of a child: "+w.last)
	}
	return true
}

// until reads until it has said the word so many times; false when it ended
// before.
func (w *writer) until(word string, times int) bool {
	for times > 0 {
		if !w.line() {
			return false
		}
		if said, _, _ := strings.Cut(w.last, " "); said == word {
			times--
		}
	}
	return true
}

// killAfter kills it after a time, reads what it said until then, and reaps it.
func (w *writer) killAfter(d time.Duration) {
	w.t.Helper()
	timer := time.AfterFunc(d, func() { _ = w.cmd.Process.Kill() })
	defer timer.Stop()
	w.drain()
	require.Empty(w.t, w.failed)
}

// drain reads to its end and reaps it; it gives the error of the process.
func (w *writer) drain() error {
	for w.line() {
	}
	return w.cmd.Wait()
}

func (w *writer) kill() {
	_ = w.cmd.Process.Kill() // it may be dead already
	_ = w.drain()            // killed
}

func parseAck(rest string) (r model.Ref, err error) {
	parts := strings.Fields(rest)
	if len(parts) != 3 {
		return r, io.ErrUnexpectedEOF
	}
	log, err := hex.DecodeString(parts[0])
	if err != nil || len(log) != len(r.Log) {
		return r, fmt.Errorf("a log id: %s", rest)
	}
	hash, err := hex.DecodeString(parts[2])
	if err != nil || len(hash) != len(r.Hash) {
		return r, fmt.Errorf("a hash: %s", rest)
	}
	copy(r.Log[:], log)
	copy(r.Hash[:], hash)
	r.Seq, err = strconv.ParseUint(parts[1], 10, 64)
	return r, err
}

// firstLines is enough of a crash to know it.
func firstLines(s string) string {
	lines := strings.SplitN(s, "\n", 25)
	return strings.Join(lines[:min(len(lines), 24)], "\n")
}
