package storage_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/storagetest"
)

// A database that cannot be written tries again for ever, and must not keep a
// process from its end.
func TestACloseEndsThoughTheDatabaseCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "store")
	s, err := storage.Open(dir, storage.WithCloseWithin(storage.Options{}, time.Millisecond))
	require.NoError(t, err)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	write(t, s, a.Write(scope, text))
	requireAll(t, s, a)
	db := filepath.Join(dir, "db")
	require.NoError(t, os.Rename(db, filepath.Join(dir, "elsewhere")))
	require.NoError(t, os.WriteFile(db, nil, 0o600)) // nothing can be made in it
	require.ErrorIs(t, s.Close(), storage.ErrNotClosed)
	require.NoError(t, s.Close(), "a second time does nothing")

	// The journal has everything; beside the close that goes on, it is opened elsewhere.
	next := filepath.Join(t.TempDir(), "store")
	copyDir(t, dir, next)
	require.NoError(t, os.Remove(filepath.Join(next, "db")))
	require.NoError(t, os.Chmod(next, 0o700))
	requireAll(t, open(t, next), a)
}

func TestACloseSaysThatTheFolderIsGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "store")
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	a := storagetest.NewAuthor(1)
	write(t, s, a.Open())
	requireAllHeadsOf(t, s, a)
	require.NoError(t, os.RemoveAll(dir))
	require.ErrorIs(t, s.Close(), storage.ErrGone)
	require.NoDirExists(t, dir, "nothing is begun anew in its place")
}

func requireAllHeadsOf(t *testing.T, s storage.Store, a *storagetest.Author) {
	t.Helper()
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Len(t, heads, 1)
	require.Equal(t, a.Head(), heads[0])
}
