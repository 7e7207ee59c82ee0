package oncall

import "time"

// Duty is who is on call at a moment.
type Duty struct {
	// Person is the name; "" when the rota has a hole there.
	Person string
	// Shift is the name of the shift, Override says that somebody stands in.
	Shift    string
	Override bool
	// Until is when somebody else is; zero when nobody is within a year.
	Until time.Time
	// Next is who is then; "" for a hole, and when Until is zero.
	Next string
}

// Calendar is a rota whose zones are known.
type Calendar struct {
	Rota   Rota
	shifts []shift
	stands []stand
}

type shift struct {
	Shift
	zone  *time.Location
	first Date // of the first handover
	days  [7]bool
	// whole is a shift that is never over.
	whole bool
}

type stand struct {
	from, to time.Time
	person   string
}

// openCalendar makes a rota's calendar. What is wrong with the rota was looked for before.
func openCalendar(r Rota, zone func(string) *time.Location) *Calendar {
	c := &Calendar{Rota: r}
	for _, s := range r.Shifts {
		z := zone(s.Zone)
		if z == nil || len(s.People) == 0 {
			continue
		}
		x := shift{Shift: s, zone: z, first: s.Start.onOrBefore(s.Handover)}
		x.Weeks = max(s.Weeks, 1)
		for _, d := range s.Days {
			x.days[d] = true
		}
		if len(s.Days) == 0 {
			x.days = [7]bool{true, true, true, true, true, true, true}
		}
		x.whole = s.From == s.To && x.days == [7]bool{true, true, true, true, true, true, true}
		c.shifts = append(c.shifts, x)
	}
	for _, o := range r.Overrides {
		if z := zone(o.Zone); z != nil {
			c.stands = append(c.stands, stand{Instant(o.From.Date, o.From.Clock, z), Instant(o.To.Date, o.To.Clock, z), o.Person})
		}
	}
	return c
}

// bounds are the beginning and the end of the shift that begins on a day.
func (s *shift) bounds(d Date) (from, to time.Time) {
	from = Instant(d, s.From, s.zone)
	if s.To <= s.From {
		d = d.Add(1)
	}
	return from, Instant(d, s.To, s.zone)
}

// today is the date there.
func (s *shift) today(t time.Time) Date { return dateOf(t.In(s.zone)) }

// covers reports that the shift is on.
func (s *shift) covers(t time.Time) bool {
	if s.whole {
		return true
	}
	today := s.today(t)
	for back := range 3 { // it may have begun yesterday, or before a day that the zone left out
		d := today.Add(-back)
		if !s.days[d.Weekday()] {
			continue
		}
		if from, to := s.bounds(d); !t.Before(from) && t.Before(to) {
			return true
		}
	}
	return false
}

// handover is the day of the last handover that is not after t.
func (s *shift) handover(t time.Time) Date {
	d := s.today(t).Add(1).onOrBefore(s.Handover)
	for Instant(d, s.HandoverAt, s.zone).After(t) {
		d = d.Add(-7)
	}
	return d
}

// holder is whose turn it is, on shift or not.
func (s *shift) holder(t time.Time) string {
	weeks := floor(s.handover(t).Number()-s.first.Number(), 7)
	turn, n := floor(weeks, s.Weeks), len(s.People)
	return s.People[((turn%n)+n)%n]
}

// next is the first moment after t at which the shift begins, ends or is handed over.
func (s *shift) next(t time.Time) time.Time {
	at := Instant(s.handover(t).Add(7), s.HandoverAt, s.zone)
	soonest := func(x time.Time) {
		if x.After(t) && x.Before(at) {
			at = x
		}
	}
	if !s.whole {
		today := s.today(t)
		for ahead := -2; ahead <= 8; ahead++ {
			if d := today.Add(ahead); s.days[d.Weekday()] {
				from, to := s.bounds(d)
				if from.Before(to) { // not on a day that the zone leaves out
					soonest(from)
					soonest(to)
				}
			}
		}
	}
	return at
}

// Who is At without until when and who is next: the last override, else the first shift that is on.
func (c *Calendar) Who(t time.Time) Duty {
	for i := len(c.stands) - 1; i >= 0; i-- {
		if s := c.stands[i]; !t.Before(s.from) && t.Before(s.to) {
			return Duty{Person: s.person, Override: true}
		}
	}
	for i := range c.shifts {
		if s := &c.shifts[i]; s.covers(t) {
			return Duty{Person: s.holder(t), Shift: s.Name}
		}
	}
	return Duty{}
}

// next is the first moment after t at which something may change; zero for none.
func (c *Calendar) next(t time.Time) time.Time {
	var at time.Time
	soonest := func(x time.Time) {
		if x.After(t) && (at.IsZero() || x.Before(at)) {
			at = x
		}
	}
	for i := range c.shifts {
		soonest(c.shifts[i].next(t))
	}
	for _, s := range c.stands {
		soonest(s.from)
		soonest(s.to)
	}
	return at
}

// horizon is how far is looked for the next who is on call.
const horizon = 366 * 24 * time.Hour

// At says who is on call at a moment, until when, and who is next.
func (c *Calendar) At(t time.Time) Duty {
	d := c.Who(t)
	for at := c.next(t); !at.IsZero() && at.Sub(t) <= horizon; at = c.next(at) {
		if then := c.Who(at); then.Person != d.Person {
			d.Until, d.Next = at, then.Person
			break
		}
	}
	return d
}
