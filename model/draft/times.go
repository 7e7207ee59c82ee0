package draft

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// clocked is a time of day that the text names.
type clocked struct {
	from, to int
	h, m     int
	zone     string // as it stands, "" for none
	end      int    // where the zone ends, or the time
}

// at is the moment that it means: the one nearest to now, or of the day that is given.
func (t clocked) at(now time.Time, day time.Time) time.Time {
	loc := now.Location()
	if minutes, ok := offsetOf(t.zone); ok {
		loc = time.FixedZone(t.zone, minutes*60)
	}
	here := now.In(loc)
	if !day.IsZero() {
		here = day
	}
	at := time.Date(here.Year(), here.Month(), here.Day(), t.h, t.m, 0, 0, loc)
	if !day.IsZero() {
		return at
	}
	switch {
	case now.Sub(at) > 12*time.Hour:
		return time.Date(here.Year(), here.Month(), here.Day()+1, t.h, t.m, 0, 0, loc)
	case at.Sub(now) > 12*time.Hour:
		return time.Date(here.Year(), here.Month(), here.Day()-1, t.h, t.m, 0, 0, loc)
	}
	return at
}

// offsetOf is how far east of UTC a zone is, in minutes; false for a name that does not
// say it.
func offsetOf(zone string) (int, bool) {
	if m, ok := offsets[strings.ToUpper(zone)]; ok {
		return m, m != several
	}
	if zone == "" || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	digits := strings.ReplaceAll(zone[1:], ":", "")
	if len(digits) <= 2 {
		digits += "00"
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, false
	}
	n = n/100*60 + n%100
	if zone[0] == '-' {
		n = -n
	}
	return n, true
}

// span is a length of time that the text names.
type span struct {
	place
	every bool // "every 30 minutes"
	clock bool // it is a time of day
}

// lengths finds the lengths of time, in all tongues.
func (c *check) lengths() {
	for n := range tongues {
		for _, at := range c.lex.length[n].FindAllStringIndex(c.text, -1) {
			c.spans = append(c.spans, span{place: place{at[0], at[1]}, every: c.lex.every[n].MatchString(c.text[at[0]:at[1]])})
		}
	}
	slices.SortStableFunc(c.spans, func(a, b span) int { return a.from - b.from })
}

// times finds the times of day, and those that stand without their zone.
func (c *check) times() {
	text := c.text
	p := 0
	for _, at := range c.lex.hour.FindAllStringSubmatchIndex(text, -1) {
		if at[0] > 0 && strings.ContainsRune(".:/+", rune(text[at[0]-1])) || at[0] > 1 && text[at[0]-2:at[0]] == " -" {
			continue // a part of a number or of an address, or how far a zone is from UTC
		}
		if at[1] < len(text) && text[at[1]] == ':' && digitAt(text, at[1]+1) {
			continue
		}
		for p < len(c.spans) && c.spans[p].to <= at[0] {
			p++
		}
		t, sure, ok := c.clock(at)
		if !ok {
			continue
		}
		t.zone, t.end = c.zoneBehind(t.to)
		if p < len(c.spans) && c.spans[p].from <= at[0] {
			if t.zone == "" {
				continue // how long it takes
			}
			c.spans[p].clock = true // "d'ici 16h CET"
		}
		if t.zone == "" && (!sure || c.lex.lasts.MatchString(c.before(t.from))) && !c.isHour(t, sure) {
			continue
		}
		c.hours = append(c.hours, t)
	}
	c.spans = slices.DeleteFunc(c.spans, func(s span) bool { return s.clock })
	all := ""
	if at := c.lex.zoneForAll.FindStringSubmatch(text); at != nil {
		if _, ok := offsets[at[1]]; ok {
			all = at[1]
		} else if at[1] == "" {
			all = local
		}
	}
	// From the last on: "14:20 to 14:40 UTC" names the zone of both.
	for i := len(c.hours) - 1; i >= 0; i-- {
		t := &c.hours[i]
		if i+1 < len(c.hours) {
			next := c.hours[i+1]
			if joins.MatchString(text[t.to:next.from]) && (t.zone == "" || next.from-t.to < 2) {
				t.zone = next.zone // "13:20-13:30 UTC" names no zone of 13.5 h
			}
		}
		if t.zone == "" {
			t.zone = all
		}
	}
	for _, t := range c.hours {
		if t.zone == "" {
			c.find(Zone, t.from, t.to, model.Say("draft.zone.none", "Text", c.said(t.from, t.to)))
			continue
		}
		if is, was := c.otherHalf(t); was {
			c.find(Zone, t.from, t.to, model.Say("draft.zone.half", "Text", c.said(t.from, t.to)+" "+t.zone, "Zone", is))
		}
	}
}

// clock reads what looks like a time of day. It is not sure of what may as well be how
// long something took, as "14 h", or another number, as 14.30.
func (c *check) clock(at []int) (t clocked, sure, ok bool) {
	number := func(n int) int { i, _ := strconv.Atoi(c.text[at[2*n]:at[2*n+1]]); return i }
	t, sure = clocked{from: at[0], to: at[1]}, true
	half := -1
	switch {
	case at[2] >= 0:
		t.h, t.m, half = number(1), number(2), 3
		if strings.HasPrefix(strings.TrimLeft(strings.ToLower(c.behind(t.to)), " "), "min") {
			return t, false, false // "2 h 30 min"
		}
	case at[8] >= 0:
		t.h, t.m, sure = number(4), number(5), at[12] >= 0
		if b := c.behind(t.to); !sure && b != "" && (b[0] == '.' && digitAt(b, 1) || b[0] == '%' || b[0] == '-') {
			return t, false, false
		}
	case at[14] >= 0:
		t.h, half = number(7), 8
	default:
		t.h, sure = number(9), false
	}
	if half > 0 && at[2*half] >= 0 {
		if t.h < 1 || t.h > 12 {
			return t, false, false
		}
		t.h %= 12
		if strings.EqualFold(c.text[at[2*half]:at[2*half+1]], "p") {
			t.h += 12
		}
	}
	return t, sure, t.h <= 24 && t.m <= 59
}

// isHour reports that what stands before says a time of day, as "vers 14 h" and
// "om 14.30", or that it goes on from one, as "13h30 à 14 h".
func (c *check) isHour(t clocked, sure bool) bool {
	if sure {
		return false
	}
	before := c.before(t.from)
	s := c.sentenceAt(t.from).spoken
	for n := range tongues {
		dot := strings.Contains(c.text[t.from:t.to], ".")
		if s.has(n) && (!dot && c.lex.atHour[n].MatchString(before) || dot && c.lex.dotted[n].MatchString(before)) {
			return true
		}
	}
	if len(c.hours) == 0 {
		return false
	}
	last := c.hours[len(c.hours)-1]
	return t.from-last.to < window && joins.MatchString(c.text[last.to:t.from])
}

// local is a zone that a reader knows: "Brussels time".
const local = "local"

// zoneBehind is the zone that stands behind a time, "" for none, and where it ends.
func (c *check) zoneBehind(to int) (zone string, end int) {
	rest := c.behind(to)
	if at := zoneAfter.FindStringSubmatchIndex(rest); at != nil {
		if at[2] >= 0 {
			return rest[at[2]:at[3]], to + at[1]
		}
		if _, ok := offsets[rest[at[4]:at[5]]]; ok {
			return rest[at[4]:at[5]], to + at[1]
		}
	}
	if at := c.lex.zoneWords.FindStringIndex(rest); at != nil {
		return local, to + at[1]
	}
	return "", to
}

// otherHalf reports a time with the name that its zone has in the other half of the
// year, as CET in summer; is is the right one.
func (c *check) otherHalf(t clocked) (is string, other bool) {
	loc := c.about.Now.Location()
	at := t.at(c.about.Now, time.Time{})
	name := func(t time.Time) string { n, _ := t.In(loc).Zone(); return n }
	is = name(at)
	if is == t.zone {
		return is, false
	}
	winter := name(time.Date(at.Year(), time.January, 1, 12, 0, 0, 0, loc))
	summer := name(time.Date(at.Year(), time.July, 1, 12, 0, 0, 0, loc))
	// Near the hour of the change, what stands may be right of the hour before it.
	if name(at.Add(-time.Hour)) == t.zone || name(at.Add(time.Hour)) == t.zone {
		return is, false
	}
	return is, t.zone == winter || t.zone == summer
}

// next finds that nobody is told when the next update comes, or a time that is over. All
// tongues count: "next update" is said in others too.
func (c *check) next() {
	for _, s := range c.sentences {
		word, sure := c.nextWord(s)
		if word.to == 0 {
			continue
		}
		var first *clocked
		hours := c.hoursIn(s)
		for i, t := range hours {
			if first == nil || first.from < word.from {
				first = &hours[i] // the first behind the words, else the last before
			}
			if t.from > word.from {
				break
			}
		}
		if first == nil {
			if len(c.spansIn(s)) > 0 {
				return
			}
			continue
		}
		var day time.Time
		for i := sort.Search(len(c.days), func(i int) bool { return c.days[i].from >= s.from }); i < len(c.days) && c.days[i].from < s.to; i++ {
			if len(c.days[i].days) == 1 {
				day = c.days[i].days[0]
			}
		}
		if first.at(c.about.Now, day).After(c.about.Now) {
			return
		}
		if sure {
			c.find(Next, first.from, first.to, model.Say("draft.next.past", "Text", c.said(first.from, first.to)))
			return
		}
	}
	say := model.Say("draft.next.none")
	if !c.about.Due.IsZero() {
		say = model.Say("draft.next.due", "Time", Clock(c.about.Due, c.about.Now))
	}
	c.find(Next, len(c.text), len(c.text), say)
}

// nextWord is what says in a sentence when the next update comes. It is not sure of words
// that may be about one that was, as "an update".
func (c *check) nextWord(s sentence) (at place, sure bool) {
	for _, k := range []kind{isNext, isTold} {
		for n := range tongues {
			if w := c.marks[n][k].in(s.from, s.to); len(w) > 0 && (at.to == 0 || w[0].from < at.from) {
				at = w[0]
			}
		}
		if at.to > 0 {
			return at, k == isNext
		}
	}
	return at, false
}

// ahead reports a time of day that is not over.
func (c *check) ahead(t clocked) bool { return t.at(c.about.Now, time.Time{}).After(c.about.Now) }

// Clock writes a time as an update has it: with its zone, and with its day where that
// is another than now's. It is in now's zone.
func Clock(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04 MST")
	}
	return t.Format("2006-01-02 15:04 MST")
}
