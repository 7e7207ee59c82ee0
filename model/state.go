package model

// State is the fold of a whole workspace: everybody, every incident, and the
// order of all of it.
type State struct {
	Workspace Scope
	People    *People
	Incidents map[Scope]*Incident
	order     *Order
}

// NewState is a workspace of which nothing is known yet.
func NewState(workspace Scope) *State {
	return &State{Workspace: workspace, People: NewPeople(workspace), Incidents: map[Scope]*Incident{}, order: NewOrder()}
}

// Apply folds one event; false for one that is there already. The record is the
// state's from then on.
func (s *State) Apply(r *Record) bool {
	if !s.Aside(r) {
		return false
	}
	if r.Scope == s.Workspace {
		return s.People.Apply(r)
	}
	in := s.Incidents[r.Scope]
	if in == nil {
		in = NewIncident(r.Scope)
		s.Incidents[r.Scope] = in
	}
	return in.Apply(r)
}

// Aside places an event that is held back: it stands in the order, and is folded
// nowhere. False for one that is there already.
func (s *State) Aside(r *Record) bool {
	if _, ok := s.order.held[r.Ref]; ok {
		return false
	}
	for _, m := range s.order.Add(r) {
		if in := s.Incidents[m.Scope]; in != nil {
			in.Moved()
		} else if m.Scope == s.Workspace {
			s.People.Moved()
		}
	}
	return true
}

// Hash is the digest of the whole state under FoldVersion.
func (s *State) Hash() Hash {
	parts := [][]byte{}
	people := s.People.StateHash()
	parts = append(parts, people[:])
	for _, id := range sortedScopes(s.Incidents) {
		h := s.Incidents[id].StateHash()
		parts = append(parts, id[:], h[:])
	}
	return derive("warroom state", parts...)
}
