package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

const quarantineName = "quarantine"

// ErrManifest is a list of tables that ends in the middle of a record. Badger
// would take the rest for never written, and remove the tables that it named.
var ErrManifest = errors.New("the database's list of tables is cut")

// readManifest gives the tables that the database's MANIFEST lists, and of each
// whether its blocks stand there as they were made, neither compressed nor
// encrypted; none for a new database. It gives ErrManifest when the list is cut.
func readManifest(db string, o badger.Options) (map[uint64]bool, error) {
	f, err := os.Open(filepath.Join(db, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	manifest, end, err := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() != end {
		return nil, fmt.Errorf("%w: %d of %d bytes are whole", ErrManifest, end, st.Size())
	}
	listed := make(map[uint64]bool, len(manifest.Tables))
	for id, t := range manifest.Tables {
		listed[id] = t.Compression == options.None && t.KeyID == 0
	}
	return listed, nil
}

// links are second names, in quarantine, of tables that Badger's open removes.
type links struct{ paths []string }

// linkUnlisted keeps the tables that the MANIFEST does not list until the store
// is known to be whole. After a kill there are some, and they hold nothing that
// is needed.
func linkUnlisted(dir string, listed map[uint64]bool) (kept links, err error) {
	tables, err := filepath.Glob(filepath.Join(dir, dbName, "*.sst"))
	if err != nil {
		return kept, err
	}
	for _, path := range tables {
		base := filepath.Base(path)
		id, err := strconv.ParseUint(strings.TrimSuffix(base, ".sst"), 10, 64)
		if _, is := listed[id]; err == nil && is {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, quarantineName), dirMode); err != nil {
			return kept, err
		}
		second := filepath.Join(dir, quarantineName, base)
		if err := os.Remove(second); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
		if err := os.Link(path, second); err != nil {
			return kept, err
		}
		kept.paths = append(kept.paths, second)
	}
	return kept, nil
}

func (l links) remove() error {
	for _, path := range l.paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// putAside moves the database into quarantine, under the first free name.
func putAside(dir string) (string, error) {
	q := filepath.Join(dir, quarantineName)
	if err := os.MkdirAll(q, dirMode); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		to := filepath.Join(q, fmt.Sprintf("%s-%d", dbName, n))
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(filepath.Join(dir, dbName), to); err != nil {
			return "", err
		}
		return to, errors.Join(syncDir(q), syncDir(dir))
	}
}
