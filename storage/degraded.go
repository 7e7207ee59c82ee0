package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"warroom/model"
)

// Health is how the store is now, for the console and the doctor.
type Health struct {
	// JournalOnly says that the database is not written, because there is no room
	// or because it failed. Everything goes on: commits are answered from the
	// journal, and readers see them. It ends by itself when there is room again.
	JournalOnly bool
	// Free is the room on the disk, in bytes.
	Free uint64
	// FewFiles says that JournalOnly is for want of files that the process may open, not
	// of room.
	FewFiles bool
	// Waiting is how many commits the database has not. A few are usual.
	Waiting int
	// Failed is why the database will not be written before the next Open; nil
	// for want of room.
	Failed error
	// Damaged is what was found wrong in the database since it was opened. At the
	// next Open it is made anew from the journal, where that holds everything.
	Damaged error
}

// Health looks at the disk and at the queue of the database.
func (b *Badger) Health() Health {
	leave, err := b.enter()
	if err != nil {
		return Health{Failed: err}
	}
	defer leave()
	h := Health{Free: b.guard.free()}
	h.Waiting, h.JournalOnly, h.Failed = b.follower.state()
	h.FewFiles = b.files.few()
	if why := b.fault.Load(); why != nil {
		h.Damaged = *why
	}
	return h
}

// startFollower begins to bring the database after the journal.
func (b *Badger) startFollower() {
	done := b.journal.Last()
	if b.journalOnly {
		done = b.applied
	}
	lacksRoom, lacksFiles := b.journalOnly, false // why it is not written
	b.follower = follow(done, b.waiting, b.journalOnly, duties{
		apply:   func(ordinal uint64, writes []write) error { return applyTo(b.db, ordinal, writes) },
		journal: b.journal.Reread(),
		head:    b.writeHead,
		low: func() bool {
			lacksRoom = b.guard.low()
			if lacksFiles = b.files.low(); lacksRoom || lacksFiles {
				return true
			}
			b.guard.fill()
			return false
		},
		enough: func() bool {
			// Of what was not lacking there need not be more than always.
			room, files := b.guard.fits, b.files.fits
			if lacksRoom {
				room = b.guard.enough
			}
			if lacksFiles {
				files = b.files.enough
			}
			has := room()
			return files() && has
		},
		resume: b.resume,
		tick:   b.noteSuspect,
		ticks:  b.ticks,
	})
	b.waiting = nil
}

// levelZero is what the next compaction may write before it frees anything.
func (b *Badger) levelZero() uint64 {
	if b.db == nil || b.readOnly || b.db.IsClosed() {
		return 0
	}
	return uint64(max(b.db.Levels()[0].Size, 0))
}

// openWithoutRoom opens a store on a disk without room for an open of the
// database, which would end the process. A database that was closed in order is
// read where it stands, below what the journal has beyond it; otherwise the
// journal must hold everything, and is read into memory. Nothing is written.
func (b *Badger) openWithoutRoom(path string) error {
	b.journalOnly = true
	err := b.openToRead(path)
	switch {
	case err == nil:
		b.report.step(StepDatabase, Warned, model.Say("store.full.read"))
	case !there(path):
		b.report.step(StepDatabase, Warned, model.Say("store.full.none"))
	default:
		covered, coverErr := b.covered()
		if coverErr != nil {
			return b.fail("read the journal", coverErr)
		}
		if !covered {
			return b.fail("open the database", fmt.Errorf("%w: %w: %w", ErrFull, ErrNotCovered, err))
		}
		b.report.step(StepDatabase, Warned, model.Say("store.full.journal"))
	}
	if err := b.doubtEnds(b.applied); err != nil {
		return err
	}
	err = b.journal.Read(b.applied+1, func(ordinal uint64, payload []byte) error {
		writes, err := decodeWrites(payload)
		if err != nil {
			return fmt.Errorf("commit %d: %w", ordinal, err)
		}
		b.waiting = append(b.waiting, newQueued(ordinal, writes))
		return nil
	})
	if err != nil {
		return b.fail("read the journal", err)
	}
	return nil
}

// openToRead opens the database without writing anything. Badger refuses that
// for one that was not closed in order.
func (b *Badger) openToRead(path string) error {
	listed, err := readManifest(path, databaseOptions(path, nil))
	if err != nil {
		return err
	}
	if listed == nil {
		return errNoDatabase
	}
	if _, err := checkTables(path, listed, all); err != nil {
		return err
	}
	db, err := openDB(databaseOptions(path, b.logf).WithReadOnly(true))
	if err != nil {
		return err
	}
	applied, err := appliedIn(db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	b.db, b.readOnly, b.applied = db, true, applied
	return nil
}

var errNoDatabase = errors.New("there is none")

// resume makes the database ready to be written again, in the follower's
// goroutine, and gives the last commit that it has; 0 when it was only paused.
func (b *Badger) resume() (uint64, error) {
	b.journal.Reserve()
	if b.db != nil && !b.readOnly {
		return 0, nil
	}
	b.swapping.Lock()
	defer b.swapping.Unlock()
	if b.db != nil {
		if err := b.db.Close(); err != nil {
			return 0, err
		}
		b.db, b.readOnly = nil, false
	}
	// What an open finds is told once, at the open.
	next := &Badger{of: b, dir: b.dir, logf: b.logf, fs: b.fs, journal: b.journal, known: b.known, missing: b.missing, thorough: true}
	next.report.Cut = b.report.Cut
	done, err := next.takeUp()
	if err == nil {
		b.db, b.journalOnly = next.db, false
		b.acts.Store(next.acts.Load())
		return done, nil
	}
	if next.db != nil {
		err = errors.Join(err, next.db.Close())
	}
	if readErr := b.openToRead(filepath.Join(b.dir, dbName)); readErr != nil && b.applied > 0 {
		b.unreadable = b.fail("open the database again", errors.Join(err, readErr))
	}
	return 0, b.fail("open the database again", err)
}

// takeUp opens the database and brings it after the journal; it gives the commit
// up to which it has them.
func (b *Badger) takeUp() (uint64, error) {
	path := filepath.Join(b.dir, dbName)
	links, err := b.openDatabase(path)
	if err != nil {
		return 0, err
	}
	if err := b.checkFormat(path); err != nil {
		return 0, err
	}
	last := b.journal.Last()
	applied, err := appliedIn(b.db)
	if err != nil {
		return 0, err
	}
	if err := b.replay(); err != nil {
		return 0, err
	}
	if applied > last {
		last = 0 // a journal that was lost counts anew: nothing of the queue is there
	}
	return last, links.remove()
}

// closeDatabase closes the database if there is room for what that writes. If
// there is none it is left as it is, with its files open: closing it would end
// the process, and the journal holds all that is not in its tables. The process
// should end soon; until then no second Open of the store is safe.
func (b *Badger) closeDatabase() error {
	if b.db == nil {
		return nil
	}
	clean := !b.readOnly
	if clean {
		if b.guard.free() < reserve {
			b.guard.drop()
		}
		if b.guard.free() < roomToClose {
			if b.logf != nil {
				b.logf("warning: there is no room to close the database; the journal has what it lacks")
			}
			return nil
		}
	}
	if err := b.endDatabase(); err != nil {
		return err
	}
	if clean {
		b.leaveClean()
	}
	return nil
}

// closeWithin is how long the database may take to close: a slow disk needs
// seconds, and nobody waits longer for the end of a process.
const closeWithin = 15 * time.Second

// endDatabase closes the database, but does not wait for one that tries for ever to
// write where it cannot. Such a close goes on until the process ends.
func (b *Badger) endDatabase() error {
	if !there(filepath.Join(b.dir, dbName)) {
		return b.fail("close the database", ErrGone)
	}
	closed := make(chan error, 1)
	go func() { closed <- b.db.Close() }()
	patience := time.NewTimer(b.closeWithin)
	defer patience.Stop()
	select {
	case err := <-closed:
		return err
	case <-patience.C:
		return b.fail("close the database", ErrNotClosed)
	}
}

// snapshotBefore is the store before a follower runs.
func (b *Badger) snapshotBefore() snapshot {
	s := snapshot{over: overlay(nil).with(b.waiting), lines: b.lines}
	if b.db != nil {
		s.txn = b.db.NewTransaction(false)
	}
	return s
}
