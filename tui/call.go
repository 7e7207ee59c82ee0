package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/layout"
	"warroom/tui/overlay"
)

// Being called by name in the log.

// mostCalls is how many calls are listed: older ones are in the log.
const mostCalls = 20

// calls are those to this person, the newest first.
func (c *Console) calls() []model.Call {
	var out []model.Call
	for i := len(c.over.Calls) - 1; i >= 0 && len(out) < mostCalls; i-- {
		if k := c.over.Calls[i]; c.forMe(k) {
			out = append(out, k)
		}
	}
	return out
}

// isCalled reports that there are any.
func (c *Console) isCalled() bool { return slices.ContainsFunc(c.over.Calls, c.forMe) }

// forMe reports a call to this person; one's own name in one's own entry is none.
func (c *Console) forMe(k model.Call) bool {
	return k.To == c.o.Who.Person && k.By != c.o.Who.Person
}

// called rings for a call that this console has not seen. Those that were there
// when it began are not rung: what they were about has been answered, or has not.
func (c *Console) called() tea.Cmd {
	if c.over.Loading {
		return nil
	}
	first := c.rung == nil
	if first {
		c.rung = map[model.Ref]bool{}
	}
	var fresh model.Call
	for _, k := range c.over.Calls {
		if c.forMe(k) && !c.rung[k.Entry] {
			c.rung[k.Entry], fresh = true, k
		}
	}
	if first || fresh.Entry.IsZero() {
		return nil
	}
	said := c.say.T("toast.call", "Person", fresh.By, "Key", c.key(fresh.Incident))
	text := ""
	if fresh.Incident == c.id {
		text = c.textOf(fresh.Entry)
	}
	shown := said
	if text != "" {
		shown = c.say.T("toast.call.text", "Person", fresh.By, "Key", c.key(fresh.Incident), "Text", text)
		shown = c.cut(shown, max(c.screen.W-2, 1)) // one row: it hides nothing of the log
	}
	c.note.call = false // one call may cover another
	before := c.note.number
	toast := c.toast(shown)
	c.note.call = c.note.number != before
	return tea.Batch(toast, c.ring(said, text))
}

// beginning is how much of an entry a call shows, in cells.
const beginning = 60

// textOf is the beginning of an entry of the incident on the screen; "" for one
// that is not near its end, or has no text any more.
func (c *Console) textOf(ref model.Ref) string {
	if c.view == nil {
		return ""
	}
	lines := c.view.Lines
	for i := len(lines) - 1; i >= max(len(lines)-newest, 0); i-- {
		if l := lines[i]; l.Ref() == ref && l.Struck == nil && l.Removed == nil && !l.Rec.Removed {
			return c.cut(clean.Line(l.Text), beginning)
		}
	}
	return ""
}

// cut makes clean text at most w cells.
func (c *Console) cut(text string, w int) string {
	if c.o.ASCII {
		return clean.CutASCII(text, w)
	}
	return clean.Cut(text, w)
}

// showCalls lists the last calls to this person; a choice goes to the entry.
func (c *Console) showCalls() tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.calls.title")}
	for _, k := range c.calls() {
		i := overlay.Item{
			Label: c.say.T("overlay.calls.item", "Person", k.By, "Key", c.key(k.Incident)), Token: themes.Name,
			Detail: c.say.Clock(time.UnixMilli(k.At)),
			Do:     func() tea.Cmd { return c.openAt(k.Incident, k.Entry) },
		}
		if row, ok := c.over.Row(k.Incident); ok {
			i.Detail += "  " + clean.Line(row.Title)
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// openAt shows an incident with an entry selected, reading as much of its log as
// that needs. A filter that hides the entry is taken away: to see it was asked for.
func (c *Console) openAt(id model.Scope, entry model.Ref) tea.Cmd {
	room := c.o.Room
	return c.job(true, func(ctx context.Context) func() tea.Cmd {
		n := load(ctx, room, id)
		if n.err == nil && n.view != nil && n.view.Earlier > 0 && !holdsEntry(n.view, entry) {
			n.view, n.err = room.Incident(ctx, id)
		}
		return func() tea.Cmd {
			cmd := c.show(n)
			if n.err != nil {
				return cmd
			}
			c.focus, c.typing = layout.Log, false
			if !c.log.Select(entry) {
				c.log.SetFilter("")
				if !c.log.Select(entry) {
					return tea.Batch(cmd, c.warn(c.say.T("overlay.calls.gone")))
				}
			}
			return cmd
		}
	})
}

func holdsEntry(v *model.View, entry model.Ref) bool {
	for i := len(v.Lines) - 1; i >= 0; i-- {
		if v.Lines[i].Ref() == entry {
			return true
		}
	}
	return false
}
