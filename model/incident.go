package model

import "slices"

// FoldVersion names the rules by which events become state. Replicas compare
// state hashes only under the same version.
const FoldVersion = 7

// Incident is the fold of one incident's events. Apply takes them in any order
// and any number of times; the state depends on the set alone.
//
// A fold of a part of the incident (see Part) has the state of the whole.
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
	restrict register
	answers  map[Question]*register
	roles    map[Role]*register
	moments  map[Moment]*register
	phases   map[PhaseID]*register
	text     map[Ref]*register // amendments, by entry
	strike   map[Ref]*register
	star     map[Ref]*register
	// drafts are what is written for each audience, approvals those of each draft. What
	// was published of a draft takes its place.
	drafts    map[Audience]*register
	approvals map[Ref]*register
	waived    map[Audience]*register // who needs no last update
	updates   []*Record
	alerts    map[alertKey][]*Record
	pages     pages
	undone    map[Ref]bool
	work      work
	removed   map[Ref][]*Record      // why a text is gone, by the event that had it
	owners    owners                 // nil while every removal counts
	book      *RoleBook              // the roles that are offered
	acts      map[PersonID][]*Record // what each person did here, for undo

	slots   map[Ref]*slot
	order   []*slot
	late    []*slot       // of the order too, and not in their place yet
	wanted  map[Ref][]Ref // lines to refresh when a replaced write arrives
	sorted  bool
	newer   int
	changed int64 // the latest wall clock of an act
	view    *View
	row     *Summary // but for what a plain entry changes

	// What a fold of a part has not: the number of plain entries before from, of
	// those that were there when all was.
	earlier int
	from    Position
	all     Extent
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
		drafts: map[Audience]*register{}, approvals: map[Ref]*register{}, waived: map[Audience]*register{},
		alerts: map[alertKey][]*Record{}, undone: map[Ref]bool{}, removed: map[Ref][]*Record{}, acts: map[PersonID][]*Record{},
		work: newWork(), slots: map[Ref]*slot{}, wanted: map[Ref][]Ref{}, sorted: true,
	}
}

// ID is the incident's id.
func (in *Incident) ID() Scope { return in.id }

// Len is the number of events folded.
func (in *Incident) Len() int { return len(in.records) }

// Total is how many lines its log has, those that are not folded among them.
func (in *Incident) Total() int { return in.earlier + len(in.order) + len(in.late) }

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
	if !r.Plain() {
		in.row = nil
	}
	in.records[r.Ref] = r
	if last := in.lastIn[r.Ref.Log]; r.Ref.Seq > last.Seq {
		in.lastIn[r.Ref.Log] = r.Ref
	}
	in.changed = max(in.changed, r.Wall)
	if r.Newer {
		in.newer++
	}
	if u := r.Common().Undoes; !u.IsZero() {
		in.undone[u] = true
		in.refresh(u)
	}
	actor := r.Common().Actor
	in.acts[actor] = append(in.acts[actor], r)
	in.addWork(r)
	in.dispatch(r)
	for _, ref := range in.wanted[r.Ref] {
		in.refresh(ref)
	}
	delete(in.wanted, r.Ref)
	if in.earlier > 0 && r.Plain() && r.Position().Before(in.from) && !in.all.before(r) {
		in.earlier--
	}
	return true
}

// Moved tells the fold that the order of some of its records changed.
func (in *Incident) Moved() { in.sorted, in.view, in.row, in.pages.made = false, nil, nil, nil }

func (in *Incident) dispatch(r *Record) {
	if g := in.registerOf(r); g != nil {
		g.add(r)
	}
	switch b := r.Body.(type) {
	case *IncidentOpen:
		// An opening whose id is not made from its own log and nonce is of
		// somebody who was not there: it is kept, and says nothing.
		if NewIncidentID(r.Ref.Log, b.Nonce) == in.id {
			// It is also the first title and the first status.
			in.opens.add(r)
			in.title.add(r)
			in.status.add(r)
		}
	case *TextRemove:
		in.removal(b.Target, r)
	case *UpdatePost:
		in.updates = append(in.updates, r)
	case *AlertState:
		k := alertKey{b.Group, b.Fingerprint}
		in.alerts[k] = append(in.alerts[k], r)
	case *PageSend, *PageState, *PageLease:
		in.pages.add(r)
		for _, s := range in.pages.states {
			in.refresh(s.Ref) // what it is about may have come with this
		}
		if r.Body.Kind() == KindPageLease {
			return // who is at a page is no line of the log
		}
	// These three are shown on the entry, not as lines of their own.
	case *EntryAmend:
		in.refresh(b.Target)
		return
	case *EntryStrike:
		in.refresh(b.Target)
		return
	case *EntryStar:
		in.refresh(b.Target)
		return
	}
	in.place(r)
}

// registerOf is the register in which a record is a write, nil for one that
// writes none. The opening writes two, and is not among them.
func (in *Incident) registerOf(r *Record) *register {
	switch b := r.Body.(type) {
	case *TitleSet:
		return &in.title
	case *SeveritySet:
		return &in.severity
	case *StatusSet:
		return &in.status
	case *TopicPin:
		return &in.topic
	case *LinkAdd, *LinkRemove:
		return &in.links
	case *AnswerSet:
		return at(in.answers, b.Question)
	case *RoleAssign:
		return at(in.roles, b.Role)
	case *RoleRelease:
		return at(in.roles, b.Role)
	case *MomentSet:
		return at(in.moments, b.Moment)
	case *PhaseMark:
		return at(in.phases, b.Phase)
	case *IncidentRestrict:
		return &in.restrict
	case *UpdateDraft:
		return at(in.drafts, b.Audience)
	case *UpdateApprove:
		return at(in.approvals, b.Target)
	case *UpdateWaive:
		return at(in.waived, b.Audience)
	case *UpdatePost:
		if !b.Draft.IsZero() {
			return at(in.drafts, b.Audience)
		}
	case *EntryAmend:
		return at(in.text, b.Target)
	case *EntryStrike:
		return at(in.strike, b.Target)
	case *EntryStar:
		return at(in.star, b.Target)
	}
	return in.workRegister(r)
}

// place puts a record into the timeline.
func (in *Incident) place(r *Record) {
	s := &slot{rec: r}
	in.slots[r.Ref] = s
	for _, p := range append(slices.Clone(r.Common().Pred), r.about()) {
		if !p.IsZero() && in.records[p] == nil {
			in.wanted[p] = append(in.wanted[p], r.Ref)
		}
	}
	if n := len(in.order); !in.sorted || n == 0 || before(in.order[n-1].rec, r) {
		in.order = append(in.order, s)
		return
	}
	in.late = append(in.late, s)
}

func (in *Incident) refresh(ref Ref) {
	if s := in.slots[ref]; s != nil {
		s.line = nil
	}
}

// sort puts the order in order. What came late is merged in at once: a peer that
// was away for a night brings thousands of lines, each in the midst.
func (in *Incident) sort() {
	compare := func(a, b *slot) int { return compareRecords(a.rec, b.rec) }
	if in.sorted {
		late := in.late
		slices.SortFunc(late, compare)
		i := len(in.order) - 1
		in.order = append(in.order, late...)
		for to := len(in.order) - 1; len(late) > 0; to-- {
			if last := late[len(late)-1]; i < 0 || compare(in.order[i], last) < 0 {
				in.order[to], late = last, late[:len(late)-1]
			} else {
				in.order[to] = in.order[i]
				i--
			}
		}
		in.late = nil
		return
	}
	in.order, in.late = append(in.order, in.late...), nil
	slices.SortFunc(in.order, compare)
	for _, s := range in.order {
		s.line = nil // amendments may stand in another order
	}
	in.sorted = true
}

// opened is the record that opened the incident, nil before it arrives.
func (in *Incident) opened() *Record {
	return first(in.opens.writes)
}
