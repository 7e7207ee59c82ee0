package sim

import (
	"encoding/json"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/replica"
)

// identitySetting is the store's setting that says under which logs it writes.
const identitySetting = "identity"

// identity is what a store must know of itself.
type identity struct{ Content, Membership model.LogID }

// process is a room's process: what sync/room does, without its goroutines. What
// it knows ends with it, but for its disk.
type process struct {
	w      *world
	n      *node
	engine *peer.Engine
	lines  *replica.Replica
	author model.Author
	state  *model.State
	signer model.Signer
	id     identity
	// jobs wait for the disk, which does one at a time.
	jobs []job
	busy bool
	// untaken is how many bytes of each link wait for the disk.
	untaken map[peer.ID]int
	// forks are the logs that were reported, and when.
	forks   map[model.LogID]int64
	checked map[model.LogID]uint64
	// back is what is held back, as far as the state was told.
	back  *replica.Back
	dirty bool // the state has something that the disk refused
}

// open takes up what is on the node's disk, as a room does when it starts.
func open(n *node) (*process, error) {
	w := n.w
	p := &process{
		w: w, n: n, signer: model.Signer{Workspace: w.ws, Key: n.key},
		untaken: map[peer.ID]int{}, forks: map[model.LogID]int64{}, checked: map[model.LogID]uint64{},
	}
	raw, found, err := n.disk.mem.Setting(identitySetting)
	if err != nil {
		return nil, err
	}
	if found {
		if err := json.Unmarshal(raw, &p.id); err != nil {
			return nil, err
		}
	}
	if err := p.read(); err != nil {
		return nil, err
	}
	reason := n.disk.doubt
	if w.opt.Defect == NoRenewal {
		reason = 0
	}
	if !found {
		reason = model.ReasonNew
	}
	if reason != 0 {
		// The open itself begins new logs, before anybody may write.
		b, _, err := p.fresh(reason)
		if err != nil {
			return nil, err
		}
		if _, err := n.disk.write(b); err != nil {
			return nil, err
		}
		n.disk.doubt = 0
		if err := p.read(); err != nil {
			return nil, err
		}
	}
	left, err := p.lines.Unfinished()
	if err != nil {
		return nil, err
	}
	for _, b := range left.Batches {
		if _, err := n.disk.write(b); err != nil {
			return nil, err
		}
	}
	if err := p.lines.Done(left); err != nil {
		return nil, err
	}
	lines, err := n.disk.lines()
	if err != nil {
		return nil, err
	}
	for _, b := range lines {
		p.checked[b.ID] = b.Base
	}
	p.engine = peer.New(peer.Config{
		Workspace: w.ws, Device: n.device(), Instance: [16]byte(w.nonce()), Store: n.disk.nonce, Software: "simulated",
		Lines: lines, Writes: peer.Writes{Content: p.id.Content, Membership: p.id.Membership}, Limits: w.opt.Defect.limits(), Defect: w.opt.Defect.engine(),
		Verify: w.verify,
	})
	return p, nil
}

// read makes all that is kept in memory of what is on the disk.
func (p *process) read() error {
	store := p.n.disk.mem
	lines, err := p.n.disk.lines()
	if err != nil {
		return err
	}
	branches := slices.Clone(lines)
	if p.lines, err = replica.Open(store); err != nil {
		return err
	}
	p.back = nil
	if err := p.refold(); err != nil {
		return err
	}
	for i, b := range branches {
		if b.ID != p.id.Content && b.ID != p.id.Membership {
			if branches[i], err = p.lines.Counted(b, p.back); err != nil {
				return err
			}
		}
	}
	p.author = model.NewAuthor(p.id.Content, p.id.Membership, branches)
	p.dirty = false
	return nil
}

// begin starts what comes again and again, and looks at the signatures of what is on
// the disk: the process before may have ended while it did.
func (p *process) begin() {
	for _, b := range p.lines.Lines() {
		p.checkSoon(b)
	}
	var tick func()
	tick = func() {
		if !p.runs() {
			return
		}
		if !p.n.asleep {
			p.w.step("tick", p.n, 0, nil)
			p.step(peer.Tick{})
			if p.w.chance(15) {
				p.w.attend(p)
			}
		}
		p.w.in(250*ms, tick)
	}
	p.w.in(p.w.upTo(250*ms), tick)
}

func (p *process) runs() bool { return p.n.who == p && p.w.failed == nil }

// step gives the engine an input, and does what it says.
func (p *process) step(what any) {
	effects := slices.Clone(p.engine.Step(peer.Input{At: p.n.wall(), Steady: p.n.steady(), What: what}))
	if f, ok := what.(peer.Frame); ok {
		p.refuses(f.Link, f.Raw, effects)
	}
	for _, e := range effects {
		p.carry(e)
	}
}

// carry carries out an effect.
func (p *process) carry(effect any) {
	w := p.w
	switch e := effect.(type) {
	case peer.Send:
		if end := p.n.links[e.Link]; end != nil && !w.opt.Defect.drops(w, e.Raw) {
			end.send(slices.Clone(e.Raw))
		}
	case peer.Close:
		w.trace("closes: "+e.Why.Key, p.n)
		if end := p.n.links[e.Link]; end != nil {
			end.finish()
		}
	case peer.Take:
		e.Events = slices.Clone(e.Events)
		size := sizeOf(e.Events)
		p.untaken[e.Link] += size
		w.most(&w.report.MostTaken, p.untaken[e.Link])
		p.add(job{take: &e})
	case peer.Read:
		p.later(func() { p.step(peer.ReadDone{Read: e.Read, Events: p.n.disk.read(e)}) })
	case peer.Look:
		p.later(func() { p.step(peer.LookDone{Look: e.Look, Held: p.n.disk.look(e)}) })
	case peer.Renew:
		w.trace(fmt.Sprintf("renews: %d", e.Reason), p.n)
		if w.opt.Defect != NoRenewal {
			p.add(job{renew: e.Reason})
		}
	case peer.Hash:
		p.hash()
	case peer.Differs:
		w.fail("O4", "%s is told that %s has another state of %s with the same events", p.n.name, p.peerOf(e.Link), e.Scope.Key())
	case peer.Forked:
		if _, again := p.forks[e.Fork.Log]; again {
			w.fail("O6", "%s reported the fork of %s twice", p.n.name, e.Fork.Log)
		}
		p.forks[e.Fork.Log] = w.now
	case peer.Agrees, peer.Consoles, peer.Changed:
	default:
		w.fail("harness", "effect %T", effect)
	}
}

func (p *process) peerOf(id peer.ID) string {
	if e := p.n.links[id]; e != nil {
		return e.other().node.name
	}
	return "somebody"
}

// later does something after as long as a disk takes to read.
func (p *process) later(do func()) {
	p.w.in(p.w.between(50, 3*ms), func() {
		if p.runs() {
			do()
		}
	})
}

func sizeOf(events []*model.Event) (size int) {
	for _, e := range events {
		size += e.Size()
	}
	return size
}

// The network's side.

func (p *process) up(id peer.ID, device model.DeviceKey) { p.step(peer.Up{Link: id, Device: device}) }
func (p *process) down(id peer.ID)                       { p.step(peer.Down{Link: id}) }
func (p *process) frame(id peer.ID, raw []byte)          { p.step(peer.Frame{Link: id, Raw: raw}) }
func (p *process) drained(id peer.ID, left int)          { p.step(peer.Drained{Link: id, Left: left}) }
func (p *process) thirsty(id peer.ID) bool               { return p.untaken[id] > untakenMost }
