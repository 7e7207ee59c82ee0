package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"warroom/model"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/layout"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// paceOf is the least time between two frames that no key asked for: 30 a second
// are as many as anybody can read, and a storm of changes stays cheap.
const paceOf = 33 * time.Millisecond

// View is tea.Model. It composes only when something changed: at once after a
// key, else in its turn.
func (c *Console) View() tea.View {
	if c.dirty && (c.urgent || !c.paced) {
		c.compose()
	}
	return c.frame
}

// pace sees to it that a frame which had to wait is composed.
func (c *Console) pace() tea.Cmd {
	if !c.dirty || c.urgent || c.paced {
		return nil
	}
	wait := paceOf - c.o.Now().Sub(c.drawn)
	if wait <= 0 {
		return nil
	}
	c.paced = true
	return c.o.After(min(wait, paceOf), func() tea.Msg { return due{} })
}

func (c *Console) compose() {
	c.dirty, c.urgent, c.drawn = false, false, c.o.Now()
	env := c.env()
	rows, cursor := c.base(env)
	c.boxes = c.boxes[:0]
	for i, l := range c.layers {
		at := c.lay(env, rows, l)
		if i == len(c.layers)-1 {
			cursor = at
		}
	}
	v := tea.NewView(strings.Join(rows, "\n"))
	v.AltScreen = true
	v.Cursor = cursor
	v.WindowTitle = c.title()
	if c.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.ForegroundColor, v.BackgroundColor = c.styles.Ground()
	c.frame = v
}

// title is the terminal's title: SEV1 7F3K2M · fixing · 42m. It changes once a
// minute at most by itself.
func (c *Console) title() string {
	if c.view == nil {
		return "warroom"
	}
	parts := []string{c.view.Severity.Value.String() + " " + c.key(c.id), c.say.Say(c.view.Status.Value.Phrase())}
	if began := c.view.Moments[model.Declared].At; began != 0 && !c.view.Status.Value.Over() {
		if d := c.o.Now().Sub(time.UnixMilli(began)); d >= time.Minute {
			parts = append(parts, c.say.Duration(d.Truncate(time.Minute)))
		}
	}
	sep := " · "
	if c.o.ASCII {
		sep = " - "
	}
	return clean.Line(strings.Join(parts, sep))
}

// base draws what is under the layers: exactly h rows of exactly w cells.
func (c *Console) base(env pane.Env) ([]string, *tea.Cursor) {
	s := c.screen
	rows := make([]string, s.H)
	set := func(b layout.Box, text string) {
		if !b.Empty() {
			rows[b.Y] = text
		}
	}
	if s.Mode == layout.Tiny {
		set(s.Header, pane.Status(env, c.over, c.view, s.W))
	} else {
		set(s.Header, pane.Header(env, c.over, c.view, s.W))
		set(s.Rail, pane.Rail(env, c.view, s.W))
		set(s.Tabs, c.tabs(env))
		c.body(env, rows)
		set(s.Footer, c.footer(env))
	}
	var cursor *tea.Cursor
	if !s.Input.Empty() {
		cursor = c.inputRows(env, rows)
	}
	if s.Mode == layout.Tiny && c.note.text != "" && !s.Header.Empty() && !c.typing {
		rows[s.H-1] = c.noteRow(env)
	}
	blank := strings.Repeat(" ", s.W)
	for i, r := range rows {
		if r == "" {
			rows[i] = blank
		}
	}
	return rows, cursor
}

// body joins the rows of the panes, side by side: their order is also that of
// their columns.
func (c *Console) body(env pane.Env, rows []string) {
	for _, p := range c.screen.Visible(c.focus) {
		b := c.screen.Panes[p]
		for i, r := range c.panes()[p].Rows(env, b.W, b.H, p == c.focus && !c.typing) {
			rows[b.Y+i] += r
		}
	}
}

func (c *Console) counts() (counts [layout.Panes]string) {
	for i, p := range c.panes() {
		counts[i] = p.Count()
	}
	return counts
}

func (c *Console) tabs(env pane.Env) string { return pane.Tabs(env, c.focus, c.counts(), c.screen.W) }

// footer is the last row: what the keys do now, or a sentence.
func (c *Console) footer(env pane.Env) string {
	if c.note.text != "" {
		return c.noteRow(env)
	}
	return pane.Footer(env, c.hints(), c.screen.W)
}

func (c *Console) noteRow(env pane.Env) string {
	text := clean.Cut(" "+c.note.text+" ", c.screen.W)
	if c.o.ASCII {
		text = clean.CutASCII(" "+c.note.text+" ", c.screen.W)
	}
	return env.Styles.Style(c.note.tok).Render(text) + strings.Repeat(" ", max(c.screen.W-clean.Width(text), 0))
}

// hints are the keys of the place where the keys go.
func (c *Console) hints() []pane.Hint {
	if c.filter != nil {
		return []pane.Hint{{Key: "enter", Text: c.say.T("hint.filter.keep")}, {Key: "esc", Text: c.say.T("hint.filter.clear")}}
	}
	scope, s := action.Everywhere, c.state()
	if c.typing {
		scope = action.Typing
	}
	var out []pane.Hint
	for n := 1; ; n++ {
		i := hinted(scope, n)
		if i < 0 {
			return out
		}
		a := action.Table()[i]
		off := !a.Disabled(s).IsZero()
		if off && c.view == nil {
			continue // with no incident, most keys have nothing to act on
		}
		out = append(out, pane.Hint{Key: a.Key(), Text: c.say.Say(a.Short()), Disabled: off})
	}
}

func hinted(scope action.Scope, n int) int {
	for i, a := range action.Table() {
		if a.Scope == scope && a.Hint == n {
			return i
		}
	}
	return -1
}

// inputRows draws the log line, or the filter while it is typed, and says where
// the cursor is. A draft of several lines grows upwards.
func (c *Console) inputRows(env pane.Env, rows []string) *tea.Cursor {
	b := c.screen.Input
	e, mark, placeholder := &c.editor, " > ", c.say.T("line.placeholder", "Key", c.keys[action.Write])
	on := c.typing
	switch {
	case c.filter != nil:
		e, mark, placeholder, on = c.filter, " / ", c.say.T("line.filter"), true
	case c.view == nil:
		placeholder = c.say.T("line.none")
	case c.o.ReadOnly:
		placeholder = c.say.T("line.readonly")
	case c.typing:
		placeholder = c.say.T("line.typing")
	}
	room := b.W - len(mark)
	if room < 1 {
		return nil
	}
	tail := ""
	if c.filter != nil {
		_, shown, total := c.current().Filter()
		tail = c.say.T("line.matches", "Shown", shown, "Total", total)
		if clean.Width(tail)+12 > room {
			tail = ""
		}
		room -= clean.Width(tail)
	}
	lines, x, y := e.Rows(room, c.inputHeight(e, on))
	top := b.Y - len(lines) + 1
	for i, l := range lines {
		m, tok := mark, themes.Accent
		if !on {
			tok = themes.Dim
		}
		if i > 0 {
			m = "   "
		}
		text := env.Styles.Style(themes.Input).Render(l)
		if e.Empty() {
			l = clean.Cut(placeholder, room)
			text = env.Styles.Style(themes.Placeholder).Render(l)
		}
		rows[top+i] = env.Styles.Style(tok).Render(m) + text + strings.Repeat(" ", max(room-clean.Width(l), 0))
		if i == len(lines)-1 {
			rows[top+i] += env.Styles.Style(themes.Dim).Render(tail)
		} else if tail != "" {
			rows[top+i] += strings.Repeat(" ", clean.Width(tail))
		}
	}
	if !on || len(c.layers) > 0 {
		return nil
	}
	return tea.NewCursor(x+len(mark), top+y)
}

// inputHeight is how many rows a draft may take: a third of the screen at most.
func (c *Console) inputHeight(e interface{ Lines() int }, on bool) int {
	if !on {
		return 1
	}
	return max(min(e.Lines(), c.screen.H/3), 1)
}

// box is where a layer was drawn; inner is what is inside its frame.
type box struct{ inner layout.Box }

// lay draws a layer in a frame over the rows, in the middle of the screen.
func (c *Console) lay(env pane.Env, rows []string, l overlay.Layer) *tea.Cursor {
	W, H := c.screen.W, c.screen.H
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
		b = layout.Box{X: (W-w-4)/2 + 2, Y: (H-h-3)/2 + 1, W: w, H: h}
		framed := make([]string, 0, h+1)
		for i := range h {
			framed = append(framed, " "+overlay.Exactly(at(d.Rows, i), w)+" ")
		}
		framed = append(framed, " "+overlay.Exactly(overlay.HintRow(env, l.Hints(env), w), w)+" ")
		title := l.Title()
		for i, r := range pane.Box(env, clean.Line(title), framed, w+4, h+3, true) {
			splice(rows, b.Y-1+i, b.X-2, r, w+4, W)
		}
	}
	c.boxes = append(c.boxes, box{b})
	if x < 0 || len(rows) == 0 {
		return nil
	}
	return tea.NewCursor(min(b.X+x, max(W-1, 0)), min(b.Y+y, max(H-1, 0)))
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
	right = strings.Repeat(" ", max(all-x-w-clean.Width(right), 0)) + right
	rows[y] = left + "\x1b[m" + text + right
}

// shownKeys are what to press for each action. What the severity menu offers by
// a letter is named with it.
func shownKeys() map[action.ID]string {
	keys := map[action.ID]string{}
	for _, a := range action.Table() {
		if _, ok := keys[a.ID]; !ok {
			keys[a.ID] = a.Key()
		}
	}
	keys[action.Suggested] = keys[action.Severity] + " a"
	return keys
}
