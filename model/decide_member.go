package model

import (
	"slices"
	"strings"
	"unicode"
)

// proved refuses an act on the membership by somebody whose name was only typed.
func (d *decision) proved() error {
	if d.Via == DoorClaimed {
		return Refuse(CodeAccessClaimed)
	}
	return nil
}

// owner refuses an act that only owners may do.
func (d *decision) owner() error {
	if err := d.proved(); err != nil {
		return err
	}
	if d.access == Owner {
		return nil
	}
	if d.people.Access(d.Actor) == Owner {
		return Refuse(CodeDeviceLess, "Person", d.by.keeper)
	}
	return Refuse(CodeAccessOwner, "Owners", d.owners())
}

// selfOrOwner refuses an act on somebody else by who is no owner, and an own one through
// a room that may less.
func (d *decision) selfOrOwner(person PersonID) error {
	if person != d.Actor {
		return d.owner()
	}
	if err := d.proved(); err != nil {
		return err
	}
	if d.access != Owner && !d.verdict.own(d.by, person, nil) {
		return Refuse(CodeDeviceLess, "Person", d.by.keeper)
	}
	return nil
}

// known refuses a person whom nobody has added.
func (d *decision) known(person PersonID) error {
	if !d.people.Knows(person) {
		return Refuse(CodePersonUnknown, "Person", person.String()[:8])
	}
	return nil
}

// member refuses a person who is none.
func (d *decision) member(person PersonID) error {
	if err := d.known(person); err != nil {
		return err
	}
	if d.people.Access(person) == NoAccess {
		return Refuse(CodeMemberNot, "Person", person)
	}
	return nil
}

// held reports somebody who came by an invite that was used twice.
func (d *decision) held(person PersonID) bool {
	b := d.verdict.people[person]
	return b != nil && d.verdict.heldAt(b, nil)
}

// memberOrHeld is member, of somebody about whom an owner is to say who it is too.
func (d *decision) memberOrHeld(person PersonID) error {
	if d.held(person) {
		return nil
	}
	return d.member(person)
}

// addMember drafts a write in the register of a person's access.
func (d *decision) addMember(person PersonID, b Body, text string) {
	d.addTo(d.Workspace, b, text).Pred = d.verdict.membership(person).refs()
}

func (c AdmitMember) decide(d *decision) error {
	if err := d.mayAdmit(c.Access); err != nil {
		return err
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
	if has := d.people.Access(person); has != NoAccess {
		return Refuse(CodeMemberAlready, "Person", person, "Access", has.Phrase())
	}
	if err := d.mayReadmit(person); err != nil {
		return err
	}
	d.admit(person, name, c.Access, TokenID{})
	return nil
}

// named finds whom a typed name means: the whole name in any case, because the
// beginning of one would let in somebody else. Nobody who is known gives the zero
// person and the name to add.
func (d *decision) named(typed string) (PersonID, string, error) {
	name, err := CheckPersonName(typed)
	if err != nil {
		return PersonID{}, "", err
	}
	var found []Person
	for _, p := range d.people.Roster().All() {
		if strings.EqualFold(p.Name, name) {
			found = append(found, p)
		}
	}
	for _, p := range found {
		if p.Member() {
			return p.ID, "", nil
		}
	}
	switch len(found) {
	case 0:
		return PersonID{}, name, nil
	case 1:
		return found[0].ID, "", nil
	}
	return PersonID{}, "", Refuse(CodePersonAmbiguous, "Person", cutText(typed, 40), "Names", strings.Repeat(name+", ", len(found)-1)+name)
}

// membershipLog is the log that will hold events of the membership.
func (d *decision) membershipLog() LogID {
	if d.Membership == (LogID{}) {
		return d.Log
	}
	return d.Membership
}

func (c SetAccess) decide(d *decision) error {
	if !slices.Contains(Accesses(), c.Access) {
		return Refuse(CodeAccessUnknown, "Access", c.Access.String())
	}
	if err := d.owner(); err != nil {
		return err
	}
	if err := d.memberOrHeld(c.Person); err != nil {
		return err
	}
	g := d.verdict.membership(c.Person)
	if lowest(g) == c.Access && len(g.standing()) == 1 && !d.held(c.Person) {
		return Refuse(CodeAccessSame, "Person", c.Person, "Access", c.Access.Phrase())
	}
	if c.Access != Owner {
		if err := d.notLast(c.Person); err != nil {
			return err
		}
	}
	b := &MemberAccess{Person: c.Person, Access: c.Access}
	if slices.ContainsFunc(g.standing(), func(w *Record) bool { return accessIn(w) > c.Access }) {
		b.Cut = d.cutOf(c.Person)
	}
	d.addMember(c.Person, b, "")
	return nil
}

// notLast refuses to take the ownership from the only one who has it.
func (d *decision) notLast(person PersonID) error {
	if owners := d.people.Owners(); len(owners) == 1 && owners[0] == person {
		return Refuse(CodeOwnerLast, "Person", person)
	}
	return nil
}

// decide takes the ways off too: who is admitted again comes in by new ones. They go
// first, because who leaves may do nothing afterwards.
func (c RevokeMember) decide(d *decision) error {
	if err := d.owner(); err != nil {
		return err
	}
	if err := d.memberOrHeld(c.Person); err != nil {
		return err
	}
	if err := d.notLast(c.Person); err != nil {
		return err
	}
	if ways := d.people.grantsOf(c.Person, func(Way) bool { return true }); len(ways) > 0 {
		d.addTo(d.Workspace, &MemberWayDrop{Person: c.Person}, "").Pred = ways
	}
	d.addMember(c.Person, &MemberRevoke{Person: c.Person, Cut: d.cutOf(c.Person)}, "")
	return nil
}

func (c AddWay) decide(d *decision) error {
	if err := d.selfOrOwner(c.Person); err != nil {
		return err
	}
	if err := d.member(c.Person); err != nil {
		return err
	}
	b := &MemberWay{Person: c.Person, Key: c.Key, Machine: c.Machine, UID: c.UID}
	text := c.Login
	if len(c.Key) > 0 {
		b.UID, text = 0, c.Comment
		if err := checkKey(c.Key); err != nil {
			return err
		}
	}
	way, ok := b.id()
	if !ok {
		return Refuse(CodeWayNone)
	}
	text, err := checkWayText(text)
	if err != nil {
		return err
	}
	for _, r := range d.people.ways.grants[way] {
		who := r.Body.(*MemberWay).Person
		switch {
		case !d.people.granted(r):
		case who == c.Person:
			return Refuse(CodeWaySame, "Person", who)
		default:
			return Refuse(CodeWayTaken, "Person", who)
		}
	}
	d.addTo(d.Workspace, b, text)
	return nil
}

// checkWayText cleans a comment or login, which may be empty.
func checkWayText(s string) (string, error) {
	if blank(s) {
		return "", nil
	}
	s, err := checkLineText(s, MaxWayText, CodeTextEmpty, CodeTextLong)
	if err != nil {
		return "", err
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s), nil
}

func (c DropWay) decide(d *decision) error {
	if err := d.selfOrOwner(c.Person); err != nil {
		return err
	}
	if err := d.known(c.Person); err != nil {
		return err
	}
	for _, w := range d.people.Ways(c.Person) {
		if w.Ref == c.Way {
			// Every standing grant of it goes, or a concurrent one would keep it.
			d.addTo(d.Workspace, &MemberWayDrop{Person: c.Person}, "").Pred = d.people.grantsOf(c.Person, w.same)
			return nil
		}
	}
	return Refuse(CodeWayUnknown, "Person", c.Person)
}

// mayRename refuses the renaming of a member by somebody else than that member or
// an owner, and a name that another member has: it would pass one for the other.
func (d *decision) mayRename(person PersonID, name string) error {
	if d.people.Access(person) != NoAccess {
		if err := d.selfOrOwner(person); err != nil {
			return err
		}
	}
	for _, p := range d.people.Roster().Members() {
		if p.ID != person && strings.EqualFold(p.Name, name) {
			return Refuse(CodePersonTaken, "Person", p.Name)
		}
	}
	return nil
}
