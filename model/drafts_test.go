package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func draftOf(text string, seen ...model.Ref) model.SaveDraft {
	return model.SaveDraft{Audience: model.ToCustomers, State: model.Investigating, Text: text, Seen: seen}
}

func (a *author) desk(id model.Scope) model.Desk { return a.view(id).Drafts[model.ToCustomers] }

// managed is a crew of ana, who manages the incident, and bob.
func managed(t require.TestingT) (id model.Scope, ana, bob *author) {
	c := newCrew(t, "ana", "bob")
	id = c.begin()
	ana, bob = c.people[0], c.people[1]
	ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	ana.must(id, model.SetSeverity{Level: model.SEV2})
	c.meet()
	return id, ana, bob
}

func TestADraftIsApprovedByTheIncidentManagerAloneAndPublishedAsItIs(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	d := bob.must(id, draftOf("We see errors.")).Ref()
	require.Nil(t, bob.desk(id).Draft.Approved)
	err := bob.refused(model.CodeApproveManager, id, model.ApproveDraft{Draft: d})
	require.ErrorContains(t, err, "ana", "who can is said")
	bob.refused(model.CodeDraftUnapproved, id, model.PostUpdate{Draft: d})
	ana.crew.meet()
	ana.must(id, model.ApproveDraft{Draft: d})
	ana.refused(model.CodeApproveSame, id, model.ApproveDraft{Draft: d})
	ana.crew.meet()
	require.NotNil(t, bob.desk(id).Draft.Approved)
	bob.must(id, model.PostUpdate{Draft: d, Text: "something else", Audience: model.ToTeam, How: model.ByCommand})
	u := bob.view(id).Updates
	require.Len(t, u, 1)
	require.Equal(t, []any{model.ToCustomers, model.Investigating, "We see errors.", model.ByCommand, d},
		[]any{u[0].Audience, u[0].State, u[0].Text, u[0].How, u[0].Draft}, "what was approved goes out, and nothing else")
	require.Nil(t, bob.desk(id).Draft, "it is written no more")
	bob.refused(model.CodeDraftOld, id, model.PostUpdate{Draft: d})
	bob.refused(model.CodeUndoImpossible, id, model.Undo{})
}

func TestWithoutAManagerNobodyApproves(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana")
	id, ana := c.begin(), c.people[0]
	d := ana.must(id, draftOf("a")).Ref()
	ana.refused(model.CodeApproveNobody, id, model.ApproveDraft{Draft: d})
	ana.must(id, model.PostUpdate{Draft: d, Force: true})
	require.Len(t, ana.view(id).Updates, 1)
}

func TestAnApprovalThatWasNotAManagersIsNone(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	d := ana.must(id, draftOf("a")).Ref()
	ana.crew.meet()
	bob.seal(model.Draft{Scope: id, Body: &model.UpdateApprove{Common: model.Common{Actor: bob.person, Via: model.DoorConsole}, Target: d}})
	ana.crew.meet()
	require.Nil(t, ana.desk(id).Draft.Approved)
	ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: bob.person})
	require.Nil(t, ana.desk(id).Draft.Approved, "nor when he becomes it later")
	ana.crew.meet()
	bob.must(id, model.ApproveDraft{Draft: d})
	bob.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	require.NotNil(t, bob.desk(id).Draft.Approved, "what he approved as manager stays so")
}

func TestEditingVoidsAnApproval(t *testing.T) {
	t.Parallel()
	id, ana, _ := managed(t)
	d := ana.must(id, draftOf("a")).Ref()
	ana.must(id, model.ApproveDraft{Draft: d})
	e := ana.must(id, draftOf("b", d)).Ref()
	require.Equal(t, "b", ana.desk(id).Draft.Text)
	require.Empty(t, ana.desk(id).Others)
	require.Nil(t, ana.desk(id).Draft.Approved)
	ana.refused(model.CodeDraftOld, id, model.ApproveDraft{Draft: d})
	ana.refused(model.CodeDraftUnapproved, id, model.PostUpdate{Draft: e})
	ana.refused(model.CodeDraftSame, id, draftOf("b", e))
	ana.must(id, model.Undo{})
	require.Equal(t, "a", ana.desk(id).Draft.Text)
	require.Nil(t, ana.desk(id).Draft.Approved, "it is another draft that says the same")
}

func TestAFactThatChangedAfterTheApprovalIsShown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cmd  model.Command
		want string
	}{
		"severity":        {model.SetSeverity{Level: model.SEV1}, "what.severity"},
		"status":          {model.SetStatus{Status: model.Fixing}, "what.status"},
		"impact":          {answer(model.AskImpact, model.External), "ask.impact.name"},
		"revised":         {answer(model.AskMany, model.All), "ask.many.name"},
		"cases":           {model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: 3}}, ""},
		"an entry":        {model.Write{Text: "db is slow"}, ""},
		"the same answer": {answer(model.AskMany, model.Some), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, ana, _ := managed(t)
			ana.must(id, answer(model.AskMany, model.Some))
			d := ana.must(id, draftOf("a")).Ref()
			ana.must(id, model.ApproveDraft{Draft: d})
			require.Empty(t, ana.desk(id).Draft.Changed)
			if _, err := ana.do(id, c.cmd); model.CodeOf(err) != model.CodeAnswerSame {
				require.NoError(t, err)
			}
			changed := ana.desk(id).Draft.Changed
			if c.want == "" {
				require.Empty(t, changed)
				ana.must(id, model.PostUpdate{Draft: d})
				return
			}
			require.Len(t, changed, 1)
			require.Equal(t, c.want, changed[0].What.Key)
			require.NotEqual(t, changed[0].Was, changed[0].Now)
			ana.refused(model.CodeDraftChanged, id, model.PostUpdate{Draft: d})
			ana.must(id, model.Undo{})
			require.Empty(t, ana.desk(id).Draft.Changed, "it is as it was again")
			ana.must(id, c.cmd)
			ana.must(id, model.ApproveDraft{Draft: d})
			ana.must(id, model.PostUpdate{Draft: d})
		})
	}
}

// What was set on another machine before the approval, and had not arrived, is a change
// for who approved.
func TestAFactThatTheManagerHadNotHeardOfIsAChange(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	bob.must(id, model.SetStatus{Status: model.Fixing})
	ana.now = ana.now.Add(time.Minute)
	d := ana.must(id, draftOf("a")).Ref()
	ana.must(id, model.ApproveDraft{Draft: d})
	require.Empty(t, ana.desk(id).Draft.Changed)
	ana.crew.meet()
	require.Len(t, ana.desk(id).Draft.Changed, 1)
}

func TestTwoWhoEditOneDraftBothStandUntilOneIsChosen(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	first := ana.must(id, draftOf("a")).Ref()
	ana.crew.meet()
	mine := ana.must(id, draftOf("ana's", first)).Ref()
	ana.crew.meet()
	theirs := bob.must(id, draftOf("bob's", first)).Ref() // he began before hers came
	ana.crew.meet()
	for _, a := range []*author{ana, bob} {
		require.True(t, a.desk(id).Conflict())
		require.Len(t, a.desk(id).All(), 2)
		require.Equal(t, "settle", a.view(id).Next(a.now.UnixMilli()).Action)
	}
	ana.refused(model.CodeDraftConflict, id, model.ApproveDraft{Draft: mine})
	ana.refused(model.CodeDraftConflict, id, model.PostUpdate{Draft: mine, Force: true})
	chosen := ana.must(id, model.Settle{Choose: theirs}).Ref()
	require.Equal(t, "bob's", ana.desk(id).Draft.Text)
	require.False(t, ana.desk(id).Conflict())
	ana.must(id, model.ApproveDraft{Draft: chosen})
	texts := map[string]bool{}
	for _, l := range ana.view(id).Lines {
		texts[l.Rec.Text] = true
	}
	require.True(t, texts["ana's"], "the other stays in the log")
}

func TestTwoWhoBeginADraftAtOnceBothStand(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	ana.must(id, draftOf("ana's"))
	ana.crew.meet()
	bob.must(id, draftOf("bob's")) // he saw none when he began
	require.Len(t, bob.desk(id).All(), 2)
}

func TestTwoWhoWriteTheSameAreNoConflict(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	ana.must(id, draftOf("the same"))
	bob.must(id, draftOf("the same"))
	ana.crew.meet()
	require.False(t, ana.desk(id).Conflict())
	ana.must(id, draftOf("another", ana.desk(id).Draft.Ref))
	require.False(t, ana.desk(id).Conflict(), "both are replaced")
}

func TestACorrectionKeepsTheEarlierText(t *testing.T) {
	t.Parallel()
	id, ana, _ := managed(t)
	post := ana.must(id, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "Down since 14:00."}).Ref()
	due, _ := ana.view(id).NextUpdate(model.ToCustomers)
	ana.refused(model.CodeCorrectNone, id, model.SaveDraft{Audience: model.ToTeam, State: model.Investigating, Text: "a", Corrects: post})
	correct := model.SaveDraft{Audience: model.ToCustomers, State: model.Investigating, Text: "Down since 13:00.", Corrects: post}
	other := ana.must(id, draftOf("next")).Ref()
	ana.refused(model.CodeDraftOther, id, correct)
	ana.must(id, model.DropDraft{Audience: model.ToCustomers})
	ana.refused(model.CodeDraftOld, id, model.PostUpdate{Draft: other, Force: true})
	ana.now = ana.now.Add(10 * time.Minute)
	d := ana.must(id, correct).Ref()
	ana.must(id, model.ApproveDraft{Draft: d})
	corrected := ana.must(id, model.PostUpdate{Draft: d}).Ref()
	u := ana.view(id).Updates
	require.Len(t, u, 2)
	require.Equal(t, "Down since 14:00.", u[0].Text)
	require.Equal(t, corrected, u[0].Corrected)
	require.Equal(t, post, u[1].Corrects)
	now, _ := ana.view(id).NextUpdate(model.ToCustomers)
	require.Equal(t, due, now, "the next one is due as before")
	ana.refused(model.CodeCorrectNone, id, correct)
	require.Equal(t, "log.update.correction", ana.view(id).Lines[len(ana.view(id).Lines)-1].Describe().Key)
}

func TestUndoOfADraftAndOfAnApproval(t *testing.T) {
	t.Parallel()
	id, ana, _ := managed(t)
	d := ana.must(id, draftOf("a")).Ref()
	ana.must(id, model.ApproveDraft{Draft: d})
	ana.must(id, model.Undo{})
	require.Nil(t, ana.desk(id).Draft.Approved)
	ana.must(id, model.Redo{})
	require.NotNil(t, ana.desk(id).Draft.Approved)
	require.Empty(t, ana.desk(id).Draft.Changed)
	ana.must(id, model.Undo{})
	ana.must(id, model.Undo{})
	require.Nil(t, ana.desk(id).Draft, "the first draft is gone")
	ana.must(id, model.Redo{})
	require.Equal(t, "a", ana.desk(id).Draft.Text)
}

func TestADraftWhoseTextWasRemovedIsNone(t *testing.T) {
	t.Parallel()
	id, ana, _ := managed(t)
	d := ana.must(id, draftOf("a password")).Ref()
	ana.must(id, model.RemoveText{Target: d})
	require.Nil(t, ana.desk(id).Draft)
	ana.refused(model.CodeDraftOld, id, model.PostUpdate{Draft: d, Force: true})
}

func TestEachAudienceHasItsCadence(t *testing.T) {
	t.Parallel()
	for level, want := range map[model.Level]map[model.Audience]time.Duration{
		model.SEV1: {model.ToCustomers: minutes(20), model.ToTeam: minutes(20), model.ToExecutives: minutes(30)},
		model.SEV2: {model.ToCustomers: minutes(60), model.ToTeam: minutes(60), model.ToExecutives: minutes(60)},
		model.SEV3: {model.ToCustomers: minutes(240), model.ToTeam: minutes(240)},
	} {
		s := newStage(t)
		s.after(0, model.SetSeverity{Level: level})
		v := s.view(s.id)
		for _, a := range model.Audiences() {
			due, ok := v.NextUpdate(a)
			require.Equal(t, want[a] > 0, ok, "%s %s", level, a)
			if ok {
				require.Equal(t, want[a], time.UnixMilli(due).Sub(time.UnixMilli(v.Severity.By.Wall)))
			}
		}
		require.Equal(t, level != model.SEV3, v.Owes(model.ToExecutives))
	}
}

// A cadence counts what went by, whatever the clocks on the wall did meanwhile.
func TestACadenceOverAClockChangeAYearsEndAndALeapDay(t *testing.T) {
	t.Parallel()
	brussels, err := time.LoadLocation("Europe/Brussels")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from time.Time
		want string
	}{
		"clocks go forward":        {time.Date(2026, 3, 29, 1, 50, 0, 0, brussels), "2026-03-29T03:10:00+02:00"},
		"clocks go back":           {time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC), "2026-10-25T02:10:00+01:00"},
		"the year ends":            {time.Date(2026, 12, 31, 23, 50, 0, 0, brussels), "2027-01-01T00:10:00+01:00"},
		"a leap day begins":        {time.Date(2028, 2, 28, 23, 50, 0, 0, brussels), "2028-02-29T00:10:00+01:00"},
		"a leap day ends":          {time.Date(2028, 2, 29, 23, 50, 0, 0, brussels), "2028-03-01T00:10:00+01:00"},
		"the leap second of 2016":  {time.Date(2017, 1, 1, 0, 50, 0, 0, brussels), "2017-01-01T01:10:00+01:00"},
		"a February without a day": {time.Date(2027, 2, 28, 23, 50, 0, 0, brussels), "2027-03-01T00:10:00+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crew := newCrew(t, "ana")
			ana := crew.people[0]
			ana.now, ana.frozen = c.from, true
			id := ana.must(model.Scope{}, model.OpenIncident{Title: "a", Severity: model.SEV1}).Scope
			due, ok := ana.view(id).NextUpdate(model.ToCustomers)
			require.True(t, ok)
			require.Equal(t, c.want, time.UnixMilli(due).In(brussels).Format(time.RFC3339))
			turns := func(at int64) bool { return ana.view(id).Next(at).Urgent }
			require.False(t, turns(due))
			require.True(t, turns(due+1))
		})
	}
}
