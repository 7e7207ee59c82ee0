package model

import (
	"errors"
	"sort"
)

// A long incident need not be folded whole to be shown and worked on. Nearly all
// of its events are entries, which do nothing but stand in the log; so a part of
// it is every other event, the entries at the end, and the first act of a person,
// which acknowledged it. Such a fold has the state of the whole one; the entries
// that it has not come later, in any order.

// Position is a place in a timeline: an event's effective clock, then its hash.
// The zero Position is no place.
type Position struct {
	Eff  Clock
	Hash ShortHash
}

// IsZero reports no place.
func (p Position) IsZero() bool { return p == Position{} }

// Before reports that p is earlier in the timeline.
func (p Position) Before(q Position) bool {
	return p.Eff < q.Eff || p.Eff == q.Eff && p.Hash.Less(q.Hash)
}

// Position is the record's place in the timeline.
func (r *Record) Position() Position { return Position{r.Eff, r.Ref.Hash} }

// Plain reports an entry that changes nothing but the log. Whatever names another
// act, or says something that only a newer warroom knows, is not plain.
func (r *Record) Plain() bool {
	b, ok := r.Body.(*EntryAdd)
	return ok && !r.Newer && b.opposes().IsZero() && len(b.Pred) == 0
}

// Plain is Record.Plain of the event; an event that cannot be read is not plain.
func (e *Event) Plain() bool {
	if e.Kind != KindEntryAdd {
		return false
	}
	body, newer, err := DecodeBody(e.Kind, e.Body)
	return err == nil && (&Record{Body: body, Newer: newer}).Plain()
}

// Timeline gives an incident's records in pieces, each in the order of the
// timeline. An error of fn ends the reading and is returned as it is.
type Timeline interface {
	// Acts gives the records that are not plain.
	Acts(fn func(*Record) error) error
	// Tail gives the last n records before a place; before the zero Position,
	// those at the end.
	Tail(before Position, n int, fn func(*Record) error) error
	// All gives every record from the first.
	All(fn func(*Record) error) error
}

var errEnough = errors.New("no more is needed")

// Extent is how much of an incident there was at a moment. A timeline that is read
// later may have more.
type Extent struct {
	// Lines is how many lines the whole log had.
	Lines int
	// Changed is when its last act was recorded, in ms since 1970.
	Changed int64
	// Ends are the numbers of the last events that were there, by log; nil when
	// nothing can have been added since. It does not change. For a log with several
	// lines it is the end of the longest, so what such a log was given meanwhile is
	// not told apart: the part must be read again then.
	Ends map[LogID]uint64
}

// before reports a record that was added after the extent was taken.
func (x Extent) before(r *Record) bool { return x.Ends != nil && r.Ref.Seq > x.Ends[r.Ref.Log] }

// since counts the lines that were added after the extent was taken.
func (x Extent) since(lines []*slot) int {
	n := 0
	for _, s := range lines {
		if x.before(s.rec) {
			n++
		}
	}
	return n
}

// Part folds the last n records of a timeline and all that the incident's state
// is made of. A fold that has everything is a whole one. What was added since the
// extent was taken may be among them or not; it is to be applied afterwards, and
// counts once.
func Part(id Scope, t Timeline, n int, all Extent) (*Incident, error) {
	in := NewIncident(id)
	if err := t.Acts(func(r *Record) error { in.Apply(r); return nil }); err != nil {
		return nil, err
	}
	page, from, err := Page(t, Position{}, n)
	if err != nil {
		return nil, err
	}
	for _, r := range page {
		in.Apply(r)
	}
	in.changed = max(in.changed, all.Changed)
	if from.IsZero() {
		return in, nil
	}
	in.sort()
	in.all, in.from, in.earlier = all, from, max(all.Lines+all.since(in.order)-len(in.order), 0)
	// The incident was acknowledged by the first act of a person that stands, and
	// that may be an entry. What is undone is known by now.
	err = t.All(func(r *Record) error {
		if !r.Position().Before(from) {
			return errEnough
		}
		in.Apply(r)
		if in.acknowledges(r) {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return in, nil
}

// Page reads the last n records before a place, and says from where on they are;
// the zero Position when there is nothing before them.
func Page(t Timeline, before Position, n int) (page []*Record, from Position, err error) {
	// One more tells whether there is more.
	err = t.Tail(before, n+1, func(r *Record) error {
		page = append(page, r)
		return nil
	})
	if err == nil && len(page) > n {
		page = page[1:]
		from = page[0].Position()
	}
	return page, from, err
}

// Whole reports that everything is folded.
func (in *Incident) Whole() bool { return in.from.IsZero() }

// Earlier is how many plain entries before From are not folded.
func (in *Incident) Earlier() int { return in.earlier }

// From is the place from which on everything is folded; zero for a whole fold.
func (in *Incident) From() Position { return in.from }

// Extend folds a page that was read before a place and reaches back to from. When
// it closes up to what is folded, the fold has everything from there on.
func (in *Incident) Extend(page []*Record, before, from Position) {
	for _, r := range page {
		in.Apply(r)
	}
	if in.Whole() || before.Before(in.from) || !from.Before(in.from) {
		return
	}
	in.from, in.view = from, nil
	if in.Whole() {
		in.earlier = 0
	}
}

// hidden is how many lines stand before From, of those that are folded.
func (in *Incident) hidden() int {
	if in.Whole() {
		return 0
	}
	in.sort()
	return sort.Search(len(in.order), func(i int) bool { return !in.order[i].rec.Position().Before(in.from) })
}

// Merge folds what another fold of the same incident has.
func (in *Incident) Merge(other *Incident) {
	for _, r := range other.records {
		in.Apply(r)
	}
}

// NeedsWhole reports that a command of a person cannot be decided rightly on this
// part of the incident: it points at, or may reach, an entry that is not folded,
// or the log's last event in the incident is not known. log is the one that would
// be written.
func (in *Incident) NeedsWhole(actor PersonID, log LogID, c Command) bool {
	if in.Whole() {
		return false
	}
	if !in.recent(in.records[in.lastIn[log]]) {
		return true
	}
	switch c := c.(type) {
	case Amend:
		return in.slots[c.Target] == nil
	case Strike:
		return in.slots[c.Target] == nil
	case Star:
		return in.slots[c.Target] == nil
	case RemoveText:
		return true // the same text may stand anywhere
	case Undo:
		return !in.opposable(in.LastAct(actor))
	case Redo:
		// An entry that is not folded can only have ended the redoing.
		_, redo := in.history(actor)
		return len(redo) > 0 && !in.opposable(redo[len(redo)-1])
	}
	return false
}

// recent reports a record that is not before From.
func (in *Incident) recent(r *Record) bool {
	return r != nil && !r.Position().Before(in.from)
}

// opposable reports an act that stands after all that is not folded, and whose
// opposite can be written without it.
func (in *Incident) opposable(r *Record) bool {
	if !in.recent(r) {
		return false
	}
	amend, ok := r.Body.(*EntryAmend)
	return !ok || in.records[amend.Target] != nil
}
