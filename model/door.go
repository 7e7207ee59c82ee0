package model

// Door is the way an act came in.
type Door string

// The doors.
const (
	// DoorConsole and DoorShell are a person's own terminal.
	DoorConsole Door = "console"
	DoorShell   Door = "shell"
	// DoorSSH is an ssh key, which proves who it was.
	DoorSSH Door = "ssh"
	// DoorClaimed is a login that several people share, at which a name was typed:
	// nothing proves it.
	DoorClaimed Door = "claimed"
	// DoorAlert is a monitoring system. The actor is whoever fed its alerts in.
	DoorAlert Door = "alert"
	// DoorPager is the room itself, which pages. The actor is whose room it is.
	DoorPager Door = "pager"
)

// Phrase is the door in words.
func (d Door) Phrase() Phrase {
	switch d {
	case DoorConsole, DoorShell, DoorSSH, DoorClaimed, DoorAlert, DoorPager:
		return Say("door." + string(d))
	}
	return Say("door.other")
}

// Machine is what acts behind this door without anybody at the keys, in words; false
// for a door of people.
func (d Door) Machine() (Phrase, bool) {
	switch d {
	case DoorAlert:
		return ByMonitoring.Phrase(), true
	case DoorPager:
		return Say("door.pager.name"), true
	}
	return Phrase{}, false
}

// through is the access that a person has behind this door. A name that was only
// typed gives nobody the say over who is a member.
func (d Door) through(a Access) Access {
	if d == DoorClaimed {
		return min(a, Responder)
	}
	return a
}

// Sees is whose restricted incidents the actor may see: nobody's, when nothing
// proves who it is.
func (a Actor) Sees() PersonID {
	if a.Via == DoorClaimed {
		return PersonID{}
	}
	return a.Person
}
