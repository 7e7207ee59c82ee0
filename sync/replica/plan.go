package replica

import (
	"cmp"
	"errors"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// Limits of a batch, below those of a store, so that whoever commits it has room for
// the rows of the incidents that it touches.
const (
	maxEntries = 12_000
	maxBytes   = 1 << 20
	// eventEntries is how many keys an event takes at most, eventBytes what they take
	// besides the event.
	eventEntries = 5
	eventBytes   = 400
	awaitBytes   = 120
)

// ErrOvertaken refuses a plan that was made before another was done.
var ErrOvertaken = errors.New("another plan was done first")

// Plan is what comes of a take, or of a line's end. Nothing holds until its batches
// are committed, one after the other, and Done was called. Whoever cannot commit the
// first drops the plan; whoever cannot commit a later one opens the replica anew.
type Plan struct {
	// Batches are one, unless very much moves; none when there is nothing to do. A
	// store that is left in the midst of them is not wrong, only older; Unfinished
	// gives the rest.
	Batches []storage.Batch
	// Lines are those that changed, as they are then: the one that was extended or
	// begun, and those whose end moved or that end.
	Lines []model.Branch
	// Records are the new events, in the order of their line, with their effective
	// clocks. Apart are those that count for nothing, because their line ends before
	// them; they are no part of Records and must not be folded.
	Records, Apart []*model.Record
	// Moved are held events that stand elsewhere now. Their records have the new
	// effective clock.
	Moved []Moved
	// Scopes are what all this is about, incidents and the workspace. Anew are those of
	// them of which events left the timeline or moved: their folds are to be made anew.
	Scopes, Anew []model.Scope

	fresh   []*fresh
	line    model.Branch
	awaits  []waiting
	arrived []model.Ref
	version uint64
}

// Moved is a held event that stands elsewhere now, and where it stood.
type Moved struct {
	Record *model.Record
	Was    model.Clock
	// Line is the line that it stands in.
	Line model.LogID

	ev *model.Event
}

// Nothing reports a plan that changes nothing: all of it is held already.
func (p *Plan) Nothing() bool { return len(p.Batches) == 0 }

// Line is the id of the line that new events go to; zero when none are new.
func (p *Plan) Line() model.LogID {
	if len(p.fresh) == 0 {
		return model.LogID{}
	}
	return p.line.ID
}

// Touches reports that the plan is about a scope.
func (p *Plan) Touches(scope model.Scope) bool { return slices.Contains(p.Scopes, scope) }

// fresh is an event that is new.
type fresh struct {
	ev    *model.Event
	rec   *model.Record
	apart bool
	// awaits is how many of the plan's awaits are its own.
	awaits int
}

// waiting is an event that names one that is not held.
type waiting struct {
	storage.Await
	eff model.Clock
}

// conclude makes the batches of what was planned, and says what it is about. Moves
// come in the order in which they are to be committed.
func (p *Plan) conclude(r *Replica, ends []storage.End) {
	var b batches
	if len(p.fresh) > 0 && !p.line.Own() && r.lines[p.line.ID] == nil {
		b.now.Begins = []model.Branch{p.line}
	}
	if p.line.Ends != 0 && r.lines[p.line.ID] == nil {
		ends = append(ends, storage.End{Branch: p.line.ID, From: p.line.Ends})
	}
	awaits := p.awaits
	for _, f := range p.fresh {
		b.event(storage.Placed{Event: f.ev, Eff: f.rec.Eff, Branch: p.line.ID, Apart: f.apart, Record: f.rec}, f.awaits)
		for _, w := range awaits[:f.awaits] {
			b.now.Awaits = append(b.now.Awaits, w.Await)
		}
		awaits = awaits[f.awaits:]
		p.about(f.rec.Scope, false)
	}
	for _, m := range p.Moved {
		b.event(storage.Placed{Event: m.ev, Eff: m.Record.Eff, Branch: m.Line, Record: m.Record}, 0)
		p.about(m.Record.Scope, true)
	}
	for _, ref := range p.arrived {
		b.arrive(ref, len(r.awaits[ref]))
	}
	b.now.Ends = ends
	p.Batches = b.all()
	p.Lines = r.changed(p)
	slices.SortFunc(p.Scopes, model.Scope.Compare)
	slices.SortFunc(p.Anew, model.Scope.Compare)
}

// about notes a scope.
func (p *Plan) about(scope model.Scope, anew bool) {
	if !slices.Contains(p.Scopes, scope) {
		p.Scopes = append(p.Scopes, scope)
	}
	if anew && !slices.Contains(p.Anew, scope) {
		p.Anew = append(p.Anew, scope)
	}
}

// changed gives the lines as they are after the plan.
func (r *Replica) changed(p *Plan) []model.Branch {
	lines := map[model.LogID]model.Branch{}
	if len(p.fresh) > 0 {
		lines[p.line.ID] = p.line
	}
	for _, m := range p.Moved {
		l := r.lines[m.Line]
		b, ok := lines[m.Line]
		if !ok {
			b = l.Branch
		}
		if m.Record.Ref == b.TipRef() {
			b.Eff = m.Record.Eff
			lines[m.Line] = b
		}
	}
	for _, batch := range p.Batches {
		for _, end := range batch.Ends {
			b, ok := lines[end.Branch]
			if !ok {
				b = r.lines[end.Branch].Branch
			}
			b.Ends = end.From
			lines[end.Branch] = b
		}
	}
	all := make([]model.Branch, 0, len(lines))
	for _, b := range lines {
		all = append(all, b)
	}
	sortLines(all)
	return all
}

// Done takes over a plan whose batches are durable. It refuses with ErrOvertaken one
// that was made before another was done; the replica is to be opened anew then.
func (r *Replica) Done(p *Plan) error {
	if p.version != r.version {
		return ErrOvertaken
	}
	r.version++
	for _, b := range p.Lines {
		r.put(b)
	}
	for _, f := range p.fresh {
		r.lines[p.line.ID].recent.put(f.rec.Ref, f.rec.Eff)
	}
	fell := false
	for _, m := range p.Moved {
		r.lines[m.Line].recent.move(m.Record.Ref, m.Record.Eff)
		fell = fell || m.Record.Eff < m.Was
	}
	if fell {
		r.forget()
	}
	for _, w := range p.awaits {
		r.awaits[w.For] = append(r.awaits[w.For], waiter{place{w.Branch, w.Seq}, w.eff})
	}
	for _, ref := range p.arrived {
		delete(r.awaits, ref)
	}
	return nil
}

// forget makes what awaits be read again: a clock fell, and what is known of it is
// what it is at least.
func (r *Replica) forget() {
	for _, waiters := range r.awaits {
		for i := range waiters {
			waiters[i].eff = 0
		}
	}
}

// batches divides what is to be committed.
type batches struct {
	done           []storage.Batch
	now            storage.Batch
	entries, bytes int
}

// event adds an event with its awaits, which stand in the same batch.
func (b *batches) event(p storage.Placed, awaits int) {
	b.need(eventEntries+awaits, p.Event.Size()+eventBytes+awaits*awaitBytes)
	b.now.Events = append(b.now.Events, p)
}

// arrive adds that what so many events named is held. One that more named than a
// batch can tell of, which only a hostile author brings about, stays in the store as
// awaited; that costs a look at the next opening.
func (b *batches) arrive(ref model.Ref, waiters int) {
	if waiters <= maxEntries {
		b.need(waiters, waiters*awaitBytes)
		b.now.Arrived = append(b.now.Arrived, ref)
	}
}

// need makes room for so much more.
func (b *batches) need(entries, bytes int) {
	if b.entries > 0 && (b.entries+entries > maxEntries || b.bytes+bytes > maxBytes) {
		b.done = append(b.done, b.now)
		b.now, b.entries, b.bytes = storage.Batch{}, 0, 0
	}
	b.entries, b.bytes = b.entries+entries, b.bytes+bytes
}

func (b *batches) all() []storage.Batch {
	if len(b.now.Events)+len(b.now.Awaits)+len(b.now.Arrived)+len(b.now.Ends) == 0 {
		return b.done
	}
	return append(b.done, b.now)
}

func sortLines(all []model.Branch) {
	slices.SortFunc(all, func(a, b model.Branch) int {
		return cmp.Or(slices.Compare(a.Log[:], b.Log[:]), slices.Compare(a.ID[:], b.ID[:]))
	})
}
