package model

// Cadence is how often an audience hears of an incident.
type Cadence struct {
	// First is the time between updates at the beginning, in minutes; Later the time
	// after LongAfter minutes. 0 LongAfter: First for ever.
	First, Later, LongAfter int
}

// Cadence is how often an audience hears at this severity; false for one that is told
// nothing by the clock.
func (s Severity) Cadence(a Audience) (Cadence, bool) {
	if a == ToExecutives {
		return Cadence{First: s.Executives}, s.Executives > 0
	}
	return Cadence{s.First, s.Later, s.LongAfter}, s.First > 0
}

// NextUpdate is when the next update for the audience is due, in ms since 1970;
// false when none is: no severity yet, none at this one, or the incident is over. The
// count begins with the last update, or with the present stretch at this severity: one
// that was raised late, or that was reopened, is not overdue at once. A correction says
// nothing new, and begins no count.
func (v *View) NextUpdate(a Audience) (int64, bool) { return v.DueAfter(a, 0) }

// DueAfter is NextUpdate as if an update had been given at a time, in ms since 1970;
// what was given later counts as it does. It is what such an update has to promise.
func (v *View) DueAfter(a Audience, at int64) (int64, bool) {
	sev, ok := SeverityOf(v.Severity.Value)
	if !ok || v.Status.Value.Over() {
		return 0, false
	}
	cadence, ok := sev.Cadence(a)
	if !ok {
		return 0, false
	}
	began := v.Severity.By.HappenedAt()
	if n := len(v.Spans); n > 0 {
		began = v.Spans[n-1].From
	}
	from := max(began, at)
	for _, u := range v.Updates {
		if u.Audience == a && u.Corrects.IsZero() && u.At > from {
			from = u.At
		}
	}
	minutes := cadence.First
	if cadence.LongAfter > 0 && from-began >= int64(cadence.LongAfter)*60_000 {
		minutes = cadence.Later
	}
	return from + int64(minutes)*60_000, true
}

// told reports that an audience was given an update.
func (v *View) told(a Audience) bool {
	switch a {
	case ToCustomers:
		return v.Moments[FirstExternal].At != 0
	case ToTeam:
		return v.Moments[FirstInternal].At != 0
	}
	for _, u := range v.Updates {
		if u.Audience == a {
			return true
		}
	}
	return false
}
