package draft

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// kind is what a phrase says, in its tongue.
type kind uint8

const (
	isCommon kind = iota
	isNext
	isTold
	isUpdate
	isFuture
	isMended
	willMend
	isPresent
	isBecoming
	isDone
	isPast
	isUnless
	isPromised
	isVague
	isToday
	isNo
	isThing
	isFate
	isLoss
	isSaid
	isDay
	kinds
)

// phrase is a phrase of a tongue, by the words behind its first.
type phrase struct {
	rest   []string
	tongue int
	kind   kind
	day    time.Weekday
}

// month is what a month's name says. capital is for a name that is another word without
// one, in the tongues that write months so.
type month struct {
	is      time.Month
	capital bool
}

// lexicon is what is made of the tongues, once.
type lexicon struct {
	phrases map[string][]phrase // by the first word
	of      map[string]spoken   // the tongues that have a word
	stops   map[string]bool
	months  map[string]month
	// days are weekdays and their short forms, those by themselves in short too.
	days, short map[string]time.Weekday
	shortOf     map[string]spoken

	dayMonth, monthDay, dayBefore, dayAfter, onDay, parts            *regexp.Regexp
	hour, zoneWords, zoneForAll, lasts                               *regexp.Regexp
	atHour, dotted, length, every, by, byFirst, until, foreseenUntil [len(tongues)]*regexp.Regexp
}

func newLexicon() *lexicon {
	l := &lexicon{
		phrases: map[string][]phrase{}, of: map[string]spoken{}, stops: map[string]bool{}, months: map[string]month{},
		days: map[string]time.Weekday{}, short: map[string]time.Weekday{}, shortOf: map[string]spoken{},
	}
	for n, t := range tongues {
		for k, list := range map[kind][]string{
			isCommon: t.common, isNext: t.next, isTold: t.told, isUpdate: t.updates, isFuture: t.future, isMended: t.mended, willMend: t.willMend,
			isPresent: t.present, isBecoming: t.becoming, isDone: t.done, isPast: t.past, isUnless: t.unless, isPromised: t.promised, isVague: t.vague, isToday: t.today, isNo: t.no,
			isThing: t.things, isFate: t.fates, isLoss: t.losses, isSaid: t.said,
		} {
			for _, p := range list {
				l.add(p, phrase{tongue: n, kind: k})
			}
		}
		for i := range t.days {
			for _, d := range t.days[i] {
				l.add(d, phrase{tongue: n, kind: isDay, day: time.Weekday(i)})
				l.days[lower(d)] = time.Weekday(i)
			}
			for _, d := range t.shortDays[i] {
				l.short[lower(d)] = time.Weekday(i)
				l.shortOf[lower(d)] |= 1 << n
			}
		}
		for i := range t.months {
			for _, m := range t.months[i] {
				was, had := l.months[lower(m)]
				l.months[lower(m)] = month{time.Month(i + 1), t.capitals && (!had || was.capital)}
				l.of[lower(m)] |= 1 << n
			}
		}
		for _, s := range t.stops {
			l.stops[lower(s)] = true
		}
	}
	l.patterns()
	return l
}

func lower(s string) string { return strings.ToLower(fold(s).text) }

// add has a phrase found.
func (l *lexicon) add(text string, p phrase) {
	w := wordsOf(fold(text).text)
	p.rest = make([]string, 0, len(w)-1)
	for _, x := range w {
		l.of[x.low] |= 1 << p.tongue
	}
	for _, x := range w[1:] {
		p.rest = append(p.rest, x.low)
	}
	l.phrases[w[0].low] = append(l.phrases[w[0].low], p)
}

// patterns makes what is looked for beside numbers.
func (l *lexicon) patterns() {
	var months, monthsFirst, ordinals, of, the, onDay, parts, days, hours, before, after, all, lasts []string
	for n, t := range tongues {
		for i := range t.months {
			months = append(months, t.months[i]...)
			if t.monthFirst {
				monthsFirst = append(monthsFirst, t.months[i]...)
			}
		}
		for i := range t.days {
			days = append(append(days, t.days[i]...), t.shortDays[i]...)
		}
		ordinals, of, the, onDay = append(ordinals, t.ordinals...), append(of, t.of...), append(the, t.the...), append(onDay, t.onDay...)
		hours, before, after, all = append(hours, t.hours...), append(before, t.zoneBefore...), append(after, t.zoneAfter...), append(all, t.allTimes...)
		lasts, parts = append(lasts, t.lasts...), append(parts, t.parts...)

		l.atHour[n], l.dotted[n] = pattern(`\b(?:%s)\s*$`, t.atHour), pattern(`\b(?:%s)\s*$`, t.dotted)
		number := `(?:\d+(?:[.,]\d+)?(?:\s?[hu]\s?\d{2})?|` + oneOf(t.numbers) + `)`
		length := `\b(?:` + oneOf(slices.Concat(t.within, t.every)) + `)[\s']+(?:(?:` + oneOf(t.about) + `)[\s']+)*` + number +
			`[\s'-]*(?:(?:` + oneOf(t.more) + `)\s+)?(?:` + oneOf(t.units) + `)\b|\b(?:` + oneOf(t.lengths) + `)\b`
		if len(t.hours) > 0 { // "dans 1h30"
			length += `|\b(?:` + oneOf(t.within) + `)[\s']+(?:(?:` + oneOf(t.about) + `)[\s']+)*\d+\s?(?:` + oneOf(t.hours) + `)\s?\d{2}\b`
		}
		l.length[n] = regexp.MustCompile(`(?i)` + length)
		l.every[n] = pattern(`^(?:%s)\b`, t.every)
		l.by[n] = regexp.MustCompile(`(?i)^\s+(?:(?:` + oneOf(t.again) + `)\s+)?(?:` + oneOf(t.by) + `)[\s']+$`)
		l.foreseenUntil[n] = regexp.MustCompile(`(?i)\b(?:` + oneOf(t.foreseen) + `)(?:\s+(?:` + oneOf(t.by) + `))?[\s']+$`)
		l.byFirst[n] = pattern(`\b(?:%s)[\s']+$`, t.byFirst)
		l.until[n] = pattern(`\b(?:%s)[\s']+$`, t.until)
	}
	day, year := `(\d{1,2})(?:`+oneOf(ordinals)+`)?`, `\b\.?(?:,?\s+((?:19|20)\d{2})\b)?`
	l.dayMonth = regexp.MustCompile(`(?i)\b` + day + `\s+(?:(?:` + oneOf(of) + `)\s+)?(` + oneOf(months) + `)` + year)
	l.monthDay = regexp.MustCompile(`\b(` + oneOf(monthsFirst) + `)\b\.?\s+` + day + year)
	l.dayBefore = regexp.MustCompile(`(?i)\b(` + oneOf(days) + `)\b[.,]?\s+(?:(?:` + oneOf(the) + `)\s+)?$`)
	l.dayAfter = regexp.MustCompile(`(?i)^,?\s*(\()?(` + oneOf(days) + `)\b`)
	l.onDay = pattern(`\b(?:%s)\s+$`, append(onDay, days...))
	l.parts = pattern(`^\s+(?:%s)\b`, parts)
	h := oneOf(hours)
	l.hour = regexp.MustCompile(`(?i)\b(?:` +
		`(\d{1,2})(?::|\s?(?:` + h + `)\s?)(\d{2})(?::\d{2})?(?:\s*([ap])\.?m\b\.?|\s*(?:` + h + `)\b)?` + // 1 to 3: 14:30, 14h30
		`|(\d{1,2})\.(\d{2})(\s*(?:` + h + `)\b)?` + // 4 to 6: 14.30 uur
		`|(\d{1,2})\s*([ap])\.?m\b\.?` + // 7 and 8: 2 pm
		`|(\d{1,2})\s?(?:` + h + `)\b)`) // 9: 14 h
	l.zoneWords = regexp.MustCompile(`(?i)^,?\s*\(?(?:(?:` + oneOf(before) + `)|[a-z/_ ]{0,30}\b(?:` + oneOf(after) + `)\b)`)
	l.zoneForAll = regexp.MustCompile(`(?i:\b(?:` + oneOf(all) + `)\b[^.\n]{0,30}\b(?:in|en|a)[\s']+(?:l[\s']+)?(?:([A-Z]{2,5})\b|(?:` + oneOf(before) + `)|(?:[a-z]+\s+)?(?:` + oneOf(after) + `)\b))`)
	l.lasts = pattern(`\b(?:%s)[\s']+$`, lasts)
}

// pattern puts any of some phrases into a pattern; one that is never found for none.
func pattern(form string, phrases []string) *regexp.Regexp {
	if len(phrases) == 0 {
		return regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
	}
	return regexp.MustCompile(`(?i)` + strings.ReplaceAll(form, "%s", oneOf(phrases)))
}

// oneOf is a pattern for any of some phrases, the longest first; one that is never found
// for none.
func oneOf(phrases []string) string {
	if len(phrases) == 0 {
		return `[^\x00-\x{10FFFF}]`
	}
	out := make([]string, 0, len(phrases))
	for _, p := range phrases {
		w := wordsOf(fold(p).text)
		text := make([]string, 0, len(w))
		for _, x := range w {
			text = append(text, regexp.QuoteMeta(x.text))
		}
		out = append(out, strings.Join(text, `[\s'-]+`))
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return strings.Join(slices.Compact(out), "|")
}

// word is a word of the text.
type word struct {
	from, to  int
	text, low string
}

// wordsOf parts a text into its words: letters and digits that stand together.
func wordsOf(text string) []word {
	var out []word
	from := -1
	for i := 0; i <= len(text); {
		r, n := rune(0), 1
		if i < len(text) {
			if r = rune(text[i]); r >= utf8.RuneSelf {
				r, n = utf8.DecodeRuneInString(text[i:])
			}
		}
		in := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && unicode.IsLetter(r)
		switch {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			w := text[from:i]
			out = append(out, word{from, i, w, strings.ToLower(w)})
			from = -1
		}
		i += n
	}
	return out
}

// place is a stretch of the text.
type place struct{ from, to int }

// places are places in the order of the text, by where they begin.
type places []place

// in are those that begin at or behind from and end at or before to.
func (p places) in(from, to int) places {
	i := sort.Search(len(p), func(i int) bool { return p[i].from >= from })
	j := i + sort.Search(len(p)-i, func(j int) bool { return p[i+j].from >= to })
	for j > i && p[j-1].to > to {
		j--
	}
	return p[i:j]
}

func (p places) any(from, to int) bool { return len(p.in(from, to)) > 0 }

// marks are the places of the phrases of each kind, by their tongue.
type marks [len(tongues)][kinds]places

// read finds the phrases of a text.
func (c *check) read() {
	c.words = wordsOf(c.text)
	var said [len(tongues)]int // where the last phrase that was found ends
	for i, w := range c.words {
		var longest [len(tongues)]int
		var found []phrase
		for _, p := range c.lex.phrases[w.low] {
			if to, ok := c.follows(i, p.rest); ok {
				longest[p.tongue] = max(longest[p.tongue], to)
				found = append(found, p)
			}
		}
		for _, p := range found {
			to := c.words[i+len(p.rest)].to
			if to < longest[p.tongue] || to <= said[p.tongue] {
				continue // a part of a longer phrase
			}
			at := place{w.from, to}
			c.marks[p.tongue][p.kind] = append(c.marks[p.tongue][p.kind], at)
			if p.kind == isDay {
				c.weekdays = append(c.weekdays, namedDay{at, p.day, p.tongue})
			}
		}
		for n := range longest {
			said[n] = max(said[n], longest[n])
		}
	}
}

// follows reports that some words stand behind a word, with no more than blanks,
// apostrophes and hyphens between.
func (c *check) follows(i int, rest []string) (to int, ok bool) {
	if i+len(rest) >= len(c.words) {
		return 0, false
	}
	for j, r := range rest {
		a, b := c.words[i+j], c.words[i+j+1]
		if b.low != r || strings.Trim(c.text[a.to:b.from], " \t'-") != "" || b.from-a.to > maxGap {
			return 0, false
		}
	}
	return c.words[i+len(rest)].to, true
}

// maxGap is how far words of one phrase stand apart, in bytes.
const maxGap = 8

// window is how far before a place a word is looked for that belongs to it, in bytes.
const window = 48

// before is what stands before a place, as far as words there may belong to it. It begins
// with a whole word.
func (c *check) before(at int) string {
	from := max(0, at-window)
	for from > 0 && from < at && c.text[from-1] != ' ' && c.text[from-1] != '\n' {
		from++
	}
	return c.text[from:at]
}

// behind is what stands behind a place.
func (c *check) behind(at int) string { return c.text[at:min(len(c.text), at+window)] }
