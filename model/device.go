package model

import (
	"slices"
	"strings"
)

// MemberDevice says that a device is a person's: what its room writes of its own is
// that person's doing, and rooms of others may link with it. Its text is what the
// device is called.
type MemberDevice struct {
	Common
	Person PersonID  `cbor:"16,keyasint"`
	Device DeviceKey `cbor:"17,keyasint"`
	// Token is the invite that was used.
	Token TokenID `cbor:"18,keyasint,omitzero"`
	// Service says that the device serves many people.
	Service bool `cbor:"19,keyasint,omitzero"`
	// Consent is the device's signature (see ConsentBytes), empty when an owner gives a
	// device by its card. Of several people to whom a device was given it is the one to
	// whom it consented.
	Consent []byte `cbor:"20,keyasint,omitempty"`
}

// Kind is KindMemberDevice.
func (*MemberDevice) Kind() Kind { return KindMemberDevice }

// IsZero reports no device.
func (k DeviceKey) IsZero() bool { return k == DeviceKey{} }

// deviceIn is whose device the event gives: the genesis gives the founder's.
func deviceIn(r *Record) (PersonID, DeviceKey) {
	switch b := r.Body.(type) {
	case *Genesis:
		return b.Person, b.Founder
	case *MemberDevice:
		return b.Person, b.Device
	}
	return PersonID{}, DeviceKey{}
}

// device folds what gives a device. None at all says nothing.
func (p *People) device(r *Record) {
	if person, key := deviceIn(r); !person.IsZero() && !key.IsZero() {
		p.devices[key] = append(p.devices[key], r)
	}
}

// keeper is the one person whose device it is; disputed when it was given to
// several, and the zero person when to nobody.
func (p *People) keeper(key DeviceKey) (who PersonID, disputed bool) {
	for _, r := range p.devices[key] {
		switch person, _ := deviceIn(r); {
		case !p.valid(r):
		case who.IsZero():
			who = person
		case who != person:
			return PersonID{}, true
		}
	}
	return who, false
}

// ByDevice is the member whose device it is. It is nobody when it was given to two
// people: each is one person's own.
func (p *People) ByDevice(key DeviceKey) (PersonID, bool) {
	who, _ := p.keeper(key)
	return entered(who, p.Access(who) != NoAccess)
}

// Devices are the person's devices, a member or not, in the order they were given.
// One that was given to somebody else too is not among them.
func (p *People) Devices(id PersonID) []DeviceKey { return p.allDevices()[id] }

// allDevices are the devices of everybody, each list in the order they were given.
func (p *People) allDevices() map[PersonID][]DeviceKey {
	var given []*Record
	for key, rs := range p.devices {
		if who, _ := p.keeper(key); !who.IsZero() {
			given = append(given, first(slices.DeleteFunc(slices.Clone(rs), func(r *Record) bool { return !p.valid(r) })))
		}
	}
	out := map[PersonID][]DeviceKey{}
	for _, r := range sortRecords(given) {
		person, key := deviceIn(r)
		out[person] = append(out[person], key)
	}
	return out
}

// hashDevices adds what gives devices, as it counts.
func (p *People) hashDevices(w digest) {
	keys := make([]DeviceKey, 0, len(p.devices))
	for key := range p.devices {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b DeviceKey) int { return strings.Compare(string(a[:]), string(b[:])) })
	w.num(uint64(len(keys)))
	for _, key := range keys {
		w.raw(key[:])
		given := slices.DeleteFunc(slices.Clone(p.devices[key]), func(r *Record) bool { return !p.valid(r) })
		w.num(uint64(len(given)))
		for _, r := range sortRecords(given) {
			w.record(r)
		}
	}
}

// decide admits first, so that a device is a member's at any moment.
func (c AddDevice) decide(d *decision) error {
	if err := d.owner(); err != nil {
		return err
	}
	if c.Device.IsZero() {
		return Refuse(CodeDeviceNone)
	}
	person, name := c.Person, ""
	var err error
	if person.IsZero() {
		if person, name, err = d.named(c.Name); err != nil {
			return err
		}
	} else if err := d.known(person); err != nil {
		return err
	}
	given := false
	for _, r := range d.people.devices[c.Device] {
		who, _ := deviceIn(r)
		switch {
		case !d.people.valid(r):
		case who != person:
			return Refuse(CodeDeviceTaken, "Person", who)
		default:
			given = true
		}
	}
	if person.IsZero() || d.people.Access(person) == NoAccess {
		if !slices.Contains(Accesses(), c.Access) {
			return Refuse(CodeAccessUnknown, "Access", c.Access.String())
		}
		admit := &MemberAdmit{Person: person, Access: c.Access}
		if person.IsZero() {
			admit.Nonce = d.Nonce()
			person = NewPersonID(d.membershipLog(), admit.Nonce)
			admit.Person = person
		}
		d.addMember(person, admit, name)
	} else if given {
		return Refuse(CodeDeviceSame, "Person", person)
	}
	if !given {
		d.addTo(d.Workspace, &MemberDevice{Person: person, Device: c.Device}, "")
	}
	return nil
}
