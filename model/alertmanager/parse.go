package alertmanager

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"warroom/model"
)

// wire is the body without its alerts, which are read one at a time. Fields
// that are not named are not looked at.
type wire struct {
	Version           string            `json:"version"`
	GroupKey          string            `json:"groupKey"`
	TruncatedAlerts   uint64            `json:"truncatedAlerts"`
	Status            string            `json:"status"`
	Receiver          string            `json:"receiver"`
	GroupLabels       map[string]string `json:"groupLabels"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	ExternalURL       string            `json:"externalURL"`
}

type wireAlert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
}

// Parse reads a webhook body. The same alerts in another order, or given twice,
// make an equal notification.
//
// It refuses with CodeAlertLarge above MaxBody, CodeAlertEmpty for a body
// without alerts, CodeAlertVersion for another version, and CodeAlertMalformed,
// which says where and why, for all else that is wrong.
func Parse(body []byte) (Notification, error) {
	if len(body) > MaxBody {
		return Notification{}, model.Refuse(model.CodeAlertLarge, "Length", len(body), "Limit", MaxBody)
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if len(bytes.TrimSpace(body)) == 0 {
		return Notification{}, model.Refuse(model.CodeAlertEmpty)
	}
	w, list, err := split(body)
	if err != nil {
		return Notification{}, err
	}
	if w.Version != Version {
		return Notification{}, model.Refuse(model.CodeAlertVersion, "Version", cut(w.Version, 40), "Known", Version)
	}
	alerts, err := parseAlerts(list)
	if err != nil {
		return Notification{}, err
	}
	if len(alerts) == 0 {
		return Notification{}, model.Refuse(model.CodeAlertEmpty)
	}
	n := Notification{
		GroupKey: w.GroupKey, Receiver: w.Receiver, Status: status(alerts),
		Labels: w.CommonLabels, Annotations: w.CommonAnnotations, ExternalURL: w.ExternalURL,
		Truncated: int(min(w.TruncatedAlerts, 1<<31-1)), Alerts: normal(alerts),
	}
	n.Group = group(w)
	n.Title = title(n, w.GroupLabels)
	return n, nil
}

// split reads all but the alerts.
func split(body []byte) (wire, json.RawMessage, error) {
	var whole struct {
		wire
		Alerts json.RawMessage `json:"alerts"`
	}
	if err := json.Unmarshal(body, &whole); err != nil {
		return wire{}, nil, malformed("", err)
	}
	return whole.wire, whole.Alerts, nil
}

// parseAlerts reads the alerts one at a time, so that a list of a million wrong
// ones costs no more than its first.
func parseAlerts(list json.RawMessage) ([]Alert, error) {
	if len(list) == 0 || string(list) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(list))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, wrong("alerts", model.Say("alert.why.list"))
	}
	var alerts []Alert
	seen := map[identity]int{}
	for i := 0; d.More(); i++ {
		at := "alerts[" + strconv.Itoa(i) + "]"
		var w wireAlert
		if err := d.Decode(&w); err != nil {
			return nil, malformed(at, err)
		}
		a, err := parseAlert(w, at)
		if err != nil {
			return nil, err
		}
		if k, ok := seen[a.identity()]; ok {
			if compare(a, alerts[k]) > 0 {
				alerts[k] = a
			}
			continue
		}
		seen[a.identity()] = len(alerts)
		alerts = append(alerts, a)
	}
	return alerts, nil
}

func parseAlert(w wireAlert, at string) (Alert, error) {
	if w.Status != "firing" && w.Status != "resolved" {
		return Alert{}, wrong(at+".status", model.Say("alert.why.status", "Status", cut(w.Status, 40)))
	}
	a := Alert{
		Fingerprint: fingerprint(w.Fingerprint, w.Labels), Firing: w.Status == "firing",
		Name: line(w.Labels["alertname"]), Summary: summary(w.Annotations),
		Labels: w.Labels, Annotations: w.Annotations, GeneratorURL: w.GeneratorURL,
	}
	var ok bool
	if a.Starts, ok = nanos(w.StartsAt); !ok {
		return Alert{}, wrong(at+".startsAt", model.Say("alert.why.time", "Time", cut(w.StartsAt, 40)))
	}
	if a.Ends, ok = nanos(w.EndsAt); !ok {
		return Alert{}, wrong(at+".endsAt", model.Say("alert.why.time", "Time", cut(w.EndsAt, 40)))
	}
	if a.Firing {
		a.Ends = 0
	}
	a.Text = text(w)
	return a, nil
}

// nanos reads a time. None, the year 1 and everything before 1970 are 0; what
// is later than ns since 1970 can say (the year 2262) is the latest they can.
func nanos(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, true
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
	switch {
	case err != nil:
		return 0, false
	case t.Unix() < 0:
		return 0, true
	case t.Unix() >= maxNanos/int64(time.Second):
		return maxNanos, true
	}
	return t.UnixNano(), true
}

const maxNanos = 1<<63 - 1

func status(alerts []Alert) string {
	for _, a := range alerts {
		if a.Firing {
			return "firing"
		}
	}
	return "resolved"
}

// malformed turns an error of encoding/json into a refusal: what it says about
// bytes where the JSON is broken, what it says about a field where a type is wrong.
func malformed(at string, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return wrong(model.Say("alert.where.byte", "Byte", int(syntax.Offset)), model.Say("alert.why.json")).Because(err)
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		field := strings.TrimPrefix(kind.Field, "wire.")
		if field != "" && at != "" {
			at += "."
		}
		var where any = at + field
		if where == "" {
			where = model.Say("alert.where.top")
		}
		return wrong(where, model.Say("alert.why.type", "Got", kind.Value)).Because(err)
	}
	return wrong(model.Say("alert.where.top"), model.Say("alert.why.json")).Because(err)
}

// wrong is a refusal of a body: where is the path of a field or a phrase.
func wrong(where any, why model.Phrase) *model.Error {
	return model.Refuse(model.CodeAlertMalformed, "Where", where, "Why", why)
}

// line makes one line without control characters of s.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
