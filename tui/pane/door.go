package pane

import (
	"strings"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/clean"
)

// Knock is a device at the door, as it would come in if it were let in now.
type Knock struct {
	ID string
	model.Waiting
	// Access and Person are what was chosen, in place of those of the invite.
	Access model.Access
	Person model.PersonID
}

// mostKnocks is how many are listed at once: the words of the selected one matter
// more than who else waits.
const mostKnocks = 5

// Door shows who waits at the door: a line for each where there are several, and
// of the selected one the words, large, and all that is known. mine is what the
// reader may do. spots gives the rows of the lines.
func Door(env Env, people *model.Roster, all []Knock, at string, mine model.Access, w int) (rows []string, spots map[string]int) {
	p := doorPage{page{env: env, people: people, w: max(w, 0)}, mine}
	spots = map[string]int{}
	i := 0
	for n := range all {
		if all[n].ID == at {
			i = n
		}
	}
	if len(all) == 0 {
		p.say(themes.Text, "pane.door.none")
		p.blank()
		p.say(themes.Dim, "pane.door.none.how")
		return p.out, spots
	}
	if len(all) > 1 {
		p.list(all, i, at, spots)
		p.blank()
	}
	if all[i].ID != at {
		p.say(themes.Dim, "pane.door.select")
		return p.out, spots
	}
	if len(all) == 1 {
		spots[at] = 0
	}
	p.knock(&all[i])
	return p.out, spots
}

type doorPage struct {
	page
	mine model.Access
}

func (p *doorPage) blank() { p.out = append(p.out, p.env.row(p.w).end()) }

// say adds a sentence, one cell in.
func (p *doorPage) say(tok themes.Token, key string, pairs ...any) {
	p.indented(tok, p.env.Say.T(key, pairs...))
}

func (p *doorPage) indented(tok themes.Token, text string) {
	for _, l := range clean.Wrap(text, max(min(p.w-2, proseWidth), 1)) {
		r := p.env.row(p.w)
		r.gap(1)
		r.put(tok, l)
		p.out = append(p.out, r.end())
	}
}

// proseWidth is how long a line of a sentence is at most: a longer one is hard to
// follow back to its next.
const proseWidth = 76

// list is a line for each, at most mostKnocks round the selected one.
func (p *doorPage) list(all []Knock, i int, at string, spots map[string]int) {
	from := max(min(i-mostKnocks/2, len(all)-mostKnocks), 0)
	wait, from2 := 5, 0
	if p.w >= 60 {
		from2 = min(p.w/4, 22)
	}
	left := p.w - 3 - wait - 1
	if from2 > 0 {
		left -= from2 + 1
	}
	label := max(left/2-1, 0)
	name := max(left-label-1, 1)
	for n := from; n < min(from+mostKnocks, len(all)); n++ {
		k := &all[n]
		spots[k.ID] = len(p.out)
		r := p.env.begin(p.w, k.ID == at, true)
		r.gap(1)
		r.fit(themes.Name, orDash(clean.Line(headOf(k.Name, name))), name)
		r.gap(1)
		r.fit(themes.Text, orDash(clean.Line(headOf(k.Label, label))), label)
		r.gap(1)
		if from2 > 0 {
			r.fit(themes.Dim, clean.Line(headOf(k.From, from2)), from2)
			r.gap(1)
		}
		sign := ""
		if k.Twice {
			sign = " " + p.env.signs().need
		}
		r.put(themes.Dim, p.env.age(p.env.Now-k.Since))
		r.put(themes.Danger, sign)
		p.out = append(p.out, r.end())
	}
	if more := len(all) - mostKnocks; more > 0 {
		p.out = append(p.out, p.more(more))
	}
}

func (p *doorPage) more(n int) string {
	r := p.env.row(p.w)
	r.gap(2)
	r.put(themes.Dim, p.env.Say.N("pane.door.more", n))
	return r.end()
}

// knock is one of them: what is wrong with it first, then the words.
func (p *doorPage) knock(k *Knock) {
	if k.Twice {
		p.indented(themes.Danger, p.env.signs().fail+" "+p.env.Say.T("pane.door.twice"))
		if p.mine != model.Owner {
			p.say(themes.Danger, "pane.door.twice.owner", "Owners", ownersOf(p.people))
		}
		p.blank()
	}
	p.say(themes.Text, "pane.door.words")
	p.words(k.Words)
	if who, ok := p.named(k); ok {
		p.indented(themes.Warn, p.env.signs().need+" "+p.env.Say.T("pane.door.named", "Person", who))
		p.blank()
	}
	p.line("pane.door.name", themes.Name, clean.Line(k.Name))
	p.line("pane.door.device", themes.Text, clean.Line(k.Label))
	p.line("pane.door.from", themes.Text, clean.Line(k.From))
	p.line("pane.door.as", themes.Text, p.as(k))
	if k.Service {
		p.line("pane.door.service", themes.Text, p.env.Say.T("pane.door.service.yes"))
	}
	p.line("pane.door.by", themes.Text, p.env.Say.T("pane.door.by.as", "Person", k.By, "Access", k.Waiting.Access))
	p.line("pane.door.waits", themes.Dim, p.env.age(p.env.Now-k.Since))
}

// line is a fact, one cell in.
func (p *doorPage) line(key string, tok themes.Token, value string) {
	begun := len(p.out)
	if p.w == 0 {
		return
	}
	p.w--
	p.fact(key, tok, orDash(value))
	p.w++
	for i := begun; i < len(p.out); i++ {
		p.out[i] = p.env.row(1).end() + p.out[i]
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// as is what it would be: in a sentence that begins with what it may do.
func (p *doorPage) as(k *Knock) string {
	if who, ok := p.people.Person(k.Person); ok && who.Member() {
		return p.env.Say.T("pane.door.further", "Person", who.ID, "Access", who.Access)
	} else if ok {
		return p.env.Say.T("pane.door.known", "Person", who.ID, "Gives", Gives(k.Access))
	}
	return p.env.Say.Say(Gives(k.Access))
}

// Gives is an access with what it lets somebody do.
func Gives(a model.Access) model.Phrase {
	return model.Say("door.as", "Access", a, "Gives", model.Say("door.gives."+a.String()))
}

// named is the member whose name the newcomer gave, though nobody said that it is
// that person.
func (p *doorPage) named(k *Knock) (model.PersonID, bool) {
	who, ok := p.people.Named(clean.Line(k.Name))
	return who.ID, ok && k.Person.IsZero() && (who.Member() || who.Revoked)
}

func ownersOf(people *model.Roster) []string {
	var out []string
	for _, o := range people.Owners() {
		out = append(out, o.Name)
	}
	return out
}

// words are the four words as large as the width lets them be: read aloud from
// here, and compared with what the other side says.
func (p *doorPage) words(words [4]string) {
	e, s := p.env, p.env.signs()
	gap, wide := 5, 0
	for _, w := range words {
		wide += clean.Width(clean.Line(w))
	}
	for gap > 1 && wide+3*gap+2*gap+4 > p.w {
		gap--
	}
	inner := wide + 5*gap
	frame := inner+4 <= p.w
	edge := func(left, right string) {
		r := e.row(p.w)
		r.gap(1)
		r.put(themes.Focus, left+strings.Repeat(s.edge, inner)+right)
		p.out = append(p.out, r.end())
	}
	if frame {
		edge(s.corners[0], s.corners[1])
	} else {
		p.blank()
	}
	r := e.row(p.w)
	r.gap(1)
	if frame {
		r.put(themes.Focus, s.side)
		r.gap(gap)
	}
	for i, w := range words {
		if i > 0 {
			r.gap(gap)
		}
		r.put(themes.Title, clean.Line(w))
	}
	if frame {
		r.gap(gap)
		r.put(themes.Focus, s.side)
	}
	p.out = append(p.out, r.end())
	if frame {
		edge(s.corners[2], s.corners[3])
	} else {
		p.blank()
	}
}

// AtDoor is how many wait, beside other things in a last row of w cells; empty for
// nobody.
func AtDoor(env Env, n int, key string, w int) string {
	if n == 0 {
		return ""
	}
	text := env.Say.N("pane.door.count", n)
	if w < 60 {
		text = env.Say.N("pane.door.count.short", n)
	}
	return env.style(themes.Banner).Render(" " + text + " (" + key + ") ")
}
