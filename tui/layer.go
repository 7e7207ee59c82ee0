package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/tui/clean"
	"warroom/tui/layout"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// box is where a layer was drawn; inner is what is inside its frame.
type box struct{ inner layout.Box }

// lay draws a layer in a frame over the rows, in the middle of the screen.
func lay(env pane.Env, rows []string, screen layout.Screen, l overlay.Layer) (box, *tea.Cursor) {
	W, H := screen.W, screen.H
	var b layout.Box
	var inside []string
	var x, y int
	if W < 12 || H < 5 { // no room for a frame
		b = layout.Box{W: W, H: H}
		d := l.Draw(env, W, H)
		inside, x, y = d.Rows, d.X, d.Y
		for i := range rows {
			rows[i] = overlay.Exactly(at(inside, i), W)
		}
	} else {
		w, h := l.Want(env, W-4, H-3)
		h = max(h, 1)
		d := l.Draw(env, w, h)
		x, y = d.X, d.Y
		framed := make([]string, 0, h+1)
		for i := range h {
			framed = append(framed, " "+overlay.Exactly(at(d.Rows, i), w)+" ")
		}
		if hints := l.Hints(env); len(hints) > 0 {
			framed = append(framed, " "+overlay.Exactly(overlay.HintRow(env, hints, w), w)+" ")
		}
		high := len(framed) + 2
		b = layout.Box{X: (W-w-4)/2 + 2, Y: (H-high)/2 + 1, W: w, H: h}
		for i, r := range pane.Box(env, clean.Line(l.Title()), framed, w+4, high, true) {
			splice(rows, b.Y-1+i, b.X-2, r, w+4, W)
		}
	}
	if x < 0 || len(rows) == 0 {
		return box{b}, nil
	}
	return box{b}, tea.NewCursor(min(b.X+x, max(W-1, 0)), min(b.Y+y, max(H-1, 0)))
}

func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return ""
}

// splice puts text of w cells into row y at column x. A wide character that is
// cut in two becomes a blank.
func splice(rows []string, y, x int, text string, w, all int) {
	if y < 0 || y >= len(rows) {
		return
	}
	left := ansi.Truncate(rows[y], x, "")
	left += strings.Repeat(" ", max(x-clean.Width(left), 0))
	right := ansi.TruncateLeft(rows[y], x+w, "")
	if clean.Width(right) > all-x-w { // the cut went through a wide character
		right = ansi.TruncateLeft(rows[y], x+w+1, "")
	}
	if clean.Width(left) > x || clean.Width(right) > all-x-w {
		// Letters that are cut otherwise than they are measured: rather none of them
		// than a row that is too wide.
		left, right = strings.Repeat(" ", x), ""
	}
	right = strings.Repeat(" ", max(all-x-w-clean.Width(right), 0)) + right
	rows[y] = left + "\x1b[m" + text + right
}

// layerHints are the keys of the layer on top: those of the panes do nothing
// while it is open.
func (c *Console) layerHints() []pane.Hint {
	top := c.layers[len(c.layers)-1]
	var out []pane.Hint
	if q, ok := top.(*overlay.Confirm); ok {
		out = []pane.Hint{{Key: "y", Text: q.Affirm}, {Key: "n", Text: q.Refuse}}
	}
	for _, h := range top.Hints(c.env()) {
		out = append(out, pane.Hint{Key: overlay.Shown(c.env(), h.Key), Text: h.Text})
	}
	return out
}
