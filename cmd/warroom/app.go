package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"warroom/cmd/internal/config"
	"warroom/model"
	"warroom/model/report"
	"warroom/tui"
	"warroom/tui/clean"
	"warroom/tui/lang"
)

// app is one run of the program: the world it was started in, and what was
// configured and asked for.
type app struct {
	Main
	env map[string]string
	in  io.Reader
	out *output
	err io.Writer

	paths  config.Paths
	noHome error // of Locate
	config config.Config
	// live is the config as its file is now, for what lasts: see settings.
	live *config.Live
	// badConfig is told by every verb but those that help to mend it.
	badConfig error
	words     *lang.Printer
	// room, once it is open, and names, once a console shows it, are whom words
	// asks.
	room  model.Room
	names *tui.Names

	// given is the invite that stood in the environment.
	given string
	// args are the arguments as they were given.
	args []string
	// reached is the room that is meant, once it was looked for.
	reached *reach
	// door is set in a room process, for a session that came through a door.
	door *visit

	// linking is set in a room process: it keeps the links with other rooms.
	linking *linking

	// forwards says that a room process can do the verb, input what was read of
	// standard input for it.
	forwards bool
	input    []byte
	// carries is what would be lost if the room could not be opened.
	carries carried
	// exportTo gives the file that an export goes to, and whether over another.
	exportTo func() (string, bool)
	// show is how somebody who came through a door wants things shown; readOnly says
	// that the room's store is of a newer warroom.
	show     show
	readOnly bool

	flags struct {
		incident  string
		format    string
		workspace string
		socket    string
		solo      bool
		ascii     bool
	}
}

// output remembers the first error of writing, so that a full disk behind a
// redirection is told once, at the end.
type output struct {
	io.Writer
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.failed == nil {
		o.failed = &problem{phrase: model.Say("shell.output", "Cause", err), cause: err}
	}
	return n, err
}

func newApp(m Main, stdin io.Reader, stdout, stderr io.Writer, env []string) *app {
	if m.Now == nil {
		m.Now = time.Now
	}
	a := &app{Main: m, env: map[string]string{}, in: stdin, out: &output{Writer: stdout}, err: stderr}
	for _, pair := range env {
		if name, value, ok := strings.Cut(pair, "="); ok {
			a.env[name] = value
		}
	}
	// It is a secret, and for one verb alone: what this process starts does not get it.
	a.given = a.env[envInvite]
	delete(a.env, envInvite)
	a.paths, a.noHome = config.Locate(a.getenv)
	a.live = config.Follow(a.paths.File)
	a.config, a.badConfig = a.live.Config(), a.live.Wrong()
	a.words = lang.New(a.printing())
	return a
}

func (a *app) getenv(name string) string { return a.env[name] }

// printing is how this reader wants to be spoken to. The catalogue is opened
// once, before there is a room; names and keys come from the room, or from the
// console on it, once there is one.
func (a *app) printing() lang.Options {
	o := lang.Options{Language: a.config.Language, Zone: a.Now().Location(), ASCII: a.ascii()}
	if o.Language == "" {
		o.Language = lang.FromEnv(a.getenv)
	}
	if a.config.UTC {
		o.Clock = lang.UTC
	}
	o.Name = func(id model.PersonID) string {
		switch {
		case a.names != nil:
			return a.names.Person(id)
		case a.room != nil:
			return a.room.Overview().People.Name(id)
		}
		return ""
	}
	o.Role = func(role model.Role) string {
		switch {
		case a.names != nil:
			return a.names.Role(role)
		case a.room != nil:
			return a.room.Overview().People.Roles().Name(role)
		}
		return ""
	}
	o.Key = func(id model.Scope) string {
		switch {
		case a.names != nil:
			return a.names.Incident(id)
		case a.room != nil:
			return a.room.Overview().Keys[id]
		}
		return ""
	}
	return o
}

// ascii reports that only ASCII signs may be drawn: as configured, or because
// the locale has no UTF-8.
func (a *app) ascii() bool { return a.config.ASCII || !a.utf8() }

// utf8 reads the locale as the C library does. Without any it is taken for
// UTF-8: a bare environment, as cron has it, does not mean an old terminal.
func (a *app) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := a.getenv(name); v != "" {
			v = strings.ToUpper(v)
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}

// T renders a sentence of the catalogue.
func (a *app) T(key string, pairs ...any) string { return a.words.T(key, pairs...) }

// line writes a line to standard output. It is clean: nothing in it can steer
// the terminal.
func (a *app) line(s string) { io.WriteString(a.out, s+"\n") }

// asJSON reports that -o json was given.
func (a *app) asJSON() bool { return a.flags.format == "json" }

// json writes a value, indented, with a line break at its end.
func (a *app) json(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// report is how this reader wants incidents written down.
func (a *app) report(r model.Room) report.Options {
	o := r.Overview()
	zone := a.Now().Location()
	if a.config.UTC {
		zone = time.UTC
	}
	return report.Options{
		Say: a.words.Say, Name: o.People.Name, Took: a.words.Duration, Lines: clean.Block, Zone: zone, Now: a.Now(),
		Key: func(id model.Scope) string {
			if key := o.Keys[id]; key != "" {
				return key
			}
			return id.Key()
		},
	}
}

// terminal gives the file behind a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	if o, ok := stream.(*output); ok {
		stream = o.Writer
	}
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(f.Fd())
}

// when reads a time that a person typed; empty is no time.
func (a *app) when(typed string) (model.When, error) {
	if typed == "" {
		return model.When{}, nil
	}
	now := a.Now()
	if a.config.UTC {
		now = now.UTC()
	}
	return model.ParseWhen(typed, now)
}
