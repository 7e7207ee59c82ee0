//go:build unix

package storage

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// hostOf is the machine and the place of a store's directory.
func hostOf(dir string) (Host, error) {
	h := Host{Machine: machine()}
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return h, os.NewSyscallError("stat", err)
	}
	h.Inode, h.Device = st.Ino, uint64(st.Dev)
	if id := fileSystem(dir); id != 0 {
		h.Device = id
	}
	if err := unix.Stat(filepath.Join(dir, lockName), &st); err != nil {
		return h, os.NewSyscallError("stat", err)
	}
	h.Lock = st.Ino
	return h, nil
}

// machine is zero where the machine has no id of its own, as in many containers.
func machine() (id [16]byte) {
	raw, err := os.ReadFile("/etc/machine-id")
	if err != nil {
		return id
	}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "uninitialized" {
		return id
	}
	sum := sha256.Sum256(append([]byte("warroom store "), raw...))
	return [16]byte(sum[:16])
}
