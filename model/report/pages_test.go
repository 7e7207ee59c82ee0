package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
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
