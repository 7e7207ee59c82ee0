package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"
)

// earlierMemTable is what memTable was before.
const earlierMemTable = 16 << 20

// openDB opens a database, and turns a panic of Badger over damaged files into an error.
//
// What an earlier version left in a larger table in memory, when it was killed, does not
// fit one of now: Badger would end the process. It is written out first, with a table of
// that size.
func openDB(o badger.Options) (db *badger.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("the database panicked: %v", r)
		}
	}()
	larger, err := largerTable(o)
	if err != nil {
		return nil, err
	}
	switch {
	case larger == 0:
	case o.ReadOnly:
		return badger.Open(o.WithMemTableSize(larger))
	default:
		if db, err = badger.Open(o.WithMemTableSize(larger)); err != nil {
			return nil, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	return badger.Open(o)
}

// largerTable gives the size of a table in memory in which what is left of a database that
// was not closed in order has room, 0 where that is the one of the options. Badger makes the
// file of such a table twice as long, and cuts it when it has read it: only of one that
// is of that length still is it known that it was made for a table of this size.
func largerTable(o badger.Options) (size int64, err error) {
	files, err := os.ReadDir(o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".mem" {
			continue
		}
		st, err := f.Info()
		if err != nil {
			return 0, err
		}
		if st.Size() != 0 && st.Size() != 2*o.MemTableSize {
			size = max(size, earlierMemTable, st.Size()/2)
		}
	}
	return size, nil
}
