package oncall

import (
	"strings"
	"time"

	"warroom/model"
)

// Book is a plan whose zones are known: what the room looks up when it pages.
type Book struct {
	Plan  Plan
	rotas map[string]*Calendar
}

// Open makes a book of a plan. What refuses a plan was looked for before: a shift in a
// zone that is not known here is left out.
func Open(p Plan, zones Zones) *Book {
	k := &checker{Checking: Checking{Zones: zones}}
	b := &Book{Plan: p, rotas: map[string]*Calendar{}}
	for _, r := range p.Rotas {
		b.rotas[r.Name] = openCalendar(r, k.load)
	}
	return b
}

// Rota finds a rota by name, in any case; nil for none.
func (b *Book) Rota(name string) *Calendar {
	if b == nil {
		return nil
	}
	for _, r := range b.Plan.Rotas {
		if strings.EqualFold(r.Name, name) {
			return b.rotas[r.Name]
		}
	}
	return nil
}

// Policy finds a policy by name, in any case; nil for none.
func (b *Book) Policy(name string) *Policy {
	if b == nil {
		return nil
	}
	for i := range b.Plan.Policies {
		if p := &b.Plan.Policies[i]; strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// World is what targets are looked up in.
type World struct {
	People *model.Roster
	// View is the incident; nil holds no roles.
	View *model.View
	At   time.Time
}

// Resolve finds who is meant, each as a person and how they were found. A target that
// finds nobody gives the zero person, so that this is said.
func (b *Book) Resolve(who []Target, w World) []model.PageTarget {
	var out []model.PageTarget
	for _, t := range who {
		n := len(out)
		add := func(id model.PersonID) { out = append(out, model.PageTarget{Person: id, By: t.String()}) }
		switch t.Kind {
		case ToPerson:
			if id, ok := named(w.People, t.Name); ok {
				add(id)
			}
		case ToRole:
			if role, err := w.People.Roles().Parse(t.Name); err == nil && w.View != nil {
				for _, h := range w.View.Holders(role) {
					add(h.Person)
				}
			}
		case ToRota:
			if c := b.Rota(t.Name); c != nil {
				if id, ok := named(w.People, c.Who(w.At).Person); ok {
					add(id)
				}
			}
		case ToEverybody:
			for _, p := range w.People.Members() {
				add(p.ID)
			}
		}
		if len(out) == n {
			add(model.PersonID{})
		}
	}
	return out
}

// named is the person of exactly that name, in any case: the beginning of a name
// may come to be another's, and nobody looks when a page goes out at night.
func named(people *model.Roster, name string) (model.PersonID, bool) {
	if name == "" || people == nil {
		return model.PersonID{}, false
	}
	for _, p := range people.All() {
		if strings.EqualFold(p.Name, name) {
			return p.ID, true
		}
	}
	return model.PersonID{}, false
}

// Send is the command that begins a policy. Text may be empty.
func (b *Book) Send(p *Policy, text string, w World) model.SendPage {
	_, _, more := p.Next(0, 0)
	return model.SendPage{
		To: b.Resolve(p.Steps[0].Who, w), Text: text, Policy: p.Name, Wait: p.Steps[0].Wait, Last: !more,
	}
}

// Next is the command that takes the step after that of a page. Where none follows,
// or the policy is not there any more, it only notes that nobody answered.
func (b *Book) Next(policy string, after *model.Paged, w World) model.NextPage {
	c := model.NextPage{Chain: after.Chain, After: after.Ref}
	p := b.Policy(policy)
	if p == nil {
		return c
	}
	round, step, ok := p.Next(after.Round, after.Step)
	if !ok {
		return c
	}
	_, _, more := p.Next(round, step)
	c.To, c.Wait, c.Round, c.Step, c.Last = b.Resolve(p.Steps[step].Who, w), p.Steps[step].Wait, round, step, !more
	return c
}

// Ask is the command that pages whom somebody typed: "policy NAME", a target as
// policies write it, or a bare name, which is looked for among the policies, then the
// rotas, then the people. A person's name may be cut short where one typed it. It
// refuses as Roster.Find does, with CodeRoleUnknown, or with CodePageTarget when there
// is no such policy or rota.
func (b *Book) Ask(typed, text string, w World) (model.SendPage, error) {
	typed = strings.TrimSpace(typed)
	kind, name, _ := strings.Cut(typed, " ")
	name = strings.TrimSpace(name)
	one := func(t Target) (model.SendPage, error) {
		return model.SendPage{To: b.Resolve([]Target{t}, w), Text: text}, nil
	}
	person := func(name string) (model.SendPage, error) {
		id, err := w.People.Find(name)
		return model.SendPage{To: []model.PageTarget{{Person: id}}, Text: text}, err
	}
	switch {
	case strings.EqualFold(kind, "policy") && name != "":
		if p := b.Policy(name); p != nil {
			return b.Send(p, text, w), nil
		}
		return model.SendPage{}, model.Refuse(model.CodePageTarget, "Who", typed)
	case strings.EqualFold(kind, string(ToRota)) && name != "":
		if c := b.Rota(name); c != nil {
			return one(Target{ToRota, c.Rota.Name})
		}
		return model.SendPage{}, model.Refuse(model.CodePageTarget, "Who", typed)
	case strings.EqualFold(kind, string(ToRole)) && name != "":
		role, err := w.People.Roles().Parse(name)
		if err != nil {
			return model.SendPage{}, err
		}
		return one(Target{ToRole, string(role)})
	case strings.EqualFold(kind, string(ToPerson)) && name != "":
		return person(name)
	case strings.EqualFold(typed, string(ToEverybody)):
		return one(Target{Kind: ToEverybody})
	}
	if p := b.Policy(typed); p != nil {
		return b.Send(p, text, w), nil
	}
	if c := b.Rota(typed); c != nil {
		return one(Target{ToRota, c.Rota.Name})
	}
	return person(typed)
}
