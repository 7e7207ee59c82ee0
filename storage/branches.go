package storage

import (
	"encoding/binary"
	"errors"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
)

// readLines reads the ends of all lines, what else is kept of them, and what is
// awaited.
func (b *Badger) readLines(s snapshot) (err error) {
	heads, err := s.heads()
	if err != nil {
		return err
	}
	b.heads = heads
	if b.lines, err = s.readLines(); err != nil {
		return err
	}
	b.awaits = awaiting{}
	return s.scan([]byte{keyAwait}, nil, func(item *walkOver) error {
		w, err := decodeAwait(item.key())
		if err == nil {
			b.awaits.add(w)
		}
		return err
	})
}

func (b *Badger) knownLines() lines {
	b.headsMu.RLock()
	defer b.headsMu.RUnlock()
	return b.lines
}

func (s snapshot) heads() (map[model.LogID]model.Head, error) {
	heads := map[model.LogID]model.Head{}
	err := s.scan([]byte{keyHead}, nil, func(item *walkOver) error {
		line := model.LogID(item.key()[1:])
		return item.value(func(v []byte) error {
			h, err := decodeHead(line, v)
			heads[line] = h
			return err
		})
	})
	return heads, err
}

func (s snapshot) readLines() (known lines, err error) {
	return known, s.scan([]byte{keyLine}, nil, func(item *walkOver) error {
		if known == nil {
			known = lines{}
		}
		return item.value(func(v []byte) error {
			l, err := decodeLine(v)
			known[model.LogID(item.key()[1:])] = l
			return err
		})
	})
}

func (s snapshot) openings() (map[model.LogID]Opening, error) {
	openings := map[model.LogID]Opening{}
	return openings, s.scan([]byte{keyOpening}, nil, func(item *walkOver) error {
		return item.value(func(v []byte) error {
			var o Opening
			err := model.DecodeRow(v, &o)
			openings[model.LogID(item.key()[1:])] = o
			return err
		})
	})
}

// Branches is Store.
func (b *Badger) Branches() (all []model.Branch, err error) {
	err = b.view(func(s snapshot) error {
		heads, err := s.heads()
		if err != nil {
			return err
		}
		openings, err := s.openings()
		if err != nil {
			return err
		}
		all = make([]model.Branch, 0, len(heads))
		for id, tip := range heads {
			v, err := s.get(seqKey(keyEvent, id, tip.Seq))
			if err == nil && len(v) < model.EnvelopeSize+clockSize {
				err = errShort
			}
			if err != nil {
				return &DamagedError{id, tip.Seq, err}
			}
			eff := model.Clock(binary.BigEndian.Uint64(v[len(v)-clockSize:]))
			all = append(all, s.lines.branch(tip, eff, openings))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sortBranches(all), nil
}

// Log is Store.
func (b *Badger) Log(line model.LogID, from uint64, fn func(*model.Event) error) error {
	return b.Line(line, from, func(e *model.Event, _ model.Clock) error { return fn(e) })
}

// Line is Store.
func (b *Badger) Line(line model.LogID, from uint64, fn func(*model.Event, model.Clock) error) error {
	return b.view(func(s snapshot) error {
		texts := newCursor(s, logKey(keyText, line))
		defer texts.close()
		next := max(from, s.lines[line].Base+1)
		err := s.scan(logKey(keyEvent, line), seqKey(keyEvent, line, next), func(item *walkOver) error {
			seq := binary.BigEndian.Uint64(item.key()[logKeySize:])
			if seq != next {
				return &DamagedError{line, next, badger.ErrKeyNotFound}
			}
			next++
			e, eff, err := eventAt(item, texts, s.lines)
			if err != nil {
				return &DamagedError{line, seq, err}
			}
			return fn(e, eff)
		})
		if err != nil {
			return err
		}
		return s.reaches(line, next)
	})
}

// reaches sees that a line that was read up to an event has no more of them: a
// damaged block ends a walk as an end does.
func (s snapshot) reaches(line model.LogID, next uint64) error {
	raw, err := s.get(logKey(keyHead, line))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil
	}
	var head model.Head
	if err == nil {
		head, err = decodeHead(line, raw)
	}
	if err == nil && head.Seq >= next {
		err = badger.ErrKeyNotFound
	}
	if err != nil {
		return &DamagedError{line, next, err}
	}
	return nil
}

// Find is Store. Where an event that cannot be read may be the one, it gives a
// *DamagedError.
func (b *Badger) Find(ref model.Ref) (e *model.Event, eff model.Clock, line model.LogID, err error) {
	err = b.view(func(s snapshot) error {
		var damaged error
		for _, id := range s.lines.candidates(ref, inDatabase{b}.head) {
			h, err := s.holding(place{id, ref.Seq})
			switch {
			case err != nil:
				damaged = err
			case h.ev.Ref() == ref:
				e, eff, line = h.ev, h.eff, id
				return nil
			}
		}
		if damaged != nil {
			return damaged
		}
		return unheld(ref)
	})
	return e, eff, line, err
}

// Awaits is Store.
func (b *Badger) Awaits(fn func(Await) error) error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	b.headsMu.RLock()
	all := b.awaits.all()
	b.headsMu.RUnlock()
	for _, w := range all {
		if err := fn(w); err != nil {
			return err
		}
	}
	return nil
}

// tally counts the events of each line in commits that are read, which need not
// begin with its first one.
type tally struct {
	lines lines
	// first and last are the ends of each line's first run without a hole, highest
	// is the highest number of all.
	first, last, highest map[model.LogID]uint64
}

func newTally() *tally {
	return &tally{
		lines: lines{},
		first: map[model.LogID]uint64{}, last: map[model.LogID]uint64{}, highest: map[model.LogID]uint64{},
	}
}

// add takes in a write, in the order of the journal or of the keys.
func (t *tally) add(w write) error {
	switch {
	case w.key[0] == keyLine && len(w.key) == logKeySize && w.value != nil:
		l, err := decodeLine(w.value)
		if err != nil {
			return err
		}
		t.lines[model.LogID(w.key[1:])] = l
	case w.key[0] == keyEvent:
		at, ok := seqPlace(w.key)
		if !ok {
			return nil
		}
		t.highest[at.line] = max(t.highest[at.line], at.seq)
		switch last, began := t.last[at.line]; {
		case !began:
			t.first[at.line], t.last[at.line] = at.seq, at.seq
		case at.seq == last+1:
			t.last[at.line] = at.seq
		}
	}
	return nil
}

// reaches reports that all events of a line were there, up to its end.
func (t *tally) reaches(head model.Head) bool {
	return t.first[head.Log] == t.lines[head.Log].Base+1 && t.last[head.Log] >= head.Seq
}

// count gives how many logs and events there were.
func (t *tally) count() (logs int, events uint64) {
	for id, highest := range t.highest {
		if t.lines.of(id).Log == id {
			logs++
		}
		events += highest - t.lines[id].Base
	}
	return logs, events
}
