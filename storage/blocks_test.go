package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// rotten flips a bit in the data of a store's first table.
func rotten(t *testing.T, dir string) {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(dir, "db", "*.sst"))
	require.NoError(t, err)
	require.NotEmpty(t, tables)
	raw, err := os.ReadFile(tables[0])
	require.NoError(t, err)
	raw[200] ^= 1
	require.NoError(t, os.WriteFile(tables[0], raw, 0o600))
}

func TestBitFlippedInATableIsHealedFromTheJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 40)
	rotten(t, dir)
	s := open(t, dir)
	require.Equal(t, storage.Repaired, step(t, s, storage.StepDatabase), "%v", s.Report())
	requireAll(t, s, a)
}

func TestBitFlippedInATableThatTheJournalDoesNotCoverIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 40)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "journal")))
	rotten(t, dir)
	s := open(t, dir)
	require.Equal(t, storage.Warned, step(t, s, storage.StepDatabase), "%v", s.Report())
	read := 0
	err := s.Log(a.Log(), 1, func(*model.Event) error { read++; return nil })
	t.Log(read, err) // what can be read is read
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
}
