package replica

import (
	"cmp"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// End plans that a line counts only before a number, because the event there has a
// signature that does not verify. What stands from there on, and the branches that
// leave the line there or behind it, counts for nothing on any replica: it leaves the
// timeline, and what named it is placed as if it had never come. A line that ends
// there or before it already gives a plan of nothing; one that is not held is refused
// with model.CodeEntryUnknown.
//
// All lines are read for it.
func (r *Replica) End(id model.LogID, from uint64) (*Plan, error) {
	p := &Plan{version: r.version}
	l := r.lines[id]
	if l == nil || from <= l.Base || from > l.Tip.Seq {
		return nil, model.Refuse(model.CodeEntryUnknown, "Entry", id.String())
	}
	if l.void(from) {
		return p, nil
	}
	ends := r.endings(l, from)
	m := moves{r: r, nodes: map[model.Ref]*node{}, void: map[model.Ref]bool{}}
	for _, end := range ends {
		if err := r.leave(p, end, m.void); err != nil {
			return nil, err
		}
	}
	err := m.mark(0, func(_ place, rec *model.Record) bool {
		return slices.ContainsFunc(names(rec), func(ref model.Ref) bool { return m.void[ref] })
	})
	if err != nil {
		return nil, err
	}
	if p.Moved, err = m.reckon(); err != nil {
		return nil, err
	}
	// The first first, and the ends last of all: whatever of it is durable, the rest is
	// found again when the end is planned anew.
	slices.SortFunc(p.Moved, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(a.Was, b.Was), cmp.Compare(a.Record.Ref.Seq, b.Record.Ref.Seq))
	})
	p.conclude(r, ends)
	return p, nil
}

// endings are the line's end and those of the branches that leave it behind it.
func (r *Replica) endings(l *line, from uint64) []storage.End {
	ends := []storage.End{{Branch: l.ID, From: from}}
	for i := 0; i < len(ends); i++ {
		for _, b := range r.logs[l.Log] {
			if !b.Own() && b.Parent == ends[i].Branch && b.Base >= ends[i].From && !b.void(b.Base+1) {
				ends = append(ends, storage.End{Branch: b.ID, From: b.Base + 1})
			}
		}
	}
	return ends
}

// leave notes what does not count any more of a line.
func (r *Replica) leave(p *Plan, end storage.End, void map[model.Ref]bool) error {
	l := r.lines[end.Branch]
	for next := end.From; next <= l.Tip.Seq; {
		part, err := r.read(end.Branch, next, readAtOnce)
		if err != nil {
			return err
		}
		if len(part) == 0 {
			break
		}
		for _, s := range part {
			if !l.void(s.ev.Seq) {
				p.about(s.ev.Scope, true)
			}
			void[s.ev.Ref()] = true
		}
		next += uint64(len(part))
	}
	return nil
}

// Unfinished plans what is left of a plan whose first batches alone became durable: a
// process may end between them. It is to be asked for once, after Open.
func (r *Replica) Unfinished() (*Plan, error) {
	p := &Plan{version: r.version}
	var roots []waiter
	for ref, waiters := range r.awaits {
		at, err := r.find(ref)
		if err != nil {
			return nil, err
		}
		if at.line == nil {
			continue
		}
		p.arrived = append(p.arrived, ref)
		for _, w := range waiters {
			if !at.line.void(ref.Seq) && !r.lines[w.line].void(w.seq) {
				roots = append(roots, w)
			}
		}
	}
	if len(p.arrived) == 0 {
		return p, nil
	}
	slices.SortFunc(p.arrived, func(a, b model.Ref) int {
		return cmp.Or(slices.Compare(a.Log[:], b.Log[:]), cmp.Compare(a.Seq, b.Seq), slices.Compare(a.Hash[:], b.Hash[:]))
	})
	if len(roots) > 0 {
		m := moves{r: r, nodes: map[model.Ref]*node{}}
		var err error
		if p.Moved, err = m.from(roots); err != nil {
			return nil, err
		}
	}
	p.conclude(r, nil)
	return p, nil
}
