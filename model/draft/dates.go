package draft

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// dated is a day that the text names.
type dated struct {
	from, to int
	// days are the days that it may mean, at noon in the reader's zone; none for a day
	// that is not there.
	days []time.Time
	year bool // the year is said
}

// namedDay is a weekday that the text names.
type namedDay struct {
	place
	day    time.Weekday
	tongue int
}

// day is a day of the calendar, at noon, when every zone has one; false for one that is
// not there, as 29 February of most years.
func (c *check) day(year int, month time.Month, day int) (time.Time, bool) {
	t := time.Date(year, month, day, 12, 0, 0, 0, c.about.Now.Location())
	return t, day >= 1 && t.Month() == month && t.Day() == day
}

// nearestDay is the day in the year in which it is nearest to now: in the last night of
// a year, 1 January is tomorrow.
func (c *check) nearestDay(month time.Month, day int) []time.Time {
	var best []time.Time
	apart := time.Duration(1<<63 - 1)
	for y := c.about.Now.Year() - 1; y <= c.about.Now.Year()+1; y++ {
		if t, ok := c.day(y, month, day); ok && t.Sub(c.about.Now).Abs() < apart {
			best, apart = []time.Time{t}, t.Sub(c.about.Now).Abs()
		}
	}
	return best
}

// name notes a day that the text names, unless an earlier reading has that place.
func (c *check) name(named []bool, from, to int, year string, readings ...func(year int) (time.Time, bool)) {
	for i := from; i < to; i++ {
		if named[i] {
			return
		}
	}
	for i := from; i < to; i++ {
		named[i] = true
	}
	d := dated{from: from, to: to, year: year != ""}
	n, _ := strconv.Atoi(year)
	for _, read := range readings {
		if t, ok := read(n); ok {
			d.days = append(d.days, t)
		}
	}
	c.days = append(c.days, d)
}

// dates finds the days that the text names, and what is wrong with them.
func (c *check) dates() {
	text, named := c.text, make([]bool, len(c.text))
	group := func(at []int, n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return text[at[2*n]:at[2*n+1]]
	}
	number := func(at []int, n int) int { i, _ := strconv.Atoi(group(at, n)); return i }
	for _, at := range isoDay.FindAllStringIndex(text, -1) {
		y, m, d := text[at[0]:at[0]+4], text[at[0]+5:at[0]+7], text[at[0]+8:at[1]]
		if digitAt(text, at[0]-1) || digitAt(text, at[1]) {
			continue
		}
		c.name(named, at[0], at[1], y, func(year int) (time.Time, bool) {
			month, _ := strconv.Atoi(m)
			day, _ := strconv.Atoi(d)
			return c.day(year, time.Month(month), day)
		})
	}
	worded := func(at []int, day int, name string, year string) {
		m, ok := c.lex.months[strings.ToLower(name)]
		if !ok || m.capital && (name[0] < 'A' || name[0] > 'Z') {
			return // "you may 5 times"
		}
		to := at[1]
		if year == "" && strings.HasSuffix(text[:to], ".") && !c.lex.stops[strings.ToLower(name)] {
			to-- // the sentence's
		}
		if year != "" {
			c.name(named, at[0], to, year, func(y int) (time.Time, bool) { return c.day(y, m.is, day) })
			return
		}
		c.name(named, at[0], to, "", c.near(m.is, day))
	}
	for _, at := range c.lex.dayMonth.FindAllStringSubmatchIndex(text, -1) {
		if at[0] > 0 && strings.ContainsRune(":.,-/", rune(text[at[0]-1])) {
			continue // the end of a time, or of a number
		}
		worded(at, number(at, 1), group(at, 2), group(at, 3))
	}
	for _, at := range c.lex.monthDay.FindAllStringSubmatchIndex(text, -1) {
		if at[1] < len(text) && strings.ContainsRune(":%", rune(text[at[1]])) {
			continue // the beginning of a time
		}
		worded(at, number(at, 2), group(at, 1), group(at, 3))
	}
	for _, at := range numbersDay.FindAllStringSubmatchIndex(text, -1) {
		a, b := number(at, 1), number(at, 3)
		if group(at, 2) != text[at[7]:at[7]+1] {
			continue
		}
		readings := []func(int) (time.Time, bool){func(y int) (time.Time, bool) { return c.day(y, time.Month(b), a) }}
		if !c.sentenceAt(at[0]).spoken.dayFirst() {
			readings = append(readings, func(y int) (time.Time, bool) { return c.day(y, time.Month(a), b) })
		}
		c.name(named, at[0], at[1], group(at, 4), readings...)
	}
	for _, at := range shortDay.FindAllStringSubmatchIndex(text, -1) {
		a, b := number(at, 1), number(at, 2)
		next := text[at[1]:min(len(text), at[1]+1)]
		if next == "/" || next == "h" || a == 24 && b == 7 || c.lex.parts.MatchString(c.behind(at[1])) || !c.lex.onDay.MatchString(c.before(at[0])) {
			continue // a fraction, a part of an address, "24/7"
		}
		readings := []func(int) (time.Time, bool){c.near(time.Month(b), a)}
		if !c.sentenceAt(at[0]).spoken.dayFirst() {
			readings = append(readings, c.near(time.Month(a), b))
		}
		c.name(named, at[0], at[1], "", readings...)
	}
	for _, d := range c.days {
		c.judge(d)
	}
	c.alone()
	slices.SortFunc(c.days, func(a, b dated) int { return a.from - b.from })
}

// near reads a day without its year.
func (c *check) near(month time.Month, day int) func(int) (time.Time, bool) {
	return func(int) (time.Time, bool) {
		if near := c.nearestDay(month, day); len(near) > 0 {
			return near[0], true
		}
		return time.Time{}, false
	}
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// reach is the first and the last day that an update can mean: from when the incident
// began, to when the next update is due.
func (c *check) reach() (first, last time.Time) {
	noon := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, c.about.Now.Location())
	}
	first, last = noon(c.about.Now), noon(c.about.Now)
	if s := c.about.Since; !s.IsZero() && s.Before(c.about.Now) {
		first = noon(s.In(c.about.Now.Location()))
	}
	if d := c.about.Due; d.After(c.about.Now) {
		last = noon(d.In(c.about.Now.Location()))
	}
	return first, last
}

func (c *check) within(t time.Time) bool {
	first, last := c.reach()
	return !t.Before(first) && !t.After(last)
}

// judge says what is wrong with a day.
func (c *check) judge(d dated) {
	text := c.said(d.from, d.to)
	if len(d.days) == 0 {
		c.find(Date, d.from, d.to, model.Say("draft.date.none", "Text", text))
		return
	}
	if from, to, said := c.weekdayBeside(d); to > 0 {
		match := false
		for _, t := range d.days {
			match = match || t.Weekday() == said
		}
		if !match {
			c.find(Weekday, from, to, model.Say("draft.weekday", "Text", c.said(from, to), "Is", weekdayPhrase(d.days[0].Weekday())))
		}
	}
	for _, t := range d.days {
		if c.within(t) {
			return
		}
	}
	t := d.days[0]
	for _, y := range []int{c.about.Now.Year(), c.about.Now.Year() - 1, c.about.Now.Year() + 1} {
		if moved, ok := c.day(y, t.Month(), t.Day()); ok && d.year && y != t.Year() && c.within(moved) {
			c.find(Year, d.from, d.to, model.Say("draft.year", "Text", text, "Year", strconv.Itoa(y)))
			return
		}
	}
	if t.Before(c.about.Now) {
		c.find(Date, d.from, d.to, model.Say("draft.date.past", "Text", text))
		return
	}
	c.find(Date, d.from, d.to, model.Say("draft.date.ahead", "Text", text))
}

func weekdayPhrase(d time.Weekday) model.Phrase {
	return model.Say("weekday." + strings.ToLower(d.String()))
}

// weekdayBeside is the weekday that stands before or behind a day.
func (c *check) weekdayBeside(d dated) (from, to int, said time.Weekday) {
	before := c.before(d.from)
	if at := c.lex.dayBefore.FindStringSubmatchIndex(before); at != nil {
		from := d.from - len(before)
		if day, _, ok := c.dayOf(d, before[at[2]:at[3]]); ok {
			return from + at[2], from + at[3], day
		}
	}
	behind := c.behind(d.to)
	if at := c.lex.dayAfter.FindStringSubmatchIndex(behind); at != nil {
		name := behind[at[4]:at[5]]
		// Short forms are words too: "op 30 november zo snel mogelijk".
		if day, short, ok := c.dayOf(d, name); ok && (!short || at[2] >= 0 || capital(name)) {
			return d.to + at[4], d.to + at[5], day
		}
	}
	return 0, 0, 0
}

// dayOf is the weekday of a name beside a day. Short ones count in their own tongue.
func (c *check) dayOf(d dated, name string) (day time.Weekday, short, ok bool) {
	name = strings.ToLower(name)
	if day, ok := c.lex.days[name]; ok {
		return day, false, true
	}
	return c.lex.short[name], true, c.lex.shortOf[name]&c.sentenceAt(d.from).spoken != 0
}

// alone finds weekdays without a day beside them that mean no day of this incident.
func (c *check) alone() {
	first, last := c.reach()
	var days []time.Weekday
	for t := first; !t.After(last) && len(days) < 7; t = t.AddDate(0, 0, 1) {
		days = append(days, t.Weekday())
	}
	beside := map[int]bool{}
	for _, d := range c.days {
		if from, to, _ := c.weekdayBeside(d); to > 0 {
			beside[from] = true
		}
	}
	for _, w := range c.weekdays {
		known := slices.Contains(days, w.day) || !c.sentenceAt(w.from).spoken.has(w.tongue)
		if !known && !beside[w.from] {
			c.find(Weekday, w.from, w.to, model.Say("draft.weekday.today", "Text", c.said(w.from, w.to), "Today", weekdayPhrase(c.about.Now.Weekday())))
		}
	}
}
