package model

// opposeWork drafts the opposite of an act on what people hand each other. write
// replaces what stands of the act's item.
func (d *decision) opposeWork(r, was *Record, write func(Body, string) error) error {
	in := d.in
	switch b := r.Body.(type) {
	case *HandoverOffer:
		if state, _ := in.answerTo(Handover{Item: Item{Ref: r.Ref}, From: r.Common().Actor, To: b.To}); state != Offered {
			return Refuse(CodeUndoOvertaken)
		}
		return write(&HandoverAnswer{Offer: r.Ref}, "")
	case *HandoverAnswer:
		return d.offerAgain(r, b, write)
	case *TaskAdd:
		t := termsOf(r)
		return write(&TaskState{Task: r.Ref, State: TaskDropped, Owner: t.Owner, Due: t.Due}, "")
	case *TaskState:
		if was == nil {
			return Refuse(CodeUndoImpossible)
		}
		t := termsOf(was)
		return write(&TaskState{Task: b.Task, State: t.State, Owner: t.Owner, Due: t.Due}, in.saidWith(was))
	case *DecisionPropose:
		return write(&DecisionClose{Decision: r.Ref, Outcome: Withdrawn}, "")
	case *DecisionClose:
		if was == nil {
			return Refuse(CodeUndoImpossible)
		}
		return write(&DecisionClose{Decision: b.Decision, Outcome: outcomeOf(was)}, in.saidWith(was))
	case *DecisionObject:
		if !b.Back {
			return write(&DecisionObject{Decision: b.Decision, Back: true}, "")
		}
		if was == nil {
			return Refuse(CodeUndoImpossible)
		}
		return write(&DecisionObject{Decision: b.Decision}, was.Text)
	case *HypothesisAdd:
		return write(&HypothesisState{Hypothesis: r.Ref, State: Dropped}, "")
	case *HypothesisState:
		if was == nil {
			return Refuse(CodeUndoImpossible)
		}
		return write(&HypothesisState{Hypothesis: b.Hypothesis, State: findingOf(was)}, in.saidWith(was))
	case *FollowUpAdd:
		return write(&FollowUpState{FollowUp: r.Ref, State: TaskDropped, Owner: b.Owner, Due: b.Due}, "")
	case *FollowUpState:
		if was == nil {
			return Refuse(CodeUndoImpossible)
		}
		t := termsOf(was)
		return write(&FollowUpState{FollowUp: b.FollowUp, State: t.State, Owner: t.Owner, Due: t.Due}, in.saidWith(was))
	case *IncidentRelate:
		return write(&IncidentRelate{Other: b.Other, Relation: b.Relation, Off: !b.Off}, "")
	}
	return Refuse(CodeUndoImpossible)
}

// offerAgain does an offer again whose undoing is undone. An answer that somebody gave
// stays given: the other has read it.
func (d *decision) offerAgain(r *Record, b *HandoverAnswer, write func(Body, string) error) error {
	offer := d.in.records[b.Offer]
	first, ok := bodyOf[*HandoverOffer](offer)
	switch {
	case r.Common().Undoes.IsZero() || !ok || d.in.textGone(offer):
		return Refuse(CodeUndoImpossible)
	case d.in.heldSince(first.Role, d.Actor) == nil:
		return Refuse(CodeUndoOvertaken)
	}
	return write(&HandoverOffer{Role: first.Role, To: first.To}, offer.Text)
}

// saidWith is the text of a write that said how an item stands. That of the write that
// added it is the item's own.
func (in *Incident) saidWith(w *Record) string {
	if id, ok := w.item(); ok && id.ref == w.Ref {
		return ""
	}
	return w.Text
}
