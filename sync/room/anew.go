package room

import (
	"context"
	"slices"
	"time"

	"warroom/model"
	"warroom/storage"
)

// anewSetting names the scopes, 16 bytes each, whose rows are older than their
// events: it is written with the events, and removed with the rows.
const anewSetting = "anew"

const (
	// maxUnread is how many incidents are left unread at most while peers bring more.
	maxUnread = 512
	// maxTries is how often an incident that cannot be read is tried, calmFor after the
	// last time: a store that cannot be read for a moment can be soon.
	maxTries = 100
	// readFor is how long incidents are read before others have their turn.
	readFor = 5 * time.Millisecond
	// bulk is from how many events on a run is of somebody who catches up. What is to be
	// read again then waits until none has come for calmFor, and until the database has
	// what came, so that the committer does not wait for it; but no longer than tidyWithin.
	bulk       = 64
	calmFor    = 50 * time.Millisecond
	tidyWithin = 5 * time.Second
	// rowsInBatch is how many rows one commit takes of those that are made anew.
	rowsInBatch = 512
)

// later are the incidents of which the rows are to be made again from the store when
// there is time. It is the committer's.
type later struct {
	// anew are those of which something moved, or left the timeline; unread, those of
	// which something came while peers had more, and that were not folded then.
	anew, unread map[model.Scope]bool
	// tries is how often in turn one could not be read.
	tries int
	// left could not be read, or their rows not be stored: the next open tries again.
	left map[model.Scope]bool
	// shown are the rows that were made again and are not stored yet: after a crash
	// they are made once more.
	shown []model.Summary
	// bulky says that the run that is taken is one of bulk; came is when the last such
	// one was.
	bulky bool
	came  time.Time
	// since is from when on there is something to read; zero while there is not.
	since time.Time
}

func newLater() later {
	return later{anew: map[model.Scope]bool{}, unread: map[model.Scope]bool{}, left: map[model.Scope]bool{}}
}

// take notes how much a run brings.
func (l *later) take(events int) {
	if l.bulky = events >= bulk; l.bulky {
		l.came = time.Now()
	}
}

// leave leaves an incident unread.
func (l *later) leave(id model.Scope) {
	if l.since.IsZero() {
		l.since = time.Now()
	}
	l.unread[id] = true
}

// overdue reports that what is unread has waited for as long as it may, though peers bring
// more.
func (l *later) overdue() bool { return len(l.unread) > 0 && time.Since(l.since) >= tidyWithin }

// again has what could not be read tried once more, a little later; false when it was
// often enough.
func (l *later) again() bool {
	l.tries++
	l.came, l.since = time.Now(), time.Now()
	return l.tries < maxTries
}

// none reports that there is nothing to read.
func (l *later) none() bool { return len(l.anew)+len(l.unread) == 0 }

// owes reports that there are rows that are older than their events.
func (l *later) owes() bool { return !l.none() || len(l.left)+len(l.shown) > 0 }

// encode lists the scopes, as far as a setting takes them.
func (l *later) encode() []byte {
	var raw []byte
	add := func(id model.Scope) {
		if len(raw)+model.IDSize <= storage.MaxValue {
			raw = append(raw, id[:]...)
		}
	}
	for _, scopes := range []map[model.Scope]bool{l.anew, l.unread, l.left} {
		for id := range scopes {
			add(id)
		}
	}
	for _, row := range l.shown {
		add(row.ID)
	}
	return raw
}

// noteAnew has the commit say which rows are to be made anew.
func (r *Room) noteAnew(c *commit) {
	if len(c.anew)+len(c.unread) > 0 {
		c.set(anewSetting, r.later.encode())
	}
}

// waitsToTidy reports that what can wait is to wait longer. The committer is called again
// then.
func (r *Room) waitsToTidy() bool {
	if r.calm != nil {
		return true
	}
	l := &r.later
	if l.since.IsZero() {
		l.since = time.Now()
	}
	quiet := time.Since(l.came)
	if time.Since(l.since) < tidyWithin && (quiet < calmFor || quiet < tidyWithin && r.store.Behind() > 0) {
		r.calm = time.After(calmFor)
		return true
	}
	return false
}

// tidy does what can wait until no peer has more: it reads again what moved, or left
// the timeline, and what was not folded when it came, some at a time; and at last it
// removes the texts that acts of others removed. All take the longer the longer an
// incident is, however little was taken.
func (r *Room) tidy() {
	r.tidyRows()
	rows := r.foldUnread()
	r.later.shown = append(r.later.shown, rows...)
	r.showRows(rows)
	if r.storeShown(); !r.later.none() {
		return // who asks something meanwhile has a turn
	}
	r.later.since = time.Time{}
	if !r.removeSoon {
		return
	}
	r.removeSoon = false // if it cannot be done now, it is with the next, or at the next open
	if r.knowPeople() != nil {
		return
	}
	without, _ := r.removeTexts(context.Background())
	r.mu.Lock()
	for _, in := range without {
		r.list.put(in.Summary())
		r.desk.replace(in, r.roster)
	}
	r.version++
	r.mu.Unlock()
	r.bells.ring()
}

// tidyRows reads again what moved, or is held back or not any more.
func (r *Room) tidyRows() { r.showRows(r.foldAnew()) }

// showRows shows the rows that were made again.
func (r *Room) showRows(rows []model.Summary) {
	if len(rows) == 0 {
		return
	}
	r.mu.Lock()
	for _, row := range rows {
		r.list.put(row)
		delete(r.stale, row.ID)
		r.written[row.ID]++
		r.sent[row.ID]++
		r.again(row.ID)
	}
	r.version++
	r.mu.Unlock()
	r.bells.ring()
}

// foldAnew makes the rows of what moved, or left the timeline, from the store.
func (r *Room) foldAnew() (rows []model.Summary) {
	if len(r.later.anew) == 0 {
		return nil
	}
	for id := range r.later.anew {
		in, err := r.fold(id)
		if err == nil {
			r.incidents.put(in)
			r.trimFolds()
		}
		rows = r.rowAgain(rows, id, in, err)
	}
	r.storeRows(rows)
	return rows
}

// foldUnread makes the rows of some of the incidents that were not folded when something
// came.
func (r *Room) foldUnread() (rows []model.Summary) {
	if len(r.later.unread) == 0 {
		return nil
	}
	began := time.Now()
	for id := range r.later.unread {
		if time.Since(began) >= readFor {
			break
		}
		in, err := r.fold(id)
		switch {
		case err == nil:
			r.incidents.put(in)
			r.trimFolds()
		case model.CodeOf(err) != model.CodeIncidentUnknown && r.later.again():
			return rows
		}
		r.later.tries = 0
		rows = r.rowAgain(rows, id, in, err)
	}
	return rows
}

// storeShown stores the rows that are shown, as they are now, when there are no more to
// come or many.
func (r *Room) storeShown() {
	if n := len(r.later.shown); n == 0 || n < rowsInBatch && len(r.later.unread) > 0 {
		return
	}
	rows := r.later.shown
	for i := range rows {
		if now, ok := r.row(rows[i].ID); ok { // something may have been done since
			rows[i] = now
		}
	}
	r.later.shown = nil
	r.storeRows(rows)
}

// rowAgain adds the row of an incident that was read again, or notes that it could not be.
func (r *Room) rowAgain(rows []model.Summary, id model.Scope, in *model.Incident, err error) []model.Summary {
	delete(r.later.anew, id)
	delete(r.later.unread, id)
	switch {
	case model.CodeOf(err) == model.CodeIncidentUnknown:
		in = model.NewIncident(id)
	case err != nil:
		r.later.left[id] = true
		return rows
	}
	if len(in.Removals()) > 0 { // what it removes may be here
		r.removeSoon = true
		if !slices.Contains(r.removing, id) {
			r.removing = append(slices.Clone(r.removing), id)
		}
	}
	return r.withRow(rows, in)
}

// storeRows stores rows that were made again, and what is to be removed of their incidents.
// Those that cannot be stored the next open makes again.
func (r *Room) storeRows(rows []model.Summary) {
	for len(rows) > rowsInBatch {
		if _, err := r.store.Commit(context.Background(), storage.Batch{Rows: rows[:rowsInBatch]}); err != nil {
			r.leftRows(rows)
			return
		}
		rows = rows[rowsInBatch:]
	}
	last := newCommit()
	last.batch.Rows = rows
	last.set(anewSetting, r.later.encode())
	if len(r.removing) > 0 {
		last.set(removalsSetting, r.encodeRemoving())
	}
	r.noteHeld(last)
	if _, err := r.store.Commit(context.Background(), last.batch); err != nil {
		r.noted = nil
		r.leftRows(rows)
	}
}

func (r *Room) leftRows(rows []model.Summary) {
	for i := range rows {
		r.later.left[rows[i].ID] = true
	}
}

// resumeAnew makes the rows that were to be made anew when the room ended.
func (r *Room) resumeAnew() error {
	raw, _, err := r.store.Setting(anewSetting)
	if err != nil {
		return err
	}
	for ; len(raw) >= model.IDSize; raw = raw[model.IDSize:] {
		r.later.anew[model.Scope(raw[:model.IDSize])] = true
	}
	for _, row := range r.foldAnew() {
		r.list.put(row)
	}
	return nil
}
