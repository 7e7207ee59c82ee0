package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// What is in the tables is checked through before an open that follows an end
// without order, and where something was found wrong before. After a close in
// order nothing has written them since, and all but events and texts, which prove
// themselves, is checked before; those are checked beside the work.
//
// cleanName is the file that a close in order leaves, with the number of the table
// from which the check beside the work goes on (8 bytes). It is removed, durably,
// before the database is opened.
//
// suspectName says that something was found wrong while the database was in use.
// What Badger made of it since looks whole, so the database is made anew at the
// next open, or it is told again.
const (
	cleanName   = "clean"
	suspectName = "suspect"
)

const (
	// checkAfter is how long the check waits: the first frame comes first.
	checkAfter = time.Second
	// checkAtEnd is how long a close waits for it. Verbs that come and go check
	// one table after the other that way.
	checkAtEnd = 25 * time.Millisecond
)

// ErrSuspect is a database in which something was found wrong while it was in use.
var ErrSuspect = errors.New("it was found damaged while it was in use")

// tableCheck checks tables beside the work, in a goroutine of its own.
type tableCheck struct {
	tables []table
	begin  chan struct{}
	stop   chan struct{}
	done   chan struct{}
	// next is the table from which the next check goes on; for others when done.
	next uint64
}

// check begins to check tables, from one on and around. found gets what is wrong.
func check(tables []table, from uint64, found func(error)) *tableCheck {
	c := &tableCheck{
		tables: tables, next: from,
		begin: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go c.serve(found)
	return c
}

func (c *tableCheck) serve(found func(error)) {
	defer close(c.done)
	defer closeTables(c.tables)
	pause := time.NewTimer(checkAfter)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-c.begin:
	case <-c.stop:
		return
	}
	stopped := func() bool {
		select {
		case <-c.stop:
			return true
		default:
			return false
		}
	}
	first := max(0, slices.IndexFunc(c.tables, func(t table) bool { return t.id >= c.next }))
	var space tableSpace
	for i := range c.tables {
		t := c.tables[(first+i)%len(c.tables)]
		c.next = t.id
		if err := checkTable(t.file, &space, all, stopped); errors.Is(err, errStopped) {
			return
		} else if err != nil && !t.removed() {
			found(&tableError{t.id, err})
			return
		}
	}
	c.next = 0
}

// end ends the check: at once, or when it is through within the time.
func (c *tableCheck) end(within time.Duration) {
	ring(c.begin)
	pause := time.NewTimer(within)
	defer pause.Stop()
	select {
	case <-c.done:
		return
	case <-pause.C:
	}
	close(c.stop)
	<-c.done
}

// Checked has the check of the tables that goes on beside the work begin at once, and
// waits for its end. It gives what was found wrong in the database, as Health does: a
// text whose key was damaged looks like one that was removed, and only the check
// tells them apart.
func (b *Badger) Checked(ctx context.Context) error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	if c := b.check; c != nil {
		ring(c.begin)
		select {
		case <-c.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if why := b.fault.Load(); why != nil {
		return *why
	}
	return nil
}

// endCheck ends the check of the tables. Called again it does nothing.
func (b *Badger) endCheck(within time.Duration) {
	if b.check != nil {
		b.check.end(within)
		b.checkFrom, b.check = b.check.next, nil
	}
}

// takeClean says whether the database was closed in order. It is not from now on.
func (b *Badger) takeClean() (clean bool, err error) {
	path := filepath.Join(b.dir, cleanName)
	f, err := b.fs.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var raw [8]byte
	_, err = f.ReadAt(raw[:], 0)
	clean = err == nil // else it says nothing
	b.checkFrom = binary.BigEndian.Uint64(raw[:])
	if err := errors.Join(f.Close(), b.fs.Remove(path), b.fs.SyncDir(b.dir)); err != nil {
		return false, err
	}
	return clean, nil
}

// leaveClean says that the database was closed in order. Without it the next open
// takes longer.
func (b *Badger) leaveClean() {
	if b.fault.Load() != nil {
		return
	}
	if err := b.writeWhole(cleanName, binary.BigEndian.AppendUint64(nil, b.checkFrom)); err != nil && b.logf != nil {
		b.logf("warning: %v", err)
	}
}

// suspect notes that the database is damaged, for Health and for the next open.
func (b *Badger) suspect(why error) {
	if b.of != nil {
		b.of.suspect(why)
		return
	}
	if !b.fault.CompareAndSwap(nil, &why) {
		return
	}
	err := b.writeWhole(suspectName, []byte(why.Error()))
	b.unnoted.Store(err != nil)
	if b.logf != nil {
		b.logf("warning: %v", errors.Join(why, err))
	}
}

// noteSuspect tries again to note what is suspected, when it could not be: for want of
// files or of room.
func (b *Badger) noteSuspect() {
	if why := b.fault.Load(); why != nil && b.unnoted.Load() {
		b.unnoted.Store(b.writeWhole(suspectName, []byte((*why).Error())) != nil)
	}
}

// wasSuspect says what an open before this one found, nil for nothing.
func (b *Badger) wasSuspect() error {
	if !there(filepath.Join(b.dir, dbName)) {
		b.clearSuspect()
		return nil
	}
	f, err := b.fs.Open(filepath.Join(b.dir, suspectName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = f.Close()
	}
	return errors.Join(ErrSuspect, err)
}

func (b *Badger) clearSuspect() {
	err := b.fs.Remove(filepath.Join(b.dir, suspectName))
	if err == nil {
		err = b.fs.SyncDir(b.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && b.logf != nil {
		b.logf("warning: %v", err) // the database is made anew once more
	}
}

// caught makes an error of a panic of Badger over a damaged table, in a reader's
// goroutine. Any other panic goes on.
func (b *Badger) caught(panicked any, err *error) {
	if panicked == nil {
		return
	}
	if !inBadger() {
		panic(panicked)
	}
	b.suspect(ErrBlock)
	*err = b.fail("read the database", ErrBlock)
}

// inBadger reports a panic that began in Badger's code.
func inBadger() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for panicking, more := false, true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && strings.HasPrefix(f.Function, "runtime."):
		case panicking:
			return strings.Contains(f.Function, "dgraph-io/badger") || strings.Contains(f.Function, "dgraph-io/ristretto")
		}
	}
	return false
}
