package storage

import (
	"bytes"
	"errors"

	badger "github.com/dgraph-io/badger/v4"
)

// The index of acts names the events of a scope that are more than plain entries.
// It stands beside the timeline, is written with the events, and can be made from
// them: a store that an earlier version wrote has none, or one that ends where
// that version went on.

// indexActs makes the index anew, unless it has all that the database has: the
// commits up to applied. It can be ended anywhere and called again.
func indexActs(db *badger.DB, applied uint64) error {
	indexed, ok, err := ordinalIn(db, settingActs)
	if err != nil || ok && indexed == applied {
		return err
	}
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	n := 0
	err = db.View(func(txn *badger.Txn) error {
		all := snapshot{txn: txn}
		known, err := all.readLines()
		if err != nil {
			return err
		}
		apart := map[place]bool{}
		err = all.scan([]byte{keyApart}, nil, func(item *walkOver) error {
			if at, ok := seqPlace(item.key()); ok {
				apart[at] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = all.scan([]byte{keyActs}, nil, func(item *walkOver) error {
			n++
			return batch.Delete(bytes.Clone(item.key())) // of an event that moved since
		})
		if err != nil {
			return err
		}
		return all.scan([]byte{keyEvent}, nil, func(item *walkOver) error {
			n++
			e, eff, err := readEvent(item, known)
			at, _ := seqPlace(item.key())
			if err != nil || e.Plain() || apart[at] {
				return nil // what is damaged is told by whoever reads it
			}
			return batch.Set(placeKey(keyActs, e.Scope, eff, e.Hash().Short()), encodePlace(at))
		})
	})
	if err != nil || n == 0 {
		return err
	}
	if err := batch.Flush(); err != nil {
		return err
	}
	return db.Update(func(txn *badger.Txn) error { return txn.Set(settingKey(settingActs), encodeOrdinal(applied)) })
}

// addActs indexes the events of commits that an earlier version wrote into the
// journal, before the commits themselves are applied. Commits of this version have
// their part of the index among their writes.
func addActs(db *badger.DB, writes []write) error {
	had, apart := map[string]bool{}, map[place]bool{}
	for _, w := range writes {
		switch w.key[0] {
		case keyActs:
			had[string(w.key)] = true
		case keyApart: // it is written again with each event that stands apart, or before it
			if at, ok := seqPlace(w.key); ok {
				apart[at] = true
			}
		}
	}
	var more []write
	for _, w := range writes {
		switch {
		case w.key[0] == keyTimeline && w.value == nil && len(w.key) == timelineKey:
			old := append([]byte{keyActs}, w.key[1:]...) // an event has left this place
			if !had[string(old)] {
				more = append(more, write{old, nil})
			}
		case w.key[0] == keyEvent && w.value != nil:
			e, eff, err := decodeEvent(w.value)
			if err != nil {
				return err
			}
			at, ok := seqPlace(w.key)
			if !ok || apart[at] || e.Plain() {
				continue
			}
			k := placeKey(keyActs, e.Scope, eff, e.Hash().Short())
			if had[string(k)] {
				continue
			}
			if is, err := isApart(db, at); err != nil {
				return err
			} else if !is {
				more = append(more, write{k, encodePlace(at)})
			}
		}
	}
	if len(more) == 0 {
		return nil
	}
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	for _, w := range more {
		var err error
		if w.value == nil {
			err = batch.Delete(w.key)
		} else {
			err = batch.Set(w.key, w.value)
		}
		if err != nil {
			return err
		}
	}
	return batch.Flush()
}

// isApart reports an event that the database knows to stand apart.
func isApart(db *badger.DB, at place) (is bool, err error) {
	err = db.View(func(txn *badger.Txn) error {
		_, err := txn.Get(seqKey(keyApart, at.line, at.seq))
		if is = err == nil; is || errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		return err
	})
	return is, err
}
