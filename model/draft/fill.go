package draft

import (
	"strings"
	"time"

	"warroom/model"
)

// Words puts phrases into the reader's language.
type Words func(model.Phrase) string

// Values are the values of the fields of an update's template (model.UpdateFields), from
// the incident's state. What is not known stands in brackets, for somebody to fill in.
// key is the incident's short name, name that of a person.
func Values(v *model.View, about About, key string, name func(model.PersonID) string, say Words) map[string]string {
	gap := func(what model.Phrase) string { return "[" + say(what) + "]" }
	out := map[string]string{
		"title": oneLine(v.Title.Value), "key": key, "severity": v.Severity.Value.String(), "status": say(v.Status.Value.Phrase()),
		"now": Clock(about.Now, about.Now), "date": about.Now.Format(time.DateOnly), "next": gap(model.Say("draft.gap.next")),
		"manager": gap(model.IncidentManager.Phrase()), "ended": gap(model.Say("draft.gap.ended")),
	}
	for _, m := range []model.Moment{model.MitigatedAt, model.ResolvedAt} {
		if at := v.Moments[m].At; at != 0 {
			out["ended"] = Clock(time.UnixMilli(at), about.Now)
			break
		}
	}
	if !about.Due.IsZero() {
		out["next"] = Clock(about.Due.Truncate(time.Minute), about.Now)
	}
	var managers []string
	for _, h := range v.Holders(model.IncidentManager) {
		managers = append(managers, oneLine(name(h.Person)))
	}
	if len(managers) > 0 {
		out["manager"] = strings.Join(managers, ", ")
	}
	fields := map[model.Question]string{
		model.AskImpact: "impact", model.AskSee: "see", model.AskMany: "many", model.AskStarted: "started",
	}
	for _, a := range v.Answers {
		field, ok := fields[a.Card.Question]
		switch {
		case !ok:
		case !a.Done():
			out[field] = gap(a.Card.Question.Name())
		case a.Answer.Type == model.TimeAnswer:
			out[field] = Clock(time.UnixMilli(a.Answer.Time), about.Now)
		case a.Answer.Type == model.TextAnswer:
			out[field] = oneLine(a.Text)
		default:
			out[field] = say(a.Answer.Phrase(a.Text))
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Languages are those in which there are built-in templates. Who reads an update need not
// read as who writes it does: these are not the languages of a console.
func Languages() []string { return []string{"en", "fr", "nl"} }

// BuiltIn is a built-in template in one of the Languages: the phrase, with the fields in
// braces. That in English counts where the workspace has set none.
func BuiltIn(a model.Audience, s model.UpdateState, language string) model.Phrase {
	p := model.Say("template." + string(a) + "." + string(s))
	if language != "en" {
		p = model.Say("template." + language + "." + string(a) + "." + string(s))
	}
	p.Args = map[string]any{}
	for _, f := range model.UpdateFields() {
		p.Args[strings.ToUpper(f[:1])+f[1:]] = "{" + f + "}"
	}
	return p
}

// Template is the template of an update: the workspace's, else the built-in one.
func Template(people *model.Roster, a model.Audience, s model.UpdateState, say Words) string {
	if people != nil {
		if t := people.UpdateTemplate(a, s); t != "" {
			return t
		}
	}
	return say(BuiltIn(a, s, "en"))
}
