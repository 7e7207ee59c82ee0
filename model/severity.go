package model

import "strconv"

// Level is a severity: 1 is the worst; 0 is "not set yet".
type Level uint8

// The severities that every workspace begins with.
const (
	Unset Level = iota
	SEV1
	SEV2
	SEV3
)

// Severity is a row of the severity table.
type Severity struct {
	Level Level
	// First is the time between updates at the beginning, in minutes; Later the
	// time after LongAfter minutes. 0 LongAfter: First for ever.
	First, Later, LongAfter int
	// Executives is the time between updates to executives, in minutes; 0 for none.
	Executives int
	// AnyHour says that people are called day or night.
	AnyHour bool
	// Required are the roles that an incident of this severity needs filled.
	Required []Role
}

// Severities is the table that every workspace begins with, worst first.
// Source of the cadences and of whom to call: the product's table of domain
// facts, which follows the public Atlassian and PagerDuty handbooks.
func Severities() []Severity {
	return []Severity{
		{Level: SEV1, First: 20, LongAfter: 120, Later: 30, Executives: 30, AnyHour: true, Required: []Role{IncidentManager, TechLead, Communications, Support}},
		{Level: SEV2, First: 60, Later: 60, Executives: 60, AnyHour: true, Required: []Role{IncidentManager, TechLead, Communications}},
		{Level: SEV3, First: 240, Later: 240, Required: []Role{IncidentManager}},
	}
}

// SeverityOf is the row of a level; false for one that the table has not.
func SeverityOf(l Level) (Severity, bool) {
	for _, s := range Severities() {
		if s.Level == l {
			return s, true
		}
	}
	return Severity{}, false
}

// Known reports whether the table has the level.
func (l Level) Known() bool {
	_, ok := SeverityOf(l)
	return ok
}

// Worse reports whether l is a worse severity than o. Not set is the least.
func (l Level) Worse(o Level) bool {
	if l == o || l == Unset {
		return false
	}
	return o == Unset || l < o
}

// String is the name that people know: SEV1. It is a name, the same in every
// language.
func (l Level) String() string {
	if l == Unset {
		return "SEV?"
	}
	return "SEV" + strconv.Itoa(int(l))
}

// ParseLevel reads "1", "sev1", "SEV-1" or "p1". It refuses with
// CodeSeverityUnknown.
func ParseLevel(typed string) (Level, error) {
	s := trimWord(typed)
	for _, prefix := range []string{"sev", "p", "s"} {
		if len(s) > len(prefix) && s[:len(prefix)] == prefix {
			s = s[len(prefix):]
			if len(s) > 1 && (s[0] == '-' || s[0] == ' ') {
				s = s[1:]
			}
			break
		}
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil || n < 1 || n > 9 || !Level(n).Known() {
		return Unset, Refuse(CodeSeverityUnknown, "Severity", typed)
	}
	return Level(n), nil
}
