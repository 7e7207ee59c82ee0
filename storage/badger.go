package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"warroom/model"
	"warroom/storage/disk"
	"warroom/storage/journal"
)

// Options are what Open needs besides the directory.
type Options struct {
	// Logf takes what the database says of its own work, one line a call. nil
	// drops it.
	Logf func(format string, args ...any)
	// Disk is the file system of the journal and of HEAD, and says what room there
	// is; nil for the machine's. The database always stands on the machine's.
	Disk disk.FS
	// NetworkFS opens a store on a file system of another machine too, which may
	// lose or mix what is written.
	NetworkFS bool

	// Host tells the machine and the place of a store's directory; nil asks the
	// machine.
	Host func(dir string) (Host, error)

	// filesFree takes the place of what it is called after in tests.
	filesFree func(n int) int
	// ticks take the place of a clock in tests.
	ticks <-chan time.Time
	// closeWithin is how long the database may take to close; 0 for the usual time.
	closeWithin time.Duration
}

// Badger is the store in a directory. One process has it open at a time.
//
// A commit is answered when it is in the journal; the database follows in a
// goroutine of its own, and a reader waits for it. So what was answered is there
// though the database is thrown away.
type Badger struct {
	dir     string
	logf    func(string, ...any)
	fs      disk.FS
	lock    *lock
	journal *journal.Journal
	db      *badger.DB
	// follower brings db after journal.
	follower *follower
	report   Report
	// known is what HEAD says; only the follower's goroutine writes it.
	known headFile
	// missing is what the journal lacked when it was opened.
	missing []journal.Damage
	guard   guard
	files   descriptors
	// ticker makes the ticks, unless a test does.
	ticker *time.Ticker
	ticks  <-chan time.Time
	// journalOnly says that the store was opened without room for its database:
	// applied is the last commit that db, open to be read or nil, has, and waiting
	// are those behind it.
	journalOnly bool
	readOnly    bool
	applied     uint64
	waiting     []queued
	// swapping is held for reading by those who use db, for writing while another
	// takes its place. unreadable is why there is none.
	swapping   sync.RWMutex
	unreadable error

	// check checks the tables beside the work, nil when there is none; checkFrom is
	// where the next one goes on.
	check     *tableCheck
	checkFrom uint64
	// thorough checks all tables before an open, whatever end there was.
	thorough bool
	// fault is what was found wrong in the database; unnoted says that the next open
	// would not know.
	fault   atomic.Pointer[error]
	unnoted atomic.Bool
	// of is the store for which this one opens the database again.
	of *Badger

	// back is what is held back.
	back atomic.Pointer[Held]

	// at is told the points that a removal reaches; nil but in tests.
	at func(point string)

	// using is held for reading by every call, for writing by Close and Remove.
	using  sync.RWMutex
	closed bool
	// committing is held by the one commit that runs; the room has one committer,
	// so nobody waits for it.
	committing sync.Mutex
	// encoded is the memory of a commit that is written, for the next one.
	encoded []byte
	// broken is the error of the disk after which nothing may be committed.
	broken error

	// acts reports that the index of acts has all that the store has.
	acts atomic.Bool

	headsMu sync.RWMutex
	heads   map[model.LogID]model.Head
	lines   lines
	awaits  awaiting
	// ordinal is of the last commit that was answered.
	ordinal uint64
	// adopted says that what the store was behind is not asked for any more.
	adopted bool

	// closeWithin is how long the database may take to close.
	closeWithin time.Duration

	host func(dir string) (Host, error)
	// bound says that the store knew where it was when it was opened.
	bound bool
}

var _ Store = (*Badger)(nil)

// Open opens the store in the directory, and makes it when it is not there, for
// this user alone (0700). Report says what was found and done.
//
// It gives a *LockedError when another process has it, a *NewerError when a
// newer version made it, and an *UnusableError for everything else.
func Open(dir string, o Options) (*Badger, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &UnusableError{dir, "find the directory", err}
	}
	fsys := o.Disk
	if fsys == nil {
		fsys = disk.OS{}
	}
	if err := refuseNetwork(fsys, dir); err != nil && !o.NetworkFS {
		return nil, err
	}
	if err := prepare(dir); err != nil {
		return nil, err
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	b := &Badger{dir: dir, lock: l, logf: o.Logf, fs: fsys, heads: map[model.LogID]model.Head{}, awaits: awaiting{}}
	if b.closeWithin = o.closeWithin; b.closeWithin == 0 {
		b.closeWithin = closeWithin
	}
	if b.host = o.Host; b.host == nil {
		b.host = hostOf
	}
	b.guard = guard{fs: b.fs, dir: dir, needs: b.levelZero}
	b.files = descriptors{free: filesFree, ranOut: b.lackedFiles}
	if o.filesFree != nil {
		b.files.free = o.filesFree
	}
	if err := b.open(); err != nil {
		return nil, errors.Join(err, b.release())
	}
	b.guard.fill()
	b.ticker = time.NewTicker(headEvery)
	if b.ticks = o.ticks; b.ticks == nil {
		b.ticks = b.ticker.C
	}
	b.startFollower()
	if !b.bound {
		// Without it the store is only less sure of its place, until the next time.
		if err := b.bind(); err != nil && b.logf != nil {
			b.logf("warning: %v", err)
		}
	}
	return b, nil
}

// release gives back what an open took.
func (b *Badger) release() error {
	var errs []error
	b.endCheck(0)
	errs = append(errs, b.closeDatabase())
	if b.journal != nil {
		errs = append(errs, b.journal.Close())
	}
	return errors.Join(append(errs, b.lock.release())...)
}

// memTable is how much the database holds in memory of what is not in its tables, in
// bytes; twice that while it is being written out.
const memTable = 8 << 20

// databaseOptions are the measured ones: small files, everything synced, values
// beside their keys, no compression and so no cache.
func databaseOptions(path string, logf func(string, ...any)) badger.Options {
	return badger.DefaultOptions(path).
		WithExternalMagic(Layout).
		WithBypassLockGuard(ownLock).
		WithSyncWrites(true).
		WithMemTableSize(memTable).
		WithNumMemtables(1).
		WithValueLogFileSize(1 << 20). // the least; values never reach it
		WithNumLevelZeroTables(8).
		WithNumLevelZeroTablesStall(12).
		WithNumCompactors(2).
		WithBaseTableSize(2 << 20).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithDetectConflicts(false). // there is one committer
		WithMetricsEnabled(false).
		WithNumGoroutines(1).
		WithLogger(quiet{logf: logf})
}

// Dir is the store's directory, absolute.
func (b *Badger) Dir() string { return b.dir }

// Close waits for commits and reads that run, brings the database and HEAD up to
// date, and closes both. A second Close does nothing.
//
// On a full disk the database is left as it is, not closed; the next Open takes
// from the journal what it lacks. So it is when the database does not close in
// time: then the error is ErrNotClosed, or ErrGone when its files are not there any
// more.
func (b *Badger) Close() error {
	b.using.Lock()
	defer b.using.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	b.ticker.Stop()
	err := b.follower.close()
	b.noteSuspect()
	b.writeHead()
	b.endCheck(checkAtEnd)
	return errors.Join(err, b.release())
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

// lackedFiles notes that the database may lack something, because a file could not be made
// of one that was written.
func (b *Badger) lackedFiles() {
	if b.of != nil {
		b = b.of
	}
	if b.files.wrote.Load() {
		b.suspect(ErrFiles)
	}
}

// options are those of the store's database at a path.
func (b *Badger) options(path string) badger.Options {
	return databaseOptions(path, b.logf).WithLogger(quiet{b.logf, b.lackedFiles})
}

// quiet is Badger's logger over Options.Logf.
type quiet struct {
	logf func(string, ...any)
	// lackedFiles, when set, is told that a file could not be opened.
	lackedFiles func()
}

func (q quiet) Errorf(f string, a ...any)   { q.say("error: ", f, a) }
func (q quiet) Warningf(f string, a ...any) { q.say("warning: ", f, a) }
func (q quiet) Infof(f string, a ...any)    { q.say("", f, a) }
func (q quiet) Debugf(string, ...any)       {}

func (q quiet) say(kind, format string, args []any) {
	if q.lackedFiles != nil && kind != "" && saysNoFiles(fmt.Sprintf(format, args...)) {
		q.lackedFiles()
	}
	if q.logf != nil {
		q.logf(kind+format, args...)
	}
}
