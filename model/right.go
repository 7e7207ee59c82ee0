package model

import "crypto/ed25519"

// writer is who wrote an event: the device of its log speaks for its person, and may
// name somebody who acted there.
type writer struct {
	device DeviceKey
	// keeper is the device's person; the zero person for nobody's.
	keeper PersonID
	kept   Access
	actor  PersonID
	// access is what the event may do: the least of what both may.
	access Access
}

// authority is who wrote the event, and what they might then. A device that is nobody's
// may nothing, but for the recovery key, which is an owner and no person.
func (v *verdict) authority(e *Record) writer {
	c := e.Common()
	device, ok := v.opens[e.Ref.Log]
	w := v.writer(device, ok, c.Actor, e)
	w.access = c.Via.through(w.access)
	return w
}

// writer is authority, of somebody who acts now when the event is nil.
func (v *verdict) writer(device DeviceKey, known bool, actor PersonID, e *Record) writer {
	w := writer{device: device, actor: actor}
	if !known {
		return w
	}
	if g := v.keptAt(v.devices[device], e); g != nil {
		w.keeper, w.kept = g.person, v.accessAt(g.person, e)
	}
	if v.recoversAt(device, e) {
		w.kept = Owner
	}
	w.access = w.kept
	if !actor.IsZero() {
		w.access = min(w.access, v.accessAt(actor, e))
	}
	return w
}

// own reports that who writes may do for the person what people may for themselves. A
// device of somebody else, a room that serves many, says so only for those who may no
// more than its own person: it could name anybody.
func (v *verdict) own(w writer, person PersonID, e *Record) bool {
	switch {
	case w.access < Responder:
		return false
	case w.keeper == person:
		return w.actor.IsZero() || w.actor == person
	}
	return w.actor == person && w.kept >= v.accessAt(person, e)
}

// right reports that who wrote the event had the right to, by what counts for it.
func (v *verdict) right(r *Record) bool {
	if b, ok := r.Body.(*Genesis); ok {
		return NewWorkspaceID(b.Founder, b.Nonce).Scope() == v.scope && NewPersonID(r.Ref.Log, b.Nonce) == b.Person &&
			v.opens[r.Ref.Log] == b.Founder
	}
	if b, ok := r.Body.(*PersonName); ok && v.accessAt(b.Person, r) == NoAccess {
		return true // it is content, and no member's
	}
	if r.Common().Via == DoorClaimed {
		return false
	}
	w := v.authority(r)
	ownOr := func(person PersonID) bool { return w.access == Owner || v.own(w, person, r) }
	switch b := r.Body.(type) {
	case *PersonName:
		return ownOr(b.Person)
	case *MemberInvite:
		return b.Access != NoAccess && w.access >= max(b.Access, Responder) && (b.Person.IsZero() || ownOr(b.Person))
	case *MemberAdmit:
		return v.admits(b, r, w)
	case *MemberAccess:
		return w.access == Owner && v.knownBefore(b.Person, r)
	case *MemberDevice:
		return v.gives(b, r, w)
	case *DeviceRevoke:
		g := (*grant)(nil)
		if h := v.devices[b.Device]; h != nil {
			g = v.givenAt(h, r)
		}
		return w.access == Owner || g != nil && v.own(w, g.person, r)
	case *MemberWay:
		return ownOr(b.Person)
	case *MemberWayDrop:
		return ownOr(b.Person)
	}
	return w.access == Owner // MemberRevoke, DeviceMute, RecoveryKey
}

// admits judges an admission: of somebody new, or of somebody who is known and was no
// member yet. For who has been one it takes an owner.
func (v *verdict) admits(b *MemberAdmit, r *Record, w writer) bool {
	if w.access < max(min(b.Access, Owner), Responder) {
		return false
	}
	if b.Nonce != (Nonce{}) && NewPersonID(r.Ref.Log, b.Nonce) != b.Person || b.Nonce == (Nonce{}) && !v.knownBefore(b.Person, r) {
		return false
	}
	was := v.people[b.Person] // one who is admitted with a nonce may be admitted with it again
	return w.access == Owner || was == nil || !was.any
}

// knownBefore reports that somebody made the person known before the event.
func (v *verdict) knownBefore(id PersonID, r *Record) bool {
	for _, a := range v.known(id) {
		if before(a, r) {
			return true
		}
	}
	return false
}

// gives judges the giving of a device. Who is no owner gives one that consented, and only
// to themselves, or to whom they admitted just before in the same log by the same invite:
// so a second device, on a second line of the log, holds both.
func (v *verdict) gives(b *MemberDevice, r *Record, w writer) bool {
	if b.Person.IsZero() || b.Device.IsZero() {
		return false
	}
	if w.access == Owner {
		return true
	}
	if w.access < Responder || len(b.Consent) != ed25519.SignatureSize {
		return false
	}
	if v.own(w, b.Person, r) {
		return true
	}
	admit, ok := bodyOf[*MemberAdmit](v.prevOf(r))
	return ok && !v.void[r.Prev] && admit.Person == b.Person && w.access >= admit.Access &&
		admit.Token == b.Token && !b.Token.IsZero()
}

// agreed reports that the device that the event gives signed that it may be given so.
func (p *People) agreed(r *Record) bool {
	b, ok := r.Body.(*MemberDevice)
	if !ok || len(b.Consent) != ed25519.SignatureSize {
		return false
	}
	admitter, known := p.opens[r.Ref.Log]
	good, done := p.consents[r.Ref]
	if !done && known {
		good = ed25519.Verify(b.Device[:], ConsentBytes(p.scope, admitter, b.Device, b.Token), b.Consent)
		p.consents[r.Ref] = good
	}
	return good
}

// owned reports that an owner did the act: by what stands before it, and of the device
// that wrote it as well as of the person that it names.
func (v *verdict) owned(act *Record) bool {
	return !act.Common().Actor.IsZero() && v.authority(act).access == Owner
}

// spokeFor reports that the act is that of the author of another: of the same person, and
// written by the same device, by one of that person's own, or by an owner's.
func (v *verdict) spokeFor(act, of *Record) bool {
	if act.Common().Actor != of.Common().Actor {
		return false
	}
	w := v.authority(act)
	device, known := v.opens[of.Ref.Log]
	return act.Ref.Log == of.Ref.Log || known && device == w.device || w.kept == Owner ||
		!w.keeper.IsZero() && w.keeper == w.actor
}
