package report

import (
	"slices"
	"time"

	"warroom/model"
)

// Page is a page that somebody was sent, and what became of it.
type Page struct {
	// Key is the page's idempotency key, the same in every room that sent it.
	Key    string `json:"key"`
	Policy string `json:"policy,omitempty"`
	Round  int    `json:"round"`
	Step   int    `json:"step"`
	// Person is who was paged; none when nobody could be found.
	Person *Person `json:"person,omitempty"`
	By     string  `json:"found_by,omitempty"`
	Text   string  `json:"text"`
	// State is the last that counts of what became of it; empty while nothing is
	// known.
	State     string     `json:"state,omitempty"`
	Duplicate bool       `json:"duplicate,omitempty"`
	Event     Event      `json:"event"`
	States    []PageSaid `json:"states,omitempty"`
}

// PageSaid is something that was said of a page.
type PageSaid struct {
	State string `json:"state"`
	Text  string `json:"text,omitempty"`
	Event Event  `json:"event"`
}

// pages are all pages, in the order of the escalations.
func (j jsonOf) pages(v *model.View) []Page {
	var out []Page
	for _, e := range v.Pages {
		for _, p := range e.Pages {
			page := Page{
				Key: p.Key.String(), Policy: e.Policy, Round: p.Round, Step: p.Step, By: p.By, Text: e.Text,
				State: p.Result.String(), Duplicate: p.Duplicate(), Event: j.event(p.Asked()),
			}
			if !p.Person.IsZero() {
				who := j.person(p.Person)
				page.Person = &who
			}
			for _, r := range p.States {
				page.States = append(page.States, PageSaid{r.Body.(*model.PageState).Result.String(), r.Text, j.event(r)})
			}
			out = append(out, page)
		}
	}
	return out
}

// pageAct names an act on a page and its values; "" for another act.
func (j jsonOf) pageAct(r *model.Record) (string, map[string]any) {
	switch b := r.Body.(type) {
	case *model.PageSend:
		act := map[string]any{"key": b.Key.String(), "round": b.Round, "step": b.Step}
		if !b.Person.IsZero() {
			act["person"] = j.person(b.Person)
		}
		if b.Policy != "" {
			act["policy"] = b.Policy
		}
		if b.By != "" {
			act["found_by"] = b.By
		}
		return "page.send", act
	case *model.PageState:
		return "page.state", map[string]any{"of": b.Page.String(), "state": b.Result.String()}
	}
	return "", nil
}

// paged is a table of whom the incident paged, when, and what became of it.
func (m *markdown) paged() {
	if len(m.v.Pages) == 0 {
		return
	}
	m.heading("report.pages")
	m.table(m.say("report.page.whom"), m.say("report.when"), m.say("report.page.state"))
	for _, e := range m.v.Pages {
		for _, p := range e.Pages {
			m.row(m.pagedWho(p), m.at(p.At), m.became(p))
		}
	}
}

// pagedWho is who was paged, and as what they were found.
func (m *markdown) pagedWho(p *model.Paged) string {
	by := model.ByPhrase(p.By)
	switch {
	case p.Person.IsZero():
		return m.say("overlay.page.nobody", "By", by)
	case by.Key == "page.by.person":
		return m.text(m.o.Name(p.Person))
	}
	return m.say("report.page.who", "Person", p.Person, "By", by)
}

// became is the last that counts of what was said of a page, with when and in which
// words.
func (m *markdown) became(p *model.Paged) string {
	switch {
	case p.Person.IsZero():
		return m.say("report.dash")
	case p.Result == 0:
		return m.say("page.waiting")
	}
	for _, r := range slices.Backward(p.States) {
		if b, ok := r.Body.(*model.PageState); ok && b.Result == p.Result {
			return m.because(model.Say("report.page.at", "State", p.Result.Phrase(), "Time", time.UnixMilli(r.HappenedAt())), r.Text)
		}
	}
	return m.phrase(p.Result.Phrase())
}
