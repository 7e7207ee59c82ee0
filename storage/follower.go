package storage

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

const (
	// linger is how long the database waits for more commits before it takes what
	// there is: they are durable already, and one transaction for ten costs as
	// much as for one. A reader does not wait for it.
	linger = 25 * time.Millisecond
	// maxQueued is how many bytes of commits may wait before a commit waits too.
	maxQueued = 8 << 20
	// headEvery and headAfter are when HEAD is written: after so long, or after so
	// many commits.
	headEvery = time.Second
	headAfter = 1000
)

// queued is a commit that is in the journal and not yet in the database.
type queued struct {
	ordinal uint64
	writes  []write
	size    int
}

// follower brings the database after the journal, in a goroutine of its own.
type follower struct {
	apply func(ordinal uint64, writes []write) error
	head  func()

	mu     sync.Mutex
	moved  *sync.Cond // when done, size or err changed
	queue  []queued
	size   int
	last   uint64 // the last commit that was queued
	done   uint64 // the last commit that the database has
	err    error
	stop   bool
	wake   chan struct{} // there is work, or an end
	hurry  chan struct{} // somebody waits
	joined chan struct{}
}

// follow begins with a database that has the commits up to done. apply writes
// commits to it, head writes HEAD; both are called by one goroutine, which close
// ends.
func follow(done uint64, apply func(uint64, []write) error, head func()) *follower {
	f := &follower{
		apply: apply, head: head, last: done, done: done,
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), joined: make(chan struct{}),
	}
	f.moved = sync.NewCond(&f.mu)
	go f.serve()
	return f
}

func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push queues a commit; it waits when too much is queued.
func (f *follower) push(ordinal uint64, writes []write) {
	q := queued{ordinal: ordinal, writes: writes}
	for _, w := range writes {
		q.size += len(w.key) + len(w.value) + entryOverhead
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.size > maxQueued && f.err == nil {
		ring(f.hurry)
		f.moved.Wait()
	}
	f.queue = append(f.queue, q)
	f.size += q.size
	f.last = ordinal
	ring(f.wake)
}

// wait waits until the database has what was committed before the call. It gives
// the error after which the database follows no more.
func (f *follower) wait() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for last := f.last; f.done < last && f.err == nil; {
		ring(f.hurry)
		f.moved.Wait()
	}
	return f.err
}

// failed gives the error after which the database follows no more.
func (f *follower) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// close brings the database up to date and ends the follower.
func (f *follower) close() error {
	f.mu.Lock()
	f.stop = true
	f.mu.Unlock()
	ring(f.wake)
	ring(f.hurry)
	<-f.joined
	return f.failed()
}

func (f *follower) serve() {
	defer close(f.joined)
	tick := time.NewTicker(headEvery)
	defer tick.Stop()
	stale := 0 // commits since HEAD was written
	for {
		select {
		case <-f.wake:
		case <-tick.C:
			if stale > 0 {
				f.head()
				stale = 0
			}
			continue
		}
		pause := time.NewTimer(linger)
		select {
		case <-pause.C:
		case <-f.hurry:
		}
		pause.Stop()
		n, stop := f.drain()
		if stale += n; stale >= headAfter {
			f.head()
			stale = 0
		}
		if stop {
			return
		}
	}
}

// drain applies what is queued, in groups that fit a transaction.
func (f *follower) drain() (commits int, stop bool) {
	for {
		f.mu.Lock()
		group, size := f.group()
		stop = f.stop
		failed := f.err != nil
		f.mu.Unlock()
		if len(group) == 0 || failed {
			return commits, stop
		}
		var writes []write
		for _, q := range group {
			writes = append(writes, q.writes...)
		}
		last := group[len(group)-1].ordinal
		err := f.apply(last, writes)
		f.mu.Lock()
		if err != nil {
			f.err = err
		} else {
			f.done = last
			f.queue = f.queue[len(group):]
			f.size -= size
		}
		f.moved.Broadcast()
		f.mu.Unlock()
		commits += len(group)
	}
}

// group is the head of the queue, as far as one transaction takes it.
func (f *follower) group() ([]queued, int) {
	n, entries, size := 0, 0, 0
	for _, q := range f.queue {
		if n > 0 && (entries+len(q.writes) > MaxBatchEntries || size+q.size > MaxBatchBytes) {
			break
		}
		n, entries, size = n+1, entries+len(q.writes), size+q.size
	}
	return f.queue[:n:n], size
}

// applyTo writes commits in one transaction, with the ordinal of the last.
func applyTo(db *badger.DB, ordinal uint64, writes []write) error {
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
	if err := txn.Set(settingKey(settingJournal), binary.BigEndian.AppendUint64(nil, ordinal)); err != nil {
		return err
	}
	return txn.Commit()
}

// appliedIn is the ordinal of the last commit that the database has.
func appliedIn(db *badger.DB) (ordinal uint64, err error) {
	err = db.View(func(txn *badger.Txn) error {
		v, err := get(txn, settingKey(settingJournal))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err == nil && len(v) != 8 {
			err = errShort
		}
		if err == nil {
			ordinal = binary.BigEndian.Uint64(v)
		}
		return err
	})
	return ordinal, err
}
