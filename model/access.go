package model

// Access is what a member of the workspace may do. Somebody who is known by name
// alone, because others gave them a role, is no member and has none.
type Access uint8

// The accesses, each with all that the one before it has.
const (
	// NoAccess: not a member, or not any more.
	NoAccess Access = iota
	// Observer sees, and changes nothing.
	Observer
	// Responder acts.
	Responder
	// Owner decides who is a member.
	Owner
)

// Accesses are those that a member can have, the least first.
func Accesses() []Access { return []Access{Observer, Responder, Owner} }

// String is the word for verbs and files.
func (a Access) String() string {
	switch a {
	case Observer:
		return "observer"
	case Responder:
		return "responder"
	case Owner:
		return "owner"
	}
	return "none"
}

// Phrase is the word for people.
func (a Access) Phrase() Phrase { return Say("access." + a.String()) }

// May reports that this access has all that the other one has.
func (a Access) May(other Access) bool { return a >= other }

// ParseAccess reads an access by its word. It refuses with CodeAccessUnknown.
func ParseAccess(typed string) (Access, error) {
	w := trimWord(typed)
	for _, a := range Accesses() {
		if w == a.String() {
			return a, nil
		}
	}
	return NoAccess, Refuse(CodeAccessUnknown, "Access", typed)
}
