package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/storagetest"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	storagetest.Suite{
		Open: func(*testing.T) storagetest.Store { return storage.NewMemory() },
	}.Run(t)
}

func TestBadgerIsAStore(t *testing.T) {
	t.Parallel()
	storagetest.Suite{
		Open: func(t *testing.T) storagetest.Store { return open(t, t.TempDir()) },
		Reopen: func(t *testing.T, s storagetest.Store) storagetest.Store {
			dir := s.(*storage.Badger).Dir()
			require.NoError(t, s.Close())
			return open(t, dir)
		},
	}.Run(t)
}

// open opens a store that is closed with the test.
func open(t testing.TB, dir string) *storage.Badger {
	t.Helper()
	s, err := storage.Open(dir, storage.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
