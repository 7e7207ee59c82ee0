package storage

import (
	"errors"
	"fmt"

	"warroom/model"
)

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the store is closed")

// ErrStaleRow is a row that this binary cannot read, because another version
// wrote it or because it is damaged. Nothing is lost: rows are made from events.
var ErrStaleRow = errors.New("a row of the incident list cannot be read")

// LockedError says that another process has the store open.
type LockedError struct {
	// PID is the other process, 0 when it cannot be told.
	PID int
	Dir string
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%s is in use by another process", e.Dir)
	}
	return fmt.Sprintf("%s is in use by process %d", e.Dir, e.PID)
}

// NewerError says that the store was written by a newer version, in a format
// that this one does not know. Nothing was changed in it.
type NewerError struct {
	Have, Know int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("the store has format %d, this version knows up to %d", e.Have, e.Know)
}

// UnusableError says that the store cannot be opened, or not be written any
// more: a read-only or missing home, no permission, something else in the place
// of the directory, a disk that gives errors, a database that does not open.
type UnusableError struct {
	Dir string
	// Op is what was being done, as "make the directory".
	Op  string
	Err error
}

func (e *UnusableError) Error() string { return fmt.Sprintf("%s: %s: %v", e.Dir, e.Op, e.Err) }

// Unwrap gives the error of the system or the database.
func (e *UnusableError) Unwrap() error { return e.Err }

// NetworkError is a directory on a file system of another machine, where locks and
// syncs may not be what they say. It is the cause of an *UnusableError.
type NetworkError struct {
	// Kind is the file system, such as nfs.
	Kind string
}

func (e *NetworkError) Error() string { return "it is on a network file system (" + e.Kind + ")" }

// Causes of an UnusableError that are the store's own.
var (
	// ErrOpenToOthers is a directory that other users can enter, and that was not
	// closed to them because it is not known to be a store's.
	ErrOpenToOthers = errors.New("other users can read it, and it holds something else than a store")
	// ErrFull is a disk, or a quota, that is used up. Nothing was written.
	ErrFull = errors.New("there is no room on the disk")
	// ErrCrowded is a database that has not followed for so long that no more can
	// wait for it.
	ErrCrowded = errors.New("too much waits to be written to the database")
	// ErrNotClosed is a database that did not close in time. It was left as it is; the
	// journal has all that was committed, and the next Open takes it from there. The
	// process should end soon: until then no second Open of the store is safe.
	ErrNotClosed = errors.New("the database did not close in time; the journal has all that was committed")
	// ErrGone is a store whose files were removed while it was open. What was in
	// them is not there any more.
	ErrGone = errors.New("its files were removed while it was open")
	// ErrNotDirectory is something else in the place of the directory.
	ErrNotDirectory = errors.New("it is not a directory")
)

// TooBigError says that a batch, or one value in it, is over a limit. Nothing
// was written.
type TooBigError struct {
	// What is "batch", "number of entries in the batch", "row" or "setting".
	What        string
	Size, Limit int
}

func (e *TooBigError) Error() string {
	return fmt.Sprintf("the %s is too big: %d, the limit is %d", e.What, e.Size, e.Limit)
}

// DamagedError says that an event is not what was written, or is missing where
// the store says that it is.
type DamagedError struct {
	Log model.LogID
	Seq uint64
	Err error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("event %d of log %s is damaged: %v", e.Seq, e.Log, e.Err)
}

// Unwrap gives what is wrong with it.
func (e *DamagedError) Unwrap() error { return e.Err }
