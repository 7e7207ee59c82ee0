package model

import (
	"slices"
	"sort"
)

// FoldVersion names the rules by which events become state. Replicas compare
// state hashes only under the same version.
const FoldVersion = 1

// Incident is the fold of one incident's events. Apply takes them in any order
// and any number of times; the state depends on the set alone.
//
// An Incident is for one goroutine; View gives what others may read.
type Incident struct {
	id      Scope
	records map[Ref]*Record
	lastIn  map[LogID]Ref

	opens    register
	title    register
	severity register
	status   register
	topic    register
	links    register
	answers  map[Question]*register
	roles    map[Role]*register
	moments  map[Moment]*register
	phases   map[PhaseID]*register
	text     map[Ref]*register // amendments, by entry
	strike   map[Ref]*register
	star     map[Ref]*register
	updates  []*Record
	related  []*Record
	alerts   map[alertKey][]*Record
	undone   map[Ref]bool
	acts     map[PersonID][]*Record // what each person did here, for undo

	slots  map[Ref]*slot
	order  []*slot
	wanted map[Ref][]Ref // lines to refresh when a replaced write arrives
	sorted bool
	newer  int
	view   *View
}

type alertKey struct {
	group       Hash
	fingerprint string
}

type slot struct {
	rec  *Record
	line *Line // nil when it must be made anew
}

// NewIncident is the fold of no events yet.
func NewIncident(id Scope) *Incident {
	return &Incident{
		id: id, records: map[Ref]*Record{}, lastIn: map[LogID]Ref{},
		answers: map[Question]*register{}, roles: map[Role]*register{},
		moments: map[Moment]*register{}, phases: map[PhaseID]*register{},
		text: map[Ref]*register{}, strike: map[Ref]*register{}, star: map[Ref]*register{},
		alerts: map[alertKey][]*Record{}, undone: map[Ref]bool{}, acts: map[PersonID][]*Record{},
		slots: map[Ref]*slot{}, wanted: map[Ref][]Ref{}, sorted: true,
	}
}

// ID is the incident's id.
func (in *Incident) ID() Scope { return in.id }

// Len is the number of events folded.
func (in *Incident) Len() int { return len(in.records) }

// LastIn is the last event of the log in this incident, the zero Ref if it has
// none.
func (in *Incident) LastIn(log LogID) Ref { return in.lastIn[log] }

// Apply folds one event. It reports false, and changes nothing, for an event
// that is there already or is about something else.
func (in *Incident) Apply(r *Record) bool {
	if r.Scope != in.id || in.records[r.Ref] != nil {
		return false
	}
	in.view = nil
	in.records[r.Ref] = r
	if last := in.lastIn[r.Ref.Log]; r.Ref.Seq > last.Seq {
		in.lastIn[r.Ref.Log] = r.Ref
	}
	if r.Newer {
		in.newer++
	}
	if u := r.Common().Undoes; !u.IsZero() {
		in.undone[u] = true
		in.refresh(u)
	}
	actor := r.Common().Actor
	in.acts[actor] = append(in.acts[actor], r)
	in.dispatch(r)
	for _, ref := range in.wanted[r.Ref] {
		in.refresh(ref)
	}
	delete(in.wanted, r.Ref)
	return true
}

// Moved tells the fold that the order of some of its records changed.
func (in *Incident) Moved() { in.sorted, in.view = false, nil }

func (in *Incident) dispatch(r *Record) {
	switch b := r.Body.(type) {
	case *IncidentOpen:
		// The opening is also the first title and the first status.
		in.opens.add(r)
		in.title.add(r)
		in.status.add(r)
	case *TitleSet:
		in.title.add(r)
	case *SeveritySet:
		in.severity.add(r)
	case *StatusSet:
		in.status.add(r)
	case *TopicPin:
		in.topic.add(r)
	case *AnswerSet:
		at(in.answers, b.Question).add(r)
	case *RoleAssign:
		at(in.roles, b.Role).add(r)
	case *RoleRelease:
		at(in.roles, b.Role).add(r)
	case *LinkAdd, *LinkRemove:
		in.links.add(r)
	case *MomentSet:
		at(in.moments, b.Moment).add(r)
	case *PhaseMark:
		at(in.phases, b.Phase).add(r)
	case *UpdatePost:
		in.updates = append(in.updates, r)
	case *IncidentRelate:
		in.related = append(in.related, r)
	case *AlertState:
		k := alertKey{b.Group, b.Fingerprint}
		in.alerts[k] = append(in.alerts[k], r)
	case *EntryAmend:
		at(in.text, b.Target).add(r)
		in.refresh(b.Target)
		return // shown on the entry, not as a line of its own
	case *EntryStrike:
		at(in.strike, b.Target).add(r)
		in.refresh(b.Target)
		return
	case *EntryStar:
		at(in.star, b.Target).add(r)
		in.refresh(b.Target)
		return
	}
	in.place(r)
}

// place puts a record into the timeline.
func (in *Incident) place(r *Record) {
	s := &slot{rec: r}
	in.slots[r.Ref] = s
	for _, p := range r.Common().Pred {
		if in.records[p] == nil {
			in.wanted[p] = append(in.wanted[p], r.Ref)
		}
	}
	if n := len(in.order); !in.sorted || n == 0 || before(in.order[n-1].rec, r) {
		in.order = append(in.order, s)
		return
	}
	i := sort.Search(len(in.order), func(i int) bool { return before(r, in.order[i].rec) })
	in.order = slices.Insert(in.order, i, s)
}

func (in *Incident) refresh(ref Ref) {
	if s := in.slots[ref]; s != nil {
		s.line = nil
	}
}

func (in *Incident) sort() {
	if in.sorted {
		return
	}
	slices.SortFunc(in.order, func(a, b *slot) int { return compareRecords(a.rec, b.rec) })
	for _, s := range in.order {
		s.line = nil // amendments may stand in another order
	}
	in.sorted = true
}

// opened is the record that opened the incident, nil before it arrives.
func (in *Incident) opened() *Record {
	if len(in.opens.writes) == 0 {
		return nil
	}
	return slices.MinFunc(in.opens.writes, compareRecords)
}
