//go:build linux || darwin || freebsd

package main

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeBytes is how much an ordinary user can still write where the folder is,
// or will be.
func freeBytes(dir string) (uint64, bool) {
	for {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return 0, false
		}
		dir = up
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true
}
