package peer

import (
	"cmp"
	"slices"

	"warroom/model"
)

// holdsBack says why a log is not fetched now, or was not a moment ago: a device that
// is over its rate has something taken again and again.
func (e *Engine) holdsBack(id model.LogID) model.SlowReason {
	by, known := e.writer(id)
	if !known {
		return 0
	}
	if why := e.bars(by, id); why != 0 {
		return why
	}
	if e.slowed[e.slowAt(by.device, model.SlowRate)] != nil {
		return model.SlowRate
	}
	return 0
}

// shunned reports a log that no peer fetches as the membership stands: what they lack of
// it is not on its way.
func (e *Engine) shunned(id model.LogID) bool {
	g := e.logs[id]
	if !e.judges() || g == nil {
		return false
	}
	d, known := e.of[g.device]
	return d.Muted || !known && g.kind != model.MembershipLog
}

// slowedDown are the devices that are held back, with how much of them is. held is what
// is known of and not here, by log.
func (e *Engine) slowedDown(held map[model.LogID]uint64) (all []model.Slowed) {
	behind := map[slowKey]int{}
	for id, n := range held {
		by, _ := e.writer(id)
		behind[e.slowAt(by.device, e.holdsBack(id))] += int(n)
	}
	for at, s := range e.slowed {
		all = append(all, model.Slowed{
			Device: at.device, Person: e.of[at.device].Person, Why: at.why, Since: s.since, Behind: behind[at], Limit: e.most(at),
		})
	}
	slices.SortFunc(all, func(a, b model.Slowed) int {
		return cmp.Or(slices.Compare(a.Device[:], b.Device[:]), cmp.Compare(a.Why, b.Why))
	})
	return all
}

// most is the limit that a device is over, for people.
func (e *Engine) most(at slowKey) int {
	d, l := e.of[at.device], e.cfg.Limits
	switch at.why {
	case model.SlowRate:
		return limit(d, l.Rate, l.ServiceRate)
	case model.SlowLogs:
		return l.Logs
	case model.SlowDisk:
		return int(limit(d, l.LogBytes, l.ServiceLogBytes) >> 20)
	}
	return 0
}

// slowKey is a device that is slowed down, and why. Strangers are one.
type slowKey struct {
	device model.DeviceKey
	why    model.SlowReason
}

type slowness struct {
	since int64 // now, when it began
	last  int64 // steady, when something was held back last
}

func (e *Engine) slowAt(device model.DeviceKey, why model.SlowReason) slowKey {
	if _, known := e.of[device]; !known {
		device = model.DeviceKey{}
	}
	return slowKey{device, why}
}

// slow notes that something of a device is held back.
func (e *Engine) slow(device model.DeviceKey, why model.SlowReason) {
	at := e.slowAt(device, why)
	s := e.slowed[at]
	if s == nil {
		s = &slowness{since: e.now}
		e.slowed[at] = s
		e.do(Changed{})
	}
	s.last = e.steady
}

// hurries forgets who is not slowed down any more.
func (e *Engine) hurries() {
	for at, s := range e.slowed {
		if e.steady-s.last >= slowFor {
			delete(e.slowed, at)
			e.do(Changed{})
		}
	}
}
