package overlay

import (
	"warroom/themes"
	"warroom/tui/line"
	"warroom/tui/pane"
)

// fieldMark begins a field.
const fieldMark = "> "

// field draws an editor in at most h rows of w cells, and says where the cursor
// is.
func field(env pane.Env, e *line.Editor, tok themes.Token, placeholder string, w, h int) (rows []string, x, y int) {
	if w <= len(fieldMark) {
		return []string{newRow(env, w, false).String()}, 0, 0
	}
	e.ASCII = env.ASCII
	texts, x, y := e.Rows(w-len(fieldMark), h)
	for n, t := range texts {
		rows = append(rows, fieldRow(env, e, n == 0, fieldMark, tok, placeholder, t, w))
	}
	return rows, x + len(fieldMark), y
}

// wrappedField is field for a text of several lines: what is too long goes on in the
// next row. What is before its mark says that there is more above or below.
func wrappedField(env pane.Env, e *line.Editor, tok themes.Token, placeholder string, w, h int) (rows []string, x, y int) {
	if w <= len(fieldMark) {
		return []string{newRow(env, w, false).String()}, 0, 0
	}
	above, below := "↑ ", "↓ "
	if env.ASCII {
		above, below = "^ ", "v "
	}
	seen := e.Wrapped(w-len(fieldMark), h)
	for n, t := range seen.Rows {
		mark := "  "
		switch {
		case n == 0 && seen.Above > 0:
			mark = above
		case n == len(seen.Rows)-1 && seen.Below > 0:
			mark = below
		case n == 0:
			mark = fieldMark
		}
		rows = append(rows, fieldRow(env, e, mark != "  ", mark, tok, placeholder, t, w))
	}
	return rows, seen.X + len(fieldMark), seen.Y
}

func fieldRow(env pane.Env, e *line.Editor, marked bool, mark string, tok themes.Token, placeholder, text string, w int) string {
	r := newRow(env, w, false)
	if marked {
		r.add(themes.Accent, mark)
	} else {
		r.add(themes.Dim, "  ")
	}
	if e.Empty() {
		r.add(themes.Placeholder, placeholder)
	}
	return r.add(tok, text).String()
}
