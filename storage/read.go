package storage

import (
	"bytes"
	"encoding/binary"
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

func (b *Badger) readHeads() error {
	return b.db.View(func(txn *badger.Txn) error {
		return scan(txn, []byte{keyHead}, nil, func(item *badger.Item) error {
			log := model.LogID(item.Key()[1:])
			return item.Value(func(v []byte) error {
				h, err := decodeHead(log, v)
				b.heads[log] = h
				return err
			})
		})
	})
}

// Log is Store.
func (b *Badger) Log(log model.LogID, from uint64, fn func(*model.Event) error) error {
	return b.view(func(txn *badger.Txn) error {
		texts := newCursor(txn, logKey(keyText, log))
		defer texts.close()
		next := max(from, 1)
		return scan(txn, logKey(keyEvent, log), seqKey(keyEvent, log, next), func(item *badger.Item) error {
			seq := binary.BigEndian.Uint64(item.Key()[logKeySize:])
			if seq != next {
				return &DamagedError{log, next, badger.ErrKeyNotFound}
			}
			next++
			e, _, err := eventAt(item, texts)
			if err != nil {
				return &DamagedError{log, seq, err}
			}
			return fn(e)
		})
	})
}

// Scope is Store.
func (b *Badger) Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	return b.view(func(txn *badger.Txn) error {
		s := shelves{txn: txn, logs: map[model.LogID]*shelf{}}
		defer s.close()
		return scan(txn, scopePrefix(scope), nil, func(item *badger.Item) error {
			if len(item.Key()) != timelineKey {
				return fmt.Errorf("read the timeline: %w", errShort)
			}
			eff := placeClock(item.Key())
			var log model.LogID
			var seq uint64
			err := item.Value(func(v []byte) (err error) {
				log, seq, err = decodePlace(v)
				return err
			})
			if err != nil {
				return fmt.Errorf("read the timeline: %w", err)
			}
			e, err := s.event(log, seq)
			if err != nil {
				return &DamagedError{log, seq, err}
			}
			return fn(e, eff)
		})
	})
}

// Rows is Store.
func (b *Badger) Rows(fn func(model.Summary) error) error {
	return b.view(func(txn *badger.Txn) error {
		return scan(txn, []byte{keyState}, nil, func(item *badger.Item) error {
			if key := item.Key(); key[len(key)-1] != fieldRow || len(key) != logKeySize+1 {
				return nil
			}
			var row model.Summary
			err := item.Value(func(v []byte) error { return model.DecodeSummary(v, &row) })
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
	err := b.view(func(txn *badger.Txn) (err error) {
		v, err = get(txn, settingKey(name))
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

// Opening gives what a log's log.open said; false for a log that is not held.
func (b *Badger) Opening(log model.LogID) (o Opening, ok bool, err error) {
	err = b.view(func(txn *badger.Txn) error {
		v, err := get(txn, logKey(keyOpening, log))
		if err != nil {
			return err
		}
		return model.DecodeRow(v, &o)
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("read the opening of log %s: %w", log, err)
	}
	return o, true, nil
}

// view reads what was committed before it.
func (b *Badger) view(fn func(*badger.Txn) error) error {
	leave, err := b.enter()
	if err != nil {
		return err
	}
	defer leave()
	if err := b.follower.wait(); err != nil {
		return b.fail("write to the database", err)
	}
	return b.db.View(fn)
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

func readEvent(item *badger.Item) (*model.Event, model.Clock, error) {
	v, err := item.ValueCopy(nil)
	if err != nil {
		return nil, 0, err
	}
	e, eff, err := decodeEvent(v)
	if err != nil {
		return nil, 0, err
	}
	if !bytes.Equal(item.Key(), seqKey(keyEvent, e.Log, e.Seq)) {
		return nil, 0, errElsewhere
	}
	return e, eff, nil
}

func readText(e *model.Event, item *badger.Item) error {
	v, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	return setText(e, v)
}
