package sim

import (
	"slices"

	"warroom/model"
	"warroom/sync/replica"
)

// build makes the machines, the ways between them, and the workspace.
func (w *world) build() {
	w.choose()
	for range 3 + w.rng.IntN(3) {
		w.add(nil)
	}
	honest := slices.Clone(w.nodes)
	for _, n := range honest {
		n.disk = w.newDisk(n)
		n.clock.offset = w.upTo(400) - 200
	}
	w.founders = slices.Clone(honest)
	var liars []*node
	var told []string
	for _, c := range w.chosen {
		if slices.Contains(lies(), c.name) && len(w.nodes) < maxNodes {
			l := w.add(nil)
			l.honest = false
			liars, told = append(liars, l), append(told, c.name)
		}
	}
	if w.found(honest[0]) != nil {
		return
	}
	w.topology(honest)
	for i, l := range liars {
		l.who = newLiar(w, l, told[i])
		w.rng.Shuffle(len(honest), func(i, j int) { honest[i], honest[j] = honest[j], honest[i] })
		for _, n := range honest[:min(len(honest), 2+w.rng.IntN(2))] {
			w.join(l, n)
		}
	}
	for _, n := range w.correct() {
		w.in(w.upTo(second/2), n.start)
	}
	var watch func()
	watch = func() {
		for _, g := range w.edges {
			g.watch()
		}
		w.in(second, watch)
	}
	watch()
}

// found writes the workspace's first events on the founder's disk: the people, and
// what their devices are.
func (w *world) found(n *node) error {
	signer := model.Signer{Key: n.key}
	nonce := w.nonce()
	w.ws = model.NewWorkspaceID(signer.Device(), nonce)
	p := &process{w: w, n: n, signer: model.Signer{Workspace: w.ws, Key: n.key}, state: model.NewState(w.ws.Scope())}
	p.lines, _ = replica.Open(n.disk.mem)
	b, records, err := p.fresh(model.ReasonNew)
	if err != nil {
		w.fail("harness", "found the workspace: %v", err)
		return err
	}
	for _, r := range records {
		p.state.Apply(r)
	}
	me := model.NewPersonID(p.id.Membership, nonce)
	w.people = []model.PersonID{me}
	drafts := []model.Draft{{
		Scope: w.ws.Scope(), Text: "Ana",
		Body: &model.Genesis{Founder: signer.Device(), Nonce: nonce, Person: me},
	}}
	for _, name := range []string{"Bob", "Cleo", "Dan"} {
		nonce := w.nonce()
		id := model.NewPersonID(p.id.Membership, nonce)
		w.people = append(w.people, id)
		body := &model.MemberAdmit{Person: id, Access: model.Responder, Nonce: nonce}
		if name == "Bob" {
			body.Access = model.Owner
		}
		body.Actor = me
		drafts = append(drafts, model.Draft{Scope: w.ws.Scope(), Text: name, Body: body})
	}
	for i, other := range w.nodes {
		// The first two nodes are those of the owners, the others of those who are none.
		whose := w.people[min(i, 1)]
		if i > 1 {
			whose = w.people[2+i%2]
		}
		w.keepers[other.device()] = whose
		if i > 0 {
			body := &model.MemberDevice{Person: whose, Device: other.device()}
			body.Actor = me
			drafts = append(drafts, model.Draft{Scope: w.ws.Scope(), Body: body})
		}
	}
	if _, err := p.seal(&b, drafts); err != nil {
		w.fail("harness", "found the workspace: %v", err)
		return err
	}
	// In half of the runs all have joined, in the others they know only which
	// workspace it is.
	joined := w.chance(50)
	for i, other := range w.nodes {
		if !other.honest {
			continue
		}
		mine := b
		if i > 0 {
			mine.Settings = nil
		}
		if i > 0 && !joined {
			continue
		}
		if _, err := other.disk.write(mine); err != nil {
			w.fail("storage", "found the workspace: %v", err)
			return err
		}
	}
	return nil
}

// topology joins the nodes: each with each, in a row, in a ring, through one, or as
// it comes.
func (w *world) topology(all []*node) {
	switch w.rng.IntN(5) {
	case 0:
		for i, a := range all {
			for _, b := range all[i+1:] {
				w.join(a, b)
			}
		}
	case 1:
		for i := range all[1:] {
			w.join(all[i], all[i+1])
		}
	case 2:
		for i := range all {
			w.join(all[i], all[(i+1)%len(all)])
		}
	case 3:
		for _, b := range all[1:] {
			w.join(all[0], b)
		}
	default:
		for i, b := range all[1:] {
			w.join(all[w.rng.IntN(i+1)], b)
		}
		for range w.rng.IntN(3) {
			a, b := pick(w, all), pick(w, all)
			if a != b && !w.joined(a, b) {
				w.join(a, b)
			}
		}
	}
}

func (w *world) joined(a, b *node) bool {
	return slices.ContainsFunc(w.edges, func(g *edge) bool { return g.a == a && g.b == b || g.a == b && g.b == a })
}

// heal ends all faults: every clock is right again, every machine runs, and all
// that are correct are joined, through others at least.
func (w *world) heal() {
	w.healed = true
	for _, n := range w.nodes {
		n.clock.offset, n.clock.frozen = w.upTo(40)-20, 0
		n.deaf, n.asleep, n.unplugged = false, false, false
		if l, ok := n.who.(*liar); ok {
			l.quiet = true
		}
		if n.honest {
			n.disk.slow, n.disk.full, n.disk.broken = 0, false, false
			n.start()
		}
	}
	w.rng.Shuffle(len(w.edges), func(i, j int) { w.edges[i], w.edges[j] = w.edges[j], w.edges[i] })
	for _, g := range w.edges {
		g.delay, g.jitter = 5*ms, ms
		g.heal()
	}
	for parts := w.parts(); len(parts) > 1; parts = w.parts() {
		if !w.bridge(parts) {
			w.fail("harness", "the nodes cannot be joined")
			return
		}
	}
}

// bridge joins two parts by nodes that have not the same key.
func (w *world) bridge(parts [][]*node) bool {
	for i, part := range parts {
		for _, other := range parts[i+1:] {
			for _, a := range part {
				for _, b := range other {
					if a.device() != b.device() {
						w.join(a, b)
						return true
					}
				}
			}
		}
	}
	return false
}

// parts are the correct nodes, by who reaches whom through correct ones.
func (w *world) parts() [][]*node {
	part := map[*node]int{}
	var parts [][]*node
	var visit func(n *node)
	visit = func(n *node) {
		part[n] = len(parts)
		parts[len(parts)-1] = append(parts[len(parts)-1], n)
		for _, g := range n.edges() {
			if o := g.other(n); o.honest && part[o] == 0 && o.device() != n.device() {
				visit(o)
			}
		}
	}
	for _, n := range w.correct() {
		if part[n] == 0 {
			parts = append(parts, nil)
			visit(n)
		}
	}
	return parts
}
