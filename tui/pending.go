package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/clean"
	"warroom/tui/overlay"
)

// What waits for this person rings once, whatever is on the screen: a role that is
// offered to them, and a task whose time is up.

// watchPending looks through the rows. A task that was late when the console began is
// not rung for; an offer is shown then too, because it waits.
func (c *Console) watchPending() tea.Cmd {
	if c.over.Loading || c.o.Who.Person.IsZero() || c.readOnly() {
		return nil
	}
	first := c.asked == nil
	if first {
		c.asked, c.offers = map[model.Ref]bool{}, map[model.Ref]*overlay.Page{}
	}
	now, me := c.o.Now().UnixMilli(), c.o.Who.Person
	var cmds []tea.Cmd
	open := map[model.Ref]bool{}
	for i := range c.over.Rows {
		row := &c.over.Rows[i]
		for _, p := range row.Pending {
			mine := p.To == me || p.Task && p.From == me
			switch {
			case !mine:
			case !p.Task:
				open[p.Ref] = true
				if !c.asked[p.Ref] {
					c.asked[p.Ref] = true
					cmds = append(cmds, c.showOffer(row.ID, p))
				}
			case p.Late(now):
				// A task that was given more time comes back again.
				open[p.Ref] = true
				if !c.asked[p.Ref] {
					c.asked[p.Ref] = true
					if !first {
						cmds = append(cmds, c.callBack(row.ID, p))
					}
				}
			default:
				delete(c.asked, p.Ref)
			}
		}
	}
	return tea.Batch(append(cmds, c.closeOffers(open))...)
}

// showOffer rings, and asks as soon as the keys are quiet.
func (c *Console) showOffer(id model.Scope, p model.Pending) tea.Cmd {
	ring := c.ring(c.say.T("toast.offer", "Person", p.From, "Key", c.key(id)), "")
	room := c.o.Room
	return tea.Batch(ring, c.job(false, func(ctx context.Context) func() tea.Cmd {
		v, err := look(ctx, room, id)
		return func() tea.Cmd {
			if err != nil {
				return nil // it is not to be seen any more
			}
			for _, h := range v.Offers() {
				if h.Ref == p.Ref {
					return c.pushWhenQuiet(c.offerPage(v, h))
				}
			}
			return nil
		}
	}))
}

// closeOffers takes away the questions that nobody can answer any more, and says so.
func (c *Console) closeOffers(open map[model.Ref]bool) tea.Cmd {
	var cmds []tea.Cmd
	for ref, page := range c.offers {
		if open[ref] {
			continue
		}
		delete(c.offers, ref)
		shown := c.holds(page)
		c.remove(page)
		for i, w := range c.waiting {
			if w.layer == overlay.Layer(page) {
				c.waiting = append(c.waiting[:i:i], c.waiting[i+1:]...)
				shown = true
				break
			}
		}
		if shown {
			cmds = append(cmds, c.toast(c.say.T("toast.offer.over")))
		}
	}
	return tea.Batch(cmds...)
}

// callBack says that the time of a task is up, to who gave it and to who has it.
func (c *Console) callBack(id model.Scope, p model.Pending) tea.Cmd {
	said := c.say.T("toast.task", "Key", c.key(id), "Person", p.To)
	if c.view != nil && id == c.id {
		for _, t := range c.view.Tasks {
			if t.Ref == p.Ref && !t.Gone {
				said = c.cut(c.say.T("toast.task.text", "Person", p.To, "Text", clean.Line(t.Text)), max(c.screen.W-2, 1))
			}
		}
	}
	return tea.Batch(c.toast(said), c.ring(said, ""))
}
