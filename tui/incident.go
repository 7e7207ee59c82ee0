package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/line"
	"warroom/tui/overlay"
)

// askNew opens an incident: its title, and nothing else that must be said.
func (c *Console) askNew(title string) tea.Cmd {
	source := &overlay.Choice{Key: "tab", Label: c.say.T("overlay.new.source"), At: 3}
	sources := model.Sources()
	for i, s := range sources {
		source.Values = append(source.Values, c.say.Say(s.Phrase()))
		if s == model.ByTeammate {
			source.At = i
		}
	}
	kinds := []model.IncidentKind{model.Outage, model.SecurityIncident}
	kind := &overlay.Choice{Key: "ctrl+t", Label: c.say.T("overlay.new.kind")}
	for _, k := range kinds {
		kind.Values = append(kind.Values, c.say.Say(k.Phrase()))
	}
	p := &overlay.Prompt{
		Heading: c.say.T("overlay.new.title"), Placeholder: c.say.T("overlay.new.placeholder"),
		Choices: []*overlay.Choice{source, kind},
	}
	p.Accept = func(text string) tea.Cmd {
		return c.do(model.OpenIncident{Title: text, Source: sources[source.At], Kind: kinds[kind.At]}, after{layer: p})
	}
	return c.push(p.With(title))
}

func (c *Console) openSelected() tea.Cmd {
	id, ok := c.incidents.Selected()
	if !ok {
		return c.warn(c.say.T("action.off.incident"))
	}
	return c.open(id, nil)
}

// goTo opens the incident whose key begins as typed.
func (c *Console) goTo(typed string) tea.Cmd {
	if typed == "" {
		return c.showPalette()
	}
	id, err := c.incident(typed)
	if err != nil {
		return c.warn(c.notFound(typed, err))
	}
	return c.open(id, nil)
}

// incident is the one that a key names, as it is typed, or a whole id.
func (c *Console) incident(typed string) (model.Scope, error) {
	if id := parseScope(typed); !id.IsZero() {
		return id, nil
	}
	ids := make([]model.Scope, 0, len(c.over.Rows))
	for _, r := range c.over.Rows {
		ids = append(ids, r.ID)
	}
	return model.FindKey(typed, ids)
}

// notFound says why a key names no incident, in the words of a place where the
// list is on the screen.
func (c *Console) notFound(typed string, err error) string {
	switch model.CodeOf(err) {
	case model.CodeKeyMalformed:
		return c.say.T("overlay.goto.malformed", "Key", typed)
	case model.CodeIncidentUnknown:
		return c.say.T("overlay.goto.unknown", "Key", typed)
	}
	return c.say.Error(err)
}

func (c *Console) askTitle() tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.title.title", "Key", c.key(c.id))}
	p.Accept = func(text string) tea.Cmd { return c.do(model.SetTitle{Title: text}, after{layer: p}) }
	return c.push(p.With(c.view.Title.Value))
}

// askTopic pins a topic line; an empty one is composed again.
func (c *Console) askTopic() tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.topic.title", "Key", c.key(c.id)), Note: c.say.T("overlay.topic.note"), Blank: true}
	p.Accept = func(text string) tea.Cmd { return c.do(model.PinTopic{Text: text}, after{layer: p}) }
	return c.push(p.With(c.topicLine()))
}

func (c *Console) topicLine() string {
	if c.view == nil {
		return ""
	}
	var parts []string
	for _, p := range c.view.TopicLine(c.key(c.id)) {
		parts = append(parts, c.say.Say(p))
	}
	return strings.Join(parts, " · ")
}

// askPhase ticks a phase by hand, or takes such a tick back.
func (c *Console) askPhase() tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.phase.title"), Note: c.say.T("overlay.phase.note"), Stays: true}
	for _, p := range c.view.Phases(c.o.Now().UnixMilli()) {
		i := overlay.Item{Label: c.say.Say(p.Phase.Phrase())}
		if p.Progress == model.Done {
			i.Mark = c.sign("✓", "+")
		}
		mark := c.view.Marks[p.Phase].Value
		if mark {
			i.Detail = c.say.T("overlay.phase.ticked")
		}
		i.Do = func() tea.Cmd { return c.do(model.MarkPhase{Phase: p.Phase, Done: !mark}, after{layer: m}) }
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// askRestrict asks for whom alone the incident is.
func (c *Console) askRestrict() tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.restrict.title", "Key", c.key(c.id)), Note: c.say.T("overlay.restrict.note"), Blank: true}
	p.Accept = func(text string) tea.Cmd {
		cmd, err := line.Restrict(text, c.people())
		if err != nil {
			return c.refuse(c.say.Error(err), p)
		}
		return c.do(cmd, after{layer: p})
	}
	var names []string
	if c.view.Restricted {
		for _, id := range c.view.Named {
			if id != c.o.Who.Person {
				names = append(names, c.people().Name(id))
			}
		}
	}
	return c.push(p.With(strings.Join(names, ", ")))
}

// hidden takes an incident off the screen that this person may no longer see. What
// they typed in it is kept with it.
func (c *Console) hidden() tea.Cmd {
	said := c.say.T("toast.hidden", "Key", c.key(c.id))
	c.waiting = nil
	c.swap(model.Scope{})
	return c.warn(said)
}

func (c *Console) askPerson() tea.Cmd {
	p := &overlay.Prompt{Heading: c.say.T("overlay.person.title")}
	p.Accept = func(text string) tea.Cmd {
		return c.do(model.AddPerson{Name: text}, after{layer: p, say: c.say.T("toast.person", "Name", text)})
	}
	return c.push(p)
}

// What is overdue, as ! finds it.
type dueKind int

const (
	nothingDue dueKind = iota
	duePage            // a page that waits for this person
	dueHere            // the next step of the incident on the screen
	dueElsewhere
)

// overdue says where something is overdue: a page first, then here.
func (c *Console) overdue() dueKind {
	if !c.pageStep().IsZero() {
		return duePage
	}
	now := c.o.Now().UnixMilli()
	if c.view != nil && c.view.Next(now).Urgent {
		return dueHere
	}
	if _, ok := c.overdueRow(now); ok {
		return dueElsewhere
	}
	return nothingDue
}

// overdueRow is the incident whose update is overdue the longest.
func (c *Console) overdueRow(now int64) (model.Scope, bool) {
	var id model.Scope
	least := now
	for i := range c.over.Rows {
		r := &c.over.Rows[i]
		if r.Status.Over() {
			break // what lasts comes first
		}
		if r.Due != 0 && r.Due < least && r.ID != c.id {
			id, least = r.ID, r.Due
		}
	}
	return id, !id.IsZero()
}

func (c *Console) goOverdue() tea.Cmd {
	if due := c.overdue(); due == duePage || due == dueHere {
		return c.takeStep()
	}
	id, ok := c.overdueRow(c.o.Now().UnixMilli())
	if !ok {
		return nil
	}
	return c.open(id, c.takeStep)
}

// takeStep does the next step that the rail shows.
func (c *Console) takeStep() tea.Cmd {
	if p, ok := c.calling(); ok {
		return c.askComes(p)
	}
	if c.view == nil {
		return nil
	}
	step := c.view.Next(c.o.Now().UnixMilli())
	if step.IsZero() {
		return nil
	}
	return c.act(action.ID(step.Action), step.Arg)
}
