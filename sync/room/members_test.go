package room_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

func TestMembersAndRestrictionsAreThereAfterReopening(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	do(t, r, model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Responder})
	bob, err := r.Overview().People.Find("bob")
	require.NoError(t, err)
	do(t, r, model.Scope{}, model.AddWay{Person: bob, Machine: model.MachineID{1}, UID: 1000, Login: "bob"})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "A leak"}).Incident
	open1 := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout fails"}).Incident
	do(t, r, id, model.Restrict{})
	require.NoError(t, r.Close())

	r = open(t, room.Options{Store: store, Dir: dir})
	o := r.Overview()
	row, ok := o.Row(id)
	require.True(t, ok)
	require.True(t, row.Restricted)
	require.Equal(t, []model.PersonID{r.Me()}, row.Named)
	require.Equal(t, model.Responder, o.People.Access(bob))
	who, ok := o.People.ByUID(model.MachineID{1}, 1000)
	require.True(t, ok)
	require.Equal(t, bob, who)

	as := model.Actor{Person: bob, Via: model.DoorSSH}
	require.Len(t, o.For(as).Rows, 1)
	_, err = r.Do(t.Context(), as, id, model.Write{Text: "x"})
	require.Equal(t, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key()), err)
	_, err = r.Do(t.Context(), as, open1, model.Write{Text: "x"})
	require.NoError(t, err)
}

func TestAlertsOfWhoDoesNotSeeAnIncidentOpenAnother(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory()})
	do(t, r, model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Responder})
	bob, err := r.Overview().People.Find("bob")
	require.NoError(t, err)
	alert := model.ReceiveAlerts{Group: model.Hash{1}, Title: "Slow", Signals: []model.AlertSignal{{Fingerprint: "a", Firing: true, Starts: 1}}}
	id := do(t, r, model.Scope{}, alert).Incident
	do(t, r, id, model.Restrict{})
	got, err := r.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorAlert}, model.Scope{}, alert)
	require.NoError(t, err)
	require.True(t, got.Opened)
	require.NotEqual(t, id, got.Incident)
	require.True(t, do(t, r, model.Scope{}, alert).Nothing(), "who sees it adds to it")
}

func TestAnIncidentThatIsLookedAtHasTheRolesThatAreAddedMeanwhile(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout fails"}).Incident
	before := len(view(t, r, id).Roles)
	do(t, r, model.Scope{}, model.AddRole{Name: "Database lead", Duty: "Keeps the data whole."})
	roles := view(t, r, id).Roles
	require.Len(t, roles, before+1)
	require.Equal(t, "Database lead", roles[before].Card.Name)
	do(t, r, id, model.AssignRole{Role: "database-lead", Person: r.Me()})
	do(t, r, model.Scope{}, model.RetireRole{Role: "database-lead"})
	require.NoError(t, r.Close())
	r = open(t, room.Options{Store: store, Dir: dir})
	roles = view(t, r, id).Roles
	require.True(t, roles[before].Card.Retired)
	require.Len(t, roles[before].Holders, 1)
	do(t, r, id, model.ReleaseRole{Role: "database-lead"})
	require.Len(t, view(t, r, id).Roles, before)
}
