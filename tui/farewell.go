package tui

import (
	tea "charm.land/bubbletea/v2"
)

// Farewell ends the console when it is sent to the program or given by a command:
// its place and what was typed are kept. Text is what to print after leaving; the
// console's method of that name gives it then.
type Farewell struct{ Text string }

// Farewell is the text to print after leaving; "" for none.
func (c *Console) Farewell() string { return c.goodbye }

// farewell ends the console for a reason that is not the reader's own.
func (c *Console) farewell(text string) tea.Cmd {
	if text != "" {
		c.goodbye = text
	}
	return c.quit()
}

// awaitLeave listens for a farewell from the room. A channel that is closed says
// no more than that the room is gone.
func (c *Console) awaitLeave() tea.Cmd {
	leave, ctx := c.o.Leave, c.ctx
	if leave == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case text := <-leave:
			return Farewell{text}
		case <-ctx.Done():
			return nil
		}
	}
}
