package pane

import (
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/layout"
)

// Incidents is the list of incidents.
type Incidents struct {
	base
	ov      *model.Overview
	shown   []int // the rows that the filter keeps; nil without a filter
	lasting int
	hay     incidentTexts
	current model.Scope
	// want is what was selected by hand or by Select, though its row may be
	// hidden or still to come; held is the row that the selection is on.
	want, held model.Scope
}

// NewIncidents is a list that waits for its rows.
func NewIncidents() *Incidents {
	return &Incidents{base: base{id: layout.Incidents, loading: true}}
}

// SetData gives the list new rows. The selection stays on the same incident;
// when that is gone, on the same place. A list that was scrolled stays where it is
// on the screen; one whose beginning is seen goes on showing it, because what is
// worst comes first.
func (p *Incidents) SetData(ov *model.Overview) {
	same := p.ov != nil && ov != nil && sameRows(p.ov.Rows, ov.Rows) && p.ov.People == ov.People && len(p.ov.Keys) == len(ov.Keys)
	p.arrived()
	if same && !ov.Loading {
		p.ov = ov
		return
	}
	p.changes++
	depth := p.at - p.drawn
	p.ov = ov
	p.loading = ov != nil && ov.Loading && len(ov.Rows) == 0
	p.lasting = 0
	for i := range p.rows() {
		if !ov.Rows[i].Status.Over() {
			p.lasting++
		}
	}
	p.keep()
	if (p.find(p.want) || p.find(p.held)) && p.drawn > 0 {
		p.top = max(p.at-depth, 0)
	}
	p.hold()
}

// sameRows reports the same rows, not only equal ones: no room writes in rows that
// it gave away.
func sameRows(a, b []model.Summary) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

// hold remembers the incident that the selection is on.
func (p *Incidents) hold() { p.held, _ = p.Selected() }

// chosen takes the selected incident for the one that is wanted.
func (p *Incidents) chosen() {
	p.hold()
	p.want = p.held
}

func (p *Incidents) rows() []model.Summary {
	if p.ov == nil {
		return nil
	}
	return p.ov.Rows
}

// row is the i-th row that is shown.
func (p *Incidents) row(i int) *model.Summary {
	if p.shown != nil {
		i = p.shown[i]
	}
	return &p.ov.Rows[i]
}

// find puts the selection on an incident; false when it is not shown.
func (p *Incidents) find(id model.Scope) bool {
	for i := range p.n {
		if p.row(i).ID == id {
			p.set(p.n, i)
			return true
		}
	}
	return false
}

// Selected is the selected incident; false when the list is empty.
func (p *Incidents) Selected() (model.Scope, bool) {
	if p.at >= p.n {
		return model.Scope{}, false
	}
	return p.row(p.at).ID, true
}

// Select selects an incident, as soon as it is in the list.
func (p *Incidents) Select(id model.Scope) {
	p.want = id
	p.find(id)
	p.hold()
}

// SetCurrent marks the incident that is open on the screen.
func (p *Incidents) SetCurrent(id model.Scope) {
	if id != p.current {
		p.changes++
	}
	p.current = id
}

// Move moves the selection.
func (p *Incidents) Move(m Move, h int) {
	p.base.Move(m, h)
	p.chosen()
}

// Click selects the row that was drawn there.
func (p *Incidents) Click(row int) bool {
	ok := p.base.Click(row)
	if ok {
		p.chosen()
	}
	return ok
}

// SetFilter keeps the incidents whose key, title, severity, status or manager
// has every word of the text.
func (p *Incidents) SetFilter(text string) {
	if p.want.IsZero() {
		p.want = p.held
	}
	p.filter = text
	p.changes++
	p.keep()
	if !p.find(p.want) {
		p.set(p.n, 0)
	}
	p.hold()
}

// Filter gives the filter, and how many incidents of all it keeps.
func (p *Incidents) Filter() (string, int, int) { return p.filter, p.n, len(p.rows()) }

// keep applies the filter.
func (p *Incidents) keep() {
	words := filterWords(p.filter)
	if len(words) == 0 {
		p.shown = nil
		p.set(len(p.rows()), p.at)
		return
	}
	p.hay.read(p.ov, p.say)
	p.shown = make([]int, 0, 64)
	for i, text := range p.hay.texts {
		if hasAll(text, words) {
			p.shown = append(p.shown, i)
		}
	}
	p.set(len(p.shown), p.at)
}

// into names the incident that another was merged into; one that this person may not
// see is not named.
func (p *Incidents) into(env Env, id model.Scope) string {
	if key := p.ov.Keys[id]; key != "" {
		return env.Say.T("pane.incidents.into", "Key", key)
	}
	return env.Say.T("pane.incidents.into.hidden")
}

func (p *Incidents) key(s *model.Summary) string {
	if k := p.ov.Keys[s.ID]; k != "" {
		return k
	}
	return s.ID.Key()
}

// Count is how many incidents last, of all.
func (p *Incidents) Count() string {
	if len(p.rows()) == 0 {
		return ""
	}
	return strconv.Itoa(p.lasting) + "/" + strconv.Itoa(len(p.rows()))
}

// Rows draws the list.
func (p *Incidents) Rows(env Env, w, h int, focused bool) []string {
	p.say = env.Say
	return p.again(p.made(env, w, h, focused, env.Now/1000), func() []string { return p.rowsOf(env, w, h, focused) })
}

func (p *Incidents) rowsOf(env Env, w, h int, focused bool) []string {
	iw, ih := inside(w, h)
	f := p.frame(env, "pane.incidents", p.Count(), p.n, len(p.rows()), focused)
	rows, ok := p.instead(env, iw, ih, func() []string {
		return env.empty(iw, ih, "empty.incidents", "empty.incidents.how", action.New)
	})
	if ok {
		p.blank()
		return env.box(f, rows, w, h)
	}
	from, to := p.window(ih)
	f.note, f.noteTok = p.hidden(env, from, to)
	keyW := 6
	for i := from; i < to; i++ {
		keyW = max(keyW, len(p.key(p.row(i))))
	}
	for i := from; i < to; i++ {
		rows = append(rows, p.draw(env, p.row(i), iw, keyW, i == p.at, focused))
	}
	return env.box(f, rows, w, h)
}

// hidden says how many rows are out of sight above and below, and warns when one
// of them needs somebody.
func (p *Incidents) hidden(env Env, from, to int) (string, themes.Token) {
	text := env.hidden(from, p.n-to)
	for i := range p.n {
		if s := p.row(i); (i < from || i >= to) && s.Due != 0 && s.Due < env.Now && !s.Status.Over() {
			return env.signs().need + " " + text, themes.Danger
		}
	}
	return text, themes.Dim
}

// hidden is how many rows are out of sight, above and below.
func (e Env) hidden(above, below int) string {
	var out []string
	if above > 0 {
		out = append(out, e.signs().up+strconv.Itoa(above))
	}
	if below > 0 {
		out = append(out, e.signs().down+strconv.Itoa(below))
	}
	return strings.Join(out, " ")
}

// From these widths a row has room for the status and the manager too.
const (
	statusFrom  = 56
	managerFrom = 72
)

func (p *Incidents) draw(env Env, s *model.Summary, w, keyW int, selected, focused bool) string {
	sg := env.signs()
	r := env.begin(w, selected, focused)
	if s.ID == p.current {
		r.put(themes.Accent, sg.current)
	} else {
		r.gap(1)
	}
	title := themes.Text
	if s.Status.Over() {
		r.fit(themes.Status(string(s.Status)), sg.status[s.Status]+" "+env.over(s.Status), 6)
		title = themes.Dim
	} else {
		word, st := env.severity(s.Severity)
		r.styled(st, word)
		r.gap(6 - clean.Width(word))
	}
	r.gap(1)
	r.fit(themes.Dim, p.key(s), keyW)
	r.gap(1)

	tail := env.row(max(r.left, 0))
	tail.over = r.over
	p.tail(env, tail, s, w)
	used := max(r.left, 0) - tail.left
	name := r.left - used
	if name < 8 { // a list so narrow shows the title only
		r.put(title, clean.Line(headOf(s.Title, r.left)))
		return r.end()
	}
	text := s.Title
	if !s.Into.IsZero() {
		text = p.into(env, s.Into) + " " + text
	}
	r.fit(title, clean.Line(headOf(text, name)), name)
	r.b.WriteString(tail.b.String())
	r.left -= used
	return r.end()
}

// tail writes what stands at the right of a row: what is wrong with it, its
// status and manager where there is room, and its age.
func (p *Incidents) tail(env Env, r *row, s *model.Summary, w int) {
	sg := env.signs()
	r.gap(1)
	if s.Conflict {
		r.put(themes.Conflict, sg.conflict)
		r.gap(1)
	}
	if s.Restricted {
		r.put(themes.Warn, env.Say.T("pane.incidents.restricted"))
		r.gap(1)
	}
	if s.Due != 0 && s.Due < env.Now && !s.Status.Over() {
		r.put(themes.Danger, env.Say.T("pane.incidents.overdue"))
		r.gap(1)
	}
	if w >= statusFrom {
		word, st := env.status(s.Status)
		r.styled(st, env.cut(word, 9))
		r.gap(10 - min(clean.Width(word), 9))
	}
	if w >= managerFrom && p.ov.People != nil {
		name := ""
		if !s.Manager.IsZero() {
			name = clean.Line(p.ov.People.Name(s.Manager))
		}
		r.fit(env.person(s.Manager), name, 10)
		r.gap(1)
	}
	age := env.age(env.Now - s.Opened)
	if s.Status.Over() && s.Over != 0 {
		age = env.age(env.Now - s.Over)
	}
	r.gap(4 - clean.Width(age))
	r.put(themes.Dim, age)
}

// over is a status that ends an incident, in the four letters of a severity.
func (e Env) over(s model.Status) string {
	if s == model.Cancelled {
		return e.Say.T("pane.incidents.void")
	}
	return e.Say.T("pane.incidents.done")
}

// age is a duration in ms in its greatest unit: a column of them is compared at
// a glance. A clock that is wrong makes no negative age.
func (e Env) age(ms int64) string {
	d := time.Duration(max(ms, 0)) * time.Millisecond
	switch {
	case d < time.Minute:
		return e.Say.T("pane.age.seconds", "N", int(d/time.Second))
	case d < time.Hour:
		return e.Say.T("pane.age.minutes", "N", int(d/time.Minute))
	case d < 48*time.Hour:
		return e.Say.T("pane.age.hours", "N", int(d/time.Hour))
	}
	return e.Say.T("pane.age.days", "N", int(d/(24*time.Hour)))
}

// person is the style of somebody's name.
func (e Env) person(id model.PersonID) themes.Token {
	if id == e.Me && !id.IsZero() {
		return themes.Self
	}
	return themes.Name
}

// Copy is the selected row as plain text.
func (p *Incidents) Copy(env Env) string {
	if p.at >= p.n {
		return ""
	}
	s := p.row(p.at)
	word, _ := env.status(s.Status)
	return "INC-" + p.key(s) + " " + s.Severity.String() + " " + word + " " + clean.Line(s.Title)
}
