package model

import "slices"

// Cut says up to where what the device wrote counts; false when all of it does. What the
// removal had seen counts too, whatever its own cut says: one of an older warroom has
// none. The result is not to be changed.
func (p *People) Cut(key DeviceKey) (Cut, bool) {
	v := p.judge()
	if v.device(key).Standing == Writes {
		return Cut{}, false
	}
	if c := p.cuts[key]; c != nil {
		return *c, true
	}
	if p.cuts == nil {
		p.cuts = map[DeviceKey]*Cut{}
	}
	c := v.cut(key)
	p.cuts[key] = &c
	return c, true
}

// cut is the cut of a device that does not write: of the removals that took it away, and
// of those that stand between its person and the time when they might write.
func (v *verdict) cut(key DeviceKey) Cut {
	whole := Cut{Device: key, Whole: true}
	h := v.devices[key]
	if h == nil {
		return whole
	}
	out := Cut{Device: key}
	g := v.givenAt(h, nil)
	switch {
	case g != nil && v.accessAt(g.person, nil) >= Responder:
	case g != nil:
		since, ever := v.lowered(g.person)
		if !ever {
			return whole
		}
		for _, rm := range since {
			out.Tips = append(out.Tips, v.tips(rm, key))
		}
	case len(h.removals) == 0:
		return whole
	}
	for _, rm := range h.removals {
		out.Tips = append(out.Tips, v.tips(rm, key))
	}
	if len(out.Tips) == 0 {
		return whole
	}
	return out
}

// lowered are the removals since a person might write last; false for one who never
// might, and for one who is held.
func (v *verdict) lowered(id PersonID) (since []*removal, ever bool) {
	b := v.people[id]
	if b == nil || v.heldAt(b, nil) {
		return nil, false
	}
	writes := map[Ref]*Record{}
	g := v.membership(id)
	for _, w := range g.writes {
		writes[w.Ref] = w
	}
	seen := map[*Record]bool{}
	left := g.standing()
	for len(left) > 0 {
		w := left[0]
		left = left[1:]
		if seen[w] {
			continue
		}
		seen[w] = true
		if accessIn(w) >= Responder {
			ever = true
			continue
		}
		if rm := v.removal[w.Ref]; rm != nil {
			since = append(since, rm)
		}
		for _, ref := range w.Common().Pred {
			if was := writes[ref]; was != nil {
				left = append(left, was)
			}
		}
	}
	slices.SortFunc(since, func(a, b *removal) int { return compareRecords(a.rec, b.rec) })
	return since, ever
}

// tips are the ends of a device's lines that a removal leaves: those of its cut, and what
// it had seen.
func (v *verdict) tips(rm *removal, key DeviceKey) []Ref {
	var out []Ref
	for _, log := range v.logs[key] {
		for _, tip := range rm.cut {
			if tip.Log == log {
				out = append(out, tip)
			}
		}
		for _, end := range v.causes.ends(rm.rec.Ref, log) {
			if !slices.ContainsFunc(out, func(tip Ref) bool { return v.causes.below(end, tip) }) {
				out = append(out, end)
			}
		}
		if rm.rec.Ref.Log == log {
			out = append(out, rm.rec.Ref) // it took itself away
		}
	}
	slices.SortFunc(out, compareRefs)
	return slices.Compact(out)
}

// device is what counts of a device.
func (v *verdict) device(key DeviceKey) Device {
	d := Device{Key: key}
	h := v.devices[key]
	if h != nil {
		if m := h.mutes.last(); m != nil {
			d.Muted = m.Body.(*DeviceMute).Muted
		}
		given := h.now
		if given == nil {
			given = v.givenAt(h, nil)
		}
		if given != nil {
			d.Person = given.person
			if b, ok := given.rec.Body.(*MemberDevice); ok {
				d.Name, d.Service = given.rec.Text, b.Service
			}
		}
	}
	switch {
	case v.recoversAt(key, nil):
		d.Standing = Writes
	case h == nil:
	case len(h.removals) > 0:
		d.Standing = Out
	case h.now == nil:
		if slices.ContainsFunc(h.grants, func(g *grant) bool { return g.held != nil }) {
			d.Standing = Out
		}
	default:
		d.Standing = v.standingOf(h.now.person)
	}
	return d
}

// standingOf is the standing of a person's device.
func (v *verdict) standingOf(id PersonID) Standing {
	b := v.people[id]
	switch {
	case b == nil || !b.any:
		return Stranger // it was given to somebody who never was a member
	case b.now == NoAccess:
		return Out
	case b.now == Observer:
		return Reads
	}
	return Writes
}

// given reports a device that was given to somebody or is to recover with.
func (v *verdict) given(key DeviceKey) bool {
	h := v.devices[key]
	return h != nil && len(h.grants) > 0 || v.recoversAt(key, nil)
}

// all are all devices that were given to somebody, by whose they are, in the order in
// which they were given; those that were taken away among them.
func (v *verdict) all() map[PersonID][]DeviceKey {
	type one struct {
		rec *Record
		key DeviceKey
	}
	by := map[PersonID][]one{}
	for key, h := range v.devices {
		if g := v.givenAt(h, nil); g != nil {
			by[g.person] = append(by[g.person], one{g.rec, key})
		}
	}
	out := make(map[PersonID][]DeviceKey, len(by))
	for id, list := range by {
		slices.SortFunc(list, func(a, b one) int { return compareRecords(a.rec, b.rec) })
		for _, o := range list {
			out[id] = append(out[id], o.key)
		}
	}
	return out
}
