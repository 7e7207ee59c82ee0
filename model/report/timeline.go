package report

import (
	"strings"
	"time"

	"warroom/model"
)

// timeline writes all lines, by when they happened.
func (m *markdown) timeline() {
	m.heading("report.timeline")
	m.line(m.say("report.order"))
	m.line("")
	m.days(timeline(m.v), false)
}

// days groups lines under the day and the zone they happened in: a clock that
// is put forward in the night makes a new group. brief leaves out what
// commands wrote.
func (m *markdown) days(lines []placed, brief bool) {
	day := ""
	for _, l := range lines {
		t := time.UnixMilli(l.at).In(m.o.Zone)
		if d := m.say("report.day", "Day", ready(t.Format(time.DateOnly)), "Zone", zoneOf(t)); d != day {
			if day != "" {
				m.line("")
			}
			m.line("### " + d)
			m.line("")
			day = d
		}
		m.entry(l, t, brief)
	}
}

func (m *markdown) entry(l placed, t time.Time, brief bool) {
	body, output := m.body(l.Line)
	for i, s := range body {
		if l.Struck != nil && s != "" {
			body[i] = "~~" + s + "~~"
		}
	}
	first := ready(body[0])
	head := m.say("report.line", "Time", ready(t.Format(time.TimeOnly)), "Who", ready(m.who(l.Rec)), "What", first)
	marks := m.marks(l, t)
	for i, s := range append([]string{head}, body[1:]...) {
		last := i == len(body)-1
		if last {
			s = strings.Join(append([]string{s}, marks...), " ")
		}
		if i == 0 {
			s = "- " + s
		} else {
			s = "  " + s
		}
		if !last {
			s += `\` // a line break inside a paragraph
		}
		m.line(s)
	}
	if brief || len(output) == 0 {
		return
	}
	bar := fence(output)
	m.line("")
	m.line("  " + bar + "text")
	for _, s := range output {
		m.line(strings.TrimRight("  "+s, " "))
	}
	m.line("  " + bar)
	m.line("")
}

// body gives what a line says, ready, and a command's output as it is.
func (m *markdown) body(l *model.Line) (text, output []string) {
	if p, ok := m.published(l); ok {
		return []string{m.phrase(p)}, nil
	}
	add, ok := l.Rec.Body.(*model.EntryAdd)
	if p := Describe(l); strings.HasPrefix(p.Key, "log.followup.") {
		if t, is := p.Args["Time"].(time.Time); is { // it is due on a day
			p.Args["Time"] = ready(t.In(m.o.Zone).Format(time.DateOnly))
		}
		return []string{m.phrase(p)}, nil
	}
	if !ok || l.Rec.Removed || !l.Rec.Common().Undoes.IsZero() || !l.Rec.Common().Redoes.IsZero() {
		return []string{m.phrase(Describe(l))}, nil
	}
	if add.Form == model.CommandOutput && add.Run != nil {
		command, out := model.SplitCommand(l.Text)
		if strings.TrimSpace(out) != "" {
			output = m.o.Lines(strings.TrimRight(out, "\n"))
		}
		p := Describe(l)
		switch p.Key {
		case "log.command":
			p.Key = "report.command"
		case "report.killed":
			p.Key = "report.command.killed"
		}
		p.Args["Command"] = ready(code(strings.Join(m.o.Lines(command), " ")))
		return []string{m.phrase(p)}, output
	}
	for _, s := range m.o.Lines(l.Text) {
		// An empty line would end the paragraph.
		if s = escape(s); s != "" {
			text = append(text, s)
		}
	}
	if len(text) == 0 {
		text = []string{""}
	}
	return text, nil
}

// published names an update whose text stands among the updates, or a draft that says the
// same: nobody reads a text a third time. False for another line.
func (m *markdown) published(l *model.Line) (model.Phrase, bool) {
	if l.Removed != nil || l.Undone {
		return model.Phrase{}, false
	}
	for _, u := range m.v.Updates {
		switch l.Ref() {
		case u.By.Ref:
			key := "report.log.update"
			if !u.Corrects.IsZero() {
				key = "report.log.correction"
			}
			return model.Say(key, "Audience", u.Audience.Phrase(), "State", u.State.Phrase()), true
		case u.Draft:
			return model.Say("report.log.draft", "Audience", u.Audience.Phrase(), "State", u.State.Phrase()), true
		}
	}
	return model.Phrase{}, false
}

// marks say what became of a line.
func (m *markdown) marks(l placed, t time.Time) []string {
	var out []string
	clock := func(ms int64) ready {
		other := time.UnixMilli(ms).In(m.o.Zone)
		if other.Format(time.DateOnly) == t.Format(time.DateOnly) {
			return ready(other.Format(time.TimeOnly))
		}
		return ready(other.Format(time.DateTime))
	}
	if l.late {
		out = append(out, m.say("report.late", "Time", clock(l.Rec.Wall)))
	}
	if n := len(l.Amends); n > 0 {
		last := l.Amends[n-1]
		out = append(out, m.say("report.amended", "Time", clock(last.Wall), "Who", ready(m.who(last))))
	}
	if s := l.Struck; s != nil {
		key := "report.struck"
		if s.Text != "" {
			key = "report.struck.why"
		}
		out = append(out, m.say(key, "Time", clock(s.Wall), "Who", ready(m.who(s)), "Reason", s.Text))
	}
	if l.Undone {
		out = append(out, m.say("report.undone"))
	}
	return out
}
