package storage

import "warroom/model"

// Held says which events are kept and not given to readers of timelines: those of
// lines whose device may not write, or not any more. It is not stored: whoever knows
// the membership sets it after each open. It can be changed at any time, and moves
// nothing.
type Held struct {
	// Except is the scope of which all is given: the workspace, by which the rest is
	// judged.
	Except model.Scope
	// From is, by the id of the line, the number from which on its events are held
	// back; a line that is not there gives all. It must not change any more.
	From map[model.LogID]uint64
}

// Back reports that an event of a scope, at a number of a line, is held back.
func (h *Held) Back(line model.LogID, seq uint64, scope model.Scope) bool {
	if h == nil || len(h.From) == 0 {
		return false
	}
	from, ok := h.From[line]
	return ok && seq >= from && scope != h.Except
}
