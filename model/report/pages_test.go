package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
)

func TestGoldenPagesSayWhomAndWhatBecameOfThem(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	require.NotContains(t, string(markdownOf(t, r, id)), "Pages")
	page := func(to model.PageTarget) model.Ref {
		r.Advance(time.Minute)
		return r.Must(id, model.SendPage{To: []model.PageTarget{to}, Text: "Checkout"}).Refs[0]
	}
	became := func(page model.Ref, result model.PageResult, text string) {
		r.Advance(time.Minute)
		_, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorPager}, id, model.RecordPage{Page: page, Result: result, Text: text})
		require.NoError(t, err)
	}
	bob, cleo := r.As("bob"), r.As("cleo")
	late := page(model.PageTarget{Person: bob, By: "rota web|eu"})
	became(late, model.PageSent, "queued")
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	r.Must(id, model.NextPage{Chain: v.Pages[0].Chain, After: late})
	came := page(model.PageTarget{Person: cleo, By: "role " + string(model.TechLead)})
	became(came, model.PageSent, "")
	became(came, model.PageReached, "is in the *car*")
	page(model.PageTarget{Person: r.Me(), By: "person ana"})
	page(model.PageTarget{By: "rota night"})
	golden(t, "pages.md", []byte(section(markdownOf(t, r, id), "Pages")))
}

func TestEveryActInTheJSONHasAName(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout", Severity: model.SEV3}).Incident
	bob := r.As("bob")
	r.Must(id, model.SendPage{To: []model.PageTarget{{Person: bob, By: "rota web"}}, Text: "Checkout"})
	_, err := r.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorConsole}, id, model.AcknowledgePage{})
	require.NoError(t, err)
	r.Must(id, model.Restrict{People: []model.PersonID{bob}})
	entry := r.Must(id, model.Write{Text: "hunter2"}).Refs[0]
	r.Must(id, model.RemoveText{Target: entry, Reason: "a password"})
	r.Must(id, model.SetStatus{Status: model.Resolved})
	r.Must(id, model.WaiveUpdate{Audience: model.ToTeam})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	var kinds []string
	for _, e := range report.Log(v, english(t, r)) {
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []string{
		"incident.open", "severity.set", "page.send", "page.state", "incident.restrict", "entry.add", "text.remove", "status.set", "update.waive",
	}, kinds)
}
