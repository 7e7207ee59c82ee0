package model

import "slices"

// Line is one line of an incident's log: an act, and what became of it. A line
// does not change; a change makes another.
type Line struct {
	Rec *Record
	// Was is what the act replaced, as far as it is here, in order.
	Was []*Record
	// Of is the event that the act says something of, as a task that is done; nil for
	// none. OfText is its text, empty when it was removed for good.
	Of     *Record
	OfText string
	// Text is the text as it now stands, after amendments.
	Text string
	// At is when it happened, in ms since 1970, after amendments.
	At int64
	// Amends are the amendments in order.
	Amends []*Record
	// Others are concurrent amendments that nobody has settled.
	Others []*Record
	// Struck is the record that struck it; nil for one that stands.
	Struck *Record
	// Star marks it for the postmortem's timeline.
	Star bool
	// Removed is the act that removed its text for good; nil for one that has it.
	Removed *Record
	// Undone reports an act whose opposite was written.
	Undone bool
	// Void reports an act on the membership that does not count: who did it had no right
	// to, by what is held.
	Void bool
	// Paged is whom a page was for of which this tells what became; Again says that
	// another room had sent it before.
	Paged PersonID
	Again bool
}

// Ref is the reference to the act.
func (l *Line) Ref() Ref { return l.Rec.Ref }

// Entry reports a line that a person wrote, which can be amended and struck.
func (l *Line) Entry() bool {
	_, ok := l.Rec.Body.(*EntryAdd)
	return ok
}

// Late reports an entry that was recorded more than a minute after it happened.
func (l *Line) Late() bool { return l.Rec.Wall-l.At > 60_000 }

// line makes a slot's line, or gives the one that it has.
func (in *Incident) line(s *slot) *Line {
	if s.line != nil {
		return s.line
	}
	r := s.rec
	l := &Line{Rec: r, Text: r.Text, At: r.HappenedAt(), Undone: in.undone[r.Ref]}
	for _, p := range r.Common().Pred {
		if w := in.records[p]; w != nil {
			l.Was = append(l.Was, w)
		}
	}
	slices.SortFunc(l.Was, compareRecords)
	l.Of = in.records[r.about()]
	l.OfText = in.textIn(l.Of)
	if g := in.text[r.Ref]; g != nil {
		l.Amends = g.history()
		standing := g.standing()
		last := standing[len(standing)-1]
		l.Text, l.Others = last.Text, standing[:len(standing)-1]
		if h := last.Common().Happened; h != 0 {
			l.At = h
		}
	}
	if w := in.strike[r.Ref].last(); w != nil && w.Body.(*EntryStrike).Struck {
		l.Struck = w
	}
	if w := in.star[r.Ref].last(); w != nil {
		l.Star = w.Body.(*EntryStar).Star
	}
	l.Removed = in.removedFrom(r.Ref)
	in.pageLine(l)
	if !r.Common().Redoes.IsZero() {
		// It tells of the time of what it does again, and is done now: a reader
		// must find it after the undo.
		l.At = r.Wall
	}
	s.line = l
	return l
}
