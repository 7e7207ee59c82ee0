package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// abandoned gives a folder that a process left which ended in a restore.
func abandoned(t *testing.T, place string) string {
	t.Helper()
	s, err := storage.NewStage(place)
	require.NoError(t, err)
	kept := filepath.Join(t.TempDir(), "kept")
	copyDir(t, s.Dir(), kept)
	dir := s.Dir()
	require.NoError(t, s.Discard())
	require.NoDirExists(t, dir)
	copyDir(t, kept, dir)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "journal"), 0o700))
	return dir
}

func TestWhatAnInterruptedRestoreLeftIsRemovedAndTold(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	place := filepath.Join(home, "default")
	left := []string{abandoned(t, place), abandoned(t, place)}
	s := open(t, place)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepRestore))
	for _, dir := range left {
		require.NoDirExists(t, dir)
	}
	require.NoError(t, s.Close())
	s = open(t, place)
	for _, st := range s.Report().Steps {
		require.NotEqual(t, storage.StepRestore, st.Name, "it is told once")
	}
}

func TestOnlyWhatARestoreLeftIsRemoved(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	place := filepath.Join(home, "default")
	mark, err := os.ReadFile(filepath.Join(abandoned(t, filepath.Join(home, "other")), "restoring"))
	require.NoError(t, err)
	other, err := filepath.Glob(filepath.Join(home, ".other.restoring-*"))
	require.NoError(t, err)
	make := func(name string, said []byte) string {
		dir := filepath.Join(home, name)
		require.NoError(t, os.MkdirAll(dir, 0o700))
		if said != nil {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "restoring"), said, 0o600))
		}
		return dir
	}
	theirs := append(other,
		make("default.old", mark),
		make(".default.restoring-1", nil),
		make(".default.restoring-2", []byte("something else")),
		make(".default.restoring-3", append(mark[:len(mark):len(mark)], 'x')),
	)
	elsewhere := make("elsewhere", mark)
	link := filepath.Join(home, ".default.restoring-4")
	require.NoError(t, os.Symlink(elsewhere, link))
	running, err := storage.NewStage(place)
	require.NoError(t, err)
	theirs = append(theirs, elsewhere, running.Dir())

	n, err := storage.RemoveStages(place)
	require.NoError(t, err)
	require.Zero(t, n)
	for _, dir := range theirs {
		require.DirExists(t, dir)
	}
	_, err = os.Lstat(link)
	require.NoError(t, err)
	require.NoError(t, running.Place())
	require.NoError(t, running.Discard(), "it has its place")
	require.DirExists(t, place)
	require.NoFileExists(t, filepath.Join(place, "restoring"))
}
