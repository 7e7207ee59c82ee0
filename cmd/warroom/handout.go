package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/door"
	"warroom/sync/pager"
	"warroom/tui"
	"warroom/tui/clean"
)

// Commands of the config that something is handed to: the topic line, an update. They
// are argument vectors that no shell reads; what they say is kept, bounded and cleaned,
// for the log.

// The names of those commands, as the config has them.
const (
	onTopic  = "on-topic"
	onUpdate = "on-update"
)

// commandFor is the command of the config by its name, nil for none.
func (a *app) commandFor(name string) []string {
	switch name {
	case onTopic:
		return a.settings().OnTopic
	case onUpdate:
		return a.settings().OnUpdate
	}
	return nil
}

// handsOut are the commands that this machine's config has.
func (a *app) handsOut() []string {
	var out []string
	for _, name := range []string{onTopic, onUpdate} {
		if len(a.commandFor(name)) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// updateCommand is how the command for updates is called, without its arguments: they
// may hold what only this person is to know.
func (a *app) updateCommand() string {
	if vector := a.commandFor(onUpdate); len(vector) > 0 {
		return filepath.Base(vector[0])
	}
	return ""
}

// handOut runs a command of the config, with whole arguments in place of placeholders,
// and gives the entry that tells of it. It is stopped after half a minute. Its arguments
// are not told: they may hold what only this person is to know.
func (a *app) handOut(ctx context.Context, name string, h tui.Handout) (model.Write, error) {
	return a.handOutWithin(ctx, notifyTime, name, h)
}

func (a *app) handOutWithin(ctx context.Context, limit time.Duration, name string, h tui.Handout) (model.Write, error) {
	vector := a.commandFor(name)
	if len(vector) == 0 {
		return model.Write{}, refuse("shell.hand.none", "Name", name)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	args := pager.Arguments(vector, h.Values)
	kept := newKeeper()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Stdin = strings.NewReader(h.Input)
	out := &keeping{kept, discard{}}
	c.Stdout, c.Stderr = out, out // one stream, so that one goroutine writes it
	c.WaitDelay = outputPatience
	for variable, value := range a.env {
		c.Env = append(c.Env, variable+"="+value)
	}
	began := time.Now()
	err := c.Start()
	if err == nil {
		err = c.Wait()
	}
	if c.ProcessState == nil {
		return model.Write{}, &problem{phrase: model.Say("shell.hand.failed", "Command", vector[0], "Cause", root(err)), cause: err}
	}
	if ctx.Err() != nil {
		kept.take([]byte("\n" + a.T("shell.hand.late", "Limit", limit) + "\n"))
	}
	kept.flush()
	lines := clean.Block(strings.TrimSpace(kept.text()))
	entry := model.Write{
		Text: name + ": " + clean.Line(filepath.Base(vector[0])) + "\n" + strings.Join(lines, "\n"),
		Run:  &model.CommandRun{Exit: int32(exitCode(c, err)), Millis: time.Since(began).Milliseconds(), Lines: kept.lines()},
	}
	if entry.Run.Exit > exitSignal || ctx.Err() != nil {
		entry.Run.Exit = -1
	}
	return entry, nil
}

// discard is a writer to nowhere: the terminal is the console's.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// hander gives a console in this process a command of the config; nil for none.
func (a *app) hander(name string) tui.Hander {
	if len(a.commandFor(name)) == 0 {
		return nil
	}
	return func(ctx context.Context, h tui.Handout) (model.Write, error) { return a.handOut(ctx, name, h) }
}

// handerAt gives a console in a room process the command of its client's config.
func handerAt(s *door.Session, name string) tui.Hander {
	return func(ctx context.Context, h tui.Handout) (model.Write, error) {
		got, err := s.Hand(ctx, name, h.Values, h.Input)
		if err != nil {
			return model.Write{}, err
		}
		return model.Write{Text: got.Text, Run: &model.CommandRun{Exit: int32(got.Exit), Millis: int64(got.Millis), Lines: int64(got.Lines)}}, nil
	}
}

// handed runs, at the terminal, a command of the config that a room asks for by name.
func (a *app) handed(ctx context.Context) func(name string, values map[string]string, input string) door.Handed {
	return func(name string, values map[string]string, input string) door.Handed {
		w, err := a.handOut(ctx, name, tui.Handout{Values: values, Input: input})
		if err != nil {
			return door.Handed{Failed: a.explain(err)}
		}
		return door.Handed{Text: w.Text, Exit: uint32(w.Run.Exit), Millis: uint64(w.Run.Millis), Lines: uint64(w.Run.Lines)}
	}
}
