package storage

import (
	"context"
	"errors"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
	"warroom/storage/journal"
)

// Commit is Store. It is answered when the batch is in the journal; the database
// follows. The context is asked before anything is written, not after.
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
	if err := b.follower.failed(); err != nil {
		return nil, b.fail("write to the database", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := admit(batch, inDatabase{b})
	if err != nil {
		return nil, err
	}
	if len(in.writes) == 0 {
		return in.durables(), nil
	}
	ordinal, err := b.journal.Append(encodeWrites(in.writes))
	if err != nil {
		err = b.fail("write to the journal", err)
		if broken := new(journal.BrokenError); errors.As(err, &broken) {
			b.broken = err
		}
		return nil, err
	}
	b.headsMu.Lock()
	for log, h := range in.heads {
		b.heads[log] = h
	}
	b.headsMu.Unlock()
	b.follower.push(ordinal, in.writes)
	return in.durables(), nil
}

// inDatabase is what the store holds, for the committer.
type inDatabase struct{ b *Badger }

func (d inDatabase) head(log model.LogID) (model.Head, bool) {
	d.b.headsMu.RLock()
	defer d.b.headsMu.RUnlock()
	h, ok := d.b.heads[log]
	return h, ok
}

func (d inDatabase) held(log model.LogID, seq uint64) (e *model.Event, eff model.Clock, err error) {
	if err := d.b.follower.wait(); err != nil {
		return nil, 0, d.b.fail("write to the database", err)
	}
	err = d.b.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get(seqKey(keyEvent, log, seq))
		if err != nil {
			return err
		}
		if e, eff, err = readEvent(item); err != nil {
			return err
		}
		item, err = txn.Get(seqKey(keyText, log, seq))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return readText(e, item)
	})
	if err != nil {
		return nil, 0, &DamagedError{log, seq, err}
	}
	return e, eff, nil
}
