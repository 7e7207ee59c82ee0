package model_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func refOf(log, seq byte) model.Ref {
	return model.Ref{Log: model.LogID{log}, Seq: uint64(seq), Hash: model.ShortHash{log, seq}}
}

func entryRecord(log, seq byte, clock model.Clock, pred ...model.Ref) *model.Record {
	r := &model.Record{Ref: refOf(log, seq), Clock: clock, Eff: clock, Body: &model.EntryAdd{}}
	if seq > 1 {
		r.Prev = refOf(log, seq-1)
	}
	model.CommonOf(r.Body).Pred = pred
	return r
}

func TestAnEventMovesWhenWhatItNamesArrives(t *testing.T) {
	t.Parallel()
	o := model.NewOrder()
	answer := entryRecord(2, 1, 10, refOf(1, 1))
	after := entryRecord(2, 2, 11)
	require.Empty(t, o.Add(answer))
	require.Empty(t, o.Add(after))
	first := entryRecord(1, 1, 100)
	require.Equal(t, []*model.Record{answer, after}, o.Add(first))
	require.Equal(t, []model.Clock{100, 101, 102}, []model.Clock{first.Eff, answer.Eff, after.Eff})
	require.Empty(t, o.Add(first), "what is there already changes nothing")
}

func TestTheOrderEndsAtTheLastClock(t *testing.T) {
	t.Parallel()
	o := model.NewOrder()
	first, second := entryRecord(1, 1, math.MaxUint64), entryRecord(2, 1, 5, refOf(1, 1))
	o.Add(second)
	o.Add(first)
	require.Equal(t, model.Clock(math.MaxUint64), second.Eff)
}

func TestNoClockLeavesNoRoomBehindIt(t *testing.T) {
	t.Parallel()
	o := model.NewOrder()
	last := entryRecord(1, 1, model.MaxClock)
	o.Add(last)
	for seq := byte(1); seq <= 100; seq++ {
		r := entryRecord(2, seq, model.ClockAt(at0), last.Ref)
		o.Add(r)
		require.Greater(t, r.Eff, last.Eff)
		last = r
	}
}

// Two logs that answer each other at every step have twice as many paths at
// each: one visit a path would not end in the life of this machine.
func TestManyPathsToAnEventAreWalkedOnce(t *testing.T) {
	t.Parallel()
	o := model.NewOrder()
	const steps = 200
	var last *model.Record
	for seq := byte(1); seq <= steps; seq++ {
		for log := byte(1); log <= 2; log++ {
			pred := []model.Ref{refOf(3, 1)}
			if seq > 1 {
				pred = []model.Ref{refOf(3-log, seq-1)}
			}
			last = entryRecord(log, seq, model.Clock(seq), pred...)
			o.Add(last)
		}
	}
	moved := o.Add(entryRecord(3, 1, 1000))
	require.Len(t, moved, 2*steps)
	require.Equal(t, model.Clock(1000+steps), last.Eff)
}

func TestARingOfEventsEnds(t *testing.T) {
	t.Parallel()
	s := model.NewState(model.Scope{9})
	ring := []*model.Record{
		entryRecord(1, 1, 10, refOf(2, 1), refOf(1, 1)),
		entryRecord(2, 1, 20, refOf(3, 1)),
		entryRecord(3, 1, 30, refOf(1, 1), refOf(4, 1)),
		entryRecord(4, 1, 40),
	}
	for _, r := range ring {
		r.Body = &model.SeveritySet{Common: *r.Common(), Level: model.SEV2}
		require.True(t, s.Apply(r))
		require.False(t, s.Apply(r))
	}
	v := s.Incidents[model.Scope{}].View()
	require.Len(t, v.Lines, 4)
	require.NotNil(t, v.Severity.By)
	for _, l := range v.Lines {
		require.NotEmpty(t, l.Describe().Key)
	}
	s.Hash()
}

func TestARegisterThatOnlyARingHoldsIsNotEmpty(t *testing.T) {
	t.Parallel()
	in := model.NewIncident(model.Scope{})
	for i, r := range []*model.Record{entryRecord(1, 1, 10, refOf(2, 1)), entryRecord(2, 1, 20, refOf(1, 1))} {
		r.Body = &model.SeveritySet{Common: *r.Common(), Level: model.Level(i + 1)}
		in.Apply(r)
	}
	v := in.View()
	require.Equal(t, model.SEV2, v.Severity.Value)
	require.True(t, v.Severity.Conflict())
}

// The clock of one machine is a year ahead: what it wrote is beaten by whoever
// saw it, and what it writes after that beats again.
func TestAClockInTheWrongYearRulesNothing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.now = ana.now.AddDate(1, 0, 0)
	ana.must(id, model.SetSeverity{Level: model.SEV3})
	c.meet()
	bob.must(id, model.SetSeverity{Level: model.SEV1})
	bob.must(id, model.Write{Text: "all of it is down"})
	c.meet()
	for _, a := range c.people {
		v := a.view(id)
		require.Equal(t, model.SEV1, v.Severity.Value)
		require.False(t, v.Severity.Conflict())
		require.Equal(t, "all of it is down", v.Lines[len(v.Lines)-1].Text)
	}
	require.Less(t, bob.head.Clock, model.ClockAt(bob.now.Add(time.Hour).UnixMilli()), "its own log keeps its own time")
}

func TestConcurrentWritesStandSideBySideUntilSettled(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	id := c.begin()
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	bob.now = bob.now.Add(-time.Hour)
	ana.must(id, model.SetSeverity{Level: model.SEV3})
	one := bob.must(id, model.SetSeverity{Level: model.SEV1})
	c.meet()
	for _, a := range c.people {
		v := a.view(id)
		require.True(t, v.Severity.Conflict())
		require.Equal(t, model.SEV3, v.Severity.Value, "the later clock is shown first")
		require.Equal(t, model.SEV1, v.Severity.Others[0].Value)
		require.True(t, model.Summarise(v).Conflict)
		require.True(t, v.Next(0).Urgent)
	}
	cleo.must(id, model.Settle{Choose: one.Ref()})
	_, err := cleo.do(id, model.Settle{Choose: one.Ref()})
	require.Equal(t, model.CodeSettled, model.CodeOf(err))
	c.meet()
	for _, a := range c.people {
		v := a.view(id)
		require.False(t, v.Severity.Conflict())
		require.Equal(t, model.SEV1, v.Severity.Value)
	}
}

func TestTwoWhoAgreeAreNoConflict(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	id := c.begin()
	for _, a := range c.people {
		a.must(id, model.SetSeverity{Level: model.SEV2})
	}
	c.meet()
	require.False(t, c.people[0].view(id).Severity.Conflict())
}

func TestTwoManagersAreAConflictToSettle(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	id := c.begin()
	ana, bob := c.people[0], c.people[1]
	ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	bob.must(id, model.AssignRole{Role: model.IncidentManager, Person: bob.person})
	ana.must(id, model.AssignRole{Role: model.Expert, Person: ana.person})
	bob.must(id, model.AssignRole{Role: model.Expert, Person: bob.person})
	c.meet()
	v := bob.view(id)
	require.Len(t, v.Holders(model.IncidentManager), 2)
	require.Len(t, v.Holders(model.Expert), 2)
	for _, h := range v.Roles {
		require.Equal(t, h.Card.Role == model.IncidentManager, h.Conflict())
	}
	bob.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	c.meet()
	require.Len(t, ana.view(id).Holders(model.IncidentManager), 1)
	require.Equal(t, ana.person, ana.view(id).Holders(model.IncidentManager)[0].Person)
}

func TestALinkPutOnAgainSurvivesAConcurrentRemoval(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	id := c.begin()
	ana, bob := c.people[0], c.people[1]
	first := ana.must(id, model.AddLink{URL: "https://chat.example/1"})
	c.meet()
	bob.must(id, model.RemoveLink{Target: first.Ref()})
	ana.must(id, model.RemoveLink{Target: first.Ref()})
	again := ana.must(id, model.AddLink{URL: "https://chat.example/1"})
	bob.now = bob.now.Add(time.Hour)
	c.meet()
	for _, a := range c.people {
		require.Len(t, a.view(id).Links, 1)
		require.Equal(t, again.Ref(), a.view(id).Links[0].Ref)
	}
}

// A line that was made already is made anew when its amendments change places.
func TestALineFollowsTheOrderOfItsAmendments(t *testing.T) {
	t.Parallel()
	s := model.NewState(model.Scope{9})
	amend := func(log byte, clock model.Clock, text string, seen ...model.Ref) *model.Record {
		b := &model.EntryAmend{Target: refOf(1, 1)}
		b.Obs = seen
		return &model.Record{Ref: refOf(log, 1), Clock: clock, Eff: clock, Body: b, Text: text, HasText: true}
	}
	s.Apply(entryRecord(1, 1, 10))
	s.Apply(amend(2, 20, "first", refOf(4, 1)))
	s.Apply(amend(3, 30, "second"))
	in := s.Incidents[model.Scope{}]
	require.Equal(t, "second", in.View().Lines[0].Text)
	s.Apply(entryRecord(4, 1, 100))
	require.Equal(t, "first", in.View().Lines[0].Text)
}
