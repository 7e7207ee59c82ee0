package model

import (
	"slices"
	"time"
)

// The commands on what people hand each other. Zero values of optional fields mean
// "not said".
type (
	// OfferHandover offers a role of the actor's to a person: by id, or by name.
	OfferHandover struct {
		Role   Role
		Person PersonID
		Name   string
		Brief  string
	}
	// AnswerHandover accepts or declines an offer. Who offered it takes it back.
	AnswerHandover struct {
		Offer  Ref
		Accept bool
		Reason string
	}
	// AddTask gives a task to a person: by id, or by a name, which is added to the
	// people when nobody has it. Minutes is the time box, 0 for none.
	AddTask struct {
		Person  PersonID
		Name    string
		Minutes int
		Text    string
	}
	// ChangeTask moves a task, gives it to somebody else, or gives it Minutes more from
	// now. Text says what came of it.
	ChangeTask struct {
		Task    Ref
		State   TaskProgress
		Person  PersonID
		Minutes int
		Text    string
	}
	// Propose proposes a decision.
	Propose struct{ Text string }
	// Object objects strongly to one.
	Object struct {
		Decision Ref
		Text     string
	}
	// CloseDecision says what came of one.
	CloseDecision struct {
		Decision Ref
		Outcome  Outcome
		Text     string
	}
	// AddHypothesis puts down a possible cause.
	AddHypothesis struct{ Text string }
	// JudgeHypothesis rules one out, confirms it or opens it again. Text says why.
	JudgeHypothesis struct {
		Hypothesis Ref
		Finding    Finding
		Text       string
	}
	// AddFollowUp puts down what is to be done after the incident. Due is the last day
	// for it. A task that is named becomes it, and is dropped; its text is taken where
	// none is given.
	AddFollowUp struct {
		Person PersonID
		Name   string
		Due    time.Time
		Text   string
		Task   Ref
	}
	// ChangeFollowUp moves a follow-up, or gives it an owner or another day.
	ChangeFollowUp struct {
		FollowUp Ref
		State    TaskProgress
		Person   PersonID
		Name     string
		Due      time.Time
		Text     string
	}
	// Relate says how the incident stands to another; Off takes it back.
	Relate struct {
		Other    Scope
		Relation Relation
		Off      bool
	}
	// Merge says that the incident is the other one, which goes on, and cancels it.
	Merge struct {
		Into   Scope
		Reason string
	}
)

// MaxMinutes is the longest time box: a week.
const MaxMinutes = 7 * 24 * 60

func checkItem(text string) (string, error) {
	return checkLineText(text, MaxReason, CodeTextEmpty, CodeTextLong)
}

// unknown refuses a reference at which nothing of its kind stands.
func unknownItem(ref Ref) error { return Refuse(CodeItemUnknown, "Item", ref.Hash.String()[:8]) }

func find[T any](all []T, ref Ref, of func(T) Ref) (t T, err error) {
	if i := slices.IndexFunc(all, func(t T) bool { return of(t) == ref }); i >= 0 {
		return all[i], nil
	}
	return t, unknownItem(ref)
}

// writeItem drafts a write that takes the place of all that stand of an item.
func (d *decision) writeItem(kind Kind, ref Ref, b Body, text string) {
	d.add(b, text).Pred = d.in.work.items[itemID{kind, ref}].refs()
}

func (c OfferHandover) decide(d *decision) error {
	if _, ok := d.people.roleBook().Card(c.Role); !ok && len(d.in.holders(c.Role)) == 0 {
		return Refuse(CodeRoleUnknown, "Role", cutText(string(c.Role), 40))
	}
	to := c.Person
	if to.IsZero() {
		var err error
		if to, err = d.people.Roster().Find(c.Name); err != nil {
			return err
		}
	}
	switch {
	case d.in.heldSince(c.Role, d.Actor) == nil:
		return Refuse(CodeHandoverNotHeld, "Role", c.Role.Phrase())
	case to == d.Actor:
		return Refuse(CodeHandoverSelf)
	case d.people.Access(to) < Responder || !d.in.visibleTo(to):
		return Refuse(CodeHandoverCannot, "Person", to)
	}
	brief, err := checkText(c.Brief)
	if err != nil {
		return err
	}
	var pred []Ref
	for _, h := range d.in.viewHandovers() {
		if !h.Open() || h.Role != c.Role || h.From != d.Actor {
			continue
		}
		if h.To == to && h.Text == brief {
			return Refuse(CodeHandoverSame, "Person", to)
		}
		pred = append(pred, h.Ref)
	}
	d.add(&HandoverOffer{Role: c.Role, To: to}, brief).Pred = pred
	return nil
}

func (c AnswerHandover) decide(d *decision) error {
	h, err := find(d.in.viewHandovers(), c.Offer, func(h Handover) Ref { return h.Ref })
	if err != nil {
		return err
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	switch {
	case !h.Open():
		return Refuse(CodeHandoverOver, "Role", h.Role.Phrase(), "State", h.State.Phrase())
	case d.Actor != h.To && (c.Accept || d.Actor != h.From):
		return Refuse(CodeHandoverNotYours, "Person", h.To)
	}
	d.writeItem(KindHandoverOffer, h.Ref, &HandoverAnswer{Offer: h.Ref, Accept: c.Accept}, reason)
	if !c.Accept {
		return nil
	}
	// What others hold of the role at the same time stays, to be settled.
	var pred []Ref
	one := false
	for _, w := range d.in.roles[h.Role].standing() {
		if b, ok := w.Body.(*RoleAssign); ok && (b.Person == h.From || b.Person == h.To) {
			pred, one = append(pred, w.Ref), one || b.One
		}
	}
	d.add(&RoleAssign{Role: h.Role, Person: h.To, One: one}, "").Pred = pred
	return nil
}

func checkMinutes(n int) error {
	if n < 0 || n > MaxMinutes {
		return Refuse(CodeTaskMinutes, "Minutes", n, "Limit", MaxMinutes)
	}
	return nil
}

func (c AddTask) decide(d *decision) error {
	text, err := checkItem(c.Text)
	if err != nil {
		return err
	}
	if err := checkMinutes(c.Minutes); err != nil {
		return err
	}
	owner, err := d.person(c.Person, c.Name)
	if err != nil {
		return err
	}
	d.add(&TaskAdd{Owner: owner, Minutes: uint32(c.Minutes)}, text)
	return nil
}

func (c ChangeTask) decide(d *decision) error {
	t, err := find(d.in.viewTasks(), c.Task, func(t Task) Ref { return t.Ref })
	if err != nil {
		return err
	}
	text, err := checkReason(c.Text)
	if err != nil {
		return err
	}
	if err := checkMinutes(c.Minutes); err != nil {
		return err
	}
	terms := t.TaskTerms
	if c.State != "" {
		terms.State = c.State
	}
	if !terms.State.known() {
		return Refuse(CodeTaskState, "State", string(c.State))
	}
	if !c.Person.IsZero() {
		if err := d.known(c.Person); err != nil {
			return err
		}
		terms.Owner = c.Person
	}
	if c.Minutes > 0 {
		terms.Due = d.Now.UnixMilli() + int64(c.Minutes)*60_000
	}
	if terms == t.TaskTerms && len(t.Others) == 0 && text == "" {
		return Refuse(CodeTaskSame, "State", terms.State.Phrase())
	}
	d.writeItem(KindTaskAdd, t.Ref, &TaskState{Task: t.Ref, State: terms.State, Owner: terms.Owner, Due: terms.Due}, text)
	return nil
}

func (c Propose) decide(d *decision) error {
	text, err := checkItem(c.Text)
	if err != nil {
		return err
	}
	d.add(&DecisionPropose{}, text)
	return nil
}

func (d *decision) proposal(ref Ref) (Decision, error) {
	return find(d.in.viewDecisions(), ref, func(p Decision) Ref { return p.Ref })
}

func (c Object) decide(d *decision) error {
	p, err := d.proposal(c.Decision)
	if err != nil {
		return err
	}
	text, err := checkItem(c.Text)
	if err != nil {
		return err
	}
	if !p.Open() {
		return Refuse(CodeDecisionOver, "Outcome", p.Outcome.Phrase())
	}
	d.add(&DecisionObject{Decision: p.Ref}, text)
	return nil
}

func (c CloseDecision) decide(d *decision) error {
	p, err := d.proposal(c.Decision)
	if err != nil {
		return err
	}
	if _, err := ParseOutcome(string(c.Outcome)); err != nil {
		return err
	}
	text, err := checkReason(c.Text)
	if err != nil {
		return err
	}
	if p.Outcome == c.Outcome && len(p.Others) == 0 {
		return Refuse(CodeDecisionOver, "Outcome", p.Outcome.Phrase())
	}
	d.writeItem(KindDecisionPropose, p.Ref, &DecisionClose{Decision: p.Ref, Outcome: c.Outcome}, text)
	return nil
}

func (c AddHypothesis) decide(d *decision) error {
	text, err := checkItem(c.Text)
	if err != nil {
		return err
	}
	d.add(&HypothesisAdd{}, text)
	return nil
}

func (c JudgeHypothesis) decide(d *decision) error {
	h, err := find(d.in.viewHypotheses(), c.Hypothesis, func(h Hypothesis) Ref { return h.Ref })
	if err != nil {
		return err
	}
	text, err := checkReason(c.Text)
	switch {
	case err != nil:
		return err
	case c.Finding != Possible && c.Finding != RuledOut && c.Finding != Confirmed && c.Finding != Dropped:
		return Refuse(CodeFindingUnknown, "Finding", string(c.Finding))
	case text == "" && (c.Finding == RuledOut || c.Finding == Confirmed):
		return Refuse(CodeFindingWhy)
	case c.Finding == h.Finding && len(h.Others) == 0 && text == h.Why():
		return Refuse(CodeFindingSame, "Finding", h.Finding.Phrase())
	}
	d.writeItem(KindHypothesisAdd, h.Ref, &HypothesisState{Hypothesis: h.Ref, State: c.Finding}, text)
	return nil
}

// someone is the person that a command means, zero for nobody.
func (d *decision) someone(id PersonID, name string) (PersonID, error) {
	if id.IsZero() && name == "" {
		return id, nil
	}
	return d.person(id, name)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (c AddFollowUp) decide(d *decision) error {
	var task Task
	var err error
	if !c.Task.IsZero() {
		if task, err = find(d.in.viewTasks(), c.Task, func(t Task) Ref { return t.Ref }); err != nil {
			return err
		}
		if task.State.Over() {
			return Refuse(CodeTaskSame, "State", task.State.Phrase())
		}
		if c.Text == "" {
			if task.Gone {
				return Refuse(CodeTextGone)
			}
			c.Text = task.Text
		}
		if c.Person.IsZero() && c.Name == "" {
			c.Person = task.Owner
		}
	}
	text, err := checkItem(c.Text)
	if err != nil {
		return err
	}
	owner, err := d.someone(c.Person, c.Name)
	if err != nil {
		return err
	}
	if !c.Task.IsZero() {
		d.writeItem(KindTaskAdd, task.Ref, &TaskState{Task: task.Ref, State: TaskDropped, Owner: task.Owner, Due: task.Due}, "")
	}
	d.add(&FollowUpAdd{Owner: owner, Due: millis(c.Due), Task: c.Task}, text)
	return nil
}

func (c ChangeFollowUp) decide(d *decision) error {
	f, err := find(d.in.viewFollowUps(), c.FollowUp, func(f FollowUp) Ref { return f.Ref })
	if err != nil {
		return err
	}
	text, err := checkReason(c.Text)
	if err != nil {
		return err
	}
	terms := f.TaskTerms
	if c.State != "" {
		terms.State = c.State
	}
	if !terms.State.known() {
		return Refuse(CodeTaskState, "State", string(c.State))
	}
	owner, err := d.someone(c.Person, c.Name)
	if err != nil {
		return err
	}
	if !owner.IsZero() {
		terms.Owner = owner
	}
	if !c.Due.IsZero() {
		terms.Due = c.Due.UnixMilli()
	}
	if terms == f.TaskTerms && len(f.Others) == 0 && text == "" {
		return Refuse(CodeTaskSame, "State", terms.State.Phrase())
	}
	d.writeItem(KindFollowUpAdd, f.Ref, &FollowUpState{FollowUp: f.Ref, State: terms.State, Owner: terms.Owner, Due: terms.Due}, text)
	return nil
}

func (c Relate) decide(d *decision) error {
	if !slices.Contains(Relations(), c.Relation) {
		return Refuse(CodeRelationUnknown, "Relation", string(c.Relation))
	}
	if c.Other == d.in.id {
		return Refuse(CodeRelationSelf)
	}
	x := Related{c.Other, c.Relation}
	if slices.Contains(d.in.viewRelated(), x) == !c.Off {
		return Refuse(CodeRelationSame)
	}
	d.relate(x, c.Off)
	return nil
}

func (d *decision) relate(x Related, off bool) {
	d.add(&IncidentRelate{Other: x.Other, Relation: x.Relation, Off: off}, "").Pred = d.in.work.relations[x].refs()
}

func (c Merge) decide(d *decision) error {
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	if into, ok := d.in.View().MergedInto(); ok {
		return Refuse(CodeRelationMerged, "Incident", into)
	}
	if err := (Relate{Other: c.Into, Relation: MergedInto}).decide(d); err != nil {
		return err
	}
	if statusOf(d.in.status.last()).Over() {
		return nil
	}
	return SetStatus{Status: Cancelled, Reason: reason}.decide(d)
}

// unmerge takes back that the incident was merged into another: it goes on by itself.
func (d *decision) unmerge() {
	for _, x := range d.in.viewRelated() {
		if x.Relation == MergedInto {
			d.relate(x, true)
		}
	}
}
