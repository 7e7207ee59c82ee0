package sim

import (
	"bytes"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/wire"
)

// inventory is what a disk has, by the events themselves.
type inventory struct {
	events  map[model.Hash]*model.Event
	counted map[model.Hash]bool // those that the timeline has
	numbers map[place][]model.Hash
	tips    []wire.Tip
}

type place struct {
	log model.LogID
	seq uint64
}

// take lists a store, and checks what must hold of it alone: O7, each line has no
// gap, its chain holds, and every event that counts has a good signature.
func (w *world) take(n *node) (*inventory, error) {
	inv := &inventory{events: map[model.Hash]*model.Event{}, counted: map[model.Hash]bool{}, numbers: map[place][]model.Hash{}}
	store := n.disk.mem
	branches, err := store.Branches()
	if err != nil {
		return nil, err
	}
	for _, b := range branches {
		if err := w.line(store, b, inv); err != nil {
			return nil, fmt.Errorf("%s: log %s, line %s: %w", n.name, b.Log, b.ID, err)
		}
		inv.tips = append(inv.tips, wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()})
	}
	return inv, nil
}

func (w *world) line(store *storage.Memory, b model.Branch, inv *inventory) error {
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
		hash := e.Hash()
		head = model.Head{Log: e.Log, Seq: e.Seq, Hash: hash, Clock: e.Clock}
		inv.events[hash] = e
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

// verified reports a good signature; each event is looked at once in a run.
func (w *world) verified(e *model.Event, device model.DeviceKey) bool {
	hash := e.Hash()
	good, known := w.signatures[hash]
	if !known {
		good = e.VerifySignature(w.ws, device) == nil
		w.signatures[hash] = good
	}
	return good
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
	for _, n := range w.correct() {
		p, ok := n.who.(*process)
		if !ok {
			return fmt.Errorf("%s does not run", n.name)
		}
		if p.busy || len(p.jobs) > 0 {
			return fmt.Errorf("%s has something to write", n.name)
		}
		tips, err := tipsOf(n)
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

func tipsOf(n *node) ([]wire.Tip, error) {
	branches, err := n.disk.mem.Branches()
	var tips []wire.Tip
	for _, b := range branches {
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
	for _, oracle := range []func(map[*node]*inventory) error{w.same, w.saved, w.forked, w.meaning, w.good} {
		if err := oracle(all); err != nil {
			return
		}
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

// meaning is O4 and O9: the same events mean the same at every node, whatever way
// they came, and the timeline has causes first.
func (w *world) meaning(all map[*node]*inventory) error {
	var hash model.Hash
	var from *node
	for _, n := range w.correct() {
		store := n.disk.mem
		state, err := fold(store, w.ws.Scope())
		if err != nil {
			w.fail("O4", "%s cannot fold its store: %v", n.name, err)
			return w.failed
		}
		p := n.who.(*process)
		if !p.dirty && p.state.Hash() != state.Hash() {
			w.fail("O4", "%s has another state than its store gives", n.name)
			return w.failed
		}
		if from == nil {
			hash, from = state.Hash(), n
			if err := w.anew(n, all[n], hash); err != nil {
				return err
			}
		}
		if h := state.Hash(); h != hash {
			w.fail("O4", "%s and %s have the same events and another state", n.name, from.name)
			return w.failed
		}
		if err := w.timelines(n, state, all[n]); err != nil {
			return err
		}
	}
	return nil
}

// anew folds what counts in sorted order.
func (w *world) anew(n *node, inv *inventory, want model.Hash) error {
	counted := map[model.Hash]bool{}
	for _, scope := range scopesOf(n.disk.mem) {
		_ = n.disk.mem.Scope(scope, func(e *model.Event, _ model.Clock) error {
			counted[e.Hash()] = true
			return nil
		})
	}
	state := model.NewState(w.ws.Scope())
	for _, e := range inv.sorted() {
		if !counted[e.Hash()] {
			continue
		}
		rec, err := model.Decode(e)
		if err != nil {
			w.fail("O4", "%s counts an event that cannot be read: %v", n.name, err)
			return w.failed
		}
		state.Apply(rec)
	}
	if state.Hash() != want {
		w.fail("O4", "%s has another state than its events give in sorted order", n.name)
		return w.failed
	}
	return nil
}

// timelines is O9: in each timeline, of the store and of the fold, what an event names
// stands before it; and both have the same order.
func (w *world) timelines(n *node, state *model.State, inv *inventory) error {
	for _, scope := range scopesOf(n.disk.mem) {
		at := map[model.Ref]int{}
		var order []model.Ref
		whole := model.NewIncident(scope)
		people := model.NewPeople(scope)
		var bad error
		err := n.disk.mem.Scope(scope, func(e *model.Event, eff model.Clock) error {
			rec, err := model.Decode(e)
			if err != nil {
				return err
			}
			rec.Eff = eff
			at[rec.Ref] = len(order)
			order = append(order, rec.Ref)
			c := rec.Common()
			for _, named := range slices.Concat(c.Pred, c.Obs, []model.Ref{rec.Prev, c.PrevInScope}) {
				if _, was, _, err := n.disk.mem.Find(named); err == nil && was >= eff {
					bad = fmt.Errorf("event %d of log %s stands before event %d of log %s, which it names", e.Seq, e.Log, named.Seq, named.Log)
				}
			}
			if scope == w.ws.Scope() {
				people.Apply(rec)
			} else {
				whole.Apply(rec)
			}
			return nil
		})
		if err == nil {
			err = bad
		}
		if err != nil {
			w.fail("O9", "%s: %v", n.name, err)
			return w.failed
		}
		if scope == w.ws.Scope() {
			if people.StateHash() != state.People.StateHash() {
				w.fail("O4", "%s has people in its store who are not those of its events", n.name)
				return w.failed
			}
			continue
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

// good is the rest of O7: what counts has a good signature, and what a bad one ends
// does not count.
func (w *world) good(all map[*node]*inventory) error {
	for _, n := range w.correct() {
		branches, _ := n.disk.mem.Branches()
		keys := map[model.LogID]model.DeviceKey{}
		for _, b := range branches {
			keys[b.Log] = b.Device
		}
		for _, scope := range scopesOf(n.disk.mem) {
			_ = n.disk.mem.Scope(scope, func(e *model.Event, _ model.Clock) error {
				if !w.verified(e, keys[e.Log]) {
					w.fail("O7", "%s counts event %d of log %s, whose signature is bad", n.name, e.Seq, e.Log)
				}
				return nil
			})
		}
		if w.failed != nil {
			return w.failed
		}
	}
	return nil
}
