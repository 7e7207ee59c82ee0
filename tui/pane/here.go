package pane

import (
	"strings"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// People counts the people among the consoles that are open: an overview lists
// those of one person together.
func People(here []model.Presence) int {
	n := 0
	for i := range here {
		if i == 0 || here[i].Person != here[i-1].Person {
			n++
		}
	}
	return n
}

// Attendance is when each person who is here last pressed a key, at any of their
// consoles, in ms since 1970.
func Attendance(here []model.Presence) map[model.PersonID]int64 {
	if len(here) == 0 {
		return nil
	}
	out := make(map[model.PersonID]int64, len(here))
	for i := range here {
		out[here[i].Person] = max(out[here[i].Person], here[i].Active)
	}
	return out
}

// writers are who writes, in a sentence as short as a frame has room for; "" for
// nobody.
func (e Env) writers(people *model.Roster, who []model.PersonID) string {
	if len(who) == 0 {
		return ""
	}
	if len(who) > 2 {
		return e.Say.N("pane.log.writing.many", len(who))
	}
	names := make([]string, 0, len(who))
	for _, id := range who {
		names = append(names, e.cut(nameOf(people, id), writerWidth))
	}
	return e.Say.N("pane.log.writing", len(names), "Names", strings.Join(names, ", "))
}

// writerWidth is how much of a name the frame shows: with two of them the
// sentence fits beside the title at a width of 60.
const writerWidth = 16

// Who lists the consoles that are open, by the names of their people: which
// incident, through which door, what is done there and for how long. What is to
// be known of a person stands under the first one. Those who are known and not
// here follow.
func Who(env Env, ov *model.Overview, people *model.Roster, here []model.Presence, w int) []string {
	p := whoPage{env: env, people: people, w: max(w, 0)}
	p.read(ov, here)
	p.columns()
	if len(here) > 0 {
		p.out = append(p.out, p.heading())
	}
	for i := range here {
		p.out = append(p.out, p.console(&here[i]))
		p.notes(&here[i], i == 0 || here[i].Person != here[i-1].Person)
	}
	if People(here) < 2 {
		p.prose(env.Say.T("pane.who.none"))
	}
	var away []string
	for _, o := range people.All() {
		if _, in := p.attends[o.ID]; !in && o.ID != env.Me { // who reads this is here
			away = append(away, clean.Line(o.Name))
		}
	}
	if len(away) > 0 {
		p.out = append(p.out, env.row(p.w).end())
		p.prose(env.Say.T("pane.who.away", "Names", strings.Join(away, ", ")))
	}
	return p.out
}

// whoPage is the page in the making.
type whoPage struct {
	env     Env
	people  *model.Roster
	w       int
	attends map[model.PersonID]int64
	levels  map[model.Scope]model.Level
	keys    map[model.Scope]string
	manages map[model.PersonID][]string
	name    int // the widths of the columns; 0 leaves one out
	place   int
	door    int
	now     int
	since   int
	rooms   int // the width of the longest name of another room that somebody is in
	out     []string
}

// roomWidth is how much of the name of another room is shown.
const roomWidth = 16

// read takes from the rows what the page says of incidents, in one pass.
func (p *whoPage) read(ov *model.Overview, here []model.Presence) {
	p.attends = Attendance(here)
	p.levels, p.keys, p.manages = map[model.Scope]model.Level{}, ov.Keys, map[model.PersonID][]string{}
	seen := map[model.Scope]bool{}
	for i := range here {
		seen[here[i].Incident] = true
		if here[i].Room != "" {
			p.rooms = max(p.rooms, clean.Width(p.through(&here[i])))
		}
	}
	for i := range ov.Rows {
		r := &ov.Rows[i]
		if seen[r.ID] {
			p.levels[r.ID] = r.Severity
		}
		if _, in := p.attends[r.Manager]; in && !r.Status.Over() {
			p.manages[r.Manager] = append(p.manages[r.Manager], p.key(r.ID))
		}
	}
}

func (p *whoPage) key(id model.Scope) string {
	if k := p.keys[id]; k != "" {
		return k
	}
	return id.Key()
}

// columns shares the width out: what somebody does there is worth more than the
// door they came through.
func (p *whoPage) columns() {
	p.place, p.now = 13, 13
	switch {
	case p.w >= 66:
		p.door, p.since = 9, 7
	case p.w >= 56:
		p.since = 7
	case p.w < 44:
		p.place = 6
	}
	if p.door > 0 {
		p.door = max(p.door, min(p.rooms, roomWidth))
	}
	left := p.w - 2
	for _, c := range []int{p.place, p.now, p.door, p.since} {
		if c > 0 {
			left -= c + 1
		}
	}
	p.name = max(min(left, 28), 4)
}

func (p *whoPage) heading() string {
	r := p.env.row(p.w)
	r.gap(2)
	for _, c := range []struct {
		width int
		key   string
	}{{p.name, "name"}, {p.place, "incident"}, {p.door, "door"}, {p.now, "now"}, {p.since, "since"}} {
		if c.width > 0 {
			r.fit(themes.Dim, p.env.Say.T("pane.who."+c.key), c.width)
			r.gap(1)
		}
	}
	return r.end()
}

func (p *whoPage) console(o *model.Presence) string {
	e, r := p.env, p.env.row(p.w)
	tok, sign, doing := e.presence(o.Active), "", e.Say.T("pane.who.active")
	sign = e.presenceSign(o.Active)
	switch {
	case o.Idle(e.Now):
		doing = e.Say.T("pane.who.idle", "Time", e.age(e.Now-o.Active))
	case o.Typing:
		doing = e.Say.T("pane.who.writing")
	}
	r.put(tok, sign)
	r.gap(1)
	r.fit(e.person(o.Person), nameOf(p.people, o.Person), p.name)
	r.gap(1)
	p.where(r, o.Incident)
	r.gap(1)
	if p.door > 0 {
		r.fit(themes.Dim, p.through(o), p.door)
		r.gap(1)
	}
	r.fit(tok, doing, p.now)
	r.gap(1)
	if p.since > 0 {
		r.fit(themes.Dim, e.age(e.Now-o.Since), p.since)
	}
	return r.end()
}

// through is the door somebody came through, or the other room that they are in.
func (p *whoPage) through(o *model.Presence) string {
	if o.Room != "" {
		return p.env.Say.T("pane.who.room", "Room", o.Room)
	}
	return p.env.door(o.Via)
}

// where is the incident somebody looks at, and how bad it is.
func (p *whoPage) where(r *row, id model.Scope) {
	end := r.left - p.place
	if id.IsZero() {
		r.put(themes.Dim, "-")
	} else {
		r.put(themes.Accent, p.env.cut(p.key(id), p.place))
		if level, ok := p.levels[id]; ok && r.left-end > 6 {
			word, st := p.env.severity(level)
			r.gap(1)
			r.styled(st, p.env.cut(word, r.left-end))
		}
	}
	r.gap(r.left - end)
}

// notes are what is to be known of a person, under their first console; and in
// which other room a console is, where there is no column for it.
func (p *whoPage) notes(o *model.Presence, first bool) {
	e := p.env
	var out []string
	if p.door == 0 && o.Room != "" {
		out = append(out, p.through(o))
	}
	if first {
		out = append(out, p.known(o)...)
	}
	if len(out) == 0 {
		return
	}
	r := e.row(p.w)
	r.gap(4)
	r.put(themes.Dim, strings.Join(out, " "+e.signs().dot+" "))
	p.out = append(p.out, r.end())
}

// known is what is to be known of a person.
func (p *whoPage) known(o *model.Presence) (out []string) {
	e := p.env
	if o.Person == e.Me {
		out = append(out, e.Say.T("pane.who.you"))
	}
	if o.Claimed {
		out = append(out, e.Say.T("pane.who.claimed"))
	}
	if o.Access == model.Observer {
		out = append(out, e.Say.Say(o.Access.Phrase()))
	}
	if keys := p.manages[o.Person]; len(keys) > 0 {
		out = append(out, e.Say.T("pane.who.manages", "Keys", strings.Join(keys, ", ")))
	}
	return out
}

func (p *whoPage) prose(text string) {
	for _, l := range clean.Wrap(text, max(p.w-2, 1)) {
		r := p.env.row(p.w)
		r.gap(2)
		r.put(themes.Dim, l)
		p.out = append(p.out, r.end())
	}
}

// door is the way somebody came in; one that a newer warroom has goes by its word.
func (e Env) door(d model.Door) string {
	if key := "pane.who.door." + string(d); e.Say.Has(key) {
		return e.Say.T(key)
	}
	return clean.Line(string(d))
}

// presence is the style of somebody who is here and pressed a key then.
func (e Env) presence(active int64) themes.Token {
	if e.idle(active) {
		return themes.Away
	}
	return themes.Here
}

func (e Env) presenceSign(active int64) string {
	if e.idle(active) {
		return e.signs().away
	}
	return e.signs().here
}

func (e Env) idle(active int64) bool {
	return model.Presence{Active: active}.Idle(e.Now)
}
