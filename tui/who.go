package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// Who else is in the room, what they do, and what this person may do in it.

// readOnly reports a console at which nothing can be changed: it was opened so,
// or the person is an observer.
func (c *Console) readOnly() bool { return c.o.ReadOnly || c.over.Access == model.Observer }

// attend tells the panes who is here.
func (c *Console) attend() {
	c.roles.SetHere(pane.Attendance(c.over.Here))
	c.log.SetWriting(c.writers())
	if c.over.People != c.named {
		c.named, c.shared = c.over.People, isShared(c.people())
		for _, p := range c.panes() {
			p.Redraw() // what they say may name somebody otherwise
		}
	}
}

// showWho opens the page of who is here, with the peers on its other side. It
// begins with these when a sentence about them stands in the last row. It goes on
// while it is open.
func (c *Console) showWho(peers bool) tea.Cmd {
	page := &overlay.Page{Toggle: c.keys[action.Who], Live: true}
	page.Rows = func(env pane.Env, w int) []string {
		if peers {
			return pane.Peers(env, c.over, w)
		}
		return pane.Who(env, c.over, c.people(), c.sorted(), w)
	}
	page.Extras = []overlay.Extra{{Key: "tab"}, {Key: c.keys[action.Members], Text: c.say.T("overlay.members.hint"), Do: func(int) (tea.Cmd, bool) {
		return c.showMembers(), true
	}}}
	show := func() {
		heading, wide, other := "overlay.who.title", 88, "overlay.who.to.peers"
		if peers {
			heading, wide, other = "overlay.who.peers", 96, "overlay.who.to.here"
			c.haveRead(c.notices())
		}
		page.Turn(c.say.T(heading), wide)
		page.Extras[0].Text = c.say.T(other)
	}
	page.Extras[0].Do = func(int) (tea.Cmd, bool) {
		peers = !peers
		show()
		return nil, false
	}
	show()
	return c.push(page)
}

// sorted are the consoles by the names of their people, those of one person by
// how long they have been open.
func (c *Console) sorted() []model.Presence {
	here, people := slices.Clone(c.over.Here), c.people()
	slices.SortStableFunc(here, func(a, b model.Presence) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(people.Name(a.Person)), strings.ToLower(people.Name(b.Person))),
			strings.Compare(string(a.Person[:]), string(b.Person[:])),
			cmp.Compare(a.Since, b.Since), cmp.Compare(a.Seat, b.Seat))
	})
	return here
}

// allow says what became of this person's access while the console was open.
// Whoever has none any more leaves. A room in which nobody has an access says
// nothing of it.
func (c *Console) allow(was, is model.Access) tea.Cmd {
	switch {
	case was == is, was == model.NoAccess:
		return nil
	case is == model.NoAccess:
		return c.farewell(c.say.T("farewell.access"))
	case is == model.Observer:
		return c.toast(c.say.T("toast.access.observer"))
	}
	return c.toast(c.say.T("toast.access", "Access", is))
}
