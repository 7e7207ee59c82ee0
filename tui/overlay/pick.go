package overlay

import (
	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/line"
	"warroom/tui/pane"
)

// Pick narrows a long list by what is typed: the palette, people, incidents.
type Pick struct {
	Heading string
	// Placeholder is shown while nothing is typed.
	Placeholder string
	// Find gives the items for what is typed, best first.
	Find func(query string) []Item
	// Empty is said when nothing is found.
	Empty string
	// Toggle is a key that closes it too, besides those of every layer.
	Toggle string

	problem string

	editor line.Editor
	items  []Item
	ready  bool
	at     int
	first  int
	shown  int
	above  int
}

// Fail is Failer: what was typed stays, to be mended.
func (p *Pick) Fail(sentence string) { p.problem = sentence }

// Title is Layer.
func (p *Pick) Title() string { return p.Heading }

// Typing is Layer.
func (p *Pick) Typing() bool { return true }

// Paste is Layer.
func (p *Pick) Paste(text string) {
	p.editor.Insert(text)
	p.find()
}

func (p *Pick) find() {
	p.items, p.at, p.first, p.ready = p.Find(p.editor.Text()), 0, 0, true
}

// Want is Layer: a pick list keeps its size while it narrows, so that nothing
// jumps.
func (p *Pick) Want(_ pane.Env, w, h int) (int, int) { return min(76, w), min(17, h) }

// Draw is Layer.
func (p *Pick) Draw(env pane.Env, w, h int) Drawing {
	if !p.ready {
		p.find()
	}
	field, x, _ := field(env, &p.editor, themes.Input, p.Placeholder, w, 1)
	rows := append(field, prose(env, themes.Danger, p.problem, w)...)
	rows = rows[:min(len(rows), max(h, 1))]
	p.above = len(rows)
	p.shown = max(h-p.above, 0)
	p.first = window(p.first, p.at, len(p.items), p.shown)
	label := 0
	for n := p.first; n < min(p.first+p.shown, len(p.items)); n++ {
		label = max(label, min(clean.Width(p.items[n].Label), labelLimit))
	}
	key := 0
	for n := p.first; n < min(p.first+p.shown, len(p.items)); n++ {
		key = max(key, clean.Width(p.items[n].Key))
	}
	for n := p.first; n < min(p.first+p.shown, len(p.items)); n++ {
		rows = append(rows, p.draw(env, n, w, key, label))
	}
	if len(p.items) == 0 && h > 1 {
		rows = append(rows, newRow(env, w, false).add(themes.Placeholder, p.Empty).String())
	}
	for len(rows) < h {
		rows = append(rows, newRow(env, w, false).String())
	}
	return Drawing{Rows: rows[:min(len(rows), h)], X: x}
}

func (p *Pick) draw(env pane.Env, n, w, key, label int) string {
	i := p.items[n]
	r := newRow(env, w, n == p.at)
	r.column(themes.Key, i.Key, key+1)
	tok, detail := i.Token, i.Detail
	if tok == "" {
		tok = themes.Text
	}
	if i.Off != "" {
		tok, detail = themes.Disabled, i.Off
	}
	return r.labelled(tok, i.Label, detail, label).String()
}

// Key is Layer. Letters are text; so is q.
func (p *Pick) Key(k Key) (tea.Cmd, bool) {
	p.problem = ""
	if !p.ready {
		p.find()
	}
	typed := k.Press.Text != ""
	if to, ok := move(k.Action, p.at, len(p.items), p.shown); ok && !typed && !edge(k.Press.String()) {
		p.at = to
		return nil, false
	}
	switch {
	case k.Action == action.LayerCancel, p.Toggle != "" && k.Press.String() == p.Toggle:
		return nil, true
	case k.Action == action.LayerChoose:
		if p.at >= len(p.items) || p.items[p.at].Off != "" || p.items[p.at].Do == nil {
			return nil, false
		}
		return p.items[p.at].Do(), !p.items[p.at].Stays
	}
	before := p.editor.Text()
	p.editor.Key(k.Press)
	if p.editor.Text() != before {
		p.find()
	}
	return nil, false
}

// edge reports the keys that move within the text rather than the list.
func edge(key string) bool { return key == "home" || key == "end" }

// Click is Layer.
func (p *Pick) Click(y int) (tea.Cmd, bool) {
	n := p.first + y - p.above
	if y < p.above || n >= len(p.items) {
		return nil, false
	}
	if n != p.at {
		p.at = n
		return nil, false
	}
	return p.Key(Key{Action: action.LayerChoose})
}

// Hints is Layer.
func (p *Pick) Hints(env pane.Env) []Hint {
	out := "ctrl+g"
	if p.Toggle != "" {
		out = p.Toggle
	}
	return []Hint{{"↑↓", ""}, {"enter", env.Say.T("overlay.hint.choose")}, {out, env.Say.T("overlay.hint.close")}}
}
