package model

import "slices"

// Step is the next useful thing to do: what, and the action that does it.
type Step struct {
	Say Phrase
	// Action is the id of the console's action, with its argument.
	Action string
	Arg    string
	// Urgent marks what is overdue or in conflict.
	Urgent bool
}

// IsZero reports that nothing is left to do.
func (s Step) IsZero() bool { return s.Say.IsZero() }

// Next is the next useful step, from the phases, the severity, the empty roles
// and the clocks. What is in conflict or overdue comes first; then the steps in
// the order of the phases, but with somebody in charge before all.
func (v *View) Next(nowMS int64) Step {
	if v.Opened == nil {
		return Step{Say: Say("next.unopened")}
	}
	if s, ok := v.nextConflict(); ok {
		return s
	}
	if s, ok := v.nextOverdue(nowMS); ok {
		return s
	}
	if s, ok := v.nextPage(nowMS); ok {
		return s
	}
	if s, ok := v.nextDoubt(); ok {
		return s
	}
	if s, ok := v.nextHanded(); ok {
		return s
	}
	switch v.Status.Value {
	case Resolved:
		return v.nextAfter()
	case Closed, Cancelled:
		return Step{}
	}
	if !v.Holds(IncidentManager) {
		return roleStep(IncidentManager)
	}
	if v.Severity.Value == Unset {
		if !v.Suggests.IsZero() {
			return Step{Say: Say("next.suggested", "Severity", v.Suggests.Level.String()), Action: "severity.suggested"}
		}
		return Step{Say: Say("next.severity"), Action: "severity"}
	}
	if v.Suggests.Level.Worse(v.Severity.Value) && v.assessedSince(v.Severity.By) {
		return Step{Say: Say("next.suggested", "Severity", v.Suggests.Level.String()), Action: "severity.suggested"}
	}
	if !v.Holds(TechLead) && !v.Holds(Expert) {
		return roleStep(TechLead)
	}
	if !v.hasChannel() {
		return Step{Say: Say("next.channel"), Action: "links"}
	}
	if n, all := v.Assessed(); n < all {
		return Step{Say: Say("next.assess").Counted(all - n), Action: "assess"}
	}
	if missing := v.Missing(); len(missing) > 0 {
		return roleStep(missing[0])
	}
	for _, a := range Audiences() {
		if v.Owes(a) && !v.told(a) {
			return Step{Say: Say("next.update", "Audience", a.Phrase()), Action: "update", Arg: string(a)}
		}
	}
	switch v.Status.Value {
	case Mitigated:
		for _, c := range v.Resolving() {
			if !c.Met && c.Action == "work" {
				return Step{Say: Say("next.criterion", "What", c.Say), Action: c.Action, Arg: c.Arg}
			}
		}
		return Step{Say: Say("next.resolve"), Action: "status", Arg: string(Resolved)}
	case Fixing:
		return Step{Say: Say("next.mitigate"), Action: "status", Arg: string(Mitigated)}
	}
	return Step{Say: Say("next.fix"), Action: "status", Arg: string(Fixing)}
}

func roleStep(r Role) Step {
	return Step{Say: Say("next.role", "Role", r.Phrase()), Action: "role", Arg: string(r)}
}

func (v *View) nextConflict() (Step, bool) {
	for _, h := range v.Roles {
		if h.Conflict() {
			return Step{Say: Say("next.crowded", "Role", h.Card.Role.Phrase()).Counted(len(h.Holders)), Action: "settle", Urgent: true}, true
		}
	}
	if v.Severity.Conflict() {
		return Step{Say: Say("next.conflict", "What", Say("what.severity")), Action: "settle", Urgent: true}, true
	}
	if v.Status.Conflict() {
		return Step{Say: Say("next.conflict", "What", Say("what.status")), Action: "settle", Urgent: true}, true
	}
	if len(v.Restricts) > 0 {
		return Step{Say: Say("next.conflict", "What", Say("what.restricted")), Action: "settle", Urgent: true}, true
	}
	return Step{}, false
}

// nextDoubt is what people set differently at once and what can wait for what is
// overdue: nobody acts on it.
func (v *View) nextDoubt() (Step, bool) {
	settle := func(what Phrase) (Step, bool) {
		return Step{Say: Say("next.conflict", "What", what), Action: "settle"}, true
	}
	if v.Title.Conflict() {
		return settle(Say("what.title"))
	}
	for _, a := range v.Answers {
		if len(a.Others) > 0 {
			return settle(a.Card.Question.Name())
		}
	}
	for _, m := range Moments() {
		if len(v.Moments[m].Differ) > 0 {
			return settle(m.Phrase())
		}
	}
	if v.Topic.Conflict() {
		return settle(Say("what.topic"))
	}
	for _, a := range Audiences() {
		if v.Drafts[a].Conflict() {
			return settle(Say("what.draft", "Audience", a.Phrase()))
		}
	}
	return Step{}, false
}

func (v *View) nextOverdue(nowMS int64) (Step, bool) {
	for _, a := range Audiences() {
		if due, ok := v.NextUpdate(a); ok && v.Owes(a) && nowMS > due {
			return Step{Say: Say("next.overdue", "Audience", a.Phrase()), Action: "update", Arg: string(a), Urgent: true}, true
		}
	}
	if late := v.lateTasks(nowMS); len(late) > 0 {
		return Step{Say: Say("next.late", "Person", late[0].Owner).Counted(len(late)), Action: "work", Arg: "tasks", Urgent: true}, true
	}
	return Step{}, false
}

// lateTasks are the tasks whose time is up, while there is an incident to work on.
func (v *View) lateTasks(nowMS int64) []Task {
	if v.Status.Value.Over() {
		return nil
	}
	return slices.DeleteFunc(v.OpenTasks(), func(t Task) bool { return !t.Late(nowMS) })
}

// nextHanded is an offer that waits for its answer.
func (v *View) nextHanded() (Step, bool) {
	if offers := v.Offers(); len(offers) > 0 && !v.Status.Value.Over() {
		h := offers[0]
		return Step{Say: Say("next.offer", "Role", h.Role.Phrase(), "Person", h.To), Action: "handover"}, true
	}
	return Step{}, false
}

// nextAfter: resolved. First comes the last word to all who are to hear it, then the
// review: what is still open in it, and at its end the closing.
func (v *View) nextAfter() Step {
	if left := v.Untold(); len(left) > 0 {
		return Step{Say: Say("next.last", "Audience", left[0].Phrase()), Action: "update", Arg: string(left[0])}
	}
	for _, c := range v.Closing() {
		if !c.Met && c.Action == "work" {
			return Step{Say: Say("next.criterion", "What", c.Say), Action: c.Action, Arg: c.Arg}
		}
	}
	return Step{Say: Say("next.close"), Action: "status", Arg: string(Closed)}
}

// assessedSince reports an answer or an alert that came after the severity was
// set: who set it knew the earlier ones, and is not asked again.
func (v *View) assessedSince(set *Record) bool {
	for _, a := range v.Answers {
		if a.By != nil && before(set, a.By) {
			return true
		}
	}
	for _, a := range v.Alerts {
		if before(set, a.By) {
			return true
		}
	}
	return false
}
