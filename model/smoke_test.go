package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func TestAnIncidentIsOpenedAndUndone(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	r.Must(id, model.SetSeverity{Level: model.SEV1})
	r.Must(id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.SEV1, v.Severity.Value)
	require.Len(t, v.Holders(model.TechLead), 1)
	r.Must(id, model.Undo{})
	r.Must(id, model.Undo{})
	v, _ = r.Incident(t.Context(), id)
	require.Equal(t, model.Unset, v.Severity.Value)
	r.Must(id, model.Redo{})
	v, _ = r.Incident(t.Context(), id)
	require.Equal(t, model.SEV1, v.Severity.Value)
}
