package model

import (
	"slices"
	"strings"
)

// HeldBack is what is kept of a log and does not count, because its device may not
// write, or not any more: nobody sees it, and it comes back when the membership says
// so.
type HeldBack struct {
	Device DeviceKey
	// Person is whose device it is or was; zero for nobody's.
	Person PersonID
	Log    LogID
	// From is the number of the first event that does not count, of the line that has
	// the lowest; Count is how many there are in all lines of the log.
	From  uint64
	Count int
}

// HeldWarnings say what is held back, a sentence for each device.
func HeldWarnings(all []HeldBack, people *Roster) []Phrase {
	var devices []DeviceKey
	count := map[DeviceKey]int{}
	for _, h := range all {
		if count[h.Device] == 0 {
			devices = append(devices, h.Device)
		}
		count[h.Device] += h.Count
	}
	slices.SortFunc(devices, func(a, b DeviceKey) int { return slices.Compare(a[:], b[:]) })
	out := make([]Phrase, 0, len(devices))
	for _, key := range devices {
		d, known := people.Device(key)
		which := "warning.held.stranger"
		switch {
		case d.Standing == Reads:
			which = "warning.held.reads"
		case known && d.Standing != Stranger:
			which = "warning.held.out"
		}
		out = append(out, Say(which, "Who", heldDevice(d, people)).Counted(count[key]))
	}
	return out
}

// heldDevice names a device by what it is called and by whose it is or was.
func heldDevice(d Device, people *Roster) Phrase {
	_, known := people.Person(d.Person)
	switch {
	case known && d.Name != "":
		return Say("device.named", "Name", d.Name, "Person", d.Person)
	case known:
		return Say("device.person", "Person", d.Person)
	}
	return Say("device.unknown")
}

// MayAdmit refuses, as AdmitMember does, who may let nobody in: whose overview it is,
// who came through that door.
func (o *Overview) MayAdmit(who Actor) error {
	switch {
	case o.Access == NoAccess:
		return Refuse(CodeAccessNone)
	case o.Access == Observer:
		var names []string
		for _, p := range o.People.Owners() {
			names = append(names, p.Name)
		}
		return Refuse(CodeAccessObserver, "Owners", strings.Join(names, ", "))
	case who.Via == DoorClaimed:
		return Refuse(CodeAccessClaimed)
	}
	return nil
}
