package draft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/draft"
	"warroom/model/modeltest"
)

func say(p model.Phrase) string { return p.Key }

func TestValuesComeFromTheState(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout {key} fails", Severity: model.SEV1}).Incident
	values := func() map[string]string {
		v, err := r.Incident(t.Context(), id)
		require.NoError(t, err)
		about := draft.Of(v, model.ToCustomers, model.Investigating, r.Now().UTC())
		return draft.Values(v, about, "7F3A", func(model.PersonID) string { return "ana" }, say)
	}
	empty := values()
	require.Equal(t, "[ask.see.name]", empty["see"], "what nobody answered is left to fill in")
	require.Equal(t, "[role.manager]", empty["manager"])
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "5xx\nat {next}"})
	r.Must(id, model.AnswerQuestion{Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: r.Now().Add(-12 * time.Minute).UnixMilli()}})
	full := values()
	require.Equal(t, "ana", full["manager"])
	require.Equal(t, "5xx at {next}", full["see"])
	require.Equal(t, r.Now().Add(20*time.Minute).UTC().Format("15:04 MST"), full["next"], "what an update of now has to promise")
	require.Len(t, full, len(model.UpdateFields()))
	require.Equal(t, "[draft.gap.ended]", full["ended"])
	mitigated := r.Now()
	r.Must(id, model.SetStatus{Status: model.Mitigated, At: model.When{At: mitigated}})
	r.Advance(40 * time.Minute)
	r.Must(id, model.SetStatus{Status: model.Resolved})
	require.Equal(t, mitigated.UTC().Format("15:04 MST"), values()["ended"], "for whom it hurt, it was over with the repair")
	text, err := model.FillTemplate("{title}: {see}", full)
	require.NoError(t, err)
	require.Equal(t, "Checkout {key} fails: 5xx at {next}", text, "what is in a value is no field")
}

// The time of the next update is written in the zone as it will be then.
func TestTheNextUpdateOverAClockChangeAndAYearsEnd(t *testing.T) {
	t.Parallel()
	brussels := zone(t, "Europe/Brussels")
	for name, c := range map[string]struct {
		now  time.Time
		want string
	}{
		"spring":   {time.Date(2026, 3, 29, 0, 50, 0, 0, time.UTC), "03:10 CEST"},
		"autumn":   {time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC), "02:10 CET"},
		"year end": {time.Date(2026, 12, 31, 22, 50, 0, 0, time.UTC), "2027-01-01 00:10 CET"},
		"leap day": {time.Date(2028, 2, 29, 22, 50, 0, 0, time.UTC), "2028-03-01 00:10 CET"},
	} {
		require.Equal(t, c.want, draft.Clock(c.now.Add(20*time.Minute), c.now.In(brussels)), name)
	}
}

func TestTheWorkspacesTemplateCountsBeforeTheBuiltInOne(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 1)
	template := func() string {
		return draft.Template(r.Overview().People, model.ToTeam, model.Identified, say)
	}
	require.Equal(t, "template.internal.identified", template())
	r.Must(model.Scope{}, model.SetUpdateTemplate{Audience: model.ToTeam, State: model.Identified, Text: "{title}"})
	require.Equal(t, "{title}", template())
	r.Must(model.Scope{}, model.SetUpdateTemplate{Audience: model.ToTeam, State: model.Identified})
	require.Equal(t, "template.internal.identified", template())
}
