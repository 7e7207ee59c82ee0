package pane

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"warroom/themes"
	"warroom/tui/clean"
)

// row is one line of cells in the making: pieces of clean text in their styles,
// cut where the width ends.
type row struct {
	env  Env
	b    strings.Builder
	left int
	// margin is how many cells at the end stay blank.
	margin int
	// over lies on every piece: a selection.
	over themes.Style
}

func (e Env) row(w int) *row {
	r := &row{env: e, left: max(w, 0)}
	r.b.Grow(r.left + 64)
	return r
}

// put writes clean text. What does not fit is cut, with a sign that says so.
func (r *row) put(tok themes.Token, text string) { r.styled(r.env.style(tok), text) }

func (r *row) styled(st themes.Style, text string) {
	if r.left <= 0 || text == "" {
		return
	}
	w := clean.Width(text)
	if w > r.left {
		text = r.env.cut(text, r.left)
		w = clean.Width(text)
	}
	r.left -= w
	r.b.WriteString(st.With(r.over).Render(text))
}

// fit writes clean text into exactly w cells.
func (r *row) fit(tok themes.Token, text string, w int) {
	w = min(w, r.left)
	if have := clean.Width(text); have > w {
		text = r.env.cut(text, w)
	}
	r.put(tok, text)
	r.gap(w - clean.Width(text))
}

func (r *row) gap(n int) {
	n = min(n, r.left)
	if n <= 0 {
		return
	}
	r.left -= n
	r.b.WriteString(themes.Style{}.With(r.over).Render(strings.Repeat(" ", n)))
}

// end fills what is left and gives the row.
func (r *row) end() string {
	r.left += r.margin
	r.gap(r.left)
	return r.b.String()
}

// cut makes clean text at most w cells.
func (e Env) cut(text string, w int) string {
	if e.ASCII {
		return clean.CutASCII(text, w)
	}
	return clean.Cut(text, w)
}

// cellBytes bounds what is looked at for one cell of foreign text: a character
// of the longest kind and its marks. An entry may have 60 kB in one line.
const cellBytes = 64

// line makes the first line of foreign text clean, as far as w cells can show
// it; more is how many lines follow.
func line(text string, w int) (first string, more int) {
	first, rest, found := strings.Cut(text, "\n")
	if found {
		more = 1 + strings.Count(strings.TrimRight(rest, "\n"), "\n")
		if strings.TrimRight(rest, "\n") == "" {
			more = 0
		}
	}
	return clean.Line(headOf(first, w)), more
}

// headOf is the start of foreign text that is long enough to fill w cells.
func headOf(text string, w int) string {
	limit := max(w, 1) * cellBytes
	if len(text) <= limit {
		return text
	}
	for limit > 0 && text[limit]&0xc0 == 0x80 { // not inside a character
		limit--
	}
	return text[:limit]
}

// exactly makes a styled row w cells wide.
func exactly(s string, w int) string {
	have := clean.Width(s)
	switch {
	case have == w:
		return s
	case have < w:
		return s + strings.Repeat(" ", w-have)
	}
	s = ansi.Truncate(s, max(w, 0), "")
	return s + strings.Repeat(" ", max(w-clean.Width(s), 0))
}
