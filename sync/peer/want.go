package peer

import (
	"maps"
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
	credit       int // bytes that may still come
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
			h, ok := l.hashes.at(t.Seq)
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
	if k.scans > maxScans {
		return true // at the next tick
	}
	logs := k.mem.logs()
	k.scans += len(logs)
	for _, id := range logs {
		if members && !k.mem.members[id] || e.sticks(k, wire.Tip{Log: id}) {
			continue // its turn comes
		}
		for _, t := range k.mem.heard[id] {
			if e.sticks(k, t) {
				continue
			}
			switch e.holds(t) {
			case holds:
				continue
			case maybe:
				more = true
				e.find(k, t)
				continue
			}
			if by, known := e.writer(id); known {
				if why := e.bars(by, id); why != 0 {
					e.slow(by.device, why)
					continue
				}
			}
			more = true
			if len(k.wants) >= maxWants {
				return true
			}
			if e.wants[id] == nil && !e.waits(id) {
				e.asks(k, t)
			}
		}
	}
	return more
}

// asks asks for a line, when there is room for it. A link that is asked for nothing may
// always be asked for a little, so that none waits for others that do not answer.
func (e *Engine) asks(k *link, t wire.Tip) {
	credit := e.credit(t.Log, k.credit)
	switch {
	case e.room(credit):
	case len(k.wants) == 0 && e.flying < MaxFlying:
		credit = min(credit, minCredit)
	default:
		return
	}
	e.request(k, t, 0, credit)
}

// room reports that so many bytes more may be asked for, with all that is on its way
// or not on the disk yet.
func (e *Engine) room(bytes int) bool {
	if len(e.wants) == 0 {
		return e.flying < MaxFlying
	}
	for _, w := range e.wants {
		bytes += max(w.credit, 0)
	}
	return e.flying+bytes <= MaxFlying
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
func (e *Engine) request(k *link, t wire.Tip, back uint64, credit int) {
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
	w := &want{link: k, tip: t, from: from, next: from, back: back, credit: credit, asked: e.steady, moved: e.steady}
	e.wants[t.Log], k.wants[t.Log] = w, w
	e.send(k, wire.Want{Tip: t, From: from, Credit: uint32(credit)})
}

// stick notes that a peer is not asked for a tip for a while.
func (e *Engine) stick(k *link, t wire.Tip, ms int64) {
	if len(k.stuck) >= max(maxKnown, k.sweep) {
		maps.DeleteFunc(k.stuck, func(_ wire.Tip, until int64) bool { return until <= e.steady })
		if k.sweep = 2 * len(k.stuck); k.sweep > 2*maxHeard {
			clear(k.stuck) // it tells of other ends all the time
		}
	}
	k.stuck[t] = e.steady + ms
}

// sticks reports that a peer is not asked for a tip yet.
func (e *Engine) sticks(k *link, t wire.Tip) bool {
	until, ok := k.stuck[t]
	if ok && e.steady >= until {
		delete(k.stuck, t)
		return false
	}
	return ok
}

// drop forgets a want.
func (e *Engine) drop(w *want) {
	if e.wants[w.tip.Log] == w {
		delete(e.wants, w.tip.Log)
	}
	if w.link.wants[w.tip.Log] == w {
		delete(w.link.wants, w.tip.Log)
	}
	w.link.brought = w.link.brought || w.got > 0
}

// impatient gives up wants that nothing came for.
func (e *Engine) impatient() {
	for _, k := range e.sorted() {
		for _, w := range k.sortedWants() {
			if e.steady-w.moved >= wantPatience && !w.ended {
				// Another end of the log would not be given either: others have their turn.
				e.stick(k, wire.Tip{Log: w.tip.Log}, stuckFor)
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
		w.credit -= in.size
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
