package peer_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// net is some engines, each over a store in memory, and the links between them.
// Everything happens when step is called, in one order.
type net struct {
	t     *testing.T
	now   int64
	nodes []*node
	next  peer.ID
	queue []delivery
	bytes int // that were sent
	seen  map[wire.Type]int
}

type delivery struct {
	to *node
	in any
}

type node struct {
	net    *net
	name   string
	engine *peer.Engine
	store  *storage.Memory
	key    ed25519.PrivateKey
	head   model.Head
	ends   map[peer.ID]far
	did    []any // effects that are for people
	reject error // what the store says to every Take
}

// far is the other end of a link.
type far struct {
	node *node
	link peer.ID
}

var workspace = model.WorkspaceID{1, 2, 3}

func newNet(t *testing.T, n int) *net {
	w := &net{t: t, now: 1_700_000_000_000, seen: map[wire.Type]int{}}
	for i := range n {
		nd := &node{net: w, name: fmt.Sprint(i), store: storage.NewMemory(), ends: map[peer.ID]far{}}
		seed := make([]byte, ed25519.SeedSize)
		seed[0] = byte(i + 1)
		nd.key = ed25519.NewKeyFromSeed(seed)
		nd.open()
		w.nodes = append(w.nodes, nd)
	}
	return w
}

func (n *node) device() model.DeviceKey { return model.DeviceKey(n.key.Public().(ed25519.PublicKey)) }

// start makes the engine anew over what the store has.
func (n *node) start(defect peer.Defect) {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	n.engine = peer.New(peer.Config{
		Workspace: workspace, Device: n.device(), Instance: [16]byte{n.key[0], byte(n.net.now)}, Store: [16]byte{n.key[0]},
		Lines: lines, Writes: peer.Writes{Content: n.head.Log}, Defect: defect,
	})
}

// open begins a log.
func (n *node) open() {
	nonce := model.Nonce{byte(n.net.now), n.key[0]}
	n.head = model.Head{Log: model.NewLogID(n.device(), nonce)}
	e := n.seal(&model.LogOpen{Device: n.device(), Workspace: workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}, "")
	_, err := n.store.Commit(context.Background(), storage.Batch{Events: []storage.Placed{{Event: e, Eff: e.Clock}}})
	require.NoError(n.net.t, err)
	n.start(0)
}

func (n *node) seal(body model.Body, text string) *model.Event {
	e, next, err := model.Seal(model.Signer{Workspace: workspace, Key: n.key}, n.head, model.Draft{Scope: model.Scope{9}, Body: body, Text: text}, n.net.now, model.Salt{7})
	require.NoError(n.net.t, err)
	n.head = next
	return e
}

// write makes entries durable, and tells the engine.
func (n *node) write(texts ...string) []*model.Event {
	var events []*model.Event
	for _, text := range texts {
		events = append(events, n.seal(&model.EntryAdd{}, text))
	}
	for part := range slices.Chunk(events, 1_000) {
		_ = n.commit(n.head.Log, part) // some tests write what the store refuses
	}
	return events
}

// commit makes events of a log's own line durable, and tells the engine.
func (n *node) commit(line model.LogID, events []*model.Event, begins ...model.Branch) error {
	batch := storage.Batch{Begins: begins}
	for _, e := range events {
		p := storage.Placed{Event: e, Eff: e.Clock}
		if line != e.Log {
			p.Branch = line
		}
		batch.Events = append(batch.Events, p)
	}
	durable, err := n.store.Commit(context.Background(), batch)
	if err != nil {
		return err
	}
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	for _, b := range lines {
		if b.ID == line {
			n.net.post(n, peer.Durable{Branch: b, Events: durable})
		}
	}
	return nil
}

func (w *net) post(to *node, in any) { w.queue = append(w.queue, delivery{to, in}) }

// join links two nodes.
func (w *net) join(a, b *node) (peer.ID, peer.ID) {
	w.next += 2
	x, y := w.next, w.next+1
	a.ends[x], b.ends[y] = far{b, y}, far{a, x}
	w.post(a, peer.Up{Link: x, Device: b.device()})
	w.post(b, peer.Up{Link: y, Device: a.device()})
	return x, y
}

// cut breaks a link; what is on its way is lost.
func (w *net) cut(a *node, x peer.ID) {
	f := a.ends[x]
	delete(a.ends, x)
	delete(f.node.ends, f.link)
	w.queue = slices.DeleteFunc(w.queue, func(d delivery) bool {
		fr, ok := d.in.(peer.Frame)
		return ok && (d.to == a && fr.Link == x || d.to == f.node && fr.Link == f.link)
	})
	w.post(a, peer.Down{Link: x})
	w.post(f.node, peer.Down{Link: f.link})
}

// run goes on until nothing is to be done.
func (w *net) run() {
	for steps := 0; len(w.queue) > 0; steps++ {
		require.Less(w.t, steps, 200_000, "it goes on for ever")
		w.step()
	}
}

func (w *net) step() {
	d := w.queue[0]
	w.queue = w.queue[1:]
	for _, effect := range slices.Clone(d.to.engine.Step(peer.Input{At: w.now, Steady: w.now, What: d.in})) {
		d.to.carryOut(effect)
	}
}

// pass lets time go by, tick by tick.
func (w *net) pass(ms int64) {
	for end := w.now + ms; w.now < end; {
		w.now += 250
		for _, n := range w.nodes {
			w.post(n, peer.Tick{})
		}
		w.run()
	}
}

func (n *node) carryOut(effect any) {
	w := n.net
	switch x := effect.(type) {
	case peer.Send:
		w.bytes += len(x.Raw) + 4
		w.seen[wire.Type(x.Raw[0])]++
		if f, ok := n.ends[x.Link]; ok {
			w.post(f.node, peer.Frame{Link: f.link, Raw: x.Raw})
			w.post(n, peer.Drained{Link: x.Link})
		}
	case peer.Close:
		n.did = append(n.did, x)
		if f, ok := n.ends[x.Link]; ok {
			delete(n.ends, x.Link)
			delete(f.node.ends, f.link)
			w.post(f.node, peer.Down{Link: f.link})
		}
	case peer.Take:
		w.post(n, peer.Taken{Take: x.Take, Err: n.take(x)})
	case peer.Read:
		w.post(n, peer.ReadDone{Read: x.Read, Events: n.read(x)})
	case peer.Look:
		w.post(n, peer.LookDone{Look: x.Look, Held: n.look(x)})
	default:
		n.did = append(n.did, x)
	}
}

func (n *node) take(x peer.Take) error {
	if n.reject != nil {
		return n.reject
	}
	var begins []model.Branch
	if x.Begins {
		begins = append(begins, model.Branch{ID: x.Branch, Log: x.Log, Parent: x.Parent, Base: x.After})
	}
	return n.commit(x.Branch, x.Events, begins...)
}

func (n *node) read(x peer.Read) (out []*model.Event) {
	_, _, line, err := n.store.Find(model.Ref{Log: x.Tip.Log, Seq: x.Tip.Seq, Hash: x.Tip.Hash})
	if err != nil {
		return nil
	}
	size := 0
	for _, e := range n.line(line) {
		if e.Seq >= x.From && e.Seq <= x.Tip.Seq && (len(out) == 0 || size+e.Size() <= x.Bytes) {
			out = append(out, e)
			size += e.Size()
		}
	}
	return out
}

// line gives the events of a line from the log's first on.
func (n *node) line(id model.LogID) []*model.Event {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	var all []*model.Event
	for _, b := range lines {
		if b.ID != id {
			continue
		}
		if !b.Own() {
			all = slices.DeleteFunc(n.line(b.Parent), func(e *model.Event) bool { return e.Seq > b.Base })
		}
	}
	require.NoError(n.net.t, n.store.Line(id, 1, func(e *model.Event, _ model.Clock) error {
		all = append(all, e)
		return nil
	}))
	return all
}

func (n *node) look(x peer.Look) (out []peer.Held) {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	for _, b := range lines {
		if b.Log != x.Log {
			continue
		}
		require.NoError(n.net.t, n.store.Line(b.ID, x.From, func(e *model.Event, _ model.Clock) error {
			if e.Seq >= x.From && e.Seq <= x.To {
				out = append(out, peer.Held{Branch: b.ID, Event: e})
			}
			return nil
		}))
	}
	return out
}

// event names an event with its text.
func event(e *model.Event) string { return fmt.Sprintf("%d %s %s", e.Seq, e.Ref(), e.Text) }

// all is every event of a node.
func (n *node) all() map[string]bool {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	out := map[string]bool{}
	for _, b := range lines {
		require.NoError(n.net.t, n.store.Line(b.ID, 1, func(e *model.Event, _ model.Clock) error {
			out[event(e)] = true
			return nil
		}))
	}
	return out
}

func (w *net) same() {
	w.t.Helper()
	for _, n := range w.nodes[1:] {
		require.Equal(w.t, len(w.nodes[0].all()), len(n.all()), "node %s", n.name)
		require.Equal(w.t, w.nodes[0].all(), n.all(), "node %s", n.name)
	}
}

func count[T any](n *node) (all []T) {
	for _, d := range n.did {
		if v, ok := d.(T); ok {
			all = append(all, v)
		}
	}
	return all
}

func entries(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s %d", prefix, i))
	}
	return out
}

func TestTwoRoomsThatMeetHaveTheSame(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("a", 700)...)
	b.write(entries("b", 300)...)
	w.join(a, b)
	w.run()
	w.same()
	for _, n := range w.nodes {
		s := n.engine.Status()
		require.True(t, s.Links[0].Live(), "%+v", s.Links[0])
		require.Zero(t, s.Unshared)
		require.Zero(t, s.Behind)
	}
	a.write("later")
	w.run()
	w.same()
	require.Equal(t, 1, w.seen[wire.TypeLive], "what is fresh is given without asking")
	require.Zero(t, a.engine.Status().Unshared)
}

func TestTheEndOfACatchUpIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries(strings.Repeat("long ", 100), 10_000)...) // more answers than are told of between two ticks
	w.join(a, b)
	w.run()
	w.same()
	require.Zero(t, a.engine.Status().Links[0].Lacks, "no tick has come")
}

func TestALinkThatWasCutGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for cutAfter := 1; cutAfter < 60; cutAfter += 4 {
		w := newNet(t, 2)
		a, b := w.nodes[0], w.nodes[1]
		a.write(entries("a", 1500)...)
		b.write(entries("b", 50)...)
		x, _ := w.join(a, b)
		for i := 0; i < cutAfter && len(w.queue) > 0; i++ {
			w.step()
		}
		w.cut(a, x)
		w.run()
		a.write("meanwhile")
		w.run()
		w.join(a, b)
		w.run()
		w.same()
	}
}

func TestNothingNewCostsLittle(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	for range 25 {
		for _, n := range w.nodes {
			w.now++
			n.open()
			n.write("one")
		}
	}
	w.run()
	x, _ := w.join(a, b)
	w.run()
	w.same()
	lines, err := a.store.Branches()
	require.NoError(t, err)
	require.Greater(t, len(lines), 50)
	w.cut(a, x)
	w.run()
	w.bytes = 0
	w.join(a, b)
	w.run()
	t.Logf("both ways, with the greeting: %d bytes", w.bytes)
	require.Less(t, w.bytes, 1000)
	w.bytes = 0
	before := w.seen[wire.TypeVector]
	w.pass(30_250)
	require.Greater(t, w.seen[wire.TypeVector], before)
	pings := (w.seen[wire.TypePing] + w.seen[wire.TypePong])
	t.Logf("%d bytes in 30 s, %d pings and answers in all", w.bytes, pings)
}

func TestOfThreeInARowTheMiddleRelays(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	w.join(w.nodes[0], w.nodes[1])
	w.join(w.nodes[1], w.nodes[2])
	w.run()
	w.nodes[0].write("from one end")
	w.nodes[2].write("from the other")
	w.run()
	w.same()
}

func TestAMeshHasEachEventOnceMostly(t *testing.T) {
	t.Parallel()
	w := newNet(t, 5)
	for i, a := range w.nodes {
		for _, b := range w.nodes[i+1:] {
			w.join(a, b)
		}
	}
	w.run()
	w.same()
	for i := range 40 {
		w.nodes[i%5].write(fmt.Sprint("act ", i))
		w.run()
	}
	w.same()
	require.Less(t, w.seen[wire.TypeEvents], 60, "fresh events are not asked for again")
}

func TestAPeerThatSaysNothingIsGone(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	x, _ := w.join(a, b)
	w.run()
	b.ends = map[peer.ID]far{} // what it sends goes nowhere
	w.pass(14_000)
	require.Contains(t, a.ends, x)
	w.pass(2_000)
	require.NotContains(t, a.ends, x)
}

func TestAStoreThatRefusesIsAskedAgainLater(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("a", 10)...)
	b.reject = storage.ErrFull
	w.join(a, b)
	w.run()
	w.pass(10_000)
	require.NotEqual(t, a.all(), b.all())
	b.reject = nil
	w.pass(40_000)
	w.same()
}

func TestAnotherWorkspaceIsSentAway(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	raw, err := wire.Encode(wire.Hello{Oldest: 1, Version: 1, Workspace: model.WorkspaceID{8}})
	require.NoError(t, err)
	x, _ := w.join(a, b)
	w.step()
	w.step()
	w.queue = []delivery{{a, peer.Frame{Link: x, Raw: raw}}}
	w.run()
	require.Len(t, count[peer.Close](a), 1)
	require.Equal(t, "peer.problem.workspace", count[peer.Close](a)[0].Why.Key)
}
