package room

import "warroom/model"

// hand is what the room writes with: who it is, and the ends of its two logs, one
// of what happened in incidents, and one of who is a member, which peers read
// first. It is a value, so that what the store refuses can be taken back.
type hand struct {
	id     identity
	author model.Author
}

// Writes gives the logs that the room writes in. It may write in others later: then
// a Fed before that has their openings.
func (r *Room) Writes() (content, membership model.LogID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.content, r.membership
}

// show publishes who the room is and where it writes. The caller holds mu.
func (h *hand) show(r *Room) {
	r.me, r.content, r.membership = h.id.Me, h.id.Content, h.id.Membership
}
