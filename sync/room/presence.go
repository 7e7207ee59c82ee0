package room

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
	"time"

	"warroom/model"
)

// presence knows which consoles are open. What it says is made anew when somebody
// comes, goes or moves, and given out as a slice that does not change.
type presence struct {
	now  func() time.Time
	ring func()

	mu   sync.Mutex
	next uint64
	open map[uint64]*model.Presence
	// others are the consoles in the rooms of peers.
	others map[string][]model.Presence
	shown  []model.Presence // nil when it must be made
	soon   *time.Timer      // rings the room; nil when there is nothing to tell
	ended  bool
}

// ringEvery is how often the room is told of people at most: a word is on other
// screens while it is being typed, and a team that types does not keep everybody's
// screen busy.
const ringEvery = 200 * time.Millisecond

func newPresence(now func() time.Time, ring func()) *presence {
	return &presence{now: now, ring: ring, open: map[uint64]*model.Presence{}, others: map[string][]model.Presence{}}
}

// enter adds a console and gives its number.
func (p *presence) enter(who model.Presence) uint64 {
	now := p.now().UnixMilli()
	p.mu.Lock()
	p.next++
	who.Seat, who.Since, who.Active = p.next, now, now
	p.open[who.Seat] = &who
	p.changed()
	p.mu.Unlock()
	return who.Seat
}

// leave takes a console away.
func (p *presence) leave(seat uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[seat] != nil {
		delete(p.open, seat)
		p.changed()
	}
}

// tell notes where a console is. Others are told at once of what they can see: a
// key alone is nothing to see, unless nobody was at that console before.
func (p *presence) tell(seat uint64, incident model.Scope, typing, active bool) {
	now := p.now().UnixMilli()
	p.mu.Lock()
	defer p.mu.Unlock()
	who := p.open[seat]
	if who == nil {
		return
	}
	moved := who.Incident != incident || who.Typing != typing || active && who.Idle(now)
	who.Incident, who.Typing = incident, typing
	if active {
		who.Active = now
		p.shown = nil
	}
	if moved {
		p.changed()
	}
}

// changed has the room told, soon.
func (p *presence) changed() {
	p.shown = nil
	p.tellSoon()
}

// tellSoon rings the room, soon. The caller holds mu.
func (p *presence) tellSoon() {
	if p.soon != nil || p.ended {
		return
	}
	p.soon = time.AfterFunc(ringEvery, func() {
		p.mu.Lock()
		p.soon = nil
		ended := p.ended
		p.mu.Unlock()
		if !ended {
			p.ring()
		}
	})
}

// end tells nobody any more.
func (p *presence) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended = true; p.soon != nil {
		p.soon.Stop()
	}
}

// here lists the consoles, by person's name, those of this room first, and then by how
// long they are open.
func (p *presence) here(people *model.Roster) []model.Presence {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == nil {
		p.shown = make([]model.Presence, 0, len(p.open))
		for _, who := range p.open {
			p.shown = append(p.shown, *who)
		}
		for _, there := range p.others {
			for _, who := range there {
				who.Access = people.Access(who.Person)
				p.shown = append(p.shown, who)
			}
		}
		slices.SortFunc(p.shown, func(a, b model.Presence) int {
			return cmp.Or(cmp.Compare(people.Name(a.Person), people.Name(b.Person)), bytes.Compare(a.Person[:], b.Person[:]), cmp.Compare(a.Room, b.Room), cmp.Compare(a.Seat, b.Seat))
		})
	}
	return p.shown
}
