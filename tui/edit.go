package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
)

// What leaves the screen to another program for a while.

// editDraft hands the unsent line to the reader's own editor and takes back what
// was made of it. The keys wait meanwhile.
func (c *Console) editDraft() tea.Cmd {
	id, before := c.id, c.editor.Text()
	open := c.o.Edit(before, func(text string, err error) tea.Msg {
		return result{func() tea.Cmd {
			if err != nil {
				return tea.Batch(tea.ClearScreen, c.warn(c.say.T("line.edit.failed", "Cause", err)))
			}
			c.redraft(id, strings.TrimRight(text, "\r\n"))
			return tea.ClearScreen
		}, true}
	})
	if open == nil {
		return nil
	}
	c.jobs++
	c.busy++
	return open
}

// redraft puts a text in the place of an incident's unsent line. Another
// program's text is cleaned as a paste is.
func (c *Console) redraft(incident model.Scope, text string) {
	if incident != c.id {
		if c.drafts[incident] = text; text == "" {
			delete(c.drafts, incident)
		}
		return
	}
	c.typing = true
	c.editor.Set("")
	c.editor.Insert(text)
}

// suspend puts the console aside for the shell.
func (c *Console) suspend() tea.Cmd {
	return tea.Sequence(c.o.Suspend(), tea.ClearScreen)
}
