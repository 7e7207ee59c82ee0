package clean

import (
	"strings"
	"unicode/utf8"
)

// The 8-bit forms of the introducers, as runes; a lone byte of the same value,
// which is not valid UTF-8, is taken for one too.
const (
	dcs = 0x90
	sos = 0x98
	csi = 0x9b
	st  = 0x9c
	osc = 0x9d
	pm  = 0x9e
	apc = 0x9f
)

const (
	bel = 0x07
	can = 0x18
	sub = 0x1a
	esc = 0x1b
)

// sequence is the length in bytes of the control sequence that s begins with: 0
// when there is none. A string (OSC, DCS, SOS, PM, APC) that never ends is not
// taken for one: only its introducer counts, so that nothing swallows the rest.
func sequence(s string) int {
	c, n := lead(s)
	switch {
	case c == esc:
		return escaped(s)
	case c == csi:
		return n + csiTail(s[n:])
	case isString(c):
		return n + stringTail(s[n:])
	}
	return 0
}

// lead is the first character of s and its length, a lone C1 byte included.
func lead(s string) (rune, int) {
	if s == "" {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return rune(s[0]), 1
	}
	return r, n
}

func isString(c rune) bool {
	return c == dcs || c == sos || c == osc || c == pm || c == apc
}

// escaped is the length of a sequence that begins with ESC.
func escaped(s string) int {
	if len(s) == 1 {
		return 1
	}
	switch s[1] {
	case '[':
		return 2 + csiTail(s[2:])
	case ']', 'P', 'X', '^', '_':
		return 2 + stringTail(s[2:])
	}
	i := 1
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		i++
	}
	return i
}

// csiTail is the length of parameters, intermediates and final byte. A broken
// one ends before the byte that broke it.
func csiTail(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x30 && s[i] <= 0x3f {
		i++
	}
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// stringTail is the length of a control string with its end, or 0 if it has
// none before the line ends or another sequence begins. Stopping there also
// keeps the work linear on text that is nothing but introducers.
func stringTail(s string) int {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == bel, c == can, c == sub:
			return i + 1
		case c == esc:
			if strings.HasPrefix(s[i+1:], `\`) {
				return i + 2
			}
			return 0
		case c == '\n', c == '\r':
			return 0
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := lead(s[i:])
			if r == st {
				return i + n
			}
			if r >= 0x80 && r < 0xa0 {
				return 0
			}
			i += n
		}
	}
	return 0
}
