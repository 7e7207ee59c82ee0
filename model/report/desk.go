package report

import (
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// What is told of an update besides its text: how it was written, who approved it, how it
// went out, and what corrects it.

// desk writes how an update came to be; nothing of one that was only recorded.
func (m *markdown) desk(u model.Update) {
	var out []string
	add := func(key string, pairs ...any) { out = append(out, m.say(key, pairs...)) }
	var authors []string
	for _, w := range u.Drafts {
		if who := m.who(w); !slices.Contains(authors, who) {
			authors = append(authors, who)
		}
	}
	if len(authors) > 0 {
		add("report.update.draft", "Who", ready(strings.Join(authors, ", ")))
	}
	switch {
	case u.Approved != nil:
		add("report.update.approved", "Who", ready(m.who(u.Approved)), "Time", time.UnixMilli(u.Approved.HappenedAt()))
	case !u.Draft.IsZero():
		add("report.update.unapproved")
	}
	if u.How != model.ByHand {
		add("report.update.how", "How", u.How.Phrase())
	}
	at := func(ref model.Ref) (time.Time, bool) {
		for _, w := range m.v.Updates {
			if w.By.Ref == ref {
				return time.UnixMilli(w.At), true
			}
		}
		return time.Time{}, false
	}
	if t, ok := at(u.Corrects); ok {
		add("report.update.corrects", "Time", t)
	}
	if t, ok := at(u.Corrected); ok {
		add("report.update.corrected", "Time", t)
	}
	if len(out) > 0 {
		m.line("")
		m.line("*(" + strings.Join(out, "; ") + ")*")
	}
}

// Drafted is a draft of an update.
type Drafted struct {
	Audience string `json:"audience"`
	State    string `json:"state"`
	Text     string `json:"text"`
	Event    Event  `json:"event"`
	// Approved is the approval of this text by an incident manager.
	Approved *Event `json:"approved,omitempty"`
}

// update is an update with how it came to be.
func (j jsonOf) update(u model.Update) Update {
	out := Update{Audience: string(u.Audience), State: string(u.State), Text: u.Text, Event: j.event(u.By), How: string(u.How)}
	for _, w := range u.Drafts {
		b, ok := w.Body.(*model.UpdateDraft)
		if !ok {
			continue
		}
		out.Drafts = append(out.Drafts, Drafted{Audience: string(b.Audience), State: string(b.State), Text: w.Text, Event: j.event(w)})
	}
	if u.Approved != nil {
		by := j.event(u.Approved)
		out.Approved = &by
	}
	if !u.Corrects.IsZero() {
		out.Corrects = u.Corrects.Hash.String()[:8]
	}
	if !u.Corrected.IsZero() {
		out.Corrected = u.Corrected.Hash.String()[:8]
	}
	return out
}

// DraftsOf are what is being written for each audience, those that people wrote at once
// among them.
func DraftsOf(v *model.View, o Options) []Drafted {
	j, out := jsonOf{o}, []Drafted{}
	for _, a := range model.Audiences() {
		for _, t := range v.Drafts[a].All() {
			d := Drafted{Audience: string(a), State: string(t.State), Text: t.Text, Event: j.event(t.By)}
			if t.Approved != nil {
				by := j.event(t.Approved)
				d.Approved = &by
			}
			out = append(out, d)
		}
	}
	return out
}

// deskAct names an act of the desk and its values; false for another act.
func deskAct(r *model.Record) (string, map[string]any, bool) {
	switch b := r.Body.(type) {
	case *model.UpdatePost:
		act := map[string]any{"audience": string(b.Audience), "state": string(b.State)}
		if !b.Draft.IsZero() {
			act["draft"] = b.Draft.Hash.String()[:8]
		}
		if !b.Corrects.IsZero() {
			act["corrects"] = b.Corrects.Hash.String()[:8]
		}
		if b.How != model.ByHand {
			act["how"] = string(b.How)
		}
		return "update.post", act, true
	case *model.UpdateWaive:
		return "update.waive", map[string]any{"audience": string(b.Audience), "off": b.Off}, true
	case *model.UpdateDraft:
		return "update.draft", map[string]any{"audience": string(b.Audience), "state": string(b.State)}, true
	case *model.UpdateApprove:
		return "update.approve", map[string]any{"audience": string(b.Audience), "draft": b.Target.Hash.String()[:8], "off": b.Off}, true
	}
	return "", nil, false
}
