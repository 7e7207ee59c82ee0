package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// Times in ms, and limits.
const (
	pingEvery   = 5_000
	deadAfter   = 15_000
	vectorEvery = 30_000
	// vectorAfter is how many events are taken or written before vectors are
	// exchanged though the time has not come.
	vectorAfter = 1_000
	hashEvery   = 30_000
	hereEvery   = 1_000
	// wantPatience is how long an answer may stay away before another peer is asked.
	wantPatience = 20_000
	// stuckFor is how long a peer is not asked again for what it could not give.
	stuckFor = 30_000

	// MaxFlying is how many bytes of events may be on their way to the disk before no
	// more are asked for.
	MaxFlying = 4 << 20
	// maxWants is how many logs are asked for over one link at a time.
	maxWants = 8
	// maxServed is how many wants of one peer wait for their answer.
	maxServed = 64
	// The credit of a want grows while answers come fast, and shrinks on a slow link.
	minCredit, firstCredit, maxCredit = 32 << 10, 128 << 10, 1 << 20
	fastAnswer, slowAnswer            = 500, 4_000
	// liveWindow is how many bytes of fresh events may be unacknowledged on a link.
	liveWindow = 256 << 10
	// maxQueued is how many bytes may wait in a link before wants are not served on.
	maxQueued = 1 << 20
	// acksAtOnce is how many acknowledgements leave between two ticks; what comes
	// after is told of together.
	acksAtOnce = 50
	// maxHeard is how many ends of lines a peer may tell of, and maxScans how many logs
	// are looked at for what to ask it for, between two ticks.
	maxHeard = 100_000
	maxScans = 4 * maxHeard
	// maxForks is how many forks are told to one peer.
	maxForks = 64
)

// Defect makes an engine wrong in one way, so that the simulator can show that it
// would find it. Production leaves it zero.
type Defect uint8

// The defects.
const (
	NoDefect Defect = iota
	// NoTipHash compares vectors by numbers alone.
	NoTipHash
)

// Config is what an engine begins with.
type Config struct {
	Workspace model.WorkspaceID
	Device    model.DeviceKey
	// Instance is of this process, Store of this store: see wire.Hello.
	Instance, Store [16]byte
	// Software names this version for people.
	Software string
	// Lines are all lines on the disk.
	Lines []model.Branch
	// Writes are the logs that this room writes.
	Writes Writes
	// Limits are DefaultLimits when they are left zero.
	Limits Limits
	// Verify checks an event's own signature, by the device that is to have made it; nil
	// is model.Event.VerifySignature. Whoever runs many rooms in one process may check an
	// event once for all of them.
	Verify func(*model.Event, model.DeviceKey) error
	Defect Defect
}

// Engine is the state machine. It is for one goroutine.
type Engine struct {
	cfg         Config
	now, steady int64
	out         []any

	logs  map[model.LogID]*log
	lines map[model.LogID]*line

	links    map[ID]*link
	memories map[model.DeviceKey]*memory

	writes  Writes
	renewed bool // asked for, and Writes has not come

	next   uint64 // number of the last Take, Read or Look
	wants  map[model.LogID]*want
	takes  map[uint64]*taking
	reads  map[uint64]*serving
	looks  map[uint64]func([]Held)
	flying int   // bytes in runs that wait or are being taken
	failed int64 // takes in a row that the store refused

	forks  map[model.LogID]*fork
	hashed Hashed
	told   map[difference]bool // that were reported, and stand
	hashAt int64
	here   []wire.Console
	begun  bool

	// of is what the membership makes of the devices; empty while it is not known.
	of       map[model.DeviceKey]model.Device
	accounts map[model.DeviceKey]*account
	slowed   map[slowKey]*slowness
	// openers are who writes logs that are not here, opened their order.
	openers map[model.LogID]opener
	opened  []model.LogID
}

// log is one log with its lines.
type log struct {
	id     model.LogID
	device model.DeviceKey
	kind   model.LogKind
	lines  []*line
	runs   []*incoming // wait for those before them
	flying int         // takes under way
	begins int         // of them, those that begin a line
	busy   bool        // a Look is under way
	known  map[wire.Tip]holding
	// size is what it takes, in bytes. Of what was here when this process began, only the
	// envelopes are counted.
	size int64
}

// line is a line of a log.
type line struct {
	model.Branch
	log *log
	// ahead is its end with the takes that are under way.
	ahead model.Head
	// hashes are of its last events.
	hashes tail
}

// fork is a log that was written from two copies.
type fork struct {
	model.Fork
	at int64 // when the first of the two events was recorded
}

// New makes an engine.
func New(cfg Config) *Engine {
	e := &Engine{
		cfg: cfg, writes: cfg.Writes,
		logs: map[model.LogID]*log{}, lines: map[model.LogID]*line{},
		links: map[ID]*link{}, memories: map[model.DeviceKey]*memory{},
		wants: map[model.LogID]*want{}, takes: map[uint64]*taking{}, reads: map[uint64]*serving{}, looks: map[uint64]func([]Held){},
		forks: map[model.LogID]*fork{}, told: map[difference]bool{},
		accounts: map[model.DeviceKey]*account{}, slowed: map[slowKey]*slowness{}, openers: map[model.LogID]opener{},
	}
	if e.cfg.Limits == (Limits{}) {
		e.cfg.Limits = DefaultLimits()
	}
	for _, b := range cfg.Lines {
		e.line(b).log.size += int64(b.Tip.Seq-b.Base) * model.EnvelopeSize
	}
	return e
}

// line finds a line, or adds it.
func (e *Engine) line(b model.Branch) *line {
	if l := e.lines[b.ID]; l != nil {
		return l
	}
	g := e.logs[b.Log]
	if g == nil {
		g = &log{id: b.Log, device: b.Device, kind: b.Kind}
		e.logs[b.Log] = g
	}
	l := &line{Branch: b, log: g}
	l.ahead = l.end()
	if b.Tip.Seq > 0 {
		l.hashes.put(b.Tip.Seq, b.Tip.Hash.Short())
	}
	g.lines = append(g.lines, l)
	e.lines[b.ID] = l
	return l
}

// end is the line's end on the disk, as the next event attaches to it.
func (l *line) end() model.Head {
	return model.Head{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash, Clock: l.Tip.Clock}
}

// own reports a log of this device.
func (e *Engine) own(g *log) bool { return g != nil && g.device == e.cfg.Device }

// current reports a log that this room writes now.
func (e *Engine) current(id model.LogID) bool {
	return id == e.writes.Content || id == e.writes.Membership
}

// Step takes one input and gives what is to be done, in order. The slice is good
// until the next call.
func (e *Engine) Step(in Input) []any {
	e.out = e.out[:0]
	e.now, e.steady = in.At, in.Steady
	if !e.begun {
		e.begin()
	}
	switch w := in.What.(type) {
	case Up:
		e.up(w)
	case Down:
		e.down(w.Link)
	case Frame:
		e.frame(w)
	case Drained:
		if k := e.links[w.Link]; k != nil {
			k.left = w.Left
			e.serveNext(k)
		}
	case Durable:
		e.durable(w)
	case Taken:
		e.taken(w)
	case ReadDone:
		e.readDone(w)
	case LookDone:
		if fn := e.looks[w.Look]; fn != nil {
			delete(e.looks, w.Look)
			fn(w.Held)
		}
	case Writes:
		e.writes, e.renewed = w, false
	case Hashed:
		e.hashesAre(w)
	case Members:
		e.membersAre(w)
	case Here:
		if !slices.Equal(w.Consoles, e.here) {
			e.here = slices.Clone(w.Consoles)
			for _, k := range e.links {
				k.hereDue = true
			}
		}
	case Tick:
		e.tick()
	}
	return e.out
}

// begin looks for the proofs of forks that the store knows.
func (e *Engine) begin() {
	e.begun = true
	e.hashAt = e.steady
	for _, b := range e.cfg.Lines {
		if !b.Own() {
			e.proveFork(e.logs[b.Log], b.Base+1)
		}
	}
}

func (e *Engine) do(effect any) { e.out = append(e.out, effect) }

func (e *Engine) number() uint64 {
	e.next++
	return e.next
}

// look asks what stands at some numbers of a log.
func (e *Engine) look(g *log, from, to uint64, then func([]Held)) {
	n := e.number()
	e.looks[n] = then
	e.do(Look{Look: n, Log: g.id, From: from, To: to})
}

// tick does what is due.
func (e *Engine) tick() {
	for _, k := range e.sorted() {
		switch {
		case e.steady-k.lastIn >= deadAfter:
			e.end(k, 0, model.Say("peer.problem.silent"))
			continue
		case e.steady-k.pinged >= pingEvery:
			k.pinged = e.steady
			e.send(k, wire.Ping{T0: e.now * 1000})
		}
		k.acks = 0
		e.acknowledge(k)
		if k.ready && (e.steady-k.vectored >= vectorEvery || k.events >= vectorAfter) {
			e.vector(k, false)
		}
		if k.hereDue && k.ready && e.steady-k.hereAt >= hereEvery {
			k.hereAt, k.hereDue = e.steady, false
			e.send(k, wire.Presence{Consoles: e.here[:min(len(e.here), wire.MaxConsoles)]})
		}
	}
	e.impatient()
	e.refill()
	e.hurries()
	for _, k := range e.sorted() {
		k.scans = 0
		e.ask(k)
	}
	if e.steady-e.hashAt >= hashEvery && len(e.links) > 0 {
		e.hashAt = e.steady
		e.do(Hash{})
	}
}

// sorted are the links in order: what is sent must not depend on a map.
func (e *Engine) sorted() []*link {
	all := make([]*link, 0, len(e.links))
	for _, k := range e.links {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *link) int { return int(int64(a.id) - int64(b.id)) })
	return all
}
