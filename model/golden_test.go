package model_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// update writes this package's golden files anew. It is the one such flag here.
var update = flag.Bool("update", false, "write the golden files anew")

// vectors are the bytes of every kind of event. Those of every version decode for ever;
// those of a version that was released are never written anew.
func vectors() map[string]model.Draft {
	id := model.Scope{0xaa, 1}
	person, other := model.PersonID{0xb0}, model.PersonID{0xb1}
	ref := func(n byte) model.Ref {
		return model.Ref{Log: model.LogID{0xc0}, Seq: uint64(n) + 300, Hash: model.ShortHash{0xd0, n}}
	}
	common := model.Common{Actor: person, Via: model.DoorConsole}
	full := model.Common{
		Actor: person, Via: model.DoorShell, Pred: []model.Ref{ref(1), ref(2)}, Obs: []model.Ref{ref(3)},
		Happened: at0 - 60_000, Said: model.Said{Precision: model.ToMinute, Offset: -300, Zone: "EST"},
		Redoes: ref(4),
	}
	undo := common
	undo.Pred, undo.Undoes = []model.Ref{ref(1)}, ref(1)
	at := func(b model.Body, text string) model.Draft {
		return model.Draft{Scope: id, Body: b, Text: text, PrevInScope: ref(9)}
	}
	return map[string]model.Draft{
		"log-open": {Scope: model.Scope{0xee}, Body: &model.LogOpen{
			Device: model.DeviceKey{1}, Workspace: model.WorkspaceID{2}, Log: model.MembershipLog, Nonce: model.Nonce{3},
			Reason: model.ReasonRestored, Continues: []model.Ref{ref(5)},
		}},
		"genesis":             {Scope: model.Scope{0xee}, Body: &model.Genesis{Founder: model.DeviceKey{1}, Nonce: model.Nonce{3}, Person: person}, Text: "Ana"},
		"person-add":          {Scope: model.Scope{0xee}, Body: &model.PersonAdd{Common: common, Person: other, Nonce: model.Nonce{4}}, Text: "Émile"},
		"person-name":         {Scope: model.Scope{0xee}, Body: &model.PersonName{Common: full, Person: other}, Text: "Emil"},
		"member-admit":        {Scope: model.Scope{0xee}, Body: &model.MemberAdmit{Common: full, Person: other, Access: model.Responder}},
		"member-admit-new":    {Scope: model.Scope{0xee}, Body: &model.MemberAdmit{Common: common, Person: other, Access: model.Observer, Nonce: model.Nonce{4}}, Text: "Émile"},
		"member-access":       {Scope: model.Scope{0xee}, Body: &model.MemberAccess{Common: full, Person: other, Access: model.Owner}},
		"member-revoke":       {Scope: model.Scope{0xee}, Body: &model.MemberRevoke{Common: full, Person: other}},
		"member-device":       {Scope: model.Scope{0xee}, Body: &model.MemberDevice{Common: common, Person: other, Device: model.DeviceKey{1, 7}}},
		"member-access-cut":   {Scope: model.Scope{0xee}, Body: &model.MemberAccess{Common: full, Person: other, Access: model.Observer, Cut: []model.Ref{ref(7), ref(8)}}},
		"member-revoke-cut":   {Scope: model.Scope{0xee}, Body: &model.MemberRevoke{Common: full, Person: other, Cut: []model.Ref{ref(7)}}},
		"member-admit-token":  {Scope: model.Scope{0xee}, Body: &model.MemberAdmit{Common: common, Person: other, Access: model.Responder, Nonce: model.Nonce{4}, Token: model.TokenID{9}}, Text: "Émile"},
		"member-device-joins": {Scope: model.Scope{0xee}, Body: &model.MemberDevice{Common: common, Person: other, Device: model.DeviceKey{1, 7}, Token: model.TokenID{9}, Service: true, Consent: bytes.Repeat([]byte{0xc5}, 64)}, Text: "laptop"},
		"member-invite":       {Scope: model.Scope{0xee}, Body: &model.MemberInvite{Common: common, Token: model.TokenID{9}, Access: model.Responder, Expires: at0, Person: other, Service: true}, Text: "for the jump host"},
		"device-revoke":       {Scope: model.Scope{0xee}, Body: &model.DeviceRevoke{Common: common, Device: model.DeviceKey{1, 7}, Cut: []model.Ref{ref(7)}}},
		"device-mute":         {Scope: model.Scope{0xee}, Body: &model.DeviceMute{Common: full, Device: model.DeviceKey{1, 7}, Muted: true}},
		"recovery-key":        {Scope: model.Scope{0xee}, Body: &model.RecoveryKey{Common: full, Device: model.DeviceKey{1, 8}}},
		"member-way-key":      {Scope: model.Scope{0xee}, Body: &model.MemberWay{Common: common, Person: other, Key: sshKey(7)}, Text: "emil@laptop"},
		"member-way-uid":      {Scope: model.Scope{0xee}, Body: &model.MemberWay{Common: common, Person: other, Machine: model.MachineID{0xe0}, UID: 1000}, Text: "emil"},
		"member-way-drop":     {Scope: model.Scope{0xee}, Body: &model.MemberWayDrop{Common: full, Person: other}},
		"incident-restrict":   at(&model.IncidentRestrict{Common: full, On: true, People: []model.PersonID{person, other}}, ""),
		"incident-unrestrict": at(&model.IncidentRestrict{Common: undo}, ""),
		"incident-open":       at(&model.IncidentOpen{Common: common, Nonce: model.Nonce{5}, Type: model.SecurityIncident, Source: model.BySocial}, "結帳失敗"),
		"title-set":           at(&model.TitleSet{Common: full}, "Checkout fails"),
		"severity-set":        at(&model.SeveritySet{Common: common, Level: model.SEV2}, "some are hit"),
		"severity-undone":     at(&model.SeveritySet{Common: undo, Level: model.Unset}, ""),
		"status-set":          at(&model.StatusSet{Common: full, Status: model.Mitigated}, ""),
		"answer-choices":      at(&model.AnswerSet{Common: common, Question: model.AskOther, Answer: model.Answer{Type: model.ChoicesAnswer, Choices: []string{model.CoreHurt, model.Social}}}, ""),
		"answer-count":        at(&model.AnswerSet{Common: common, Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: 1 << 40}}, ""),
		"answer-time":         at(&model.AnswerSet{Common: common, Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: at0}}, ""),
		"answer-text":         at(&model.AnswerSet{Common: common, Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}}, "a blank page"),
		"answer-cleared":      at(&model.AnswerSet{Common: undo, Question: model.AskMany, Answer: model.Answer{Type: model.ChoiceAnswer, Cleared: true}}, ""),
		"role-assign":         at(&model.RoleAssign{Common: full, Role: model.IncidentManager, Person: other}, ""),
		"role-assign-own":     at(&model.RoleAssign{Common: common, Role: "database-lead", Person: other, One: true}, ""),
		"role-set":            {Scope: model.Scope{0xee}, Body: &model.RoleSet{Common: common, Role: "database-lead", Letter: "b"}, Text: "name: Database lead\nduty: Keeps the data whole.\nwords: dba, db"},
		"role-set-retired":    {Scope: model.Scope{0xee}, Body: &model.RoleSet{Common: full, Role: "runner", Many: true, Retired: true}, Text: "name: Läufer\nduty: Trägt Nachrichten."},
		"role-release":        at(&model.RoleRelease{Common: full, Role: model.IncidentManager, Person: other}, ""),
		"entry-add":           at(&model.EntryAdd{Common: full}, "db is slow\nvery"),
		"entry-command":       at(&model.EntryAdd{Common: common, Form: model.CommandOutput, Run: &model.CommandRun{Exit: -1, Millis: 12_345, Lines: 7}}, "kubectl get pods\nno"),
		"entry-amend":         at(&model.EntryAmend{Common: full, Target: ref(6)}, "db is down"),
		"entry-strike":        at(&model.EntryStrike{Common: full, Target: ref(6), Struck: true}, "wrong db"),
		"entry-star":          at(&model.EntryStar{Common: common, Target: ref(6), Star: true}, ""),
		"link-add":            at(&model.LinkAdd{Common: common, Link: model.ChatLink}, "https://chat.example/1\nroom"),
		"link-remove":         at(&model.LinkRemove{Common: full}, ""),
		"topic-pin":           at(&model.TopicPin{Common: common, Pinned: true}, "call in 5"),
		"moment-set":          at(&model.MomentSet{Common: common, Moment: model.Detected, At: at0}, "the ticket says so"),
		"moment-cleared":      at(&model.MomentSet{Common: undo, Moment: model.Detected, Clear: true}, ""),
		"alert-state": at(&model.AlertState{Common: model.Common{Via: model.DoorAlert, Happened: at0}, Group: model.Hash{7}, Fingerprint: "c6e1", State: model.Quiet,
			Starts: at0 * 1_000_000, Ends: at0*1_000_000 + 1, Suggested: model.SEV1}, `{"labels":{"alertname":"Slow"}}`),
		"incident-relate":      at(&model.IncidentRelate{Common: common, Other: model.Scope{0xab}, Relation: model.Follows}, ""),
		"update-post":          at(&model.UpdatePost{Common: common, Audience: model.ToCustomers, State: model.Recovered}, "It works again."),
		"update-post-draft":    at(&model.UpdatePost{Common: full, Audience: model.ToExecutives, State: model.Identified, Draft: ref(7), Corrects: ref(8), How: model.ByCommand}, "We know why."),
		"update-draft":         at(&model.UpdateDraft{Common: full, Audience: model.ToCustomers, State: model.Monitoring, Corrects: ref(8)}, "We watch it."),
		"update-draft-dropped": at(&model.UpdateDraft{Common: undo, Audience: model.ToTeam, State: model.Identified}, ""),
		"update-approve":       at(&model.UpdateApprove{Common: common, Target: ref(7), Audience: model.ToCustomers, Facts: []model.Ref{ref(1), ref(2)}}, ""),
		"update-approve-off":   at(&model.UpdateApprove{Common: undo, Target: ref(7), Audience: model.ToTeam, Off: true}, ""),
		"update-waive":         at(&model.UpdateWaive{Common: common, Audience: model.ToExecutives}, "nobody was told"),
		"update-waive-off":     at(&model.UpdateWaive{Common: undo, Audience: model.ToCustomers, Off: true}, ""),
		"link-template":        {Scope: model.Scope{0xee}, Body: &model.LinkTemplate{Common: common, Link: model.VideoLink}, Text: "https://meet.example/{key}"},
		"link-template-gone":   {Scope: model.Scope{0xee}, Body: &model.LinkTemplate{Common: full, Link: model.ChatLink}},
		"update-template":      {Scope: model.Scope{0xee}, Body: &model.UpdateTemplate{Common: common, Audience: model.ToCustomers, State: model.Recovered}, Text: "{title} works again."},
		"text-remove":          at(&model.TextRemove{Common: common, Target: ref(6)}, "a password"),
		"phase-mark":           at(&model.PhaseMark{Common: common, Phase: model.PhaseEscalate, Done: true}, ""),
		"incident-unrelate":    at(&model.IncidentRelate{Common: undo, Other: model.Scope{0xab}, Relation: model.MergedInto, Off: true}, ""),
		"handover-offer":       at(&model.HandoverOffer{Common: full, Role: model.IncidentManager, To: other}, "SEV1\nnext update 12:04"),
		"handover-answer":      at(&model.HandoverAnswer{Common: full, Offer: ref(6), Accept: true}, ""),
		"handover-withdrawn":   at(&model.HandoverAnswer{Common: undo, Offer: ref(6)}, "not now"),
		"task-add":             at(&model.TaskAdd{Common: common, Owner: other, Minutes: 15}, "read the slow log"),
		"task-state":           at(&model.TaskState{Common: full, Task: ref(6), State: model.TaskDone, Owner: other, Due: at0 + 900_000}, "two locks"),
		"decision-propose":     at(&model.DecisionPropose{Common: common}, "roll back v412"),
		"decision-object":      at(&model.DecisionObject{Common: common, Decision: ref(6)}, "it drops the migration"),
		"decision-object-back": at(&model.DecisionObject{Common: undo, Decision: ref(6), Back: true}, ""),
		"decision-close":       at(&model.DecisionClose{Common: full, Decision: ref(6), Outcome: model.Agreed}, "with a copy first"),
		"hypothesis-add":       at(&model.HypothesisAdd{Common: common}, "the cache is cold"),
		"hypothesis-state":     at(&model.HypothesisState{Common: full, Hypothesis: ref(6), State: model.RuledOut}, "hit rate is 98 %"),
		"followup-add":         at(&model.FollowUpAdd{Common: common, Owner: other, Due: at0 + 86_400_000, Task: ref(6)}, "alert on lock waits"),
		"followup-state":       at(&model.FollowUpState{Common: full, FollowUp: ref(6), State: model.TaskDone, Owner: other}, ""),
		"unknown-999":          at(model.UnknownBody(999), ""),
		"contact-set":          {Scope: model.Scope{0xee}, Body: &model.ContactSet{Common: full, Person: other}, Text: "phone: +49 30 123\nchat: @emil"},
		"rota-set":             {Scope: model.Scope{0xee}, Body: &model.RotaSet{Common: full}, Text: "[policy.web]\n"},
		"page-send": at(&model.PageSend{Common: common, Person: other, Policy: "web", Round: 1, Step: 2, Key: model.Nonce{6}, Chain: model.Nonce{7},
			Wait: 300, By: "rota web", Last: true}, "Checkout fails"),
		"page-nobody": at(&model.PageSend{Common: common, Key: model.Nonce{6}, Chain: model.Nonce{7}, Wait: 300, By: "role tech"}, "Checkout fails"),
		"page-state":  at(&model.PageState{Common: common, Page: ref(6), Result: model.PageFailed}, "exit 1"),
		"page-lease":  at(&model.PageLease{Common: model.Common{Actor: person, Via: model.DoorPager}, Page: ref(6), Until: at0 + 30_000}, ""),
	}
}

// vector is a golden file: an event's parts in hexadecimal.
type vector struct {
	Kind     model.Kind `json:"kind"`
	Envelope string     `json:"envelope"`
	Body     string     `json:"body"`
	Salt     string     `json:"salt,omitempty"`
	Text     string     `json:"text,omitempty"`
}

func vectorPath(version int, name string) string {
	return filepath.Join("testdata", "events", fmt.Sprintf("v%d", version), name+".json")
}

// vectorNames are the vectors that were kept of a version.
func vectorNames(t *testing.T, version int) (names []string) {
	files, err := filepath.Glob(vectorPath(version, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	return names
}

// vectorHead is what every vector attaches to.
func vectorHead(l *log) model.Head {
	return model.Head{Log: l.head.Log, Seq: 41, Hash: model.Hash{0xf0}, Clock: model.ClockAt(at0)}
}

func sealVector(t *testing.T, d model.Draft) *model.Event {
	l := newLog(9)
	e, _, err := model.Seal(l.signer, vectorHead(l), d, at0, model.Salt{0x5a, 1})
	require.NoError(t, err)
	return e
}

func TestGoldenVectors(t *testing.T) {
	t.Parallel()
	for name, d := range vectors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := sealVector(t, d)
			want := vector{Kind: e.Kind, Envelope: hex.EncodeToString(e.Raw[:]), Body: hex.EncodeToString(e.Body), Text: string(e.Text)}
			if e.Text != nil {
				want.Salt = hex.EncodeToString(e.Salt[:])
			}
			if *update {
				raw, err := json.MarshalIndent(want, "", "  ")
				require.NoError(t, err)
				path := vectorPath(model.FormatVersion, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, append(raw, '\n'), 0o644))
			}
			got := readVector(t, model.FormatVersion, name)
			require.Equal(t, got, want, "the bytes of this kind changed")
		})
	}
}

func readVector(t *testing.T, version int, name string) (v vector) {
	raw, err := os.ReadFile(vectorPath(version, name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

// The files alone must give the event: no code of today is asked to encode.
func TestGoldenVectorsDecode(t *testing.T) {
	t.Parallel()
	if *update {
		t.Skip("the files are being written by the test beside this one")
	}
	for version := range model.FormatVersion + 1 {
		for _, name := range vectorNames(t, version) {
			t.Run(fmt.Sprintf("v%d/%s", version, name), func(t *testing.T) {
				t.Parallel()
				known := vectors() // sealing one writes in it
				require.Contains(t, known, name)
				requireDecodes(t, version, name, known[name])
			})
		}
	}
}

func requireDecodes(t *testing.T, version int, name string, d model.Draft) {
	t.Helper()
	v := readVector(t, version, name)
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		require.NoError(t, err)
		return b
	}
	e, err := model.ParseEvent(unhex(v.Envelope), unhex(v.Body))
	require.NoError(t, err)
	require.Equal(t, version, int(e.Version))
	if v.Salt != "" {
		e.SetText(model.Salt(unhex(v.Salt)), []byte(v.Text))
	}
	l := newLog(9)
	_, err = l.check(vectorHead(l), []*model.Event{e})
	require.NoError(t, err)
	r := decode(t, e)
	require.NoError(t, e.CheckText(r.Common()))
	require.Equal(t, name == "unknown-999", r.Newer)
	sealVector(t, d) // gives the draft's body its text's hash
	require.Equal(t, d.Body, r.Body)
	require.Equal(t, v.Kind, r.Body.Kind())
}

func TestEveryKindHasAVector(t *testing.T) {
	t.Parallel()
	var have []model.Kind
	for _, d := range vectors() {
		have = append(have, d.Body.Kind())
	}
	kinds := declaredKinds(t)
	require.Greater(t, len(kinds), 20)
	for name, k := range kinds {
		if _, reserved := model.NewBody(k).(*model.Unknown); !reserved {
			require.Contains(t, have, k, name)
		}
	}
	var numbers []model.Kind
	for _, k := range kinds {
		require.NotContains(t, numbers, k, "two kinds have one number")
		numbers = append(numbers, k)
	}
	for _, k := range have {
		require.True(t, k == 999 || slices.Contains(numbers, k))
	}
}

// declaredKinds reads the constants of type Kind out of the source.
func declaredKinds(t *testing.T) map[string]model.Kind {
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	kinds := map[string]model.Kind{}
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, s := range gen.Specs {
			spec := s.(*ast.ValueSpec)
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
				var n model.Kind
				_, err := fmt.Sscan(spec.Values[0].(*ast.BasicLit).Value, &n)
				require.NoError(t, err)
				kinds[spec.Names[0].Name] = n
			}
		}
	}
	return kinds
}

// What is not said takes no room.
func TestASmallActIsSmall(t *testing.T) {
	t.Parallel()
	raw, err := model.EncodeBody(&model.EntryAdd{})
	require.NoError(t, err)
	require.Equal(t, []byte{0xa0}, raw)
	raw, err = model.EncodeBody(&model.SeveritySet{Level: 1})
	require.NoError(t, err)
	require.Equal(t, []byte{0xa1, 0x10, 0x01}, raw)
}

func TestAKnownKindWithANewFieldIsKeptAndMarked(t *testing.T) {
	t.Parallel()
	body, newer, err := model.DecodeBody(model.KindSeveritySet, newerField)
	require.NoError(t, err)
	require.True(t, newer)
	require.Equal(t, &model.SeveritySet{Level: model.SEV1}, body)
	body, newer, err = model.DecodeBody(model.KindSeveritySet, newerField[:0:0])
	require.Equal(t, model.CodeEventMalformed, model.CodeOf(err))
	require.Nil(t, body)
	require.False(t, newer)
}
