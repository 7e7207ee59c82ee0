package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

// tabStop is the distance of tab stops in cells, as terminals have it.
const tabStop = 8

// clusterRunes is the most characters that may share a place. The longest
// conjuncts of real words have nine; an endless chain of them would be one cell
// with a megabyte in it.
const clusterRunes = 16

// Line makes s one clean line. Control sequences are gone whole; line breaks and
// tabs are a space each; other control characters are shown as their pictures
// (␀, ␇) and bytes that are not UTF-8 as U+FFFD; directions, joiners, selectors,
// skin tones and everything else invisible are gone; flags are their letters; an accent
// is one character with its letter where there is such a character.
// Clean text comes back as it is, without an allocation if it is ASCII.
func Line(s string) string {
	if isASCII(s) {
		return s
	}
	return compose(settle(filter(s, ' ', ' ')))
}

// Block makes s clean lines; an empty text is one empty line. A line ends at LF,
// CR, CR LF, NEL and the line and paragraph separators; tabs go to the next
// multiple of eight cells.
func Block(s string) []string {
	if isASCII(s) {
		return []string{s}
	}
	lines := strings.Split(filter(s, '\n', '\t'), "\n")
	for i, l := range lines {
		lines[i] = expand(compose(settle(l)))
	}
	return lines
}

// compose puts a letter and its accent into one character where there is one: the
// cell buffer draws an accent that follows an ASCII letter by itself as nothing.
func compose(s string) string { return norm.NFC.String(s) }

// isASCII reports printable ASCII and nothing else.
func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// filter does what can be done one character at a time. A line break becomes
// eol, a tab becomes tab.
func filter(s string, eol, tab byte) string {
	f := filtering{in: s}
	for f.at < len(s) {
		f.next(eol, tab)
	}
	if f.out == nil {
		return s
	}
	return string(f.out)
}

// filtering copies only from the first change on: out is nil until then.
type filtering struct {
	in    string
	at    int
	out   []byte
	marks int // since the last base character
}

func (f *filtering) next(eol, tab byte) {
	rest := f.in[f.at:]
	r, n := utf8.DecodeRuneInString(rest)
	broken := r == utf8.RuneError && n == 1
	switch {
	case plain(r):
		f.marks = 0
		f.keep(n)
	case r == '\r' && strings.HasPrefix(rest[1:], "\n"):
		f.put(2, string(eol))
	case r == '\n', r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		f.put(n, string(eol))
	case r == '\t':
		f.put(n, string(tab))
	case r == esc, r >= 0x80 && r < 0xa0, broken:
		f.sequence(rest, n)
	default:
		f.other(r, n)
	}
}

func (f *filtering) sequence(rest string, n int) {
	if k := sequence(rest); k > 1 || k == n && rest[0] != esc {
		f.skip(k)
		return
	}
	if rest[0] == esc {
		f.put(n, "\u241b")
		return
	}
	f.put(n, "\ufffd")
}

func (f *filtering) other(r rune, n int) {
	if m, letter, ok := split(r); ok {
		half := ""
		if f.marks < marksKept {
			half = string(m)
		}
		f.put(n, half+string(letter))
		return
	}
	if with, ok := replacement(r); ok {
		if with == "" {
			f.skip(n)
		} else {
			f.put(n, with)
		}
		return
	}
	if !mark(r) {
		f.marks = 0
		f.keep(n)
		return
	}
	if f.marks++; f.marks > marksKept {
		f.skip(n)
		return
	}
	f.keep(n)
}

// keep takes the next n bytes over.
func (f *filtering) keep(n int) {
	if f.out != nil {
		f.out = append(f.out, f.in[f.at:f.at+n]...)
	}
	f.at += n
}

// put writes a base character instead of the next n bytes.
func (f *filtering) put(n int, with string) {
	f.marks = 0
	if f.out == nil && f.in[f.at:f.at+n] == with {
		f.at += n
		return
	}
	f.skip(n)
	f.out = append(f.out, with...)
}

// skip leaves out the next n bytes.
func (f *filtering) skip(n int) {
	if f.out == nil {
		f.out = make([]byte, f.at, len(f.in)+utf8.UTFMax)
		copy(f.out, f.in)
	}
	f.at += n
}

// settle does what needs whole characters: a mark without one gets a dotted
// circle to stand on, and what the ways of counting cells disagree about, or
// what is endless, becomes U+FFFD.
func settle(s string) string {
	var out []byte
	for i := 0; i < len(s); {
		if r, n := utf8.DecodeRuneInString(s[i:]); (plain(r) || r == '\t') && aloneBefore(s[i+n:]) {
			if out != nil {
				out = append(out, s[i:i+n]...)
			}
			i += n
			continue
		}
		c := cluster(s[i:])
		good := settled(c)
		if good != c && out == nil {
			out = append(make([]byte, 0, len(s)+utf8.UTFMax), s[:i]...)
		}
		if out != nil {
			out = append(out, good...)
		}
		i += len(c)
	}
	if out == nil {
		return s
	}
	return string(out)
}

func settled(c string) string {
	if c == "\t" {
		return c
	}
	if r, _ := utf8.DecodeRuneInString(c); mark(r) && len(cluster("a"+c)) > 1 {
		c = "\u25cc" + c
	}
	w := ansi.StringWidth(c)
	if w == 0 || w > 2 || w != ansi.StringWidthWc(c) || utf8.RuneCountInString(c) > clusterRunes {
		return "\ufffd"
	}
	return c
}

// cluster is the first whole character of s, as the renderer cuts it.
func cluster(s string) string {
	c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return c
}

// expand takes tabs to their stops.
func expand(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	w := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			n := tabStop - w%tabStop
			b.WriteString(strings.Repeat(" ", n))
			w += n
		}
		b.WriteString(part)
		w += Width(part)
	}
	return b.String()
}
