package room

import "warroom/model"

// heads are the ends of the two logs that this room writes: one of what happened in
// incidents, and one of who is a member, which peers will read first.
type heads struct{ content, membership model.Head }

// of is the end of the log in which an event of the kind stands.
func (h *heads) of(k model.Kind) *model.Head {
	if k.Log() == model.MembershipLog {
		return &h.membership
	}
	return &h.content
}

// risen is a head whose clock is above that of both logs, so that the order of what
// was done in one and then in the other is the order of the acts.
func (h *heads) risen(head *model.Head) model.Head {
	r := *head
	r.Clock = max(h.content.Clock, h.membership.Clock)
	return r
}
