package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"warroom/model"
)

// Options are what Open needs besides the directory.
type Options struct {
	// Logf takes what the database says of its own work, one line a call. nil
	// drops it.
	Logf func(format string, args ...any)
}

// Badger is the store in a directory. One process has it open at a time.
type Badger struct {
	dir  string
	db   *badger.DB
	lock *lock

	// using is held for reading by every call, for writing by Close.
	using  sync.RWMutex
	closed bool
	// committing is held by the one commit that runs; the room has one committer,
	// so nobody waits for it.
	committing sync.Mutex
	// broken is the error of the disk after which nothing may be committed.
	broken error

	headsMu sync.RWMutex
	heads   map[model.LogID]model.Head
}

var _ Store = (*Badger)(nil)

// Open opens the store in the directory, and makes it when it is not there, for
// this user alone (0700).
//
// It gives a *LockedError when another process has it, a *NewerError when a
// newer version made it, and an *UnusableError for everything else.
func Open(dir string, o Options) (*Badger, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &UnusableError{dir, "find the directory", err}
	}
	if err := prepare(dir); err != nil {
		return nil, err
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	b := &Badger{dir: dir, lock: l, heads: map[model.LogID]model.Head{}}
	if err := b.open(o); err != nil {
		return nil, errors.Join(err, l.release())
	}
	return b, nil
}

func (b *Badger) open(o Options) error {
	path := filepath.Join(b.dir, dbName)
	fail := func(op string, err error) error { return &UnusableError{b.dir, op, err} }
	have, err := formatOf(path)
	if err != nil {
		return fail("read the format", err)
	}
	if have > Format {
		return &NewerError{Have: int(have), Know: Format}
	}
	if err := removeEmpty(path); err != nil {
		return fail("remove empty log files", err)
	}
	if have == 0 {
		have = Format
	}
	if b.db, err = openDB(databaseOptions(path, o.Logf).WithExternalMagic(have)); err != nil {
		return fail("open the database", err)
	}
	if err := b.start(path); err != nil {
		return errors.Join(err, b.db.Close())
	}
	return nil
}

// openDB turns a panic of Badger over damaged files into an error.
func openDB(o badger.Options) (db *badger.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the database panicked: %v", r)
		}
	}()
	return badger.Open(o)
}

// start checks the format and reads the ends of the logs.
func (b *Badger) start(path string) error {
	fail := func(op string, err error) error { return &UnusableError{b.dir, op, err} }
	// Badger does not sync the directory for the log files that it makes.
	for _, d := range []string{path, b.dir} {
		if err := syncDir(d); err != nil {
			return fail("sync the directory", err)
		}
	}
	raw, ok, err := b.setting(settingFormat)
	if err != nil {
		return fail("read the format", err)
	}
	if !ok {
		return b.db.Update(func(txn *badger.Txn) error {
			return txn.Set(settingKey(settingFormat), binary.BigEndian.AppendUint16(nil, Format))
		})
	}
	if len(raw) != 2 {
		return fail("read the format", errShort)
	}
	if have := binary.BigEndian.Uint16(raw); have > Format {
		return &NewerError{Have: int(have), Know: Format}
	}
	if err := b.readHeads(); err != nil {
		return fail("read the logs' ends", err)
	}
	return nil
}

// databaseOptions are the measured ones: small files, everything synced, values
// beside their keys, no compression and so no cache.
func databaseOptions(path string, logf func(string, ...any)) badger.Options {
	return badger.DefaultOptions(path).
		WithSyncWrites(true).
		WithMemTableSize(16 << 20).
		WithNumMemtables(2).
		WithValueLogFileSize(1 << 20). // the least; values never reach it
		WithNumLevelZeroTables(4).
		WithNumLevelZeroTablesStall(12).
		WithNumCompactors(2).
		WithBaseTableSize(2 << 20).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithDetectConflicts(false). // there is one committer
		WithMetricsEnabled(false).
		WithNumGoroutines(1).
		WithLogger(logger(logf))
}

// Dir is the store's directory, absolute.
func (b *Badger) Dir() string { return b.dir }

// Close waits for commits and reads that run, and closes the database. A second
// Close does nothing.
func (b *Badger) Close() error {
	b.using.Lock()
	defer b.using.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	return errors.Join(b.db.Close(), b.lock.release())
}

// enter begins a call; leave, given when it may go on, ends it.
func (b *Badger) enter() (leave func(), err error) {
	b.using.RLock()
	if b.closed {
		b.using.RUnlock()
		return nil, ErrClosed
	}
	return b.using.RUnlock, nil
}

// quiet is Badger's logger over Options.Logf.
type quiet struct{ logf func(string, ...any) }

func logger(logf func(string, ...any)) badger.Logger {
	if logf == nil {
		return nil
	}
	return quiet{logf}
}

func (q quiet) Errorf(f string, a ...any)   { q.logf("error: "+f, a...) }
func (q quiet) Warningf(f string, a ...any) { q.logf("warning: "+f, a...) }
func (q quiet) Infof(f string, a ...any)    { q.logf(f, a...) }
func (q quiet) Debugf(string, ...any)       {}
