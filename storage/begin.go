package storage

import (
	"slices"

	"warroom/model"
)

// changeLines takes in what a batch says of lines, before its events: those are
// judged by it.
func (in *intake) changeLines(b Batch, held ledger) error {
	in.known = held.known()
	if len(b.Begins) == 0 && len(b.Ends) == 0 {
		return nil
	}
	in.lines = lines{}
	for i := range b.Begins {
		if err := in.begin(&b.Begins[i], held); err != nil {
			return err
		}
	}
	for _, end := range b.Ends {
		if end.From == 0 {
			return model.Refuse(model.CodeEventMalformed, "Log", end.Branch.String(), "Seq", end.From)
		}
		at := in.known.with(in.lines).of(end.Branch)
		if at.Ends == 0 || end.From < at.Ends {
			at.Ends = end.From
			in.lines[end.Branch] = at
		}
	}
	in.known = in.known.with(in.lines)
	return nil
}

// begin takes in that a branch begins. Whether it can is seen at its first event.
func (in *intake) begin(b *model.Branch, held ledger) error {
	at := line{Log: b.Log, Parent: b.Parent, Base: b.Base}
	known, ok := in.known[b.ID]
	_, there := held.head(b.ID)
	switch {
	case b.ID == b.Log, b.Parent == b.ID, there && !ok, // it is a log's own line
		ok && (known.Log != at.Log || known.Parent != at.Parent || known.Base != at.Base):
		return model.Refuse(model.CodeEventMalformed, "Log", b.Log.String(), "Seq", b.Base)
	case !ok:
		in.lines[b.ID] = at
	}
	return nil
}

// seeLines sees that whatever a batch says of lines and events is of such that are
// held with it.
func (in *intake) seeLines(b Batch, held ledger) error {
	for i := range b.Begins {
		if _, ok := in.end(b.Begins[i].ID, held); !ok {
			return model.Refuse(model.CodeEventGap, "Log", b.Begins[i].Log.String(), "Seq", b.Begins[i].Base+1, "Held", b.Begins[i].Base)
		}
	}
	for _, end := range b.Ends {
		if _, ok := in.end(end.Branch, held); !ok {
			return unheld(model.Ref{Log: end.Branch, Seq: end.From})
		}
	}
	for _, w := range b.Awaits {
		head, ok := in.end(w.Branch, held)
		if !ok || w.Seq > head.Seq || w.Seq <= in.known[w.Branch].Base {
			return unheld(model.Ref{Log: w.Branch, Seq: w.Seq})
		}
		if !held.awaiting(w.For)[place{w.Branch, w.Seq}] && !slices.Contains(b.Arrived, w.For) {
			in.awaits = append(in.awaits, w)
		}
	}
	in.arrived = b.Arrived
	return nil
}

func unheld(ref model.Ref) error {
	return model.Refuse(model.CodeEntryUnknown, "Entry", ref.String())
}

// strange refuses an event for a line that is not known, or is of another log.
func (in *intake) strange(at place, e *model.Event, held ledger) error {
	_, begun := in.known[at.line]
	if _, ok := in.end(at.line, held); !ok && !begun {
		return model.Refuse(model.CodeEventGap, append(where(e), "Held", uint64(0))...)
	}
	return model.Refuse(model.CodeEventLog, where(e)...)
}

// attach gives the end to which the first event of a line attaches: the event that
// a branch leaves behind, or nothing.
func (in *intake) attach(id model.LogID, held ledger) (model.Head, error) {
	at := in.known.of(id)
	head := model.Head{Log: id, Seq: at.Base}
	if id == at.Log {
		return head, nil
	}
	parent := in.known.of(at.Parent)
	end, ok := in.end(at.Parent, held)
	switch {
	case !ok || end.Seq <= at.Base:
		return head, model.Refuse(model.CodeEventGap, "Log", at.Log.String(), "Seq", at.Base+1, "Held", end.Seq)
	case parent.Log != at.Log || at.Base < parent.Base || at.Base == parent.Base && at.Parent != at.Log:
		return head, model.Refuse(model.CodeEventMalformed, "Log", at.Log.String(), "Seq", at.Base)
	case at.Base == 0:
		return head, nil
	}
	e, err := in.standing(place{at.Parent, at.Base}, held)
	if err != nil {
		return head, err
	}
	head.Hash, head.Clock = e.Hash(), e.Clock
	return head, nil
}

// differs sees that the first event of a branch gives it its name, and is another
// than the one that stands there in the line that it leaves.
func (in *intake) differs(id model.LogID, e *model.Event, hash model.Hash, held ledger) error {
	at := in.known.of(id)
	if model.BranchID(at.Log, hash) != id {
		return model.Refuse(model.CodeEventMalformed, "Log", e.Log.String(), "Seq", e.Seq)
	}
	stands, err := in.standing(place{at.Parent, e.Seq}, held)
	if err != nil {
		return err
	}
	if stands.Raw == e.Raw {
		return another(e)
	}
	return nil
}

// standing is the event at a place, as far as the batch was taken in.
func (in *intake) standing(at place, held ledger) (*model.Event, error) {
	if i, ok := in.index[at]; ok {
		return in.placings[i].ev, nil
	}
	h, err := held.held(at)
	return h.ev, err
}
