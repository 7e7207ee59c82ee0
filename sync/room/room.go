package room

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
)

// ErrClosed is answered to a command that comes after Close.
var ErrClosed = errors.New("the room is closed")

// Options are what a room needs from outside.
type Options struct {
	// Store holds the events. The room closes it.
	Store storage.Store
	// Dir is where the device's key lies; empty keeps it in memory only, for a
	// room that ends with the process.
	Dir string
	// Renew, when set, says why this store must not go on with its logs: it may
	// have forgotten events of its own that others hold, or be a copy that is
	// written elsewhere too. New logs are begun, which say the reason and what
	// they continue.
	Renew model.OpenReason
	// Warn, when given, says what everybody in the room must know of its store.
	// It is asked at every Overview, and must not wait.
	Warn func() []model.Phrase
	// WarnOwn, when given, says in the same way what only whoever runs the room must
	// know.
	WarnOwn func() []model.Phrase
	// Name is the founder's name, needed on the first run only.
	Name string
	// Workspace, for a store that holds no room yet, is the workspace of others that
	// it is to have a part in; Name is not needed then. Until another room has told it
	// whose device this is, nothing can be done in it.
	Workspace model.WorkspaceID
	// Linked says that events go to other devices; see SetLinked.
	Linked bool
	// Feed, when given, is told of everything that is on the disk, in order: by Open of
	// the lines that are there, then of each commit before it is answered. It is
	// called by one goroutine at a time, and must not wait, nor ask the room for
	// anything but what is read.
	Feed func([]Fed)
	// TurnAway, when given, tells a device that waits at the door that it does not come
	// in; CodeWaitingNone refuses one that does not wait.
	TurnAway func(token model.TokenID, device model.DeviceKey) error
	// BadSignature, when given, is told of an event in a line that its author signed
	// badly; the room ends the line before it.
	BadSignature func(branch model.LogID, seq uint64)
	// Now and Random default to the machine's clock and random numbers.
	Now    func() time.Time
	Random io.Reader
}

// Room is a running room. All methods are safe from any goroutine.
type Room struct {
	store  storage.Store
	dir    string
	now    func() time.Time
	random io.Reader
	signer model.Signer
	warn   func() []model.Phrase
	// warnOwn is for whoever runs the room.
	warnOwn func() []model.Phrase
	bells   bells
	feed    func([]Fed)
	// badSignature is told of what ends a line.
	badSignature func(model.LogID, uint64)
	turnAway     func(model.TokenID, model.DeviceKey) error

	workspace model.WorkspaceID
	linked    atomic.Bool
	presence  *presence

	// The committer's own, touched by its goroutine alone once it runs.
	hand      hand          // as far as events are sealed
	durable   hand          // as far as they are on the disk
	people    *model.People // nil when they are to be read again
	incidents *shelf
	next      *commit    // being decided
	flying    *commit    // on its way to the disk; nil for none
	apart     *request   // waits for a commit of its own
	runs      []*request // of peers, that wait
	replica   *replica.Replica
	ahead     ahead
	// back is what is held back, as far as is decided; noted what the store says of it.
	// unjudged says that the people were read again, and it is to be reckoned anew.
	back, noted *replica.Back
	unjudged    bool
	batches     chan<- storage.Batch
	landed      <-chan landing
	removing    []model.Scope // incidents in which a text is to be removed still
	unremoved   error
	// later are the incidents that are to be read again, removeSoon says that texts
	// are to be removed, when there is time.
	later      later
	calm       <-chan time.Time // when it is looked at again whether there is; nil for no such time
	removeSoon bool

	removals atomic.Uint64 // how often texts were removed
	asking   atomic.Int64  // how many wait for the committer
	taking   atomic.Int64  // how many of them bring what peers wrote
	taken    atomic.Uint64 // how often somebody did

	// The proof's own, until it has ended.
	signed map[model.LogID]signedTo
	fresh  int // signatures that were checked, and not before
	// seenTaken is taken, when it was last looked at.
	seenTaken uint64

	mu       sync.Mutex // guards what readers see
	list     list
	roster   *model.Roster
	newer    int
	calls    []model.Call
	over     *model.Overview // given out last
	desk     desk
	lines    lines
	me       model.PersonID
	peers    *model.Peers
	seenBack *replica.Back // as readers see it
	waiting  []model.Waiting
	others   int // warnings of over that are of the machine
	// paged are whom pages wait for; pager says that this room can send any.
	paged   []model.PageCall
	pager   bool
	shown   ends                 // of the logs, as far as readers see them
	stale   map[model.Scope]bool // the incidents that have more than their rows say
	written map[model.Scope]int  // commits of each scope since the room was opened
	sent    map[model.Scope]int  // of those that went off, too
	hashes  map[model.Scope]hashed
	// unchecked are events of peers whose own signatures are to be looked at.
	unchecked []span
	version   uint64
	verified  verification

	content, membership model.LogID // that are written

	requests chan *request
	looks    chan func() // done by the committer between two commits
	takes    chan *request
	check    chan struct{} // rings for unchecked
	quit     chan struct{}
	done     chan struct{}
	checks   sync.WaitGroup
	proved   chan struct{}
	checked  chan struct{}
	closing  sync.Once
	closed   error
}

// Founded reports whether the store holds a room already; on a new store the
// founder's name is needed.
func Founded(s storage.Store) (bool, error) {
	_, ok, err := readIdentity(s)
	return ok, err
}

// Open takes up the room in the store, or founds one. On an error the store is
// left open: it is still the caller's.
func Open(ctx context.Context, o Options) (*Room, error) {
	r := &Room{
		store: o.Store, dir: o.Dir, now: o.Now, random: o.Random, warn: o.Warn, warnOwn: o.WarnOwn, feed: o.Feed, badSignature: o.BadSignature, turnAway: o.TurnAway,
		next:     newCommit(),
		written:  map[model.Scope]int{},
		sent:     map[model.Scope]int{},
		later:    newLater(),
		stale:    map[model.Scope]bool{},
		looks:    make(chan func()),
		requests: make(chan *request, maxRequests),
		takes:    make(chan *request, maxRuns),
		check:    make(chan struct{}, 1),
		quit:     make(chan struct{}),
		done:     make(chan struct{}),
		proved:   make(chan struct{}),
		checked:  make(chan struct{}),
		signed:   map[model.LogID]signedTo{},
	}
	if r.warn == nil {
		r.warn = r.noWarning
	}
	if r.warnOwn == nil {
		r.warnOwn = r.noWarning
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	r.presence = newPresence(r.now, r.Ring)
	if err := r.unlock(); err != nil {
		return nil, err
	}
	id, ok, err := readIdentity(o.Store)
	switch {
	case err != nil:
		return nil, err
	case ok:
		err = r.read(id, o.Renew)
		if err == nil && o.Renew != 0 {
			err = r.first(ctx, func(c *commit) error { return r.renew(c, o.Renew) })
			r.replica = nil // it has not heard of the new logs
		}
	case o.Workspace != model.WorkspaceID{}:
		err = r.first(ctx, func(c *commit) error { return r.join(c, o.Workspace) })
	default:
		err = r.first(ctx, func(c *commit) error { return r.found(c, o.Name) })
	}
	if err != nil {
		return nil, err
	}
	r.incidents = newShelf(func(id model.Scope) (*model.Incident, error) { return r.part(id, r.extent(id), pageLines) })
	if err := r.finish(ctx); err != nil {
		return nil, fmt.Errorf("go on with what moved: %w", err)
	}
	if err := r.openHeld(); err != nil {
		return nil, fmt.Errorf("see what counts: %w", err)
	}
	if err := r.showLines(); err != nil {
		return nil, err
	}
	r.durable = r.hand
	r.hand.show(r)
	r.linked.Store(o.Linked)
	if err := r.readRemovals(); err != nil {
		return nil, fmt.Errorf("read the removals: %w", err)
	}
	if err := r.resumeAnew(); err != nil {
		return nil, fmt.Errorf("read what moved: %w", err)
	}
	r.resumeRemovals(ctx)
	r.roster, r.newer = r.people.Roster(), r.people.Newer()
	r.checks.Add(1)
	go r.verify(r.lines.all())
	go r.serve()
	return r, nil
}

// unlock reads or makes the device's key.
func (r *Room) unlock() error {
	if r.dir == "" {
		key, err := newKey(r.random)
		r.signer.Key = key
		return err
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return &KeyError{r.keyPath(), err}
	}
	key, err := loadKey(r.dir, r.random)
	r.signer.Key = key
	return err
}

func (r *Room) keyPath() string { return filepath.Join(r.dir, keyFile) }

func (r *Room) nonce() (n model.Nonce) {
	if _, err := io.ReadFull(r.random, n[:]); err != nil {
		panic(fmt.Sprintf("room: no random numbers: %v", err)) // the kernel has none: nothing can be safe
	}
	return n
}

// Close ends the room: what was queued is committed and answered, then the
// store is closed. A second call gives the same answer.
func (r *Room) Close() error {
	r.closing.Do(func() {
		r.presence.end()
		close(r.quit)
		<-r.done
		r.checks.Wait()
		r.noteSigned()
		r.closed = r.store.Close()
	})
	return r.closed
}

// Me is the person whose device this is.
// It is zero while the room waits for another to say so.
func (r *Room) Me() model.PersonID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.me
}

// Workspace is the room's workspace.
func (r *Room) Workspace() model.WorkspaceID { return r.workspace }

// Device is the public key that signs this room's events.
func (r *Room) Device() model.DeviceKey { return r.signer.Device() }

// Overview is model.Room.
func (r *Room) Overview() *model.Overview {
	warnings, own := r.warn(), r.warnOwn()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.lines.ended {
		if r.peers.Tells(b.Log) {
			continue // it is said there, with whose log it is
		}
		warnings = append(warnings, model.Say("warning.ended", "Seq", b.Ends, "Log", b.Log.String()[:8]))
	}
	if f := r.verified.fault; f != nil && !r.lines.endedAt(f.Ref) {
		warnings = append(warnings, model.Say("warning.fault", "Seq", f.Ref.Seq, "Log", f.Ref.Log.String()[:8]))
	}
	here := r.presence.here(r.roster)
	// A hundred consoles ask after each change; they get one and the same.
	if o := r.over; o != nil && o.Version == r.version && len(warnings)+len(own)+r.others == 0 && sameSlice(o.Here, here) {
		return o
	}
	r.others = len(warnings) + len(own)
	held := r.heldBack()
	warnings = append(warnings, model.HeldWarnings(held, r.roster)...)
	itself, _ := r.roster.Device(r.signer.Device())
	out := !r.me.IsZero() && !itself.Standing.Linked()
	access := r.roster.Access(r.me)
	if out {
		access = model.Observer // whoever keeps a room looks at what it has
		if itself.Standing == model.Out {
			warnings = append(warnings, model.Say("warning.device.out"))
		}
	}
	rows, keys := r.list.sorted()
	r.over = &model.Overview{
		Rows: rows, People: r.roster, Keys: keys, AllOpen: r.list.allOpen(), Me: r.me, Access: access, Out: out,
		Here: here, Calls: r.calls, Newer: r.newer, Peers: r.peers, Waiting: r.waiting,
		HeldBack: held, Warnings: warnings, Own: own, Version: r.version, Pages: r.paged, Pager: r.pager,
	}
	return r.over
}

func (r *Room) noWarning() []model.Phrase { return nil }

// sameSlice reports one and the same slice, which nobody changes.
func sameSlice(a, b []model.Presence) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// row gives an incident's row, false for one that is not there.
func (r *Room) row(id model.Scope) (model.Summary, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list.row(id)
}

// Do is model.Room.
func (r *Room) Do(ctx context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error) {
	req := &request{who: who, incident: incident, command: c}
	if !incident.IsZero() && !r.incidents.has(incident) {
		var err error
		if req.read, err = r.readFor(incident, r.part); err != nil {
			return model.Receipt{}, err
		}
	}
	for {
		req.answer = make(chan answer, 1)
		a, err := r.ask(ctx, req)
		if err != nil {
			return model.Receipt{}, err
		}
		if a.whole.IsZero() {
			return a.receipt, a.err
		}
		again := *req // the committer may hold the other still
		if again.read, err = r.readFor(a.whole, r.whole); err != nil {
			return model.Receipt{}, err
		}
		req = &again
	}
}

// ask gives the committer a request and waits for its answer. When ctx ends
// first, the act may still be done.
func (r *Room) ask(ctx context.Context, req *request) (answer, error) {
	return r.askAt(ctx, r.requests, req)
}

func (r *Room) askAt(ctx context.Context, queue chan<- *request, req *request) (answer, error) {
	r.asking.Add(1)
	defer r.asking.Add(-1)
	select {
	case queue <- req:
	case <-r.quit:
		return answer{}, ErrClosed
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	select {
	case a := <-req.answer:
		return a, nil
	case <-r.done:
		select {
		case a := <-req.answer: // answered while the room was ending
			return a, nil
		default:
			return answer{}, ErrClosed
		}
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// Ring tells every subscriber to look again: something that Warn or WarnOwn says changed.
func (r *Room) Ring() {
	r.mu.Lock()
	r.version++
	r.mu.Unlock()
	r.bells.ring()
}

// Watch is model.Room.
func (r *Room) Watch() model.Watch { return r.bells.add() }

var _ model.Room = (*Room)(nil)
