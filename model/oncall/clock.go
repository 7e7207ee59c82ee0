package oncall

import (
	"fmt"
	"strings"
	"time"
)

// Zones gives a time zone by its IANA name, as time.LoadLocation does.
type Zones func(name string) (*time.Location, error)

// Clock is a time of day as a clock on the wall shows it, in minutes from midnight:
// 0 to 1439.
type Clock int

// ParseClock reads "HH:MM"; false for anything else.
func ParseClock(s string) (Clock, bool) {
	if len(s) != 5 || s[2] != ':' || !digits(s[:2]) || !digits(s[3:]) {
		return 0, false
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return Clock(h*60 + m), h < 24 && m < 60
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// String is "HH:MM".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// ParseWeekday reads a weekday by its English name or the first three letters of it.
func ParseWeekday(s string) (time.Weekday, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); s == name || s == name[:3] {
			return d, true
		}
	}
	return 0, false
}

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2026-03-29"; false for anything else, and for a day that no year has.
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dateOf(t), err == nil
}

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports no date.
func (d Date) IsZero() bool { return d == Date{} }

// String is the date as ParseDate reads it.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

func (d Date) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Add is the day so many days later.
func (d Date) Add(days int) Date { return dateOf(d.midnight().AddDate(0, 0, days)) }

// Number counts the days since 1970-01-01.
func (d Date) Number() int { return floor(int(d.midnight().Unix()), 24*60*60) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// onOrBefore is the last such weekday that is not after the date.
func (d Date) onOrBefore(w time.Weekday) Date {
	return d.Add(-((int(d.Weekday()-w) + 7) % 7))
}

// floor divides and rounds down.
func floor(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// margin is more than any zone is away from UTC.
const margin = 26 * time.Hour

// Instant is the moment at which a clock on the wall in that zone shows the time on
// that day. What a zone leaves out, or has twice, is decided as the package says.
func Instant(d Date, c Clock, zone *time.Location) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, 0, int(c), 0, 0, time.UTC)
	for at := wall.Add(-margin).In(zone); ; {
		_, offset := at.Zone()
		begins, ends := at.ZoneBounds()
		if !ends.IsZero() && !ends.After(at) {
			// Of the rules that go on for ever the library ends the last day of a leap year
			// before it has begun.
			ends = at.AddDate(0, 0, 1)
		}
		t := wall.Add(-time.Duration(offset) * time.Second)
		if !begins.IsZero() && t.Before(begins) {
			if _, was := begins.Add(-time.Second).Zone(); was == offset {
				return t.In(zone) // a year began, and no clock was set
			}
			return begins.In(zone) // the clock went from before it to behind it
		}
		if ends.IsZero() || t.Before(ends) {
			return t.In(zone)
		}
		at = ends.In(zone)
	}
}
