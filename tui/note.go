package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/layout"
	"warroom/tui/pane"
)

// note is a sentence in the status row. It goes with the next key or by itself.
type note struct {
	text   string
	tok    themes.Token
	number int
	// offer is a text that the copy key takes while the sentence stands.
	offer string
	// call reports that somebody calls: what is less than that does not cover it.
	call bool
}

// How long a sentence stays when no key is pressed: long enough to be read
// twice. A refusal stays until the next key.
const noteFor = 6 * time.Second

func (c *Console) put(tok themes.Token, text string) {
	c.note = note{text: text, tok: tok, number: c.note.number + 1}
	c.changed(true)
}

// warn says why something was not done.
func (c *Console) warn(sentence string) tea.Cmd {
	c.put(themes.Danger, sentence)
	return nil
}

// tell says what was done.
func (c *Console) tell(sentence string) {
	if sentence != "" && !c.note.call {
		c.put(themes.OK, sentence)
	}
}

// toast tells of a teammate's act. It never covers a refusal that has not been
// seen, and it never takes a key.
func (c *Console) toast(sentence string) tea.Cmd {
	if c.note.text != "" && (c.note.tok == themes.Danger || c.note.call) {
		return nil
	}
	c.put(themes.Toast, sentence)
	number := c.note.number
	return c.o.After(noteFor, func() tea.Msg { return expired{number} })
}

// noteRows draws a sentence that is too long for the last row above the log
// line, where it hides no text that is being typed.
func (c *Console) noteRows(env pane.Env, rows []string, cursor *tea.Cursor) {
	lines := c.noteLines()
	if len(lines) < 2 && c.screen.Mode != layout.Tiny {
		return
	}
	bottom := c.screen.Input.Y
	if cursor != nil {
		bottom = min(bottom, cursor.Y)
	}
	if c.screen.Input.Empty() || c.screen.Mode == layout.Tiny && !c.typing {
		bottom = c.screen.H
	}
	for i, l := range lines {
		if y := bottom - len(lines) + i; y >= 0 {
			rows[y] = c.noteRow(env, l)
		}
	}
}

// mostNote is how many rows a sentence may take.
const mostNote = 3

// noteLines are the rows of the sentence, none without one.
func (c *Console) noteLines() []string {
	if c.note.text == "" || c.screen.W < 3 {
		return nil
	}
	lines := clean.Wrap(c.note.text, c.screen.W-2)
	if len(lines) > mostNote {
		lines = lines[:mostNote]
	}
	return lines
}

func (c *Console) noteRow(env pane.Env, line string) string {
	text := clean.Fit(" "+line, c.screen.W)
	return env.Styles.Style(c.note.tok).Render(text)
}

// newest bounds how many lines are looked at for what a teammate did: what a
// toast tells of is at the end.
const newest = 50

// announce tells of what others did since the last reading.
func (c *Console) announce(n news) tea.Cmd {
	c.o.Names.put(n.over)
	if said := c.announceNew(n.over); said != "" {
		return c.toast(said)
	}
	if n.view != nil && c.view != nil && n.view != c.view {
		came := min(n.view.Total()-c.view.Total(), len(n.view.Lines), newest)
		for i := len(n.view.Lines) - 1; i >= max(len(n.view.Lines)-came, 0); i-- {
			l := n.view.Lines[i]
			switch common := l.Rec.Common(); {
			case isMachine(common.Via):
				machine, _ := common.Via.Machine()
				return c.toast(c.say.T("toast.act", "Person", machine, "Act", l.Describe()))
			case common.Actor != c.o.Who.Person:
				return c.toast(c.say.T("toast.act", "Person", common.Actor, "Act", l.Describe()))
			}
		}
	}
	return nil
}

// announceNew names an open incident that this console has not seen, opened by
// a teammate or by alerts; "" for none, and before the room was read.
func (c *Console) announceNew(now *model.Overview) string {
	if len(now.Rows) <= len(c.over.Rows) || c.over.People == nil || c.over.Loading {
		return ""
	}
	for _, r := range now.Rows[:min(len(now.Rows), newest)] {
		if _, known := c.over.Row(r.ID); !known && !r.Status.Over() {
			return c.say.T("toast.opened", "Key", now.Keys[r.ID], "Title", r.Title)
		}
	}
	return ""
}

// conflict is something that two people set at once.
type conflict struct {
	what    model.Phrase
	options []option
}

type option struct {
	ref  model.Ref
	text model.Phrase
	by   *model.Record
}

func isMachine(d model.Door) bool {
	_, is := d.Machine()
	return is
}
