package draft

import (
	"slices"
	"strings"

	"warroom/model"
)

// promises finds times by which it is said to work again.
func (c *check) promises() {
	for _, s := range c.sentences {
		times := c.timesIn(s)
		if at, ok := c.promised(s, times); ok {
			c.promise(at)
			continue
		}
		for _, t := range times {
			if at, ok := c.promisedAt(s, t); ok {
				c.promise(at)
				break
			}
		}
	}
}

func (c *check) promise(at place) {
	c.find(Promise, at.from, at.to, model.Say("draft.promise", "Text", c.said(at.from, at.to)))
}

// when is a time that a sentence names: a time of day, a length or a vague one.
type when struct {
	place
	length bool
	ahead  bool // it is not over
	today  bool // it may be over
	end    int  // where its zone ends
	since  int  // where the time before it ends
}

// timesIn are the times of a sentence in the order of the text.
func (c *check) timesIn(s sentence) []when {
	var out []when
	for _, t := range c.hoursIn(s) {
		out = append(out, when{place: place{t.from, t.to}, end: t.end, ahead: c.ahead(t)})
	}
	for _, p := range c.spansIn(s) {
		if !p.every {
			out = append(out, when{place: p.place, end: p.to, length: true, ahead: c.about.State != model.Recovered})
		}
	}
	for n := range tongues {
		if !s.spoken.has(n) {
			continue
		}
		for _, p := range c.marks[n][isVague].in(s.from, s.to) {
			out = append(out, when{place: p, end: p.to, ahead: c.about.State != model.Recovered})
		}
		for _, p := range c.marks[n][isToday].in(s.from, s.to) {
			out = append(out, when{place: p, end: p.to, today: true})
		}
	}
	slices.SortStableFunc(out, func(a, b when) int { return a.from - b.from })
	since := s.from
	for i := range out {
		out[i].since = min(since, out[i].from)
		since = max(since, out[i].end)
	}
	return out
}

// denied reports a word that denies, of any tongue.
func (c *check) denied(from, to int) bool {
	for n := range tongues {
		if c.marks[n][isNo].any(from, to) {
			return true
		}
	}
	return false
}

// promised finds words that promise by themselves, as "ETA". That there is none yet
// promises nothing.
func (c *check) promised(s sentence, times []when) (place, bool) {
	for n := range tongues {
		for _, p := range c.marks[n][isPromised].in(s.from, s.to) {
			if !c.denied(max(s.from, p.from-window), p.from) && (len(times) > 0 || !c.denied(p.to, s.to)) {
				return p, true
			}
		}
	}
	return place{}, false
}

// promisedAt reads a sentence around one of its times, in each of its tongues.
func (c *check) promisedAt(s sentence, t when) (place, bool) {
	for n := range tongues {
		if !s.spoken.has(n) {
			continue
		}
		r := reading{c, &c.marks[n], s, t, n}
		for _, says := range []func() (place, bool){r.then, r.by, r.byThen, r.foreseen, r.late, r.present, r.oneWord} {
			if at, ok := says(); ok {
				return at, true
			}
		}
	}
	return place{}, false
}

// reading is a sentence that is read around a time, in a tongue.
type reading struct {
	c      *check
	m      *marks1
	s      sentence
	t      when
	tongue int
}

// marks1 are the places of the phrases of one tongue.
type marks1 = [kinds]places

// told reports that something between is about the next update.
func (r reading) told(from, to int) bool {
	return r.m[isNext].any(from, to) || r.m[isTold].any(from, to) || r.m[isUpdate].any(from, to)
}

// unless reports that what is mended at a place is the condition of something: "we will
// post at 15:00, once it is fixed".
func (r reading) unless(from, at int) bool {
	u := r.m[isUnless].in(from, at)
	return len(u) > 0 && !r.c.breaks.any(u[len(u)-1].to, at)
}

// until reports a time that ends something, as "until 18:00".
func (r reading) until() bool {
	return r.c.lex.until[r.tongue].MatchString(r.c.before(r.t.from))
}

// updates reports that the time is that of the next update. "Update: it will be fixed at
// 15:00" only begins with the word.
func (r reading) updates() bool {
	if r.m[isNext].any(r.t.since, r.t.from) || r.m[isTold].any(r.t.since, r.t.from) {
		return true
	}
	for _, u := range r.m[isUpdate].in(r.t.since, r.t.from) {
		if !strings.HasPrefix(strings.TrimLeft(r.c.text[u.to:min(len(r.c.text), u.to+maxGap)], " "), ":") {
			return true
		}
	}
	return false
}

// then reads "it will be fixed at 15:00".
func (r reading) then() (at place, ok bool) {
	future := r.m[isFuture].in(r.s.from, r.t.from)
	if len(future) == 0 {
		return at, false
	}
	f := future[0]
	mended := r.m[isMended].in(f.to, r.t.from)
	if len(mended) == 0 || r.unless(r.s.from, mended[0].from) || r.told(mended[0].to, r.t.from) || r.until() {
		return at, false
	}
	return place{f.from, r.t.to}, true
}

// by reads "restored by 15:00" and "fixed in 10 minutes", and not "it was restored at
// 15:00".
func (r reading) by() (at place, ok bool) {
	m, ok := r.mendedBefore(isMended)
	if !ok || !r.t.length && !r.t.ahead || r.m[isFuture].any(r.s.from, r.t.from) || r.m[isPast].any(r.s.from, r.t.from) ||
		r.unless(r.s.from, m.from) {
		return at, false
	}
	return place{m.from, r.t.to}, true
}

// mendedBefore is what is said to be mended right before the time: with "by" between, or
// before a length with nothing.
func (r reading) mendedBefore(k kind) (place, bool) {
	mended := r.m[k].in(max(r.s.from, r.t.from-2*window), r.t.from)
	if len(mended) == 0 {
		return place{}, false
	}
	m := mended[len(mended)-1]
	between := r.c.text[m.to:r.t.from]
	return m, r.c.lex.by[r.tongue].MatchString(between) || r.t.length && strings.Trim(between, " ") == ""
}

// byThen reads "by 15:00 all should work again".
func (r reading) byThen() (at place, ok bool) {
	future := r.m[isFuture].in(r.t.to, r.s.to)
	if len(future) == 0 {
		future = r.verbs(r.t.to, r.s.to)
	}
	if len(future) == 0 {
		return at, false
	}
	mended := r.m[isMended].in(future[0].to, r.s.to)
	if len(mended) == 0 || r.unless(r.t.to, mended[0].from) || r.told(r.s.from, r.s.to) ||
		!r.t.length && !r.c.lex.byFirst[r.tongue].MatchString(r.c.before(r.t.from)) {
		return at, false
	}
	return place{r.t.from, mended[0].to}, true
}

// foreseen reads "recovery is expected by 15:00".
func (r reading) foreseen() (at place, ok bool) {
	if !r.m[isMended].any(max(r.s.from, r.t.from-2*window), r.t.from) {
		return at, false
	}
	before := r.c.before(r.t.from)
	f := r.c.lex.foreseenUntil[r.tongue].FindStringIndex(before)
	if f == nil {
		return at, false
	}
	from := r.t.from - len(before) + f[0]
	mended := r.m[isMended].in(max(r.s.from, from-window), from)
	if len(mended) == 0 {
		return at, false
	}
	m := mended[len(mended)-1]
	if r.told(m.to, r.t.from) || r.c.breaks.any(m.to, r.t.from) || r.m[isNo].any(r.s.from, r.t.from) || r.unless(r.s.from, m.from) {
		return at, false
	}
	return place{m.from, r.t.to}, true
}

// late reads "zal om 16:00 hersteld zijn", in tongues whose verbs stand so.
func (r reading) late() (at place, ok bool) {
	future, mended := r.m[isFuture].in(r.s.from, r.t.from), r.m[isMended].in(r.t.to, r.s.to)
	if !tongues[r.tongue].late || len(future) == 0 || len(mended) == 0 {
		return at, false
	}
	f, m := future[len(future)-1], mended[0]
	if r.told(f.from, m.from) || r.updates() || r.unless(r.s.from, m.from) || r.until() || r.c.breaks.any(r.t.to, m.from) {
		return at, false
	}
	return place{f.from, m.to}, true
}

// present reads "is om 16:00 hersteld", "om 16:00 is alles hersteld" and "is hersteld om
// 16:00", of a time that is ahead.
func (r reading) present() (at place, ok bool) {
	if !r.m[isDone].any(r.s.from, r.s.to) || r.until() || r.updates() {
		return at, false
	}
	verbs := r.verbs(r.s.from, r.t.from)
	if d, ok := r.mendedBefore(isDone); ok && len(verbs) > 0 {
		v := verbs[len(verbs)-1]
		return place{v.from, r.t.to}, v.to <= d.from && !r.c.breaks.any(v.to, d.from) && !r.told(v.to, d.from) && !r.unless(r.s.from, d.from)
	}
	done := r.m[isDone].in(r.t.to, r.s.to)
	if len(done) == 0 || r.told(r.t.to, done[0].from) || r.c.breaks.any(r.t.to, done[0].from) || r.unless(r.s.from, done[0].from) {
		return at, false
	}
	if len(verbs) > 0 && tongues[r.tongue].late && !r.c.breaks.any(verbs[len(verbs)-1].to, r.t.from) {
		return place{verbs[len(verbs)-1].from, done[0].to}, true
	}
	behind := r.verbs(r.t.to, done[0].from)
	if len(behind) > 0 && strings.Trim(r.c.text[r.t.end:max(r.t.end, behind[0].from)], " )") == "" {
		return place{r.t.from, done[0].to}, true
	}
	return at, false
}

// verbs are those that say of a time that is ahead what will be then.
func (r reading) verbs(from, to int) places {
	if becoming := r.m[isBecoming].in(from, to); (r.t.ahead || r.t.today) && len(becoming) > 0 {
		return becoming
	}
	if !r.t.ahead {
		return nil
	}
	return r.m[isPresent].in(from, to)
}

// oneWord reads "fonctionnera vers 16h": a verb that says what will be.
func (r reading) oneWord() (at place, ok bool) {
	if !r.t.ahead && !r.t.today || !r.m[willMend].any(r.s.from, r.s.to) || r.until() {
		return at, false
	}
	if w := r.m[willMend].in(r.s.from, r.t.from); len(w) > 0 {
		last := w[len(w)-1]
		return place{last.from, r.t.to}, !r.told(last.to, r.t.from) && !r.unless(r.s.from, last.from)
	}
	if w := r.m[willMend].in(r.t.to, r.s.to); len(w) > 0 && !r.updates() {
		return place{r.t.from, w[0].to}, !r.told(r.t.to, w[0].from) && !r.unless(r.t.to, w[0].from)
	}
	return at, false
}
