package storage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"
)

// killed makes a database as a killed process leaves it, with so many megabytes in a table
// in memory of this size.
func killed(t *testing.T, memTable int64, megabytes int) (dir string) {
	t.Helper()
	made := t.TempDir()
	db, err := badger.Open(databaseOptions(made, nil).WithMemTableSize(memTable))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for i := range megabytes * 16 {
		require.NoError(t, db.Update(func(txn *badger.Txn) error {
			return txn.Set(fmt.Append(nil, "key ", i), []byte(strings.Repeat("v", 64<<10)))
		}))
	}
	dir = filepath.Join(t.TempDir(), dbName)
	require.NoError(t, os.CopyFS(dir, os.DirFS(made)))
	return dir
}

// Badger ends the process when it reads a table that has no room in memory.
func TestWhatAnEarlierVersionHadInALargerTableIsThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table int64
		cut   bool // as by an open that was killed in its midst
	}{
		"of an earlier version":                 {earlierMemTable, false},
		"of an earlier version, read to an end": {earlierMemTable, true},
		"of this version":                       {memTable, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			megabytes := int(c.table >> 20 * 3 / 4)
			dir := killed(t, c.table, megabytes)
			files, err := filepath.Glob(filepath.Join(dir, "*.mem"))
			require.NoError(t, err)
			require.NotEmpty(t, files)
			if c.cut {
				for _, f := range files {
					require.NoError(t, os.Truncate(f, int64(megabytes)<<20+2<<20))
				}
			}
			larger, err := largerTable(databaseOptions(dir, nil))
			require.NoError(t, err)
			require.Equal(t, c.table != memTable, larger != 0)
			if db, err := openDB(databaseOptions(dir, nil).WithReadOnly(true)); err == nil { // else it says that it was not closed
				require.NoError(t, db.Close())
			}
			db, err := openDB(databaseOptions(dir, nil))
			require.NoError(t, err)
			require.Equal(t, int64(memTable), db.Opts().MemTableSize)
			require.NoError(t, db.View(func(txn *badger.Txn) error {
				for i := range megabytes * 16 {
					if _, err := txn.Get(fmt.Append(nil, "key ", i)); err != nil {
						return fmt.Errorf("key %d: %w", i, err)
					}
				}
				return nil
			}))
			require.NoError(t, db.Close())
		})
	}
}
