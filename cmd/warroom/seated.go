package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"warroom/model"
	"warroom/sync/door"
	"warroom/sync/room"
	"warroom/themes"
	"warroom/tui"
)

// Frames a second of a console in a room process. They cost it something also when
// nobody does anything; so a console in company is written less often.
// docs/adr/0010 has the measurements.
const (
	fpsFew  = 60
	fpsMany = 30
)

// few is how many consoles are drawn at the higher rate.
const few = 8

func framesFor(consoles int) int {
	if consoles <= few {
		return fpsFew
	}
	return fpsMany
}

// console is one that is open in this room process.
type console struct {
	session *door.Session
	who     model.PersonID
	leave   chan string // holds one sentence
	status  string      // what the client was told last
	returns atomic.Bool // its client comes back: the place is kept for it
}

// console shows a console to a session until the person leaves it, the client is
// gone or the room ends.
func (d *doorman) console(s *door.Session, a *app, seat *room.Seat) int {
	c := &console{session: s, who: seat.Who().Person, leave: make(chan string, 1), status: "-"}
	d.mu.Lock()
	if d.consoles == nil {
		d.consoles = map[*console]struct{}{}
	}
	d.consoles[c] = struct{}{}
	fps := framesFor(len(d.consoles))
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.consoles, c)
		d.mu.Unlock()
	}()
	keep := d.places.take(c.who, s.Env[door.EnvSeat], s.Env[door.EnvAgain] != "")
	defer keep.free()
	d.tellStatus() // the client may not know yet
	said, code := d.show(s, a, seat, c, keep, fps)
	if said != "" {
		if s.Thin() {
			_ = s.Ask(door.AskFarewell, door.Text{Text: said}) // a client that is gone needs none
		} else {
			_, _ = io.WriteString(s, said+"\r\n")
		}
	}
	return code
}

// show runs the program, and gives the line to print below and the exit code.
func (d *doorman) show(s *door.Session, a *app, seat *room.Seat, c *console, keep *place, fps int) (string, int) {
	theme, err := a.chosenTheme()
	if err != nil {
		return a.explain(err), exitFailed
	}
	a.names = &tui.Names{}
	options := tui.Options{
		Room: seat, Who: seat.Who(), Names: a.names, Say: a.words, Theme: theme, Depth: themes.DepthOf(a.getenv),
		ASCII: a.ascii(), Now: a.Now, Themes: a.allThemes, ReadOnly: d.app.readOnly, NoMouse: !a.config.Mouse,
		Book: bookOf, Zone: time.LoadLocation, Quiet: a.config.Quiet, Notify: tui.OSC9, Leave: c.leave, Start: keep.state, Save: keep.save,
		Again: s.Env[door.EnvAgain] != "", Device: d.room.Device(),
		Wrote: func(_ context.Context, key model.DeviceKey) int { return actsOf(d.room, key) },
	}
	if s.Thin() {
		d.thin(s, a, &options)
	}
	model := tui.New(options)
	size := s.Size()
	_, _ = io.WriteString(s, model.First(size.Width, size.Height)) // a client that is gone needs none
	err = d.play(s, a, model, fps)
	state, unsent := model.State(), model.Unsent()
	model.Close()
	if c.returns.Load() {
		keep.save(state)
	} else {
		keep.leave(state)
	}
	switch {
	case keep.failed != nil:
		d.log.Error("a console's place was not kept", "error", keep.failed)
		return a.explain(keep.failed), exitFailed
	case model.Farewell() != "":
		return model.Farewell(), exitDone
	case err != nil:
		return "", exitFailed // the client is gone, or the room ends
	}
	return a.leaving(seat, state, unsent), exitDone
}

// thin has the client at the terminal do what the room cannot.
func (d *doorman) thin(s *door.Session, a *app, o *tui.Options) {
	if a.show.Copies {
		o.Clipboard = func(text string) tea.Cmd {
			return func() tea.Msg {
				_ = s.Ask(door.AskCopy, door.Text{Text: text}) // a client that is gone copies nothing
				return nil
			}
		}
	}
	if a.show.Notifies {
		o.Notify = func(title, body string) tea.Cmd {
			return func() tea.Msg {
				_ = s.Ask(door.AskNotify, door.Note{Title: title, Body: body})
				return nil
			}
		}
	}
	if slices.Contains(a.show.Hands, onUpdate) {
		o.OnUpdate, o.UpdateCommand = handerAt(s, onUpdate), a.show.UpdateTo
	}
	if slices.Contains(a.show.Hands, onTopic) {
		o.OnTopic = handerAt(s, onTopic)
	}
	o.Edit = func(text string, done func(string, error) tea.Msg) tea.Cmd {
		var edited string
		return tea.Exec(away(func() (err error) {
			edited, err = s.Edit(text)
			return err
		}), func(err error) tea.Msg { return done(edited, err) })
	}
	o.Suspend = func() tea.Cmd {
		return tea.Exec(away(s.Suspend), func(error) tea.Msg { return nil })
	}
}

// away is something that happens at the terminal while the program stands still.
type away func() error

// Run is tea.ExecCommand. The streams are the client's own.
func (f away) Run() error          { return f() }
func (away) SetStdin(io.Reader)    {}
func (away) SetStdout(io.Writer)   {}
func (away) SetStderr(w io.Writer) {}

// keys reads what is typed in a session, once for all its screens: a reader cannot be
// woken, and would take the first key of the next screen with it.
func (d *doorman) keys(s *door.Session, v *visit) <-chan uv.Event {
	if v.keys == nil {
		keys := make(chan uv.Event)
		go func() {
			defer close(keys)
			defer func() {
				if broken := recover(); broken != nil { // over what somebody typed: this session ends
					d.log.Error("what was typed could not be read", "panic", broken)
				}
			}()
			// It ends with the session, when there is nothing more to read.
			_ = uv.NewTerminalReader(s, s.Term).StreamEvents(s.Context(), keys)
		}()
		context.AfterFunc(s.Context(), func() { // nobody reads them any more
			for range keys {
			}
		})
		v.keys = keys
	}
	return v.keys
}

// noInput is read by a program that is given its keys: it must end at once, because
// the program waits for its reader before it lends the terminal.
type noInput struct{}

func (noInput) Read([]byte) (int, error) { return 0, io.EOF }

// play runs a screen for a session.
func (d *doorman) play(s *door.Session, a *app, screen tea.Model, fps int) error {
	size := s.Size()
	env := a.terminalEnv()
	back := &givenBack{Writer: s}
	p := tea.NewProgram(screen, tea.WithContext(s.Context()), tea.WithInput(noInput{}), tea.WithOutput(&crlf{w: back}), tea.WithFPS(fps),
		tea.WithEnvironment(env), tea.WithoutSignalHandler(), tea.WithWindowSize(size.Width, size.Height),
		tea.WithColorProfile(colorprofile.Env(env)))
	ctx, cancel := context.WithCancel(s.Context())
	var hands sync.WaitGroup
	keys := d.keys(s, a.door)
	hands.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case k, ok := <-keys:
				if !ok {
					p.Kill() // the client sends no more keys: nobody is there
					return
				}
				p.Send(k)
			case <-s.Resized():
				size := s.Size()
				p.Send(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
			case <-s.Repaint():
				p.Send(tea.ClearScreen())
			}
		}
	})
	_, err := p.Run()
	back.finish()
	cancel()
	hands.Wait()
	if errors.Is(err, tea.ErrInterrupted) {
		return nil // left by a key
	}
	return err
}

// askName asks somebody at a shared login who they are.
func (d *doorman) askName(s *door.Session, a *app) (string, error) {
	theme, err := a.chosenTheme()
	if err != nil {
		return "", err
	}
	ask := tui.NewAskName(a.words, theme.Styles(themes.DepthOf(a.getenv)), a.ascii(), "", func(name string) error {
		_, err := model.CheckPersonName(name)
		return err
	})
	if err := d.play(s, a, ask, fpsMany); err != nil {
		return "", err
	}
	if ask.Name() == "" {
		return "", refuse("shell.name.none")
	}
	return ask.Name(), nil
}

// sendAway ends every console with a sentence. Those of thin clients come back when
// the room process does.
func (d *doorman) sendAway(sentence string, again bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.consoles {
		if again {
			_ = c.session.Ask(door.AskReturn, nil) // others are told the sentence
			c.returns.Store(true)
		}
		select {
		case c.leave <- sentence:
		default:
		}
	}
}

// tellStatus tells each client which incident its person manages, where that
// changed, and keeps the line for this process's own user.
func (d *doorman) tellStatus() {
	o := d.room.Overview()
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.consoles {
		m, _ := managedBy(o, c.who)
		if line := m.line(); line != c.status {
			c.status = line
			_ = c.session.Ask(door.AskStatus, door.Text{Text: line}) // a bare client has no use for it
		}
	}
	if d.prompt == "" {
		return
	}
	m, _ := managedBy(o, d.room.Me())
	if line := m.line(); line != d.prompted {
		if err := writePrompt(d.prompt, line); err != nil {
			d.log.Error("the prompt's line was not kept", "error", err)
			return
		}
		d.prompted = line
	}
}

// watch keeps the clients' status as the room has it, until ctx ends.
func (d *doorman) watch(ctx context.Context) {
	w := d.room.Watch()
	defer w.Close()
	for {
		d.tellStatus()
		select {
		case <-ctx.Done():
			return
		case <-w.C():
		}
		select { // a status may be half a second old; a burst of acts is read once
		case <-ctx.Done():
			return
		case <-time.After(statusEvery):
		}
	}
}

const statusEvery = 500 * time.Millisecond
