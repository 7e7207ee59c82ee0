package storage

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"warroom/storage/disk"
)

// Badger writes through mapped files: where a page has no room on the disk, the
// system ends the process. So there is a reserve. Below it the database is not
// written, and a file that only takes up room is removed, so that what the
// database has begun can be completed. Sizes in bytes.
const (
	// reserve is the room below which the database is not written.
	reserve = 64 << 20
	ballast = 32 << 20
	// slack keeps a store from going in and out of a pause.
	slack = 8 << 20
	// roomToClose is what a close of the database may write: two tables, and what
	// stands beside them.
	roomToClose = 32 << 20
)

const ballastName = "ballast"

// guard watches over the room on the disk. Its methods are for one goroutine at
// a time, all but free.
type guard struct {
	fs  disk.FS
	dir string
	// needs is what the database may write besides, at any moment.
	needs func() uint64
	// held says that the ballast is there.
	held bool
	seen atomic.Uint64
}

// free is the room, in bytes, as it is or was last known.
func (g *guard) free() uint64 {
	if space, err := g.fs.Space(g.dir); err == nil {
		g.seen.Store(space.Free)
	}
	return g.seen.Load()
}

func (g *guard) need() uint64 {
	if g.needs == nil {
		return reserve
	}
	return reserve + g.needs()
}

// low reports that the database must not be written. The ballast is gone then.
func (g *guard) low() bool {
	if g.free() >= g.need() {
		return false
	}
	g.drop()
	return true
}

// fits reports that the database may be written.
func (g *guard) fits() bool { return g.free() >= g.need() }

// enough reports that there is room for a database that was not written, and for
// the ballast.
func (g *guard) enough() bool { return g.free() >= g.need()+ballast+slack }

// drop removes the ballast.
func (g *guard) drop() {
	err := g.fs.Remove(filepath.Join(g.dir, ballastName))
	g.held = err != nil && !errors.Is(err, fs.ErrNotExist)
}

// fill makes the ballast when there is room for it. Without it the store is only
// less sure of its room.
func (g *guard) fill() {
	if g.held || !g.enough() {
		return
	}
	path := filepath.Join(g.dir, ballastName)
	f, err := g.fs.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = g.fs.Create(path)
	}
	if err != nil {
		return
	}
	size, err := f.Size()
	if err == nil && size < ballast {
		err = f.Allocate(ballast)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		g.drop()
		return
	}
	g.held = true
}

// diskFull reports an error of a disk, or of a quota, that is used up.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, ErrFull)
}
