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

// Impact is the checklist of an incident's impact.
type Impact struct {
	base
	view  *model.View
	shown []int
	want  model.Question
}

// NewImpact is a checklist of no incident yet.
func NewImpact() *Impact { return &Impact{base: base{id: layout.Impact}} }

// SetData shows an incident's answers; nil is none.
func (p *Impact) SetData(v *model.View) {
	p.arrived()
	same := sameAnswers(p.view, v)
	p.view = v
	if same {
		return
	}
	p.changes++
	p.keep()
}

// sameAnswers reports that the pane shows the same of two views.
func sameAnswers(a, b *model.View) bool {
	if a == nil || b == nil || a.ID != b.ID || a.Severity.Value != b.Severity.Value || len(a.Answers) != len(b.Answers) ||
		a.Suggests.Level != b.Suggests.Level || a.Status.Value.Over() != b.Status.Value.Over() {
		return false
	}
	for i := range a.Answers {
		x, y := &a.Answers[i], &b.Answers[i]
		if x.By != y.By || x.Text != y.Text || len(x.Others) != len(y.Others) {
			return false
		}
	}
	return true
}

func (p *Impact) answers() []model.Answered {
	if p.view == nil {
		return nil
	}
	return p.view.Answers
}

func (p *Impact) keep() {
	words := filterWords(p.filter)
	p.shown = p.shown[:0]
	at := p.at
	for i := range p.answers() {
		if len(words) > 0 && !hasAll(p.text(i), words) {
			continue
		}
		if p.answers()[i].Card.Question == p.want {
			at = len(p.shown)
		}
		p.shown = append(p.shown, i)
	}
	p.set(len(p.shown), at)
}

func (p *Impact) text(i int) string {
	a := &p.answers()[i]
	hay := string(a.Card.Question) + " " + a.Text + " " + strings.Join(a.Answer.Choices, " ")
	if p.say != nil {
		hay += " " + p.say.Say(a.Card.Question.Name())
		if a.Done() {
			hay += " " + p.say.Say(a.Answer.Phrase(a.Text))
		}
	}
	return strings.ToLower(hay)
}

// Selected is the selected question; false without one.
func (p *Impact) Selected() (model.Question, bool) {
	if p.at >= p.n {
		return "", false
	}
	return p.answers()[p.shown[p.at]].Card.Question, true
}

// Move moves the selection.
func (p *Impact) Move(m Move, h int) {
	p.base.Move(m, h)
	p.want, _ = p.Selected()
}

// Click selects the row that was drawn there.
func (p *Impact) Click(row int) bool {
	ok := p.base.Click(row)
	p.want, _ = p.Selected()
	return ok
}

// SetFilter keeps the questions whose name or answer has every word.
func (p *Impact) SetFilter(text string) {
	p.filter = text
	p.changes++
	p.keep()
}

// Filter gives the filter, and how many questions of all it keeps.
func (p *Impact) Filter() (string, int, int) { return p.filter, p.n, len(p.answers()) }

// Count is how many questions are answered, of all.
func (p *Impact) Count() string {
	if p.view == nil {
		return ""
	}
	n, all := p.view.Assessed()
	return strconv.Itoa(n) + "/" + strconv.Itoa(all)
}

// Rows draws the checklist.
func (p *Impact) Rows(env Env, w, h int, focused bool) []string {
	p.say = env.Say
	return p.again(p.made(env, w, h, focused, 0), func() []string { return p.rowsOf(env, w, h, focused) })
}

func (p *Impact) rowsOf(env Env, w, h int, focused bool) []string {
	iw, ih := inside(w, h)
	f := p.frame(env, "pane.impact", p.Count(), p.n, len(p.answers()), focused)
	if f.foot == "" {
		f.foot, f.footTok = p.suggestion(env), themes.Accent
	}
	if q, ok := p.Selected(); ok && f.foot == "" && focused && p.err == nil && !p.loading {
		f.foot, f.footTok = env.Say.Say(q.Phrase()), themes.Dim
	}
	rows, ok := p.instead(env, iw, ih, func() []string {
		return env.empty(iw, ih, "empty.impact", "empty.impact.how", action.Open)
	})
	if ok {
		p.blank()
		return env.box(f, rows, w, h)
	}
	from, to := p.window(ih)
	for i := from; i < to; i++ {
		rows = append(rows, p.draw(env, &p.answers()[p.shown[i]], iw, i == p.at, focused))
	}
	return env.box(f, rows, w, h)
}

// suggestion is the severity that the answers speak for, and why, where it is
// worse than the one that the incident has. That a lesser one would do is said
// only when every question is answered.
func (p *Impact) suggestion(env Env) string {
	if p.view == nil || p.view.Suggests.IsZero() || p.view.Status.Value.Over() {
		return ""
	}
	s, has := p.view.Suggests, p.view.Severity.Value
	answered, all := p.view.Assessed()
	if s.Level == has || !s.Level.Worse(has) && answered < all {
		return ""
	}
	return env.Say.T("pane.impact.suggests", "Severity", s.Level.String(), "Why", s.Why)
}

// nameWidth is the column of the short names of questions.
const nameWidth = 14

func (p *Impact) draw(env Env, a *model.Answered, w int, selected, focused bool) string {
	sg := env.signs()
	r := env.begin(w, selected, focused)
	name := env.Say.Say(a.Card.Question.Name())
	switch {
	case len(a.Others) > 0:
		r.put(themes.Conflict, sg.conflict)
	case a.Done():
		r.put(themes.OK, sg.done)
	default:
		r.put(themes.Dim, sg.todo)
	}
	r.gap(1)
	r.fit(themes.Dim, name, min(nameWidth, max(w/2, 1)))
	r.gap(1)
	if len(a.Others) > 0 {
		r.put(themes.Conflict, p.both(env, a, r.left))
		return r.end()
	}
	if !a.Done() {
		r.put(themes.Dim, env.Say.T("pane.impact.open"))
		return r.end()
	}
	text := env.answer(a.Answer, a.Text, r.left)
	by := ""
	if w >= statusFrom {
		by = env.Say.T("pane.impact.by", "Person", a.By.Common().Actor, "At", time.UnixMilli(a.By.HappenedAt()))
	}
	if len(a.Earlier) > 0 {
		by = strings.TrimSpace(sg.amended + " " + by)
	}
	if by != "" && clean.Width(text)+1+clean.Width(by) <= r.left {
		r.put(themes.Text, text)
		r.gap(r.left - clean.Width(by))
		r.put(themes.Dim, by)
		return r.end()
	}
	r.put(themes.Text, text)
	return r.end()
}

// answer is an answer in words, as far as w cells can show it.
func (e Env) answer(a model.Answer, text string, w int) string {
	head, more := line(text, w)
	if more > 0 {
		head += " " + e.Say.N("pane.log.more", more)
	}
	return e.Say.Say(a.Phrase(head))
}

// both shows the answers that stand side by side.
func (p *Impact) both(env Env, a *model.Answered, w int) string {
	list := []string{env.answer(a.Answer, a.Text, w)}
	for _, o := range a.Others {
		b, ok := o.Body.(*model.AnswerSet)
		if ok && !b.Answer.Cleared {
			list = append(list, env.answer(b.Answer, o.Text, w))
		} else {
			list = append(list, "-")
		}
	}
	return strings.Join(list, env.signs().or) + " ?"
}

// Copy is the selected question and its answer.
func (p *Impact) Copy(env Env) string {
	if p.at >= p.n {
		return ""
	}
	a := &p.answers()[p.shown[p.at]]
	name := env.Say.Say(a.Card.Question.Name()) + ": "
	if !a.Done() {
		return name + env.Say.T("pane.impact.open")
	}
	return name + env.Say.Say(a.Answer.Phrase(a.Text))
}
