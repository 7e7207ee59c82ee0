package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/spf13/cobra"

	"warroom/cmd/internal/config"
	"warroom/model"
	"warroom/sync/door"
	"warroom/sync/room"
)

// doorman serves what comes through the doors of a room: it finds out who it is,
// and gives them a console or does their verb.
type doorman struct {
	app    *app
	room   *room.Room
	policy policy
	places *places
	log    *slog.Logger
	// ask has the room process end; again says that it comes back.
	ask func(again bool)
	// prompt is the folder in which the own user's line for `warroom prompt` is kept.
	prompt string
	// links are those with other rooms.
	links *linking
	// checkup tells what the opening of the store found.
	checkup func() []finding

	mu       sync.Mutex
	consoles map[*console]struct{}
	verbs    map[string]*allowance
	prompted string // the line that was kept last
}

// visit is a session that came through a door.
type visit struct {
	session *door.Session
	seat    *room.Seat
	doorman *doorman
	keys    <-chan uv.Event // what is typed, once a screen was shown
	root    *cobra.Command
}

// serve serves one session, and gives its exit code.
func (d *doorman) serve(s *door.Session) int {
	a := d.enter(s)
	if s.Wrong != nil {
		return a.fail(nil, misuse("shell.door.quote"))
	}
	if isConsole(s) {
		d.acquainted(s.Context(), func() { a.note(a.T("shell.door.waits")) })
	}
	seat, err := d.admit(s, a)
	if err != nil {
		d.log.Info("turned away", "from", s.Guest.From, "uid", s.Guest.UID, "key", s.Guest.Fingerprint(), "error", err)
		return a.fail(nil, err)
	}
	defer seat.Close()
	a.room, a.door.seat = seat, seat
	if isConsole(s) {
		return d.console(s, a, seat)
	}
	if !d.allowed(seat.Who().Person.String()) {
		return a.fail(nil, refuse("shell.door.often"))
	}
	return a.visitVerb(s)
}

// isConsole reports a session that asks for the console, on a terminal that can show it.
func isConsole(s *door.Session) bool {
	return len(s.Args) == 0 && s.Term != "" && s.Term != "dumb"
}

// firstExchange is how long a console waits for what tells the room whose it is. Over
// a network at hand the exchange takes less than a second.
const firstExchange = 10 * time.Second

// acquainted waits until the room knows whose it is. A room that joined others'
// workspace learns that with its first exchange, and says so meanwhile. It gives up
// after firstExchange, and when ctx ends.
func (d *doorman) acquainted(ctx context.Context, say func()) {
	if !d.room.Me().IsZero() {
		return
	}
	say()
	ctx, cancel := context.WithTimeout(ctx, firstExchange)
	defer cancel()
	w := d.room.Watch()
	defer w.Close()
	for d.room.Me().IsZero() {
		select {
		case <-ctx.Done():
			return // whoever lets in says what is missing
		case <-w.C():
		}
	}
}

// enter makes an app for a session: the world that it came from, and how it wants
// things shown.
func (d *doorman) enter(s *door.Session) *app {
	env := map[string]string{"TERM": s.Term}
	for name, value := range s.Env {
		if name != door.EnvShow && name != door.EnvSeat && name != door.EnvAgain {
			env[name] = value
		}
	}
	m := d.app.Main
	if zone, err := time.LoadLocation(env["TZ"]); err == nil && env["TZ"] != "" {
		now := m.Now
		m.Now = func() time.Time { return now().In(zone) }
	}
	a := &app{
		Main: m, env: env, in: s, out: &output{Writer: lines(s, s)}, err: lines(s, s.Stderr()),
		config: config.Default(), args: s.Args, door: &visit{session: s, doorman: d},
	}
	a.flags.format, a.flags.workspace = "text", d.app.flags.workspace
	a.take(s.Env[door.EnvShow])
	a.words = d.app.words.For(a.printing())
	return a
}

// take takes over how the person at the other end wants things shown.
func (a *app) take(raw string) {
	var s show
	if raw == "" || json.Unmarshal([]byte(raw), &s) != nil {
		return
	}
	a.config.Language, a.config.ASCII, a.config.UTC, a.config.Mouse, a.config.Quiet = s.Language, s.ASCII, s.UTC, !s.NoMouse, s.Quiet
	a.config.AlertSeverity = s.Severity
	if s.Theme != "" {
		a.config.Theme = s.Theme
	}
	a.show = s
}

// lines gives a client at a terminal the line breaks that it needs: a bare ssh client's
// is in raw mode, and nobody else turns them round. So is the thin client's while it
// waits for a console, and not while a verb runs.
func lines(s *door.Session, w io.Writer) io.Writer {
	if s.Term == "" || s.Thin() && !isConsole(s) {
		return w
	}
	return &crlf{w: w}
}

// crlf is a terminal in raw mode for somebody who writes line breaks alone: a verb,
// and the renderer, which takes it that a terminal behind no real one turns them
// round.
type crlf struct {
	w    io.Writer
	last byte // written before
}

func (c *crlf) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(p)+16)
	for _, b := range p {
		if b == '\n' && c.last != '\r' {
			out = append(out, '\r')
		}
		out = append(out, b)
		c.last = b
	}
	if _, err := c.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// visitVerb does a verb that came through a door.
func (a *app) visitVerb(s *door.Session) int {
	root := newRoot(a)
	a.door.root = root
	args := s.Args
	if len(args) > 0 && args[0] == "warroom" {
		// What would run the program on that machine does it in this room: a peer that
		// comes over ssh says so.
		args = args[1:]
	}
	if len(args) == 0 {
		args = []string{"summary"} // no terminal to show a console on
	}
	// The tree has commands of its library's own, which no verb of ours is. It gets
	// them only when it runs.
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd != root && !a.knows(cmd.Name()) {
			return refuse("shell.door.verb", "Verb", cmd.Name())
		}
		return nil
	}
	root.SetArgs(shield(args))
	cmd, err := root.ExecuteContextC(s.Context())
	if err == nil {
		err = a.out.failed
	}
	return a.fail(cmd, err)
}

// fit refuses what cannot be done through a door: over one, nothing opens a file,
// starts a program or changes the process.
func (v *visit) fit(cmd *cobra.Command, verb verb) error {
	if !verb.room && !verb.plain {
		return refuse("shell.door.verb", "Verb", cmd.Name())
	}
	for _, name := range append([]string{"workspace", "socket", "solo"}, verb.here...) {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			return refuse("shell.door.flag", "Flag", "--"+name)
		}
	}
	return nil
}

// onlyHere refuses a file through a door; what names the argument.
func (a *app) onlyHere(what string) error {
	if a.door == nil {
		return nil
	}
	return refuse("shell.door.file", "What", what)
}

// thisMachine are the owner's own rights: ending the process and looking after it.
func (v *visit) thisMachine() error {
	g := v.session.Guest
	if g.Local && v.doorman.policy.keeps(g.UID) {
		return nil
	}
	return refuse("shell.door.keeper")
}

// Limits of the verbs of one person: more than a script's loop needs, less than
// what keeps the committer from others.
const (
	verbsPerSecond = 50
	verbsBurst     = 500
)

// allowance is how many verbs a person may begin just now.
type allowance struct {
	left float64
	at   time.Time
}

// allowed counts a verb. Somebody in an incident is slowed down, never shut out.
func (d *doorman) allowed(who string) bool {
	now := d.app.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.verbs == nil {
		d.verbs = map[string]*allowance{}
	}
	al := d.verbs[who]
	if al == nil {
		al = &allowance{left: verbsBurst, at: now}
		d.verbs[who] = al
	}
	al.left = min(al.left+now.Sub(al.at).Seconds()*verbsPerSecond, verbsBurst)
	al.at = now
	if al.left < 1 {
		return false
	}
	al.left--
	return true
}

// errAdmit is somebody who has no way in.
var errAdmit = errors.New("nobody is known by it")

// admit finds the person who came, and gives them a place in the room.
func (d *doorman) admit(s *door.Session, a *app) (*room.Seat, error) {
	who, claimed, err := d.policy.person(s.Context(), d, s, a)
	if err != nil {
		return nil, err
	}
	via := model.DoorShell
	switch {
	case !s.Guest.Local:
		via = model.DoorSSH
	case len(s.Args) == 0:
		via = model.DoorConsole
	}
	if claimed {
		via = model.DoorClaimed
	}
	keeper := s.Guest.Local && d.policy.keeps(s.Guest.UID)
	return d.room.Enter(room.Entry{Person: who, Via: via, Claimed: claimed, Console: len(s.Args) == 0, Keeper: keeper})
}

// do does a command about the people, on behalf of the room itself.
func (d *doorman) do(ctx context.Context, c model.Command) (model.Receipt, error) {
	return d.room.Do(ctx, model.Actor{Person: d.room.Me(), Via: model.DoorShell}, model.Scope{}, c)
}
