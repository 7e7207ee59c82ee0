package sim

import (
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
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
func read(store *storage.Memory, r peer.Read) []*model.Event {
	branches, err := store.Branches()
	if err != nil {
		return nil
	}
	_, _, line, err := store.Find(model.Ref{Log: r.Tip.Log, Seq: r.Tip.Seq, Hash: r.Tip.Hash})
	if err != nil {
		return nil
	}
	at := slices.IndexFunc(branches, func(b model.Branch) bool { return b.ID == line })
	var events []*model.Event
	size := 0
	for _, s := range path(branches, branches[at], r.Tip.Seq) {
		err := store.Line(s.line, max(r.From, s.after+1), func(e *model.Event, _ model.Clock) error {
			size += e.Size()
			if e.Seq > s.end || len(events) > 0 && size > r.Bytes {
				return errEnough
			}
			events = append(events, e)
			return nil
		})
		if err != nil && (err != errEnough || size > r.Bytes) {
			break
		}
	}
	return events
}

// look gives the events that stand at some numbers of a log, in all its lines.
func look(store *storage.Memory, l peer.Look) []peer.Held {
	branches, err := store.Branches()
	if err != nil {
		return nil
	}
	var held []peer.Held
	for _, b := range branches {
		if b.Log != l.Log {
			continue
		}
		_ = store.Line(b.ID, l.From, func(e *model.Event, _ model.Clock) error {
			if e.Seq > l.To {
				return errEnough
			}
			held = append(held, peer.Held{Branch: b.ID, Event: e})
			return nil
		})
	}
	return held
}
