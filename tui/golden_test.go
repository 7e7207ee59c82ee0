package tui_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui/clean"
	"warroom/tui/internal/golden"
)

// crowded is a room as it is an hour into an outage, with names and texts in
// the scripts that break screens.
func crowded(t testing.TB) *modeltest.Room {
	t.Helper()
	room := modeltest.New("ana", 7)
	room.Must(model.Scope{}, model.OpenIncident{Title: "Slow search in the back office", Severity: model.SEV3})
	old := room.Must(model.Scope{}, model.OpenIncident{Title: "DNS"}).Incident
	room.Must(old, model.SetStatus{Status: model.Fixing})
	room.Must(old, model.SetStatus{Status: model.Resolved})
	room.Advance(3 * time.Hour)
	room.Must(model.Scope{}, model.OpenIncident{Title: "メール配送の遅延 (mail delays)", Severity: model.SEV2, Source: model.ByMonitoring})
	id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx in eu-west – réseau à l’arrêt", Source: model.ByTicket}).Incident
	bob := room.As("bob")
	zoe := room.As("Zoë Ångström")
	room.Must(id, model.SetSeverity{Level: model.SEV1, Reason: "all customers, payments"})
	room.Must(id, model.AssignRole{Role: model.IncidentManager, Person: room.Me()})
	room.Must(id, model.AssignRole{Role: model.TechLead, Person: bob})
	room.Must(id, model.AssignRole{Role: model.Expert, Person: zoe})
	room.Must(id, model.AssignRole{Role: model.Expert, Name: "山田太郎"})
	room.Must(id, model.AnswerQuestion{Question: model.AskImpact, Answer: model.Answer{Type: model.ChoiceAnswer, Choices: []string{model.External}}})
	room.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "5xx on /pay, panier vidé 🛒"})
	room.Must(id, model.AddLink{URL: "https://meet.example/checkout", Label: "War room"})
	room.Must(id, model.SetStatus{Status: model.Fixing})
	write := func(who model.PersonID, text string) {
		_, err := room.Do(context.Background(), model.Actor{Person: who, Via: model.DoorConsole}, id, model.Write{Text: text})
		require.NoError(t, err)
	}
	write(bob, "rolled back api v412 → v411")
	write(zoe, "файлы журнала: дефект в пуле соединений")
	write(bob, "データベースの接続プールが枯渇しました。再起動します")
	write(bob, "family emoji 👨‍👩‍👧‍👦, flag 🇧🇪, heart ❤️, combining e\u0301, wide ｆｕｌｌ")
	write(bob, "a title that tries to escape \x1b]0;owned\x07 and \x1b[2J clear \u202egnp.exe")
	write(zoe, "first line\nsecond line\nthird line")
	room.Must(id, model.Write{Text: "kubectl rollout undo deploy/api\ndeployment.apps/api rolled back\n", Run: &model.CommandRun{Exit: 0, Millis: 3200, Lines: 12}})
	v, err := room.Incident(context.Background(), id)
	require.NoError(t, err)
	for _, l := range v.Lines {
		if strings.Contains(l.Text, "v412") {
			room.Must(id, model.Star{Target: l.Ref(), On: true})
		}
	}
	room.Advance(12 * time.Minute)
	return room
}

// showing is the state of a console that has the crowded incident open.
func (s *stage) showing() *stage {
	s.t.Helper()
	return s.Press(":").Type("checkout").Press("enter")
}

var sizes = [][2]int{{200, 60}, {120, 40}, {80, 24}, {60, 20}, {40, 12}, {39, 9}, {20, 1}}

func TestGoldenConsoleAtEverySize(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			s := open(t, setting{width: 120, height: 40, room: crowded(t)}).showing()
			s.Resize(size[0], size[1])
			s.same(t, fmt.Sprintf("console-%dx%d", size[0], size[1]))
		})
	}
}

// same compares the screen with its golden file, and checks what no golden file
// should have to be read for: the rows are whole.
func (s *stage) same(t *testing.T, name string) {
	t.Helper()
	var rows []string
	for y := range strings.Count(s.Text(), "\n") + 1 {
		rows = append(rows, s.Row(y))
	}
	for y, r := range rows {
		require.Equal(t, clean.Width(rows[0]), clean.Width(r), "row %d: %q", y, r)
	}
	golden.Equal(t, name, strings.Join(rows, "\n")+"\n")
}

func TestGoldenLayersAndStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with setting
		do   func(*stage)
	}{
		"menu-severity": {do: func(s *stage) { s.Press("s") }},
		"menu-status":   {do: func(s *stage) { s.Press("t") }},
		"menu-roles":    {do: func(s *stage) { s.Press("r") }},
		"pick-holder":   {do: func(s *stage) { s.Press("r", "t").Type("zo") }},
		"confirm":       {do: func(s *stage) { s.Press("t", "r") }},
		"new":           {do: func(s *stage) { s.Press("n").Type("Mail") }},
		"question":      {do: func(s *stage) { s.Press("a") }},
		"links":         {do: func(s *stage) { s.Press("L") }},
		"moments":       {do: func(s *stage) { s.Press("m") }},
		"palette":       {do: func(s *stage) { s.Press(":").Type("se") }},
		"help":          {do: func(s *stage) { s.Press("?") }},
		"entry":         {do: func(s *stage) { s.Press("4", "G", "enter") }},
		"filter":        {do: func(s *stage) { s.Press("4", "/").Type("bob") }},
		"draft":         {do: func(s *stage) { s.Press("i").Paste("first line\nsecond line\nthird line") }},
		"refusal":       {do: func(s *stage) { s.Press("i").Type("/sve 1").Press("enter") }},
		"read-only":     {with: setting{readOnly: true}, do: func(s *stage) { s.Press("s") }},
		"ascii":         {with: setting{ascii: true}, do: func(*stage) {}},
		"ascii-menu":    {with: setting{ascii: true}, do: func(s *stage) { s.Press("s") }},
		"narrow-menu":   {with: setting{width: 40, height: 12}, do: func(s *stage) { s.Press("r") }},
		"tiny-menu":     {with: setting{width: 11, height: 4}, do: func(s *stage) { s.Press("s") }},
		"update":        {do: func(s *stage) { s.Press("p", "i", "d").Type("we know") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.with.room = crowded(t)
			s := open(t, c.with).showing()
			c.do(s)
			s.same(t, "state-"+name)
		})
	}
}

func TestGoldenWarning(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	room.Warnings = []model.Phrase{model.Say("warning.behind")}
	s := open(t, setting{room: room}).showing()
	s.same(t, "state-warning")
	s.Press("?") // the keys are still to be had
	require.Contains(t, s.Text(), "Keys and commands")
}

func TestGoldenEmptyConsole(t *testing.T) {
	t.Parallel()
	open(t, setting{}).same(t, "empty-80x24")
}

// conflict has bob set SEV2 on a machine that had not heard of ana's SEV1.
func conflict(t testing.TB, room *modeltest.Room, id model.Scope) {
	t.Helper()
	elsewhere(t, room)(id, &model.SeveritySet{Level: model.SEV2}, "only eu-west")
}

// elsewhere writes as bob on a machine that has heard of nothing.
func elsewhere(t testing.TB, room *modeltest.Room) func(id model.Scope, b model.Body, text string) {
	t.Helper()
	bob, err := room.Overview().People.Find("bob")
	require.NoError(t, err)
	signer := model.Signer{Key: ed25519.NewKeyFromSeed(slices.Repeat([]byte{99}, ed25519.SeedSize)), Workspace: room.Workspace()}
	nonce := model.Nonce{9}
	head := model.Head{Log: model.NewLogID(signer.Device(), nonce)}
	seal := func(d model.Draft) {
		e, next, err := model.Seal(signer, head, d, room.Now().UnixMilli(), model.Salt{1})
		require.NoError(t, err)
		head = next
		rec, err := model.Decode(e)
		require.NoError(t, err)
		room.Inject(rec)
	}
	seal(model.Draft{Scope: room.Workspace().Scope(), Body: &model.LogOpen{
		Device: signer.Device(), Workspace: room.Workspace(), Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew,
	}})
	return func(id model.Scope, b model.Body, text string) {
		t.Helper()
		common := (&model.Record{Body: b}).Common()
		common.Actor, common.Via = bob, model.DoorConsole
		seal(model.Draft{Scope: id, Body: b, Text: text})
	}
}

func TestGoldenConflict(t *testing.T) {
	t.Parallel()
	room := crowded(t)
	rows := room.Overview().Rows
	var id model.Scope
	for _, r := range rows {
		if strings.HasPrefix(r.Title, "Checkout") {
			id = r.ID
		}
	}
	conflict(t, room, id)
	s := open(t, setting{room: room}).showing().Press("x")
	s.same(t, "state-conflict")
	s.Press("enter")
	v, err := room.Incident(t.Context(), id)
	require.NoError(t, err)
	require.False(t, v.Severity.Conflict())
}
