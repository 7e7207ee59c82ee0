package storage

import "warroom/model"

// slab is one piece of memory for the keys and values of a batch, which are many,
// small, and live as long as each other.
type slab []byte

// slab gives room for the events of the batch.
func (in *intake) slab() slab {
	n := 0
	for i := range in.placings {
		e := in.placings[i].ev
		n += eventSize(e) + placeSize + 4*timelineKey + 3*(logKeySize+seqSize)
		if e.Text != nil {
			n += len(e.Salt) + len(e.Text)
		}
	}
	return make(slab, 0, n)
}

func eventSize(e *model.Event) int { return model.EnvelopeSize + len(e.Body) + clockSize }

// cut gives an empty piece with room for n bytes.
func (s *slab) cut(n int) []byte {
	if len(*s)+n > cap(*s) {
		return make([]byte, 0, n)
	}
	at := len(*s)
	*s = (*s)[:at+n]
	return (*s)[at : at : at+n]
}

func (s *slab) seqKey(kind byte, at place) []byte {
	return appendSeqKey(s.cut(logKeySize+seqSize), kind, at.line, at.seq)
}

func (s *slab) placeKey(index byte, scope model.Scope, eff model.Clock, hash model.ShortHash) []byte {
	return appendPlaceKey(s.cut(timelineKey), index, scope, eff, hash)
}

func (s *slab) place(at place) []byte { return appendPlace(s.cut(placeSize), at) }

func (s *slab) event(e *model.Event, eff model.Clock) []byte {
	return appendEvent(s.cut(eventSize(e)), e, eff)
}

func (s *slab) text(e *model.Event) []byte {
	return append(append(s.cut(len(e.Salt)+len(e.Text)), e.Salt[:]...), e.Text...)
}
