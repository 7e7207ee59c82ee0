// Package report writes an incident down for people and programs outside the
// room: as Markdown, and as JSON with stable names.
package report

import (
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

// timeline gives the lines in the order in which things happened; of one time,
// in the order of the log.
func timeline(v *model.View) []*model.Line {
	lines := slices.Clone(v.Lines)
	slices.SortStableFunc(lines, func(a, b *model.Line) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	return lines
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
