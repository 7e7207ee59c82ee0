package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/clean"
	"warroom/tui/lang"
)

// pump runs a console without a terminal: commands run, and what they bring
// comes back one after another.
type pump struct {
	c    *Console
	msgs chan tea.Msg
	quit bool
}

func newPump(t testing.TB, room model.Room, who model.Actor, now func() time.Time) *pump {
	t.Helper()
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	names := &Names{}
	p := &pump{msgs: make(chan tea.Msg, 1024)}
	p.c = New(Options{
		Room: room, Who: who, Theme: theme, Depth: themes.TrueColour, Names: names,
		Say: lang.New(lang.Options{Name: names.Person, Key: names.Incident}), Now: now,
		After:     func(time.Duration, func() tea.Msg) tea.Cmd { return nil },
		Clipboard: func(string) tea.Cmd { return nil },
		Save:      func(State) {},
		Themes:    func() []themes.Theme { return []themes.Theme{theme} },
	})
	p.run(p.c.Init())
	p.settle()
	return p
}

func (p *pump) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				p.run(c)
			}
		default:
			p.msgs <- msg
		}
	}()
}

func (p *pump) send(msg tea.Msg) {
	_, cmd := p.c.Update(msg)
	p.run(cmd)
	p.settle()
}

// settle takes what commands bring until none is under way.
func (p *pump) settle() {
	for !p.c.Idle() {
		msg := <-p.msgs
		if _, ok := msg.(tea.QuitMsg); ok {
			p.quit = true
			continue
		}
		_, cmd := p.c.Update(msg)
		p.run(cmd)
	}
}

// frame is the composed frame, and what is wrong with it.
func (p *pump) frame() (rows []string, fault string) {
	p.c.changed(true)
	v := p.c.View()
	rows = strings.Split(v.Content, "\n")
	w, h := p.c.screen.W, p.c.screen.H
	if h == 0 {
		return nil, ""
	}
	if len(rows) != h {
		return rows, "rows"
	}
	for _, r := range rows {
		if clean.Width(r) != w {
			return rows, "width of: " + r
		}
	}
	if v.Cursor != nil && (v.Cursor.X < 0 || v.Cursor.X >= w || v.Cursor.Y < 0 || v.Cursor.Y >= h) {
		return rows, "cursor"
	}
	return rows, ""
}

func key(name string) tea.KeyPressMsg {
	switch name {
	case "enter":
		return tea.KeyPressMsg{Code: tea.KeyEnter}
	case "esc":
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	case "tab":
		return tea.KeyPressMsg{Code: tea.KeyTab}
	case "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case "backspace":
		return tea.KeyPressMsg{Code: tea.KeyBackspace}
	case "up":
		return tea.KeyPressMsg{Code: tea.KeyUp}
	case "left":
		return tea.KeyPressMsg{Code: tea.KeyLeft}
	case "pgdown":
		return tea.KeyPressMsg{Code: tea.KeyPgDown}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	r := []rune(name)
	return tea.KeyPressMsg{Code: r[0], Text: name}
}

var anyKeys = append(strings.Split("enter enter esc tab space backspace up left pgdown ctrl+o ctrl+p ctrl+g ctrl+t ctrl+w ctrl+u é 漢 👍 / : ? ! * - . , @", " "),
	strings.Split("abcdefghijklmnoprstuvwxyzADGLMRSTUY0123456789", "")...)

// Whatever is pressed, in whatever order, at whatever size: no panic, and the
// frame is always h rows of w cells.
func TestNoSequenceOfKeysBreaksTheFrame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		room := modeltest.New("ana", 3)
		id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout 5xx 漢字"}).Incident
		room.Must(id, model.Write{Text: "déjà vu 👍 データ"})
		p := newPump(t, room, room.Actor(), room.Now)
		defer p.c.Close()
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			switch rapid.IntRange(0, 12).Draw(r, "what") {
			case 0:
				p.send(tea.WindowSizeMsg{Width: rapid.IntRange(0, 130).Draw(r, "w"), Height: rapid.IntRange(0, 45).Draw(r, "h")})
			case 1:
				p.send(tea.PasteMsg{Content: rapid.String().Draw(r, "paste")})
			case 2:
				p.send(tea.MouseClickMsg{X: rapid.IntRange(0, 130).Draw(r, "x"), Y: rapid.IntRange(0, 45).Draw(r, "y"), Button: tea.MouseLeft})
			case 3:
				p.send(tea.MouseWheelMsg{X: 3, Y: rapid.IntRange(0, 45).Draw(r, "y"), Button: tea.MouseWheelDown})
			default:
				p.send(key(rapid.SampledFrom(anyKeys).Draw(r, "key")))
			}
			if rows, fault := p.frame(); fault != "" {
				r.Fatalf("%s at %dx%d:\n%s", fault, p.c.screen.W, p.c.screen.H, strings.Join(rows, "\n"))
			}
		}
	})
}
