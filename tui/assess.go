package tui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/overlay"
)

// assess walks through the six questions, the first open one first, and ends
// with the severity that the answers speak for.
func (c *Console) assess() tea.Cmd {
	for i, a := range c.view.Answers {
		if !a.Done() {
			return c.askQuestion(i, true)
		}
	}
	return c.askQuestion(0, true)
}

func (c *Console) answerSelected() tea.Cmd {
	q, ok := c.impact.Selected()
	if !ok {
		return nil
	}
	for i, a := range c.view.Answers {
		if a.Card.Question == q {
			return c.askQuestion(i, false)
		}
	}
	return nil
}

// asking is one question of the walk.
type asking struct {
	model.Answered
	title, note string
	walk        bool
	next        func() tea.Cmd
}

// askQuestion asks the i-th question; on a walk the others follow.
func (c *Console) askQuestion(i int, walk bool) tea.Cmd {
	if c.view == nil || i >= len(c.view.Answers) {
		return c.suggest()
	}
	a := asking{Answered: c.view.Answers[i], walk: walk}
	a.title = c.say.T("overlay.assess.title", "Number", i+1, "All", len(c.view.Answers))
	a.note = c.say.Say(a.Card.Question.Phrase())
	a.next = c.suggest
	if walk {
		a.next = func() tea.Cmd { return c.askQuestion(i+1, true) }
	}
	switch a.Card.Type {
	case model.ChoiceAnswer, model.ChoicesAnswer:
		return c.askChoice(a)
	}
	return c.askTyped(a)
}

// reply writes an answer and goes on. The same answer again is no mistake on a
// walk: it is how one passes by.
func (c *Console) reply(a asking, answer model.Answer, text string, layer overlay.Layer) tea.Cmd {
	return c.do(model.AnswerQuestion{Question: a.Card.Question, Answer: answer, Text: text}, after{
		layer: layer,
		done:  func(model.Receipt) tea.Cmd { return a.next() },
		refused: func(err error) (tea.Cmd, bool) {
			if model.CodeOf(err) != model.CodeAnswerSame {
				return nil, false
			}
			if layer != nil {
				c.remove(layer)
			}
			return a.next(), true
		},
	})
}

func (c *Console) askChoice(a asking) tea.Cmd {
	m := &overlay.Menu{Heading: a.title, Note: a.note, Stays: true, Extras: c.skip(a)}
	several := a.Card.Type == model.ChoicesAnswer
	for i, choice := range a.Card.Choices {
		on := a.Done() && a.Answer.Has(choice)
		item := overlay.Item{Key: strconv.Itoa(i + 1), Label: c.say.T("choice." + choice), On: on && several, Alone: several && choice == model.None}
		if !several {
			item.Do = func() tea.Cmd {
				return c.reply(a, model.Answer{Type: model.ChoiceAnswer, Choices: []string{choice}}, "", m)
			}
			if on {
				item.Mark, m.At = c.sign("●", "*"), i
			}
		}
		m.Items = append(m.Items, item)
	}
	if several {
		if m.Untick = c.say.T("overlay.assess.untick"); a.walk {
			m.Untick = c.say.T("overlay.assess.untick.skip")
		}
		m.Accept = func(ticked []int) tea.Cmd {
			answer := model.Answer{Type: model.ChoicesAnswer}
			for _, i := range ticked {
				answer.Choices = append(answer.Choices, a.Card.Choices[i])
			}
			return c.reply(a, answer, "", m)
		}
	}
	return c.push(m)
}

// skip is the key that passes a question of the walk by, the same in each.
func (c *Console) skip(a asking) []overlay.Extra {
	if !a.walk {
		return nil
	}
	return []overlay.Extra{{Key: "tab", Text: c.say.T("overlay.assess.skip"), Do: func(int) (tea.Cmd, bool) { return a.next(), true }}}
}

func (c *Console) askTyped(a asking) tea.Cmd {
	p := &overlay.Prompt{Heading: a.title, Note: a.note, Extras: c.skip(a), Placeholder: c.say.T("overlay.assess." + placeholderOf(a.Card.Type))}
	if a.Done() {
		if p.With(c.typedAnswer(a.Answered)); a.Card.Type != model.TextAnswer {
			p.Offering(c.typedAnswer(a.Answered))
		}
	}
	if p.Missing = c.say.T("overlay.assess.missing"); a.walk {
		p.Missing = c.say.T("overlay.assess.missing.skip")
	}
	p.Accept = func(text string) tea.Cmd {
		answer, words, err := model.ParseAnswer(a.Card.Question, text, c.o.Now())
		if err != nil {
			p.Fail(c.say.Error(err))
			return nil
		}
		return c.reply(a, answer, words, p)
	}
	return c.push(p)
}

func placeholderOf(t model.AnswerType) string {
	switch t {
	case model.CountAnswer:
		return "count"
	case model.TimeAnswer:
		return "time"
	}
	return "text"
}

// typedAnswer is an answer as it would be typed.
func (c *Console) typedAnswer(a model.Answered) string {
	switch a.Card.Type {
	case model.CountAnswer:
		return strconv.FormatInt(a.Answer.Count, 10)
	case model.TimeAnswer:
		return c.typedTime(a.Answer.Time)
	}
	return a.Text
}

func (c *Console) typedTime(ms int64) string {
	return time.UnixMilli(ms).In(c.o.Now().Location()).Format("2006-01-02 15:04:05")
}

// suggest offers the severity that the answers speak for, with its reasons.
// Enter applies it, unless it would lower the severity: then enter leaves it.
func (c *Console) suggest() tea.Cmd {
	if c.view == nil || c.view.Suggests.IsZero() {
		return nil
	}
	s, now := c.view.Suggests, c.view.Severity.Value
	if s.Level == now {
		c.tell(c.say.T("toast.agreed", "Severity", now.String()))
		return nil
	}
	m := &overlay.Menu{
		Heading: c.say.T("overlay.suggest.title", "Severity", s.Level.String()), Note: c.reasons(s),
		Items: []overlay.Item{
			{Key: "y", Label: c.say.T("overlay.suggest.apply", "Severity", s.Level.String()), Token: themes.Severity(int(s.Level)), Do: func() tea.Cmd {
				return c.do(model.ApplySuggestion{Say: c.say.Say}, after{})
			}},
			{Key: "n", Label: c.say.T("overlay.suggest.leave", "Severity", now.String()), Do: func() tea.Cmd { return nil }},
		},
	}
	if now.Worse(s.Level) && now != model.Unset {
		m.At = 1
	}
	return c.push(m)
}
