package tui_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// staffed is the crowded room with as many roles of its own as a team may have, some of
// which are held, and one that was retired.
func staffed(t testing.TB) *modeltest.Room {
	room := crowded(t)
	id := room.Overview().Rows[0].ID
	add := func(c model.AddRole) { room.Must(model.Scope{}, c) }
	add(model.AddRole{Name: "Database lead", Letter: "b", Duty: "Keeps the data whole, and decides on restores.", Words: []string{"dba"}})
	add(model.AddRole{Name: "Ansprechpartner für Großkunden", Role: "key-accounts", Duty: "Ruft die größten Kunden an.", Many: true})
	add(model.AddRole{Name: "当直 \x1b[31mエンジニア\u202e", Role: "toban", Duty: "夜間の障害に対応します。"})
	add(model.AddRole{Name: "Runner", Duty: "Carries messages."})
	for i := len(room.Overview().People.Roles().Own()); i <= model.MaxOwnRoles; i++ {
		add(model.AddRole{Name: fmt.Sprintf("Site lead %d", i), Duty: "Looks after a site."})
		if i == 4 {
			room.Must(id, model.AssignRole{Role: "runner", Name: "bob"})
			room.Must(model.Scope{}, model.RetireRole{Role: "runner"})
		}
	}
	room.Must(id, model.AssignRole{Role: "database-lead", Name: "Zoë Ångström"})
	room.Must(id, model.AssignRole{Role: "key-accounts", Person: room.Me()})
	room.Must(id, model.AssignRole{Role: "key-accounts", Name: "bob"})
	return room
}

func TestGoldenRolesOfATeamsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  []string
		sizes [][2]int
	}{
		"menu":     {[]string{"r"}, [][2]int{{120, 40}, {80, 24}, {60, 20}}},
		"menu-end": {[]string{"r", "G"}, [][2]int{{80, 24}, {60, 20}}},
		"pane":     {[]string{"3", "G", "k", "k"}, [][2]int{{200, 60}, {80, 24}, {60, 20}}},
		"retired":  {[]string{"r", "G", "enter"}, [][2]int{{80, 24}}},
		"handover": {[]string{"o"}, [][2]int{{80, 24}}},
		"log":      {[]string{"4", "G"}, [][2]int{{80, 24}}},
	} {
		for _, size := range c.sizes {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				s := open(t, setting{width: 120, height: 40, room: staffed(t)}).showing()
				s.Resize(size[0], size[1])
				s.Press(c.keys...)
				s.same(t, fmt.Sprintf("roles-%s-%dx%d", name, size[0], size[1]))
			})
		}
	}
}

func TestAnOwnRoleIsGivenByItsLetterAndTakenWhenItIsRetired(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout fails"}).Incident
	s := open(t, setting{width: 120, height: 40, room: room}).showing()
	room.Must(model.Scope{}, model.AddRole{Name: "Database lead", Letter: "b", Duty: "Keeps the data whole."})
	s.seen()
	s.Press("r").has("b  Database lead").Press("b").has("Database lead: who?").Press("enter")
	s.has("is Database lead")
	require.Equal(t, []model.Role{"database-lead"}, s.view().RolesOf(room.Me()))
	name := "Data keeper"
	room.Must(model.Scope{}, model.ChangeRole{Role: "database-lead", Name: &name})
	s.seen()
	s.has("is Data keeper")
	require.NotContains(t, s.Text(), "Database lead", "the log tells it by the name that it has now")
	name = "Database lead"
	room.Must(model.Scope{}, model.ChangeRole{Role: "database-lead", Name: &name})
	room.Must(model.Scope{}, model.RetireRole{Role: "database-lead"})
	s.seen()
	s.Press("r").has("Database lead", "retired").Press("b")
	s.has("Roles of").Press("G", "enter").has("retired: enter takes it from who holds it").Press("enter")
	require.Empty(t, s.view().RolesOf(room.Me()))
	s.Press("r")
	v, err := room.Incident(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, v.Roles, len(model.RoleCards()))
	require.NotContains(t, s.Text(), "b  Database lead")
	s.Press("q").Type("i/role database-lead me").Press("enter").has("The role Database lead was retired")
	s.Press("esc", "esc", ":").Type("@ana").Press("enter").has("Which role for ana?")
	require.NotContains(t, s.Text(), "b  Database lead")
}
