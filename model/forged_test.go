package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// Members can be wrong or hostile: what their events name must do no harm.

func TestNobodyOpensAnothersIncidentAgain(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	id := c.begin()
	bob := c.people[1]
	bob.now = bob.now.AddDate(-1, 0, 0) // before the true opening
	bob.seal(model.Draft{Scope: id, Body: &model.IncidentOpen{Source: model.BySocial, Type: model.SecurityIncident}, Text: "forged"})
	c.meet()
	v := c.people[0].view(id)
	require.Equal(t, "Checkout fails", v.Title.Value)
	require.False(t, v.Title.Conflict())
	require.False(t, v.Status.Conflict())
	require.Equal(t, model.Outage, v.Kind)
	require.Equal(t, model.ByTicket, v.Source)
	require.Len(t, v.Lines, 2, "it is kept")
}

// An act that claims to replace something of another kind is undone as one that
// replaced nothing.
func TestUndoOfAnActThatNamesSomethingElseAsReplaced(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]model.Body{
		"title":     &model.TitleSet{},
		"severity":  &model.SeveritySet{Level: model.SEV1},
		"status":    &model.StatusSet{Status: model.Fixing},
		"answer":    &model.AnswerSet{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: 4}},
		"role":      &model.RoleAssign{Role: model.TechLead},
		"release":   &model.RoleRelease{Role: model.TechLead},
		"link":      &model.LinkRemove{},
		"moment":    &model.MomentSet{Moment: model.Detected, At: 1},
		"topic":     &model.TopicPin{Pinned: true},
		"phase":     &model.PhaseMark{Phase: model.PhaseAssess, Done: true},
		"amendment": &model.EntryAmend{Target: refOf(1, 1)},
		"strike":    &model.EntryStrike{Target: refOf(1, 1), Struck: true},
		"star":      &model.EntryStar{Target: refOf(1, 1), Star: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "ana")
			id := c.begin()
			ana := c.people[0]
			entry := ana.must(id, model.Write{Text: "a note"})
			common := model.CommonOf(body)
			common.Actor, common.Pred = ana.person, []model.Ref{entry.Ref(), refOf(8, 8)}
			ana.seal(model.Draft{Scope: id, Body: body, Text: "text"})
			_, err := ana.do(id, model.Undo{})
			if name == "link" {
				require.Equal(t, model.CodeUndoImpossible, model.CodeOf(err))
				return
			}
			require.NoError(t, err)
			_, err = ana.do(id, model.Redo{})
			require.NoError(t, err)
			for _, l := range ana.view(id).Lines {
				require.NotEmpty(t, l.Describe().Key)
			}
		})
	}
}
