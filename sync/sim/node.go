package sim

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/peer"
)

// maxNodes is how many nodes a run may have, copies, liars and newcomers among them.
const maxNodes = 9

// start is what the true clock shows when a run begins, in ms since 1970.
const start = 1_772_704_800_000 // a quiet Thursday

// node is a machine.
type node struct {
	w     *world
	index int
	name  string
	key   ed25519.PrivateKey
	clock struct{ offset, frozen int64 } // ms
	disk  *disk
	// who runs on it; nil while nothing does.
	who    party
	honest bool
	links  map[peer.ID]*end
	// deaf says that it reads nothing from the network, asleep that it does nothing.
	deaf, asleep bool
	unplugged    bool
	starts       int
	// devices are what it knows of the membership; nil when it is never told.
	devices map[model.DeviceKey]model.Device
}

// add makes a node; a copy has the key of another.
func (w *world) add(key ed25519.PrivateKey) *node {
	n := &node{w: w, index: len(w.nodes), honest: true, links: map[peer.ID]*end{}}
	n.name = fmt.Sprintf("n%d", n.index)
	if key == nil {
		var seed [ed25519.SeedSize]byte
		binary.BigEndian.PutUint64(seed[:], w.rng.Uint64())
		key = ed25519.NewKeyFromSeed(seed[:])
	}
	n.key = key
	w.signed.keys[n.device()] = key
	w.nodes = append(w.nodes, n)
	return n
}

func (n *node) device() model.DeviceKey { return model.DeviceKey(n.key.Public().(ed25519.PublicKey)) }

// wall is what the machine's clock shows, in ms since 1970.
func (n *node) wall() int64 {
	if n.clock.frozen != 0 {
		return n.clock.frozen
	}
	return start + n.w.now/ms + n.w.later + n.clock.offset
}

// steady is a clock that never jumps, from a beginning of its own.
func (n *node) steady() int64 { return n.w.now/ms + n.w.later + int64(n.index+1)*1_000_003 }

// join makes a way between two nodes.
func (w *world) join(a, b *node) *edge {
	g := &edge{w: w, a: a, b: b, delay: w.between(ms/5, 20*ms), jitter: 2 * ms}
	w.edges = append(w.edges, g)
	g.dial()
	return g
}

// edges are the ways that begin or end here.
func (n *node) edges() []*edge {
	var mine []*edge
	for _, g := range n.w.edges {
		if g.a == n || g.b == n {
			mine = append(mine, g)
		}
	}
	return mine
}

// start begins the process on what the disk has.
func (n *node) start() {
	if n.who != nil || n.w.failed != nil {
		return
	}
	n.starts++
	n.w.step("start", n, uint64(n.starts), nil)
	p, err := open(n)
	if err != nil {
		n.w.fail("O1", "%s cannot open its store: %v", n.name, err)
		return
	}
	n.who = p
	n.told()
	p.begin()
	for _, g := range n.edges() {
		g.dial()
	}
}

// crash ends the process at once. Its peers hear of it soon, or when they next
// miss an answer.
func (n *node) crash() {
	if n.who == nil {
		return
	}
	n.w.step("crash", n, 0, nil)
	n.disk.lose()
	n.who = nil
	told := n.w.chance(60)
	for _, e := range n.sorted() {
		e.alive = false
		after := int64(-1)
		if told {
			after = n.w.upTo(second)
		}
		if e.side == 0 {
			e.link.sever(-1, after)
		} else {
			e.link.sever(after, -1)
		}
	}
	clear(n.links)
}

// sorted are the links that this node believes in, in order.
func (n *node) sorted() []*end {
	ends := make([]*end, 0, len(n.links))
	for _, e := range n.links {
		ends = append(ends, e)
	}
	slices.SortFunc(ends, func(a, b *end) int { return int(int64(a.id) - int64(b.id)) })
	return ends
}

// replace gives the machine another disk; what was on the old one alone is lost.
func (n *node) replace(d *disk) {
	old := n.disk
	n.disk = d
	n.w.truth.lost(old)
}

// unplug cuts all its ways, plug joins them again.
func (n *node) unplug() {
	n.unplugged = true
	for _, g := range n.edges() {
		g.cut = true
		g.reset()
	}
}

func (n *node) plug() {
	n.unplugged = false
	for _, g := range n.edges() {
		g.heal()
	}
}

// flow lets what waited for this node arrive.
func (n *node) flow() {
	for _, g := range n.edges() {
		g.flow()
	}
}

// correct are the nodes that keep the rules, running those of them that run.
func (w *world) correct() []*node {
	return slices.DeleteFunc(slices.Clone(w.nodes), func(n *node) bool { return !n.honest })
}

func (w *world) running() []*node {
	return slices.DeleteFunc(w.correct(), func(n *node) bool { return n.who == nil })
}
