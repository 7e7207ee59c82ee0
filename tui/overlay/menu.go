package overlay

import (
	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/clean"
	"warroom/tui/pane"
)

// Item is a line of a menu or a pick list.
type Item struct {
	// Key chooses it at once, in a menu.
	Key string
	// Mark stands before the label: a sign of what holds now.
	Mark   string
	Label  string
	Detail string
	Token  themes.Token
	// Off is why it cannot be chosen; it is shown in place of the detail.
	Off string
	// On reports a ticked item of a menu of several. Alone is one that goes with
	// no other: ticking it takes the other ticks away, and the other way round.
	On, Alone bool
	// Stays keeps a pick list open when it is chosen, until what it does closes it.
	Stays bool
	// Do is called when it is chosen.
	Do func() tea.Cmd
}

// Extra is a key of a menu or page that acts on its selected item.
type Extra struct {
	Key, Text string
	// Do gets the selected item, -1 where there is none.
	Do func(i int) (cmd tea.Cmd, done bool)
}

// Menu offers a few things, each with a letter.
type Menu struct {
	Heading string
	// Note is a sentence above the items, Empty one in place of them.
	Note, Empty string
	Items       []Item
	At          int
	Extras      []Extra
	// Accept makes it a menu of several: space ticks, enter accepts the ticked.
	// The menu stays until what it does closes it.
	Accept func(ticked []int) tea.Cmd
	// Untick is said when nothing is ticked and enter is pressed.
	Untick string
	// Stays keeps the menu when an item is chosen, until what the item does closes
	// it: what is refused can then be chosen otherwise.
	Stays bool
	// Moved is called when another item is selected: a preview.
	Moved func(i int)
	// Closed is called when it is closed without a choice.
	Closed func() tea.Cmd

	first, shown, above int
	problem             string
}

// Fail is Failer.
func (m *Menu) Fail(sentence string) { m.problem = sentence }

// Title is Layer.
func (m *Menu) Title() string { return m.Heading }

// Typing is Layer.
func (m *Menu) Typing() bool { return false }

// Paste is Layer: there is nothing to paste into.
func (m *Menu) Paste(string) {}

const (
	markWidth  = 2 // a sign and a blank
	labelLimit = 44
	noteLimit  = 76 // a longer sentence is hard to follow back to its next line
)

func (m *Menu) widths() (key, label int) {
	for _, i := range m.Items {
		key, label = max(key, clean.Width(i.Key)), max(label, min(clean.Width(i.Label), labelLimit))
	}
	if key > 0 {
		key += 2
	}
	return key, label
}

// Want is Layer.
func (m *Menu) Want(env pane.Env, w, h int) (int, int) {
	key, label := m.widths()
	wide := 24
	for _, i := range m.Items {
		wide = max(wide, key+markWidth+label+2+max(clean.Width(i.Detail), clean.Width(i.Off)))
	}
	for _, l := range append(clean.Block(m.Note), m.Empty, m.problem, m.Untick) {
		wide = max(wide, min(clean.Width(l), noteLimit))
	}
	wide = min(max(wide, hintsWidth(m.Hints(env))), w)
	return wide, min(len(m.note(env, wide))+max(len(m.Items), 1)+len(m.below(env, wide)), h)
}

func (m *Menu) note(env pane.Env, w int) []string {
	note := prose(env, themes.Dim, m.Note, w)
	if len(m.Items) == 0 {
		note = append(note, prose(env, themes.Placeholder, m.Empty, w)...)
	}
	return note
}

// below says why what was chosen is not done.
func (m *Menu) below(env pane.Env, w int) []string { return prose(env, themes.Danger, m.problem, w) }

// Draw is Layer.
func (m *Menu) Draw(env pane.Env, w, h int) Drawing {
	below := m.below(env, w)
	if len(below) >= h {
		below = below[:max(h-1, 0)]
	}
	h -= len(below)
	rows := m.note(env, w)
	if len(rows) >= h && len(m.Items) > 0 {
		rows = rows[:max(h-1, 0)] // the choices matter more than the sentence
	}
	m.above, m.shown = len(rows), max(h-len(rows), 0)
	m.first = window(m.first, m.At, len(m.Items), m.shown)
	key, label := m.widths()
	for n := m.first; n < min(m.first+m.shown, len(m.Items)); n++ {
		rows = append(rows, m.draw(env, n, w, key, label))
	}
	return Drawing{Rows: append(rows[:min(len(rows), h)], below...), X: -1}
}

func (m *Menu) draw(env pane.Env, n, w, key, label int) string {
	i := m.Items[n]
	r := newRow(env, w, n == m.At)
	mark := i.Mark
	if m.Accept != nil {
		mark = "·"
		if i.On {
			mark = "✓"
		}
		if env.ASCII {
			mark = map[bool]string{true: "+", false: "-"}[i.On]
		}
	}
	r.column(themes.OK, mark, markWidth)
	if key > 0 {
		r.column(themes.Key, i.Key, key)
	}
	tok, detail := i.Token, i.Detail
	if tok == "" {
		tok = themes.Text
	}
	if i.Off != "" {
		tok, detail = themes.Disabled, i.Off
	}
	return r.labelled(tok, i.Label, detail, label).String()
}

// Key is Layer.
func (m *Menu) Key(k Key) (tea.Cmd, bool) {
	pressed := k.Press.String()
	m.problem = ""
	for n, i := range m.Items {
		if i.Key != "" && i.Key == pressed {
			m.sel(n)
			if m.Accept != nil {
				m.tick(n)
				return nil, false
			}
			return m.choose(n)
		}
	}
	for _, x := range m.Extras {
		if x.Key == pressed {
			return x.Do(m.selected())
		}
	}
	if to, ok := move(k.Action, m.At, len(m.Items), m.shown); ok {
		m.sel(to)
		return nil, false
	}
	switch {
	case closes(k.Action):
		if m.Closed != nil {
			return m.Closed(), true
		}
		return nil, true
	case k.Action == action.LayerTick && m.Accept != nil:
		m.tick(m.At)
	case k.Action == action.LayerChoose && m.Accept != nil:
		return m.accept(), false
	case k.Action == action.LayerChoose && len(m.Items) > 0:
		return m.choose(m.At)
	}
	return nil, false
}

func (m *Menu) sel(n int) {
	if n != m.At {
		m.At = n
		if m.Moved != nil {
			m.Moved(n)
		}
	}
}

func (m *Menu) selected() int {
	if len(m.Items) == 0 {
		return -1
	}
	return m.At
}

func (m *Menu) tick(n int) {
	if n >= len(m.Items) {
		return
	}
	m.Items[n].On = !m.Items[n].On
	for o := range m.Items {
		if o != n && m.Items[n].On && (m.Items[n].Alone || m.Items[o].Alone) {
			m.Items[o].On = false
		}
	}
}

// accept hands over what is ticked. An answer that nobody ticked is none.
func (m *Menu) accept() tea.Cmd {
	ticked := m.ticked()
	if len(ticked) == 0 {
		m.problem = m.Untick
		return nil
	}
	return m.Accept(ticked)
}

func (m *Menu) ticked() []int {
	var out []int
	for n, i := range m.Items {
		if i.On {
			out = append(out, n)
		}
	}
	return out
}

func (m *Menu) choose(n int) (tea.Cmd, bool) {
	i := m.Items[n]
	if i.Off != "" || i.Do == nil {
		return nil, false
	}
	return i.Do(), !m.Stays
}

// Click is Layer: it selects, or chooses what is selected.
func (m *Menu) Click(y int) (tea.Cmd, bool) {
	n := m.first + y - m.above
	if y < m.above || n >= len(m.Items) {
		return nil, false
	}
	m.problem = ""
	if m.Accept != nil {
		m.sel(n)
		m.tick(n)
		return nil, false
	}
	if n != m.At {
		m.sel(n)
		return nil, false
	}
	return m.choose(n)
}

// Hints is Layer.
func (m *Menu) Hints(env pane.Env) []Hint {
	var out []Hint
	if len(m.Items) > 0 {
		choose := "overlay.hint.choose"
		if m.Accept != nil {
			out = append(out, Hint{"space", env.Say.T("overlay.hint.tick")})
			choose = "overlay.hint.accept"
		}
		out = append(out, Hint{"enter", env.Say.T(choose)})
	}
	for _, x := range m.Extras {
		out = append(out, Hint{x.Key, x.Text})
	}
	// What does not fit is told of, with the way there.
	switch below := len(m.Items) - m.first - m.shown; {
	case m.shown <= 0:
	case below > 0:
		out = append(out, Hint{"j", env.Say.N("overlay.hint.more", below)})
	case m.first > 0:
		out = append(out, Hint{"k", env.Say.N("overlay.hint.more", m.first)})
	}
	return append(out, Hint{"q", env.Say.T("overlay.hint.close")})
}

func hintsWidth(hints []Hint) int {
	n := 0
	for _, h := range hints {
		n += clean.Width(h.Key) + 1 + clean.Width(h.Text) + 2
	}
	return n
}
