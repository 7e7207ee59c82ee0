package door

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// maxSocketPath is what the systems take for the name of a socket, with a margin.
const maxSocketPath = 100

// ServiceDir is where services of this machine have their sockets, one for a
// workspace.
const ServiceDir = "/run/warroom"

// ServiceSocket is the socket of a workspace's service under dir, which is
// ServiceDir but in tests.
func ServiceSocket(dir, workspace string) string { return filepath.Join(dir, workspace+".sock") }

// OwnSocket is the socket of the room process that keeps the store in dir. It is
// in the store's folder, which nobody else may enter; where that name is too long
// for a socket, in a folder of this user's in /tmp: whatever a terminal or a cron job
// has for TMPDIR and XDG_RUNTIME_DIR, all must find the same.
func OwnSocket(dir string) string {
	if path := filepath.Join(dir, "room.sock"); len(path) <= maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join("/tmp", "warroom-"+strconv.Itoa(os.Getuid()), hex.EncodeToString(sum[:8])+".sock")
}

// errNotPrivate is a socket's folder that others could put a socket into.
var errNotPrivate = errors.New("the socket's folder belongs to somebody else or is open to others")

// Listen makes the socket. Only whoever holds the store's lock may call it: it
// takes away what a dead process left there. mode is 0600 for one user, 0660 for
// the group that owns the folder; a folder that is not there is made for this user
// alone.
func Listen(path string, mode fs.FileMode) (net.Listener, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	st, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() || st.Mode().Perm()&0o022 != 0 && st.Mode()&fs.ModeSticky == 0 {
		return nil, fmt.Errorf("%s: %w", dir, errNotPrivate)
	}
	if err := ownedByUs(st); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	switch old, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case old.Mode()&fs.ModeSocket == 0:
		return nil, fmt.Errorf("%s is there and is no socket", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if mode&0o060 != 0 {
		// What a process of another group makes is not the folder's.
		if err := giveToGroup(path, st); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
