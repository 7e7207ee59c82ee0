package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
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

// linkedRoom is a room with its store on the disk and links with others, as `warroom serve`
// runs one.
type linkedRoom struct {
	*room.Room
	dir     string
	feed    *link.Feed
	durable atomic.Int64  // events since it was opened
	ends    sync.Map      // of lines: the number of the last durable event
	news    chan struct{} // rings with both
	over    func()        // ends the links
}

// openLinked opens a room: a new workspace's, or a guest of another one's.
func openLinked(dir string, workspace model.WorkspaceID) (*linkedRoom, error) {
	store, err := storage.Open(dir, storage.Options{})
	if err != nil {
		return nil, err
	}
	l := &linkedRoom{dir: dir, feed: link.NewFeed(), news: make(chan struct{}, 1), over: func() {}}
	l.Room, err = room.Open(context.Background(), room.Options{
		Store: store, Dir: dir, Name: "ana", Workspace: workspace, Feed: l.fed, Linked: true,
	})
	return l, err
}

func (l *linkedRoom) fed(all []room.Fed) {
	for _, f := range all {
		l.durable.Add(int64(len(f.Events)))
		l.ends.Store(f.Branch.ID, f.Branch.Tip.Seq)
		l.feed.Put(peer.Durable{Branch: f.Branch, Events: f.Events})
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// until waits for what becomes so when something is durable.
func (l *linkedRoom) until(so func() bool) error {
	late := time.After(fetchLimit)
	for !so() {
		select {
		case <-l.news:
		case <-late:
			return fmt.Errorf("warroom: it never came; %d events did", l.durable.Load())
		}
	}
	return nil
}

// holds reports an event that is durable here.
func (l *linkedRoom) holds(ref model.Ref) bool {
	end, ok := l.ends.Load(ref.Log)
	return ok && end.(uint64) >= ref.Seq
}

// run links with the peers of the file, and lets peers in at the address that it gives.
func (l *linkedRoom) run(peers ...link.Peer) (address string, err error) {
	file := filepath.Join(l.dir, link.PeersFile)
	if err := link.SavePeers(file, link.Peers{All: peers}); err != nil {
		return "", err
	}
	content, membership := l.Writes()
	shell, err := link.New(link.Options{
		Room: l, Feed: l.feed, Key: l.Key(), PeersFile: file,
		Engine: peer.Config{
			Workspace: l.Workspace(), Device: l.Device(), Instance: [16]byte(content), Store: [16]byte(content), Software: "bench",
			Lines: l.Lines(), Writes: peer.Writes{Content: content, Membership: membership},
		},
		Now: time.Now, Random: rand.Float64,
	})
	if err != nil {
		return "", err
	}
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { shell.Run(ctx) })
	running.Go(func() { _ = shell.Serve(door) }) // until it is closed
	l.over = func() {
		cancel()
		_ = door.Close()
		running.Wait()
	}
	return door.Addr().String(), nil
}

func (l *linkedRoom) close() error {
	l.over()
	return l.Room.Close()
}

// lets has a device come in, and writes where it is: the room's own act and the file's.
func (l *linkedRoom) lets(device model.DeviceKey) (link.Peer, error) {
	_, err := l.does(model.Scope{}, model.AddDevice{Name: "bob", Access: model.Responder, Device: device})
	return link.Peer{Name: "bob", Pin: link.PinOf(device)}, err
}

func (l *linkedRoom) does(in model.Scope, c model.Command) (model.Receipt, error) {
	return l.Do(context.Background(), model.Actor{Person: l.Me(), Via: model.DoorConsole}, in, c)
}

// What links need of a room and it gives with other types.

func (l *linkedRoom) ReadLine(_ context.Context, tip wire.Tip, from uint64, bytes int) ([]*model.Event, error) {
	return l.Room.ReadLine(tip, from, bytes)
}

func (l *linkedRoom) Look(_ context.Context, log model.LogID, from, to uint64) ([]peer.Held, error) {
	return l.Room.Look(log, from, to)
}

func (l *linkedRoom) Hashes(ctx context.Context) (peer.Hashed, error) {
	h, err := l.Room.Hashes(ctx)
	return peer.Hashed{Vector: peer.CountedDigest(h.Lines), Hashes: h.Of}, err
}

func (l *linkedRoom) Consoles() []wire.Console { return nil }

func (l *linkedRoom) SetConsoles(string, []wire.Console) {}

// holdRoom is the process that has the events: its room founds the workspace and lets in
// the one in the folder beside it.
func holdRoom(dir string, events int) (address string, stop func() error, err error) {
	l, err := openLinked(dir, model.WorkspaceID{})
	if err != nil {
		return "", nil, err
	}
	const writers, each = 16, 1_000
	var left atomic.Int64
	left.Store(int64(events))
	errs := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for errs[w] == nil {
				n := min(each, left.Add(-each)+each)
				if n <= 0 {
					return
				}
				var opened model.Receipt
				opened, errs[w] = l.does(model.Scope{}, model.OpenIncident{Title: "Checkout answers with 500"})
				for i := int64(1); i < n && errs[w] == nil; i++ {
					_, errs[w] = l.does(opened.Incident, model.Write{Text: entry})
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return "", nil, err
	}
	device, err := room.DeviceAt(filepath.Join(filepath.Dir(dir), childFetch))
	if err != nil {
		return "", nil, err
	}
	guest, err := l.lets(device)
	if err != nil {
		return "", nil, err
	}
	at, err := l.run(guest)
	return strings.Join([]string{at, link.Card{Device: l.Device(), Workspace: l.Workspace()}.String()}, " "), l.close, err
}

// fetchRoom is a guest that gets all, with the handshake.
func fetchRoom(dir, address string, events int) (memory, time.Duration, error) {
	at, typed, _ := strings.Cut(address, " ")
	card, err := link.ParseCard(typed)
	if err != nil {
		return memory{}, 0, err
	}
	l, err := openLinked(dir, card.Workspace)
	if err != nil {
		return memory{}, 0, err
	}
	empty := resident()
	began := time.Now()
	if _, err := l.run(link.Peer{Name: "ana", Pin: link.PinOf(card.Device), Addresses: []string{at}}); err != nil {
		return empty, 0, err
	}
	if err := l.until(func() bool { return l.durable.Load() >= int64(events) }); err != nil {
		return empty, 0, err
	}
	return empty, time.Since(began), l.close()
}

// oneByOneRooms writes an entry in one room and waits until the other one has it on the disk.
func oneByOneRooms(dir string, events int) ([]time.Duration, error) {
	open := func(name string, workspace model.WorkspaceID) (*linkedRoom, error) {
		sub := filepath.Join(dir, name)
		if err := os.Mkdir(sub, 0o700); err != nil {
			return nil, err
		}
		return openLinked(sub, workspace)
	}
	ana, err := open("ana", model.WorkspaceID{})
	if err != nil {
		return nil, err
	}
	bob, err := open("bob", ana.Workspace())
	if err != nil {
		return nil, err
	}
	guest, err := ana.lets(bob.Device())
	if err != nil {
		return nil, err
	}
	at, err := ana.run(guest)
	if err != nil {
		return nil, err
	}
	if _, err := bob.run(link.Peer{Name: "ana", Pin: link.PinOf(ana.Device()), Addresses: []string{at}}); err != nil {
		return nil, err
	}
	opened, err := ana.does(model.Scope{}, model.OpenIncident{Title: "Checkout answers with 500"})
	if err != nil {
		return nil, err
	}
	took := make([]time.Duration, 0, events)
	for range events + 1 {
		began := time.Now()
		wrote, err := ana.does(opened.Incident, model.Write{Text: entry})
		if err != nil {
			return nil, err
		}
		if err := bob.until(func() bool { return bob.holds(wrote.Refs[0]) }); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took[1:], errors.Join(bob.close(), ana.close())
}
