package room

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"warroom/model"
	"warroom/storage"
)

// pageLines is how many events of a long incident are read at once: more than a
// screen shows, and less than a person waits for.
const pageLines = 500

// wholeError says that a command cannot be decided rightly on this part of the
// incident.
type wholeError struct{ incident model.Scope }

func (e *wholeError) Error() string {
	return "the whole of incident " + e.incident.Key() + " is needed"
}

// reader reads an incident from the store, of which there was so much before, with
// so many lines at least.
type reader func(id model.Scope, x model.Extent, lines int) (*model.Incident, error)

// reading is an incident that was read for the committer, and what had happened
// when the reading began: what was read before an act was committed, or a text
// removed, is not good any more.
type reading struct {
	in       *model.Incident
	again    reader
	commits  int
	removals uint64
}

// readFor reads an incident for the committer, in the goroutine of who asks, so
// that nobody's writing waits for somebody's reading.
func (r *Room) readFor(id model.Scope, read reader) (*reading, error) {
	a := &reading{again: read, removals: r.removals.Load(), commits: r.commits(id)}
	var err error
	a.in, err = r.reads(id, r.extent(id), pageLines, read)
	return a, err
}

// reads reads from a store that may be closed meanwhile.
func (r *Room) reads(id model.Scope, x model.Extent, lines int, read reader) (*model.Incident, error) {
	select {
	case <-r.quit:
		return nil, ErrClosed
	default:
	}
	in, err := read(id, x, lines)
	if errors.Is(err, storage.ErrClosed) {
		err = ErrClosed
	}
	return in, err
}

// commits is how many commits of an incident were published since the room was
// opened.
func (r *Room) commits(id model.Scope) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.written[id]
}

// extent is how much of an incident is published.
func (r *Room) extent(id model.Scope) model.Extent {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.extentHeld(id)
}

// extentHeld is extent for who holds mu.
func (r *Room) extentHeld(id model.Scope) model.Extent {
	row, _ := r.list.row(id)
	if r.stale[id] {
		row.Lines = 0 // it has more than its row says: all is read
	}
	return model.Extent{Lines: row.Lines, Changed: row.Changed, Ends: r.shown.lend()}
}

// ends are the numbers of the last events that readers see, by log.
type ends struct {
	of   map[model.LogID]uint64
	lent bool // it was given out, and does not change any more
}

func (e *ends) lend() map[model.LogID]uint64 {
	e.lent = true
	return e.of
}

// raise adds what was published.
func (e *ends) raise(records []*model.Record) {
	if len(records) == 0 {
		return
	}
	if e.lent || e.of == nil {
		of := make(map[model.LogID]uint64, len(e.of)+1)
		maps.Copy(of, e.of)
		e.of, e.lent = of, false
	}
	for _, rec := range records {
		e.of[rec.Ref.Log] = max(e.of[rec.Ref.Log], rec.Ref.Seq)
	}
}

// display gives the view of an incident when it is enough, else reads it.
func (r *Room) display(ctx context.Context, id model.Scope, enough func(*model.View) bool, read reader) (*model.View, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := r.look(id)
		v, err := r.displayOn(s, enough, read)
		if r.leave(s) {
			return v, err
		}
	}
}

func (r *Room) displayOn(s *sheet, enough func(*model.View) bool, read reader) (*model.View, error) {
	v, current := r.seen(s)
	switch {
	case v == nil || !enough(v):
		in, err := r.reads(s.id, s.extent, s.lines, read)
		if err != nil {
			return nil, err
		}
		return r.draw(s, func() { s.take(in) }), nil
	case current:
		return v, nil
	}
	return r.draw(s, func() {}), nil
}

// take puts on the sheet what was read, when that is more.
func (s *sheet) take(in *model.Incident) {
	switch {
	case s.in == nil:
		s.in = in
	case in.Whole() && !s.in.Whole():
		in.Merge(s.in) // what was put on the sheet since it was begun
		s.in = in
	}
}

// Incident is model.Room. What it gives has the whole log.
func (r *Room) Incident(ctx context.Context, id model.Scope) (*model.View, error) {
	return r.display(ctx, id, func(v *model.View) bool { return v.Earlier == 0 }, r.whole)
}

// Glance is model.Pager.
func (r *Room) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return r.display(ctx, id, func(*model.View) bool { return true }, r.part)
}

// Older is model.Pager.
func (r *Room) Older(ctx context.Context, id model.Scope, n int) (*model.View, error) {
	for {
		v, err := r.Glance(ctx, id)
		if err != nil || v.Earlier == 0 {
			return v, err
		}
		s := r.look(id)
		v, err = r.olderOn(s, n)
		if r.leave(s) && (v != nil || err != nil) {
			return v, err
		}
	}
}

// olderOn adds a page to a sheet; nil for one that was begun anew and has none.
func (r *Room) olderOn(s *sheet, n int) (*model.View, error) {
	v, _ := r.seen(s)
	if v == nil {
		return nil, nil
	}
	if v.Earlier == 0 { // somebody else read all of it
		return r.draw(s, func() {}), nil
	}
	page, from, err := model.Page(timeline{r, s.id}, v.From, n)
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", s.id.Key(), err)
	}
	return r.draw(s, func() { s.in.Extend(page, v.From, from) }), nil
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
func (r *Room) part(id model.Scope, x model.Extent, lines int) (*model.Incident, error) {
	if x.Lines <= 2*pageLines {
		return r.fold(id)
	}
	in, err := model.Part(id, timeline{r, id}, lines, x)
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", id.Key(), err)
	}
	return in, nil
}

// whole reads all of an incident.
func (r *Room) whole(id model.Scope, _ model.Extent, _ int) (*model.Incident, error) {
	return r.fold(id)
}

var _ model.Pager = (*Room)(nil)
