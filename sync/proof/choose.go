// Package proof is how a device that is a member's shows it to a room that has not
// heard of it: runs of membership logs, from the founder's on, that lead to where the
// device was given to a person. It does no I/O.
package proof

import (
	"maps"
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// maxRuns is how many runs a proof has.
const maxRuns = 255

// Choose picks the runs that show whose the device is. lines are the membership logs'
// own lines, each from its first event on. Whole logs are chosen where they fit in
// wire.MaxKnock; else of each the end up to what is needed, without what is oldest: the
// other room has that, or it would know nobody. None are chosen for a device that is nobody's.
func Choose(lines [][]*model.Event, device model.DeviceKey) []wire.Run {
	c := read(lines)
	c.follow(device)
	if len(c.own) == 0 {
		return nil
	}
	var parts []*part
	for _, log := range slices.Sorted(maps.Keys(c.need)) {
		parts = append(parts, &part{events: c.lines[log], hi: len(c.lines[log]), needed: c.need[log] + 1, own: -1})
		if at, ok := c.own[log]; ok {
			parts[len(parts)-1].own = at
		}
	}
	if total(parts) > wire.MaxKnock || len(parts) > maxRuns {
		for _, p := range parts {
			p.hi = p.needed
		}
	}
	for total(parts) > wire.MaxKnock || len(parts) > maxRuns {
		p := oldest(parts)
		if p == nil {
			return nil // one event alone is too large
		}
		if p.lo++; p.lo == p.hi {
			parts = slices.DeleteFunc(parts, func(is *part) bool { return is == p })
		}
	}
	slices.SortStableFunc(parts, func(a, b *part) int { return compareClocks(a.events[a.lo], b.events[b.lo]) })
	var runs []wire.Run
	for _, p := range parts {
		runs = append(runs, wire.Run{Log: p.events[0].Log, Events: p.events[p.lo:p.hi]})
	}
	return runs
}

// part is what is chosen of one log: events[lo:hi].
type part struct {
	events []*model.Event
	lo, hi int
	needed int // hi at least
	own    int // the event that gives the device, which stays; -1 for none
}

func total(parts []*part) int {
	n := 2
	for _, p := range parts {
		n += wire.ProofSize([]wire.Run{{Events: p.events[p.lo:p.hi]}}) - 2
	}
	return n
}

// oldest is the part that begins with the oldest event that may go.
func oldest(parts []*part) (first *part) {
	for _, p := range parts {
		if p.lo != p.own && (first == nil || compareClocks(p.events[p.lo], first.events[first.lo]) < 0) {
			first = p
		}
	}
	return first
}

func compareClocks(a, b *model.Event) int {
	switch {
	case a.Clock < b.Clock:
		return -1
	case a.Clock > b.Clock:
		return 1
	}
	return slices.Compare(a.Log[:], b.Log[:])
}

// chain is what events say of whose a device is, and what was followed of it. Logs are
// numbered as in lines, events in them from 0.
type chain struct {
	lines  [][]*model.Event
	writer map[int]model.DeviceKey
	gives  map[model.DeviceKey][]given
	access map[model.PersonID][]place

	need map[int]int // by log, the last event that is needed
	own  map[int]int // by log, the first event that gives the device
	seen map[model.DeviceKey]bool
}

type place struct{ log, at int }

// given is an event that gives a device to a person; to none, when it is the key on paper.
type given struct {
	place
	person model.PersonID
}

func read(lines [][]*model.Event) *chain {
	c := &chain{
		lines: lines, writer: map[int]model.DeviceKey{}, gives: map[model.DeviceKey][]given{}, access: map[model.PersonID][]place{},
		need: map[int]int{}, own: map[int]int{}, seen: map[model.DeviceKey]bool{},
	}
	for log, events := range lines {
		for at, e := range events {
			body, _, err := model.DecodeBody(e.Kind, e.Body)
			if err != nil {
				break // nothing behind it is known either
			}
			c.note(place{log, at}, body)
		}
	}
	return c
}

func (c *chain) note(here place, body model.Body) {
	give := func(device model.DeviceKey, person model.PersonID) {
		c.gives[device] = append(c.gives[device], given{here, person})
	}
	admit := func(person model.PersonID) { c.access[person] = append(c.access[person], here) }
	switch b := body.(type) {
	case *model.LogOpen:
		c.writer[here.log] = b.Device
	case *model.Genesis:
		give(b.Founder, b.Person)
		admit(b.Person)
	case *model.MemberDevice:
		give(b.Device, b.Person)
	case *model.MemberAdmit:
		admit(b.Person)
	case *model.MemberAccess:
		admit(b.Person)
	case *model.RecoveryKey:
		give(b.Device, model.PersonID{})
	}
}

// follow marks what shows whose the device is, and that who said so might.
func (c *chain) follow(device model.DeviceKey) {
	for _, g := range c.gives[device] {
		if at, ok := c.own[g.log]; !ok || g.at < at {
			c.own[g.log] = g.at
		}
	}
	for todo := []model.DeviceKey{device}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		if c.seen[next] {
			continue
		}
		c.seen[next] = true
		mark := func(is place) {
			c.need[is.log] = max(c.need[is.log], is.at)
			todo = append(todo, c.writer[is.log])
		}
		for _, g := range c.gives[next] {
			mark(g.place)
			for _, is := range c.access[g.person] {
				mark(is)
			}
		}
	}
}
