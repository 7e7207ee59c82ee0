package room

import (
	"slices"

	"warroom/model"
)

// What this room knows of the rooms that it is linked with comes from the links. It
// is shown, and kept nowhere.

// SetPeers says how the links are. People see it soon, and not at every change.
func (r *Room) SetPeers(p *model.Peers) {
	r.mu.Lock()
	r.peers = p
	r.version++
	r.mu.Unlock()
	r.presence.mu.Lock()
	r.presence.tellSoon()
	r.presence.mu.Unlock()
}

// SetLinked says whether events go to other devices. What may not leave this one is
// refused then.
func (r *Room) SetLinked(yes bool) { r.linked.Store(yes) }

// SetConsoles says who has a console open in the room of a peer; none when the peer
// is gone. Seat tells them apart.
func (r *Room) SetConsoles(peer string, consoles []model.Presence) {
	r.presence.set(peer, consoles)
}

// Consoles lists the consoles that are open in this room.
func (r *Room) Consoles() []model.Presence {
	p := r.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]model.Presence, 0, len(p.open))
	for _, who := range p.open {
		out = append(out, *who)
	}
	slices.SortFunc(out, func(a, b model.Presence) int { return int(int64(a.Seat) - int64(b.Seat)) })
	return out
}

// set takes over the consoles of another room.
func (p *presence) set(peer string, consoles []model.Presence) {
	p.mu.Lock()
	defer p.mu.Unlock()
	had := p.others[peer]
	if len(consoles) == 0 {
		if len(had) == 0 {
			return
		}
		delete(p.others, peer)
		p.changed()
		return
	}
	all := slices.Clone(consoles)
	for i := range all {
		all[i].Room = peer
	}
	if slices.Equal(had, all) {
		return
	}
	p.others[peer] = all
	if sameScene(had, all) {
		p.shown = nil // a key was pressed there: it is seen with what changes next
		return
	}
	p.changed()
}

// sameScene reports consoles that look the same but for when a key was pressed.
func sameScene(a, b []model.Presence) bool {
	return slices.EqualFunc(a, b, func(x, y model.Presence) bool {
		near := x.Active/model.IdleAfter == y.Active/model.IdleAfter
		x.Active = y.Active
		return near && x == y
	})
}

// SetPages says whom pages wait for, and whether this room can send any. People see it
// soon.
func (r *Room) SetPages(calls []model.PageCall, sends bool) {
	r.mu.Lock()
	r.paged, r.pager = calls, sends
	r.mu.Unlock()
	r.Ring()
}
