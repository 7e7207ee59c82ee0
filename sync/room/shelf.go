package room

import (
	"fmt"
	"slices"
	"sync"

	"warroom/model"
)

// maxFolded is how many incidents are kept folded. A team works on a handful at
// a time; one of a thousand entries takes about half a megabyte.
const maxFolded = 64

// maxLines is how many lines of their logs are kept folded, those of the
// incident that was used last excepted. A line takes about 700 bytes.
const maxLines = 32_768

// shelf keeps the incidents that were used last folded, for the committer. All but
// has is for its goroutine alone.
type shelf struct {
	read  func(model.Scope) (*model.Incident, error)
	mu    sync.Mutex // guards held where it changes, and for has
	held  map[model.Scope]*model.Incident
	order []model.Scope // least recently used first
}

func newShelf(read func(model.Scope) (*model.Incident, error)) *shelf {
	return &shelf{read: read, held: map[model.Scope]*model.Incident{}}
}

// get gives the incident's fold, of a part or whole, read from the store when it
// is not held.
func (s *shelf) get(id model.Scope) (*model.Incident, error) {
	in := s.held[id]
	if in == nil {
		var err error
		if in, err = s.read(id); err != nil {
			return nil, err
		}
	}
	s.put(in)
	return in, nil
}

// has reports whether an incident is held, from any goroutine.
func (s *shelf) has(id model.Scope) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[id] != nil
}

// put holds the fold as the one used last.
func (s *shelf) put(in *model.Incident) {
	id, n := in.ID(), len(s.order)
	if s.held[id] == in && s.order[n-1] == id {
		return
	}
	s.remove(id)
	s.mu.Lock()
	s.held[id] = in
	s.mu.Unlock()
	s.order = append(s.order, id)
}

// remove forgets a fold.
func (s *shelf) remove(id model.Scope) {
	if s.held[id] == nil {
		return
	}
	s.mu.Lock()
	delete(s.held, id)
	s.mu.Unlock()
	i := slices.Index(s.order, id)
	s.order = slices.Delete(s.order, i, i+1)
}

// trim forgets the least recently used beyond so many incidents, or so many lines, but
// none of which the fold is ahead of the disk.
func (s *shelf) trim(incidents, lines int, ahead func(model.Scope) bool) {
	held := 0
	for _, id := range s.order[:max(len(s.order)-1, 0)] {
		held += s.held[id].Len()
	}
	for i := 0; i < len(s.order)-1 && (len(s.order) > incidents || held > lines); {
		if id := s.order[i]; ahead(id) {
			i++
		} else {
			held -= s.held[id].Len()
			s.remove(id)
		}
	}
}

// fold reads an incident from the store. It is refused with
// CodeIncidentUnknown when the store has none of its events.
func (r *Room) fold(id model.Scope) (*model.Incident, error) { return r.foldWithout(id, nil) }

// foldWithout is fold, without the texts of some events.
func (r *Room) foldWithout(id model.Scope, texts []model.Ref) (*model.Incident, error) {
	in := model.NewIncident(id)
	err := r.store.Scope(id, func(e *model.Event, eff model.Clock) error {
		if slices.Contains(texts, e.Ref()) {
			e.SetText(model.Salt{}, nil)
		}
		rec, err := model.Decode(e)
		if err != nil {
			return err
		}
		rec.Eff = eff
		in.Apply(rec)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read incident %s: %w", id.Key(), err)
	}
	if in.Len() == 0 {
		return nil, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	return in, nil
}

// fold1 folds what somebody else wrote in an incident, or leaves it until there is time.
func (r *Room) fold1(c *commit, rec *model.Record) error {
	id := rec.Scope
	if r.later.anew[id] { // it is read from the disk when there is time, or when it is needed
		c.anew[id] = true
		r.incidents.remove(id)
		return nil
	}
	if !c.touched[id] {
		later, err := r.foldFor(id)
		if err != nil {
			return err
		}
		if later {
			c.unread[id] = true
			r.later.leave(id)
			return nil
		}
		c.touched[id] = true
	}
	r.apply(rec)
	return nil
}

// foldFor has the shelf hold an incident, from the store or, where that has nothing of it,
// a new one. Of one that begins in what peers bring nothing is read: a reader waits for all
// that was committed to be in the database. For the same reason one that is in the store
// is read later while peers bring more: then the shelf does not hold it.
func (r *Room) foldFor(id model.Scope) (later bool, err error) {
	if r.incidents.has(id) {
		_, err := r.incidents.get(id)
		return false, err
	}
	had := r.sends(id) > 0
	if !had {
		if had, err = r.store.Had(id); err != nil {
			return false, err
		}
	}
	switch {
	case !had:
		r.incidents.put(model.NewIncident(id))
		return false, nil
	case r.later.unread[id], r.later.bulky && len(r.later.unread) < maxUnread:
		return true, nil
	}
	_, err = r.incidents.get(id)
	if model.CodeOf(err) == model.CodeIncidentUnknown {
		r.incidents.put(model.NewIncident(id))
		return false, nil
	}
	return false, err
}
