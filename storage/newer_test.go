package storage_test

import (
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/storage/storagetest"
)

// plantFormat makes a closed store say that it has a later format, in both
// places.
func plantFormat(t *testing.T, dir string, format uint16) {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		return txn.Set([]byte("cformat"), binary.BigEndian.AppendUint16(nil, format))
	}))
	require.NoError(t, db.Close())
	plantManifest(t, dir, format)
}

func plantManifest(t *testing.T, dir string, format uint16) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "db", "MANIFEST"), os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(binary.BigEndian.AppendUint16(nil, format), 4)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// contents gives every file with its bytes, but for the lock.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "room.lock" {
			return err
		}
		raw, err := os.ReadFile(path)
		all[path] = string(raw)
		return err
	}))
	return all
}

func readsAll(t *testing.T, s storage.Store, a *storagetest.Author) {
	t.Helper()
	heads, err := s.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
	n := uint64(0)
	require.NoError(t, s.Scope(scope, func(e *model.Event, _ model.Clock) error {
		n++
		require.Equal(t, "the database is slow", string(e.Text))
		return nil
	}))
	require.Equal(t, a.Head().Seq-1, n)
	require.NoError(t, s.Rows(func(r model.Summary) error {
		require.Equal(t, int(a.Head().Seq), r.Lines)
		return nil
	}))
	_, ok, err := s.Setting("last")
	require.NoError(t, err)
	require.True(t, ok)
	_, ok, err = s.Setting("format")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestAStoreOfANewerFormatIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 30)
	plantFormat(t, dir, storage.Format+1)
	before := contents(t, dir)
	_, err := storage.Open(dir, storage.Options{})
	var newer *storage.NewerError
	require.ErrorAs(t, err, &newer)

	s, err := storage.OpenNewer(dir, storage.Options{})
	require.NoError(t, err)
	require.Equal(t, *newer, s.Newer())
	readsAll(t, s, a)
	_, err = s.Commit(context.Background(), storage.Batch{Settings: map[string][]byte{"one": {1}}})
	require.ErrorAs(t, err, &newer)
	require.ErrorAs(t, s.Remove(context.Background(), []model.Ref{{Log: a.Log(), Seq: 2}}, nil), &newer)
	_, err = storage.OpenNewer(dir, storage.Options{})
	var locked *storage.LockedError
	require.ErrorAs(t, err, &locked)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.Equal(t, before, contents(t, dir), "nothing in it is changed")
}

// A newer version that was killed left commits in its journal alone.
func TestAKilledStoreOfANewerFormatIsReadWithItsJournal(t *testing.T) {
	t.Parallel()
	dir, killed := t.TempDir(), filepath.Join(t.TempDir(), "killed")
	begun(t, dir, 3)
	s := open(t, dir)
	a := storagetest.NewAuthor(2)
	write(t, s, a.Open())
	copyDir(t, dir, killed)
	plantManifest(t, killed, storage.Format+1)
	before := contents(t, killed)
	r, err := storage.OpenNewer(killed, storage.Options{})
	require.NoError(t, err)
	heads, err := r.Heads()
	require.NoError(t, err)
	require.Len(t, heads, 2)
	require.NoError(t, r.Close())
	require.Equal(t, before, contents(t, killed))
}

func TestAnotherLayoutOfANewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := begun(t, dir, 3)
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Layout).WithLogger(nil))
	require.NoError(t, err)
	log := a.Log()
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		return txn.Set(binary.BigEndian.AppendUint64(append([]byte{'e'}, log[:]...), 2), []byte("something else"))
	}))
	require.NoError(t, db.Close())
	plantManifest(t, dir, storage.Format+1)
	_, err = storage.OpenNewer(dir, storage.Options{})
	var newer *storage.NewerError
	require.ErrorAs(t, err, &newer)
	_, err = storage.OpenNewer(dir, storage.Options{})
	require.ErrorAs(t, err, &newer, "its lock is free again")
}
