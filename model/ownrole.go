package model

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Roles of a workspace's own, beside those that every workspace begins with. A card is
// one register: who changes it says the whole card.

// Limits of own roles. MaxRoleName and MaxRoleDuty are in bytes.
const (
	// MaxOwnRoles is how many a workspace may offer: more than a menu shows at once,
	// and more than a team remembers.
	MaxOwnRoles  = 32
	MaxRoleName  = 60
	MaxRoleDuty  = 200
	MaxRoleWord  = 32
	MaxRoleWords = 8
)

// RoleSet says what an own role is. Its text is the name, the duty and other words, as
// roleText writes them.
type RoleSet struct {
	Common
	Role    Role   `cbor:"16,keyasint"`
	Letter  string `cbor:"17,keyasint,omitzero"`
	Many    bool   `cbor:"18,keyasint,omitzero"`
	Retired bool   `cbor:"19,keyasint,omitzero"`
}

// Kind is KindRoleSet.
func (*RoleSet) Kind() Kind { return KindRoleSet }

type (
	// AddRole adds a role of the workspace's own, or brings one back that was retired.
	// An empty Role is made of the name.
	AddRole struct {
		Role   Role
		Name   string
		Letter string
		Many   bool
		Duty   string
		Words  []string
	}
	// ChangeRole changes an own role. What is nil stays as it is; an empty letter is
	// taken off.
	ChangeRole struct {
		Role               Role
		Name, Letter, Duty *string
		Many               *bool
		Words              *[]string
	}
	// RetireRole has an own role offered no more. Who holds it holds it on.
	RetireRole struct{ Role Role }
)

// latin is how letters with marks are written in an id.
var latin = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ã", "a", "å", "a", "ä", "ae", "æ", "ae", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "i", "í", "i", "î", "i", "ï", "i", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ø", "o", "ö", "oe", "œ", "oe",
	"ù", "u", "ú", "u", "û", "u", "ü", "ue", "ý", "y", "ÿ", "y", "ß", "ss",
)

// NewRoleID makes an id of a role's name: "Database lead" is database-lead. It is empty
// for a name without a letter or digit that an id may have.
func NewRoleID(name string) Role {
	var b strings.Builder
	for _, r := range latin.Replace(strings.ToLower(name)) {
		switch {
		case b.Len() >= MaxRoleWord:
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return Role(strings.TrimRight(b.String(), "-"))
}

// roleWord reports what may be a role's id or another word for it: a letter alone
// chooses in a menu.
func roleWord(w string) bool {
	return len(w) >= 2 && len(w) <= MaxRoleWord && string(NewRoleID(w)) == w
}

// keptWords are those that the verbs and the console read otherwise where a role stands.
var keptWords = []string{"list", "add", "edit", "retire", "me", "accept", "decline", "withdraw"}

// roleText is the text of a card.
func roleText(c RoleCard) string {
	text := "name: " + c.Name + "\nduty: " + c.Duty
	if len(c.Words) > 0 {
		text += "\nwords: " + strings.Join(c.Words, ", ")
	}
	return text
}

// roleCard reads a card off a write. What is too long, or no word, is cut or left out:
// another program may have written it.
func roleCard(r *Record) RoleCard {
	b := r.Body.(*RoleSet)
	c := RoleCard{Role: b.Role, Letter: b.Letter, Many: b.Many, Retired: b.Retired, Own: true}
	for line := range strings.SplitSeq(r.Text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = oneLine(strings.ToValidUTF8(value, ""))
		switch name {
		case "name":
			c.Name = cutBytes(value, MaxRoleName)
		case "duty":
			c.Duty = cutBytes(value, MaxRoleDuty)
		case "words":
			for w := range strings.SplitSeq(value, ",") {
				if w = strings.TrimSpace(w); roleWord(w) && len(c.Words) < MaxRoleWords {
					c.Words = append(c.Words, w)
				}
			}
		}
	}
	if !menuLetter(c.Letter) {
		c.Letter = ""
	}
	if blank(c.Name) {
		c.Name = string(c.Role)
	}
	return c
}

// sameCard reports two writes that say the same.
func sameCard(a, b RoleCard) bool {
	return a.Role == b.Role && a.Letter == b.Letter && a.Many == b.Many && a.Retired == b.Retired && a.Own == b.Own &&
		a.Name == b.Name && a.Duty == b.Duty && a.Chosen == b.Chosen && slices.Equal(a.Words, b.Words)
}

func (c AddRole) decide(d *decision) error {
	card := RoleCard{Role: c.Role, Name: c.Name, Letter: c.Letter, Many: c.Many, Duty: c.Duty, Words: c.Words, Own: true}
	book := d.people.roleBook()
	if blank(c.Name) {
		return Refuse(CodeRoleName)
	}
	typed := string(c.Role)
	if typed == "" {
		typed, card.Role = c.Name, NewRoleID(c.Name)
	}
	if card.Role = Role(trimWord(string(card.Role))); !roleWord(string(card.Role)) {
		return Refuse(CodeRoleID, "Word", cutText(typed, 40), "Limit", MaxRoleWord)
	}
	if was, ok := book.Card(card.Role); ok && !was.Retired {
		return Refuse(CodeRoleTaken, "Word", string(card.Role), "Role", was.Role.Phrase())
	}
	if len(book.offered) >= MaxOwnRoles {
		return Refuse(CodeRoleLimit, "Limit", MaxOwnRoles)
	}
	return d.setRole(book, card)
}

func (c ChangeRole) decide(d *decision) error {
	book := d.people.roleBook()
	if err := d.ownRole(book, c.Role); err != nil {
		return err
	}
	card := book.given(c.Role)
	for _, f := range []struct{ from, to *string }{{c.Name, &card.Name}, {c.Letter, &card.Letter}, {c.Duty, &card.Duty}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if c.Many != nil {
		card.Many = *c.Many
	}
	if c.Words != nil {
		card.Words = *c.Words
	}
	return d.setRole(book, card)
}

func (c RetireRole) decide(d *decision) error {
	book := d.people.roleBook()
	if err := d.ownRole(book, c.Role); err != nil {
		return err
	}
	card := book.given(c.Role)
	card.Retired = true
	d.writeRole(card)
	return nil
}

// ownRole refuses a role that cannot be changed.
func (d *decision) ownRole(book *RoleBook, role Role) error {
	switch card, ok := book.Card(role); {
	case !ok:
		return Refuse(CodeRoleUnknown, "Role", cutText(string(role), 40))
	case !card.Own:
		return Refuse(CodeRoleBuiltIn, "Role", role.Phrase())
	case card.Retired:
		return Refuse(CodeRoleRetired, "Role", role.Phrase())
	}
	return nil
}

// role refuses a role that is not to be given.
func (d *decision) role(role Role) (RoleCard, error) {
	if card, ok := role.Card(); ok {
		return card, nil
	}
	card, ok := d.people.roleBook().Card(role)
	switch {
	case !ok:
		return card, Refuse(CodeRoleUnknown, "Role", cutText(string(role), 40))
	case card.Retired:
		return card, Refuse(CodeRoleRetired, "Role", role.Phrase())
	}
	return card, nil
}

// setRole checks a card and drafts it, unless it is so already.
func (d *decision) setRole(book *RoleBook, c RoleCard) error {
	var err error
	if c.Name, err = checkLineText(c.Name, MaxRoleName, CodeRoleName, CodeTextLong); err != nil {
		return err
	}
	if c.Duty, err = checkLineText(c.Duty, MaxRoleDuty, CodeRoleDuty, CodeTextLong); err != nil {
		return err
	}
	if c.Letter = trimWord(c.Letter); c.Letter != "" {
		if !menuLetter(c.Letter) {
			return Refuse(CodeRoleLetter, "Letter", cutText(c.Letter, 40), "Letters", book.free())
		}
		if has, ok := book.lettered(c.Letter); ok && has != c.Role {
			return Refuse(CodeRoleLetterTaken, "Letter", c.Letter, "Role", has.Phrase(), "Letters", book.free())
		}
	}
	if c.Words, err = checkRoleWords(c); err != nil {
		return err
	}
	for _, w := range append([]string{string(c.Role), c.Name, string(NewRoleID(c.Name))}, c.Words...) {
		if slices.Contains(keptWords, trimWord(w)) {
			return Refuse(CodeRoleKept, "Word", w)
		}
		if has, ok := book.named(w); ok && has != c.Role {
			return Refuse(CodeRoleTaken, "Word", w, "Role", has.Phrase())
		}
	}
	g := d.people.counting(d.people.roles[c.Role])
	if last := g.last(); last != nil && len(g.standing()) == 1 && sameCard(book.given(c.Role), c) {
		return nil
	}
	d.writeRole(c)
	return nil
}

func checkRoleWords(c RoleCard) ([]string, error) {
	var out []string
	for _, w := range c.Words {
		if w = trimWord(w); w == "" || w == string(c.Role) || slices.Contains(out, w) {
			continue
		}
		if !roleWord(w) {
			return nil, Refuse(CodeRoleID, "Word", cutText(w, 40), "Limit", MaxRoleWord)
		}
		out = append(out, w)
	}
	if len(out) > MaxRoleWords {
		return nil, Refuse(CodeRoleWords, "Limit", MaxRoleWords)
	}
	return out, nil
}

// writeRole drafts a card in the place of all that stand of it.
func (d *decision) writeRole(c RoleCard) {
	b := &RoleSet{Role: c.Role, Letter: c.Letter, Many: c.Many, Retired: c.Retired}
	d.addTo(d.Workspace, b, roleText(c)).Pred = d.people.counting(d.people.roles[c.Role]).refs()
}

// single reports a role that one person holds: a built-in one by its table, an own one
// as it was last given. A card that changes later makes no conflict of what was right,
// and none away.
func (in *Incident) single(role Role) bool {
	if card, ok := role.Card(); ok {
		return !card.Many
	}
	var last *RoleAssign
	if g := in.roles[role]; g != nil {
		for _, w := range g.standing() {
			if b, ok := w.Body.(*RoleAssign); ok {
				last = b
			}
		}
	}
	return last != nil && last.One
}

// roleAct is the sentence of a change of an own role.
func (l *Line) roleAct(b *RoleSet) Phrase {
	card := roleCard(l.Rec)
	was, changed := bodyOf[*RoleSet](l.was())
	switch {
	case b.Retired:
		return Say("log.role.retired", "Name", card.Name)
	case changed && !was.Retired:
		return Say("log.role.card", "Name", card.Name, "Duty", card.Duty)
	}
	return Say("log.role.added", "Name", card.Name, "Duty", card.Duty)
}

// menuLetter reports what may choose a role in a menu: one small letter or digit that
// moves in no list and closes none.
func menuLetter(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == 1 && n == len(s) && strings.ContainsRune(menuLetters, r)
}

// menuLetters are they; g, j, k and q are keys of every menu.
const menuLetters = "abcdefhilmnoprstuvwxyz0123456789"
