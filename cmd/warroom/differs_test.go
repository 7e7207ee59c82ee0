package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// When a peer shows the same events differently, what this room holds of them is kept,
// without their texts, and no more than a few times.
func TestWhatDiffersIsKeptToBeCompared(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	who := model.Actor{Person: r.Me(), Via: model.DoorShell}
	got, err := r.Do(t.Context(), who, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx", Source: model.ByTicket})
	require.NoError(t, err)
	wrote, err := r.Do(t.Context(), who, got.Incident, model.Write{Text: "a secret"})
	require.NoError(t, err)
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var log bytes.Buffer
	l := newLinking(&app{Main: Main{Now: func() time.Time { return now }}}, t.TempDir(), slog.New(slog.NewTextHandler(&log, nil)))
	is := peer.Differs{Scope: got.Incident, Vector: wire.Digest{0xab}, Here: model.Hash{1}, His: model.Hash{2}}
	l.saw(t.Context(), r, "bob", is)

	file := filepath.Join(l.dir, differsDir, "20260304T050607.000Z-"+got.Incident.String()[:8]+".json")
	require.Contains(t, log.String(), file)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "secret")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	var kept struct {
		differing
		Events []placed `json:"events"`
	}
	require.NoError(t, json.Unmarshal(raw, &kept), string(raw))
	require.Equal(t, differing{
		At: now.UnixMilli(), Peer: "bob", Scope: got.Incident.String(), Vector: "ab" + string(bytes.Repeat([]byte("0"), 2*len(is.Vector)-2)),
		Fold: model.FoldVersion, Here: is.Here.String(), There: is.His.String(),
	}, kept.differing)
	last := kept.Events[len(kept.Events)-1]
	require.Equal(t, wrote.Refs[0].Seq, last.Seq)
	require.Equal(t, wrote.Refs[0].Log.String(), last.Log)
	require.Equal(t, bytes.Count(raw, []byte("\n")), len(kept.Events)+2, "an event a line")

	for range maxDiffers + 3 {
		now = now.Add(time.Second)
		l.saw(t.Context(), r, "bob", is)
	}
	all, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, all, maxDiffers)
	require.NoFileExists(t, file, "the newest stay")

	// Where it cannot be kept, that is said.
	l.dir = file
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	l.saw(t.Context(), r, "bob", is)
	require.Contains(t, log.String(), "could not be kept")
}
