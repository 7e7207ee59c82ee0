package room

import (
	"slices"

	"warroom/model"
)

// list is the incident list in order, changed row by row and given out as a
// slice that never changes afterwards. An incident whose opening has not arrived is
// not in it. The zero list is empty and ready.
type list struct {
	rows  []model.Summary
	fresh map[model.Scope]model.Summary // changed since rows was made
	keys  map[model.Scope]string
	names bool // keys are right
	// closed are the restricted incidents.
	closed map[model.Scope]struct{}
}

// allOpen reports that no incident is restricted.
func (l *list) allOpen() bool { return len(l.closed) == 0 }

// guard notes whether an incident is restricted.
func (l *list) guard(row *model.Summary) {
	if !row.Restricted || row.Opened == 0 {
		delete(l.closed, row.ID)
		return
	}
	if l.closed == nil {
		l.closed = map[model.Scope]struct{}{}
	}
	l.closed[row.ID] = struct{}{}
}

func (l *list) put(row model.Summary) {
	if l.fresh == nil {
		l.fresh = map[model.Scope]model.Summary{}
	}
	l.fresh[row.ID] = row
	l.guard(&row)
	if _, ok := l.keys[row.ID]; !ok {
		l.names = false
	}
}

// fill takes up the rows of a room that is opened, in any order. Their keys are made
// beside the sort: the first screen waits for both.
func (l *list) fill(rows []*model.Summary) {
	rows = slices.DeleteFunc(rows, func(r *model.Summary) bool { return r.Opened == 0 })
	ids := make([]model.Scope, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		l.guard(r)
	}
	keys := make(chan map[model.Scope]string, 1)
	go func() { keys <- model.Keys(ids) }()
	l.rows = model.SortedRows(rows)
	l.keys, l.names = <-keys, true
}

// row gives an incident's row, false for one that has none.
func (l *list) row(id model.Scope) (model.Summary, bool) {
	if row, ok := l.fresh[id]; ok {
		return row, row.Opened != 0
	}
	for i := range l.rows {
		if l.rows[i].ID == id {
			return l.rows[i], true
		}
	}
	return model.Summary{}, false
}

// sorted gives the rows in order and their keys. The cost is a copy of the list
// when something changed since the last call, and nothing otherwise.
func (l *list) sorted() ([]model.Summary, map[model.Scope]string) {
	if len(l.fresh) > 0 {
		l.merge()
	}
	if !l.names {
		ids := make([]model.Scope, len(l.rows))
		for i, r := range l.rows {
			ids[i] = r.ID
		}
		l.keys, l.names = model.Keys(ids), true
	}
	return l.rows, l.keys
}

// merge makes the next slice out of the last one and what changed. The old one
// is left as it was, for those who hold it.
func (l *list) merge() {
	changed := l.changed()
	out := make([]model.Summary, 0, len(l.rows)+len(changed))
	i := 0
	for at := range l.rows {
		row := &l.rows[at]
		if _, ok := l.fresh[row.ID]; ok {
			continue
		}
		for i < len(changed) && model.CompareRows(&changed[i], row) < 0 {
			out = append(out, changed[i])
			i++
		}
		out = append(out, *row)
	}
	l.rows = append(out, changed[i:]...)
	l.fresh = nil
}

// changed are the rows to merge, in order.
func (l *list) changed() []model.Summary {
	rows := make([]*model.Summary, 0, len(l.fresh))
	for _, row := range l.fresh {
		if row.Opened != 0 {
			rows = append(rows, &row)
		}
	}
	return model.SortedRows(rows)
}
