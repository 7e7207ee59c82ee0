package alertmanager

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"warroom/model"
)

type alertText struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	GeneratorURL string            `json:"generatorURL"`
	// Shortened is how many values were cut, Dropped how many are gone.
	Shortened int `json:"shortened,omitempty"`
	Dropped   int `json:"dropped,omitempty"`
}

// text is the alert's text: whole, or with the first of its names, if there are
// too many of them, and the longest values cut to one length.
func text(w wireAlert) string {
	t := alertText{Labels: nonNil(w.Labels), Annotations: nonNil(w.Annotations), GeneratorURL: w.GeneratorURL}
	if s := encode(t); len(s) <= MaxText {
		return s
	}
	t = t.dropped()
	// The greatest length that fits, by halving.
	lo, hi := 0, MaxText
	for lo < hi {
		if mid := (lo + hi + 1) / 2; len(encode(t.shortened(mid))) <= MaxText {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return encode(t.shortened(lo))
}

func (t alertText) shortened(n int) alertText {
	out := alertText{
		Labels: make(map[string]string, len(t.Labels)), Annotations: make(map[string]string, len(t.Annotations)),
		Dropped: t.Dropped,
	}
	short := func(s string) string {
		if len(s) <= n {
			return s
		}
		out.Shortened++
		end := n
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		return s[:end] + "…"
	}
	for k, v := range t.Labels {
		out.Labels[k] = short(v)
	}
	for k, v := range t.Annotations {
		out.Annotations[k] = short(v)
	}
	out.GeneratorURL = short(t.GeneratorURL)
	return out
}

// dropped keeps of the names, in order, as many as take half of the room, with
// a byte taking at most six in JSON.
func (t alertText) dropped() alertText {
	out := alertText{Labels: map[string]string{}, Annotations: map[string]string{}, GeneratorURL: t.GeneratorURL}
	room := MaxText / 2
	take := func(from, to map[string]string) {
		for _, k := range slices.Sorted(maps.Keys(from)) {
			if room -= 6*len(k) + len(`"":"…",`); room < 0 {
				out.Dropped += len(from) - len(to)
				return
			}
			to[k] = from[k]
		}
	}
	take(t.Labels, out.Labels)
	take(t.Annotations, out.Annotations)
	return out
}

func encode(t alertText) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	// Strings and numbers cannot fail to be written to memory.
	_ = e.Encode(t)
	return strings.TrimSuffix(b.String(), "\n")
}

func nonNil(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func summary(annotations map[string]string) string {
	for _, name := range []string{"summary", "title", "message", "description"} {
		if s := line(annotations[name]); s != "" {
			return s
		}
	}
	return ""
}

// telling are the labels that say what is concerned, most telling first.
var telling = []string{
	"service", "app", "application", "job", "namespace", "cluster", "env", "environment", "region", "zone", "dc", "instance", "host", "node",
}

// tellingShown is how many of them a title has.
const tellingShown = 3

// title composes a title for an incident: what the alerts say in common, else
// the name of the rule, how many there are, and the labels that tell where.
func title(n Notification, groupLabels map[string]string) string {
	words := summaryOf(n)
	if words == "" {
		words = named(n, groupLabels)
	}
	return fit(words)
}

func summaryOf(n Notification) string {
	for _, name := range []string{"summary", "title", "message"} {
		if s := line(n.Annotations[name]); s != "" {
			return s
		}
	}
	// One alert, or several that say the same, need no common annotations.
	first := n.Alerts[0].Summary
	for _, a := range n.Alerts[1:] {
		if a.Summary != first {
			return ""
		}
	}
	return first
}

func named(n Notification, groupLabels map[string]string) string {
	name := line(n.Labels["alertname"])
	if name == "" {
		name = line(groupLabels["alertname"])
	}
	if name == "" {
		name = names(n.Alerts)
	}
	if name == "" {
		name = "Alertmanager"
	}
	if len(n.Alerts) > 1 {
		name += " ×" + strconv.Itoa(len(n.Alerts))
	}
	var where []string
	for _, l := range telling {
		v := line(n.Labels[l])
		if v == "" {
			v = line(groupLabels[l])
		}
		if v != "" && !slices.Contains(where, v) && len(where) < tellingShown {
			where = append(where, v)
		}
	}
	if len(where) == 0 {
		if n.Receiver != "" && name == "Alertmanager" {
			return name + ": " + line(n.Receiver)
		}
		return name
	}
	return name + ": " + strings.Join(where, ", ")
}

// names are the rules of the alerts, at most three.
func names(alerts []Alert) string {
	var all []string
	for _, a := range alerts {
		if a.Name != "" && !slices.Contains(all, a.Name) {
			all = append(all, a.Name)
		}
		if len(all) == tellingShown {
			break
		}
	}
	return strings.Join(all, ", ")
}

// fit holds a title to MaxTitle characters and the model's bytes.
func fit(s string) string {
	runes := 0
	for i, r := range s {
		if runes++; runes > MaxTitle || i+utf8.RuneLen(r) > model.MaxTitle {
			return shorter(s[:i])
		}
	}
	return s
}

// shorter takes off the last characters of a start that was too long, until the
// ellipsis has room.
func shorter(s string) string {
	const sign = "…"
	for {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
		if len(s)+len(sign) <= model.MaxTitle {
			return strings.TrimRight(s, " ") + sign
		}
	}
}
