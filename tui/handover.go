package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// Handing a role over: the offer with its brief, and its answer. The old holder keeps
// the role until the new one accepts.

// askHandover answers what is offered to this person, or offers a role of theirs: at
// once where there is only one.
func (c *Console) askHandover(arg string) tea.Cmd {
	if h, ok := c.offerToMe(); ok && arg == "" {
		return c.push(c.offerPage(c.view, h))
	}
	m := &overlay.Menu{Heading: c.say.T("overlay.handover.title", "Key", c.key(c.id)), Empty: c.say.T("overlay.handover.none"), Stays: true}
	for _, role := range c.view.RolesOf(c.o.Who.Person) {
		if arg == string(role) {
			return c.askSuccessor(role)
		}
		card, _ := c.people().Roles().Card(role)
		m.Items = append(m.Items, overlay.Item{Key: card.Letter, Label: c.say.Say(role.Phrase()), Do: func() tea.Cmd {
			c.remove(m)
			return c.askSuccessor(role)
		}})
	}
	offers := c.view.Offers()
	if len(m.Items) == 1 && len(offers) == 0 {
		return m.Items[0].Do()
	}
	for _, h := range offers {
		i := overlay.Item{Label: c.say.T("overlay.handover.offered", "Role", h.Role.Phrase(), "Person", h.To), Token: themes.Dim}
		switch {
		case h.Gone(c.people()):
			i.Detail = c.say.T("overlay.handover.gone", "Person", h.To)
		default:
			i.Detail = c.say.T("overlay.handover.waits")
		}
		if h.From == c.o.Who.Person {
			i.Detail += "  " + c.say.T("overlay.handover.back")
			i.Do = func() tea.Cmd { return c.do(model.AnswerHandover{Offer: h.Ref}, after{layer: m}) }
		} else {
			i.Off = c.say.T("overlay.handover.theirs", "Person", h.From)
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// offerToMe is the first open offer to this person.
func (c *Console) offerToMe() (model.Handover, bool) {
	for _, h := range c.view.Offers() {
		if h.To == c.o.Who.Person {
			return h, true
		}
	}
	return model.Handover{}, false
}

// askSuccessor asks who takes the role: only who could accept it.
func (c *Console) askSuccessor(role model.Role) tea.Cmd {
	return c.push(&overlay.Pick{
		Heading: c.say.T("overlay.successor.title", "Role", role.Phrase()), Placeholder: c.say.T("overlay.successor.placeholder"),
		Empty: c.say.T("overlay.successor.none"),
		Find: func(query string) []overlay.Item {
			var items []overlay.Item
			for _, p := range c.findPeople(strings.TrimPrefix(clean.Line(strings.TrimSpace(query)), "@")) {
				if p.ID == c.o.Who.Person || c.people().Access(p.ID) < model.Responder || !c.view.VisibleTo(p.ID) {
					continue
				}
				i := overlay.Item{Label: p.Name, Do: func() tea.Cmd { return c.askBrief(role, p.ID) }}
				if c.view.Overloaded(p.ID) || len(c.view.RolesOf(p.ID)) > 0 {
					i.Detail = c.rolesOf(p.ID)
				}
				items = append(items, i)
			}
			return items
		},
	})
}

func (c *Console) rolesOf(person model.PersonID) string {
	var names []string
	for _, r := range c.view.RolesOf(person) {
		names = append(names, c.say.Say(r.Phrase()))
	}
	return strings.Join(names, ", ")
}

// askBrief shows the brief that the state gives, to be edited.
func (c *Console) askBrief(role model.Role, to model.PersonID) tea.Cmd {
	p := &overlay.Prompt{
		Heading: c.say.T("overlay.brief.title", "Role", role.Phrase(), "Person", to), Note: c.say.T("overlay.brief.note"), Several: true,
	}
	p.Accept = func(text string) tea.Cmd {
		return c.do(model.OfferHandover{Role: role, Person: to, Brief: text}, after{layer: p, say: c.say.T("toast.offered", "Person", to)})
	}
	return c.push(p.With(c.brief()))
}

func (c *Console) brief() string {
	var lines []string
	for _, p := range c.view.Brief(c.o.Now().UnixMilli()) {
		lines = append(lines, clean.Line(c.say.Say(p)))
	}
	return strings.Join(lines, "\n")
}

// offerPage asks this person whether they take a role. Nothing but y and n answers.
func (c *Console) offerPage(v *model.View, h model.Handover) *overlay.Page {
	page := &overlay.Page{Heading: c.say.T("overlay.offer.title", "Person", h.From, "Role", h.Role.Phrase(), "Key", c.key(v.ID)), Wide: 76}
	page.Rows = func(env pane.Env, w int) []string {
		rows := overlay.Prose(env, themes.Title, c.say.T("overlay.offer.text", "Person", h.From, "Role", h.Role.Phrase()), w)
		card, _ := c.people().Roles().Card(h.Role)
		rows = append(rows, overlay.Prose(env, themes.Dim, c.say.Say(card.Does()), w)...)
		rows = append(rows, "")
		for _, l := range clean.Block(h.Text) {
			rows = append(rows, overlay.Prose(env, themes.Text, l, w)...)
		}
		return rows
	}
	answer := func(accept bool, said string) func(int) (tea.Cmd, bool) {
		return func(int) (tea.Cmd, bool) {
			return c.answerOffer(v.ID, h, accept, said, page), false
		}
	}
	page.Extras = []overlay.Extra{
		{Key: "y", Text: c.say.T("overlay.offer.yes"), Do: answer(true, c.say.T("toast.accepted", "Role", h.Role.Phrase()))},
		{Key: "n", Text: c.say.T("overlay.offer.no"), Do: answer(false, c.say.T("toast.declined", "Role", h.Role.Phrase()))},
	}
	if c.offers != nil {
		c.offers[h.Ref] = page
	}
	return page
}

// answerOffer answers an offer of an incident that may not be the one on the screen.
func (c *Console) answerOffer(id model.Scope, h model.Handover, accept bool, said string, page overlay.Layer) tea.Cmd {
	cmd := model.AnswerHandover{Offer: h.Ref, Accept: accept}
	delete(c.offers, h.Ref) // what this person answers needs no telling that it is over
	if id == c.id {
		return c.do(cmd, after{layer: page, say: said, refused: func(err error) (tea.Cmd, bool) {
			c.remove(page)
			return c.warn(c.say.Error(err)), true
		}})
	}
	c.remove(page)
	room, who := c.o.Room, c.o.Who
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		_, err := room.Do(ctx, who, id, cmd)
		return func() tea.Cmd {
			if err != nil {
				return c.warn(c.say.Error(err))
			}
			c.tell(said)
			return c.open(id, nil)
		}
	})
}
