package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
	"warroom/storage"
)

// Limits of one commit. It takes what queued up during the last one and never
// waits for more.
const (
	maxRequests = 512
	maxEvents   = 1_000
	maxBytes    = 1 << 20
)

// request is something for the committer: a command to do, or what a reader read
// of an incident, to adopt.
type request struct {
	who      model.Actor
	incident model.Scope
	command  model.Command
	adopt    *reading
	answer   chan answer // buffered: the committer never waits for a reader
}

type answer struct {
	receipt model.Receipt
	view    *model.View
	// whole is the incident of which the command needs everything: it is to be read,
	// and the command to be sent again.
	whole model.Scope
	err   error
}

// commit is one transaction in the making.
type commit struct {
	batch   storage.Batch
	bytes   int
	head    model.Head
	waiting []pending
	readers []*request
	touched map[model.Scope]bool
	people  bool
	// removing are the incidents in which a text is to be removed for good.
	removing []model.Scope
}

type pending struct {
	req     *request
	receipt model.Receipt
}

// serve is the committer. It ends when the room is closed and the queue is empty.
func (r *Room) serve() {
	defer close(r.done)
	for {
		select {
		case req := <-r.requests:
			r.round(req)
		case <-r.quit:
			for {
				select {
				case req := <-r.requests:
					r.round(req)
				default:
					return
				}
			}
		}
	}
}

// round decides and commits what is queued, beginning with first.
func (r *Room) round(first *request) {
	c := &commit{head: r.head, touched: map[model.Scope]bool{}}
	for req := first; ; {
		r.take(c, req)
		if len(c.waiting) >= maxRequests || len(c.batch.Events) >= maxEvents || c.bytes >= maxBytes {
			break
		}
		select {
		case req = <-r.requests:
			continue
		default:
		}
		break
	}
	if len(c.batch.Events) > 0 {
		r.finish(c)
	}
	for _, req := range c.readers {
		req.answer <- r.adopt(req)
	}
	r.mu.Lock()
	for _, id := range r.incidents.trim(maxFolded) {
		delete(r.views, id)
	}
	r.mu.Unlock()
}

// take decides one request into the commit, or answers it at once when there is
// nothing to commit for it.
func (r *Room) take(c *commit, req *request) {
	if req.adopt != nil {
		c.readers = append(c.readers, req) // after the commit: what is folded before it is not durable
		return
	}
	receipt, err := r.decide(c, req)
	if needs := new(wholeError); errors.As(err, &needs) {
		req.answer <- answer{whole: needs.incident}
		return
	}
	if err != nil || receipt.Nothing() {
		req.answer <- answer{receipt: receipt, err: err}
		return
	}
	c.waiting = append(c.waiting, pending{req, receipt})
}

// decide turns a request into sealed and folded events of the commit. A refusal
// leaves the commit as it was.
func (r *Room) decide(c *commit, req *request) (model.Receipt, error) {
	if !r.people.Knows(req.who.Person) {
		return model.Receipt{}, model.Refuse(model.CodePersonUnknown, "Person", req.who.Person.String()[:8])
	}
	incident := req.incident
	if alerts, ok := req.command.(model.ReceiveAlerts); ok {
		incident = r.place(c, alerts)
	}
	var in *model.Incident
	if !incident.IsZero() {
		var err error
		if in, err = r.incidents.get(incident); err != nil {
			return model.Receipt{}, err
		}
	}
	if in != nil && in.NeedsWhole(req.who.Person, r.id.Content, req.command) {
		return model.Receipt{}, &wholeError{incident}
	}
	now := r.now()
	drafts, err := model.Decide(model.Act{
		Now: now, Actor: req.who.Person, Via: req.who.Via,
		Workspace: r.id.Workspace.Scope(), Log: r.id.Content, Nonce: r.nonce,
	}, r.people, in, req.command)
	if err != nil {
		return model.Receipt{}, err
	}
	sealed, err := r.seal(c, drafts, now.UnixMilli())
	if err != nil {
		return model.Receipt{}, err
	}
	receipt := model.Receipt{Incident: incident}
	for _, rec := range sealed {
		receipt.Refs = append(receipt.Refs, rec.Ref)
		if _, ok := rec.Body.(*model.IncidentOpen); ok {
			receipt.Incident, receipt.Opened = rec.Scope, true
		}
		if rec.Scope == r.id.Workspace.Scope() {
			c.people = true
		} else {
			c.touched[rec.Scope] = true
		}
		if _, ok := rec.Body.(*model.TextRemove); ok {
			c.removing = append(c.removing, rec.Scope)
		}
	}
	return receipt, nil
}

// place finds the incident that alerts belong to, those of this very commit
// among them.
func (r *Room) place(c *commit, alerts model.ReceiveAlerts) model.Scope {
	r.mu.Lock()
	rows, _ := r.list.sorted()
	r.mu.Unlock()
	if len(c.touched) > 0 {
		fresh := make([]model.Summary, 0, len(rows)+len(c.touched))
		for _, row := range rows {
			if !c.touched[row.ID] {
				fresh = append(fresh, row)
			}
		}
		for id := range c.touched {
			if in := r.incidents.held[id]; in != nil {
				fresh = append(fresh, model.Summarise(in.View()))
			}
		}
		rows = fresh
	}
	return alerts.Place(rows)
}

// seal makes all drafts of one command events of the commit, or none of them.
func (r *Room) seal(c *commit, drafts []model.Draft, nowMS int64) ([]*model.Record, error) {
	head := c.head
	var placed []storage.Placed
	var records []*model.Record
	last := map[model.Scope]model.Ref{}
	for _, d := range drafts {
		prev, ok := last[d.Scope]
		if !ok {
			prev = r.lastIn(d.Scope)
		}
		d.PrevInScope = prev
		e, next, err := model.Seal(r.signer, head, d, nowMS, model.Salt(r.nonce()))
		if err != nil {
			return nil, err
		}
		rec, err := model.Decode(e)
		if err != nil {
			return nil, err
		}
		// Every clock of this room rises above all that it has named, so the
		// effective clock is the event's own.
		head, last[d.Scope] = next, rec.Ref
		placed = append(placed, storage.Placed{Event: e, Eff: rec.Eff})
		records = append(records, rec)
	}
	for i, rec := range records {
		r.apply(rec)
		c.bytes += placed[i].Event.Size()
	}
	c.head = head
	c.batch.Events = append(c.batch.Events, placed...)
	return records, nil
}

func (r *Room) lastIn(scope model.Scope) model.Ref {
	if scope == r.id.Workspace.Scope() {
		return r.people.LastIn(r.id.Content)
	}
	if in := r.incidents.held[scope]; in != nil {
		return in.LastIn(r.id.Content)
	}
	return model.Ref{} // a new incident
}

func (r *Room) apply(rec *model.Record) {
	if rec.Scope == r.id.Workspace.Scope() {
		r.people.Apply(rec)
		return
	}
	in := r.incidents.held[rec.Scope]
	if in == nil {
		in = model.NewIncident(rec.Scope)
	}
	in.Apply(rec)
	r.incidents.put(in)
}

// finish makes the commit durable, publishes what it changed, and answers. When
// the store refuses, what was folded is forgotten and read again at need, so
// that nothing is shown that is not on disk.
func (r *Room) finish(c *commit) {
	views := make(map[model.Scope]*model.View, len(c.touched))
	for id := range c.touched {
		v := r.incidents.held[id].View()
		views[id] = v
		c.batch.Rows = append(c.batch.Rows, model.Summarise(v))
	}
	r.noteRemovals(c)
	if _, err := r.store.Commit(context.Background(), c.batch); err != nil {
		r.forget(c)
		for _, p := range c.waiting {
			p.req.answer <- answer{err: fmt.Errorf("write to the store: %w", err)}
		}
		return
	}
	r.head = c.head
	var kept error // texts that should be gone
	if len(c.removing) > 0 {
		var without []*model.Incident
		without, kept = r.removeTexts(context.Background())
		for _, in := range without {
			views[in.ID()] = in.View()
			c.batch.Rows = append(c.batch.Rows, model.Summarise(views[in.ID()]))
		}
	}
	r.mu.Lock()
	for id, v := range views {
		r.views[id] = v
		r.written[id]++
	}
	for _, row := range c.batch.Rows {
		r.list.put(row)
	}
	if c.people {
		r.roster, r.newer = r.people.Roster(), r.people.Newer()
	}
	r.version++
	r.mu.Unlock()
	for _, p := range c.waiting {
		a := answer{receipt: p.receipt}
		if _, removes := p.req.command.(model.RemoveText); removes {
			a.err = kept
		}
		p.req.answer <- a
	}
	r.bells.ring()
}

// forget drops every fold that holds events which are not durable.
func (r *Room) forget(c *commit) {
	for id := range c.touched {
		r.incidents.remove(id)
	}
	if !c.people {
		return
	}
	if people, err := r.readPeople(); err == nil {
		r.people = people
	}
}
