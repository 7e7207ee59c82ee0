package line

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"warroom/tui/clean"
)

// Seen is a part of a wrapped text as it is drawn.
type Seen struct {
	// Rows are clean, and at most as wide as was asked for.
	Rows []string
	// X and Y are where the cursor is in them.
	X, Y int
	// Above and Below are how many rows there are that are not drawn.
	Above, Below int
}

// span is a row of the wrapped text: the cells from one to before the other. A line
// break belongs to no row.
type span struct{ from, to int }

// WrappedRows counts the rows of the text when it is wrapped at w cells.
func (e *Editor) WrappedRows(w int) int { return len(e.spans(w)) }

// Wrapped draws at most h rows round the cursor of the text wrapped at w cells, between
// words where it can be. The text has no more line breaks for it. Up and down move
// by these rows from then on.
func (e *Editor) Wrapped(w, h int) Seen {
	w, h = max(w, 1), max(h, 1)
	e.wrap = w
	rows := e.spans(w)
	y, x := e.place(rows, e.at)
	if y < e.top {
		e.top = y
	}
	if y >= e.top+h {
		e.top = y - h + 1
	}
	e.top = max(min(e.top, len(rows)-h), 0)
	s := Seen{X: min(x, w-1), Y: y - e.top, Above: e.top, Below: max(len(rows)-e.top-h, 0)}
	for _, r := range rows[e.top : len(rows)-s.Below] {
		s.Rows = append(s.Rows, ansi.Truncate(clean.Line(strings.Join(e.cells[r.from:r.to], "")), w, ""))
	}
	return s
}

// spans wraps the text. The last column is left free for the cursor behind the last
// letter; a blank at which a row ends may stand there. Each cell is in one row, so
// that nothing that was typed is out of reach.
func (e *Editor) spans(w int) []span {
	var out []span
	for begin := 0; ; {
		end := e.end(begin)
		out = e.wrapLine(out, begin, end, max(w, 1))
		if end == len(e.cells) {
			return out
		}
		begin = end + 1
	}
}

func (e *Editor) wrapLine(out []span, begin, end, w int) []span {
	from, next, x := begin, begin, 0 // next is where the row after this one may begin
	for i := begin; i < end; i++ {
		cell := e.cells[i]
		room := max(w-1, 1)
		if blank(cell) {
			room = w
		}
		if i > from && mayPart(e.cells[i-1], cell) {
			next = i
		}
		for x+cellWidth(cell) > room && i > from {
			if next <= from || blank(cell) {
				next = i // a word that is longer than the row
			}
			out = append(out, span{from, next})
			from, x = next, 0
			for _, c := range e.cells[from:i] {
				x += cellWidth(c)
			}
		}
		x += cellWidth(cell)
	}
	out = append(out, span{from, end})
	if x >= w { // a blank in the last column: what comes next is in the next row
		out = append(out, span{end, end})
	}
	return out
}

// mayPart reports that a row may begin between two cells: after a blank, and beside a
// letter of two cells, but with no full stop or closing bracket.
func mayPart(before, after string) bool {
	if blank(after) {
		return false
	}
	if blank(before) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(after)
	return (cellWidth(before) > 1 || cellWidth(after) > 1) && !unicode.In(r, unicode.Pe, unicode.Pf, unicode.Po)
}

// cellWidth is how many columns a cell takes where it is drawn.
func cellWidth(c string) int {
	if len(c) == 1 {
		return 1
	}
	return clean.Width(clean.Line(c))
}

// place is the row and the column of a place in the text. Between two rows it is at the
// beginning of the lower one.
func (e *Editor) place(rows []span, at int) (y, x int) {
	y = len(rows) - 1
	for y > 0 && at < rows[y].from {
		y--
	}
	return y, clean.Width(clean.Line(strings.Join(e.cells[rows[y].from:at], "")))
}

// nearest is the place in the text that a row has at a column, or the last one before it.
func (e *Editor) nearest(rows []span, y, x int) int {
	at, last := rows[y].from, rows[y].to
	if y+1 < len(rows) && rows[y+1].from == last { // there begins the next row
		last--
	}
	for at < last {
		if _, next := e.place(rows, at+1); next > x {
			break
		}
		at++
	}
	return at
}

// step moves a row up or down, and keeps the column from where the steps began as
// far as it can; false where there is none.
func (e *Editor) step(by int, steps bool) bool {
	rows := e.spans(e.wrap)
	y, x := e.place(rows, e.at)
	if !steps {
		e.column = x
	}
	e.steps = true
	if y+by < 0 || y+by >= len(rows) {
		return false
	}
	e.at = e.nearest(rows, y+by, e.column)
	return true
}
