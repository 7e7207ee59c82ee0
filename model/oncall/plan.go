package oncall

import "time"

// Plan is what a workspace's rota text says.
type Plan struct {
	Rotas    []Rota
	Policies []Policy
}

// Rota says who is on call for something, at each moment.
type Rota struct {
	Name      string
	Shifts    []Shift
	Overrides []Override
	// Line is where it stands in the text, from 1.
	Line int
}

// Shift is a part of each day that some people take in turn, a number of weeks each.
type Shift struct {
	// Name is what it is called; a rota of one shift needs none.
	Name string
	// Zone is the zone of all its times.
	Zone string
	// From and To are when it begins and ends by the clock there. One that ends when
	// it begins lasts until the next day; one that ends earlier, too.
	From, To Clock
	// Days are the weekdays on which it begins; none means each day.
	Days []time.Weekday
	// Handover is the weekday, and HandoverAt the time there, at which the turn goes
	// to the next.
	Handover   time.Weekday
	HandoverAt Clock
	// Start is a day of the first one's first turn.
	Start Date
	// Weeks is how long a turn is; 0 is one week.
	Weeks int
	// People are the names of those who take turns, in order.
	People []string
	// Line is where it stands in the text, ZoneLine where its zone does; 0 for none of
	// its own.
	Line, ZoneLine int
}

// Override puts somebody in the place of whoever would be on call.
type Override struct {
	// From and To are local times in Zone; To is not part of it.
	From, To LocalTime
	Zone     string
	Person   string
	// Line is where it stands in the text, ZoneLine where its zone does.
	Line, ZoneLine int
}

// LocalTime is a day and a time of it, in no zone.
type LocalTime struct {
	Date  Date
	Clock Clock
}

// ParseLocalTime reads "2026-12-24 09:00", or with a T between.
func ParseLocalTime(s string) (LocalTime, bool) {
	if len(s) != 16 || s[10] != ' ' && s[10] != 'T' {
		return LocalTime{}, false
	}
	d, day := ParseDate(s[:10])
	c, clock := ParseClock(s[11:])
	return LocalTime{d, c}, day && clock
}

// Policy says whom to page, how long to wait for an answer, and whom then.
type Policy struct {
	Name  string
	Steps []Step
	// Repeat is how often the steps are gone through again when nobody answers.
	Repeat int
	Line   int
}

// Step is one stage of a policy: all of Who are paged at once.
type Step struct {
	Who []Target
	// Wait is how long they have before the next step is taken.
	Wait time.Duration
	Line int
}

// TargetKind is how a target finds somebody.
type TargetKind string

// The kinds of target.
const (
	ToPerson    TargetKind = "person"
	ToRole      TargetKind = "role"
	ToRota      TargetKind = "rota"
	ToEverybody TargetKind = "everybody"
)

// Target is who is meant: a person by name, who holds a role of the incident, who is on
// call by a rota, or every member.
type Target struct {
	Kind TargetKind
	Name string
}

// String is the target as it is written in a policy.
func (t Target) String() string {
	if t.Kind == ToEverybody {
		return string(t.Kind)
	}
	return string(t.Kind) + " " + t.Name
}

// Limits of a plan.
const (
	MaxRotas    = 64
	MaxPolicies = 64
	MaxShifts   = 24
	MaxPeople   = 64
	MaxSteps    = 20
	MaxRepeat   = 10
	MaxWeeks    = 52
	MinWait     = 30 * time.Second
	MaxWait     = 24 * time.Hour
	MaxName     = 48
)

// Next is the step after one, of which round, both from 0; false when the policy ends.
func (p *Policy) Next(round, step int) (int, int, bool) {
	if step++; step < len(p.Steps) {
		return round, step, true
	}
	round++
	return round, 0, round <= p.Repeat && len(p.Steps) > 0
}
