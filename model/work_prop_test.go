package model_test

import (
	"pgregory.net/rapid"

	"warroom/model"
)

// handAct hands somebody something, or does something with what was handed.
func handAct(t *rapid.T, a *author, id model.Scope, person func() model.PersonID, word func() string) model.Command {
	v := a.view(id)
	one := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "item") }
	switch n := rapid.IntRange(0, 10).Draw(t, "hand"); {
	case n == 0:
		return model.OfferHandover{Role: rapid.SampledFrom([]model.Role{model.IncidentManager, model.Expert}).Draw(t, "role"), Person: person(), Brief: word()}
	case n <= 2 && len(v.Handovers) > 0:
		return model.AnswerHandover{Offer: v.Handovers[one(len(v.Handovers))].Ref, Accept: rapid.Bool().Draw(t, "accepts")}
	case n == 3:
		return model.AddTask{Person: person(), Minutes: rapid.IntRange(0, 9).Draw(t, "minutes"), Text: word()}
	case n == 4 && len(v.Tasks) > 0:
		return model.ChangeTask{Task: v.Tasks[one(len(v.Tasks))].Ref, State: rapid.SampledFrom([]model.TaskProgress{"", model.TaskDoing, model.TaskDone}).Draw(t, "state"), Person: person()}
	case n == 5 && len(v.Decisions) > 0:
		return model.Object{Decision: v.Decisions[one(len(v.Decisions))].Ref, Text: word()}
	case n == 6 && len(v.Decisions) > 0:
		return model.CloseDecision{Decision: v.Decisions[one(len(v.Decisions))].Ref, Outcome: rapid.SampledFrom([]model.Outcome{model.Agreed, model.Rejected, model.Proposed}).Draw(t, "outcome")}
	case n == 7 && len(v.Hypotheses) > 0:
		return model.JudgeHypothesis{Hypothesis: v.Hypotheses[one(len(v.Hypotheses))].Ref, Finding: rapid.SampledFrom([]model.Finding{model.RuledOut, model.Possible}).Draw(t, "finding"), Text: word()}
	case n == 8 && len(v.Tasks) > 0:
		return model.AddFollowUp{Task: v.Tasks[one(len(v.Tasks))].Ref}
	case n == 9:
		return model.Relate{Other: model.Scope{7}, Relation: model.CausedBy, Off: rapid.Bool().Draw(t, "off")}
	case n == 10:
		return model.AddHypothesis{Text: word()}
	}
	return model.Propose{Text: word()}
}
