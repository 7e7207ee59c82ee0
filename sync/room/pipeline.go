package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
	"warroom/storage"
)

// The committer decides, seals and folds the next commit while the last one is on
// its way to the disk, which a goroutine of its own waits for. So the folds of the
// committer run ahead of the disk, by two commits at most. Nothing of them leaves
// it: answers, rows and what readers see (see desk.go) follow when the store has
// answered. When the store refuses a commit, the one that was decided on top of
// it is undone with it.

// landing is the store's answer to a commit.
type landing struct {
	durable []storage.Durable
	err     error
}

// serve is the committer. It ends when the room is closed and the queue is empty.
func (r *Room) serve() {
	defer close(r.done)
	batches, landed := make(chan storage.Batch, 1), make(chan landing, 1)
	go func() {
		defer close(landed)
		for b := range batches {
			durable, err := r.store.Commit(context.Background(), b)
			landed <- landing{durable, err}
		}
	}()
	defer func() {
		close(batches)
		<-landed // closed: the goroutine has ended
	}()
	r.batches, r.landed = batches, landed
	quit := r.quit
	for quit != nil || r.flying != nil || len(r.requests)+len(r.takes)+len(r.runs) > 0 {
		requests, takes := r.requests, r.takes
		if r.apart != nil || len(r.runs) > 0 || r.next.full() || r.flying != nil && (r.flying.taken || r.flying.cuts) {
			requests = nil
		}
		if len(r.runs) >= maxRuns {
			takes = nil
		}
		select {
		case req := <-requests:
			r.queue(req)
			if r.flying == nil {
				r.gather()
			}
		case req := <-takes:
			r.runs = append(r.runs, req)
		case look := <-r.looks:
			look()
		case <-r.calm:
			r.calm = nil
		case l := <-landed:
			taken := r.flying.taken
			if r.land(l); taken && r.flying == nil {
				r.gather() // what people do here does not wait for all that a peer has
			}
		case <-quit:
			quit = nil
		}
		r.launch()
	}
}

// queue takes a request, or keeps it for a commit of its own.
func (r *Room) queue(req *request) {
	if _, removes := req.command.(model.RemoveText); removes || req.alone != nil {
		r.apart = req
		return
	}
	r.take(req)
}

// gather takes what is queued.
func (r *Room) gather() {
	for r.apart == nil && !r.next.full() {
		select {
		case req := <-r.requests:
			r.queue(req)
		default:
			return
		}
	}
}

// launch sends the next commit off when nothing is on its way, and else plans the
// next of peers. A removal runs alone, when all before it is durable.
func (r *Room) launch() {
	for r.flying == nil {
		switch {
		case !r.next.empty():
			r.send()
		case r.unjudged:
			r.rejudge()
		case r.apart != nil:
			req := r.apart
			r.apart = nil
			if req.alone != nil {
				r.alone(req)
			} else if r.take(req); !r.next.empty() {
				r.send()
				r.land(<-r.landed)
			}
		case r.later.overdue() && !r.ending():
			r.tidy()
			r.gather() // who asks something has a turn
		case len(r.runs)+len(r.takes) > 0:
			r.gatherRuns()
			r.takeRuns()
		case (!r.later.none() || len(r.later.shown) > 0 || r.removeSoon) && !r.ending():
			if r.waitsToTidy() {
				return
			}
			r.tidy()
			r.gather()
		default:
			return
		}
	}
	if r.mayPlan() {
		r.gatherRuns()
		r.takeRuns()
	}
}

// ending reports that the room is about to end: what can wait is done by the next open.
func (r *Room) ending() bool {
	select {
	case <-r.quit:
		return true
	default:
		return false
	}
}

// gatherRuns takes what is queued of peers.
func (r *Room) gatherRuns() {
	for len(r.runs) < maxRuns {
		select {
		case req := <-r.takes:
			r.runs = append(r.runs, req)
		default:
			return
		}
	}
}

// alone does a request that is no command, with nothing on its way to the disk.
func (r *Room) alone(req *request) {
	c := r.next
	err := errors.Join(r.knowPeople(), r.knowLines())
	if err == nil {
		err = req.alone(c)
	}
	if err != nil || c.nothing() {
		c.waiting = append(c.waiting, pending{req: req})
		r.undo(&commit{}, err)
		return
	}
	c.waiting = append(c.waiting, pending{req: req})
	r.send()
	r.land(<-r.landed)
}

// send gives the next commit to the store.
func (r *Room) send() {
	c := r.next
	r.flying, r.next = c, newCommit()
	c.hand = r.hand
	for id := range c.touched {
		if in := r.incidents.held[id]; in != nil { // else it is read anew
			c.batch.Rows = r.withRow(c.batch.Rows, in)
		}
	}
	if c.people {
		c.roster, c.newer = r.people.Roster(), r.people.Newer()
	}
	r.noteRemovals(c)
	r.noteAnew(c)
	r.noteHeld(c)
	c.back = r.back
	r.hold(r.seenBack, c)
	r.mu.Lock()
	c.scopes(r.workspace.Scope(), func(id model.Scope) { r.sent[id]++ })
	r.mu.Unlock()
	r.batches <- c.batch
}

// withRow adds an incident's row. One whose opening has not arrived has none, unless
// it had one before.
func (r *Room) withRow(rows []model.Summary, in *model.Incident) []model.Summary {
	row := in.Summary()
	if row.Opened == 0 {
		if _, had := r.row(row.ID); !had {
			return rows
		}
	}
	return append(rows, row)
}

// land takes the store's answer to the commit that is on its way.
func (r *Room) land(l landing) {
	c := r.flying
	r.flying = nil
	if l.err != nil {
		r.mu.Lock()
		c.scopes(r.workspace.Scope(), func(id model.Scope) { r.written[id]++ })
		r.mu.Unlock()
		r.undo(c, fmt.Errorf("write to the store: %w", l.err))
		return
	}
	r.durable, c.durable = c.hand, l.durable
	r.ahead.forget()
	if r.next.planned {
		r.ahead.plan(r.next.batch.Events)
	}
	if !c.planned && r.replica != nil {
		events := make([]*model.Event, len(c.batch.Events))
		for i := range events {
			events[i] = c.batch.Events[i].Event
		}
		if _, err := r.replica.Own(events, c.records); err != nil {
			r.replica = nil // it is read again, and goes by what the store holds
		}
		for _, rec := range c.records {
			if _, opens := rec.Body.(*model.LogOpen); opens {
				r.unjudged = true // whether what will stand in it counts
			}
		}
	}
	if !r.next.nothing() {
		r.send() // the disk has work while this one is told
	}
	r.publish(c)
	r.trimFolds()
}

// trimFolds lets go of the folds that were used least, but of none that is ahead of the disk.
func (r *Room) trimFolds() {
	r.incidents.trim(maxFolded, maxLines, func(id model.Scope) bool {
		return r.next.touched[id] || r.flying != nil && r.flying.touched[id]
	})
}

// undo forgets a commit that the store refused, and the one that was decided on
// it: their folds, which are read again at need, their place in the log, and
// everybody's request.
func (r *Room) undo(c *commit, err error) {
	r.hand = r.durable
	next := r.next
	r.next = newCommit()
	r.ahead.forget()
	r.back, r.noted = r.seenBack, nil
	r.hold(r.back, nil)
	if next.planned || c.planned {
		r.replica = nil
	}
	for _, lost := range []*commit{c, next} {
		r.tellEarly(lost)
		for id := range lost.touched {
			r.incidents.remove(id)
		}
		if lost.people {
			r.people = nil
		}
		for _, p := range lost.waiting {
			p.req.answer <- answer{err: err}
		}
	}
}

// publish shows what a durable commit changed, answers, and rings.
func (r *Room) publish(c *commit) {
	var kept error // texts that should be gone
	var without []*model.Incident
	if c.anew[r.workspace.Scope()] {
		r.people = nil
		if r.knowPeople() == nil { // else they are read when they are needed
			c.roster, c.newer = r.people.Roster(), r.people.Newer()
		}
	}
	if c.taken {
		r.removeSoon = r.removeSoon || len(c.removing) > 0 || c.judged
	} else if len(c.removing) > 0 {
		without, kept = r.removeTexts(context.Background())
		for _, in := range without {
			c.batch.Rows = r.withRow(c.batch.Rows, in)
		}
	}
	r.hold(c.back, r.flying)
	r.mu.Lock()
	r.seenBack = c.back
	r.shown.raise(c.records)
	r.shown.raise(c.aside)
	c.hand.show(r)
	fed := r.tell(c)
	if c.taken {
		r.uncheck(fed)
	}
	c.scopes(r.workspace.Scope(), func(id model.Scope) { r.written[id]++ })
	r.desk.add(c.records)
	if c.people {
		r.roster, r.newer = c.roster, c.newer
		for _, s := range r.desk.sheets {
			s.stale = true
		}
	}
	for id := range c.anew {
		r.again(id)
	}
	for id := range c.unread {
		r.stale[id] = true
	}
	for _, in := range without {
		r.desk.replace(in, r.roster)
	}
	for _, row := range c.batch.Rows {
		if r.list.put(row); !r.later.unread[row.ID] {
			delete(r.stale, row.ID)
		}
	}
	r.calls = withCalls(r.calls, callsIn(r.recent(c), r.roster))
	if c.cuts {
		r.calls = r.withoutHeld(r.calls)
	}
	r.version++
	r.mu.Unlock()
	if r.feed != nil && len(fed) > 0 {
		r.feed(fed)
	}
	if c.cuts && !c.taken {
		r.tidyRows() // who took somebody out sees at once what that means
	}
	for _, p := range c.waiting {
		if _, removes := p.req.command.(model.RemoveText); removes && p.answer.err == nil {
			p.answer.err = kept
		}
		p.req.answer <- p.answer
	}
	r.bells.ring()
}

// tell takes over what a commit made of the lines, and gives what there is to tell.
// The caller holds mu.
func (r *Room) tell(c *commit) (fed []Fed) {
	for _, e := range c.early {
		fed = append(fed, r.lines.take(e.batch, e.durable)...)
	}
	fed = append(fed, r.lines.take(&c.batch, c.durable)...)
	for i := range fed {
		if log := fed[i].Branch.Log; r.lines.forked(log) {
			// Where such a log ended when somebody began to read is not known by one
			// number (see model.Extent).
			for _, rec := range c.records {
				if rec.Ref.Log == log && rec.Scope != r.workspace.Scope() {
					c.anew[rec.Scope] = true
				}
			}
		}
	}
	return fed
}

// tellEarly tells of what is on the disk of a commit that was refused.
func (r *Room) tellEarly(c *commit) {
	if len(c.early) == 0 {
		return
	}
	r.mu.Lock()
	var fed []Fed
	for _, e := range c.early {
		fed = append(fed, r.lines.take(e.batch, e.durable)...)
	}
	c.scopes(r.workspace.Scope(), func(id model.Scope) {
		r.sent[id]++
		r.written[id]++
		r.again(id)
	})
	r.version++
	r.mu.Unlock()
	if r.feed != nil && len(fed) > 0 {
		r.feed(fed)
	}
}

// recent are the acts of a commit that are news to people.
func (r *Room) recent(c *commit) []*model.Record {
	if !c.taken {
		return c.records
	}
	since := r.now().UnixMilli() - callsFor
	var out []*model.Record
	for _, rec := range c.records {
		if rec.Wall >= since {
			out = append(out, rec)
		}
	}
	return out
}
