package room

import (
	"context"

	"warroom/model"
)

// Who waits at the door comes from the links, and what they are told goes there. It is
// shown, and kept nowhere here.

// SetWaiting says who waits. The slice is kept and must not change.
func (r *Room) SetWaiting(waiting []model.Waiting) {
	r.mu.Lock()
	r.waiting = waiting
	r.mu.Unlock()
	r.Ring()
}

// TurnAway is model.Doorkeeper.
func (r *Room) TurnAway(_ context.Context, who model.Actor, token model.TokenID, device model.DeviceKey) error {
	if err := r.Overview().For(who).MayAdmit(who); err != nil {
		return err
	}
	if r.turnAway == nil {
		return model.Refuse(model.CodeWaitingNone)
	}
	return r.turnAway(token, device)
}

// TurnAway is model.Doorkeeper.
func (s *Seat) TurnAway(ctx context.Context, who model.Actor, token model.TokenID, device model.DeviceKey) error {
	if who.Person != s.who.Person {
		return ErrOther
	}
	return s.room.TurnAway(ctx, s.who, token, device)
}

var (
	_ model.Doorkeeper = (*Room)(nil)
	_ model.Doorkeeper = (*Seat)(nil)
)
