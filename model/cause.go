package model

import (
	"bytes"
	"cmp"
	"slices"
)

// causes says which of the workspace's own events had seen which: an event has in its
// past what it names (the event before it in its log, what it replaces, what its author
// had seen), and the past of that.
//
// An event that is named and not held is a node too. What stands before it on its line
// is taken from the log, as long as the log has one line up to there.
type causes struct {
	index map[Ref]int32
	nodes []cause
	// logs are the nodes of each log, by number.
	logs map[LogID][]int32
	// forked is the lowest number at which a log has two events.
	forked map[LogID]uint64
	pasts  map[int32]past
}

type cause struct {
	ref Ref
	// prev is the event before it on its line, as far as it is known; -1 for none.
	prev int32
	up   []int32
}

// past is a set of nodes.
type past []uint64

func (p past) has(n int32) bool { return p[n>>6]&(1<<(n&63)) != 0 }

func newCauses(records map[Ref]*Record) *causes {
	c := &causes{
		index: make(map[Ref]int32, len(records)), logs: map[LogID][]int32{}, forked: map[LogID]uint64{}, pasts: map[int32]past{},
	}
	held := make([]*Record, 0, len(records))
	for _, r := range records {
		held = append(held, r)
	}
	slices.SortFunc(held, func(a, b *Record) int { return compareRefs(a.Ref, b.Ref) })
	for _, r := range held {
		c.node(r.Ref)
	}
	var flat []int32
	for _, r := range held {
		b := r.Common()
		from := len(flat)
		if !r.Prev.IsZero() {
			flat = append(flat, c.node(r.Prev))
		}
		if !b.PrevInScope.IsZero() && b.PrevInScope != r.Prev {
			flat = append(flat, c.node(b.PrevInScope))
		}
		for _, ref := range b.Pred {
			flat = append(flat, c.node(ref))
		}
		for _, ref := range b.Obs {
			flat = append(flat, c.node(ref))
		}
		n := &c.nodes[c.index[r.Ref]]
		n.up = flat[from:len(flat):len(flat)]
	}
	for i := range c.nodes {
		log := c.nodes[i].ref.Log
		c.logs[log] = append(c.logs[log], int32(i))
	}
	for log, line := range c.logs {
		slices.SortFunc(line, func(a, b int32) int { return compareRefs(c.nodes[a].ref, c.nodes[b].ref) })
		for i := 1; i < len(line) && c.forked[log] == 0; i++ {
			if seq := c.nodes[line[i]].ref.Seq; seq == c.nodes[line[i-1]].ref.Seq {
				c.forked[log] = seq
			}
		}
	}
	for _, line := range c.logs {
		for i, at := range line {
			n := &c.nodes[at]
			if r := records[n.ref]; r != nil {
				n.prev = c.before(r, records)
			}
			// What is not held, or follows something of other scopes, follows the last
			// that is known.
			if at := c.forked[n.ref.Log]; n.prev < 0 && i > 0 && (at == 0 || at > n.ref.Seq) {
				n.prev = line[i-1]
			}
		}
	}
	return c
}

// compareRefs orders references by log, number and hash.
func compareRefs(a, b Ref) int {
	return cmp.Or(bytes.Compare(a.Log[:], b.Log[:]), cmp.Compare(a.Seq, b.Seq), bytes.Compare(a.Hash[:], b.Hash[:]))
}

// before is the held event that the record itself names as the one before it.
func (c *causes) before(r *Record, records map[Ref]*Record) int32 {
	for _, ref := range []Ref{r.Prev, r.Common().PrevInScope} {
		if records[ref] != nil && ref.Log == r.Ref.Log && ref.Seq < r.Ref.Seq {
			return c.index[ref]
		}
	}
	return -1
}

func (c *causes) node(ref Ref) int32 {
	if n, ok := c.index[ref]; ok {
		return n
	}
	n := int32(len(c.nodes))
	c.index[ref] = n
	c.nodes = append(c.nodes, cause{ref: ref, prev: -1})
	return n
}

// reckon makes the past of an event, and keeps it. It is quick where the pasts of
// earlier ones are kept already.
func (c *causes) reckon(of Ref) past {
	start := c.index[of]
	if p, ok := c.pasts[start]; ok {
		return p
	}
	out := make(past, (len(c.nodes)+63)/64)
	stack := append([]int32{c.nodes[start].prev}, c.nodes[start].up...)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n < 0 || n == start || out.has(n) {
			continue
		}
		out[n>>6] |= 1 << (n & 63)
		if done, ok := c.pasts[n]; ok {
			for i, w := range done {
				out[i] |= w
			}
			continue
		}
		stack = append(append(stack, c.nodes[n].prev), c.nodes[n].up...)
	}
	c.pasts[start] = out
	return out
}

// saw reports that the event a is in the past of b, whose past was reckoned.
func (c *causes) saw(b, a Ref) bool {
	n, ok := c.index[a]
	return ok && c.pasts[c.index[b]].has(n)
}

// sawLog reports that the past of b reaches that number of a log.
func (c *causes) sawLog(b Ref, log LogID, seq uint64) bool {
	set, line := c.pasts[c.index[b]], c.logs[log]
	for i := len(line) - 1; i >= 0 && c.nodes[line[i]].ref.Seq >= seq; i-- {
		if set.has(line[i]) {
			return true
		}
	}
	return false
}

// below reports that an event is the tip, or stands before it on its line. A tip that
// is not held lets all of its log pass up to its number.
func (c *causes) below(e, tip Ref) bool {
	if e.Log != tip.Log || e.Seq > tip.Seq {
		return false
	}
	at, known := c.index[tip]
	n, held := c.index[e]
	if fork := c.forked[e.Log]; !known || !held || at == n || fork == 0 || fork > tip.Seq {
		return true
	}
	for at = c.nodes[at].prev; at >= 0; at = c.nodes[at].prev {
		if at == n {
			return true
		}
		if c.nodes[at].ref.Seq <= e.Seq {
			return false
		}
	}
	return true
}

// ends are the last events of a log that are in the past of an event: one for each
// line of the log.
func (c *causes) ends(of Ref, log LogID) []Ref {
	set, line := c.pasts[c.index[of]], c.logs[log]
	var out []Ref
	passed := map[int32]bool{}
	for i := len(line) - 1; i >= 0; i-- {
		n := line[i]
		if !set.has(n) || passed[n] {
			continue
		}
		out = append(out, c.nodes[n].ref)
		if c.forked[log] == 0 {
			break
		}
		for at := c.nodes[n].prev; at >= 0 && !passed[at]; at = c.nodes[at].prev {
			passed[at] = true
		}
	}
	return out
}

// reckoned reports an event whose past is kept.
func (c *causes) reckoned(of Ref) bool {
	n, ok := c.index[of]
	return ok && c.pasts[n] != nil
}
