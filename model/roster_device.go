package model

// Devices are the person's devices, in the order they were given. One that was taken
// away is not among them.
func (ro *Roster) Devices(id PersonID) []DeviceKey { return ro.devices[id] }

// ByDevice is the member whose device it is.
func (ro *Roster) ByDevice(key DeviceKey) (PersonID, bool) { return ro.verdict.byDevice(key) }

// Device is what the membership says of a device; false for one that it does not know.
func (ro *Roster) Device(key DeviceKey) (Device, bool) {
	return ro.verdict.device(key), ro.verdict.given(key)
}

// AllDevices are all devices that the membership knows, by person and then in the order
// in which they were given; those that were taken away among them.
func (ro *Roster) AllDevices() []Device {
	var out []Device
	for _, p := range ro.people {
		for _, key := range ro.given[p.ID] {
			out = append(out, ro.verdict.device(key))
		}
	}
	return out
}

// Author is the device that writes a log; false when its log.open is not here.
func (ro *Roster) Author(log LogID) (DeviceKey, bool) {
	key, ok := ro.verdict.opens[log]
	return key, ok
}

// Void counts the events about the membership that are kept and do not count.
func (ro *Roster) Void() int { return len(ro.verdict.void) }

// Recovery is the key on paper; false when none was made. Of several that were named at
// once it is the last.
func (ro *Roster) Recovery() (DeviceKey, bool) {
	last := ro.verdict.recoveries().last()
	if last == nil {
		return DeviceKey{}, false
	}
	key := last.Body.(*RecoveryKey).Device
	return key, ro.verdict.recoversAt(key, nil)
}

// recoveries is the register of the recovery keys that count.
func (v *verdict) recoveries() *register {
	g := &register{}
	for _, w := range v.recovery.keys {
		g.add(w)
	}
	return g
}

// Invites are the invites whose time is not over at that moment, in ms since 1970, and
// that were not used, in the order in which they were made. Those of a device that was
// taken out are not among them.
func (ro *Roster) Invites(at int64) []Invited {
	var out []Invited
	for _, r := range ro.verdict.invites {
		b := r.Body.(*MemberInvite)
		by := ro.verdict.opens[r.Ref.Log]
		if b.Expires <= at || ro.verdict.used(b.Token) || ro.verdict.device(by).Standing != Writes {
			continue
		}
		out = append(out, Invited{
			Token: b.Token, Access: b.Access, Expires: b.Expires, By: b.Actor, Device: by, Person: b.Person,
			Service: b.Service, Note: r.Text,
		})
	}
	return out
}

// used reports an invite by which somebody came.
func (v *verdict) used(token TokenID) bool {
	return len(v.uses[token]) > 0 || len(v.admitted[token]) > 0
}

// Invited is an invite as everybody may know of it.
type Invited struct {
	Token   TokenID
	Access  Access
	Expires int64 // ms since 1970
	By      PersonID
	Device  DeviceKey // that made it, and alone can take it
	Person  PersonID  // whose further device is invited
	Service bool
	Note    string
}
