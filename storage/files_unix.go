//go:build unix

package storage

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// filesFree is how many more files this process may have open now, as far as n. It takes
// one of them to look.
func filesFree(n int) int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return n
	}
	dir, err := os.Open("/dev/fd")
	switch {
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return 0
	case err != nil:
		return n // it cannot be told here
	}
	defer dir.Close()
	open, err := dir.Readdirnames(-1)
	if err != nil {
		return n
	}
	free := int64(min(limit.Cur, 1<<30)) - int64(len(open)-1) // but that of the directory
	return int(max(min(free, int64(n)), 0))
}
