package sim

import (
	"bytes"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

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
			for _, e := range pair.has.sorted {
				if pair.lacks.events[e.hash] == nil {
					w.fail("O3", "%s has not event %d of log %s, which %s has (%d and %d events)",
						pair.not.name, e.Seq, e.Log, pair.who.name, len(pair.lacks.events), len(pair.has.events))
					return w.failed
				}
			}
		}
	}
	return nil
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

// meaning is O4, O9 and the rest of O7: the same events mean the same at every node,
// whatever way they came; the timeline has causes first; and nothing counts that has
// a bad signature. What was found of one node holds for each that has the very same.
func (w *world) meaning(all map[*node]*inventory) error {
	from := w.correct()[0]
	first := all[from]
	records, err := w.causal(from, first)
	if err != nil {
		return err
	}
	state, err := w.anew(from, first, records)
	if err != nil {
		return err
	}
	hash := state.Hash()
	if err := w.folds(from, state, first, records); err != nil {
		return err
	}
	for _, n := range w.correct() {
		if inv := all[n]; !inv.equal(first) {
			if _, err := w.causal(n, inv); err != nil {
				return err
			}
			for scope, events := range inv.timelines {
				if !slices.EqualFunc(events, first.timelines[scope], func(a, b counted) bool { return a.eff == b.eff && a.Raw == b.Raw }) {
					w.fail("O4", "%s and %s have the same events and other timelines of %s: %s", n.name, from.name, scope.Key(), differ(events, first.timelines[scope]))
					return w.failed
				}
			}
			if len(inv.timelines) != len(first.timelines) {
				w.fail("O4", "%s and %s have the same events and other incidents", n.name, from.name)
				return w.failed
			}
		}
		if p := n.who.(*process); !p.dirty && p.state.Hash() != hash {
			w.fail("O4", "%s has another state than its events give", n.name)
			return w.failed
		}
	}
	return nil
}

// differ says where two timelines part.
func differ(a, b []counted) string {
	for i := range min(len(a), len(b)) {
		if a[i].eff != b[i].eff || a[i].Raw != b[i].Raw {
			return fmt.Sprintf("at %d: event %d of log %s at %d, and event %d of log %s at %d",
				i, a[i].Seq, a[i].Log, a[i].eff, b[i].Seq, b[i].Log, b[i].eff)
		}
	}
	return fmt.Sprintf("%d and %d events", len(a), len(b))
}

// causal is O9, and gives the records of the timelines: what an event names stands
// before it, and every event has a good signature.
func (w *world) causal(n *node, inv *inventory) (map[model.Hash]*model.Record, error) {
	records, effs := map[model.Hash]*model.Record{}, map[model.Ref]model.Clock{}
	for _, scope := range inv.inOrder() {
		for _, e := range inv.timelines[scope] {
			rec, err := model.Decode(e.Event)
			if err != nil {
				w.fail("O9", "%s: %v", n.name, err)
				return nil, w.failed
			}
			if w.verify(e.Event, inv.devices[e.Log]) != nil {
				w.fail("O9", "%s: event %d of log %s counts, and its signature is bad", n.name, e.Seq, e.Log)
				return nil, w.failed
			}
			rec.Eff = e.eff
			records[e.hash], effs[rec.Ref] = rec, e.eff
		}
	}
	for _, scope := range inv.inOrder() {
		events := inv.timelines[scope]
		for i, e := range events {
			rec := records[e.hash]
			if i > 0 && !records[events[i-1].hash].Position().Before(rec.Position()) {
				w.fail("O9", "%s: event %d of log %s is out of order", n.name, e.Seq, e.Log)
				return nil, w.failed
			}
			c := rec.Common()
			for _, named := range slices.Concat(c.Pred, c.Obs, []model.Ref{rec.Prev, c.PrevInScope}) {
				if was, ok := effs[named]; ok && was >= e.eff {
					w.fail("O9", "%s: event %d of log %s stands before event %d of log %s, which it names", n.name, e.Seq, e.Log, named.Seq, named.Log)
					return nil, w.failed
				}
			}
		}
	}
	return records, nil
}

// anew folds what counts in sorted order.
func (w *world) anew(n *node, inv *inventory, records map[model.Hash]*model.Record) (*model.State, error) {
	state := model.NewState(w.ws.Scope())
	void, err := voidOf(n)
	if err != nil {
		w.fail("O4", "%s: %v", n.name, err)
		return nil, w.failed
	}
	for _, e := range inv.sorted {
		if !inv.folded[e.hash] && void[e.hash] {
			continue
		}
		if rec := records[e.hash]; rec != nil {
			own := *rec // the state places it itself
			own.Eff = own.Clock
			state.Apply(&own)
			continue
		}
		rec, err := model.Decode(e.Event)
		if err != nil {
			w.fail("O4", "%s counts an event that cannot be read: %v", n.name, err)
			return nil, w.failed
		}
		state.Aside(rec)
	}
	return state, nil
}

// folds compares the fold of a store's timelines with that of the events: the places
// that the store keeps are those that follow from the set.
func (w *world) folds(n *node, state *model.State, inv *inventory, records map[model.Hash]*model.Record) error {
	for scope, events := range inv.timelines {
		if scope == w.ws.Scope() {
			people := model.NewPeople(scope)
			for _, e := range events {
				people.Apply(records[e.hash])
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
			rec := records[e.hash]
			whole.Apply(rec)
			at[rec.Ref] = i
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
