package model_test

import (
	"crypto/ed25519"
	"slices"

	"warroom/model"
)

// reference judges again, slowly and one event at a time: given which events count, it
// says of each whether it has the right to.
type reference struct {
	scope  model.Scope
	order  []*model.Record
	by     map[model.Ref]*model.Record
	opens  map[model.LogID]model.DeviceKey
	past   map[model.Ref]map[model.Ref]bool
	counts map[model.Ref]bool
}

func newReference(c *crew, counts map[model.Ref]bool) *reference {
	x := &reference{
		scope: c.ws.Scope(), by: map[model.Ref]*model.Record{}, opens: map[model.LogID]model.DeviceKey{},
		past: map[model.Ref]map[model.Ref]bool{}, counts: counts,
	}
	o := model.NewOrder()
	for _, e := range c.events {
		r := decode(c.t, e)
		x.by[r.Ref] = r
		o.Add(r)
		x.order = append(x.order, r)
		if b, ok := r.Body.(*model.LogOpen); ok {
			x.opens[r.Ref.Log] = b.Device
		}
	}
	slices.SortFunc(x.order, func(a, b *model.Record) int {
		if a.Eff != b.Eff {
			return int(int64(a.Eff) - int64(b.Eff))
		}
		return slices.Compare(a.Ref.Hash[:], b.Ref.Hash[:])
	})
	for _, r := range x.order { // causes come first
		past := map[model.Ref]bool{}
		b := model.CommonOf(r.Body)
		for _, up := range append(append([]model.Ref{r.Prev}, b.Pred...), b.Obs...) {
			if x.by[up] != nil {
				past[up] = true
				for ref := range x.past[up] {
					past[ref] = true
				}
			}
		}
		x.past[r.Ref] = past
	}
	return x
}

func (x *reference) earlier(a, b *model.Record) bool {
	return slices.Index(x.order, a) < slices.Index(x.order, b)
}

func given(r *model.Record) model.Access {
	switch b := r.Body.(type) {
	case *model.Genesis:
		return model.Owner
	case *model.MemberAdmit:
		return b.Access
	case *model.MemberAccess:
		return b.Access
	}
	return model.NoAccess
}

// removes says whether the event takes rights away, and its cut.
func (x *reference) removes(r *model.Record) (cut []model.Ref, ok bool) {
	switch b := r.Body.(type) {
	case *model.MemberRevoke:
		return b.Cut, true
	case *model.DeviceRevoke:
		return b.Cut, true
	case *model.MemberAccess:
		cut, ok = b.Cut, len(b.Cut) > 0
	case *model.MemberAdmit:
		if b.Nonce != (model.Nonce{}) {
			return nil, false
		}
	case *model.RecoveryKey:
		for _, p := range b.Pred {
			if was := x.by[p]; was != nil {
				if old, is := was.Body.(*model.RecoveryKey); is && old.Device != b.Device {
					return nil, true
				}
			}
		}
		return nil, false
	default:
		return nil, false
	}
	for _, p := range model.CommonOf(r.Body).Pred {
		ok = ok || x.by[p] != nil && given(x.by[p]) > given(r)
	}
	return cut, ok
}

// hits says that the removal means the event.
func (x *reference) hits(removal, e *model.Record) bool {
	if removal == e || x.past[removal.Ref][e.Ref] {
		return false
	}
	cut, _ := x.removes(removal)
	for _, tip := range cut {
		for at := x.by[tip]; at != nil; at = x.by[at.Prev] {
			if at == e {
				return false
			}
		}
	}
	_, mutual := x.removes(e)
	switch e.Body.(type) {
	case *model.MemberRevoke, *model.DeviceRevoke, *model.MemberAccess:
	default:
		mutual = false
	}
	if _, recovers := removal.Body.(*model.RecoveryKey); recovers {
		mutual = false
	}
	return !mutual || x.past[e.Ref][removal.Ref]
}

// seen are the writes of some kind that matter for the event.
func (x *reference) seen(e *model.Record, about func(*model.Record) bool) []*model.Record {
	var out []*model.Record
	for _, w := range x.order {
		if !x.counts[w.Ref] || !about(w) {
			continue
		}
		if _, removal := x.removes(w); removal && x.hits(w, e) || !removal && x.earlier(w, e) {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(slices.Clone(out), func(w *model.Record) bool {
		return slices.ContainsFunc(out, func(o *model.Record) bool { return slices.Contains(model.CommonOf(o.Body).Pred, w.Ref) })
	})
}

func (x *reference) access(id model.PersonID, e *model.Record) model.Access {
	standing := x.seen(e, func(w *model.Record) bool {
		switch b := w.Body.(type) {
		case *model.Genesis:
			return b.Person == id
		case *model.MemberAdmit:
			return b.Person == id
		case *model.MemberAccess:
			return b.Person == id
		case *model.MemberRevoke:
			return b.Person == id
		}
		return false
	})
	if len(standing) == 0 {
		return model.NoAccess
	}
	least := model.Owner
	for _, w := range standing {
		least = min(least, given(w))
	}
	return least
}

// taken says that the device was taken away, by what matters for the event.
func (x *reference) taken(key model.DeviceKey, e *model.Record) bool {
	return slices.ContainsFunc(x.order, func(w *model.Record) bool {
		b, ok := w.Body.(*model.DeviceRevoke)
		return ok && b.Device == key && x.counts[w.Ref] && x.hits(w, e)
	})
}

func (x *reference) keeper(key model.DeviceKey, e *model.Record, taken bool) (who model.PersonID) {
	if taken && x.taken(key, e) {
		return who
	}
	best := -1
	for _, w := range x.order {
		rank, person := -1, model.PersonID{}
		switch b := w.Body.(type) {
		case *model.Genesis:
			if b.Founder == key {
				rank, person = 2, b.Person
			}
		case *model.MemberDevice:
			if b.Device != key {
				break
			}
			admitter := x.opens[w.Ref.Log]
			rank, person = 0, b.Person
			if len(b.Consent) == 64 && ed25519.Verify(key[:], model.ConsentBytes(x.scope, admitter, key, b.Token), b.Consent) {
				rank = 2
			} else if x.counts[w.Ref] && x.earlier(w, e) && x.authority(w) == model.Owner {
				rank = 1
			}
		}
		if rank > best && x.counts[w.Ref] && x.earlier(w, e) {
			who, best = person, rank
		}
	}
	return who
}

func (x *reference) writer(e *model.Record) (keeper model.PersonID, kept, access model.Access) {
	key, c := x.opens[e.Ref.Log], model.CommonOf(e.Body)
	keeper = x.keeper(key, e, true)
	kept = x.access(keeper, e)
	for _, w := range x.seen(e, func(w *model.Record) bool { _, ok := w.Body.(*model.RecoveryKey); return ok }) {
		if w.Body.(*model.RecoveryKey).Device == key && !x.taken(key, e) {
			kept = model.Owner
		}
	}
	access = kept
	if !c.Actor.IsZero() {
		access = min(access, x.access(c.Actor, e))
	}
	return keeper, kept, access
}

func (x *reference) authority(e *model.Record) model.Access {
	_, _, access := x.writer(e)
	return access
}

// right says whether who wrote the event had the right to.
func (x *reference) right(e *model.Record) bool {
	c := model.CommonOf(e.Body)
	keeper, kept, access := x.writer(e)
	ownOr := func(person model.PersonID) bool {
		own := c.Actor == person && (keeper == person || kept >= x.access(person, e)) || c.Actor.IsZero() && keeper == person
		return access == model.Owner || access == model.Responder && own
	}
	known := func(id model.PersonID) bool {
		return slices.ContainsFunc(x.order, func(r *model.Record) bool {
			switch b := r.Body.(type) {
			case *model.Genesis:
				return b.Person == id && x.earlier(r, e)
			case *model.PersonAdd:
				return b.Person == id && model.NewPersonID(r.Ref.Log, b.Nonce) == id && x.earlier(r, e)
			case *model.MemberAdmit:
				return b.Person == id && model.NewPersonID(r.Ref.Log, b.Nonce) == id && x.earlier(r, e)
			}
			return false
		})
	}
	switch b := e.Body.(type) {
	case *model.Genesis:
		return x.opens[e.Ref.Log] == b.Founder && model.NewWorkspaceID(b.Founder, b.Nonce).Scope() == x.scope && model.NewPersonID(e.Ref.Log, b.Nonce) == b.Person
	case *model.MemberInvite:
		return b.Access >= model.Observer && access >= model.Responder && access >= b.Access && (b.Person.IsZero() || ownOr(b.Person))
	case *model.MemberAdmit:
		if access < model.Responder || access < b.Access {
			return false
		}
		if b.Nonce != (model.Nonce{}) && model.NewPersonID(e.Ref.Log, b.Nonce) != b.Person {
			return false
		}
		return (b.Nonce != (model.Nonce{}) || known(b.Person)) && (access == model.Owner || !slices.ContainsFunc(x.order, func(w *model.Record) bool {
			person, is := ofWhom(w)
			return is && person == b.Person && x.counts[w.Ref] && x.earlier(w, e)
		}))
	case *model.MemberAccess:
		return access == model.Owner && known(b.Person)
	case *model.MemberDevice:
		if access == model.Owner {
			return true
		}
		if access < model.Responder || len(b.Consent) != 64 {
			return false
		}
		prev := x.by[e.Prev]
		admit, ok := prev.Body.(*model.MemberAdmit)
		return ownOr(b.Person) || ok && x.counts[prev.Ref] && admit.Person == b.Person && admit.Access <= access && admit.Token == b.Token && b.Token != model.TokenID{}
	case *model.DeviceRevoke:
		who := x.keeper(b.Device, e, false)
		return access == model.Owner || !who.IsZero() && ownOr(who)
	case *model.MemberWay:
		return ownOr(b.Person)
	case *model.MemberWayDrop:
		return ownOr(b.Person)
	case *model.PersonName:
		return x.access(b.Person, e) == model.NoAccess || ownOr(b.Person)
	}
	return access == model.Owner
}

// ofWhom is in whose membership the event is a write.
func ofWhom(w *model.Record) (model.PersonID, bool) {
	switch b := w.Body.(type) {
	case *model.Genesis:
		return b.Person, true
	case *model.MemberAdmit:
		return b.Person, true
	case *model.MemberAccess:
		return b.Person, true
	case *model.MemberRevoke:
		return b.Person, true
	}
	return model.PersonID{}, false
}

// supposing is the reference in which just these removals count, and what follows of it.
func (x *reference) supposing(removal func(*model.Record) bool) *reference {
	other := *x
	other.counts = map[model.Ref]bool{}
	for _, r := range x.order {
		if _, ok := x.removes(r); ok {
			other.counts[r.Ref] = removal(r)
		}
	}
	for _, r := range x.order {
		if _, ok := x.removes(r); !ok {
			other.counts[r.Ref] = other.right(r)
		}
	}
	return &other
}
