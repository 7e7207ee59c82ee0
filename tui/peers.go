package tui

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/pane"
)

// What is between this room and its peers, as the console follows it.

// calm is how long what is on its way may stand still before people are told.
const calm = 2 * time.Second

// fewMoving is how many events are not spoken of while they move: what people
// write by hand. Of more than that one wants to see how many are left.
const fewMoving = 20

// flow remembers when what is on its way last moved.
type flow struct {
	out, in     int
	moved, came time.Time
}

// see takes in what is known now.
func (f *flow) see(p *model.Peers, now time.Time) {
	out, in := 0, 0
	if p != nil {
		out, in = p.Unshared, p.Behind
	}
	if f.out == 0 || out < f.out {
		f.moved = now
	}
	if f.in == 0 || in < f.in {
		f.came = now
	}
	f.out, f.in = out, in
}

// now is what moves.
func (f *flow) now(now time.Time) pane.Flow {
	moves := func(n int, at time.Time) bool { return n <= fewMoving && now.Sub(at) < calm }
	return pane.Flow{Out: moves(f.out, f.moved), In: moves(f.in, f.came)}
}

// banner is what stands in the last row in place of the keys: what is wrong with
// this machine, else who waits at the door, else the worst of what is to be known of
// the peers, else what an owner should see to.
func (c *Console) banner() (pane.Banner, bool) {
	if wrong := c.faults(); len(wrong) > 0 {
		// What is wrong with the disk counts for more than all else.
		return pane.Banner{Say: wrong[0], More: c.keys[action.Who] + " tab"}, true
	}
	if b, ok := c.atDoor(); ok {
		return b, true
	}
	if unread := c.notices(); len(unread) > 0 {
		return pane.Banner{Say: unread[0].Say, Grave: unread[0].Grave, Key: c.keys[action.Who]}, true
	}
	if unread := c.unread(c.duties()); len(unread) > 0 {
		return pane.Banner{Say: unread[0].Say, Key: c.keys[action.Members]}, true
	}
	return pane.Banner{}, false
}

// heldBack begins the keys of the sentences about what is kept and does not count.
// That may be so for ever, so they are put away when they were read.
const heldBack = "warning.held."

// faults are what is wrong with this machine.
func (c *Console) faults() []model.Phrase {
	return slices.DeleteFunc(c.over.Faults(), func(p model.Phrase) bool { return strings.HasPrefix(p.Key, heldBack) })
}

// notices are what is to be known of the peers and of what they wrote, and was not
// put away.
func (c *Console) notices() []model.Notice {
	all := c.over.Peers.Notices(c.people())
	for _, p := range c.over.Warnings {
		if strings.HasPrefix(p.Key, heldBack) {
			all = append(all, model.Notice{Say: p, ID: "held " + c.say.Say(p)})
		}
	}
	return c.unread(all)
}

// unread are those that were not put away.
func (c *Console) unread(all []model.Notice) []model.Notice {
	return slices.DeleteFunc(all, func(n model.Notice) bool { return slices.Contains(c.noticed, n.ID) })
}

// mostNoticed is how many notices are remembered as read.
const mostNoticed = 100

// haveRead puts notices away, but for the grave ones.
func (c *Console) haveRead(read []model.Notice) {
	for _, n := range read {
		if !n.Grave {
			c.noticed = append(c.noticed, n.ID)
		}
	}
	c.noticed = slices.Clone(c.noticed[max(len(c.noticed)-mostNoticed, 0):])
}
