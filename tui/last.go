package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/action"
	"warroom/tui/overlay"
)

// The last update: its draft opens by itself when an incident is resolved, for one
// audience after the other. Whoever has no time for it leaves it, and the rail asks again;
// whoever goes on with something else at once is not interrupted.

// thenLast says how long it took, after what else is done, and begins the last updates.
func (c *Console) thenLast(done func(model.Receipt) tea.Cmd) func(model.Receipt) tea.Cmd {
	return func(r model.Receipt) tea.Cmd {
		var first tea.Cmd
		if done != nil {
			first = done(r)
		}
		if c.view == nil {
			return first // it is not for this person any more
		}
		c.tell(c.lasted())
		return tea.Batch(first, c.nextLast())
	}
}

// nextLast begins the last update for the first audience that is still to hear that it is
// over. When all have heard it, what was said is followed by what comes next: the review.
func (c *Console) nextLast() tea.Cmd {
	if c.view == nil {
		return nil
	}
	if len(c.view.Untold()) > 0 {
		id, typing := c.id, c.typing
		return c.openWhenQuiet(func() tea.Cmd {
			busy := len(c.layers) > 0 || c.filter != nil || !c.editor.Empty() || c.typing != typing
			if c.id != id || c.view == nil || busy {
				return nil // the next step asks for it
			}
			if left := c.view.Untold(); len(left) > 0 {
				c.changed(true)
				return c.beginLast(left[0])
			}
			return nil
		})
	}
	if c.view.Status.Value == model.Resolved && c.note.text != "" && !c.note.call {
		c.note.text += " " + c.say.T("last.review", "Key", c.keys[action.Work])
	}
	return nil
}

// afterLast goes on to the next audience when a last update went out.
func (c *Console) afterLast(t model.Drafted) tea.Cmd {
	if t.State != model.Recovered || !t.Corrects.IsZero() {
		return nil
	}
	return c.nextLast()
}

// beginLast offers the filled template of the last update. A draft of it that stands is
// shown, and so is what has to be settled or published first; another draft gives way.
func (c *Console) beginLast(a model.Audience) tea.Cmd {
	k, save := c.view.Drafts[a], model.SaveDraft{Audience: a, State: model.Recovered}
	note := c.say.T("last.note")
	if left := c.view.Untold(); len(left) > 1 {
		note += " " + c.say.T("last.then", "Audiences", audienceNames(left[1:]))
	}
	if t := k.Draft; t != nil {
		if k.Conflict() || t.State == model.Recovered || !t.Corrects.IsZero() {
			return c.showDraft(a)
		}
		save.Seen = []model.Ref{t.Ref}
		note += " " + c.say.T("last.over", "State", t.State.Phrase(), "Person", t.By.Common().Actor)
	}
	text := c.filled(a, model.Recovered)
	p := c.draftPrompt(save, text, true)
	p.Heading, p.Note, p.Leave = c.say.T("last.title", "Audience", a.Phrase()), note, c.say.T("last.later")
	none := overlay.Extra{Key: "ctrl+n", Text: c.say.T("last.none"), Do: func(int) (tea.Cmd, bool) { return c.waive(a, p), false }}
	p.Extras = append([]overlay.Extra{none}, p.Extras...) // first: where there is little room, the later ones are not shown
	p.Closed = func() tea.Cmd { return c.leaveLast(p, save, text) }
	return c.push(p)
}

// leaveLast keeps what was typed as a draft. What was offered and not touched is none.
func (c *Console) leaveLast(p *overlay.Prompt, save model.SaveDraft, offered string) tea.Cmd {
	save.Text = p.Text()
	if save.Text == offered || strings.TrimSpace(save.Text) == "" {
		c.tell(c.say.T("last.left", "Audiences", audienceNames(c.view.Untold()), "Key", c.keys[action.Update]))
		return nil
	}
	return c.do(save, after{
		say: c.say.T("last.kept", "Key", c.keys[action.Update]),
		refused: func(err error) (tea.Cmd, bool) { // it stays where it was typed
			p.Fail(c.say.Error(err))
			return c.push(p), true
		},
	})
}

// waive says that an audience needs no last update, and goes on to the next one.
func (c *Console) waive(a model.Audience, layer overlay.Layer) tea.Cmd {
	return c.do(model.WaiveUpdate{Audience: a}, after{
		layer: layer, say: c.say.T("last.waived", "Audience", a.Phrase()),
		done: func(model.Receipt) tea.Cmd { return c.nextLast() },
	})
}

func audienceNames(all []model.Audience) []model.Phrase {
	out := make([]model.Phrase, 0, len(all))
	for _, a := range all {
		out = append(out, a.Phrase())
	}
	return out
}
