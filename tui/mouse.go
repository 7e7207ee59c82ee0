package tui

import (
	tea "charm.land/bubbletea/v2"

	"warroom/tui/action"
	"warroom/tui/layout"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// click selects what is clicked; a second click on the selected incident opens
// it.
func (c *Console) click(m tea.Mouse) tea.Cmd {
	if m.Button != tea.MouseLeft {
		return nil
	}
	if len(c.layers) > 0 {
		top, b := c.layers[len(c.layers)-1], c.boxes[len(c.boxes)-1]
		if !b.inner.Has(m.X, m.Y) {
			return nil
		}
		return c.answer(top, func() (tea.Cmd, bool) { return top.Click(m.Y - b.inner.Y) })
	}
	switch {
	case c.screen.Input.Has(m.X, m.Y):
		return c.act(action.Write, "")
	case c.screen.Rail.Has(m.X, m.Y):
		return c.act(action.Next, "")
	case c.screen.Tabs.Has(m.X, m.Y):
		if p, ok := pane.TabAt(c.env(), c.focus, c.counts(), c.screen.W, m.X); ok {
			c.focus = p
		}
		return nil
	}
	screen := c.shown()
	p, ok := screen.PaneAt(m.X, m.Y, c.focus)
	if !ok {
		return nil
	}
	was, _ := c.incidents.Selected()
	had := c.focus
	c.focus, c.typing, c.filter = p, false, nil
	if !c.current().Click(m.Y - screen.Panes[p].Y) {
		return nil
	}
	if is, _ := c.incidents.Selected(); p == layout.Incidents && had == p && is == was {
		return c.act(action.Open, "")
	}
	return nil
}

func (c *Console) wheel(m tea.Mouse) tea.Cmd {
	up := m.Button == tea.MouseWheelUp
	if !up && m.Button != tea.MouseWheelDown {
		return nil
	}
	if n := len(c.layers); n > 0 {
		a := action.LayerDown
		if up {
			a = action.LayerUp
		}
		top := c.layers[n-1]
		return c.answer(top, func() (tea.Cmd, bool) { return top.Key(overlay.Key{Action: a}) })
	}
	screen := c.shown()
	p, ok := screen.PaneAt(m.X, m.Y, c.focus)
	if !ok {
		return nil
	}
	step := pane.WheelDown
	if up {
		step = pane.WheelUp
	}
	c.panes()[p].Move(step, screen.Panes[p].H)
	return c.fill()
}
