package model

import (
	"math/bits"
	"slices"
	"strconv"
	"time"
)

// Notice is something about a room's peers that people must know.
type Notice struct {
	Say Phrase
	// ID tells one from another: the same thing has the same at every look.
	ID string
	// Grave is one that stands until what it tells of is over. The others are put
	// away when they were read: what they tell of does not end, or not soon.
	Grave bool
}

// Warnings are the sentences of the notices, the worst first.
func (p *Peers) Warnings(people *Roster) []Phrase {
	var out []Phrase
	for _, n := range p.Notices(people) {
		out = append(out, n.Say)
	}
	return out
}

// Notices are what people must know of the peers, the worst first: another state
// made of the same events, a clock that is wrong, what was written twice or signed
// badly, software that is too old. nil has none.
func (p *Peers) Notices(people *Roster) []Notice {
	if p == nil {
		return nil
	}
	var out []Notice
	add := func(grave bool, id string, say Phrase) { out = append(out, Notice{say, id, grave}) }
	for i := range p.All {
		if o := &p.All[i]; len(o.Differs) > 0 {
			add(true, "differs "+o.Name, Say("warning.differs", "Name", o.Name))
		}
	}
	ours, wrong := p.OwnClock()
	if wrong {
		key := "warning.clock.ours.behind"
		if ours > 0 {
			key = "warning.clock.ours.ahead"
		}
		add(true, "clock", Say(key, "By", apart(ours)))
	}
	for _, f := range p.Forks {
		add(false, "fork "+f.Log.String()+" "+strconv.FormatUint(f.Seq, 10), Say("warning.fork", "Who", p.device(f.Device, f.Person, people), "At", f.At))
	}
	for _, e := range p.Ended {
		add(false, "ended "+e.Log.String(), Say("warning.ended.log", "Who", p.device(e.Device, e.Person, people), "Seq", e.From))
	}
	for i := range p.All {
		if o := &p.All[i]; !wrong && o.ClockWrong() {
			add(false, "clock "+o.Name+" "+about(o.Offset), p.clock(o))
		}
	}
	for i := range p.All {
		if o := &p.All[i]; o.Old {
			add(false, "old "+o.Name+" "+o.Version, Say("warning.old", "Name", o.Name, "Version", o.Version))
		}
	}
	return append(out, p.slowed(people)...)
}

// clock says that a peer's clock is another. Of two clocks nobody can tell which
// is wrong.
func (p *Peers) clock(o *Peer) Phrase {
	key := "warning.clock.behind"
	switch {
	case p.timed() == 1:
		key = "warning.clock.apart"
	case o.Offset > 0:
		key = "warning.clock.ahead"
	}
	return Say(key, "Name", o.Name, "By", apart(o.Offset))
}

// about is an offset in ms as exactly as it makes another notice: one that doubles
// does, or that goes to the other side.
func about(ms int64) string {
	side := "+"
	if ms < 0 {
		side, ms = "-", -ms
	}
	return side + strconv.Itoa(bits.Len64(uint64(ms)))
}

// apart is how far two clocks are from each other, as exactly as people want it.
func apart(ms int64) time.Duration {
	return max(time.Duration(ms), -time.Duration(ms)) * time.Millisecond / time.Second * time.Second
}

// timed counts the peers whose clocks are known.
func (p *Peers) timed() int {
	n := 0
	for i := range p.All {
		if p.All[i].RTT > 0 {
			n++
		}
	}
	return n
}

// OwnClock reports that this room's own clock is the wrong one, and how far it is
// ahead, in ms: so it is when most of at least two peers are off to the same
// side.
func (p *Peers) OwnClock() (ahead int64, wrong bool) {
	if p == nil {
		return 0, false
	}
	var before, after []int64
	for i := range p.All {
		switch o := &p.All[i]; {
		case !o.ClockWrong():
		case o.Offset < 0:
			before = append(before, o.Offset)
		default:
			after = append(after, o.Offset)
		}
	}
	most := before
	if len(after) > len(before) {
		most = after
	}
	if known := p.timed(); known < 2 || 2*len(most) <= known {
		return 0, false
	}
	slices.Sort(most)
	return -most[len(most)/2], true
}

// device names the device that wrote a log: by the peer that it is, and by whose
// it is.
func (p *Peers) device(key DeviceKey, person PersonID, people *Roster) Phrase {
	name := ""
	for i := range p.All {
		if key != (DeviceKey{}) && p.All[i].Device == key {
			name = p.All[i].Name
		}
	}
	known := false
	if people != nil {
		_, known = people.Person(person)
	}
	switch {
	case name != "" && known:
		return Say("device.named", "Name", name, "Person", person)
	case name != "":
		return Say("device.peer", "Name", name)
	case known:
		return Say("device.person", "Person", person)
	}
	return Say("device.unknown")
}

// Parted is when the last link ended, in ms since 1970; 0 while one is up, and
// when none ever was.
func (p *Peers) Parted() int64 {
	if p == nil || p.Linked() > 0 {
		return 0
	}
	last := int64(0)
	for i := range p.All {
		last = max(last, p.All[i].Since)
	}
	return last
}
