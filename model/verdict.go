package model

import (
	"bytes"
	"slices"
)

// verdict is what the events about the membership come to. While a pass goes on it holds
// what stands before the event that is looked at; then it does not change any more, and
// may be read from any goroutine.
type verdict struct {
	scope   Scope
	opens   map[LogID]DeviceKey
	logs    map[DeviceKey][]LogID
	causes  *causes
	removal map[Ref]*removal // those that apply
	void    map[Ref]bool
	// removed are the removals that count, in order; forced are those of them that
	// count only because it was so decided.
	removed []*Record
	forced  map[*Record]bool

	people   map[PersonID]*belonging
	devices  map[DeviceKey]*holding
	recovery recovery
	uses     map[TokenID][]use
	admitted map[TokenID][]PersonID
	invites  []*Record
	founders []*Record
	closed   bool

	known  func(PersonID) []*Record // what makes a person known; of a pass only
	agreed func(*Record) bool       // whether a device consented; of a pass only
	prevOf func(*Record) *Record    // the event before it, when held; of a pass only
}

// belonging is a person's membership.
type belonging struct {
	known bool
	// grants and removals are the writes that count.
	grants   []*Record
	removals []*removal
	any      bool // something counts
	now      Access
	holds    []hold
}

// hold is a moment from which on a person has no access, or has it again.
type hold struct {
	by *Record
	on bool
	// uses are those of the invite that are the reason.
	uses []use
}

// holding is a device, and to whom it was given.
type holding struct {
	grants   []*grant
	removals []*removal
	mutes    register
	now      *grant
}

type grant struct {
	rec    *Record
	person PersonID
	// agreed says that the device consented to this: 0 is not looked at yet.
	agreed int8
	owner  bool
	// held is the event since which it is in doubt, because its invite was used twice.
	held *Record
}

type use struct {
	device DeviceKey
	grant  *grant
}

type recovery struct {
	keys     []*Record
	removals []*removal
}

// pass judges each event in the order, while the removals in apply do what they do. Those
// in sure count whatever the rules say, those in never do not.
func (j *judging) pass(apply, sure, never map[*Record]bool) *verdict {
	v := &verdict{
		scope: j.p.scope, opens: j.opens, logs: j.logs, causes: j.causes,
		removal: map[Ref]*removal{}, void: map[Ref]bool{}, forced: map[*Record]bool{},
		people: make(map[PersonID]*belonging, len(j.p.members)), devices: make(map[DeviceKey]*holding, len(j.p.opens)/2),
		uses: map[TokenID][]use{}, admitted: map[TokenID][]PersonID{},
		known:  func(id PersonID) []*Record { return j.p.added[id] },
		agreed: j.p.agreed,
		prevOf: func(r *Record) *Record { return j.p.records[r.Prev] },
	}
	removes := map[*Record]bool{}
	for _, rm := range j.removals {
		removes[rm.rec] = true
		if apply[rm.rec] {
			v.apply(rm)
		}
	}
	for _, r := range j.acts {
		ok := v.right(r)
		if !ok && sure[r] {
			ok, v.forced[r] = true, true
		}
		if !ok || never[r] {
			v.void[r.Ref] = true
			continue
		}
		v.take(r, removes[r])
		if removes[r] {
			v.removed = append(v.removed, r)
		}
	}
	return v
}

// apply has a removal do what it does to all that it had not seen.
func (v *verdict) apply(rm *removal) {
	v.removal[rm.rec.Ref] = rm
	switch {
	case rm.recovers:
		v.recovery.removals = append(v.recovery.removals, rm)
	case rm.person.IsZero():
		for _, key := range rm.devices {
			h := v.holding(key)
			h.removals = append(h.removals, rm)
		}
	default:
		b := v.belonging(rm.person)
		b.removals = append(b.removals, rm)
	}
}

func (v *verdict) belonging(id PersonID) *belonging {
	b := v.people[id]
	if b == nil {
		b = &belonging{known: len(v.known(id)) > 0}
		v.people[id] = b
	}
	return b
}

func (v *verdict) holding(key DeviceKey) *holding {
	h := v.devices[key]
	if h == nil {
		h = &holding{}
		v.devices[key] = h
	}
	return h
}

// take has an event count.
func (v *verdict) take(r *Record, removes bool) {
	write := func(id PersonID) {
		b := v.belonging(id)
		b.any = true
		if v.heldAt(b, r) && v.sawUses(b, r) { // to write again here takes an owner
			b.holds = append(b.holds, hold{by: r})
		}
		if !removes {
			b.grants = append(b.grants, r)
		}
		b.now = v.standingAt(b, r)
	}
	switch b := r.Body.(type) {
	case *Genesis:
		v.founders = append(v.founders, r)
		write(b.Person)
		v.give(b.Founder, &grant{rec: r, person: b.Person, agreed: 1, owner: true}, TokenID{})
	case *MemberAdmit:
		write(b.Person)
		if !b.Token.IsZero() {
			v.admitted[b.Token] = append(v.admitted[b.Token], b.Person)
		}
	case *MemberAccess:
		write(b.Person)
	case *MemberRevoke:
		write(b.Person)
	case *MemberDevice:
		v.give(b.Device, &grant{rec: r, person: b.Person, owner: v.authority(r).access == Owner}, b.Token)
	case *MemberInvite:
		v.invites = append(v.invites, r)
	case *DeviceMute:
		v.holding(b.Device).mutes.add(r)
	case *RecoveryKey:
		v.recovery.keys = append(v.recovery.keys, r)
	}
}

// give notes whose a device is. Where two devices came by one invite, nobody can tell
// which of them was meant: those whom it admitted are held, until an owner says who
// they are.
func (v *verdict) give(key DeviceKey, g *grant, token TokenID) {
	h := v.holding(key)
	h.grants = append(h.grants, g)
	if token.IsZero() {
		return
	}
	v.uses[token] = append(v.uses[token], use{key, g})
	if !slices.ContainsFunc(v.uses[token], func(u use) bool { return u.device != key }) {
		return
	}
	for _, u := range v.uses[token] {
		if !slices.Contains(v.admitted[token], u.grant.person) {
			if u.grant.held == nil {
				u.grant.held = g.rec
			}
			continue
		}
		b := v.belonging(u.grant.person)
		b.holds = append(b.holds, hold{g.rec, true, slices.Clip(v.uses[token])})
		b.now = NoAccess
	}
}

// sawUses reports that an owner who wrote knew all because of which the person is held:
// one who did not has said nothing of it.
func (v *verdict) sawUses(b *belonging, r *Record) bool {
	v.causes.reckon(r.Ref)
	for _, h := range b.holds {
		if slices.ContainsFunc(h.uses, func(u use) bool { return !v.causes.saw(r.Ref, u.grant.rec.Ref) }) {
			return false
		}
	}
	return true
}

// close ends the passes: what everybody has now is looked up once.
func (v *verdict) close() {
	for _, h := range v.devices {
		if len(h.grants) == 0 {
			continue
		}
		disputed := slices.ContainsFunc(h.grants, func(g *grant) bool { return g.person != h.grants[0].person })
		for _, g := range h.grants {
			if disputed {
				v.consents(g)
			}
		}
		h.now = v.keptAt(h, nil)
	}
	for _, b := range v.people {
		b.now = v.standingAt(b, nil)
	}
	v.known, v.agreed, v.prevOf, v.forced, v.closed = nil, nil, nil, nil, true
}

// counts reports an event that is not void.
func (v *verdict) counts(r *Record) bool { return !v.void[r.Ref] }

// reached reports that w stands before the event in the order; all does when it is nil.
func reached(w, e *Record) bool { return e == nil || w == e || before(w, e) }

// applies reports that the removal voids, or lessens, what the event's author may: it
// had not seen the event, and the event is not within its cut. Of those who remove each
// other unseen both removals count, but for a recovery key in whose place another came.
func (v *verdict) applies(rm *removal, e *Record) bool {
	if e == nil {
		return true
	}
	if e == rm.rec {
		return false
	}
	if _, held := v.causes.index[e.Ref]; held {
		if v.causes.saw(rm.rec.Ref, e.Ref) {
			return false
		}
	} else if v.causes.sawLog(rm.rec.Ref, e.Ref.Log, e.Ref.Seq) {
		return false
	}
	for _, tip := range rm.cut {
		if v.causes.below(e.Ref, tip) {
			return false
		}
	}
	if !rm.recovers && removes(e) && v.causes.reckoned(e.Ref) && !v.causes.saw(e.Ref, rm.rec.Ref) {
		return false
	}
	return true
}

// removes reports an event that takes rights from somebody.
func removes(e *Record) bool {
	switch e.Body.(type) {
	case *MemberRevoke, *DeviceRevoke, *MemberAccess:
		return true
	}
	return false
}

// heldAt reports that the person was held when the event was written; nil is now.
func (v *verdict) heldAt(b *belonging, e *Record) bool {
	for i := len(b.holds) - 1; i >= 0; i-- {
		if reached(b.holds[i].by, e) {
			return b.holds[i].on
		}
	}
	return false
}

// standingAt is the access by what counts for an event; nil is now.
func (v *verdict) standingAt(b *belonging, e *Record) Access {
	if !b.known || v.heldAt(b, e) {
		return NoAccess
	}
	if len(b.removals) == 0 && len(b.grants) == 1 && reached(b.grants[0], e) {
		return accessIn(b.grants[0])
	}
	var g register
	for _, w := range b.grants {
		if reached(w, e) {
			g.add(w)
		}
	}
	for _, rm := range b.removals {
		if v.applies(rm, e) {
			g.add(rm.rec)
		}
	}
	return lowest(&g)
}

// accessAt is what a person may by what counts for the event; nil is now.
func (v *verdict) accessAt(id PersonID, e *Record) Access {
	b := v.people[id]
	switch {
	case b == nil:
		return NoAccess
	case e == nil || !v.closed && len(b.removals) == 0:
		return b.now
	}
	return v.standingAt(b, e)
}

// membership is the register of a person's access, of the events that count.
func (v *verdict) membership(id PersonID) *register {
	g := &register{}
	if b := v.people[id]; b != nil {
		for _, w := range b.grants {
			g.add(w)
		}
		for _, rm := range b.removals {
			g.add(rm.rec)
		}
	}
	return g
}

// keptAt is whose device it is by what counts for the event, nil for nobody's; a nil
// event is now.
func (v *verdict) keptAt(h *holding, e *Record) *grant {
	if h == nil {
		return nil
	}
	for _, rm := range h.removals {
		if v.applies(rm, e) {
			return nil
		}
	}
	return v.givenAt(h, e)
}

// givenAt is keptAt, of a device that may have been taken away. Of several people to
// whom it was given it is the one to whom it consented, then the one to whom an owner
// gave it, then the first.
func (v *verdict) givenAt(h *holding, e *Record) *grant {
	var best *grant
	several := false
	each := func(fn func(*grant)) {
		for _, g := range h.grants {
			if reached(g.rec, e) && (g.held == nil || !reached(g.held, e)) {
				fn(g)
			}
		}
	}
	each(func(g *grant) {
		if best == nil {
			best = g
		}
		several = several || best.person != g.person
	})
	if !several {
		return best
	}
	rank := 0
	each(func(g *grant) {
		is := 0
		switch {
		case v.consents(g):
			is = 2
		case g.owner:
			is = 1
		}
		if is > rank {
			best, rank = g, is
		}
	})
	return best
}

// consents reports that the device signed that it may be given so. It is looked at only
// where a device was given to several people: a signature costs time.
func (v *verdict) consents(g *grant) bool {
	if g.agreed == 0 {
		g.agreed = -1
		if v.agreed(g.rec) {
			g.agreed = 1
		}
	}
	return g.agreed == 1
}

// recoversAt reports that the device is the recovery key by what counts for the event.
func (v *verdict) recoversAt(key DeviceKey, e *Record) bool {
	var g register
	for _, w := range v.recovery.keys {
		if reached(w, e) {
			g.add(w)
		}
	}
	for _, rm := range v.recovery.removals {
		if !slices.Contains(g.writes, rm.rec) && v.applies(rm, e) {
			g.add(rm.rec)
		}
	}
	if len(g.writes) == 0 {
		return false
	}
	if h := v.devices[key]; h != nil {
		for _, rm := range h.removals {
			if v.applies(rm, e) {
				return false
			}
		}
	}
	return slices.ContainsFunc(g.standing(), func(w *Record) bool { return w.Body.(*RecoveryKey).Device == key })
}

// sortKeys sorts devices.
func sortKeys(keys []DeviceKey) []DeviceKey {
	slices.SortFunc(keys, func(a, b DeviceKey) int { return bytes.Compare(a[:], b[:]) })
	return keys
}
