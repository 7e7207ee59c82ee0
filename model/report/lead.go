package report

import (
	"strings"
	"time"

	"warroom/model"
)

// lead is a paragraph for somebody who reads nothing else: what, since when, how
// bad, how it stands, who leads, and what was said last.
func (m *markdown) lead() {
	v := m.v
	out := []string{m.began()}
	if s := m.over(); s != "" {
		out = append(out, s)
	}
	if saw := m.saw(); saw != "" {
		key := "report.lead.sees"
		if ended(v) != 0 {
			key = "report.lead.saw"
		}
		out = append(out, m.say(key, "Text", strings.TrimRight(saw, ". \t\r\n")))
	}
	switch level := v.Severity.Value; {
	case level == model.Unset:
		out = append(out, m.say("report.lead.severity.none"))
	case v.Suggests.Level == level && len(v.Suggests.Why) > 0:
		out = append(out, m.say("report.lead.severity.why", "Severity", level.String(), "Why", v.Suggests.Why))
	default:
		out = append(out, m.say("report.lead.severity", "Severity", level.String()))
	}
	if by := v.Status.By; m.over() != "" {
		// said above
	} else if by != nil {
		out = append(out, m.say("report.lead.status.since", "Status", v.Status.Value.Phrase(), "Time", ready(m.stamp(by.HappenedAt()))))
	} else {
		out = append(out, m.say("report.lead.status", "Status", v.Status.Value.Phrase()))
	}
	var names []string
	for _, h := range v.Holders(model.IncidentManager) {
		names = append(names, m.o.Name(h.Person))
	}
	if len(names) > 0 {
		out = append(out, m.say("report.lead.manager", "People", names))
	} else {
		out = append(out, m.say("report.lead.manager.none"))
	}
	switch u := lastUpdate(v.Updates); {
	case u != nil && m.over() != "": // what it says is what is said here; it stands below
		out = append(out, m.say("report.lead.update.over", "Audience", u.Audience.Phrase(), "State", u.State.Phrase(), "Time", ready(m.stamp(u.At))))
	case u != nil:
		out = append(out, m.say("report.lead.update", "Audience", u.Audience.Phrase(), "State", u.State.Phrase(),
			"Time", ready(m.stamp(u.At)), "Text", u.Text))
	default:
		out = append(out, m.say("report.lead.update.none"))
	}
	m.line(strings.Join(out, " "))
}

// began says what the incident is, and since when.
func (m *markdown) began() string {
	for _, moment := range []model.Moment{model.ImpactStarted, model.Detected, model.Declared} {
		if t := m.v.Moments[moment]; t.At != 0 {
			return m.say("report.lead."+string(moment), "Kind", m.v.Kind.Phrase(), "Time", ready(m.stamp(t.At)), "Title", m.v.Title.Value)
		}
	}
	return m.say("report.lead.unopened", "Kind", m.v.Kind.Phrase(), "Title", m.v.Title.Value)
}

// over says since when it is over and how long it lasted; "" while it lasts.
func (m *markdown) over() string {
	status, at := m.v.Status.Value, m.v.Moments[model.ResolvedAt].At
	if at == 0 || status != model.Resolved && status != model.Closed {
		return ""
	}
	took, _ := m.v.Lasted(at)
	return m.say("report.lead."+string(status), "Time", ready(m.stamp(at)), "Took", time.Duration(took)*time.Millisecond)
}

// stamp is a time with its zone.
func (m *markdown) stamp(ms int64) string {
	return time.UnixMilli(ms).In(m.o.Zone).Format("2006-01-02 15:04 MST")
}

// lastUpdate is the last one that customers got or, without any, the team.
func lastUpdate(all []model.Update) *model.Update {
	var last *model.Update
	for i := range all {
		u := &all[i]
		if last == nil || u.Audience == last.Audience && u.At >= last.At || u.Audience == model.ToCustomers && last.Audience != model.ToCustomers {
			last = u
		}
	}
	return last
}

// keyEvents are what somebody outside of the room wants to know: what was
// starred, the opening, the severity, the status and the updates, as far as they stand.
func (m *markdown) keyEvents() {
	var key []placed
	for _, l := range timeline(m.v) {
		if l.Struck == nil && !l.Undone && l.Removed == nil && l.Rec.Common().Undoes.IsZero() && (l.Star || isKey(l.Rec.Body)) {
			key = append(key, l)
		}
	}
	if len(key) > 0 {
		m.heading("report.key")
		m.days(key, true)
	}
}

func isKey(b model.Body) bool {
	switch b.(type) {
	case *model.IncidentOpen, *model.SeveritySet, *model.StatusSet, *model.UpdatePost:
		return true
	}
	return false
}

// Describe is what a line says, as model.Line.Describe says it, but that a
// command which a signal ended says so, and a role in an undo says whose.
func Describe(l *model.Line) model.Phrase { return describe(l.Describe(), l) }

func describe(p model.Phrase, l *model.Line) model.Phrase {
	switch p.Key {
	case "log.command":
		if n, ok := p.Args["Exit"].(int32); ok && n < 0 {
			p.Key = "report.killed"
		}
	case "log.undo", "log.redo":
		if act, ok := p.Args["Act"].(model.Phrase); ok {
			return model.Say(p.Key, "Act", Named(describe(act, l), l))
		}
	}
	return p
}

// Named is a phrase that names who took a role, for where the author of the line
// is not shown beside it.
func Named(p model.Phrase, l *model.Line) model.Phrase {
	if p.Key != "log.role.taken" {
		return p
	}
	return model.Say("log.role.given", "Role", p.Args["Role"], "Person", l.Rec.Common().Actor)
}
