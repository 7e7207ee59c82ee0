package pane

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"warroom/model"
	"warroom/themes"
	logline "warroom/tui/line"
)

// called cuts a clean text at the names that it calls, each with its @.
func (c *columns) called(text string) []piece {
	if !strings.Contains(text, "@") || c.people == nil {
		return []piece{{themes.Text, text}}
	}
	var out []piece
	from := 0
	for at := 0; at < len(text); at++ {
		if text[at] != '@' || !logline.Calls(text, at) {
			continue
		}
		who, n := c.name(text[at+1:])
		if n == 0 {
			continue
		}
		tok := themes.Name
		if who == c.env.Me {
			tok = themes.Mention
		}
		end := at + 1 + n
		out = append(out, piece{themes.Text, text[from:at]}, piece{tok, text[at:end]})
		from, at = end, end-1
	}
	return append(out, piece{themes.Text, text[from:]})
}

// name is who a text begins with, and how many bytes their name takes there: the
// longest whole name, or a word with which one name alone begins.
func (c *columns) name(text string) (who model.PersonID, n int) {
	for _, p := range c.people.All() {
		if l := len(p.Name); l > n && l <= len(text) && strings.EqualFold(text[:l], p.Name) && ends(text[l:]) {
			who, n = p.ID, l
		}
	}
	if n > 0 {
		return who, n
	}
	word := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' })
	if word < 0 {
		word = len(text)
	}
	if id, err := c.people.Find(text[:word]); err == nil {
		return id, word
	}
	return who, 0
}

// ends reports a text that goes on with something else than a word.
func ends(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return text == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
