package lang

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The catalogue is TOML, for the tools of translators, but only of this form, one
// sentence a line, which is read a hundred times faster than all of TOML: every
// verb and the console wait for it.
//
//	# a comment
//	"key" = "text"
//	"key" = { one = "text", other = "text" }
//
// A test reads each file as TOML too, and compares.

// entry is a sentence as it stands in its file; it is read when it is asked for.
type entry struct {
	value string
	tag   language.Tag
}

var errForm = errors.New(`a line must be "key" = "text" or "key" = { one = "text", other = "text" }`)

// scan gives every key of a file with its value as it is written.
func scan(src string, give func(key, value string)) error {
	for n := 1; src != ""; n++ {
		line, rest, _ := strings.Cut(src, "\n")
		src = rest
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, " = ")
		if len(key) < 3 || key[0] != '"' || key[len(key)-1] != '"' || strings.ContainsAny(key[1:len(key)-1], `"\ `) {
			ok = false
		}
		if !ok || value == "" || value[0] != '"' && value[0] != '{' {
			return fmt.Errorf("line %d: %w", n, errForm)
		}
		give(key[1:len(key)-1], value)
	}
	return nil
}

// plural reports that the sentence has forms for counts.
func (e entry) plural() bool { return e.value[0] == '{' }

// message reads the sentence.
func (e entry) message(key string) (*i18n.Message, error) {
	m := &i18n.Message{ID: key}
	if !e.plural() {
		text, rest, err := quoted(e.value)
		if err == nil && rest != "" {
			err = errForm
		}
		m.Other = text
		return m, err
	}
	rest := strings.TrimSpace(e.value[1:])
	for {
		form, after, ok := strings.Cut(rest, "=")
		to := formOf(m, strings.TrimSpace(form))
		if !ok || to == nil {
			return m, errForm
		}
		text, after, err := quoted(after)
		if err != nil {
			return m, err
		}
		*to = text
		if after == "}" {
			return m, nil
		}
		if rest, ok = strings.CutPrefix(after, ","); !ok {
			return m, errForm
		}
	}
}

// formOf is where a plural form stands, nil for a word that is none.
func formOf(m *i18n.Message, form string) *string {
	switch form {
	case "zero":
		return &m.Zero
	case "one":
		return &m.One
	case "two":
		return &m.Two
	case "few":
		return &m.Few
	case "many":
		return &m.Many
	case "other":
		return &m.Other
	}
	return nil
}

// quoted reads a text and gives what stands behind it. Escapes are those that Go
// and TOML have in common.
func quoted(s string) (text, rest string, err error) {
	s = strings.TrimSpace(s)
	raw, err := strconv.QuotedPrefix(s)
	if err != nil || raw[0] != '"' {
		return "", "", errForm
	}
	text, err = strconv.Unquote(raw)
	return text, strings.TrimSpace(s[len(raw):]), err
}
