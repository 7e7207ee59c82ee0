package model

// Presence is a console that somebody has open. It is no event and is stored
// nowhere: it goes when the console does.
type Presence struct {
	// Seat tells two consoles of one person apart; it rises with each that opens.
	Seat   uint64
	Person PersonID
	Via    Door
	// Access is what this person may do.
	Access Access
	// Claimed reports a name that was typed at a login which several people share:
	// nothing proves it.
	Claimed bool
	// Incident is the one on the screen; zero for none, and for one that whoever
	// looks may not see.
	Incident Scope
	// Since is when the console was opened, Active when its last key was pressed,
	// in ms since 1970.
	Since, Active int64
	// Typing reports a line that is being written.
	Typing bool
	// Room is the peer in whose room the console is; empty for this one.
	Room string
}

// IdleAfter is how long somebody presses no key before they show as idle, in ms:
// longer than reading a screen takes, shorter than fetching coffee.
const IdleAfter = 3 * 60 * 1000

// Idle reports that nobody seems to be at the console.
func (p Presence) Idle(nowMS int64) bool { return nowMS-p.Active > IdleAfter }

// Call is a person being called by name in the log, as @name. It rings at their
// consoles.
type Call struct {
	To, By   PersonID
	Incident Scope
	Entry    Ref
	// At is when it was recorded, in ms since 1970.
	At int64
}

// Seat is one person's place in a room: the room as this person may see it, who
// can act as nobody else. A console that has one says where it is.
type Seat interface {
	Room
	// Who is the person, and the door.
	Who() Actor
	// Tell says what is on the screen and whether a line is being written. A key
	// was pressed just now when active is set. It does not wait.
	Tell(incident Scope, typing, active bool)
}
