package link

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"io/fs"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/sync/gate"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Room is what the Shell needs of a room. Its methods are called by several
// goroutines, but Take by one, in order.
type Room interface {
	// Take makes a run durable. What it made durable was put into the Feed before
	// it returns.
	Take(ctx context.Context, t peer.Take) error
	// ReadLine gives the events of the line that holds tip, from a number on to tip's,
	// as many as fit bytes and at least one; none where the line is not held.
	ReadLine(ctx context.Context, tip wire.Tip, from uint64, bytes int) ([]*model.Event, error)
	// Look gives what stands at the numbers of a log, in all its lines.
	Look(ctx context.Context, log model.LogID, from, to uint64) ([]peer.Held, error)
	// Renew begins new logs: Writes has them, and the Feed their openings, when it returns.
	Renew(ctx context.Context, reason model.OpenReason) error
	// Writes are the logs that it writes in now. It may begin others by itself.
	Writes() (content, membership model.LogID)
	// Hashes gives the state hashes and of what they are.
	Hashes(ctx context.Context) (peer.Hashed, error)
	// Consoles are those that are open in this room.
	Consoles() []wire.Console
	// SetConsoles says which are open at a peer.
	SetConsoles(name string, here []wire.Console)
	// SetPeers says how the links stand.
	SetPeers(p *model.Peers)
}

// Options are what a Shell is made of.
type Options struct {
	Room Room
	// Feed is what the room puts in what became durable.
	Feed *Feed
	// Engine is what the engine begins with.
	Engine peer.Config
	// Key is the device's.
	Key ed25519.PrivateKey
	// PeersFile is the path of the file of peers; "" for none.
	PeersFile string
	// Members gives what the membership says of each device that it knows, as it is now;
	// nil where nobody but the file says who is a peer. It is asked often, by many
	// goroutines: it must be cheap, must not call the Shell, and what it gave must not change.
	Members func() map[model.DeviceKey]model.Device
	// Who says what a member's device is called, for people, and what its person may do.
	Who func(model.Device) (name string, access model.Access)
	// Out is told when a peer says that this device was taken out: its pin, and its name
	// among the links, which may be no more than an address. It must not wait.
	Out func(pin model.Hash, name string)
	// InvitesFile is the path of the file of invites; "" for a room that invites nobody.
	InvitesFile string
	// Waiting gets who asks to come in, whenever that changes. It must neither wait nor call
	// the Shell.
	Waiting func([]model.Waiting)
	// Proof gives the membership that shows a peer who has not heard of it that this device is a
	// member's. It may read the disk.
	Proof func() []wire.Run
	// Admits checks what a device shows of the membership, against what is held, and
	// takes it into the room when it makes the device a member's: Members has it then. A
	// stranger may have made it up.
	Admits func(ctx context.Context, runs []wire.Run, device model.DeviceKey) error
	// Warn gets all that is wrong with the file and the addresses, whenever it
	// changes.
	Warn func([]model.Phrase)
	// Saw gets each peer.Differs and peer.Forked, with the name of the peer where it is
	// of one. It may take its time.
	Saw func(name string, effect any)
	// Net opens streams to peers; nil is the network and ssh.
	Net func(ctx context.Context, r Route) (net.Conn, func() string, error)
	// Listen opens an address; nil is TCP.
	Listen func(address string) (net.Listener, error)
	Limits Limits
	// Now is the clock that people see; Random gives numbers from 0 to 1.
	Now    func() time.Time
	Random func() float64
	Log    *slog.Logger
}

const (
	tickEvery = 250 * time.Millisecond
	// fileEvery is how often the file of peers is looked at, in ticks.
	fileEvery = 8
	// showEvery is how often people are told of links at most.
	showEvery = 100 * time.Millisecond
	// maxFlying is how many bytes that came in may be on their way to the disk before no more is
	// read: a stream stops, nothing is thrown away.
	maxFlying = 4 << 20
	// maxLinks is how many links there may be: more than a team has devices.
	maxLinks = 256
	// young is the age up to which two links of a pair come from both dialing at once.
	// Later, who dials again has lost the first.
	young = 3 * time.Second
	// renewFirst and renewLast are how long to wait when no new logs could be begun: a
	// disk is full.
	renewFirst, renewLast = time.Second, 30 * time.Second
)

// peersAtDoor bounds who knocks at the port for peers. A handshake costs a millisecond of
// processor or two, so that all strangers together have a tenth of one at most, however
// many they are; who is turned away costs no handshake.
var peersAtDoor = gate.Limits{
	HalfOpen: 64, HalfOpenAddress: 16, PerSecond: 20, Burst: 60, Strangers: 50, StrangersBurst: 50,
}

// Shell runs an engine between the links and a room.
type Shell struct {
	o      Options
	cert   tls.Certificate
	own    model.DeviceKey
	limits Limits
	gate   *gate.Gate
	in     *inbox[any] // inputs of the engine
	flying *budget
	file   atomic.Pointer[fileState]
	began  time.Time

	// Of Run's goroutine alone.
	engine                     *peer.Engine
	takes, reads, renews, slow *work
	stat                       fs.FileInfo
	ended                      map[model.LogID]model.EndedLog // by line
	writes                     peer.Writes
	differs                    map[model.Hash][]model.Scope // by pin, as long as they do
	dirty                      bool
	followed                   bool
	members                    map[model.DeviceKey]model.Device // as the engine was told
	shown                      time.Duration

	begun  chan struct{} // closed when Run begins
	proofs chan struct{} // holds what looks at a stranger's proof
	lobby  *lobby

	mu      sync.Mutex
	ctx     context.Context // nil before Run
	closed  bool
	all     sync.WaitGroup // goroutines of Run
	next    peer.ID
	links   map[peer.ID]*linked
	devices map[model.DeviceKey]*linked
	guests  map[model.Hash]*guest // members' devices that the file does not name
	outs    map[model.Hash]bool   // peers that say that this device was taken out
	doors   map[string]net.Listener
	trouble map[string]model.Phrase // of doors and the file
}

// linked is a link with what the shell knows of it.
type linked struct {
	*Link
	at time.Duration
	// why is what the engine said, problem what the stream did.
	why, problem model.Phrase
	// replaced says that the engine was told that it is gone.
	replaced bool
	drained  atomic.Bool // an input says so already
	left     atomic.Int64
	// out says that the other side ended it because this device was taken out.
	out atomic.Bool
}

// fileState is what the file says, with who keeps the links.
type fileState struct {
	peers   Peers
	keepers map[model.Hash]*kept
}

type kept struct {
	*Keeper
	stop context.CancelFunc
}

// New makes a Shell that Run runs.
func New(o Options) (*Shell, error) {
	cert, err := Certificate(o.Key)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Warn == nil {
		o.Warn = func([]model.Phrase) {}
	}
	if o.Saw == nil {
		o.Saw = func(string, any) {}
	}
	if o.Out == nil {
		o.Out = func(model.Hash, string) {}
	}
	if o.Waiting == nil {
		o.Waiting = func([]model.Waiting) {}
	}
	if o.Listen == nil {
		o.Listen = func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	}
	if o.Feed == nil {
		o.Feed = NewFeed()
	}
	s := &Shell{
		o: o, cert: cert, own: model.DeviceKey(o.Key.Public().(ed25519.PublicKey)), limits: o.Limits.orUsual(),
		gate: gate.New(peersAtDoor, o.Now), in: newInbox[any](), flying: newBudget(maxFlying), began: time.Now(),
		differs: map[model.Hash][]model.Scope{}, ended: map[model.LogID]model.EndedLog{}, begun: make(chan struct{}),
		links: map[peer.ID]*linked{}, devices: map[model.DeviceKey]*linked{}, proofs: make(chan struct{}, 1),
		guests: map[model.Hash]*guest{}, outs: map[model.Hash]bool{},
		doors: map[string]net.Listener{}, trouble: map[string]model.Phrase{},
	}
	s.file.Store(&fileState{})
	s.lobby = &lobby{s: s, file: o.InvitesFile, here: map[asked]*waiter{}}
	s.lobby.open()
	return s, nil
}

// steady is a clock that does not jump.
func (s *Shell) steady() time.Duration { return time.Since(s.began) }

// Run links the room with its peers until the context ends. It ends the links with
// a goodbye, and returns when nothing of it runs any more.
func (s *Shell) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.ctx = ctx
	s.mu.Unlock()
	close(s.begun)
	s.takes, s.reads = newWork(ctx, &s.all, 1), newWork(ctx, &s.all, 2)
	s.renews, s.slow = newWork(ctx, &s.all, 1), newWork(ctx, &s.all, 1)
	s.engine = peer.New(s.o.Engine)
	s.writes = s.o.Engine.Writes
	for _, b := range s.o.Engine.Lines {
		s.ends(b)
	}
	s.roster()
	s.reload(true)
	s.show()
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for n := 1; ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case <-s.in.bell:
		case <-s.o.Feed.in.bell:
		case <-tick.C:
			if n++; n%fileEvery == 0 {
				s.reload(false)
				s.awayGuests()
			}
			s.roster()
			s.step(peer.Here{Consoles: s.o.Room.Consoles()})
			s.step(peer.Tick{})
		}
		// What a Take made durable was in the feed before it was answered.
		inputs := s.in.all()
		fed := s.o.Feed.all()
		s.wrote()
		if slices.Contains(inputs, any(changedMembers{})) {
			s.roster() // before what comes after it is told to anybody
		}
		for _, d := range fed {
			s.ends(d.Branch)
			s.step(d)
			if d.Branch.Kind == model.MembershipLog {
				s.roster()
			}
		}
		for _, in := range inputs {
			s.input(in)
		}
		if s.dirty && s.steady()-s.shown >= showEvery {
			s.show()
		}
	}
	s.close(cancel)
}

// input hands the engine what came in.
func (s *Shell) input(in any) {
	switch in := in.(type) {
	case peer.Frame:
		s.step(in)
		s.flying.add(-len(in.Raw))
	case peer.Down:
		s.step(in)
		s.gone(in.Link)
	case drained:
		in.drained.Store(false)
		s.step(peer.Drained{Link: in.ID, Left: int(in.left.Load())})
	case touched:
		s.dirty = true
	case changedMembers: // looked at already
	default:
		s.step(in)
	}
}

// drained says that a link sent something; touched, that a keeper has something new.
type (
	drained struct{ *linked }
	touched struct{}
)

func (s *Shell) step(in any) {
	for _, effect := range s.engine.Step(peer.Input{At: s.o.Now().UnixMilli(), Steady: s.steady().Milliseconds(), What: in}) {
		s.carryOut(effect)
	}
}

// link gives the link of a number, nil when it is gone.
func (s *Shell) link(id peer.ID) *linked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.links[id]
}

// carryOut does what the engine wants.
func (s *Shell) carryOut(effect any) {
	ctx := s.ctx
	switch e := effect.(type) {
	case peer.Send:
		if l := s.link(e.Link); l != nil {
			l.Send(e.Raw)
		}
	case peer.Close:
		if l := s.link(e.Link); l != nil {
			l.why = e.Why
			l.Finish(0) // the engine has said goodbye
		}
	case peer.Take:
		size := 0
		for _, ev := range e.Events {
			size += ev.Size()
		}
		s.flying.add(size)
		s.takes.do(func() {
			err := s.o.Room.Take(ctx, e)
			s.flying.add(-size)
			if err != nil {
				s.o.Log.Warn("events of a peer could not be taken", "log", e.Log.String(), "events", len(e.Events), "error", err)
			}
			s.in.put(peer.Taken{Take: e.Take, Err: err})
		})
	case peer.Read:
		s.reads.do(func() {
			events, err := s.o.Room.ReadLine(ctx, e.Tip, e.From, e.Bytes)
			s.complain("events could not be read for a peer", err)
			s.in.put(peer.ReadDone{Read: e.Read, Events: events})
		})
	case peer.Look:
		s.reads.do(func() {
			held, err := s.o.Room.Look(ctx, e.Log, e.From, e.To)
			s.complain("a log could not be looked at", err)
			s.in.put(peer.LookDone{Look: e.Look, Held: held})
		})
	case peer.Renew:
		s.renews.do(func() { s.renew(ctx, e.Reason) })
	case peer.Hash:
		s.slow.do(func() {
			h, err := s.o.Room.Hashes(ctx)
			if err != nil {
				s.complain("no state hashes", err)
				return
			}
			s.in.put(h)
		})
	case peer.Consoles:
		if name := s.nameOf(e.Link); name != "" {
			s.o.Room.SetConsoles(name, e.Here)
		}
	case peer.Differs:
		s.differ(e)
	case peer.Agrees:
		if l := s.link(e.Link); l != nil {
			pin := PinOf(l.Device)
			s.differs[pin] = slices.DeleteFunc(s.differs[pin], func(is model.Scope) bool { return is == e.Scope })
			s.dirty = true
		}
	case peer.Forked:
		s.slow.do(func() { s.o.Saw("", e) })
		s.dirty = true
	case peer.Changed:
		s.dirty = true
	}
}

func (s *Shell) complain(what string, err error) {
	if err != nil && s.ctx.Err() == nil {
		s.o.Log.Warn(what, "error", err)
	}
}

// renew begins new logs, however long that takes: until then nothing more is written
// under a number that may be used already.
func (s *Shell) renew(ctx context.Context, reason model.OpenReason) {
	for wait := renewFirst; ; wait = min(2*wait, renewLast) {
		err := s.o.Room.Renew(ctx, reason)
		if err == nil {
			return // the feed has their openings: wrote sees them
		}
		s.complain("no new log could be begun", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// wrote tells the engine when the room writes in other logs than before.
func (s *Shell) wrote() {
	w := peer.Writes{}
	if w.Content, w.Membership = s.o.Room.Writes(); w != s.writes {
		s.writes = w
		s.step(w)
	}
}

// ends notes a line that counts only before a number.
func (s *Shell) ends(b model.Branch) {
	if b.Ends > 0 {
		s.ended[b.ID] = model.EndedLog{Log: b.Log, From: b.Ends, Device: b.Device}
		s.dirty = true
	}
}

func (s *Shell) differ(e peer.Differs) {
	l := s.link(e.Link)
	if l == nil {
		return
	}
	pin := PinOf(l.Device)
	s.differs[pin] = append(s.differs[pin], e.Scope)
	name := l.Name
	s.slow.do(func() { s.o.Saw(name, e) })
	s.dirty = true
}

func (s *Shell) nameOf(id peer.ID) string {
	if l := s.link(id); l != nil {
		return l.Name
	}
	return ""
}

// close ends everything.
func (s *Shell) close(cancel context.CancelFunc) {
	s.mu.Lock()
	s.closed = true
	for address, l := range s.doors {
		_ = l.Close()
		delete(s.doors, address)
	}
	for _, l := range s.links {
		l.Finish(wire.ByeClosing)
	}
	s.mu.Unlock()
	cancel()
	s.all.Wait()
}
