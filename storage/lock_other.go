//go:build !unix

package storage

const ownLock = false

// lock is Badger's own on systems without flock; it cannot tell the process.
type lock struct{}

func takeLock(string) (*lock, error) { return &lock{}, nil }

func takeLockIn(string, string) (*lock, error) { return &lock{}, nil }

func (l *lock) release() error { return nil }

// Holder is the process that has the store in a directory open just now, 0 for
// none; here it cannot be told.
func Holder(string) (pid int, err error) { return 0, nil }
