package model

import "slices"

// What people hand each other in an incident, as it stands. Each item is a register
// whose first write added it, so that two who change it at once are both seen.

// work is the part of the fold that holds the items.
type work struct {
	items      map[itemID]*register
	objections map[Ref]*register // by decision
	relations  map[Related]*register
	added      map[Kind][]*Record
	// acted is when each person did something that is more than an entry.
	acted map[PersonID][]int64
}

// itemID names an item by the kind that added it: what points at it as at something
// else is not about it.
type itemID struct {
	kind Kind
	ref  Ref
}

func newWork() work {
	return work{
		items: map[itemID]*register{}, objections: map[Ref]*register{}, relations: map[Related]*register{},
		added: map[Kind][]*Record{}, acted: map[PersonID][]int64{},
	}
}

// item is the item that a record adds, or says something of; false for one that does
// neither.
func (r *Record) item() (itemID, bool) {
	switch b := r.Body.(type) {
	case *HandoverOffer, *TaskAdd, *DecisionPropose, *HypothesisAdd, *FollowUpAdd:
		return itemID{b.Kind(), r.Ref}, true
	case *HandoverAnswer:
		return itemID{KindHandoverOffer, b.Offer}, true
	case *TaskState:
		return itemID{KindTaskAdd, b.Task}, true
	case *DecisionClose:
		return itemID{KindDecisionPropose, b.Decision}, true
	case *HypothesisState:
		return itemID{KindHypothesisAdd, b.Hypothesis}, true
	case *FollowUpState:
		return itemID{KindFollowUpAdd, b.FollowUp}, true
	}
	return itemID{}, false
}

// about is the event whose text a record's sentence needs beside its own; zero for
// none.
func (r *Record) about() Ref {
	if b, ok := r.Body.(*DecisionObject); ok {
		return b.Decision
	}
	if id, ok := r.item(); ok && id.ref != r.Ref {
		return id.ref
	}
	return Ref{}
}

// workRegister is the register of what is above, nil for a record of another kind.
func (in *Incident) workRegister(r *Record) *register {
	switch b := r.Body.(type) {
	case *DecisionObject:
		return at(in.work.objections, b.Decision)
	case *IncidentRelate:
		return at(in.work.relations, Related{b.Other, b.Relation})
	}
	if id, ok := r.item(); ok {
		return at(in.work.items, id)
	}
	return nil
}

// addWork notes what was added, and when its author was at work.
func (in *Incident) addWork(r *Record) {
	if id, ok := r.item(); ok && id.ref == r.Ref {
		in.work.added[id.kind] = append(in.work.added[id.kind], r)
	}
	if c := r.Common(); !r.Plain() && !c.Actor.IsZero() && c.Via != DoorAlert {
		in.work.acted[c.Actor] = append(in.work.acted[c.Actor], r.Wall)
	}
}

// refreshAbout has the lines made anew whose sentence holds the text of an event.
func (in *Incident) refreshAbout(r *Record) {
	if id, ok := r.item(); ok && id.ref == r.Ref && in.work.items[id] != nil {
		for _, w := range in.work.items[id].writes {
			in.refresh(w.Ref)
		}
	}
	if g := in.work.objections[r.Ref]; g != nil {
		for _, w := range g.writes {
			in.refresh(w.Ref)
		}
	}
}

// added lists what was added of a kind, in order.
func (in *Incident) addedOf(k Kind) []*Record {
	return sortRecords(slices.Clone(in.work.added[k]))
}

// textIn is a record's text; "" for one that was removed.
func (in *Incident) textIn(r *Record) string {
	if r == nil || in.textGone(r) {
		return ""
	}
	return r.Text
}

// Item is what all items have: who added it and when, its text, and the writes that
// say how it stands.
type Item struct {
	Ref Ref
	// Text is empty when it was removed for good; Gone says so.
	Text string
	Gone bool
	By   *Record
	// Last is the write that says how it stands, By when nobody changed it since.
	// Others say otherwise, written at the same time.
	Last   *Record
	Others []*Record
}

// Person is who added it.
func (i Item) Person() PersonID { return i.By.Common().Actor }

// Why is what Last says beside the item's own text.
func (i Item) Why() string {
	if i.Last == i.By || i.Last.Removed {
		return ""
	}
	return i.Last.Text
}

func (in *Incident) itemOf(r *Record) Item {
	it := Item{Ref: r.Ref, Text: in.textIn(r), Gone: in.textGone(r), By: r, Last: r}
	id, _ := r.item()
	standing := in.work.items[id].standing()
	if n := len(standing) - 1; n >= 0 {
		it.Last, it.Others = standing[n], standing[:n]
	}
	if len(it.Others) == 0 {
		it.Others = nil
	}
	return it
}

// Task is a task as it stands.
type Task struct {
	Item
	TaskTerms
}

// TaskTerms are what may change of a task or a follow-up. Due is when its time is up,
// in ms since 1970; 0 for never.
type TaskTerms struct {
	State TaskProgress
	Owner PersonID
	Due   int64
}

// Late reports a task or follow-up whose time is up and that is not over.
func (t TaskTerms) Late(nowMS int64) bool { return !t.State.Over() && t.Due != 0 && nowMS >= t.Due }

// termsOf reads the terms off a write.
func termsOf(r *Record) TaskTerms {
	switch b := r.Body.(type) {
	case *TaskAdd:
		t := TaskTerms{State: TaskTodo, Owner: b.Owner}
		if b.Minutes > 0 {
			t.Due = r.HappenedAt() + int64(b.Minutes)*60_000
		}
		return t
	case *TaskState:
		return TaskTerms{b.State, b.Owner, b.Due}
	case *FollowUpAdd:
		return TaskTerms{TaskTodo, b.Owner, b.Due}
	case *FollowUpState:
		return TaskTerms{b.State, b.Owner, b.Due}
	}
	return TaskTerms{State: TaskTodo}
}

// differ keeps the writes that say something else than the last.
func differ[T comparable](it *Item, of func(*Record) T) T {
	last := of(it.Last)
	var others []*Record
	for _, w := range it.Others {
		if of(w) != last {
			others = append(others, w)
		}
	}
	it.Others = others
	return last
}

func (in *Incident) viewTasks() []Task {
	var out []Task
	for _, r := range in.addedOf(KindTaskAdd) {
		t := Task{Item: in.itemOf(r)}
		t.TaskTerms = differ(&t.Item, termsOf)
		out = append(out, t)
	}
	return out
}

// FollowUp is what is to be done after the incident.
type FollowUp struct {
	Item
	TaskTerms
	// Task is the task that became it; zero for none.
	Task Ref
}

func (in *Incident) viewFollowUps() []FollowUp {
	var out []FollowUp
	for _, r := range in.addedOf(KindFollowUpAdd) {
		f := FollowUp{Item: in.itemOf(r), Task: r.Body.(*FollowUpAdd).Task}
		f.TaskTerms = differ(&f.Item, termsOf)
		out = append(out, f)
	}
	return out
}

// Decision is a proposal, the strong objections to it, and what came of it.
type Decision struct {
	Item
	Outcome    Outcome
	Objections []Objection
}

// Objection is a strong objection to a proposal.
type Objection struct {
	Ref  Ref
	Text string
	By   *Record
	// After reports one that stands after the outcome: who decided had not seen it.
	After bool
}

// Open reports a proposal of which nothing came yet.
func (d Decision) Open() bool { return d.Outcome == Proposed }

func outcomeOf(r *Record) Outcome {
	if b, ok := r.Body.(*DecisionClose); ok {
		return b.Outcome
	}
	return Proposed
}

func (in *Incident) viewDecisions() []Decision {
	var out []Decision
	for _, r := range in.addedOf(KindDecisionPropose) {
		d := Decision{Item: in.itemOf(r)}
		d.Outcome = differ(&d.Item, outcomeOf)
		if g := in.work.objections[r.Ref]; g != nil {
			for _, w := range g.standing() {
				if b := w.Body.(*DecisionObject); !b.Back {
					d.Objections = append(d.Objections, Objection{w.Ref, in.textIn(w), w, d.Outcome != Proposed && before(d.Last, w)})
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// Hypothesis is a possible cause as it stands.
type Hypothesis struct {
	Item
	Finding Finding
}

func findingOf(r *Record) Finding {
	if b, ok := r.Body.(*HypothesisState); ok {
		return b.State
	}
	return Possible
}

// viewHypotheses leaves out those that were put down by mistake.
func (in *Incident) viewHypotheses() []Hypothesis {
	var out []Hypothesis
	for _, r := range in.addedOf(KindHypothesisAdd) {
		h := Hypothesis{Item: in.itemOf(r)}
		if h.Finding = differ(&h.Item, findingOf); h.Finding != Dropped {
			out = append(out, h)
		}
	}
	return out
}

// OpenTasks are those that are not over, the one whose time is up first before all;
// those without a time box last.
func (v *View) OpenTasks() []Task {
	out := slices.DeleteFunc(slices.Clone(v.Tasks), func(t Task) bool { return t.State.Over() })
	slices.SortStableFunc(out, func(a, b Task) int {
		switch {
		case (a.Due == 0) != (b.Due == 0):
			return compareInt(b.Due, a.Due)
		}
		return compareInt(a.Due, b.Due)
	})
	return out
}

// MergedInto is the incident that this one was merged into; false when it was not.
func (v *View) MergedInto() (Scope, bool) {
	for i := len(v.Related) - 1; i >= 0; i-- {
		if v.Related[i].Relation == MergedInto {
			return v.Related[i].Other, true
		}
	}
	return Scope{}, false
}

// viewRelated lists the relations that stand, in the order in which they were said.
func (in *Incident) viewRelated() []Related {
	var said []*Record
	for _, g := range in.work.relations {
		if w := g.last(); w != nil && !w.Body.(*IncidentRelate).Off {
			said = append(said, w)
		}
	}
	var out []Related
	for _, r := range sortRecords(said) {
		b := r.Body.(*IncidentRelate)
		out = append(out, Related{b.Other, b.Relation})
	}
	return out
}
