package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/sync/room"
	"warroom/themes"
	"warroom/tui"
)

// framesPerSecond is how often the screen is written at most. At 60 a key is on
// the screen after 16 ms; more would cost an idle console more for nothing that
// anybody sees.
const framesPerSecond = 60

// runConsole opens the console, or prints the room's status where there is no
// terminal to show one on.
func (a *app) runConsole(cmd *cobra.Command, _ []string) error {
	ctx := cmd.Context()
	if !a.interactive() {
		if r, err := a.remote(ctx); err != nil || r != nil {
			return r.summary(ctx, err)
		}
		return a.look(ctx, func(s *session) error { return s.summary(ctx) })
	}
	if a.flags.solo || !hasRoomProcess {
		return a.with(ctx, model.DoorConsole, func(s *session) error { return a.console(ctx, s, false) })
	}
	return a.attach(ctx)
}

// interactive reports that a console can be shown: a terminal on both sides
// that knows more than to print.
func (a *app) interactive() bool {
	_, reads := terminal(a.in)
	_, shows := terminal(a.out)
	if reads && shows && a.getenv("TERM") == "dumb" && !a.asJSON() {
		a.note(a.T("shell.dumb"))
		return false
	}
	return reads && shows && !a.asJSON()
}

// summary is the whole room without a screen.
func (s *session) summary(ctx context.Context) error {
	open := s.room.Overview().OpenRows()
	if s.asJSON() || len(open) != 1 {
		return s.list(ctx, false)
	}
	v, err := s.room.Incident(ctx, open[0].ID)
	if err != nil {
		return err
	}
	s.showIncident(v, 10)
	return nil
}

// console runs the console on this terminal until the person leaves it or ctx
// ends, and says in one line what is left behind.
func (a *app) console(ctx context.Context, s *session, demo bool) error {
	theme, err := a.chosenTheme()
	if err != nil {
		return err
	}
	a.names = &tui.Names{}
	defer func() { a.names = nil }()
	options := tui.Options{
		Room: s.room, Who: s.who, Names: a.names, Say: a.words,
		Theme: theme, Depth: themes.DepthOf(a.getenv), ASCII: a.ascii(), Now: a.Now,
		Themes: a.allThemes, Demo: demo, ReadOnly: s.readOnly, NoMouse: !a.config.Mouse, Quiet: a.config.Quiet, Book: bookOf, Zone: time.LoadLocation,
		Notify: tui.OSC9, Suspend: func() tea.Cmd { return tea.Suspend }, Edit: a.editHere,
	}
	if r, ok := s.room.(*room.Room); ok {
		options.Device = r.Device()
		options.Wrote = func(_ context.Context, key model.DeviceKey) int { return actsOf(r, key) }
	}
	if !demo { // nothing of a demo leaves it
		options.OnUpdate, options.OnTopic = a.hander(onUpdate), a.hander(onTopic)
		options.UpdateCommand = a.updateCommand()
	}
	if a.getenv("TMUX") != "" {
		options.Clipboard = tmuxCopy(ctx)
	}
	var keep *place
	if dir, err := a.storeDir(); err == nil && !demo {
		keep = newPlaces(filepath.Join(dir, "drafts"), a.Now).take(s.who.Person, "", false)
		options.Start, options.Save = keep.state, keep.save
	}
	transport := a.transport
	if demo {
		transport = noTransport
	}
	if r, ok := s.room.(*room.Room); ok && !demo {
		a.tellOfConfig(r, slog.New(slog.DiscardHandler))
	}
	defer a.pagingHere(ctx, s.room, transport)()
	c := tui.New(options)
	if out, ok := terminal(a.out); ok {
		if w, h, err := term.GetSize(out.Fd()); err == nil {
			_, _ = io.WriteString(a.out, c.First(w, h)) // the program says what is wrong with the terminal
		}
	}
	err = a.program(ctx, c)
	state, unsent := c.State(), c.Unsent()
	c.Close()
	if keep != nil {
		keep.leave(state)
		err = errors.Join(err, keep.failed)
	}
	if demo {
		a.tell(a.T("shell.left.demo"))
	} else {
		a.line(a.leaving(s.room, state, unsent))
	}
	if ctx.Err() != nil {
		return exit(exitFailed) // a signal: what there is to say is said
	}
	return err
}

// program runs a screen on this terminal, which is as it was afterwards.
func (a *app) program(ctx context.Context, screen tea.Model) error {
	in, _ := terminal(a.in)
	out, _ := terminal(a.out)
	back := &givenBack{Writer: out}
	// Signals end ctx, which ends the program.
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(watched{out, back}), tea.WithFPS(framesPerSecond),
		tea.WithEnvironment(a.terminalEnv()), tea.WithoutSignalHandler(),
	}
	if out == os.Stdout && a.getenv("NO_COLOR") == "" {
		// It was found out when the program started; in tmux that is a process more.
		options = append(options, tea.WithColorProfile(lipgloss.Writer.Profile))
	}
	_, err := tea.NewProgram(screen, options...).Run()
	back.finish()
	if errors.Is(err, tea.ErrInterrupted) {
		return nil // left by a key
	}
	return err
}

// askName asks for the name on the first run, and nothing else.
func (a *app) askName(ctx context.Context, suggestion string) (string, error) {
	theme, err := themes.Find(a.config.Theme, a.paths.Themes)
	if err != nil {
		return "", err
	}
	ask := tui.NewAskName(a.words, theme.Styles(themes.DepthOf(a.getenv)), a.ascii(), suggestion, func(name string) error {
		_, err := model.CheckPersonName(name)
		return err
	})
	if err := a.program(ctx, ask); err != nil {
		return "", err
	}
	if ask.Name() == "" {
		return "", refuse("shell.name.none")
	}
	return ask.Name(), nil
}

// leaving says in one line what is left behind.
func (a *app) leaving(r model.Room, state tui.State, unsent int) string {
	said := a.T("shell.left.none")
	for _, row := range r.Overview().Rows {
		if row.ID.String() == state.Incident {
			said = a.T("shell.left", "Key", a.keyOf(r, row.ID), "Title", row.Title)
		}
	}
	if dir, err := a.storeDir(); err == nil && a.door == nil {
		said += " " + a.T("shell.left.dir", "Dir", dir)
	}
	if unsent > 0 {
		said += " " + a.words.N("shell.left.unsent", unsent)
	}
	return said
}

// terminalEnv is the environment as the terminal library reads it. For it, only
// a NO_COLOR of "1" or "true" counts; for people any does.
func (a *app) terminalEnv() []string {
	var env []string
	for name, value := range a.env {
		if name == "NO_COLOR" && value != "" {
			value = "1"
		}
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}

// chosenTheme is the configured theme. At a door, one of the person's own came
// with them: its text, and nothing of this machine's folders.
func (a *app) chosenTheme() (themes.Theme, error) {
	if a.door != nil && a.show.Own != "" {
		if t, err := themes.Parse("", []byte(a.show.Own)); err == nil {
			t.Name = a.config.Theme
			return t, nil
		}
		return themes.Builtin("default") // its parent stayed behind
	}
	t, err := themes.Find(a.config.Theme, a.paths.Themes)
	if err != nil && a.door != nil {
		return themes.Builtin("default")
	}
	return t, err
}

// themeFile is the file of a theme of the person's own, "" for a built-in one.
func (a *app) themeFile(name string) string {
	if slices.Contains(themes.Names(), name) || a.paths.Themes == "" || name != filepath.Base(name) {
		return ""
	}
	return filepath.Join(a.paths.Themes, name+".toml")
}

// allThemes are the themes that can be chosen: the built-in ones, and the good
// ones of the person's own.
func (a *app) allThemes() []themes.Theme {
	var out []themes.Theme
	names := themes.Names()
	if a.door != nil {
		if t, err := a.chosenTheme(); err == nil && !slices.Contains(names, t.Name) {
			out = append(out, t)
		}
	} else if files, err := filepath.Glob(filepath.Join(a.paths.Themes, "*.toml")); err == nil && a.paths.Themes != "" {
		for _, f := range files {
			if name := strings.TrimSuffix(filepath.Base(f), ".toml"); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range names {
		if t, err := themes.Find(name, a.paths.Themes); err == nil {
			out = append(out, t)
		}
	}
	return out
}

// tmuxCopy copies through tmux: many are set to drop what a program itself
// sends to the clipboard.
func tmuxCopy(ctx context.Context) func(string) tea.Cmd {
	return func(text string) tea.Cmd {
		return func() tea.Msg {
			c := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
			c.Stdin = strings.NewReader(text)
			if c.Run() != nil {
				return tea.SetClipboard(text)() // an old tmux
			}
			return nil
		}
	}
}
