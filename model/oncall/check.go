package oncall

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"warroom/model"
)

// Problem is something that is wrong with a plan.
type Problem struct {
	// Line is where in the text, from 1; 0 for no line.
	Line int
	Say  model.Phrase
	// Refuses says that the plan cannot be used so. What does not refuse may be meant:
	// a rota for working hours has holes, and somebody may come to be known later.
	Refuses bool
}

// Checking is what a plan is checked against.
type Checking struct {
	Zones Zones
	// At is from when on holes and overlaps are looked for, for a bit more than a
	// year, which has each change of the clock.
	At time.Time
	// People are the names that are known; nil looks for nobody.
	People []string
	// Roles are the workspace's; nil knows those that every one has.
	Roles *model.RoleBook
	// Nearest gives the name that was probably meant, "" for none.
	Nearest func(word string, names []string) string
	// NearestZone gives the zone that was probably meant, "" for none.
	NearestZone func(name string) string
}

// Check looks for all that is wrong with a plan, by line.
func Check(p Plan, c Checking) []Problem {
	k := &checker{Checking: c}
	if k.Nearest == nil {
		k.Nearest = func(string, []string) string { return "" }
	}
	if k.NearestZone == nil {
		k.NearestZone = func(string) string { return "" }
	}
	if len(p.Rotas) > MaxRotas || len(p.Policies) > MaxPolicies {
		k.refuse(0, "many", "Limit", MaxRotas)
	}
	var rotas []string
	for _, r := range p.Rotas {
		rotas = append(rotas, r.Name)
	}
	for _, r := range p.Rotas {
		k.rota(r)
	}
	for _, o := range p.Policies {
		k.policy(o, rotas)
	}
	slices.SortStableFunc(k.found, func(a, b Problem) int { return a.Line - b.Line })
	return k.found
}

// Refused reports a plan that cannot be used.
func Refused(found []Problem) bool {
	return slices.ContainsFunc(found, func(p Problem) bool { return p.Refuses })
}

type checker struct {
	Checking
	found []Problem
	wrong bool // the rota at hand cannot be walked
}

// problems are the keys of the catalogue's sentences.
var problems = map[string]string{
	"many": "rota.wrong.many", "name": "rota.wrong.name", "empty": "rota.wrong.empty", "shifts": "rota.wrong.shifts",
	"zone": "rota.wrong.zone", "zone.nearest": "rota.wrong.zone.nearest", "zone.missing": "rota.wrong.missing", "start": "rota.wrong.start", "weeks": "rota.wrong.weeks", "people": "rota.wrong.people",
	"override": "rota.wrong.override", "hole": "rota.wrong.hole", "overlap": "rota.wrong.overlap", "overrides": "rota.wrong.overrides",
	"person": "rota.wrong.person", "person.nearest": "rota.wrong.person.nearest",
	"steps": "rota.wrong.steps", "who": "rota.wrong.who", "wait": "rota.wrong.wait", "repeat": "rota.wrong.repeat",
	"rota": "rota.wrong.rota", "rota.nearest": "rota.wrong.rota.nearest", "role": "rota.wrong.role",
}

func (k *checker) refuse(line int, problem string, pairs ...any) {
	k.found = append(k.found, Problem{line, model.Say(problems[problem], pairs...), true})
	k.wrong = true
}

func (k *checker) tell(line int, problem string, pairs ...any) {
	k.found = append(k.found, Problem{line, model.Say(problems[problem], pairs...), false})
}

// goodName reports a name that can be typed and shown.
func goodName(s string) bool {
	return s != "" && len(s) <= MaxName && s == strings.TrimSpace(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// zone refuses a zone that is none, once where it stands: the shifts and overrides of a
// rota have its zone. Line is where one is missing.
func (k *checker) zone(line, zoneLine int, name string) {
	k.wrong = k.wrong || !k.knowsZone(name)
	at := cmp.Or(zoneLine, line)
	if k.knowsZone(name) || slices.ContainsFunc(k.found, func(p Problem) bool {
		return p.Line == at && (p.Say.Args["Zone"] == name || p.Say.Args["Key"] == "zone")
	}) {
		return
	}
	if name == "" {
		k.refuse(at, "zone.missing", "Key", "zone")
	} else if n := k.NearestZone(name); n != "" {
		k.refuse(at, "zone.nearest", "Zone", name, "Nearest", n)
	} else {
		k.refuse(at, "zone", "Zone", name)
	}
}

// knowsZone refuses the zone of the machine too: it is another on each.
func (k *checker) knowsZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := k.Zones(name)
	return err == nil
}

func (k *checker) person(line int, name string) {
	if k.People == nil || slices.ContainsFunc(k.People, func(p string) bool { return strings.EqualFold(p, name) }) {
		return
	}
	if n := k.Nearest(name, k.People); n != "" {
		k.tell(line, "person.nearest", "Name", name, "Nearest", n)
		return
	}
	k.tell(line, "person", "Name", name)
}

func (k *checker) rota(r Rota) {
	k.wrong = false
	if !goodName(r.Name) {
		k.refuse(r.Line, "name", "Name", r.Name)
	}
	if len(r.Shifts) == 0 {
		k.refuse(r.Line, "empty", "Rota", r.Name)
	}
	if len(r.Shifts) > MaxShifts {
		k.refuse(r.Line, "shifts", "Limit", MaxShifts)
	}
	for _, s := range r.Shifts {
		k.zone(s.Line, s.ZoneLine, s.Zone)
		if len(s.People) == 0 {
			k.refuse(s.Line, "empty", "Rota", r.Name)
		}
		if len(s.People) > MaxPeople {
			k.refuse(s.Line, "people", "Limit", MaxPeople)
		}
		if s.Start.IsZero() {
			k.refuse(s.Line, "start", "Rota", r.Name)
		}
		if s.Weeks < 0 || s.Weeks > MaxWeeks {
			k.refuse(s.Line, "weeks", "Limit", MaxWeeks)
		}
		for _, p := range s.People {
			k.person(s.Line, p)
		}
	}
	for _, o := range r.Overrides {
		if o.Zone != "" || !k.wrong { // what its rota lacks was said there
			k.zone(o.Line, o.ZoneLine, o.Zone)
		}
		k.person(o.Line, o.Person)
		if z, err := k.Zones(o.Zone); err == nil && !Instant(o.From.Date, o.From.Clock, z).Before(Instant(o.To.Date, o.To.Clock, z)) {
			k.refuse(o.Line, "override", "Rota", r.Name)
		}
	}
	if !k.wrong {
		k.walk(r, openCalendar(r, k.load))
	}
}

func (k *checker) load(name string) *time.Location {
	z, err := k.Zones(name)
	if err != nil {
		return nil
	}
	return z
}

// walkFor is how far holes are looked for.
const walkFor = 54 * 7 * 24 * time.Hour

// walk finds holes and overlaps, and tells of the first of each, and how many there are.
func (k *checker) walk(r Rota, c *Calendar) {
	holes, overlaps := stretches{}, stretches{}
	for t := k.At; ; {
		next := c.next(t)
		end := next.IsZero() || next.Sub(k.At) > walkFor
		if end {
			next = k.At.Add(walkFor)
		}
		on := 0
		for i := range c.shifts {
			if c.shifts[i].covers(t) {
				on++
			}
		}
		holes.see(c.Who(t).Person == "", t, next)
		overlaps.see(on > 1, t, next)
		if end {
			break
		}
		t = next
	}
	if holes.n > 0 {
		k.found = append(k.found, Problem{r.Line, model.Say(problems["hole"], "Rota", r.Name, "From", holes.from, "To", holes.to).Counted(holes.n), false})
	}
	if overlaps.n > 0 {
		k.found = append(k.found, Problem{r.Line, model.Say(problems["overlap"], "Rota", r.Name, "From", overlaps.from, "To", overlaps.to).Counted(overlaps.n), false})
	}
	for i, a := range c.stands {
		for j, b := range c.stands[:i] {
			if a.from.Before(b.to) && b.from.Before(a.to) {
				k.tell(r.Overrides[i].Line, "overrides", "Rota", r.Name, "Other", r.Overrides[j].Line)
			}
		}
	}
}

// stretches counts what lasts from one moment to another, and keeps the first.
type stretches struct {
	n        int
	from, to time.Time
	on       bool
}

func (s *stretches) see(is bool, from, to time.Time) {
	if is && !s.on {
		if s.n++; s.n == 1 {
			s.from = from
		}
	}
	if is && s.n == 1 {
		s.to = to
	}
	s.on = is
}

func (k *checker) policy(p Policy, rotas []string) {
	if !goodName(p.Name) {
		k.refuse(p.Line, "name", "Name", p.Name)
	}
	if len(p.Steps) == 0 || len(p.Steps) > MaxSteps {
		k.refuse(p.Line, "steps", "Policy", p.Name, "Limit", MaxSteps)
	}
	if p.Repeat < 0 || p.Repeat > MaxRepeat {
		k.refuse(p.Line, "repeat", "Limit", MaxRepeat)
	}
	for _, s := range p.Steps {
		if s.Wait < MinWait || s.Wait > MaxWait {
			k.refuse(s.Line, "wait", "Least", MinWait, "Most", MaxWait)
		}
		if len(s.Who) == 0 {
			k.refuse(s.Line, "who", "Who", "")
		}
		for _, t := range s.Who {
			k.target(s.Line, t, rotas)
		}
	}
}

func (k *checker) target(line int, t Target, rotas []string) {
	switch t.Kind {
	case ToPerson:
		k.person(line, t.Name)
	case ToRole:
		if _, err := k.Roles.Parse(t.Name); err != nil {
			k.refuse(line, "role", "Role", t.Name)
		}
	case ToRota:
		if slices.Contains(rotas, t.Name) {
			return
		}
		if n := k.Nearest(t.Name, rotas); n != "" {
			k.refuse(line, "rota.nearest", "Rota", t.Name, "Nearest", n)
			return
		}
		k.refuse(line, "rota", "Rota", t.Name)
	case ToEverybody:
	default:
		k.refuse(line, "who", "Who", t.String())
	}
}
