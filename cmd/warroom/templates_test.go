package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/draft"
	"warroom/model/modeltest"
	"warroom/tui/lang"
)

// A built-in template of any language is filled from the state, with times that each
// language reads, and its check finds nothing in it but what somebody is to fill in.
func TestBuiltInTemplatesOfEachLanguageAreFilledAndPassTheCheck(t *testing.T) {
	t.Parallel()
	words := lang.New(lang.Options{})
	r := modeltest.New("ana", 1)
	id := r.Must(model.Scope{}, model.OpenIncident{Title: "Checkout", Severity: model.SEV1}).Incident
	r.Must(id, model.AssignRole{Role: model.IncidentManager, Person: r.Me()})
	r.Must(id, model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: "5xx"})
	r.Must(id, model.AnswerQuestion{Question: model.AskStarted, Answer: model.Answer{Type: model.TimeAnswer, Time: r.Now().Add(-12 * time.Minute).UnixMilli()}})
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	brussels, err := time.LoadLocation("Europe/Brussels")
	require.NoError(t, err)
	now := r.Now().In(brussels)
	check := draft.NewChecker()
	for _, language := range append(draft.Languages(), "") {
		for _, a := range model.Audiences() {
			for _, s := range model.UpdateStates() {
				template := words.Say(draft.BuiltIn(a, s, language))
				if language == "" { // two in one text
					template = words.Say(draft.BuiltIn(a, s, "fr")) + "\n\n" + words.Say(draft.BuiltIn(a, s, "nl"))
				}
				require.NoError(t, model.CheckTemplate(template, model.UpdateFields()))
				about := draft.Of(v, a, s, now)
				text, err := model.FillTemplate(template, draft.Values(v, about, "7F3A", func(model.PersonID) string { return "ana" }, words.Say))
				require.NoError(t, err)
				require.Contains(t, text, "Checkout")
				if s != model.Recovered {
					require.Contains(t, text, draft.Clock(about.Due.Truncate(time.Minute), now))
				}
				for _, f := range check.Check(text, about) {
					if f.Rule != draft.Gap && (f.Rule != draft.Data || s != model.Recovered) {
						require.Fail(t, "found", "%s %s %s: %s %q\n%s", language, a, s, f.Rule, text[f.From:f.To], text)
					}
				}
			}
		}
	}
}
