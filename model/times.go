package model

import "slices"

// How an incident's moments and spans are read off its acts.

// Span is a stretch of time at one severity, in ms since 1970; To is 0 while it
// lasts.
type Span struct {
	Level    Level
	From, To int64
}

// viewMoments reads each moment off the acts, then lays the corrections over.
func (in *Incident) viewMoments(v *View) map[Moment]Time {
	times := map[Moment]Time{}
	set := func(m Moment, at int64, by *Record) {
		if _, ok := times[m]; !ok && at != 0 {
			times[m] = Time{Moment: m, At: at, Derived: at, By: by}
		}
	}
	for _, a := range v.Answers {
		if a.Card.Question == AskStarted && a.Done() {
			set(ImpactStarted, a.Answer.Time, a.By)
		}
	}
	if r := v.Opened; r != nil {
		set(Detected, r.HappenedAt(), r)
		set(Declared, r.Wall, r)
	}
	if r := in.acknowledged(); r != nil {
		// When it was done, not of when it tells: an entry about an hour ago
		// acknowledges now.
		set(Acknowledged, r.Wall, r)
	}
	for _, r := range in.links.history() {
		if b, ok := r.Body.(*LinkAdd); ok && b.Link.Channel() && in.meant(r) {
			set(ChannelsSet, r.HappenedAt(), r)
		}
	}
	for _, r := range in.severity.history() {
		if in.meant(r) {
			set(SeveritySetAt, r.HappenedAt(), r)
		}
	}
	for _, u := range v.Updates {
		switch u.Audience {
		case ToCustomers:
			set(FirstExternal, u.At, u.By)
		case ToTeam:
			set(FirstInternal, u.At, u.By)
		}
	}
	in.ends(times)
	for m, g := range in.moments {
		correct(times, m, g)
	}
	return times
}

// meant reports an act that was not undone and is no undoing itself.
func (in *Incident) meant(r *Record) bool {
	return !in.undone[r.Ref] && r.Common().Undoes.IsZero()
}

// acknowledged is the first act of a person on the incident; what a monitoring
// system told is none.
func (in *Incident) acknowledged() *Record {
	for _, s := range in.order {
		if in.acknowledges(s.rec) {
			return s.rec
		}
	}
	return nil
}

// acknowledges reports an act of a person that stands in the log. A star or a
// stroke is no line of its own, and acknowledges nothing.
func (in *Incident) acknowledges(r *Record) bool {
	c := r.Common()
	return in.slots[r.Ref] != nil && c.Via != DoorAlert && c.Via != DoorPager && !c.Actor.IsZero() && in.meant(r)
}

// ends finds when the incident was last mitigated and resolved. Work that goes
// on again takes both back.
func (in *Incident) ends(times map[Moment]Time) {
	var mitigated, resolved *Record
	for _, r := range in.status.history() {
		b, ok := r.Body.(*StatusSet)
		if !ok || !in.meant(r) {
			continue
		}
		switch b.Status {
		case Mitigated:
			if mitigated == nil {
				mitigated = r
			}
			resolved = nil
		case Resolved:
			if mitigated == nil {
				mitigated = r
			}
			if resolved == nil {
				resolved = r
			}
		case Open, Fixing, Reopened:
			mitigated, resolved = nil, nil
		}
	}
	for m, r := range map[Moment]*Record{MitigatedAt: mitigated, ResolvedAt: resolved} {
		if r != nil {
			times[m] = Time{Moment: m, At: r.HappenedAt(), Derived: r.HappenedAt(), By: r}
		}
	}
}

// correct lays a correction by hand over what the acts say.
func correct(times map[Moment]Time, m Moment, g *register) {
	h := held(g, func(r *Record) int64 {
		if b := r.Body.(*MomentSet); !b.Clear {
			return b.At
		}
		return 0
	})
	if h.Value == 0 && !h.Conflict() {
		return
	}
	t := times[m]
	t.Moment = m
	if h.Value != 0 {
		t.At, t.By, t.Corrected = h.Value, h.By, true
	}
	for _, o := range h.Others {
		if len(t.Differ) == 0 {
			t.Differ = append(t.Differ, h.By)
		}
		t.Others, t.Differ = append(t.Others, o.Value), append(t.Differ, o.By)
	}
	times[m] = t
}

// spans reads the stretches at each severity. They begin when a severity was
// set and end when the incident was resolved or cancelled.
func (in *Incident) spans() []Span {
	var out []Span
	level := Unset
	var from int64
	over := false
	end := func(at int64) {
		if level != Unset && !over && at >= from {
			out = append(out, Span{level, from, at})
		}
	}
	changes := append(in.severity.history(), in.status.history()...)
	slices.SortFunc(changes, compareRecords)
	for _, r := range changes {
		if !in.meant(r) {
			continue
		}
		switch b := r.Body.(type) {
		case *SeveritySet:
			end(r.HappenedAt())
			level, from = b.Level, r.HappenedAt()
		case *StatusSet:
			switch {
			case b.Status.Over() && !over:
				end(r.HappenedAt())
				over = true
			case !b.Status.Over() && over:
				over, from = false, r.HappenedAt()
			}
		}
	}
	if level != Unset && !over {
		out = append(out, Span{Level: level, From: from})
	}
	return out
}

// MinutesAt is the time at each severity in ms, counted to now for the one that
// lasts.
func (v *View) MinutesAt(nowMS int64) map[Level]int64 {
	out := map[Level]int64{}
	for _, s := range v.Spans {
		to := s.To
		if to == 0 {
			to = nowMS
		}
		if to > s.From {
			out[s.Level] += to - s.From
		}
	}
	return out
}
