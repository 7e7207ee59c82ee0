package tui_test

import (
	"fmt"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/modeltest"
)

// busy is a room in which much was handed out, and ana leads.
func busy(t testing.TB, w, h int, ascii bool) (*stage, *seat, model.Scope) {
	room := newSeat(t, modeltest.New("ana", 1))
	room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx in eu-west", Severity: 1})
	id := room.Overview().Rows[0].ID
	bob, cleo := room.As("bob"), room.As("cleo")
	for _, cmd := range []model.Command{
		model.AssignRole{Role: model.IncidentManager, Person: room.Me()}, model.AssignRole{Role: model.Scribe, Person: room.Me()},
		model.AssignRole{Role: model.TechLead, Person: bob},
		model.AddTask{Person: bob, Minutes: 5, Text: "read the slow log"}, model.AddTask{Person: cleo, Minutes: 30, Text: "ask the bank whether they see it too"},
		model.AddTask{Person: cleo, Text: "count the cases"}, model.AddHypothesis{Text: "the cache is cold"}, model.AddHypothesis{Text: "v412 leaks connections"},
		model.Propose{Text: "roll back v412"}, model.Propose{Text: "fail over to eu-north"}, model.AddFollowUp{Text: "alert on lock waits"},
		model.AddFollowUp{Person: bob, Text: "test the rollback", Due: room.Now().AddDate(0, 0, 14)},
	} {
		room.Must(id, cmd)
	}
	v, err := room.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []model.Command{
		model.ChangeTask{Task: v.Tasks[2].Ref, State: model.TaskDone}, model.JudgeHypothesis{Hypothesis: v.Hypotheses[0].Ref, Finding: model.RuledOut, Text: "hit rate 98 %"},
		model.Object{Decision: v.Decisions[0].Ref, Text: "it drops the migration"}, model.CloseDecision{Decision: v.Decisions[0].Ref, Outcome: model.Agreed, Text: "a copy first"},
	} {
		room.Must(id, cmd)
	}
	room.Advance(9 * time.Minute)
	s := open(t, setting{seat: room, width: w, height: h, ascii: ascii})
	s.Press("1", "enter")
	return s, room, id
}

func TestGoldenWork(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		w, h  int
		ascii bool
	}{{80, 24, false}, {120, 40, false}, {40, 12, false}, {80, 24, true}} {
		name := fmt.Sprintf("%dx%d", size.w, size.h)
		if size.ascii {
			name += "-ascii"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, _ := busy(t, size.w, size.h, size.ascii)
			s.Press("B")
			for _, list := range []string{"tasks", "decisions", "causes", "followups"} {
				s.same(t, "work-"+list+"-"+name)
				s.Press("tab")
			}
		})
	}
}

func TestGoldenHandover(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, room, id := busy(t, size[0], size[1], false)
			s.Press("o", "i").Type("bob").Press("enter")
			s.same(t, "handover-brief-"+name)
			s.Press("enter", "o")
			s.same(t, "handover-offered-"+name)
			s.Press("q")
			room.does(t, "bob", id, model.OfferHandover{Role: model.TechLead, Person: room.Me(), Brief: "Rolling back v412.\nCall the bank first."})
			s.seen()
			s.wait(2 * time.Second)
			s.same(t, "handover-offer-"+name)
			s.Press("q", "t", "r")
			s.same(t, "resolve-criteria-"+name)
		})
	}
}
