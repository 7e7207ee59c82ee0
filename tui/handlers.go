package tui

import (
	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/lang"
	"warroom/tui/layout"
	"warroom/tui/line"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// handler does an action. The argument is what a next step or a command says
// beyond the action itself; most take none.
type handler func(c *Console, arg string) tea.Cmd

// newHandlers has one for every action of the table but those of the log line
// and of layers, which have theirs; a test compares them.
func newHandlers() map[action.ID]handler {
	return map[action.ID]handler{
		action.New:       func(c *Console, arg string) tea.Cmd { return c.askNew(arg) },
		action.Severity:  func(c *Console, _ string) tea.Cmd { return c.askSeverity() },
		action.Suggested: func(c *Console, _ string) tea.Cmd { return c.applySuggestion(nil) },
		action.Status:    (*Console).askStatus,
		action.Role:      (*Console).askRole,
		action.Release:   (*Console).askRole,
		action.Assess:    func(c *Console, _ string) tea.Cmd { return c.assess() },
		action.Update:    (*Console).askUpdate,
		action.Handover:  (*Console).askHandover,
		action.Work:      (*Console).showWork,
		action.Relate:    (*Console).askRelate,
		action.Links:     func(c *Console, _ string) tea.Cmd { return c.showLinks() },
		action.Link:      func(c *Console, _ string) tea.Cmd { return c.askLink() },
		action.Moments:   func(c *Console, _ string) tea.Cmd { return c.showMoments() },
		action.Write:     func(c *Console, _ string) tea.Cmd { c.typing = true; return nil },
		action.At:        func(c *Console, _ string) tea.Cmd { return c.begin("/at ") },
		action.Title:     func(c *Console, _ string) tea.Cmd { return c.askTitle() },
		action.Pin:       func(c *Console, _ string) tea.Cmd { return c.askTopic() },
		action.Phase:     func(c *Console, _ string) tea.Cmd { return c.askPhase() },
		action.Person:    func(c *Console, _ string) tea.Cmd { return c.askPerson() },
		action.Restrict:  func(c *Console, _ string) tea.Cmd { return c.askRestrict() },
		action.Undo:      func(c *Console, _ string) tea.Cmd { return c.do(model.Undo{}, c.naming("toast.undone")) },
		action.Redo:      func(c *Console, _ string) tea.Cmd { return c.do(model.Redo{}, c.naming("toast.redone")) },
		action.Overdue:   func(c *Console, _ string) tea.Cmd { return c.goOverdue() },
		action.Next:      func(c *Console, _ string) tea.Cmd { return c.takeStep() },
		action.Settle:    func(c *Console, _ string) tea.Cmd { return c.settle() },
		action.Who: func(c *Console, _ string) tea.Cmd {
			return c.showWho(len(c.faults()) == 0 && len(c.notices()) > 0)
		},
		action.Peers:      func(c *Console, _ string) tea.Cmd { return c.showWho(true) },
		action.Door:       func(c *Console, _ string) tea.Cmd { return c.showDoor() },
		action.Members:    func(c *Console, _ string) tea.Cmd { return c.showMembers() },
		action.AnswerCall: func(c *Console, _ string) tea.Cmd { return c.showCalls() },
		action.Escalate:   (*Console).askPage,
		action.Comes:      func(c *Console, _ string) tea.Cmd { return c.acknowledge() },
		action.Edit:       func(c *Console, _ string) tea.Cmd { return c.editDraft() },
		action.Suspend:    func(c *Console, _ string) tea.Cmd { return c.suspend() },
		action.Goto:       (*Console).goTo,
		action.Open:       func(c *Console, _ string) tea.Cmd { return c.openSelected() },
		action.AnswerThis: func(c *Console, _ string) tea.Cmd { return c.answerSelected() },
		action.GiveThis:   func(c *Console, _ string) tea.Cmd { return c.giveSelected() },
		action.Entry:      func(c *Console, _ string) tea.Cmd { return c.showEntry() },
		action.Star:       func(c *Console, _ string) tea.Cmd { return c.star(c.log.Selected()) },
		action.Amend:      func(c *Console, _ string) tea.Cmd { return c.askAmend(c.log.Selected()) },
		action.Strike:     func(c *Console, _ string) tea.Cmd { return c.strike(c.log.Selected(), "") },

		action.Filter:    (*Console).startFilter,
		action.Palette:   func(c *Console, _ string) tea.Cmd { return c.showPalette() },
		action.Help:      func(c *Console, _ string) tea.Cmd { return c.showHelp() },
		action.Copy:      func(c *Console, _ string) tea.Cmd { return c.copyRow() },
		action.CopyTopic: func(c *Console, _ string) tea.Cmd { return c.copyTopic() },
		action.Zone:      func(c *Console, _ string) tea.Cmd { return c.turnZone() },
		action.Theme:     (*Console).askTheme,
		action.Mouse:     func(c *Console, _ string) tea.Cmd { return c.toggleMouse() },
		action.Back:      func(c *Console, _ string) tea.Cmd { return c.back() },
		action.Quit:      func(c *Console, _ string) tea.Cmd { return c.askQuit() },
		action.Interrupt: func(c *Console, _ string) tea.Cmd { return c.interrupted() },

		action.PaneIncidents: focus(layout.Incidents),
		action.PaneImpact:    focus(layout.Impact),
		action.PaneRoles:     focus(layout.Roles),
		action.PaneLog:       focus(layout.Log),
		action.PaneNext:      func(c *Console, _ string) tea.Cmd { return c.turn(1) },
		action.PanePrevious:  func(c *Console, _ string) tea.Cmd { return c.turn(-1) },
		action.Up:            motion(pane.Up),
		action.Down:          motion(pane.Down),
		action.PageUp:        motion(pane.PageUp),
		action.PageDown:      motion(pane.PageDown),
		action.Top:           motion(pane.Top),
		action.Bottom:        motion(pane.Bottom),
	}
}

func focus(p layout.PaneID) handler {
	return func(c *Console, _ string) tea.Cmd { c.focus = p; return nil }
}

func motion(m pane.Move) handler {
	return func(c *Console, _ string) tea.Cmd { return c.move(m) }
}

// surroundings are what typed commands are read against.
func (c *Console) surroundings() line.Surroundings {
	return line.Surroundings{Now: c.o.Now(), Me: c.o.Who.Person, People: c.people(), View: c.view, Line: c.log.Selected()}
}

// people are those who are known; never nil.
func (c *Console) people() *model.Roster {
	if c.over.People == nil {
		return &model.Roster{}
	}
	return c.over.People
}

// command does what a typed command says: of the palette, which then is closed,
// or of the log line (no layer), which then is emptied by done. What is refused
// leaves both as they are.
func (c *Console) command(word, rest string, layer overlay.Layer, done func()) tea.Cmd {
	act, err := line.Read(word, rest, c.surroundings())
	if err != nil {
		return c.refuse(c.say.Error(err), layer)
	}
	a, _ := action.ByID(act.Action)
	if why := a.Disabled(c.state()); !why.IsZero() {
		return c.refuse(c.say.Say(why), layer)
	}
	if act.Action == action.Goto && act.Arg != "" {
		id, err := c.incident(act.Arg)
		if err != nil {
			return c.refuse(c.notFound(act.Arg, err), layer)
		}
		act.Arg = id.String()
	}
	if act.Command == nil {
		if done(); layer != nil {
			c.remove(layer)
		}
		return c.handlers[act.Action](c, act.Arg)
	}
	return c.perform(act.Command, after{layer: layer, done: func(r model.Receipt) tea.Cmd {
		done()
		if r.Nothing() {
			return c.warn(c.say.T("toast.nothing"))
		}
		return nil
	}})
}

// send writes the log line, or does its slash command. The text stays until
// that is done.
func (c *Console) send() tea.Cmd {
	text := c.editor.Text()
	if word, rest, ok := line.Slash(text); ok {
		return c.command(word, rest, nil, func() { c.editor.Set("") })
	}
	return c.do(model.Write{Text: line.Plain(text)}, after{done: func(model.Receipt) tea.Cmd {
		c.editor.Set("")
		return nil
	}})
}

// naming tells which act was undone or done again. Acts from a shell and from
// other machines are among them, so that the last one may not be the one that
// the person at the keys thinks of.
func (c *Console) naming(key string) after {
	return after{done: func(r model.Receipt) tea.Cmd {
		for _, ref := range r.Refs {
			if act := c.actOf(ref); !act.IsZero() {
				c.tell(c.say.T(key, "Act", act))
				return nil
			}
		}
		c.tell(c.say.T(key + ".some"))
		return nil
	}}
}

// actOf is the act that an undo or a redo was about, in words.
func (c *Console) actOf(ref model.Ref) model.Phrase {
	find := func(ref model.Ref) *model.Line {
		for i := len(c.view.Lines) - 1; i >= 0; i-- {
			if l := c.view.Lines[i]; l.Ref() == ref {
				return l
			}
		}
		return nil
	}
	l := find(ref)
	if l == nil {
		return model.Phrase{}
	}
	common := l.Rec.Common()
	for _, of := range []model.Ref{common.Undoes, common.Redoes} {
		if of.IsZero() {
			continue
		}
		if was := find(of); was != nil {
			return was.Describe()
		}
	}
	return l.Describe()
}

// begin starts the log line with a text.
func (c *Console) begin(text string) tea.Cmd {
	c.typing = true
	if c.editor.Empty() {
		c.editor.Set(text)
	}
	return nil
}

// copyRow copies what the last sentence offered, else the selected row.
func (c *Console) copyRow() tea.Cmd {
	if c.offer != "" {
		return c.copy(c.offer)
	}
	return c.copy(c.current().Copy(c.env()))
}

func (c *Console) copy(text string) tea.Cmd {
	c.tell(c.say.T("toast.copied", "Text", text))
	return c.o.Clipboard(text)
}

func (c *Console) setClock(mode lang.ClockMode) {
	c.clock = mode
	c.say = c.o.Say.WithClock(mode)
}

func clockMode(n uint8) lang.ClockMode { return lang.ClockMode(n % 3) }

// turnZone shows times local, in UTC, or both.
func (c *Console) turnZone() tea.Cmd {
	c.setClock(clockMode(uint8(c.clock) + 1))
	c.tell(c.say.T("toast.zone", "Zone", c.say.Zone(c.o.Now())))
	return nil
}

func (c *Console) toggleMouse() tea.Cmd {
	c.mouse = !c.mouse
	key := "toast.mouse.off"
	if c.mouse {
		key = "toast.mouse.on"
	}
	c.tell(c.say.T(key))
	return nil
}

// askQuit quits, but asks while something typed is unsent.
func (c *Console) askQuit() tea.Cmd {
	n := c.Unsent()
	if n == 0 {
		return c.quit()
	}
	return c.push(&overlay.Confirm{
		Question: c.say.T("overlay.quit.ask"), Consequence: c.say.N("overlay.quit.text", n),
		Affirm: c.say.T("overlay.quit.yes"), Refuse: c.say.T("overlay.stay"), Yes: c.quit,
	})
}

// quit keeps the place, and ends the program: after the act that is being
// written, unless the person insists.
func (c *Console) quit() tea.Cmd {
	if c.busy > 0 && !c.quitting {
		c.quitting = true
		return nil
	}
	c.quitting = true
	keep, now := c.o.Save, c.State()
	if keep == nil {
		return tea.Quit
	}
	c.saved = now
	return func() tea.Msg {
		keep(now)
		return tea.QuitMsg{}
	}
}

// onLine reports an act on a line of the log: the person stays at that line.
func onLine(cmd model.Command) bool {
	switch cmd.(type) {
	case model.Star, model.Amend, model.Strike:
		return true
	}
	return false
}
