package pane

import (
	"strings"

	"warroom/themes"
	"warroom/tui/clean"
)

// frame is what stands in the edges of a box.
type frame struct {
	number  string // the pane's key, before the title
	title   string
	count   string // after the title
	aside   string // after that, in words
	foot    string // in the lower edge, left
	footTok themes.Token
	note    string // in the lower edge, right
	noteTok themes.Token
	focused bool
	edge    themes.Token // of the frame; Border or Focus when empty
}

// Box draws rows in a frame with a title: exactly h rows of exactly w cells.
// Rows that are missing are blank, those that are too many or too long are cut.
// The title and the rows must be clean; rows may have styles.
func Box(env Env, title string, rows []string, w, h int, focused bool) []string {
	return env.box(frame{title: title, focused: focused, edge: themes.Dialog}, rows, w, h)
}

func (e Env) box(f frame, rows []string, w, h int) []string {
	if h <= 0 {
		return nil
	}
	w = max(w, 0)
	out := make([]string, 0, h)
	if w < 2 || h < 2 { // no room for a frame
		for i := range h {
			out = append(out, exactly(at(rows, i), w))
		}
		return out
	}
	s := e.signs()
	if f.edge == "" {
		f.edge = themes.Border
		if f.focused {
			f.edge = themes.Focus
		}
	}
	side := e.style(f.edge).Render(s.side)
	out = append(out, e.upper(f, w))
	for i := range h - 2 {
		out = append(out, side+exactly(at(rows, i), w-2)+side)
	}
	return append(out, e.lower(f, w))
}

func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return ""
}

func (e Env) line(f frame) string {
	if f.focused {
		return e.signs().focusEdge
	}
	return e.signs().edge
}

func (e Env) upper(f frame, w int) string {
	s := e.signs()
	r := e.row(w - 1)
	r.put(f.edge, s.corners[0])
	if f.number != "" {
		r.put(themes.Key, f.number)
		r.gap(min(1, r.left))
	}
	r.put(themes.Title, f.title)
	if f.count != "" && r.left > clean.Width(f.count) {
		r.gap(1)
		r.put(themes.Dim, f.count)
	}
	if f.aside != "" && r.left > clean.Width(f.aside)+2 {
		r.put(f.edge, e.line(f))
		r.gap(1)
		r.put(themes.Info, f.aside)
		r.gap(1)
	}
	r.put(f.edge, strings.Repeat(e.line(f), r.left))
	return r.end() + e.style(f.edge).Render(s.corners[1])
}

func (e Env) lower(f frame, w int) string {
	s, edge := e.signs(), e.line(f)
	r := e.row(w - 1)
	r.put(f.edge, s.corners[2])
	note := clean.Width(f.note)
	if f.note != "" && note+4 > r.left {
		note, f.note = 0, ""
	}
	room := r.left
	if f.note != "" {
		room -= note + 2
	}
	if f.foot != "" && room > 4 {
		r.put(f.edge, edge)
		r.put(f.footTok, e.cut(f.foot, room-2))
	}
	if f.note != "" {
		r.put(f.edge, strings.Repeat(edge, max(r.left-note-1, 0)))
		r.put(f.noteTok, f.note)
	}
	r.put(f.edge, strings.Repeat(edge, r.left))
	return r.end() + e.style(f.edge).Render(s.corners[3])
}
