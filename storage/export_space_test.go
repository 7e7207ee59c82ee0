package storage

import (
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"warroom/storage/journal"
)

// WithTicks gives options whose store looks at the disk when it is ticked.
func WithTicks(o Options, ticks <-chan time.Time) Options {
	o.ticks = ticks
	return o
}

// WithCloseWithin gives options whose store waits so long for its database to close.
func WithCloseWithin(o Options, within time.Duration) Options {
	o.closeWithin = within
	return o
}

// CloseDatabase closes the database under the store, as one that fails.
func (b *Badger) CloseDatabase() error { return b.db.Close() }

// Layers are what a snapshot is made of, for tests.
type Layers struct {
	db   *badger.DB
	over overlay
	n    uint64
}

// NewLayers gives an empty database with nothing over it.
func NewLayers() (*Layers, error) {
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithMemTableSize(8 << 20).WithLogger(nil))
	return &Layers{db: db}, err
}

// Close drops them.
func (l *Layers) Close() error { return l.db.Close() }

// Below writes to the database, Over over it; nil removes.
func (l *Layers) Below(key string, value []byte) error {
	return applyTo(l.db, 0, []write{{[]byte(key), value}})
}

// Over lays one commit over the database.
func (l *Layers) Over(writes map[string][]byte) {
	l.n++
	q := queued{ordinal: l.n}
	for k, v := range writes {
		// A commit may write a key twice: the last one counts.
		q.writes = append(q.writes, write{[]byte(k), []byte("not this")}, write{[]byte(k), v})
	}
	l.over = l.over.with([]queued{q})
}

// Scan gives keys and values with a prefix, from a key on.
func (l *Layers) Scan(prefix, from string) (out []string, err error) {
	s := snapshot{txn: l.db.NewTransaction(false), over: l.over}
	defer s.close()
	err = s.scan([]byte(prefix), []byte(from), func(w *walkOver) error {
		v, err := w.valueCopy()
		out = append(out, string(w.key())+"="+string(v))
		return err
	})
	return out, err
}

// ScanBack gives keys and values with a prefix, from the last one below end on.
func (l *Layers) ScanBack(prefix, end string) (out []string, err error) {
	s := snapshot{txn: l.db.NewTransaction(false), over: l.over}
	defer s.close()
	err = s.scanBack([]byte(prefix), []byte(end), func(key []byte, value func(func([]byte) error) error) error {
		return value(func(v []byte) error {
			out = append(out, string(key)+"="+string(v))
			return nil
		})
	})
	return out, err
}

// Find looks keys up in order, each by a cursor and by itself; "" where it is not.
func (l *Layers) Find(prefix string, keys []string) (byCursor, byKey []string) {
	s := snapshot{txn: l.db.NewTransaction(false), over: l.over}
	defer s.close()
	c := newCursor(s, []byte(prefix))
	defer c.close()
	for _, k := range keys {
		var v []byte
		if item := c.find([]byte(k)); item != nil {
			v, _ = item.valueCopy()
		}
		byCursor = append(byCursor, string(v))
		v, _ = s.get([]byte(k))
		byKey = append(byKey, string(v))
	}
	return byCursor, byKey
}

// LackFiles has the store hear that a file of its database could not be made.
func (b *Badger) LackFiles() { b.lackedFiles() }

// Follower is a follower without a store.
type Follower struct {
	*follower
	journal *journal.Journal
}

// Follow begins one with these duties, after a journal. apply is given the first value of
// the commits.
func Follow(j *journal.Journal, ticks <-chan time.Time, room func() bool, apply func(ordinal uint64, value []byte) error) Follower {
	return Follower{follow(0, nil, false, duties{
		journal: j.Reread(),
		apply:   func(o uint64, w []write) error { return apply(o, w[0].value) },
		head:    func() {},
		low:     func() bool { return !room() },
		enough:  room,
		resume:  func() (uint64, error) { return 0, nil },
		tick:    func() {},
		ticks:   ticks,
	}), j}
}

// Push appends a commit with a value to the journal, if it is not too large for one, and
// queues it.
func (f Follower) Push(ordinal uint64, value []byte) {
	writes := []write{{[]byte{byte(ordinal)}, value}}
	var at journal.Place
	if _, err := f.journal.Append(encodeWrites(writes)); err == nil {
		at = f.journal.Place()
	}
	f.push(ordinal, writes, at)
}

// Held is how many bytes of commits are in memory.
func (f Follower) Held() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held
}

// Look gives how many keys a reader lays over the database, or why it cannot.
func (f Follower) Look() (keys int, err error) {
	over, err := f.look(func() {})
	return len(over), err
}

// Crowded is the follower's.
func (f Follower) Crowded() error { return f.crowded() }

// State is the follower's.
func (f Follower) State() (int, bool, error) { return f.state() }

// Wait is the follower's.
func (f Follower) Wait() error { return f.wait() }

// End is the follower's.
func (f Follower) End() error { return f.close() }
