package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	mrand "math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/link"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// linking keeps the links of a room process. Nothing of it runs until there is a file
// of peers or of invites, an address for them was given, or members have other devices:
// most rooms have none.
type linking struct {
	app  *app
	dir  string
	log  *slog.Logger
	wake chan struct{}

	// wants is rung by who needs the links though nobody is linked yet; begun is closed when
	// they run, ended when they will not.
	wants        chan struct{}
	begun, ended chan struct{}

	addresses atomic.Pointer[[]string]     // that were given at the start
	taken     atomic.Pointer[model.Phrase] // who says that this device was taken out
	roster    atomic.Pointer[membersOf]

	feed  atomic.Pointer[link.Feed]
	shell atomic.Pointer[link.Shell]
	wrong atomic.Pointer[[]model.Phrase]
}

func newLinking(a *app, dir string, log *slog.Logger) *linking {
	return &linking{
		app: a, dir: dir, log: log, wake: make(chan struct{}, 1), wants: make(chan struct{}, 1),
		begun: make(chan struct{}), ended: make(chan struct{}),
	}
}

// running is what runs the links; nil while there are none.
func (l *linking) running() *link.Shell {
	if l == nil {
		return nil
	}
	return l.shell.Load()
}

// fed passes on what became durable.
func (l *linking) fed(all []room.Fed) {
	feed := l.feed.Load()
	if feed == nil {
		return // nobody is to be told
	}
	for _, f := range all {
		feed.Put(peer.Durable{Branch: f.Branch, Events: f.Events})
	}
}

// warnings is what is wrong with the file of peers, or an address.
func (l *linking) warnings() []model.Phrase {
	if l == nil {
		return nil
	}
	var out []model.Phrase
	if who := l.taken.Load(); who != nil {
		out = append(out, model.Say("warning.out", "Name", *who))
	}
	if w := l.wrong.Load(); w != nil {
		out = append(out, *w...)
	}
	return out
}

// look has the file looked at now.
func (l *linking) look() {
	if l == nil {
		return
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// lookEvery is how often a room without peers looks whether it has some now.
const lookEvery = 2 * time.Second

// run keeps links from when there is somebody to link with until ctx ends. It gives the doors to
// peers that were opened to the shell.
func (l *linking) run(ctx context.Context, r *room.Room, doors []net.Listener) error {
	file := filepath.Join(l.dir, link.PeersFile)
	defer close(l.ended)
	var open []string
	for _, door := range doors {
		open = append(open, door.Addr().String())
	}
	l.addresses.Store(&open)
	if len(doors) == 0 && !l.waits(ctx, r, file) {
		return nil
	}
	feed := link.NewFeed()
	l.feed.Store(feed) // from here on nothing is missed; what is told twice does no harm
	defer l.feed.Store(nil)
	var serving sync.WaitGroup
	defer func() {
		for _, door := range doors {
			_ = door.Close()
		}
		serving.Wait()
	}()
	lines := r.Lines()
	shell, err := link.New(link.Options{
		Room: &joined{r}, Feed: feed, Key: r.Key(), PeersFile: file,
		Engine: peer.Config{
			Workspace: r.Workspace(), Device: r.Device(), Instance: random16(), Store: storeID(r),
			Software: thisBuild().name(), Lines: lines, Writes: writesOf(r),
		},
		Warn: func(all []model.Phrase) {
			l.wrong.Store(&all)
			r.Ring()
		},
		Saw:     func(name string, effect any) { l.saw(ctx, r, name, effect) },
		Members: func() map[model.DeviceKey]model.Device { return l.members(r) },
		Who:     func(d model.Device) (string, model.Access) { return whoHas(r, d) },
		Proof:   func() []wire.Run { return l.proof(r) },
		Admits: func(ctx context.Context, runs []wire.Run, device model.DeviceKey) error {
			return l.admits(ctx, r, runs, device)
		},
		InvitesFile: filepath.Join(l.dir, link.InvitesFile), Waiting: r.SetWaiting,
		Out: func(pin model.Hash, name string) {
			who := whoseDevice(r.Overview().People, pin, name)
			l.taken.Store(&who)
			r.Ring()
		},
		Now: l.app.Now, Random: mrand.Float64, Log: l.log,
	})
	if err != nil {
		return err
	}
	l.shell.Store(shell)
	close(l.begun)
	l.log.Info("the room has peers", "file", file)
	for _, door := range doors {
		serving.Go(func() { _ = shell.Serve(door) }) // until it is closed
	}
	shell.Run(ctx)
	return nil
}

// saw writes down what the links found.
func (l *linking) saw(ctx context.Context, r *room.Room, name string, effect any) {
	switch e := effect.(type) {
	case peer.Forked:
		l.log.Warn("a log was written from two copies", "log", e.Fork.Log.String(), "seq", e.Fork.Seq)
	case peer.Differs:
		file, err := l.note(ctx, r, name, e)
		if err != nil {
			l.log.Warn("what this room holds could not be kept for a comparison", "error", err)
		}
		l.log.Error("a peer has the same events and another state",
			"peer", name, "scope", e.Scope.String(), "here", e.Here.String(), "there", e.His.String(), "file", file)
	}
}

func random16() (id [16]byte) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

// writesOf are the logs that a room writes now.
func writesOf(r *room.Room) peer.Writes {
	content, membership := r.Writes()
	return peer.Writes{Content: content, Membership: membership}
}

// storeID tells this store from a copy of it, which goes on under other logs.
func storeID(r *room.Room) [16]byte {
	w := writesOf(r)
	sum := sha256.Sum256(append(append([]byte("warroom store v1"), w.Membership[:]...), w.Content[:]...))
	return [16]byte(sum[:16])
}

// joined is a room as links see it.
type joined struct{ *room.Room }

// SetPeers tells the room how the links stand; one without peers has none. Whose the
// devices are that wrote what is wrong, the room knows.
func (j *joined) SetPeers(p *model.Peers) {
	j.SetLinked(len(p.All) > 0 || goesOut(j.Room))
	people := j.Overview().People
	for i := range p.Forks {
		p.Forks[i].Person, _ = people.ByDevice(p.Forks[i].Device)
	}
	for i := range p.Ended {
		p.Ended[i].Person, _ = people.ByDevice(p.Ended[i].Device)
	}
	if len(p.All) == 0 && len(p.Forks) == 0 && len(p.Ended) == 0 {
		p = nil
	}
	j.Room.SetPeers(p)
}

// ReadLine is link.Room.
func (j *joined) ReadLine(_ context.Context, tip wire.Tip, from uint64, bytes int) ([]*model.Event, error) {
	return j.Room.ReadLine(tip, from, bytes)
}

// Look is link.Room.
func (j *joined) Look(_ context.Context, log model.LogID, from, to uint64) ([]peer.Held, error) {
	return j.Room.Look(log, from, to)
}

// Hashes is link.Room.
func (j *joined) Hashes(ctx context.Context) (peer.Hashed, error) {
	h, err := j.Room.Hashes(ctx)
	if err != nil {
		return peer.Hashed{}, err
	}
	return peer.Hashed{Vector: peer.CountedDigest(h.Lines), Hashes: h.Of}, nil
}

// Consoles is link.Room.
func (j *joined) Consoles() []wire.Console {
	var out []wire.Console
	for _, p := range j.Room.Consoles() {
		out = append(out, wire.Console{
			Person: p.Person, Via: p.Via, Incident: p.Incident, Since: p.Since, Active: p.Active, Typing: p.Typing, Claimed: p.Claimed,
		})
	}
	return out
}

// SetConsoles is link.Room.
func (j *joined) SetConsoles(name string, here []wire.Console) {
	people := j.Overview().People
	var out []model.Presence
	for i, c := range here {
		out = append(out, model.Presence{
			Seat: uint64(i) + 1, Person: c.Person, Via: c.Via, Access: people.Access(c.Person), Incident: c.Incident, Since: c.Since, Active: c.Active,
			Typing: c.Typing, Claimed: c.Claimed, Room: name,
		})
	}
	j.Room.SetConsoles(name, out)
}

// peerLinks are those of the room process that this session is in; nil for none.
func (a *app) peerLinks() *linking {
	if a.door == nil {
		return nil
	}
	return a.door.doorman.links
}

// peersIn reports a folder whose room is linked with others.
func peersIn(dir string) bool {
	if dir == "" || !storage.There(dir) {
		return false
	}
	had, err := link.LoadPeers(filepath.Join(dir, link.PeersFile))
	return err != nil || len(had.All) > 0 // what cannot be read may name some
}
