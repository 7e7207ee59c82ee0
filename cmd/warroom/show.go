package main

import (
	"context"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/tui/clean"
)

// table is the list of incidents as lines of text.
func (s *session) table(ctx context.Context, rows []model.Summary) []string {
	var out []string
	width := s.width()
	now := s.Now().UnixMilli()
	for _, r := range rows {
		end := now
		if r.Over != 0 {
			end = r.Over
		}
		manager := ""
		if !r.Manager.IsZero() {
			manager = s.words.Say(model.Say("shell.list.manager", "Person", r.Manager))
		}
		head := strings.Join([]string{
			clean.Fit(r.Severity.String(), 4),
			clean.Fit(model.KeyPrefix+s.key(r.ID), 12),
			clean.Fit(s.words.Say(r.Status.Phrase()), 9),
			clean.Fit(s.words.Duration(time.Duration(end-s.since(ctx, r))*time.Millisecond), 7), "",
		}, "  ")
		if r.Restricted {
			manager = strings.TrimLeft(manager+"  "+s.T("shell.list.restricted"), " ")
		}
		out = append(out, hung(head, strings.TrimRight(clean.Line(r.Title)+"  "+manager, " "), width)...)
	}
	return out
}

// maxLooked is how many incidents the list looks into for when they were
// noticed: nobody reads the ages of more.
const maxLooked = 100

// since is when an incident began for those who noticed it. A row says when it
// was opened; one that lasts is looked into.
func (s *session) since(ctx context.Context, r model.Summary) int64 {
	if s.looked++; r.Over != 0 || s.looked > maxLooked {
		return r.Opened
	}
	v, err := s.room.Incident(ctx, r.ID)
	if err != nil {
		return r.Opened // the list is worth more than one age in it
	}
	if t := v.Moments[model.Detected]; t.At != 0 {
		return t.At
	}
	return r.Opened
}

// sentence is a line of the log, in words that need no author beside them.
func (a *app) sentence(l *model.Line) string { return a.words.Say(report.Named(report.Describe(l), l)) }

// firstLine is a line of the log in words, as far as one line holds it.
func (a *app) firstLine(l *model.Line) string {
	p := report.Describe(l)
	if p.Key != "log.entry" {
		return a.words.Say(p)
	}
	text := clean.Block(strings.TrimSpace(l.Text))
	if len(text) < 2 {
		return a.words.Say(p)
	}
	return clean.Line(text[0]) + " " + a.words.N("shell.log.more", len(text)-1)
}

// hang writes a line that goes on under its tail where the terminal is too
// narrow for it. What is no terminal gets it whole, for grep.
func (a *app) hang(head, tail string) {
	for _, l := range hung(head, tail, a.width()) {
		a.line(l)
	}
}

// minTail is the narrowest column that a text is put in, in cells.
const minTail = 20

// hung breaks a line at width cells; 0 is any width.
func hung(head, tail string, width int) []string {
	if width == 0 || clean.Width(head)+clean.Width(tail) <= width {
		return []string{head + tail}
	}
	indent := clean.Width(head)
	if width-indent < minTail {
		// Its own columns fill the terminal: the rest goes below them.
		const step = 2
		out := clean.Wrap(strings.TrimRight(head, " "), width)
		for _, l := range clean.Wrap(tail, width-step) {
			out = append(out, strings.Repeat(" ", step)+l)
		}
		return out
	}
	var out []string
	for i, l := range clean.Wrap(tail, width-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		out = append(out, head+l)
	}
	return out
}

// width is the terminal's that answers go to, 0 when they go to none.
func (a *app) width() int {
	return widthOf(a.out)
}

// struck is the mark of a line that somebody struck, with the reason if there is one.
func (s *session) struck(l *model.Line) string {
	if l.Struck.Text == "" {
		return s.T("shell.mark.struck.bare")
	}
	return s.T("shell.mark.struck", "Reason", l.Struck.Text)
}

// logLine is a line of the log with its time, its author and its reference.
func (s *session) logLine(l *model.Line) string {
	head, tail := s.logParts(l)
	return head + tail
}

// logParts are the columns of a line of the log, and its text.
func (s *session) logParts(l *model.Line) (head, tail string) {
	who := s.words.Say(model.Say("shell.by", "Person", l.Rec.Common().Actor))
	if machine, is := l.Rec.Common().Via.Machine(); is {
		who = s.words.Say(machine)
	}
	marks := ""
	if l.Star {
		marks += " " + s.T("shell.mark.star")
	}
	if len(l.Amends) > 0 {
		marks += " " + s.T("shell.mark.amended")
	}
	if l.Undone {
		marks += " " + s.T("shell.mark.undone")
	}
	if l.Struck != nil {
		marks += " " + s.struck(l)
	}
	head = s.T("shell.line", "Ref", l.Ref().String(), "Time", time.UnixMilli(l.At), "Who", clean.Fit(who, 10))
	return head + "  ", s.firstLine(l) + marks
}

// showLog writes the last n lines of the log; all with a negative n.
func (s *session) showLog(v *model.View, n int) {
	lines := v.Lines
	if n >= 0 && len(lines) > n {
		s.line(s.words.N("shell.log.earlier", len(lines)-n))
		lines = lines[len(lines)-n:]
	}
	day := ""
	for _, l := range lines {
		if d := s.words.Date(time.UnixMilli(l.At)); d != day {
			s.line(s.T("shell.day", "Day", d, "Zone", s.words.Zone(time.UnixMilli(l.At))))
			day = d
		}
		s.hang(s.logParts(l))
	}
}

// showIncident writes an incident as it stands.
func (s *session) showIncident(v *model.View, lines int) {
	now := s.Now().UnixMilli()
	s.line(s.T("shell.status.head", "Key", s.key(v.ID), "Title", v.Title.Value))
	end := now
	if t := v.Moments[model.ResolvedAt].At; t != 0 {
		end = t
	}
	began := v.Moments[model.Declared].At
	if t := v.Moments[model.Detected].At; t != 0 {
		began = t
	}
	s.line(s.T("shell.status.state", "Severity", v.Severity.Value.String(), "Status", v.Status.Value.Phrase(),
		"Took", time.Duration(end-began)*time.Millisecond, "Kind", v.Kind.Phrase()))
	if v.Restricted {
		s.line(s.seenBy(v))
	}
	s.line(s.T("shell.status.phases", "Phases", s.phases(v, now)))
	if next := v.Next(now); !next.IsZero() {
		s.line(s.T("shell.status.next", "Next", next.Say))
	}
	for _, a := range model.Audiences() {
		if due, ok := v.NextUpdate(a); ok && v.Owes(a) {
			key := "shell.status.due"
			if due < now {
				key = "shell.status.overdue"
			}
			s.line(s.T(key, "Audience", a.Phrase(), "Time", time.UnixMilli(due)))
		}
	}
	s.line(s.T("shell.status.topic", "Topic", s.topic(v)))
	s.part("shell.status.roles", s.roles(v, false))
	s.part("shell.status.impact", s.checklist(v))
	s.part("shell.status.links", s.links(v))
	s.part("shell.status.alerts", s.alertLines(v))
	if lines != 0 {
		s.line("")
		s.line(s.words.N("shell.status.log", len(v.Lines)))
		s.showLog(v, lines)
	}
}

// part writes a heading and its lines; nothing when there are none.
func (s *session) part(key string, lines []string) {
	if len(lines) == 0 {
		return
	}
	s.line("")
	s.line(s.T(key))
	for _, l := range lines {
		s.line("  " + l)
	}
}

func (s *session) phases(v *model.View, now int64) string {
	var out []string
	for _, p := range v.Phases(now) {
		key := "shell.phase.todo"
		switch p.Progress {
		case model.Done:
			key = "shell.phase.done"
		case model.Active:
			key = "shell.phase.active"
		}
		out = append(out, s.T(key, "Phase", p.Phase.Phrase()))
	}
	return strings.Join(out, "  ")
}

func (s *session) topic(v *model.View) string {
	var out []string
	for _, p := range v.TopicLine(s.key(v.ID)) {
		out = append(out, s.words.Say(p))
	}
	return strings.Join(out, s.T("shell.topic.join"))
}

// roles lists who holds what; the empty ones too when all is set, else only
// those that the severity asks for.
func (s *session) roles(v *model.View, all bool) []string {
	missing := map[model.Role]bool{}
	for _, r := range v.Missing() {
		missing[r] = true
	}
	var out []string
	for _, h := range v.Roles {
		if len(h.Holders) == 0 && !all && !missing[h.Card.Role] {
			continue
		}
		names := []model.Phrase{}
		for _, who := range h.Holders {
			names = append(names, model.Say("shell.by", "Person", who.Person))
		}
		value := s.T("shell.people", "People", names)
		switch {
		case len(names) == 0:
			value = s.T("shell.empty")
		case h.Conflict():
			value += " " + s.T("shell.conflict")
		}
		out = append(out, clean.Fit(s.words.Say(h.Card.Role.Phrase()), 18)+"  "+value)
	}
	return out
}

func (s *session) checklist(v *model.View) []string {
	var out []string
	for _, a := range v.Answers {
		value := s.T("shell.empty")
		if a.Done() {
			value = s.T("shell.answer", "Answer", a.Answer.Phrase(a.Text))
		}
		out = append(out, clean.Fit(string(a.Card.Question), 9)+clean.Fit(s.words.Say(a.Card.Question.Name()), 15)+value)
	}
	return out
}

func (s *session) links(v *model.View) []string {
	var out []string
	for _, l := range v.Links {
		out = append(out, strings.TrimRight(l.Ref.String()+"  "+clean.Fit(s.words.Say(l.Kind.Phrase()), 10)+clean.Line(l.URL)+"  "+clean.Line(l.Label), " "))
	}
	return out
}

func (s *session) alertLines(v *model.View) []string {
	var out []string
	for _, al := range v.Alerts {
		name := al.Name
		if name == "" {
			name = al.Fingerprint
		}
		key := "shell.alert.quiet"
		if al.Firing {
			key = "shell.alert.firing"
		}
		out = append(out, s.T(key, "Name", name, "Summary", al.Summary))
	}
	return out
}
