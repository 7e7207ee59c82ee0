package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/sync/attach"
	"warroom/sync/door"
)

// remote is a running room process that verbs are handed to.
type remote struct {
	*app
	conn *attach.Conn
}

// remote gives the running room process, nil where none runs or none is wanted. It
// is looked for once.
func (a *app) remote(ctx context.Context) (*remote, error) {
	if a.flags.solo || a.door != nil {
		return nil, nil
	}
	c, r, err := a.dial(ctx)
	switch {
	case errors.Is(err, attach.ErrNone), errors.Is(err, attach.ErrGone):
		if !r.own {
			return nil, &problem{phrase: model.Say("shell.room.silent", "Socket", r.socket), cause: err}
		}
		return nil, nil
	case err != nil:
		return nil, err
	}
	a.tellOlder(parseBuild(c.Version))
	return &remote{a, c}, nil
}

// tellOlder says that the room process is of an older build.
func (a *app) tellOlder(room build) {
	if !a.asJSON() && thisBuild().newer(room) {
		a.note(a.T("shell.room.older", "Room", room.name(), "This", thisBuild().name()))
	}
}

// errand is a verb on its way to the room process.
type errand struct {
	args []string
	in   io.Reader
	// out, when set, gets the output instead of this process.
	out io.Writer
}

// run has the room process do a verb, and gives its exit code.
func (r *remote) run(ctx context.Context, e errand) (int, error) {
	call := attach.Call{Args: e.args, Env: r.sessionEnv(), In: e.in, Out: r.out, Err: r.err}
	if e.out != nil {
		call.Out = e.out
	}
	code, err := r.conn.Run(ctx, call)
	switch {
	case errors.Is(err, attach.ErrGone):
		// It may have been done before the process ended: only the log knows.
		err = r.unsure(err)
	case errors.Is(err, context.Canceled):
		err = refuse("shell.interrupted")
	}
	return code, err
}

// summary is the whole room without a screen.
func (r *remote) summary(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	defer r.conn.Close()
	code, err := r.run(ctx, errand{args: append([]string{"summary"}, r.roomArgs()...)})
	if err != nil {
		return err
	}
	return ended(code)
}

// unsure keeps what the verb carried, because nobody knows whether it was done.
func (r *remote) unsure(err error) error {
	gone := &problem{phrase: model.Say("shell.room.gone"), cause: err}
	dir, dirErr := r.storeDir()
	if dirErr != nil {
		return gone
	}
	return r.refused(dir, gone)
}

// forward hands a verb that needs the room alone to the room process, if one runs.
// It says whether it did.
func (a *app) forward(cmd *cobra.Command, v verb, args []string) (bool, error) {
	ctx := cmd.Context()
	r, err := a.remote(ctx)
	if err != nil || r == nil {
		return err != nil, err
	}
	defer r.conn.Close()
	if v.errand != nil {
		return true, v.errand(cmd, args, r)
	}
	e := errand{args: a.roomArgs()}
	if v.reads != nil && v.reads(args) {
		// A pipe is read once: it is read here, so that it can be kept.
		raw, err := a.readInput(ctx, maxErrand)
		if err != nil {
			return true, err
		}
		a.carries = carried{any: true, text: strings.ToValidUTF8(string(raw), "\ufffd")}
		e.in = bytes.NewReader(raw)
	}
	code, err := r.run(ctx, e)
	if err != nil {
		return true, err
	}
	return true, ended(code)
}

// maxErrand bounds what a verb takes from standard input, in bytes.
const maxErrand = 4 << 20

// ended is the error for a code that a verb ended with in the room process: what
// there is to say was said there.
func ended(code int) error {
	if code == exitDone {
		return nil
	}
	return exit(code)
}

// roomArgs are this process's arguments without those that say which room is
// meant: the room process is that one.
func (a *app) roomArgs() []string {
	var out []string
	for i := 0; i < len(a.args); i++ {
		arg := a.args[i]
		switch name, _, inline := strings.Cut(arg, "="); {
		case arg == "--":
			return append(out, a.args[i:]...)
		case name == "--workspace" || name == "--socket":
			if !inline {
				i++
			}
		case arg == "--solo":
		default:
			out = append(out, arg)
		}
	}
	return out
}

// show is how a person wants things shown: what of the config the room process
// must know, since it has a config of its own.
type show struct {
	Language string         `json:"lang,omitempty"`
	Theme    string         `json:"theme,omitempty"`
	ASCII    bool           `json:"ascii,omitempty"`
	UTC      bool           `json:"utc,omitempty"`
	NoMouse  bool           `json:"nomouse,omitempty"`
	Quiet    bool           `json:"quiet,omitempty"`
	Copies   bool           `json:"copies,omitempty"` // the client copies better than the terminal
	Notifies bool           `json:"notifies,omitempty"`
	Hands    []string       `json:"hands,omitempty"`    // commands of the client's config
	UpdateTo string         `json:"updateTo,omitempty"` // how that for updates is called
	Severity map[string]int `json:"severity,omitempty"`
	// Wide and ErrWide are the widths of the terminals at the client's outputs, 0 for
	// none.
	Wide    int `json:"wide,omitempty"`
	ErrWide int `json:"errWide,omitempty"`
	// Own is the text of a theme of the person's own.
	Own string `json:"own,omitempty"`
}

// maxOwnTheme bounds a theme that goes along.
const maxOwnTheme = 16 << 10

// sessionEnv is what the room process is told of this terminal and this person.
func (a *app) sessionEnv() map[string]string {
	s := show{
		Language: a.words.Language(), Theme: a.config.Theme, ASCII: a.ascii(), UTC: a.config.UTC, NoMouse: !a.config.Mouse,
		Severity: a.config.AlertSeverity, Copies: a.getenv("TMUX") != "", Quiet: a.config.Quiet, Notifies: len(a.config.OnCall) > 0,
		Hands: a.handsOut(), UpdateTo: a.updateCommand(),
		Own:  a.ownTheme(),
		Wide: widthOf(a.out), ErrWide: widthOf(a.err),
	}
	env := map[string]string{door.EnvClient: door.ClientProtocol}
	if raw, err := json.Marshal(s); err == nil {
		env[door.EnvShow] = string(raw)
	}
	for _, name := range []string{"LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ", "NO_COLOR", "COLORTERM", "TERM_PROGRAM", door.EnvIncident, door.EnvName} {
		if v := a.getenv(name); v != "" {
			env[name] = v
		}
	}
	return env
}

// ownTheme is the text of the configured theme where it is the person's own file.
func (a *app) ownTheme() string {
	file := a.themeFile(a.config.Theme)
	if file == "" {
		return ""
	}
	raw, err := os.ReadFile(file)
	if err != nil || len(raw) > maxOwnTheme {
		return ""
	}
	return string(raw)
}
