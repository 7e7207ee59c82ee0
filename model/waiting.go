package model

import "context"

// Waiting is a device that asks to come in, with an invite of this room. What it says
// of itself is what somebody typed there: Words, the same four on both screens, say
// that it is the one whom the person at the other end has before them.
type Waiting struct {
	Token  TokenID
	Device DeviceKey
	// Name and Label are what they call themselves and the device.
	Name, Label string
	Words       [4]string
	// From is where it came from, for people: an address.
	From string
	// Since is in ms since 1970.
	Since int64
	// Access, Person and Service are as the invite says.
	Access  Access
	Person  PersonID
	Service bool
	// By is who made the invite.
	By PersonID
	// Consent is the device's signature, for ApproveJoin.
	Consent []byte
	// Twice says that another device used the invite too: an owner judges.
	Twice bool
}

// Approve is the command that lets it in, under the name that it gave.
func (w Waiting) Approve() ApproveJoin {
	return ApproveJoin{
		Token: w.Token, Person: w.Person, Name: w.Name, Access: w.Access, Device: w.Device,
		Label: w.Label, Service: w.Service, Consent: w.Consent,
	}
}

// Doorkeeper turns away those who wait. To let somebody in is a command, ApproveJoin.
// A room that peers can join is one.
type Doorkeeper interface {
	// TurnAway tells a device that waits that it does not come in. Who may admit may.
	// It is refused with CodeWaitingNone for one that does not wait.
	TurnAway(ctx context.Context, who Actor, token TokenID, device DeviceKey) error
}
