package pane

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/layout"
)

// Roles is the roster of an incident: who holds which role.
type Roles struct {
	base
	view    *model.View
	people  *model.Roster
	missing []model.Role
	shown   []int
	want    model.Role
	// attends is who is here, with when they last pressed a key.
	attends map[model.PersonID]int64
}

// NewRoles is a roster of no incident yet.
func NewRoles() *Roles { return &Roles{base: base{id: layout.Roles}} }

// SetData shows who holds an incident's roles; a nil view is none.
func (p *Roles) SetData(v *model.View, people *model.Roster) {
	p.arrived()
	var missing []model.Role
	if v != nil && !v.Status.Value.Over() {
		missing = v.Missing()
	}
	same := people == p.people && slices.Equal(missing, p.missing) && sameRoles(p.view, v)
	p.view, p.people, p.missing = v, people, missing
	if same {
		return
	}
	p.changes++
	p.keep()
}

// sameRoles reports that the same people hold the roles of two views.
func sameRoles(a, b *model.View) bool {
	if a == nil || b == nil || a.ID != b.ID {
		return false
	}
	return slices.Equal(a.Shifts, b.Shifts) && slices.EqualFunc(a.Roles, b.Roles, func(x, y model.Holding) bool {
		return x.Card.Role == y.Card.Role && x.Conflict() == y.Conflict() &&
			slices.EqualFunc(x.Holders, y.Holders, func(m, n model.Holder) bool { return m.Person == n.Person })
	})
}

// SetHere says who is here, as Attendance gives it.
func (p *Roles) SetHere(attends map[model.PersonID]int64) { p.attends = attends }

func (p *Roles) roles() []model.Holding {
	if p.view == nil {
		return nil
	}
	return p.view.Roles
}

func (p *Roles) keep() {
	words := filterWords(p.filter)
	p.shown = p.shown[:0]
	at := p.at
	for i := range p.roles() {
		if len(words) > 0 && !hasAll(p.text(i), words) {
			continue
		}
		if p.roles()[i].Card.Role == p.want {
			at = len(p.shown)
		}
		p.shown = append(p.shown, i)
	}
	p.set(len(p.shown), at)
}

func (p *Roles) text(i int) string {
	h := &p.roles()[i]
	hay := string(h.Card.Role) + " " + strings.Join(p.names(h), " ")
	if p.say != nil {
		hay += " " + p.say.Say(h.Card.Role.Phrase())
	}
	return strings.ToLower(hay)
}

func (p *Roles) names(h *model.Holding) []string {
	var out []string
	for _, who := range h.Holders {
		out = append(out, p.name(who.Person))
	}
	return out
}

func (p *Roles) name(id model.PersonID) string { return nameOf(p.people, id) }

// nameOf is somebody's clean name.
func nameOf(people *model.Roster, id model.PersonID) string {
	if people == nil {
		people = &model.Roster{}
	}
	return clean.Line(people.Name(id))
}

// Selected is the selected role; false without one.
func (p *Roles) Selected() (model.Role, bool) {
	if p.at >= p.n {
		return "", false
	}
	return p.roles()[p.shown[p.at]].Card.Role, true
}

// Move moves the selection.
func (p *Roles) Move(m Move, h int) {
	p.base.Move(m, h)
	p.want, _ = p.Selected()
}

// Click selects the row that was drawn there.
func (p *Roles) Click(row int) bool {
	ok := p.base.Click(row)
	p.want, _ = p.Selected()
	return ok
}

// SetFilter keeps the roles whose name or holders have every word.
func (p *Roles) SetFilter(text string) {
	p.filter = text
	p.changes++
	p.keep()
}

// Filter gives the filter, and how many roles of all it keeps.
func (p *Roles) Filter() (string, int, int) { return p.filter, p.n, len(p.roles()) }

// Count is how many roles somebody holds, of all.
func (p *Roles) Count() string {
	if p.view == nil {
		return ""
	}
	n, all := p.view.Filled()
	return strconv.Itoa(n) + "/" + strconv.Itoa(all)
}

// Rows draws the roster. What the selected role does stands in the rows to
// spare, or else in the frame while people move about in it.
func (p *Roles) Rows(env Env, w, h int, focused bool) []string {
	p.say = env.Say
	of := p.made(env, w, h, focused, 0)
	of.sig = p.present(env)
	return p.again(of, func() []string { return p.rowsOf(env, w, h, focused) })
}

// present tells from each other who of the holders is here, idle and away, and for how
// many hours those are on who need a rest: a number for the signs that are drawn.
func (p *Roles) present(env Env) uint64 {
	n := uint64(1)
	for i := range p.roles() {
		for _, who := range p.roles()[i].Holders {
			n *= 3 // wraps only with more than forty holders, and then still differs for most
			if active, in := p.attends[who.Person]; in && env.idle(active) {
				n++
			} else if in {
				n += 2
			}
			n *= 3
			if p.rest(env, who.Person) != model.Fresh {
				s, _ := p.view.Shift(who.Person)
				n = n*1_000_003 + uint64(time.Duration(env.Now-s.Since)*time.Millisecond/time.Hour)
			}
		}
	}
	return n
}

func (p *Roles) rowsOf(env Env, w, h int, focused bool) []string {
	iw, ih := inside(w, h)
	f := p.frame(env, "pane.roles", p.Count(), p.n, len(p.roles()), focused)
	rows, ok := p.instead(env, iw, ih, func() []string {
		return env.empty(iw, ih, "empty.roles", "empty.roles.how", action.Open)
	})
	if ok {
		p.blank()
		return env.box(f, rows, w, h)
	}
	from, to := p.window(ih)
	f.note, f.noteTok = p.hidden(env, from, to)
	for i := from; i < to; i++ {
		rows = append(rows, p.draw(env, &p.roles()[p.shown[i]], iw, i == p.at, focused))
	}
	if duty := p.roles()[p.shown[p.at]].Card.Does(); env.Say.Has(duty.Key) {
		strained := p.strained(env, &p.roles()[p.shown[p.at]])
		text := strings.Join(append(strained, env.Say.Say(duty)), " ")
		if spare := ih - len(rows) - 1; spare*(iw-2) > len(text) {
			rows = append(rows, "")
			rows = append(rows, env.paragraph(themes.Dim, text, iw, spare)...)
		} else if focused && f.foot == "" {
			f.foot, f.footTok = text, themes.Dim
			if len(strained) > 0 {
				f.foot, f.footTok = strained[0], themes.Warn
			}
		}
	}
	return env.box(f, rows, w, h)
}

// hidden says how many roles are out of sight above and below, and warns when one of
// them is needed or has two holders.
func (p *Roles) hidden(env Env, from, to int) (string, themes.Token) {
	text := env.hidden(from, p.n-to)
	for i, at := range p.shown {
		h := &p.roles()[at]
		if (i < from || i >= to) && (h.Conflict() || len(h.Holders) == 0 && slices.Contains(p.missing, h.Card.Role)) {
			return env.signs().need + " " + text, themes.Warn
		}
	}
	return text, themes.Dim
}

// roleWidth is the column of the names of roles.
const roleWidth = 16

func (p *Roles) draw(env Env, h *model.Holding, w int, selected, focused bool) string {
	sg := env.signs()
	r := env.begin(w, selected, focused)
	need := slices.Contains(p.missing, h.Card.Role)
	switch {
	case h.Conflict():
		r.put(themes.Conflict, sg.conflict)
	case len(h.Holders) > 0:
		r.put(themes.Here, sg.filled)
	case need:
		r.put(themes.Warn, sg.need)
	default:
		r.put(themes.Away, sg.empty)
	}
	r.gap(1)
	letter := h.Card.Letter
	if letter == "" {
		letter = " "
	}
	r.put(themes.Key, clean.Cut(letter, 1))
	r.gap(1)
	name := themes.Text
	if !h.Card.Offered() {
		name = themes.Dim // retired, or of a card that has not arrived
	}
	r.fit(name, env.roleName(h.Card.Role), min(roleWidth, max(w/2, 1)))
	r.gap(1)
	switch {
	case len(h.Holders) == 0 && need:
		r.put(themes.Warn, env.Say.T("pane.roles.needed"))
	case len(h.Holders) == 0:
		r.put(themes.Dim, "-")
	case h.Conflict():
		r.put(themes.Conflict, strings.Join(p.names(h), sg.or)+" "+strconv.Itoa(len(h.Holders))+"!")
	default:
		for i, who := range h.Holders {
			if i > 0 {
				r.put(themes.Dim, ", ")
			}
			r.put(env.person(who.Person), p.name(who.Person))
			if active, in := p.attends[who.Person]; in {
				r.gap(1)
				r.put(env.presence(active), env.presenceSign(active))
			}
			p.strain(env, r, who.Person)
		}
	}
	return r.end()
}

// rest is how much somebody needs one.
func (p *Roles) rest(env Env, person model.PersonID) model.Rest {
	s, _ := p.view.Shift(person)
	if s.Since == 0 {
		return model.Fresh
	}
	return s.Rest(env.Now)
}

// strain marks who has too many roles, by how many, and who has been on for long, by
// the hours.
func (p *Roles) strain(env Env, r *row, person model.PersonID) {
	if p.view.Overloaded(person) {
		r.gap(1)
		r.put(themes.Warn, env.Say.T("pane.roles.many", "N", len(p.view.RolesOf(person))))
	}
	tok := themes.Warn
	switch p.rest(env, person) {
	case model.Fresh:
		return
	case model.RestNow:
		tok = themes.Danger
	}
	s, _ := p.view.Shift(person)
	r.gap(1)
	r.put(tok, env.age(env.Now-s.Since))
}

// strained says in words what the marks in a role's row mean.
func (p *Roles) strained(env Env, h *model.Holding) []string {
	var out []string
	for _, who := range h.Holders {
		if p.view.Overloaded(who.Person) {
			out = append(out, clean.Line(env.Say.N("pane.roles.overloaded", len(p.view.RolesOf(who.Person)), "Person", who.Person)))
		}
		key := ""
		switch p.rest(env, who.Person) {
		case model.RestSoon:
			key = "pane.roles.rest"
		case model.RestNow:
			key = "pane.roles.rest.now"
		}
		if key != "" {
			s, _ := p.view.Shift(who.Person)
			out = append(out, clean.Line(env.Say.T(key, "Person", who.Person, "Took", env.age(env.Now-s.Since))))
		}
	}
	return out
}

// roleName is a role's name; a role whose card is not known goes by its id.
func (e Env) roleName(role model.Role) string { return e.Say.Say(role.Phrase()) }

// Copy is the selected role and who holds it.
func (p *Roles) Copy(env Env) string {
	if p.at >= p.n {
		return ""
	}
	h := &p.roles()[p.shown[p.at]]
	names := strings.Join(p.names(h), ", ")
	if names == "" {
		names = "-"
	}
	return env.roleName(h.Card.Role) + ": " + names
}
