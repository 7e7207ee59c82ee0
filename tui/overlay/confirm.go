package overlay

import (
	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/pane"
)

// Confirm asks before an act that ends something or leaves the room. Its
// question names the object and the consequence; no is what enter says.
type Confirm struct {
	Question    string
	Consequence string
	// Affirm and Refuse are the answers in words; the safe one is Refuse.
	Affirm, Refuse string
	// Yes is called when the answer is yes, No when it is not.
	Yes, No func() tea.Cmd

	yes bool
}

// Title is Layer.
func (c *Confirm) Title() string { return "" }

// Typing is Layer.
func (c *Confirm) Typing() bool { return false }

// Paste is Layer: nothing that is pasted answers a question.
func (c *Confirm) Paste(string) {}

// Want is Layer.
func (c *Confirm) Want(env pane.Env, w, h int) (int, int) {
	wide := min(max(clean.Width(c.Question), min(clean.Width(c.Consequence), 60), clean.Width(c.Affirm)+clean.Width(c.Refuse)+14), w)
	return wide, min(len(c.text(env, wide))+2, h)
}

func (c *Confirm) text(env pane.Env, w int) []string {
	return append(prose(env, themes.Title, c.Question, w), prose(env, themes.Text, c.Consequence, w)...)
}

// Draw is Layer.
func (c *Confirm) Draw(env pane.Env, w, h int) Drawing {
	rows := c.text(env, w)
	if len(rows) > h-1 {
		rows = rows[:max(h-1, 0)]
	}
	if len(rows) < h-1 {
		rows = append(rows, newRow(env, w, false).String())
	}
	r := newRow(env, w, false)
	button := func(key, text string, on bool) {
		tok := themes.Text
		if on {
			tok = themes.Selection
		}
		r.add(themes.Key, key).add(themes.Text, " ").add(tok, " "+text+" ").add(themes.Text, "   ")
	}
	button("n", c.Refuse, !c.yes)
	button("y", c.Affirm, c.yes)
	return Drawing{Rows: append(rows, r.String())[:min(len(rows)+1, h)], X: -1}
}

// Key is Layer.
func (c *Confirm) Key(k Key) (tea.Cmd, bool) {
	switch k.Press.String() {
	case "y", "Y":
		return call(c.Yes), true
	case "n", "N":
		return call(c.No), true
	case "tab", "shift+tab", "left", "right", "h", "l":
		c.yes = !c.yes
		return nil, false
	}
	switch {
	case k.Action == action.LayerChoose && c.yes:
		return call(c.Yes), true
	case k.Action == action.LayerChoose, closes(k.Action):
		return call(c.No), true
	}
	return nil, false
}

func call(f func() tea.Cmd) tea.Cmd {
	if f == nil {
		return nil
	}
	return f()
}

// Click is Layer: a click must not answer a question by chance.
func (c *Confirm) Click(int) (tea.Cmd, bool) { return nil, false }

// Hints is Layer: the answers name their keys themselves.
func (c *Confirm) Hints(pane.Env) []Hint { return nil }
