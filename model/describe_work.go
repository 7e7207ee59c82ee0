package model

import "time"

// The sentences of what people hand each other.

// of is the text of what an act says something of; what stands in its place when it was
// removed, or is not here yet.
func (l *Line) of() any {
	switch {
	case l.Of == nil:
		return Say("log.item.missing")
	case l.OfText == "":
		return Say("log.removed")
	}
	return l.OfText
}

// workAct is the sentence of such an act; false for one of another kind.
func (l *Line) workAct() (Phrase, bool) {
	r := l.Rec
	switch b := r.Body.(type) {
	case *HandoverOffer:
		return Say("log.handover.offered", "Role", b.Role.Phrase(), "Person", b.To), true
	case *HandoverAnswer:
		return l.handoverAnswer(b), true
	case *TaskAdd:
		if b.Minutes == 0 {
			return Say("log.task.added", "Person", b.Owner, "Text", r.Text), true
		}
		return Say("log.task.boxed", "Person", b.Owner, "Text", r.Text).Counted(int(b.Minutes)), true
	case *TaskState:
		return l.termsChanged(true), true
	case *DecisionPropose:
		return Say("log.decision.proposed", "Text", r.Text), true
	case *DecisionObject:
		if b.Back {
			return Say("log.decision.unobjected", "Of", l.of()), true
		}
		return Say("log.decision.objected", "Of", l.of(), "Text", r.Text), true
	case *DecisionClose:
		return because(Say("log.decision."+string(b.Outcome.plain()), "Of", l.of()), r.Text), true
	case *HypothesisAdd:
		return Say("log.hypothesis.added", "Text", r.Text), true
	case *HypothesisState:
		return because(Say("log.hypothesis."+string(b.State.plain()), "Of", l.of()), r.Text), true
	case *FollowUpAdd:
		return l.followUp(b), true
	case *FollowUpState:
		return l.termsChanged(false), true
	case *IncidentRelate:
		key := "log.relation." + string(b.Relation)
		if b.Relation != Follows && b.Relation != MergedInto && b.Relation != CausedBy {
			return Say("log.newer"), true
		}
		if b.Off {
			key += ".off"
		}
		return Say(key, "Incident", b.Other), true
	}
	return Phrase{}, false
}

// plain is an outcome that has a sentence: what a newer warroom says reads as open.
func (o Outcome) plain() Outcome {
	switch o {
	case Agreed, Rejected, Withdrawn:
		return o
	}
	return Proposed
}

func (f Finding) plain() Finding {
	switch f {
	case RuledOut, Confirmed, Dropped:
		return f
	}
	return Possible
}

func (l *Line) handoverAnswer(b *HandoverAnswer) Phrase {
	offer, ok := bodyOf[*HandoverOffer](l.Of)
	if !ok {
		return Say("log.handover.unknown")
	}
	from := l.Of.Common().Actor
	switch actor := l.Rec.Common().Actor; {
	case b.Accept && actor == offer.To:
		return Say("log.handover.accepted", "Role", offer.Role.Phrase(), "Person", from)
	case !b.Accept && actor == offer.To:
		return because(Say("log.handover.declined", "Role", offer.Role.Phrase(), "Person", from), l.Rec.Text)
	case !b.Accept && actor == from:
		return because(Say("log.handover.withdrawn", "Role", offer.Role.Phrase(), "Person", offer.To), l.Rec.Text)
	}
	return Say("log.handover.unknown") // somebody whom it does not concern
}

// termsChanged says what changed of a task or a follow-up: how far it is, whose it is,
// or its time.
func (l *Line) termsChanged(task bool) Phrase {
	is, was := termsOf(l.Rec), TaskTerms{State: TaskTodo}
	if w := l.was(); w != nil {
		was = termsOf(w)
	}
	what := "noted"
	switch {
	case is.State != was.State && is.State.known():
		what = string(is.State)
	case is.Owner != was.Owner:
		what = "given"
	case is.Due != was.Due && is.Due != 0:
		what = "until"
	}
	key := "log.followup." + what
	if task {
		key = "log.task." + what
	}
	return because(Say(key, "Of", l.of(), "Person", is.Owner, "Time", time.UnixMilli(is.Due)), l.Rec.Text)
}

func (l *Line) followUp(b *FollowUpAdd) Phrase {
	key := "log.followup.added"
	if !b.Owner.IsZero() {
		key += ".owner"
	}
	if b.Due != 0 {
		key += ".due"
	}
	return Say(key, "Text", l.Rec.Text, "Person", b.Owner, "Time", time.UnixMilli(b.Due))
}
