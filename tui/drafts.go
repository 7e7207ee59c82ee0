package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/model/draft"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// The desk: what is written for an audience, with what the check finds in it, until it
// is approved and published.

// askUpdate asks for whom to write, with when each audience is to hear something.
func (c *Console) askUpdate(arg string) tea.Cmd {
	if a := model.Audience(arg); a != "" {
		if slices.Contains(c.view.Untold(), a) {
			return c.beginLast(a)
		}
		return c.openDesk(a)
	}
	m := &overlay.Menu{Heading: c.say.T("overlay.update.title", "Key", c.key(c.id))}
	letters := map[model.Audience]string{model.ToCustomers: "c", model.ToTeam: "i", model.ToExecutives: "x"}
	for _, a := range model.Audiences() {
		i := overlay.Item{Key: letters[a], Label: c.say.Say(a.Phrase()), Do: func() tea.Cmd { return c.openDesk(a) }}
		due, tok := c.dueOf(a)
		i.Detail, i.Token = due, tok
		switch k := c.view.Drafts[a]; {
		case k.Conflict():
			i.Mark, i.Token = c.sign("≠", "%"), themes.Conflict
		case k.Draft != nil:
			i.Mark = c.sign("✎", "&")
			i.Detail = strings.TrimPrefix(i.Detail+"  "+c.say.T("desk.menu.draft", "State", k.Draft.State.Phrase()), "  ")
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// dueOf says when an audience is to hear something, and how that is to look.
func (c *Console) dueOf(a model.Audience) (string, themes.Token) {
	due, ok := c.view.NextUpdate(a)
	if !ok || !c.view.Owes(a) {
		return "", themes.Text
	}
	at, now := time.UnixMilli(due), c.o.Now()
	if at.Before(now) {
		return c.say.T("desk.late", "Time", c.say.ClockShort(at), "Since", now.Sub(at).Truncate(time.Minute)), themes.Danger
	}
	return c.say.T("desk.due", "Time", c.say.ClockShort(at), "In", at.Sub(now).Truncate(time.Minute)), themes.Text
}

// openDesk shows the draft for an audience, or begins one.
func (c *Console) openDesk(a model.Audience) tea.Cmd {
	if c.view.Drafts[a].Draft == nil {
		return c.askProgress(a)
	}
	return c.showDraft(a)
}

// askProgress asks how far the incident is, and begins the draft of its template.
func (c *Console) askProgress(a model.Audience) tea.Cmd {
	letters := map[model.UpdateState]string{model.Investigating: "i", model.Identified: "d", model.Monitoring: "m", model.Recovered: "r"}
	m := &overlay.Menu{Heading: c.say.T("overlay.update.state", "Audience", a.Phrase())}
	for _, s := range model.UpdateStates() {
		m.Items = append(m.Items, overlay.Item{
			Key: letters[s], Label: c.say.Say(s.Phrase()), Detail: c.say.T("overlay.update." + string(s)),
			Do: func() tea.Cmd { return c.beginDraft(a, s) },
		})
	}
	if slices.Contains(c.view.Untold(), a) {
		m.At = len(m.Items) - 1
		m.Extras = append(m.Extras, overlay.Extra{Key: "n", Text: c.say.T("last.none"), Do: func(int) (tea.Cmd, bool) { return c.waive(a, m), false }})
	}
	if u, ok := lastTo(c.view, a); ok {
		m.Note = c.say.T("overlay.update.last", "Text", clean.Line(u.Text))
		m.Extras = append(m.Extras, overlay.Extra{Key: "c", Text: c.say.T("desk.correct"), Do: func(int) (tea.Cmd, bool) { return c.correct(u), true }})
	}
	return c.push(m)
}

// lastTo is the last update to an audience that nobody corrected.
func lastTo(v *model.View, a model.Audience) (model.Update, bool) {
	for i := len(v.Updates) - 1; i >= 0; i-- {
		if u := v.Updates[i]; u.Audience == a && u.Corrected.IsZero() {
			return u, true
		}
	}
	return model.Update{}, false
}

// checker checks drafts; it is made when first one is written or shown.
func (c *Console) checker() *draft.Checker {
	if c.checks == nil {
		c.checks = draft.NewChecker()
	}
	return c.checks
}

// about is what a draft is checked against now.
func (c *Console) about(a model.Audience, s model.UpdateState) draft.About {
	return draft.Of(c.view, a, s, c.o.Now())
}

// beginDraft offers the template, filled from the state: the first letter typed takes
// its place, any other key keeps it for editing.
func (c *Console) beginDraft(a model.Audience, s model.UpdateState) tea.Cmd {
	return c.writeDraft(model.SaveDraft{Audience: a, State: s}, c.filled(a, s), true)
}

// filled is the template of an update, filled from the state.
func (c *Console) filled(a model.Audience, s model.UpdateState) string {
	values := draft.Values(c.view, c.about(a, s), c.key(c.id), c.people().Name, c.say.Say)
	text, err := model.FillTemplate(draft.Template(c.people(), a, s, c.say.Say), values)
	if err != nil {
		return "" // a newer warroom's field
	}
	return text
}

// correct begins a correction of an update with its text.
func (c *Console) correct(u model.Update) tea.Cmd {
	return c.writeDraft(model.SaveDraft{Audience: u.Audience, State: u.State, Corrects: u.By.Ref}, u.Text, false)
}

// writeDraft has a draft written, with what the check finds in it below.
func (c *Console) writeDraft(save model.SaveDraft, text string, offer bool) tea.Cmd {
	return c.push(c.draftPrompt(save, text, offer))
}

func (c *Console) draftPrompt(save model.SaveDraft, text string, offer bool) *overlay.Prompt {
	p := &overlay.Prompt{Heading: c.say.T("overlay.update.text", "Audience", save.Audience.Phrase(), "State", save.State.Phrase()), Several: true}
	if !save.Corrects.IsZero() {
		p.Heading = c.say.T("desk.correct.title", "Audience", save.Audience.Phrase())
	}
	if offer {
		p.Offering(text)
	} else {
		p.With(text)
	}
	p.Under = func(env pane.Env, text string, w int) []string {
		return c.findings(env, c.checker().Check(text, c.about(save.Audience, save.State)), w)
	}
	if c.o.Edit != nil {
		p.Extras = []overlay.Extra{{Key: "ctrl+e", Text: c.say.T("desk.editor"), Do: func(int) (tea.Cmd, bool) { return c.editPrompt(p), false }}}
	}
	p.Accept = func(text string) tea.Cmd {
		save.Text = text
		return c.do(save, after{layer: p, done: func(model.Receipt) tea.Cmd { return c.showDraft(save.Audience) }})
	}
	return p
}

// editPrompt hands what is typed in a prompt to the reader's own editor.
func (c *Console) editPrompt(p *overlay.Prompt) tea.Cmd {
	open := c.o.Edit(p.Text(), func(text string, err error) tea.Msg {
		return result{func() tea.Cmd {
			if err != nil {
				return tea.Batch(tea.ClearScreen, c.warn(c.say.T("line.edit.failed", "Cause", err)))
			}
			p.Replace(strings.TrimRight(text, "\r\n"))
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

// findings are rows of what the check finds.
func (c *Console) findings(env pane.Env, found []draft.Finding, w int) []string {
	var rows []string
	for _, f := range found {
		rows = append(rows, overlay.Prose(env, themes.Warn, c.sign("⚠ ", "! ")+c.say.Say(f.Say), w)...)
	}
	return rows
}

// showDraft shows the draft for an audience and what is to be done with it.
func (c *Console) showDraft(a model.Audience) tea.Cmd {
	if c.view.Drafts[a].Draft == nil {
		return nil
	}
	page := &overlay.Page{Heading: c.say.T("desk.title", "Audience", a.Phrase(), "Key", c.key(c.id)), Wide: 100, Live: true}
	page.Rows = func(env pane.Env, w int) []string { return c.deskRows(env, a, w) }
	if c.readOnly() {
		return c.push(page)
	}
	act := func(key, text string, do func(model.Drafted) tea.Cmd, closes bool) {
		page.Extras = append(page.Extras, overlay.Extra{Key: key, Text: c.say.T(text), Do: func(int) (tea.Cmd, bool) {
			k := c.view.Drafts[a]
			if k.Draft == nil {
				return c.warn(c.say.Error(model.Refuse(model.CodeDraftNone))), true
			}
			return do(*k.Draft), closes
		}})
	}
	act("e", "desk.edit", func(t model.Drafted) tea.Cmd {
		return c.writeDraft(model.SaveDraft{Audience: a, State: t.State, Corrects: t.Corrects, Seen: []model.Ref{t.Ref}}, t.Text, false)
	}, true)
	act("a", "desk.approve", func(t model.Drafted) tea.Cmd {
		return c.do(model.ApproveDraft{Draft: t.Ref}, after{say: c.say.T("desk.approved")})
	}, false)
	act("p", "desk.publish", func(t model.Drafted) tea.Cmd { return c.publish(t, page) }, false)
	act("t", "desk.state", func(t model.Drafted) tea.Cmd { return c.askAnew(t) }, true)
	act("x", "desk.settle", func(model.Drafted) tea.Cmd { return c.settleDraft(a) }, true)
	if slices.Contains(c.view.Untold(), a) {
		act("n", "last.none", func(model.Drafted) tea.Cmd { return c.waive(a, page) }, false)
	}
	act("D", "desk.drop", func(model.Drafted) tea.Cmd { return c.do(model.DropDraft{Audience: a}, after{layer: page}) }, false)
	return c.push(page)
}

// askAnew asks how far the incident is, for a draft that stands: its text stays.
func (c *Console) askAnew(t model.Drafted) tea.Cmd {
	m := &overlay.Menu{Heading: c.say.T("overlay.update.state", "Audience", t.Audience.Phrase())}
	letters := map[model.UpdateState]string{model.Investigating: "i", model.Identified: "d", model.Monitoring: "m", model.Recovered: "r"}
	for _, s := range model.UpdateStates() {
		i := overlay.Item{Key: letters[s], Label: c.say.Say(s.Phrase()), Detail: c.say.T("overlay.update." + string(s)), Do: func() tea.Cmd {
			if s == t.State {
				return c.showDraft(t.Audience)
			}
			save := model.SaveDraft{Audience: t.Audience, State: s, Text: t.Text, Corrects: t.Corrects, Seen: []model.Ref{t.Ref}}
			return c.do(save, after{done: func(model.Receipt) tea.Cmd { return c.showDraft(t.Audience) }})
		}}
		if s == t.State {
			i.Mark, m.At = c.sign("●", "*"), len(m.Items)
		}
		m.Items = append(m.Items, i)
	}
	return c.push(m)
}

// settleDraft has one of the drafts chosen that were written at once.
func (c *Console) settleDraft(a model.Audience) tea.Cmd {
	k := c.view.Drafts[a]
	if !k.Conflict() {
		return tea.Batch(c.warn(c.say.T("desk.settle.none")), c.showDraft(a))
	}
	return c.settleOne(conflict{model.Say("what.draft", "Audience", a.Phrase()), draftOptions(k)}, 1, func() tea.Cmd { return c.showDraft(a) })
}

func draftOptions(k model.Desk) []option {
	var out []option
	for _, t := range k.All() {
		out = append(out, option{t.Ref, model.Say("desk.option", "State", t.State.Phrase(), "Text", t.Text), t.By})
	}
	return out
}

// deskRows are the draft, what the check finds, and how far it is.
func (c *Console) deskRows(env pane.Env, a model.Audience, w int) []string {
	k := c.view.Drafts[a]
	if k.Draft == nil {
		return overlay.Prose(env, themes.Dim, c.say.T("desk.gone"), w)
	}
	t := *k.Draft
	var rows []string
	add := func(tok themes.Token, text string) { rows = append(rows, overlay.Prose(env, tok, text, w)...) }
	head := c.say.T("desk.head", "State", t.State.Phrase(), "Person", t.By.Common().Actor, "Time", c.say.Clock(time.UnixMilli(t.By.HappenedAt())))
	if !t.Corrects.IsZero() {
		head = c.say.T("desk.head.correction", "Entry", t.Corrects.Hash.String()[:8], "Person", t.By.Common().Actor)
	}
	due, tok := c.dueOf(a)
	add(themes.Dim, head)
	if due != "" {
		add(tok, due)
	}
	add(themes.Text, " ")
	for _, l := range clean.Block(t.Text) {
		add(themes.Text, cmp.Or(l, " "))
	}
	add(themes.Text, " ")
	rows = append(rows, c.findings(env, c.checker().Check(t.Text, c.about(a, t.State)), w)...)
	for _, o := range k.Others {
		add(themes.Conflict, c.sign("≠ ", "% ")+c.say.T("desk.other", "Person", o.By.Common().Actor, "Text", o.Text))
	}
	for _, l := range c.approvalLines(t) {
		add(l.tok, l.text)
	}
	return rows
}

type deskLine struct {
	tok  themes.Token
	text string
}

// approvalLines say whether a text is approved, and what is otherwise since.
func (c *Console) approvalLines(t model.Drafted) []deskLine {
	if t.Approved == nil {
		holders := c.view.Holders(model.IncidentManager)
		if len(holders) == 0 {
			return []deskLine{{themes.Dim, c.say.T("desk.unapproved.nobody")}}
		}
		return []deskLine{{themes.Dim, c.say.T("desk.unapproved", "Person", holders[len(holders)-1].Person)}}
	}
	out := []deskLine{{themes.OK, c.sign("✓ ", "+ ") + c.say.T("desk.approved.by", "Person", t.Approved.Common().Actor, "Time", c.say.Clock(time.UnixMilli(t.Approved.HappenedAt())))}}
	for _, f := range t.Changed {
		out = append(out, deskLine{themes.Danger, c.sign("⚠ ", "! ") + c.changedFact(f)})
	}
	return out
}
