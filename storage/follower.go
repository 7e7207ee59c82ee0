package storage

import (
	"errors"
	"slices"
	"sync"
	"time"

	"warroom/storage/journal"
)

const (
	// linger is how long the database waits for more commits before it takes what
	// there is: they are durable already, and one transaction for ten costs as
	// much as for one. A reader does not wait for it.
	linger = 25 * time.Millisecond
	// A room that catches up commits more than burst bytes in each linger. The database
	// takes half of the processor time of that, and nobody needs it meanwhile: it begins
	// when no more comes, when maxLag bytes wait, or after longest. Somebody who reads
	// has it begin at once, and for calmAfter it is kept near: a reader waits for it.
	burst     = 256 << 10
	maxLag    = 48 << 20
	longest   = 2 * time.Second
	calmAfter = 250 * time.Millisecond
	// maxHeld is how many bytes of commits that wait are held in memory. Those beyond
	// are read again from the journal when their turn comes.
	maxHeld = 4 << 20
	// txnBytes and txnEntries are a little below what one transaction of the database
	// takes. Commits are written in as few as they fit in; one that is larger, in several.
	txnBytes   = 1 << 20
	txnEntries = 12_000
	// maxQueued is how many bytes of commits may wait before a commit waits too.
	maxQueued = maxLag + 8<<20
	// maxWaiting is how many bytes of commits may wait while the database cannot be
	// written: the room that is kept on the disk holds less. It is for a database
	// that failed on a disk with room.
	maxWaiting = 256 << 20
	// headEvery and headAfter are when HEAD is written: after so long, or after so
	// many commits.
	headEvery = time.Second
	headAfter = 1000
)

// duties are what a follower does its work with. All are called by its one
// goroutine.
type duties struct {
	// apply writes commits to the database.
	apply func(ordinal uint64, writes []write) error
	// journal reads again what was put aside.
	journal interface {
		Payload(journal.Place) ([]byte, error)
		Close()
	}
	// head writes HEAD.
	head func()
	// low reports that the database must not be written, for want of room; enough
	// that it may again.
	low, enough func() bool
	// resume makes ready to write again, and gives the last commit that the
	// database has, 0 when that is as the follower knows it.
	resume func() (uint64, error)
	// tick is called at every tick, besides.
	tick func()
	// ticks come every headEvery or so.
	ticks <-chan time.Time
}

// follower brings the database after the journal, in a goroutine of its own.
//
// While the database cannot be written the follower pauses: what it does not get
// stays in the queue, and readers look at it there.
type follower struct {
	duties

	// dividing is held for writing while a commit is written in several transactions,
	// for reading while a reader begins: it has such a commit whole, or nothing of it.
	dividing sync.RWMutex
	divided  bool // and the last was written in part alone; what merging gives hides it

	mu    sync.Mutex
	moved *sync.Cond // when done, size, paused, applying or err changed
	queue []queued
	size  int
	held  int // bytes of the commits in the queue whose writes are in memory
	// loaded is how much of size was there from the beginning.
	loaded int
	pushed int    // bytes that were queued, in all
	last   uint64 // the last commit that was queued
	done   uint64 // the last commit that the database has
	// paused says that nothing is applied; merging, that readers look at the
	// queue: from a pause on until the queue is empty again.
	paused, merging bool
	applying        bool
	over            overlay // of the commits up to merged, while merging
	merged          uint64
	// err is why the database follows no more, until the store is opened again; lost,
	// why readers cannot be given now what it has not.
	err    error
	lost   error
	stop   bool
	wake   chan struct{} // there is work, or an end
	hurry  chan struct{} // somebody waits
	joined chan struct{}
}

// follow begins with a database that has the commits up to done, and with those
// that wait for it: with any, it begins in a pause. close ends it.
func follow(done uint64, waiting []queued, paused bool, d duties) *follower {
	f := &follower{
		duties: d, last: done, done: done, queue: waiting, paused: paused, merging: paused,
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), joined: make(chan struct{}),
	}
	for _, q := range waiting {
		f.size += q.size
		f.held += q.size
		f.last = q.ordinal
	}
	f.loaded = f.size
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

// push queues a commit that stands at a place in the journal; it waits when too much is
// queued, but not in a pause. In a pause all is held in memory, where readers look at it.
func (f *follower) push(ordinal uint64, writes []write, at journal.Place) {
	q := newQueued(ordinal, writes)
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.size > maxQueued && !f.merging {
		ring(f.hurry)
		f.moved.Wait()
	}
	if q.place = at; f.paused || f.merging || f.held+q.size <= maxHeld {
		f.held += q.size
	} else {
		q.writes = nil
	}
	f.queue = append(f.queue, q)
	f.size += q.size
	f.pushed += q.size
	f.last = ordinal
	ring(f.wake)
}

// wait waits until the database has what was committed before the call. It gives
// the error after which the database follows no more, or ErrFull in a pause.
func (f *follower) wait() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for last := f.last; f.done < last && !f.paused; {
		ring(f.hurry)
		f.moved.Wait()
	}
	if err := f.why(); err != nil || !f.paused {
		return err
	}
	return ErrFull
}

// look gives a reader what it must lay over the database to see what was
// committed before the call; it waits for the database where that follows. begin
// is called at a moment at which the two fit together. It gives an error when what
// the database lacks cannot be read.
func (f *follower) look(begin func()) (overlay, error) {
	f.mu.Lock()
	for last := f.last; f.done < last && !f.merging; {
		ring(f.hurry)
		f.moved.Wait()
	}
	for f.merging && f.applying {
		f.moved.Wait()
	}
	if !f.merging {
		f.mu.Unlock()
		if f.begins(begin) {
			return nil, nil
		}
		return f.look(begin)
	}
	defer f.mu.Unlock()
	if f.lost != nil {
		return nil, f.lost
	}
	first := len(f.queue)
	for first > 0 && f.queue[first-1].ordinal > f.merged {
		first--
	}
	f.over = f.over.with(f.queue[first:])
	f.merged = f.last
	begin()
	return f.over, nil
}

// begins calls begin, unless a commit was written in part alone when the pause began.
func (f *follower) begins(begin func()) bool {
	f.dividing.RLock()
	defer f.dividing.RUnlock()
	if f.divided {
		return false
	}
	begin()
	return true
}

// merges reports that readers lay the queue over the database.
func (f *follower) merges() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.merging
}

// crowded gives ErrCrowded when no more can wait.
func (f *follower) crowded() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.merging && f.size-f.loaded > maxWaiting {
		return errors.Join(ErrCrowded, f.err)
	}
	return nil
}

// state gives how many commits wait, whether in a pause, and the error after
// which the database follows no more, or for which it waits.
func (f *follower) state() (waiting int, paused bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue), f.paused, f.why()
}

// why is why nothing is applied, nil for want of room; the caller holds mu.
func (f *follower) why() error {
	if f.err != nil {
		return f.err
	}
	return f.lost
}

// behind is how many commits a reader waits for.
func (f *follower) behind() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.merging {
		return 0
	}
	return len(f.queue)
}

// close brings the database up to date, if it can be written, and ends the
// follower.
func (f *follower) close() error {
	f.mu.Lock()
	f.stop = true
	f.mu.Unlock()
	ring(f.wake)
	ring(f.hurry)
	<-f.joined
	_, _, err := f.state()
	return err
}

func (f *follower) serve() {
	defer close(f.joined)
	stale := 0            // commits since HEAD was written
	var hurried time.Time // when somebody waited last
	for {
		select {
		case <-f.wake:
			if f.lingers(time.Since(hurried) < calmAfter) {
				hurried = time.Now()
			}
		case <-f.ticks:
			f.tick()
			f.watch()
			// In a pause nothing is applied, and still commits are answered.
			if _, paused, _ := f.state(); stale > 0 || paused {
				f.head()
				stale = 0
			}
		}
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

// lingers waits for more commits, and through a burst of them unless it is to stay near. It
// reports that it ended because somebody waits.
func (f *follower) lingers(near bool) (hurried bool) {
	pause := time.NewTimer(linger)
	defer pause.Stop()
	for began := time.Now(); ; pause.Reset(linger) {
		f.mu.Lock()
		before := f.pushed
		f.mu.Unlock()
		select {
		case <-pause.C:
		case <-f.hurry:
			return true
		}
		f.mu.Lock()
		more := f.pushed-before > burst && f.size < maxLag && !f.merging && !f.stop
		f.mu.Unlock()
		if near || !more || time.Since(began) >= longest {
			return false
		}
	}
}

// watch looks whether there is room: it begins a pause, or ends one.
func (f *follower) watch() {
	f.mu.Lock()
	paused, err, lost := f.paused, f.err, f.lost != nil
	f.mu.Unlock()
	if lost {
		lost = !f.recall()
	}
	switch {
	case err != nil || lost:
	case !paused:
		if f.low() {
			f.pause(nil, nil)
		}
	case f.enough():
		done, err := f.resume()
		f.mu.Lock()
		defer f.mu.Unlock()
		if err != nil {
			if !diskFull(err) {
				f.err = err
			}
			return
		}
		f.paused = false
		for len(f.queue) > 0 && f.queue[0].ordinal <= done {
			f.leave(1)
		}
		f.done = max(f.done, done)
		f.caughtUp()
	}
}

// pause stops writing to the database; for good after an error of it, because Badger
// cannot be used after one: it may have no table to write in. lost is why a commit cannot
// be read again. What was put aside comes back into memory, for the readers.
func (f *follower) pause(err, lost error) {
	f.mu.Lock()
	f.paused, f.applying = true, false
	f.err, f.lost = err, lost
	f.mu.Unlock()
	f.recall()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.merging = true
	f.moved.Broadcast()
}

// leave takes the first commits out of the queue.
func (f *follower) leave(n int) {
	for _, q := range f.queue[:n] {
		f.size -= q.size
		if !q.aside() {
			f.held -= q.size
		}
	}
	clear(f.queue[:n])
	f.queue = f.queue[n:]
}

// caughtUp ends the merging when the queue is empty.
func (f *follower) caughtUp() {
	if len(f.queue) == 0 && !f.paused {
		f.merging, f.over, f.merged, f.loaded = false, nil, 0, 0
		f.done = f.last
	}
	f.moved.Broadcast()
}

// drain applies what is queued, in groups that fit a transaction.
func (f *follower) drain() (commits int, stop bool) {
	defer f.journal.Close()
	var memory []write
	for {
		f.mu.Lock()
		group, entries := f.group()
		stop = f.stop
		paused := f.paused
		f.mu.Unlock()
		if len(group) == 0 || paused {
			return commits, stop
		}
		if f.low() {
			f.pause(nil, nil)
			continue
		}
		writes, err := f.writes(group, slices.Grow(memory, entries))
		if err != nil {
			f.pause(nil, err) // until it can be read
			continue
		}
		f.mu.Lock()
		f.applying = true
		f.mu.Unlock()
		if err := f.applies(group, writes); err != nil {
			f.pause(err, nil)
			continue
		}
		memory = writes[:0]
		f.mu.Lock()
		f.applying = false
		f.done = group[len(group)-1].ordinal
		f.leave(len(group))
		f.caughtUp()
		f.mu.Unlock()
		commits += len(group)
	}
}

// applies writes commits to the database, while no reader begins where it takes several
// transactions.
func (f *follower) applies(group []queued, writes []write) error {
	if len(group) > 1 || group[0].entries <= txnEntries && group[0].size <= txnBytes {
		return f.apply(group[len(group)-1].ordinal, writes)
	}
	f.dividing.Lock()
	defer f.dividing.Unlock()
	err := f.apply(group[0].ordinal, writes)
	f.divided = err != nil
	return err
}

// writes puts what commits write behind others.
func (f *follower) writes(group []queued, all []write) ([]write, error) {
	for i := range group {
		writes := group[i].writes
		if group[i].aside() {
			var err error
			if writes, err = f.reread(group[i].place); err != nil {
				return nil, err
			}
		}
		all = append(all, writes...)
	}
	return all, nil
}

// group is the head of the queue, as far as one transaction takes it.
func (f *follower) group() (group []queued, entries int) {
	n, size := 0, 0
	for _, q := range f.queue {
		if n > 0 && (entries+q.entries > txnEntries || size+q.size > txnBytes) {
			break
		}
		n, entries, size = n+1, entries+q.entries, size+q.size
	}
	return f.queue[:n:n], entries
}
