package model

// Moment is a point in an incident's life that its figures are made of.
type Moment string

// The moments.
const (
	ImpactStarted Moment = "started"
	Detected      Moment = "detected"
	Declared      Moment = "opened"
	Acknowledged  Moment = "acknowledged"
	ChannelsSet   Moment = "channels"
	SeveritySetAt Moment = "severity"
	FirstInternal Moment = "internal"
	FirstExternal Moment = "external"
	MitigatedAt   Moment = "mitigated"
	ResolvedAt    Moment = "resolved"
)

// Moments lists them in the order in which they usually come.
func Moments() []Moment {
	return []Moment{ImpactStarted, Detected, Declared, Acknowledged, ChannelsSet, SeveritySetAt, FirstInternal, FirstExternal, MitigatedAt, ResolvedAt}
}

// Phrase is the moment's name.
func (m Moment) Phrase() Phrase { return Say("moment." + string(m)) }

// ParseMoment reads a moment by name. It refuses with CodeMomentUnknown.
func ParseMoment(typed string) (Moment, error) {
	w := trimWord(typed)
	for _, m := range Moments() {
		if w == string(m) {
			return m, nil
		}
	}
	return "", Refuse(CodeMomentUnknown, "Moment", typed)
}

// Time is a moment as it stands: when, who said so, and what it was before a
// correction.
type Time struct {
	Moment Moment
	// At is in ms since 1970; 0 while it has not come.
	At int64
	// By is the record that fixed it; nil while it has not come.
	By *Record
	// Corrected reports a correction by hand; Derived is then what the acts say,
	// 0 if they say nothing.
	Corrected bool
	Derived   int64
	// Others are concurrent corrections that nobody has settled; Differ are then all
	// the writes that stand side by side, that of At first.
	Others []int64
	Differ []*Record
}

// Figure is a duration between two moments, with its definition.
type Figure string

// The figures. Every one says its definition, because "MTTR" alone means four
// different things.
const (
	ToDetect      Figure = "detect"      // detected - impact started
	ToAcknowledge Figure = "acknowledge" // acknowledged - detected
	ToMitigate    Figure = "mitigate"    // mitigated - impact started
	ToResolve     Figure = "resolve"     // resolved - impact started
)

// Figures lists them.
func Figures() []Figure { return []Figure{ToDetect, ToAcknowledge, ToMitigate, ToResolve} }

// Ends are the moments between which the figure is taken.
func (f Figure) Ends() (from, to Moment) {
	switch f {
	case ToDetect:
		return ImpactStarted, Detected
	case ToAcknowledge:
		return Detected, Acknowledged
	case ToMitigate:
		return ImpactStarted, MitigatedAt
	}
	return ImpactStarted, ResolvedAt
}

// Phrase is the figure's name; Definition says how it is taken.
func (f Figure) Phrase() Phrase { return Say("figure." + string(f)) }

// Definition says between which moments the figure is taken.
func (f Figure) Definition() Phrase {
	from, to := f.Ends()
	return Say("figure.definition", "From", from.Phrase(), "To", to.Phrase())
}

// Of is the figure in ms; false while one of its moments is not known.
func (f Figure) Of(times map[Moment]Time) (int64, bool) {
	from, to := f.Ends()
	a, b := times[from], times[to]
	if a.At == 0 || b.At == 0 {
		return 0, false
	}
	return b.At - a.At, true
}

// yearMS is longer than any incident: a moment further off than that is a
// mistyped year.
const yearMS = 366 * 24 * 3600 * 1000

// Referee reads the moments and warns of what cannot be: a wrong order, a wrong
// year, a moment after now. It never blocks: an incident may be declared after
// the repair.
func Referee(times map[Moment]Time, nowMS int64) []Phrase {
	var out []Phrase
	before := func(a, b Moment) {
		x, y := times[a], times[b]
		if x.At != 0 && y.At != 0 && x.At > y.At {
			out = append(out, Say("referee.order", "Late", a.Phrase(), "Early", b.Phrase()))
		}
	}
	before(ImpactStarted, Detected)
	before(Detected, Acknowledged)
	before(ImpactStarted, MitigatedAt)
	before(ImpactStarted, ResolvedAt)
	before(Detected, MitigatedAt)
	before(MitigatedAt, ResolvedAt)
	opened := times[Declared].At
	for _, m := range Moments() {
		t := times[m]
		switch {
		case t.At == 0:
		case opened != 0 && (t.At < opened-yearMS || t.At > opened+yearMS):
			out = append(out, Say("referee.year", "Moment", m.Phrase()))
		case t.At > nowMS+MaxAhead.Milliseconds():
			out = append(out, Say("referee.future", "Moment", m.Phrase()))
		}
	}
	return out
}
