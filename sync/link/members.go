package link

import (
	"maps"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// guest is a member's device that is in no file of peers, and came in.
type guest struct {
	*Keeper
	device model.DeviceKey
	gone   time.Duration // when its link went; it has one while it is 0
}

const (
	// guestFor is how long people are shown that such a device is away.
	guestFor = time.Hour
	// maxGuests is how many are known.
	maxGuests = 2 * maxLinks
)

// MembersChanged has the membership looked at now. It does not wait. Without it a change is
// seen within a quarter of a second.
func (s *Shell) MembersChanged() { s.in.put(changedMembers{}) }

type changedMembers struct{}

// roster follows the membership: the engine is told, who is out loses the link, who
// was let in is told.
func (s *Shell) roster() {
	of := s.membersNow()
	if s.followed && maps.Equal(of, s.members) {
		return
	}
	s.followed, s.members, s.dirty = true, maps.Clone(of), true
	s.step(peer.Members{Of: maps.Clone(of)})
	s.lobby.settle(of)
	var end []*linked
	s.mu.Lock()
	file := s.file.Load()
	for device, l := range s.devices {
		pin := PinOf(device)
		switch {
		case s.stands(device) != known:
			end = append(end, l)
		case file.keepers[pin] == nil:
			s.rename(s.guests[pin], l)
		}
	}
	for pin, g := range s.guests {
		if s.devices[g.device] == nil && s.stands(g.device) != known {
			delete(s.guests, pin)
		}
	}
	s.mu.Unlock()
	for _, l := range end {
		s.expel(l)
	}
}

// expel ends the link of a device that may not be linked with any more. Nothing that waits
// for it leaves, and nothing that came of it is taken.
func (s *Shell) expel(l *linked) {
	bye := wire.ByeClosing
	if s.stands(l.Device) == takenOut {
		bye = wire.ByeOut
		l.why = model.Say("link.problem.out.there")
	}
	l.Expel(bye)
	s.step(peer.Down{Link: l.ID})
}

// guestOf gives the keeper of a member's device that is in no file; mu is held.
func (s *Shell) guestOf(device model.DeviceKey) *guest {
	pin := PinOf(device)
	if g := s.guests[pin]; g != nil {
		return g
	}
	if len(s.guests) >= maxGuests {
		s.forgetGuest()
	}
	g := &guest{device: device, Keeper: NewKeeper(Peer{Name: s.memberName(device), Pin: pin}, KeeperOptions{
		Changed: func() { s.in.put(touched{}) }, Now: s.o.Now, Random: s.o.Random,
	})}
	s.guests[pin] = g
	return g
}

// forgetGuest forgets the one that is away for longest; mu is held.
func (s *Shell) forgetGuest() {
	var oldest model.Hash
	for pin, g := range s.guests {
		if g.gone > 0 && (s.guests[oldest] == nil || g.gone < s.guests[oldest].gone) {
			oldest = pin
		}
	}
	delete(s.guests, oldest)
}

// memberName is what a device is called that is in no file: no two are called the same. mu is
// held.
func (s *Shell) memberName(device model.DeviceKey) string {
	pin := PinOf(device)
	short, _, _ := strings.Cut(FormatPin(pin), "-")
	name := ""
	d := s.membersNow()[device]
	if s.o.Who != nil {
		name, _ = s.o.Who(d)
	} else {
		name = d.Name
	}
	if !goodName(name) {
		return short
	}
	taken := slices.ContainsFunc(s.file.Load().peers.All, func(p Peer) bool { return p.Name == name && p.Pin != pin })
	for other, g := range s.guests {
		taken = taken || other != pin && g.name() == name
	}
	if taken {
		return name + " " + short
	}
	return name
}

// rename gives a device the name that it has now; mu is held.
func (s *Shell) rename(g *guest, l *linked) {
	if g == nil {
		return
	}
	if name := s.memberName(g.device); name != l.Name {
		s.o.Room.SetConsoles(l.Name, nil)
		l.Name = name
		g.call(name)
	}
}

// awayGuests forgets who is away for long, and reports a change.
func (s *Shell) awayGuests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for pin, g := range s.guests {
		if g.gone > 0 && s.steady()-g.gone >= guestFor {
			delete(s.guests, pin)
			s.dirty = true
		}
	}
}

// outThere notes that a peer says that this device was taken out, and tells so once
// until there is a link again.
func (s *Shell) outThere(pin model.Hash, name string) {
	s.mu.Lock()
	told := s.outs[pin]
	s.outs[pin] = true
	s.mu.Unlock()
	if !told {
		s.o.Log.Warn("a peer says that this device was taken out", "peer", name)
		s.o.Out(pin, name)
	}
}
