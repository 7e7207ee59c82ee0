package sim

import (
	"slices"

	"warroom/model"
)

// class is a kind of fault. begin lets it happen, now or later.
type class struct {
	name  string
	begin func(w *world)
}

// classes are all kinds of faults, by the names of the design. A lie is one of a
// member who was there from the beginning.
func classes() []class {
	all := []class{
		{"K1 crash", (*world).crashes},
		{"D13 slow disk", (*world).slowDisk},
		{"D3 failed sync", (*world).failedSync},
		{"D4 full disk", (*world).fullDisk},
		{"S1 restored, written, linked", func(w *world) { w.restored("S1 restored, written, linked", true) }},
		{"S2 restored, linked", func(w *world) { w.restored("S2 restored, linked", false) }},
		{"S4 journal alone", (*world).journalAlone},
		{"S5 key alone", (*world).keyAlone},
		{"S6 rolled back by a moment", (*world).rolledBack},
		{"S7 copied", func(w *world) { w.copied("S7 copied", 1) }},
		{"S8 copied twice", func(w *world) { w.copied("S8 copied twice", 2) }},
		{"C1 an hour ahead", func(w *world) { w.skewed("C1 an hour ahead", 3_600_000, 0) }},
		{"C2 an hour behind", func(w *world) { w.skewed("C2 an hour behind", -3_600_000, 0) }},
		{"C3 ten years ahead", func(w *world) { w.skewed("C3 ten years ahead", 10*365*86_400_000, 10*second) }},
		{"C4 steps back", func(w *world) { w.skewed("C4 steps back", -300_000, 15*second) }},
		{"C5 frozen clock", (*world).frozen},
		{"C6 suspended", (*world).suspended},
		{"N2 delayed", (*world).delayed},
		{"N5 one way alone", (*world).oneWay},
		{"N6 reset in mid-frame", (*world).resets},
		{"N9 partition", (*world).partition},
		{"N10 flapping", (*world).flapping},
		{"N11 slow link", (*world).slowLink},
		{"N13 never reads", (*world).neverReads},
	}
	all = append(all, memberships()...)
	for _, lie := range lies() {
		all = append(all, class{lie, nil})
	}
	return all
}

// Classes are the names of all kinds of faults.
func Classes() []string {
	var names []string
	for _, c := range classes() {
		names = append(names, c.name)
	}
	return names
}

// choose takes some of the classes, or the one that is asked for.
func (w *world) choose() {
	all := classes()
	if w.opt.Only != "" {
		all = slices.DeleteFunc(all, func(c class) bool { return c.name != w.opt.Only })
	}
	w.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w.chosen = all[:min(len(all), 4+w.rng.IntN(5))]
}

// begin lets the chosen faults happen.
func (w *world) begin() {
	for _, c := range w.chosen {
		if c.begin != nil {
			c.begin(w)
		}
	}
}

func (w *world) happened(class string, n *node) {
	w.report.Classes[class]++
	w.step(class, n, 0, nil)
}

// often lets something happen a few times, at one of the nodes that run.
func (w *world) often(times int, do func(n *node)) {
	for range times {
		w.at(w.between(faultsFrom, faultsUntil-5*second), func() {
			if up := w.running(); len(up) > 0 {
				do(pick(w, up))
			}
		})
	}
}

func (w *world) crashes() {
	w.often(1+w.rng.IntN(4), func(n *node) {
		w.happened("K1 crash", n)
		n.crash()
		w.in(w.upTo(8*second), n.start)
	})
}

func (w *world) slowDisk() {
	w.often(1, func(n *node) {
		d := n.disk
		w.happened("D13 slow disk", n)
		d.slow = 200 * ms
		w.in(5*second, func() { d.slow = 5 * second })
		w.in(8*second, func() { d.slow = 0 })
	})
}

func (w *world) failedSync() {
	w.often(1+w.rng.IntN(2), func(n *node) {
		w.happened("D3 failed sync", n)
		n.disk.broken = true
	})
}

func (w *world) fullDisk() {
	w.often(1, func(n *node) {
		d := n.disk
		w.happened("D4 full disk", n)
		d.full = true
		w.in(w.between(second, 15*second), func() { d.full = false })
	})
}

// restored puts back an older copy of a disk. Where it was copied back into a new
// folder, the open sees it; where the files were overwritten, it does not.
func (w *world) restored(name string, write bool) {
	w.often(1, func(n *node) {
		if len(n.disk.journal) < 4 {
			return
		}
		w.happened(name, n)
		n.crash()
		older := n.disk.copy(w.earlier(n.disk, 3))
		if w.chance(50) {
			older.doubt = model.ReasonRestored
		}
		n.replace(older)
		if !write {
			w.in(w.upTo(2*second), n.start)
			return
		}
		n.unplug()
		n.start()
		for range 5 {
			w.in(w.between(second/2, 3*second), func() { w.someActs([]*node{n}) })
		}
		w.in(w.between(3*second, 8*second), n.plug)
	})
}

// earlier is a number of syncs of a disk, at least the share of them behind the last.
func (w *world) earlier(d *disk, parts int) int {
	n := len(d.journal)
	return max(1, n-1-w.rng.IntN(max(1, n-n/parts)))
}

func (w *world) rolledBack() {
	w.often(1+w.rng.IntN(2), func(n *node) {
		if len(n.disk.journal) < 6 {
			return
		}
		w.happened("S6 rolled back by a moment", n)
		n.crash()
		n.replace(n.disk.copy(len(n.disk.journal) - 1 - w.rng.IntN(4)))
		n.start()
	})
}

func (w *world) journalAlone() {
	w.often(1, func(n *node) {
		w.happened("S4 journal alone", n)
		n.crash()
		n.replace(n.disk.copy(len(n.disk.journal)))
		w.in(w.upTo(second), n.start)
	})
}

func (w *world) keyAlone() {
	w.often(1, func(n *node) {
		w.happened("S5 key alone", n)
		n.crash()
		n.replace(w.newDisk(n))
		w.in(w.upTo(2*second), n.start)
	})
}

// copied starts copies of a node's disk on other machines, while it writes on.
func (w *world) copied(name string, copies int) {
	w.often(1, func(n *node) {
		if len(n.disk.journal) < 2 || len(w.nodes)+copies > maxNodes {
			return
		}
		w.happened(name, n)
		seen := w.chance(50)
		for range copies {
			c := w.add(n.key)
			c.clock.offset = w.upTo(2_000) - 1_000
			c.disk = n.disk.copy(len(n.disk.journal))
			if seen {
				c.disk.doubt, c.disk.nonce = model.ReasonCopied, [16]byte(w.nonce())
			}
			// Not to the one that it was copied of: they have one key.
			for _, other := range w.nodes {
				if other != c && other.device() != c.device() && (w.chance(60) || len(c.edges()) == 0) {
					w.join(c, other)
				}
			}
			c.start()
		}
	})
}

// skewed sets a clock off, and back after a while.
func (w *world) skewed(name string, offset, lasts int64) {
	w.often(1, func(n *node) {
		w.happened(name, n)
		was := n.clock.offset
		n.clock.offset += offset
		if lasts > 0 {
			w.in(lasts, func() { n.clock.offset = was })
		}
	})
}

func (w *world) frozen() {
	w.often(1, func(n *node) {
		w.happened("C5 frozen clock", n)
		n.clock.frozen = n.wall()
		w.in(w.between(5*second, 30*second), func() { n.clock.frozen = 0 })
	})
}

// suspended stops a machine: it does nothing, and for it no time passes.
func (w *world) suspended() {
	w.often(1, func(n *node) {
		w.happened("C6 suspended", n)
		n.asleep, n.deaf = true, true
		w.in(w.between(2*second, 25*second), func() {
			n.asleep, n.deaf = false, false
			n.flow()
		})
	})
}

func (w *world) neverReads() {
	w.often(1, func(n *node) {
		w.happened("N13 never reads", n)
		n.deaf = true
		w.in(w.between(10*second, 30*second), func() {
			n.deaf = false
			n.flow()
		})
	})
}

func (w *world) edge(times int, name string, do func(g *edge)) {
	w.often(times, func(n *node) {
		if all := n.edges(); len(all) > 0 {
			w.happened(name, n)
			do(pick(w, all))
		}
	})
}

func (w *world) delayed() {
	w.edge(2, "N2 delayed", func(g *edge) {
		g.delay, g.jitter = 100*ms, 800*ms
		w.in(15*second, func() { g.delay, g.jitter = ms, ms })
	})
}

func (w *world) slowLink() {
	w.edge(2, "N11 slow link", func(g *edge) {
		g.rate = 16_000
		w.in(20*second, func() { g.rate = 0 })
	})
}

func (w *world) oneWay() {
	w.edge(2, "N5 one way alone", func(g *edge) {
		side := w.rng.IntN(2)
		g.blocked[side] = true
		w.in(w.between(2*second, 30*second), func() {
			g.blocked[side] = false
			g.flow()
			g.dial()
		})
	})
}

func (w *world) resets() {
	w.edge(6, "N6 reset in mid-frame", func(g *edge) {
		// When something is on its way, so that a frame is cut.
		tries := 0
		var wait func()
		wait = func() {
			for _, l := range g.links {
				if tries++; len(l.ends[0].queue)+len(l.ends[1].queue) > 0 || tries > 2_000 {
					g.reset()
					return
				}
			}
			w.in(ms/2, wait)
		}
		wait()
	})
}

func (w *world) flapping() {
	w.edge(1, "N10 flapping", func(g *edge) {
		var flap func()
		flap = func() {
			if w.healed || w.now > faultsUntil-4*second {
				return
			}
			g.cut = true
			g.reset()
			w.in(2*second, func() {
				g.heal()
				w.in(2*second, flap)
			})
		}
		flap()
	})
}

// partition cuts the nodes into parts, and joins these again two by two.
func (w *world) partition() {
	w.at(w.between(faultsFrom, 20*second), func() {
		part := map[*node]int{}
		for _, n := range w.nodes {
			part[n] = w.rng.IntN(3)
		}
		w.happened("N9 partition", w.nodes[0])
		var cut []*edge
		for _, g := range w.edges {
			if part[g.a] != part[g.b] {
				g.cut = true
				if w.chance(50) {
					g.reset() // else both sides find out by themselves
				}
				cut = append(cut, g)
			}
		}
		w.rng.Shuffle(len(cut), func(i, j int) { cut[i], cut[j] = cut[j], cut[i] })
		at := w.between(5*second, 25*second)
		for _, g := range cut {
			w.in(at, g.heal)
			at += w.upTo(3 * second)
		}
	})
}
