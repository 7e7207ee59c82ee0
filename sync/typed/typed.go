// Package typed is data as one word that people paste or type: a mark that says what it
// is, letters that do not pass for one another, and a sum that finds a slip of the hand,
// not a forger.
package typed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"unicode"
)

// What can be wrong with a word. No error has anything of the word in it.
var (
	// ErrNone is a text that is no word of the form.
	ErrNone = errors.New("not what is looked for")
	// ErrNewer is a word of a newer warroom.
	ErrNewer = errors.New("of a newer warroom")
	// ErrLength is a word of which a part is missing, or has something behind it.
	ErrLength = errors.New("not whole")
	// ErrMistyped is a word with another sum than its own.
	ErrMistyped = errors.New("changed on the way")
)

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// Letters are those of RFC 4648, small: without 0, 1, 8 and 9, which pass for others.
var Letters = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

const sumSize = 4

// Form is one kind of word.
type Form struct {
	// Mark begins it: letters, a digit that is raised for another content, and a dash.
	Mark string
	// Domain goes into the sum, so that no word of another kind passes for this one.
	Domain string
	// Least and Most are the size of the data, in bytes.
	Least, Most int
	// Dashes in its midst do not count: it is written in groups.
	Dashes bool
}

func (f Form) sum(data []byte) []byte {
	h := sha256.New()
	h.Write([]byte(f.Domain))
	h.Write(data)
	return h.Sum(nil)[:sumSize]
}

// Word is the data with its sum, without the mark.
func (f Form) Word(data []byte) string {
	return Letters.EncodeToString(append(bytes.Clone(data), f.sum(data)...))
}

// Text is the whole word.
func (f Form) Text(data []byte) string { return f.Mark + f.Word(data) }

// Read reads a word as it was pasted or typed: capitals are as good, and blanks and line
// breaks in its midst do not count. It fails with ErrNone, ErrNewer, ErrLength or
// ErrMistyped. With ErrMistyped it gives the data too, for who can tell by them that the
// word is not whole.
func (f Form) Read(text string) ([]byte, error) {
	if len(text) > 16*Letters.EncodedLen(f.Most+sumSize) {
		return nil, ErrNone // whatever it is
	}
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || f.Dashes && r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	mark := f.Mark
	if f.Dashes {
		mark = strings.TrimSuffix(mark, "-")
	}
	word, ok := strings.CutPrefix(s, mark)
	switch {
	case !ok && f.newer(s, mark):
		return nil, ErrNewer
	case !ok:
		return nil, ErrNone
	case len(word) < Letters.EncodedLen(f.Least+sumSize):
		return nil, ErrLength
	case strings.Trim(word, alphabet) != "":
		return nil, ErrMistyped
	case len(word) > Letters.EncodedLen(f.Most+sumSize):
		return nil, ErrLength
	}
	raw, err := Letters.DecodeString(word)
	if err != nil || len(raw) < f.Least+sumSize { // no number of bytes has so many letters
		return nil, ErrLength
	}
	data := raw[:len(raw)-sumSize]
	// Of the last sign only some bits count, so two words could mean one thing.
	if !bytes.Equal(raw[len(data):], f.sum(data)) || f.Word(data) != word {
		return data, ErrMistyped
	}
	return data, nil
}

// newer reports a word whose mark has a higher digit.
func (f Form) newer(s, mark string) bool {
	stem := strings.TrimRight(mark, "-123456789")
	rest, ok := strings.CutPrefix(s, stem)
	return ok && len(rest) > len(mark)-len(stem) && rest[0] > mark[len(stem)] && rest[0] <= '9' &&
		strings.HasPrefix(rest[1:], mark[len(stem)+1:])
}
