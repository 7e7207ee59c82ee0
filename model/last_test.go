package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func updateTo(a model.Audience, s model.UpdateState) model.PostUpdate {
	return model.PostUpdate{Audience: a, State: s, Text: "a"}
}

func TestWhoIsStillToHearThatItIsOver(t *testing.T) {
	t.Parallel()
	status := func(s model.Status) model.Command { return model.SetStatus{Status: s, Reason: "x"} }
	resolved, none := status(model.Resolved), []model.Audience(nil)
	sev := func(n model.Level) model.Command { return model.SetSeverity{Level: n} }
	internal := answer(model.AskImpact, model.Internal)
	over := func(a model.Audience) model.Command { return updateTo(a, model.Recovered) }
	waive := func(a model.Audience) model.Command { return model.WaiveUpdate{Audience: a} }
	for name, c := range map[string]struct {
		cmds []model.Command
		want []model.Audience
	}{
		"while it lasts, nobody":                       {[]model.Command{sev(1)}, none},
		"all whom the severity has told by the clock":  {[]model.Command{sev(1), resolved}, model.Audiences()},
		"who is told nothing by the clock, is not":     {[]model.Command{sev(3), resolved}, []model.Audience{model.ToTeam}},
		"an incident without a severity owes nobody":   {[]model.Command{resolved}, none},
		"but who heard of it":                          {[]model.Command{updateTo(model.ToCustomers, model.Investigating), resolved}, []model.Audience{model.ToCustomers}},
		"an internal one, the team":                    {[]model.Command{sev(2), internal, resolved}, []model.Audience{model.ToTeam, model.ToExecutives}},
		"who was told after the repair is not asked":   {[]model.Command{sev(3), status(model.Mitigated), over(model.ToTeam), resolved}, none},
		"who was told just before the end":             {[]model.Command{sev(3), over(model.ToTeam), resolved}, none},
		"before the repair it does not count":          {[]model.Command{sev(3), over(model.ToTeam), status(model.Mitigated), resolved}, []model.Audience{model.ToTeam}},
		"told after the end":                           {[]model.Command{sev(3), resolved, over(model.ToTeam)}, none},
		"told, and then otherwise":                     {[]model.Command{sev(3), resolved, over(model.ToTeam), updateTo(model.ToTeam, model.Monitoring)}, []model.Audience{model.ToTeam}},
		"reopened, who was told is told again":         {[]model.Command{sev(3), resolved, over(model.ToTeam), status(model.Reopened), resolved}, []model.Audience{model.ToTeam}},
		"a resolving that was undone counts as reopen": {[]model.Command{sev(3), over(model.ToTeam), resolved, model.Undo{}, resolved}, []model.Audience{model.ToTeam}},
		"a person said that none is needed":            {[]model.Command{sev(3), resolved, waive(model.ToTeam)}, none},
		"and undid it":                                 {[]model.Command{sev(3), resolved, waive(model.ToTeam), model.Undo{}}, []model.Audience{model.ToTeam}},
		"which counts for one end":                     {[]model.Command{sev(3), resolved, waive(model.ToTeam), status(model.Reopened), resolved}, []model.Audience{model.ToTeam}},
		"closed, nobody asks any more":                 {[]model.Command{sev(1), resolved, status(model.Closed)}, none},
		"cancelled neither":                            {[]model.Command{sev(1), status(model.Cancelled)}, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.after(0, c.cmds...)
			require.Equal(t, c.want, s.view(s.id).Untold())
		})
	}
}

func TestACorrectionOfTheLastUpdateSaysWhatIsSo(t *testing.T) {
	t.Parallel()
	id, ana, _ := managed(t)
	ana.must(id, answer(model.AskImpact, model.Internal))
	ana.must(id, model.SetSeverity{Level: model.SEV3})
	ana.must(id, model.SetStatus{Status: model.Resolved})
	early := ana.must(id, updateTo(model.ToTeam, model.Investigating)).Ref()
	last := ana.must(id, updateTo(model.ToTeam, model.Recovered)).Ref()
	correct := func(of model.Ref, s model.UpdateState) {
		d := ana.must(id, model.SaveDraft{Audience: model.ToTeam, State: s, Text: "b", Corrects: of}).Ref()
		ana.must(id, model.PostUpdate{Draft: d, Force: true})
	}
	correct(early, model.Investigating)
	require.Empty(t, ana.view(id).Untold(), "a correction of what was said before says nothing of the end")
	correct(last, model.Monitoring)
	require.Equal(t, []model.Audience{model.ToTeam}, ana.view(id).Untold(), "it was not over after all")
}

func TestOnlyALastUpdateThatIsAwaitedIsSaidNotToBeNeeded(t *testing.T) {
	t.Parallel()
	id, ana, bob := managed(t)
	ana.refused(model.CodeLastNone, id, model.WaiveUpdate{Audience: model.ToTeam})
	ana.must(id, model.SetStatus{Status: model.Resolved})
	ana.refused(model.CodeAudienceUnknown, id, model.WaiveUpdate{Audience: "press"})
	ana.must(id, model.WaiveUpdate{Audience: model.ToTeam, Reason: "all were in the call"})
	ana.refused(model.CodeLastNone, id, model.WaiveUpdate{Audience: model.ToTeam})
	customers := func() model.Progress {
		for _, p := range ana.view(id).Phases(0) {
			if p.Phase == model.PhaseCustomers {
				return p.Progress
			}
		}
		return model.Todo
	}
	require.Equal(t, model.Active, customers(), "they are still to hear it")
	ana.must(id, model.WaiveUpdate{Audience: model.ToCustomers})
	require.Equal(t, model.Done, customers())
	ana.must(id, model.Undo{})
	lines := ana.view(id).Lines
	require.Equal(t, "log.waive.why", lines[len(lines)-3].Describe().Key)
	ana.crew.meet()
	require.NotContains(t, bob.view(id).Untold(), model.ToTeam)
}

// Resolving closes the topic: whoever reads it in the chat sees that it is over.
func TestTheTopicLineSaysThatItIsOverAndAfterHowLong(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	line := func() (out []string) {
		for _, p := range s.view(s.id).TopicLine("ABC123") {
			text, _ := p.Args["Text"].(string)
			out = append(out, p.Key+text)
		}
		return out
	}
	s.after(minutes(5), model.PinTopic{Text: "call in 5"})
	require.Equal(t, []string{"topic.textcall in 5"}, line())
	s.after(minutes(39), model.SetStatus{Status: model.Resolved})
	require.Equal(t, []string{"topic.resolved", "topic.textcall in 5"}, line())
	s.after(0, model.PinTopic{})
	require.Equal(t, []string{"topic.head", "topic.resolved"}, line())
	took, ok := s.view(s.id).Lasted(0)
	require.True(t, ok)
	require.Equal(t, int64(44), took/60_000)
	s.after(minutes(600), model.SetStatus{Status: model.Closed})
	require.Equal(t, []string{"topic.head", "topic.closed"}, line())
	s.after(0, model.PinTopic{Text: "review on Monday"})
	require.Equal(t, []string{"topic.textreview on Monday"}, line(), "it was pinned since, and knows")
	s.after(0, model.PinTopic{}, model.SetStatus{Status: model.Reopened, Reason: "again"})
	require.Equal(t, []string{"topic.head", "status.open"}, line())
}
