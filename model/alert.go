package model

// Source is how an incident was noticed.
type Source string

// The sources of detection.
const (
	ByMonitoring Source = "monitoring"
	ByTicket     Source = "ticket"
	BySocial     Source = "social"
	ByTeammate   Source = "teammate"
	ByOther      Source = "other"
)

// Sources lists them.
func Sources() []Source { return []Source{ByMonitoring, ByTicket, BySocial, ByTeammate, ByOther} }

// Phrase is the source's name.
func (s Source) Phrase() Phrase { return Say("source." + string(s)) }

// ParseSource reads a source by name. Empty is a teammate: somebody who types.
// It refuses with CodeSourceUnknown.
func ParseSource(typed string) (Source, error) {
	w := trimWord(typed)
	if w == "" {
		return ByTeammate, nil
	}
	for _, s := range Sources() {
		if w == string(s) {
			return s, nil
		}
	}
	return "", Refuse(CodeSourceUnknown, "Source", typed)
}

// IncidentKind says which rail an incident follows.
type IncidentKind uint8

// The kinds of incident.
const (
	Outage IncidentKind = iota
	SecurityIncident
)

// Phrase is the kind's name.
func (k IncidentKind) Phrase() Phrase {
	if k == SecurityIncident {
		return Say("kind.security")
	}
	return Say("kind.outage")
}

// ParseIncidentKind reads a kind by name; empty is an outage. It refuses with
// CodeKindUnknown.
func ParseIncidentKind(typed string) (IncidentKind, error) {
	switch trimWord(typed) {
	case "", "outage":
		return Outage, nil
	case "security":
		return SecurityIncident, nil
	}
	return Outage, Refuse(CodeKindUnknown, "Kind", typed)
}

// AlertPhase is whether an alert fires.
type AlertPhase uint8

// The phases of an alert.
const (
	Firing AlertPhase = iota + 1
	Quiet
)

// Relation says how an incident stands to another.
type Relation string

// The relations.
const (
	// Follows: this incident is of the same alerts as the other, which is over.
	Follows Relation = "follows"
	// MergedInto: this incident is the other one, which goes on; it is over.
	MergedInto Relation = "merged"
	// CausedBy: the other one caused this.
	CausedBy Relation = "caused"
)

// Relations lists them.
func Relations() []Relation { return []Relation{Follows, MergedInto, CausedBy} }

// Phrase is the relation's name.
func (r Relation) Phrase() Phrase { return Say("relation." + string(r)) }

// ParseRelation reads a relation by name. It refuses with CodeRelationUnknown.
func ParseRelation(typed string) (Relation, error) {
	switch trimWord(typed) {
	case "follows", "after":
		return Follows, nil
	case "merged", "merged-into", "duplicate", "duplicate-of":
		return MergedInto, nil
	case "caused", "caused-by", "because":
		return CausedBy, nil
	}
	return "", Refuse(CodeRelationUnknown, "Relation", typed)
}

// AlertSignal is one alert as a monitoring system told it, ready for the model.
type AlertSignal struct {
	Fingerprint string
	Firing      bool
	Starts      int64 // ns since 1970
	Ends        int64 // ns since 1970; 0 while it lasts
	Suggested   Level
	// Text is a JSON object with labels and annotations.
	Text string
}

// EntryForm says what an entry's text is.
type EntryForm uint8

// The forms of an entry.
const (
	Note EntryForm = iota
	CommandOutput
)

// CommandRun is how a command that `warroom run` ran ended.
type CommandRun struct {
	_ struct{} `cbor:",toarray"`
	// Exit is the command's exit code; -1 when a signal ended it.
	Exit int32
	// Millis is how long it ran.
	Millis int64
	// Lines is how many lines it wrote; the text holds the first and the last.
	Lines int64
}
