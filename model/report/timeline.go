package report

import (
	"strings"
	"time"

	"warroom/model"
)

// timeline writes the starred lines, then all of them, by when they happened.
func (m *markdown) timeline() {
	lines := timeline(m.v)
	var starred []*model.Line
	for _, l := range lines {
		if l.Star {
			starred = append(starred, l)
		}
	}
	if len(starred) > 0 {
		m.heading("report.key")
		m.days(starred)
	}
	m.heading("report.timeline")
	m.line(m.say("report.order"))
	m.line("")
	m.days(lines)
}

// days groups lines under the day and the zone they happened in: a clock that
// is put forward in the night makes a new group.
func (m *markdown) days(lines []*model.Line) {
	day := ""
	for _, l := range lines {
		t := time.UnixMilli(l.At).In(m.o.Zone)
		if d := m.say("report.day", "Day", ready(t.Format(time.DateOnly)), "Zone", zoneOf(t)); d != day {
			if day != "" {
				m.line("")
			}
			m.line("### " + d)
			m.line("")
			day = d
		}
		m.entry(l, t)
	}
}

func (m *markdown) entry(l *model.Line, t time.Time) {
	body, output := m.body(l)
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
	if len(output) == 0 {
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
	add, ok := l.Rec.Body.(*model.EntryAdd)
	if !ok || l.Rec.Removed || !l.Rec.Common().Undoes.IsZero() || !l.Rec.Common().Redoes.IsZero() {
		return []string{m.phrase(l.Describe())}, nil
	}
	if add.Form == model.CommandOutput && add.Run != nil {
		if _, out := model.SplitCommand(l.Text); strings.TrimSpace(out) != "" {
			output = m.o.Lines(strings.TrimRight(out, "\n"))
		}
		return []string{m.phrase(l.Describe())}, output
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

// marks say what became of a line.
func (m *markdown) marks(l *model.Line, t time.Time) []string {
	var out []string
	clock := func(ms int64) ready {
		other := time.UnixMilli(ms).In(m.o.Zone)
		if other.Format(time.DateOnly) == t.Format(time.DateOnly) {
			return ready(other.Format(time.TimeOnly))
		}
		return ready(other.Format(time.DateTime))
	}
	if l.Late() {
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
