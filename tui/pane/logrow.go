package pane

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
)

// wide is a width at which nothing is shortened.
const wide = 1 << 16

// bottomKey is what to press to see the newest line.
func (p *Log) bottomKey(env Env, focused bool) string {
	if focused {
		return env.key(action.Bottom)
	}
	return env.key(action.PaneLog) + " " + env.key(action.Bottom)
}

// columns is how the log stands in its width: what all its rows share.
type columns struct {
	env    Env
	people *model.Roster
	w      int
	// dated shows days: some of the log is not of today.
	dated bool
	// short shows minutes, and signs without their words.
	short bool
	nameW int
	alone func(*model.Line) bool
}

func (p *Log) columns(env Env, w int) *columns {
	c := &columns{env: env, people: p.people, alone: p.alone, w: w, short: w < 60, nameW: 16}
	switch {
	case w < 60:
		c.nameW = 6
	case w < 100:
		c.nameW = 10
	}
	if lines := p.lines(); len(lines) > 0 {
		first := lines[0].Rec
		if p.view.Earlier > 0 && p.view.Opened != nil {
			first = p.view.Opened // what is loaded later must not change the columns
		}
		c.dated = env.date(first.Wall) != env.date(env.Now)
	}
	return c
}

func (e Env) date(ms int64) string { return e.Say.Date(time.UnixMilli(ms)) }

// clock is when something was, as the column shows it.
func (c *columns) clock(ms int64) string {
	t := time.UnixMilli(ms)
	s := ""
	if c.dated {
		s = strings.TrimPrefix(c.env.Say.Date(t), c.env.Say.Date(time.UnixMilli(c.env.Now))[:5]) + " "
	}
	if c.short {
		return s + c.env.Say.ClockShort(t)
	}
	return s + c.env.Say.Clock(t)
}

// piece is a run of text in one style.
type piece struct {
	tok  themes.Token
	text string
}

// draw makes a row: when, who, what, and at the right the signs of what became
// of it.
func (c *columns) draw(l *model.Line, selected, focused bool) string {
	e := c.env
	r := e.begin(c.w, selected, focused)
	if e.ahead(l) {
		r.put(themes.Stale, c.clock(l.Rec.Wall)+e.signs().ahead)
	} else {
		r.put(themes.Time, c.clock(l.Rec.Wall))
		r.gap(1)
	}
	actor := l.Rec.Common().Actor
	who := themes.Dim
	if _, machine := l.Rec.Common().Via.Machine(); !actor.IsZero() && !machine {
		who = e.person(actor)
	}
	r.fit(who, c.actor(l), c.nameW)
	r.gap(1)

	tail := c.tail(l)
	room := r.left - width(tail)
	if room < 8 {
		tail, room = tail[:0], r.left
	}
	left := r.left
	c.what(r, l, room)
	r.gap(room - (left - r.left))
	for _, p := range tail {
		r.put(p.tok, p.text)
	}
	return r.end()
}

func width(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		n += clean.Width(p.text)
	}
	return n
}

// actor is who acted: a person, or the monitoring, whoever fed its alerts in.
func (c *columns) actor(l *model.Line) string {
	common := l.Rec.Common()
	machine, is := common.Via.Machine()
	switch {
	case is:
		return c.env.Say.Say(machine)
	case common.Actor.IsZero():
		return "-"
	}
	return nameOf(c.people, common.Actor)
}

// ahead reports a line whose author's clock was ahead of this one by more than
// clocks are.
func (e Env) ahead(l *model.Line) bool { return l.Rec.Wall > e.Now+model.MaxAhead.Milliseconds() }

// what writes what happened, in at most room cells.
func (c *columns) what(r *row, l *model.Line, room int) {
	e, sg := c.env, c.env.signs()
	end := r.left - room
	put := func(tok themes.Token, text string) {
		if n := r.left - end; n > 0 {
			r.put(tok, e.cut(text, n))
		}
	}
	if l.Late() {
		put(themes.Time, sg.late+" "+e.Say.T("pane.log.at", "At", c.late(l))+" ")
	}
	switch {
	case l.Struck != nil && !gone(l):
		head, _ := line(l.Text, room)
		put(themes.Struck, sg.struck+sg.struck+head+sg.struck+sg.struck)
		return
	case l.Undone:
		put(themes.Dim, sg.undone+" "+e.sentence(l, room))
		return
	}
	entry, ok := l.Rec.Body.(*model.EntryAdd)
	switch {
	case ok && entry.Form == model.CommandOutput && entry.Run != nil && !gone(l):
		c.command(put, r, l, entry.Run, end)
	case ok && !gone(l):
		head, _ := line(l.Text, room)
		for _, p := range c.called(e.cut(head, max(r.left-end, 0))) {
			put(p.tok, p.text)
		}
	default:
		put(c.tone(l), e.sentence(l, room))
	}
}

// gone reports a line whose text was removed for good. Whatever is still held of
// it is not shown, searched or copied.
func gone(l *model.Line) bool { return l.Rec.Removed || l.Removed != nil && l.Rec.HasText }

// sentence says what a line did. Its texts are cut before they are put into
// words: a row shows the beginning.
func (e Env) sentence(l *model.Line, room int) string {
	if l.Entry() && !gone(l) {
		head, _ := line(l.Text, room)
		return head
	}
	_, alert := l.Rec.Body.(*model.AlertState) // its text is JSON, which has to be whole
	if most := max(room, 1) * cellBytes; len(l.Rec.Text) > most && !alert {
		cut, rec := *l, *l.Rec
		rec.Text = headOf(rec.Text, room)
		cut.Rec = &rec
		l = &cut
	}
	return e.Say.Say(l.Describe())
}

// tone is the style of an act that nobody wrote by hand.
func (c *columns) tone(l *model.Line) themes.Token {
	switch b := l.Rec.Body.(type) {
	case *model.SeveritySet:
		return themes.Severity(int(b.Level))
	case *model.StatusSet:
		return themes.Status(string(b.Status))
	case *model.AlertState:
		if b.State == model.Firing {
			return themes.Warn
		}
		return themes.OK
	case *model.LinkAdd:
		return themes.Link
	}
	return themes.Dim
}

// late is when a line happened that was recorded later: with its day when that
// is another.
func (c *columns) late(l *model.Line) string {
	t := time.UnixMilli(l.At)
	if !c.dated && c.env.date(l.At) != c.env.date(l.Rec.Wall) {
		return c.env.Say.Date(t) + " " + c.env.Say.ClockShort(t)
	}
	return c.env.Say.ClockShort(t)
}

// command writes a command that was run: how it ended is always seen, the
// command itself is cut first.
func (c *columns) command(put func(themes.Token, string), r *row, l *model.Line, run *model.CommandRun, end int) {
	e := c.env
	cmd, _ := model.SplitCommand(l.Text)
	tok, sign := themes.OK, e.signs().done
	if run.Exit != 0 {
		tok, sign = themes.Danger, e.signs().fail
	}
	tail := []piece{{tok, sign + " " + e.Say.T("pane.log.exit", "Exit", run.Exit)}}
	if !c.short {
		tail = append(tail, piece{themes.Dim, "  " + e.Say.Duration(time.Duration(run.Millis)*time.Millisecond)})
		key := "pane.log.lines"
		if c.w >= 100 {
			key = "pane.log.lines.open"
		}
		tail = append(tail, piece{themes.Dim, "  " + e.Say.N(key, int(run.Lines))})
	}
	room := r.left - end - width(tail) - 3
	for room < 12 && len(tail) > 1 {
		room += clean.Width(tail[len(tail)-1].text)
		tail = tail[:len(tail)-1]
	}
	put(themes.Command, "$ "+e.cut(clean.Line(headOf(cmd, max(room, 1))), max(room-2, 1)))
	put(themes.Text, "   ")
	for _, p := range tail {
		put(p.tok, p.text)
	}
}

// tail are the signs of what became of a line, at the right of its row.
func (c *columns) tail(l *model.Line) []piece {
	e, sg := c.env, c.env.signs()
	var out []piece
	add := func(tok themes.Token, sign, word string) {
		text := " " + sign
		if !c.short && word != "" {
			text += " " + e.Say.T(word)
		}
		out = append(out, piece{tok, text})
	}
	if entry, ok := l.Rec.Body.(*model.EntryAdd); ok && entry.Form != model.CommandOutput && l.Struck == nil && !gone(l) {
		if _, more := line(l.Text, 1); more > 0 {
			out = append(out, piece{themes.Dim, " " + e.Say.N("pane.log.more", more)})
		}
	}
	if l.Struck != nil {
		out = append(out, piece{themes.Dim, " " + e.Say.T("pane.log.struck")})
	}
	if l.Undone && !c.short {
		out = append(out, piece{themes.Dim, " " + e.Say.T("pane.log.undone")})
	}
	if len(l.Others) > 0 {
		add(themes.Conflict, sg.conflict, "pane.log.conflict")
	} else if len(l.Amends) > 0 {
		add(themes.Dim, sg.amended, "pane.log.amended")
	}
	if l.Star {
		add(themes.Star, sg.star, "")
	}
	if c.alone(l) {
		add(themes.Dim, sg.alone, "")
	}
	return out
}

// plain is a line as text to paste: when, who, what. That it was struck goes
// with it: pasted elsewhere it would else pass for what holds.
func (c *columns) plain(l *model.Line) string {
	text := clean.Line(l.Text)
	if !l.Entry() || gone(l) {
		text = c.env.Say.Say(l.Describe())
	} else if l.Struck != nil {
		text = c.env.Say.T("pane.log.struck.copy", "Text", text)
	}
	t := time.UnixMilli(l.At)
	return c.env.Say.Full(t) + " " + c.env.Say.Zone(t) + " " + c.actor(l) + ": " + text
}
