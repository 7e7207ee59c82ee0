package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/replica"
)

// job is something for the disk to do.
type job struct {
	// One of these.
	asks  *asked
	take  *peer.Take
	renew model.OpenReason
	end   *storage.End
}

// asked is what a person wants.
type asked struct {
	incident model.Scope
	command  model.Command
	person   model.PersonID
	// done, when given, is told when it was decided, before it is on the disk.
	done func()
}

// actsAtOnce is how many acts one commit takes.
const actsAtOnce = 8

// ask lets somebody at the node do something.
func (p *process) ask(incident model.Scope, c model.Command) {
	if !p.runs() || p.n.asleep {
		return
	}
	p.add(job{asks: &asked{incident: incident, command: c, person: pick(p.w, p.w.people)}})
}

// add queues a job. A renewal comes before what people wrote since.
func (p *process) add(j job) {
	if j.renew != 0 {
		p.jobs = slices.Insert(p.jobs, 0, j)
	} else {
		p.jobs = append(p.jobs, j)
	}
	p.work()
}

// work does the next jobs, when the disk has nothing to do.
func (p *process) work() {
	if p.dirty && !p.busy {
		if err := p.read(); err != nil {
			p.w.fail("storage", "read again: %v", err)
			return
		}
	}
	for !p.busy && len(p.jobs) > 0 && p.runs() {
		j := p.jobs[0]
		if j.asks != nil {
			p.acts()
			continue
		}
		p.jobs = p.jobs[1:]
		switch {
		case j.take != nil:
			p.take(j.take)
		case j.renew != 0:
			p.renew(j.renew)
		case j.end != nil:
			p.end(*j.end)
		}
	}
}

// commit has a batch synced. A disk that fails ends the process; one that is full does
// not.
func (p *process) commit(b storage.Batch, done func([]storage.Durable, error)) {
	p.busy = true
	p.n.disk.sync(b, p.n, func(durable []storage.Durable, err error) {
		p.busy = false
		if errors.Is(err, errBroken) {
			p.n.crash()
			p.w.in(p.w.upTo(3*second), p.n.start)
			return
		}
		done(durable, err)
		p.work()
	})
}

// told tells the engine what is on the disk, line by line, in order.
func (p *process) told(durable []storage.Durable, lineOf func(*model.Event) model.LogID) {
	for from := 0; from < len(durable); {
		line := lineOf(durable[from].Event())
		to := from + 1
		for to < len(durable) && lineOf(durable[to].Event()) == line {
			to++
		}
		b, ok := p.lines.Line(line)
		if !ok {
			p.w.fail("harness", "%s has no line %s", p.n.name, line)
			return
		}
		p.step(peer.Durable{Branch: b, Events: durable[from:to]})
		from = to
	}
}

// inTimeline reports a record that is a line of its own.
func inTimeline(r *model.Record) bool {
	switch r.Body.(type) {
	case *model.EntryAmend, *model.EntryStrike, *model.EntryStar:
		return false
	}
	return true
}

func ownLine(e *model.Event) model.LogID { return e.Log }

// acts decides and seals what people asked for, and has it synced in one go.
func (p *process) acts() {
	author := p.author
	var b storage.Batch
	var said []*act
	var sealed []*model.Record
	member := false // it changes who may write: what counts is reckoned when it is on the disk
	for len(p.jobs) > 0 && p.jobs[0].asks != nil && len(said) < actsAtOnce && !member {
		a := p.jobs[0].asks
		p.jobs = p.jobs[1:]
		records, err := p.decide(&b, a)
		if err != nil {
			continue // refused: nothing was said to be saved
		}
		if a.done != nil {
			a.done()
		}
		sealed = append(sealed, records...)
		for _, r := range records {
			said = append(said, &act{node: p.n, disk: p.n.disk, ref: r.Ref, incident: r.Scope, line: inTimeline(r) && r.Scope != p.w.ws.Scope()})
			member = member || r.Body.Kind().Log() == model.MembershipLog
		}
	}
	if len(b.Events) == 0 {
		p.author = author
		return
	}
	for i, placed := range b.Events {
		said[i].hash = placed.Event.Hash()
	}
	if p.w.opt.Defect == EarlyAnswer {
		p.w.acknowledge(said)
	}
	p.w.step("act", p.n, uint64(len(said)), nil)
	p.commit(b, func(durable []storage.Durable, err error) {
		if err != nil {
			p.author, p.dirty = author, true
			if !errors.Is(err, errFull) {
				p.w.fail("storage", "%s cannot write: %v", p.n.name, err)
			}
			return
		}
		p.wrote(b, sealed)
		if member {
			p.rejudge()
		}
		if p.w.opt.Defect != EarlyAnswer {
			p.w.acknowledge(said)
		}
		p.told(durable, ownLine)
	})
}

// decide makes what was asked for part of the batch, and of the state.
func (p *process) decide(b *storage.Batch, a *asked) ([]*model.Record, error) {
	var in *model.Incident
	if !a.incident.IsZero() {
		if in = p.state.Incidents[a.incident]; in == nil {
			return nil, model.Refuse(model.CodeIncidentUnknown, "Key", a.incident.Key())
		}
	}
	if rogue, ok := a.command.(rogueEntry); ok {
		return p.rogue(b, a, rogue)
	}
	now := p.n.wall()
	drafts, err := model.Decide(model.Act{
		Now: time.UnixMilli(now), Actor: a.person, Via: model.DoorConsole, Workspace: p.w.ws.Scope(),
		Log: p.id.Content, Membership: p.id.Membership, Peers: true, Nonce: p.w.nonce,
		Device: p.signer.Device(), Tips: p.tips,
	}, p.state.People, in, a.command)
	if err != nil {
		return nil, err
	}
	records, err := p.seal(b, drafts)
	if err != nil {
		p.w.fail("harness", "%s cannot seal: %v", p.n.name, err)
	}
	return records, err
}

// seal makes drafts the next events of this node's logs.
func (p *process) seal(b *storage.Batch, drafts []model.Draft) ([]*model.Record, error) {
	var records []*model.Record
	for _, d := range drafts {
		log := p.author.Head(d.Log()).Log
		if d.Scope == p.w.ws.Scope() {
			d.PrevInScope = p.state.People.LastIn(log)
		} else if in := p.state.Incidents[d.Scope]; in != nil {
			d.PrevInScope = in.LastIn(log)
		}
		e, rec, err := p.author.Seal(p.signer, d, p.n.wall(), model.Salt(p.w.nonce()), p.lines.Eff)
		if err != nil {
			return records, err
		}
		placed := storage.Placed{Event: e, Eff: rec.Eff}
		p.w.opt.Defect.place(&placed)
		b.Events = append(b.Events, placed)
		if p.back.Holds(log, rec) {
			p.back = p.back.With(log, 1)
			p.state.Aside(rec)
		} else {
			p.state.Apply(rec)
		}
		records = append(records, rec)
	}
	return records, nil
}

// fresh begins new logs, for a reason.
func (p *process) fresh(reason model.OpenReason) (storage.Batch, []*model.Record, error) {
	var b storage.Batch
	var records []*model.Record
	old := map[model.LogKind]model.Head{}
	for _, kind := range []model.LogKind{model.MembershipLog, model.ContentLog} {
		old[kind] = p.author.Head(kind)
	}
	for _, kind := range []model.LogKind{model.MembershipLog, model.ContentLog} {
		nonce := p.w.nonce()
		log := model.NewLogID(p.signer.Device(), nonce)
		p.author.Begin(kind, log)
		open := &model.LogOpen{Device: p.signer.Device(), Workspace: p.w.ws, Log: kind, Nonce: nonce, Reason: reason}
		if h := old[kind]; h.Seq > 0 {
			open.Continues = []model.Ref{{Log: h.Log, Seq: h.Seq, Hash: h.Hash.Short()}}
		}
		e, rec, err := p.author.Seal(p.signer, model.Draft{Scope: p.w.ws.Scope(), Body: open, PrevInScope: model.Ref{}}, p.n.wall(), model.Salt(p.w.nonce()), p.lines.Eff)
		if err != nil {
			return b, records, err
		}
		placed := storage.Placed{Event: e, Eff: rec.Eff}
		p.w.opt.Defect.place(&placed)
		b.Events = append(b.Events, placed)
		records = append(records, rec)
		if kind == model.ContentLog {
			p.id.Content = log
		} else {
			p.id.Membership = log
		}
	}
	raw, err := json.Marshal(p.id)
	b.Settings = map[string][]byte{identitySetting: raw}
	return b, records, err
}

// renew goes on under new logs.
func (p *process) renew(reason model.OpenReason) {
	author, id := p.author, p.id
	b, records, err := p.fresh(reason)
	if err != nil {
		p.w.fail("harness", "%s cannot begin new logs: %v", p.n.name, err)
		return
	}
	p.commit(b, func(durable []storage.Durable, err error) {
		if err != nil {
			p.author, p.id = author, id
			if !errors.Is(err, errFull) {
				p.w.fail("storage", "%s cannot begin new logs: %v", p.n.name, err)
			}
			p.w.in(second, func() {
				if p.runs() {
					p.add(job{renew: reason})
				}
			})
			return
		}
		p.wrote(b, records)
		p.rejudge()
		writes := peer.Writes{Content: p.id.Content, Membership: p.id.Membership}
		if p.w.chance(50) {
			p.step(writes)
			p.told(durable, ownLine)
		} else {
			p.told(durable, ownLine)
			p.step(writes)
		}
	})
}

// hash tells the engine of the state, when all of it is on the disk.
func (p *process) hash() {
	p.later(func() {
		if p.busy || len(p.jobs) > 0 {
			p.hash()
			return
		}
		p.step(p.hashes())
	})
}

// hashes are the state hashes of all that there is.
func (p *process) hashes() peer.Hashed {
	h := peer.Hashed{Vector: peer.CountedDigest(p.lines.Lines()), Hashes: map[model.Scope]model.Hash{p.w.ws.Scope(): p.state.People.StateHash()}}
	for id, in := range p.state.Incidents {
		h.Hashes[id] = in.StateHash()
	}
	return h
}

// wrote tells of own events that are on the disk.
func (p *process) wrote(b storage.Batch, records []*model.Record) {
	events := make([]*model.Event, len(b.Events))
	for i, placed := range b.Events {
		events[i] = placed.Event
	}
	if _, err := p.lines.Own(events, records); err != nil {
		p.w.fail("replica", "%s: own events: %v", p.n.name, err)
	}
}

// take makes durable what a peer gave.
func (p *process) take(t *peer.Take) {
	answer := func(err error) {
		p.untaken[t.Link] -= sizeOf(t.Events)
		p.step(peer.Taken{Take: t.Take, Err: err})
		if end := p.n.links[t.Link]; end != nil {
			end.other().flow()
		}
	}
	plan, err := p.lines.Plan(*t)
	if err != nil {
		p.w.trace(fmt.Sprintf("cannot take %d events: %v", len(t.Events), err), p.n)
	}
	if err != nil || plan.Nothing() {
		p.later(func() { answer(err) })
		return
	}
	outdated := p.lines.Outdated(p.back, plan)
	p.follow(plan, func(durable []storage.Durable, err error) {
		if err != nil {
			answer(err)
			return
		}
		p.fold(plan, outdated)
		p.told(durable[:len(plan.Records)+len(plan.Apart)], func(*model.Event) model.LogID { return t.Branch })
		if b, ok := p.lines.Line(t.Branch); ok {
			p.checkSoon(b)
		}
		answer(nil)
	})
}

// follow commits what was planned, batch after batch.
func (p *process) follow(plan *replica.Plan, done func([]storage.Durable, error)) {
	var all []storage.Durable
	var next func(i int)
	next = func(i int) {
		if i == len(plan.Batches) {
			if err := p.lines.Done(plan); err != nil {
				p.w.fail("replica", "%s: %v", p.n.name, err)
			}
			for _, b := range plan.Lines {
				p.see(b)
			}
			done(all, nil)
			return
		}
		b := plan.Batches[i]
		for i := range b.Events {
			p.w.opt.Defect.place(&b.Events[i])
		}
		p.commit(b, func(durable []storage.Durable, err error) {
			if err != nil {
				if !errors.Is(err, errFull) {
					p.w.fail("storage", "%s cannot store what was planned: %v", p.n.name, err)
				}
				if i > 0 {
					p.dirty = true // a part of the plan is on the disk
				}
				done(nil, err)
				return
			}
			all = append(all, durable...)
			next(i + 1)
		})
	}
	next(0)
}

// checkSoon has the own signatures of a line's events looked at, up to its end.
func (p *process) checkSoon(b model.Branch) {
	if p.w.opt.Defect != NoCheck {
		p.w.in(p.w.between(5*ms, 300*ms), func() { p.check(b.ID, b.Tip.Seq) })
	}
}

// check looks at the own signatures of a line's events, beside the work.
func (p *process) check(line model.LogID, to uint64) {
	if !p.runs() {
		return
	}
	b, ok := p.lines.Line(line)
	if !ok {
		return
	}
	from := max(p.checked[line], b.Base) + 1
	p.checked[line] = max(p.checked[line], to)
	bad := uint64(0)
	for _, e := range until(p.n.disk.shelves[line].from(from), to) {
		if p.w.verify(e, b.Device) != nil {
			bad = e.Seq
			break
		}
	}
	if bad > 0 {
		p.add(job{end: &storage.End{Branch: line, From: bad}})
	}
}

// end notes that a line counts only before a number.
func (p *process) end(e storage.End) {
	plan, err := p.lines.End(e.Branch, e.From)
	if err != nil {
		p.w.fail("replica", "%s: end: %v", p.n.name, err)
		return
	}
	if plan.Nothing() {
		return
	}
	p.follow(plan, func(_ []storage.Durable, err error) {
		if err != nil {
			p.w.in(second, func() {
				if p.runs() {
					p.add(job{end: &e})
				}
			})
			return
		}
		p.rejudge()
	})
}
