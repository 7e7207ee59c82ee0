package link_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/link"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

func deviceKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func device(seed byte) model.DeviceKey {
	return model.DeviceKey(deviceKey(seed).Public().(ed25519.PublicKey))
}

func pin(seed byte) model.Hash { return link.PinOf(device(seed)) }

// room is a room that only keeps lines of logs.
type room struct {
	t      testing.TB
	signer model.Signer
	feed   *link.Feed
	store  *storage.Memory

	mu       sync.Mutex
	now      peer.Writes
	lines    map[model.LogID]model.Branch
	peers    *model.Peers
	consoles map[string][]wire.Console
	here     []wire.Console
	stuck    chan struct{} // when set, Take waits for it
	moved    chan struct{} // closed and made anew when something changes
	odd      []byte        // makes its state hash another
	taken    int
	renewed  int
}

func newRoom(t testing.TB, seed byte, ws model.WorkspaceID) *room {
	r := &room{
		t: t, signer: model.Signer{Workspace: ws, Key: deviceKey(seed)}, feed: link.NewFeed(), store: storage.NewMemory(),
		lines: map[model.LogID]model.Branch{}, consoles: map[string][]wire.Console{},
		moved: make(chan struct{}),
	}
	r.now = peer.Writes{Content: r.open(model.ContentLog, 1), Membership: r.open(model.MembershipLog, 2)}
	return r
}

func (r *room) open(kind model.LogKind, nonce byte) model.LogID {
	n := model.Nonce{nonce}
	id := model.NewLogID(r.signer.Device(), n)
	r.mu.Lock()
	r.lines[id] = model.Branch{ID: id, Log: id, Tip: model.Head{Log: id}, Device: r.signer.Device(), Kind: kind, Nonce: n}
	r.mu.Unlock()
	r.seal(id, model.Draft{Scope: r.signer.Workspace.Scope(), Body: &model.LogOpen{
		Device: r.signer.Device(), Workspace: r.signer.Workspace, Log: kind, Nonce: n, Reason: model.ReasonNew,
	}})
	return id
}

func (r *room) seal(log model.LogID, d model.Draft) {
	r.mu.Lock()
	line := r.lines[log]
	r.mu.Unlock()
	e, _, err := model.Seal(r.signer, line.Tip, d, 1_700_000_000_000, model.Salt{1})
	require.NoError(r.t, err)
	require.NoError(r.t, r.commit([]*model.Event{e}, line))
}

// write adds entries to the content log.
func (r *room) write(texts ...string) {
	for _, text := range texts {
		r.seal(r.writes().Content, model.Draft{Scope: model.Scope{0xaa}, Body: &model.EntryAdd{}, Text: text})
	}
}

func (r *room) commit(run []*model.Event, line model.Branch) error {
	var b storage.Batch
	for _, e := range run {
		b.Events = append(b.Events, storage.Placed{Event: e, Eff: e.Clock})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	done, err := r.store.Commit(context.Background(), b)
	if err != nil {
		return err
	}
	last := run[len(run)-1]
	line.Tip, line.Eff = model.Head{Log: line.ID, Seq: last.Seq, Hash: last.Hash(), Clock: last.Clock}, last.Clock
	r.lines[line.ID] = line
	r.move()
	r.feed.Put(peer.Durable{Branch: line, Events: done})
	return nil
}

func (r *room) Take(ctx context.Context, t peer.Take) error {
	r.mu.Lock()
	stuck := r.stuck
	line, ok := r.lines[t.Branch]
	for _, e := range t.Events {
		r.taken += e.Size()
	}
	r.mu.Unlock()
	if stuck != nil {
		select {
		case <-stuck:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !ok {
		body, _, err := model.DecodeBody(t.Events[0].Kind, t.Events[0].Body)
		if err != nil {
			return err
		}
		open, ok := body.(*model.LogOpen)
		if !ok || t.Begins {
			return errors.New("this room knows no branches")
		}
		line = model.Branch{ID: t.Log, Log: t.Log, Device: open.Device, Kind: open.Log, Nonce: open.Nonce}
	}
	return r.commit(t.Events, line)
}

func (r *room) ReadLine(_ context.Context, tip wire.Tip, from uint64, bytes int) (run []*model.Event, err error) {
	err = r.store.Log(tip.Log, from, func(e *model.Event) error {
		if bytes -= e.Size(); len(run) > 0 && bytes < 0 || e.Seq > tip.Seq {
			return fs.SkipAll
		}
		run = append(run, e)
		return nil
	})
	if errors.Is(err, fs.SkipAll) {
		err = nil
	}
	return run, err
}

func (r *room) Look(_ context.Context, log model.LogID, from, to uint64) (held []peer.Held, err error) {
	err = r.store.Log(log, from, func(e *model.Event) error {
		if e.Seq > to {
			return fs.SkipAll
		}
		held = append(held, peer.Held{Branch: log, Event: e})
		return nil
	})
	if errors.Is(err, fs.SkipAll) {
		err = nil
	}
	return held, err
}

func (r *room) Renew(context.Context, model.OpenReason) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.renewed++
	return nil
}

func (r *room) Writes() (content, membership model.LogID) {
	w := r.writes()
	return w.Content, w.Membership
}

func (r *room) writes() peer.Writes {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// goOn writes under another content log.
func (r *room) goOn(nonce byte) {
	id := r.open(model.ContentLog, nonce)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Content = id
}

func (r *room) Hashes(context.Context) (peer.Hashed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var tips []wire.Tip
	all := sha256.New()
	for _, id := range slices.SortedFunc(maps.Keys(r.lines), func(a, b model.LogID) int { return slices.Compare(a[:], b[:]) }) {
		l := r.lines[id]
		tips = append(tips, wire.Tip{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()})
		all.Write(l.Tip.Hash[:])
	}
	all.Write(r.odd)
	return peer.Hashed{Vector: wire.DigestOf(tips), Hashes: map[model.Scope]model.Hash{r.signer.Workspace.Scope(): model.Hash(all.Sum(nil))}}, nil
}

func (r *room) Consoles() []wire.Console {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.here
}

func (r *room) SetConsoles(name string, here []wire.Console) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.consoles[name] = here
}

func (r *room) SetPeers(p *model.Peers) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = p
	r.move()
}

// move wakes until; mu is held.
func (r *room) move() {
	close(r.moved)
	r.moved = make(chan struct{})
}

// until waits for something to be so, looking whenever the room changes.
func (r *room) until(is func() bool) {
	r.t.Helper()
	patience := time.After(time.Minute)
	for {
		r.mu.Lock()
		moved := r.moved
		r.mu.Unlock()
		if is() {
			return
		}
		select {
		case <-moved:
		case <-patience:
			require.FailNow(r.t, "it does not come to be so")
		}
	}
}

// look gives what the room was told of its peer, which must be the only one.
func (r *room) peer() model.Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.peers == nil || len(r.peers.All) != 1 {
		return model.Peer{}
	}
	return r.peers.All[0]
}

// tips are the ends of all lines.
func (r *room) tips() map[model.LogID]model.Head {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[model.LogID]model.Head{}
	for id, l := range r.lines {
		out[id] = l.Tip
	}
	return out
}

// network is a network of pipes: addresses at which somebody listens.
type network struct {
	mu    sync.Mutex
	doors map[string]*pipeDoor
	down  map[string]bool // addresses that nobody reaches
	conns []net.Conn
	dials []string
	// recorded has each end keep what it sends.
	recorded bool
	kept     []*recorder
}

func newNetwork() *network { return &network{doors: map[string]*pipeDoor{}, down: map[string]bool{}} }

func (n *network) listen(address string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d := &pipeDoor{n: n, address: address, in: make(chan net.Conn, 16), closed: make(chan struct{})}
	n.doors[address] = d
	return d, nil
}

func (n *network) dial(ctx context.Context, r link.Route) (net.Conn, func() string, error) {
	n.mu.Lock()
	d := n.doors[r.Address]
	n.dials = append(n.dials, r.String())
	if d == nil || n.down[r.Address] {
		n.mu.Unlock()
		return nil, nil, fmt.Errorf("no way to %s", r)
	}
	here, there := link.Pipe("dialer", "dialed")
	if n.recorded {
		a, b := &recorder{Conn: here}, &recorder{Conn: there}
		n.kept = append(n.kept, a, b)
		here, there = a, b
	}
	n.conns = append(n.conns, here, there)
	n.mu.Unlock()
	select {
	case d.in <- there:
		return here, nil, nil
	case <-d.closed:
	case <-ctx.Done():
	}
	return nil, nil, net.ErrClosed
}

// cut closes all streams, and lets nobody dial an address until mend.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for a := range n.doors {
		n.down[a] = true
	}
	for _, c := range n.conns {
		_ = c.Close()
	}
	n.conns = nil
}

func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.down)
}

func (n *network) records() (all [][]byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range n.kept {
		all = append(all, r.written())
	}
	return all
}

func (n *network) dialed() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.dials)
}

type pipeDoor struct {
	n       *network
	address string
	in      chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (d *pipeDoor) Accept() (net.Conn, error) {
	select {
	case c := <-d.in:
		return c, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *pipeDoor) Close() error {
	d.once.Do(func() {
		close(d.closed)
		d.n.mu.Lock()
		delete(d.n.doors, d.address)
		d.n.mu.Unlock()
	})
	return nil
}

type pipeAddr string

func (pipeAddr) Network() string          { return "pipe" }
func (a pipeAddr) String() string         { return string(a) }
func (d *pipeDoor) Addr() (addr net.Addr) { return pipeAddr(d.address) }

// place is a room with its shell.
type place struct {
	*room
	shell    *link.Shell
	file     string
	warnings []model.Phrase // the last
	saw      []any
	stop     func()
}

var workspace = model.WorkspaceID{7}

// settle opens a place whose file says what peers does.
func settle(t testing.TB, n *network, seed byte, ws model.WorkspaceID, peers link.Peers, change ...func(*link.Options)) *place {
	t.Helper()
	p := &place{room: newRoom(t, seed, ws), file: filepath.Join(t.TempDir(), link.PeersFile)}
	require.NoError(t, link.SavePeers(p.file, peers))
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	var mu sync.Mutex
	o := link.Options{
		Room: p.room, Feed: p.feed, Key: p.signer.Key, PeersFile: p.file,
		Engine: peer.Config{
			Workspace: ws, Device: p.signer.Device(), Instance: [16]byte{seed}, Store: [16]byte{seed}, Software: "test",
			Lines: slices.Collect(maps.Values(p.lines)), Writes: p.writes(),
		},
		Warn:   func(w []model.Phrase) { p.mu.Lock(); defer p.mu.Unlock(); p.warnings = w },
		Saw:    func(_ string, effect any) { mu.Lock(); defer mu.Unlock(); p.saw = append(p.saw, effect) },
		Now:    time.Now,
		Random: func() float64 { mu.Lock(); defer mu.Unlock(); return random.Float64() },
	}
	if n != nil {
		o.Net, o.Listen = n.dial, n.listen
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	p.shell, err = link.New(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.shell.Run(ctx)
	}()
	p.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(p.stop)
	return p
}

// knows is a file of peers with one, at an address where one is given.
func knows(name string, seed byte, addresses ...string) link.Peers {
	for i := range addresses {
		addresses[i] += ":7117"
	}
	return link.Peers{All: []link.Peer{{Name: name, Pin: pin(seed), Addresses: addresses}}}
}

func listens(p link.Peers, addresses ...string) link.Peers {
	for _, a := range addresses {
		p.Listen = append(p.Listen, a+":7117")
	}
	return p
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// open counts the ends of streams that are not closed.
func (n *network) open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	open := 0
	for _, c := range n.conns {
		// A write of nothing tells whether it is closed.
		if _, err := c.Write(nil); err == nil {
			open++
		}
	}
	return open
}

func (p *place) warned() []model.Phrase {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.warnings
}

// waits is how much of what came in waits for the disk.
func (p *place) waits() int { return p.shell.Flying() }
