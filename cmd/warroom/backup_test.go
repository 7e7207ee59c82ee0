package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

func TestABackupIsMadeWhileAConsoleHasTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "first")
	w.must("log", "hello")
	held, err := storage.Open(w.store(), storage.Options{})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "room.backup")
	require.Contains(t, w.must("backup", file), "5 events are in")
	require.NoError(t, held.Close())
	w.must("restore", file, "--workspace", "second")
	require.Contains(t, w.must("status", "--workspace", "second"), "hello")
}
