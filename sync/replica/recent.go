package replica

import "warroom/model"

// recent is a short memory of the last events of a line: most events name such. It
// begins small, because most lines are of logs that nobody writes any more.
type recent struct{ slots []slot }

type slot struct {
	seq  uint64 // 0 for none
	hash model.ShortHash
	eff  model.Clock
}

// How many events are remembered of a line: 8 kB at most.
const (
	firstSlots = 16
	maxSlots   = 256
)

// put remembers an event, in the place of one long before it.
func (m *recent) put(ref model.Ref, eff model.Clock) {
	if len(m.slots) == 0 {
		m.slots = make([]slot, firstSlots)
	}
	for {
		s := &m.slots[ref.Seq%uint64(len(m.slots))]
		if s.seq == 0 || s.seq == ref.Seq || len(m.slots) == maxSlots {
			*s = slot{ref.Seq, ref.Hash, eff}
			return
		}
		m.grow()
	}
}

func (m *recent) grow() {
	had := m.slots
	m.slots = make([]slot, 2*len(had))
	for _, s := range had {
		if s.seq != 0 {
			m.slots[s.seq%uint64(len(m.slots))] = s
		}
	}
}

// at is what is remembered of a number.
func (m *recent) at(seq uint64) (slot, bool) {
	if len(m.slots) == 0 {
		return slot{}, false
	}
	s := m.slots[seq%uint64(len(m.slots))]
	return s, s.seq == seq && seq != 0
}

// knows reports that the event of the number is remembered, whatever its hash.
func (m *recent) knows(seq uint64) bool {
	_, ok := m.at(seq)
	return ok
}

// eff gives the effective clock of an event that is remembered.
func (m *recent) eff(ref model.Ref) (model.Clock, bool) {
	s, ok := m.at(ref.Seq)
	return s.eff, ok && s.hash == ref.Hash
}

// move gives an event that is remembered another effective clock.
func (m *recent) move(ref model.Ref, eff model.Clock) {
	if s, ok := m.at(ref.Seq); ok && s.hash == ref.Hash {
		m.put(ref, eff)
	}
}

// of gives the effective clock of a number; 0 when it is not remembered.
func (m *recent) of(seq uint64) model.Clock {
	s, _ := m.at(seq)
	if s.seq != seq {
		return 0
	}
	return s.eff
}
