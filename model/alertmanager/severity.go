package alertmanager

import (
	"slices"
	"strings"
)

// severityLabels are the labels that may hold a severity, the usual one first.
var severityLabels = []string{"severity", "priority", "level"}

// levels are the words that teams use. A word that says "look at this in working
// hours" is a 3, so that it wakes nobody.
var levels = map[string]int{
	"critical": 1, "crit": 1, "page": 1, "disaster": 1, "emergency": 1, "emerg": 1, "fatal": 1, "blocker": 1, "alert": 1,
	"p0": 1, "p1": 1, "sev0": 1, "sev1": 1, "sev-1": 1, "s1": 1, "1": 1,
	"error": 2, "err": 2, "major": 2, "high": 2, "urgent": 2, "p2": 2, "sev2": 2, "sev-2": 2, "s2": 2, "2": 2,
	"warning": 3, "warn": 3, "average": 3, "medium": 3, "moderate": 3, "ticket": 3, "minor": 3, "low": 3,
	"info": 3, "information": 3, "informational": 3, "notice": 3, "none": 3, "debug": 3,
	"p3": 3, "p4": 3, "p5": 3, "sev3": 3, "sev4": 3, "sev5": 3, "sev-3": 3, "s3": 3, "3": 3, "4": 3, "5": 3,
}

// Severity is the level 1 to 9 that the labels suggest, or 0 when they say
// nothing of it: by the label severity, else priority, else level, whatever the
// case of name and value. The mapping, of values to levels, goes before the
// built-in one; a level outside 1 to 9 in it means that the value suggests none.
func Severity(labels map[string]string, mapping map[string]int) int {
	for _, name := range severityLabels {
		word, ok := folded(labels, name)
		if !ok {
			continue
		}
		word = strings.ToLower(strings.TrimSpace(word))
		if level, ok := folded(mapping, word); ok {
			if level < 1 || level > 9 {
				return 0
			}
			return level
		}
		if level := levels[word]; level != 0 {
			return level
		}
	}
	return 0
}

// folded looks a name up whatever its case. Of several spellings the exact one
// counts, else the first in order.
func folded[V any](m map[string]V, name string) (V, bool) {
	if v, ok := m[name]; ok {
		return v, true
	}
	var found []string
	for k := range m {
		if strings.EqualFold(strings.TrimSpace(k), name) {
			found = append(found, k)
		}
	}
	if len(found) == 0 {
		var none V
		return none, false
	}
	return m[slices.Min(found)], true
}
