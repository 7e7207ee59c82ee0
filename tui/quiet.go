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

// waiting is a layer that waits for the keys to be quiet.
type waiting struct {
	layer overlay.Layer
	since time.Time
}

// hushed asks whether the keys are quiet now.
type hushed struct{}

// pushWhenQuiet opens a layer as soon as the keys are quiet.
func (c *Console) pushWhenQuiet(l overlay.Layer) tea.Cmd {
	c.waiting = append(c.waiting, waiting{l, c.o.Now()})
	return c.hush()
}

// hush opens the layers that have waited enough, in their order, and waits on for
// the first of the others.
func (c *Console) hush() tea.Cmd {
	var cmds []tea.Cmd
	for len(c.waiting) > 0 {
		now, first := c.o.Now(), c.waiting[0]
		wait := min(quietFor-now.Sub(c.pressed), quietAtMost-now.Sub(first.since))
		if wait > 0 {
			return tea.Batch(append(cmds, c.o.After(wait, func() tea.Msg { return hushed{} }))...)
		}
		c.waiting = c.waiting[1:]
		cmds = append(cmds, c.push(first.layer))
	}
	return tea.Batch(cmds...)
}
