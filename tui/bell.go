package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/model"
	"warroom/tui/clean"
)

// OSC9 is a notification on the reader's desktop, for Options.Notify: terminals
// that know the sequence show it, the others ignore it.
func OSC9(title, body string) tea.Cmd {
	text := clean.Line(title)
	if body = clean.Line(body); body != "" {
		text += ": " + body
	}
	return tea.Raw(ansi.Notify(text))
}

// bel is the terminal's bell.
const bel = "\a"

// ring rings the bell once, and notifies, unless it is to be quiet.
func (c *Console) ring(title, body string) tea.Cmd {
	if c.o.Quiet {
		return nil
	}
	cmds := []tea.Cmd{tea.Raw(bel)}
	if c.o.Notify != nil {
		cmds = append(cmds, c.o.Notify(title, body))
	}
	return tea.Batch(cmds...)
}

// watchDue rings once for each update that has become overdue and is this
// person's to give: the incident manager's and, as far as the console knows, the
// one's who speaks to customers. What was overdue when it began is not rung.
func (c *Console) watchDue() tea.Cmd {
	if c.over.Loading {
		return nil
	}
	now := c.o.Now().UnixMilli()
	first := !c.dueKnown
	c.dueKnown = true
	var fresh model.Scope
	var late map[model.Scope]bool
	for i := range c.over.Rows {
		r := &c.over.Rows[i]
		if r.Status.Over() {
			break // what lasts comes first
		}
		if r.Due == 0 || r.Due >= now || !c.owes(r) {
			continue
		}
		if late == nil {
			late = map[model.Scope]bool{}
		}
		if late[r.ID] = true; !c.late[r.ID] {
			fresh = r.ID
		}
	}
	c.late = late
	if first || fresh.IsZero() {
		return nil
	}
	said := c.say.T("toast.late", "Key", c.key(fresh))
	return tea.Batch(c.toast(said), c.ring(said, ""))
}

// owes reports an incident whose updates this person gives.
func (c *Console) owes(r *model.Summary) bool {
	me := c.o.Who.Person
	if me.IsZero() || c.readOnly() {
		return false
	}
	if r.Manager == me {
		return true
	}
	if c.view == nil || r.ID != c.id {
		return false
	}
	for _, h := range c.view.Holders(model.Communications) {
		if h.Person == me {
			return true
		}
	}
	return false
}
