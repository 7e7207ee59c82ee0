package tui

import (
	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// The acts on a line of the log.

func (c *Console) star(l *model.Line) tea.Cmd {
	return c.do(model.Star{Target: l.Ref(), On: !l.Star}, after{})
}

// strike strikes an entry, after asking; or takes the stroke away, which loses
// nothing and so is not asked about.
func (c *Console) strike(l *model.Line, reason string) tea.Cmd {
	return c.perform(model.Strike{Target: l.Ref(), Reason: reason, Back: l.Struck != nil}, after{})
}

func (c *Console) askAmend(l *model.Line) tea.Cmd {
	if l.Struck != nil {
		return c.warn(c.say.Error(model.Refuse(model.CodeEntryStruck)))
	}
	ref := l.Ref()
	p := &overlay.Prompt{Heading: c.say.T("overlay.amend.title"), Note: c.say.T("overlay.amend.note"), Several: true}
	p.Accept = func(text string) tea.Cmd { return c.do(model.Amend{Target: ref, Text: text}, after{layer: p}) }
	return c.push(p.With(l.Text))
}

// showEntry shows the selected line whole, with its history.
func (c *Console) showEntry() tea.Cmd {
	l, people := c.log.Selected(), c.people()
	page := &overlay.Page{
		Heading: c.say.T("overlay.entry.title", "Ref", l.Ref().String()), Wide: 100,
	}
	on := 0
	page.Rows = func(env pane.Env, w int) []string {
		on = c.over.Peers.Devices(l.Ref())
		return pane.Entry(env, l, people, c.over.Peers, w)
	}
	page.Changed = func() bool { return c.over.Peers.Devices(l.Ref()) != on }
	act := func(key, text string, do func(*model.Line) tea.Cmd) {
		page.Extras = append(page.Extras, overlay.Extra{Key: key, Text: text, Do: func(int) (tea.Cmd, bool) {
			// The line as it is now, though it may be hidden or another selected.
			now := c.lineOf(l.Ref())
			if now == nil {
				return c.warn(c.say.T("overlay.calls.gone")), true
			}
			c.log.Select(l.Ref())
			return do(now), true
		}})
	}
	act("y", c.say.T("overlay.links.copy"), func(l *model.Line) tea.Cmd {
		if l.Struck != nil {
			return c.copy(c.say.T("pane.log.struck.copy", "Text", l.Text))
		}
		return c.copy(clean.Line(l.Text))
	})
	if !c.readOnly() {
		act("*", c.say.T("action.star"), c.star)
		if l.Entry() {
			act("A", c.say.T("action.amend"), c.askAmend)
			act("D", c.say.T("action.strike"), func(l *model.Line) tea.Cmd { return c.strike(l, "") })
		}
	}
	return c.push(page)
}
