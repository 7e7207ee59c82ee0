package model

import (
	"slices"
	"strings"
)

// RoleBook is the roles of a workspace: those that every one begins with, and its own.
// It does not change; the nil book has no own ones.
type RoleBook struct {
	own     []OwnRole // the oldest first, those that were retired among them
	offered []RoleCard
	byID    map[Role]int
}

// OwnRole is a role of the workspace's own.
type OwnRole struct {
	RoleCard
	// By is the act that counts. Others are cards that were written at the same time,
	// and say something else; the next change takes their place.
	By     *Record
	Others []*Record

	first, since *Record // when it was added, and since when it has its letter
	given        RoleCard
}

// roleBook makes the book of what counts.
func (p *People) roleBook() *RoleBook {
	b := &RoleBook{byID: make(map[Role]int, len(p.roles))}
	for role, all := range p.roles {
		g := p.counting(all)
		standing := g.standing()
		if _, builtIn := role.Card(); builtIn || !roleWord(string(role)) || len(standing) == 0 {
			continue
		}
		last := standing[len(standing)-1]
		o := OwnRole{RoleCard: roleCard(last), By: last, first: first(g.writes), since: letteredSince(g, last)}
		for _, w := range standing[:len(standing)-1] {
			if !sameCard(roleCard(w), o.RoleCard) {
				o.Others = append(o.Others, w)
			}
		}
		b.own = append(b.own, o)
	}
	slices.SortFunc(b.own, func(x, y OwnRole) int { return compareRecords(x.first, y.first) })
	b.letters()
	for i := range b.own {
		b.byID[b.own[i].Role] = i
		if !b.own[i].Retired {
			b.offered = append(b.offered, b.own[i].RoleCard)
		}
	}
	return b
}

// letteredSince is the act since which a role has the letter of the write.
func letteredSince(g *register, w *Record) *Record {
	letter := w.Body.(*RoleSet).Letter
	for range len(g.writes) { // each step goes back to an earlier write
		was, ok := bodyOf[*RoleSet](g.replacedBy(w))
		if !ok || was.Letter != letter || was.Retired {
			break
		}
		w = g.replacedBy(w)
	}
	return w
}

// letters gives the roles that are offered their letters. Of two that were given one at
// the same time the later loses it. Who has none gets one that is free, of the name
// if that can be: those that have been without one longer choose first.
func (b *RoleBook) letters() {
	taken := map[string]bool{}
	for _, c := range RoleCards() {
		taken[c.Letter] = true
	}
	var order []*OwnRole
	for i := range b.own {
		if o := &b.own[i]; !o.Retired {
			order = append(order, o)
		}
	}
	slices.SortFunc(order, func(x, y *OwnRole) int { return compareRecords(x.since, y.since) })
	for _, o := range order {
		if taken[o.Letter] {
			o.Letter = ""
		}
		if o.Letter != "" {
			taken[o.Letter] = true
		}
	}
	for i := range b.own {
		b.own[i].given = b.own[i].RoleCard
	}
	for _, o := range order {
		if o.Letter != "" {
			continue
		}
		for _, r := range string(NewRoleID(o.Name)) + string(o.Role) + menuLetters {
			if s := string(r); menuLetter(s) && !taken[s] {
				o.Letter, o.Chosen, taken[s] = s, true, true
				break
			}
		}
	}
}

// Offered lists the roles that may be given: those of every workspace, then its own, the
// oldest first.
func (b *RoleBook) Offered() []RoleCard {
	if b == nil {
		return RoleCards()
	}
	return append(RoleCards(), b.offered...)
}

// Own lists the roles of the workspace's own, the oldest first, those that were retired
// among them.
func (b *RoleBook) Own() []OwnRole {
	if b == nil {
		return nil
	}
	return b.own
}

// Card is a role's card, also of one that was retired; false for a role that is not known
// here.
func (b *RoleBook) Card(r Role) (RoleCard, bool) {
	if card, ok := r.Card(); ok || b == nil {
		return card, ok
	}
	i, ok := b.byID[r]
	if !ok {
		return RoleCard{Role: r, Many: true, Own: true}, false
	}
	return b.own[i].RoleCard, true
}

// Name is the name of an own role as people wrote it, also of one that stands by another
// word, as in a policy; "" for a role that is not known here.
func (b *RoleBook) Name(r Role) string {
	card, ok := b.Card(r)
	if other, named := b.named(string(r)); !ok && named {
		card, _ = b.Card(other)
	}
	return card.Name
}

// given is an own role's card with the letter that it was given.
func (b *RoleBook) given(r Role) RoleCard {
	if b == nil {
		return RoleCard{}
	}
	if i, ok := b.byID[r]; ok {
		return b.own[i].given
	}
	return RoleCard{}
}

// lettered is the role that was given a letter.
func (b *RoleBook) lettered(letter string) (Role, bool) {
	for _, c := range b.Offered() {
		if c.Letter == letter && !c.Chosen {
			return c.Role, true
		}
	}
	return "", false
}

// free are the letters that a role may be given.
func (b *RoleBook) free() string {
	var out []string
	for _, r := range menuLetters {
		if _, taken := b.lettered(string(r)); !taken {
			out = append(out, string(r))
		}
	}
	return strings.Join(out, " ")
}

// named finds a role by a word or by its name: one that is offered before one that was
// retired, which goes by its id and name alone.
func (b *RoleBook) named(typed string) (Role, bool) {
	w, name := trimWord(typed), oneLine(typed)
	if w == "" {
		return "", false
	}
	for _, c := range b.Offered() {
		if w == string(c.Role) || slices.Contains(c.Words, w) {
			return c.Role, true
		}
	}
	for _, retired := range []bool{false, true} {
		for _, o := range b.Own() {
			if o.Retired == retired && (w == string(o.Role) || strings.EqualFold(name, o.Name) || w == string(NewRoleID(o.Name))) {
				return o.Role, true
			}
		}
	}
	return "", false
}

// Parse reads a role by its id, name, letter or another word. It refuses with
// CodeRoleUnknown.
func (b *RoleBook) Parse(typed string) (Role, error) {
	if role, ok := b.named(typed); ok {
		return role, nil
	}
	for _, c := range b.Offered() {
		if c.Letter != "" && c.Letter == trimWord(typed) {
			return c.Role, nil
		}
	}
	return "", Refuse(CodeRoleUnknown, "Role", cutText(typed, 40))
}

// ParseHeld is Parse, or the id of a role that somebody holds in the incident and whose
// card is not known here.
func (b *RoleBook) ParseHeld(typed string, v *View) (Role, error) {
	role, err := b.Parse(typed)
	if err != nil && v != nil && v.Holds(Role(trimWord(typed))) {
		return Role(trimWord(typed)), nil
	}
	return role, err
}

// equal reports books that say the same.
func (b *RoleBook) equal(o *RoleBook) bool {
	return slices.EqualFunc(b.Own(), o.Own(), func(x, y OwnRole) bool { return sameCard(x.RoleCard, y.RoleCard) })
}

// Roles are the workspace's roles.
func (ro *Roster) Roles() *RoleBook {
	if ro == nil {
		return nil
	}
	return ro.roles
}
