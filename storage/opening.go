package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
	"warroom/storage/journal"
)

const journalName = "journal"

// ErrNotCovered is a database that cannot be opened, and not be made anew either,
// because the journal does not hold all that it held.
var ErrNotCovered = errors.New("the journal does not hold all that was in the database")

func (b *Badger) fail(op string, err error) error { return &UnusableError{b.dir, op, err} }

// open goes through the steps of an open; Report names them.
func (b *Badger) open() error {
	path := filepath.Join(b.dir, dbName)
	if err := b.settleRemoval(); err != nil {
		return err
	}
	have, err := formatOf(path)
	if err != nil {
		return b.fail("read the format", err)
	}
	if have > Format {
		return &NewerError{Have: int(have), Know: Format}
	}
	b.report.fine(StepDirectory)
	b.sweep()
	if err := b.look(); err != nil {
		return err
	}
	if err := b.readDoubt(); err != nil {
		return err
	}
	if err := b.openJournal(); err != nil {
		return err
	}
	b.openHead()
	if b.guard.low() {
		if err := b.openWithoutRoom(path); err != nil {
			return err
		}
		return b.settle()
	}
	links, err := b.openDatabase(path)
	if err != nil {
		return err
	}
	if err := b.checkFormat(path); err != nil {
		return err
	}
	if err := b.replay(); err != nil {
		return b.fail("bring the database after the journal", err)
	}
	if err := b.settle(); err != nil {
		return err
	}
	if len(b.report.Behind) == 0 {
		if err := links.remove(); err != nil {
			return b.fail("remove what was put aside", err)
		}
	}
	return nil
}

// settle reads the lines' ends and compares them with what is known.
func (b *Badger) settle() error {
	s := b.snapshotBefore()
	defer s.close()
	if err := b.readLines(s); err != nil {
		return b.fail("read the logs' ends", err)
	}
	if err := b.compare(); err != nil {
		return err
	}
	return b.checkHost(s)
}

func (b *Badger) look() error {
	space, err := b.fs.Space(b.dir)
	low := b.guard.low()
	if low {
		low = b.guard.low() // again, now without the ballast
	}
	switch {
	case err != nil:
		return b.fail("look at the file system", err)
	case space.Network != "":
		b.report.step(StepSpace, Warned, model.Say("store.network", "Kind", space.Network))
	case low:
		b.report.step(StepSpace, Warned, model.Say("store.low", "Free", min(b.guard.free(), math.MaxInt64)))
	default:
		b.report.fine(StepSpace)
	}
	return nil
}

func (b *Badger) openJournal() error {
	var found journal.Report
	var err error
	b.journal, found, err = journal.Open(b.fs, filepath.Join(b.dir, journalName), journal.Options{Found: func(r journal.Report) error {
		b.missing = r.Damage
		if r.Cut == nil {
			return nil
		}
		b.report.step(StepJournal, Warned, model.Say("store.journal.cut", "Segment", r.Cut.Segment))
		return b.doubt()
	}})
	if newer := new(journal.NewerError); errors.As(err, &newer) {
		return &NewerError{Have: newer.Have, Know: newer.Know}
	}
	if err != nil {
		return b.fail("open the journal", err)
	}
	for _, d := range found.Damage {
		b.report.step(StepJournal, Warned, missing(d))
	}
	if t := found.Torn; t != nil {
		what := model.Say("store.journal.dropped", "Size", t.To-t.From)
		if t.Kept != "" {
			what = model.Say("store.journal.torn", "Size", t.To-t.From, "File", t.Kept)
		}
		b.report.step(StepJournal, Repaired, what)
	}
	if len(found.Damage) == 0 && found.Torn == nil && found.Cut == nil {
		b.report.fine(StepJournal)
	}
	return nil
}

func (b *Badger) openHead() {
	var damaged []string
	if b.known, damaged = readHeadFile(b.fs, b.dir); len(damaged) > 0 {
		b.report.step(StepHead, Repaired, model.Say("store.head.unreadable", "Files", damaged))
	} else {
		b.report.fine(StepHead)
	}
	b.ordinal = min(b.known.ordinal, b.journal.Last())
}

// troubles are errors of the system that say nothing about the database: making
// it anew would not help, and would cost.
var troubles = []syscall.Errno{
	syscall.ENOSPC, syscall.EDQUOT, syscall.EACCES, syscall.EPERM, syscall.EROFS,
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO,
}

// systemTrouble reports an error with one of them below it. Badger keeps the
// words of an error and drops the error itself, so the words are looked at too.
func systemTrouble(err error) bool {
	for _, t := range troubles {
		if errors.Is(err, t) || strings.Contains(err.Error(), t.Error()) {
			return true
		}
	}
	return false
}

// openDatabase opens the database, or, when it cannot be opened and the journal
// holds all that it held, puts it aside and makes a new one.
func (b *Badger) openDatabase(path string) (links, error) {
	clean, err := b.takeClean()
	if err != nil {
		return links{}, b.fail("take the database into use", err)
	}
	deep := all
	if clean && !b.thorough {
		deep = derived
	}
	var kept links
	if err = b.wasSuspect(); err == nil {
		if kept, err = b.openAsIs(path, deep); err == nil {
			return kept, nil
		}
	}
	if systemTrouble(err) {
		return kept, b.fail("open the database", err)
	}
	covered, coverErr := b.covered()
	if coverErr != nil {
		return kept, b.fail("read the journal", coverErr)
	}
	if !covered && (errors.Is(err, ErrBlock) || errors.Is(err, ErrSuspect)) {
		// A few events cannot be read; the others can, and are nowhere else.
		b.report.step(StepDatabase, Warned, model.Say("store.database.uncovered", "Cause", reason(err)))
		b.suspect(err)
		return b.openAsIs(path, indexes)
	}
	if !covered {
		return kept, b.fail("open the database", errors.Join(err, ErrNotCovered))
	}
	aside, asideErr := putAside(b.dir)
	if asideErr != nil {
		return kept, b.fail("put the database aside", errors.Join(err, asideErr))
	}
	if b.db, asideErr = openDB(b.options(path)); asideErr != nil {
		return kept, b.fail("make the database anew", asideErr)
	}
	b.clearSuspect()
	b.report.step(StepDatabase, Repaired, model.Say("store.database.anew", "Cause", reason(err), "Dir", aside))
	return links{}, nil
}

// openAsIs opens the database in its place. Its tables are checked first, as far
// as deep says.
func (b *Badger) openAsIs(path string, deep depth) (_ links, err error) {
	n, err := removeEmpty(path)
	if err != nil {
		return links{}, err
	}
	listed, err := readManifest(path, databaseOptions(path, nil))
	if err != nil {
		b.report.step(StepManifest, Warned, reason(err))
		return links{}, err
	}
	b.report.fine(StepManifest)
	rest, err := checkTables(path, listed, deep)
	if err != nil {
		return links{}, err
	}
	defer func() {
		if err != nil {
			closeTables(rest)
		}
	}()
	kept, err := linkUnlisted(b.dir, listed)
	if err != nil {
		return kept, err
	}
	switch {
	case n > 0 || len(kept.paths) > 0:
		b.report.step(StepFiles, Repaired, model.Say("store.files", "Empty", n, "Unlisted", len(kept.paths)))
	default:
		b.report.fine(StepFiles)
	}
	if b.db, err = openDB(b.options(path)); err != nil {
		b.db = nil
		return kept, err
	}
	if len(rest) > 0 {
		b.check = check(rest, b.checkFrom, b.suspect)
	}
	b.report.fine(StepDatabase)
	return kept, nil
}

// covered reports whether the journal holds every event, from the first, of every
// line that HEAD knows. Without a HEAD it must hold everything since it began.
func (b *Badger) covered() (bool, error) {
	first := uint64(math.MaxUint64)
	held := newTally()
	found, err := b.journal.Check(func(ordinal uint64, payload []byte) error {
		first = min(first, ordinal)
		writes, err := decodeWrites(payload)
		for _, w := range writes {
			err = errors.Join(err, held.add(w))
		}
		return err
	})
	if err != nil || len(found.Damage) > 0 {
		return false, err
	}
	for _, h := range b.known.heads {
		if !held.reaches(h) {
			return false, nil
		}
	}
	return first == 1 || b.known.generation > 0 && len(b.known.heads) == 0, nil
}

func (b *Badger) checkFormat(path string) error {
	// Badger does not sync the directory for the log files that it makes.
	for _, d := range []string{path, b.dir} {
		if err := syncDir(d); err != nil {
			return b.fail("sync the directory", err)
		}
	}
	have := 0
	err := b.db.Update(func(txn *badger.Txn) error {
		raw, err := get(txn, settingKey(settingFormat))
		switch {
		case errors.Is(err, badger.ErrKeyNotFound):
		case err != nil:
			return err
		case len(raw) != 2:
			return errShort
		default:
			have = int(binary.BigEndian.Uint16(raw))
		}
		if have >= Format {
			return nil
		}
		return txn.Set(settingKey(settingFormat), binary.BigEndian.AppendUint16(nil, Format))
	})
	if err != nil {
		return b.fail("read the format", err)
	}
	if have > Format {
		return &NewerError{Have: have, Know: Format}
	}
	return nil
}

// replay applies the commits of the journal that the database has not.
func (b *Badger) replay() (err error) {
	defer func() { b.caught(recover(), &err) }()
	applied, err := appliedIn(b.db)
	if err != nil {
		return err
	}
	if err := indexActs(b.db, applied); err != nil {
		return fmt.Errorf("make the index of acts: %w", err)
	}
	if err := b.doubtEnds(applied); err != nil {
		return err
	}
	last := b.journal.Last()
	if applied > last {
		// The journal is gone, or its end is: what comes next must count again.
		b.report.step(StepReplay, Warned, model.Say("store.replay.short", "Last", last, "Applied", applied))
		b.acts.Store(true)
		return applyTo(b.db, last, nil)
	}
	n := 0
	var group queued
	flush := func() error {
		if len(group.writes) == 0 {
			return nil
		}
		if err := addActs(b.db, group.writes); err != nil {
			return fmt.Errorf("index up to commit %d: %w", group.ordinal, err)
		}
		err := applyTo(b.db, group.ordinal, group.writes)
		group = queued{}
		return err
	}
	err = b.journal.Read(applied+1, func(ordinal uint64, payload []byte) error {
		writes, err := decodeWrites(payload)
		if err != nil {
			return fmt.Errorf("commit %d: %w", ordinal, err)
		}
		n++
		q := newQueued(ordinal, writes)
		if len(group.writes)+len(writes) > txnEntries || group.size+q.size > txnBytes {
			if err := flush(); err != nil {
				return err
			}
		}
		group.ordinal, group.size, group.writes = ordinal, group.size+q.size, append(group.writes, writes...)
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	b.acts.Store(true)
	if n > 0 {
		b.report.step(StepReplay, Repaired, model.Say("store.replay.taken").Counted(n))
	} else {
		b.report.fine(StepReplay)
	}
	return nil
}

// compare sees that every log, and the journal, reach what HEAD knows of them.
func (b *Badger) compare() error {
	said := len(b.report.Steps)
	for _, want := range b.known.heads {
		if have := b.heads[want.Log]; have.Seq < want.Seq {
			b.report.Behind = append(b.report.Behind, Behind{want.Log, have.Seq, want.Seq})
			b.report.step(StepCompare, Warned, model.Say("store.behind", "Log", want.Log.String(), "Have", have.Seq, "Want", want.Seq))
		}
	}
	if last := b.journal.Last(); last < b.known.ordinal {
		b.report.step(StepCompare, Warned, model.Say("store.journal.behind", "Last", last, "Want", b.known.ordinal))
		if err := b.doubt(); err != nil {
			return err
		}
	}
	switch {
	case len(b.report.Steps) > said:
	case b.report.Cut:
		b.report.step(StepCompare, Warned, model.Say("store.doubt"))
	default:
		b.report.fine(StepCompare)
	}
	return nil
}

// writeHead writes HEAD, when it is not what the store holds. A log that is
// behind stays as it was known until Adopt, so that what is missing is said again. An error
// costs nothing but that check: the one before is still there.
func (b *Badger) writeHead() {
	next := headFile{generation: b.known.generation + 1}
	b.headsMu.RLock()
	heads := make(map[model.LogID]model.Head, len(b.heads))
	for log, h := range b.heads {
		heads[log] = h
	}
	adopted := b.adopted
	next.ordinal = b.ordinal
	b.headsMu.RUnlock()
	if !adopted {
		next.ordinal = max(next.ordinal, b.known.ordinal)
	}
	same := len(heads) == len(b.known.heads) && b.known.generation > 0 && next.ordinal == b.known.ordinal
	for _, h := range b.known.heads {
		if heads[h.Log].Seq < h.Seq && !adopted {
			heads[h.Log] = h
		}
		same = same && heads[h.Log] == h
	}
	if same {
		return
	}
	next.heads = sortedHeads(heads)
	if err := next.write(b.fs, b.dir); err != nil {
		if b.logf != nil {
			b.logf("warning: %v", err)
		}
		return
	}
	b.known = next
}
