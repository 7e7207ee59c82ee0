package room

import (
	"context"
	"errors"
	"sync"

	"warroom/model"
)

// ErrOther is answered to somebody who would act as another person than the one
// whose seat it is.
var ErrOther = errors.New("a seat acts for nobody but its person")

// Entry is somebody who takes a seat: who it is comes from the door.
type Entry struct {
	Person model.PersonID
	Via    model.Door
	// Claimed reports a name that was typed at a login that several share.
	Claimed bool
	// Console reports a console, which others see; a verb is not shown.
	Console bool
	// Keeper reports whoever runs the room process. While the room does not know its
	// person, they alone get in, by verbs: to link it. They see and may nothing else.
	Keeper bool
}

// Seat is one person's place in the room. It gives the room as that person may see
// it: what is restricted to others is not there. All its methods are safe from any
// goroutine.
type Seat struct {
	room   *Room
	who    model.Actor
	number uint64 // of the console; 0 for a verb
	// keeps says that it is the seat of whose room it is.
	keeps bool

	mu   sync.Mutex
	last *model.Overview // what the person saw last, of
	of   *model.Overview // this one
}

// Enter gives somebody a seat. It refuses with CodeAccessNone who is no member, but for
// whose room it is when its device was taken out: they see what it has. It refuses
// everybody with CodeRoomWaits while the room does not know whose it is.
// Close must follow.
func (r *Room) Enter(e Entry) (*Seat, error) {
	s := &Seat{room: r, who: model.Actor{Person: e.Person, Via: e.Via}}
	if r.Me().IsZero() {
		if e.Keeper && !e.Console {
			return s, nil
		}
		return nil, model.Refuse(model.CodeRoomWaits)
	}
	s.keeps = e.Keeper && e.Person == r.Me()
	access := s.Overview().Access
	if access == model.NoAccess {
		return nil, model.Refuse(model.CodeAccessNone)
	}
	if e.Console {
		s.number = r.presence.enter(model.Presence{Person: e.Person, Via: e.Via, Access: access, Claimed: e.Claimed})
	}
	return s, nil
}

// Close gives the seat up.
func (s *Seat) Close() {
	if s.number != 0 {
		s.room.presence.leave(s.number)
	}
}

// Who is model.Seat.
func (s *Seat) Who() model.Actor { return s.who }

// Tell is model.Seat.
func (s *Seat) Tell(incident model.Scope, typing, active bool) {
	if s.number != 0 {
		s.room.presence.tell(s.number, incident, typing, active)
	}
}

// Overview is model.Room.
func (s *Seat) Overview() *model.Overview {
	all := s.room.Overview()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.of != all {
		s.last, s.of = all.For(s.who), all
		if s.keeps && all.Out {
			s.last.Access = all.Access // who was taken out keeps what is here
		}
	}
	return s.last
}

// sees reports that the person may see the incident. An incident that is not there
// is as one that may not be seen.
func (s *Seat) sees(id model.Scope) bool {
	row, ok := s.room.row(id)
	return ok && model.VisibleTo(row, s.who.Sees())
}

// may refuses an incident that the person does not see, as one that is not there.
func (s *Seat) may(id model.Scope) error {
	if id.IsZero() || s.sees(id) {
		return nil
	}
	return model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
}

// view gives an incident as the person may see it. It looks again after the
// reading: the incident may have been restricted meanwhile.
func (s *Seat) view(id model.Scope, read func() (*model.View, error)) (*model.View, error) {
	if err := s.may(id); err != nil {
		return nil, err
	}
	v, err := read()
	if err != nil {
		return nil, err
	}
	if !v.VisibleTo(s.who.Sees()) {
		return nil, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	return v.For(s.sees), nil
}

// Incident is model.Room.
func (s *Seat) Incident(ctx context.Context, id model.Scope) (*model.View, error) {
	return s.view(id, func() (*model.View, error) { return s.room.Incident(ctx, id) })
}

// Glance is model.Pager.
func (s *Seat) Glance(ctx context.Context, id model.Scope) (*model.View, error) {
	return s.view(id, func() (*model.View, error) { return s.room.Glance(ctx, id) })
}

// Older is model.Pager.
func (s *Seat) Older(ctx context.Context, id model.Scope, n int) (*model.View, error) {
	return s.view(id, func() (*model.View, error) { return s.room.Older(ctx, id, n) })
}

// Evidence is model.Archive.
func (s *Seat) Evidence(ctx context.Context, id model.Scope) (model.Evidence, error) {
	if err := s.may(id); err != nil {
		return model.Evidence{}, err
	}
	return s.room.Evidence(ctx, id)
}

// Do is model.Room. Nobody acts as somebody else, whatever who says: only that it
// is a monitoring system whose alerts the person feeds in.
func (s *Seat) Do(ctx context.Context, who model.Actor, incident model.Scope, c model.Command) (model.Receipt, error) {
	if who.Person != s.who.Person {
		return model.Receipt{}, ErrOther
	}
	if who.Via != model.DoorAlert || s.who.Via == model.DoorClaimed {
		who.Via = s.who.Via
	}
	if err := s.may(incident); err != nil {
		return model.Receipt{}, err
	}
	return s.room.Do(ctx, who, incident, c)
}

// Watch is model.Room.
func (s *Seat) Watch() model.Watch { return s.room.Watch() }

var (
	_ model.Seat    = (*Seat)(nil)
	_ model.Pager   = (*Seat)(nil)
	_ model.Archive = (*Seat)(nil)
)
