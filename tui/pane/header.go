package pane

import (
	"fmt"
	"strings"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// gapOf joins pieces of the lines above and below the panes.
const gapOf = "  "

// Header is the first line of the screen: which incident, how bad, how far, for
// how long, when the next update is due, and how fresh all this is. v is nil
// while no incident is open. Where the width ends, the title is cut first, then
// the least important parts go.
func Header(env Env, ov *model.Overview, v *model.View, w int) string {
	r := env.row(w)
	r.over = env.style(themes.Header)
	if v == nil {
		env.lobby(r, ov)
		return r.end()
	}
	levels := env.details(ov)
	for i, level := range levels {
		if level.skip {
			continue
		}
		before, after := env.facts(ov, v, level)
		title, titleTok := clean.Line(headOf(v.Title.Value, w)), themes.Title
		if v.Title.Conflict() {
			say := func(s string) string { return clean.Line(headOf(s, w)) }
			title, titleTok = env.signs().conflict+" "+both(v.Title, say, " "+env.signs().or+" "), themes.Conflict
		}
		room := w - width(before) - width(after) - 1
		if room < 0 && i == len(levels)-1 {
			level.link = linkNone
			before, after = env.facts(ov, v, level)
			room = w - width(before) - width(after) - 1
		}
		if room-2 < min(clean.Width(title), max(w/4-4, w/2-24, 10)) && i < len(levels)-1 {
			continue
		}
		r.gap(1)
		for _, p := range before {
			r.put(p.tok, p.text)
		}
		if room > 2 {
			r.gap(2)
			r.fit(titleTok, title, room-2)
		} else {
			r.gap(max(room, 0))
		}
		for _, p := range after {
			r.put(p.tok, p.text)
		}
		break
	}
	return r.end()
}

// details are what the header may tell, from full to bare: the first that leaves
// the title room is taken.
func (e Env) details(ov *model.Overview) []detail {
	here, linked, troubled := crowd(ov), peered(ov), e.troubled(ov)
	return []detail{
		{inc: true, due: dueInFull, clock: true, solo: true, zone: true, link: linkFull},
		{inc: true, due: dueInShort, clock: true, solo: true, zone: true, link: linkFull},
		{due: dueInShort, clock: true, solo: true, zone: true, link: linkFull},
		{due: dueInShort, clock: true, solo: true, link: linkShort},
		{due: dueInShort, clock: true, solo: true, brief: true, link: linkShort, skip: here < 2 && !linked},
		// A link that is well is the first to go, one that is not among the last.
		{due: dueInShort, clock: true, brief: true, link: linkShort, skip: !troubled},
		{due: dueInShort, clock: true, solo: true, brief: true, skip: here < 2 || !linked},
		{due: dueInShort, clock: true},
		{due: dueInShort, clock: true, brief: true},
		{due: dueInShort, brief: true},
		{due: dueInShort, brief: true, tight: true},
		{brief: true, tight: true},
	}
}

// detail is how much the header tells.
type detail struct {
	inc   bool   // "INC-" before the key
	due   dueIn  // the next update and for whom
	clock bool   // the time, and what may keep it from being the room's
	solo  bool   // how many are here, or that nobody else is reached
	zone  bool   // of the time; never without it
	brief bool   // without the seconds of how long it lasts
	tight bool   // one blank between the pieces
	link  linkIn // how the room stands to its peers
	skip  bool   // this is not for a room as it is
}

// dueIn is how the next update is told.
type dueIn int

const (
	dueIfLate  dueIn = iota // only what is overdue, in a word
	dueInShort              // cust. 09:30
	dueInFull               // update to customers due 09:30
)

// lobby is the header while no incident is open.
func (e Env) lobby(r *row, ov *model.Overview) {
	r.gap(1)
	r.put(themes.Title, e.Say.T("pane.header.name"))
	r.gap(3)
	if ov != nil && !ov.Loading {
		lasting := 0
		for i := range ov.Rows {
			if ov.Rows[i].Status.Over() {
				break // what lasts comes first
			}
			lasting++
		}
		r.put(themes.Dim, e.Say.N("pane.header.open", lasting))
	}
	for _, d := range []detail{{solo: true, zone: true, link: linkFull}, {solo: true, zone: true, link: linkShort}, {link: linkShort}, {link: linkSigns}, {tight: true}} {
		link := e.link(d, ov, d.zone)
		if d.tight {
			link = e.peers(ov, linkSigns)
		}
		if r.left <= width(link)+1 {
			if !peered(ov) {
				break
			}
			continue
		}
		r.gap(r.left - width(link) - 1)
		for _, p := range link {
			r.put(p.tok, p.text)
		}
		break
	}
}

// crowd counts the people who are here.
func crowd(ov *model.Overview) int {
	if ov == nil {
		return 0
	}
	return People(ov.Here)
}

// facts are what stands before the title and after it.
func (e Env) facts(ov *model.Overview, v *model.View, d detail) (before, after []piece) {
	key := keyOf(ov, v.ID)
	if d.inc {
		key = "INC-" + key
	}
	before = []piece{{themes.Accent, key}}
	add := func(tok themes.Token, text string) {
		gap := gapOf
		if d.tight {
			gap = " "
		}
		after = append(after, piece{themes.Text, gap}, piece{tok, text})
	}
	word, st := e.severity(v.Severity.Value)
	if v.Severity.Conflict() {
		add(themes.Conflict, e.signs().conflict+" "+both(v.Severity, model.Level.String, e.signs().or))
	} else {
		add(st.Token(), word)
	}
	word, st = e.status(v.Status.Value)
	if v.Status.Conflict() {
		say := func(s model.Status) string { return e.Say.Say(s.Phrase()) }
		add(themes.Conflict, e.signs().conflict+" "+both(v.Status, say, e.signs().or))
	} else {
		add(st.Token(), word)
	}
	if v.Restricted {
		add(themes.Warn, e.Say.T("pane.header.restricted"))
	}
	if d.brief {
		add(themes.Text, e.brief(v))
	} else {
		add(themes.Text, e.elapsed(v))
	}
	if due, to, ok := nextUpdate(v); ok {
		switch {
		case due < e.Now:
			add(themes.Danger, e.signs().need+" "+e.due("pane.header.late", due, to, d.due))
		case d.due != dueIfLate:
			tok := themes.Dim
			if due-e.Now < soon {
				tok = themes.Warn
			}
			add(tok, e.due("pane.header.due", due, to, d.due))
		}
	}
	switch {
	case d.clock:
		after = append(after, piece{themes.Text, gapOf + " "})
		after = append(after, e.link(d, ov, false)...)
	default:
		var signs []piece
		if d.link != linkNone {
			signs = e.peers(ov, linkSigns)
		}
		for _, p := range signs {
			add(p.tok, p.text)
		}
		if e.ReadOnly && (len(signs) == 0 || !d.tight) {
			add(themes.Warn, e.readOnly())
		}
	}
	return before, append(after, piece{themes.Text, " "})
}

// due says when an update is or was due, and to whom.
func (e Env) due(key string, at int64, to model.Audience, in dueIn) string {
	who := e.Say.T("pane.header.who." + string(to))
	switch in {
	case dueIfLate:
		key += ".short"
	case dueInFull:
		key, who = key+".full", e.Say.Say(to.Phrase())
	}
	return e.Say.T(key, "Who", who, "Time", e.Say.ClockShort(time.UnixMilli(at)))
}

// soon is when an update that will be due is worth a look, in ms: about what
// writing one takes.
const soon = 5 * 60_000

// readOnly says why nothing can be changed here, in a word.
func (e Env) readOnly() string {
	if e.Observer {
		return e.Say.T("pane.header.observer")
	}
	return e.Say.T("pane.header.readonly")
}

// link is who is reached, what may be done, and the clock with its zone.
func (e Env) link(d detail, ov *model.Overview, seconds bool) []piece {
	var out []piece
	dot := piece{themes.Dim, " " + e.signs().dot + " "}
	add := func(p piece) { out = append(out, p, dot) }
	if e.ReadOnly {
		add(piece{themes.Warn, e.readOnly()})
	}
	switch here := crowd(ov); {
	case d.solo && here > 1:
		add(piece{themes.Text, e.Say.N("pane.header.here", here)})
	case d.solo && !peered(ov):
		add(piece{themes.Dim, e.Say.T("pane.header.solo")})
	}
	for _, p := range e.peers(ov, d.link) {
		add(p)
	}
	now := time.UnixMilli(e.Now)
	clock := e.Say.ClockShort(now)
	if seconds {
		clock = e.Say.Clock(now)
	}
	if d.zone && !strings.HasSuffix(clock, ")") { // both clocks name their zones
		clock += " " + e.Say.Zone(now)
	}
	return append(out, piece{themes.Dim, clock})
}

func keyOf(ov *model.Overview, id model.Scope) string {
	if ov != nil && ov.Keys[id] != "" {
		return ov.Keys[id]
	}
	return id.Key()
}

// both writes the values of a conflict side by side, the shown one first.
func both[T any](h model.Held[T], say func(T) string, or string) string {
	words := []string{say(h.Value)}
	for _, o := range h.Others {
		words = append(words, say(o.Value))
	}
	return strings.Join(words, or) + " ?"
}

// nextUpdate is when the next update to anybody who is owed one is due, and to
// whom.
func nextUpdate(v *model.View) (at int64, to model.Audience, ok bool) {
	for _, a := range model.Audiences() {
		if due, ok := v.NextUpdate(a); ok && v.Owes(a) && (at == 0 || due < at) {
			at, to = due, a
		}
	}
	return at, to, at != 0
}

// lasted is how long the incident lasts or lasted, in ms: since it was opened.
func (e Env) lasted(v *model.View) int64 {
	from := v.Moments[model.Declared].At
	if from == 0 {
		return 0
	}
	to := e.Now
	if v.Status.Value.Over() {
		if at := v.Moments[model.ResolvedAt].At; at != 0 {
			to = at
		} else if v.Status.By != nil {
			to = v.Status.By.HappenedAt()
		}
	}
	return max(to-from, 0)
}

// brief is how long, to the minute.
func (e Env) brief(v *model.View) string {
	s := e.lasted(v) / 1000
	return fmt.Sprintf("%02d:%02d", s/3600, s/60%60)
}

// elapsed is a running clock: 00:42:10, and with days 4d 03:12.
func (e Env) elapsed(v *model.View) string {
	s := e.lasted(v) / 1000
	if s >= 100*3600 {
		return e.Say.T("pane.age.days", "N", s/86400) + fmt.Sprintf(" %02d:%02d", s/3600%24, s/60%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Status is the incident in one short line, for a screen that has no room for
// more: 7F3K2M SEV1 00:42.
func Status(env Env, ov *model.Overview, v *model.View, w int) string {
	r := env.row(w)
	if v == nil {
		env.lobby(r, ov)
		return r.end()
	}
	r.put(themes.Accent, keyOf(ov, v.ID))
	r.gap(1)
	if v.Severity.Conflict() {
		r.put(themes.Conflict, both(v.Severity, model.Level.String, env.signs().or))
	} else {
		r.put(themes.Severity(int(v.Severity.Value)), v.Severity.Value.String())
	}
	r.gap(1)
	r.put(themes.Text, env.brief(v))
	if due, to, ok := nextUpdate(v); ok && due < env.Now {
		r.gap(1)
		r.put(themes.Danger, env.signs().need+" "+env.due("pane.header.late", due, to, dueInShort))
	} else {
		word, st := env.status(v.Status.Value)
		r.gap(1)
		r.styled(st, word)
	}
	for _, p := range env.peers(ov, linkSigns) {
		if clean.Width(p.text) < r.left {
			r.gap(1)
			r.put(p.tok, p.text)
		}
	}
	return r.end()
}
