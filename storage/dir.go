package storage

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/storage/disk"
)

// What a store's directory holds, besides HEAD, journal/ and quarantine/. Kept
// for later: snap/ and ballast.
const (
	lockName = "room.lock"
	dbName   = "db"
)

const dirMode = 0o700

// prepare makes the directory, or sees that nobody else can enter it.
func prepare(dir string) error {
	fail := func(op string, err error) error { return &UnusableError{dir, op, err} }
	st, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, dirMode); err != nil {
			return fail("make the directory", err)
		}
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return fail("make the directory", err)
		}
		return nil
	}
	if err != nil {
		return fail("look at the directory", err)
	}
	if !st.IsDir() {
		return fail("look at the directory", ErrNotDirectory)
	}
	if st.Mode().Perm()&0o077 == 0 {
		return nil
	}
	// Somebody may have given a directory that is no store's, such as /tmp: it
	// must not be closed to everybody.
	ours, err := isOurs(dir)
	if err != nil {
		return fail("look into the directory", err)
	}
	if !ours {
		return fail("close the directory to other users", ErrOpenToOthers)
	}
	if err := os.Chmod(dir, dirMode); err != nil {
		return fail("close the directory to other users", err)
	}
	return nil
}

// refuseNetwork refuses a directory, there or to be made, on a file system of
// another machine: the lock may be the other's, and a sync may say what is not so.
func refuseNetwork(fsys disk.FS, dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		space, err := fsys.Space(at)
		if err == nil && space.Network != "" {
			return &UnusableError{dir, "use the file system", &NetworkError{space.Network}}
		}
		if err == nil || !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return nil // what else is wrong is said where it is needed
		}
	}
}

// isOurs reports a directory that is empty or a store's.
func isOurs(dir string) (bool, error) {
	found, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, f := range found {
		if f.Name() == lockName || f.Name() == dbName {
			return true, nil
		}
	}
	return len(found) == 0, nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeEmpty removes the log files of length zero that a kill during Badger's
// open leaves behind, and counts them: its next open would refuse them (badger
// issue 2207), and they hold nothing.
func removeEmpty(db string) (n int, err error) {
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		found, err := filepath.Glob(filepath.Join(db, pattern))
		if err != nil {
			return n, err
		}
		for _, path := range found {
			st, err := os.Stat(path)
			if err != nil {
				return n, err
			}
			if st.Size() > 0 {
				continue
			}
			if err := os.Remove(path); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// formatOf reads the format from the head of Badger's MANIFEST, before Badger
// touches anything: "Bdgr", then our format in two bytes. It is 0 for a new
// database, and for a MANIFEST that Badger must judge.
func formatOf(db string) (uint16, error) {
	f, err := os.Open(filepath.Join(db, "MANIFEST"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var head [6]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:4]) != "Bdgr" {
		return 0, nil
	}
	return binary.BigEndian.Uint16(head[4:]), nil
}
