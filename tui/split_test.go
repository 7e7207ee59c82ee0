package tui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// split is the crowded room after two halves of a team, which could not reach each
// other, set the same things differently.
func split(t testing.TB) (*modeltest.Room, model.Scope) {
	t.Helper()
	room := crowded(t)
	id := checkout(t, room)
	bob, err := room.Overview().People.Find("bob")
	require.NoError(t, err)
	room.Must(id, model.SetTitle{Title: "Checkout and pay fail"})
	room.Must(id, model.PinTopic{Text: "rolling back, next update 13:40"})
	began := room.Now().Add(-40 * time.Minute)
	room.Must(id, model.SetMoment{Moment: model.ImpactStarted, At: model.When{At: began}})
	entry := room.Must(id, model.Write{Text: "error rate is 40 %"}).Refs[0]
	room.Must(id, model.Amend{Target: entry, Text: "error rate is 14 %"})
	there := elsewhere(t, room)
	there(id, &model.RoleAssign{Role: model.IncidentManager, Person: bob}, "")
	there(id, &model.SeveritySet{Level: model.SEV2}, "only eu-west")
	there(id, &model.StatusSet{Status: model.Mitigated}, "")
	there(id, &model.TitleSet{}, "Payments in eu-west")
	there(id, &model.TopicPin{Pinned: true}, "mitigated, we watch")
	there(id, &model.AnswerSet{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.Internal}}}, "")
	there(id, &model.MomentSet{Moment: model.ImpactStarted, At: began.Add(9 * time.Minute).UnixMilli()}, "")
	there(id, &model.EntryAmend{Target: entry}, "error rate is 4 %")
	return room, id
}

func TestGoldenTwoManagers(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]setting{"120x40": {width: 120, height: 40}, "80x24": {}, "60x20": {width: 60, height: 20}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := crowded(t)
			bob, err := room.Overview().People.Find("bob")
			require.NoError(t, err)
			elsewhere(t, room)(checkout(t, room), &model.RoleAssign{Role: model.IncidentManager, Person: bob}, "")
			with.room = room
			s := open(t, with).showing().Press("3")
			s.same(t, "split-managers-"+name)
			s.Press("x").same(t, "split-managers-settle-"+name)
		})
	}
}

func TestGoldenEverythingSetTwice(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]setting{"120x40": {width: 120, height: 40}, "80x24": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with.room, _ = split(t)
			s := open(t, with).Press("1", "g", "enter")
			s.same(t, "split-all-"+name)
			s.Press("m").same(t, "split-moments-"+name)
		})
	}
}

// Two halves of a team meet again: one person settles all of it with the keyboard,
// led by the next step, and each is settled by an act that replaces what stood.
func TestWhatWasSetTwiceIsSettledWithTheKeyboard(t *testing.T) {
	t.Parallel()
	room, id := split(t)
	s := open(t, setting{width: 120, height: 40, room: room})
	s.Press("1", "g", "enter")
	view := func() *model.View {
		v, err := room.Incident(t.Context(), id)
		require.NoError(t, err)
		return v
	}
	s.has("2 people are Incident manager (x)", "SEV2|SEV1 ?")
	s.Press(":").Type("conflict").Press("enter").has("Settle Incident manager", "8 things are in conflict.").Press("j", "enter")
	require.Len(t, view().Holders(model.IncidentManager), 1)
	s.has("Settle the severity").Press("enter")
	require.False(t, view().Severity.Conflict())
	s.has("Settle the status").Press("enter").has("Settle the title").Press("j", "enter")
	require.Equal(t, "Checkout and pay fail", view().Title.Value)
	require.Empty(t, view().Title.Others)
	s.has("Settle Impact", "internal", "external").Press("enter")
	require.Empty(t, view().Answers[0].Others)
	s.has("Settle impact started").Press("enter")
	require.Empty(t, view().Moments[model.ImpactStarted].Differ)
	s.has("Settle the topic line").Press("enter")
	require.False(t, view().Topic.Conflict())
	s.has("Settle an amended entry", "error rate is 14 %", "error rate is 4 %").Press("enter")
	for _, l := range view().Lines {
		require.Empty(t, l.Others)
	}
	require.NotContains(t, s.Text(), "Settle ")
	require.NotContains(t, s.Text(), "(x)")
	s.Press("x").has("Nothing is in conflict.")
}

// The next step names each of them as long as it is the first, and the weighty ones before what is overdue.
func TestTheNextStepNamesWhatWasSetTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body model.Body
		text string
		want string
	}{
		"the severity": {&model.SeveritySet{Level: model.SEV2}, "", "! settle the severity: set twice (x)"},
		"the status":   {&model.StatusSet{Status: model.Mitigated}, "", "! settle the status: set twice (x)"},
		"a title":      {&model.TitleSet{}, "Payments", "next: settle the title: set twice (x)"},
		"an answer":    {&model.AnswerSet{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.Internal}}}, "", "next: settle Impact: set twice (x)"},
		"a topic":      {&model.TopicPin{Pinned: true}, "we watch", "next: settle the topic line: set … (x)"},
		"a moment":     {&model.MomentSet{Moment: model.Detected, At: modeltest.Start.UnixMilli()}, "", "next: settle detected: set twice (x)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := crowded(t)
			id := checkout(t, room)
			room.Must(id, model.SetTitle{Title: "Checkout fails"})
			room.Must(id, model.PinTopic{Text: "rolling back"})
			room.Must(id, model.SetMoment{Moment: model.Detected, At: model.When{At: room.Now().Add(-time.Hour)}})
			s := open(t, setting{width: 120, height: 40, room: room}).showing()
			require.NotContains(t, s.Row(1), "(x)")
			elsewhere(t, room)(id, c.body, c.text)
			s.seen()
			require.Contains(t, strings.TrimSpace(s.Row(1)), c.want)
			s.Press("x").has("Two people set it at once.", "bob", "ana").Press("enter")
			require.NotContains(t, s.Row(1), "(x)")
		})
	}
}
