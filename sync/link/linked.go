package link

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// Serve lets peers in through a listener until it is closed, from when Run begins.
func (s *Shell) Serve(l net.Listener) error {
	<-s.begun
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			// No more files, say: others may close some.
			s.o.Log.Warn("a peer could not come in", "error", err)
			time.Sleep(tickEvery)
			continue
		}
		if !s.gate.Enter(c) || !s.start(func(ctx context.Context) { s.Accept(ctx, c) }) {
			if tcp, ok := c.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // who is turned away leaves nothing behind
			}
			_ = c.Close()
		}
	}
}

// start runs something as long as Run runs, false when that is over.
func (s *Shell) start(do func(ctx context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.ctx == nil {
		return false
	}
	ctx := s.ctx
	s.all.Go(func() { do(ctx) })
	return true
}

// add makes a link of a stream on which both have proved who they are; false when there
// is no use for it, and then it stays open. Two rooms have one link. When both
// dialed at once, the one stays that was dialed by the device with the smaller key, so that
// both sides choose the same. Who dials again later has lost the first.
func (s *Shell) add(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keeper(c.Device)
	if s.closed || s.ctx == nil || k == nil {
		return false
	}
	c.Name = k.name()
	old := s.devices[c.Device]
	switch {
	case old == nil && len(s.links) >= maxLinks:
		return false
	case old != nil && old.Dialed != c.Dialed && s.steady()-old.at < young && c.Dialed != s.smaller(c.Device):
		return false
	case old != nil:
		s.replace(old)
	}
	s.next++
	l := &linked{at: s.steady()}
	l.Link = NewLink(s.next, c, s.limits,
		func(ctx context.Context, raw []byte) {
			if isBye(raw, wire.ByeOut) {
				l.out.Store(true)
			}
			s.flying.wait(ctx)
			s.flying.add(len(raw))
			s.in.put(peer.Frame{Link: l.ID, Raw: raw})
		},
		func(left int) {
			l.left.Store(int64(left))
			if !l.drained.Swap(true) {
				s.in.put(drained{l})
			}
		})
	s.links[l.ID], s.devices[c.Device] = l, l
	s.in.put(peer.Up{Link: l.ID, Device: c.Device})
	s.all.Go(func() { s.run(l) })
	delete(s.outs, PinOf(c.Device))
	k.Up(c.Route)
	return true
}

// keeper gives who keeps the link to a device that may be linked with, nil for another's; mu
// is held.
func (s *Shell) keeper(device model.DeviceKey) *Keeper {
	if s.stands(device) != known {
		return nil
	}
	if k := s.file.Load().keepers[PinOf(device)]; k != nil {
		return k.Keeper
	}
	g := s.guestOf(device)
	g.gone = 0
	return g.Keeper
}

func isBye(raw []byte, why wire.Reason) bool {
	return len(raw) == 2 && wire.Type(raw[0]) == wire.TypeBye && wire.Reason(raw[1]) == why
}

// smaller reports that this device's key is the smaller one of two.
func (s *Shell) smaller(other model.DeviceKey) bool { return slices.Compare(s.own[:], other[:]) < 0 }

// replace ends a link because there is another with the same device; mu is held. The
// engine is told before it hears of that one.
func (s *Shell) replace(old *linked) {
	old.replaced = true
	delete(s.devices, old.Device)
	s.in.put(peer.Down{Link: old.ID})
	old.Finish(wire.ByeAgain)
}

// run carries a link until it ends.
func (s *Shell) run(l *linked) {
	err := l.Run()
	said := ""
	if l.Said != nil {
		said = l.Said()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Log.Info("a link ended", "peer", l.Name, "route", l.Route, "sent", l.Sent(), "received", l.Received(), "error", err)
	if l.replaced {
		return
	}
	l.problem = Problem(err, said)
	s.in.put(peer.Down{Link: l.ID})
}

// patient are the ends of a link after which trying again at once would not help.
var patient = []string{"peer.problem.workspace", "peer.problem.version", "peer.problem.self", "peer.problem.again", "peer.problem.frame",
	"link.problem.out", "link.problem.out.there"}

// gone forgets a link that ended, and has its peer dialed again.
func (s *Shell) gone(id peer.ID) {
	s.mu.Lock()
	l := s.links[id]
	delete(s.links, id)
	if l != nil && s.devices[l.Device] == l {
		delete(s.devices, l.Device)
	}
	s.mu.Unlock()
	if l == nil || l.replaced {
		return
	}
	why := l.why
	if why.IsZero() {
		why = l.problem
	}
	pin := PinOf(l.Device)
	if l.out.Load() {
		why = model.Say("link.problem.out")
		s.outThere(pin, l.Name)
	}
	if k := s.file.Load().keepers[pin]; k != nil {
		k.Down(why, slices.Contains(patient, why.Key))
	}
	s.mu.Lock()
	if g := s.guests[pin]; g != nil && s.devices[l.Device] == nil {
		g.Down(why, false)
		if g.gone = s.steady(); s.stands(l.Device) != known {
			delete(s.guests, pin)
		}
	}
	s.mu.Unlock()
	s.o.Room.SetConsoles(l.Name, nil)
	s.dirty = true
}

// Hurry has absent peers tried now: the network changed, or somebody asked.
func (s *Shell) Hurry() {
	for _, k := range s.file.Load().keepers {
		k.Hurry()
	}
}

// reload reads the file of peers when it changed, or in any case.
func (s *Shell) reload(always bool) {
	if s.o.PeersFile == "" {
		return
	}
	info, err := os.Stat(s.o.PeersFile)
	if err != nil {
		info = nil
	}
	if !always && !changed(s.stat, info) {
		return
	}
	s.stat = info
	peers, err := LoadPeers(s.o.PeersFile)
	if err != nil {
		// Those that are known stay: a slip in the file does not cut a team off.
		s.o.Log.Warn("the file of peers was not read", "error", err)
		s.blame("file", wrong(err, s.o.PeersFile))
		return
	}
	s.blame("file", model.Phrase{})
	s.follow(peers)
	s.listen(peers.Listen)
	s.dirty = true
}

// wrong is the sentence of a refused file.
func wrong(err error, path string) model.Phrase {
	var e *model.Error
	if errors.As(err, &e) {
		return model.Phrase{Key: "error." + string(e.Code), Args: e.Args}
	}
	return model.Say("link.problem.file", "File", path, "Cause", err.Error())
}

// follow makes the keepers those of the file. A peer that is as it was keeps its link;
// one that is gone, or has another pin, loses it.
func (s *Shell) follow(peers Peers) {
	was := s.file.Load()
	next := &fileState{peers: peers, keepers: map[model.Hash]*kept{}}
	var fresh []*kept
	for _, p := range peers.All {
		if p.Pin == PinOf(s.own) {
			continue // one file for all rooms is convenient
		}
		if k := was.keepers[p.Pin]; k != nil && same(k.peer, p) {
			next.keepers[p.Pin] = k
			continue
		}
		k := &kept{Keeper: NewKeeper(p, KeeperOptions{
			Dial: s.dial,
			Take: func(c *Conn) bool {
				if s.add(c) {
					return true
				}
				_ = c.Close()
				return false
			},
			Changed: func() { s.in.put(touched{}) },
			Now:     s.o.Now, Random: s.o.Random,
		})}
		next.keepers[p.Pin] = k
		fresh = append(fresh, k)
		for _, a := range p.Addresses {
			if host, _, err := net.SplitHostPort(a); err == nil {
				s.gate.Know(host)
			}
		}
	}
	s.mu.Lock()
	s.file.Store(next)
	for pin, k := range was.keepers {
		if next.keepers[pin] != k {
			k.stop()
		}
	}
	for device, l := range s.devices {
		pin := PinOf(device)
		k := next.keepers[pin]
		switch {
		case k == nil && s.stands(device) != known:
			l.Finish(wire.ByeClosing)
		case k == nil && was.keepers[pin] == nil: // a member, as before
		default:
			s.handOver(l, k, was.keepers[pin])
		}
	}
	s.mu.Unlock()
	for _, k := range fresh {
		ctx, stop := context.WithCancel(s.ctx)
		k.stop = stop
		s.all.Go(func() { k.Run(ctx) })
	}
}

// handOver gives a link to who keeps it by the file that was read: another entry, or
// none, for a member's device; mu is held.
func (s *Shell) handOver(l *linked, k, was *kept) {
	keeper := (*Keeper)(nil)
	switch {
	case k == was:
		return
	case k != nil:
		delete(s.guests, PinOf(l.Device))
		keeper = k.Keeper
	default:
		g := s.guestOf(l.Device)
		g.gone = 0
		keeper = g.Keeper
	}
	if name := keeper.name(); name != l.Name {
		s.o.Room.SetConsoles(l.Name, nil)
		l.Name = name
	}
	keeper.Up(l.Route)
}

// dial reaches a peer, but not one that was taken out.
func (s *Shell) dial(ctx context.Context, p Peer, r Route) (*Conn, error) {
	for device, d := range s.membersNow() {
		if d.Standing == model.Out && PinOf(device) == p.Pin {
			return nil, &DialError{Route: r, Err: errOutHere}
		}
	}
	c, err := (&Dialer{Certificate: s.cert, Limits: s.limits, Net: s.o.Net, Proof: s.o.Proof}).Dial(ctx, p, r)
	if errors.Is(err, ErrOut) {
		s.outThere(p.Pin, p.Name)
	}
	return c, err
}

func same(a, b Peer) bool {
	return a.Name == b.Name && a.Pin == b.Pin && a.SSH == b.SSH && slices.Equal(a.Addresses, b.Addresses)
}

// listen opens the doors of the file, and shuts the others.
func (s *Shell) listen(addresses []string) {
	s.mu.Lock()
	for _, address := range slices.Sorted(maps.Keys(s.doors)) {
		if !slices.Contains(addresses, address) {
			_ = s.doors[address].Close()
			delete(s.doors, address)
			delete(s.trouble, "listen "+address)
		}
	}
	s.mu.Unlock()
	for _, address := range addresses {
		if s.doors[address] != nil {
			continue
		}
		l, err := s.o.Listen(address)
		if err != nil {
			s.blame("listen "+address, model.Say("link.problem.listen", "Address", address, "Cause", err.Error()))
			continue
		}
		s.blame("listen "+address, model.Phrase{})
		s.mu.Lock()
		s.doors[address] = l
		s.mu.Unlock()
		s.start(func(context.Context) { _ = s.Serve(l) })
	}
}

// blame notes what is wrong with the file or an address, or that nothing is any more.
func (s *Shell) blame(what string, say model.Phrase) {
	s.mu.Lock()
	_, was := s.trouble[what]
	if say.IsZero() {
		delete(s.trouble, what)
	} else {
		s.trouble[what] = say
	}
	var all []model.Phrase
	for _, key := range slices.Sorted(maps.Keys(s.trouble)) {
		all = append(all, s.trouble[key])
	}
	s.mu.Unlock()
	if was || !say.IsZero() {
		s.o.Warn(all)
	}
}

// show tells the room how the links stand.
func (s *Shell) show() {
	s.dirty, s.shown = false, s.steady()
	status := s.engine.Status()
	file := s.file.Load()
	of := map[model.Hash]peer.LinkStatus{}
	for _, l := range status.Links {
		of[PinOf(l.Device)] = l
	}
	var all []model.Peer
	for _, k := range s.keepers(file) {
		m := k.Peer()
		m.Differs = slices.Clone(s.differs[m.Pin]) // also while it is away
		if l, ok := of[m.Pin]; ok && m.State == model.LinkBehind {
			m.Device, m.Behind, m.Lacks, m.RTT, m.Offset = l.Device, l.Behind, l.Lacks, l.RTT, l.Offset
			m.Version, m.Old = l.Software, l.Software != "" && (int(l.Format) < model.FormatVersion || l.Fold < model.FoldVersion)
			if l.Live() {
				m.State = model.LinkLive
			}
		}
		all = append(all, m)
	}
	peers := model.NewPeers(all, status.Unshared, status.Behind, status.Forks, status.Saved)
	peers.Slowed = status.Slowed
	peers.Ended = endings(s.ended)
	s.o.Room.SetPeers(peers)
}

// keepers are those of all peers: the file's in its order, then members' by name.
func (s *Shell) keepers(file *fileState) (all []*Keeper) {
	for _, p := range file.peers.All {
		if k := file.keepers[p.Pin]; k != nil {
			all = append(all, k.Keeper)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(all)
	for pin, g := range s.guests {
		if file.keepers[pin] == nil {
			all = append(all, g.Keeper)
		}
	}
	slices.SortFunc(all[n:], func(a, b *Keeper) int { return strings.Compare(a.name(), b.name()) })
	return all
}

// endings tell of each log once, where the first of its lines ends: with a line end the
// branches that leave it behind that.
func endings(lines map[model.LogID]model.EndedLog) []model.EndedLog {
	of := map[model.LogID]model.EndedLog{}
	for _, e := range lines {
		if had, ok := of[e.Log]; !ok || e.From < had.From {
			of[e.Log] = e
		}
	}
	return slices.SortedFunc(maps.Values(of), func(a, b model.EndedLog) int { return slices.Compare(a.Log[:], b.Log[:]) })
}
