package room

import (
	"context"
	"fmt"

	"warroom/model"
)

// pageLines is how many events of a long incident are read at once: more than a
// screen shows, and less than a person waits for.
const pageLines = 500

// wholeError says that a command cannot be decided on a part of the incident.
type wholeError struct{ incident model.Scope }

func (e *wholeError) Error() string {
	return "the whole of incident " + e.incident.Key() + " is needed"
}

// reading is what was read of an incident beside the committer, and what had
// happened when the reading began: what was read before an act was committed, or
// a text removed, is not good any more.
type reading struct {
	id model.Scope
	in *model.Incident
	// read reads it again.
	read func(model.Scope) (*model.Incident, error)
	// A page instead of in: the records before a place, back to from.
	page         []*model.Record
	before, from model.Position

	written  int
	removals uint64
}

// begin notes what had happened when a reading begins, and gives the view that is
// published.
func (r *Room) begin(id model.Scope) (*reading, *model.View) {
	removals := r.removals.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	return &reading{id: id, written: r.written[id], removals: removals}, r.views[id]
}

// shown gives the published view of an incident when it is enough, else reads it.
// It is read here, not by the committer, so that nobody's writing waits for
// somebody's reading.
func (r *Room) shown(ctx context.Context, id model.Scope, enough func(*model.View) bool, read func(model.Scope) (*model.Incident, error)) (*model.View, error) {
	reading, v := r.begin(id)
	if v != nil && enough(v) {
		return v, nil
	}
	var err error
	if reading.in, err = read(id); err != nil {
		return nil, err
	}
	reading.read = read
	return r.hand(ctx, reading)
}

// hand gives the committer what was read.
func (r *Room) hand(ctx context.Context, read *reading) (*model.View, error) {
	a, err := r.send(ctx, &request{adopt: read, answer: make(chan answer, 1)})
	if err != nil {
		return nil, err
	}
	return a.view, a.err
}

// Glance is model.Pager.
func (r *Room) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return r.shown(ctx, id, func(*model.View) bool { return true }, r.part)
}

// Older is model.Pager.
func (r *Room) Older(ctx context.Context, id model.Scope, n int) (*model.View, error) {
	v, err := r.Glance(ctx, id)
	if err != nil || v.Earlier == 0 {
		return v, err
	}
	reading, v := r.begin(id)
	if v == nil || v.Earlier == 0 {
		return r.Glance(ctx, id) // it left the shelf, or somebody read all of it
	}
	reading.before = v.From
	reading.page, reading.from, err = model.Page(timeline{r, id}, v.From, n)
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", id.Key(), err)
	}
	return r.hand(ctx, reading)
}

// adopt takes over what a reader read, and publishes it. What is on the shelf has
// every act that was committed, so that it is added to, never replaced by less.
func (r *Room) adopt(req *request) answer {
	in, err := r.adopted(req.adopt)
	if err != nil {
		return answer{err: err}
	}
	r.incidents.put(in)
	v := in.View()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.views[in.ID()] = v
	return answer{view: v}
}

func (r *Room) adopted(a *reading) (*model.Incident, error) {
	held := r.incidents.held[a.id]
	removed := a.removals != r.removals.Load()
	if a.in == nil {
		switch {
		case held == nil:
			return r.part(a.id)
		case removed:
			var err error
			if a.page, a.from, err = model.Page(timeline{r, a.id}, a.before, len(a.page)); err != nil {
				return nil, err
			}
		}
		held.Extend(a.page, a.before, a.from)
		return held, nil
	}
	if held != nil && (held.Whole() || !a.in.Whole()) {
		return held, nil
	}
	if held != nil {
		a.in.Merge(held) // what was committed since it was read
	}
	if removed || a.written != r.written[a.id] && !r.complete(a.in) {
		return a.read(a.id)
	}
	return a.in, nil
}

// complete reports a fold that has every line that was committed.
func (r *Room) complete(in *model.Incident) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	row, known := r.list.row(in.ID())
	return known && in.Whole() && in.View().Total() == row.Lines
}

// timeline reads an incident from the store.
type timeline struct {
	room *Room
	id   model.Scope
}

// records decodes what a store gives.
func records(fn func(*model.Record) error) func(*model.Event, model.Clock) error {
	return func(e *model.Event, eff model.Clock) error {
		rec, err := model.Decode(e)
		if err != nil {
			return err
		}
		rec.Eff = eff
		return fn(rec)
	}
}

func (t timeline) Acts(fn func(*model.Record) error) error {
	return t.room.store.Acts(t.id, records(fn))
}

func (t timeline) Tail(before model.Position, n int, fn func(*model.Record) error) error {
	return t.room.store.Tail(t.id, before, n, records(fn))
}

func (t timeline) All(fn func(*model.Record) error) error {
	return t.room.store.Scope(t.id, records(fn))
}

// part reads as much of an incident as is shown first, of a short one all. It is
// refused with CodeIncidentUnknown when the store has none of its events.
func (r *Room) part(id model.Scope) (*model.Incident, error) {
	r.mu.Lock()
	row, known := r.list.row(id)
	r.mu.Unlock()
	if !known || row.Lines <= 2*pageLines {
		return r.fold(id)
	}
	in, err := model.Part(id, timeline{r, id}, pageLines, model.Extent{Lines: row.Lines, Changed: row.Changed})
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", id.Key(), err)
	}
	return in, nil
}

var _ model.Pager = (*Room)(nil)
