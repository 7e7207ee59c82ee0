// Package tui is the console: the root model that routes keys to actions,
// actions to commands, and what the room says back to the screen.
//
// One path leads from a key to a teammate's screen: a key press finds its action
// in the table (tui/action), the action's handler makes a model.Command, the
// room decides it and makes it durable outside of Update, and the view that
// comes back replaces the one on the screen whole. Nothing in Update or View
// waits, and View reads only what Update put there.
package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/model/draft"
	"warroom/model/oncall"
	"warroom/themes"
	"warroom/tui/action"
	"warroom/tui/lang"
	"warroom/tui/layout"
	"warroom/tui/line"
	"warroom/tui/overlay"
	"warroom/tui/pane"
)

// Options are what a console is made of. Room, Say and Now are needed.
type Options struct {
	// Room is what is shown. One that is a model.Seat is told where this console is.
	Room model.Room
	// Who acts at this console, and through which door. With a model.Seat it may be
	// left out.
	Who model.Actor
	// Say is the reader's printer. Its Name and Key options should be those of
	// Names, which then follow the room.
	Say   *lang.Printer
	Names *Names
	Theme themes.Theme
	Depth themes.Depth
	ASCII bool
	// Now gives the time, in the reader's zone: typed times are read in it.
	Now func() time.Time
	// After makes a timer; nil is tea.Tick. Tests give one that they can wind.
	After func(d time.Duration, msg func() tea.Msg) tea.Cmd
	// Clipboard copies a text to the reader's clipboard; nil is OSC 52.
	Clipboard func(string) tea.Cmd
	// Notify shows a notification on the reader's desktop when they are called by
	// name, or an update of theirs is overdue; nil for none. OSC9 is one.
	Notify func(title, body string) tea.Cmd
	// Quiet rings no bell and shows no notification.
	Quiet bool
	// Book reads the text of the workspace's rotas; nil where none can be read. It may
	// give nil.
	Book func(text string) *oncall.Book
	// Zone finds a time zone by its name, to say how late it is where somebody lives;
	// nil knows none.
	Zone func(name string) (*time.Location, error)
	// Edit hands a text to the reader's own editor and gives done what came back,
	// or the error; what done makes of it is the command's message. nil where no
	// editor can be opened.
	Edit func(text string, done func(text string, err error) tea.Msg) tea.Cmd
	// OnUpdate and OnTopic hand an update that went out, and the topic line, to a
	// command of the reader's config; nil where there is none.
	OnUpdate, OnTopic Hander
	// UpdateCommand is how that command for updates is called where it is asked about; ""
	// where that is not known.
	UpdateCommand string
	// Suspend puts the program aside for the shell; nil where it cannot be.
	Suspend func() tea.Cmd
	// Leave gives a sentence with which the room sends the console away; nil for a
	// room that does not.
	Leave <-chan string
	// Start is where the console was left; Save keeps where it is, at most once a
	// second and at the end. Save is called outside of Update.
	Start State
	// Again says that the console comes back by itself, under somebody who may be
	// in the middle of a word: it goes on typing. Else a draft waits to be taken up.
	Again bool
	Save  func(State)
	// Device is that of the room, zero where it is not known. Wrote gives how many
	// entries of a device are held; nil where nobody counts. It is called outside of
	// Update.
	Device model.DeviceKey
	Wrote  func(context.Context, model.DeviceKey) int
	// Themes lists what can be chosen, the built-in ones and the reader's files;
	// it may read files. nil leaves the theme as it is.
	Themes func() []themes.Theme
	// Demo marks a seeded room in memory; ReadOnly a console at which nothing can
	// be changed, whatever the person's access.
	Demo, ReadOnly bool
	// NoMouse begins with the mouse left to the terminal.
	NoMouse bool
}

// Console is the root model. It is made by New, run by a tea.Program, and
// closed after that by Close.
type Console struct {
	o      Options
	say    *lang.Printer
	clock  lang.ClockMode
	theme  themes.Theme
	styles *themes.Styles
	keymap action.Keymap
	keys   map[action.ID]string // what to press, for panes and menus

	handlers       map[action.ID]handler
	typingHandlers map[action.ID]func(*Console) tea.Cmd

	ctx    context.Context
	cancel context.CancelFunc
	watch  model.Watch
	seat   model.Seat // nil where nobody is to be told where this console is

	// What the room said last. Both are replaced whole, never changed.
	over *model.Overview
	view *model.View
	id   model.Scope // of the incident on the screen; zero for none

	screen    layout.Screen
	focus     layout.PaneID
	incidents *pane.Incidents
	impact    *pane.Impact
	roles     *pane.Roles
	log       *pane.Log
	conflicts []conflict
	twice     twice
	// filling reports that more of the log is being read.
	filling bool
	mouse   bool

	editor line.Editor
	typing bool // the log line has the keys
	// drafts are the unsent lines of other incidents, aside what was open on them.
	drafts map[model.Scope]string
	aside  map[model.Scope][]overlay.Layer
	filter *line.Editor // not nil while a filter is being typed
	layers []overlay.Layer
	begun  tea.Cmd // what First left to do; nil when it was not called
	// completing is the name after @ that tab goes on with.
	completing completion
	// waiting are the layers that open when the keys are quiet.
	waiting []waiting

	flow    flow
	noticed []string      // the notices that were read, by their ids
	named   *model.Roster // whose names the panes show
	shared  bool          // several devices have a part in the room
	told    told
	pressed time.Time // when the last key was pressed, though it may still wait
	active  bool      // one was, since the room was told
	// rung are the calls to this person that were rung for; nil before the room was
	// read. late are their overdue updates.
	rung map[model.Ref]bool
	// asked are the offers and late tasks that were told of; nil before the room was
	// read. offers are the questions that are open.
	asked    map[model.Ref]bool
	offers   map[model.Ref]*overlay.Page
	work     *workMenu // the list of what was handed out, while it is open
	late     map[model.Scope]bool
	dueKnown bool
	// knocks are the requests at the door that were rung for; nil before the room was
	// read. answered are those that this console answered and that are still told of.
	knocks   map[string]bool
	answered map[string]bool

	// asks are the questions to this person, who is paged; paged are the pages of which
	// they were asked once.
	asks  []pageAsk
	paged map[model.Ref]bool
	rotas rotas

	checks    *draft.Checker // of updates; nil before the first
	note      note
	offer     string    // what the sentence that this key took away had to copy
	interrupt time.Time // of the first ctrl+c
	quitting  bool
	goodbye   string // what to print after leaving

	jobs  int       // commands under way
	busy  int       // ... for whose result the keys wait
	held  []tea.Msg // the keys that wait
	ticks int       // generation of the clock's timer
	saved State
	save  bool // a timer to save is running

	frame  tea.View
	dirty  bool
	urgent bool // compose at once: a key was pressed, or answered
	drawn  time.Time
	read   time.Time // when the room was read after a bell
	paced  bool      // a timer to compose is running
	boxes  []box
}

// New makes a console. The room must outlive it.
func New(o Options) *Console {
	if o.After == nil {
		o.After = func(d time.Duration, msg func() tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return msg() })
		}
	}
	if o.Clipboard == nil {
		o.Clipboard = tea.SetClipboard
	}
	if o.Names == nil {
		o.Names = &Names{}
	}
	seat, _ := o.Room.(model.Seat)
	if seat != nil && o.Who == (model.Actor{}) {
		o.Who = seat.Who()
	}
	c := &Console{
		o: o, say: o.Say, theme: o.Theme, styles: o.Theme.Styles(o.Depth), keymap: action.NewKeymap(action.Table()),
		incidents: pane.NewIncidents(), impact: pane.NewImpact(), roles: pane.NewRoles(), log: pane.NewLog(),
		drafts: map[model.Scope]string{}, aside: map[model.Scope][]overlay.Layer{}, mouse: !o.NoMouse, over: &model.Overview{}, dirty: true, urgent: true, seat: seat,
	}
	c.handlers, c.typingHandlers, c.keys = newHandlers(), newTyping(), shownKeys()
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.watch = o.Room.Watch()
	for _, p := range []interface{ SetLoading() }{c.incidents, c.impact, c.roles, c.log} {
		p.SetLoading() // until the room has been read
	}
	c.restore(o.Start)
	return c
}

// Close ends the console's watch and what still runs for it. It may be called
// more than once.
func (c *Console) Close() {
	c.cancel()
	c.watch.Close()
}

// Idle reports that no command of this console is under way and no key waits.
func (c *Console) Idle() bool { return c.jobs == 0 && len(c.held) == 0 }

// Seen is the version of the room that is on the screen.
func (c *Console) Seen() uint64 { return c.over.Version }

// Init is tea.Model.
func (c *Console) Init() tea.Cmd {
	begun := c.begun
	if begun == nil {
		begun = c.loadFirst()
	}
	return tea.Batch(begun, c.listen(), c.tick(), c.awaitLeave())
}

// Update is tea.Model.
func (c *Console) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := c.handle(msg)
	c.report()
	return c, tea.Batch(cmd, c.pace(), c.remember())
}

func (c *Console) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return c.resize(msg.Width, msg.Height)
	case tea.EnvMsg:
		return c.synchronize(msg)
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		return c.input(msg)
	case result:
		return c.finished(msg)
	case rang:
		return c.reload()
	case rested:
		return c.listen()
	case ticked:
		return c.ticked(msg)
	case due:
		c.paced = false
		c.urgent = c.urgent || c.dirty
	case expired:
		if msg.note == c.note.number {
			c.note = note{}
			c.changed(false)
		}
	case hushed:
		return c.hush()
	case Farewell:
		return c.farewell(msg.Text)
	case tea.ResumeMsg:
		c.changed(true)
		return tea.ClearScreen // another program had the screen
	case saving:
		c.save = false
		return c.saveNow()
	}
	return nil
}

// resize lays the screen out anew. SSH clients report sizes below 1x1, which are
// no size.
func (c *Console) resize(w, h int) tea.Cmd {
	if w < 1 || h < 1 {
		return nil
	}
	c.changed(true)
	was := c.screen.Mode
	if c.screen = layout.Of(w, h); c.screen.Mode != was {
		return c.tick() // the header may count in another step now
	}
	return nil
}

// shown is the screen as it is while the focused pane has the focus: the list
// takes the greater part of its column while somebody looks through it.
func (c *Console) shown() layout.Screen { return c.screen.For(c.focus) }

// changed marks the frame as old; at once makes the next View compose it
// without waiting for its turn.
func (c *Console) changed(atOnce bool) {
	c.dirty = true
	c.urgent = c.urgent || atOnce
}

func (c *Console) env() pane.Env {
	return pane.Env{
		Styles: c.styles, Say: c.say, ASCII: c.o.ASCII, Now: c.o.Now().UnixMilli(),
		ReadOnly: c.readOnly(), Observer: !c.o.ReadOnly, Me: c.o.Who.Person, Flow: c.flow.now(c.o.Now()), Key: func(id action.ID) string { return c.keys[id] },
	}
}

// panes are the four, by their place.
func (c *Console) panes() [layout.Panes]pane.Pane {
	return [layout.Panes]pane.Pane{c.incidents, c.impact, c.roles, c.log}
}

func (c *Console) current() pane.Pane { return c.panes()[c.focus] }

// key is the short name of an incident.
func (c *Console) key(id model.Scope) string {
	if k := c.over.Keys[id]; k != "" {
		return k
	}
	return id.Key()
}
