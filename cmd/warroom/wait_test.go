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

// patient runs the program with little patience, and calls meet when it says
// that it waits.
func (w *world) patient(ctx context.Context, patience time.Duration, meet func(), stdin string, args ...string) (code int, stdout, stderr string) {
	var out bytes.Buffer
	said := &listener{heard: "waiting up to", meet: meet}
	m := Main{Umask: 0o022, Patience: patience}
	code = m.Run(ctx, args, strings.NewReader(stdin), &out, said, w.env)
	return code, out.String(), said.String()
}

type listener struct {
	said  bytes.Buffer
	heard string
	meet  func()
}

func (l *listener) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(l.heard)) && l.meet != nil {
		l.meet()
		l.meet = nil
	}
	return l.said.Write(p)
}

func (l *listener) String() string { return l.said.String() }

func (w *world) held(t *testing.T) storage.Store {
	w.must("open", "first")
	held, err := storage.Open(w.store(), storage.Options{})
	require.NoError(t, err)
	return held
}

// unsent are the texts that were kept in files.
func (w *world) unsent(t *testing.T) []string {
	files, err := filepath.Glob(filepath.Join(w.store(), "drafts", "unsent-*.txt"))
	require.NoError(t, err)
	return files
}

func TestWhatCameThroughAPipeIsKeptWhenTheRoomStaysClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.held(t)
	code, out, said := w.patient(t.Context(), 50*time.Millisecond, nil, "line one\nline two\n", "log", "-")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Regexp(t, `^warroom: waiting up to .* process \d+.*; ctrl\+c gives up\.\nwarroom: Another warroom has the room open: .*The text is kept in `, said)
	files := w.unsent(t)
	require.Len(t, files, 1)
	require.Contains(t, said, files[0])
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Equal(t, "line one\nline two\n", string(raw))
	st, err := os.Stat(files[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), st.Mode().Perm())
	code, out, said = w.patient(t.Context(), 50*time.Millisecond, nil, "x", "log", "-", "-o", "json")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Regexp(t, `^{"error":{"code":"store.locked",.*The text is kept in`, said)
	require.NoError(t, held.Close())
}

func TestWhatCameThroughAPipeIsWrittenOnceTheRoomIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.held(t)
	code, out, said := w.patient(t.Context(), time.Minute, func() { require.NoError(t, held.Close()) }, "it came", "log", "-")
	require.Zero(t, code, said)
	require.Contains(t, out, "it came")
	require.Empty(t, w.unsent(t))
}

func TestAWaitForTheRoomCanBeGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.held(t)
	ctx, cancel := context.WithCancel(t.Context())
	code, _, said := w.patient(ctx, time.Minute, cancel, "typed for long", "log", "-")
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "Interrupted.")
	require.Len(t, w.unsent(t), 1)
	require.NoError(t, held.Close())
}

func TestAnAlertThatIsNotTakenSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.held(t)
	body := `{"version":"4","groupKey":"g","status":"firing","alerts":[{"status":"firing","fingerprint":"f","labels":{"alertname":"A"},"startsAt":"2026-03-05T10:00:00Z"}]}`
	code, out, said := w.patient(t.Context(), 50*time.Millisecond, nil, body, "alert", "-")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, said, "The alert was not taken: send its body again.")
	require.NoError(t, held.Close())
}

func TestASCIICanBeAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Contains(t, w.must("demo"), "★")
	for _, args := range [][]string{{"demo", "--ascii"}, {"--ascii", "demo"}} {
		out := w.must(args...)
		require.Contains(t, out, "Checkout answers 5xx")
		require.Regexp(t, `^[\x00-\x7f]+$`, out)
	}
	require.Contains(t, w.must("--help"), "--ascii")
}
