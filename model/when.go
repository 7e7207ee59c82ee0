package model

import (
	"strconv"
	"strings"
	"time"
)

// When is a time that a person gave, and how.
type When struct {
	At   time.Time
	Said Said
}

// Happened is the time in ms since 1970, as events carry it.
func (w When) Happened() int64 { return w.At.UnixMilli() }

// IsZero reports that no time was given.
func (w When) IsZero() bool { return w.At.IsZero() }

// zones are the abbreviations that people type, in minutes east of UTC. An
// abbreviation that means several zones (CST, IST) is not among them: it would
// be guessed wrong.
var zones = map[string]int16{
	"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120,
	"EET": 120, "EEST": 180, "MSK": 180, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420,
	"MDT": -360, "PST": -480, "PDT": -420, "JST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}

// yesterdayFrom is how far ahead of now a time of day must be to mean yesterday's:
// at ten past midnight 23:50 does, at nine 09:25 does not.
const yesterdayFrom = 12 * time.Hour

// ParseWhen reads a time as people type it at 3 a.m., seen from now in now's
// zone: "14:05", "14:05:30", "-12m", "-1h30m", "12m ago", "yesterday 23:50",
// "2026-03-01 14:05", "01-03 14:05" is not read (it means two things),
// RFC 3339, "now"; each with a zone after it ("23:50 CET", "14:05 +02:00").
// A time of day without a date is today's; one that is more than twelve hours
// ahead is yesterday's. What is ahead by less is refused: it is more likely a
// slip, or another zone, than a wish to say yesterday. Of a time that a day has
// twice, because the clock is put back, it is the last that is not ahead; a zone
// after it says which. There are no leap seconds.
//
// It refuses with CodeTimeUnreadable, CodeTimeZone, or CodeTimeFuture for a
// time more than a minute ahead of now.
func ParseWhen(typed string, now time.Time) (When, error) {
	s := strings.TrimSpace(typed)
	refusal := Refuse(CodeTimeUnreadable, "Time", cutText(s, 40))
	if s == "" || len(s) > 64 {
		return When{}, refusal
	}
	if strings.EqualFold(s, "now") {
		return whenAt(now, ToSecond), nil
	}
	if d, ok := parseAgo(s); ok {
		return whenAt(now.Add(-d), ToMinute), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return checkWhen(whenAt(t, ToSecond), now)
	}
	words := strings.Fields(s)
	loc, words, err := takeZone(words, now)
	if err != nil {
		return When{}, err
	}
	here := now.In(loc)
	day, words, dated, ok := takeDay(words, here)
	if !ok || len(words) != 1 {
		return When{}, refusal
	}
	clock, precision, ok := parseClock(words[0])
	if !ok {
		return When{}, refusal
	}
	at := clock.on(day, loc, now)
	if !dated && at.After(now.Add(yesterdayFrom)) {
		at = clock.on(dayBefore(day), loc, now)
	}
	return checkWhen(whenAt(at, precision), now)
}

// dayBefore is the date before, at noon: a zone may leave out midnight.
func dayBefore(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()-1, 12, 0, 0, 0, time.UTC)
}

// on is when a clock on the wall shows the time on a day. Of a time that the day has
// twice it is the last that is not ahead; for one that it does not have it is when the
// clock was put forward.
func (c clockTime) on(day time.Time, loc *time.Location, now time.Time) time.Time {
	wall := time.Date(day.Year(), day.Month(), day.Day(), c.h, c.m, c.s, 0, time.UTC)
	at := time.Date(day.Year(), day.Month(), day.Day(), c.h, c.m, c.s, 0, loc)
	begins, ends := at.ZoneBounds()
	var found time.Time
	for _, near := range []time.Time{begins.Add(-1), at, ends} {
		_, offset := near.In(loc).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		switch _, shows := t.Zone(); {
		case shows != offset: // not at that time
		case found.IsZero(), found.After(now.Add(time.Minute)) && t.Before(found), t.After(found) && !t.After(now.Add(time.Minute)):
			found = t
		}
	}
	switch {
	case !found.IsZero():
		return found
	case ends.IsZero() || at.Sub(begins) < ends.Sub(at):
		return begins.In(loc)
	}
	return ends.In(loc)
}

func whenAt(t time.Time, p Precision) When {
	name, offset := t.Zone()
	if len(name) > 32 {
		name = name[:32]
	}
	return When{At: t.Truncate(time.Millisecond), Said: Said{Precision: p, Offset: int16(offset / 60), Zone: name}}
}

func checkWhen(w When, now time.Time) (When, error) {
	if w.At.After(now.Add(time.Minute)) {
		return When{}, Refuse(CodeTimeFuture, "Time", w.At)
	}
	if w.At.Year() < 1970 {
		return When{}, Refuse(CodeTimeUnreadable, "Time", w.At.Format("2006-01-02"))
	}
	return w, nil
}

// parseAgo reads "-12m", "-1h30m", "-2d", "12m ago".
func parseAgo(s string) (time.Duration, bool) {
	body, ok := strings.CutPrefix(s, "-")
	if !ok {
		if body, ok = strings.CutSuffix(s, " ago"); !ok {
			return 0, false
		}
	}
	body = strings.ReplaceAll(strings.TrimSpace(body), " ", "")
	days := time.Duration(0)
	if d, rest, ok := strings.Cut(body, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil || n < 0 || n > 3660 {
			return 0, false
		}
		days, body = time.Duration(n)*24*time.Hour, rest
		if body == "" {
			return days, true
		}
	}
	d, err := time.ParseDuration(body)
	if err != nil || d < 0 || d > 3660*24*time.Hour {
		return 0, false
	}
	return days + d, true
}

// takeZone takes a zone off the end of the words; without one it is now's.
func takeZone(words []string, now time.Time) (*time.Location, []string, error) {
	if len(words) < 2 {
		return now.Location(), words, nil
	}
	last := words[len(words)-1]
	if m, ok := zones[strings.ToUpper(last)]; ok {
		return time.FixedZone(strings.ToUpper(last), int(m)*60), words[:len(words)-1], nil
	}
	if last[0] == '+' || (last[0] == '-' && len(words) > 1) {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, last); err == nil {
				_, off := t.Zone()
				return time.FixedZone(last, off), words[:len(words)-1], nil
			}
		}
	}
	if c := last[0]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
		if _, _, _, ok := takeDay([]string{last}, now); !ok {
			return nil, nil, Refuse(CodeTimeZone, "Zone", cutText(last, 20))
		}
	}
	return now.Location(), words, nil
}

// takeDay takes a day off the front of the words.
func takeDay(words []string, here time.Time) (day time.Time, rest []string, dated, ok bool) {
	if len(words) == 0 {
		return here, words, false, false
	}
	switch w := trimWord(words[0]); w {
	case "today":
		return here, words[1:], true, true
	case "yesterday":
		return dayBefore(here), words[1:], true, true
	}
	if len(words) == 2 {
		d, err := time.Parse(time.DateOnly, words[0])
		return d, words[1:], true, err == nil
	}
	if d, t, cut := strings.Cut(words[0], "T"); cut {
		day, err := time.Parse(time.DateOnly, d)
		return day, []string{t}, true, err == nil
	}
	return here, words, false, len(words) == 1 && words[0][0] >= '0' && words[0][0] <= '9'
}

type clockTime struct{ h, m, s int }

func parseClock(w string) (clockTime, Precision, bool) {
	for _, f := range []struct {
		layout string
		p      Precision
	}{{"15:04:05", ToSecond}, {"15:04", ToMinute}, {"15h04", ToMinute}, {"3:04pm", ToMinute}} {
		if t, err := time.Parse(f.layout, strings.ToLower(w)); err == nil {
			return clockTime{t.Hour(), t.Minute(), t.Second()}, f.p, true
		}
	}
	return clockTime{}, 0, false
}
