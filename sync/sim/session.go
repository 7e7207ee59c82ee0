package sim

import (
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// What must hold at every moment, and not in the end alone.

// acknowledge notes what people were told is saved. A node that knows that its log
// was written from two copies may not write in it any more, but for what was on its
// way.
func (w *world) acknowledge(said []*act) {
	for _, a := range said {
		a.at = w.now
		w.truth.acts = append(w.truth.acts, a)
		p, ok := a.node.who.(*process)
		if !ok {
			continue
		}
		if known, forked := p.forks[a.ref.Log]; forked && w.now-known > 10*second {
			w.fail("O6", "%s writes in log %s, %.3f s after it reported that it is forked", p.n.name, a.ref.Log, float64(w.now-known)/float64(second))
		}
	}
	w.report.Acts += len(said)
}

// attend looks at a node's sessions now and then: O11, what somebody wrote here does
// not disappear while the disk stays; and O2, nothing is said to be on more devices
// than had it once.
func (w *world) attend(p *process) {
	var mine []*act
	for _, a := range w.truth.acts {
		if a.disk == p.n.disk {
			mine = append(mine, a)
		}
	}
	if len(mine) == 0 {
		return
	}
	if w.chance(20) { // it looks at all that is shown
		w.strange(p)
	}
	known := model.NewPeers(nil, 0, 0, nil, p.engine.Status().Saved)
	for range 3 {
		a := pick(w, mine)
		if _, _, _, err := p.n.disk.mem.Find(a.ref); err != nil {
			w.fail("O11", "%s had event %d of log %s on this disk, and has it no more: %v", p.n.name, a.ref.Seq, a.ref.Log, err)
		}
		line, _ := p.lines.Stands(a.ref)
		hold := p.back.Hold()
		held := hold.Back(line, a.ref.Seq, a.incident)
		if in := p.state.Incidents[a.incident]; a.line && !held && (in == nil || !slices.ContainsFunc(in.View().Lines, func(l *model.Line) bool { return l.Ref() == a.ref })) {
			w.fail("O11", "%s does not show event %d of log %s any more, which was written here", p.n.name, a.ref.Seq, a.ref.Log)
		}
		if said, had := known.Devices(a.ref), w.had(a); said > had {
			w.fail("O2", "%s says that event %d of log %s is on %d devices, and only %d ever had it", p.n.name, a.ref.Seq, a.ref.Log, said, had)
		}
	}
}

// had counts the devices that ever had an act on their disk, and those that lie
// about it.
func (w *world) had(a *act) int {
	devices := map[model.DeviceKey]bool{a.node.device(): true}
	if held := w.truth.held[a.hash]; held != nil { // else it was said too early
		for device := range held.ever {
			devices[device] = true
		}
	}
	n := len(devices)
	for _, o := range w.nodes {
		if l, ok := o.who.(*liar); ok && l.lie == lieAck {
			n++
		}
	}
	return n
}

// refuses reports that what a liar sends is no frame: then the link must end, and
// people are told why.
func (p *process) refuses(id peer.ID, raw []byte, effects []any) {
	end := p.n.links[id]
	if end == nil || end.other().node.honest {
		return
	}
	if _, err := wire.Decode(raw); err == nil {
		return
	}
	for _, e := range effects {
		if c, ok := e.(peer.Close); ok && c.Link == id && c.Why.Key != "" {
			return
		}
	}
	p.w.fail("V3", "%s took a frame that must not be from %s, and said nothing", p.n.name, end.other().node.name)
}
