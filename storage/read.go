package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
)

// Heads is Store.
func (b *Badger) Heads() ([]model.Head, error) {
	leave, err := b.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	b.headsMu.RLock()
	defer b.headsMu.RUnlock()
	return sortedHeads(b.heads), nil
}

func sortedHeads(held map[model.LogID]model.Head) []model.Head {
	heads := make([]model.Head, 0, len(held))
	for _, h := range held {
		heads = append(heads, h)
	}
	slices.SortFunc(heads, func(a, b model.Head) int { return bytes.Compare(a.Log[:], b.Log[:]) })
	return heads
}

// Hold is Store.
func (b *Badger) Hold(h Held) { b.back.Store(&h) }

// Scope is Store.
func (b *Badger) Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	return b.indexed(indexPrefix(keyTimeline, scope), fn)
}

// Acts is Store. Where the index of acts could not be made, the timeline is read.
func (b *Badger) Acts(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	if b.acts.Load() {
		return b.indexed(indexPrefix(keyActs, scope), fn)
	}
	return b.Scope(scope, func(e *model.Event, eff model.Clock) error {
		if e.Plain() {
			return nil
		}
		return fn(e, eff)
	})
}

// indexed gives the events that an index names, in its order.
func (b *Badger) indexed(prefix []byte, fn func(*model.Event, model.Clock) error) error {
	return b.view(func(snap snapshot) error {
		s := shelves{snap: snap, shelves: map[model.LogID]*shelf{}}
		defer s.close()
		return snap.scan(prefix, nil, func(item *walkOver) error {
			at, err := placed(item.key(), item.value)
			if err != nil || !snap.counts(at) {
				return err
			}
			return s.give(at, fn)
		})
	})
}

// Tail is Store.
func (b *Badger) Tail(scope model.Scope, before model.Position, n int, fn func(*model.Event, model.Clock) error) error {
	prefix := indexPrefix(keyTimeline, scope)
	end := placeKey(keyTimeline, scope, before.Eff, before.Hash)
	if before.IsZero() {
		end = bytes.Repeat([]byte{0xff}, timelineKey+1) // beyond every key of the scope
		copy(end, prefix)
	}
	return b.view(func(snap snapshot) error {
		var places []indexed
		err := snap.scanBack(prefix, end, func(key []byte, value func(func([]byte) error) error) error {
			if len(places) >= n {
				return errEnough
			}
			at, err := placed(key, value)
			if err == nil && snap.counts(at) {
				places = append(places, at)
			}
			return err
		})
		if err != nil && !errors.Is(err, errEnough) {
			return err
		}
		s := shelves{snap: snap, shelves: map[model.LogID]*shelf{}}
		defer s.close()
		for _, at := range slices.Backward(places) {
			if err := s.give(at, fn); err != nil {
				return err
			}
		}
		return nil
	})
}

var errEnough = errors.New("no more is needed")

// indexed is what an index says of an event.
type indexed struct {
	place
	scope model.Scope
	eff   model.Clock
}

func placed(key []byte, value func(func([]byte) error) error) (at indexed, err error) {
	if len(key) != timelineKey {
		return at, fmt.Errorf("read the timeline: %w", errShort)
	}
	at.scope, at.eff = model.Scope(key[1:1+model.IDSize]), placeClock(key)
	err = value(func(v []byte) (err error) {
		at.place, err = decodePlace(v)
		return err
	})
	if err != nil {
		return at, fmt.Errorf("read the timeline: %w", err)
	}
	return at, nil
}

// give passes on the event at a place.
func (s *shelves) give(at indexed, fn func(*model.Event, model.Clock) error) error {
	e, eff, err := s.event(at.place)
	if err == nil && (eff != at.eff || e.Scope != at.scope) {
		err = errElsewhere // the index is not what was written
	}
	if err != nil {
		return &DamagedError{at.line, at.seq, err}
	}
	return fn(e, at.eff)
}

// Rows is Store.
func (b *Badger) Rows(fn func(model.Summary) error) error {
	return b.view(func(s snapshot) error {
		return s.scan([]byte{keyState}, nil, func(item *walkOver) error {
			if key := item.key(); key[len(key)-1] != fieldRow || len(key) != logKeySize+1 {
				return nil
			}
			var row model.Summary
			err := item.value(func(v []byte) error { return model.DecodeSummary(v, &row) })
			if err != nil {
				return fmt.Errorf("%w: %w", ErrStaleRow, err)
			}
			return fn(row)
		})
	})
}

// Setting is Store.
func (b *Badger) Setting(name string) ([]byte, bool, error) {
	var v []byte
	err := b.view(func(s snapshot) (err error) {
		v, err = s.get(settingKey(name))
		return err
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the setting %s: %w", name, err)
	}
	return v, true, nil
}

// Opening gives what the log.open of a line's log said; false for one that is not
// held.
func (b *Badger) Opening(line model.LogID) (o Opening, ok bool, err error) {
	err = b.view(func(s snapshot) error {
		v, err := s.get(logKey(keyOpening, line))
		if of := s.lines.of(line); errors.Is(err, badger.ErrKeyNotFound) && of.Log != line {
			v, err = s.get(logKey(keyOpening, of.Log))
		}
		if err != nil {
			return err
		}
		return model.DecodeRow(v, &o)
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("read the opening of log %s: %w", line, err)
	}
	return o, true, nil
}

// view reads what was committed before it.
func (b *Badger) view(fn func(snapshot) error) (err error) {
	defer func() { b.caught(recover(), &err) }()
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	b.swapping.RLock()
	defer b.swapping.RUnlock()
	s, err := b.snapshot()
	if err != nil {
		return err
	}
	defer s.close()
	return fn(s)
}

// Had is Store. What the database has not yet was committed since.
func (b *Badger) Had(scope model.Scope) (had bool, err error) {
	defer func() { b.caught(recover(), &err) }()
	leave, err := b.enter()
	if err != nil {
		return false, err
	}
	defer leave()
	b.swapping.RLock()
	defer b.swapping.RUnlock()
	if b.unreadable != nil {
		return false, b.unreadable
	}
	var s snapshot
	if b.follower.merges() { // what was there may wait for the database
		if s, err = b.snapshot(); err != nil {
			return false, err
		}
	} else {
		s.txn = b.db.NewTransaction(false)
	}
	defer s.close()
	err = s.scan(indexPrefix(keyTimeline, scope), nil, func(*walkOver) error {
		had = true
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return had, err
}

// Behind is Store.
func (b *Badger) Behind() int {
	leave, err := b.enter()
	if err != nil {
		return 0
	}
	defer leave()
	return b.follower.behind()
}

// snapshot is the store as it is now, without a wait for the database where that
// cannot follow. The database must not be exchanged while it is used.
func (b *Badger) snapshot() (s snapshot, err error) {
	if b.unreadable != nil {
		return s, b.unreadable
	}
	s.over, err = b.follower.look(func() {
		if b.db != nil {
			s.txn = b.db.NewTransaction(false)
		}
	})
	if err != nil {
		return snapshot{}, b.fail("read what the database lacks", err)
	}
	s.lines, s.back = b.knownLines(), b.back.Load()
	return s, nil
}

func get(txn *badger.Txn, key []byte) ([]byte, error) {
	item, err := txn.Get(key)
	if err != nil {
		return nil, err
	}
	return item.ValueCopy(nil)
}

// scan gives every key with the prefix, in order, from a key on.
func scan(txn *badger.Txn, prefix, from []byte, fn func(*badger.Item) error) error {
	it := txn.NewIterator(iteratorOptions(prefix))
	defer it.Close()
	if from == nil {
		from = prefix
	}
	for it.Seek(from); it.Valid(); it.Next() {
		if err := fn(it.Item()); err != nil {
			return err
		}
	}
	return nil
}

// iteratorOptions read values in place: they stand beside the keys, and fetching
// them ahead costs a goroutine each.
func iteratorOptions(prefix []byte) badger.IteratorOptions {
	o := badger.DefaultIteratorOptions
	o.PrefetchValues = false
	o.Prefix = prefix
	return o
}

func readEvent(item *walkOver, known lines) (*model.Event, model.Clock, error) {
	v, err := item.valueCopy()
	if err != nil {
		return nil, 0, err
	}
	e, eff, err := decodeEvent(v)
	if err != nil {
		return nil, 0, err
	}
	at, ok := seqPlace(item.key())
	if !ok || at.seq != e.Seq || at.line != e.Log && known.of(at.line).Log != e.Log {
		return nil, 0, errElsewhere
	}
	return e, eff, nil
}

func readText(e *model.Event, item *walkOver) error {
	v, err := item.valueCopy()
	if err != nil {
		return err
	}
	return setText(e, v)
}
