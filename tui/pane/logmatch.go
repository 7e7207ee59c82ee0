package pane

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/tui/lang"
)

// atOnce is how many lines are matched without a job: some milliseconds.
const atOnce = 1000

// Matches is what a filter keeps of a log, and the texts it looked at.
type Matches struct {
	filter string
	// lines are those that were looked at; hay their texts, in lower case.
	lines []*model.Line
	hay   []string
	keep  []int
}

// Filter gives the filter, and how many lines of all it keeps. While a job for
// it is to be done, shown is what the last one kept.
func (p *Log) Filter() (text string, shown, total int) {
	if p.filter == "" {
		return "", p.total(), p.total()
	}
	return p.filter, len(p.shown), p.total()
}

// SetFilter keeps the lines whose text, sentence or author have every word of
// the text. In a long log the work is left to MatchJob, and what was shown
// before stays until Apply.
func (p *Log) SetFilter(text string) {
	if text == p.filter {
		return
	}
	if p.filter == "" {
		p.shown = all(len(p.lines()))
	}
	p.filter = text
	p.changes++
	p.rematch()
	p.reselect()
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// reselect finds the wanted line among those that are now shown.
func (p *Log) reselect() {
	if p.follows {
		p.set(p.n, p.n-1)
		return
	}
	p.find(p.want, p.at)
}

// rematch does at once what can be done at once.
func (p *Log) rematch() {
	if p.filter == "" {
		p.shown = nil
		p.set(len(p.lines()), p.at)
		return
	}
	lines := p.lines()
	same := common(lines, p.matched.lines)
	switch {
	case len(lines)-same > atOnce:
	case p.matched.filter == p.filter:
		p.take(p.more(same))
		return
	case len(lines) <= 20*atOnce:
		p.take(p.job()())
		return
	}
	// The old choice stands until the job is done, as far as it still can.
	still, _ := slices.BinarySearch(p.shown, len(lines))
	p.shown = p.shown[:still]
	p.set(len(p.shown), p.at)
}

// common is how many lines are the same from the beginning.
func common(a, b []*model.Line) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// Matching reports that the filter waits for its job.
func (p *Log) Matching() bool {
	return p.filter != "" && (p.matched.filter != p.filter || len(p.matched.lines) != len(p.lines()) ||
		len(p.lines()) > 0 && &p.matched.lines[0] != &p.lines()[0])
}

// MatchJob gives the work that the filter waits for, to be run anywhere, or nil
// when there is none. It does not touch the pane; Apply takes its result.
func (p *Log) MatchJob() func() Matches {
	if !p.Matching() {
		return nil
	}
	return p.job()
}

// more is the choice for a log of which the first same lines are those that the
// last choice looked at.
func (p *Log) more(same int) Matches {
	had, lines := p.matched, p.lines()
	m := Matches{filter: p.filter, lines: lines}
	kept, _ := slices.BinarySearch(had.keep, same)
	m.hay, m.keep = had.hay[:same], had.keep[:kept]
	if same < len(had.hay) {
		// What would be written over may still be read by a job.
		m.hay, m.keep = slices.Clip(m.hay), slices.Clip(m.keep)
	}
	words := filterWords(p.filter)
	for i := same; i < len(lines); i++ {
		m.hay = append(m.hay, lineText(lines[i], p.people, p.say))
		if hasAll(m.hay[i], words) {
			m.keep = append(m.keep, i)
		}
	}
	return m
}

func (p *Log) job() func() Matches {
	had, lines, people, say, filter := p.matched, p.lines(), p.people, p.say, p.filter
	return func() Matches {
		m := Matches{filter: filter, lines: lines, hay: make([]string, len(lines)), keep: []int{}}
		words := filterWords(filter)
		for i, l := range lines {
			if i < len(had.lines) && had.lines[i] == l {
				m.hay[i] = had.hay[i]
			} else {
				m.hay[i] = lineText(l, people, say)
			}
			if hasAll(m.hay[i], words) {
				m.keep = append(m.keep, i)
			}
		}
		return m
	}
}

// Apply takes the result of a job, and the few lines that came while it ran;
// false when the filter or more of the log has changed since, and another job is
// to be done. What the job read is kept for that one.
func (p *Log) Apply(m Matches) bool {
	if len(p.lines()) == 0 || len(m.lines) == 0 || m.lines[0].Rec.Scope != p.lines()[0].Rec.Scope {
		return false
	}
	p.matched = m
	p.changes++
	if m.filter == p.filter {
		p.rematch()
	}
	if p.Matching() {
		return false
	}
	p.reselect()
	return true
}

func (p *Log) take(m Matches) {
	p.matched = m
	p.shown = m.keep
	p.set(len(p.shown), p.at)
}

// hayLimit is how much of an entry a filter looks at, in bytes: the output of a
// command may be 60 kB, and a log may hold a hundred thousand of them.
const hayLimit = 4000

// lineText is what a filter looks at in a line, in lower case.
func lineText(l *model.Line, people *model.Roster, say *lang.Printer) string {
	text := l.Text
	if len(text) > hayLimit {
		text = text[:hayLimit]
	}
	switch {
	case (!l.Entry() || gone(l)) && say != nil:
		text = say.Say(l.Describe())
	case gone(l):
		text = ""
	}
	who := nameOf(people, l.Rec.Common().Actor)
	if machine, is := l.Rec.Common().Via.Machine(); is && say != nil {
		who = say.Say(machine)
	}
	return strings.ToLower(who + " " + text)
}
