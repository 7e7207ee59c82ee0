package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
	"warroom/storage/disk"
	"warroom/storage/journal"
)

// ReadOnly is a store of a newer format, as far as this version can read it. It
// is read into memory once, and no file of it is changed. Commit and
// Remove give a *NewerError.
type ReadOnly struct {
	*Memory
	lock  *lock
	newer NewerError
}

var _ Store = (*ReadOnly)(nil)

// OpenNewer opens a store for which Open gave a *NewerError. It gives that error
// too when the keys are laid out in a way that this version does not know, and a
// *LockedError when another process has the store.
func OpenNewer(dir string, o Options) (_ *ReadOnly, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, &UnusableError{dir, "find the directory", err}
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.release())
		}
	}()
	path := filepath.Join(dir, dbName)
	have, err := formatOf(path)
	if err != nil {
		return nil, &UnusableError{dir, "read the format", err}
	}
	keys, err := allKeys(databaseOptions(path, o.Logf).WithExternalMagic(have).WithReadOnly(true))
	if err != nil {
		// A database that was not closed in order is not opened without writing.
		keys, err = allKeysOfCopy(dir, have, o)
	}
	if err != nil {
		return nil, errors.Join(&NewerError{Have: int(have), Know: Format}, err)
	}
	if said := keys[string(settingKey(settingFormat))]; len(said) == 2 {
		have = max(have, binary.BigEndian.Uint16(said))
	}
	newer := NewerError{Have: int(have), Know: Format}
	if err := addTail(keys, filepath.Join(dir, journalName)); err != nil {
		return nil, errors.Join(&newer, err)
	}
	m, err := memoryOf(keys)
	if err != nil {
		return nil, errors.Join(&newer, err)
	}
	return &ReadOnly{Memory: m, lock: l, newer: newer}, nil
}

// allKeys reads a database into memory.
func allKeys(o badger.Options) (map[string][]byte, error) {
	db, err := openDB(o)
	if err != nil {
		return nil, err
	}
	keys := map[string][]byte{}
	err = db.View(func(txn *badger.Txn) error {
		return everyKey(txn, func(key, value []byte) error {
			keys[string(key)] = value
			return nil
		})
	})
	return keys, errors.Join(err, db.Close())
}

// readingName is the beginning of the name of a copy that is only read.
const readingName = "reading-"

func allKeysOfCopy(dir string, format uint16, o Options) (keys map[string][]byte, err error) {
	temp, err := os.MkdirTemp(dir, readingName+"*") // 0700
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	path := filepath.Join(temp, dbName)
	if err := os.CopyFS(path, os.DirFS(filepath.Join(dir, dbName))); err != nil {
		return nil, err
	}
	if _, err := removeEmpty(path); err != nil {
		return nil, err
	}
	return allKeys(databaseOptions(path, o.Logf).WithExternalMagic(format).WithSyncWrites(false))
}

// addTail adds the commits that the database has not. A journal of a newer
// version is left out: what a process closed in order is in the database.
func addTail(keys map[string][]byte, dir string) error {
	applied := uint64(0)
	if v := keys[string(settingKey(settingJournal))]; len(v) == 8 {
		applied = binary.BigEndian.Uint64(v)
	}
	_, err := journal.ReadIn(disk.OS{}, dir, func(ordinal uint64, payload []byte) error {
		if ordinal <= applied {
			return nil
		}
		writes, err := decodeWrites(payload)
		for _, w := range writes {
			if w.value == nil {
				delete(keys, string(w.key))
			} else {
				keys[string(w.key)] = w.value
			}
		}
		return err
	})
	if newer := new(journal.NewerError); errors.As(err, &newer) {
		return nil
	}
	return err
}

// memoryOf reads the keys that this version knows.
func memoryOf(keys map[string][]byte) (*Memory, error) {
	m := NewMemory()
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		key, value := []byte(k), keys[k]
		if err := m.load(key, value, keys); err != nil {
			return nil, fmt.Errorf("the key %x: %w", key, err)
		}
	}
	return m, nil
}

// load takes over one key. Events come in the order of their logs.
func (m *Memory) load(key, value []byte, all map[string][]byte) error {
	switch {
	case key[0] == keyEvent && len(key) == logKeySize+seqSize:
		e, eff, err := decodeEvent(value)
		if err != nil {
			return err
		}
		at, _ := seqPlace(key)
		of, err := m.loadLine(at.line, all)
		if err != nil {
			return err
		}
		if text, ok := all[string(seqKey(keyText, at.line, at.seq))]; ok {
			if err := setText(e, text); err != nil {
				return err
			}
		}
		next := of.Base + uint64(len(m.logs[at.line])) + 1
		if at.seq != next || e.Seq != next || e.Log != of.Log {
			return &DamagedError{at.line, next, badger.ErrKeyNotFound}
		}
		_, apart := all[string(seqKey(keyApart, at.line, at.seq))]
		m.logs[at.line] = append(m.logs[at.line], stored{*e, eff, apart})
		m.heads[at.line] = model.Head{Log: at.line, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
	case key[0] == keyAwait:
		w, err := decodeAwait(key)
		if err != nil {
			return err
		}
		m.awaits.add(w)
	case key[0] == keyOpening && len(key) == logKeySize:
		var o Opening
		if err := model.DecodeRow(value, &o); err != nil {
			return err
		}
		m.openings[model.LogID(key[1:])] = o
	case key[0] == keyState && len(key) == logKeySize+1 && key[logKeySize] == fieldRow:
		m.rows[model.Scope(key[1:logKeySize])] = value
	case key[0] == keySetting && !ownSetting(key):
		m.settings[string(key[1:])] = value
	}
	return nil
}

// loadLine takes over what is kept of a line, when its first event comes.
func (m *Memory) loadLine(id model.LogID, all map[string][]byte) (line, error) {
	raw, ok := all[string(logKey(keyLine, id))]
	if _, loaded := m.lines[id]; !ok || loaded {
		return m.lines.of(id), nil
	}
	of, err := decodeLine(raw)
	if err == nil {
		m.lines = m.lines.with(lines{id: of})
	}
	return of, err
}

// Newer says which format the store has.
func (r *ReadOnly) Newer() NewerError { return r.newer }

// Commit is Store: it gives a *NewerError.
func (r *ReadOnly) Commit(context.Context, Batch) ([]Durable, error) { return nil, &r.newer }

// Remove is Store: it gives a *NewerError.
func (r *ReadOnly) Remove(context.Context, []model.Ref, []model.Summary) error { return &r.newer }

// Close is Store.
func (r *ReadOnly) Close() error {
	if _, err := r.Heads(); errors.Is(err, ErrClosed) {
		return nil
	}
	return errors.Join(r.Memory.Close(), r.lock.release())
}
