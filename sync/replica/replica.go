// Package replica keeps the order of what several rooms wrote, as a store holds it:
// which lines there are, where they end, and where an event that comes from a peer
// stands in the timeline. It plans; whoever owns the store commits what was planned,
// and says so. It is for one goroutine, has no clock, and is the same in a room and
// in the simulator.
//
//	peer.Take ──Plan──▶ Plan: batches, records, what moves ──commit──▶ Done
//
// The effective clocks that it gives are those of model.Order for all that is held,
// in whatever order it came. An event that counts for nothing, because its line ends
// before it, is as good as not held.
package replica

import (
	"errors"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// Held is what is read of a store; a storage.Store is one. One that adds what is
// planned and not durable yet must give each event once, where it stands by the last
// plan that was done.
type Held interface {
	Branches() ([]model.Branch, error)
	Awaits(fn func(storage.Await) error) error
	Find(ref model.Ref) (e *model.Event, eff model.Clock, line model.LogID, err error)
	Line(id model.LogID, from uint64, fn func(*model.Event, model.Clock) error) error
}

// Replica is what is known of a store's lines, as far as it was told of commits.
type Replica struct {
	held  Held
	lines map[model.LogID]*line
	// logs lists the lines of each log, its own first.
	logs map[model.LogID][]*line
	// awaits are the events that name one that is not held.
	awaits map[model.Ref][]waiter
	// version counts what was done, so that a plan that another overtook is not done.
	version uint64
}

// line is a line with its last events.
type line struct {
	model.Branch
	recent recent
}

// void reports a number from which on nothing of the line counts.
func (l *line) void(seq uint64) bool { return l.Ends != 0 && seq >= l.Ends }

// place is a number in a line.
type place struct {
	line model.LogID
	seq  uint64
}

// waiter is an event that names one that is not held. eff is what its effective clock
// is at least; 0 when that was not read yet.
type waiter struct {
	place
	eff model.Clock
}

// Open reads which lines a store holds. When it was ended in the midst of a plan of
// several batches, Unfinished gives what is left to do.
func Open(held Held) (*Replica, error) {
	r := &Replica{
		held: held, lines: map[model.LogID]*line{}, logs: map[model.LogID][]*line{}, awaits: map[model.Ref][]waiter{},
	}
	all, err := held.Branches()
	if err != nil {
		return nil, fmt.Errorf("read the lines: %w", err)
	}
	for _, b := range all {
		r.put(b)
	}
	err = held.Awaits(func(a storage.Await) error {
		r.awaits[a.For] = append(r.awaits[a.For], waiter{place: place{a.Branch, a.Seq}})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is awaited: %w", err)
	}
	return r, nil
}

// put takes over how a line is now.
func (r *Replica) put(b model.Branch) *line {
	l := r.lines[b.ID]
	if l == nil {
		l = &line{}
		r.lines[b.ID] = l
		if b.Own() {
			r.logs[b.Log] = slices.Insert(r.logs[b.Log], 0, l)
		} else {
			r.logs[b.Log] = append(r.logs[b.Log], l)
		}
	}
	l.Branch = b
	return l
}

// Lines gives every line, ordered by log and then by id.
func (r *Replica) Lines() []model.Branch {
	all := make([]model.Branch, 0, len(r.lines))
	for _, l := range r.lines {
		all = append(all, l.Branch)
	}
	sortLines(all)
	return all
}

// Line gives a line; false for one that is not held.
func (r *Replica) Line(id model.LogID) (model.Branch, bool) {
	if l, ok := r.lines[id]; ok {
		return l.Branch, true
	}
	return model.Branch{}, false
}

// Awaited counts the events that are named and not held.
func (r *Replica) Awaited() int { return len(r.awaits) }

// Eff gives the effective clock of an event that is held and counts, for
// model.Author.
func (r *Replica) Eff(ref model.Ref) (model.Clock, bool) {
	at, err := r.find(ref)
	if err != nil || at.line == nil || at.line.void(ref.Seq) {
		return 0, false
	}
	return at.eff, true
}

// found is where an event stands; the line is nil for one that is not held.
type found struct {
	line *line
	eff  model.Clock
}

// find looks for an event among the last ones, then in the store. What cannot be
// held, because no line of its log is so long, is not looked for.
func (r *Replica) find(ref model.Ref) (found, error) {
	may := false
	for _, l := range r.logs[ref.Log] {
		if ref.Seq <= l.Base || ref.Seq > l.Tip.Seq {
			continue
		}
		if ref == l.TipRef() {
			return found{l, l.Eff}, nil
		}
		if eff, ok := l.recent.eff(ref); ok {
			return found{l, eff}, nil
		}
		may = may || !l.recent.knows(ref.Seq)
	}
	if !may {
		return found{}, nil
	}
	e, eff, id, err := r.held.Find(ref)
	switch {
	case model.CodeOf(err) == model.CodeEntryUnknown:
		return found{}, nil
	case err != nil:
		return found{}, fmt.Errorf("look for event %d of log %s: %w", ref.Seq, ref.Log, err)
	case e.Ref() != ref || r.lines[id] == nil:
		return found{}, nil
	}
	return found{r.lines[id], eff}, nil
}

// errEnough ends a reading.
var errEnough = errors.New("enough")

// stored is an event of a line, as the store holds it.
type stored struct {
	ev  *model.Event
	eff model.Clock
}

// read gives the events of a line from a number on, at most n.
func (r *Replica) read(id model.LogID, from uint64, n int) ([]stored, error) {
	all := make([]stored, 0, n)
	err := r.held.Line(id, from, func(e *model.Event, eff model.Clock) error {
		if all = append(all, stored{e, eff}); len(all) == n {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read log %s from %d: %w", id, from, err)
	}
	return all, nil
}

// one gives one event of a line.
func (r *Replica) one(at place) (stored, error) {
	all, err := r.read(at.line, at.seq, 1)
	if err == nil && (len(all) == 0 || all[0].ev.Seq != at.seq) {
		err = fmt.Errorf("read log %s: event %d is missing", at.line, at.seq)
	}
	if err != nil {
		return stored{}, err
	}
	return all[0], nil
}
