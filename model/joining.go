package model

import "errors"

var errUnbuilt = errors.New("not built")

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

func (c MakeInvite) decide(*decision) error     { return errUnbuilt }
func (c ApproveJoin) decide(*decision) error    { return errUnbuilt }
func (c RevokeDevice) decide(*decision) error   { return errUnbuilt }
func (c MuteDevice) decide(*decision) error     { return errUnbuilt }
func (c SetRecoveryKey) decide(*decision) error { return errUnbuilt }

// Cut says up to where what the device wrote counts; false when all of it does.
func (p *People) Cut(key DeviceKey) (Cut, bool) {
	if _, ok := p.ByDevice(key); ok {
		return Cut{}, false
	}
	return Cut{Device: key, Whole: true}, true
}

// Device is what the membership says of a device; false for one that it does not know.
func (ro *Roster) Device(key DeviceKey) (Device, bool) {
	who, ok := ro.holds[key]
	if !ok {
		return Device{Key: key}, false
	}
	return Device{Key: key, Person: who, Standing: Writes}, true
}

// AllDevices are all devices that the membership knows, by person and then in the order
// in which they were given.
func (ro *Roster) AllDevices() []Device {
	var out []Device
	for _, p := range ro.people {
		for _, key := range ro.devices[p.ID] {
			d, _ := ro.Device(key)
			out = append(out, d)
		}
	}
	return out
}

// Recovery is the key on paper; false when none was made.
func (ro *Roster) Recovery() (DeviceKey, bool) { return DeviceKey{}, false }

// Invites are the invites whose time is not over at that moment, in ms since 1970, and
// that were not used, in the order in which they were made.
func (ro *Roster) Invites(at int64) []Invited { return nil }

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
