package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
)

// olderLines is how many events are read at once when somebody scrolls back.
const olderLines = 500

// fill reads more of the log where the pane has come to its beginning, and all of
// it for a filter. One reading runs at a time; what comes of it is shown, and then
// it is asked again.
func (c *Console) fill() tea.Cmd {
	pager, ok := c.o.Room.(model.Pager)
	all := c.log.WantsAll()
	if !ok || c.filling || !all && !c.log.WantsOlder() {
		return nil
	}
	c.filling = true
	room, id := c.o.Room, c.id
	return c.job(false, func(ctx context.Context) func() tea.Cmd {
		n := news{over: room.Overview(), id: id}
		if all {
			n.view, n.err = room.Incident(ctx, id)
		} else {
			n.view, n.err = pager.Older(ctx, id, olderLines)
		}
		return func() tea.Cmd {
			c.filling = false
			c.changed(true)
			switch {
			case n.err != nil:
				return c.warn(c.say.Error(n.err)) // the next key tries again
			case id != c.id || n.over.Version < c.over.Version:
				return c.fill() // of another time: what was read is in the room
			}
			return c.show(n)
		}
	})
}
