package sim

import (
	"maps"

	"warroom/model"
	"warroom/sync/peer"
)

// What the membership makes of the devices is known to an onlooker; the nodes hear of
// each change in their own time. In some runs they never hear of it.

// Faults of membership.
const (
	memberMuted = "M1 muted for a while"
	memberLate  = "M2 known late"
	memberOut   = "M3 taken out, and let in again"
)

// judged reports that the nodes of this run are told of the membership. It is always so
// when what happens depends on it.
func (w *world) judged() bool {
	for _, c := range w.chosen {
		switch c.name {
		case memberMuted, memberLate, memberOut, floodRate, floodLogs:
			return true
		}
	}
	return w.chance(60)
}

// admit makes all devices that there are members.
func (w *world) admit() {
	if !w.judged() {
		return
	}
	w.devices = map[model.DeviceKey]model.Device{}
	for _, n := range w.nodes {
		w.devices[n.device()] = model.Device{Key: n.device(), Standing: model.Writes}
	}
	for _, n := range w.nodes {
		n.devices = w.devices
		if w.chance(30) { // it has just joined
			n.devices = map[model.DeviceKey]model.Device{}
			w.hears(n)
		}
	}
}

// changes changes how a device stands; all hear of it, each in its time.
func (w *world) changes(n *node, change func(*model.Device)) {
	w.devices = maps.Clone(w.devices)
	d := w.devices[n.device()]
	change(&d)
	w.devices[n.device()] = d
	w.spread()
}

// hearsOf has everybody hear of a device that comes later.
func (w *world) hearsOf(n *node) {
	if w.devices == nil {
		return
	}
	n.devices = w.devices
	w.devices = maps.Clone(w.devices)
	w.devices[n.device()] = model.Device{Key: n.device(), Standing: model.Writes}
	w.spread()
}

func (w *world) spread() {
	for _, n := range w.correct() {
		w.hears(n)
	}
}

func (w *world) hears(n *node) {
	w.in(w.upTo(4*second), func() {
		n.devices = w.devices
		n.told()
	})
}

// told tells the process at a node what it knows of the membership.
func (n *node) told() {
	if p, ok := n.who.(*process); ok && n.devices != nil {
		p.step(peer.Members{Of: n.devices})
	}
}

// standing lets something be said of a device, and be unsaid after a while.
func (w *world) standing(name string, from int64, say, unsay func(*model.Device)) {
	n := pick(w, w.correct())
	w.at(from, func() {
		w.happened(name, n)
		w.changes(n, say)
		w.in(w.between(5*second, 40*second), func() { w.changes(n, unsay) })
	})
}

func (w *world) muted() {
	w.standing(memberMuted, w.between(faultsFrom, 40*second),
		func(d *model.Device) { d.Muted = true }, func(d *model.Device) { d.Muted = false })
}

func (w *world) unlinked() {
	w.standing(memberOut, w.between(faultsFrom, 40*second),
		func(d *model.Device) { d.Standing = model.Out }, func(d *model.Device) { d.Standing = model.Writes })
}

// knownLate is a device that the others do not know at first.
func (w *world) knownLate() {
	n := pick(w, w.correct())
	known := w.devices[n.device()]
	w.devices = maps.Clone(w.devices)
	delete(w.devices, n.device())
	for _, o := range w.nodes {
		o.devices = w.devices
	}
	w.at(w.between(faultsFrom, 40*second), func() {
		w.happened(memberLate, n)
		w.changes(n, func(d *model.Device) { *d = known })
	})
}

// pardon ends all of it.
func (w *world) pardon() {
	if w.devices == nil {
		return
	}
	w.devices = maps.Clone(w.devices)
	for _, n := range w.nodes {
		w.devices[n.device()] = model.Device{Key: n.device(), Standing: model.Writes}
	}
	w.spread()
}
