package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	type a = map[model.Question][]string
	const impact, many, other = model.AskImpact, model.AskMany, model.AskOther
	for name, c := range map[string]struct {
		answers a
		level   model.Level
		why     []string
	}{
		"nothing said":          {nil, model.Unset, nil},
		"external and all":      {a{impact: {model.External}, many: {model.All}}, 1, []string{"why.external.all"}},
		"external and some":     {a{impact: {model.External}, many: {model.Some}}, 2, []string{"why.external.some"}},
		"external":              {a{impact: {model.External}}, 3, []string{"why.external.unknown"}},
		"internal":              {a{impact: {model.Internal}}, 3, []string{"why.internal"}},
		"internal and all":      {a{impact: {model.Internal}, many: {model.All}}, 3, []string{"why.internal"}},
		"all":                   {a{many: {model.All}}, 3, []string{"why.nothing"}},
		"none of the rest":      {a{other: {model.None}}, 3, []string{"why.nothing"}},
		"social media":          {a{other: {model.Social}}, 3, []string{"why.nothing"}},
		"core":                  {a{other: {model.CoreHurt}}, 2, []string{"why.core"}},
		"core, internal":        {a{impact: {model.Internal}, other: {model.CoreHurt}}, 2, []string{"why.core"}},
		"data":                  {a{impact: {model.Internal}, other: {model.DataLoss}}, 1, []string{"why.data"}},
		"security":              {a{other: {model.SecurityFactor}}, 1, []string{"why.security"}},
		"some, core":            {a{impact: {model.External}, many: {model.Some}, other: {model.CoreHurt}}, 2, []string{"why.external.some", "why.core"}},
		"the worst comes first": {a{impact: {model.External}, many: {model.Some}, other: {model.CoreHurt, model.DataLoss, model.SecurityFactor}}, 1, []string{"why.data", "why.security", "why.external.some", "why.core"}},
		"all of it":             {a{impact: {model.External}, many: {model.All}, other: {model.DataLoss}}, 1, []string{"why.data", "why.external.all"}},
		"only a count":          {a{model.AskCases: {"9"}}, model.Unset, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := map[model.Question]model.Answer{}
			for q, choices := range c.answers {
				answers[q] = model.Answer{Choices: choices}
			}
			s := model.Suggest(answers)
			var why []string
			for _, p := range s.Why {
				why = append(why, p.Key)
			}
			require.Equal(t, c.level, s.Level)
			require.Equal(t, c.why, why)
			require.Equal(t, c.level == model.Unset, s.IsZero())
			for q, answer := range answers {
				answer.Cleared = true
				answers[q] = answer
			}
			require.True(t, model.Suggest(answers).IsZero(), "answers taken back say nothing")
		})
	}
}

func TestSeverityTable(t *testing.T) {
	t.Parallel()
	require.True(t, model.SEV1.Worse(model.SEV2))
	require.True(t, model.SEV3.Worse(model.Unset))
	require.False(t, model.Unset.Worse(model.SEV3))
	require.False(t, model.SEV2.Worse(model.SEV2))
	require.False(t, model.SEV3.Worse(model.SEV1))
	for typed, want := range map[string]model.Level{
		"1": 1, "sev1": 1, "SEV-2": 2, "p3": 3, "s1": 1, "Sev 2": 2, " 3 ": 3,
		"0": 0, "4": 0, "sev": 0, "": 0, "p": 0, "257": 0, "-1": 0, "sev-": 0, "critical": 0,
	} {
		got, err := model.ParseLevel(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want == 0, model.CodeOf(err) == model.CodeSeverityUnknown, typed)
	}
}

// Next leads one person through an outage by doing what it says.
func TestTheNextStepLeadsThroughAnOutage(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob", "bea", "cleo")
	step := func(key, arg string, cmds ...model.Command) {
		t.Helper()
		next := s.view(s.id).Next(s.ms())
		require.Equal(t, []string{key, arg}, []string{next.Say.Key, next.Arg})
		require.NotEmpty(t, next.Action)
		if cmds != nil {
			s.after(0, cmds...)
		}
	}
	role := func(r model.Role, name string) model.Command { return model.AssignRole{Role: r, Name: name} }
	count := model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: 4}}
	post := func(a model.Audience, u model.UpdateState) model.Command {
		return model.PostUpdate{Audience: a, State: u, Text: "a"}
	}
	step("next.role", string(model.IncidentManager), role(model.IncidentManager, "ana"))
	step("next.severity", "", answer(model.AskImpact, model.External), answer(model.AskMany, model.Some))
	step("next.suggested", "", model.ApplySuggestion{})
	step("next.role", string(model.TechLead), role(model.TechLead, "bob"))
	step("next.channel", "", model.AddLink{Kind: model.DocumentLink, URL: "https://docs.example"})
	step("next.channel", "", model.AddLink{Kind: model.ChatLink, URL: "https://chat.example"})
	step("next.assess", "", count)
	require.Equal(t, 3, *s.view(s.id).Next(s.ms()).Say.Count)
	step("next.assess", "", answer(model.AskOther, model.DataLoss))
	step("next.suggested", "", model.ApplySuggestion{})
	step("next.assess", "",
		model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "a blank page"},
		model.AnswerQuestion{Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: at0}})
	step("next.role", string(model.Communications), role(model.Communications, "bea"))
	step("next.role", string(model.Support), role(model.Support, "cleo"))
	step("next.update", string(model.ToCustomers), post(model.ToCustomers, model.Investigating))
	step("next.update", string(model.ToTeam), post(model.ToTeam, model.Investigating))
	step("next.update", string(model.ToExecutives), post(model.ToExecutives, model.Investigating))
	step("next.fix", string(model.Fixing), model.SetStatus{Status: model.Fixing})
	step("next.mitigate", string(model.Mitigated))
	s.after(minutes(21))
	step("next.overdue", string(model.ToCustomers))
	require.True(t, s.view(s.id).Next(s.ms()).Urgent)
	step("next.overdue", string(model.ToCustomers), post(model.ToCustomers, model.Identified))
	step("next.overdue", string(model.ToTeam), post(model.ToTeam, model.Identified))
	step("next.mitigate", string(model.Mitigated), model.SetStatus{Status: model.Mitigated})
	step("next.resolve", string(model.Resolved), model.SetStatus{Status: model.Resolved})
	step("next.last", string(model.ToCustomers), post(model.ToCustomers, model.Recovered))
	step("next.last", string(model.ToTeam), post(model.ToTeam, model.Recovered))
	require.Equal(t, model.Active, phase(s, model.PhaseResolve), "somebody is still to be told")
	step("next.last", string(model.ToExecutives), model.WaiveUpdate{Audience: model.ToExecutives})
	require.Equal(t, model.Done, phase(s, model.PhaseResolve))
	step("next.criterion", "hypotheses", model.AddHypothesis{Text: "v412"})
	step("next.criterion", "hypotheses", model.JudgeHypothesis{Hypothesis: s.view(s.id).Hypotheses[0].Ref, Finding: model.Confirmed, Text: "the graphs"}, model.AddFollowUp{Text: "test the rollback"})
	step("next.criterion", "followups", model.ChangeFollowUp{FollowUp: s.view(s.id).FollowUps[0].Ref, Name: "bob"})
	step("next.close", string(model.Closed), model.SetStatus{Status: model.Closed})
	require.True(t, s.view(s.id).Next(s.ms()).IsZero())
	for _, p := range s.view(s.id).Phases(s.ms()) {
		require.Equal(t, model.Done, p.Progress, p.Phase)
	}
}

func TestAnInternalIncidentOwesItsCustomersNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob", "cleo")
	s.after(0, model.SetSeverity{Level: 1})
	require.True(t, s.view(s.id).Owes(model.ToCustomers))
	require.Contains(t, s.view(s.id).Missing(), model.Communications)
	s.after(0, answer(model.AskImpact, model.Internal))
	require.False(t, s.view(s.id).Owes(model.ToCustomers))
	require.True(t, s.view(s.id).Owes(model.ToTeam))
	require.NotContains(t, s.view(s.id).Missing(), model.Communications)
	s.after(0, model.SetStatus{Status: model.Resolved})
	next := s.view(s.id).Next(s.ms())
	require.Equal(t, []string{"next.last", string(model.ToTeam)}, []string{next.Say.Key, next.Arg}, "the customers are to hear nothing")
}

func phase(s *stage, p model.PhaseID) model.Progress {
	for _, st := range s.view(s.id).Phases(s.ms()) {
		if st.Phase == p {
			return st.Progress
		}
	}
	return 99
}

func TestWhenAPhaseIsDone(t *testing.T) {
	t.Parallel()
	chat := model.AddLink{Kind: model.ChatLink, URL: "https://chat.example"}
	post := model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "a"}
	role := func(r model.Role) model.Command { return model.AssignRole{Role: r, Name: "bob"} }
	fixing, mitigated, resolved, closed := model.SetStatus{Status: model.Fixing}, model.SetStatus{Status: model.Mitigated},
		model.SetStatus{Status: model.Resolved}, model.SetStatus{Status: model.Closed}
	for _, c := range []struct {
		name  string
		phase model.PhaseID
		kind  model.IncidentKind
		cmds  []model.Command
		want  model.Progress
	}{
		{"opened by a person", model.PhaseDetect, model.Outage, nil, model.Done},
		{"no link", model.PhaseChannels, model.Outage, nil, model.Todo},
		{"a document", model.PhaseChannels, model.Outage, do(model.AddLink{Kind: model.DocumentLink, URL: "https://docs.example"}), model.Active},
		{"a chat room", model.PhaseChannels, model.Outage, do(chat), model.Done},
		{"a chat room taken off", model.PhaseChannels, model.Outage, do(chat, model.RemoveLink{Target: last}), model.Todo},
		{"not assessed", model.PhaseAssess, model.Outage, nil, model.Todo},
		{"severity alone", model.PhaseAssess, model.Outage, do(model.SetSeverity{Level: 3}), model.Active},
		{"answer alone", model.PhaseAssess, model.Outage, do(answer(model.AskMany, model.All)), model.Active},
		{"both", model.PhaseAssess, model.Outage, do(model.SetSeverity{Level: 3}, answer(model.AskMany, model.All)), model.Done},
		{"nobody to tell", model.PhaseCustomers, model.Outage, nil, model.Todo},
		{"told nothing yet", model.PhaseCustomers, model.Outage, do(model.SetSeverity{Level: 1}), model.Active},
		{"told", model.PhaseCustomers, model.Outage, do(model.SetSeverity{Level: 1}, post), model.Done},
		{"told when internal", model.PhaseCustomers, model.Outage, do(answer(model.AskImpact, model.Internal), model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "a"}), model.Done},
		{"no expert", model.PhaseEscalate, model.Outage, do(role(model.IncidentManager)), model.Todo},
		{"an expert", model.PhaseEscalate, model.Outage, do(role(model.Expert)), model.Done},
		{"no roles", model.PhaseDelegate, model.Outage, do(model.SetSeverity{Level: 3}), model.Todo},
		{"a manager", model.PhaseDelegate, model.Outage, do(role(model.IncidentManager)), model.Active},
		{"all that SEV3 asks for", model.PhaseDelegate, model.Outage, do(role(model.IncidentManager), model.SetSeverity{Level: 3}), model.Done},
		{"not all that SEV1 asks for", model.PhaseDelegate, model.Outage, do(role(model.IncidentManager), model.SetSeverity{Level: 1}), model.Active},
		{"open", model.PhaseResolve, model.Outage, nil, model.Todo},
		{"mitigated", model.PhaseResolve, model.Outage, do(mitigated), model.Active},
		{"resolved", model.PhaseResolve, model.Outage, do(resolved), model.Done},
		{"ticked by hand", model.PhaseResolve, model.Outage, do(model.MarkPhase{Phase: model.PhaseResolve, Done: true}), model.Done},
		{"unticked", model.PhaseResolve, model.Outage, do(model.MarkPhase{Phase: model.PhaseResolve, Done: true}, model.MarkPhase{Phase: model.PhaseResolve}), model.Todo},
		{"identified", model.PhaseIdentify, model.SecurityIncident, do(model.SetSeverity{Level: 1}, answer(model.AskOther, model.SecurityFactor)), model.Done},
		{"open", model.PhaseContain, model.SecurityIncident, nil, model.Todo},
		{"being contained", model.PhaseContain, model.SecurityIncident, do(fixing), model.Active},
		{"contained", model.PhaseContain, model.SecurityIncident, do(mitigated), model.Done},
		{"being eradicated", model.PhaseEradicate, model.SecurityIncident, do(mitigated), model.Active},
		{"eradicated", model.PhaseEradicate, model.SecurityIncident, do(resolved), model.Done},
		{"recovered", model.PhaseRecover, model.SecurityIncident, do(resolved), model.Done},
		{"lessons to learn", model.PhaseLessons, model.SecurityIncident, do(resolved), model.Active},
		{"lessons learned", model.PhaseLessons, model.SecurityIncident, do(resolved, closed), model.Done},
	} {
		t.Run(string(c.phase)+" "+c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob")
			e := s.must(model.Scope{}, model.OpenIncident{Title: "x", Kind: c.kind})
			s.id = e.Scope
			_, err := s.play(c.cmds...)
			require.NoError(t, err)
			require.Equal(t, c.want, phase(s, c.phase))
			require.Len(t, s.view(s.id).Phases(0), len(model.Rail(c.kind)))
		})
	}
}

func TestAnOverdueUpdateOpensThePhaseAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(0, model.SetSeverity{Level: 1}, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "a"})
	require.Equal(t, model.Done, phase(s, model.PhaseCustomers))
	s.after(minutes(21))
	require.Equal(t, model.Active, phase(s, model.PhaseCustomers))
}

func TestTopicLine(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob")
	s.after(0, model.SetSeverity{Level: 1}, model.AssignRole{Role: model.TechLead, Name: "bob"},
		model.AssignRole{Role: model.IncidentManager, Name: "ana"}, model.AssignRole{Role: model.Scribe, Name: "bob"},
		model.AddLink{Kind: model.ChatLink, URL: "https://chat.example"})
	keys := func() (out []string) {
		for _, p := range s.view(s.id).TopicLine("ABC123") {
			out = append(out, p.Key)
		}
		return out
	}
	require.Equal(t, []string{"topic.head", "status.open", "topic.role", "topic.role", "topic.link"}, keys())
	head := s.view(s.id).TopicLine("ABC123")
	require.Equal(t, map[string]any{"Severity": "SEV1", "Key": "ABC123", "Title": "Checkout fails"}, head[0].Args)
	require.Equal(t, s.person, head[2].Args["Person"], "the manager first")
	s.after(0, model.PinTopic{Text: "call in 5"})
	require.Equal(t, []string{"topic.text"}, keys())
	s.after(0, model.PinTopic{})
	require.Len(t, keys(), 5)
}

func TestASeverityChosenAgainstTheAnswersIsNotNaggedAbout(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 21)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(id, model.AnswerQuestion{Question: model.AskOther, Answer: model.Answer{Type: model.ChoicesAnswer, Choices: []string{model.DataLoss}}})
	next := func() string {
		v, err := r.Incident(t.Context(), id)
		require.NoError(t, err)
		return v.Next(r.Now().UnixMilli()).Action
	}
	require.Equal(t, "severity.suggested", next())
	r.Must(id, model.SetSeverity{Level: model.SEV3, Reason: "one test account"})
	require.NotEqual(t, "severity.suggested", next(), "somebody decided, knowing the answers")
	r.Must(id, model.AnswerQuestion{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.External}}})
	require.Equal(t, "severity.suggested", next(), "a new answer is a new reason to look")
}
