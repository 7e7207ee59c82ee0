// Package line is the log line: an editor for what is being written, and the
// slash commands that it understands.
package line

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/tui/clean"
)

// Editor holds a text of one or more lines and a cursor. What people type is
// kept as they typed it; it is cleaned where it is drawn. The zero Editor is
// empty and ready.
type Editor struct {
	// cells are the text's grapheme clusters: the cursor never stands inside one.
	cells []string
	at    int
	// left is the first column shown of the cursor's line. It moves in jumps of
	// half a width, so that typing at the edge does not redraw the row each time.
	left int
	// width is the width of the last drawing.
	width int
	// wrap is the width of a text that is drawn wrapped, 0 for one that is not; top is
	// its first row that is seen.
	wrap, top int
	// column is where up and down lead in each row, for as long as nothing else is
	// pressed between them.
	column int
	steps  bool
	// ASCII begins a line that is cut on its left with ~ in place of an ellipsis.
	ASCII bool
}

// Text is the text as it was typed.
func (e *Editor) Text() string { return strings.Join(e.cells, "") }

// Empty reports a text with nothing in it.
func (e *Editor) Empty() bool { return len(e.cells) == 0 }

// Set replaces the text and puts the cursor at its end.
func (e *Editor) Set(text string) {
	e.cells = split(text)
	e.at, e.left, e.top, e.steps = len(e.cells), 0, 0, false
}

// Insert puts a text in at the cursor, as a paste does: line breaks stay line
// breaks, control sequences and control characters are left out. Nothing in it
// is ever a command to the editor.
func (e *Editor) Insert(text string) {
	// The cluster before the cursor may grow by what is inserted (an accent).
	head := strings.Join(e.cells[:e.at], "") + printable(text)
	tail := e.cells[e.at:]
	e.steps = false
	before := split(head)
	e.cells = append(before, tail...)
	e.at = len(before)
}

func split(text string) []string {
	var out []string
	for text != "" {
		if text[0] < 0x80 && (len(text) == 1 || text[1] < 0x80) {
			out, text = append(out, text[:1]), text[1:]
			continue
		}
		c, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
		if c == "" {
			break
		}
		out, text = append(out, c), text[len(c):]
	}
	return out
}

func printable(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if strings.IndexFunc(text, control) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return -1
		}
		return r
	}, ansi.Strip(text))
}

func control(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// Key edits by a key press; false for a key that means nothing here.
func (e *Editor) Key(k tea.KeyPressMsg) bool {
	if k.Text != "" && k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) == 0 {
		e.Insert(k.Text)
		return true
	}
	steps := e.steps
	e.steps = false
	switch k.String() {
	case "left", "ctrl+b":
		e.at = max(e.at-1, 0)
	case "right", "ctrl+f":
		e.at = min(e.at+1, len(e.cells))
	case "ctrl+left", "alt+left":
		e.at = e.word()
	case "ctrl+right", "alt+right":
		for e.at < len(e.cells) && blank(e.cells[e.at]) {
			e.at++
		}
		for e.at < len(e.cells) && !blank(e.cells[e.at]) {
			e.at++
		}
	case "home", "ctrl+a":
		e.at = e.begin(e.at)
	case "end", "ctrl+e":
		e.at = e.end(e.at)
	case "up":
		return e.vertical(-1, steps)
	case "down":
		return e.vertical(1, steps)
	case "backspace", "ctrl+h":
		e.cut(max(e.at-1, 0), e.at)
	case "delete", "ctrl+d":
		e.cut(e.at, min(e.at+1, len(e.cells)))
	case "ctrl+w", "alt+backspace":
		e.cut(e.word(), e.at)
	case "ctrl+u":
		e.cut(e.begin(e.at), e.at)
	case "ctrl+k":
		e.cut(e.at, e.end(e.at))
	default:
		return false
	}
	return true
}

// cut takes cells out and leaves the cursor where they began.
func (e *Editor) cut(from, to int) {
	e.cells = slices.Delete(e.cells, from, to)
	e.at = from
}

func blank(c string) bool { return strings.TrimSpace(c) == "" }

// word is where the word before the cursor begins.
func (e *Editor) word() int {
	i := e.at
	for i > 0 && blank(e.cells[i-1]) {
		i--
	}
	for i > 0 && !blank(e.cells[i-1]) {
		i--
	}
	return i
}

func (e *Editor) begin(i int) int {
	for i > 0 && e.cells[i-1] != "\n" {
		i--
	}
	return i
}

func (e *Editor) end(i int) int {
	for i < len(e.cells) && e.cells[i] != "\n" {
		i++
	}
	return i
}

// vertical moves a line up or down, as lines are seen, and keeps the column as far as
// it can; false where there is none. steps says that it goes on from such a move.
func (e *Editor) vertical(by int, steps bool) bool {
	if e.wrap > 0 {
		return e.step(by, steps)
	}
	begin, end := e.begin(e.at), e.end(e.at)
	column := e.at - begin
	switch {
	case by < 0 && begin > 0:
		up := e.begin(begin - 1)
		e.at = min(up+column, begin-1)
	case by > 0 && end < len(e.cells):
		e.at = min(end+1+column, e.end(end+1))
	default:
		return false
	}
	return true
}

// Lines counts the lines of the text, at least one.
func (e *Editor) Lines() int {
	n := 1
	for _, c := range e.cells {
		if c == "\n" {
			n++
		}
	}
	return n
}

// Rows draws at most h lines of the text round the cursor, each at most w cells
// and clean, and says where the cursor is in them. w and h under one count as one.
func (e *Editor) Rows(w, h int) (rows []string, x, y int) {
	w, h = max(w, 1), max(h, 1)
	begin := e.begin(e.at)
	lines := strings.Split(e.Text(), "\n")
	current := 0
	for _, c := range e.cells[:begin] {
		if c == "\n" {
			current++
		}
	}
	first := min(max(current-h+1, 0), max(len(lines)-h, 0))
	column := clean.Width(clean.Line(strings.Join(e.cells[begin:e.at], "")))
	if column < e.left || column >= e.left+w {
		e.left = max(column-w/2, 0)
	}
	if w != e.width && e.left > 0 { // a line of another width is filled anew
		e.left = max(column-w+1, 0)
	}
	e.width = w
	if column == e.left && e.left > 0 { // the first cell says that there is more
		e.left = max(column-w/2, 0)
	}
	if whole := clean.Width(clean.Line(lines[current])); whole < w {
		e.left = 0
	}
	for i := first; i < min(first+h, len(lines)); i++ {
		text := clean.Line(lines[i])
		if i == current && e.left > 0 {
			text = e.cutMark() + ansi.TruncateLeft(text, e.left+1, "")
		}
		rows = append(rows, ansi.Truncate(text, w, ""))
	}
	return rows, min(column-e.left, w-1), current - first
}

// cutMark is the first cell of a line that goes on to the left.
func (e *Editor) cutMark() string {
	if e.ASCII {
		return "~"
	}
	return "…"
}
