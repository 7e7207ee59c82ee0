package pane

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"warroom/model"
	"warroom/tui/lang"
)

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

// incidentTexts are what a filter looks at in the list of incidents: key,
// severity, status, manager and title of each row, in lower case. Ten thousand
// rows are read once, and then only those that changed.
type incidentTexts struct {
	rows  []model.Summary
	names map[model.PersonID]string
	texts []string
	say   *lang.Printer
	keys  int
}

// read brings the texts up to the overview.
func (h *incidentTexts) read(ov *model.Overview, say *lang.Printer) {
	if ov == nil {
		*h = incidentTexts{}
		return
	}
	// A name that changed, or a key that grew longer because another incident
	// shares it, can be in any row.
	old := h.rows
	if say != h.say || len(ov.Keys) != h.keys || h.renamed(ov.People) {
		old, h.names = nil, map[model.PersonID]string{}
	}
	texts := make([]string, len(ov.Rows))
	status := map[model.Status]string{}
	var buf []byte
	for i := range ov.Rows {
		s := &ov.Rows[i]
		if i < len(old) && sameText(s, &old[i]) {
			texts[i] = h.texts[i]
			continue
		}
		word, ok := status[s.Status]
		if !ok {
			word = string(s.Status)
			if say != nil {
				word += " " + say.Say(s.Status.Phrase())
			}
			status[s.Status] = word
		}
		name, ok := h.names[s.Manager]
		if !ok && ov.People != nil && !s.Manager.IsZero() {
			name = ov.People.Name(s.Manager)
			h.names[s.Manager] = name
		}
		key := ov.Keys[s.ID]
		if key == "" {
			key = s.ID.Key()
		}
		buf = buf[:0]
		for _, part := range [...]string{key, s.Severity.String(), word, name, s.Title} {
			buf = append(appendLower(buf, part), ' ')
		}
		texts[i] = string(buf)
	}
	h.rows, h.texts, h.say, h.keys = ov.Rows, texts, say, len(ov.Keys)
}

func (h *incidentTexts) renamed(people *model.Roster) bool {
	for id, name := range h.names {
		if people == nil || people.Name(id) != name {
			return true
		}
	}
	return h.names == nil
}

func sameText(a, b *model.Summary) bool {
	return a.ID == b.ID && a.Severity == b.Severity && a.Status == b.Status && a.Manager == b.Manager && a.Title == b.Title
}

// appendLower appends s in lower case.
func appendLower(buf []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			buf = append(buf, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		buf = utf8.AppendRune(buf, unicode.ToLower(r))
		i += n
	}
	return buf
}
