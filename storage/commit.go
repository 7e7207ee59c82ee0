package storage

import (
	"context"
	"errors"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/model"
	"warroom/storage/journal"
)

// Commit is Store. It is answered when the batch is in the journal; the database
// follows, now or when it can again. The context is asked before anything is
// written, not after. ErrFull says that the journal has no room either: nothing
// was written, and the same batch may be tried again.
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
	if err := b.follower.crowded(); err != nil {
		return nil, b.fail("wait for the database", err)
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
	if err := b.put(in.writes, in.heads); err != nil {
		return nil, err
	}
	return in.durables(), nil
}

// put makes writes durable, and hands them to the database. The caller holds
// committing.
func (b *Badger) put(writes []write, heads map[model.LogID]model.Head) error {
	ordinal, err := b.journal.Append(encodeWrites(writes))
	if err != nil {
		if diskFull(err) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		err = b.fail("write to the journal", err)
		if broken := new(journal.BrokenError); errors.As(err, &broken) {
			b.broken = err
		}
		return err
	}
	b.headsMu.Lock()
	for log, h := range heads {
		b.heads[log] = h
	}
	b.ordinal = ordinal
	b.headsMu.Unlock()
	b.follower.push(ordinal, writes)
	return nil
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
	defer func() { d.b.caught(recover(), &err) }()
	d.b.swapping.RLock()
	defer d.b.swapping.RUnlock()
	s, err := d.b.snapshot()
	if err != nil {
		return nil, 0, err
	}
	defer s.close()
	damaged := func(err error) error { return &DamagedError{log, seq, err} }
	v, err := s.get(seqKey(keyEvent, log, seq))
	if err != nil {
		return nil, 0, damaged(err)
	}
	if e, eff, err = decodeEvent(v); err != nil {
		return nil, 0, damaged(err)
	}
	if e.Log != log || e.Seq != seq {
		return nil, 0, damaged(errElsewhere)
	}
	v, err = s.get(seqKey(keyText, log, seq))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return e, eff, nil
	}
	if err == nil {
		err = setText(e, v)
	}
	if err != nil {
		return nil, 0, damaged(err)
	}
	return e, eff, nil
}
