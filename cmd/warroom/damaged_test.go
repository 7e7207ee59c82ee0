package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// damageEvent flips a bit in the body of the event whose text is this one, and
// gives its place as an error would name it.
func damageEvent(t *testing.T, dir, text string) (at string) {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "db")).WithExternalMagic(storage.Format).WithLogger(nil))
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Seek([]byte{'b'}); it.ValidForPrefix([]byte{'b'}); it.Next() {
			held, err := it.Item().ValueCopy(nil)
			if err != nil || !bytes.HasSuffix(held, []byte(text)) {
				continue
			}
			key := it.Item().KeyCopy(nil)
			at = fmt.Sprintf("%s:%d", hex.EncodeToString(key[1:17]), binary.BigEndian.Uint64(key[17:]))
			key[0] = 'e'
			item, err := txn.Get(key)
			if err != nil {
				return err
			}
			v, err := item.ValueCopy(nil)
			if err != nil {
				return err
			}
			v[model.EnvelopeSize] ^= 1
			return txn.Set(key, v)
		}
		return fs.ErrNotExist
	}))
	require.NoError(t, db.Close())
	return at
}

func filesWith(t *testing.T, dir, text string) (in []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			in = append(in, path)
		}
		return err
	}))
	return in
}

func TestTextOfADamagedEventIsRedactedByItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secret = "the password is hunter2-9b1f7c"
	w.must("open", "first")
	w.must("log", "before")
	w.must("log", secret)
	w.must("log", "after")
	at := damageEvent(t, w.store(), secret)
	_, _, said := w.run("", "log", "--list")
	require.Contains(t, said, "warroom redact "+at)
	require.NotEmpty(t, filesWith(t, w.store(), secret))

	code, _, said := w.run("", "redact", at)
	require.Equal(t, exitUsage, code)
	require.Contains(t, said, "Nothing was removed. Add --yes")
	log, _, _ := bytes.Cut([]byte(at), []byte(":"))
	for wrong, want := range map[string]string{string(log) + ":1": "is whole", string(log) + ":99": "There is no e", "ffffffff:1": "There is no e"} {
		code, _, said = w.run("", "redact", wrong, "--yes")
		require.NotEqual(t, exitDone, code, wrong)
		require.Contains(t, said, want, wrong)
	}
	require.NotEmpty(t, filesWith(t, w.store(), secret))

	require.Contains(t, w.must("redact", at, "--yes"), "was removed from this store for good")
	require.Empty(t, filesWith(t, w.store(), secret))
	require.Contains(t, w.must("list"), "first")
}
