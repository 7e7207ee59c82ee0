package line

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostCalled bounds a name that is being typed, in bytes: names may have blanks,
// and a sentence must not be taken for one.
const mostCalled = 80

// Called is the name that is being typed after an @ at the end of a text; false
// where none is. An @ inside a word (an address) calls nobody.
func Called(before string) (typed string, ok bool) {
	at := strings.LastIndexByte(before, '@')
	if at < 0 || !Calls(before, at) {
		return "", false
	}
	typed = before[at+1:]
	if len(typed) > mostCalled || strings.ContainsAny(typed, "\n\t") || strings.HasPrefix(typed, " ") {
		return "", false
	}
	return typed, true
}

// Calls reports an @ at that byte of a text that begins a name.
func Calls(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return at == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// Before is the text before the cursor.
func (e *Editor) Before() string { return strings.Join(e.cells[:e.at], "") }

// Replace puts a text in the place of what stands before the cursor, which must
// end in old.
func (e *Editor) Replace(old, with string) {
	head, ok := strings.CutSuffix(e.Before(), old)
	if !ok {
		return
	}
	before := split(head + printable(with))
	e.cells = append(before, e.cells[e.at:]...)
	e.at = len(before)
}
