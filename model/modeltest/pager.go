package modeltest

import (
	"context"
	"slices"

	"warroom/model"
)

// Glance is model.Pager. Without Part, it gives the whole.
func (r *Room) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return r.Older(ctx, id, 0)
}

// Older is model.Pager.
func (r *Room) Older(ctx context.Context, id model.Scope, n int) (*model.View, error) {
	r.mu.Lock()
	part, records := r.Part, timeline(slices.Clone(r.records[id]))
	if r.loaded[id] == 0 {
		r.loaded[id] = part
	}
	r.loaded[id] += n
	loaded, whole := r.loaded[id], r.state.Incidents[id]
	if whole == nil || part == 0 || loaded >= len(records) {
		r.mu.Unlock()
		return r.Incident(ctx, id)
	}
	row, people := model.Summarise(whole.View()), r.state.People.Roster()
	r.mu.Unlock()
	slices.SortFunc(records, func(a, b *model.Record) int {
		if a.Position().Before(b.Position()) {
			return -1
		}
		return 1
	})
	in, err := model.Part(id, records, loaded, model.Extent{Lines: row.Lines, Changed: row.Changed})
	if err != nil {
		return nil, err
	}
	in.Judge(people)
	return in.View(), nil
}

// timeline is a model.Timeline.
type timeline []*model.Record

func (t timeline) All(fn func(*model.Record) error) error {
	for _, r := range t {
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

func (t timeline) Acts(fn func(*model.Record) error) error {
	return slices.DeleteFunc(slices.Clone(t), (*model.Record).Plain).All(fn)
}

func (t timeline) Tail(before model.Position, n int, fn func(*model.Record) error) error {
	end := len(t)
	for !before.IsZero() && end > 0 && !t[end-1].Position().Before(before) {
		end--
	}
	return t[max(end-n, 0):end].All(fn)
}

var _ model.Pager = (*Room)(nil)
