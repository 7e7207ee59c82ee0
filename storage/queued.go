package storage

import "warroom/storage/journal"

// queued is a commit that is in the journal and not yet in the database.
type queued struct {
	ordinal uint64
	// writes are what it writes; nil while they stand in the journal alone, at place.
	writes  []write
	place   journal.Place
	entries int // how many they are
	size    int
}

// aside reports a commit of which the writes are not held in memory.
func (q *queued) aside() bool { return q.writes == nil && q.entries > 0 }

func newQueued(ordinal uint64, writes []write) queued {
	q := queued{ordinal: ordinal, writes: writes, entries: len(writes)}
	for _, w := range writes {
		q.size += len(w.key) + len(w.value) + entryOverhead
	}
	return q
}

// recall brings back into memory what was put aside, and reports whether that is all. What
// cannot be read is tried again at the next tick; until then readers get the error.
func (f *follower) recall() (all bool) {
	defer f.journal.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 0; i < len(f.queue); i++ { // it grows meanwhile, and nobody else takes from it
		if !f.queue[i].aside() {
			continue
		}
		at := f.queue[i].place
		f.mu.Unlock()
		writes, err := f.reread(at)
		f.mu.Lock()
		if err != nil {
			f.lost = err
			return false
		}
		f.queue[i].writes = writes
		f.held += f.queue[i].size
	}
	f.lost = nil
	return true
}

// reread gives again what a commit writes that was put aside.
func (f *follower) reread(at journal.Place) ([]write, error) {
	payload, err := f.journal.Payload(at)
	if err != nil {
		return nil, err
	}
	return decodeWrites(payload)
}
