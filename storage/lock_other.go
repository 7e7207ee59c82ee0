//go:build !unix

package storage

const ownLock = false

// lock is Badger's own on systems without flock; it cannot tell the process.
type lock struct{}

func takeLock(string) (*lock, error) { return &lock{}, nil }

func takeLockIn(string, string) (*lock, error) { return &lock{}, nil }

func (l *lock) release() error { return nil }
