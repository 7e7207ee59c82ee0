package model

import "strings"

// Contact is how somebody is reached when no page gets through: by what, and in which
// zone and at which hours, as people wrote it.
type Contact struct {
	Phone, Mail, Chat string
	Zone, Hours       string
}

// IsZero reports an empty card.
func (c Contact) IsZero() bool { return c == Contact{} }

// Text is the card as it is kept: a line each, "phone: +49 30 123".
func (c Contact) Text() string {
	var b strings.Builder
	for _, f := range c.fields() {
		if *f.value != "" {
			b.WriteString(f.name + ": " + *f.value + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

type contactField struct {
	name  string
	value *string
}

func (c *Contact) fields() []contactField {
	return []contactField{{"phone", &c.Phone}, {"mail", &c.Mail}, {"chat", &c.Chat}, {"zone", &c.Zone}, {"hours", &c.Hours}}
}

// ParseContact reads a card's text; what it does not know is left out.
func ParseContact(text string) Contact {
	var c Contact
	for line := range strings.SplitSeq(text, "\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		for _, f := range c.fields() {
			if f.name == strings.TrimSpace(name) {
				*f.value = strings.TrimSpace(value)
			}
		}
	}
	return c
}

// Best is the one way to try first: the phone, then the chat, then the mail.
func (c Contact) Best() string {
	for _, s := range []string{c.Phone, c.Chat, c.Mail} {
		if s != "" {
			return s
		}
	}
	return ""
}

// MaxContact bounds one line of a contact card, MaxRotas the text of the rotas, in bytes.
const (
	MaxContact  = 200
	MaxRotaText = 64 << 10
)

type (
	// ContactSet says how a person is reached, in its text: the whole card.
	ContactSet struct {
		Common
		Person PersonID `cbor:"16,keyasint"`
	}

	// RotaSet gives the workspace's rotas and policies, in its text, as TOML.
	RotaSet struct{ Common }
)

func (*ContactSet) Kind() Kind { return KindContactSet }
func (*RotaSet) Kind() Kind    { return KindRotaSet }

type (
	// SetContact changes a person's card: by id, or by a name, which is added to the
	// people when nobody has it. What is nil stays as it is; "" is taken off.
	SetContact struct {
		Person            PersonID
		Name              string
		Phone, Mail, Chat *string
		Zone, Hours       *string
	}
	// SetRota gives the workspace other rotas. The caller has checked the text; an
	// empty one takes the rotas away.
	SetRota struct{ Text string }
)

func (c SetContact) decide(d *decision) error {
	person, err := d.person(c.Person, c.Name)
	if err != nil {
		return err
	}
	g := d.people.counting(d.people.contacts[person])
	card := Contact{}
	if last := g.last(); last != nil {
		card = ParseContact(last.Text)
	}
	was := card
	given := []*string{c.Phone, c.Mail, c.Chat, c.Zone, c.Hours}
	for i, f := range card.fields() {
		if given[i] == nil {
			continue
		}
		*f.value = ""
		if !blank(*given[i]) {
			if *f.value, err = checkLineText(*given[i], MaxContact, CodeTextEmpty, CodeTextLong); err != nil {
				return err
			}
		}
	}
	if card == was && len(g.standing()) == 1 {
		return nil
	}
	if card.IsZero() && len(g.writes) == 0 {
		return Refuse(CodeContactEmpty)
	}
	d.addTo(d.Workspace, &ContactSet{Person: person}, card.Text()).Pred = g.refs()
	return nil
}

func (c SetRota) decide(d *decision) error {
	text := ""
	if !blank(c.Text) {
		var err error
		if text, err = checkText(c.Text); err != nil {
			return err
		}
	}
	if len(text) > MaxRotaText {
		return Refuse(CodeTextLong, "Length", len(text), "Limit", MaxRotaText)
	}
	g := d.people.counting(&d.people.rota)
	if last := g.last(); last == nil && text == "" || last != nil && last.Text == text && len(g.standing()) == 1 {
		return nil
	}
	d.addTo(d.Workspace, &RotaSet{}, text).Pred = g.refs()
	return nil
}

// contact keeps what is said of how people are reached, and of rotas.
func (p *People) contact(r *Record) {
	switch b := r.Body.(type) {
	case *ContactSet:
		at(p.contacts, b.Person).add(r)
	case *RotaSet:
		p.rota.add(r)
	}
}

// Contact is how the person is reached; empty when nobody said.
func (ro *Roster) Contact(id PersonID) Contact { return ro.contacts[id] }

// Contacts lists those who have a card.
func (ro *Roster) Contacts() []Person {
	var out []Person
	for _, p := range ro.people {
		if !ro.contacts[p.ID].IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// Rota is the text of the workspace's rotas and policies, and the act that gave it, nil
// for none. Others are texts that were given at the same time by others; the last in
// the order counts.
func (ro *Roster) Rota() (text string, by *Record, others []*Record) {
	n := len(ro.rotas) - 1
	if n < 0 {
		return "", nil, nil
	}
	return ro.rotas[n].Text, ro.rotas[n], ro.rotas[:n]
}

func (ro *Roster) reach(p *People) {
	ro.contacts = map[PersonID]Contact{}
	for id, g := range p.contacts {
		if c := ParseContact(textOf(p.counting(g).last())); !c.IsZero() {
			ro.contacts[id] = c
		}
	}
	ro.rotas = p.counting(&p.rota).standing()
}
