package peer

import (
	"maps"
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// maxOpeners is of how many logs that are not here it is remembered who writes them.
const maxOpeners = 16_384

// opener is who writes a log, and of which kind it is.
type opener struct {
	device model.DeviceKey
	kind   model.LogKind
}

// judges reports that the membership is known: a room that has joined and has heard of
// nobody yet takes what comes, for it must learn of them from it.
func (e *Engine) judges() bool { return len(e.of) > 0 }

// removed reports a device that was taken out.
func (e *Engine) removed(device model.DeviceKey) bool {
	d, known := e.of[device]
	return known && d.Standing == model.Out
}

// membersAre takes what the membership makes of the devices. Links of those who are
// out end, and what was held back is looked at anew.
func (e *Engine) membersAre(m Members) {
	e.of = maps.Clone(m.Of)
	for _, k := range e.sorted() {
		if e.removed(k.device) {
			e.expel(k)
		}
	}
	maps.DeleteFunc(e.accounts, func(key model.DeviceKey, _ *account) bool {
		_, known := e.of[key]
		return !known && key != (model.DeviceKey{})
	})
	clear(e.slowed)
	for _, k := range e.sorted() {
		k.scans = 0
		e.ask(k)
	}
	e.do(Changed{})
}

// expel ends the link of a device that was taken out.
func (e *Engine) expel(k *link) { e.end(k, wire.ByeOut, model.Say("peer.problem.removed")) }

// writer is who writes a log, as far as this room has seen how it was opened.
func (e *Engine) writer(id model.LogID) (opener, bool) {
	if g := e.logs[id]; g != nil && len(g.lines) > 0 {
		return opener{g.device, g.kind}, true
	}
	o, known := e.openers[id]
	return o, known
}

// remembers notes who writes a log that is not taken now.
func (e *Engine) remembers(id model.LogID, o opener) {
	if _, known := e.openers[id]; known {
		return
	}
	if len(e.opened) >= maxOpeners {
		delete(e.openers, e.opened[0])
		e.opened = e.opened[1:]
	}
	e.openers[id] = o
	e.opened = append(e.opened, id)
}

// forgets drops who writes a log that is here now.
func (e *Engine) forgets(id model.LogID) {
	if _, known := e.openers[id]; known {
		delete(e.openers, id)
		e.opened = slices.DeleteFunc(e.opened, func(o model.LogID) bool { return o == id })
	}
}

// lets judges a run that is about to be taken. What is not is dropped, and asked for
// again when it may be; its sender has done nothing wrong.
func (e *Engine) lets(g *log, in *incoming, by opener) bool {
	if !e.judges() || by.device == e.cfg.Device {
		return true
	}
	why := e.bars(by, g.id)
	if why == 0 && in.fresh && e.account(by.device).left < 1000*int64(len(in.events)) {
		why = model.SlowRate
	}
	if why == 0 {
		return true
	}
	if len(g.lines) == 0 {
		// The log's id and this signature say whose it is, or it says nothing.
		if _, err := e.check(by.device, model.Head{Log: g.id}, in.events[:1]); err != nil {
			e.refuse(in)
			return false
		}
		if len(e.opened) >= maxOpeners && in.want != nil {
			e.stick(in.link, in.want.tip, stuckFor)
		}
		e.remembers(g.id, by)
	}
	e.slow(by.device, why)
	if w := in.want; w != nil {
		e.abandon(g, w)
		if e.links[w.link.id] == w.link {
			e.ask(w.link)
		}
	}
	return false
}

// abandon drops a want and what came of it and waits.
func (e *Engine) abandon(g *log, w *want) {
	g.runs = slices.DeleteFunc(g.runs, func(r *incoming) bool {
		if r.want != w {
			return false
		}
		e.flying -= r.size
		return true
	})
	e.drop(w)
}
