// Package report writes an incident down for people and programs outside the
// room: as Markdown, and as JSON with stable names.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Sayer renders a phrase in the reader's language.
type Sayer func(model.Phrase) string

// Options say for whom a report is, and how its values are written. Every
// function must be given; Zone and Now too, for Markdown.
type Options struct {
	Say Sayer
	// Name gives a person's display name, Key an incident's short name without
	// its prefix.
	Name func(model.PersonID) string
	Key  func(model.Scope) string
	// Took writes a duration.
	Took func(time.Duration) string
	// Lines cleans a text from outside and takes it apart into lines. JSON does
	// not use it: there a text is as it was written.
	Lines func(string) []string
	// Zone is the zone of the times in Markdown. JSON is in UTC.
	Zone *time.Location
	// Evidence, when given, goes into the JSON, so that whoever gets it can prove
	// that the log was not altered.
	Evidence *model.Evidence
	// Now is when the report is made; what still lasts is counted up to it.
	Now time.Time
}

// placed is a line with its place in the timeline, in ms since 1970.
type placed struct {
	*model.Line
	at   int64
	late bool // recorded more than a minute later
}

// timeline gives the lines in the order in which things happened; of one time,
// in the order of the log. An undo or a redo happened when it was recorded, and
// never before what it takes back.
func timeline(v *model.View) []placed {
	lines := make([]placed, 0, len(v.Lines))
	at := map[model.Ref]int64{}
	for _, l := range v.Lines {
		p := placed{l, l.At, l.Late()}
		c := l.Rec.Common()
		if !c.Undoes.IsZero() || !c.Redoes.IsZero() {
			p.at, p.late = max(l.Rec.Wall, at[c.Undoes], at[c.Redoes]), false
		}
		at[l.Ref()] = p.at
		lines = append(lines, p)
	}
	slices.SortStableFunc(lines, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	return lines
}

// named are those who alone may see a restricted incident; nobody for another.
func named(v *model.View, o Options) []string {
	if !v.Restricted {
		return nil
	}
	names := make([]string, 0, len(v.Named))
	for _, id := range v.Named {
		names = append(names, o.Name(id))
	}
	slices.Sort(names)
	return names
}

// zoneOf names the zone of a time: "UTC", or "CET, UTC+01:00".
func zoneOf(t time.Time) string {
	name, offset := t.Zone()
	if offset == 0 && (name == "UTC" || name == "") {
		return "UTC"
	}
	east := t.Format("UTC-07:00")
	if name == "" || strings.ContainsAny(name[:1], "+-") {
		return east
	}
	return name + ", " + east
}
