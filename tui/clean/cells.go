package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// The signs of a cut.
const (
	ellipsis = "…"
	tilde    = "~"
)

// Width is how many cells s takes, as the renderer counts them. Control
// sequences, as styled text has them, take none.
func Width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	if strings.ContainsRune(s, esc) {
		return ansi.StringWidth(s)
	}
	n := 0
	for s != "" {
		c, w := next(s)
		n += w
		s = s[len(c):]
	}
	return n
}

// Fit makes s one clean line of exactly w cells: padded with spaces, or cut with
// an ellipsis in its last cell. A wide character that would straddle the edge is
// a space. It cleans what it is given, styles included; below one cell it is empty.
func Fit(s string, w int) string { return pad(s, w, ellipsis) }

// FitASCII is Fit with a tilde for the ellipsis.
func FitASCII(s string, w int) string { return pad(s, w, tilde) }

// Cut makes s one clean line of at most w cells, ending in an ellipsis if
// something had to go.
func Cut(s string, w int) string { return cut(Line(s), w, ellipsis) }

// CutASCII is Cut with a tilde for the ellipsis.
func CutASCII(s string, w int) string { return cut(Line(s), w, tilde) }

func pad(s string, w int, sign string) string {
	s = Line(s)
	have := Width(s)
	if have == w {
		return s
	}
	if have < w {
		return s + blanks(w-have)
	}
	if w < 1 {
		return ""
	}
	sign = oneCell(sign)
	head, n := first(s, w-1)
	return head + blanks(w-1-n) + sign
}

func cut(s string, w int, sign string) string {
	if Width(s) <= w {
		return s
	}
	if w < 1 {
		return ""
	}
	head, _ := first(s, w-1)
	return head + oneCell(sign)
}

// oneCell is the sign, or a tilde where the ellipsis is set to be wide (as
// people may who read East Asian text).
func oneCell(sign string) string {
	if Width(sign) != 1 {
		return tilde
	}
	return sign
}

// first is the longest start of clean s that has at most w cells, and its width.
func first(s string, w int) (string, int) {
	if isASCII(s) {
		n := min(len(s), w)
		return s[:n], n
	}
	n, i := 0, 0
	for i < len(s) {
		c, cw := next(s[i:])
		if n+cw > w {
			break
		}
		n += cw
		i += len(c)
	}
	return s[:i], n
}

// ambiguousWide reports that the person has set characters of ambiguous width,
// é and the ellipsis among them, to be two cells wide.
var ambiguousWide = ansi.StringWidth(ellipsis) != 1

// next is the first whole character of s and its width. What no mark follows,
// and most of Latin and of the East Asian scripts, needs no look at the tables.
func next(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	if plain(r) && (r >= 0x3041 || r < utf8.RuneSelf || !ambiguousWide) && aloneBefore(s[n:]) {
		if r >= 0x3041 {
			return s[:n], 2
		}
		return s[:n], 1
	}
	c := cluster(s)
	return c, ansi.StringWidth(c)
}

// aloneBefore reports that nothing at the start of rest joins what is before it.
func aloneBefore(rest string) bool {
	if rest == "" || rest[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return plain(r)
}

const spaces = "                                                                "

func blanks(n int) string {
	if n <= len(spaces) {
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}

// Wrap makes s clean lines of at most w cells, broken between words where it
// can be and inside a word that is too long. Lines keep their indentation; the
// blanks at a break are gone. Wide characters may break anywhere, as their
// scripts do. A width below one counts as one, where they are left out.
func Wrap(s string, w int) []string {
	w = max(w, 1)
	var lines []string
	for _, l := range Block(s) {
		lines = wrapLine(lines, l, w)
	}
	return lines
}

func wrapLine(lines []string, s string, w int) []string {
	if Width(s) <= w {
		return append(lines, s)
	}
	l := wrapping{w: w, lines: lines}
	for i := 0; i < len(s); {
		c, cw := next(s[i:])
		i += len(c)
		switch {
		case c == " ":
			l.flush()
			l.gap++
		case cw > w:
			l.flush()
			l.gap++ // no room for it on any line
		case cw > 1:
			l.flush()
			l.add(c, cw)
			l.flush()
		default:
			l.add(c, cw)
		}
	}
	l.flush()
	return append(l.lines, l.line.String())
}

// wrapping is a line in the making: what is on it, the blanks after it, and the
// word that may still have to go to the next line.
type wrapping struct {
	w     int
	lines []string
	line  strings.Builder
	width int
	began bool // the line has a word, so blanks before the next may be a break
	gap   int
	word  strings.Builder
	wordW int
}

func (l *wrapping) add(c string, cw int) {
	if l.wordW+cw > l.w {
		l.flush()
		l.gap = 0
	}
	l.word.WriteString(c)
	l.wordW += cw
}

// flush puts the word on this line, or on the next.
func (l *wrapping) flush() {
	if l.wordW == 0 {
		return
	}
	if l.width+l.gap+l.wordW > l.w {
		if l.began {
			l.lines = append(l.lines, l.line.String())
			l.line.Reset()
			l.width, l.gap = 0, 0
		}
		// An indentation gives way to a word that would not fit beside it.
		l.gap = min(l.gap, l.w-l.wordW)
	}
	l.line.WriteString(blanks(l.gap))
	l.line.WriteString(l.word.String())
	l.width += l.gap + l.wordW
	l.began, l.gap = true, 0
	l.word.Reset()
	l.wordW = 0
}
