package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"warroom/model"
	"warroom/storage"
)

var (
	eventBucket    = []byte("e") // log16 | seq8: what pack gives
	timelineBucket = []byte("t") // scope16 | eff8 | hash16: log16 | seq8
)

// bbolted is bbolt with its defaults: every transaction is synced.
type bbolted struct{ db *bolt.DB }

func openBbolt(dir string) (engine, error) {
	db, err := bolt.Open(filepath.Join(dir, "events.bolt"), 0o600, nil)
	if err != nil {
		return nil, err
	}
	return bbolted{db}, db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(eventBucket)
		_, err2 := tx.CreateBucketIfNotExists(timelineBucket)
		return errors.Join(err, err2)
	})
}

func (b bbolted) write(events []storage.Placed) error {
	return b.db.Update(func(tx *bolt.Tx) error { return put(tx, events) })
}

func put(tx *bolt.Tx, events []storage.Placed) error {
	for _, p := range events {
		e := p.Event
		at := binary.BigEndian.AppendUint64(bytes.Clone(e.Log[:]), e.Seq)
		if err := tx.Bucket(eventBucket).Put(at, pack(e)); err != nil {
			return err
		}
		hash := e.Hash().Short()
		place := binary.BigEndian.AppendUint64(bytes.Clone(e.Scope[:]), uint64(p.Eff))
		if err := tx.Bucket(timelineBucket).Put(append(place, hash[:]...), at); err != nil {
			return err
		}
	}
	return nil
}

// ends jumps from log to log.
func (b bbolted) ends() (n int, err error) {
	err = b.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(eventBucket).Cursor()
		for k, _ := c.First(); k != nil; n++ {
			k, _ = c.Seek(binary.BigEndian.AppendUint64(bytes.Clone(k[:model.IDSize]), ^uint64(0)))
		}
		return nil
	})
	return n, err
}

func (b bbolted) read(fn func(*model.Event)) error {
	return b.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(eventBucket).ForEach(func(_, v []byte) error {
			e, err := unpack(v)
			if err == nil {
				fn(e)
			}
			return err
		})
	})
}

func (b bbolted) settle() error { return nil }
func (b bbolted) close() error  { return b.db.Close() }

// openBatch gives a session of bbolt's own grouping, db.Batch. By default it
// waits 10 ms for more writers; told that a group is full when all of them have
// come, it need not. That is the best that it can do here.
func openBatch(dir string, first []storage.Placed) (session, error) {
	e, err := openBbolt(dir)
	if err != nil {
		return session{}, err
	}
	db := e.(bbolted).db
	db.MaxBatchSize = manyWriters
	return session{
		write: func(p storage.Placed) error {
			return db.Batch(func(tx *bolt.Tx) error { return put(tx, []storage.Placed{p}) })
		},
		settle: e.settle,
		close:  e.close,
	}, e.write(first)
}

// pack is an event as one value: envelope, body, salt and text.
func pack(e *model.Event) []byte {
	v := make([]byte, 0, e.Size())
	v = append(append(v, e.Raw[:]...), e.Body...)
	return append(append(v, e.Salt[:]...), e.Text...)
}

// unpack copies, since bbolt's values go with the transaction.
func unpack(v []byte) (*model.Event, error) {
	if len(v) < model.EnvelopeSize {
		return nil, errors.New("a value is too short")
	}
	raw, rest := v[:model.EnvelopeSize], bytes.Clone(v[model.EnvelopeSize:])
	n := int(binary.BigEndian.Uint32(raw[124:]))
	if len(rest) < n+len(model.Salt{}) {
		return nil, errors.New("a value is too short")
	}
	e, err := model.ParseEvent(raw, rest[:n])
	if err != nil {
		return nil, err
	}
	copy(e.Salt[:], rest[n:])
	e.Text = rest[n+len(e.Salt):]
	return e, nil
}
