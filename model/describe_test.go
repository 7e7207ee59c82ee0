package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	bob := model.AssignRole{Role: model.TechLead, Name: "bob"}
	open, fixing := model.Open.Phrase(), model.Fixing.Phrase()
	link := model.AddLink{Kind: model.ChatLink, URL: "https://chat.example", Label: "room"}
	for _, c := range []struct {
		cmds []model.Command
		key  string
		args map[string]any
	}{
		{do(model.SetTitle{Title: "Search"}), "log.title", map[string]any{"Title": "Search"}},
		{do(model.SetSeverity{Level: 2}), "log.severity.set", map[string]any{"To": "SEV2"}},
		{do(model.SetSeverity{Level: 2, Reason: "r"}), "log.severity.set.why", map[string]any{"To": "SEV2", "Reason": "r"}},
		{do(model.SetSeverity{Level: 2}, model.SetSeverity{Level: 1}), "log.severity.changed", map[string]any{"From": "SEV2", "To": "SEV1"}},
		{do(model.SetSeverity{Level: 2}, model.SetSeverity{Level: 1, Reason: "r"}), "log.severity.changed.why", map[string]any{"From": "SEV2", "To": "SEV1", "Reason": "r"}},
		{do(model.SetStatus{Status: model.Fixing}), "log.status", map[string]any{"From": open, "To": fixing}},
		{do(model.SetStatus{Status: model.Fixing}, model.SetStatus{Status: model.Mitigated, Reason: "r"}), "log.status.why", map[string]any{"From": fixing, "To": model.Mitigated.Phrase(), "Reason": "r"}},
		{do(model.SetStatus{Status: model.Cancelled}, model.SetStatus{Status: model.Reopened, Reason: "r"}), "log.status.why", map[string]any{"From": model.Cancelled.Phrase(), "To": model.Reopened.Phrase(), "Reason": "r"}},
		{do(answer(model.AskOther, model.Social, model.CoreHurt)), "log.answer", map[string]any{
			"Question": model.AskOther.Name(), "Answer": model.Say("answer.choices", "Choices", []model.Phrase{model.Say("choice.core"), model.Say("choice.social")}),
		}},
		{do(bob), "log.role.given", nil},
		{do(model.AssignRole{Role: model.TechLead, Name: "ana"}), "log.role.taken", map[string]any{"Role": model.TechLead.Phrase()}},
		{do(bob, model.AssignRole{Role: model.TechLead, Name: "bea"}), "log.role.changed", nil},
		{do(bob, model.ReleaseRole{Role: model.TechLead}), "log.role.released", nil},
		{do(model.Write{Text: "w"}), "log.entry", map[string]any{"Text": "w"}},
		{do(link), "log.link.added", map[string]any{"Kind": model.ChatLink.Phrase(), "Label": "room", "URL": link.URL}},
		{do(model.AddLink{Kind: model.ChatLink, URL: link.URL}), "log.link.added", map[string]any{"Kind": model.ChatLink.Phrase(), "Label": link.URL, "URL": link.URL}},
		{do(link, model.RemoveLink{Target: last}), "log.link.removed", map[string]any{"URL": link.URL}},
		{do(model.PinTopic{Text: "p"}), "log.topic.pinned", map[string]any{"Topic": "p"}},
		{do(model.PinTopic{Text: "p"}, model.PinTopic{}), "log.topic.unpinned", nil},
		{do(model.SetMoment{Moment: model.Detected, At: ago(time.Minute)}), "log.moment.set", map[string]any{"Moment": model.Detected.Phrase(), "Time": time.UnixMilli(at0 - 60_000)}},
		{do(model.SetMoment{Moment: model.Detected, At: ago(time.Minute)}, model.SetMoment{Moment: model.Detected, Reason: "r"}), "log.moment.cleared.why", map[string]any{"Moment": model.Detected.Phrase(), "Reason": "r"}},
		{do(model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "u"}), "log.update", map[string]any{"Audience": model.ToTeam.Phrase(), "State": model.Identified.Phrase(), "Text": "u"}},
		{do(model.MarkPhase{Phase: model.PhaseAssess, Done: true}), "log.phase.done", map[string]any{"Phase": model.PhaseAssess.Phrase()}},
		{do(model.MarkPhase{Phase: model.PhaseAssess, Done: true}, model.MarkPhase{Phase: model.PhaseAssess}), "log.phase.undone", nil},
	} {
		t.Run(c.key, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob", "bea")
			_, err := s.play(c.cmds...)
			require.NoError(t, err)
			lines := s.view(s.id).Lines
			p := lines[len(lines)-1].Describe()
			require.Equal(t, c.key, p.Key)
			if c.args != nil {
				require.Equal(t, c.args, p.Args)
			}
			_, err = s.play(model.Undo{})
			if c.key == "log.update" {
				return
			}
			require.NoError(t, err)
			lines = s.view(s.id).Lines
			p = lines[len(lines)-1].Describe()
			if c.key == "log.entry" {
				require.NotNil(t, lines[len(lines)-1].Struck)
				return
			}
			require.Equal(t, "log.undo", p.Key)
			require.NotEmpty(t, p.Args["Act"].(model.Phrase).Key)
		})
	}
}

func TestDescribeOfACommandAndOfAlerts(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(0, model.Write{Text: "kubectl get\nno pods", Run: &model.CommandRun{Exit: 1, Millis: 1_500, Lines: 9}})
	p := s.view(s.id).Lines[1].Describe()
	require.Equal(t, model.Say("log.command", "Command", "kubectl get", "Exit", int32(1), "Took", 1500*time.Millisecond).Counted(9), p)
	s.after(0, body(firing("a", 1), model.AlertSignal{Fingerprint: "b", Starts: 1, Ends: 2, Text: "not JSON"}))
	lines := s.view(s.id).Lines
	require.Equal(t, model.Say("log.alert.firing.summary", "Name", "Slow a", "Summary", "p99 over 2 s"), lines[2].Describe())
	require.Equal(t, model.Say("log.alert.resolved", "Name", "b"), lines[3].Describe())
}

// Every event that stands as a line says something, whatever is in it.
func TestEveryLineSaysSomething(t *testing.T) {
	t.Parallel()
	for name, d := range vectors() {
		for _, removed := range []bool{false, true} {
			e := *sealVector(t, d)
			if removed {
				e.SetText(model.Salt{}, nil)
			}
			in := model.NewIncident(d.Scope)
			in.Apply(decode(t, &e))
			v := in.View()
			for _, l := range v.Lines {
				require.NotEmpty(t, l.Describe().Key, name)
			}
			model.Summarise(v)
			require.NotEmpty(t, v.Next(at0).Say.Key, name)
			v.Phases(at0)
			v.TopicLine("ABC123")
		}
	}
}

func TestNamesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]model.Role{"im": model.IncidentManager, "I": model.IncidentManager, "tech_lead": model.TechLead, "SME": model.Expert, " legal ": model.Legal, "boss": "", "": ""} {
		got, err := model.ParseRole(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want == "", model.CodeOf(err) == model.CodeRoleUnknown, typed)
	}
	for typed, want := range map[string]model.Status{"f": model.Fixing, "Resolved": model.Resolved, "reopen": model.Reopened, "x": model.Cancelled, "done": "", "": ""} {
		got, err := model.ParseStatus(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want == "", model.CodeOf(err) == model.CodeStatusUnknown, typed)
	}
	for typed, want := range map[string]model.Source{"": model.ByTeammate, "Ticket": model.ByTicket, "dream": ""} {
		got, err := model.ParseSource(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want == "", model.CodeOf(err) == model.CodeSourceUnknown, typed)
	}
	letters := map[string]bool{}
	for _, c := range model.RoleCards() {
		require.False(t, letters[c.Letter], "two roles under one letter")
		letters[c.Letter] = true
		for _, w := range append(c.Words, c.Letter, string(c.Role)) {
			got, err := model.ParseRole(w)
			require.NoError(t, err)
			require.Equal(t, c.Role, got, w)
		}
	}
	for address, want := range map[string]model.LinkKind{
		"https://team.slack.com/x": model.ChatLink, "https://meet.example/x": model.VideoLink, "https://grafana.example": model.DashboardLink,
		"https://docs.example": model.DocumentLink, "https://example.com/slack": model.OtherLink, "::": model.OtherLink,
	} {
		require.Equal(t, want, model.GuessLinkKind(address), address)
	}
}

func TestParseAnswer(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(at0).UTC()
	for _, c := range []struct {
		q       model.Question
		typed   string
		choices []string
		count   int64
		code    model.Code
	}{
		{model.AskImpact, "External", []string{model.External}, 0, ""},
		{model.AskImpact, "2", []string{model.Internal}, 0, ""},
		{model.AskImpact, "1,2", nil, 0, model.CodeAnswerChoice},
		{model.AskImpact, "", nil, 0, model.CodeAnswerChoice},
		{model.AskImpact, "0", nil, 0, model.CodeAnswerChoice},
		{model.AskOther, "social + core, core", []string{model.CoreHurt, model.Social}, 0, ""},
		{model.AskOther, "none social", nil, 0, model.CodeAnswerChoice},
		{model.AskCases, " 42 ", nil, 42, ""},
		{model.AskCases, "many", nil, 0, model.CodeAnswerCount},
		{model.AskCases, "-1", nil, 0, model.CodeAnswerCount},
		{model.AskCases, "99999999999999999999", nil, 0, model.CodeAnswerCount},
		{model.AskStarted, "noon", nil, 0, model.CodeTimeUnreadable},
		{model.AskSee, "  ", nil, 0, model.CodeTextEmpty},
		{"why", "x", nil, 0, model.CodeQuestionUnknown},
	} {
		a, _, err := model.ParseAnswer(c.q, c.typed, now)
		require.Equal(t, c.code, model.CodeOf(err), c.typed)
		require.Equal(t, c.choices, a.Choices, c.typed)
		require.Equal(t, c.count, a.Count, c.typed)
	}
	a, _, err := model.ParseAnswer(model.AskStarted, "-10m", now)
	require.NoError(t, err)
	require.Equal(t, int64(at0-600_000), a.Time)
	_, text, err := model.ParseAnswer(model.AskSee, " blank page ", now)
	require.NoError(t, err)
	require.Equal(t, "blank page", text)
}
