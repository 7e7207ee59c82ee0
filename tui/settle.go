package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/tui/overlay"
)

// twice finds the lines that two people amended at once. A log may have a hundred
// thousand lines, nearly all of them the same as at the last look: those are not
// looked into again.
type twice struct {
	lines []*model.Line
	found map[*model.Line]bool
}

func (t *twice) in(v *model.View) []*model.Line {
	var lines, out []*model.Line
	if v != nil {
		lines = v.Lines
	}
	for i, l := range lines {
		if i < len(t.lines) && t.lines[i] == l {
			if len(t.found) > 0 && t.found[l] {
				out = append(out, l)
			}
			continue
		}
		if len(l.Others) > 0 && len(l.Amends) > 0 {
			out = append(out, l)
		}
	}
	t.lines, t.found = lines, nil
	for _, l := range out {
		if t.found == nil {
			t.found = map[*model.Line]bool{}
		}
		t.found[l] = true
	}
	return out
}

// conflictsOf lists what two people set at once, in the order of their weight,
// which is that of the next step.
// amended are the lines that were.
func conflictsOf(v *model.View, amended []*model.Line) []conflict {
	if v == nil {
		return nil
	}
	var out []conflict
	add := func(what model.Phrase, options ...option) {
		if len(options) > 1 {
			out = append(out, conflict{what, options})
		}
	}
	for _, h := range v.Roles {
		if h.Conflict() {
			var options []option
			for _, p := range h.Holders {
				options = append(options, option{p.By.Ref, model.Say("overlay.settle.person", "Person", p.Person), p.By})
			}
			add(h.Card.Role.Phrase(), options...)
		}
	}
	add(model.Say("what.severity"), heldOptions(v.Severity, func(l model.Level) model.Phrase { return text(l.String()) })...)
	add(model.Say("what.status"), heldOptions(v.Status, model.Status.Phrase)...)
	if len(v.Restricts) > 0 {
		var options []option
		for _, r := range v.Restricts {
			options = append(options, option{r.Ref, (&model.Line{Rec: r}).Describe(), r})
		}
		add(model.Say("what.restricted"), options...)
	}
	add(model.Say("what.title"), heldOptions(v.Title, text)...)
	for _, a := range v.Answers {
		if len(a.Others) == 0 {
			continue
		}
		options := []option{{a.By.Ref, a.Answer.Phrase(a.Text), a.By}}
		for _, o := range a.Others {
			if b, ok := o.Body.(*model.AnswerSet); ok {
				options = append(options, option{o.Ref, b.Answer.Phrase(o.Text), o})
			}
		}
		add(a.Card.Question.Name(), options...)
	}
	for _, m := range model.Moments() {
		var options []option
		for _, w := range v.Moments[m].Differ {
			options = append(options, option{w.Ref, momentText(w), w})
		}
		add(m.Phrase(), options...)
	}
	add(model.Say("what.topic"), heldOptions(v.Topic, text)...)
	for _, a := range model.Audiences() {
		if k := v.Drafts[a]; k.Conflict() {
			add(model.Say("what.draft", "Audience", a.Phrase()), draftOptions(k)...)
		}
	}
	for _, l := range amended {
		last := l.Amends[len(l.Amends)-1]
		options := []option{{last.Ref, text(last.Text), last}}
		for _, o := range l.Others {
			options = append(options, option{o.Ref, text(o.Text), o})
		}
		add(model.Say("what.entry"), options...)
	}
	return out
}

// momentText is what a correction says.
func momentText(w *model.Record) model.Phrase {
	if b, ok := w.Body.(*model.MomentSet); ok && !b.Clear {
		return model.Say("overlay.settle.moment", "Time", b.At)
	}
	return model.Say("overlay.settle.moment.none")
}

func text(s string) model.Phrase { return model.Say("topic.text", "Text", s) }

func heldOptions[T any](h model.Held[T], say func(T) model.Phrase) []option {
	if !h.Conflict() || h.By == nil {
		return nil
	}
	out := []option{{h.By.Ref, say(h.Value), h.By}}
	for _, o := range h.Others {
		out = append(out, option{o.By.Ref, say(o.Value), o.By})
	}
	return out
}

// settle shows the values of the first conflict with who set each and when, and
// writes the chosen one. The next conflict follows.
func (c *Console) settle() tea.Cmd {
	if len(c.conflicts) == 0 {
		return nil
	}
	return c.settleOne(c.conflicts[0], len(c.conflicts), c.settle)
}

// settleOne has one of the values of a conflict chosen; then comes what is next.
func (c *Console) settleOne(first conflict, all int, next func() tea.Cmd) tea.Cmd {
	m := &overlay.Menu{
		Heading: c.say.T("overlay.settle.title", "What", first.what),
		Note:    c.say.N("overlay.settle.note", all), Stays: true,
	}
	for _, o := range first.options {
		m.Items = append(m.Items, overlay.Item{
			Label:  c.say.Say(o.text),
			Detail: c.say.T("overlay.settle.by", "Person", o.by.Common().Actor, "Time", c.say.Clock(time.UnixMilli(o.by.HappenedAt()))),
			Do: func() tea.Cmd {
				return c.do(model.Settle{Choose: o.ref}, after{layer: m, say: c.say.T("toast.settled"), done: func(model.Receipt) tea.Cmd { return next() }})
			},
		})
	}
	return c.push(m)
}
