package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"warroom/model"
	"warroom/sync/attach"
	"warroom/sync/door"
	"warroom/sync/pager"
)

// attach shows the console of the room process on this terminal. Where this user's
// own room does not run, it is started.
func (a *app) attach(ctx context.Context) error {
	if _, err := a.chosenTheme(); err != nil {
		return err
	}
	name, err := a.nameFirst(ctx)
	if err != nil {
		return err
	}
	conn, err := a.attached(ctx, name)
	if err != nil {
		return err
	}
	if conn, err = a.offerRestart(ctx, conn); err != nil {
		return err
	}
	in, _ := terminal(a.in)
	out, _ := terminal(a.out)
	t, err := attach.Open(in, out)
	if err != nil {
		conn.Close()
		return err
	}
	env := a.sessionEnv()
	env[door.EnvSeat] = token()
	code, farewell, err := t.Run(ctx, attach.Console{
		Dial: func(ctx context.Context) (*attach.Conn, error) {
			if conn != nil {
				first := conn
				conn = nil
				return first, nil
			}
			return a.attached(ctx, "")
		},
		Env: env, Term: a.getenv("TERM"),
		Hooks: attach.Hooks{
			Copy: copyInTmux, Notify: a.notify(ctx, t), Edit: a.edit, Status: a.status(ctx), Hand: a.handed(ctx),
			Gone: func() { t.Say("\x1b[2J\x1b[H" + a.T("shell.room.again") + "\r\n") },
		},
	})
	err = errors.Join(err, t.Close())
	for _, line := range farewell {
		a.line(line)
	}
	switch {
	case ctx.Err() != nil:
		return exit(exitFailed) // a signal: what there is to say is said
	case errors.Is(err, attach.ErrGone):
		return &problem{phrase: model.Say("shell.room.lost"), cause: err}
	case err != nil:
		return err
	}
	return ended(code)
}

// token tells this console from others of the same person, so that it goes on where
// it was when the room process ended meanwhile.
func token() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// nameFirst asks for the founder's name where nothing was founded yet.
func (a *app) nameFirst(ctx context.Context) (string, error) {
	r, err := a.reach()
	if err != nil || !r.own {
		return "", err
	}
	dir, err := a.storeDir()
	if err != nil {
		return "", err
	}
	// A store has both from its first commit on; the room process looks closer.
	if _, err := os.Stat(filepath.Join(dir, "device.key")); err == nil {
		return "", nil
	}
	return a.founder(ctx, model.DoorConsole)
}

// offerRestart offers to restart a room process of an older build, and gives the
// connection to go on with. The consoles on it come back by themselves.
func (a *app) offerRestart(ctx context.Context, c *attach.Conn) (*attach.Conn, error) {
	room := parseBuild(c.Version)
	if !thisBuild().newer(room) {
		return c, nil
	}
	a.tellOlder(room)
	if r, err := a.reach(); err != nil || !r.own {
		return c, err // a service is whoever's started it
	}
	io.WriteString(a.err, a.T("shell.room.restart")+" ")
	answer, err := a.readLine(ctx)
	if err != nil {
		c.Close()
		return nil, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "", "y", "yes", a.T("shell.yes"):
		err := (&remote{a, c}).end(ctx, true)
		c.Close()
		if err != nil {
			return nil, err
		}
		return a.attached(ctx, "")
	}
	return c, nil
}

// copyInTmux copies through tmux: many are set to drop what a program itself sends
// to the clipboard.
func copyInTmux(text string) {
	c := exec.Command("tmux", "load-buffer", "-w", "-")
	c.Stdin = strings.NewReader(text)
	_ = c.Run() // an old tmux; the text is in the room
}

// notifyTime is how long a command of the config may take.
const notifyTime = 30 * time.Second

// runOwn runs a command of this machine's config, with whole arguments in place of
// placeholders. Its output goes nowhere: the terminal is the console's.
func (a *app) runOwn(ctx context.Context, vector []string, values map[string]string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTime)
	defer cancel()
	args := pager.Arguments(vector, values)
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Env = os.Environ()
	_ = c.Run() // there is nobody to tell but the person at the console, who has more to do
}

// notify tells the person that they are called: by the command of their config,
// else through the terminal.
func (a *app) notify(ctx context.Context, t *attach.Terminal) func(title, body string) {
	return func(title, body string) {
		if command := a.settings().OnCall; len(command) > 0 {
			a.runOwn(ctx, command, map[string]string{"{title}": title, "{text}": body})
			return
		}
		t.Say("\x07")
	}
}

// status keeps the line of `warroom prompt`, and runs the command of the config
// when one begins or ends to manage an incident.
func (a *app) status(ctx context.Context) func(line string) {
	last := ""
	if dir, err := a.storeDir(); err == nil {
		if raw, err := os.ReadFile(promptFile(dir)); err == nil {
			m, _ := parseManaged(string(raw))
			last = m.Key
		}
	}
	return func(line string) {
		m, _ := parseManaged(line)
		if dir, err := a.storeDir(); err == nil {
			_ = writePrompt(dir, m.line()) // the prompt shows nothing then
		}
		if m.Key == last {
			return
		}
		last = m.Key
		if command := a.settings().OnStatus; len(command) > 0 {
			go a.runOwn(ctx, command, map[string]string{"{incident}": m.Key, "{severity}": m.Severity, "{title}": m.Title})
		}
	}
}

// edit hands a text to the person's editor, and gives it back as it was saved.
func (a *app) edit(text string) (string, error) {
	cmd, file, err := a.editor(text)
	if err != nil {
		return "", err
	}
	defer os.Remove(file)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", err
	}
	return edited(file)
}

// editHere is edit for a console in this process.
func (a *app) editHere(text string, done func(string, error) tea.Msg) tea.Cmd {
	cmd, file, err := a.editor(text)
	if err != nil {
		return func() tea.Msg { return done("", err) }
	}
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		defer os.Remove(file)
		if err != nil {
			return done("", err)
		}
		return done(edited(file))
	})
}

// editor makes a file with the text, that only this user can read, and the command
// that edits it: VISUAL, EDITOR, or vi.
func (a *app) editor(text string) (*exec.Cmd, string, error) {
	words := strings.Fields(a.getenv("VISUAL"))
	if len(words) == 0 {
		words = strings.Fields(a.getenv("EDITOR"))
	}
	if len(words) == 0 {
		words = []string{"vi"}
	}
	f, err := os.CreateTemp("", "warroom-*.txt") // 0600
	if err != nil {
		return nil, "", err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, "", errors.Join(err, os.Remove(f.Name()))
	}
	return exec.Command(words[0], append(words[1:], f.Name())...), f.Name(), nil
}

// edited reads what an editor saved, without the line break that editors end a file
// with.
func edited(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxEdited+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxEdited {
		return "", refuse("shell.edit.long", "Limit", maxEdited)
	}
	return strings.TrimSuffix(strings.ToValidUTF8(string(raw), "\ufffd"), "\n"), nil
}

// maxEdited bounds what comes back from an editor: more than a text of the log
// holds, so that the console can say that it is too long.
const maxEdited = 2 * model.MaxText
