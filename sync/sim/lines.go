package sim

import (
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// span is a part of a line: the events after one number, up to another, of a line
// that it is made of.
type span struct {
	line       model.LogID
	after, end uint64
}

// path is a line from its log's beginning to a number: its parents' parts, and its own.
func path(branches []model.Branch, b model.Branch, end uint64) []span {
	var spans []span
	for {
		if b.Base < end {
			spans = append(spans, span{b.ID, b.Base, end})
			end = b.Base
		}
		if b.Own() {
			break
		}
		at := slices.IndexFunc(branches, func(o model.Branch) bool { return o.ID == b.Parent })
		if at < 0 {
			break
		}
		b = branches[at]
	}
	slices.Reverse(spans)
	return spans
}

// read gives the events of the line that holds a tip, as many as were asked for.
func (d *disk) read(r peer.Read) []*model.Event {
	branches, err := d.lines()
	if err != nil {
		return nil
	}
	at := slices.IndexFunc(branches, func(b model.Branch) bool { return b.Log == r.Tip.Log && d.holds(b.ID, r.Tip) })
	if at < 0 {
		return nil
	}
	var events []*model.Event
	size := 0
	for _, s := range path(branches, branches[at], r.Tip.Seq) {
		for _, e := range until(d.shelves[s.line].from(max(r.From, s.after+1)), s.end) {
			if size += e.Size(); len(events) > 0 && size > r.Bytes {
				return events
			}
			events = append(events, e)
		}
	}
	return events
}

// holds reports that a line has the event of a tip.
func (d *disk) holds(line model.LogID, t wire.Tip) bool {
	events := until(d.shelves[line].from(t.Seq), t.Seq)
	return len(events) > 0 && events[0].Seq == t.Seq && events[0].Hash().Short() == t.Hash
}

// look gives the events that stand at some numbers of a log, in all its lines.
func (d *disk) look(l peer.Look) []peer.Held {
	branches, err := d.lines()
	if err != nil {
		return nil
	}
	var held []peer.Held
	for _, b := range branches {
		if b.Log != l.Log {
			continue
		}
		for _, e := range until(d.shelves[b.ID].from(l.From), l.To) {
			held = append(held, peer.Held{Branch: b.ID, Event: e})
		}
	}
	return held
}
