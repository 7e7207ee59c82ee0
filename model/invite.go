package model

// TokenID names an invite. It is no secret: the secret that goes with it is in the
// hands of whoever was invited, and of the device that made it.
type TokenID [8]byte

// IsZero reports no token.
func (t TokenID) IsZero() bool { return t == TokenID{} }

// MemberInvite says that a device let somebody come: with which access at most, and
// until when. It has no secret in it. Its text is what it is for.
type MemberInvite struct {
	Common
	Token  TokenID `cbor:"16,keyasint"`
	Access Access  `cbor:"17,keyasint"`
	// Expires is in ms since 1970, by the clock of the device that made it.
	Expires int64 `cbor:"18,keyasint"`
	// Person is whose further device is invited; the zero person for somebody new.
	Person PersonID `cbor:"19,keyasint,omitzero"`
	// Service says that it is for a room that serves many people.
	Service bool `cbor:"20,keyasint,omitzero"`
}

// Kind is KindMemberInvite.
func (*MemberInvite) Kind() Kind { return KindMemberInvite }

// DeviceRevoke takes a device from its person. Cut says where each of its lines ended
// when that was decided: what is at or below it stays.
type DeviceRevoke struct {
	Common
	Device DeviceKey `cbor:"16,keyasint"`
	Cut    []Ref     `cbor:"20,keyasint,omitempty"`
}

// Kind is KindDeviceRevoke.
func (*DeviceRevoke) Kind() Kind { return KindDeviceRevoke }

// DeviceMute has all rooms fetch nothing more that a device writes, or again. What is
// held stays and counts.
type DeviceMute struct {
	Common
	Device DeviceKey `cbor:"16,keyasint"`
	Muted  bool      `cbor:"17,keyasint,omitzero"`
}

// Kind is KindDeviceMute.
func (*DeviceMute) Kind() Kind { return KindDeviceMute }

// RecoveryKey names the key that is kept on paper for when no owner is left: what it
// signs counts as an owner's doing. It takes the place of those that Pred names.
type RecoveryKey struct {
	Common
	Device DeviceKey `cbor:"16,keyasint"`
}

// Kind is KindRecoveryKey.
func (*RecoveryKey) Kind() Kind { return KindRecoveryKey }
