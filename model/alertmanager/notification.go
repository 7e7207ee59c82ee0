// Package alertmanager reads what Prometheus Alertmanager posts to a webhook:
// the body of version "4". It does no I/O.
package alertmanager

import "warroom/model"

// Version is the version of the body that this package reads. Alertmanager has
// posted no other since its release 0.5.
const Version = "4"

// Limits.
const (
	// MaxBody is the most bytes of a body. Alertmanager's own groups stay far
	// below; a rule that matches every pod of a big cluster makes about 1 MiB.
	MaxBody = 4 << 20
	// MaxTitle is the most characters of a title; it is also held to
	// model.MaxTitle bytes.
	MaxTitle = 200
	// MaxText is the most bytes of an alert's text, below what an event holds.
	MaxText = 60_000
)

// Notification is what one post says about one group of alerts.
type Notification struct {
	// Group names the group: the SHA-256 of its key, or of what takes its place
	// when the key is missing (the receiver and the group's labels, or the
	// common ones).
	Group    model.Hash
	GroupKey string
	Receiver string
	// Status is "firing" while one alert fires, else "resolved".
	Status string
	// Title is a title for an incident of this group, one line, never empty.
	Title string
	// Labels and Annotations are what all alerts have in common.
	Labels      map[string]string
	Annotations map[string]string
	ExternalURL string
	// Truncated is how many alerts of the group Alertmanager left out.
	Truncated int
	// Alerts is sorted by fingerprint and start, without repetitions.
	Alerts []Alert
}

// Alert is the state of one alert.
type Alert struct {
	// Fingerprint names the alert: as given, or 16 hexadecimal digits made from
	// its labels.
	Fingerprint string
	Firing      bool
	// Starts and Ends are in ns since 1970. Ends is 0 while it fires, and where
	// it is not known.
	Starts int64
	Ends   int64
	// Name and Summary are for people: the rule's name, and what it says.
	Name         string
	Summary      string
	Labels       map[string]string
	Annotations  map[string]string
	GeneratorURL string
	// Text is a JSON object of labels, annotations and generatorURL, always
	// the same for the same alert. Values are shortened where it would be over
	// MaxText; "shortened" then says how many.
	Text string
}

// Signal is the alert as the model takes it, with the severity that its labels
// suggest by the mapping (see Severity).
func (a Alert) Signal(mapping map[string]int) model.AlertSignal {
	return model.AlertSignal{
		Fingerprint: a.Fingerprint, Firing: a.Firing, Starts: a.Starts, Ends: a.Ends,
		Suggested: model.Level(Severity(a.Labels, mapping)), Text: a.Text,
	}
}
