package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"

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
	if err := b.put(in.writes, in); err != nil {
		return nil, err
	}
	return in.durables(), nil
}

// put makes writes durable, and hands them to the database; in is the batch that
// they are of, nil for none. The caller holds committing.
func (b *Badger) put(writes []write, in *intake) error {
	b.encoded = appendWrites(b.encoded[:0], writes)
	ordinal, err := b.journal.Append(b.encoded)
	if cap(b.encoded) > keptEncoded {
		b.encoded = nil
	}
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
	if in != nil {
		maps.Copy(b.heads, in.heads)
		b.lines = in.known
		b.awaits.change(in)
	}
	b.ordinal = ordinal
	b.headsMu.Unlock()
	b.follower.push(ordinal, writes, b.journal.Place())
	return nil
}

// inDatabase is what the store holds, for the committer.
type inDatabase struct{ b *Badger }

func (d inDatabase) head(line model.LogID) (model.Head, bool) {
	d.b.headsMu.RLock()
	defer d.b.headsMu.RUnlock()
	h, ok := d.b.heads[line]
	return h, ok
}

func (d inDatabase) known() lines { return d.b.knownLines() }

// awaiting is for the committer alone, who alone changes what it gives.
func (d inDatabase) awaiting(ref model.Ref) map[place]bool {
	d.b.headsMu.RLock()
	defer d.b.headsMu.RUnlock()
	return d.b.awaits[ref]
}

func (d inDatabase) held(at place) (h holding, err error) {
	defer func() { d.b.caught(recover(), &err) }()
	d.b.swapping.RLock()
	defer d.b.swapping.RUnlock()
	s, err := d.b.snapshot()
	if err != nil {
		return h, err
	}
	defer s.close()
	return s.holding(at)
}

// holding reads the event at a place with its text, and how it stands.
func (s snapshot) holding(at place) (h holding, err error) {
	damaged := func(err error) (holding, error) { return holding{}, &DamagedError{at.line, at.seq, err} }
	v, err := s.get(seqKey(keyEvent, at.line, at.seq))
	if err != nil {
		return damaged(err)
	}
	if h.ev, h.eff, err = decodeEvent(v); err != nil {
		return damaged(err)
	}
	if h.ev.Log != s.lines.of(at.line).Log || h.ev.Seq != at.seq {
		return damaged(errElsewhere)
	}
	if _, err = s.get(seqKey(keyApart, at.line, at.seq)); err == nil {
		h.apart = true
	} else if !errors.Is(err, badger.ErrKeyNotFound) {
		return damaged(err)
	}
	v, err = s.get(seqKey(keyText, at.line, at.seq))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return h, nil
	}
	if err == nil {
		err = setText(h.ev, v)
	}
	if err != nil {
		return damaged(err)
	}
	return h, nil
}
