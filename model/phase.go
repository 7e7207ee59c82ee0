package model

import "slices"

// PhaseID names a phase of a rail.
type PhaseID string

// The seven phases of an outage, and those of a security incident.
const (
	PhaseDetect    PhaseID = "detect"
	PhaseChannels  PhaseID = "channels"
	PhaseAssess    PhaseID = "assess"
	PhaseCustomers PhaseID = "customers"
	PhaseEscalate  PhaseID = "escalate"
	PhaseDelegate  PhaseID = "delegate"
	PhaseResolve   PhaseID = "resolve"

	PhaseIdentify  PhaseID = "identification"
	PhaseContain   PhaseID = "containment"
	PhaseEradicate PhaseID = "eradication"
	PhaseRecover   PhaseID = "recovery"
	PhaseLessons   PhaseID = "lessons"
)

// Rail lists the phases of a kind of incident.
func Rail(k IncidentKind) []PhaseID {
	if k == SecurityIncident {
		return []PhaseID{PhaseIdentify, PhaseContain, PhaseEradicate, PhaseRecover, PhaseLessons}
	}
	return []PhaseID{PhaseDetect, PhaseChannels, PhaseAssess, PhaseCustomers, PhaseEscalate, PhaseDelegate, PhaseResolve}
}

// Phrase is the phase's name.
func (p PhaseID) Phrase() Phrase { return Say("phase." + string(p)) }

// ParsePhase reads a phase of the rail by name. It refuses with CodePhaseUnknown.
func ParsePhase(typed string, k IncidentKind) (PhaseID, error) {
	w := trimWord(typed)
	for _, p := range Rail(k) {
		if w == string(p) {
			return p, nil
		}
	}
	return "", Refuse(CodePhaseUnknown, "Phase", typed)
}

// Progress is how far a phase is.
type Progress uint8

// The progress of a phase. Active is begun, and something of it is missing or
// comes again.
const (
	Todo Progress = iota
	Active
	Done
)

// PhaseState is a phase on the rail.
type PhaseState struct {
	Phase    PhaseID
	Progress Progress
}

// Phases says how far each phase is. The phases guide; none blocks. A phase
// that somebody ticked is done.
func (v *View) Phases(nowMS int64) []PhaseState {
	var out []PhaseState
	for _, p := range Rail(v.Kind) {
		s := PhaseState{p, v.progress(p, nowMS)}
		if m, ok := v.Marks[p]; ok && m.Value {
			s.Progress = Done
		}
		out = append(out, s)
	}
	return out
}

func (v *View) progress(p PhaseID, nowMS int64) Progress {
	status := v.Status.Value
	switch p {
	case PhaseDetect:
		// Detected and recorded; acknowledged when a person is on it.
		return pick(v.Opened != nil && v.Moments[Acknowledged].At != 0, v.Opened != nil)
	case PhaseChannels:
		return pick(v.hasChannel(), len(v.Links) > 0)
	case PhaseAssess, PhaseIdentify:
		answered := v.answered()
		return pick(v.Severity.Value != Unset && answered > 0, v.Severity.Value != Unset || answered > 0)
	case PhaseCustomers:
		return v.customers(nowMS)
	case PhaseEscalate:
		able := v.Holds(TechLead) || v.Holds(Expert)
		return pick(able || v.pageAnswered(), len(v.Pages) > 0)
	case PhaseDelegate:
		missing, filled := v.Missing(), v.filled()
		return pick(len(missing) == 0 && filled > 0 && v.Severity.Value != Unset, filled > 0)
	case PhaseContain:
		return pick(status == Mitigated || status == Resolved || status == Closed, status == Fixing)
	case PhaseEradicate:
		return pick(status == Resolved || status == Closed, status == Mitigated)
	case PhaseResolve, PhaseRecover:
		// Resolved, and everybody who is to hear it was told.
		return pick(status.Over() && len(v.Untold()) == 0, status.Over() || status == Mitigated)
	case PhaseLessons:
		return pick(status == Closed, status == Resolved)
	}
	return Todo
}

func pick(done, active bool) Progress {
	switch {
	case done:
		return Done
	case active:
		return Active
	}
	return Todo
}

// customers: done once the first update is out, the next is not due yet, or the
// incident is over and they know, or need not; an internal incident owes its customers nothing.
func (v *View) customers(nowMS int64) Progress {
	if slices.Contains(v.Untold(), ToCustomers) {
		return Active
	}
	if v.Status.Value.Over() && v.waives(ToCustomers) {
		return Done
	}
	posted := v.Moments[FirstExternal].At != 0
	if !posted && !v.Owes(ToCustomers) {
		return pick(v.Moments[FirstInternal].At != 0 || v.Status.Value.Over(), false)
	}
	due, counting := v.NextUpdate(ToCustomers)
	return pick(posted && (!counting || nowMS <= due), posted || counting)
}

// Owes reports whether the audience is owed updates: the team always, executives where
// the severity says so, customers
// when the impact is not said to be internal, at SEV1 and SEV2 or when external.
func (v *View) Owes(a Audience) bool {
	switch a {
	case ToTeam:
		return true
	case ToExecutives:
		sev, _ := SeverityOf(v.Severity.Value)
		_, ok := sev.Cadence(a)
		return ok
	}
	impact := v.answer(AskImpact)
	if impact.Has(Internal) {
		return false
	}
	return impact.Has(External) || v.Severity.Value == SEV1 || v.Severity.Value == SEV2
}

func (v *View) answer(q Question) Answer {
	for _, a := range v.Answers {
		if a.Card.Question == q && a.Done() {
			return a.Answer
		}
	}
	return Answer{}
}

func (v *View) answered() int {
	n := 0
	for _, a := range v.Answers {
		if a.Done() {
			n++
		}
	}
	return n
}

// Assessed counts the answered questions, and all of them.
func (v *View) Assessed() (answered, all int) { return v.answered(), len(v.Answers) }

func (v *View) hasChannel() bool {
	for _, l := range v.Links {
		if l.Kind.Channel() {
			return true
		}
	}
	return false
}

// Holders lists who holds the role.
func (v *View) Holders(r Role) []Holder {
	for _, h := range v.Roles {
		if h.Card.Role == r {
			return h.Holders
		}
	}
	return nil
}

// Holds reports whether somebody holds the role.
func (v *View) Holds(r Role) bool { return len(v.Holders(r)) > 0 }

func (v *View) filled() int {
	n := 0
	for _, h := range v.Roles {
		if len(h.Holders) > 0 {
			n++
		}
	}
	return n
}

// Filled counts the roles that somebody holds, and all of them.
func (v *View) Filled() (filled, all int) { return v.filled(), len(v.Roles) }

// Missing lists the roles that the severity asks for and nobody holds.
func (v *View) Missing() []Role {
	required := []Role{IncidentManager}
	if s, ok := SeverityOf(v.Severity.Value); ok {
		required = s.Required
	}
	var out []Role
	for _, r := range required {
		if r == Communications && !v.Owes(ToCustomers) {
			continue // nobody outside to speak to
		}
		if !v.Holds(r) {
			out = append(out, r)
		}
	}
	return out
}
