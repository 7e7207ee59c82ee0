package tui

import (
	"slices"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/layout"
	"warroom/tui/line"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// mostHeld bounds the keys that wait for an act: more than anybody types ahead
// in the time a disk takes.
const mostHeld = 4096

// input takes what a person does, at once or, while an act is being written,
// in its turn. The way out never waits.
func (c *Console) input(msg tea.Msg) tea.Cmd {
	c.pressed, c.active = c.o.Now(), true
	if k, ok := msg.(tea.KeyPressMsg); ok && k.String() == "ctrl+c" {
		return c.take(msg)
	}
	if c.busy > 0 || len(c.held) > 0 {
		if len(c.held) < mostHeld {
			c.held = append(c.held, msg)
		}
		return nil
	}
	return c.take(msg)
}

func (c *Console) take(msg tea.Msg) tea.Cmd {
	c.changed(true)
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		c.offer = c.note.offer
		c.note.text, c.note.offer, c.note.call = "", "", false // a key has seen the sentence
		if next, ok := escaped(msg); ok {
			cmd := c.press(tea.KeyPressMsg{Code: tea.KeyEscape})
			c.held = append([]tea.Msg{next}, c.held...)
			return tea.Batch(append(c.release(), cmd)...)
		}
		return c.press(msg)
	case tea.PasteMsg:
		c.paste(msg.Content)
	case tea.MouseClickMsg:
		return c.click(msg.Mouse())
	case tea.MouseWheelMsg:
		return c.wheel(msg.Mouse())
	}
	return nil
}

// escaped takes a key with alt apart. Nothing is bound to alt; but on a slow link
// the byte of esc and the key after it arrive as one, and look like that.
func escaped(k tea.KeyPressMsg) (tea.KeyPressMsg, bool) {
	if k.Mod&^tea.ModShift != tea.ModAlt || !unicode.IsPrint(k.Code) {
		return k, false
	}
	r := k.Code
	switch {
	case k.ShiftedCode != 0 && k.Mod&tea.ModShift != 0:
		r = k.ShiftedCode
	case k.Mod&tea.ModShift != 0:
		r = unicode.ToUpper(r)
	}
	return tea.KeyPressMsg{Code: k.Code, Text: string(r)}, true
}

// press finds out what a key means where the keys go now.
func (c *Console) press(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	if a, ok := c.keymap.Find(key, action.Everywhere); ok {
		switch a.ID { // wherever the keys go
		case action.Interrupt:
			return c.interrupted()
		case action.Suspend:
			return c.run(a, "")
		}
	}
	c.interrupt = time.Time{}
	switch {
	case len(c.layers) > 0:
		top := c.layers[len(c.layers)-1]
		a, _ := c.keymap.Find(key, action.Overlay)
		return c.answer(top, func() (tea.Cmd, bool) { return top.Key(overlay.Key{Press: k, Action: a.ID}) })
	case c.filter != nil:
		return c.narrow(k)
	case c.typing:
		return c.edit(k)
	}
	a, ok := c.keymap.Find(key, c.scope(), action.Everywhere)
	if !ok {
		return nil
	}
	return c.run(a, "")
}

// run takes an action, or says why it cannot be taken now.
func (c *Console) run(a action.Action, arg string) tea.Cmd {
	if why := a.Disabled(c.state()); !why.IsZero() {
		return c.warn(c.say.Say(why))
	}
	return c.handlers[a.ID](c, arg)
}

// act is run by the action's name.
func (c *Console) act(id action.ID, arg string) tea.Cmd {
	a, ok := action.ByID(id)
	if !ok {
		return nil
	}
	return c.run(a, arg)
}

// answer gives a layer an input, and closes it when it is done.
func (c *Console) answer(top overlay.Layer, give func() (tea.Cmd, bool)) tea.Cmd {
	cmd, done := give()
	if done {
		c.remove(top)
	}
	return cmd
}

// push opens a layer over the others.
func (c *Console) push(l overlay.Layer) tea.Cmd {
	c.layers = append(c.layers, l)
	c.changed(true)
	return nil
}

// remove closes a layer, also one that was laid aside.
func (c *Console) remove(l overlay.Layer) {
	if i := slices.Index(c.layers, l); i >= 0 {
		c.layers = append(c.layers[:i:i], c.layers[i+1:]...)
		c.changed(true)
		return
	}
	for id, all := range c.aside {
		c.aside[id] = slices.DeleteFunc(all, func(o overlay.Layer) bool { return o == l })
	}
}

// layAside puts away what is open on the incident on the screen before another takes its
// place, and takes up what was open on that one. What asks whether this person comes is
// about no incident on the screen.
func (c *Console) layAside(next model.Scope) {
	stays := c.layers
	if !c.id.IsZero() {
		asks := func(l overlay.Layer) bool {
			return slices.ContainsFunc(c.asks, func(a pageAsk) bool { return a.layer == l })
		}
		stays = nil
		var aside []overlay.Layer
		for _, l := range c.layers {
			if asks(l) {
				stays = append(stays, l)
			} else {
				aside = append(aside, l)
			}
		}
		c.aside[c.id] = aside
	}
	c.layers = append(c.aside[next], stays...)
	delete(c.aside, next)
}

func (c *Console) holds(l overlay.Layer) bool {
	for _, o := range c.layers {
		if o == l {
			return true
		}
	}
	return false
}

// scope is where the keys of the panes count.
func (c *Console) scope() action.Scope {
	return [layout.Panes]action.Scope{action.Incidents, action.Impact, action.Roles, action.Log}[c.focus]
}

// state is what decides which actions can be taken.
func (c *Console) state() action.State {
	s := action.State{
		Incident: c.view != nil, ReadOnly: c.readOnly(), Themes: c.o.Themes != nil,
		Editor: c.o.Edit != nil, Suspend: c.o.Suspend != nil, Called: c.isCalled(),
		Claimed:  c.o.Who.Via == model.DoorClaimed,
		Conflict: len(c.conflicts) > 0, Overdue: c.overdue() != nothingDue,
		Paged: len(c.pagesForMe()) > 0,
		Row:   c.offer != "" || c.current().HasRow(),
	}
	if s.Step = !c.pageStep().IsZero(); !s.Step && c.view != nil {
		s.Step = !c.view.Next(c.o.Now().UnixMilli()).IsZero()
	}
	if l := c.log.Selected(); l != nil {
		s.Line, s.Entry, s.Struck = true, l.Entry(), l.Struck != nil
	}
	return s
}

// paste puts a pasted text where text goes. Nothing in it is ever a key or a
// command: without a place for text it opens the log line.
func (c *Console) paste(text string) {
	switch {
	case len(c.layers) > 0:
		c.layers[len(c.layers)-1].Paste(text)
	case c.filter != nil:
		c.filter.Insert(text)
		c.current().SetFilter(c.filter.Text())
	case c.view != nil && !c.readOnly():
		c.typing = true
		c.editor.Insert(text)
	}
}

// edit takes a key in the log line.
func (c *Console) edit(k tea.KeyPressMsg) tea.Cmd {
	a, ok := c.keymap.Find(k.String(), action.Typing)
	if a.ID != action.Complete {
		c.completing = completion{}
	}
	if ok {
		if a.Off != nil {
			if why := a.Disabled(c.state()); !why.IsZero() {
				return c.warn(c.say.Say(why))
			}
		}
		return c.typingHandlers[a.ID](c)
	}
	c.editor.Key(k)
	return nil
}

// newTyping has the handlers of the log line's own actions.
func newTyping() map[action.ID]func(*Console) tea.Cmd {
	return map[action.ID]func(*Console) tea.Cmd{
		action.Send:     (*Console).send,
		action.NewLine:  func(c *Console) tea.Cmd { c.editor.Insert("\n"); return nil },
		action.Leave:    func(c *Console) tea.Cmd { c.typing = false; return nil },
		action.Complete: (*Console).complete,
		action.EditLine: (*Console).editDraft,
	}
}

// narrow takes a key while a filter is typed.
func (c *Console) narrow(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		c.filter = nil
		return nil
	case "esc", "ctrl+g":
		c.filter = nil
		c.current().SetFilter("")
		return nil
	case "up":
		return c.move(pane.Up)
	case "down":
		return c.move(pane.Down)
	}
	c.filter.Key(k)
	c.current().SetFilter(c.filter.Text())
	return c.match()
}

func (c *Console) startFilter(text string) tea.Cmd {
	if text != "" {
		c.current().SetFilter(text)
		return c.match()
	}
	c.filter = &line.Editor{}
	had, _, _ := c.current().Filter()
	c.filter.Set(had)
	return nil
}

// back closes the top layer, then the filter, then leaves the pane. It never
// quits.
func (c *Console) back() tea.Cmd {
	if text, _, _ := c.current().Filter(); text != "" {
		c.current().SetFilter("")
		return nil
	}
	c.focus = layout.Incidents
	return nil
}

func (c *Console) move(m pane.Move) tea.Cmd {
	c.current().Move(m, c.shown().Panes[c.focus].H)
	return c.fill()
}

func (c *Console) turn(by int) tea.Cmd {
	c.focus = (c.focus + layout.PaneID(by) + layout.Panes) % layout.Panes
	return nil
}

// interruptWithin is how soon the second ctrl+c must follow the first.
const interruptWithin = 2 * time.Second

// interrupted hints first, and quits the second time.
func (c *Console) interrupted() tea.Cmd {
	now := c.o.Now()
	if !c.interrupt.IsZero() && now.Sub(c.interrupt) <= interruptWithin {
		return c.quit()
	}
	c.interrupt = now
	return c.toast(c.say.T("hint.interrupt"))
}
