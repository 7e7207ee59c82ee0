package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/model/oncall"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// Paging people, and being paged.

// book reads the room's rotas; nil where there are none, or none can be read.
func (c *Console) book() *oncall.Book {
	text, _, _ := c.people().Rota()
	if c.o.Book == nil || text == "" {
		return nil
	}
	if c.rotas.text != text {
		c.rotas.text, c.rotas.book = text, c.o.Book(text)
	}
	return c.rotas.book
}

// rotas is the book of a text, which is read once.
type rotas struct {
	text string
	book *oncall.Book
}

func (c *Console) world() oncall.World {
	return oncall.World{People: c.people(), View: c.view, At: c.o.Now()}
}

// askPage offers whom to page, and what lasts of the pages so far; with an argument it
// asks at once what to say to them.
func (c *Console) askPage(arg string) tea.Cmd {
	if arg != "" {
		return c.pageWhom(arg)
	}
	return c.push(&overlay.Pick{
		Heading: c.say.T("overlay.page.title", "Key", c.key(c.id)), Placeholder: c.say.T("overlay.page.placeholder"),
		Empty: c.say.T("overlay.page.empty"),
		Find: func(query string) []overlay.Item {
			query = strings.ToLower(clean.Line(strings.TrimSpace(query)))
			all := append(c.pagedItems(), c.targets()...)
			return slices.DeleteFunc(all, func(i overlay.Item) bool { return !strings.Contains(strings.ToLower(i.Label+" "+i.Detail), query) })
		},
	})
}

// pagedItems are the pages that wait for an answer.
func (c *Console) pagedItems() (out []overlay.Item) {
	if c.view == nil {
		return nil
	}
	for _, e := range c.view.Pages {
		if e.Over() {
			continue
		}
		for _, p := range e.Now() {
			out = append(out, overlay.Item{
				Label: c.pagedName(p), Detail: c.pageState(p) + c.number(p), Token: themes.Accent, Mark: c.sign("●", "*"),
				Do: func() tea.Cmd { return c.showPage(p.Ref) },
			})
		}
	}
	return out
}

func (c *Console) pagedName(p *model.Paged) string {
	if p.Person.IsZero() {
		return c.say.T("overlay.page.nobody", "By", model.ByPhrase(p.By))
	}
	return c.people().Name(p.Person)
}

// pageState says what became of a page, and until when it waits.
func (c *Console) pageState(p *model.Paged) string {
	state := model.Say("page.waiting")
	if p.Result != 0 {
		state = p.Result.Phrase()
	}
	parts := []string{c.say.Say(state)}
	if p.Duplicate() {
		parts = append(parts, c.say.T("overlay.page.duplicate"))
	}
	if !p.Ended() {
		parts = append(parts, c.say.T("overlay.page.until", "Time", time.UnixMilli(p.Until)))
	}
	return strings.Join(parts, " · ")
}

// number is the one way to try first, behind what became of a page.
func (c *Console) number(p *model.Paged) string {
	if to := c.people().Contact(p.Person).Best(); to != "" {
		return " · " + clean.Line(to)
	}
	return ""
}

// targets are who can be paged: policies, rotas with who is on call, roles that
// somebody holds, everybody, and people.
func (c *Console) targets() (out []overlay.Item) {
	add := func(label, typed, detail string, tok themes.Token) {
		out = append(out, overlay.Item{Label: clean.Line(label), Detail: clean.Line(detail), Token: tok, Do: func() tea.Cmd { return c.pageWhom(typed) }})
	}
	b := c.book()
	if b != nil {
		for _, p := range b.Plan.Policies {
			var steps []string
			for _, s := range p.Steps {
				var who []string
				for _, t := range s.Who {
					who = append(who, t.String())
				}
				steps = append(steps, strings.Join(who, " + "))
			}
			add(c.say.T("overlay.page.policy", "Name", p.Name), "policy "+p.Name, strings.Join(steps, c.sign(" → ", " > ")), themes.Accent)
		}
		for _, r := range b.Plan.Rotas {
			d := b.Rota(r.Name).At(c.o.Now())
			add(c.say.T("overlay.page.rota", "Name", r.Name), "rota "+r.Name, c.onCall(d), themes.Accent)
		}
	}
	if c.view != nil {
		for _, h := range c.view.Roles {
			if len(h.Holders) > 0 {
				add(c.say.Say(h.Card.Role.Phrase()), "role "+string(h.Card.Role), c.holders(h), themes.Text)
			}
		}
	}
	for _, p := range c.people().All() {
		detail := c.people().Contact(p.ID).Best()
		if p.ID == c.o.Who.Person {
			detail = strings.TrimSpace(c.say.T("overlay.holder.you") + "  " + detail)
		}
		add(p.Name, "person "+p.Name, detail, themes.Text)
	}
	add(c.say.T("page.by.everybody"), string(oncall.ToEverybody), "", themes.Dim)
	return out
}

// onCall says who is on call, until when, and who is next.
func (c *Console) onCall(d oncall.Duty) string {
	name := func(s string) string {
		if s == "" {
			return c.say.T("overlay.page.hole")
		}
		return s
	}
	if d.Until.IsZero() {
		return name(d.Person)
	}
	return c.say.T("overlay.page.duty", "Person", name(d.Person), "Until", d.Until, "Next", name(d.Next))
}

// pageWhom asks what a page is to say, and sends it.
func (c *Console) pageWhom(typed string) tea.Cmd {
	page, err := c.book().Ask(typed, "", c.world())
	if err != nil {
		return c.warn(c.say.Error(err))
	}
	var to []string
	for _, t := range page.To {
		if t.Person.IsZero() {
			to = append(to, c.say.T("overlay.page.nobody", "By", model.ByPhrase(t.By)))
			continue
		}
		to = append(to, c.people().Name(t.Person))
	}
	note := c.say.T("overlay.page.note", "People", to)
	if !c.over.Pager {
		note += " " + c.say.T("overlay.page.off")
	}
	p := &overlay.Prompt{Heading: c.say.T("overlay.page.say", "Key", c.key(c.id)), Note: note}
	p.Accept = func(text string) tea.Cmd {
		page.Text = text
		return c.do(page, after{layer: p, done: func(r model.Receipt) tea.Cmd {
			if c.over.Pager || len(r.Refs) == 0 {
				return nil
			}
			return c.showPage(r.Refs[0])
		}})
	}
	return c.push(p.Offering(c.view.Title.Value))
}

// showPage shows how somebody who was paged is reached, and takes what came of it.
func (c *Console) showPage(ref model.Ref) tea.Cmd {
	e, p := c.pageOf(ref)
	if p == nil {
		return nil
	}
	note := []string{c.pageState(p)}
	if p.Said != "" {
		note = append(note, clean.Line(p.Said))
	}
	contact := c.people().Contact(p.Person)
	for _, l := range []struct{ key, value string }{{"phone", contact.Phone}, {"mail", contact.Mail}, {"chat", contact.Chat}, {"zone", contact.Zone}, {"hours", contact.Hours}} {
		if l.value != "" {
			note = append(note, c.say.T("overlay.page."+l.key, "Value", l.value))
		}
	}
	if contact.IsZero() && !p.Person.IsZero() {
		note = append(note, c.say.T("overlay.page.nocard"))
	}
	m := &overlay.Menu{Heading: c.say.T("overlay.page.of", "Name", c.pagedName(p)), Note: strings.Join(note, "\n"), Stays: true}
	off := ""
	if e.Over() {
		off = c.say.T("overlay.page.over")
	}
	record := func(key, what string, result model.PageResult) {
		i := overlay.Item{Key: key, Label: c.say.T("overlay.page." + what), Detail: c.say.T("overlay.page." + what + ".help"), Off: off}
		i.Do = func() tea.Cmd { return c.recordPage(m, model.RecordPage{Page: p.Ref, Result: result}) }
		if !p.Person.IsZero() {
			m.Items = append(m.Items, i)
		}
	}
	record("r", "reached", model.PageReached)
	record("n", "noanswer", model.PageNoAnswer)
	m.Items = append(m.Items, overlay.Item{
		Key: "x", Label: c.say.T("overlay.page.stop"), Detail: c.say.T("overlay.page.stop.help"), Off: off,
		Do: func() tea.Cmd { return c.do(model.StopPages{Chain: e.Chain}, after{layer: m}) },
	})
	return c.push(m)
}

// recordPage asks what there is to say of it; nothing is fine.
func (c *Console) recordPage(asked overlay.Layer, cmd model.RecordPage) tea.Cmd {
	c.remove(asked)
	p := &overlay.Prompt{Heading: c.say.Say(cmd.Result.Phrase()), Note: c.say.T("overlay.page.record"), Blank: true}
	p.Accept = func(text string) tea.Cmd {
		cmd.Text = text
		return c.do(cmd, after{layer: p})
	}
	return c.push(p)
}

func (c *Console) pageOf(ref model.Ref) (*model.Escalation, *model.Paged) {
	if c.view == nil {
		return nil, nil
	}
	for _, e := range c.view.Pages {
		for _, p := range e.Pages {
			if p.Is(ref) {
				return e, p
			}
		}
	}
	return nil, nil
}

// pageAsk is the question to somebody who is paged.
type pageAsk struct {
	page  model.Ref
	layer overlay.Layer
}

// pagesForMe are those that wait for this person.
func (c *Console) pagesForMe() (out []model.PageCall) {
	for _, p := range c.over.Pages {
		if p.To == c.o.Who.Person {
			out = append(out, p)
		}
	}
	return out
}

// watchPages asks this person whether they come, once for each page, and takes the
// question away when it was answered elsewhere.
func (c *Console) watchPages() tea.Cmd {
	if c.over.Loading {
		return nil
	}
	mine := c.pagesForMe()
	c.asks = slices.DeleteFunc(c.asks, func(a pageAsk) bool {
		if slices.ContainsFunc(mine, func(p model.PageCall) bool { return p.Page == a.page }) {
			return false
		}
		c.remove(a.layer)
		c.waiting = slices.DeleteFunc(c.waiting, func(w waiting) bool { return w.layer == a.layer })
		return true
	})
	var cmds []tea.Cmd
	for _, p := range mine {
		if c.paged[p.Page] {
			continue
		}
		if c.paged == nil {
			c.paged = map[model.Ref]bool{}
		}
		c.paged[p.Page] = true
		said := c.say.T("toast.page", "Person", p.By, "Key", c.key(p.Incident))
		cmds = append(cmds, c.ring(said, clean.Line(p.Text)))
		if c.readOnly() {
			cmds = append(cmds, c.toast(said))
			continue
		}
		cmds = append(cmds, c.pushWhenQuiet(c.pageQuestion(p)))
	}
	return tea.Batch(cmds...)
}

// pageQuestion is the question to this person whether they come.
func (c *Console) pageQuestion(p model.PageCall) overlay.Layer {
	q := &overlay.Confirm{
		Question: c.say.T("overlay.paged.ask", "Person", p.By, "Key", c.key(p.Incident)), Consequence: clean.Line(p.Text),
		Affirm: c.say.T("overlay.paged.yes"), Refuse: c.say.T("overlay.paged.later"),
		Yes: func() tea.Cmd { return c.comes(p.Incident) },
	}
	c.asks = append(c.asks, pageAsk{p.Page, q})
	return q
}

// askComes asks again whether this person comes, who said "not now" before.
func (c *Console) askComes(p model.PageCall) tea.Cmd {
	c.asks = slices.DeleteFunc(c.asks, func(a pageAsk) bool {
		if a.page != p.Page {
			return false
		}
		c.remove(a.layer)
		c.waiting = slices.DeleteFunc(c.waiting, func(w waiting) bool { return w.layer == a.layer })
		return true
	})
	return c.push(c.pageQuestion(p))
}

// calling is the page that waits for this person the longest. Of one that timed out, and
// to somebody who may not answer, nothing more is said.
func (c *Console) calling() (model.PageCall, bool) {
	if c.over.Loading || c.readOnly() {
		return model.PageCall{}, false
	}
	var first model.PageCall
	for _, p := range c.pagesForMe() {
		if !p.Late && (first.Page.IsZero() || p.At < first.At) {
			first = p
		}
	}
	return first, !first.Page.IsZero()
}

// pageStep is the page that waits for this person as the next step: before all others,
// whatever is on the screen.
func (c *Console) pageStep() model.Step {
	p, ok := c.calling()
	if !ok {
		return model.Step{}
	}
	say := model.Say("next.page.me", "Person", p.By)
	if p.Incident != c.id {
		say = model.Say("next.page.elsewhere", "Person", p.By, "Key", c.key(p.Incident))
	}
	return model.Step{Say: say, Action: string(action.Comes), Urgent: true}
}

// comes says that this person comes, on the incident to which they were called.
func (c *Console) comes(id model.Scope) tea.Cmd {
	ack := func() tea.Cmd { return c.do(model.AcknowledgePage{}, after{say: c.say.T("toast.page.acknowledged")}) }
	if id == c.id {
		return ack()
	}
	return c.open(id, ack)
}

// acknowledge answers the page for this person that the rail shows; where that leads to
// another incident, it asks.
func (c *Console) acknowledge() tea.Cmd {
	mine := c.pagesForMe()
	if p, ok := c.calling(); ok {
		mine = []model.PageCall{p}
	}
	if len(mine) > 0 {
		if mine[0].Incident != c.id {
			return c.askComes(mine[0])
		}
		return c.comes(mine[0].Incident)
	}
	return c.warn(c.say.T("action.off.paged"))
}
