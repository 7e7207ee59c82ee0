package tui_test

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/oncall"
	"warroom/tui"
)

// rotasOf is the plan that every text stands for: bob and cleo take weeks, and a policy
// pages who is on call, then cleo.
func rotasOf(string) *oncall.Book {
	target := func(kind oncall.TargetKind, name string) []oncall.Target {
		return []oncall.Target{{Kind: kind, Name: name}}
	}
	return oncall.Open(oncall.Plan{
		Rotas: []oncall.Rota{{Name: "web", Shifts: []oncall.Shift{{
			Zone: "UTC", From: 540, To: 540, Handover: time.Monday, HandoverAt: 540, Start: oncall.Date{Year: 2026, Month: 3, Day: 2}, People: []string{"bob", "cleo"},
		}}}},
		Policies: []oncall.Policy{{Name: "night", Steps: []oncall.Step{
			{Who: target(oncall.ToRota, "web"), Wait: 5 * time.Minute}, {Who: target(oncall.ToPerson, "cleo"), Wait: 10 * time.Minute},
		}}},
	}, time.LoadLocation)
}

// onDuty is a stage with bob and cleo, bob's number, and rotas.
func onDuty(t *testing.T, with setting) *stage {
	t.Helper()
	if with.seat == nil {
		with.seat = newSeat(t, modeltest.New("ana", 1))
	}
	room := with.seat
	with.with = func(o *tui.Options) { o.Book = rotasOf }
	bob, phone, chat := room.As("bob"), "+49 30 1234567", "@bob"
	room.As("cleo")
	room.Must(model.Scope{}, model.SetContact{Person: bob, Phone: &phone, Chat: &chat})
	room.Must(model.Scope{}, model.SetRota{Text: "night"})
	return open(t, with).new("Checkout 5xx in eu-west")
}

// pager does what the room's pager would: it says what became of the last page.
func (s *stage) pager(result model.PageResult, text string) {
	s.t.Helper()
	now := s.view().Pages[len(s.view().Pages)-1].Now()
	_, err := s.room.Do(context.Background(), model.Actor{Person: s.room.Me(), Via: model.DoorPager}, s.view().ID,
		model.RecordPage{Page: now[len(now)-1].Ref, Result: result, Text: text})
	require.NoError(s.t, err)
	s.seen()
}

func (s *stage) nextStep() {
	s.t.Helper()
	v := s.view()
	e := v.Pages[len(v.Pages)-1]
	now := e.Now()
	c := rotasOf("").Next(e.Policy, now[len(now)-1], oncall.World{People: s.room.Overview().People, View: v, At: s.room.Now()})
	_, err := s.room.Do(context.Background(), model.Actor{Person: s.room.Me(), Via: model.DoorPager}, v.ID, c)
	require.NoError(s.t, err)
	s.seen()
}

func TestAnEscalationIsBegunTimesOutAndIsAcknowledgedByKeys(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newSeat(t, modeltest.New("ana", 1))
			room.Pager = true
			s := onDuty(t, setting{width: size[0], height: size[1], seat: room})
			s.Press("e").has("Page whom to INC-", "policy night", "rota web", "bob until", "+49 30 1234567").same(t, "page-whom-"+name)
			s.Type("night").Press("enter").has("What to say", "It goes to: bob.").same(t, "page-say-"+name)
			s.Press("enter").has("pages bob (on call for web): Checkout 5xx")
			s.pager(model.PageSent, "queued")
			s.Press("e").has("bob", "sent · answer by").same(t, "page-sent-"+name)
			s.Press("enter").has("Page to bob", "queued", "phone +49 30 1234567", "chat @bob", "reached", "no answer", "stop").same(t, "page-of-"+name)
			s.Press("q")
			s.wait(5 * time.Minute)
			s.nextStep()
			s.has("bob did not answer the page in time", "pages cleo")
			s.pager(model.PageSent, "")
			cleo := room.As("cleo")
			_, err := s.room.Do(t.Context(), model.Actor{Person: cleo, Via: model.DoorSSH}, s.view().ID, model.AcknowledgePage{})
			require.NoError(t, err)
			s.seen()
			s.has("acknowledges the page to cleo").same(t, "page-comes-"+name)
			s.Press("e")
			require.NotContains(t, s.Text(), "answer by")
		})
	}
}

// pageMe has bob page ana.
func (s *stage) pageMe(t *testing.T, id model.Scope) {
	t.Helper()
	_, err := s.room.Do(t.Context(), model.Actor{Person: s.room.As("bob"), Via: model.DoorConsole}, id,
		model.SendPage{To: []model.PageTarget{{Person: s.room.Me()}}, Text: "the database is gone"})
	require.NoError(t, err)
	s.seen()
}

func TestWhoIsPagedSaysThatTheyComeByAKey(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onDuty(t, setting{width: size[0], height: size[1]})
			id := s.view().ID
			s.pageMe(t, id)
			s.wait(time.Second)
			s.has("bob pages you: INC-"+id.Key(), "the database is gone", "I come").same(t, "paged-"+name)
			require.Equal(t, 1, s.Bells())
			s.Press("y").has("They know that you come.", "acknowledges the page")
			require.True(t, s.view().Pages[0].Over())
			s.Press("y") // the key copies again
			require.NotEmpty(t, s.clip())
		})
	}
}

func TestAPageCanBePutOffAndAcknowledgedByAWord(t *testing.T) {
	t.Parallel()
	s := onDuty(t, setting{})
	s.pageMe(t, s.view().ID)
	s.wait(time.Second)
	s.has("bob pages you: INC-").Press("n")
	require.NotContains(t, s.Text(), "pages you: INC-")
	require.False(t, s.view().Pages[0].Over())
	s.Press(":").Type("ack").Press("enter").has("acknowledges the page")
	require.True(t, s.view().Pages[0].Over())
	s.Press(":").Type("ack").Press("enter").has("No page waits for you.")
}

// Who said "not now" is reminded until somebody comes or the time is up.
func TestAPageThatWaitsIsTheNextStepWhateverIsOnTheScreen(t *testing.T) {
	t.Parallel()
	const waits = "bob pages you: do you come? (:ack)"
	for name, size := range map[string][2]int{"80x24": {80, 24}, "60x20": {60, 20}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onDuty(t, setting{width: size[0], height: size[1]})
			id := s.view().ID
			s.pageMe(t, id)
			s.wait(time.Second)
			s.Press("n").has(waits).same(t, "paged-later-"+name)
			s.new("Mail delays").has("bob pages you to INC-"+id.Key(), "(:ack)").same(t, "paged-elsewhere-"+name)
			s.Press(":").Type("ack").Press("enter").has("bob pages you: INC-"+id.Key(), "I come").Press("n")
			require.Contains(t, s.Row(0), "Mail delays", "nothing was answered, and the screen stays")
			s.Press("!").has("I come").Press("y").has("They know that you come.")
			require.Contains(t, s.Row(0), id.Key())
			v, err := s.room.Incident(t.Context(), id)
			require.NoError(t, err)
			require.True(t, v.Pages[0].Over())
			require.NotContains(t, s.Row(1), "pages you")
		})
	}
}

func TestTheReminderOfAPageAsksOnceAndGoesAwayWithIt(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]func(*stage, model.Scope){
		"answered elsewhere": func(s *stage, id model.Scope) {
			_, err := s.room.Do(t.Context(), model.Actor{Person: s.room.Me(), Via: model.DoorSSH}, id, model.AcknowledgePage{})
			require.NoError(t, err)
			s.seen()
		},
		"stopped": func(s *stage, id model.Scope) {
			_, err := s.room.Do(t.Context(), model.Actor{Person: s.room.Me(), Via: model.DoorSSH}, id, model.StopPages{Chain: s.view().Pages[0].Chain})
			require.NoError(t, err)
			s.seen()
		},
		"timed out": func(s *stage, _ model.Scope) { s.nextStep() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newSeat(t, modeltest.New("ana", 1))
			room.Pager = true
			s := onDuty(t, setting{seat: room})
			id := s.view().ID
			s.pageMe(t, id)
			s.pager(model.PageSent, "")
			require.Contains(t, s.Row(1), "bob pages you")
			s.Press("!").has("I come") // before the keys were quiet for long enough
			s.wait(2 * time.Second)
			s.Press("n")
			require.NotContains(t, s.Text(), "I come", "it was asked once")
			require.Contains(t, s.Row(1), "bob pages you")
			over(s, id)
			require.NotContains(t, s.Row(1), "pages you")
			s.Press("!")
			require.NotContains(t, s.Text(), "I come")
		})
	}
}

func TestAPageThatWaitsIsSaidWithoutAnIncidentOnTheScreen(t *testing.T) {
	t.Parallel()
	s := open(t, setting{})
	r, err := s.room.Do(t.Context(), model.Actor{Person: s.room.As("bob"), Via: model.DoorConsole}, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"})
	require.NoError(t, err)
	id := r.Incident
	s.pageMe(t, id)
	s.wait(time.Second)
	s.Press("n")
	require.Contains(t, s.Row(1), "bob pages you to INC-"+id.Key()+" (:ack)")
	s.same(t, "paged-none-80x24")
	s.Press("!").has("I come").Press("y")
	require.Contains(t, s.Row(0), "Checkout 5xx")
}

func TestAQuestionThatWasAnsweredElsewhereGoesAway(t *testing.T) {
	t.Parallel()
	s := onDuty(t, setting{})
	s.pageMe(t, s.view().ID)
	s.wait(time.Second)
	s.has("pages you: INC-")
	_, err := s.room.Do(t.Context(), model.Actor{Person: s.room.Me(), Via: model.DoorSSH}, s.view().ID, model.AcknowledgePage{})
	require.NoError(t, err)
	s.seen()
	require.NotContains(t, s.Text(), "pages you: INC-")
}

func TestWhoComesIsTakenToTheIncident(t *testing.T) {
	t.Parallel()
	s := onDuty(t, setting{})
	id := s.view().ID
	s.new("Mail delays")
	s.pageMe(t, id)
	s.wait(time.Second)
	s.Press("y").has("They know that you come.")
	require.Contains(t, s.Row(0), "Checkout 5xx")
}

func TestWithoutATransportTheNumberIsShownAndAPersonSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	s := onDuty(t, setting{})
	s.Press("e").Type("person bob").Press("ctrl+u").Type("+49").Press("enter").has("you will have to call")
	s.Press("ctrl+u").Type("please come").Press("enter").has("Page to bob", "phone +49 30 1234567", "not sent yet").same(t, "page-call-80x24")
	s.Press("n").has("Nothing is fine.").Type("voice mail").Press("enter").has("could not reach bob: voice mail")
	s.has("call bob")
	s.Press("e", "enter").Press("r").Type("is in the car").Press("enter").has("reached bob: is in the car")
	require.True(t, s.view().Pages[0].Over())
	require.NotContains(t, s.Text(), "call bob")
}

func TestAPageThatNobodyCanAnswerIsRefusedInWords(t *testing.T) {
	t.Parallel()
	s := onDuty(t, setting{})
	s.Press(":").Type("page rota nowhere").Press("enter").has("There is no")
	s.Press("esc").Press(":").Type("page zoe").Press("enter").has("zoe")
	require.Empty(t, s.view().Pages)
}

func TestAnObserverPagesNobodyAndIsAskedNothing(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := onDuty(t, setting{seat: room})
	room.change(func() { room.access = model.Observer })
	s.seen()
	s.Press("e")
	require.NotContains(t, s.Text(), "Page whom")
	s.pageMe(t, s.view().ID)
	s.wait(2 * time.Second)
	require.NotContains(t, s.Text(), "I come")
}

// What is open belongs to its incident: a text for the customers of one is not written down
// in another to which a page leads, nor is a question answered there.
func TestWhatIsOpenStaysWithItsIncidentWhenAPageLeadsToAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open  func(s *stage)
		waits string
	}{
		"a text":     {func(s *stage) { s.Press("p", "c", "i").Type("Payments fail.") }, "Payments fail."},
		"a question": {func(s *stage) { s.Press("t", "r") }, "Resolve "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := onDuty(t, setting{})
			here := s.view().ID
			got, err := s.room.Do(t.Context(), model.Actor{Person: s.room.As("bob"), Via: model.DoorConsole}, model.Scope{}, model.OpenIncident{Title: "Search is slow"})
			require.NoError(t, err)
			there := got.Incident
			s.seen()
			c.open(s)
			s.has(c.waits)
			s.pageMe(t, there)
			s.wait(2 * time.Second)
			s.has("bob pages you: INC-"+there.Key()).Press("y").has("They know that you come.", "Search is slow")
			require.NotContains(t, s.Text(), c.waits)
			s.Press("enter").Press("y")
			v, err := s.room.Incident(t.Context(), there)
			require.NoError(t, err)
			require.Empty(t, v.Drafts[model.ToCustomers].Draft)
			require.Equal(t, model.Open, v.Status.Value)
			s.Press(":").Type("goto " + here.Key()).Press("enter").has(c.waits)
		})
	}
}
