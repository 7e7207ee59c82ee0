// Package screen runs a program on a virtual terminal, for tests: keys go in
// through a pipe, and what the program draws is read off a screen.
//
// Nothing here sleeps. A test presses keys and waits until the program is idle:
// every key was read, every command ended, what the room says is on the screen,
// and the renderer has written it.
package screen

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
)

// Model is a program's model that says when it has nothing under way.
type Model interface {
	tea.Model
	// Idle reports that no command of the model is under way.
	Idle() bool
}

// Options say how the screen is. The zero Options are 80x24.
type Options struct {
	Width, Height int
	// Settled, when set, is asked besides the model: for a room, whether what it
	// last said is on the screen. It is called on the program's own goroutine.
	Settled func() bool
	// Clock, when set, has the program's timers.
	Clock *Clock
	// Env is the program's environment; TERM is xterm-256color by default.
	Env []string
	// FPS is how often the program is drawn a second; 0 is 120. In a bubble of
	// testing/synctest, where waiting costs nothing but each drawing does, few are better.
	FPS int
	// First gives what is written before the program runs; it may be nil.
	First func(width, height int) string
}

// Screen is a running program and its terminal.
type Screen struct {
	t       testing.TB
	program *tea.Program
	keys    *io.PipeWriter

	mu      sync.Mutex
	term    *vt.Emulator
	title   string
	bells   int
	written int
	raw     bytes.Buffer
	seen    map[string]bool // marks that came through the renderer
	change  *sync.Cond

	marks   int
	drained chan struct{}
	ended   chan struct{}
	err     error
	first   string
}

// patience is how long a program may take to become idle: a hung test should
// say so before the test runner does.
const patience = 60 * time.Second

// Start runs a model on a screen until the test ends.
func Start(t testing.TB, m Model, o Options) *Screen {
	t.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 80, 24
	}
	if o.FPS == 0 {
		o.FPS = 120
	}
	s := &Screen{t: t, term: vt.NewEmulator(o.Width, o.Height), seen: map[string]bool{}, ended: make(chan struct{})}
	s.change = sync.NewCond(&s.mu)
	s.term.SetCallbacks(vt.Callbacks{Title: func(title string) { s.title = title }, Bell: func() { s.bells++ }})
	// The terminal's answers to queries are read and dropped: nobody waits for one.
	s.drained = make(chan struct{})
	go func() {
		defer close(s.drained)
		_, _ = io.Copy(io.Discard, s.term)
	}()
	if o.First != nil {
		_, _ = s.term.WriteString(o.First(o.Width, o.Height)) // it takes everything
		s.first = s.text()
	}
	in, keys := io.Pipe()
	s.keys = keys
	env := append([]string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"}, o.Env...)
	s.program = tea.NewProgram(&watched{m, s, o}, tea.WithInput(in), tea.WithOutput(output{s}),
		tea.WithWindowSize(o.Width, o.Height), tea.WithEnvironment(env), tea.WithColorProfile(colorprofile.TrueColor),
		tea.WithoutSignalHandler(), tea.WithFPS(o.FPS))
	go func() {
		defer close(s.ended)
		_, s.err = s.program.Run()
		s.mu.Lock()
		s.change.Broadcast()
		s.mu.Unlock()
	}()
	t.Cleanup(s.Close)
	s.WaitIdle()
	return s
}

// Close ends the program, if it still runs.
func (s *Screen) Close() {
	s.program.Kill()
	_ = s.keys.Close()
	<-s.ended
	// Closing the emulator itself races with its own reader; its pipe does not.
	if pipe, ok := s.term.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
		<-s.drained
	}
}

// watched is the model with the marks that tell when it is idle.
type watched struct {
	Model
	s *Screen
	o Options
}

func (w *watched) idle() bool {
	return w.Model.Idle() && (w.o.Clock == nil || w.o.Clock.Idle()) && (w.o.Settled == nil || w.o.Settled())
}

// The messages by which the screen and the model speak.
type (
	ask struct{ answer chan bool }
)

func (w *watched) Init() tea.Cmd { return w.Model.Init() }

func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case ask:
		msg.answer <- w.idle()
		return w, nil
	case fired:
		msg.clock.took()
		return w.Update(msg.msg)
	case tea.FocusMsg:
		w.s.mark("keys")
		return w, nil
	case tea.RawMsg:
		if text, ok := msg.Msg.(string); ok && strings.Contains(text, markBegin) {
			return w, nil
		}
	}
	m, cmd := w.Model.Update(msg)
	w.Model = m.(Model)
	return w, cmd
}

const (
	markBegin = "\x1b_idle"
	markEnd   = "\x1b\\"
)

// output is the program's side of the terminal.
type output struct{ s *Screen }

func (o output) Write(p []byte) (int, error) {
	s := o.s
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := string(p)
	for {
		before, after, found := strings.Cut(rest, markBegin)
		s.show(before)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, markEnd)
		s.seen[name] = true
		rest = tail
	}
	s.change.Broadcast()
	return len(p), nil
}

// show writes to the terminal. The renderer, writing to no terminal that it
// knows, ends lines as a terminal in cooked mode wants them.
func (s *Screen) show(text string) {
	if text == "" {
		return
	}
	s.written += len(text)
	s.raw.WriteString(text)
	_, _ = s.term.WriteString(strings.ReplaceAll(text, "\n", "\r\n"))
}

func (s *Screen) mark(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[name] = true
	s.change.Broadcast()
}

// await waits until a mark was seen or the program has ended.
func (s *Screen) await(name string) {
	s.t.Helper()
	late := time.AfterFunc(patience, func() { s.mark("late") })
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.seen[name] && !s.over() {
		if s.seen["late"] {
			s.t.Fatalf("the program is not idle after %v; the screen:\n%s", patience, s.text())
		}
		s.change.Wait()
	}
	delete(s.seen, name)
}

func (s *Screen) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// WaitIdle waits until all that was pressed is done and drawn.
func (s *Screen) WaitIdle() {
	s.t.Helper()
	if s.over() {
		return
	}
	s.write("\x1b[I")
	s.await("keys")
	for !s.idle() {
	}
	// The mark of one tick is written before that tick's frame; once the mark of
	// the next tick is there, that frame was written too.
	for range 2 {
		s.marks++
		name := fmt.Sprint(s.marks)
		s.program.Send(tea.RawMsg{Msg: markBegin + name + markEnd})
		s.await(name)
	}
}

func (s *Screen) idle() bool {
	a := ask{make(chan bool, 1)}
	s.program.Send(a)
	select {
	case idle := <-a.answer:
		return idle
	case <-s.ended:
		return true
	}
}

func (s *Screen) write(text string) {
	if _, err := io.WriteString(s.keys, text); err != nil && !s.over() {
		s.t.Fatalf("pressing a key: %v", err)
	}
}

// Press presses keys one after another, by their names ("s", "enter", "esc",
// "ctrl+p", "shift+tab"), and waits until all is done and drawn.
func (s *Screen) Press(keys ...string) *Screen {
	s.t.Helper()
	for _, k := range keys {
		s.write(sequence(s.t, k))
	}
	s.WaitIdle()
	return s
}

// Type types a text, letter by letter.
func (s *Screen) Type(text string) *Screen {
	s.t.Helper()
	s.write(text)
	s.WaitIdle()
	return s
}

// Paste pastes a text as a terminal with bracketed paste does.
func (s *Screen) Paste(text string) *Screen {
	s.t.Helper()
	s.write("\x1b[200~" + text + "\x1b[201~")
	s.WaitIdle()
	return s
}

// Click clicks with the left button on a cell, counted from 0.
func (s *Screen) Click(x, y int) *Screen {
	s.t.Helper()
	s.write(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1))
	s.WaitIdle()
	return s
}

// Wheel turns the wheel over a cell, up for a negative number of notches.
func (s *Screen) Wheel(x, y, notches int) *Screen {
	s.t.Helper()
	button := 65
	if notches < 0 {
		button, notches = 64, -notches
	}
	for range notches {
		s.write(fmt.Sprintf("\x1b[<%d;%d;%dM", button, x+1, y+1))
	}
	s.WaitIdle()
	return s
}

// Send gives the program a message, as a timer would.
func (s *Screen) Send(msg tea.Msg) *Screen {
	s.t.Helper()
	s.program.Send(msg)
	s.WaitIdle()
	return s
}

// Resize makes the terminal another size.
func (s *Screen) Resize(w, h int) *Screen {
	s.t.Helper()
	s.mu.Lock()
	s.term.Resize(w, h)
	s.mu.Unlock()
	s.program.Send(tea.WindowSizeMsg{Width: w, Height: h})
	s.WaitIdle()
	return s
}

// Text is what is on the screen, a line a row, without blanks at the ends.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text()
}

func (s *Screen) text() string {
	var rows []string
	for y := range s.term.Height() {
		rows = append(rows, strings.TrimRight(s.row(y), " "))
	}
	return strings.Join(rows, "\n")
}

// FirstText is what was on the screen before the program ran.
func (s *Screen) FirstText() string { return s.first }

// Row is a row of the screen in all its cells, counted from 0.
func (s *Screen) Row(y int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.row(y)
}

func (s *Screen) row(y int) string {
	var b strings.Builder
	for x := 0; x < s.term.Width(); {
		c := s.term.CellAt(x, y)
		if c == nil || c.Content == "" {
			b.WriteByte(' ')
			x++
			continue
		}
		b.WriteString(c.Content)
		x += max(c.Width, 1)
	}
	return b.String()
}

// Title is the terminal's title.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Bells counts how often the bell has rung.
func (s *Screen) Bells() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bells
}

// Cursor is where the cursor stands.
func (s *Screen) Cursor() (x, y int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.term.CursorPosition()
	return p.X, p.Y
}

// Mark forgets the bytes that were written so far; Bytes counts those since, and
// Written gives them.
func (s *Screen) Mark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = 0
	s.raw.Reset()
}

// Bytes counts the bytes that the program wrote since Mark.
func (s *Screen) Bytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

// Written is what the program wrote since Mark.
func (s *Screen) Written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// Ended reports that the program has quit by itself.
func (s *Screen) Ended() bool { return s.over() }

// Leave presses the key that ends the program, and waits until it has. Nothing is typed
// after it, which nobody would read.
func (s *Screen) Leave(key string) error {
	s.t.Helper()
	s.write(sequence(s.t, key))
	return s.WaitEnd()
}

// WaitEnd waits until the program has quit, and gives its error.
func (s *Screen) WaitEnd() error {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("the program has not quit after %v; the screen:\n%s", patience, s.Text())
	}
	return s.err
}
