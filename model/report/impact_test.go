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

// hurt is an incident whose answers were revised while it lasted and at its end.
func hurt(t *testing.T) (*modeltest.Room, model.Scope) {
	t.Helper()
	r := modeltest.New("ana", 11)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout", Severity: model.SEV1}).Incident
	answer := func(q model.Question, typed string) {
		a, text, err := model.ParseAnswer(q, typed, r.Now())
		require.NoError(t, err)
		r.Must(id, model.AnswerQuestion{Question: q, Answer: a, Text: text})
	}
	answer(model.AskImpact, "external")
	answer(model.AskSee, "a balnk page")
	answer(model.AskSee, "a blank page")
	answer(model.AskMany, "some")
	answer(model.AskCases, "4")
	answer(model.AskStarted, "09:50 UTC")
	r.Advance(10 * time.Minute)
	answer(model.AskSee, "\"payment failed\" | on the last page.")
	answer(model.AskMany, "all")
	answer(model.AskCases, "17")
	answer(model.AskStarted, "09:48 UTC")
	answer(model.AskOther, "data,social")
	answer(model.AskSee, "a slip")
	r.Must(id, model.Undo{})
	r.Advance(20 * time.Minute)
	answer(model.AskMany, "some")
	r.Must(id, model.SetStatus{Status: model.Mitigated})
	r.Advance(10 * time.Minute)
	answer(model.AskSee, "nothing any more")
	answer(model.AskCases, "23")
	answer(model.AskOther, "none")
	r.Must(id, model.SetStatus{Status: model.Resolved})
	return r, id
}

// Who must tell a customer what happened wants what they saw, not that they see nothing now.
func TestGoldenTheImpactIsWhatItWasDuringTheOutageAndAtTheEnd(t *testing.T) {
	t.Parallel()
	r, id := hurt(t)
	md := markdownOf(t, r, id)
	golden(t, "impact.md", []byte(section(md, "Impact")))
	first, _, _ := strings.Cut(string(md), "\n## ")
	require.Contains(t, first, `Customers saw: "payment failed" | on the last page.`, "for the longest time")
	require.NotContains(t, first, "..")
}

func TestWhileItLastsTheReportSaysWhatCustomersSeeNow(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 11)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	see := func(text string) {
		r.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: text})
		r.Advance(time.Minute)
	}
	see("5xx")
	r.Advance(time.Hour)
	see("slow pages")
	first, _, _ := strings.Cut(string(markdownOf(t, r, id)), "\n## ")
	require.Contains(t, first, "Customers see: slow pages.")
}

func TestTheJSONSaysHowLongAnAnswerStood(t *testing.T) {
	t.Parallel()
	r, id := hurt(t)
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	raw, err := report.JSON(v, english(t, r))
	require.NoError(t, err)
	var out report.Incident
	require.NoError(t, json.Unmarshal(raw, &out))
	for _, a := range out.Impact {
		if a.Question != string(model.AskSee) {
			continue
		}
		until := map[string]bool{}
		for _, e := range a.Earlier {
			until[e.Text] = until[e.Text] || e.Until != 0
		}
		require.True(t, until[`"payment failed" | on the last page.`])
		require.False(t, until["a slip"], "it was undone")
		require.Zero(t, a.Until)
	}
}
