package storage

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
)

// When a file cannot be made in the midst of a compaction, Badger drops what was to stand
// in it, and says nothing. So the database is not written while few more files may be
// open, and one that was written when there were none any more is made anew.
const (
	// filesNeeded is how many files the database may open at a time: those that a flush
	// and two compactions make, of 12 tables of 8 MB and of what is below them, in tables
	// of 2 MB.
	filesNeeded = 96
	// filesGone is how few are as good as none.
	filesGone = 4
	// filesSlack keeps a store from going in and out of a pause.
	filesSlack = 16
)

// ErrFiles is why a database is made anew that may lack something.
var ErrFiles = errors.New("the process had no file left to open while the database was written")

// descriptors watches over the files that the process may open. Its methods are for one
// goroutine, but few and wrote.
type descriptors struct {
	// free is filesFree, but in tests; ranOut is told that there were none while the
	// database was written.
	free   func(n int) int
	ranOut func()
	are    atomic.Bool // few
	wrote  atomic.Bool // there were enough once, so that the database was written
	// busy is for how many more looks a compaction may still run.
	busy int
}

// compacts is for how many looks in a pause, which come every second, a compaction may
// still run.
const compacts = 10

// low reports that the database must not be written.
func (d *descriptors) low() bool {
	few := d.look(filesNeeded) < filesNeeded
	if !few {
		d.busy = compacts
		d.wrote.Store(true)
	}
	d.are.Store(few)
	return few
}

// fits reports that the database may be written, in a pause that is for something else.
func (d *descriptors) fits() bool { return d.pausing(filesNeeded) }

// enough reports that a database that was not written may be again.
func (d *descriptors) enough() bool { return d.pausing(filesNeeded + filesSlack) }

func (d *descriptors) pausing(n int) bool {
	enough := d.look(n) == n
	d.busy = max(d.busy-1, 0)
	if enough {
		d.are.Store(false)
	}
	return enough
}

func (d *descriptors) look(n int) int {
	n = d.free(n)
	if n < filesGone && d.busy > 0 {
		d.ranOut()
	}
	return n
}

// few reports that there were few when it was looked at last.
func (d *descriptors) few() bool { return d.are.Load() }

// saysNoFiles reports words of Badger about a file that it could not open. It drops the
// errors themselves.
func saysNoFiles(words string) bool {
	return strings.Contains(words, syscall.EMFILE.Error()) || strings.Contains(words, syscall.ENFILE.Error())
}
