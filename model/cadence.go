package model

import (
	"cmp"
	"slices"
)

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
func (v *View) NextUpdate(a Audience) (int64, bool) { return v.due(a, v.lastSaid(a)) }

// DueAfter is NextUpdate as if an update had been given at a time, in ms since 1970. It
// is what such an update has to promise.
func (v *View) DueAfter(a Audience, at int64) (int64, bool) { return v.due(a, at) }

// due is when the next update is due after one at a time.
func (v *View) due(a Audience, from int64) (int64, bool) {
	sev, ok := SeverityOf(v.Severity.Value)
	if !ok || v.Status.Value.Over() {
		return 0, false
	}
	cadence, ok := sev.Cadence(a)
	if !ok {
		return 0, false
	}
	minutes := cadence.First
	if cadence.LongAfter > 0 && from-v.stretch() >= int64(cadence.LongAfter)*60_000 {
		minutes = cadence.Later
	}
	return from + int64(minutes)*60_000, true
}

// stretch is when the present stretch at this severity began.
func (v *View) stretch() int64 {
	if n := len(v.Spans); n > 0 {
		return v.Spans[n-1].From
	}
	return v.Severity.By.HappenedAt()
}

// lastSaid is from when the time to the next update counts. Of each log the last that was
// said counts, although its clock was set back since and what was said before has a later
// time; of several logs the latest does. What a person dated counts as they say.
func (v *View) lastSaid(a Audience) int64 {
	if v.Severity.By == nil {
		return 0
	}
	began, by := v.stretch(), v.Severity.By
	if v.Status.By != nil && v.Status.By.HappenedAt() == began && before(by, v.Status.By) {
		by = v.Status.By // reopened
	}
	type said struct {
		log LogID
		at  int64
	}
	logs := append(make([]said, 0, 8), said{by.Ref.Log, began})
	for _, u := range v.Updates {
		if u.Audience != a || !u.Corrects.IsZero() {
			continue
		}
		i := slices.IndexFunc(logs, func(s said) bool { return s.log == u.By.Ref.Log })
		switch {
		case i < 0:
			logs = append(logs, said{u.By.Ref.Log, u.At})
		case i == 0 && before(u.By, by):
			// It was said before the stretch began.
		case u.By.Common().Happened != 0:
			logs[i].at = max(logs[i].at, u.At)
		default:
			logs[i].at = u.At
		}
	}
	return slices.MaxFunc(logs, func(x, y said) int { return cmp.Compare(x.at, y.at) }).at
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
