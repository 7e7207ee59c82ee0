package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
	"warroom/storage/journal"
)

// Removing a text for good. A database keeps what was overwritten until it feels
// like dropping it, and the journal keeps everything; so both are written anew
// without the text, beside the old ones, and put in their place in one step.

// removal is what is to go: texts by their events, and the rows of the incidents
// that they were in, which are replaced.
type removal struct {
	texts map[place]bool
	rows  map[model.Scope][]byte // nil drops the row
	// unread are those of the events whose own bytes cannot be read: which incident
	// they are in, the timeline must tell.
	unread []place
}

// Remove is Store. Reads and commits wait meanwhile. It needs room for a second
// copy of the store.
//
// A crash leaves either the store as it was or, from the moment when the new
// files are whole, one that the next Open makes whole without the texts. After
// an error the texts may be there still; when the error is that of opening the
// new files, the store is closed.
func (b *Badger) Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error {
	b.using.Lock()
	defer b.using.Unlock()
	switch {
	case b.closed:
		return ErrClosed
	case b.broken != nil:
		return b.broken
	case ctx.Err() != nil:
		return ctx.Err()
	case len(refs) == 0:
		return nil
	}
	if err := b.follower.wait(); err != nil {
		return b.fail("write to the database", err)
	}
	r, err := planRemoval(refs, rows, inDatabase{b})
	if err == nil && len(r.unread) > 0 {
		err = b.keepRows(r)
	}
	if err != nil {
		return err
	}
	if err := b.spaceFor(); err != nil {
		return err
	}
	b.endCheck(0) // it keeps tables open that are to be gone
	if err := b.follower.close(); err != nil {
		return b.fail("write to the database", err)
	}
	if err := b.prepareRemoval(r); err != nil {
		b.startFollower()
		return b.fail("write the store without what is removed", errors.Join(err, os.RemoveAll(filepath.Join(b.dir, nextName))))
	}
	return b.swapIn()
}

// Remove is Store.
func (m *Memory) Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(refs) == 0 {
		return nil
	}
	r, err := planRemoval(refs, rows, inMemory{m})
	if err != nil {
		return err
	}
	for at := range r.texts {
		e := &m.at(at).ev
		e.Text, e.Salt = nil, model.Salt{}
	}
	for scope, row := range r.rows {
		if row == nil {
			delete(m.rows, scope)
		} else {
			m.rows[scope] = row
		}
	}
	return nil
}

// planRemoval checks what is to go against what is held. It is refused with
// model.CodeEntryUnknown for an event that is not held.
func planRemoval(refs []model.Ref, rows []model.Summary, held ledger) (*removal, error) {
	r := &removal{texts: map[place]bool{}, rows: map[model.Scope][]byte{}}
	for _, ref := range refs {
		at, e, err := textPlace(ref, held)
		if err != nil {
			return nil, err
		}
		r.texts[at] = true
		if e == nil {
			r.unread = append(r.unread, at)
		} else {
			r.rows[e.Scope] = nil
		}
	}
	for i := range rows {
		raw := model.EncodeSummary(&rows[i])
		if len(raw) > MaxValue {
			return nil, &TooBigError{"row", len(raw), MaxValue}
		}
		r.rows[rows[i].ID] = raw
	}
	return r, nil
}

// textPlace finds the event of a reference, in whatever line; or the place alone
// of one whose bytes cannot be read, where nothing else can be meant.
func textPlace(ref model.Ref, held ledger) (at place, e *model.Event, err error) {
	unread := false
	for _, id := range held.known().candidates(ref, held.head) {
		found, err := held.held(place{id, ref.Seq})
		switch damaged := new(DamagedError); {
		case errors.As(err, &damaged):
			at, unread = place{id, ref.Seq}, true
		case err != nil:
			return at, nil, err
		case found.ev.Ref() == ref:
			return place{id, ref.Seq}, found.ev, nil
		}
	}
	if !unread {
		return at, nil, unheld(ref)
	}
	return at, nil, nil
}

// drops reports a key whose value must not be copied.
func (r *removal) drops(key []byte) bool {
	switch {
	case key[0] == keyText:
		at, ok := seqPlace(key)
		return ok && r.texts[at]
	case len(key) >= logKeySize && key[0] == keyState:
		// The row holds the title, and so may whatever else is made from the events.
		_, ok := r.rows[model.Scope(key[1:logKeySize])]
		return ok
	}
	return false
}

// writes are the rows that take the place of those that go.
func (r *removal) writes() []write {
	var w []write
	for scope, raw := range r.rows {
		if raw != nil {
			w = append(w, write{rowKey(scope), raw})
		}
	}
	return w
}

// rowsInFrame is how many rows stand in one frame of the journal: 100 of the
// longest are well below its limit.
const rowsInFrame = 100

// keepRows has the rows of the incidents in which unread events are stay as they
// are, but for a title that holds a text which goes. All that they were before
// goes with it. Where the timeline does not tell the incident, that is every row.
func (b *Badger) keepRows(r *removal) (err error) {
	defer func() { b.caught(recover(), &err) }()
	s, err := b.snapshot()
	if err != nil {
		return err
	}
	defer s.close()
	found, in := map[place]bool{}, map[model.Scope]bool{}
	err = s.scan([]byte{keyTimeline}, nil, func(item *walkOver) error {
		at, err := placed(item.key(), item.value)
		if err != nil {
			return nil // it tells nothing
		}
		if slices.Contains(r.unread, at.place) {
			found[at.place], in[at.scope] = true, true
		}
		return nil
	})
	if err != nil {
		return err
	}
	var texts []string
	for _, at := range r.unread {
		raw, err := s.get(seqKey(keyText, at.line, at.seq))
		if err == nil && len(raw) > model.IDSize {
			texts = append(texts, string(raw[model.IDSize:]))
		}
	}
	return s.scan([]byte{keyState}, nil, func(item *walkOver) error {
		var row model.Summary
		err := item.value(func(v []byte) error { return model.DecodeSummary(v, &row) })
		if err != nil || len(item.key()) != logKeySize+1 {
			return nil // the room makes it anew
		}
		if _, given := r.rows[row.ID]; given || len(found) == len(r.unread) && !in[row.ID] {
			return nil
		}
		if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(row.Title, t) || strings.Contains(t, row.Title) }) {
			row.Title = ""
		}
		r.rows[row.ID] = model.EncodeSummary(&row)
		return nil
	})
}

// spaceFor sees that a second copy of the store fits beside the first.
func (b *Badger) spaceFor() error {
	space, err := b.fs.Space(b.dir)
	if err != nil {
		return b.fail("look at the file system", err)
	}
	need := uint64(reserve)
	for _, pattern := range []string{filepath.Join(dbName, "*.sst"), filepath.Join(journalName, "*")} {
		found, err := filepath.Glob(filepath.Join(b.dir, pattern))
		if err != nil {
			return b.fail("look at the store", err)
		}
		for _, path := range found {
			if st, err := os.Stat(path); err == nil {
				need += uint64(st.Size())
			}
		}
	}
	if space.Free < need {
		return b.fail("write the store without what is removed",
			fmt.Errorf("%w: %d MiB are free, %d MiB are needed", syscall.ENOSPC, space.Free>>20, need>>20))
	}
	return nil
}

// prepareRemoval writes the store anew beside the old one, durably.
func (b *Badger) prepareRemoval(r *removal) (err error) {
	defer func() { b.caught(recover(), &err) }()
	next := filepath.Join(b.dir, nextName)
	if err := os.RemoveAll(next); err != nil {
		return err
	}
	if err := os.Mkdir(next, dirMode); err != nil {
		return err
	}
	b.reached("begun")
	ordinal := b.journal.Last()
	writes := r.writes()
	var more []journal.Frame
	for group := range slices.Chunk(writes, rowsInFrame) {
		ordinal++
		more = append(more, journal.Frame{Ordinal: ordinal, Payload: encodeWrites(group)})
	}
	err = journal.Rewrite(b.fs, filepath.Join(b.dir, journalName), filepath.Join(next, journalName), func(n uint64, payload []byte) ([]byte, error) {
		old, err := decodeWrites(payload)
		if err != nil {
			return nil, fmt.Errorf("commit %d: %w", n, err)
		}
		kept := make([]write, 0, len(old))
		for _, w := range old {
			if !r.drops(w.key) {
				kept = append(kept, w)
			}
		}
		if len(kept) == len(old) {
			return payload, nil
		}
		return encodeWrites(kept), nil
	}, more...)
	if err != nil {
		return err
	}
	b.reached("journal")
	if err := copyDatabase(b.db, filepath.Join(next, dbName), b.logf, r.drops, ordinal, writes); err != nil {
		return err
	}
	b.reached("database")
	for _, name := range []string{dbName, journalName} { // a file system of a test may hold one elsewhere
		if _, err := os.Stat(filepath.Join(next, name)); err != nil {
			return err
		}
	}
	return syncTree(next)
}

// copyDatabase writes a new database with the keys that drops leaves, and more
// writes. It is not durable yet.
func copyDatabase(from *badger.DB, path string, logf func(string, ...any), drops func([]byte) bool, ordinal uint64, more []write) error {
	to, err := openDB(databaseOptions(path, logf).WithSyncWrites(false))
	if err != nil {
		return err
	}
	batch := to.NewWriteBatch()
	defer batch.Cancel()
	err = from.View(func(txn *badger.Txn) error {
		return everyKey(txn, func(key, value []byte) error {
			if drops(key) {
				return nil
			}
			return batch.Set(key, value)
		})
	})
	for _, w := range more {
		err = errors.Join(err, batch.Set(w.key, w.value))
	}
	for _, name := range []string{settingJournal, settingActs} {
		err = errors.Join(err, batch.Set(settingKey(name), encodeOrdinal(ordinal)))
	}
	if err == nil {
		err = batch.Flush()
	}
	return errors.Join(err, to.Close())
}

// syncTree makes files and folders durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return syncDir(path)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// swapIn decides the removal, and goes on with the new files.
func (b *Badger) swapIn() error {
	if err := os.Rename(filepath.Join(b.dir, nextName), filepath.Join(b.dir, swapName)); err != nil {
		b.startFollower()
		return b.fail("put the new files in place", errors.Join(err, os.RemoveAll(filepath.Join(b.dir, nextName))))
	}
	b.reached("decided")
	// The old files go; what their close cannot write does not matter.
	closing := errors.Join(b.db.Close(), b.journal.Close())
	b.db, b.journal = nil, nil
	if closing != nil && b.logf != nil {
		b.logf("warning: close what is removed: %v", closing)
	}
	err := b.completeSwap()
	if err == nil {
		err = b.reopen()
	}
	if err != nil {
		b.closed = true
		return errors.Join(b.fail("open the store without what is removed", err), b.release())
	}
	b.startFollower()
	return nil
}

// reopen opens the new files, which are known to be whole.
func (b *Badger) reopen() (err error) {
	said := b.report // what an open finds is told once
	defer func() { b.report = said }()
	b.report.Cut = true // and nothing of this is a doubt
	if err = b.openJournal(); err != nil {
		return err
	}
	if b.db, err = openDB(b.options(filepath.Join(b.dir, dbName))); err != nil {
		b.db = nil
		return err
	}
	return b.replay()
}

func (b *Badger) reached(point string) {
	if b.at != nil {
		b.at(point)
	}
}
