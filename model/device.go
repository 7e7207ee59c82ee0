package model

import "slices"

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

// ByDevice is the member whose device it is.
func (p *People) ByDevice(key DeviceKey) (PersonID, bool) { return p.judge().byDevice(key) }

func (v *verdict) byDevice(key DeviceKey) (PersonID, bool) {
	h := v.devices[key]
	if h == nil || h.now == nil || v.accessAt(h.now.person, nil) == NoAccess {
		return PersonID{}, false
	}
	return h.now.person, true
}

// Devices are the person's devices, a member or not, in the order they were given.
// One that was taken away is not among them.
func (p *People) Devices(id PersonID) []DeviceKey { return p.judge().kept()[id] }

// kept are the devices of everybody, each list in the order they were given.
func (v *verdict) kept() map[PersonID][]DeviceKey {
	all := v.all()
	for id, keys := range all {
		keys = slices.DeleteFunc(keys, func(key DeviceKey) bool { return v.devices[key].now == nil })
		if all[id] = keys; len(keys) == 0 {
			delete(all, id)
		}
	}
	return all
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
	given, err := d.takes(c.Device, person)
	if err != nil {
		return err
	}
	if person.IsZero() || d.people.Access(person) == NoAccess {
		if err := d.mayAdmit(c.Access); err != nil {
			return err
		}
		person = d.admit(person, name, c.Access, TokenID{})
	} else if given {
		return Refuse(CodeDeviceSame, "Person", person)
	}
	if !given {
		d.addTo(d.Workspace, &MemberDevice{Person: person, Device: c.Device}, "")
	}
	return nil
}
