package oncall_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/oncall"
)

func TestAPolicyPagesWhoHoldsARoleOfTheTeamsOwn(t *testing.T) {
	t.Parallel()
	r := modeltest.New("Ana", 1)
	bob := r.As("Bob")
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout fails"}).Incident
	r.Must(model.Scope{}, model.AddRole{Name: "Database lead", Duty: "Keeps the data whole.", Words: []string{"dba"}})
	r.Must(id, model.AssignRole{Role: "database-lead", Person: bob})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	w := oncall.World{People: r.Overview().People, View: v, At: r.Now()}
	var none *oncall.Book
	for _, name := range []string{"database-lead", "Database lead", "DBA"} {
		got := none.Resolve([]oncall.Target{{Kind: oncall.ToRole, Name: name}}, w)
		require.Equal(t, []model.PageTarget{{Person: bob, By: "role " + name}}, got)
		cmd, err := none.Ask("role "+name, "", w)
		require.NoError(t, err)
		require.Equal(t, bob, cmd.To[0].Person)
		require.Equal(t, "role database-lead", cmd.To[0].By)
		p := oncall.Policy{Name: "p", Line: 1, Steps: []oncall.Step{{Who: []oncall.Target{{Kind: oncall.ToRole, Name: name}}, Wait: model.DefaultWait, Line: 2}}}
		check := oncall.Checking{At: w.At, Roles: w.People.Roles()}
		require.Empty(t, oncall.Check(oncall.Plan{Policies: []oncall.Policy{p}}, check))
		check.Roles = nil
		require.True(t, oncall.Refused(oncall.Check(oncall.Plan{Policies: []oncall.Policy{p}}, check)))
		require.Equal(t, "Database lead", w.People.Roles().Name(model.ByPhrase("role " + name).Args["Name"].(model.Phrase).Args["Role"].(model.Role)))
	}
}
