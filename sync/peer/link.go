package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// link is what is known of one link.
type link struct {
	id     ID
	device model.DeviceKey
	hello  *wire.Hello
	mem    *memory

	// heard says that the peer's vector came in over this link; whole, that all of
	// it did, of content logs too.
	heardMembers, heardAll bool
	// ready says that the membership logs are as far as the peer's, so that content
	// is exchanged.
	ready  bool
	lastIn int64 // steady, of the last frame
	since  int64 // now, when it came up

	pinged, vectored, hereAt int64
	rtt, offset              int64
	best                     int64 // the shortest round trip, for which offset counts

	wants  map[model.LogID]*want
	credit int
	scans  int // logs that were looked at since the last tick
	// stuck is what the peer could not give, until when; a tip without a number is all of
	// a log, for which no answer came at all.
	stuck map[wire.Tip]int64
	sweep int // how large stuck may grow before it is swept

	serve   []*serving // wants of the peer, in order
	left    int        // bytes that wait in the link
	refused int        // runs that were not good

	live     []pushed // not acknowledged
	liveSize int
	acks     int  // since the last tick
	brought  bool // the peer gave what was asked for, and was not told of all of it yet
	dirty    map[model.LogID]bool
	events   int // taken or written since the last vector
	hereDue  bool
	proved   map[model.LogID]bool // forks that were told
	states   []wire.State         // the peer's, to compare
}

func (e *Engine) up(w Up) {
	k := &link{
		id: w.Link, device: w.Device, lastIn: e.steady, pinged: e.steady, since: e.now,
		wants: map[model.LogID]*want{}, credit: firstCredit, stuck: map[wire.Tip]int64{},
		dirty: map[model.LogID]bool{}, proved: map[model.LogID]bool{}, hereAt: e.steady - hereEvery,
	}
	e.links[w.Link] = k
	if e.removed(w.Device) {
		e.expel(k)
		return
	}
	e.do(Changed{})
	e.send(k, wire.Hello{
		Oldest: wire.Oldest, Version: wire.Version, Workspace: e.cfg.Workspace,
		Instance: e.cfg.Instance, Store: e.cfg.Store, Wall: e.now,
		Fold: model.FoldVersion, Format: model.FormatVersion, Software: e.cfg.Software,
	})
	e.send(k, wire.Ping{T0: e.now * 1000})
}

// down forgets a link. What it was asked for is asked of another.
func (e *Engine) down(id ID) {
	k := e.links[id]
	if k == nil {
		return
	}
	delete(e.links, id)
	e.leave(k)
	for log, w := range k.wants {
		if e.wants[log] == w {
			delete(e.wants, log)
		}
	}
	for n, s := range e.reads {
		if s.link == k {
			delete(e.reads, n)
		}
	}
	e.do(Consoles{Link: id})
	e.do(Changed{})
	for _, other := range e.sorted() {
		e.ask(other)
	}
}

// end says goodbye and closes a link.
func (e *Engine) end(k *link, bye wire.Reason, why model.Phrase) {
	if bye != 0 {
		e.send(k, wire.Bye{Reason: bye})
	}
	e.do(Close{Link: k.id, Why: why})
	e.down(k.id)
}

func (e *Engine) send(k *link, m wire.Message) {
	raw, err := wire.Encode(m)
	if err != nil {
		return // nothing that this engine makes is over a limit
	}
	e.do(Send{Link: k.id, Raw: raw})
}

// frame takes what came in. A frame that must not be ends the link: what it says
// cannot be trusted any more.
func (e *Engine) frame(f Frame) {
	k := e.links[f.Link]
	if k == nil {
		return
	}
	k.lastIn = e.steady
	m, err := wire.Decode(f.Raw)
	if err != nil {
		e.end(k, wire.ByeProtocol, model.Say("peer.problem.frame", "Cause", err.Error()))
		return
	}
	if h, ok := m.(wire.Hello); ok {
		e.greeted(k, h)
		return
	}
	if k.hello == nil {
		switch m := m.(type) {
		case wire.Ping, wire.Pong, wire.Unknown:
		case wire.Bye:
			e.goodbye(k, m)
			return
		default:
			e.end(k, wire.ByeProtocol, model.Say("peer.problem.order"))
			return
		}
	}
	switch m := m.(type) {
	case wire.Vector:
		e.vectorIs(k, m)
	case wire.Ack:
		if e.hears(k, m.Tips) {
			e.ask(k)
		}
	case wire.Want:
		e.asked(k, m)
	case wire.Run:
		e.run(k, m)
	case wire.Forked:
		e.forkIs(k, m.Fork)
	case wire.State:
		e.stateIs(k, m)
	case wire.Presence:
		e.do(Consoles{Link: k.id, Here: m.Consoles})
	case wire.Ping:
		e.send(k, wire.Pong{T0: m.T0, T1: e.now * 1000, T2: e.now * 1000})
	case wire.Pong:
		e.pong(k, m)
	case wire.Bye:
		e.goodbye(k, m)
	}
}

func (e *Engine) goodbye(k *link, b wire.Bye) {
	e.do(Close{Link: k.id, Why: byePhrase(b.Reason)})
	e.down(k.id)
}

// byePhrase says for people why the other side ended a link.
func byePhrase(r wire.Reason) model.Phrase {
	switch r {
	case wire.ByeClosing:
		return model.Say("peer.problem.closing")
	case wire.ByeWorkspace:
		return model.Say("peer.problem.workspace")
	case wire.ByeVersion:
		return model.Say("peer.problem.version")
	case wire.ByeSlow:
		return model.Say("peer.problem.slow")
	case wire.ByeAgain:
		return model.Say("peer.problem.again")
	case wire.ByeSelf:
		return model.Say("peer.problem.self")
	case wire.ByeOut:
		return model.Say("peer.problem.out")
	}
	return model.Say("peer.problem.ended")
}

func (e *Engine) greeted(k *link, h wire.Hello) {
	switch {
	case k.hello != nil:
		e.end(k, wire.ByeProtocol, model.Say("peer.problem.order"))
		return
	case h.Workspace != e.cfg.Workspace:
		e.end(k, wire.ByeWorkspace, model.Say("peer.problem.workspace"))
		return
	case h.Version < wire.Oldest || h.Oldest > wire.Version:
		e.end(k, wire.ByeVersion, model.Say("peer.problem.version"))
		return
	case k.device == e.cfg.Device:
		e.end(k, wire.ByeSelf, model.Say("peer.problem.self"))
		return
	}
	k.hello = &h
	k.mem = e.recall(k.device)
	e.memories[k.device].meets(h.Store)
	full := k.mem.instance != h.Instance
	if full {
		// It forgot what it was told; what it told counts until it says anew.
		k.mem.told = map[model.LogID][]wire.Tip{}
	}
	k.mem.instance, k.mem.software = h.Instance, h.Software
	k.vectored = e.steady
	e.members(k, full)
	e.do(Changed{})
}

// tips are the ends of a log's lines on the disk.
func (g *log) tips() []wire.Tip {
	out := make([]wire.Tip, 0, len(g.lines))
	for _, l := range g.lines {
		if l.Tip.Seq > 0 {
			out = append(out, wire.Tip{Log: g.id, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()})
		}
	}
	slices.SortFunc(out, compareTips)
	return out
}

func compareTips(a, b wire.Tip) int {
	if c := slices.Compare(a.Log[:], b.Log[:]); c != 0 {
		return c
	}
	if a.Seq != b.Seq {
		if a.Seq < b.Seq {
			return -1
		}
		return 1
	}
	return slices.Compare(a.Hash[:], b.Hash[:])
}

// sortedLogs are the logs in order.
func (e *Engine) sortedLogs() []*log {
	all := make([]*log, 0, len(e.logs))
	for _, g := range e.logs {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *log) int { return slices.Compare(a.id[:], b.id[:]) })
	return all
}

// Digest is of the tips of all lines on the disk.
func (e *Engine) Digest() wire.Digest {
	var all []wire.Tip
	for _, g := range e.logs {
		all = append(all, g.tips()...)
	}
	return wire.DigestOf(all)
}

// members tells the peer of the membership logs, which come first. full says that
// it knows nothing of this room.
func (e *Engine) members(k *link, full bool) {
	var tips []wire.Tip
	for _, g := range e.sortedLogs() {
		if g.kind == model.MembershipLog {
			tips = append(tips, e.tell(k, g)...)
		}
	}
	e.frames(k, wire.Vector{Members: true, Full: full, Tips: tips})
}

// tell gives a log's tips when the peer has not been told of them.
func (e *Engine) tell(k *link, g *log) []wire.Tip {
	tips := g.tips()
	if slices.Equal(k.mem.told[g.id], tips) {
		return nil
	}
	k.mem.told[g.id] = tips
	return tips
}

// vector tells the peer of all logs: what changed since it was told last, or all.
func (e *Engine) vector(k *link, full bool) {
	if full {
		k.mem.told = map[model.LogID][]wire.Tip{}
	}
	var tips []wire.Tip
	for _, g := range e.sortedLogs() {
		tips = append(tips, e.tell(k, g)...)
	}
	clear(k.dirty)
	k.vectored, k.events = e.steady, 0
	e.frames(k, wire.Vector{Full: full, Digest: e.Digest(), Tips: tips})
}

// frames sends a vector in as many frames as it takes. The tips of one log stand
// in one frame, because they replace all that was told of the log.
func (e *Engine) frames(k *link, v wire.Vector) {
	rest := v.Tips
	for len(rest) > wire.MaxTips {
		n := wire.MaxTips
		for n > 1 && rest[n].Log == rest[n-1].Log {
			n--
		}
		part := v
		part.Tips, part.More, part.Digest = rest[:n], true, wire.Digest{}
		e.send(k, part)
		rest, v.Full = rest[n:], false
	}
	v.Tips = rest
	e.send(k, v)
}

// hears notes what the peer holds: for each log that is named, these tips and no
// others. It is false when the peer tells of too much, and its link was ended.
func (e *Engine) hears(k *link, tips []wire.Tip) bool {
	for len(tips) > 0 {
		n := 1
		for n < len(tips) && tips[n].Log == tips[0].Log {
			n++
		}
		own := slices.Clone(tips[:n])
		slices.SortFunc(own, compareTips)
		k.mem.hears(own)
		tips = tips[n:]
	}
	if k.mem.tips > maxHeard || len(k.mem.members) > maxHeard {
		k.mem.forget()
		e.end(k, wire.ByeProtocol, model.Say("peer.problem.many", "Limit", maxHeard))
		return false
	}
	e.landed(k)
	e.do(Changed{})
	return true
}

func (e *Engine) vectorIs(k *link, v wire.Vector) {
	if v.Again {
		e.vector(k, true)
		return
	}
	if v.Full {
		k.mem.met = k.mem.met || k.mem.full // this is no greeting
		k.mem.full = true
		k.mem.void()
	}
	k.mem.greets(v.Tips)
	if v.Members {
		for _, t := range v.Tips {
			k.mem.members[t.Log] = true
		}
	}
	if !e.hears(k, v.Tips) {
		return
	}
	switch {
	case v.More:
		return
	case v.Members:
		k.heardMembers = true
	default:
		var all []wire.Tip
		for _, tips := range k.mem.heard {
			all = append(all, tips...)
		}
		if wire.DigestOf(all) != v.Digest {
			e.send(k, wire.Vector{Again: true})
			return
		}
		k.heardAll, k.mem.met = true, true
	}
	e.ask(k)
}

// acknowledge tells the peer what came to the disk since it was told last.
func (e *Engine) acknowledge(k *link) {
	if len(k.dirty) == 0 || !k.ready {
		return
	}
	ids := make([]model.LogID, 0, len(k.dirty))
	for id := range k.dirty {
		ids = append(ids, id)
	}
	clear(k.dirty)
	slices.SortFunc(ids, func(a, b model.LogID) int { return slices.Compare(a[:], b[:]) })
	var tips []wire.Tip
	for _, id := range ids {
		tips = append(tips, e.tell(k, e.logs[id])...)
	}
	for len(tips) > 0 {
		n := min(len(tips), wire.MaxTips)
		for n < len(tips) && n > 1 && tips[n].Log == tips[n-1].Log {
			n--
		}
		e.send(k, wire.Ack{Tips: tips[:n]})
		k.acks++
		tips = tips[n:]
	}
}

func (e *Engine) pong(k *link, p wire.Pong) {
	t3 := e.now * 1000
	rtt := (t3 - p.T0) - (p.T2 - p.T1)
	if rtt < 0 || p.T0 > t3 {
		return // this clock jumped meanwhile
	}
	rtt = max(rtt, 1)
	first := k.rtt == 0
	k.rtt = rtt
	// Of the last answers the fastest says most of the clock; an old one is worth
	// less with every new one.
	k.best += k.best / 8
	if first || rtt <= k.best {
		k.best = rtt
		k.offset = ((p.T1 - p.T0) + (p.T2 - t3)) / 2 / 1000
	}
	e.do(Changed{})
}
