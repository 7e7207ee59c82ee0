package model

import "slices"

// Status is where an incident stands.
type Status string

// The statuses. Closed means that the postmortem is done; Reopened is how an
// incident that was resolved, closed or cancelled becomes open again, and reads
// as open afterwards.
const (
	Open      Status = "open"
	Fixing    Status = "fixing"
	Mitigated Status = "mitigated"
	Resolved  Status = "resolved"
	Closed    Status = "closed"
	Cancelled Status = "cancelled"
	Reopened  Status = "reopened"
)

// Statuses lists them in the order of an incident's life.
func Statuses() []Status {
	return []Status{Open, Fixing, Mitigated, Resolved, Closed, Cancelled}
}

// known reports a status that can be wished for.
func (s Status) known() bool { return s == Reopened || slices.Contains(Statuses(), s) }

// Over reports an incident in which nothing more is to be repaired.
func (s Status) Over() bool { return s == Resolved || s == Closed || s == Cancelled }

// Letter is the key that chooses the status in a menu; it never changes.
func (s Status) Letter() string {
	switch s {
	case Open, Reopened:
		return "o"
	case Fixing:
		return "f"
	case Mitigated:
		return "m"
	case Resolved:
		return "r"
	case Closed:
		return "c"
	case Cancelled:
		return "x"
	}
	return ""
}

// Phrase is the status's name.
func (s Status) Phrase() Phrase { return Say("status." + string(s)) }

// Asks reports a status that ends something, and so is asked about first.
func (s Status) Asks() bool { return s.Over() }

// ParseStatus reads a status by name or letter. It refuses with
// CodeStatusUnknown.
func ParseStatus(typed string) (Status, error) {
	w := trimWord(typed)
	if w == "reopen" || w == "reopened" {
		return Reopened, nil
	}
	for _, s := range Statuses() {
		if w == string(s) || w == s.Letter() {
			return s, nil
		}
	}
	return "", Refuse(CodeStatusUnknown, "Status", typed)
}

// step decides what a wish to move from one status to another becomes: the
// status that is written, or a refusal. Leaving resolved, closed or cancelled
// for work is a reopening and needs a reason; only a resolved incident can be
// closed.
func step(from, to Status, reason string) (Status, error) {
	if from == Reopened {
		from = Open
	}
	if to == from || (to == Reopened && !from.Over()) {
		return "", Refuse(CodeStatusSame, "Status", from.Phrase())
	}
	switch {
	case to == Closed && from != Resolved:
		return "", Refuse(CodeStatusStep, "From", from.Phrase(), "To", to.Phrase())
	case to == Cancelled && (from == Resolved || from == Closed):
		return "", Refuse(CodeStatusStep, "From", from.Phrase(), "To", to.Phrase())
	case to == Resolved && from == Cancelled:
		return "", Refuse(CodeStatusStep, "From", from.Phrase(), "To", to.Phrase())
	case to == Resolved && from == Closed:
		return to, nil // the review goes on
	case from.Over() && !to.Over():
		if reason == "" {
			return "", Refuse(CodeReasonNeeded)
		}
		if to == Open {
			to = Reopened
		}
	}
	return to, nil
}
