package sim

import (
	"fmt"
	"slices"
	"strings"

	"warroom/model"
)

// actsWanted is how many times people try something in a run.
const actsWanted = 150

// gather lets people act all the while, everywhere.
func (w *world) gather() {
	for range actsWanted {
		w.at(w.between(second/2, actsUntil), func() { w.someActs(w.correct()) })
	}
}

// someActs lets somebody do something at one of the nodes.
func (w *world) someActs(at []*node) {
	if len(at) == 0 {
		return
	}
	n := pick(w, at)
	if p, ok := n.who.(*process); ok {
		incident, c := w.wish(p)
		p.ask(incident, c)
	}
}

// wish is what somebody at a node would do now, and in which incident.
func (w *world) wish(p *process) (model.Scope, model.Command) {
	var open []model.Scope
	for id, in := range p.state.Incidents {
		if v := in.View(); v.Opened != nil && !v.Restricted {
			open = append(open, id)
		}
	}
	slices.SortFunc(open, model.Scope.Compare)
	what := w.rng.IntN(100)
	switch {
	case len(open) == 0 || what < 4:
		return model.Scope{}, model.OpenIncident{
			Title: w.words("incident"), Kind: model.Outage, Source: model.ByTicket, Severity: model.Level(w.rng.IntN(4)),
		}
	case what < 6:
		return model.Scope{}, model.AddPerson{Name: w.words("person")}
	case what < 7:
		return model.Scope{}, model.RenamePerson{Person: pick(w, w.people), Name: w.words("person")}
	}
	// Mostly the incident in which everybody is.
	id := open[0]
	if w.chance(30) {
		id = pick(w, open)
	}
	return id, w.wishIn(p.state.Incidents[id].View(), what)
}

func (w *world) wishIn(v *model.View, what int) model.Command {
	entry := func() model.Ref {
		var all []model.Ref
		for _, l := range v.Lines {
			if l.Entry() {
				all = append(all, l.Ref())
			}
		}
		if len(all) == 0 {
			return model.Ref{}
		}
		return pick(w, all[max(len(all)-8, 0):])
	}
	switch {
	case what < 16:
		return model.SetSeverity{Level: model.Level(1 + w.rng.IntN(3)), Reason: "as it looks"}
	case what < 25:
		return model.SetStatus{Status: pick(w, []model.Status{model.Fixing, model.Mitigated, model.Resolved, model.Open}), Reason: "as it looks"}
	case what < 33:
		return model.AssignRole{Role: pick(w, model.RoleCards()).Role, Person: pick(w, w.people)}
	case what < 36:
		return model.ReleaseRole{Role: pick(w, model.RoleCards()).Role}
	case what < 41:
		return model.SetTitle{Title: w.words("title")}
	case what < 46:
		return model.AnswerQuestion{Question: model.AskCases, Answer: model.Answer{Type: model.CountAnswer, Count: w.rng.Int64N(50)}}
	case what < 48:
		return model.AnswerQuestion{Question: model.AskSee, Answer: model.Answer{Type: model.TextAnswer}, Text: w.words("see")}
	case what < 54:
		return model.Amend{Target: entry(), Text: w.words("amended")}
	case what < 57:
		return model.Strike{Target: entry(), Reason: "mistaken", Back: w.chance(30)}
	case what < 60:
		return model.Star{Target: entry(), On: w.chance(70)}
	case what < 62:
		return model.PinTopic{Text: w.words("topic")}
	case what < 64:
		return model.AddLink{URL: "https://status.example.org/" + fmt.Sprint(w.rng.IntN(1000))}
	case what < 66:
		return model.PostUpdate{Audience: pick(w, model.Audiences()), State: pick(w, model.UpdateStates()), Text: w.words("update")}
	case what < 68:
		return model.Undo{}
	case what < 72:
		if at := conflict(v); !at.IsZero() {
			return model.Settle{Choose: at}
		}
	}
	return model.Write{Text: w.words("entry")}
}

// words is a text that no other is, mostly short.
func (w *world) words(of string) string {
	n := w.rng.IntN(12)
	if w.chance(2) && of == "entry" {
		n = 700
	}
	return fmt.Sprintf("%s %d%s", of, w.rng.IntN(1_000_000), strings.Repeat(" word", n))
}

// conflict is a write that stands beside others; zero for none.
func conflict(v *model.View) model.Ref {
	switch {
	case v.Title.Conflict():
		return v.Title.Others[0].By.Ref
	case v.Severity.Conflict():
		return v.Severity.Others[0].By.Ref
	case v.Status.Conflict():
		return v.Status.Others[0].By.Ref
	}
	for _, h := range v.Roles {
		if h.Conflict() {
			return h.Holders[0].By.Ref
		}
	}
	return model.Ref{}
}
