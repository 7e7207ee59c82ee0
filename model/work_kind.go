package model

// The bodies of what people hand each other in an incident: roles, tasks, decisions,
// hypotheses and follow-ups. Whatever is added has its own reference, by which what
// became of it points at it.
type (
	// HandoverOffer offers a role that the actor holds to somebody, who holds it from
	// when it is accepted. Its text is the brief. Pred names the offers of the same
	// role by the same person that it takes the place of.
	HandoverOffer struct {
		Common
		Role Role     `cbor:"16,keyasint"`
		To   PersonID `cbor:"17,keyasint"`
	}

	// HandoverAnswer accepts an offer or declines it. Not accepted by who offered it, it
	// is withdrawn. Its text is the reason.
	HandoverAnswer struct {
		Common
		Offer  Ref  `cbor:"16,keyasint"`
		Accept bool `cbor:"17,keyasint"`
	}

	// TaskAdd gives a task to one person, for Minutes; 0 is without a time box. Its text
	// is what is to be done.
	TaskAdd struct {
		Common
		Owner   PersonID `cbor:"16,keyasint"`
		Minutes uint32   `cbor:"17,keyasint,omitzero"`
	}

	// TaskState says all that may change of a task: how far it is, whose it is, and when
	// its time is up, in ms since 1970; 0 for never. Its text is what came of it.
	TaskState struct {
		Common
		Task  Ref          `cbor:"16,keyasint"`
		State TaskProgress `cbor:"17,keyasint"`
		Owner PersonID     `cbor:"18,keyasint"`
		Due   int64        `cbor:"19,keyasint,omitzero"`
	}

	// DecisionPropose proposes its text as a decision.
	DecisionPropose struct{ Common }

	// DecisionObject objects strongly to a proposal, in its text, or takes the objections
	// back that Pred names.
	DecisionObject struct {
		Common
		Decision Ref  `cbor:"16,keyasint"`
		Back     bool `cbor:"17,keyasint,omitzero"`
	}

	// DecisionClose says what came of a proposal; its text says why.
	DecisionClose struct {
		Common
		Decision Ref     `cbor:"16,keyasint"`
		Outcome  Outcome `cbor:"17,keyasint"`
	}

	// HypothesisAdd puts down a possible cause, in its text.
	HypothesisAdd struct{ Common }

	// HypothesisState rules it out, confirms it or opens it again; its text says why.
	HypothesisState struct {
		Common
		Hypothesis Ref     `cbor:"16,keyasint"`
		State      Finding `cbor:"17,keyasint"`
	}

	// FollowUpAdd puts down what is to be done after the incident: by whom, if that is
	// known, and until when, in ms since 1970. Task is the task that became it.
	FollowUpAdd struct {
		Common
		Owner PersonID `cbor:"16,keyasint,omitzero"`
		Due   int64    `cbor:"17,keyasint,omitzero"`
		Task  Ref      `cbor:"18,keyasint,omitzero"`
	}

	// FollowUpState says all that may change of a follow-up. Its text is what came of it.
	FollowUpState struct {
		Common
		FollowUp Ref          `cbor:"16,keyasint"`
		State    TaskProgress `cbor:"17,keyasint"`
		Owner    PersonID     `cbor:"18,keyasint,omitzero"`
		Due      int64        `cbor:"19,keyasint,omitzero"`
	}
)

func (*HandoverOffer) Kind() Kind   { return KindHandoverOffer }
func (*HandoverAnswer) Kind() Kind  { return KindHandoverAnswer }
func (*TaskAdd) Kind() Kind         { return KindTaskAdd }
func (*TaskState) Kind() Kind       { return KindTaskState }
func (*DecisionPropose) Kind() Kind { return KindDecisionPropose }
func (*DecisionObject) Kind() Kind  { return KindDecisionObject }
func (*DecisionClose) Kind() Kind   { return KindDecisionClose }
func (*HypothesisAdd) Kind() Kind   { return KindHypothesisAdd }
func (*HypothesisState) Kind() Kind { return KindHypothesisState }
func (*FollowUpAdd) Kind() Kind     { return KindFollowUpAdd }
func (*FollowUpState) Kind() Kind   { return KindFollowUpState }

// newWorkBody is an empty body of one of the kinds above, nil for another.
func newWorkBody(k Kind) Body {
	switch k {
	case KindHandoverOffer:
		return &HandoverOffer{}
	case KindHandoverAnswer:
		return &HandoverAnswer{}
	case KindTaskAdd:
		return &TaskAdd{}
	case KindTaskState:
		return &TaskState{}
	case KindDecisionPropose:
		return &DecisionPropose{}
	case KindDecisionObject:
		return &DecisionObject{}
	case KindDecisionClose:
		return &DecisionClose{}
	case KindHypothesisAdd:
		return &HypothesisAdd{}
	case KindHypothesisState:
		return &HypothesisState{}
	case KindFollowUpAdd:
		return &FollowUpAdd{}
	case KindFollowUpState:
		return &FollowUpState{}
	}
	return nil
}

// TaskProgress is how far a task or a follow-up is.
type TaskProgress string

// The progress. Doing is taken: its person knows of it.
const (
	TaskTodo    TaskProgress = "todo"
	TaskDoing   TaskProgress = "doing"
	TaskDone    TaskProgress = "done"
	TaskDropped TaskProgress = "dropped"
)

// known reports a progress that can be wished for.
func (p TaskProgress) known() bool {
	return p == TaskTodo || p == TaskDoing || p.Over()
}

// Over reports that nothing more is to be done.
func (p TaskProgress) Over() bool { return p == TaskDone || p == TaskDropped }

// Phrase is the progress's name.
func (p TaskProgress) Phrase() Phrase { return Say("progress." + string(p)) }

// Outcome is what came of a proposal.
type Outcome string

// The outcomes.
const (
	Proposed  Outcome = "open"
	Agreed    Outcome = "agreed"
	Rejected  Outcome = "rejected"
	Withdrawn Outcome = "withdrawn"
)

// Phrase is the outcome's name.
func (o Outcome) Phrase() Phrase { return Say("outcome." + string(o)) }

// ParseOutcome reads an outcome by name. It refuses with CodeOutcomeUnknown.
func ParseOutcome(typed string) (Outcome, error) {
	switch w := Outcome(trimWord(typed)); w {
	case Agreed, Rejected, Withdrawn:
		return w, nil
	case "yes", "go", "accepted":
		return Agreed, nil
	case "no":
		return Rejected, nil
	case "open", "reopen":
		return Proposed, nil
	}
	return "", Refuse(CodeOutcomeUnknown, "Outcome", typed)
}

// Finding is where a hypothesis stands.
type Finding string

// The findings.
const (
	Possible  Finding = "open"
	RuledOut  Finding = "out"
	Confirmed Finding = "confirmed"
	// Dropped is a hypothesis that was put down by mistake.
	Dropped Finding = "dropped"
)

// Phrase is the finding's name.
func (f Finding) Phrase() Phrase { return Say("finding." + string(f)) }
