package model

import "slices"

// Stood is an answer with the time in which it stood, in ms since 1970; To is 0 while it
// stands.
type Stood struct {
	Answer   Answer
	Text     string
	By       *Record
	From, To int64
}

// Stood lists the answers that a question had, in order. What was undone, and the undoing
// of it, is none; an answer that was only said again stood from the first time on.
func (a Answered) Stood() []Stood {
	if a.By == nil {
		return nil
	}
	writes := append(slices.Clone(a.Earlier), a.Others...)
	writes = append(writes, a.By)
	undone := map[Ref]bool{}
	for _, w := range writes {
		undone[w.Common().Undoes] = true
	}
	var out []Stood
	for _, w := range writes {
		b, ok := w.Body.(*AnswerSet)
		if !ok || undone[w.Ref] || !w.Common().Undoes.IsZero() {
			continue
		}
		s := Stood{Answer: b.Answer, Text: w.Text, By: w, From: w.HappenedAt()}
		if n := len(out); n > 0 && out[n-1].To == 0 {
			if last := out[n-1]; last.Answer.Equal(s.Answer) && last.Text == s.Text {
				continue
			}
			out[n-1].To = s.From
		}
		if !s.Answer.Cleared {
			out = append(out, s)
		}
	}
	return out
}

// Worse reports that an answer to the question says something worse than another. Texts
// and times are neither.
func (q Question) Worse(a, b Answer) bool { return q.weight(a) > q.weight(b) }

// weight is how bad an answer is.
func (q Question) weight(a Answer) int64 {
	card, _ := q.Card()
	switch card.Type {
	case CountAnswer:
		return a.Count
	case ChoiceAnswer: // the worst choice is the first
		if i := slices.IndexFunc(card.Choices, a.Has); i >= 0 {
			return int64(len(card.Choices) - i)
		}
	case ChoicesAnswer:
		s := Suggest(map[Question]Answer{q: a})
		grave := map[Level]int64{SEV1: 300, SEV2: 200}[s.Level]
		n := int64(len(a.Choices))
		if a.Has(None) {
			n = 0
		}
		return grave + n
	}
	return 0
}
