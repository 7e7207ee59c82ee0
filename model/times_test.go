package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// after moves the clock on, then does the commands.
func (s *stage) after(d time.Duration, cmds ...model.Command) {
	s.now = s.now.Add(d)
	_, err := s.play(cmds...)
	require.NoError(s.crew.t, err)
}

func (s *stage) ms() int64 { return s.now.UnixMilli() }

func TestMomentsAreReadOffTheActs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	want := map[model.Moment]int64{model.Detected: s.view(s.id).Opened.Wall, model.Declared: s.view(s.id).Opened.Wall, model.Acknowledged: s.view(s.id).Opened.Wall}
	do := func(m model.Moment, cmd model.Command) {
		s.now = s.now.Add(minutes(1))
		want[m] = s.ms()
		s.after(0, cmd)
		got := map[model.Moment]int64{}
		for m, tm := range s.view(s.id).Moments {
			require.Equal(t, m, tm.Moment)
			require.NotNil(t, tm.By)
			got[m] = tm.At
		}
		require.Equal(t, want, got)
	}
	do(model.ChannelsSet, model.AddLink{Kind: model.ChatLink, URL: "https://chat.example"})
	do(model.SeveritySetAt, model.SetSeverity{Level: 1})
	do(model.FirstInternal, model.PostUpdate{Audience: model.ToTeam, State: model.Investigating, Text: "a"})
	do(model.FirstExternal, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "a"})
	do(model.MitigatedAt, model.SetStatus{Status: model.Mitigated})
	do(model.ResolvedAt, model.SetStatus{Status: model.Resolved})
	s.after(minutes(1), model.SetStatus{Status: model.Closed})
	require.Equal(t, want[model.ResolvedAt], s.view(s.id).Moments[model.ResolvedAt].At)
	s.after(minutes(1), model.SetStatus{Status: model.Reopened, Reason: "again"})
	require.Zero(t, s.view(s.id).Moments[model.ResolvedAt].At, "what goes on is not resolved")
	require.Zero(t, s.view(s.id).Moments[model.MitigatedAt].At)
	s.after(minutes(1), model.Undo{})
	require.Equal(t, want[model.ResolvedAt], s.view(s.id).Moments[model.ResolvedAt].At, "the reopening was a mistake")
	s.after(0, model.AnswerQuestion{Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: at0}})
	require.Equal(t, int64(at0), s.view(s.id).Moments[model.ImpactStarted].At)
}

func TestResolvingWithoutMitigatingMitigates(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(minutes(1), model.SetStatus{Status: model.Resolved})
	m := s.view(s.id).Moments
	require.Equal(t, m[model.ResolvedAt].At, m[model.MitigatedAt].At)
	s.after(minutes(1), model.Undo{})
	require.NotContains(t, s.view(s.id).Moments, model.ResolvedAt)
	require.NotContains(t, s.view(s.id).Moments, model.MitigatedAt)
}

// Somebody who writes about an hour ago is here now, not an hour ago.
func TestAcknowledgingIsWhenItWasRecorded(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana")
	a := c.people[0]
	e := a.must(model.Scope{}, model.OpenIncident{Title: "Down", Detected: ago(minutes(12))})
	m := a.view(e.Scope).Moments
	require.Equal(t, ago(minutes(12)).Happened(), m[model.Detected].At)
	require.Equal(t, e.Wall, m[model.Acknowledged].At)
	took, ok := model.ToAcknowledge.Of(m)
	require.True(t, ok)
	require.Equal(t, e.Wall-ago(minutes(12)).Happened(), took)
}

func TestFiguresFollowCorrections(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := s.view(s.id)
	for _, f := range []model.Figure{model.ToDetect, model.ToMitigate, model.ToResolve} {
		_, ok := f.Of(v.Moments)
		require.False(t, ok, f)
		require.NotEmpty(t, f.Phrase().Key)
		require.Equal(t, "figure.definition", f.Definition().Key)
	}
	s.after(0, model.SetMoment{Moment: model.ImpactStarted, At: ago(minutes(30)), Reason: "graphs"}, model.SetStatus{Status: model.Resolved})
	v = s.view(s.id)
	started := v.Moments[model.ImpactStarted]
	require.True(t, started.Corrected)
	require.Zero(t, started.Derived)
	require.Equal(t, "graphs", started.By.Text)
	got, ok := model.ToResolve.Of(v.Moments)
	require.True(t, ok)
	require.Equal(t, v.Moments[model.ResolvedAt].At-ago(minutes(30)).Happened(), got)

	derived := v.Moments[model.ResolvedAt].At
	s.after(0, model.SetMoment{Moment: model.ResolvedAt, At: ago(minutes(10))})
	v = s.view(s.id)
	require.Equal(t, derived, v.Moments[model.ResolvedAt].Derived, "what the acts say is kept")
	got, _ = model.ToResolve.Of(v.Moments)
	require.Equal(t, minutes(20).Milliseconds(), got)
	s.after(0, model.SetMoment{Moment: model.ResolvedAt})
	require.Equal(t, derived, s.view(s.id).Moments[model.ResolvedAt].At)
	require.False(t, s.view(s.id).Moments[model.ResolvedAt].Corrected)
}

func TestConcurrentCorrectionsAreShown(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	id := c.begin()
	ana, bob := c.people[0], c.people[1]
	one := ana.must(id, model.SetMoment{Moment: model.Detected, At: ago(minutes(5))})
	bob.now = bob.now.Add(minutes(1))
	bob.must(id, model.SetMoment{Moment: model.Detected, At: ago(minutes(9))})
	c.meet()
	m := ana.view(id).Moments[model.Detected]
	require.Equal(t, ago(minutes(9)).Happened(), m.At)
	require.Equal(t, []int64{ago(minutes(5)).Happened()}, m.Others)
	ana.must(id, model.Settle{Choose: one.Ref()})
	m = ana.view(id).Moments[model.Detected]
	require.Equal(t, ago(minutes(5)).Happened(), m.At)
	require.Empty(t, m.Others)
}

func TestReferee(t *testing.T) {
	t.Parallel()
	now := int64(at0)
	day := 24 * time.Hour.Milliseconds()
	for name, c := range map[string]struct {
		times map[model.Moment]int64
		want  []string
	}{
		"nothing":              {nil, nil},
		"in order":             {map[model.Moment]int64{model.ImpactStarted: now - 9, model.Detected: now - 8, model.Declared: now - 7, model.MitigatedAt: now - 2, model.ResolvedAt: now - 1}, nil},
		"declared after it":    {map[model.Moment]int64{model.ImpactStarted: now - 9, model.Declared: now, model.MitigatedAt: now - 5, model.ResolvedAt: now - 4}, nil},
		"detected too early":   {map[model.Moment]int64{model.ImpactStarted: now - 1, model.Detected: now - 2}, []string{"referee.order"}},
		"resolved before all":  {map[model.Moment]int64{model.ImpactStarted: now - 3, model.MitigatedAt: now - 2, model.ResolvedAt: now - 5}, []string{"referee.order", "referee.order"}},
		"last year":            {map[model.Moment]int64{model.ImpactStarted: now - 400*day, model.Declared: now}, []string{"referee.year"}},
		"next year":            {map[model.Moment]int64{model.ResolvedAt: now + 400*day, model.Declared: now}, []string{"referee.year"}},
		"in the future":        {map[model.Moment]int64{model.ResolvedAt: now + day}, []string{"referee.future"}},
		"a minute is no crime": {map[model.Moment]int64{model.ResolvedAt: now + 60_000}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			times := map[model.Moment]model.Time{}
			for m, at := range c.times {
				times[m] = model.Time{Moment: m, At: at}
			}
			var got []string
			for _, p := range model.Referee(times, now) {
				got = append(got, p.Key)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestMinutesAtEachSeverity(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.after(0, model.SetSeverity{Level: 3})
	began := s.view(s.id).Severity.By.Wall
	at := func(min int) { s.now = time.UnixMilli(began).Add(minutes(min)) }
	at(10)
	s.after(0, model.SetSeverity{Level: 1})
	at(12)
	s.after(0, model.SetSeverity{Level: 2}, model.Undo{}) // a slip of the finger
	at(30)
	s.after(0, model.SetStatus{Status: model.Resolved})
	at(60)
	s.after(0, model.SetStatus{Status: model.Reopened, Reason: "again"})
	require.Equal(t, map[model.Level]int64{
		model.SEV3: minutes(10).Milliseconds(),
		model.SEV1: minutes(20 + 5).Milliseconds(),
	}, s.view(s.id).MinutesAt(time.UnixMilli(began).Add(minutes(65)).UnixMilli()))
	require.Zero(t, s.view(s.id).Spans[2].To, "it lasts")
}

func TestCadence(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, ok := s.view(s.id).NextUpdate(model.ToCustomers)
	require.False(t, ok, "no severity, no clock")
	due := func() time.Duration {
		at, ok := s.view(s.id).NextUpdate(model.ToCustomers)
		require.True(t, ok)
		return time.UnixMilli(at).Sub(s.now).Round(time.Minute)
	}
	post := model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "a"}
	s.after(0, model.SetSeverity{Level: 3})
	require.Equal(t, minutes(240), due())
	s.after(minutes(180), model.SetSeverity{Level: 1})
	require.Equal(t, minutes(20), due(), "raised late is not overdue at once")
	s.after(minutes(25))
	require.Equal(t, minutes(-5), due())
	s.after(0, post)
	require.Equal(t, minutes(20), due())
	s.after(minutes(15), model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "a"})
	require.Equal(t, minutes(5), due(), "what the team hears is not what customers hear")
	s.after(minutes(79), post)
	require.Equal(t, minutes(20), due(), "still within two hours")
	s.after(minutes(2), post)
	require.Equal(t, minutes(30), due(), "after two hours")
	s.after(0, model.SetSeverity{Level: 2})
	require.Equal(t, minutes(60), due())
	s.after(0, model.SetStatus{Status: model.Resolved})
	_, ok = s.view(s.id).NextUpdate(model.ToCustomers)
	require.False(t, ok)
	s.after(minutes(300), model.SetStatus{Status: model.Reopened, Reason: "again"})
	require.Equal(t, minutes(60), due(), "reopened is not overdue at once")
}
