package report_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
)

// worked is an incident in which people handed each other something of every kind.
func worked(t *testing.T) (*modeltest.Room, model.Scope) {
	t.Helper()
	r := modeltest.New("ana", 9)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout", Severity: model.SEV2}).Incident
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	bob := r.As("bob")
	task := func(minutes int, text string) model.Ref {
		return r.Must(id, model.AddTask{Person: bob, Minutes: minutes, Text: text}).Refs[0]
	}
	done, dropped, longer, later := task(15, "read the slow log | eu"), task(0, "call the bank"), task(5, "roll back v412"), task(30, "alert on lock waits")
	task(10, "watch the error rate")
	r.Advance(4 * time.Minute)
	r.Must(id, model.ChangeTask{Task: done, State: model.TaskDone, Text: "two *locks*"})
	r.Must(id, model.ChangeTask{Task: dropped, State: model.TaskDropped})
	r.Must(id, model.ChangeTask{Task: longer, Minutes: 15})
	r.Must(id, model.AddFollowUp{Task: later, Due: r.Now().AddDate(0, 0, 14)})
	r.Must(id, model.AddFollowUp{Text: "test the rollback"})
	offer := func(brief string) model.Ref {
		return r.Must(id, model.OfferHandover{Role: model.IncidentManager, Person: bob, Brief: brief}).Refs[0]
	}
	first := offer("SEV2, open: Checkout\nTo decide: # roll back?\n\n> The bank knows.")
	_, err := r.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.AnswerHandover{Offer: first, Reason: "in a call"})
	require.NoError(t, err)
	second := offer("All is quiet.")
	r.Advance(time.Minute)
	_, err = r.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.AnswerHandover{Offer: second, Accept: true})
	require.NoError(t, err)
	return r, id
}

func TestGoldenTasksFollowUpsAndHandovers(t *testing.T) {
	t.Parallel()
	r, id := worked(t)
	md := markdownOf(t, r, id)
	var out string
	for _, h := range []string{"Tasks", "Follow-ups", "Handovers"} {
		out += "## " + h + "\n" + section(md, h) + "\n"
	}
	golden(t, "work.md", []byte(out))
}

func TestWhatNobodyHandedOutHasNoSection(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 9)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	md := string(markdownOf(t, r, id))
	for _, h := range []string{"Tasks", "Follow-ups", "Handovers", "Decisions", "Possible causes", "Pages", "Impact", "Updates"} {
		require.NotContains(t, md, "## "+h)
	}
}

func TestTheJSONHasTheTimeBoxAndHowItEnded(t *testing.T) {
	t.Parallel()
	r, id := worked(t)
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	raw, err := report.JSON(v, english(t, r))
	require.NoError(t, err)
	var out report.Incident
	require.NoError(t, json.Unmarshal(raw, &out))
	require.Len(t, out.Tasks, 5)
	require.Equal(t, uint32(15), out.Tasks[0].Minutes)
	require.Equal(t, "two *locks*", out.Tasks[0].Why)
	require.NotNil(t, out.Tasks[0].Ended)
	require.Nil(t, out.Tasks[4].Ended, "it is open")
	require.NotZero(t, out.Tasks[4].Due)
	require.Equal(t, "in a call", out.Handovers[0].Why)
	require.Equal(t, "bob", out.Handovers[1].Answer.By.Name)
	require.Equal(t, "All is quiet.", out.Handovers[1].Brief)
}
