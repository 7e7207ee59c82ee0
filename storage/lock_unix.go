//go:build unix

package storage

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A process that is killed while it starts another leaves its locks to it until
// the other's program begins: a few milliseconds. So a lock that is held is tried
// for so long before somebody is told.
const (
	lockTries = 10
	lockPause = 5 * time.Millisecond
)

// ownLock says that our lock suffices, and Badger needs none of its own.
const ownLock = true

// lock keeps other processes out of a store's directory for as long as the file
// is open. A file that a dead process left behind locks nothing.
type lock struct{ f *os.File }

// takeLock gives a *LockedError when another process, or another Open in this
// one, has the store.
func takeLock(dir string) (*lock, error) { return takeLockIn(dir, lockName) }

// takeLockIn is takeLock with the file of that name.
func takeLockIn(dir, name string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &UnusableError{dir, "open the lock file", err}
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for try := 0; try < lockTries && errors.Is(err, unix.EWOULDBLOCK); try++ {
		time.Sleep(lockPause)
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		pid := readPID(f)
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, &LockedError{PID: pid, Dir: dir}
		}
		return nil, &UnusableError{dir, "lock the directory", err}
	}
	if err := writePID(f, strconv.Itoa(os.Getpid())+"\n"); err != nil {
		f.Close()
		return nil, &UnusableError{dir, "write the lock file", err}
	}
	return &lock{f}, nil
}

// Holder is the process that has the store in a directory open just now, 0 for
// none.
func Holder(dir string) (pid int, err error) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	err = unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return readPID(f), nil
	}
	return 0, err
}

// release lets others in. The file stays: removing it would let two processes
// lock two files of the same name.
//
// A close alone would leave the lock to a process that this one is just starting,
// until its program begins, which on a busy machine takes longer than others try.
func (l *lock) release() error {
	return errors.Join(l.f.Truncate(0), unix.Flock(int(l.f.Fd()), unix.LOCK_UN), l.f.Close())
}

func writePID(f *os.File, pid string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(pid), 0)
	return err
}

func readPID(f *os.File) int {
	raw, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0
	}
	return pid
}
