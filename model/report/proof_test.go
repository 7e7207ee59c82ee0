package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
)

// exported is an incident with a bit of everything, as an export with its proof.
func exported(t *testing.T) []byte {
	t.Helper()
	r := modeltest.New("ana", 9)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	r.Must(id, model.SetSeverity{Level: model.SEV1, Reason: "all customers"})
	r.Must(id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	entry := r.Must(id, model.Write{Text: "rolled back"}).Refs[0]
	r.Must(id, model.Amend{Target: entry, Text: "rolled back api"})
	r.Must(id, model.Star{Target: entry, On: true})
	r.Must(id, model.Write{Text: "$ kubectl", Run: &model.CommandRun{Exit: 1, Millis: 3, Lines: 2}})
	r.Must(id, model.SetStatus{Status: model.Fixing})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	ev, err := r.Evidence(t.Context(), id)
	require.NoError(t, err)
	out, err := report.JSON(v, report.Options{
		Say: func(p model.Phrase) string { return p.Key }, Name: r.Overview().People.Name, Key: model.Scope.Key,
		Took: time.Duration.String, Now: r.Now(), Evidence: &ev,
	})
	require.NoError(t, err)
	return out
}

func TestAnExportAsItWasWrittenIsProved(t *testing.T) {
	t.Parallel()
	c, err := report.Check(exported(t))
	require.NoError(t, err)
	require.Empty(t, c.Verdict.Faults)
	require.Empty(t, c.Altered)
	require.True(t, c.Proved())
	require.Equal(t, "Checkout 5xx", c.Title)
	require.Equal(t, 8, c.Verdict.Events)
}

func TestAnExportThatWasAlteredSaysWhere(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(in *report.Incident){
		"title":           func(in *report.Incident) { in.Title = "Nothing happened" },
		"severity":        func(in *report.Incident) { in.Severity = "SEV3" },
		"status":          func(in *report.Incident) { in.Status = "resolved" },
		"a line's text":   func(in *report.Incident) { in.Log[3].Text = "did nothing" },
		"a line's time":   func(in *report.Incident) { in.Log[3].Recorded -= 1000 },
		"who":             func(in *report.Incident) { in.Log[3].By.ID = strings.Repeat("00", 16) },
		"a line left out": func(in *report.Incident) { in.Log = in.Log[:4] },
		"a line made up":  func(in *report.Incident) { in.Log = append(in.Log, report.Entry{Text: "said"}) },
		"an event left out": func(in *report.Incident) {
			in.Proof.Events = append(in.Proof.Events[:2], in.Proof.Events[3:]...)
		},
		"a signed text": func(in *report.Incident) { s := "AAAA"; in.Proof.Events[0].Text = &s },
		"a signed body": func(in *report.Incident) { in.Proof.Events[1].Body = in.Proof.Events[2].Body },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in report.Incident
			require.NoError(t, json.Unmarshal(exported(t), &in))
			alter(&in)
			raw, err := json.Marshal(in)
			require.NoError(t, err)
			c, err := report.Check(raw)
			require.NoError(t, err)
			require.False(t, c.Proved())
		})
	}
}

func TestAnExportThatCannotBeReadIsRefusedWithoutAPanic(t *testing.T) {
	t.Parallel()
	_, err := report.Check([]byte(`{"schema":"warroom.incident/1","id":"00"}`))
	require.ErrorIs(t, err, report.ErrNoProof)
	for _, raw := range []string{"", "# Markdown", `{"proof":{}}`, `{"id":"zz","proof":{"workspace":""}}`,
		`{"id":"00000000000000000000000000000000","proof":{"workspace":"00","events":[{"envelope":"AA=="}]}}`} {
		_, err := report.Check([]byte(raw))
		require.Error(t, err, raw)
	}
}
