package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
	"warroom/storage/disk/disktest"
	"warroom/storage/storagetest"
)

// at is a machine and a place, for a store that is told where it is.
func at(h storage.Host) storage.Options {
	return storage.Options{Host: func(string) (storage.Host, error) { return h, nil }}
}

func TestStoreKnowsWhereItWasWritten(t *testing.T) {
	t.Parallel()
	home := storage.Host{Machine: [16]byte{1}, Device: 2, Inode: 3, Lock: 4}
	for name, c := range map[string]struct {
		is     storage.Host
		copied bool
	}{
		"the same place":                  {home, false},
		"another machine":                 {storage.Host{Machine: [16]byte{9}, Device: 2, Inode: 3, Lock: 4}, true},
		"another file system":             {storage.Host{Machine: [16]byte{1}, Device: 9, Inode: 3, Lock: 4}, true},
		"another directory":               {storage.Host{Machine: [16]byte{1}, Device: 2, Inode: 9, Lock: 4}, true},
		"put back into the directory":     {storage.Host{Machine: [16]byte{1}, Device: 2, Inode: 3, Lock: 9}, true},
		"a machine that does not say who": {storage.Host{Device: 2, Inode: 3, Lock: 4}, false},
		"a place that cannot be told":     {storage.Host{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			openAt := func(h storage.Host) *storage.Badger {
				s, err := storage.Open(dir, at(h))
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, s.Close()) })
				return s
			}
			s := openAt(home)
			require.False(t, s.Report().Copied, "a new store is at home")
			require.Equal(t, storage.Fine, step(t, s, storage.StepHost))
			require.NoError(t, s.Close())
			for range 2 { // said until somebody began a new log
				s = openAt(c.is)
				require.Equal(t, c.copied, s.Report().Copied)
				if c.copied {
					require.Equal(t, storage.Warned, step(t, s, storage.StepHost))
				}
				write(t, s, storagetest.NewAuthor(7).Open()) // the new log, or another's: the store cannot tell
				require.NoError(t, s.Close())
			}
			s = openAt(c.is)
			require.NoError(t, s.Adopt())
			require.NoError(t, s.Close())
			s = openAt(c.is)
			require.False(t, s.Report().Copied)
			require.NoError(t, s.Close())
			if c.copied {
				require.True(t, openAt(home).Report().Copied, "the other one is the copy now")
			}
		})
	}
}

func TestCopyOfAStoreIsToldFromTheStore(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir, elsewhere := filepath.Join(home, "store"), filepath.Join(home, "copy")
	a := begun(t, dir, 3)
	copyDir(t, dir, elsewhere)
	c := open(t, elsewhere)
	require.True(t, c.Report().Copied)
	requireAll(t, c, a)
	require.False(t, open(t, dir).Report().Copied, "the original goes on")

	// A rename leaves it what it was.
	require.NoError(t, c.Adopt())
	require.NoError(t, c.Close())
	moved := filepath.Join(home, "moved")
	require.NoError(t, os.Rename(elsewhere, moved))
	require.False(t, open(t, moved).Report().Copied)
}

func TestStoreThatIsPutBackIntoItsDirectoryIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun(t, dir, 3)
	old := t.TempDir()
	copyDir(t, dir, old)
	s := open(t, dir)
	require.False(t, s.Report().Copied)
	require.NoError(t, s.Close())
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range found {
		require.NoError(t, os.Rename(filepath.Join(dir, f.Name()), filepath.Join(old, "gone-"+f.Name())))
	}
	require.NoError(t, os.CopyFS(dir, os.DirFS(old)))
	require.True(t, open(t, dir).Report().Copied)
}

func TestDatabaseOfAnotherStoreIsTold(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	begun(t, dir, 3)
	begun(t, other, 5)
	for _, n := range []string{"db", "journal", "HEAD.0", "HEAD.1"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, n)))
		if st, err := os.Stat(filepath.Join(other, n)); err == nil && st.IsDir() {
			copyDir(t, filepath.Join(other, n), filepath.Join(dir, n))
		}
	}
	// Even where the place says nothing.
	s, err := storage.Open(dir, at(storage.Host{}))
	require.NoError(t, err)
	require.True(t, s.Report().Copied)
	require.NoError(t, s.Close())
}

// Adopting is cut off between its two writes.
func TestHalfAnAdoptionReadsAsACopy(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	o := at(storage.Host{Inode: 1})
	o.Disk = fs
	s, err := storage.Open(dir, o)
	require.NoError(t, err)
	path := filepath.Join(dir, "host")
	old := fs.Content(path)
	require.Len(t, old, 16)
	require.NoError(t, s.Adopt())
	require.NotEqual(t, old, fs.Content(path))
	require.NoError(t, s.Close())
	fs.Put(path, old) // as if the setting alone had been written, and the other way round
	s, err = storage.Open(dir, o)
	require.NoError(t, err)
	require.True(t, s.Report().Copied)
	require.NoError(t, s.Close())
}

func TestAdoptEndsWhatIsBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 4)
	for _, n := range []string{"db", "journal"} {
		copyDir(t, filepath.Join(dir, n), filepath.Join(dir, n+".old"))
	}
	s := open(t, dir)
	write(t, s, a.Write(scope, text))
	require.NoError(t, s.Close())
	for _, n := range []string{"db", "journal"} {
		copyDir(t, filepath.Join(dir, n+".old"), filepath.Join(dir, n))
	}
	for range 2 {
		s = open(t, dir)
		require.Len(t, s.Report().Behind, 1)
		require.NoError(t, s.Close())
	}
	s = open(t, dir)
	require.NoError(t, s.Adopt())
	require.NoError(t, s.Close())
	s = open(t, dir)
	require.Empty(t, s.Report().Behind)
	require.False(t, s.Report().Copied)
}

func TestBindingIsWrittenOnAFullDiskToo(t *testing.T) {
	t.Parallel()
	dir, fs := t.TempDir(), disktest.New()
	fs.SetRoom(low)
	s := openTicked(t, dir, fs)
	require.True(t, s.Health().JournalOnly)
	require.NoError(t, s.Close())
	s = openTicked(t, dir, fs)
	require.False(t, s.Report().Copied)
	_, ok, err := s.Setting("host")
	require.NoError(t, err)
	require.True(t, ok)
}
