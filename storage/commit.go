package storage

import (
	"context"
	"errors"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
)

// Commit is Store. The context is asked before anything is written, not after.
func (b *Badger) Commit(ctx context.Context, batch Batch) ([]Durable, error) {
	leave, err := b.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	b.committing.Lock()
	defer b.committing.Unlock()
	if b.broken != nil {
		return nil, b.broken
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	txn := b.db.NewTransaction(true)
	defer txn.Discard()
	in, err := admit(batch, &inDatabase{b, txn})
	if err != nil {
		return nil, err
	}
	if len(in.writes) == 0 {
		return in.durables(), nil
	}
	for _, w := range in.writes {
		if err := set(txn, w); err != nil {
			return nil, err
		}
	}
	if err := txn.Commit(); err != nil {
		b.broken = &UnusableError{b.dir, "write to the disk", err}
		return nil, b.broken
	}
	b.headsMu.Lock()
	defer b.headsMu.Unlock()
	for log, h := range in.heads {
		b.heads[log] = h
	}
	return in.durables(), nil
}

func set(txn *badger.Txn, w write) error {
	var err error
	if w.value == nil {
		err = txn.Delete(w.key)
	} else {
		err = txn.Set(w.key, w.value)
	}
	if errors.Is(err, badger.ErrTxnTooBig) {
		return &TooBigError{"batch", MaxBatchBytes, MaxBatchBytes}
	}
	return err
}

// inDatabase is what the database holds, for the committer.
type inDatabase struct {
	b   *Badger
	txn *badger.Txn
}

func (d *inDatabase) head(log model.LogID) (model.Head, bool) {
	d.b.headsMu.RLock()
	defer d.b.headsMu.RUnlock()
	h, ok := d.b.heads[log]
	return h, ok
}

func (d *inDatabase) held(log model.LogID, seq uint64) (*model.Event, model.Clock, error) {
	damaged := func(err error) error { return &DamagedError{log, seq, err} }
	item, err := d.txn.Get(seqKey(keyEvent, log, seq))
	if err != nil {
		return nil, 0, damaged(err)
	}
	e, eff, err := readEvent(item)
	if err != nil {
		return nil, 0, damaged(err)
	}
	item, err = d.txn.Get(seqKey(keyText, log, seq))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return e, eff, nil
	}
	if err != nil {
		return nil, 0, damaged(err)
	}
	if err := readText(e, item); err != nil {
		return nil, 0, damaged(err)
	}
	return e, eff, nil
}
