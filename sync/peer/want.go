package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// want is a log that a peer is asked for.
type want struct {
	link *link
	tip  wire.Tip
	from uint64
	// back is how far before its end the line was asked for, to find where it attaches.
	back uint64
	// next is the number that the answer goes on with: what does not fit is of an
	// answer that was given up.
	next uint64
	// asked and moved are when it was asked for, and when an answer came last.
	asked, moved int64
	got          int // events that were new
	ended        bool
}

// incoming is a run that waits for its place.
type incoming struct {
	link   *link
	events []*model.Event
	size   int
	fresh  bool
	last   bool
	want   *want // nil for a fresh one
}

// holding says whether a tip is held.
type holding uint8

const (
	lacking holding = iota
	maybe           // the store must be asked
	holds
)

// holds says whether an event of a log is on the disk or on its way there.
func (e *Engine) holds(t wire.Tip) holding {
	g := e.logs[t.Log]
	if g == nil {
		return lacking
	}
	found := lacking
	for _, l := range g.lines {
		switch {
		case t.Seq > l.ahead.Seq || !l.Own() && t.Seq <= l.Base:
		case e.cfg.Defect == NoTipHash:
			return holds
		case t.Seq == l.ahead.Seq:
			if l.ahead.Hash.Short() == t.Hash {
				return holds
			}
		default:
			h, ok := l.hashes[t.Seq]
			switch {
			case ok && h == t.Hash:
				return holds
			case !ok:
				found = maybe
			}
		}
	}
	if found == maybe {
		if known, ok := g.known[t]; ok {
			return known
		}
	}
	return found
}

// maxKnown is how many answers of the store about one log are kept.
const maxKnown = 256

// knows notes what the store said of a tip.
func (g *log) knows(t wire.Tip, h holding) {
	if g.known == nil || len(g.known) >= maxKnown {
		g.known = map[wire.Tip]holding{}
	}
	g.known[t] = h
}

// ask asks a peer for what it has and this room has not, as far as there is room.
func (e *Engine) ask(k *link) {
	if k.mem == nil || !k.heardMembers {
		return
	}
	if !k.ready && !e.askFor(k, true) {
		// The membership logs are here: now what happened.
		k.ready, k.hereDue = true, true
		e.vector(k, false)
		if len(e.forks) > 0 {
			e.tellForks(k)
		}
		e.do(Changed{})
	}
	if k.ready && k.heardAll {
		e.askFor(k, false)
	}
}

// askFor asks for logs of one kind; true while something of them is on its way or
// will be asked for.
func (e *Engine) askFor(k *link, members bool) (more bool) {
	ids := make([]model.LogID, 0, len(k.mem.heard))
	for id := range k.mem.heard {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b model.LogID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range ids {
		if members && !k.mem.members[id] {
			continue // its turn comes
		}
		for _, t := range k.mem.heard[id] {
			if until, ok := k.stuck[t]; ok {
				if e.steady < until {
					continue
				}
				delete(k.stuck, t)
			}
			switch e.holds(t) {
			case holds:
				continue
			case maybe:
				more = true
				e.find(k, t)
				continue
			}
			more = true
			if e.wants[id] == nil && len(k.wants) < maxWants && e.flying < MaxFlying && !e.waits(id) {
				e.request(k, t, 0)
			}
		}
	}
	return more
}

// waits reports a log of which runs wait, or a line is being begun: what is to be
// asked for next is not known yet.
func (e *Engine) waits(id model.LogID) bool {
	g := e.logs[id]
	return g != nil && (len(g.runs) > 0 || g.busy || g.begins > 0)
}

// find asks the store whether a tip is held.
func (e *Engine) find(k *link, t wire.Tip) {
	g := e.logs[t.Log]
	if g.busy || len(g.runs) > 0 || g.flying > 0 {
		return
	}
	g.busy = true
	e.look(g, t.Seq, t.Seq, func(held []Held) {
		g.busy = false
		found := lacking
		for _, h := range held {
			if h.Event.Hash().Short() == t.Hash {
				found = holds
			}
		}
		g.knows(t, found)
		e.proceed(g)
		if e.links[k.id] == k {
			e.ask(k)
		}
	})
}

// request asks for a line from where it may attach.
func (e *Engine) request(k *link, t wire.Tip, back uint64) {
	from := uint64(1)
	if g := e.logs[t.Log]; g != nil {
		for _, l := range g.lines {
			if l.ahead.Seq < t.Seq {
				from = max(from, l.ahead.Seq+1)
			} else {
				from = max(from, t.Seq)
			}
		}
	}
	if back >= from {
		from = 1
	} else {
		from -= back
	}
	w := &want{link: k, tip: t, from: from, next: from, back: back, asked: e.steady, moved: e.steady}
	e.wants[t.Log], k.wants[t.Log] = w, w
	e.send(k, wire.Want{Tip: t, From: from, Credit: uint32(k.credit)})
}

// drop forgets a want.
func (e *Engine) drop(w *want) {
	if e.wants[w.tip.Log] == w {
		delete(e.wants, w.tip.Log)
	}
	if w.link.wants[w.tip.Log] == w {
		delete(w.link.wants, w.tip.Log)
	}
}

// impatient gives up wants that nothing came for.
func (e *Engine) impatient() {
	for _, k := range e.sorted() {
		for _, w := range k.sortedWants() {
			if e.steady-w.moved >= wantPatience && !w.ended {
				k.stuck[w.tip] = e.steady + stuckFor
				k.credit = max(k.credit/2, minCredit)
				e.drop(w)
			}
		}
	}
}

func (k *link) sortedWants() []*want {
	all := make([]*want, 0, len(k.wants))
	for _, w := range k.wants {
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b *want) int { return compareTips(a.tip, b.tip) })
	return all
}

// run takes events of a log that came in.
func (e *Engine) run(k *link, r wire.Run) {
	in := &incoming{link: k, events: r.Events, fresh: r.Fresh, last: r.Last}
	for _, ev := range r.Events {
		in.size += ev.Size()
	}
	if !r.Fresh {
		w := k.wants[r.Log]
		if w == nil || w.ended || len(r.Events) > 0 && r.Events[0].Seq != w.next {
			return // it was given up, or nobody asked
		}
		in.want = w
		w.moved = e.steady
		w.next += uint64(len(r.Events))
		w.ended = r.Last
		if r.Last {
			e.paces(k, e.steady-w.asked)
		}
	} else if len(r.Events) == 0 || !k.ready {
		return
	}
	g := e.logs[r.Log]
	if g == nil {
		if len(r.Events) == 0 {
			e.finished(in)
			return
		}
		g = &log{id: r.Log}
		e.logs[r.Log] = g
	}
	g.runs = append(g.runs, in)
	e.flying += in.size
	e.proceed(g)
}

// paces sets how much is asked for at once by how long the last answer took.
func (e *Engine) paces(k *link, took int64) {
	switch {
	case took <= fastAnswer:
		k.credit = min(k.credit*2, maxCredit)
	case took >= slowAnswer:
		k.credit = max(k.credit/2, minCredit)
	}
}

// proceed takes the runs of a log that wait, in their order.
func (e *Engine) proceed(g *log) {
	for len(g.runs) > 0 && !g.busy {
		in := g.runs[0]
		if len(in.events) == 0 {
			g.runs = g.runs[1:]
			e.finished(in)
			continue
		}
		if g.goesOn(in) || len(g.lines) == 0 && g.flying == 0 && in.events[0].Seq == 1 {
			g.runs = g.runs[1:]
			e.flying -= in.size
			e.accept(g, in, place{})
			continue
		}
		if g.flying > 0 {
			return // the store does not have all yet that this may attach to
		}
		if in.fresh {
			// What does not go on where this room is, is asked for in order.
			g.runs = g.runs[1:]
			e.flying -= in.size
			e.ask(in.link)
			continue
		}
		e.attach(g, in)
	}
	if len(g.lines) == 0 && len(g.runs) == 0 && g.flying == 0 && !g.busy {
		delete(e.logs, g.id)
	}
}

// goesOn reports a run that goes on at the end of a line; what of it is held
// already is taken off.
func (g *log) goesOn(in *incoming) bool {
	for _, l := range g.lines {
		for i, ev := range in.events {
			if ev.Seq == l.ahead.Seq+1 && ev.Prev == l.ahead.Hash {
				in.events = in.events[i:]
				return true
			}
		}
	}
	return false
}

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
	// What still comes of this answer is of no use.
	g.runs = slices.DeleteFunc(g.runs, func(r *incoming) bool {
		if r.want != w {
			return false
		}
		e.flying -= r.size
		return true
	})
	e.drop(w)
	e.request(w.link, w.tip, max(16, w.back*8))
}

// accept checks a run against what it follows, and has it taken. The rules are
// those of what makes a log good.
func (e *Engine) accept(g *log, in *incoming, p place) {
	take := Take{Link: in.link.id, Log: g.id, Events: in.events}
	head := model.Head{Log: g.id}
	first := in.events[0]
	device := g.device
	var at *line
	switch {
	case p.line != nil:
		head = model.Head{Log: g.id, Seq: p.after.Seq, Hash: p.after.Hash(), Clock: p.after.Clock}
		take.Begins, take.Parent, take.After = true, p.line.ID, head.Seq
		take.Branch = model.BranchID(g.id, first.Hash())
		if err := first.VerifySignature(e.cfg.Workspace, device); err != nil {
			e.refuse(in) // it is no fork that its author signed
			return
		}
	case first.Seq == 1:
		var err error
		if device, err = openedBy(first); err != nil {
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
	end, err := model.CheckRun(e.cfg.Workspace, device, head, in.events)
	short := false
	if err != nil && model.CodeOf(err) == model.CodeEventSignature {
		// The last signature is bad: what stands before the last good one is good. What
		// comes after may be too, when it ends with another event.
		short = true
		take.Events = e.signed(device, in.events)
		if len(take.Events) > 0 {
			end, err = model.CheckRun(e.cfg.Workspace, device, head, take.Events)
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
	e.takes[take.Take] = &taking{log: g, in: in, take: take, line: at}
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

// signed is the run up to its last event whose own signature is good.
func (e *Engine) signed(device model.DeviceKey, events []*model.Event) []*model.Event {
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].VerifySignature(e.cfg.Workspace, device) == nil {
			return events[:i+1]
		}
	}
	return nil
}

// openedBy is the key that a log.open binds.
func openedBy(ev *model.Event) (model.DeviceKey, error) {
	body, _, err := model.DecodeBody(ev.Kind, ev.Body)
	if err != nil {
		return model.DeviceKey{}, err
	}
	open, ok := body.(*model.LogOpen)
	if !ok {
		return model.DeviceKey{}, model.Refuse(model.CodeEventOpen, "Log", ev.Log.String())
	}
	return open.Device, nil
}

// taking is a run on its way to the disk.
type taking struct {
	log  *log
	in   *incoming
	take Take
	line *line // at whose end it goes on; nil for a new log or branch
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
		if f.line != nil {
			// All that was to come behind it does not attach either.
			f.line.ahead = f.line.end()
		}
		if f.in.want != nil {
			f.in.link.stuck[f.in.want.tip] = e.steady + min(int64(1000)<<min(e.failed, 5), stuckFor)
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
	}
}

// doubts sees whether a peer had events of a log that this room writes, which it
// had not: numbers may have been used that it knows nothing of.
func (e *Engine) doubts(g *log, begins bool) {
	if !e.own(g) || !e.current(g.id) || e.renewed {
		return
	}
	e.renewed = true
	reason := model.ReasonRestored
	if begins {
		reason = model.ReasonForked
	}
	e.do(Renew{Reason: reason})
}

// refuse drops a run that is not good. Its sender is not asked for it again soon,
// because it would give the same.
func (e *Engine) refuse(in *incoming) {
	in.link.refused++
	e.do(Changed{})
	if w := in.want; w != nil {
		in.link.stuck[w.tip] = e.steady + stuckFor
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
		w.link.stuck[w.tip] = e.steady + stuckFor // it has not what it told of
	}
	e.drop(w)
	if e.links[w.link.id] == w.link {
		e.ask(w.link)
	}
}
