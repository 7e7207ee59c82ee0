package storage

import (
	"bytes"
	"slices"
	"sort"

	badger "github.com/dgraph-io/badger/v4"
)

// overlay is what commits changed that the database has not, by key: sorted, one
// write for each key, of which a nil value hides what the database has. It never
// changes once it is made.
type overlay []write

// with gives the overlay with later commits on top.
func (o overlay) with(commits []queued) overlay {
	var fresh []write
	for _, c := range commits {
		fresh = append(fresh, c.writes...)
	}
	if len(fresh) == 0 {
		return o
	}
	slices.SortStableFunc(fresh, func(a, b write) int { return bytes.Compare(a.key, b.key) })
	out := make(overlay, 0, len(o)+len(fresh))
	for i, w := range fresh {
		if i+1 < len(fresh) && bytes.Equal(w.key, fresh[i+1].key) {
			continue // the later one stands behind it
		}
		for len(o) > 0 && bytes.Compare(o[0].key, w.key) < 0 {
			out, o = append(out, o[0]), o[1:]
		}
		if len(o) > 0 && bytes.Equal(o[0].key, w.key) {
			o = o[1:]
		}
		out = append(out, w)
	}
	return append(out, o...)
}

// from is where the keys begin that are not below the key.
func (o overlay) from(key []byte) int {
	return sort.Search(len(o), func(i int) bool { return bytes.Compare(o[i].key, key) >= 0 })
}

// under gives the part with a prefix.
func (o overlay) under(prefix []byte) overlay {
	o = o[o.from(prefix):]
	end := sort.Search(len(o), func(i int) bool { return !bytes.HasPrefix(o[i].key, prefix) })
	return o[:end]
}

// snapshot is the store as it was at one moment: the database, where there is
// one, below what it has not yet.
type snapshot struct {
	txn  *badger.Txn
	over overlay
	// lines may have more than was there at that moment, and ends that came since.
	lines lines
	back  *Held
}

// counts reports an event that readers of a timeline are given, of those that an
// index names.
func (s snapshot) counts(at indexed) bool {
	return !s.lines.behind(at.place) && !s.back.Back(at.line, at.seq, at.scope)
}

func (s snapshot) close() {
	if s.txn != nil {
		s.txn.Discard()
	}
}

// get gives a copy of a key's value, or badger.ErrKeyNotFound.
func (s snapshot) get(key []byte) ([]byte, error) {
	if i := s.over.from(key); i < len(s.over) && bytes.Equal(s.over[i].key, key) {
		if s.over[i].value == nil {
			return nil, badger.ErrKeyNotFound
		}
		return append([]byte{}, s.over[i].value...), nil
	}
	if s.txn == nil {
		return nil, badger.ErrKeyNotFound
	}
	return get(s.txn, key)
}

// scan gives every key with the prefix, in order, from a key on.
func (s snapshot) scan(prefix, from []byte, fn func(*walkOver) error) error {
	it := s.iterate(prefix)
	defer it.close()
	if from == nil {
		from = prefix
	}
	for it.seek(from); it.valid(); it.next() {
		if err := fn(it); err != nil {
			return err
		}
	}
	return nil
}

// scanBack gives every key with the prefix that is below end, the last one first.
func (s snapshot) scanBack(prefix, end []byte, fn func(key []byte, value func(func([]byte) error) error) error) error {
	over := s.over.under(prefix)
	over = over[:over.from(end)]
	var below *badger.Iterator
	if s.txn != nil {
		o := iteratorOptions(prefix)
		o.Reverse = true
		below = s.txn.NewIterator(o)
		defer below.Close()
		below.Seek(end)
		if below.Valid() && bytes.Equal(below.Item().Key(), end) {
			below.Next()
		}
	}
	for {
		there, order := below != nil && below.Valid(), 1
		if len(over) == 0 && !there {
			return nil
		}
		switch {
		case len(over) == 0:
			order = -1
		case there:
			order = bytes.Compare(over[len(over)-1].key, below.Item().Key())
		}
		var err error
		if order < 0 {
			err = fn(below.Item().Key(), below.Item().Value)
			below.Next()
		} else {
			w := over[len(over)-1]
			over = over[:len(over)-1]
			if order == 0 { // it hides what the database has
				below.Next()
			}
			if w.value != nil {
				err = fn(w.key, func(fn func([]byte) error) error { return fn(w.value) })
			}
		}
		if err != nil {
			return err
		}
	}
}

// iterate gives an iterator over the keys with the prefix; seek begins it.
func (s snapshot) iterate(prefix []byte) *walkOver {
	w := &walkOver{over: s.over.under(prefix)}
	if s.txn != nil {
		w.below = s.txn.NewIterator(iteratorOptions(prefix))
	}
	return w
}

// walkOver goes through the keys of a snapshot in order.
type walkOver struct {
	below *badger.Iterator // nil without a database
	over  overlay
	at    int // in over
	stand standing
}

// standing is where an iterator stands.
type standing uint8

const (
	atEnd standing = iota
	inDB
	inOverlay
)

func (w *walkOver) close() {
	if w.below != nil {
		w.below.Close()
	}
}

func (w *walkOver) valid() bool { return w.stand != atEnd }

func (w *walkOver) seek(key []byte) {
	w.at = w.over.from(key)
	if w.below != nil {
		w.below.Seek(key)
	}
	w.settle()
}

func (w *walkOver) next() {
	switch w.stand {
	case inDB:
		w.below.Next()
	case inOverlay:
		w.at++
	}
	w.settle()
}

// settle finds the next key that stands, at or behind both places.
func (w *walkOver) settle() {
	for {
		below := w.below != nil && w.below.Valid()
		if w.at == len(w.over) {
			w.stand = atEnd
			if below {
				w.stand = inDB
			}
			return
		}
		if below {
			switch c := bytes.Compare(w.over[w.at].key, w.below.Item().Key()); {
			case c > 0:
				w.stand = inDB
				return
			case c == 0:
				w.below.Next()
			}
		}
		if w.over[w.at].value != nil {
			w.stand = inOverlay
			return
		}
		w.at++
	}
}

// key is good until the next step.
func (w *walkOver) key() []byte {
	if w.stand == inOverlay {
		return w.over[w.at].key
	}
	return w.below.Item().Key()
}

// value gives fn the value, which is good only within it.
func (w *walkOver) value(fn func([]byte) error) error {
	if w.stand == inOverlay {
		return fn(w.over[w.at].value)
	}
	return w.below.Item().Value(fn)
}

// valueCopy gives the value, to keep.
func (w *walkOver) valueCopy() ([]byte, error) {
	if w.stand == inOverlay {
		return append([]byte{}, w.over[w.at].value...), nil
	}
	return w.below.Item().ValueCopy(nil)
}
