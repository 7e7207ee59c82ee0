// Package disk is the few things that the store asks of a file system, so that
// tests can make each of them fail.
package disk

import "io"

// FS is a file system. Errors carry the system's own (ENOSPC, EDQUOT, EIO) for
// errors.Is; a missing file is fs.ErrNotExist.
type FS interface {
	// Open opens an existing file for reading and writing.
	Open(path string) (File, error)
	// Create makes a file for this user alone; fs.ErrExist when there is one.
	Create(path string) (File, error)
	// Rename puts a file in another's place, in one step.
	Rename(from, to string) error
	// Remove removes a file.
	Remove(path string) error
	// List gives the names in a directory, sorted.
	List(dir string) ([]string, error)
	// MakeDir makes a directory for this user alone; one that is there is fine.
	MakeDir(dir string) error
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
	// Space says what there is room for, and on what kind of file system.
	Space(dir string) (Space, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Size is the file's length in bytes.
	Size() (int64, error)
	// Allocate makes the file this long, with its blocks reserved, so that
	// writing in it does not need room any more.
	Allocate(size int64) error
	// Sync makes durable what was written. After an error nothing is known of
	// what was written since the last good one, whatever a later Sync says.
	Sync() error
}

// Space is the state of a file system.
type Space struct {
	// Free is what this user may still write, in bytes.
	Free uint64
	// Network names the kind of a file system that is on another machine; empty
	// for a local one, and where it cannot be told.
	Network string
}
