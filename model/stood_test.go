package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestTheAnswersThatStoodAreKnownWithTheirTimes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	see := func(text string) model.Command {
		return model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: text}
	}
	stood := func() []model.Stood {
		for _, a := range s.view(s.id).Answers {
			if a.Card.Question == model.AskSee {
				return a.Stood()
			}
		}
		return nil
	}
	require.Empty(t, stood())
	s.after(minutes(10), see("5xx"))
	s.after(minutes(10), see("a slip"), model.Undo{})
	s.after(minutes(10), see("a blank page"))
	s.after(minutes(10), see("another slip"), model.Undo{}, see("nothing any more"))
	got := stood()
	require.Len(t, got, 3)
	var texts []string
	for i, st := range got {
		texts = append(texts, st.Text)
		require.Equal(t, st.By.HappenedAt(), st.From)
		if i > 0 {
			require.Equal(t, st.From, got[i-1].To)
		}
	}
	require.Equal(t, []string{"5xx", "a blank page", "nothing any more"}, texts)
	require.Zero(t, got[2].To)
	require.Equal(t, int64(20), (got[0].To-got[0].From)/60_000)
	s.after(minutes(10), model.Undo{})
	require.Len(t, stood(), 2, "what is undone did not stand")
	require.Zero(t, stood()[1].To)
}

func TestWhichAnswerIsWorse(t *testing.T) {
	t.Parallel()
	choice := func(cs ...string) model.Answer { return model.Answer{Choices: cs} }
	for name, c := range map[string]struct {
		q           model.Question
		worse, less model.Answer
	}{
		"external":                 {model.AskImpact, choice(model.External), choice(model.Internal)},
		"all":                      {model.AskMany, choice(model.All), choice(model.Some)},
		"more cases":               {model.AskCases, model.Answer{Count: 17}, model.Answer{Count: 4}},
		"something is at play":     {model.AskOther, choice(model.Social), choice(model.None)},
		"data before a core":       {model.AskOther, choice(model.DataLoss), choice(model.CoreHurt, model.Social)},
		"a core before a network":  {model.AskOther, choice(model.CoreHurt), choice(model.Social)},
		"of the same weight, more": {model.AskOther, choice(model.DataLoss, model.Social), choice(model.DataLoss)},
	} {
		require.True(t, c.q.Worse(c.worse, c.less), name)
		require.False(t, c.q.Worse(c.less, c.worse), name)
		require.False(t, c.q.Worse(c.worse, c.worse), name)
	}
	require.False(t, model.AskSee.Worse(choice("a"), choice("b")), "no text is worse than another")
}
