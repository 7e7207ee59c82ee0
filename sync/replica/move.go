package replica

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"warroom/model"
)

// An event that is named before it is held may stand later than those that name it,
// when its clock is ahead. They move then, and what names them in turn. It happens
// with a clock that is wrong by more than model.MaxAhead, and hardly ever otherwise.
//
// Nothing lists which events name a given one. But an event stands after all that it
// names, so whatever a move reaches stands behind the first that moves: the lines are
// read from there on, in order, and what a move may reach is marked. What is marked is
// then reckoned once each, after all that it names, however they depend on each other.

// node is an event that a move may reach, or a new one.
type node struct {
	ev *model.Event
	// rec has the effective clock as it was, and when it is reckoned, as it is.
	rec  *model.Record
	line model.LogID
	was  model.Clock
	// root is an event that names one which was not held, or does not count any more.
	root  bool
	state state
}

type state uint8

const (
	unknown state = iota
	asked
	known
)

// moves is what is marked.
type moves struct {
	r     *Replica
	nodes map[model.Ref]*node
	// void are the events that do not count any more. When there are such, clocks may
	// fall.
	void map[model.Ref]bool
}

// raise gives the held events that stand later because of the new ones, and moves
// the new ones with them. They come with the last first: whatever of them is durable,
// the rest is found again from those that await.
func (r *Replica) raise(all []*fresh) ([]Moved, error) {
	var roots []waiter
	rises := false
	for _, f := range all {
		for _, w := range r.awaits[f.rec.Ref] {
			if f.apart || r.lines[w.line].void(w.seq) {
				continue
			}
			if f.rec.Eff >= w.eff && !rises {
				s, err := r.one(w.place)
				if err != nil {
					return nil, err
				}
				w.eff = s.eff
				rises = f.rec.Eff >= s.eff
			}
			roots = append(roots, w)
		}
	}
	if !rises {
		return nil, nil
	}
	m := moves{r: r, nodes: map[model.Ref]*node{}}
	for _, f := range all {
		if !f.apart {
			m.nodes[f.rec.Ref] = &node{rec: f.rec, was: f.rec.Eff}
		}
	}
	return m.from(roots)
}

// from gives what moves when all that the roots name is held.
func (m *moves) from(roots []waiter) ([]Moved, error) {
	at := map[place]bool{}
	first := model.Clock(math.MaxUint64)
	for _, w := range roots {
		if w.eff == 0 {
			s, err := m.r.one(w.place)
			if err != nil {
				return nil, err
			}
			w.eff = s.eff
		}
		first, at[w.place] = min(first, w.eff), true
	}
	err := m.mark(first, func(p place, _ *model.Record) bool { return at[p] })
	if err != nil {
		return nil, err
	}
	moved, err := m.reckon()
	slices.SortFunc(moved, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(b.Was, a.Was), cmp.Compare(b.Record.Ref.Seq, a.Record.Ref.Seq))
	})
	return moved, err
}

// mark reads all lines from an effective clock on, and marks the roots and whatever
// names what is marked.
func (m *moves) mark(first model.Clock, root func(place, *model.Record) bool) error {
	var queue cursors
	for _, l := range m.r.lines {
		if l.Ends == 0 && l.Eff < first {
			continue
		}
		from, err := m.r.seek(l, first)
		if err != nil {
			return err
		}
		c := &cursor{line: l, next: from}
		if ok, err := c.fill(m.r); err != nil {
			return err
		} else if ok {
			queue = append(queue, c)
		}
	}
	heap.Init(&queue)
	for len(queue) > 0 {
		c := queue[0]
		if err := m.consider(c, root); err != nil {
			return err
		}
		c.buf, c.next = c.buf[1:], c.next+1
		if ok, err := c.fill(m.r); err != nil {
			return err
		} else if ok {
			heap.Fix(&queue, 0)
		} else {
			heap.Pop(&queue)
		}
	}
	return nil
}

// consider marks the cursor's event if a move may reach it.
func (m *moves) consider(c *cursor, root func(place, *model.Record) bool) error {
	s := c.buf[0]
	rec, err := model.Decode(s.ev)
	if err != nil || m.void[rec.Ref] {
		return err
	}
	n := &node{ev: s.ev, rec: rec, line: c.line.ID, was: s.eff, root: root(place{c.line.ID, s.ev.Seq}, rec)}
	rec.Eff = s.eff
	// Where the clock cannot rise any more, events stand at one clock with what they
	// name, in any order.
	marked := n.root || s.eff == math.MaxUint64
	for _, ref := range names(rec) {
		marked = marked || m.nodes[ref] != nil
	}
	if marked {
		m.nodes[rec.Ref] = n
	}
	return nil
}

// reckon gives what is marked its place, and tells which of what was held moved.
func (m *moves) reckon() (moved []Moved, err error) {
	for _, start := range m.nodes {
		stack := []*node{start}
		for len(stack) > 0 {
			n := stack[len(stack)-1]
			if n.state == unknown {
				n.state = asked
				for _, ref := range names(n.rec) {
					if is := m.nodes[ref]; is != nil && is.state == unknown {
						stack = append(stack, is)
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if n.state == known {
				continue
			}
			n.state = known
			if err := m.settle(n); err != nil {
				return nil, err
			}
			if n.ev != nil && n.rec.Eff != n.was {
				moved = append(moved, Moved{Record: n.rec, Was: n.was, Line: n.line, ev: n.ev})
			}
		}
	}
	return moved, nil
}

// settle gives a node its place; what it names of the marked has its own.
func (m *moves) settle(n *node) (err error) {
	falls := len(m.void) > 0
	eff := model.Effective(n.rec, func(ref model.Ref) (model.Clock, bool) {
		if is := m.nodes[ref]; is != nil && is != n {
			return is.rec.Eff, true
		}
		// What is not marked stands where it stood, before the node as it stood.
		if m.void[ref] || !falls && !n.root {
			return 0, false
		}
		at, lookErr := m.r.find(ref)
		if lookErr != nil {
			err = lookErr
		}
		return at.eff, at.line != nil && !at.line.void(ref.Seq)
	})
	if !falls {
		eff = max(eff, n.was)
	}
	n.rec.Eff = eff
	return err
}

// names are the events that a record names.
func names(rec *model.Record) []model.Ref {
	c := rec.Common()
	if len(c.Pred)+len(c.Obs) == 0 {
		return []model.Ref{rec.Prev}
	}
	return append(append(append(make([]model.Ref, 0, 1+len(c.Pred)+len(c.Obs)), rec.Prev), c.Pred...), c.Obs...)
}

// counts is the number of the line's last event that counts.
func (l *line) counts() uint64 {
	if l.Ends != 0 {
		return min(l.Tip.Seq, l.Ends-1)
	}
	return l.Tip.Seq
}

// seek finds the first event of a line that stands at a clock or behind it, of those
// that count; else the number after them.
func (r *Replica) seek(l *line, first model.Clock) (uint64, error) {
	low, high := l.Base+1, l.counts()+1
	for low < high && first > 0 {
		mid := low + (high-low)/2
		eff := l.recent.of(mid)
		if eff == 0 {
			s, err := r.one(place{l.ID, mid})
			if err != nil {
				return 0, err
			}
			eff = s.eff
		}
		if eff < first {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, nil
}

// cursor reads a line, the next events of which are in buf.
type cursor struct {
	line *line
	next uint64
	buf  []stored
}

// readAtOnce is how many events of a line are read at a time.
const readAtOnce = 512

// fill sees that there is a next event; false at the end of the line.
func (c *cursor) fill(r *Replica) (bool, error) {
	if len(c.buf) > 0 {
		return true, nil
	}
	if c.next > c.line.counts() {
		return false, nil
	}
	var err error
	c.buf, err = r.read(c.line.ID, c.next, int(min(readAtOnce, c.line.counts()+1-c.next)))
	return len(c.buf) > 0, err
}

// cursors is a heap, the one whose event stands first on top.
type cursors []*cursor

func (c cursors) Len() int           { return len(c) }
func (c cursors) Less(i, j int) bool { return c[i].buf[0].eff < c[j].buf[0].eff }
func (c cursors) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *cursors) Push(x any)        { *c = append(*c, x.(*cursor)) }
func (c *cursors) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	*c = (*c)[:last]
	return x
}
