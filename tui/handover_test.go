package tui_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// does does a command as somebody else.
func (s *seat) does(t testing.TB, name string, id model.Scope, cmd model.Command) model.Receipt {
	t.Helper()
	got, err := s.Room.Do(context.Background(), model.Actor{Person: s.As(name), Via: model.DoorConsole}, id, cmd)
	require.NoError(t, err)
	s.change(func() {}) // the console reads the room anew
	return got
}

func managers(v *model.View) (out []model.PersonID) {
	for _, h := range v.Holders(model.IncidentManager) {
		out = append(out, h.Person)
	}
	return out
}

func TestARoleIsOfferedWithABriefAndKeptUntilItIsAccepted(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	bob := room.As("bob")
	s := open(t, setting{seat: room}).new("Checkout")
	id := s.view().ID
	s.Press("s", "1").Press("r", "i", "enter")
	room.does(t, "bob", id, model.AddTask{Person: bob, Minutes: 20, Text: "read the slow log"})
	room.does(t, "bob", id, model.AddHypothesis{Text: "cold cache"})
	s.seen()
	s.Press("o").has("Who takes Incident manager over?", "enter for the first one")
	require.NotContains(t, s.Text(), "yourself", "nobody hands a role over to oneself")
	s.Press("enter").has("Incident manager to bob: the brief").Press("esc", "o")
	s.Type("bob").Press("enter").has("the brief", "Next update to", "Possible cause: cold cache")
	s.Press("ctrl+o").Type("Call the bank first.").Press("enter").has("Offered to bob. You keep the role")
	v := s.view()
	require.Equal(t, []model.PersonID{s.room.Me()}, managers(v), "an offer gives nothing away")
	h := v.Offers()[0]
	require.Contains(t, h.Text, "SEV1, open: Checkout\n")
	require.Contains(t, h.Text, "Task of bob until")
	require.Contains(t, h.Text, "\nCall the bank first.")
	room.does(t, "bob", id, model.AnswerHandover{Offer: h.Ref, Accept: true})
	s.seen()
	require.Equal(t, []model.PersonID{bob}, managers(s.view()))
	s.has("accepts Incident manager from ana")
}

func TestAnOfferIsAnsweredByOneKeyAndByNoOther(t *testing.T) {
	t.Parallel()
	for key, accepted := range map[string]bool{"y": true, "n": false} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			room := newSeat(t, modeltest.New("ana", 1))
			s := open(t, setting{seat: room}).new("Checkout")
			id := s.view().ID
			room.does(t, "bob", id, model.AssignRole{Role: model.IncidentManager, Person: room.As("bob")})
			s.seen()
			s.Press("i").Type("half a wor")
			room.does(t, "bob", id, model.OfferHandover{Role: model.IncidentManager, Person: s.room.Me(), Brief: "rolling back v412"})
			s.seen()
			require.Equal(t, 1, s.Bells())
			s.wait(2 * time.Second)
			s.has("bob offers you Incident manager", "rolling back v412")
			s.Press("enter") // is no answer
			require.Len(t, s.view().Offers(), 1)
			s.Press(key)
			require.Empty(t, s.view().Offers())
			require.Equal(t, accepted, managers(s.view())[0] == s.room.Me())
			s.has("half a wor")
		})
	}
}

func TestAnOfferThatIsOvertakenClosesAndIsSaid(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout")
	id := s.view().ID
	room.does(t, "bob", id, model.AssignRole{Role: model.IncidentManager, Person: room.As("bob")})
	room.does(t, "bob", id, model.OfferHandover{Role: model.IncidentManager, Person: s.room.Me(), Brief: "rolling back v412"})
	s.seen()
	s.wait(2 * time.Second)
	s.has("rolling back v412")
	room.does(t, "cleo", id, model.AssignRole{Role: model.IncidentManager, Person: room.As("cleo")})
	s.seen()
	require.NotContains(t, s.Text(), "rolling back v412")
	s.has("offer of a role is over")
	s.Press("o").has("You hold no role here")
}

func TestAnOfferOnAnotherIncidentIsAnsweredFromWhereOneIs(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	room.Must(model.Scope{}, model.OpenIncident{Title: "Mail delays"})
	other := room.Overview().Rows[0].ID
	s := open(t, setting{seat: room}).new("Checkout")
	room.does(t, "bob", other, model.AssignRole{Role: model.TechLead, Person: room.As("bob")})
	room.does(t, "bob", other, model.OfferHandover{Role: model.TechLead, Person: s.room.Me(), Brief: "queue grows"})
	s.seen()
	s.wait(2 * time.Second)
	s.has("bob offers you Tech lead, "+other.Key(), "queue grows").Press("y")
	v, err := room.Incident(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, s.room.Me(), v.Holders(model.TechLead)[0].Person)
	require.Contains(t, s.Row(0), "Mail delays")
}

func TestATaskRingsWhenItsTimeIsUpForWhoGaveItAndWhoHasIt(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{"given": "bob", "had": "ana"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newSeat(t, modeltest.New("ana", 1))
			s := open(t, setting{seat: room}).new("Checkout")
			id := s.view().ID
			if to == "ana" {
				room.does(t, "bob", id, model.AddTask{Person: s.room.Me(), Minutes: 5, Text: "read the slow log"})
			} else {
				room.Must(id, model.AddTask{Person: room.As("bob"), Minutes: 5, Text: "read the slow log"})
				room.does(t, "cleo", id, model.AddTask{Person: room.As("bob"), Minutes: 5, Text: "not ana's"})
			}
			s.seen()
			require.Zero(t, s.Bells())
			s.wait(6 * time.Minute)
			require.Equal(t, 1, s.Bells())
			s.has("Time is up for "+to+": read the slow log", "the time of")
			s.wait(6 * time.Minute)
			require.Equal(t, 1, s.Bells(), "once")
			s.Press("B").has("read the slow log", "up since").Press("e", "q")
			s.wait(16 * time.Minute)
			require.Equal(t, 2, s.Bells(), "what was given more time comes back again")
		})
	}
}

// The whole of the work in an incident, by keys alone.
func TestAStoryOfWork(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	bob := room.As("bob")
	s := open(t, setting{seat: room, width: 120, height: 40}).new("Checkout")
	s.Press("B").has("No task yet").Press("a").Type("bob").Press("enter").Type("read the slow log").Press("tab", "enter")
	s.has("read the slow log", "4m left")
	require.Equal(t, bob, s.view().Tasks[0].Owner)
	s.Press("t").has("taken").Press("d").has("done")
	require.Equal(t, model.TaskDone, s.view().Tasks[0].State)

	s.Press("tab").has("Nothing to decide yet").Press("a").Type("roll back v412").Press("enter").has("roll back v412", "proposed")
	s.Press("o").Type("drops the migration").Press("enter").has("1 objection")
	s.Press("y").has("drops the migration").Type("a copy first").Press("enter").has("agreed")
	d := s.view().Decisions[0]
	require.Equal(t, model.Agreed, d.Outcome)
	require.Equal(t, "a copy first", d.Why())

	s.Press("tab").Press("a").Type("the cache is cold").Press("enter").Press("x", "enter").has("ruled out: why?")
	s.Type("hit rate 98 %").Press("enter").has("ruled out: hit rate 98 %")
	s.Press("tab").Press("a").Type("alert on lock waits").Press("enter").has("no owner")
	s.Press("w").Type("bob").Press("enter").has("bob").Press("u").Type("7").Press("enter")
	require.Equal(t, bob, s.view().FollowUps[0].Owner)
	require.NotZero(t, s.view().FollowUps[0].Due)
	s.Press("q")
	for _, line := range []string{"task for bob, 5 minutes: read the slow log", "task done: read the slow log", "proposes: roll back v412", "decided: roll back v412 (a copy first)", "ruled out: the cache is cold (hit rate 98 %)"} {
		s.has(line)
	}
	s.Press("u").has("undo")
	require.Zero(t, s.view().FollowUps[0].Due)
}

func TestResolvingSaysWhatIsNotSoYetAndNeverBlocks(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout")
	s.Press("s", "2")
	room.does(t, "bob", s.view().ID, model.AddTask{Person: room.As("bob"), Text: "look"})
	s.seen()
	s.wait(30 * time.Minute)
	s.Press("t", "r").has("Not yet so:", "nobody said that it is mitigated", "1 task is open").Press("y")
	require.Equal(t, model.Resolved, s.view().Status.Value)
	s.has("Resolved after 30m", "SEV2 30m")
}

func TestAnIncidentIsMergedAndItsRowSaysSo(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	room.Must(model.Scope{}, model.OpenIncident{Title: "Mail delays"})
	other := room.Overview().Rows[0].ID
	s := open(t, setting{seat: room}).new("Checkout")
	s.Press(":").Type("relate").Press("enter").Type("mail").Press("enter").has("merge it").Press("m").has("Merge ").Press("enter")
	require.Equal(t, model.Open, s.view().Status.Value, "no is what enter says")
	s.Press(":").Type("merge "+other.Key()).Press("enter").Press("m", "y")
	for _, r := range room.Overview().Rows {
		if r.ID != other {
			require.Equal(t, other, r.Into)
		}
	}
	s.Press("1").has("→ " + other.Key() + ": Check")
}

func TestTheRosterShowsWhoHasTooMuchAndForTooLong(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40}).new("Checkout")
	s.Press("r", "i", "enter").Press("r", "t", "enter").has("ana ×2").Press("3", "g").has("ana: 2 roles are too many.")
	s.Press("u").wait(5 * time.Hour)
	require.NotContains(t, s.Text(), "×2")
	s.has("ana 5h", "ana on for 5h: plan who is next (o).")
	s.wait(4 * time.Hour)
	s.has("ana 9h", "ana on for 9h: hand over now (o).")
}
