package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/replica"
)

// What comes from peers is committed by the committer too, with nothing of its own
// on the way to the disk: so own acts are decided on all that was published before.
// It takes as many runs as have queued up, and in between what people do here. While
// a commit of peers is on its way, and nobody here waits, the next is planned.
const (
	// maxRuns is how many runs wait for the committer before those who bring them do.
	maxRuns = 64
	// callsFor is how long ago somebody may have been called, so that a room which
	// learns of it only now still rings, in ms.
	callsFor = int64(15 * time.Minute / time.Millisecond)
)

// Take makes events of a peer durable, which were checked by themselves and follow
// one another. What is held already is left as it is. A run that attaches to nothing
// that is held is refused with the codes of replica.Plan. When the answer is nil,
// Feed was told of all that is new.
func (r *Room) Take(ctx context.Context, t peer.Take) error {
	r.taking.Add(1)
	defer r.taking.Add(-1)
	r.taken.Add(1)
	a, err := r.askAt(ctx, r.takes, &request{run: &t, answer: make(chan answer, 1)})
	return errors.Join(err, a.err)
}

// Renew goes on under new logs: this room may have forgotten what it wrote, or a copy
// of it writes. The old ones are never written again. Writes gives the new ones, and
// Feed was told of their openings.
func (r *Room) Renew(ctx context.Context, reason model.OpenReason) error {
	return r.do(ctx, func(c *commit) error { return r.renew(c, reason) })
}

// End ends a line before an event whose signature is bad: it and what follows are
// kept, and count for nothing.
func (r *Room) End(ctx context.Context, branch model.LogID, from uint64) error {
	if content, membership := r.Writes(); branch == content || branch == membership {
		// What is written there from now on would count for nothing.
		if err := r.Renew(ctx, model.ReasonRotated); err != nil {
			return err
		}
	}
	return r.do(ctx, func(c *commit) error {
		p, err := r.replica.End(branch, from)
		if err != nil {
			return err
		}
		return r.add(c, p)
	})
}

// do has the committer do something alone.
func (r *Room) do(ctx context.Context, alone func(*commit) error) error {
	a, err := r.askAt(ctx, r.requests, &request{alone: alone, answer: make(chan answer, 1)})
	return errors.Join(err, a.err)
}

// ahead is the store with what is planned and not durable yet, for a replica.
type ahead struct {
	storage.Store
	planned map[model.Ref]*storage.Placed
	order   []*storage.Placed
}

// Find is storage.Store.
func (a *ahead) Find(ref model.Ref) (*model.Event, model.Clock, model.LogID, error) {
	if p := a.planned[ref]; p != nil {
		return p.Event, p.Eff, p.Branch, nil
	}
	return a.Store.Find(ref)
}

// Line is storage.Store. What is planned may be in the store by now, or stand
// elsewhere in it.
func (a *ahead) Line(id model.LogID, from uint64, fn func(*model.Event, model.Clock) error) error {
	err := a.Store.Line(id, from, func(e *model.Event, eff model.Clock) error {
		from = e.Seq + 1
		if len(a.planned) > 0 {
			if p := a.planned[e.Ref()]; p != nil && p.Branch == id {
				eff = p.Eff
			}
		}
		return fn(e, eff)
	})
	if err != nil {
		return err
	}
	for _, p := range a.order {
		if p.Branch != id || p.Event.Seq < from {
			continue
		}
		if err := fn(p.Event, p.Eff); err != nil {
			return err
		}
	}
	return nil
}

// plan adds what a commit is to make durable.
func (a *ahead) plan(events []storage.Placed) {
	if a.planned == nil {
		a.planned = map[model.Ref]*storage.Placed{}
	}
	for i := range events {
		p := &events[i]
		a.planned[p.Event.Ref()] = p
		a.order = append(a.order, p)
	}
}

func (a *ahead) forget() { a.planned, a.order = nil, nil }

// takeRuns commits what is queued of the peers, up to the limits of a commit. While
// one is on its way it is only planned, and goes off when that one lands.
func (r *Room) takeRuns() {
	c := r.next
	err := errors.Join(r.knowPeople(), r.knowLines())
	for len(r.runs) > 0 {
		req := r.runs[0]
		size := 0
		for _, e := range req.run.Events {
			size += e.Size()
		}
		if !c.nothing() && (len(c.batch.Events)+len(req.run.Events) > maxEvents || c.bytes+size > maxBytes) {
			break
		}
		r.runs = r.runs[1:]
		r.later.take(len(req.run.Events))
		if err != nil {
			req.answer <- answer{err: err}
			continue
		}
		p, refused := r.replica.Plan(*req.run)
		switch {
		case refused != nil:
			if r.flying == nil {
				req.answer <- answer{err: refused}
			} else { // it may rest on what is not durable
				c.waiting = append(c.waiting, pending{req, answer{err: refused}})
			}
			continue
		case len(p.Batches) > 1 && (!c.nothing() || r.flying != nil):
			r.runs = append([]*request{req}, r.runs...) // it needs a commit of its own
			r.commitRuns(c)
			return
		}
		c.waiting = append(c.waiting, pending{req: req})
		if p.Nothing() {
			continue
		}
		c.bytes += size
		if err = r.add(c, p); err != nil {
			r.drop(err)
			return
		}
		if len(p.Batches) > 1 || len(p.Moved) > 0 || c.cuts {
			break // the store has what moved where it stood, and the next plan reads the store
		}
	}
	r.commitRuns(c)
}

// commitRuns sends off what was taken, or keeps it until what is on its way has
// landed.
func (r *Room) commitRuns(c *commit) {
	if c.nothing() {
		r.next = newCommit()
		if r.flying != nil {
			// What they brought is held, perhaps in what is on its way.
			r.flying.waiting = append(r.flying.waiting, c.waiting...)
			return
		}
		for _, p := range c.waiting {
			p.req.answer <- p.answer
		}
		return
	}
	if err := r.learn(c); err != nil {
		r.drop(err)
		return
	}
	if r.flying == nil {
		r.send()
	}
}

// drop forgets the next commit. What is on its way is waited for, because what is
// forgotten is read again.
func (r *Room) drop(err error) {
	c := r.next
	if r.flying != nil {
		r.next = newCommit()
		r.land(<-r.landed)
		r.next = c
	}
	r.undo(&commit{}, err)
}

// mayPlan reports that runs may be planned while a commit is on its way: one of peers
// of which nothing is read again when it has landed, while nobody here waits.
func (r *Room) mayPlan() bool {
	c := r.flying
	return c != nil && c.taken && !r.later.overdue() && !c.people && !c.cuts && len(c.anew)+len(c.early)+len(c.removing) == 0 &&
		r.apart == nil && len(r.requests) == 0 &&
		r.people != nil && r.replica != nil && len(r.runs)+len(r.takes) > 0
}

// add folds a plan into the commit. All of its batches but the last are committed
// at once.
func (r *Room) add(c *commit, p *replica.Plan) error {
	if p.Nothing() {
		return nil
	}
	c.planned = true
	outdated := r.replica.Outdated(r.back, p)
	for _, scope := range p.Anew {
		c.anew[scope] = true
		if scope == r.workspace.Scope() {
			c.people = true
			continue
		}
		r.later.anew[scope] = true
		r.incidents.remove(scope)
	}
	held := 0
	for _, rec := range p.Records {
		if rec.Scope == r.workspace.Scope() {
			c.people, outdated = true, true
			r.people.Apply(rec)
		} else if r.back.Holds(p.Line(), rec) {
			held++
		}
	}
	n := len(p.Batches) - 1
	if _, held := r.replica.Line(p.Line()); n > 0 && !held && len(p.Records) > 0 {
		r.holdLine(p.Line())
	}
	for i := range p.Batches[:n] {
		r.batches <- p.Batches[i]
		l := <-r.landed
		if l.err != nil {
			return fmt.Errorf("write to the store: %w", l.err)
		}
		c.early = append(c.early, early{&p.Batches[i], l.durable})
	}
	b := &p.Batches[n]
	c.batch.Events = append(c.batch.Events, b.Events...)
	c.batch.Begins = append(c.batch.Begins, b.Begins...)
	c.batch.Awaits = append(c.batch.Awaits, b.Awaits...)
	c.batch.Arrived = append(c.batch.Arrived, b.Arrived...)
	c.batch.Ends = append(c.batch.Ends, b.Ends...)
	if err := r.replica.Done(p); err != nil {
		return err
	}
	r.ahead.plan(c.batch.Events[len(c.batch.Events)-len(b.Events):])
	if held > 0 {
		r.back = r.back.With(p.Line(), held)
	}
	if outdated {
		if err := r.judge(c, p); err != nil {
			return err
		}
	}
	for _, line := range p.Lines {
		if err := r.see(line); err != nil {
			return err
		}
	}
	for _, rec := range p.Records {
		switch {
		case r.back.Holds(p.Line(), rec):
			c.aside = append(c.aside, rec)
			continue
		case rec.Scope != r.workspace.Scope():
			if err := r.fold1(c, rec); err != nil {
				return err
			}
		}
		c.records = append(c.records, rec)
	}
	return nil
}

// learn looks at what was taken for what this room has to do: it may be told whose
// it is, and a text may have to go.
func (r *Room) learn(c *commit) error {
	c.taken = true
	if c.people {
		if who, ok := r.people.ByDevice(r.signer.Device()); ok && r.hand.id.Me.IsZero() {
			r.hand.id.Me = who
			if err := r.noteIdentity(c); err != nil {
				return err
			}
		}
		c.judged = len(r.removing) > 0
	}
	from, at := c.learned, c.learnedAt // at is of the record's event
	c.learned = len(c.records)
	for _, rec := range c.records[from:] {
		if _, removes := rec.Body.(*model.TextRemove); removes && rec.Scope != r.workspace.Scope() {
			c.removing = append(c.removing, rec.Scope)
		}
		if !rec.HasText || rec.Removed || rec.Scope == r.workspace.Scope() {
			continue
		}
		in := r.incidents.held[rec.Scope]
		if in == nil {
			continue // it is read anew, and looked through then
		}
		asked, right := in.Removing(rec, r.people)
		switch {
		case right:
			// It was removed before it came: it does not come in.
			i := at
			for i < len(c.batch.Events) && c.batch.Events[i].Event.Ref() != rec.Ref {
				i++
			}
			if i == len(c.batch.Events) { // it is on the disk, with an earlier batch
				c.removing = append(c.removing, rec.Scope)
				continue
			}
			at = i
			without := *c.batch.Events[at].Event
			without.SetText(model.Salt{}, nil)
			c.batch.Events[at].Event = &without
			rec.Text, rec.Removed = "", true
			c.learnedAt = at
		case asked:
			c.removing = append(c.removing, rec.Scope)
		}
	}
	return nil
}

// early is a batch of a plan that was committed before the commit's own.
type early struct {
	batch   *storage.Batch
	durable []storage.Durable
}
