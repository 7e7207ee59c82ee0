package model

// What ought to be so before an incident is resolved, and before it is closed. It warns
// and never blocks: a person decides.

// Criterion is one thing that ought to be so.
type Criterion struct {
	Say Phrase
	Met bool
	// Action is the id of the console's action that mends it, with its argument; empty
	// where none does.
	Action string
	Arg    string
}

// Unmet are the sentences of those that are not so.
func Unmet(all []Criterion) []Phrase {
	var out []Phrase
	for _, c := range all {
		if !c.Met {
			out = append(out, c.Say)
		}
	}
	return out
}

// major reports a severity at which the whole list is gone through.
func (v *View) major() bool { return v.Severity.Value == SEV1 || v.Severity.Value == SEV2 }

// Resolving lists what ought to be so before the incident is resolved. At the lower
// severities it is what would be forgotten; at the higher ones also the repair and what it
// did. That others hear of the end comes after it: see Untold.
func (v *View) Resolving() []Criterion {
	var out []Criterion
	add := func(met bool, say Phrase, action, arg string) { out = append(out, Criterion{say, met, action, arg}) }
	firing := 0
	for _, a := range v.Alerts {
		if a.Firing {
			firing++
		}
	}
	if len(v.Alerts) > 0 {
		add(firing == 0, Say("criterion.alerts").Counted(firing), "", "")
	}
	if v.major() {
		add(v.Moments[MitigatedAt].At != 0, Say("criterion.mitigated"), "status", string(Mitigated))
		add(v.recovered(), Say("criterion.impact"), "assess", "")
	}
	if len(v.Tasks) > 0 {
		open := len(v.OpenTasks())
		add(open == 0, Say("criterion.tasks").Counted(open), "work", "tasks")
	}
	if len(v.Decisions) > 0 {
		open := v.openDecisions()
		add(open == 0, Say("criterion.decisions").Counted(open), "work", "decisions")
	}
	if len(v.Pages) > 0 {
		open := 0
		for _, e := range v.Pages {
			if !e.Over() {
				open++
			}
		}
		add(open == 0, Say("criterion.pages").Counted(open), "page", "")
	}
	if len(v.Handovers) > 0 {
		open := len(v.Offers())
		add(open == 0, Say("criterion.offers").Counted(open), "handover", "")
	}
	return out
}

// Closing lists what ought to be so before the incident is closed, after its review.
func (v *View) Closing() []Criterion {
	var out []Criterion
	for _, a := range v.Untold() {
		out = append(out, Criterion{Say("criterion.update", "Audience", a.Phrase()), false, "update", string(a)})
	}
	if len(v.FollowUps) > 0 {
		open := v.ownerless()
		out = append(out, Criterion{Say("criterion.owners").Counted(open), open == 0, "work", "followups"})
	}
	if v.major() {
		known := false
		for _, h := range v.Hypotheses {
			known = known || h.Finding == Confirmed
		}
		out = append(out, Criterion{Say("criterion.cause"), known, "work", "hypotheses"})
	}
	if n := v.filled(); n > 0 {
		out = append(out, Criterion{Say("criterion.roles").Counted(n), false, "role", ""})
	}
	return out
}

// recovered reports that what customers see was said anew after the repair.
func (v *View) recovered() bool {
	repaired := v.Moments[MitigatedAt].By
	for _, a := range v.Answers {
		if a.Card.Question == AskSee && a.Done() {
			return repaired != nil && before(repaired, a.By)
		}
	}
	return false
}

func (v *View) openDecisions() int {
	n := 0
	for _, d := range v.Decisions {
		if d.Open() {
			n++
		}
	}
	return n
}

// ownerless counts the follow-ups that are not over and are nobody's.
func (v *View) ownerless() int {
	n := 0
	for _, f := range v.FollowUps {
		if f.Owner.IsZero() && !f.State.Over() {
			n++
		}
	}
	return n
}
