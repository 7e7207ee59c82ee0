package overlay

import (
	tea "charm.land/bubbletea/v2"

	"warroom/tui/pane"
)

// Page shows rows to read: the help, a whole entry.
type Page struct {
	Heading string
	// Wide is the width it would like.
	Wide int
	// Rows draws the whole page at a width; it is called when the width changes, or
	// for each frame of a page that is Live.
	Rows func(env pane.Env, w int) []string
	// Extras are keys that act on what is read.
	Extras []Extra
	// Toggle is a key that closes it too.
	Toggle string
	// Live has the rows made anew for each frame: what they tell of goes on. Changed
	// asks before each frame whether they are to be.
	Live    bool
	Changed func() bool

	rows  []string
	width int
	first int
	shown int
}

// Turn shows other rows under another heading, from their beginning.
func (p *Page) Turn(heading string, wide int) {
	p.Heading, p.Wide, p.rows, p.first = heading, wide, nil, 0
}

// Title is Layer.
func (p *Page) Title() string { return p.Heading }

// Typing is Layer.
func (p *Page) Typing() bool { return false }

// Paste is Layer.
func (p *Page) Paste(string) {}

func (p *Page) fill(env pane.Env, w int) {
	if p.Live || p.width != w || p.rows == nil || p.Changed != nil && p.Changed() {
		p.rows, p.width = p.Rows(env, w), w
	}
}

// Want is Layer.
func (p *Page) Want(env pane.Env, w, h int) (int, int) {
	wide := min(p.Wide, w)
	p.fill(env, wide)
	return wide, min(len(p.rows), h)
}

// Draw is Layer.
func (p *Page) Draw(env pane.Env, w, h int) Drawing {
	p.fill(env, w)
	p.shown = h
	p.first = max(min(p.first, len(p.rows)-h), 0)
	return Drawing{Rows: p.rows[p.first:min(p.first+h, len(p.rows))], X: -1}
}

// Key is Layer.
func (p *Page) Key(k Key) (tea.Cmd, bool) {
	pressed := k.Press.String()
	for _, x := range p.Extras {
		if x.Key == pressed {
			return x.Do(0)
		}
	}
	if to, ok := move(k.Action, p.first, max(len(p.rows)-p.shown+1, 1), p.shown); ok {
		p.first = to
		return nil, false
	}
	return nil, closes(k.Action) || pressed == p.Toggle && pressed != ""
}

// Click is Layer.
func (p *Page) Click(int) (tea.Cmd, bool) { return nil, false }

// Hints is Layer.
func (p *Page) Hints(env pane.Env) []Hint {
	var out []Hint
	if len(p.rows) > p.shown {
		out = append(out, Hint{"j k", env.Say.T("overlay.hint.scroll")})
	}
	for _, x := range p.Extras {
		out = append(out, Hint{x.Key, x.Text})
	}
	return append(out, Hint{"q", env.Say.T("overlay.hint.close")})
}
