package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestARowSaysWhenAnythingLastChanged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	entry := s.must(s.id, model.Write{Text: "a"})
	star := s.must(s.id, model.Star{Target: entry.Ref(), On: true})
	row := model.Summarise(s.view(s.id))
	require.Equal(t, star.Wall, row.Changed, "also what is no line of its own")
	require.Equal(t, 2, row.Lines)
}

func TestTheOrderOfTheList(t *testing.T) {
	t.Parallel()
	want := []model.Summary{
		{ID: model.Scope{1}, Status: model.Open, Opened: 5}, // nobody has looked at it
		{ID: model.Scope{2}, Status: model.Fixing, Severity: 1, Opened: 9},
		{ID: model.Scope{3}, Status: model.Mitigated, Severity: 1, Opened: 8},
		{ID: model.Scope{4}, Status: model.Open, Severity: 3, Opened: 99},
		{ID: model.Scope{5}, Status: model.Resolved, Severity: 1, Opened: 1, Over: 60},
		{ID: model.Scope{6}, Status: model.Closed, Severity: 1, Opened: 2, Over: 50},
		{ID: model.Scope{7}, Status: model.Closed, Severity: 1, Opened: 2, Over: 50},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, model.CompareSummaries)
	require.Equal(t, want, got)
}

func TestARowSurvivesItsBytes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(0, model.SetSeverity{Level: 1}, model.AssignRole{Role: model.IncidentManager, Name: "ana"}, body(firing("a", 1)))
	row := model.Summarise(s.view(s.id))
	require.Equal(t, s.person, row.Manager)
	raw, err := model.EncodeRow(row)
	require.NoError(t, err)
	var back model.Summary
	require.NoError(t, model.DecodeRow(raw, &back))
	require.Equal(t, row, back)
}
