package model

// Record is an event as the fold reads it: decoded, with its place in the
// order. The fold never reads the text; it is carried for those who show it.
// A record does not change once it is applied, but for Eff, which the fold owns.
type Record struct {
	Ref     Ref
	Scope   Scope
	Clock   Clock
	Wall    int64
	Body    Body
	Text    string
	HasText bool
	// Removed reports a text that was there and is gone.
	Removed bool
	// Newer reports a kind or a field that a newer warroom wrote.
	Newer bool
	// Prev is the previous event of the same log, the zero Ref at sequence 1.
	// Its hash is the start of the envelope's prev.
	Prev Ref
	// Eff is the effective clock: it orders the record.
	Eff Clock
}

// Common gives the fields that every body has.
func (r *Record) Common() *Common { return r.Body.common() }

// Recorded is when the act was recorded, as the author's machine showed it.
func (r *Record) Recorded() int64 { return r.Wall }

// HappenedAt is when it happened, in ms since 1970: when a person said, else
// when it was recorded.
func (r *Record) HappenedAt() int64 {
	if h := r.Common().Happened; h != 0 {
		return h
	}
	return r.Wall
}

// Decode makes an event's record. Eff begins as the event's own clock.
func Decode(e *Event) (*Record, error) {
	body, newer, err := DecodeBody(e.Kind, e.Body)
	if err != nil {
		return nil, err
	}
	return recordOf(e, e.Hash(), body, newer), nil
}

// recordOf is the record of an event with that hash, whose body was decoded.
func recordOf(e *Event, hash Hash, body Body, newer bool) *Record {
	r := &Record{
		Ref: Ref{Log: e.Log, Seq: e.Seq, Hash: hash.Short()}, Scope: e.Scope, Clock: e.Clock, Wall: e.Wall, Body: body,
		Newer: newer, Eff: e.Clock, HasText: e.Flags&FlagText != 0,
	}
	if e.Seq > 1 {
		r.Prev = Ref{Log: e.Log, Seq: e.Seq - 1, Hash: e.Prev.Short()}
	}
	switch {
	case e.Text != nil:
		r.Text = string(e.Text)
	case r.HasText:
		r.Removed = true
	}
	return r
}
