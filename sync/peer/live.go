package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// pushed is a fresh run that a peer was given without asking.
type pushed struct {
	tip  wire.Tip
	size int
}

// durable takes up what came to the disk, and tells the peers: those who have all
// before it are given it at once when it was written here, the others are told
// that it is there.
func (e *Engine) durable(d Durable) {
	l := e.line(d.Branch)
	fresh := !l.Own() && l.Tip.Seq == d.Branch.Tip.Seq && len(d.Events) > 0 && d.Events[0].Event().Seq == l.Base+1
	l.Branch = d.Branch
	g := l.log
	g.kind, g.device = d.Branch.Kind, d.Branch.Device
	e.forgets(g.id)
	events := make([]*model.Event, len(d.Events))
	for i, ev := range d.Events {
		events[i] = ev.Event()
		l.hashes.put(events[i].Seq, events[i].Hash().Short())
		g.size += int64(events[i].Size())
	}
	if l.Tip.Seq >= l.ahead.Seq {
		l.ahead = l.end()
	}
	if fresh {
		e.proveFork(g, l.Base+1)
	}
	mine := e.own(g) && e.current(g.id)
	for _, k := range e.sorted() {
		if k.mem == nil {
			continue
		}
		k.events += len(events)
		k.dirty[g.id] = true
		if !k.ready {
			continue
		}
		if mine && len(events) > 0 {
			e.push(k, events)
		}
		if k.acks < acksAtOnce {
			e.acknowledge(k)
		}
	}
	e.do(Changed{})
}

// push gives a peer fresh events, when they go on where it is, and not too much is
// under way.
func (e *Engine) push(k *link, events []*model.Event) {
	first, last := events[0], events[len(events)-1]
	size := 0
	for _, ev := range events {
		size += ev.Size()
	}
	if k.liveSize+size > liveWindow || size > wire.MaxRun || k.left > maxQueued || !k.follows(first) {
		return
	}
	k.live = append(k.live, pushed{wire.Tip{Log: last.Log, Seq: last.Seq, Hash: last.Hash().Short()}, size})
	k.liveSize += size
	e.send(k, wire.Run{Fresh: true, Log: first.Log, Events: events})
}

// follows reports that the peer holds, or was given, all before an event.
func (k *link) follows(first *model.Event) bool {
	if first.Seq == 1 {
		return len(k.mem.heard[first.Log]) == 0
	}
	before := wire.Tip{Log: first.Log, Seq: first.Seq - 1, Hash: first.Prev.Short()}
	if slices.Contains(k.mem.heard[first.Log], before) {
		return true
	}
	return slices.ContainsFunc(k.live, func(p pushed) bool { return p.tip == before })
}

// landed takes what the peer acknowledged out of the window.
func (e *Engine) landed(k *link) {
	k.live = slices.DeleteFunc(k.live, func(p pushed) bool {
		for _, t := range k.mem.heard[p.tip.Log] {
			if t.Seq >= p.tip.Seq {
				k.liveSize -= p.size
				return true
			}
		}
		return false
	})
}

// serving is a want of a peer.
type serving struct {
	link    *link
	want    wire.Want
	credit  int
	reading bool
}

// asked takes a want of a peer.
func (e *Engine) asked(k *link, w wire.Want) {
	if !k.ready && !e.member(w.Tip.Log) || len(k.serve) >= maxServed || w.From == 0 || w.From > w.Tip.Seq || w.Credit == 0 {
		e.send(k, wire.Run{Log: w.Tip.Log, Last: true})
		return
	}
	k.serve = append(k.serve, &serving{link: k, want: w, credit: min(int(w.Credit), maxCredit)})
	e.serveNext(k)
}

func (e *Engine) member(id model.LogID) bool {
	g := e.logs[id]
	return g != nil && g.kind == model.MembershipLog
}

// serveNext reads for the first want of a peer, while its link takes more.
func (e *Engine) serveNext(k *link) {
	if len(k.serve) == 0 || k.serve[0].reading || k.left > maxQueued {
		return
	}
	s := k.serve[0]
	s.reading = true
	n := e.number()
	e.reads[n] = s
	e.do(Read{Read: n, Tip: s.want.Tip, From: s.want.From, Bytes: min(s.credit, wire.MaxRun)})
}

func (e *Engine) readDone(r ReadDone) {
	s := e.reads[r.Read]
	if s == nil {
		return // the link is gone
	}
	delete(e.reads, r.Read)
	k := s.link
	s.reading = false
	size := 0
	for _, ev := range r.Events {
		size += ev.Size()
	}
	s.credit -= size
	s.want.From += uint64(len(r.Events))
	last := len(r.Events) == 0 || s.want.From > s.want.Tip.Seq || s.credit <= 0
	e.send(k, wire.Run{Log: s.want.Tip.Log, Last: last, Events: r.Events})
	k.left += size
	if last {
		k.serve = k.serve[1:]
	} else if len(k.serve) > 1 {
		k.serve = append(k.serve[1:], s) // others have their turn
	}
	e.serveNext(k)
}
