package sim

import (
	"bytes"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// inventory is what a disk has, by the events themselves.
type inventory struct {
	events  map[model.Hash]*model.Event
	numbers map[place][]model.Hash
	scopes  map[model.Scope]bool
	refs    map[model.Ref]*model.Event
	devices map[model.LogID]model.DeviceKey
}

type place struct {
	log model.LogID
	seq uint64
}

// take lists a store, and checks what must hold of it alone: O7, each line has no
// gap, its chain holds, and every event that counts has a good signature.
func (w *world) take(n *node) (*inventory, error) {
	inv := &inventory{
		events: map[model.Hash]*model.Event{}, numbers: map[place][]model.Hash{}, scopes: map[model.Scope]bool{},
		refs: map[model.Ref]*model.Event{}, devices: map[model.LogID]model.DeviceKey{},
	}
	branches, err := n.disk.mem.Branches()
	if err != nil {
		return nil, err
	}
	if read, err := n.disk.lines(); err != nil || !slices.Equal(read, branches) {
		return nil, fmt.Errorf("%s: other lines than were read: %w", n.name, err)
	}
	for _, b := range branches {
		if err := w.line(n.disk, b, inv); err != nil {
			return nil, fmt.Errorf("%s: log %s, line %s: %w", n.name, b.Log, b.ID, err)
		}
	}
	return inv, nil
}

func (w *world) line(d *disk, b model.Branch, inv *inventory) error {
	store, shelf := d.mem, d.shelves[b.ID].from(1)
	head := model.Head{Log: b.Log}
	if !b.Own() {
		err := store.Line(b.Parent, b.Base, func(e *model.Event, _ model.Clock) error {
			if e.Seq == b.Base {
				head = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
			}
			return nil
		})
		if err != nil || head.Seq != b.Base {
			return fmt.Errorf("leaves its parent behind %d, which is not there: %w", b.Base, err)
		}
	}
	err := store.Line(b.ID, 1, func(e *model.Event, eff model.Clock) error {
		if e.Seq != head.Seq+1 || e.Prev != head.Hash || e.Seq > 1 && e.Clock <= head.Clock {
			return fmt.Errorf("event %d does not follow %d", e.Seq, head.Seq)
		}
		if len(shelf) == 0 || !same(shelf[0], e) {
			return fmt.Errorf("event %d is another one than was read", e.Seq)
		}
		shelf = shelf[1:]
		hash := e.Hash()
		head = model.Head{Log: e.Log, Seq: e.Seq, Hash: hash, Clock: e.Clock}
		inv.events[hash], inv.refs[e.Ref()], inv.devices[e.Log] = e, e, b.Device
		inv.scopes[e.Scope] = true
		at := place{e.Log, e.Seq}
		if !slices.Contains(inv.numbers[at], hash) {
			inv.numbers[at] = append(inv.numbers[at], hash)
		}
		if eff < e.Clock {
			return fmt.Errorf("event %d stands at %d, before its clock %d", e.Seq, eff, e.Clock)
		}
		return nil
	})
	if err == nil && head.Hash != b.Tip.Hash {
		return fmt.Errorf("ends at %d, and is said to end at %d", head.Seq, b.Tip.Seq)
	}
	return err
}

// unsettled says what is still on its way; nil when all correct nodes have the same
// and everybody knows it.
func (w *world) unsettled() error {
	if err := w.apart(); err != nil {
		return err
	}
	for _, n := range w.correct() {
		if err := w.shared(n.who.(*process)); err != nil {
			return err
		}
	}
	return nil
}

// apart says what some node has and another has not; nil for nothing.
func (w *world) apart() error {
	var first []wire.Tip
	floods := w.flooding()
	for _, n := range w.correct() {
		p, ok := n.who.(*process)
		if !ok {
			return fmt.Errorf("%s does not run", n.name)
		}
		if len(floods) == 0 && (p.busy || len(p.jobs) > 0) || slices.ContainsFunc(p.jobs, func(j job) bool { return j.asks != nil }) {
			return fmt.Errorf("%s has something to write", n.name)
		}
		tips, err := tipsOf(n, floods)
		if err != nil {
			return err
		}
		if first == nil {
			first = tips
		}
		if !slices.Equal(tips, first) {
			return fmt.Errorf("%s has other lines than %s", n.name, w.correct()[0].name)
		}
	}
	return nil
}

// tipsOf are the ends of a node's lines, but for those of some who flood.
func tipsOf(n *node, but []*flooder) ([]wire.Tip, error) {
	branches, err := n.disk.lines()
	var tips []wire.Tip
	for _, b := range branches {
		if slices.ContainsFunc(but, func(f *flooder) bool { return f.n.device() == b.Device }) {
			continue
		}
		tips = append(tips, wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()})
	}
	slices.SortFunc(tips, func(a, b wire.Tip) int {
		if c := bytes.Compare(a.Log[:], b.Log[:]); c != 0 {
			return c
		}
		return bytes.Compare(a.Hash[:], b.Hash[:])
	})
	return tips, err
}

// shared says what of its own a node does not know that all that it is linked with
// have it.
func (w *world) shared(p *process) error {
	s := p.engine.Status()
	if s.Unshared != 0 && len(s.Links) > 0 {
		return fmt.Errorf("%s counts %d of its events that nobody has", p.n.name, s.Unshared)
	}
	if s.Behind != 0 && !w.lied() {
		return fmt.Errorf("%s believes that it is %d behind", p.n.name, s.Behind)
	}
	for _, l := range s.Links {
		e := p.n.links[l.Link]
		if e == nil || !e.other().node.honest {
			continue
		}
		if !l.Live() {
			return fmt.Errorf("%s believes that its link to %s is not live: ready %v, behind %d, lacks %d",
				p.n.name, e.other().node.name, l.Ready, l.Behind, l.Lacks)
		}
	}
	return nil
}

// lied reports a liar among the nodes, who may have told of what nobody has.
func (w *world) lied() bool {
	return slices.ContainsFunc(w.nodes, func(n *node) bool { return !n.honest })
}

// judge asks all oracles, when everything has come to rest.
func (w *world) judge() {
	all := map[*node]*inventory{}
	var union []*inventory
	for _, n := range w.correct() {
		inv, err := w.take(n)
		if err != nil {
			w.fail("O7", "%v", err)
			return
		}
		all[n] = inv
		union = append(union, inv)
	}
	w.report.Events = len(union[0].events)
	for _, oracle := range []func(map[*node]*inventory) error{w.same, w.saved, w.forked, w.members, w.meaning} {
		if err := oracle(all); err != nil {
			return
		}
	}
	if w.report.MostInFlight > outMost || w.report.MostTaken > takenMost {
		w.fail("O10", "%d bytes waited for one peer, %d for one disk", w.report.MostInFlight, w.report.MostTaken)
		return
	}
	if err := w.unsettled(); err != nil {
		w.fail("O3", "after %d s: %v", patience/second, err)
	}
}

// same is O3: all correct nodes have the same events.
func (w *world) same(all map[*node]*inventory) error {
	nodes := w.correct()
	for _, n := range nodes[1:] {
		a, b := all[nodes[0]], all[n]
		for _, pair := range []struct {
			has, lacks *inventory
			who, not   *node
		}{{a, b, nodes[0], n}, {b, a, n, nodes[0]}} {
			for _, e := range pair.has.sorted() {
				if pair.lacks.events[e.Hash()] == nil {
					w.fail("O3", "%s has not event %d of log %s, which %s has (%d and %d events)",
						pair.not.name, e.Seq, e.Log, pair.who.name, len(pair.lacks.events), len(pair.has.events))
					return w.failed
				}
			}
		}
	}
	return nil
}

// sorted are all events in an order that does not depend on a map.
func (inv *inventory) sorted() []*model.Event {
	out := make([]*model.Event, 0, len(inv.events))
	for _, e := range inv.events {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b *model.Event) int {
		if c := bytes.Compare(a.Log[:], b.Log[:]); c != 0 {
			return c
		}
		if a.Seq != b.Seq {
			return int(int64(a.Seq - b.Seq))
		}
		return bytes.Compare(a.Raw[:], b.Raw[:])
	})
	return out
}

// saved is O1 and O2: what people were told is saved is there, unless all disks that
// had it were lost.
func (w *world) saved(all map[*node]*inventory) error {
	for _, a := range w.truth.acts {
		if a.excused {
			continue
		}
		for _, n := range w.correct() {
			if all[n].events[a.hash] == nil {
				w.fail("O1", "%s has not event %d of log %s, which %s said was saved at %.3f s",
					n.name, a.ref.Seq, a.ref.Log, a.node.name, float64(a.at)/float64(second))
				return w.failed
			}
		}
	}
	return nil
}

// forked is O6: every fork is reported everywhere, and nothing else is.
func (w *world) forked(all map[*node]*inventory) error {
	for _, n := range w.correct() {
		real := map[model.LogID]bool{}
		for at, hashes := range all[n].numbers {
			if len(hashes) > 1 {
				real[at.log] = true
			}
		}
		w.report.Forks = len(real)
		reported := map[model.LogID]bool{}
		for _, f := range n.who.(*process).engine.Status().Forks {
			reported[f.Log] = true
			if !real[f.Log] {
				w.fail("O6", "%s reports a fork of log %s, which has none", n.name, f.Log)
				return w.failed
			}
		}
		if len(real) != len(reported) {
			w.fail("O6", "%s reports %d forks of %d", n.name, len(reported), len(real))
			return w.failed
		}
	}
	return nil
}

// placed is an event where a store has it in a timeline.
type placed struct {
	ev  *model.Event
	rec *model.Record
	eff model.Clock
}

// meaning is O4, O9 and the rest of O7: the same events mean the same at every node,
// whatever way they came; the timeline has causes first; and nothing counts that has
// a bad signature.
func (w *world) meaning(all map[*node]*inventory) error {
	var first map[model.Scope][]placed
	var hash model.Hash
	from := w.correct()[0]
	for _, n := range w.correct() {
		timelines, err := w.timelines(n, all[n])
		if err != nil {
			w.fail("O9", "%s: %v", n.name, err)
			return w.failed
		}
		if first == nil {
			first = timelines
			state, err := w.anew(n, all[n], timelines)
			if err != nil {
				return err
			}
			hash = state.Hash()
			if err := w.folds(n, state, timelines); err != nil {
				return err
			}
		}
		for scope, events := range timelines {
			if !slices.EqualFunc(events, first[scope], func(a, b placed) bool { return a.eff == b.eff && a.ev.Raw == b.ev.Raw }) {
				w.fail("O4", "%s and %s have the same events and other timelines of %s: %s", n.name, from.name, scope.Key(), differ(events, first[scope]))
				return w.failed
			}
		}
		if len(timelines) != len(first) {
			w.fail("O4", "%s and %s have the same events and other incidents", n.name, from.name)
			return w.failed
		}
		if p := n.who.(*process); !p.dirty && p.state.Hash() != hash {
			w.fail("O4", "%s has another state than its events give", n.name)
			return w.failed
		}
	}
	return nil
}

// differ says where two timelines part.
func differ(a, b []placed) string {
	for i := range min(len(a), len(b)) {
		if a[i].eff != b[i].eff || a[i].ev.Raw != b[i].ev.Raw {
			return fmt.Sprintf("at %d: event %d of log %s at %d, and event %d of log %s at %d",
				i, a[i].ev.Seq, a[i].ev.Log, a[i].eff, b[i].ev.Seq, b[i].ev.Log, b[i].eff)
		}
	}
	return fmt.Sprintf("%d and %d events", len(a), len(b))
}

// timelines are those of a store. What an event names stands before it, and every
// event has a good signature.
func (w *world) timelines(n *node, inv *inventory) (map[model.Scope][]placed, error) {
	keys := map[model.LogID]model.DeviceKey{}
	branches, err := n.disk.lines()
	if err != nil {
		return nil, err
	}
	for _, b := range branches {
		keys[b.Log] = b.Device
	}
	out := map[model.Scope][]placed{}
	effs := map[model.Ref]model.Clock{}
	for scope := range inv.scopes {
		err := n.disk.mem.Scope(scope, func(e *model.Event, eff model.Clock) error {
			rec, err := model.Decode(e)
			if err != nil {
				return err
			}
			if w.verify(e, keys[e.Log]) != nil {
				return fmt.Errorf("event %d of log %s counts, and its signature is bad", e.Seq, e.Log)
			}
			rec.Eff = eff
			effs[rec.Ref] = eff
			out[scope] = append(out[scope], placed{e, rec, eff})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, events := range out {
		for i, e := range events {
			if i > 0 && !events[i-1].rec.Position().Before(e.rec.Position()) {
				return nil, fmt.Errorf("event %d of log %s is out of order", e.ev.Seq, e.ev.Log)
			}
			c := e.rec.Common()
			for _, named := range slices.Concat(c.Pred, c.Obs, []model.Ref{e.rec.Prev, c.PrevInScope}) {
				if was, ok := effs[named]; ok && was >= e.eff {
					return nil, fmt.Errorf("event %d of log %s stands before event %d of log %s, which it names", e.ev.Seq, e.ev.Log, named.Seq, named.Log)
				}
			}
		}
	}
	return out, nil
}

// anew folds what counts in sorted order.
func (w *world) anew(n *node, inv *inventory, timelines map[model.Scope][]placed) (*model.State, error) {
	counted := map[model.Hash]bool{}
	for _, events := range timelines {
		for _, e := range events {
			counted[e.ev.Hash()] = true
		}
	}
	state := model.NewState(w.ws.Scope())
	void, err := voidOf(n)
	if err != nil {
		w.fail("O4", "%s: %v", n.name, err)
		return nil, w.failed
	}
	for _, e := range inv.sorted() {
		if !counted[e.Hash()] && void[e.Hash()] {
			continue
		}
		rec, err := model.Decode(e)
		if err != nil {
			w.fail("O4", "%s counts an event that cannot be read: %v", n.name, err)
			return nil, w.failed
		}
		if counted[e.Hash()] {
			state.Apply(rec)
		} else {
			state.Aside(rec)
		}
	}
	return state, nil
}

// folds compares the fold of a store's timelines with that of the events: the places
// that the store keeps are those that follow from the set.
func (w *world) folds(n *node, state *model.State, timelines map[model.Scope][]placed) error {
	for scope, events := range timelines {
		if scope == w.ws.Scope() {
			people := model.NewPeople(scope)
			for _, e := range events {
				people.Apply(e.rec)
			}
			if people.StateHash() != state.People.StateHash() {
				w.fail("O4", "%s has people in its store who are not those of its events", n.name)
				return w.failed
			}
			continue
		}
		whole := model.NewIncident(scope)
		at := map[model.Ref]int{}
		for i, e := range events {
			whole.Apply(e.rec)
			at[e.rec.Ref] = i
		}
		in := state.Incidents[scope]
		if in == nil || whole.StateHash() != in.StateHash() {
			w.fail("O4", "%s keeps %s in another order than its events give", n.name, scope.Key())
			return w.failed
		}
		last := -1
		for _, l := range in.View().Lines {
			if at[l.Ref()] < last {
				w.fail("O9", "%s shows %s in another order than its store", n.name, scope.Key())
				return w.failed
			}
			last = at[l.Ref()]
		}
	}
	return nil
}
