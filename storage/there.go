package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// There reports a directory in which there is a store, or something in its place;
// one that cannot be looked into counts.
func There(dir string) bool {
	for _, name := range []string{dbName, journalName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}
