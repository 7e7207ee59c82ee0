//go:build unix

package door

import (
	"io/fs"
	"os"
	"syscall"
)

// ownedByUs refuses a folder that another user, other than root, could change.
func ownedByUs(st fs.FileInfo) error {
	sys, ok := st.Sys().(*syscall.Stat_t)
	if ok && sys.Uid != 0 && int(sys.Uid) != os.Getuid() {
		return errNotPrivate
	}
	return nil
}

// OwnerOf is the user that a file belongs to.
func OwnerOf(path string) (uint32, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errNotPrivate
	}
	return sys.Uid, nil
}

// giveToGroup gives a socket to the group of its folder.
func giveToGroup(path string, dir fs.FileInfo) error {
	st, ok := dir.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return os.Lchown(path, -1, int(st.Gid))
}
