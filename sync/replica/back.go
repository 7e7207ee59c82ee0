package replica

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// Cuts says up to where what a device wrote counts; false when all of it does.
type Cuts func(model.DeviceKey) (cut model.Cut, ok bool)

// Back is what is held back of the lines: what devices wrote that may not write, or
// not any more. It follows from the cuts and from the events that are held, in whatever
// order they came. It does not change; the nil Back holds nothing back.
type Back struct {
	storage.Held
	// count is how many events are held back, by line.
	count map[model.LogID]int
	// missing are ends of cuts that are not held.
	missing map[model.Ref]bool
}

// Back gives what is held back by the cuts, but for the events of one scope, the
// workspace, by which they are made. was is what was held back before, as far as the
// lines were then; it spares the reading of what is the same.
func (r *Replica) Back(cuts Cuts, except model.Scope, was *Back) (*Back, error) {
	b := &Back{count: map[model.LogID]int{}, missing: map[model.Ref]bool{}}
	b.Except, b.From = except, map[model.LogID]uint64{}
	known := map[model.DeviceKey]*limits{}
	for id, l := range r.lines {
		is, ok := known[l.Device]
		if !ok {
			if cut, cuts := cuts(l.Device); cuts {
				var err error
				if is, err = r.limits(cut, b); err != nil {
					return nil, err
				}
			}
			known[l.Device] = is
		}
		if is == nil {
			continue
		}
		from := max(is.last(r, l), l.Base) + 1
		b.From[id] = from
		if was != nil && was.From[id] == from {
			b.add(id, was.count[id])
			continue
		}
		n := 0
		err := r.each(l, from, l.Tip.Seq, func(e *model.Event) {
			if e.Scope != except {
				n++
			}
		})
		if err != nil {
			return nil, err
		}
		b.add(id, n)
	}
	return b, nil
}

// add counts more events of a line.
func (b *Back) add(line model.LogID, n int) {
	if n > 0 {
		b.count[line] += n
	}
}

// limits are the lists of a cut, with where the events that they name stand.
type limits struct{ lists [][]limit }

// limit is an event up to which a log counts. at.line is nil when it is not held.
type limit struct {
	ref model.Ref
	at  found
}

// limits looks for the ends that a cut names.
func (r *Replica) limits(cut model.Cut, b *Back) (*limits, error) {
	l := &limits{}
	if cut.Whole {
		return l, nil
	}
	for _, tips := range cut.Tips {
		list := make([]limit, 0, len(tips))
		for _, ref := range tips {
			at, err := r.find(ref)
			if err != nil {
				return nil, err
			}
			if at.line == nil {
				b.missing[ref] = true
			}
			list = append(list, limit{ref, at})
		}
		l.lists = append(l.lists, list)
	}
	return l, nil
}

// last is the number of the last event of a line that counts; 0 for none. It counts
// when each of the lists has an end at it or behind it on its line.
func (s *limits) last(r *Replica, l *line) uint64 {
	if len(s.lists) == 0 {
		return 0
	}
	least := uint64(0)
	for i, list := range s.lists {
		reach := uint64(0)
		for _, end := range list {
			reach = max(reach, end.reach(r, l))
		}
		if i == 0 || reach < least {
			least = reach
		}
	}
	return least
}

// reach is up to which number a line is the one that the end stands on.
func (e limit) reach(r *Replica, l *line) uint64 {
	switch {
	case e.ref.Log != l.Log:
		return 0
	case e.at.line == nil:
		return e.ref.Seq
	}
	at, seq := e.at.line, e.ref.Seq
	for at != nil && at.ID != l.ID {
		if at.Own() {
			return 0
		}
		at, seq = r.lines[at.Parent], min(seq, at.Base)
	}
	return seq
}

// each gives the events of a line, from a number to another.
func (r *Replica) each(l *line, from, to uint64, fn func(*model.Event)) error {
	if from > to {
		return nil
	}
	err := r.held.Line(l.ID, from, func(e *model.Event, _ model.Clock) error {
		if e.Seq > to {
			return errEnough
		}
		fn(e)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read log %s from %d: %w", l.ID, from, err)
	}
	return nil
}

// Changed gives the scopes of which events are held back by one of the two and not by
// the other: what is folded of them is to be made anew. What a plan brought is not
// folded yet; nil for none.
func (r *Replica) Changed(was, is *Back, p *Plan) (map[model.Scope]bool, error) {
	scopes := map[model.Scope]bool{}
	for id, l := range r.lines {
		low, high := was.from(id), is.from(id)
		if low > high {
			low, high = high, low
		}
		to := l.Tip.Seq
		if p != nil && p.line.ID == id && len(p.fresh) > 0 {
			to = p.fresh[0].ev.Seq - 1
		}
		if low == high {
			continue
		}
		err := r.each(l, low, min(high-1, to), func(e *model.Event) {
			if e.Scope != is.Except {
				scopes[e.Scope] = true
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return scopes, nil
}

// from is the number from which on a line is held back; one behind all for none.
func (b *Back) from(line model.LogID) uint64 {
	if b != nil {
		if n, ok := b.From[line]; ok {
			return n
		}
	}
	return ^uint64(0)
}

// Holds reports that a record in a line is held back.
func (b *Back) Holds(line model.LogID, rec *model.Record) bool {
	return b != nil && b.Back(line, rec.Ref.Seq, rec.Scope)
}

// Same reports that two hold the same back, but for how much of it there is.
func (b *Back) Same(o *Back) bool {
	return maps.Equal(b.all(), o.all())
}

// SameAt is Same of one line.
func (b *Back) SameAt(o *Back, line model.LogID) bool { return b.from(line) == o.from(line) }

func (b *Back) all() map[model.LogID]uint64 {
	if b == nil {
		return nil
	}
	return b.From
}

// Hold is what a store is to hold back.
func (b *Back) Hold() storage.Held {
	if b == nil {
		return storage.Held{}
	}
	return b.Held
}

// With is what is held back when so many more events of a line are.
func (b *Back) With(line model.LogID, more int) *Back {
	next := *b
	next.count = maps.Clone(b.count)
	next.add(line, more)
	return &next
}

// Count is how many events of a line are held back.
func (b *Back) Count(line model.LogID) int {
	if b == nil {
		return 0
	}
	return b.count[line]
}

// Outdated reports that a plan changes what is held back, though no membership may
// have changed: it begins a line, or brings the end of a cut. It is to be asked before
// the plan is done.
func (r *Replica) Outdated(b *Back, p *Plan) bool {
	if len(p.fresh) == 0 {
		return false
	}
	if r.lines[p.line.ID] == nil {
		return true
	}
	if b != nil && len(b.missing) > 0 {
		for _, f := range p.fresh {
			if b.missing[f.rec.Ref] {
				return true
			}
		}
	}
	return false
}

// Stands is the line in which an event stands; false for one that is not held.
func (r *Replica) Stands(ref model.Ref) (model.LogID, bool) {
	at, err := r.find(ref)
	if err != nil || at.line == nil {
		return model.LogID{}, false
	}
	return at.line.ID, true
}

// Counted gives a line as far as it counts, for model.Author, which names nothing that
// does not; one of which nothing counts as one that ends at its beginning.
func (r *Replica) Counted(b model.Branch, back *Back) (model.Branch, error) {
	from := back.from(b.ID)
	switch {
	case b.Tip.Seq < from:
		return b, nil
	case from <= b.Base+1:
		b.Ends = b.Base + 1
		return b, nil
	}
	s, err := r.one(place{b.ID, from - 1})
	if err != nil {
		return b, err
	}
	b.Tip = model.Head{Log: b.ID, Seq: s.ev.Seq, Hash: s.ev.Hash(), Clock: s.ev.Clock}
	b.Eff = s.eff
	return b, nil
}

// Tips are the ends of all lines that a device wrote, as far as they are held, in the order
// of their logs. writes are the ends of the logs that this room writes, which may be
// further than what is on the disk; nil when the device is another.
func (r *Replica) Tips(device model.DeviceKey, writes ...model.Head) []model.Ref {
	var all []model.Ref
	ahead := map[model.LogID]bool{}
	for _, head := range writes {
		if head.Seq > 0 {
			ahead[head.Log] = true
			all = append(all, model.Ref{Log: head.Log, Seq: head.Seq, Hash: head.Hash.Short()})
		}
	}
	for _, l := range r.lines {
		if l.Device == device && !ahead[l.ID] {
			all = append(all, l.TipRef())
		}
	}
	slices.SortFunc(all, func(a, b model.Ref) int {
		return cmp.Or(slices.Compare(a.Log[:], b.Log[:]), slices.Compare(a.Hash[:], b.Hash[:]))
	})
	return all
}
