package sim

import (
	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// What the carrier of the product does, and so this one: see sync/link.
const (
	// redialFirst and redialMost are between which a side waits before it dials again.
	redialFirst = 250 * ms
	redialMost  = 1_500 * ms
	// stuck is how long a write may not move before the link ends.
	stuck = 15 * second
	// outMost is how many bytes may wait for a peer that does not read.
	outMost = 8 << 20
	// untakenMost is how many bytes of a link may wait for this room's disk before
	// no more is read.
	untakenMost = 4 << 20
	// takenMost is what may wait for a disk in all: one frame comes on top.
	takenMost = untakenMost + wire.MaxFrame
)

// party is what sits at an end of a link: a room's process, or somebody who lies.
type party interface {
	up(id peer.ID, device model.DeviceKey)
	down(id peer.ID)
	frame(id peer.ID, raw []byte)
	drained(id peer.ID, left int)
	// thirsty reports that it reads no more for now.
	thirsty(id peer.ID) bool
}

// edge is a way between two nodes, over which at most one link is made at a time.
type edge struct {
	w    *world
	a, b *node
	// delay and jitter of a frame; rate is in bytes a second, 0 for no limit.
	delay, jitter, rate int64
	// cut says that nothing passes, in both directions; blocked that nothing passes
	// in one, by the end that sends.
	cut     bool
	blocked [2]bool
	links   []*link
	dialing bool
}

// link is one connection. The sides learn of its end each in their own time.
type link struct {
	edge *edge
	ends [2]*end
}

// end is one side of a link: what this side sends.
type end struct {
	link  *link
	side  int
	node  *node
	id    peer.ID
	who   party // who was there when it came up
	alive bool  // this side thinks so
	gone  bool  // what is sent goes nowhere
	queue []parcel
	bytes int
	last  int64 // when the last one in the queue arrives
	moved int64 // when one arrived last
	pump  bool  // the next arrival is on the agenda
}

// parcel is a frame on its way.
type parcel struct {
	raw    []byte
	arrive int64
}

func (e *end) other() *end { return e.link.ends[1-e.side] }

func (g *edge) of(side int) *node {
	if side == 0 {
		return g.a
	}
	return g.b
}

func (g *edge) other(n *node) *node {
	if n == g.a {
		return g.b
	}
	return g.a
}

// open reports that both directions pass, as a handshake needs.
func (g *edge) open() bool { return !g.cut && !g.blocked[0] && !g.blocked[1] }

// dial tries to make a link, and tries again while there is none.
func (g *edge) dial() {
	if g.dialing {
		return
	}
	g.dialing = true
	g.w.in(g.w.between(redialFirst, redialMost), func() {
		g.dialing = false
		if !g.open() || g.a.who == nil || g.b.who == nil {
			return // what brings it back dials
		}
		for _, l := range g.links {
			if l.ends[0].alive && l.ends[1].alive && !l.ends[0].gone {
				return
			}
		}
		g.connect()
	})
}

// connect makes a link. A side that still believes in an earlier one has two for a while.
func (g *edge) connect() {
	w := g.w
	l := &link{edge: g}
	for side := range l.ends {
		w.links++
		n := g.of(side)
		l.ends[side] = &end{link: l, side: side, node: n, id: peer.ID(w.links), who: n.who, moved: w.now, last: w.now}
	}
	g.links = append(g.links, l)
	for side := range l.ends {
		e := l.ends[side]
		w.in(w.upTo(2*ms), func() {
			if e.gone || e.node.who != e.who {
				return
			}
			e.alive = true
			e.node.links[e.id] = e
			w.step("up", e.node, uint64(e.id), nil)
			e.who.up(e.id, g.of(1-side).device())
			e.other().flow()
		})
	}
}

// send puts a frame on its way.
func (e *end) send(raw []byte) {
	w := e.link.edge.w
	if !e.alive {
		return
	}
	g := e.link.edge
	took := g.delay + w.upTo(g.jitter)
	if g.rate > 0 {
		took += int64(len(raw)) * second / g.rate
	}
	if len(e.queue) == 0 {
		e.moved = w.now
	}
	e.last = max(e.last+1, w.now+took)
	if g.rate > 0 && len(e.queue) > 0 {
		e.last = max(e.last, e.queue[len(e.queue)-1].arrive+int64(len(raw))*second/g.rate)
	}
	e.queue = append(e.queue, parcel{raw, e.last})
	e.bytes += len(raw)
	w.most(&w.report.MostInFlight, e.bytes)
	if e.bytes > outMost {
		w.trace("overfull", e.node)
		e.link.sever(0, 0)
		return
	}
	e.flow()
}

// flow lets the next frame arrive when it may.
func (e *end) flow() {
	w := e.link.edge.w
	if e.pump || e.gone || len(e.queue) == 0 || !e.passes() {
		return
	}
	e.pump = true
	w.at(e.queue[0].arrive, func() {
		e.pump = false
		if e.gone || len(e.queue) == 0 || !e.passes() {
			return
		}
		p := e.queue[0]
		e.queue = e.queue[1:]
		e.bytes -= len(p.raw)
		e.moved = w.now
		to := e.other()
		w.step("frame", to.node, uint64(to.id), p.raw)
		to.who.frame(to.id, p.raw)
		if e.alive && e.node.who == e.who {
			e.who.drained(e.id, e.bytes)
		}
		e.flow()
	})
}

// passes reports that what this end sends reaches the other, which reads.
func (e *end) passes() bool {
	g, to := e.link.edge, e.other()
	return !g.cut && !g.blocked[e.side] && to.alive && to.who == to.node.who && !to.node.deaf && !to.who.thirsty(to.id)
}

// sever ends a link: what is on its way is lost. Each side hears of it after a while;
// a negative one is never, until it tries something itself.
func (l *link) sever(first, second int64) {
	for side, after := range []int64{first, second} {
		e := l.ends[side]
		e.gone, e.queue, e.bytes = true, nil, 0
		if after >= 0 {
			l.edge.w.in(after, e.hear)
		}
	}
}

// hear tells this side that the link is gone.
func (e *end) hear() {
	w := e.link.edge.w
	if e.alive {
		e.alive = false
		delete(e.node.links, e.id)
		if e.node.who == e.who {
			w.step("down", e.node, uint64(e.id), nil)
			e.who.down(e.id)
		}
	}
	e.link.edge.forget()
	e.link.edge.dial()
}

// forget drops links in which nobody believes any more.
func (g *edge) forget() {
	kept := g.links[:0]
	for _, l := range g.links {
		if l.ends[0].alive || l.ends[1].alive || !l.ends[0].gone {
			kept = append(kept, l)
		}
	}
	clear(g.links[len(kept):])
	g.links = kept
}

// finish ends a link by the wish of one side: what it sent before still arrives.
func (e *end) finish() {
	w := e.link.edge.w
	if !e.alive {
		return
	}
	e.alive = false
	delete(e.node.links, e.id)
	last := max(e.last, w.now)
	w.at(last+1, func() {
		e.link.sever(0, 0)
		e.who.down(e.id)
	})
}

// watch ends links over which nothing moves.
func (g *edge) watch() {
	for _, l := range append([]*link(nil), g.links...) {
		for _, e := range l.ends {
			if e.alive && len(e.queue) > 0 && !e.gone && g.w.now-e.moved > stuck {
				g.w.trace("stuck", e.node)
				l.sever(0, 0)
				break
			}
		}
	}
}

// reset breaks the links in mid-frame.
func (g *edge) reset() {
	for _, l := range append([]*link(nil), g.links...) {
		l.sever(g.w.upTo(2*second), g.w.upTo(2*second))
	}
}

// heal lets everything pass again.
func (g *edge) heal() {
	g.cut, g.blocked, g.rate = false, [2]bool{}, 0
	g.flow()
	g.dial()
}

func (g *edge) flow() {
	for _, l := range g.links {
		l.ends[0].flow()
		l.ends[1].flow()
	}
}
