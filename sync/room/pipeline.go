package room

import (
	"context"
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
	for quit != nil || r.flying != nil || len(r.requests) > 0 {
		requests := r.requests
		if r.apart != nil || r.next.full() {
			requests = nil
		}
		select {
		case req := <-requests:
			r.queue(req)
			if r.flying == nil {
				r.gather()
			}
		case l := <-landed:
			r.land(l)
		case <-quit:
			quit = nil
		}
		r.launch()
	}
}

// queue takes a request, or keeps it for a commit of its own.
func (r *Room) queue(req *request) {
	if _, removes := req.command.(model.RemoveText); removes {
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

// launch sends the next commit off when nothing is on its way. A removal runs
// alone, when all before it is durable.
func (r *Room) launch() {
	for r.flying == nil {
		switch {
		case !r.next.empty():
			r.send()
		case r.apart != nil:
			req := r.apart
			r.apart = nil
			if r.take(req); !r.next.empty() {
				r.send()
				r.land(<-r.landed)
			}
		default:
			return
		}
	}
}

// send gives the next commit to the store.
func (r *Room) send() {
	c := r.next
	r.flying, r.next = c, newCommit()
	c.hand = r.hand
	for id := range c.touched {
		c.batch.Rows = r.withRow(c.batch.Rows, r.incidents.held[id])
	}
	if c.people {
		c.roster, c.newer = r.people.Roster(), r.people.Newer()
	}
	r.noteRemovals(c)
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
		r.undo(c, fmt.Errorf("write to the store: %w", l.err))
		return
	}
	r.durable, c.durable = c.hand, l.durable
	if !r.next.empty() {
		r.send() // the disk has work while this one is told
	}
	r.publish(c)
	r.incidents.trim(maxFolded, func(id model.Scope) bool {
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
	for _, lost := range []*commit{c, next} {
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
	if len(c.removing) > 0 {
		without, kept = r.removeTexts(context.Background())
		for _, in := range without {
			c.batch.Rows = append(c.batch.Rows, in.Summary())
		}
	}
	r.mu.Lock()
	r.shown.raise(c.records)
	c.hand.show(r)
	fed, err := r.lines.take(&c.batch, c.durable)
	for id := range c.touched {
		r.written[id]++
	}
	r.desk.add(c.records)
	for _, in := range without {
		r.desk.replace(in)
	}
	for _, row := range c.batch.Rows {
		r.list.put(row)
	}
	if c.people {
		r.roster, r.newer = c.roster, c.newer
	}
	r.calls = withCalls(r.calls, callsIn(c.records, r.roster))
	r.version++
	r.mu.Unlock()
	if err == nil && r.feed != nil && len(fed) > 0 {
		r.feed(fed)
	}
	for _, p := range c.waiting {
		if _, removes := p.req.command.(model.RemoveText); removes && p.answer.err == nil {
			p.answer.err = kept
		}
		p.req.answer <- p.answer
	}
	r.bells.ring()
}
