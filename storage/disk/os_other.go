//go:build !linux

package disk

import (
	"math"
	"os"
	"runtime"
)

// syncData is Go's Sync, which on a Mac also empties the drive's own cache
// (F_FULLFSYNC); fsync alone would not.
func syncData(f *os.File) error { return f.Sync() }

// syncNames does nothing on Windows, where a directory cannot be synced and
// NTFS keeps its names in a journal of its own.
func syncNames(d *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return d.Sync()
}

func allocate(f *os.File, size int64) error { return fill(f, size) }

// space cannot be asked alike on the other systems yet: there is always room.
func space(dir string) (Space, error) {
	if _, err := os.Stat(dir); err != nil {
		return Space{}, err
	}
	return Space{Free: math.MaxInt64}, nil
}
