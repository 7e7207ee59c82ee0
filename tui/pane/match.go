package pane

import "strings"

// filterWords takes a filter apart: every word must be found, in any order and
// case.
func filterWords(text string) []string { return strings.Fields(strings.ToLower(text)) }

// hasAll reports that hay, in lower case, has every word.
func hasAll(hay string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}
