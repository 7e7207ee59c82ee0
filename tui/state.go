package tui

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/layout"
)

// State is where a console was left: small, and fit for JSON. The zero State
// begins anew.
type State struct {
	// Incident is the id of the incident on the screen, in hexadecimal digits.
	Incident string `json:"incident,omitempty"`
	// Pane is the number of the pane with the focus, from 1.
	Pane   int    `json:"pane,omitempty"`
	Row    string `json:"row,omitempty"`  // the selected incident
	Line   string `json:"line,omitempty"` // the selected line of the log; "" follows the newest
	Filter string `json:"filter,omitempty"`
	// Draft is the unsent line, which is kept and never gone on with by itself; Drafts are those of other incidents, by id.
	Draft  string            `json:"draft,omitempty"`
	Drafts map[string]string `json:"drafts,omitempty"`
	// Typing says that keys went into the draft.
	Typing bool `json:"typing,omitempty"`
	// Theme is one that was chosen at the console, over the one that was
	// configured then: a change of the config counts again.
	Theme      string `json:"theme,omitempty"`
	Configured string `json:"configured,omitempty"`
	Clock      uint8  `json:"clock,omitempty"`
	// Noticed are the sentences about peers that were read and put away, by their ids.
	Noticed []string `json:"noticed,omitempty"`
}

func (s State) equal(o State) bool {
	return maps.Equal(s.Drafts, o.Drafts) && s.Incident == o.Incident && s.Pane == o.Pane && s.Row == o.Row &&
		s.Line == o.Line && s.Filter == o.Filter && s.Draft == o.Draft && s.Theme == o.Theme &&
		s.Configured == o.Configured && s.Clock == o.Clock && s.Typing == o.Typing && slices.Equal(s.Noticed, o.Noticed)
}

func (s State) incident() model.Scope { return parseScope(s.Incident) }

func parseScope(s string) (id model.Scope) {
	if b, err := hex.DecodeString(s); err == nil && len(b) == len(id) {
		copy(id[:], b)
	}
	return id
}

// State is where the console is now.
func (c *Console) State() State {
	s := State{Pane: c.focus.Number(), Draft: c.editor.Text(), Clock: uint8(c.clock), Typing: c.typing, Noticed: c.noticed}
	if c.theme.Name != c.o.Theme.Name {
		s.Theme, s.Configured = c.theme.Name, c.o.Theme.Name
	}
	if !c.id.IsZero() {
		s.Incident = c.id.String()
	}
	if row, ok := c.incidents.Selected(); ok {
		s.Row = row.String()
	}
	lines := 0
	if c.view != nil {
		lines = len(c.view.Lines)
	}
	if l := c.log.Selected(); l != nil && lines > 0 && l != c.view.Lines[lines-1] {
		s.Line = l.Ref().String()
	}
	s.Filter, _, _ = c.current().Filter()
	for id, text := range c.drafts {
		if s.Drafts == nil {
			s.Drafts = map[string]string{}
		}
		s.Drafts[id.String()] = text
	}
	return s
}

// Unsent counts the lines that were typed and not written.
func (c *Console) Unsent() int {
	n := len(c.drafts)
	if !c.editor.Empty() {
		n++
	}
	return n
}

// restore takes from a state what needs no room.
func (c *Console) restore(s State) {
	if s.Pane >= 1 && s.Pane <= layout.Panes {
		c.focus = layout.PaneID(s.Pane - 1)
	}
	c.setClock(clockMode(s.Clock))
	c.typing = c.o.Again && s.Typing
	c.noticed = s.Noticed
	c.drafts = map[model.Scope]string{}
	for id, text := range s.Drafts {
		c.drafts[parseScope(id)] = text
	}
	if s.Draft != "" {
		c.drafts[s.incident()] = s.Draft
	}
	c.editor.Set(c.drafts[model.Scope{}])
	delete(c.drafts, model.Scope{})
}

// reselect takes from a state what needs the room: selections, the filter.
func (c *Console) reselect(s State) {
	if row := parseScope(s.Row); !row.IsZero() && c.id == s.incident() {
		c.incidents.Select(row)
	}
	c.current().SetFilter(s.Filter)
	if c.view != nil && s.Line != "" {
		if l, err := c.view.FindEntry(s.Line); err == nil {
			c.log.Select(l.Ref())
		}
	}
}

// saveEvery is how often the place is kept at most.
const saveEvery = time.Second

// remember asks to save the place, if it changed, at most once a second.
func (c *Console) remember() tea.Cmd {
	if c.o.Save == nil || c.save || c.quitting || c.State().equal(c.saved) {
		return nil
	}
	c.save = true
	return c.o.After(saveEvery, func() tea.Msg { return saving{} })
}

func (c *Console) saveNow() tea.Cmd {
	now, keep := c.State(), c.o.Save
	if now.equal(c.saved) {
		return nil
	}
	c.saved = now
	return c.job(false, func(context.Context) func() tea.Cmd {
		keep(now)
		return nil
	})
}
