package draft

import (
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

// times finds the times of day, and those that stand without their zone.
func (c *check) times() {
	text := c.text
	for _, at := range hourWords.FindAllStringSubmatchIndex(text, -1) {
		if at[0] > 0 && strings.ContainsRune(".:/+", rune(text[at[0]-1])) || at[0] > 1 && text[at[0]-2:at[0]] == " -" {
			continue // a part of a number or of an address, or how far a zone is from UTC
		}
		if at[1] < len(text) && text[at[1]] == ':' && digitAt(text, at[1]+1) {
			continue
		}
		t := clocked{from: at[0], to: at[1]}
		half := ""
		if at[2] >= 0 {
			t.h, _ = strconv.Atoi(text[at[2]:at[3]])
			t.m, _ = strconv.Atoi(text[at[4]:at[5]])
			if at[6] >= 0 {
				half = text[at[6]:at[7]]
			}
		} else {
			t.h, _ = strconv.Atoi(text[at[8]:at[9]])
			half = text[at[10]:at[11]]
		}
		if half != "" {
			if t.h < 1 || t.h > 12 {
				continue
			}
			t.h %= 12
			if strings.EqualFold(half, "p") {
				t.h += 12
			}
		}
		if t.h > 24 || t.m > 59 {
			continue
		}
		c.hours = append(c.hours, t)
	}
	all := ""
	if at := zoneForAll.FindStringSubmatch(text); at != nil {
		if _, ok := offsets[at[1]]; ok {
			all = at[1]
		}
	}
	// From the last on: "14:20 to 14:40 UTC" names the zone of both.
	for i := len(c.hours) - 1; i >= 0; i-- {
		t := &c.hours[i]
		t.zone = zoneBehind(text[t.to:])
		if t.zone == "" && i+1 < len(c.hours) && joins.MatchString(text[t.to:c.hours[i+1].from]) {
			t.zone = c.hours[i+1].zone
		}
		if t.zone == "" {
			t.zone = all
		}
	}
	for _, t := range c.hours {
		if t.zone == "" {
			c.find(Zone, t.from, t.to, model.Say("draft.zone.none", "Text", text[t.from:t.to]))
			continue
		}
		if is, was := c.otherHalf(t); was {
			c.find(Zone, t.from, t.to, model.Say("draft.zone.half", "Text", text[t.from:t.to]+" "+t.zone, "Zone", is))
		}
	}
}

// zoneBehind is the zone that stands behind a time, "" for none.
func zoneBehind(rest string) string {
	at := zoneAfter.FindStringSubmatch(rest)
	switch {
	case at == nil:
		return ""
	case at[1] != "":
		if _, ok := offsets[at[1]]; !ok {
			return ""
		}
		return at[1]
	case at[2] != "":
		return at[2]
	}
	return "local" // "Brussels time" names one that a reader knows
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

// next finds that nobody is told when the next update comes, or a time that is over.
func (c *check) next() {
	for _, s := range sentences(c.text) {
		part := c.text[s.from:s.to]
		word := nextWords.FindStringIndex(part)
		if word == nil {
			continue
		}
		var first *clocked
		for i, t := range c.hours {
			if s.has(t.from) && (first == nil || first.from < s.from+word[0]) {
				first = &c.hours[i] // the first behind the words, else the last before
			}
		}
		if first == nil {
			if afterWords.MatchString(part) {
				return
			}
			continue
		}
		var day time.Time
		for _, d := range c.days {
			if s.has(d.from) && len(d.days) == 1 {
				day = d.days[0]
			}
		}
		if !first.at(c.about.Now, day).After(c.about.Now) {
			c.find(Next, first.from, first.to, model.Say("draft.next.past", "Text", c.text[first.from:first.to]))
		}
		return
	}
	say := model.Say("draft.next.none")
	if !c.about.Due.IsZero() {
		say = model.Say("draft.next.due", "Time", Clock(c.about.Due, c.about.Now))
	}
	c.find(Next, len(c.text), len(c.text), say)
}

// Clock writes a time as an update has it: with its zone, and with its day where that
// is another than now's. It is in now's zone.
func Clock(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04 MST")
	}
	return t.Format("2006-01-02 15:04 MST")
}
