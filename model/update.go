package model

// Audience is to whom an update speaks.
type Audience string

// The audiences.
const (
	ToCustomers  Audience = "customers"
	ToTeam       Audience = "internal"
	ToExecutives Audience = "executives"
)

// Audiences lists them.
func Audiences() []Audience { return []Audience{ToCustomers, ToTeam, ToExecutives} }

// Phrase is the audience's name.
func (a Audience) Phrase() Phrase { return Say("audience." + string(a)) }

// ParseAudience reads an audience by name or letter: c, i, x. It refuses with
// CodeAudienceUnknown.
func ParseAudience(typed string) (Audience, error) {
	switch trimWord(typed) {
	case "customers", "customer", "external", "c":
		return ToCustomers, nil
	case "executives", "executive", "execs", "exec", "x":
		return ToExecutives, nil
	case "internal", "team", "i", "t":
		return ToTeam, nil
	}
	return "", Refuse(CodeAudienceUnknown, "Audience", typed)
}

// UpdateState is how far along an update says the incident is.
type UpdateState string

// The states of an update.
const (
	Investigating UpdateState = "investigating"
	Identified    UpdateState = "identified"
	Monitoring    UpdateState = "monitoring"
	Recovered     UpdateState = "resolved"
)

// UpdateStates lists them in order.
func UpdateStates() []UpdateState {
	return []UpdateState{Investigating, Identified, Monitoring, Recovered}
}

// Phrase is the state's name.
func (s UpdateState) Phrase() Phrase { return Say("update." + string(s)) }

// ParseUpdateState reads a state by name or first letter. It refuses with
// CodeUpdateState.
func ParseUpdateState(typed string) (UpdateState, error) {
	w := trimWord(typed)
	for _, s := range UpdateStates() {
		if w == string(s) {
			return s, nil
		}
	}
	switch w {
	case "i":
		return Investigating, nil
	case "d":
		return Identified, nil
	case "m":
		return Monitoring, nil
	case "r":
		return Recovered, nil
	}
	return "", Refuse(CodeUpdateState, "State", typed)
}
