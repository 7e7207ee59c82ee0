package storage

import (
	"encoding/binary"
	"errors"

	badger "github.com/dgraph-io/badger/v4"
)

// applyTo writes commits, with the ordinal of the last. What does not fit one transaction
// takes several; the ordinal is in the last of them, so that all is written again where
// that is missing.
func applyTo(db *badger.DB, ordinal uint64, writes []write) error {
	for {
		n := fitting(writes)
		part := writes[:n]
		writes = writes[n:]
		if err := applyPart(db, ordinal, part, len(writes) == 0); err != nil || len(writes) == 0 {
			return err
		}
	}
}

// fitting is how many of the writes fit one transaction.
func fitting(writes []write) int {
	size := 0
	for i, w := range writes {
		size += len(w.key) + len(w.value) + entryOverhead
		if i > 0 && (i >= txnEntries || size > txnBytes) {
			return i
		}
	}
	return len(writes)
}

func applyPart(db *badger.DB, ordinal uint64, writes []write, last bool) error {
	txn := db.NewTransaction(true)
	defer txn.Discard()
	for _, w := range writes {
		var err error
		if w.value == nil {
			err = txn.Delete(w.key)
		} else {
			err = txn.Set(w.key, w.value)
		}
		if err != nil {
			return err
		}
	}
	if last {
		for _, name := range []string{settingJournal, settingActs} {
			if err := txn.Set(settingKey(name), encodeOrdinal(ordinal)); err != nil {
				return err
			}
		}
	}
	return txn.Commit()
}

// appliedIn is the ordinal of the last commit that the database has.
func appliedIn(db *badger.DB) (uint64, error) {
	ordinal, _, err := ordinalIn(db, settingJournal)
	return ordinal, err
}

func encodeOrdinal(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// ordinalIn reads an ordinal that is kept under a name, false when there is none.
func ordinalIn(db *badger.DB, name string) (ordinal uint64, ok bool, err error) {
	err = db.View(func(txn *badger.Txn) error {
		v, err := get(txn, settingKey(name))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err == nil && len(v) != 8 {
			err = errShort
		}
		if err == nil {
			ordinal, ok = binary.BigEndian.Uint64(v), true
		}
		return err
	})
	return ordinal, ok, err
}
