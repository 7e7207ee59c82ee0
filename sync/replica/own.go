package replica

import (
	"slices"

	"warroom/model"
)

// Own takes over what this store's author wrote, when it is durable, in the order in
// which it was sealed; records are the events' own, with the effective clocks that
// model.Author gave them. It gives the lines that changed. Nothing can await such an
// event, and it names only what is held; so it needs no plan. One that does not follow
// the end of its log is refused with the code that a store gives.
func (r *Replica) Own(events []*model.Event, records []*model.Record) ([]model.Branch, error) {
	next := map[model.LogID]model.Branch{}
	for i, e := range events {
		b, ok := next[e.Log]
		if !ok {
			b.ID, b.Log, b.Tip.Log = e.Log, e.Log, e.Log
			if l := r.lines[e.Log]; l != nil {
				b = l.Branch
			}
		}
		if err := checked(b.Tip, events[i:i+1]); err != nil {
			return nil, err
		}
		if open, ok := records[i].Body.(*model.LogOpen); ok && e.Seq == 1 {
			b.Device, b.Kind, b.Nonce = open.Device, open.Log, open.Nonce
		}
		b.Tip = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
		b.Eff = records[i].Eff
		next[e.Log] = b
	}
	if len(events) > 0 {
		r.version++
	}
	lines := make([]model.Branch, 0, len(next))
	for _, b := range next {
		r.put(b)
		lines = append(lines, b)
	}
	for _, rec := range records {
		r.lines[rec.Ref.Log].recent.put(rec.Ref, rec.Eff)
	}
	slices.SortFunc(lines, func(a, b model.Branch) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return lines, nil
}
