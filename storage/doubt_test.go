package storage_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/disk/disktest"
)

// lastSegments gives the journal's segments, the last one first.
func lastSegments(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "journal", "*.wj"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	slices.Reverse(found)
	return found
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		require.NoError(t, os.RemoveAll(p))
	}
}

func TestJournalWithoutItsEndIsADoubtUntilItIsAdopted(t *testing.T) {
	t.Parallel()
	for name, hurt := range map[string]func(t *testing.T, dir string){
		"the journal is gone":           func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "journal")) },
		"all segments are":              func(t *testing.T, dir string) { remove(t, lastSegments(t, dir)...) },
		"the one that was written is":   func(t *testing.T, dir string) { remove(t, lastSegments(t, dir)[1]) },
		"it is cut":                     func(t *testing.T, dir string) { require.NoError(t, os.Truncate(lastSegments(t, dir)[1], 2000)) },
		"it is cut within its zeros":    func(t *testing.T, dir string) { require.NoError(t, os.Truncate(lastSegments(t, dir)[1], 3<<20)) },
		"it cannot be read":             func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(lastSegments(t, dir)[1], nil, 0o600)) },
		"the journal went back":         func(t *testing.T, dir string) { copyDir(t, filepath.Join(dir, "old"), filepath.Join(dir, "journal")) },
		"and the database is gone also": func(t *testing.T, dir string) { remove(t, lastSegments(t, dir)[1], filepath.Join(dir, "db")) },
		"the journal and HEAD are gone": func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, "journal"), filepath.Join(dir, "HEAD.0"), filepath.Join(dir, "HEAD.1"))
		},
		"the journal and the database are gone": func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "journal"), filepath.Join(dir, "db")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			a := begun(t, dir, 4)
			copyDir(t, filepath.Join(dir, "journal"), filepath.Join(dir, "old"))
			s := open(t, dir)
			for range 5 {
				write(t, s, a.Write(scope, "the database is slow"))
			}
			require.NoError(t, s.Close())
			hurt(t, dir)
			for range 3 { // said until somebody began a new log
				s = open(t, dir)
				require.True(t, s.Report().Cut, "%v", s.Report())
				warned := slices.ContainsFunc(s.Report().Steps, func(st storage.Step) bool { return st.State == storage.Warned })
				require.True(t, warned, "%v", s.Report())
				require.NoError(t, s.Close())
			}
			s = open(t, dir)
			require.NoError(t, s.Adopt())
			require.NoError(t, s.Close())
			for range 2 {
				s = open(t, dir)
				require.False(t, s.Report().Cut, "%v", s.Report())
				require.NoError(t, s.Close())
			}
		})
	}
}

// What a crash leaves must not begin a new log.
func TestUnfinishedWriteIsNoDoubt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 4)
	path := lastSegments(t, dir)[1]
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	end := len(raw)
	for raw[end-1] == 0 {
		end--
	}
	end = (end + 7) &^ 7
	copy(raw[end:], "WJF1\x00\x00\x00\x40 half a frame")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	s := open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepJournal))
	require.False(t, s.Report().Cut)
	require.NoFileExists(t, filepath.Join(dir, "doubt"))
	requireAll(t, s, a)
}

// The disk has no room for the note, and whoever opens is told all the same.
func TestDoubtIsToldOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	s := openTicked(t, dir, fs)
	require.NoError(t, s.Close())
	names, err := fs.List(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	require.NoError(t, fs.Remove(filepath.Join(dir, "journal", names[0])))
	fs.SetRoom(low)
	s = openTicked(t, dir, fs)
	require.True(t, s.Report().Cut)
	require.NoError(t, s.Close())
}
