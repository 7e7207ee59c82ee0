package report

import (
	"slices"
	"time"

	"warroom/model"
)

// The impact: what was answered while it hurt, with when each answer stood, and at the
// end. At the end customers see nothing any more; a reader wants to know what they saw.

// ended is when it was over for those whom it hurt, in ms since 1970; 0 while it is not.
func ended(v *model.View) int64 {
	if t := v.Moments[model.MitigatedAt]; t.At != 0 {
		return t.At
	}
	return v.Moments[model.ResolvedAt].At
}

// slip is how long an answer must have stood to have been meant, in ms: what was replaced
// sooner, during the outage, was a slip of the pen.
const slip = 60_000

// told are the answers to a question that a reader is told: of texts all that stood while
// it hurt; of others the worst; and the last one.
func told(v *model.View, a model.Answered) []model.Stood {
	all := a.Stood()
	if len(all) == 0 {
		return nil
	}
	end, last := ended(v), all[len(all)-1]
	var out []model.Stood
	switch a.Card.Type {
	case model.TimeAnswer: // a later one corrects it
		return all[len(all)-1:]
	case model.TextAnswer:
		for _, s := range all[:len(all)-1] {
			if (end == 0 || s.From < end) && s.To-s.From >= slip {
				out = append(out, s)
			}
		}
	default:
		worst := last
		for _, s := range slices.Backward(all) {
			if a.Card.Question.Worse(s.Answer, worst.Answer) {
				worst = s
			}
		}
		if worst.By != last.By {
			out = append(out, worst)
		}
	}
	return append(out, last)
}

func (m *markdown) impact() {
	if !slices.ContainsFunc(m.v.Answers, func(a model.Answered) bool { return len(a.Stood()) > 0 }) {
		return
	}
	m.heading("report.impact")
	m.table(m.say("report.question"), m.say("report.answer"), m.say("report.stood"), m.say("report.who"))
	end := ended(m.v)
	for _, a := range m.v.Answers {
		question := m.phrase(a.Card.Question.Phrase())
		rows := told(m.v, a)
		for i, s := range rows {
			asked := question
			switch {
			case i == 0:
			case end != 0 && s.From >= end:
				asked = m.say("report.question.end", "Question", ready(question))
			default:
				asked = m.say("report.question.then", "Question", ready(question))
			}
			m.row(asked, m.answered(s), m.stretch(s.From, s.To), m.who(s.By))
		}
		if len(rows) == 0 {
			m.row(question, m.say("report.unanswered"), m.say("report.dash"), m.say("report.dash"))
		}
	}
	if s := m.v.Suggests; !s.IsZero() && s.Level != m.v.Severity.Value {
		m.line("")
		m.line(m.say("report.suggests", "Severity", s.Level.String(), "Why", s.Why))
	}
}

// answered is an answer in words, and what stands in the place of one that was removed.
func (m *markdown) answered(s model.Stood) string {
	if s.By.Removed {
		return m.say("log.removed")
	}
	return m.phrase(s.Answer.Phrase(s.Text))
}

// stretch is a stretch of time; to is 0 for one that lasts.
func (m *markdown) stretch(from, to int64) string {
	a, b := time.UnixMilli(from).In(m.o.Zone), time.UnixMilli(to).In(m.o.Zone)
	switch {
	case to == 0:
		return m.say("report.since", "Time", ready(m.at(from)))
	case a.Format(time.DateOnly+" MST") == b.Format(time.DateOnly+" MST"):
		return m.say("report.from", "From", ready(a.Format(time.DateTime)), "To", ready(b.Format("15:04:05 MST")))
	}
	return m.say("report.from", "From", ready(m.at(from)), "To", ready(m.at(to)))
}

// saw is what customers see or, once it is over, what they saw for the longest time while
// it hurt; "" for what nobody said.
func (m *markdown) saw() string {
	var all []model.Stood
	for _, a := range m.v.Answers {
		if a.Card.Question == model.AskSee {
			all = slices.DeleteFunc(a.Stood(), func(s model.Stood) bool { return s.By.Removed })
		}
	}
	end := ended(m.v)
	if end == 0 {
		if n := len(all); n > 0 && all[n-1].To == 0 {
			return all[n-1].Text
		}
		return ""
	}
	var text string
	most := int64(-1)
	for _, s := range all {
		to := s.To
		if to == 0 || to > end {
			to = end
		}
		if s.From < end && to-s.From >= most {
			text, most = s.Text, to-s.From
		}
	}
	return text
}
