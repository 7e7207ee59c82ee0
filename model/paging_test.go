package model_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

// page asks for bob, with somebody after him.
func page(c *crew) model.SendPage {
	return model.SendPage{To: []model.PageTarget{{Person: c.people[1].person, By: "rota web"}}, Policy: "night", Wait: time.Minute}
}

// next is the step after the last page of the incident's only escalation.
func next(v *model.View, to model.PersonID, step int) model.NextPage {
	now := v.Pages[0].Now()
	return model.NextPage{
		Chain: v.Pages[0].Chain, After: now[len(now)-1].Ref, Step: step, Wait: time.Minute, Last: true,
		To: []model.PageTarget{{Person: to, By: "everybody"}},
	}
}

// allSince is a room's steady clock for which all records are that old.
func allSince(d time.Duration) func(*model.Record) time.Duration {
	return func(*model.Record) time.Duration { return d }
}

// due is what is due for the author's room.
func (a *author) due(id model.Scope, since time.Duration, sends bool) (out []model.PageAct) {
	for _, d := range a.view(id).DuePages(a.head.Log, allSince(since), sends) {
		out = append(out, d.Act)
	}
	return out
}

func (a *author) pages(t *testing.T, id model.Scope) []*model.Paged {
	t.Helper()
	v := a.view(id)
	require.Len(t, v.Pages, 1)
	return v.Pages[0].Pages
}

func TestAPageIsSentAcknowledgedAndOver(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.must(id, page(c))
	require.Equal(t, []model.PageAct{model.PageNow}, ana.due(id, 0, true))
	require.Empty(t, ana.due(id, 0, false), "a room without a transport sends nothing")
	p := ana.pages(t, id)[0]
	ana.via = model.DoorPager
	ana.must(id, model.RecordPage{Page: p.Ref, Result: model.PageSent})
	require.Empty(t, ana.due(id, 59*time.Second, true))
	require.Equal(t, model.PageSent, ana.pages(t, id)[0].Result)
	require.Equal(t, p.Key, ana.pages(t, id)[0].Key)
	c.meet()
	require.Equal(t, []model.PageCall{{To: bob.person, By: ana.person, Incident: id, Page: p.Ref, Key: p.Key, At: p.At, Text: "Checkout fails"}}, bob.view(id).PageCalls())
	require.NotNil(t, bob.view(id).PageFor(bob.person))
	require.Nil(t, bob.view(id).PageFor(ana.person))
	bob.must(id, model.AcknowledgePage{})
	c.meet()
	e := ana.view(id).Pages[0]
	require.True(t, e.Over())
	require.Equal(t, bob.person, e.Answer.Common().Actor)
	require.Empty(t, ana.due(id, time.Hour, true))
	require.Empty(t, ana.view(id).PageCalls())
	bob.refused(model.CodePageNone, id, model.AcknowledgePage{})
	ana.refused(model.CodePageOver, id, model.StopPages{Chain: e.Chain})
}

func TestNobodyAnswersAndTheNextStepIsTakenOnce(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	id := c.begin()
	ana.must(id, page(c))
	ana.must(id, model.RecordPage{Page: ana.pages(t, id)[0].Ref, Result: model.PageSent})
	c.meet()
	require.Equal(t, []model.PageAct{model.PageNext}, ana.due(id, time.Minute, true))
	require.Empty(t, bob.due(id, time.Minute+29*time.Second, true), "who leads is waited for")
	require.Equal(t, []model.PageAct{model.PageNext}, bob.due(id, time.Minute+30*time.Second, true))
	// Both take it, and do not see each other.
	ana.must(id, next(ana.view(id), cleo.person, 1))
	bob.must(id, next(bob.view(id), cleo.person, 1))
	c.meet()
	all := cleo.pages(t, id)
	require.Len(t, all, 2, "the same page of two rooms is one page")
	require.Len(t, all[1].Refs, 2)
	require.Equal(t, model.PageTimedOut, all[0].Result)
	calls := cleo.view(id).PageCalls()
	require.Len(t, calls, 2, "both can still answer")
	require.Equal(t, []bool{true, false}, []bool{calls[0].Late, calls[1].Late}, "and only the second is waited for")
	events, err := cleo.do(id, model.NextPage{Chain: all[0].Chain, After: all[0].Ref, Step: 1, To: []model.PageTarget{{Person: cleo.person}}})
	require.NoError(t, err)
	require.Empty(t, events, "a step that was taken is not taken again")
	// One answer ends it, of whichever step.
	bob.must(id, model.AcknowledgePage{})
	c.meet()
	require.True(t, cleo.view(id).Pages[0].Over())
}

func TestAfterTheLastStepNothingIsDueAndSomebodyIsToBeCalled(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	send := page(c)
	send.Policy = ""
	ana.must(id, send)
	require.Equal(t, []model.PageAct{model.PageNow}, ana.due(id, time.Minute, true), "it is sent before the step is over")
	require.Equal(t, []model.PageAct{model.PageNext}, ana.due(id, time.Minute, false))
	p := ana.pages(t, id)[0]
	ana.must(id, model.NextPage{Chain: p.Chain, After: p.Ref})
	require.True(t, ana.view(id).Pages[0].Exhausted())
	require.Empty(t, ana.due(id, time.Hour, true))
	step := ana.view(id).Next(ana.now.UnixMilli())
	require.Equal(t, "next.page.none", step.Say.Key)
	require.Equal(t, bob.person, step.Say.Args["Person"])
	require.Equal(t, "escalate", step.Action)
	ana.must(id, model.RecordPage{Page: p.Ref, Result: model.PageReached, Text: "is in the car"})
	require.True(t, ana.view(id).Pages[0].Over())
	require.NotEqual(t, "next.page.none", ana.view(id).Next(ana.now.UnixMilli()).Say.Key)
}

func TestAStepInWhichNobodyCanBePagedIsLeftAtOnce(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*author, model.Scope, model.Ref){
		"nobody is on call": nil,
		"the transport fails": func(a *author, id model.Scope, p model.Ref) {
			a.must(id, model.RecordPage{Page: p, Result: model.PageFailed, Text: "exit 1"})
		},
		"nobody picks up": func(a *author, id model.Scope, p model.Ref) {
			a.must(id, model.RecordPage{Page: p, Result: model.PageNoAnswer})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "ana", "bob")
			ana := c.people[0]
			id := c.begin()
			send := page(c)
			if fail == nil {
				send.To = []model.PageTarget{{By: "rota web"}}
			}
			ana.must(id, send)
			if fail != nil {
				fail(ana, id, ana.pages(t, id)[0].Ref)
			}
			require.Equal(t, []model.PageAct{model.PageNext}, ana.due(id, 0, true))
			ana.must(id, next(ana.view(id), c.people[1].person, 1))
			require.Equal(t, []model.PageAct{model.PageNow}, ana.due(id, 0, true))
		})
	}
}

func TestAnotherRoomTakesOverWhoSaysNothing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob", "cleo")
	ana, bob, cleo := c.people[0], c.people[1], c.people[2]
	id := c.begin()
	ana.must(id, page(c))
	c.meet()
	require.Empty(t, bob.due(id, 29*time.Second, true))
	require.Empty(t, bob.due(id, 59*time.Second, false), "a room that cannot send takes nothing over")
	require.Equal(t, []model.PageAct{model.PageTake}, bob.due(id, 30*time.Second, true))
	p := ana.pages(t, id)[0]
	bob.must(id, model.LeasePage{Page: p.Ref, Until: bob.now.Add(model.LeaseFor)})
	cleo.must(id, model.LeasePage{Page: p.Ref, Until: cleo.now.Add(model.LeaseFor)})
	c.meet()
	old := map[model.LogID]bool{ana.head.Log: true}
	due := func(a *author, lease time.Duration) (out []model.PageAct) {
		for _, d := range a.view(id).DuePages(a.head.Log, func(r *model.Record) time.Duration {
			if old[r.Ref.Log] {
				return 45 * time.Second
			}
			return lease
		}, true) {
			out = append(out, d.Act)
		}
		return out
	}
	// Of two who took it at once one sends, after both had time to see each other.
	require.Empty(t, due(bob, time.Second))
	require.Empty(t, due(cleo, time.Second))
	sends := len(due(bob, 2*time.Second)) + len(due(cleo, 2*time.Second))
	require.Equal(t, 1, sends)
	require.Empty(t, due(ana, 2*time.Second), "the room that asked, back again, leaves it to who is at it")
	old[bob.head.Log], old[cleo.head.Log] = true, true
	require.Equal(t, []model.PageAct{model.PageNow}, due(ana, 0))
	require.Equal(t, []model.PageAct{model.PageTake}, due(bob, 0), "a lease that was not renewed counts no more")
}

func TestWhatTwoRoomsSentIsOnePageAndADuplicate(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	id := c.begin()
	ana.must(id, page(c))
	c.meet()
	p := ana.pages(t, id)[0]
	ana.must(id, model.RecordPage{Page: p.Ref, Result: model.PageSent})
	bob.must(id, model.RecordPage{Page: p.Ref, Result: model.PageSent})
	require.False(t, ana.pages(t, id)[0].Duplicate())
	c.meet()
	for _, a := range c.people {
		require.True(t, a.pages(t, id)[0].Duplicate())
		again := 0
		for _, l := range a.view(id).Lines {
			if l.Describe().Key == "log.page.again" {
				again++
				require.Equal(t, bob.person, l.Describe().Args["Person"])
			}
		}
		require.Equal(t, 1, again)
	}
	// What another room could not do takes nothing back.
	bob.must(id, model.RecordPage{Page: p.Ref, Result: model.PageFailed, Text: "exit 1"})
	require.Equal(t, model.PageFailed, bob.pages(t, id)[0].Result, "bob's room is in the order the last of two that sent")
}

func TestNothingIsDueOnceTheIncidentIsOver(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana := c.people[0]
	id := c.begin()
	ana.must(id, page(c))
	ana.must(id, model.SetStatus{Status: model.Cancelled, Reason: "a false alarm"})
	require.Empty(t, ana.due(id, time.Hour, true))
	require.Empty(t, ana.view(id).PageCalls())
}

func TestPagesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana := c.people[0]
	id := c.begin()
	to := []model.PageTarget{{Person: c.people[1].person}}
	ana.refused(model.CodePageNobody, id, model.SendPage{})
	ana.refused(model.CodePageWait, id, model.SendPage{To: to, Wait: time.Millisecond})
	ana.refused(model.CodePageWait, id, model.SendPage{To: to, Wait: 25 * time.Hour})
	ana.refused(model.CodePersonUnknown, id, model.SendPage{To: []model.PageTarget{{Person: model.PersonID{9}}}})
	ana.refused(model.CodePageUnknown, id, model.RecordPage{Result: model.PageSent})
	ana.refused(model.CodePageUnknown, id, model.StopPages{})
	ana.refused(model.CodePageUnknown, id, model.LeasePage{})
	ana.refused(model.CodePageUnknown, id, model.NextPage{})
	ana.must(id, model.SendPage{To: append(to, to...)})
	require.Len(t, ana.pages(t, id), 1, "nobody is paged twice by a step")
	ana.refused(model.CodePageResult, id, model.RecordPage{Page: ana.pages(t, id)[0].Ref, Result: model.PageAcknowledged})
	ana.refused(model.CodeUndoImpossible, id, model.Undo{})
}

// The order in which a room hears of what others did changes nothing.
func TestPagesFoldInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCrew(t, "ana", "bob", "cleo")
		id := c.begin()
		c.people[0].must(id, page(c))
		c.meet()
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			a := c.people[rapid.IntRange(0, 2).Draw(t, "who")]
			v := a.view(id)
			now := v.Pages[0].Now()
			p := now[rapid.IntRange(0, len(now)-1).Draw(t, "page")]
			commands := []model.Command{
				model.RecordPage{Page: p.Ref, Result: model.PageSent}, model.RecordPage{Page: p.Ref, Result: model.PageFailed, Text: "x"},
				model.RecordPage{Page: p.Ref, Result: model.PageDelivered}, model.LeasePage{Page: p.Ref, Until: a.now},
				next(v, c.people[2].person, p.Step+1), model.AcknowledgePage{}, model.StopPages{Chain: v.Pages[0].Chain},
			}
			_, _ = a.do(id, rapid.SampledFrom(commands).Draw(t, "act")) // what is refused is refused
			if rapid.Bool().Draw(t, "meet") {
				c.meet()
			}
		}
		c.meet()
		events := append([]*model.Event{}, c.events...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		want, got := c.people[0].state, c.fold(events)
		require.Equal(t, want.Hash(), got.Hash())
		a, b := want.Incidents[id].View(), got.Incidents[id].View()
		require.Len(t, b.Pages, len(a.Pages))
		for i, e := range a.Pages {
			require.Equal(t, e.Over(), b.Pages[i].Over())
			require.Len(t, b.Pages[i].Pages, len(e.Pages))
			for n, p := range e.Pages {
				require.Equal(t, p.Result, b.Pages[i].Pages[n].Result)
				require.Equal(t, p.Duplicate(), b.Pages[i].Pages[n].Duplicate())
			}
		}
		for n, l := range a.Lines {
			require.Equal(t, l.Describe(), b.Lines[n].Describe())
		}
	})
}

func TestContactsAndRotasAreKeptWithEachWrite(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	phone, chat, none := "+49 30 123", "@bob", ""
	ana.must(model.Scope{}, model.SetContact{Person: bob.person, Phone: &phone})
	c.meet()
	bob.must(model.Scope{}, model.SetContact{Person: bob.person, Chat: &chat})
	zone, hours := "Europe/Berlin", "9: to 17"
	bob.must(model.Scope{}, model.SetContact{Person: bob.person, Zone: &zone, Hours: &hours})
	require.Equal(t, model.Contact{Phone: phone, Chat: chat, Zone: zone, Hours: hours}, bob.state.People.Roster().Contact(bob.person))
	bob.must(model.Scope{}, model.SetContact{Person: bob.person, Zone: new(string), Hours: new(string)})
	require.Equal(t, model.Contact{Phone: phone, Chat: chat}, bob.state.People.Roster().Contact(bob.person))
	require.Equal(t, phone, bob.state.People.Roster().Contact(bob.person).Best())
	events, err := bob.do(model.Scope{}, model.SetContact{Person: bob.person, Chat: &chat})
	require.NoError(t, err)
	require.Empty(t, events)
	bob.must(model.Scope{}, model.SetContact{Person: bob.person, Phone: &none})
	require.Equal(t, "chat: @bob", bob.state.People.Roster().Contact(bob.person).Text())
	ana.refused(model.CodeContactEmpty, model.Scope{}, model.SetContact{Person: ana.person, Phone: &none})
	long := strings.Repeat("1", model.MaxContact+1)
	ana.refused(model.CodeTextLong, model.Scope{}, model.SetContact{Person: ana.person, Phone: &long})
	ana.must(model.Scope{}, model.SetContact{Name: "dora", Phone: &phone})
	require.Len(t, ana.state.People.Roster().Contacts(), 2)

	ana.must(model.Scope{}, model.SetRota{Text: "a"})
	bob.must(model.Scope{}, model.SetRota{Text: "b"})
	c.meet()
	text, by, others := ana.state.People.Roster().Rota()
	require.Len(t, others, 1)
	require.NotEqual(t, text, others[0].Text)
	require.Equal(t, text, by.Text)
	ana.must(model.Scope{}, model.SetRota{Text: "c"})
	text, _, others = ana.state.People.Roster().Rota()
	require.Equal(t, "c", text)
	require.Empty(t, others)
}

func TestAPageInAnIncidentThatIsHiddenIsHiddenToo(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "ana", "bob")
	ana, bob := c.people[0], c.people[1]
	shown, hidden := c.begin(), c.begin()
	ana.must(hidden, model.Restrict{People: []model.PersonID{ana.person}})
	for _, id := range []model.Scope{shown, hidden} {
		ana.must(id, page(c))
	}
	o := &model.Overview{People: ana.state.People.Roster(), Keys: map[model.Scope]string{}}
	for _, id := range []model.Scope{shown, hidden} {
		o.Rows, o.Pages = append(o.Rows, model.Summarise(ana.view(id))), append(o.Pages, ana.view(id).PageCalls()...)
		o.Keys[id] = id.Key()
	}
	require.Len(t, o.For(model.Actor{Person: ana.person, Via: model.DoorConsole}).Pages, 2)
	seen := o.For(model.Actor{Person: bob.person, Via: model.DoorConsole}).Pages
	require.Len(t, seen, 1)
	require.Equal(t, shown, seen[0].Incident)
}
