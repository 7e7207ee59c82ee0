package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
)

// section is what stands under a heading, "" without that heading.
func section(md []byte, heading string) string {
	_, rest, _ := strings.Cut(string(md), "\n## "+heading+"\n")
	part, _, _ := strings.Cut(rest, "\n## ")
	return part
}

func markdownOf(t *testing.T, r *modeltest.Room, id model.Scope) []byte {
	t.Helper()
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	return report.Markdown(v, english(t, r))
}

// inOrder checks that the texts stand in the document, each after the one before.
func inOrder(t *testing.T, doc string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		_, rest, ok := strings.Cut(doc, s)
		require.True(t, ok, "%q does not follow in:\n%s", s, doc)
		doc = rest
	}
}

func TestAnUndoAndARedoStandAfterWhatTheyTakeBack(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 5)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "x"}).Incident
	r.Advance(time.Hour)
	r.Must(id, model.SetStatus{Status: model.Fixing, At: model.When{At: r.Now().Add(-30 * time.Minute)}})
	r.Advance(2 * time.Minute)
	r.Must(id, model.Undo{})
	r.Advance(2 * time.Minute)
	r.Must(id, model.Redo{})
	doc := section(markdownOf(t, r, id), "Timeline")
	inOrder(t, doc, "status open → fixing *(recorded", "undo: status", "redo: status")
	_, redo, _ := strings.Cut(doc, "redo: ")
	require.NotContains(t, redo, "recorded")
}

func TestKeyEventsLeaveOutWhatDoesNotStand(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 6)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "x"}).Incident
	r.Must(id, model.SetSeverity{Level: model.SEV3})
	r.Must(id, model.SetSeverity{Level: model.SEV1, Reason: "a slip"})
	r.Must(id, model.Undo{})
	struck := r.Must(id, model.Write{Text: "wrong guess"}).Refs[0]
	r.Must(id, model.Star{Target: struck, On: true})
	r.Must(id, model.Strike{Target: struck})
	starred := r.Must(id, model.Write{Text: "make deploy\nsecret-output", Run: &model.CommandRun{Lines: 1}}).Refs[0]
	r.Must(id, model.Star{Target: starred, On: true})
	md := markdownOf(t, r, id)
	key := section(md, "Key events")
	inOrder(t, key, "severity SEV3", "`make deploy`")
	for _, s := range []string{"a slip", "undo", "wrong guess", "secret-output"} {
		require.NotContains(t, key, s)
		require.Contains(t, section(md, "Timeline"), s)
	}
}

func TestTheReportBeginsWithWhatSomebodyElseMustKnow(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 7)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Mail is late"}).Incident
	first, _, _ := strings.Cut(string(markdownOf(t, r, id)), "\n## ")
	inOrder(t, first, "This outage was noticed at 2026-", "Mail is late.", "No severity has been set yet.", "There is no incident manager.", "No update has been given yet.")
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(id, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "We look into it."})
	r.Must(id, model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "It is the queue."})
	r.Must(id, model.SetStatus{Status: model.Fixing})
	first, _, _ = strings.Cut(string(markdownOf(t, r, id)), "\n## ")
	inOrder(t, first, "Its status has been fixing since", "Incident manager: ana.", "went to customers", "We look into it.")
	require.NotContains(t, first, "queue")
}

func TestACommandThatASignalEndedSaysSo(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 8)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "x"}).Incident
	r.Must(id, model.Write{Text: "sleep 9", Run: &model.CommandRun{Exit: -1, Millis: 1500}})
	require.Contains(t, section(markdownOf(t, r, id), "Timeline"), "`sleep 9` killed by a signal, 1.5s (0 lines)")
}
