package tui

import (
	"slices"
	"time"

	"warroom/model"
)

// told is what the room was last told of this console.
type told struct {
	incident model.Scope
	typing   bool
	at       time.Time
}

const (
	// toldEvery is how often keys are told of at most: often enough to tell idle
	// from active, and a hundred consoles cost the room twenty tellings a second.
	toldEvery = 5 * time.Second
	// writesFor is how long a line counts as being written after the last key:
	// longer than thinking of the next word takes.
	writesFor = 30 * time.Second
)

// report tells the room which incident is on the screen and whether a line is
// being written, when that changes, and that keys are pressed.
func (c *Console) report() {
	if c.seat == nil || c.quitting {
		return
	}
	now := c.o.Now()
	next := told{incident: c.id, typing: c.writes(now), at: now}
	if next.incident == c.told.incident && next.typing == c.told.typing && !(c.active && now.Sub(c.told.at) >= toldEvery) {
		return
	}
	c.seat.Tell(next.incident, next.typing, c.active)
	c.told, c.active = next, false
}

// writes reports that a line is being written for the incident on the screen.
func (c *Console) writes(now time.Time) bool {
	return c.typing && c.view != nil && !c.editor.Empty() && !c.readOnly() && now.Sub(c.pressed) < writesFor
}

// writers are the others who write in the incident on the screen, each once.
func (c *Console) writers() []model.PersonID {
	var out []model.PersonID
	now := c.o.Now().UnixMilli()
	for i := range c.over.Here {
		o := &c.over.Here[i]
		if !o.Typing || o.Incident != c.id || c.id.IsZero() || o.Person == c.o.Who.Person || o.Idle(now) || slices.Contains(out, o.Person) {
			continue
		}
		out = append(out, o.Person)
	}
	return out
}
