package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// shown is what people see of an incident, without who did it and when.
func shown(s *stage) map[string]any {
	v := s.view(s.id)
	out := map[string]any{
		"title": v.Title.Value, "severity": v.Severity.Value, "status": v.Status.Value, "topic": v.Topic.Value,
	}
	for _, a := range v.Answers {
		if a.Done() {
			out["answer "+string(a.Card.Question)] = []any{a.Answer.Choices, a.Answer.Count, a.Text}
		}
	}
	for _, h := range v.Roles {
		for _, p := range h.Holders {
			out["role "+string(h.Card.Role)+" "+s.state.People.Roster().Name(p.Person)] = true
		}
	}
	for _, l := range v.Links {
		out["link "+l.URL] = l.Label
	}
	for m, t := range v.Moments {
		if t.Corrected {
			out["moment "+string(m)] = t.At
		}
	}
	for _, h := range v.Offers() {
		out["offer "+h.Text] = h.To
	}
	for _, k := range v.OpenTasks() {
		out["task "+k.Text] = []any{k.TaskTerms, k.Why()}
	}
	for _, d := range v.Decisions {
		if d.Outcome != model.Withdrawn {
			out["decision "+d.Text] = []any{d.Outcome, len(d.Objections), d.Why()}
		}
	}
	for _, h := range v.Hypotheses {
		out["hypothesis "+h.Text] = []any{h.Finding, h.Why()}
	}
	for _, f := range v.FollowUps {
		if !f.State.Over() {
			out["follow-up "+f.Text] = f.TaskTerms
		}
	}
	for _, r := range v.Related {
		out["related "+r.Other.String()] = r.Relation
	}
	for p, m := range v.Marks {
		if m.Value {
			out["phase "+string(p)] = true
		}
	}
	for _, l := range v.Lines {
		if l.Entry() && l.Struck == nil {
			out["entry "+l.Text] = []any{l.At == l.Rec.Wall, l.Star}
		}
	}
	return out
}

// Each row's last act is undone, done again, and undone again.
func TestUndoAndRedoOfEveryAct(t *testing.T) {
	t.Parallel()
	w := model.Write{Text: "db is slow"}
	link := model.AddLink{URL: "https://chat.example/1", Label: "room"}
	bob := model.AssignRole{Role: model.IncidentManager, Name: "bob"}
	for name, cmds := range map[string][]model.Command{
		"title":              do(model.SetTitle{Title: "Search fails"}),
		"second title":       do(model.SetTitle{Title: "a"}, model.SetTitle{Title: "b"}),
		"severity":           do(model.SetSeverity{Level: 1}),
		"raised severity":    do(model.SetSeverity{Level: 3}, model.SetSeverity{Level: 1}),
		"status":             do(model.SetStatus{Status: model.Mitigated}),
		"resolved":           do(model.SetStatus{Status: model.Fixing}, model.SetStatus{Status: model.Resolved}),
		"reopened":           do(model.SetStatus{Status: model.Resolved}, model.SetStatus{Status: model.Reopened, Reason: "again"}),
		"topic":              do(model.PinTopic{Text: "call"}),
		"topic unpinned":     do(model.PinTopic{Text: "call"}, model.PinTopic{}),
		"answer":             do(answer(model.AskImpact, model.External)),
		"revised answer":     do(answer(model.AskImpact, model.External), answer(model.AskImpact, model.Internal)),
		"text answer":        do(model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "blank"}),
		"role":               do(bob),
		"role of new person": do(model.AssignRole{Role: model.TechLead, Name: "zoe"}),
		"handed over":        do(bob, model.AssignRole{Role: model.IncidentManager, Name: "bea"}),
		"released":           do(bob, model.ReleaseRole{Role: model.IncidentManager}),
		"second expert":      do(model.AssignRole{Role: model.Expert, Name: "bob"}, model.AssignRole{Role: model.Expert, Name: "bea"}),
		"released expert":    do(model.AssignRole{Role: model.Expert, Name: "bob"}, model.ReleaseRole{Role: model.Expert}),
		"link":               do(link),
		"removed link":       do(link, model.RemoveLink{Target: last}),
		"moment":             do(model.SetMoment{Moment: model.Detected, At: ago(time.Hour)}),
		"second correction":  do(model.SetMoment{Moment: model.Detected, At: ago(time.Hour)}, model.SetMoment{Moment: model.Detected, At: ago(time.Minute)}),
		"moment taken back":  do(model.SetMoment{Moment: model.Detected, At: ago(time.Hour)}, model.SetMoment{Moment: model.Detected}),
		"phase":              do(model.MarkPhase{Phase: model.PhaseEscalate, Done: true}),
		"unticked phase":     do(model.MarkPhase{Phase: model.PhaseEscalate, Done: true}, model.MarkPhase{Phase: model.PhaseEscalate}),
		"entry":              do(w),
		"late entry":         do(model.Write{Text: "db is slow", At: ago(time.Hour)}),
		"amendment":          do(w, model.Amend{Target: last, Text: "db is down"}),
		"amended late entry": do(model.Write{Text: "late", At: ago(time.Hour)}, model.Amend{Target: last, Text: "db is down"}),
		"time amended":       do(w, model.Amend{Target: last, At: ago(time.Hour)}),
		"stroke":             do(w, model.Strike{Target: last}),
		"star":               do(w, model.Star{Target: last, On: true}),
		"offer":              do(model.AssignRole{Role: model.IncidentManager, Name: "ana"}, model.OfferHandover{Role: model.IncidentManager, Name: "bob", Brief: "x"}),
		"task":               do(model.AddTask{Name: "bob", Minutes: 5, Text: "look"}),
		"task taken":         do(model.AddTask{Name: "bob", Minutes: 5, Text: "look"}, model.ChangeTask{Task: last, State: model.TaskDoing}),
		"task done":          do(model.AddTask{Name: "bob", Text: "look"}, model.ChangeTask{Task: last, State: model.TaskDone, Text: "all well"}),
		"proposal":           do(model.Propose{Text: "roll back"}),
		"objection":          do(model.Propose{Text: "roll back"}, model.Object{Decision: last, Text: "no"}),
		"decision":           do(model.Propose{Text: "roll back"}, model.CloseDecision{Decision: last, Outcome: model.Agreed, Text: "go"}),
		"hypothesis":         do(model.AddHypothesis{Text: "cache"}),
		"ruled out":          do(model.AddHypothesis{Text: "cache"}, model.JudgeHypothesis{Hypothesis: last, Finding: model.RuledOut, Text: "warm"}),
		"follow-up":          do(model.AddFollowUp{Text: "alert"}),
		"follow-up owned":    do(model.AddFollowUp{Text: "alert"}, model.ChangeFollowUp{FollowUp: last, Name: "bob"}),
		"relation":           do(model.Relate{Other: model.Scope{7}, Relation: model.CausedBy}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob", "bea")
			_, err := s.play(cmds[:len(cmds)-1]...)
			require.NoError(t, err)
			before := shown(s)
			act, err := s.play(cmds[len(cmds)-1])
			require.NoError(t, err)
			after := shown(s)
			require.NotEqual(t, before, after)
			last := s.state.Incidents[s.id].LastAct(s.person)
			require.Equal(t, act[len(act)-1].Ref(), last.Ref)

			for range 2 {
				_, err = s.play(model.Undo{})
				require.NoError(t, err)
				require.Equal(t, before, shown(s))
				_, err = s.play(model.Redo{})
				require.NoError(t, err)
				require.Equal(t, after, shown(s))
			}
			_, err = s.play(model.Redo{})
			require.Equal(t, model.CodeNothingToRedo, model.CodeOf(err))
			for range cmds {
				_, err = s.play(model.Undo{})
				require.NoError(t, err)
			}
			for range cmds {
				_, err = s.play(model.Redo{})
				require.NoError(t, err)
			}
			require.Equal(t, after, shown(s))
		})
	}
}

func TestUndoRefused(t *testing.T) {
	decides(t, map[string]commandCase{
		"the opening":             {do(model.Undo{}), model.CodeUndoImpossible},
		"an update":               {do(model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "a"}, model.Undo{}), model.CodeUndoImpossible},
		"nothing was undone":      {do(model.Redo{}), model.CodeNothingToRedo},
		"redo after a new act":    {do(model.SetSeverity{Level: 1}, model.Undo{}, model.Write{Text: "a"}, model.Redo{}), model.CodeNothingToRedo},
		"undo after a new act":    {do(model.SetSeverity{Level: 1}, model.Undo{}, model.Write{Text: "a"}, model.Undo{}), ""},
		"two undone, one is back": {do(model.SetSeverity{Level: 1}, model.SetTitle{Title: "b"}, model.Undo{}, model.Undo{}, model.Redo{}, model.Redo{}, model.Redo{}), model.CodeNothingToRedo},
	})
	c := newCrew(t, "ana", "bob")
	_, err := c.people[1].do(c.begin(), model.Undo{})
	require.Equal(t, model.CodeNothingToUndo, model.CodeOf(err), "what another did is not mine to undo")
}

func TestUndoOvertakenByAnother(t *testing.T) {
	t.Parallel()
	w := model.Write{Text: "db is slow"}
	for name, c := range map[string]struct{ mine, theirs model.Command }{
		"title":    {model.SetTitle{Title: "a"}, model.SetTitle{Title: "b"}},
		"severity": {model.SetSeverity{Level: 1}, model.SetSeverity{Level: 2}},
		"status":   {model.SetStatus{Status: model.Fixing}, model.SetStatus{Status: model.Mitigated}},
		"answer":   {answer(model.AskMany, model.All), answer(model.AskMany, model.Some)},
		"handover": {model.AssignRole{Role: model.IncidentManager, Name: "bob"}, model.AssignRole{Role: model.IncidentManager, Name: "ana"}},
		"entry":    {w, model.Strike{Target: last}},
		"link":     {model.AddLink{URL: "https://a.example"}, model.RemoveLink{Target: last}},
		"topic":    {model.PinTopic{Text: "a"}, model.PinTopic{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "bob")
			_, err := s.play(c.mine)
			require.NoError(t, err)
			s.crew.meet()
			s.crew.people[1].must(s.id, s.aim(c.theirs))
			s.crew.meet()
			before := shown(s)
			_, err = s.play(model.Undo{})
			require.Equal(t, model.CodeUndoOvertaken, model.CodeOf(err))
			require.Equal(t, before, shown(s))
		})
	}
}

func TestUndoOfAReleaseAfterAnotherTookTheRole(t *testing.T) {
	t.Parallel()
	s := newStage(t, "bob")
	_, err := s.play(model.AssignRole{Role: model.TechLead, Name: "ana"}, model.ReleaseRole{Role: model.TechLead})
	require.NoError(t, err)
	s.crew.meet()
	bob := s.crew.people[1]
	bob.must(s.id, model.AssignRole{Role: model.TechLead, Person: bob.person})
	s.crew.meet()
	_, err = s.play(model.Undo{})
	require.Equal(t, model.CodeUndoOvertaken, model.CodeOf(err))
}

func TestAnUndoIsALineOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.play(model.SetSeverity{Level: 1}, model.Undo{}, model.Redo{})
	require.NoError(t, err)
	lines := s.view(s.id).Lines
	require.Len(t, lines, 4)
	require.True(t, lines[1].Undone)
	var keys []string
	for _, l := range lines {
		keys = append(keys, l.Describe().Key)
	}
	require.Equal(t, []string{"log.open", "log.severity.set", "log.undo", "log.redo"}, keys)
}

// What is done again happened when it was done first: the figures must not move
// because somebody pressed two keys.
func TestRedoKeepsTheTime(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.play(model.SetStatus{Status: model.Mitigated, At: ago(time.Minute)}, model.SetSeverity{Level: 1})
	require.NoError(t, err)
	want := s.view(s.id).Moments
	_, err = s.play(model.Undo{}, model.Undo{})
	require.NoError(t, err)
	require.Zero(t, s.view(s.id).Moments[model.MitigatedAt].At)
	require.Zero(t, s.view(s.id).Moments[model.SeveritySetAt].At)
	s.now = s.now.Add(time.Hour)
	_, err = s.play(model.Redo{}, model.Redo{})
	require.NoError(t, err)
	got := s.view(s.id).Moments
	require.Equal(t, ago(time.Minute).Happened(), got[model.MitigatedAt].At)
	require.Equal(t, want[model.SeveritySetAt].At, got[model.SeveritySetAt].At)
	require.Len(t, s.view(s.id).Spans, 1)
	require.Equal(t, want[model.SeveritySetAt].At, s.view(s.id).Spans[0].From)
}

func TestSettlingKeepsTheTime(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	entry := ana.must(id, model.Write{Text: "a"})
	c.meet()
	mitigated := ana.must(id, model.SetStatus{Status: model.Mitigated, At: ago(time.Minute)})
	amended := ana.must(id, model.Amend{Target: entry.Ref(), Text: "b", At: ago(time.Hour)})
	bob.now = bob.now.Add(time.Hour)
	bob.must(id, model.SetStatus{Status: model.Fixing})
	bob.must(id, model.Amend{Target: entry.Ref(), Text: "c"})
	c.meet()
	require.Len(t, bob.view(id).Lines[1].Others, 1)
	bob.must(id, model.Settle{Choose: mitigated.Ref()})
	bob.must(id, model.Settle{Choose: amended.Ref()})
	v := bob.view(id)
	require.Equal(t, ago(time.Minute).Happened(), v.Moments[model.MitigatedAt].At)
	line := v.Lines[1]
	require.Equal(t, []any{"b", ago(time.Hour).Happened()}, []any{line.Text, line.At})
	require.Empty(t, line.Others)
}

func TestARedoStandsAfterTheUndoWhereverTheActTellsOf(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 4)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	r.Must(id, model.SetStatus{Status: model.Fixing})
	r.Advance(time.Hour)
	undo := r.Must(id, model.Undo{}).Refs[0]
	redo := r.Must(id, model.Redo{}).Refs[0]
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	at := map[model.Ref]int64{}
	for _, l := range v.Lines {
		at[l.Ref()] = l.At
	}
	require.Greater(t, at[redo], at[undo])
}
