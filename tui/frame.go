package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

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
		b, at := lay(env, rows, c.screen, l)
		c.boxes = append(c.boxes, b)
		if i == len(c.layers)-1 {
			cursor = at
		}
	}
	v := tea.NewView(joined(rows))
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
		set(s.Rail, c.rail(env))
		set(s.Tabs, c.tabs(env))
		c.body(env, rows)
		set(s.Footer, c.footer(env))
	}
	var cursor *tea.Cursor
	if !s.Input.Empty() {
		cursor = c.inputRows(env, rows)
	}
	c.noteRows(env, rows, cursor)
	empty := strings.Repeat(" ", s.W)
	for i, r := range rows {
		if r == "" {
			rows[i] = empty
		}
	}
	return rows, cursor
}

// blank are the rows of an empty screen.
func blank(s layout.Screen) []string {
	rows := make([]string, s.H)
	for i := range rows {
		rows[i] = strings.Repeat(" ", s.W)
	}
	return rows
}

func joined(rows []string) string { return strings.Join(rows, "\n") }

// body joins the rows of the panes, side by side: their order is also that of
// their columns.
func (c *Console) body(env pane.Env, rows []string) {
	screen := c.shown()
	for _, p := range screen.Visible(c.focus) {
		b := screen.Panes[p]
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

// rail is the row of the phases. In a demo it says, on every frame, that nothing
// here is real.
func (c *Console) rail(env pane.Env) string {
	if !c.o.Demo {
		return pane.Rail(env, c.view, c.pageStep(), c.screen.W)
	}
	word := " " + c.say.T("hint.demo") + " "
	w := max(c.screen.W-clean.Width(word), 0)
	return overlay.Exactly(pane.Rail(env, c.view, c.pageStep(), w)+env.Styles.Style(themes.Banner).Render(word), c.screen.W)
}

// footer is the last row: what the keys do now, or a sentence.
func (c *Console) footer(env pane.Env) string {
	if lines := c.noteLines(); len(lines) == 1 {
		return c.noteRow(env, lines[0])
	}
	b, ok := c.banner()
	badge := c.badge(env, ok && !c.typing && b.Key == c.keys[action.Door])
	w := c.screen.W - clean.Width(badge)
	if ok && !c.typing {
		return pane.Warning(env, b, w) + badge
	}
	return pane.Footer(env, c.hints(), w) + badge
}

// hints are the keys of the place where the keys go.
func (c *Console) hints() []pane.Hint {
	if len(c.layers) > 0 {
		return c.layerHints()
	}
	if c.filter != nil {
		return []pane.Hint{{Key: "enter", Text: c.say.T("hint.filter.keep")}, {Key: "esc", Text: c.say.T("hint.filter.clear")}}
	}
	scope, s := action.Everywhere, c.state()
	if c.typing {
		scope = action.Typing
	}
	var out []pane.Hint
	for _, a := range action.Hints(scope) {
		off := !a.Disabled(s).IsZero()
		if off && c.view == nil {
			continue // with no incident, most keys have nothing to act on
		}
		out = append(out, pane.Hint{Key: a.Key(), Text: c.say.Say(a.Short()), Disabled: off})
	}
	return out
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
	case c.readOnly():
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
	draft := c.say.T("line.draft", "Key", c.keys[action.Write])
	if c.readOnly() {
		draft = c.say.T("line.draft.kept")
	}
	if !on && !e.Empty() && clean.Width(draft)+12 <= room {
		tail = draft
		room -= clean.Width(tail)
	}
	e.ASCII = env.ASCII
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
	return max(min(e.Lines(), c.screen.H/3, c.screen.Input.Y), 1)
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
