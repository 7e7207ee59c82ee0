package report_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
)

func TestTheReportTellsHowAnUpdateCameToBe(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 7)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Mail is late"}).Incident
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	save := model.SaveDraft{Audience: model.ToCustomers, State: model.Investigating, Text: "It is down."}
	save.Seen = r.Must(id, save).Refs
	save.Text = "It is *slow*."
	draft := r.Must(id, save).Refs[0]
	r.Must(id, model.ApproveDraft{Draft: draft})
	post := r.Must(id, model.PostUpdate{Draft: draft, How: model.ByCommand}).Refs[0]
	again := r.Must(id, model.SaveDraft{Audience: model.ToCustomers, State: model.Investigating, Text: "It was slow.", Corrects: post}).Refs[0]
	r.Must(id, model.PostUpdate{Draft: again, Force: true})
	r.Must(id, model.SaveDraft{Audience: model.ToTeam, State: model.Identified, Text: "not out yet"})

	md := string(markdownOf(t, r, id))
	updates := section([]byte(md), "Updates")
	inOrder(t, updates, `> It is \*slow\*.`, "(drafted by ana; approved by ana", "published by a command", "corrected by the update of",
		"> It was slow.", "published without an approval", "corrects the update of")
	require.NotContains(t, updates, "not out yet")

	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	raw, err := report.JSON(v, english(t, r))
	require.NoError(t, err)
	var out struct {
		Incident struct {
			Updates []report.Update
			Drafts  []report.Drafted
		}
		Updates []report.Update
		Drafts  []report.Drafted
	}
	require.NoError(t, json.Unmarshal(raw, &out))
	us, ds := append(out.Updates, out.Incident.Updates...), append(out.Drafts, out.Incident.Drafts...)
	require.Len(t, us, 2)
	require.Len(t, us[0].Drafts, 2)
	require.Equal(t, "It is down.", us[0].Drafts[0].Text, "the earlier draft is kept")
	require.NotNil(t, us[0].Approved)
	require.Nil(t, us[1].Approved)
	require.Equal(t, us[1].Event.Ref, us[0].Corrected)
	require.Equal(t, us[0].Event.Ref, us[1].Corrects)
	require.Len(t, ds, 1)
	require.Equal(t, "not out yet", ds[0].Text)
}
