package tui_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// The stories of somebody who tried the console at night, and what it did then.

func TestAnAnswerThatNobodyTickedIsNotRecorded(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("2", "G", "enter")
	s.has("Question 6 of 6").Press("enter").has("Question 6 of 6", "Tick something first")
	answer := func() model.Answered { return s.view().Answers[5] }
	require.False(t, answer().Done())
	s.Press("2", "3", "1", "enter")
	require.Equal(t, []string{model.None}, answer().Answer.Choices, "nothing else goes with it")
	s.Press("esc", "2", "G", "enter", "2", "enter")
	require.Equal(t, []string{model.CoreHurt}, answer().Answer.Choices)
}

func TestEveryQuestionIsSkippedByTheSameKey(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("a")
	for _, title := range []string{"Question 1", "Question 2", "Question 3", "Question 4", "Question 5", "Question 6"} {
		s.has(title, "tab skip")
		if title != "Question 1" && title != "Question 3" { // there, enter takes the selected choice
			s.Press("enter").has(title, "tab skips.")
		}
		s.Press("tab")
	}
	n, _ := s.view().Assessed()
	require.Zero(t, n)
}

func TestARefusalKeepsTheMenuOpenAndIsSaidInIt(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "1", "s", "1")
	s.has("Severity of", "The severity is SEV1 already").Press("2")
	s.has("from SEV1 to SEV2?").Press("enter")
	require.NotContains(t, s.Text(), "Severity of")
	s.Press("t", "f", "t", "f").has("Status of", "already").Press("m")
	require.Equal(t, model.Mitigated, s.view().Status.Value)
	require.NotContains(t, s.Text(), "Status of")
}
