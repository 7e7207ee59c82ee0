package model

import "container/heap"

// Order computes effective clocks: the order of everything in a workspace,
// cause first, then the hybrid clock.
//
// An event's effective clock is the greater of its own clock and one more than
// the greatest effective clock among the events it names (the previous one of
// its log, what it replaces, what it had seen), saturating. An event is never
// held back because one that it names has not arrived: it is ordered by what is
// held, and ordered anew when the other comes. So the final order depends on
// the set of events alone. Source: the order of the timeline in the sync design.
type Order struct {
	held map[Ref]*Record
	// named lists, for an event (held or not), the events that name it.
	named map[Ref][]*Record
}

// NewOrder begins an order of nothing.
func NewOrder() *Order {
	return &Order{held: map[Ref]*Record{}, named: map[Ref][]*Record{}}
}

// Add places the record: sets its Eff, and raises the Eff of those that named
// it. It gives back the records that moved, not counting r itself; a record
// that is there already changes nothing.
func (o *Order) Add(r *Record) (moved []*Record) {
	if _, ok := o.held[r.Ref]; ok {
		return nil
	}
	o.held[r.Ref] = r
	for _, dep := range named(r) {
		o.named[dep] = append(o.named[dep], r)
	}
	r.Eff = o.effective(r)
	// Those that named r are visited in the order that they had: an event comes
	// after all that it names, so each is reckoned anew once, however many paths
	// lead to it. Events that name each other in a ring, which no hash allows,
	// are visited once too.
	queue := &waiting{}
	seen := map[*Record]bool{r: true}
	wait := func(ref Ref) {
		for _, n := range o.named[ref] {
			if !seen[n] {
				seen[n] = true
				heap.Push(queue, n)
			}
		}
	}
	wait(r.Ref)
	for queue.Len() > 0 {
		next := heap.Pop(queue).(*Record)
		if eff := o.effective(next); eff > next.Eff {
			next.Eff = eff
			moved = append(moved, next)
			wait(next.Ref)
		}
	}
	return moved
}

// waiting is a heap of records, the first in the order on top. A record's place
// does not change while it waits.
type waiting []*Record

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return before(w[i], w[j]) }
func (w waiting) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(r any)        { *w = append(*w, r.(*Record)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	r := (*w)[last]
	*w = (*w)[:last]
	return r
}

func (o *Order) effective(r *Record) Clock {
	return Effective(r, func(ref Ref) (Clock, bool) {
		d, ok := o.held[ref]
		if !ok || d == r {
			return 0, false
		}
		return d.Eff, true
	})
}

// Effective is the record's effective clock, given those of the events it names
// that are held.
func Effective(r *Record, eff func(Ref) (Clock, bool)) Clock {
	c := r.Clock
	for _, dep := range named(r) {
		if e, ok := eff(dep); ok {
			c = max(c, e.after())
		}
	}
	return c
}

// named lists the events that a record names as before it.
func named(r *Record) []Ref {
	c := r.Common()
	out := make([]Ref, 0, 1+len(c.Pred)+len(c.Obs))
	if !r.Prev.IsZero() {
		out = append(out, r.Prev)
	}
	out = append(out, c.Pred...)
	return append(out, c.Obs...)
}

// before is the order of the timeline: effective clock, then hash.
func before(a, b *Record) bool {
	if a.Eff != b.Eff {
		return a.Eff < b.Eff
	}
	if a.Ref.Hash != b.Ref.Hash {
		return a.Ref.Hash.Less(b.Ref.Hash)
	}
	return false
}

func compareRecords(a, b *Record) int {
	switch {
	case before(a, b):
		return -1
	case before(b, a):
		return 1
	}
	return 0
}
