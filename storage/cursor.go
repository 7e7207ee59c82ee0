package storage

import (
	"bytes"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
)

// near is how many keys a cursor steps over before it seeks: a step is about a
// tenth of a seek.
const near = 8

// cursor looks up keys that come in rising order. Most lookups are then the next
// key, and cost a step instead of a search through every table.
type cursor struct {
	it      *walkOver
	started bool
}

func newCursor(s snapshot, prefix []byte) *cursor { return &cursor{it: s.iterate(prefix)} }

func (c *cursor) close() { c.it.close() }

// find gives the key's item, good until the next call; nil when it is not there.
func (c *cursor) find(key []byte) *walkOver {
	for range near {
		if !c.started || !c.it.valid() {
			break
		}
		switch bytes.Compare(c.it.key(), key) {
		case 0:
			return c.it
		case 1:
			return c.seek(key)
		}
		c.it.next()
	}
	return c.seek(key)
}

func (c *cursor) seek(key []byte) *walkOver {
	c.started = true
	c.it.seek(key)
	if c.it.valid() && bytes.Equal(c.it.key(), key) {
		return c.it
	}
	return nil
}

// shelf reads the events of one line, with their texts, in rising order.
type shelf struct{ events, texts *cursor }

// shelves read the events of several lines.
type shelves struct {
	snap    snapshot
	shelves map[model.LogID]*shelf
}

// maxShelves bounds the open iterators, each of which holds its tables. A scope
// has as many lines as devices wrote in it.
const maxShelves = 32

func (s *shelves) event(at place) (*model.Event, model.Clock, error) {
	l := s.shelves[at.line]
	if l == nil {
		if len(s.shelves) >= maxShelves {
			s.close()
		}
		l = &shelf{
			events: newCursor(s.snap, logKey(keyEvent, at.line)),
			texts:  newCursor(s.snap, logKey(keyText, at.line)),
		}
		s.shelves[at.line] = l
	}
	item := l.events.find(seqKey(keyEvent, at.line, at.seq))
	if item == nil {
		return nil, 0, badger.ErrKeyNotFound
	}
	return eventAt(item, l.texts, s.snap.lines)
}

func (s *shelves) close() {
	for _, l := range s.shelves {
		l.events.close()
		l.texts.close()
	}
	clear(s.shelves)
}

// eventAt reads the event at an item and its text, if it has one still.
func eventAt(item *walkOver, texts *cursor, known lines) (*model.Event, model.Clock, error) {
	e, eff, err := readEvent(item, known)
	if err != nil || e.Flags&model.FlagText == 0 {
		return e, eff, err
	}
	at, _ := seqPlace(item.key())
	if t := texts.find(seqKey(keyText, at.line, at.seq)); t != nil {
		err = readText(e, t)
	}
	return e, eff, err
}
