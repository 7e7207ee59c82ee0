package pane

import (
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/lang"
	"warroom/tui/layout"
)

// base is what the panes share: a selection, a filter, and what stands there
// while there is nothing else.
type base struct {
	list
	id      layout.PaneID
	filter  string // as it was typed
	loading bool
	err     error
	// say is the printer of the last drawing: a filter looks at sentences as
	// they are read on the screen.
	say *lang.Printer
	// picture is the last drawing.
	picture picture
}

// SetLoading shows that the pane waits for what it will show.
func (b *base) SetLoading() {
	b.loading, b.err = true, nil
	b.changes++
}

// SetError shows why there is nothing to show.
func (b *base) SetError(err error) {
	b.loading, b.err = false, err
	b.changes++
}

func (b *base) arrived() {
	if b.loading || b.err != nil {
		b.changes++
	}
	b.loading, b.err = false, nil
}

// HasRow reports that a row is selected.
func (b *base) HasRow() bool { return b.at < b.n }

// Move moves the selection in a pane of h rows, frame included.
func (b *base) Move(m Move, h int) { b.move(m, h) }

// Click selects the row that was drawn at that row of the box.
func (b *base) Click(row int) bool { return b.click(row) }

// inside is what a frame leaves of w by h cells.
func inside(w, h int) (int, int) {
	if w < 2 || h < 2 {
		return max(w, 0), max(h, 0)
	}
	return w - 2, h - 2
}

// frame is the pane's own frame, with the filter in its lower edge.
func (b *base) frame(env Env, title, count string, shown, total int, focused bool) frame {
	f := frame{number: digit(b.id.Number()), title: env.Say.T(title), count: count, focused: focused}
	if b.filter != "" {
		f.footTok = themes.Match
		f.foot = "/" + clean.Line(headOf(b.filter, 80)) + "  " + env.Say.T("pane.filter", "Shown", shown, "Total", total)
	}
	return f
}

func digit(n int) string { return string(rune('0' + n)) }

// instead gives the rows that stand where there is nothing to show, and whether
// they do: waiting, an error, a filter that keeps nothing, or what the pane is
// for and which key fills it.
func (b *base) instead(env Env, w, h int, nothing func() []string) ([]string, bool) {
	switch {
	case b.err != nil:
		return env.paragraph(themes.Danger, env.signs().fail+" "+env.Say.Error(b.err), w, h), true
	case b.loading:
		return env.paragraph(themes.Dim, env.Say.T("pane.loading"), w, h), true
	case b.n > 0:
		return nil, false
	case b.filter != "":
		text := env.Say.T("pane.nomatch", "Text", headOf(b.filter, 80), "Key", env.key(action.Back))
		return env.paragraph(themes.Dim, text, w, h), true
	}
	return nothing(), true
}

// paragraph is clean text over as many rows as it needs, one cell in from the
// frame, at most h; what has no room is cut.
func (e Env) paragraph(tok themes.Token, text string, w, h int) []string {
	if w < 3 || h < 1 {
		return nil
	}
	lines := clean.Wrap(text, w-2)
	if len(lines) > h {
		lines[h-1] = e.cut(lines[h-1]+" "+lines[h], w-2)
		lines = lines[:h]
	}
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		r := e.row(w)
		r.gap(1)
		r.put(tok, l)
		out = append(out, r.end())
	}
	return out
}

// marginFrom is the width from which rows leave a blank before the frame.
const marginFrom = 30

// begin starts a row of a list with the mark of the selection; selected rows of
// the pane with the focus have another mark than those of the others.
func (e Env) begin(w int, selected, focused bool) *row {
	r := e.row(w)
	if w >= marginFrom {
		r.margin = 1
		r.left--
	}
	switch {
	case selected && focused:
		r.over = e.style(themes.Selection)
		r.put(themes.Accent, e.signs().selected)
	case selected:
		r.over = e.style(themes.SelectionIdle)
		r.put(themes.Dim, e.signs().idle)
	default:
		r.gap(1)
	}
	return r
}

// empty says what a pane is for, and which key fills it: on an empty pane the
// most useful thing is the next key to press. An observer has no such key.
func (e Env) empty(w, h int, what, how string, id action.ID) []string {
	rows := e.paragraph(themes.Dim, e.Say.T(what), w, h)
	if how != "" && !e.ReadOnly && len(rows)+1 < h {
		rows = append(rows, "")
		rows = append(rows, e.paragraph(themes.Text, e.Say.T(how, "Key", e.key(id)), w, h-len(rows))...)
	}
	return rows
}
