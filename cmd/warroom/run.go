package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
)

// Exit codes of a shell for a command that could not be started, or ended by a
// signal.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128
)

// outputPatience is how long a command's children may hold its output open
// after it has ended.
const outputPatience = 3 * time.Second

// run runs a command, shows its output as it comes, and writes in the log what
// it did. The store is not held while the command runs: that may be hours.
func (a *app) run(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	var long, key string
	err := a.look(ctx, func(s *session) error {
		id, err := s.choose(ctx)
		long, key = id.LongKey(), s.key(id)
		return err
	})
	if err != nil {
		return err
	}
	return a.runs(cmd, args, long, key)
}

// runs runs the command and writes what it did in the log of an incident: of the one
// with the long key, whatever is opened meanwhile. key is shown.
func (a *app) runs(cmd *cobra.Command, args []string, long, key string) error {
	began := a.Now()
	kept, code, err := a.execute(args)
	if err != nil {
		return err
	}
	took := a.Now().Sub(began)
	entry := model.Write{
		Text: commandLine(args) + kept.text(),
		At:   model.When{At: began.Truncate(time.Millisecond), Said: model.Said{Precision: model.ToSecond, Zone: zoneName(began)}},
		Run:  &model.CommandRun{Exit: int32(code), Millis: took.Milliseconds(), Lines: kept.lines()},
	}
	if code > exitSignal {
		entry.Run.Exit = -1
	}
	_, offset := began.Zone()
	entry.At.Said.Offset = int16(offset / 60)
	// The command has run whatever happens now, so its code is the answer.
	a.carries = carried{any: true, text: entry.Text}
	// What ended the command must not end its entry; a signal from now on may.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(cmd.Context()), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err = a.ran(ctx, long, entry); err != nil {
		a.note("warroom: " + a.T("shell.run.unlogged", "Command", commandLine(args), "Cause", a.explain(err)))
	} else if !a.asJSON() {
		a.note(a.T("shell.run.logged", "Key", key))
	}
	return exit(code)
}

// ran writes what a command did. The command may have taken hours: the room process
// that was there may be gone, or one come.
func (a *app) ran(ctx context.Context, key string, entry model.Write) error {
	var err error
	for range servedTries {
		var r *remote
		if r, err = a.remote(ctx); err != nil {
			return err
		}
		if r != nil {
			err = r.logged(ctx, key, entry)
			return errors.Join(err, r.conn.Close())
		}
		err = a.with(ctx, model.DoorShell, func(s *session) error {
			id, err := model.FindKey(key, ids(s.room.Overview().Rows))
			if err != nil {
				return err
			}
			_, err = s.room.Do(ctx, s.who, id, entry)
			return err
		})
		if !errors.Is(err, errServed) {
			return err
		}
	}
	return err
}

func zoneName(t time.Time) string {
	name, _ := t.Zone()
	return name
}

// execute runs the command with this process's own streams, and gives what was
// kept of its output and its exit code. It fails only when the command could
// not be tried.
func (a *app) execute(args []string) (*keeper, int, error) {
	kept := newKeeper()
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = a.in
	c.Stdout, c.Stderr = kept.through(a.out), kept.through(a.err)
	c.WaitDelay = outputPatience
	c.Env = make([]string, 0, len(a.env))
	for name, value := range a.env {
		c.Env = append(c.Env, name+"="+value)
	}
	// A signal to this process alone is passed on. What the terminal sends to
	// all of its programs the command has already.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	mask := setUmask(a.Umask) // the command's files are not ours
	err := c.Start()
	setUmask(mask)
	if err != nil {
		return kept, a.notStarted(args[0], err), nil
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for {
		select {
		case err := <-done:
			kept.flush()
			return kept, exitCode(c, err), nil
		case got := <-signals:
			if got == syscall.SIGTERM || got == syscall.SIGHUP {
				_ = c.Process.Signal(got) // it may have ended meanwhile
			}
		}
	}
}

// notStarted says why a command could not be started, and gives the code that
// a shell gives for it.
func (a *app) notStarted(name string, err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		a.note("warroom: " + a.T("shell.run.notfound", "Command", name))
		return exitNotFound
	}
	a.note("warroom: " + a.T("shell.run.notstarted", "Command", name, "Cause", root(err)))
	return exitNotExecutable
}

func exitCode(c *exec.Cmd, err error) int {
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) && !errors.Is(err, exec.ErrWaitDelay) {
		return exitFailed // its output could not be shown
	}
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return c.ProcessState.ExitCode()
}

// commandLine writes a command as a person would type it, on one line.
func commandLine(args []string) string {
	words := make([]string, 0, len(args))
	for _, w := range args {
		words = append(words, quoted(w))
	}
	return cutLines(strings.Join(words, " "), maxCommand)
}

// maxCommand bounds the command line in the log, in bytes.
const maxCommand = 4_000

// quoted writes an argument so that a shell would read it back. Line breaks and
// tabs are written out, because a command is one line of the log.
func quoted(w string) string {
	w = strings.ToValidUTF8(w, "\ufffd")
	if w == "" {
		return "''"
	}
	if strings.ContainsAny(w, "\n\r\t") {
		return "$'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(w) + "'"
	}
	if strings.ContainsAny(w, " \"'\\$`&|;<>()*?[]{}!#~") {
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}
