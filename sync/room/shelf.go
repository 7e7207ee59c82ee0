package room

import (
	"fmt"
	"slices"

	"warroom/model"
)

// maxFolded is how many incidents are kept folded. A team works on a handful at
// a time; one of a thousand entries takes about half a megabyte.
const maxFolded = 64

// shelf keeps the incidents that were used last folded, for the committer.
type shelf struct {
	read  func(model.Scope) (*model.Incident, error)
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

// put holds the fold as the one used last.
func (s *shelf) put(in *model.Incident) {
	s.remove(in.ID())
	s.held[in.ID()] = in
	s.order = append(s.order, in.ID())
}

// remove forgets a fold.
func (s *shelf) remove(id model.Scope) {
	if s.held[id] == nil {
		return
	}
	delete(s.held, id)
	for i, o := range s.order {
		if o == id {
			s.order = append(s.order[:i], s.order[i+1:]...)
			return
		}
	}
}

// trim forgets the least recently used beyond the limit, and names them.
func (s *shelf) trim(limit int) []model.Scope {
	if len(s.order) <= limit {
		return nil
	}
	old := append([]model.Scope(nil), s.order[:len(s.order)-limit]...)
	for _, id := range old {
		s.remove(id)
	}
	return old
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
