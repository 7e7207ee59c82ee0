package sim

import (
	"slices"

	"warroom/model"
)

// What happens to the membership while machines are apart: who is let in, who is taken
// out, and what those do who are not to write. Whoever is taken out stays linked here,
// so that all that they write gets everywhere.

// Acts on the membership.
const (
	joins        = "M1 let in after writing"
	stranger     = "M2 a stranger writes and gives on"
	personOut    = "M3 a person is taken out, and writes on"
	deviceOut    = "M4 a device is taken out, and writes on"
	backDated    = "M5 one who is out writes below the cut"
	bothOut      = "M6 two owners take each other out"
	friendIn     = "M7 one who is out lets a friend in"
	backIn       = "M8 taken out and let in again"
	turnObserver = "M9 made an observer, and a responder again"
)

func memberships() []class {
	return []class{
		{joins, (*world).letIn}, {stranger, (*world).strange1}, {personOut, func(w *world) { w.takenOut(personOut) }},
		{deviceOut, func(w *world) { w.takenOut(deviceOut) }}, {backDated, (*world).belowTheCut}, {bothOut, (*world).mutual},
		{friendIn, (*world).friends}, {backIn, (*world).readmitted}, {turnObserver, (*world).observed},
	}
}

// owner and other are the nodes of the two owners.
func (w *world) owner() *node { return w.nodes[0] }
func (w *world) other() *node { return w.nodes[1] }

// keeper is whose device a node's is, by the founding.
func (w *world) keeper(n *node) model.PersonID { return w.keepers[n.device()] }

// command has a person do something at their node, and says when it was decided; again
// and again, until the node runs.
func (w *world) command(n *node, incident model.Scope, c model.Command, done func()) {
	p, ok := n.who.(*process)
	if !ok || n.asleep {
		if w.now < faultsUntil {
			w.in(second, func() { w.command(n, incident, c, done) })
		}
		return
	}
	p.add(job{asks: &asked{incident: incident, command: c, person: w.keeper(n), done: done}})
}

// scribbles has a node write entries that nobody allows.
func (w *world) scribbles(n *node, times int) {
	for range times {
		w.in(w.between(second/10, 8*second), func() {
			if acts := w.truth.acts; len(acts) > 0 {
				id := acts[w.rng.IntN(len(acts))].incident
				if id != w.ws.Scope() {
					w.command(n, id, rogueEntry{text: w.words("scribble")}, nil)
				}
			}
		})
	}
}

// newcomer is a machine with a device of its own, which knows which workspace it is.
func (w *world) newcomer() *node {
	if len(w.nodes) >= maxNodes {
		return nil
	}
	n := w.add(nil)
	n.clock.offset = w.upTo(2_000) - 1_000
	n.disk = w.newDisk(n)
	w.keepers[n.device()] = pick(w, w.people)
	for _, o := range w.correct() {
		if o != n && (w.chance(40) || len(n.edges()) == 0) {
			w.join(n, o)
		}
	}
	n.start()
	return n
}

// sometime is in the midst of the faults.
func (w *world) sometime(do func()) { w.at(w.between(faultsFrom, 35*second), do) }

func (w *world) letIn() {
	w.sometime(func() {
		n := w.newcomer()
		if n == nil {
			return
		}
		w.scribbles(n, 4)
		person := w.keeper(n)
		w.in(w.between(second, 10*second), func() {
			w.command(w.owner(), model.Scope{}, model.AddDevice{Person: person, Access: model.Responder, Device: n.device()}, func() {
				w.happened(joins, n)
				w.scribbles(n, 2)
			})
		})
	})
}

func (w *world) strange1() {
	w.sometime(func() {
		n := w.newcomer()
		if n == nil {
			return
		}
		w.happened(stranger, n)
		w.strangers[n.device()] = true
		w.scribbles(n, 6)
	})
}

// victim is a node of somebody who is no owner.
func (w *world) victim() *node {
	return pick(w, w.founders[2:])
}

// out takes the person or the device of a node out.
func (w *world) out(n *node, device bool, done func()) {
	var c model.Command = model.RevokeMember{Person: w.keeper(n)}
	if device {
		c = model.RevokeDevice{Device: n.device()}
	}
	w.command(w.owner(), model.Scope{}, c, done)
}

func (w *world) takenOut(name string) {
	w.sometime(func() {
		n := w.victim()
		w.scribbles(n, 2)
		w.out(n, name == deviceOut, func() {
			w.happened(name, n)
			w.scribbles(n, 5)
		})
	})
}

func (w *world) belowTheCut() {
	w.sometime(func() {
		n := w.victim()
		w.scribbles(n, 2)
		w.out(n, w.chance(50), func() {
			w.in(w.between(second, 4*second), func() {
				if n.who == nil || len(n.disk.journal) < 6 {
					return
				}
				w.happened(backDated, n)
				n.crash()
				n.replace(n.disk.copy(len(n.disk.journal) - 2 - w.rng.IntN(3)))
				n.unplug()
				n.start()
				w.scribbles(n, 4)
				w.in(w.between(3*second, 8*second), n.plug)
			})
		})
	})
}

func (w *world) mutual() {
	w.sometime(func() {
		a, b := w.owner(), w.other()
		both := 0
		done := func() {
			if both++; both == 2 {
				w.happened(bothOut, a)
			}
		}
		for _, pair := range [][2]*node{{a, b}, {b, a}} {
			var c model.Command = model.RevokeMember{Person: w.keeper(pair[1])}
			w.command(pair[0], model.Scope{}, c, done)
		}
		w.scribbles(a, 2)
		w.scribbles(b, 2)
	})
}

func (w *world) friends() {
	w.sometime(func() {
		n := w.other()
		friend := w.newcomer()
		if friend == nil {
			return
		}
		w.out(n, w.chance(30), func() {
			w.command(n, model.Scope{}, model.AddDevice{Person: w.keeper(friend), Access: model.Responder, Device: friend.device()}, func() {
				w.happened(friendIn, n)
			})
		})
		w.scribbles(friend, 4)
	})
}

func (w *world) readmitted() {
	w.sometime(func() {
		n := w.victim()
		w.out(n, false, func() {
			w.scribbles(n, 4)
			w.in(w.between(second, 12*second), func() {
				w.command(w.owner(), model.Scope{}, model.AdmitMember{Person: w.keeper(n), Access: model.Responder}, func() {
					w.happened(backIn, n)
					w.scribbles(n, 2)
				})
			})
		})
	})
}

func (w *world) observed() {
	w.sometime(func() {
		n := w.victim()
		person := w.keeper(n)
		w.command(w.owner(), model.Scope{}, model.SetAccess{Person: person, Access: model.Observer}, func() {
			w.happened(turnObserver, n)
			w.scribbles(n, 4)
			if w.chance(60) {
				w.in(w.between(second, 12*second), func() {
					w.command(w.owner(), model.Scope{}, model.SetAccess{Person: person, Access: model.Responder}, nil)
				})
			}
		})
	})
}

// Memberships are the names of the acts on the membership.
func Memberships() []string {
	var names []string
	for _, c := range memberships() {
		names = append(names, c.name)
	}
	slices.Sort(names)
	return names
}
