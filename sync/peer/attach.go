package peer

import (
	"slices"

	"warroom/model"
)

// place is where a run attaches: behind an event in the midst of a line. The zero
// place is the end of a line, or a new log.
type place struct {
	line  *line
	after *model.Event
}

// attach finds out where a run belongs that does not go on at an end.
func (e *Engine) attach(g *log, in *incoming) {
	first, last := in.events[0], in.events[len(in.events)-1]
	g.busy = true
	e.look(g, max(first.Seq, 2)-1, last.Seq, func(held []Held) {
		g.busy = false
		if len(g.runs) == 0 || g.runs[0] != in {
			e.proceed(g)
			return
		}
		g.runs = g.runs[1:]
		e.flying -= in.size
		e.attachTo(g, in, held)
		e.proceed(g)
	})
}

func (e *Engine) attachTo(g *log, in *incoming, held []Held) {
	at := map[uint64][]Held{}
	for _, h := range held {
		at[h.Event.Seq] = append(at[h.Event.Seq], h)
	}
	for i, ev := range in.events {
		if slices.ContainsFunc(at[ev.Seq], func(h Held) bool { return h.Event.Raw == ev.Raw }) {
			continue // held already
		}
		in.events = in.events[i:]
		if ev.Seq == 1 {
			// Two openings with one id would be two logs with one hash.
			e.refuse(in)
			return
		}
		for _, h := range at[ev.Seq-1] {
			if h.Event.Hash() != ev.Prev {
				continue
			}
			l := e.lines[h.Branch]
			if l == nil {
				break
			}
			p := place{line: l, after: h.Event}
			if l.ahead.Seq == h.Event.Seq {
				p = place{} // it goes on at the end after all
			}
			e.accept(g, in, p)
			return
		}
		e.further(g, in)
		return
	}
	e.finished(in) // all of it was held
}

// further asks for the line from further back, because it does not attach.
func (e *Engine) further(g *log, in *incoming) {
	w := in.want
	if w.from <= 1 || e.links[w.link.id] != w.link {
		e.refuse(in)
		return
	}
	e.abandon(g, w) // what still comes of this answer is of no use
	e.request(w.link, w.tip, max(16, w.back*8), w.link.credit)
}

// accept checks a run against what it follows, and has it taken. The rules are
// those of what makes a log good.
func (e *Engine) accept(g *log, in *incoming, p place) {
	take := Take{Link: in.link.id, Log: g.id, Events: in.events}
	head := model.Head{Log: g.id}
	first := in.events[0]
	by := opener{g.device, g.kind}
	var at *line
	switch {
	case p.line != nil:
		head = model.Head{Log: g.id, Seq: p.after.Seq, Hash: p.after.Hash(), Clock: p.after.Clock}
		take.Begins, take.Parent, take.After = true, p.line.ID, head.Seq
		take.Branch = model.BranchID(g.id, first.Hash())
		if err := e.verify(first, by.device); err != nil {
			e.refuse(in) // it is no fork that its author signed
			return
		}
	case first.Seq == 1:
		var err error
		if by, err = openedBy(first); err != nil {
			e.refuse(in)
			return
		}
		take.Branch = g.id
	default:
		for _, l := range g.lines {
			if l.ahead.Seq+1 == first.Seq && l.ahead.Hash == first.Prev {
				at = l
			}
		}
		if at == nil {
			e.refuse(in)
			return
		}
		head = at.ahead
		take.Branch, take.After = at.ID, head.Seq
	}
	if !e.lets(g, in, by) {
		return
	}
	end, err := e.check(by.device, head, in.events)
	short := false
	if err != nil && model.CodeOf(err) == model.CodeEventSignature {
		// The last signature is bad: what stands before the last good one is good. What
		// comes after may be too, when it ends with another event.
		short = true
		take.Events = e.signed(by.device, in.events)
		if len(take.Events) > 0 {
			end, err = e.check(by.device, head, take.Events)
		}
	}
	if err != nil {
		e.refuse(in)
		return
	}
	if at != nil {
		at.ahead = end
	} else {
		g.begins++
	}
	take.Take = e.number()
	e.takes[take.Take] = &taking{log: g, in: in, take: take, line: at, bill: e.bill(by.device, take)}
	g.flying++
	e.flying += in.size
	e.do(take)
	if w := in.want; w != nil {
		w.got += len(take.Events)
		if in.last || short {
			e.drop(w) // the next may be asked for while this is on its way to the disk
			if e.links[w.link.id] == w.link {
				e.ask(w.link)
			}
		}
	}
}

// verify checks an event's own signature.
func (e *Engine) verify(ev *model.Event, device model.DeviceKey) error {
	if e.cfg.Verify != nil {
		return e.cfg.Verify(ev, device)
	}
	return ev.VerifySignature(e.cfg.Workspace, device)
}

// check is model.CheckRun.
func (e *Engine) check(device model.DeviceKey, head model.Head, run []*model.Event) (model.Head, error) {
	end, err := model.CheckChain(e.cfg.Workspace, device, head, run)
	if err == nil {
		err = e.verify(run[len(run)-1], device)
	}
	return end, err
}

// signed is the run up to its last event whose own signature is good.
func (e *Engine) signed(device model.DeviceKey, events []*model.Event) []*model.Event {
	for i := len(events) - 1; i >= 0; i-- {
		if e.verify(events[i], device) == nil {
			return events[:i+1]
		}
	}
	return nil
}

// openedBy is the key that a log.open binds, and the kind of the log.
func openedBy(ev *model.Event) (opener, error) {
	body, _, err := model.DecodeBody(ev.Kind, ev.Body)
	if err != nil {
		return opener{}, err
	}
	open, ok := body.(*model.LogOpen)
	if !ok {
		return opener{}, model.Refuse(model.CodeEventOpen, "Log", ev.Log.String())
	}
	return opener{open.Device, open.Log}, nil
}

// taking is a run on its way to the disk.
type taking struct {
	log  *log
	in   *incoming
	take Take
	line *line // at whose end it goes on; nil for a new log or branch
	bill bill
}

func (e *Engine) taken(t Taken) {
	f := e.takes[t.Take]
	if f == nil {
		return
	}
	delete(e.takes, t.Take)
	g := f.log
	g.flying--
	e.flying -= f.in.size
	if f.line == nil {
		g.begins--
		g.known = nil
	}
	if t.Err != nil {
		e.failed++
		e.refunds(f.bill)
		if f.line != nil {
			// All that was to come behind it does not attach either.
			f.line.ahead = f.line.end()
		}
		if f.in.want != nil {
			e.stick(f.in.link, f.in.want.tip, min(int64(1000)<<min(e.failed, 5), stuckFor))
		}
	} else {
		e.failed = 0
		e.doubts(g, f.take.Begins)
	}
	e.proceed(g)
	for _, k := range e.sorted() {
		if e.flying < MaxFlying {
			e.ask(k)
		}
		// The end of a catch-up is told at once, however often was told of it before.
		if k.brought && e.flying == 0 && len(k.wants) == 0 {
			k.brought = false
			e.acknowledge(k)
		}
	}
}

// doubts sees whether a peer had events of a log that this room writes, which it
// had not: numbers may have been used that it knows nothing of.
func (e *Engine) doubts(g *log, begins bool) {
	reason := model.ReasonRestored
	if begins {
		reason = model.ReasonForked
	}
	e.renew(g, reason)
}

// renew asks for new logs when it is one that this room writes now.
func (e *Engine) renew(g *log, reason model.OpenReason) {
	if !e.own(g) || !e.current(g.id) || e.renewed {
		return
	}
	e.renewed = true
	e.do(Renew{Reason: reason})
}

// refuse drops a run that is not good. Its sender is not asked for it again soon,
// because it would give the same.
func (e *Engine) refuse(in *incoming) {
	in.link.refused++
	e.do(Changed{})
	if w := in.want; w != nil {
		e.stick(in.link, w.tip, stuckFor)
		e.drop(w)
		if e.links[w.link.id] == w.link {
			e.ask(w.link)
		}
	}
}

// finished ends what a run without news was part of: with the last of an answer,
// its want.
func (e *Engine) finished(in *incoming) {
	w := in.want
	if w == nil || !in.last {
		return
	}
	if w.got == 0 && e.holds(w.tip) != holds {
		e.stick(w.link, w.tip, stuckFor) // it has not what it told of
	}
	e.drop(w)
	if e.links[w.link.id] == w.link {
		e.ask(w.link)
	}
}
