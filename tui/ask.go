package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// The acts that many incidents need in their first minute: severity, status,
// roles.

// perform does a command, but asks first where it ends something, lowers
// something or leaves the room; and asks for the reason where one is needed.
func (c *Console) perform(cmd model.Command, a after) tea.Cmd {
	if s, ok := cmd.(model.SetStatus); ok && s.Status == model.Resolved {
		a.done = c.thenLast(a.done)
	}
	if ask := c.question(cmd); ask != nil {
		a.layer = c.leaveMenu(a.layer)
		ask.Yes = func() tea.Cmd { return c.do(cmd, a) }
		return c.push(ask)
	}
	if s, ok := cmd.(model.SetStatus); ok && s.Reason == "" && c.reopens(s.Status) {
		a.layer = c.leaveMenu(a.layer)
		return c.askReason(s, a)
	}
	return c.do(cmd, a)
}

// leaveMenu closes a menu or a pick list whose choice leads to a question. A prompt stays under
// it, with what is typed.
func (c *Console) leaveMenu(l overlay.Layer) overlay.Layer {
	switch l.(type) {
	case *overlay.Menu, *overlay.Pick:
		c.remove(l)
		return nil
	}
	return l
}

// question is what to ask before a command, nil for nothing. It names the object
// and the consequence.
func (c *Console) question(cmd model.Command) *overlay.Confirm {
	if c.view == nil {
		return nil
	}
	ask := func(name, text string, pairs ...any) *overlay.Confirm {
		return &overlay.Confirm{
			Question: c.say.T("overlay."+name+".ask", pairs...), Consequence: text,
			Affirm: c.say.T("overlay." + name + ".yes"), Refuse: c.say.T("overlay.no"),
		}
	}
	key := c.key(c.id)
	switch cmd := cmd.(type) {
	case model.SetSeverity:
		if now := c.view.Severity.Value; now.Worse(cmd.Level) && now != model.Unset && cmd.Level != model.Unset {
			return ask("lower", c.cadence(cmd.Level), "Key", key, "From", now.String(), "To", cmd.Level.String())
		}
	case model.ApplySuggestion:
		return c.question(model.SetSeverity{Level: c.view.Suggests.Level})
	case model.SetStatus:
		if cmd.Status.Asks() && cmd.Status != c.view.Status.Value {
			q := ask(string(cmd.Status), c.say.T("overlay."+string(cmd.Status)+".text"), "Key", key)
			if told := c.view.ToTell(); cmd.Status == model.Resolved && len(told) > 0 {
				q.Consequence = c.say.T("overlay.resolved.tell", "Audiences", audienceNames(told))
			}
			if missing := c.unmet(cmd.Status); missing != "" {
				q.Consequence = missing + " " + q.Consequence
			}
			if n := c.involved(); n > 0 {
				q.Question = c.say.N("overlay."+string(cmd.Status)+".people", n, "Key", key)
			}
			return q
		}
	case model.PostUpdate:
		if cmd.Audience == model.ToCustomers {
			return ask("publish", clean.Line(cmd.Text), "Key", key)
		}
	case model.Strike:
		if l := c.lineOf(cmd.Target); l != nil && !cmd.Back {
			return ask("strike", clean.Line(l.Text))
		}
	}
	return nil
}

// lineOf is a line of the log on the screen, shown or hidden; nil for none.
func (c *Console) lineOf(ref model.Ref) *model.Line {
	if l := c.log.Selected(); l != nil && l.Ref() == ref {
		return l
	}
	for i := len(c.view.Lines) - 1; i >= 0; i-- {
		if l := c.view.Lines[i]; l.Ref() == ref {
			return l
		}
	}
	return nil
}

// cadence says how often updates are due at a severity.
func (c *Console) cadence(l model.Level) string {
	s, _ := model.SeverityOf(l)
	return c.say.N("overlay.cadence", s.First, "Severity", l.String())
}

// involved counts the people who hold a role.
func (c *Console) involved() int {
	seen := map[model.PersonID]bool{}
	for _, h := range c.view.Roles {
		for _, p := range h.Holders {
			seen[p.Person] = true
		}
	}
	return len(seen)
}

func (c *Console) reopens(to model.Status) bool {
	if c.view == nil {
		return false
	}
	now := c.view.Status.Value
	return now.Over() && !to.Over() && now != to
}

func (c *Console) askReason(s model.SetStatus, a after) tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.reopen.title", "Key", c.key(c.id)), Note: c.say.T("overlay.reopen.note")}
	p.Accept = func(text string) tea.Cmd {
		s.Reason = text
		a.layer = p
		return c.do(s, a)
	}
	return c.push(p)
}

// askSeverity offers the severities, and the one that the answers speak for.
func (c *Console) askSeverity() tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.severity.title", "Key", c.key(c.id)), Stays: true}
	for _, s := range model.Severities() {
		i := overlay.Item{
			Key: s.Level.String()[3:], Label: s.Level.String(), Token: themes.Severity(int(s.Level)),
			Detail: c.say.T("overlay.severity." + s.Level.String()[3:]),
			Do:     func() tea.Cmd { return c.perform(model.SetSeverity{Level: s.Level}, after{layer: m}) },
		}
		if s.Level == c.view.Severity.Value {
			i.Mark, m.At = c.sign("●", "*"), len(m.Items)
		}
		m.Items = append(m.Items, i)
	}
	if sug := c.view.Suggests; !sug.IsZero() && sug.Level != c.view.Severity.Value {
		m.Items = append(m.Items, overlay.Item{
			Key: "a", Label: c.say.T("overlay.severity.suggested", "Severity", sug.Level.String()), Token: themes.Accent,
			Detail: c.reasons(sug), Do: func() tea.Cmd { return c.applySuggestion(m) },
		})
		if sug.Level.Worse(c.view.Severity.Value) {
			m.At = len(m.Items) - 1
		}
	}
	return c.push(m)
}

func (c *Console) sign(unicode, ascii string) string {
	if c.o.ASCII {
		return ascii
	}
	return unicode
}

func (c *Console) reasons(s model.Suggestion) string {
	var why []string
	for _, w := range s.Why {
		why = append(why, c.say.Say(w))
	}
	return strings.Join(why, ", ")
}

func (c *Console) applySuggestion(asked overlay.Layer) tea.Cmd {
	return c.perform(model.ApplySuggestion{Say: c.say.Say}, after{layer: asked})
}

// askStatus offers the statuses; with an argument it goes there at once.
func (c *Console) askStatus(arg string) tea.Cmd {
	if arg != "" {
		return c.perform(model.SetStatus{Status: model.Status(arg)}, after{})
	}
	m := &overlay.Menu{Heading: c.say.T("overlay.status.title", "Key", c.key(c.id)), Stays: true}
	for _, s := range model.Statuses() {
		i := overlay.Item{
			Key: s.Letter(), Label: c.say.Say(s.Phrase()), Token: themes.Status(string(s)),
			Detail: c.say.T("overlay.status." + string(s)),
			Do:     func() tea.Cmd { return c.perform(model.SetStatus{Status: s}, after{layer: m}) },
		}
		if s == c.view.Status.Value {
			i.Mark, m.At = c.sign("●", "*"), len(m.Items)
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// askRole offers the roles; with an argument it asks at once for whom.
func (c *Console) askRole(arg string) tea.Cmd {
	if arg != "" {
		return c.askHolder(model.Role(arg))
	}
	m := &overlay.Menu{Heading: c.say.T("overlay.role.title", "Key", c.key(c.id))}
	for _, h := range c.view.Roles {
		role := h.Card.Role
		i := overlay.Item{Key: h.Card.Letter, Label: c.say.Say(role.Phrase()), Detail: c.holders(h), Do: func() tea.Cmd { return c.askHolder(role) }}
		if !h.Card.Offered() {
			i.Key, i.Token = "", themes.Dim
			i.Detail += "  " + c.unoffered(h.Card)
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// unoffered says why a role is not given any more, or not yet.
func (c *Console) unoffered(card model.RoleCard) string {
	if card.Retired {
		return c.say.T("overlay.role.retired")
	}
	return c.say.T("overlay.role.unknown")
}

func (c *Console) holders(h model.Holding) string {
	var names []string
	for _, p := range h.Holders {
		names = append(names, c.people().Name(p.Person))
	}
	if len(names) == 0 {
		return c.say.T("overlay.role.empty")
	}
	return strings.Join(names, ", ")
}

// askHolder asks who takes a role: yourself first, then everybody, then a new
// name. One that is not offered is only taken from who holds it.
func (c *Console) askHolder(role model.Role) tea.Cmd {
	card, _ := c.people().Roles().Card(role)
	placeholder := c.say.T("overlay.holder.placeholder")
	if !card.Offered() {
		placeholder = c.say.T("overlay.holder.unoffered", "Why", c.unoffered(card))
	}
	give := func(cmd model.AssignRole) func() tea.Cmd {
		return func() tea.Cmd { return c.do(cmd, after{}) }
	}
	return c.push(&overlay.Pick{
		Heading: c.say.T("overlay.holder.title", "Role", role.Phrase()), Placeholder: placeholder,
		Find: func(query string) []overlay.Item {
			query = strings.TrimPrefix(clean.Line(strings.TrimSpace(query)), "@")
			var items []overlay.Item
			exact := !card.Offered()
			for _, p := range c.findPeople(query) {
				if !card.Offered() {
					break
				}
				i := overlay.Item{Label: p.Name, Do: give(model.AssignRole{Role: role, Person: p.ID})}
				if p.ID == c.o.Who.Person {
					i.Detail = c.say.T("overlay.holder.you")
				}
				exact = exact || strings.EqualFold(p.Name, query)
				items = append(items, i)
			}
			if query != "" && !exact {
				items = append(items, overlay.Item{Label: c.say.T("overlay.holder.add", "Name", query), Token: themes.Accent, Do: give(model.AssignRole{Role: role, Name: query})})
			}
			for _, h := range c.view.Holders(role) {
				items = append(items, overlay.Item{
					Label: c.say.T("overlay.holder.release", "Name", c.people().Name(h.Person)), Token: themes.Dim,
					Do: func() tea.Cmd { return c.do(model.ReleaseRole{Role: role, Person: h.Person}, after{}) },
				})
			}
			return items
		},
	})
}

// findPeople lists people who match, best first; without a query everybody,
// yourself first.
func (c *Console) findPeople(query string) []model.Person {
	all := c.people().All()
	if query == "" {
		out := make([]model.Person, 0, len(all))
		for _, p := range all {
			if p.ID == c.o.Who.Person {
				out = append([]model.Person{p}, out...)
			} else {
				out = append(out, p)
			}
		}
		return out
	}
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
	}
	var out []model.Person
	for _, m := range fuzzy.Find(query, names) {
		out = append(out, all[m.Index])
	}
	return out
}

func (c *Console) giveSelected() tea.Cmd {
	role, ok := c.roles.Selected()
	if !ok {
		return nil
	}
	return c.askHolder(role)
}
