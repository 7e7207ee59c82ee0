package model_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// handing is a crew in which ana leads an incident and bob and cleo are there.
func handing(t *testing.T) (c *crew, ana, bob, cleo *author, id model.Scope) {
	c = newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo = c.people[0], c.people[1], c.people[2]
	id = c.begin()
	ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	c.meet()
	return c, ana, bob, cleo, id
}

func offer(to *author) model.OfferHandover {
	return model.OfferHandover{Role: model.IncidentManager, Person: to.person, Brief: "SEV1, rolling back"}
}

func (a *author) managers(id model.Scope) (out []string) {
	for _, h := range a.view(id).Holders(model.IncidentManager) {
		out = append(out, a.state.People.Roster().Name(h.Person))
	}
	return out
}

func (a *author) handover(id model.Scope, n int) model.Handover { return a.view(id).Handovers[n] }

func TestTheOldHolderKeepsTheRoleUntilTheNewOneAccepts(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ref := ana.must(id, offer(bob)).Ref()
	c.meet()
	require.Equal(t, []string{"ana"}, bob.managers(id), "an offer alone gives nothing")
	cleo.refused(model.CodeHandoverNotYours, id, model.AnswerHandover{Offer: ref, Accept: true})
	cleo.refused(model.CodeHandoverNotYours, id, model.AnswerHandover{Offer: ref})
	ana.refused(model.CodeHandoverNotYours, id, model.AnswerHandover{Offer: ref, Accept: true})
	bob.must(id, model.SetTitle{Title: "Another"})
	bob.must(id, model.AnswerHandover{Offer: ref, Accept: true})
	c.meet()
	for _, a := range c.people {
		require.Equal(t, []string{"bob"}, a.managers(id))
		require.Equal(t, model.Accepted, a.handover(id, 0).State)
		require.False(t, a.view(id).Roles[0].Conflict())
	}
	bob.refused(model.CodeHandoverOver, id, model.AnswerHandover{Offer: ref, Accept: true})
	bob.must(id, model.Undo{})
	require.Equal(t, []string{"ana"}, bob.managers(id), "what was accepted is undone with the role")
	bob.must(id, model.Undo{})
	require.NotEqual(t, "Another", bob.view(id).Title.Value, "the answer itself is passed over")
}

func TestWhatCannotBeOffered(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	bob.refused(model.CodeHandoverNotHeld, id, offer(cleo))
	ana.refused(model.CodeHandoverSelf, id, offer(ana))
	ana.must(model.Scope{}, model.SetAccess{Person: bob.person, Access: model.Observer})
	ana.must(model.Scope{}, model.RevokeMember{Person: cleo.person})
	c.meet()
	ana.refused(model.CodeHandoverCannot, id, offer(bob))
	ana.refused(model.CodeHandoverCannot, id, offer(cleo))
}

func TestARestrictedIncidentIsNotOfferedToWhoMayNotSeeIt(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ana.must(id, model.Restrict{People: []model.PersonID{bob.person}})
	c.meet()
	ana.refused(model.CodeHandoverCannot, id, offer(cleo))
	ana.must(id, offer(bob))
}

func TestWhatBecomesOfAnOffer(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]struct {
		then func(c *crew, ana, bob, cleo *author, id model.Scope, ref model.Ref)
		want model.HandoverState
	}{
		"nothing yet": {func(*crew, *author, *author, *author, model.Scope, model.Ref) {}, model.Offered},
		"declined": {func(_ *crew, _, bob, _ *author, id model.Scope, ref model.Ref) {
			bob.must(id, model.AnswerHandover{Offer: ref, Reason: "asleep"})
		}, model.Declined},
		"taken back": {func(_ *crew, ana, _, _ *author, id model.Scope, ref model.Ref) {
			ana.must(id, model.AnswerHandover{Offer: ref})
		}, model.TakenBack},
		"undone": {func(_ *crew, ana, _, _ *author, id model.Scope, _ model.Ref) { ana.must(id, model.Undo{}) }, model.TakenBack},
		"the role went to another": {func(_ *crew, _, _, cleo *author, id model.Scope, _ model.Ref) {
			cleo.must(id, model.AssignRole{Role: model.IncidentManager, Person: cleo.person})
		}, model.Overtaken},
		"the role went and came back": {func(_ *crew, ana, _, _ *author, id model.Scope, _ model.Ref) {
			ana.must(id, model.ReleaseRole{Role: model.IncidentManager})
			ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
		}, model.Overtaken},
		"offered anew to another": {func(_ *crew, ana, _, cleo *author, id model.Scope, _ model.Ref) { ana.must(id, offer(cleo)) }, model.Overtaken},
		"accepted while it was taken back": {func(_ *crew, ana, bob, _ *author, id model.Scope, ref model.Ref) {
			ana.must(id, model.AnswerHandover{Offer: ref})
			bob.must(id, model.AnswerHandover{Offer: ref, Accept: true}) // bob has not heard
		}, model.Accepted},
		"answered by one whom it does not concern": {func(_ *crew, _, _, cleo *author, id model.Scope, ref model.Ref) {
			cleo.seal(model.Draft{Scope: id, Body: &model.HandoverAnswer{Common: model.Common{Actor: cleo.person}, Offer: ref, Accept: true}})
		}, model.Offered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ana, bob, cleo, id := handing(t)
			ref := ana.must(id, offer(bob)).Ref()
			c.meet()
			is.then(c, ana, bob, cleo, id, ref)
			c.meet()
			for _, a := range c.people {
				require.Equal(t, is.want, a.handover(id, 0).State)
			}
			if is.want != model.Offered {
				bob.refused(model.CodeHandoverOver, id, model.AnswerHandover{Offer: ref, Accept: true})
				require.Equal(t, is.want == model.Accepted, slices.Contains(bob.managers(id), "bob"))
			}
		})
	}
}

// Who was cut off accepts a role that has gone to another: both hold it until somebody
// settles it.
func TestAnAnswerAfterTheRoleWentToAnotherIsAConflict(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ref := ana.must(id, offer(bob)).Ref()
	c.meet()
	cleo.must(id, model.AssignRole{Role: model.IncidentManager, Person: cleo.person})
	bob.must(id, model.AnswerHandover{Offer: ref, Accept: true})
	c.meet()
	require.ElementsMatch(t, []string{"bob", "cleo"}, ana.managers(id))
	require.Equal(t, model.Accepted, ana.handover(id, 0).State)
	require.Equal(t, "next.crowded", ana.view(id).Next(ana.now.UnixMilli()).Say.Key)
}

func TestTwoOffersAtOnceAreBothDecided(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ana.must(id, model.AssignRole{Role: model.TechLead, Person: cleo.person})
	c.meet()
	first := ana.must(id, offer(bob)).Ref()
	second := cleo.must(id, model.OfferHandover{Role: model.TechLead, Person: bob.person, Brief: "x"}).Ref()
	c.meet()
	require.Len(t, bob.view(id).Offers(), 2)
	bob.must(id, model.AnswerHandover{Offer: second, Accept: true})
	bob.must(id, model.AnswerHandover{Offer: first})
	c.meet()
	require.Empty(t, ana.view(id).Offers())
	require.Equal(t, []model.Role{model.TechLead}, ana.view(id).RolesOf(bob.person))
	require.Equal(t, []model.Role{model.IncidentManager}, ana.view(id).RolesOf(ana.person))
}

// Two machines of one person offer the role to two people: both can be accepted, and
// the second acceptance that meets the first is shown as a conflict.
func TestOneRoleOfferedTwiceApartGoesToBothAndIsShown(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	one := ana.must(id, offer(bob)).Ref()
	two := cleo.seal(model.Draft{Scope: id, Text: "x", Body: &model.HandoverOffer{Common: model.Common{Actor: ana.person}, Role: model.IncidentManager, To: cleo.person}}).Ref()
	c.meet()
	require.Len(t, ana.view(id).Offers(), 2, "neither knew of the other")
	bob.must(id, model.AnswerHandover{Offer: one, Accept: true})
	c.meet()
	require.Equal(t, model.Overtaken, cleo.handover(id, slices.IndexFunc(cleo.view(id).Handovers, func(h model.Handover) bool { return h.Ref == two })).State)
	cleo.refused(model.CodeHandoverOver, id, model.AnswerHandover{Offer: two, Accept: true})
}

func TestAnOfferToSomebodyWhoLeftIsSaid(t *testing.T) {
	t.Parallel()
	c, ana, bob, _, id := handing(t)
	ana.must(id, offer(bob))
	require.False(t, ana.handover(id, 0).Gone(ana.state.People.Roster()))
	ana.must(model.Scope{}, model.RevokeMember{Person: bob.person})
	c.meet()
	require.True(t, ana.handover(id, 0).Gone(ana.state.People.Roster()))
	require.Equal(t, []string{"ana"}, ana.managers(id))
	ana.must(id, model.AnswerHandover{Offer: ana.handover(id, 0).Ref})
	require.Equal(t, model.TakenBack, ana.handover(id, 0).State)
}

func TestARoleOfSeveralIsHandedOverByOneOfThem(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	for _, p := range []*author{ana, cleo} {
		ana.must(id, model.AssignRole{Role: model.Deputy, Person: p.person})
	}
	ref := ana.must(id, model.OfferHandover{Role: model.Deputy, Person: bob.person, Brief: "x"}).Ref()
	c.meet()
	bob.must(id, model.AnswerHandover{Offer: ref, Accept: true})
	v := bob.view(id)
	require.ElementsMatch(t, []model.PersonID{bob.person, cleo.person}, []model.PersonID{v.Holders(model.Deputy)[0].Person, v.Holders(model.Deputy)[1].Person})
	bob.must(id, model.Undo{})
	require.Equal(t, []model.Role{model.IncidentManager, model.Deputy}, bob.view(id).RolesOf(ana.person))
	require.Empty(t, bob.view(id).RolesOf(bob.person))
}

func TestATaskComesBackWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	c, ana, bob, _, id := handing(t)
	ref := ana.must(id, model.AddTask{Person: bob.person, Minutes: 15, Text: "read the slow log"}).Ref()
	c.meet()
	task := func(a *author) model.Task { return a.view(id).Tasks[0] }
	given := task(bob).By.Wall
	require.Equal(t, given+15*60_000, task(bob).Due)
	require.False(t, task(bob).Late(given+15*60_000-1))
	require.True(t, task(bob).Late(given+15*60_000))
	require.Equal(t, []model.Pending{{Task: true, From: ana.person, To: bob.person, Due: given + 15*60_000, Ref: ref}}, ana.row(id).Pending)
	ana.must(id, model.SetSeverity{Level: 3})
	require.Equal(t, "next.late", ana.view(id).Next(given+15*60_000).Say.Key)

	bob.must(id, model.ChangeTask{Task: ref, Minutes: 30})
	require.Equal(t, bob.view(id).Lines[len(bob.view(id).Lines)-1].Rec.Wall+30*60_000, task(bob).Due, "from now")
	extended := task(bob).Due
	bob.must(id, model.ChangeTask{Task: ref, State: model.TaskDoing})
	require.Equal(t, extended, task(bob).Due, "another change leaves the time")
	bob.must(id, model.ChangeTask{Task: ref, State: model.TaskDone, Text: "two locks"})
	require.False(t, task(bob).Late(extended+1))
	require.Equal(t, "two locks", task(bob).Why())
	require.Empty(t, bob.row(id).Pending)
	bob.refused(model.CodeTaskSame, id, model.ChangeTask{Task: ref, State: model.TaskDone})
	bob.must(id, model.Undo{})
	require.Equal(t, model.TaskTerms{State: model.TaskDoing, Owner: bob.person, Due: extended}, task(bob).TaskTerms)
}

func TestATaskThatTwoChangeAtOnceShowsBothUntilOneChangesItAgain(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ref := ana.must(id, model.AddTask{Person: bob.person, Text: "look"}).Ref()
	c.meet()
	bob.must(id, model.ChangeTask{Task: ref, State: model.TaskDone})
	cleo.must(id, model.ChangeTask{Task: ref, State: model.TaskDropped})
	c.meet()
	require.Len(t, ana.view(id).Tasks[0].Others, 1)
	ana.must(id, model.ChangeTask{Task: ref, State: model.TaskDone})
	require.Empty(t, ana.view(id).Tasks[0].Others)
}

func TestADecisionKeepsItsObjections(t *testing.T) {
	t.Parallel()
	c, ana, bob, cleo, id := handing(t)
	ref := ana.must(id, model.Propose{Text: "roll back v412"}).Ref()
	c.meet()
	bob.must(id, model.Object{Decision: ref, Text: "it drops the migration"})
	ana.must(id, model.CloseDecision{Decision: ref, Outcome: model.Agreed, Text: "a copy first"})
	c.meet()
	d := cleo.view(id).Decisions[0]
	require.Equal(t, model.Agreed, d.Outcome)
	require.Len(t, d.Objections, 1)
	require.Equal(t, "it drops the migration", d.Objections[0].Text)
	cleo.refused(model.CodeDecisionOver, id, model.Object{Decision: ref, Text: "late"})
	ana.must(id, model.Undo{})
	require.True(t, ana.view(id).Decisions[0].Open())
	bob.must(id, model.Undo{})
	require.Empty(t, bob.view(id).Decisions[0].Objections)
}

func TestAHypothesisIsRuledOutWithAReason(t *testing.T) {
	t.Parallel()
	_, ana, _, _, id := handing(t)
	ref := ana.must(id, model.AddHypothesis{Text: "the cache is cold"}).Ref()
	ana.refused(model.CodeFindingWhy, id, model.JudgeHypothesis{Hypothesis: ref, Finding: model.RuledOut})
	ana.must(id, model.JudgeHypothesis{Hypothesis: ref, Finding: model.RuledOut, Text: "hit rate 98 %"})
	h := ana.view(id).Hypotheses[0]
	require.Equal(t, model.RuledOut, h.Finding)
	require.Equal(t, "hit rate 98 %", h.Why())
	require.Equal(t, ana.person, h.Last.Common().Actor)
	ana.must(id, model.Undo{})
	ana.must(id, model.Undo{})
	require.Empty(t, ana.view(id).Hypotheses, "what was put down by mistake is gone from the list")
}

func TestATaskBecomesAFollowUp(t *testing.T) {
	t.Parallel()
	_, ana, bob, _, id := handing(t)
	task := ana.must(id, model.AddTask{Person: bob.person, Text: "alert on lock waits"}).Ref()
	ana.must(id, model.AddFollowUp{Task: task, Due: ana.now.AddDate(0, 0, 7)})
	v := ana.view(id)
	require.Equal(t, model.TaskDropped, v.Tasks[0].State)
	require.Empty(t, v.OpenTasks())
	f := v.FollowUps[0]
	require.Equal(t, "alert on lock waits", f.Text)
	require.Equal(t, bob.person, f.Owner)
	require.Equal(t, task, f.Task)
	ana.refused(model.CodeTaskSame, id, model.AddFollowUp{Task: task})
	ana.must(id, model.AddFollowUp{Text: "nobody's yet"})
	require.Contains(t, unmetKeys(ana.view(id).Closing()), "criterion.owners")
	ana.must(id, model.ChangeFollowUp{FollowUp: ana.view(id).FollowUps[1].Ref, Name: "cleo"})
	require.NotContains(t, unmetKeys(ana.view(id).Closing()), "criterion.owners")
}

// What points at a task as at a decision says nothing of it.
func TestAnActOnAnItemOfAnotherKindSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	_, ana, bob, _, id := handing(t)
	task := ana.must(id, model.AddTask{Person: bob.person, Text: "look"}).Ref()
	ana.seal(model.Draft{Scope: id, Body: &model.HypothesisState{Common: model.Common{Actor: ana.person, Pred: []model.Ref{task}}, Hypothesis: task, State: model.Confirmed}})
	require.Equal(t, model.TaskTodo, ana.view(id).Tasks[0].State)
	require.Empty(t, ana.view(id).Hypotheses)
	ana.refused(model.CodeItemUnknown, id, model.JudgeHypothesis{Hypothesis: task, Finding: model.Possible})
}

func TestTheTextOfATaskThatWasRemovedStandsNowhere(t *testing.T) {
	t.Parallel()
	_, ana, bob, _, id := handing(t)
	task := ana.must(id, model.AddTask{Person: bob.person, Text: "password hunter2"}).Ref()
	ana.must(id, model.ChangeTask{Task: task, State: model.TaskDone})
	require.Contains(t, sayPlain(ana.view(id).Lines[len(ana.view(id).Lines)-1].Describe()), "hunter2")
	ana.must(id, model.RemoveText{Target: task, Reason: "a password"})
	v := ana.view(id)
	require.True(t, v.Tasks[0].Gone)
	require.Empty(t, v.Tasks[0].Text)
	for _, l := range v.Lines {
		require.NotContains(t, sayPlain(l.Describe()), "hunter2")
	}
}

func sayPlain(p model.Phrase) string {
	out := p.Key
	for _, a := range p.Args {
		switch x := a.(type) {
		case string:
			out += " " + x
		case model.Phrase:
			out += " " + sayPlain(x)
		}
	}
	return out
}

func unmetKeys(all []model.Criterion) (keys []string) {
	for _, p := range model.Unmet(all) {
		keys = append(keys, p.Key)
	}
	return keys
}

func TestWhatOughtToBeSoBeforeResolving(t *testing.T) {
	t.Parallel()
	_, ana, bob, _, id := handing(t)
	require.Empty(t, ana.view(id).Resolving(), "nothing to be forgotten yet")
	ana.must(id, model.AddTask{Person: bob.person, Text: "look"})
	ana.must(id, model.Propose{Text: "x"})
	ana.must(id, model.SendPage{To: []model.PageTarget{{Person: bob.person}}})
	ana.must(id, offer(bob))
	ana.must(id, model.SetSeverity{Level: 3})
	require.Equal(t, []string{"criterion.tasks", "criterion.decisions", "criterion.pages", "criterion.offers"}, unmetKeys(ana.view(id).Resolving()))
	ana.must(id, model.SetSeverity{Level: 1})
	require.Subset(t, unmetKeys(ana.view(id).Resolving()), []string{"criterion.mitigated", "criterion.impact"})

	see := model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "blank page"}
	ana.must(id, see)
	ana.must(id, model.SetStatus{Status: model.Mitigated})
	require.Contains(t, unmetKeys(ana.view(id).Resolving()), "criterion.impact", "the answer is from before the repair")
	see.Text = "nothing any more"
	ana.must(id, see)
	v := ana.view(id)
	ana.must(id, model.ChangeTask{Task: v.Tasks[0].Ref, State: model.TaskDone})
	ana.must(id, model.CloseDecision{Decision: v.Decisions[0].Ref, Outcome: model.Rejected})
	ana.must(id, model.AnswerHandover{Offer: v.Handovers[0].Ref})
	ana.must(id, model.StopPages{Chain: v.Pages[0].Chain})
	require.Empty(t, unmetKeys(ana.view(id).Resolving()))
	ana.must(id, model.SetStatus{Status: model.Resolved})
}

func TestWhatIsNotSoNeverBlocks(t *testing.T) {
	t.Parallel()
	_, ana, bob, _, id := handing(t)
	ana.must(id, model.SetSeverity{Level: 1})
	ana.must(id, model.AddTask{Person: bob.person, Text: "look"})
	ana.must(id, model.SetStatus{Status: model.Resolved})
	ana.must(id, model.SetStatus{Status: model.Closed})
}

func TestTooManyRolesForOnePerson(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]struct {
		roles []model.Role
		want  bool
	}{
		"one":                {[]model.Role{model.IncidentManager}, false},
		"two, not leading":   {[]model.Role{model.TechLead, model.Scribe}, false},
		"leading and fixing": {[]model.Role{model.IncidentManager, model.TechLead}, true},
		"three":              {[]model.Role{model.TechLead, model.Scribe, model.Support}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "ana")
			ana, id := c.people[0], c.begin()
			for _, r := range is.roles {
				ana.must(id, model.AssignRole{Role: r, Person: ana.person})
			}
			require.Equal(t, is.want, ana.view(id).Overloaded(ana.person))
		})
	}
}

func TestWhoHasBeenOnForLongNeedsARest(t *testing.T) {
	t.Parallel()
	_, ana, _, _, id := handing(t)
	s, ok := ana.view(id).Shift(ana.person)
	require.True(t, ok)
	require.LessOrEqual(t, s.Since, ana.view(id).Holders(model.IncidentManager)[0].By.Wall)
	const hour = int64(3_600_000)
	for after, want := range map[int64]model.Rest{
		4*hour - 1: model.Fresh, 4 * hour: model.RestSoon, 8*hour - 1: model.RestSoon, 8 * hour: model.RestNow,
	} {
		require.Equal(t, want, s.Rest(s.Since+after), after)
	}
	// The role said again is the same role; given back and taken anew after a rest is not.
	ana.now = ana.now.Add(5 * time.Hour)
	ana.must(id, model.ReleaseRole{Role: model.IncidentManager})
	ana.must(id, model.Undo{})
	again, _ := ana.view(id).Shift(ana.person)
	require.Equal(t, s, again)
	ana.must(id, model.ReleaseRole{Role: model.IncidentManager})
	ana.now = ana.now.Add(9 * time.Hour)
	ana.must(id, model.AssignRole{Role: model.IncidentManager, Person: ana.person})
	anew, _ := ana.view(id).Shift(ana.person)
	require.Greater(t, anew.Since, s.Since+9*time.Hour.Milliseconds())
}

func TestAMergedIncidentPointsAtTheOther(t *testing.T) {
	t.Parallel()
	_, ana, _, _, id := handing(t)
	other := ana.must(model.Scope{}, model.OpenIncident{Title: "the same"}).Scope
	ana.refused(model.CodeRelationSelf, id, model.Merge{Into: id})
	ana.must(id, model.Merge{Into: other, Reason: "same cause"})
	v := ana.view(id)
	into, ok := v.MergedInto()
	require.True(t, ok)
	require.Equal(t, other, into)
	require.Equal(t, model.Cancelled, v.Status.Value)
	require.Equal(t, other, ana.row(id).Into)
	ana.refused(model.CodeRelationMerged, id, model.Merge{Into: other})
	ana.must(id, model.SetStatus{Status: model.Reopened, Reason: "not the same"})
	_, ok = ana.view(id).MergedInto()
	require.False(t, ok, "what goes on again is by itself")
	require.Zero(t, ana.row(id).Into)
}

func TestARelationIsTakenBackAndUndone(t *testing.T) {
	t.Parallel()
	_, ana, _, _, id := handing(t)
	other := ana.must(model.Scope{}, model.OpenIncident{Title: "dns"}).Scope
	because := model.Relate{Other: other, Relation: model.CausedBy}
	ana.must(id, because)
	ana.refused(model.CodeRelationSame, id, because)
	require.Equal(t, []model.Related{{Other: other, Relation: model.CausedBy}}, ana.view(id).Related)
	because.Off = true
	ana.must(id, because)
	require.Empty(t, ana.view(id).Related)
	ana.must(id, model.Undo{})
	require.Len(t, ana.view(id).Related, 1)
	ana.refused(model.CodeRelationUnknown, id, model.Relate{Other: other, Relation: "cousin"})
}
