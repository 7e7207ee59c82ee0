package pane

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/lang"
)

// room is a room in the middle of an incident, with what drawings need of it.
type room struct {
	*modeltest.Room
	id   model.Scope
	view *model.View
	ov   *model.Overview
}

// look is how a test looks at a room.
type look struct {
	ascii, named, readOnly bool
	clock                  lang.ClockMode
	later                  time.Duration
	mine                   model.Step
}

func (r *room) env(t *testing.T, l look) Env {
	t.Helper()
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	e := Env{ASCII: l.ascii, Me: r.Me(), ReadOnly: l.readOnly, Now: r.Now().Add(l.later).UnixMilli()}
	if l.named {
		e.Styles = theme.NamedStyles()
	}
	ov := r.Overview()
	e.Say = lang.New(lang.Options{
		Language: "en", Zone: time.UTC, ASCII: l.ascii, Clock: l.clock,
		Name: ov.People.Name, Role: ov.People.Roles().Name, Key: func(s model.Scope) string { return ov.Keys[s] },
	})
	t.Cleanup(func() { require.Empty(t, e.Say.Faults(), "every sentence is in the catalogue") })
	return e
}

func choice(q model.Question, c ...string) model.AnswerQuestion {
	card, _ := q.Card()
	return model.AnswerQuestion{Question: q, Answer: model.Answer{Type: card.Type, Choices: c}}
}

// checkout is a room of one founder, Ana, and some incidents; the current one
// has a log with every sort of line.
func checkout(t testing.TB) *room {
	t.Helper()
	r := &room{Room: modeltest.New("Ana", 7)}
	open := func(title string, level model.Level, kind model.IncidentKind) model.Scope {
		return r.Must(model.Scope{}, model.OpenIncident{Title: title, Severity: level, Source: model.ByMonitoring, Kind: kind}).Incident
	}
	dns := open("DNS answers slowly", model.SEV2, model.Outage)
	r.Must(dns, model.SetStatus{Status: model.Resolved})
	wrong := open("Test alert", model.Unset, model.Outage)
	r.Must(wrong, model.SetStatus{Status: model.Cancelled})
	r.Advance(37 * time.Hour)
	open("検索が遅い: search is slow in 東京", model.SEV3, model.Outage)
	r.Advance(3 * time.Hour)
	open("Mail delays 📧 for a fifth of the customers", model.SEV2, model.Outage)
	r.Advance(30 * time.Minute)
	r.id = open("Checkout 5xx in eu-west", model.SEV2, model.Outage)
	bob, cleo := r.As("bob"), r.As("Cléo")
	r.Advance(10 * time.Second)
	r.Must(r.id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(r.id, model.AssignRole{Role: model.TechLead, Person: bob})
	r.Must(r.id, model.AssignRole{Role: model.Expert, Person: cleo})
	r.Must(r.id, model.AssignRole{Role: model.Expert, Person: bob})
	r.Must(r.id, choice(model.AskImpact, model.Internal))
	r.Must(r.id, choice(model.AskImpact, model.External))
	r.Must(r.id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "5xx on pay, « réessayez »"})
	r.Must(r.id, choice(model.AskMany, model.All))
	r.Must(r.id, model.SetStatus{Status: model.Fixing, Reason: "the deploy of 09:50"})
	r.Must(r.id, model.AddLink{URL: "https://grafana.example/d/checkout", Label: "checkout"})
	r.Advance(30 * time.Second)
	first := r.Must(r.id, model.Write{Text: "rolled back api v412 → v411"})
	r.Must(r.id, model.Star{Target: first.Refs[0], On: true})
	r.Must(r.id, model.Write{
		Text: "kubectl rollout undo deploy/api\ndeployment.apps/api rolled back\nwaiting for 3 pods",
		Run:  &model.CommandRun{Exit: 0, Millis: 3200, Lines: 12},
	})
	r.Must(r.id, model.Write{
		Text: "curl -fsS https://pay.example/health\ncurl: (22) 503",
		Run:  &model.CommandRun{Exit: 22, Millis: 480, Lines: 1},
	})
	amended := r.Must(r.id, model.Write{Text: "error rate is 40 %"})
	r.Must(r.id, model.Amend{Target: amended.Refs[0], Text: "error rate is 14 %"})
	struck := r.Must(r.id, model.Write{Text: "it is the CDN"})
	r.Must(r.id, model.Strike{Target: struck.Refs[0], Reason: "wrong window"})
	r.Must(r.id, model.Write{Text: "first failed payment seen", At: model.When{At: r.Now().Add(-25 * time.Minute)}})
	r.Must(r.id, model.SetSeverity{Level: model.SEV1, Reason: "all customers, payments"})
	r.Must(r.id, model.AssignRole{Role: model.Scribe, Person: cleo})
	r.Must(r.id, model.Undo{})
	r.Must(r.id, model.Write{Text: "Café des 💥: 支払い失敗\nsecond line\nthird line\n"})
	r.Must(r.id, model.Write{Text: "pasted \x1b[31mred\x1b[0m \u202egnirts\u202c and a\ttab"})
	r.refresh(t)
	return r
}

func (r *room) refresh(t testing.TB) {
	t.Helper()
	v, err := r.Incident(t.Context(), r.id)
	require.NoError(t, err)
	r.view, r.ov = v, r.Overview()
}

// conflicting is the view with two people's values side by side.
func (r *room) conflicting() *model.View {
	v := *r.view
	v.Severity.Others = []model.Other[model.Level]{{Value: model.SEV3}}
	v.Status.Others = []model.Other[model.Status]{{Value: model.Mitigated}}
	v.Answers = slices.Clone(v.Answers)
	v.Answers[0].Others = v.Answers[0].Earlier
	v.Roles = slices.Clone(v.Roles)
	v.Roles[1].Holders = append(slices.Clone(v.Roles[1].Holders), model.Holder{Person: r.Me()})
	v.Lines = slices.Clone(v.Lines)
	for i, l := range v.Lines {
		if len(l.Amends) > 0 {
			twice := *l
			twice.Others = []*model.Record{l.Rec}
			v.Lines[i] = &twice
		}
	}
	return &v
}

// skewed is the view with a line from a machine whose clock is an hour ahead.
func (r *room) skewed() *model.View {
	v := *r.view
	v.Lines = slices.Clone(v.Lines)
	i := len(v.Lines) - 3
	line, rec := *v.Lines[i], *v.Lines[i].Rec
	rec.Wall += time.Hour.Milliseconds()
	line.Rec, line.At = &rec, rec.Wall
	v.Lines[i] = &line
	return &v
}

// many is an overview of n incidents.
func (r *room) many(n int) *model.Overview {
	ov := *r.ov
	ov.Rows = make([]model.Summary, n)
	ov.Keys = map[model.Scope]string{}
	for i := range ov.Rows {
		s := r.ov.Rows[i%3]
		s.ID = model.Scope{byte(i >> 16), byte(i >> 8), byte(i), 9}
		s.Title = fmt.Sprintf("%s, number %d", s.Title, i)
		ov.Rows[i] = s
		ov.Keys[s.ID] = s.ID.LongKey()
	}
	return &ov
}

// long is the view with n lines.
func (r *room) long(n int) *model.View {
	v := *r.view
	lines := v.Lines
	v.Lines = make([]*model.Line, n)
	for i := range v.Lines {
		line, rec := *lines[i%len(lines)], *lines[i%len(lines)].Rec
		rec.Ref.Seq = uint64(1000 + i)
		if _, ok := rec.Body.(*model.EntryAdd); ok {
			line.Text = fmt.Sprintf("%d %s", i, line.Text)
		}
		line.Rec = &rec
		v.Lines[i] = &line
	}
	return &v
}

var errBroken = errors.New("disk on fire")

// exact demands h rows of w cells, and gives them as one text.
func exact(t *testing.T, rows []string, w, h int) string {
	t.Helper()
	require.Len(t, rows, h)
	for i, r := range rows {
		require.Equal(t, w, clean.Width(r), "row %d: %q", i, r)
		require.NotContains(t, r, "\n")
	}
	return themes.ShowNames(strings.Join(rows, "\n")) + "\n"
}
