package peer

import "warroom/model"

// tail remembers the hashes of the last events of a line, by number. It begins small,
// because most lines are of logs that nobody writes any more.
type tail []tailed

type tailed struct {
	seq  uint64 // 0 for none
	hash model.ShortHash
}

// How many events are remembered of a line at first, and at most. One is a divisor of
// the other.
const firstTail, recent = 4, 64

// at gives the hash of an event, when it is remembered.
func (t tail) at(seq uint64) (model.ShortHash, bool) {
	if len(t) == 0 || seq == 0 {
		return model.ShortHash{}, false
	}
	s := &t[seq%uint64(len(t))]
	return s.hash, s.seq == seq
}

// put remembers an event, in the place of the one that came recent before it.
func (t *tail) put(seq uint64, hash model.ShortHash) {
	if len(*t) == 0 {
		*t = make(tail, firstTail)
	}
	for {
		s := &(*t)[seq%uint64(len(*t))]
		if s.seq == 0 || s.seq == seq || len(*t) == recent {
			*s = tailed{seq, hash}
			return
		}
		t.grow()
	}
}

func (t *tail) grow() {
	more := make(tail, 2*len(*t))
	for _, s := range *t {
		if s.seq != 0 {
			more[s.seq%uint64(len(more))] = s
		}
	}
	*t = more
}
