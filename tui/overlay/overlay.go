// Package overlay draws the layers over the panes: menus, the palette's pick
// list, questions, prompts and pages. A layer knows nothing of the room: what it
// was opened for is a function that it calls.
package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/pane"
)

// Key is a key press and the action that it means in a layer, "" for none.
type Key struct {
	Press  tea.KeyPressMsg
	Action action.ID
}

// Layer is one overlay. The root holds a stack of them; the top one has the
// keys.
type Layer interface {
	// Title stands in the frame, and is said in plain words.
	Title() string
	// Want is the size in cells that the layer would like inside its frame, given
	// the most it can get.
	Want(env pane.Env, w, h int) (int, int)
	// Draw gives at most h rows of exactly w cells.
	Draw(env pane.Env, w, h int) Drawing
	// Key takes a key. The layer wishes to be closed when done.
	Key(k Key) (cmd tea.Cmd, done bool)
	// Paste takes a text that was pasted.
	Paste(text string)
	// Click takes a click on a drawn row.
	Click(row int) (cmd tea.Cmd, done bool)
	// Typing reports a layer in which letters are text.
	Typing() bool
	// Hints are the keys for the layer's last line.
	Hints(env pane.Env) []Hint
}

// Failer is a layer that stays when its act was refused, and says why.
type Failer interface{ Fail(sentence string) }

// Drawing is a drawn layer; the cursor is hidden where X is negative.
type Drawing struct {
	Rows []string
	X, Y int
}

// Hint is a key and what it does.
type Hint struct{ Key, Text string }

// Handled lists the actions of the Overlay scope that layers understand, for
// the test that compares them with the table.
func Handled() []action.ID {
	return []action.ID{
		action.LayerUp, action.LayerDown, action.LayerPageUp, action.LayerPageDown, action.LayerTop,
		action.LayerBottom, action.LayerChoose, action.LayerTick, action.LayerClose, action.LayerCancel,
	}
}

// row builds one row of exactly w cells from styled pieces.
type row struct {
	b    strings.Builder
	left int
	over themes.Style // laid over every piece: the selection
	env  pane.Env
}

func newRow(env pane.Env, w int, selected bool) *row {
	r := &row{left: max(w, 0), env: env}
	if selected {
		r.over = env.Styles.Style(themes.Selection)
	}
	return r
}

func (r *row) add(tok themes.Token, text string) *row {
	if r.left == 0 || text == "" {
		return r
	}
	text = cut(r.env, text, r.left)
	r.left -= clean.Width(text)
	r.b.WriteString(r.style(tok).Render(text))
	return r
}

func (r *row) style(tok themes.Token) themes.Style {
	if r.over == (themes.Style{}) {
		return r.env.Styles.Style(tok)
	}
	return r.env.Styles.Style(tok).With(r.over)
}

// column adds a piece that fills exactly n cells, as far as there is room.
func (r *row) column(tok themes.Token, text string, n int) *row {
	had := r.left
	r.add(tok, cut(r.env, text, n))
	if used := had - r.left; used < n {
		r.add(themes.Text, strings.Repeat(" ", n-used))
	}
	return r
}

// labelled adds a label of at most n cells and, after a gap, what is said beside
// it; a label with nothing beside it may be longer.
func (r *row) labelled(tok themes.Token, label, detail string, n int) *row {
	if detail == "" {
		return r.add(tok, label)
	}
	return r.column(tok, cut(r.env, label, n), n+2).add(themes.Dim, detail)
}

func (r *row) String() string {
	if r.left > 0 {
		r.b.WriteString(r.style(themes.Text).Render(strings.Repeat(" ", r.left)))
		r.left = 0
	}
	return r.b.String()
}

func cut(env pane.Env, s string, w int) string {
	if env.ASCII {
		return clean.CutASCII(s, w)
	}
	return clean.Cut(s, w)
}

// Prose gives rows of a clean text that is wrapped at w cells.
func Prose(env pane.Env, tok themes.Token, text string, w int) []string {
	return prose(env, tok, text, w)
}

// prose gives rows of a text that is wrapped at w cells.
func prose(env pane.Env, tok themes.Token, text string, w int) []string {
	var out []string
	if text == "" {
		return nil
	}
	for _, l := range clean.Wrap(text, w) {
		out = append(out, newRow(env, w, false).add(tok, l).String())
	}
	return out
}

// window is the first of n things to show in h rows so that the one at i is
// seen, near what was shown before.
func window(first, i, n, h int) int {
	if h <= 0 {
		return 0
	}
	if i < first {
		first = i
	}
	if i >= first+h {
		first = i - h + 1
	}
	return max(min(first, n-h), 0)
}

// move is where a motion leads from i among n things, h of them shown.
func move(a action.ID, i, n, h int) (int, bool) {
	switch a {
	case action.LayerUp:
		i--
	case action.LayerDown:
		i++
	case action.LayerPageUp:
		i -= max(h-1, 1)
	case action.LayerPageDown:
		i += max(h-1, 1)
	case action.LayerTop:
		i = 0
	case action.LayerBottom:
		i = n - 1
	default:
		return i, false
	}
	return max(min(i, n-1), 0), true
}

func closes(a action.ID) bool { return a == action.LayerClose || a == action.LayerCancel }

// Exactly makes a drawn row w cells wide.
func Exactly(row string, w int) string {
	switch have := clean.Width(row); {
	case have < w:
		return row + strings.Repeat(" ", w-have)
	case have > w:
		row = ansi.Truncate(row, max(w, 0), "")
		return row + strings.Repeat(" ", max(w-clean.Width(row), 0))
	}
	return row
}

// HintRow is the last row of a layer: its keys. Where they have no room, the last
// one, which closes, is kept before those ahead of it.
func HintRow(env pane.Env, hints []Hint, w int) string {
	r := newRow(env, w, false)
	for len(hints) > 1 && hintsWidth(hints)-2 > w {
		hints = slices.Delete(slices.Clone(hints), len(hints)-2, len(hints)-1)
	}
	for i, h := range hints {
		if i > 0 {
			r.add(themes.Text, "  ")
		}
		r.add(themes.Key, Shown(env, h.Key)).add(themes.Dim, " "+h.Text)
	}
	return r.String()
}

// Shown is a key as the terminal can draw it.
func Shown(env pane.Env, key string) string {
	if !env.ASCII {
		return key
	}
	return strings.NewReplacer("↑", "up ", "↓", "down ", "←", "left ", "→", "right ").Replace(key)
}
