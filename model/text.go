package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what people write, in bytes.
const (
	MaxTitle  = 300
	MaxPerson = 100
	MaxReason = 2000
)

// trimWord is a typed word as tables compare it.
func trimWord(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "_", "-")
}

// oneLine makes one line of a text: line breaks and tabs become spaces. Other
// control characters stay as they were written; they are cleaned where the text
// is shown.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// cutText shortens a text that goes into an error's sentence.
func cutText(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n]) + "…"
}

// blank reports a text with nothing to read in it.
func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) && !unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// checkLineText checks one line that a person wrote: not empty, UTF-8, at most
// limit bytes.
func checkLineText(s string, limit int, empty, long Code) (string, error) {
	if !utf8.ValidString(s) {
		return "", Refuse(CodeTextNotUTF8)
	}
	if len(s) > limit {
		return "", Refuse(long, "Length", len(s), "Limit", limit)
	}
	if blank(s) {
		return "", Refuse(empty)
	}
	return oneLine(s), nil
}

// checkText checks a text of several lines.
func checkText(s string) (string, error) {
	switch {
	case !utf8.ValidString(s):
		return "", Refuse(CodeTextNotUTF8)
	case len(s) > MaxText:
		return "", Refuse(CodeTextLong, "Length", len(s), "Limit", MaxText)
	case blank(s):
		return "", Refuse(CodeTextEmpty)
	}
	return strings.TrimRight(s, " \t\r\n"), nil
}

// checkReason checks a reason, which may be empty.
func checkReason(s string) (string, error) {
	if blank(s) && utf8.ValidString(s) {
		return "", nil
	}
	return checkLineText(s, MaxReason, CodeTextEmpty, CodeTextLong)
}
