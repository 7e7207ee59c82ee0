package model

import "time"

// Brief is what somebody who takes a role over must know, line by line: what is known,
// what was ruled out, what is open, and what was promised. It is a beginning: whoever
// hands over adds what no log has.
func (v *View) Brief(nowMS int64) []Phrase {
	out := []Phrase{Say("brief.state", "Title", v.Title.Value, "Severity", v.Severity.Value.String(), "Status", v.Status.Value.Phrase())}
	if v.Opened != nil {
		out = append(out, Say("brief.since", "Took", time.Duration(max(nowMS-v.Opened.Wall, 0))*time.Millisecond))
	}
	for _, a := range v.Answers {
		if a.Done() {
			said := a.Answer.Phrase(a.Text)
			if a.Card.Type == TimeAnswer { // it is read elsewhere, perhaps in another zone
				said = Say("brief.time", "Time", time.UnixMilli(a.Answer.Time))
			}
			out = append(out, Say("brief.answer", "Question", a.Card.Question.Name(), "Answer", said))
		}
	}
	for _, a := range Audiences() {
		if v.Owes(a) {
			out = append(out, v.briefUpdates(a, nowMS)...)
		}
	}
	for _, h := range v.Hypotheses {
		if h.Gone {
			continue
		}
		key := "brief.hypothesis." + string(h.Finding.plain())
		out = append(out, because(Say(key, "Text", h.Text), h.Why()))
	}
	for _, d := range v.Decisions {
		switch {
		case d.Gone || d.Outcome == Withdrawn:
		case d.Open():
			out = append(out, Say("brief.decision.open", "Text", d.Text))
			for _, o := range d.Objections {
				out = append(out, Say("brief.objection", "Person", o.By.Common().Actor, "Text", o.Text))
			}
		default:
			out = append(out, Say("brief.decision."+string(d.Outcome.plain()), "Text", d.Text))
		}
	}
	for _, t := range v.OpenTasks() {
		switch {
		case t.Gone:
		case t.Due == 0:
			out = append(out, Say("brief.task", "Person", t.Owner, "Text", t.Text))
		default:
			out = append(out, Say("brief.task.due", "Person", t.Owner, "Text", t.Text, "Time", time.UnixMilli(t.Due)))
		}
	}
	firing := 0
	for _, a := range v.Alerts {
		if a.Firing {
			firing++
		}
	}
	if firing > 0 {
		out = append(out, Say("criterion.alerts").Counted(firing))
	}
	for _, l := range v.Links {
		out = append(out, Say("brief.link", "Kind", l.Kind.Phrase(), "URL", l.URL))
	}
	for _, r := range v.Missing() {
		out = append(out, Say("brief.missing", "Role", r.Phrase()))
	}
	return out
}

// briefUpdates says what an audience heard last, and when it was promised more.
func (v *View) briefUpdates(a Audience, nowMS int64) []Phrase {
	var last *Update
	for i := range v.Updates {
		if v.Updates[i].Audience == a {
			last = &v.Updates[i]
		}
	}
	var out []Phrase
	if last == nil {
		out = append(out, Say("brief.update.none", "Audience", a.Phrase()))
	} else {
		out = append(out, Say("brief.update", "Audience", a.Phrase(), "State", last.State.Phrase(), "Time", time.UnixMilli(last.At), "Text", oneLine(last.Text)))
	}
	due, ok := v.NextUpdate(a)
	switch {
	case !ok:
	case due < nowMS:
		out = append(out, Say("brief.update.late", "Audience", a.Phrase(), "Time", time.UnixMilli(due)))
	default:
		out = append(out, Say("brief.update.due", "Audience", a.Phrase(), "Time", time.UnixMilli(due)))
	}
	return out
}
