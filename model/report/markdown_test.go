package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
	"warroom/tui/clean"
	"warroom/tui/lang"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, got, 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s is not as it was; -update writes it anew", file)
}

// english are the options of a reader of English in Brussels.
func english(t *testing.T, r *modeltest.Room) report.Options {
	t.Helper()
	brussels := time.FixedZone("CET", 3600)
	o := r.Overview()
	p := lang.New(lang.Options{Language: "en", Zone: brussels, Name: o.People.Name})
	t.Cleanup(func() { require.Empty(t, p.Faults()) })
	return report.Options{
		Say: p.Say, Name: o.People.Name, Key: model.Scope.Key, Took: p.Duration, Lines: clean.Block, Zone: brussels, Now: r.Now(),
	}
}

// eventful is an incident with one of everything.
func eventful(t *testing.T) (*model.View, report.Options) {
	t.Helper()
	r := modeltest.New("ana", 1)
	ago := func(d time.Duration) model.When {
		return model.When{At: r.Now().Add(-d), Said: model.Said{Precision: model.ToMinute, Zone: "CET", Offset: 60}}
	}
	bob, cleo := r.As("bob"), r.As("cleo")
	alert := model.ReceiveAlerts{Group: model.Hash{7}, Title: "Checkout answers 5xx in eu-west", Signals: []model.AlertSignal{
		{Fingerprint: "f1", Firing: true, Starts: modeltest.Start.Add(-time.Minute).UnixNano(), Suggested: model.SEV1,
			Text: `{"labels":{"alertname":"CheckoutErrors"},"annotations":{"summary":"12% of checkouts fail | eu"}}`},
		{Fingerprint: "f2", Firing: true, Starts: modeltest.Start.UnixNano(), Text: `{}`},
	}, Truncated: 1, Note: "Alertmanager left 1 more alert of this group out."}
	got, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorAlert}, model.Scope{}, alert)
	require.NoError(t, err)
	id := got.Incident
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(id, model.AssignRole{Role: model.TechLead, Person: bob})
	r.Must(id, model.AssignRole{Role: model.Expert, Person: bob})
	r.Must(id, model.AssignRole{Role: model.Expert, Person: cleo})
	r.Must(id, model.SetSeverity{Level: model.SEV2})
	r.Must(id, model.AddLink{URL: "https://meet.example.org/checkout", Label: "video call"})
	r.Must(id, model.AddLink{URL: "https://grafana.example.org/d/checkout?x=1|2"})
	r.Advance(3 * time.Minute)
	answer := func(q model.Question, typed string) {
		a, text, err := model.ParseAnswer(q, typed, r.Now())
		require.NoError(t, err)
		r.Must(id, model.AnswerQuestion{Question: q, Answer: a, Text: text})
	}
	answer(model.AskImpact, "external")
	answer(model.AskMany, "some")
	answer(model.AskMany, "all")
	answer(model.AskSee, "\"payment failed\" on the last page")
	answer(model.AskStarted, "09:55 UTC")
	answer(model.AskCases, "17")
	r.Must(id, model.SetSeverity{Level: model.SEV1, Reason: "all customers, payments"})
	r.Must(id, model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "Payments fail for some of you.\n\nNext update at 11:25."})
	r.Must(id, model.SetStatus{Status: model.Fixing})
	r.Advance(4 * time.Minute)
	cause := r.Must(id, model.Write{Text: "began with api v412\nnothing else changed"}).Refs[0]
	r.Must(id, model.Star{Target: cause, On: true})
	wrong := r.Must(id, model.Write{Text: "it is the database"}).Refs[0]
	r.Must(id, model.Strike{Target: wrong, Reason: "it was not"})
	typo := r.Must(id, model.Write{Text: "roled back"}).Refs[0]
	r.Must(id, model.Amend{Target: typo, Text: "rolled back"})
	r.Must(id, model.Write{Text: "kubectl rollout undo deploy/api\n```\ndeployment.apps/api rolled back", Run: &model.CommandRun{Millis: 3200, Lines: 2}})
	r.Must(id, model.Write{Text: "first complaint by phone", At: ago(9 * time.Minute)})
	r.Must(id, model.PinTopic{Text: "rolling back, watch #checkout"})
	r.Must(id, model.Undo{})
	r.Must(id, model.SetMoment{Moment: model.Detected, At: ago(11 * time.Minute), Reason: "support saw it first"})
	r.Advance(20 * time.Minute)
	r.Must(id, model.SetStatus{Status: model.Mitigated})
	resolved := alert
	resolved.Truncated, resolved.Note = 0, ""
	resolved.Signals = []model.AlertSignal{{Fingerprint: "f1", Starts: alert.Signals[0].Starts, Ends: r.Now().Add(-time.Minute).UnixNano(), Text: alert.Signals[0].Text}}
	_, err = r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorAlert}, model.Scope{}, resolved)
	require.NoError(t, err)
	r.Must(id, model.SetStatus{Status: model.Resolved, Reason: "errors are gone for ten minutes"})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	return v, english(t, r)
}

func TestGoldenMarkdown(t *testing.T) {
	t.Parallel()
	v, o := eventful(t)
	golden(t, "eventful.md", report.Markdown(v, o))
}

func TestGoldenJSON(t *testing.T) {
	t.Parallel()
	v, o := eventful(t)
	got, err := report.JSON(v, o)
	require.NoError(t, err)
	golden(t, "eventful.json", got)
	require.NotContains(t, strings.ToLower(string(got)), "null")
	for _, at := range regexp.MustCompile(`"[a-z_]*_at": "([^"]*)"`).FindAllStringSubmatch(string(got), -1) {
		require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, at[1])
	}
}

func TestJSONKeepsWhatWasWrittenFirst(t *testing.T) {
	t.Parallel()
	v, o := eventful(t)
	raw, err := report.JSON(v, o)
	require.NoError(t, err)
	var got report.Incident
	require.NoError(t, json.Unmarshal(raw, &got))
	for _, e := range got.Log {
		if e.Original != nil {
			require.Equal(t, "roled back", e.Original.Text)
			require.Equal(t, "rolled back", e.Text)
			return
		}
	}
	t.Fatal("no amended entry")
}

// What people and machines write cannot become structure, whatever it is.
func TestHostileTextChangesNoStructure(t *testing.T) {
	t.Parallel()
	shape := func(text string) []string {
		r := modeltest.New("ana", 2)
		id := r.Must(model.Scope{}, model.OpenIncident{Title: text}).Incident
		r.Must(id, model.Write{Text: text})
		r.Must(id, model.AssignRole{Role: model.Scribe, Name: text})
		r.Must(id, model.AddLink{URL: "https://x.example.org", Label: text})
		r.Must(id, model.SetSeverity{Level: model.SEV1, Reason: text})
		r.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: text})
		r.Must(id, model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: text})
		r.Must(id, model.Write{Text: "cmd\n" + text, Run: &model.CommandRun{Lines: 1}})
		v, err := r.Incident(t.Context(), id)
		require.NoError(t, err)
		// What a command wrote is the last that stands in a fence.
		all, fenced, ok := strings.Cut(string(report.Markdown(v, english(t, r))), "\n  ```")
		require.True(t, ok)
		require.Regexp(t, "^`*text\n  [^\n]*\n  ```+\n\n?$", fenced)
		var out []string
		for _, l := range strings.Split(all, "\n") {
			out = append(out, strings.TrimRight(regexp.MustCompile("^( *)(#+|\\||-|>|`+)?.*").ReplaceAllString(l, "$2"), " "))
		}
		return out
	}
	want := shape("plain")
	for _, text := range []string{
		"# heading", "| a | b |", "- item", "> quote", "1. item", "---", "<h1>x</h1>", "[a](b)", "==", "* * *", "<!--", "\x1b[31mred", "a\tb",
		"\u202eevil", "&#x3c;b&#x3e;", "![x](https://x.example/y.png)", "`code`", "\\", "\\|", "~~x~~", "$$x$$",
	} {
		require.Equal(t, want, shape(text), text)
	}
}

func TestAnEmptyIncidentHasAReport(t *testing.T) {
	t.Parallel()
	r := modeltest.New("ana", 3)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "x"}).Incident
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	out := report.Markdown(v, english(t, r))
	require.True(t, bytes.HasPrefix(out, []byte("# INC-"+id.Key()+": x\n")))
	require.NotContains(t, string(out), "## Links")
}
