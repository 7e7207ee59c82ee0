package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/tui/overlay"
)

// A dialog that somebody else's act brings up must not take the keys of what is
// being typed: it waits until they have been quiet for quietFor, and no longer
// than quietAtMost.
const (
	quietFor    = 400 * time.Millisecond
	quietAtMost = 1500 * time.Millisecond
)

// waiting is a layer that waits for the keys to be quiet, or what opens one then, if it is
// still wanted.
type waiting struct {
	layer overlay.Layer
	open  func() tea.Cmd
	since time.Time
}

// hushed asks whether the keys are quiet now.
type hushed struct{}

// pushWhenQuiet opens a layer as soon as the keys are quiet.
func (c *Console) pushWhenQuiet(l overlay.Layer) tea.Cmd {
	c.waiting = append(c.waiting, waiting{layer: l, since: c.o.Now()})
	return c.hush()
}

// openWhenQuiet is pushWhenQuiet for a layer that is made when it opens.
func (c *Console) openWhenQuiet(open func() tea.Cmd) tea.Cmd {
	c.waiting = append(c.waiting, waiting{open: open, since: c.o.Now()})
	return c.hush()
}

// hush opens the layers that have waited enough, in their order, and waits on for
// the first of the others.
func (c *Console) hush() tea.Cmd {
	var cmds []tea.Cmd
	for len(c.waiting) > 0 {
		now, first := c.o.Now(), c.waiting[0]
		last := c.pressed
		if first.open != nil && last.Before(first.since) {
			last = first.since // it follows from an act, which is to be seen first
		}
		wait := min(quietFor-now.Sub(last), quietAtMost-now.Sub(first.since))
		if wait > 0 {
			return tea.Batch(append(cmds, c.o.After(wait, func() tea.Msg { return hushed{} }))...)
		}
		c.waiting = c.waiting[1:]
		if first.open != nil {
			cmds = append(cmds, first.open())
		} else {
			cmds = append(cmds, c.push(first.layer))
		}
	}
	return tea.Batch(cmds...)
}
