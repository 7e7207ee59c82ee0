package model

import (
	"crypto/ed25519"
	"slices"
	"strings"
)

// consentDomain begins what a device signs when it asks to come in.
const consentDomain = "warroom device v1\x00"

// ConsentBytes is what a device signs to say that the admitter, another device, may
// give it to a person of the workspace, for the invite with that token.
func ConsentBytes(workspace Scope, admitter, device DeviceKey, token TokenID) []byte {
	out := append([]byte(consentDomain), workspace[:]...)
	out = append(out, admitter[:]...)
	out = append(out, device[:]...)
	return append(out, token[:]...)
}

// mayAdmit refuses an access that the actor may not give.
func (d *decision) mayAdmit(access Access) error {
	if !slices.Contains(Accesses(), access) {
		return Refuse(CodeAccessUnknown, "Access", access.String())
	}
	if access > Responder {
		return d.owner()
	}
	return d.proved()
}

func (c MakeInvite) decide(d *decision) error {
	if err := d.mayAdmit(c.Access); err != nil {
		return err
	}
	if !c.Person.IsZero() {
		if err := d.selfOrOwner(c.Person); err != nil {
			return err
		}
		if err := d.member(c.Person); err != nil {
			return err
		}
	}
	expires := c.Expires.UnixMilli()
	if expires <= d.Now.UnixMilli() {
		return Refuse(CodeInviteOver)
	}
	if c.Token.IsZero() || d.verdict.used(c.Token) || slices.ContainsFunc(d.verdict.invites, func(r *Record) bool { return r.Body.(*MemberInvite).Token == c.Token }) {
		return Refuse(CodeInviteSame)
	}
	note, err := checkWayText(c.Note)
	if err != nil {
		return err
	}
	d.addTo(d.Workspace, &MemberInvite{Token: c.Token, Access: c.Access, Expires: expires, Person: c.Person, Service: c.Service}, note)
	return nil
}

// decide admits first, so that a device is a member's at any moment, and gives the device
// right after it: the two stand together in the log.
func (c ApproveJoin) decide(d *decision) error {
	if err := d.proved(); err != nil {
		return err
	}
	if c.Device.IsZero() {
		return Refuse(CodeDeviceNone)
	}
	if err := c.consented(d); err != nil {
		return err
	}
	label, err := checkWayText(c.Label)
	if err != nil {
		return err
	}
	give := &MemberDevice{Device: c.Device, Token: c.Token, Service: c.Service, Consent: c.Consent}
	if d.verdict.used(c.Token) && !c.Token.IsZero() {
		if d.access != Owner {
			return Refuse(CodeInviteUsed, "Owners", d.owners())
		}
		// An owner knows of it and says who this is, so the invite does not count again.
		give.Token, give.Consent = TokenID{}, nil
	}
	person, name := c.Person, ""
	if person.IsZero() {
		if person, name, err = d.named(c.Name); err != nil {
			return err
		}
		if !person.IsZero() && d.people.Access(person) != NoAccess {
			return Refuse(CodeJoinMember, "Person", person)
		}
	} else if err := d.known(person); err != nil {
		return err
	}
	given, err := d.takes(c.Device, person)
	if err != nil {
		return err
	}
	if !person.IsZero() && d.people.Access(person) != NoAccess {
		if given {
			return Refuse(CodeDeviceSame, "Person", person)
		}
		if err := d.selfOrOwner(person); err != nil {
			return err
		}
	} else {
		if err := d.mayAdmit(c.Access); err != nil {
			return err
		}
		if err := d.mayReadmit(person); err != nil {
			return err
		}
		if c.Token.IsZero() && d.access != Owner {
			return Refuse(CodeInviteNone, "Owners", d.owners())
		}
		person = d.admit(person, name, c.Access, give.Token)
	}
	if !given {
		give.Person = person
		d.addTo(d.Workspace, give, label)
	}
	return nil
}

// consented refuses a device that did not say that it wants in, but for an owner who
// gives one without asking it.
func (c ApproveJoin) consented(d *decision) error {
	if len(c.Consent) == 0 && d.access == Owner {
		return nil
	}
	if len(c.Consent) != ed25519.SignatureSize {
		return Refuse(CodeConsentBad)
	}
	if !d.signs.IsZero() && !ed25519.Verify(c.Device[:], ConsentBytes(d.Workspace, d.signs, c.Device, c.Token), c.Consent) {
		return Refuse(CodeConsentBad)
	}
	return nil
}

// admit drafts an admission, of somebody new for the zero person, and gives who it is.
func (d *decision) admit(person PersonID, name string, access Access, token TokenID) PersonID {
	b := &MemberAdmit{Person: person, Access: access, Token: token}
	if person.IsZero() {
		b.Nonce = d.Nonce()
		b.Person = NewPersonID(d.membershipLog(), b.Nonce)
	}
	d.addMember(b.Person, b, name)
	return b.Person
}

// mayReadmit refuses who is no owner to admit somebody who has been a member.
func (d *decision) mayReadmit(person PersonID) error {
	if b := d.verdict.people[person]; b != nil && b.any && d.access != Owner {
		return Refuse(CodeMemberRevoked, "Person", person, "Owners", d.owners())
	}
	return nil
}

// takes reports that the device is the person's already. It refuses one of somebody
// else, and one that was taken away.
func (d *decision) takes(key DeviceKey, person PersonID) (bool, error) {
	h := d.verdict.devices[key]
	switch {
	case d.verdict.recoversAt(key, nil):
		return false, Refuse(CodeDeviceRecovers)
	case h == nil:
		return false, nil
	case len(h.removals) > 0:
		return false, Refuse(CodeDeviceOut)
	case h.now == nil:
		return false, nil
	case h.now.person != person:
		return false, Refuse(CodeDeviceTaken, "Person", h.now.person)
	}
	return true, nil
}

// device finds a device that the membership knows and that was not taken away.
func (d *decision) device(key DeviceKey) (Device, error) {
	switch {
	case key.IsZero():
		return Device{}, Refuse(CodeDeviceNone)
	case !d.verdict.given(key):
		return Device{}, Refuse(CodeDeviceUnknown)
	}
	if h := d.verdict.devices[key]; h != nil && len(h.removals) > 0 {
		return Device{}, Refuse(CodeDeviceOut)
	}
	return d.verdict.device(key), nil
}

func (c RevokeDevice) decide(d *decision) error {
	device, err := d.device(c.Device)
	if err != nil {
		return err
	}
	if device.Person.IsZero() {
		err = d.owner()
	} else {
		err = d.selfOrOwner(device.Person)
	}
	if err != nil {
		return err
	}
	if owners := d.people.Owners(); len(owners) == 1 && owners[0] == device.Person && len(d.people.Devices(device.Person)) == 1 {
		return Refuse(CodeDeviceLast, "Person", device.Person)
	}
	d.addTo(d.Workspace, &DeviceRevoke{Device: c.Device, Cut: d.cut(c.Device)}, "")
	return nil
}

func (c MuteDevice) decide(d *decision) error {
	if err := d.owner(); err != nil {
		return err
	}
	if c.Device.IsZero() || !d.verdict.given(c.Device) {
		return Refuse(CodeDeviceUnknown)
	}
	if d.verdict.device(c.Device).Muted == c.Muted {
		return Refuse(CodeMuteSame)
	}
	b := &DeviceMute{Device: c.Device, Muted: c.Muted}
	d.addTo(d.Workspace, b, "").Pred = d.verdict.holding(c.Device).mutes.refs()
	return nil
}

func (c SetRecoveryKey) decide(d *decision) error {
	if err := d.owner(); err != nil {
		return err
	}
	if c.Device.IsZero() {
		return Refuse(CodeDeviceNone)
	}
	if h := d.verdict.devices[c.Device]; h != nil && len(h.removals) > 0 {
		return Refuse(CodeDeviceOut)
	} else if h != nil && h.now != nil {
		return Refuse(CodeDeviceTaken, "Person", h.now.person)
	}
	g := d.verdict.recoveries()
	if len(g.standing()) == 1 && d.verdict.recoversAt(c.Device, nil) {
		return Refuse(CodeRecoverySame)
	}
	d.addTo(d.Workspace, &RecoveryKey{Device: c.Device}, "").Pred = g.refs()
	return nil
}

// MaxCut is how many ends of lines a cut names; what the removal had seen counts besides.
const MaxCut = 1_000

// cut is where the lines of devices end, as far as they are held: all that is here when
// somebody is taken out stays.
func (d *decision) cut(devices ...DeviceKey) []Ref {
	if d.Tips == nil {
		return nil
	}
	var out []Ref
	for _, key := range devices {
		out = append(out, d.Tips(key)...)
	}
	return out[:min(len(out), MaxCut)]
}

// cutOf is the cut of all devices that a person has, or had.
func (d *decision) cutOf(person PersonID) []Ref { return d.cut(d.verdict.all()[person]...) }

// signer finds the device that will sign, and whom it speaks for. A zero one is read off
// the log that the events will stand in; when nothing says whose that is, no device is
// looked at.
func (d *decision) signer() (known bool) {
	d.signs = d.Device
	if d.signs.IsZero() {
		d.signs, known = d.verdict.opens[d.membershipLog()]
		return known
	}
	return true
}

// authorise is the first rule of every command: an observer changes nothing, and
// who is no member does nothing at all. The same holds for the device that will sign.
func (d *decision) authorise() error {
	d.verdict = d.people.judge()
	if !d.signer() {
		d.by = writer{actor: d.Actor, keeper: d.Actor, kept: d.people.Access(d.Actor)}
		d.by.access = d.by.kept
	} else {
		d.by = d.verdict.writer(d.signs, true, d.Actor, nil)
	}
	d.access = d.Via.through(d.by.access)
	theirs := d.by.kept
	if !d.Actor.IsZero() {
		theirs = d.people.Access(d.Actor)
	}
	switch {
	case theirs == NoAccess:
		return Refuse(CodeAccessNone)
	case theirs == Observer:
		return Refuse(CodeAccessObserver, "Owners", d.owners())
	case d.by.kept < Responder:
		switch d.verdict.device(d.signs).Standing {
		case Reads:
			return Refuse(CodeDeviceReads, "Person", d.by.keeper, "Owners", d.owners())
		case Out:
			return Refuse(CodeDeviceEnded, "Owners", d.owners())
		}
		return Refuse(CodeDeviceStrange, "Owners", d.owners())
	}
	return nil
}

// owners are the names of those who can help.
func (d *decision) owners() string {
	var names []string
	for _, p := range d.people.Roster().Owners() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}
