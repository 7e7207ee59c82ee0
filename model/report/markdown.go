package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Markdown writes the incident as a document that a person would send. Whatever
// people and machines wrote in it stands there as text.
func Markdown(v *model.View, o Options) []byte {
	m := &markdown{v: v, o: o}
	m.line("# " + m.say("report.title", "Key", o.Key(v.ID), "Title", v.Title.Value))
	m.line("")
	m.line(m.say("report.exported", "Time", ready(o.Now.In(o.Zone).Format(time.DateTime)), "Zone", zoneOf(o.Now.In(o.Zone))))
	m.line("")
	// First what somebody outside of the room wants to know, then what the review needs,
	// then how the team worked.
	m.lead()
	m.facts()
	m.impact()
	m.keyEvents()
	m.updates()
	m.times()
	m.hypotheses()
	m.followUps()
	m.decisions()
	m.tasks()
	m.handovers()
	m.paged()
	m.alerts()
	m.links()
	m.timeline()
	return []byte(m.b.String())
}

type markdown struct {
	v *model.View
	o Options
	b strings.Builder
}

func (m *markdown) line(s string) { m.b.WriteString(s + "\n") }

// say renders a sentence whose values are escaped.
func (m *markdown) say(key string, pairs ...any) string { return m.phrase(model.Say(key, pairs...)) }

func (m *markdown) phrase(p model.Phrase) string {
	p.Args = m.args(p.Args)
	return m.o.Say(p)
}

func (m *markdown) args(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for name, value := range in {
		out[name] = m.value(value)
	}
	return out
}

// ready is text that is Markdown already.
type ready string

func (m *markdown) value(value any) any {
	switch x := value.(type) {
	case ready:
		return string(x)
	case string:
		return m.text(x)
	case []string:
		return m.text(strings.Join(x, ", "))
	case model.Phrase:
		x.Args = m.args(x.Args)
		return x
	case []model.Phrase:
		out := make([]model.Phrase, 0, len(x))
		for _, p := range x {
			p.Args = m.args(p.Args)
			out = append(out, p)
		}
		return out
	case model.PersonID:
		return m.text(m.o.Name(x))
	case model.Scope:
		return m.o.Key(x)
	case time.Time:
		return x.In(m.o.Zone).Format(stampForm)
	}
	return value
}

// text writes a text from outside on one line.
func (m *markdown) text(s string) string {
	var words []string
	for _, l := range m.o.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			words = append(words, l)
		}
	}
	return escape(strings.Join(words, " "))
}

// stampForm is how a time stands alone: with its zone.
const stampForm = "2006-01-02 15:04:05 MST"

func (m *markdown) at(ms int64) string { return time.UnixMilli(ms).In(m.o.Zone).Format(stampForm) }

func (m *markdown) took(ms int64) string { return m.o.Took(time.Duration(ms) * time.Millisecond) }

func (m *markdown) heading(key string) {
	m.line("")
	m.line("## " + m.say(key))
	m.line("")
}

// table begins a table; its cells come ready.
func (m *markdown) table(head ...string) {
	m.row(head...)
	m.line("|" + strings.Repeat(" --- |", len(head)))
}

func (m *markdown) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`) // a bar ends a cell even in code
	}
	m.line("| " + strings.Join(cells, " | ") + " |")
}

func (m *markdown) facts() {
	m.heading("report.facts")
	m.table(m.say("report.fact"), m.say("report.value"))
	v := m.v
	m.row(m.say("report.severity"), m.orNone(v.Severity.Value.String(), v.Severity.Value == model.Unset)+m.others(severities(v.Severity.Others)))
	m.row(m.say("report.status"), m.phrase(v.Status.Value.Phrase())+m.others(statuses(v.Status.Others)))
	if left := v.Untold(); len(left) > 0 {
		names := make([]model.Phrase, 0, len(left))
		for _, a := range left {
			names = append(names, a.Phrase())
		}
		m.row(m.say("report.untold"), m.say("report.list", "Names", names))
	}
	m.row(m.say("report.source"), m.phrase(v.Source.Phrase()))
	if v.Restricted {
		m.row(m.say("report.restricted"), m.text(strings.Join(named(v, m.o), ", ")))
	}
	for _, h := range v.Roles {
		if len(h.Holders) == 0 {
			continue
		}
		names := make([]string, 0, len(h.Holders))
		for _, who := range h.Holders {
			names = append(names, m.o.Name(who.Person))
		}
		m.row(m.phrase(h.Card.Role.Phrase()), m.text(strings.Join(names, ", ")))
	}
	for _, r := range v.Related {
		m.row(m.say("report."+string(r.Relation)), model.KeyPrefix+m.o.Key(r.Other))
	}
	if v.Topic.Value != "" && !v.Status.Value.Over() {
		m.row(m.say("report.topic"), m.text(v.Topic.Value))
	}
	if v.Newer > 0 {
		m.line("")
		m.line(m.phrase(model.Say("report.newer").Counted(v.Newer)))
	}
}

func (m *markdown) orNone(s string, none bool) string {
	if none {
		return m.say("report.none")
	}
	return s
}

// others names the values that other people set at the same time.
func (m *markdown) others(list []model.Phrase) string {
	if len(list) == 0 {
		return ""
	}
	return " " + m.say("report.others", "Values", list)
}

func severities(list []model.Other[model.Level]) (out []model.Phrase) {
	for _, o := range list {
		out = append(out, model.Say("report.text", "Text", o.Value.String()))
	}
	return out
}

func statuses(list []model.Other[model.Status]) (out []model.Phrase) {
	for _, o := range list {
		out = append(out, o.Value.Phrase())
	}
	return out
}

// times are the moments, the figures made of them, and the referee's doubts.
func (m *markdown) times() {
	v := m.v
	m.heading("report.times")
	m.table(m.say("report.moment"), m.say("report.when"))
	moments := slices.DeleteFunc(model.Moments(), func(moment model.Moment) bool { return v.Moments[moment].At == 0 })
	slices.SortStableFunc(moments, func(a, b model.Moment) int { return cmp.Compare(v.Moments[a].At, v.Moments[b].At) })
	for _, moment := range moments {
		t := v.Moments[moment]
		at := m.at(t.At)
		switch {
		case t.Corrected && t.Derived != 0 && t.Derived != t.At:
			at += " " + m.say("report.corrected.from", "Time", time.UnixMilli(t.Derived))
		case t.Corrected:
			at += " " + m.say("report.corrected")
		}
		m.row(m.phrase(moment.Phrase()), at)
	}
	m.line("")
	m.table(m.say("report.figure"), m.say("report.duration"), m.say("report.definition"))
	for _, f := range model.Figures() {
		if ms, ok := f.Of(v.Moments); ok {
			m.row(m.phrase(f.Phrase()), m.took(ms), m.phrase(f.Definition()))
		}
	}
	spent := v.MinutesAt(m.o.Now.UnixMilli())
	for _, s := range model.Severities() {
		if ms, ok := spent[s.Level]; ok {
			m.row(m.say("report.spent", "Severity", s.Level.String()), m.took(ms), m.say("report.spent.definition"))
		}
	}
	if doubts := model.Referee(v.Moments, m.o.Now.UnixMilli()); len(doubts) > 0 {
		m.line("")
		for _, d := range doubts {
			m.line("- " + m.phrase(d))
		}
	}
}

// who is the author of an act. What came from monitoring is monitoring's,
// whoever runs the receiver.
func (m *markdown) who(r *model.Record) string {
	if machine, is := r.Common().Via.Machine(); is {
		return m.phrase(machine)
	}
	return m.text(m.o.Name(r.Common().Actor))
}

func (m *markdown) links() {
	if len(m.v.Links) == 0 {
		return
	}
	m.heading("report.links")
	for _, l := range m.v.Links {
		shown, to := strings.ReplaceAll(m.text(l.Label), "]", `\]`), address(l.URL)
		switch {
		case l.Label == "" && to == "<"+l.URL+">":
			shown = to
		case l.Label == "":
			shown = strings.ReplaceAll(m.text(l.URL), "]", `\]`)
			if to != "" {
				shown = "[" + shown + "](" + to + ")"
			}
		case to != "":
			shown = "[" + shown + "](" + to + ")"
		default:
			shown += " (" + m.text(l.URL) + ")"
		}
		m.line("- " + m.say("report.link", "Kind", l.Kind.Phrase(), "Link", ready(shown)))
	}
}

func (m *markdown) updates() {
	if len(m.v.Updates) == 0 {
		return
	}
	m.heading("report.updates")
	for i, u := range m.v.Updates {
		if i > 0 {
			m.line("")
		}
		m.line(m.say("report.update", "Time", time.UnixMilli(u.At), "Audience", u.Audience.Phrase(), "State", u.State.Phrase(), "Who", ready(m.who(u.By))))
		m.line("")
		m.quote(u.Text, false)
		m.desk(u)
	}
}

func (m *markdown) alerts() {
	if len(m.v.Alerts) == 0 {
		return
	}
	m.heading("report.alerts")
	m.table(m.say("report.alert"), m.say("report.summary"), m.say("report.started"), m.say("report.ended"))
	for _, a := range m.v.Alerts {
		name := a.Name
		if name == "" {
			name = a.Fingerprint
		}
		started, ended := m.say("report.dash"), m.say("report.firing")
		if a.Starts > 0 {
			started = m.at(a.Starts / 1e6)
		}
		if !a.Firing {
			ended = m.say("report.quiet")
			if a.Ends > 0 {
				ended = m.at(a.Ends / 1e6)
			}
		}
		summary := m.text(a.Summary)
		if summary == "" {
			summary = m.say("report.dash")
		}
		m.row(m.text(name), summary, started, ended)
	}
}
