package overlay

import (
	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/line"
	"warroom/tui/pane"
)

// Choice is a field beside a prompt's text that a key turns through.
type Choice struct {
	Key, Label string
	Values     []string
	At         int
}

// Prompt asks for a text.
type Prompt struct {
	Heading string
	// Note is a sentence above the field, Placeholder the text of an empty one.
	Note, Placeholder string
	// Several allows more than one line: ctrl+o begins one. Long ones are wrapped where
	// they are seen, and only there.
	Several bool
	// Blank allows an empty text.
	Blank bool
	// Leave is what closing it does, where that is more than closing.
	Leave string
	// Missing is said where an empty text is not allowed, in place of the usual
	// sentence.
	Missing string
	Choices []*Choice
	// Extras are keys that leave it otherwise; they are none that write.
	Extras []Extra
	// Accept is called with the text. The prompt stays until it is closed, so
	// that nothing typed is lost when the act is refused.
	Accept func(text string) tea.Cmd
	// Closed is called when it is left without accepting.
	Closed func() tea.Cmd
	// Under, when set, is what stands below the field, made of its text for each frame.
	// It gets as many rows as there are.
	Under func(env pane.Env, text string, w int) []string

	editor  line.Editor
	problem string
	lacking bool // enter was pressed on an empty text
	offered bool
}

// With begins the prompt with a text.
func (p *Prompt) With(text string) *Prompt {
	p.editor.Set(text)
	return p
}

// Offering begins the prompt with a text that the first letter typed replaces;
// any other key keeps it for editing.
func (p *Prompt) Offering(text string) *Prompt {
	p.offered = text != ""
	return p.With(text)
}

// settle ends the offer: what comes replaces it, or edits it.
func (p *Prompt) settle(replace bool) {
	if p.offered && replace {
		p.editor.Set("")
	}
	p.offered = false
}

// Replace puts another text in the place of what was typed, cleaned as a paste is.
func (p *Prompt) Replace(text string) {
	p.problem, p.lacking, p.offered = "", false, false
	p.editor.Set("")
	p.editor.Insert(text)
}

// Text is what has been typed.
func (p *Prompt) Text() string { return p.editor.Text() }

// Fail is Failer.
func (p *Prompt) Fail(sentence string) { p.problem, p.lacking = sentence, false }

// Title is Layer.
func (p *Prompt) Title() string { return p.Heading }

// Typing is Layer.
func (p *Prompt) Typing() bool { return true }

// Paste is Layer. Without several lines, the breaks of a paste become blanks.
func (p *Prompt) Paste(text string) {
	p.problem, p.lacking = "", false
	p.settle(true)
	if !p.Several {
		text = clean.Line(text)
	}
	p.editor.Insert(text)
}

// mostLines is how many lines of a long text are seen at once.
const mostLines = 8

func (p *Prompt) fieldRows(w int) int {
	if !p.Several {
		return 1
	}
	return min(max(p.editor.WrappedRows(w-len(fieldMark)), 3), mostLines)
}

// Want is Layer.
func (p *Prompt) Want(env pane.Env, w, h int) (int, int) {
	wide := min(72, w)
	return wide, min(len(p.around(env, wide))+p.fieldRows(wide)+len(p.below(env, wide)), h)
}

func (p *Prompt) around(env pane.Env, w int) []string { return prose(env, themes.Dim, p.Note, w) }

func (p *Prompt) below(env pane.Env, w int) []string {
	var rows []string
	for _, c := range p.Choices {
		rows = append(rows, newRow(env, w, false).add(themes.Key, c.Key).add(themes.Dim, " "+c.Label+" ").add(themes.Text, c.Values[c.At]).String())
	}
	problem := p.problem
	if p.lacking && problem == "" {
		problem = env.Say.T("overlay.missing")
	}
	rows = append(rows, prose(env, themes.Danger, problem, w)...)
	if p.Under != nil {
		rows = append(rows, p.Under(env, p.editor.Text(), w)...)
	}
	return rows
}

// Draw is Layer. Where there is little room the field comes before all else.
func (p *Prompt) Draw(env pane.Env, w, h int) Drawing {
	above, below := p.around(env, w), p.below(env, w)
	n := p.fieldRows(w)
	for len(above) > 0 && len(above)+1+len(below) > h {
		above = above[:len(above)-1]
	}
	if least := min(n, max(3, h/2)); p.Under != nil && len(below) > h-least { // the text comes before what is said of it
		below = below[:max(h-least, 0)]
	}
	n = max(min(n, h-len(above)-len(below)), 1)
	tok := themes.Input
	if p.offered {
		tok = themes.Selection
	}
	draw := field
	if p.Several {
		draw = wrappedField
	}
	text, x, y := draw(env, &p.editor, tok, p.Placeholder, w, n)
	for len(text) < n {
		text = append(text, newRow(env, w, false).String())
	}
	rows := append(append(append([]string{}, above...), text...), below...)
	return Drawing{Rows: rows[:min(len(rows), h)], X: x, Y: min(y+len(above), max(h-1, 0))}
}

// Key is Layer.
func (p *Prompt) Key(k Key) (tea.Cmd, bool) {
	for _, c := range p.Choices {
		if c.Key == k.Press.String() {
			c.At = (c.At + 1) % len(c.Values)
			return nil, false
		}
	}
	for _, x := range p.Extras {
		if x.Key == k.Press.String() {
			return x.Do(-1)
		}
	}
	switch {
	case k.Action == action.LayerCancel:
		return call(p.Closed), true
	case k.Press.String() == "ctrl+o" && p.Several:
		p.editor.Insert("\n")
		return nil, false
	case k.Action == action.LayerChoose:
		if p.editor.Empty() && !p.Blank {
			p.problem, p.lacking = p.Missing, true
			return nil, false
		}
		return p.Accept(p.editor.Text()), false
	}
	p.problem, p.lacking = "", false
	p.settle(k.Press.Text != "")
	p.editor.Key(k.Press)
	return nil, false
}

// Click is Layer.
func (p *Prompt) Click(int) (tea.Cmd, bool) { return nil, false }

// Hints is Layer.
func (p *Prompt) Hints(env pane.Env) []Hint {
	out := []Hint{{"enter", env.Say.T("overlay.hint.accept")}}
	if p.Several {
		out = append(out, Hint{"ctrl+o", env.Say.T("overlay.hint.newline")})
	}
	for _, x := range p.Extras {
		out = append(out, Hint{x.Key, x.Text})
	}
	leave := p.Leave
	if leave == "" {
		leave = env.Say.T("overlay.hint.close")
	}
	return append(out, Hint{"ctrl+g", leave})
}
