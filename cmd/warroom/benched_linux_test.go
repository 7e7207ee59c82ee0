package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/link"
	"warroom/sync/room"
)

// benched is a room in this process with its store on the disk, linked with others over
// TLS on the loopback.
type benched struct {
	b       *testing.B
	dir     string
	address string // where peers come in
	room    *room.Room
	linked  bool
	linking *linking
	unlink  func()
	durable atomic.Int64  // events since it was opened
	told    chan struct{} // rings with durable
}

// benchedAt opens the room in a folder: a new one, or a guest of a workspace.
func benchedAt(b *testing.B, dir string, workspace model.WorkspaceID) *benched {
	b.Helper()
	r := &benched{b: b, dir: dir, told: make(chan struct{}, 1), unlink: func() {}}
	require.NoError(b, os.MkdirAll(dir, 0o700))
	a := newApp(Main{}, strings.NewReader(""), io.Discard, io.Discard, []string{"HOME=" + dir, "LANG=C.UTF-8"})
	r.linking = newLinking(a, dir, slog.New(slog.DiscardHandler))
	store, err := storage.Open(dir, storage.Options{})
	require.NoError(b, err)
	r.room, err = room.Open(b.Context(), room.Options{Store: store, Dir: dir, Name: "ana", Workspace: workspace, Feed: r.fed, Linked: true})
	require.NoError(b, err)
	b.Cleanup(func() { r.close() })
	return r
}

func (r *benched) fed(all []room.Fed) {
	for _, f := range all {
		r.durable.Add(int64(len(f.Events)))
	}
	select {
	case r.told <- struct{}{}:
	default:
	}
	r.linking.fed(all)
}

func (r *benched) close() {
	r.unlink()
	require.NoError(r.b, r.room.Close())
}

// link runs the links of the file of peers until unlink.
func (r *benched) link() {
	r.b.Helper()
	if r.address == "" {
		r.address = "127.0.0.1:0"
	}
	door, err := net.Listen("tcp", r.address)
	require.NoError(r.b, err)
	r.address = door.Addr().String() // the same when it comes back
	ctx, cancel := context.WithCancel(context.Background())
	if r.linked { // links run once
		r.linking = newLinking(r.linking.app, r.linking.dir, r.linking.log)
	}
	r.linked = true
	var running sync.WaitGroup
	running.Go(func() {
		if err := r.linking.run(ctx, r.room, []net.Listener{door}); err != nil {
			r.b.Errorf("the links: %v", err)
		}
	})
	r.unlink = func() {
		cancel()
		running.Wait()
		r.unlink = func() {}
	}
}

// knows writes others into the file of peers.
func (r *benched) knows(others ...link.Peer) {
	r.b.Helper()
	file := filepath.Join(r.dir, link.PeersFile)
	had, err := link.LoadPeers(file)
	require.NoError(r.b, err)
	had.All = append(had.All, others...)
	require.NoError(r.b, link.SavePeers(file, had))
}

func (r *benched) as(name string) link.Peer {
	p := link.Peer{Name: name, Pin: link.PinOf(r.room.Device())}
	if r.address != "" {
		p.Addresses = []string{r.address}
	}
	return p
}

func (r *benched) does(in model.Scope, c model.Command) model.Receipt {
	r.b.Helper()
	got, err := r.room.Do(r.b.Context(), model.Actor{Person: r.room.Me(), Via: model.DoorShell}, in, c)
	require.NoError(r.b, err)
	return got
}

// lets a device in.
func (r *benched) lets(device model.DeviceKey, name string) {
	r.b.Helper()
	r.does(model.Scope{}, model.AddDevice{Name: name, Access: model.Responder, Device: device})
}

// fill writes about n events of 250 bytes, a thousand to an incident, and waits until the
// database has them, as that of a room that has been there for a while.
func (r *benched) fill(n int) {
	r.b.Helper()
	const writers, each = 16, 1_000
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for {
				size := min(each, left.Add(-each)+each)
				if size <= 0 {
					return
				}
				in := r.does(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
				for range size - 1 {
					r.does(in, model.Write{Text: "done"})
				}
			}
		})
	}
	all.Wait()
	content, _ := r.room.Writes()
	_, err := r.room.Look(content, 1, 1)
	require.NoError(r.b, err)
}

// fillWith writes about n events of 250 bytes with others, each a quarter of the log of
// the same incidents, and ends the links of the others when this room has all.
func (r *benched) fillWith(others []*benched, n int) {
	r.b.Helper()
	const lines = 1_000
	all := append([]*benched{r}, others...)
	for _, o := range others {
		o.link()
		o.member()
	}
	var incidents []model.Scope
	for range n / lines {
		incidents = append(incidents, r.does(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident)
	}
	for _, o := range others {
		o.shows(incidents[len(incidents)-1])
	}
	for _, o := range all { // what was written before a process began is fetched as fast as it goes
		o.unlink()
	}
	before := r.durable.Load()
	var writing sync.WaitGroup
	for _, o := range all {
		for part := range slices.Chunk(incidents, 8) {
			writing.Go(func() {
				for _, in := range part {
					for range lines / len(all) {
						o.does(in, model.Write{Text: "done"})
					}
				}
			})
		}
	}
	writing.Wait()
	for _, o := range all {
		o.link()
	}
	r.holds(before + int64(len(incidents)*(lines/len(all))*len(all)))
	for _, o := range others {
		o.unlink()
	}
}

// shows waits until an incident has come.
func (r *benched) shows(in model.Scope) {
	r.b.Helper()
	w := r.room.Watch()
	defer w.Close()
	for {
		if _, err := r.room.Glance(r.b.Context(), in); err == nil {
			return
		}
		select {
		case <-w.C():
		case <-time.After(patience):
			r.b.Fatal("it never came")
		}
	}
}

// holds waits until so many events are durable since the room was opened.
func (r *benched) holds(n int64) {
	r.b.Helper()
	late := time.After(2 * time.Minute)
	for r.durable.Load() < n {
		select {
		case <-r.told:
		case <-late:
			r.b.Fatalf("%d of %d events came", r.durable.Load(), n)
		}
	}
}

// founder founds a room with a file of peers and nobody in it yet.
func founder(b *testing.B) *benched {
	b.Helper()
	return benchedAt(b, filepath.Join(b.TempDir(), "founder"), model.WorkspaceID{})
}

// guest makes a room of another one's workspace, and waits until it was let in.
func (r *benched) guest(name string) *benched {
	r.b.Helper()
	g := benchedAt(r.b, filepath.Join(r.b.TempDir(), name), r.room.Workspace())
	r.lets(g.room.Device(), name)
	g.knows(r.as("founder"))
	r.knows(g.as(name))
	r.listed(name)
	return g
}

// listed waits until a running room has read its file of peers; its links look for a
// change every two seconds.
func (r *benched) listed(name string) {
	r.b.Helper()
	if r.linking.running() == nil {
		return
	}
	w := r.room.Watch()
	defer w.Close()
	for {
		known := r.room.Overview().Peers
		if known != nil && slices.ContainsFunc(known.All, func(p model.Peer) bool { return p.Name == name }) {
			return
		}
		select {
		case <-w.C():
		case <-time.After(patience):
			r.b.Fatal("the file was not read")
		}
	}
}

// member waits until the room knows who it is.
func (r *benched) member() {
	r.b.Helper()
	w := r.room.Watch()
	defer w.Close()
	for r.room.Me().IsZero() {
		select {
		case <-w.C():
		case <-time.After(patience):
			r.b.Fatal("the guest was not let in")
		}
	}
}
