package model

import "slices"

// MaxObs is how many ends of lines one event names as seen: 2 kB of references. An
// author that saw more names the others in its next events.
const MaxObs = 64

// Author is what one store writes: the ends of its two logs, what it has seen since
// it last wrote in each, and the clock. It is a value: a copy goes on by itself, and
// the one that it was made of stays as it was.
type Author struct {
	content, membership end
	clock               Clock
	// ahead is the greatest effective clock that was seen and not merged yet; top the
	// greatest that was ever seen or written.
	ahead, top Clock
}

// end is the end of one of the author's logs.
type end struct {
	head Head
	eff  Clock
	// names are what its last event names besides the one before it.
	names []Ref
	// seen are ends of other lines that no event of this log names yet. It is replaced,
	// never changed.
	seen []sight
}

// sight is an event that was seen.
type sight struct {
	line LogID
	ref  Ref
	eff  Clock
}

// NewAuthor goes on with a store's own logs. lines are all that the store holds,
// those two among them: the clock rises above them (see Clock.Merge), and what the
// own logs may not have named yet is named by the next events.
func NewAuthor(content, membership LogID, lines []Branch) Author {
	var a Author
	for _, b := range lines {
		switch b.ID {
		case content:
			a.content = end{head: b.Tip, eff: b.Eff}
		case membership:
			a.membership = end{head: b.Tip, eff: b.Eff}
		default:
			continue
		}
		a.clock = max(a.clock, b.Tip.Clock)
		a.top = max(a.top, b.Eff)
	}
	for _, b := range lines {
		if b.ID == content || b.ID == membership {
			continue
		}
		// An event stands after all that it names, so what stands before the log's
		// last one needs no name to be before the next.
		a.ahead, a.top = max(a.ahead, b.Eff), max(a.top, b.Eff)
		for _, e := range []*end{&a.content, &a.membership} {
			if b.Eff >= e.eff && b.Ends == 0 {
				e.see(sight{b.ID, b.TipRef(), b.Eff})
			}
		}
	}
	return a
}

// Begin makes a log the one in which events of its kind are written from now on.
// Its first event must be its log.open. The clock goes on, and the new log's first
// event names the end of the old one.
func (a *Author) Begin(kind LogKind, log LogID) {
	e := a.of(kind)
	old := *e
	*e = end{head: Head{Log: log}, seen: old.seen}
	if old.head.Seq > 0 {
		e.see(sight{old.head.Log, old.ref(), old.eff})
	}
}

// Head is the end of the log of a kind; its Seq is 0 when nothing is written yet.
func (a *Author) Head(kind LogKind) Head { return a.of(kind).head }

// Seen tells the author of a line of which new events are held, or whose events
// moved: the next event names its end. Of an own log it takes over what was found
// there. The end of a line that counts only before a number is not named.
func (a *Author) Seen(b Branch) {
	a.top = max(a.top, b.Eff)
	for _, e := range []*end{&a.content, &a.membership} {
		if b.ID != e.head.Log {
			continue
		}
		if b.Tip.Seq != e.head.Seq {
			e.names = nil
		}
		e.head, e.eff = b.Tip, b.Eff
		a.clock = max(a.clock, b.Tip.Clock)
		if o := a.other(e); b.Eff > b.Tip.Clock && !slices.Contains(o.names, b.TipRef()) {
			// As when it is sealed; and where the other log had seen it, it moved.
			o.see(sight{b.ID, b.TipRef(), b.Eff})
		}
		return
	}
	if b.Ends == 0 {
		a.ahead = max(a.ahead, b.Eff)
	}
	for _, e := range []*end{&a.content, &a.membership} {
		if b.Ends != 0 {
			e.forget(func(s sight) bool { return s.line == b.ID })
		} else if ref := b.TipRef(); !slices.Contains(e.names, ref) {
			e.see(sight{b.ID, ref, b.Eff})
		}
	}
}

// Seal makes the draft the next event of the log of its kind, as SealRecord does.
// Its clock is above that of all that was seen or written, but for clocks that are
// more than MaxAhead beyond now; it names what was seen; and the record's Eff is what
// follows of that, so that it stands after it in any case. eff gives the effective
// clock of an event that the store holds, and is asked for what the draft replaces,
// and only when a clock is ahead of this one; nil knows of none.
//
// When it refuses, the author is as it was.
func (a *Author) Seal(s Signer, d Draft, nowMS int64, salt Salt, eff func(Ref) (Clock, bool)) (*Event, *Record, error) {
	e := a.of(logOf(d.Body))
	c := d.Body.common()
	pred, given := c.Pred, c.Obs
	obs, left := e.observe(pred, given)
	c.Obs = obs
	head := e.head
	head.Clock = a.clock.Merge(a.ahead, nowMS)
	ev, rec, next, err := SealRecord(s, head, d, nowMS, salt)
	if err != nil {
		c.Obs = given
		return nil, nil, err
	}
	if rec.Clock <= a.top {
		rec.Eff = Effective(rec, func(ref Ref) (Clock, bool) { return e.effOf(ref, eff) })
	}
	e.head, e.eff, e.seen = next, rec.Eff, left
	e.names = slices.Concat(rec.Common().Pred, rec.Common().Obs)
	a.clock, a.ahead, a.top = rec.Clock, 0, max(a.top, rec.Eff)
	if rec.Eff > rec.Clock {
		// It stands later than its own clock, so the other log's next event names it:
		// the clocks alone would not say which of the two came first.
		a.other(e).see(sight{rec.Ref.Log, rec.Ref, rec.Eff})
	}
	return ev, rec, nil
}

// effOf finds the effective clock of an event that the next one of e names. An own
// one that the store does not hold yet is the end of its log, or is before one of
// those that are named, which then decides.
func (e *end) effOf(ref Ref, eff func(Ref) (Clock, bool)) (Clock, bool) {
	if ref == e.ref() {
		return e.eff, true
	}
	for _, s := range e.seen {
		if s.ref == ref {
			return s.eff, true
		}
	}
	if eff == nil {
		return 0, false
	}
	return eff(ref)
}

func (a *Author) of(kind LogKind) *end {
	if kind == MembershipLog {
		return &a.membership
	}
	return &a.content
}

func (a *Author) other(e *end) *end {
	if e == &a.content {
		return &a.membership
	}
	return &a.content
}

// Log is the kind of log in which the draft is to stand: a log.open stands in the
// log that it begins.
func (d Draft) Log() LogKind { return logOf(d.Body) }

// logOf is the kind of log in which a body stands. Every log has a log.open, whose
// kind alone does not say it.
func logOf(b Body) LogKind {
	if open, ok := b.(*LogOpen); ok {
		return open.Log
	}
	return b.Kind().Log()
}

func (e *end) ref() Ref {
	if e.head.Seq == 0 {
		return Ref{}
	}
	return Ref{Log: e.head.Log, Seq: e.head.Seq, Hash: e.head.Hash.Short()}
}

// see notes the end of a line; it replaces an earlier end of the same line.
func (e *end) see(s sight) {
	next := make([]sight, 0, len(e.seen)+1)
	for _, had := range e.seen {
		if had.line != s.line {
			next = append(next, had)
		}
	}
	e.seen = append(next, s)
}

func (e *end) forget(which func(sight) bool) {
	if slices.ContainsFunc(e.seen, which) {
		e.seen = slices.DeleteFunc(slices.Clone(e.seen), which)
	}
}

// observe chooses what the next event names as seen, after what the draft names
// itself, and gives what is left for later. Those that stand last go first: an event
// that is after them is after all that is left, too.
func (e *end) observe(pred, given []Ref) (obs []Ref, left []sight) {
	obs = given
	if len(e.seen) == 0 {
		return obs, nil
	}
	sorted := slices.Clone(e.seen)
	slices.SortFunc(sorted, func(a, b sight) int {
		switch {
		case a.eff != b.eff:
			if a.eff > b.eff {
				return -1
			}
			return 1
		case a.ref.Hash.Less(b.ref.Hash):
			return -1
		case b.ref.Hash.Less(a.ref.Hash):
			return 1
		}
		return 0
	})
	obs = slices.Clone(given)
	for i, s := range sorted {
		if slices.Contains(pred, s.ref) || slices.Contains(given, s.ref) {
			continue
		}
		if len(obs)-len(given) == MaxObs {
			return obs, sorted[i:]
		}
		obs = append(obs, s.ref)
	}
	return obs, nil
}
