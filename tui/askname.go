package tui

import (
	tea "charm.land/bubbletea/v2"

	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/lang"
	"warroom/tui/layout"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// AskName is the console of the first run: it asks for the reader's name, and
// nothing else. Run it in a tea.Program before there is a room; Name then tells
// what came of it.
type AskName struct {
	say    *lang.Printer
	styles *themes.Styles
	ascii  bool
	// accept is given the name outside of Update; an error keeps the question
	// open, with its sentence.
	accept func(name string) error
	keymap action.Keymap
	prompt *overlay.Prompt
	screen layout.Screen
	name   string
	busy   bool
}

// NewAskName makes the question. accept founds the room, or only checks the
// name; suggestion is what stands there until something is typed
// (the login's name).
func NewAskName(say *lang.Printer, styles *themes.Styles, ascii bool, suggestion string, accept func(name string) error) *AskName {
	a := &AskName{say: say, styles: styles, ascii: ascii, accept: accept, keymap: action.NewKeymap(action.Table())}
	a.prompt = &overlay.Prompt{
		Heading: say.T("overlay.name.title"), Note: say.T("overlay.name.note"), Placeholder: say.T("overlay.name.placeholder"),
	}
	a.prompt.Missing, a.prompt.Leave = say.T("overlay.name.missing"), say.T("overlay.name.end")
	a.prompt.Offering(suggestion)
	a.prompt.Accept = func(name string) tea.Cmd {
		a.busy = true
		return func() tea.Msg { return named{name, a.accept(name)} }
	}
	return a
}

type named struct {
	name string
	err  error
}

// Name is the accepted name; "" when the person left without one.
func (a *AskName) Name() string { return a.name }

// Idle reports that no command is under way.
func (a *AskName) Idle() bool { return !a.busy }

// Init is tea.Model.
func (a *AskName) Init() tea.Cmd { return nil }

// Update is tea.Model.
func (a *AskName) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.screen = layout.Of(msg.Width, msg.Height)
	case tea.PasteMsg:
		a.prompt.Paste(msg.Content)
	case named:
		a.busy = false
		if msg.err != nil {
			a.prompt.Fail(a.say.Error(msg.err))
			return a, nil
		}
		a.name = msg.name
		return a, tea.Quit
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+c" {
			return a, tea.Quit
		}
		if a.busy {
			return a, nil
		}
		found, _ := a.keymap.Find(msg.String(), action.Overlay)
		cmd, done := a.prompt.Key(overlay.Key{Press: msg, Action: found.ID})
		if done {
			return a, tea.Quit
		}
		return a, cmd
	}
	return a, nil
}

// View is tea.Model.
func (a *AskName) View() tea.View {
	env := pane.Env{Styles: a.styles, Say: a.say, ASCII: a.ascii}
	rows := blank(a.screen)
	_, cursor := lay(env, rows, a.screen, a.prompt)
	v := tea.NewView(joined(rows))
	v.AltScreen = true
	v.Cursor = cursor
	v.ForegroundColor, v.BackgroundColor = a.styles.Ground()
	return v
}
