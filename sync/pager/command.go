package pager

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"time"
	"unicode"

	"warroom/model"
)

// Command is a transport that runs a program of this machine: an argument vector, which
// no shell reads, with the page's text on its standard input. It sent the page when it
// ends with 0.
type Command struct {
	// Vector is the program and its arguments. An argument that is a placeholder is
	// replaced as a whole: {person}, {contact}, {phone}, {mail}, {chat}, {key},
	// {incident}, {severity}, {title}.
	Vector []string
	// Env is its environment.
	Env []string
	// Limit is how long it may take; 0 is CommandLimit.
	Limit time.Duration
}

// CommandLimit is how long a command may take.
const CommandLimit = 30 * time.Second

// afterKill is how long is waited for what a killed command left open.
const afterKill = 2 * time.Second

// Send is Transport.
func (c Command) Send(ctx context.Context, p Page) (string, error) {
	limit := c.Limit
	if limit == 0 {
		limit = CommandLimit
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	args := c.args(p)
	run := exec.CommandContext(timed, args[0], args[1:]...)
	out := &bounded{limit: model.MaxPageSaid}
	run.Stdin, run.Stdout, run.Stderr, run.Env = strings.NewReader(p.Text+"\n"), out, out, c.Env
	run.WaitDelay = afterKill
	alone(run)
	err := run.Run()
	said := out.String()
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && run.ProcessState != nil && run.ProcessState.Success():
		return said, nil // it went well, and something that it started still runs
	case timed.Err() != nil && ctx.Err() == nil:
		return "", &Failure{Why: model.Say("page.fail.time", "Limit", limit), Said: said, Cause: err}
	case errors.As(err, &exit):
		return "", &Failure{Why: model.Say("page.fail.exit", "Exit", exit.ExitCode()), Said: said, Cause: err}
	}
	return "", &Failure{Why: model.Say("page.fail.start", "Program", args[0]), Said: cause(err), Cause: err}
}

func cause(err error) string {
	var e *exec.Error
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

func (c Command) args(p Page) []string {
	return Arguments(c.Vector, map[string]string{
		"{person}": p.Person, "{contact}": p.Contact.Best(), "{phone}": p.Contact.Phone, "{mail}": p.Contact.Mail, "{chat}": p.Contact.Chat,
		"{key}": p.Key, "{incident}": p.Incident, "{severity}": p.Severity, "{title}": p.Title,
	})
}

// Arguments puts values in place of the placeholders of an argument vector of the config;
// what it begins with, the program, stays. Others wrote the values: none of them can be
// taken for an option, or holds what only a terminal reads.
func Arguments(vector []string, values map[string]string) []string {
	args := slices.Clone(vector)
	for i, arg := range vector {
		if v, ok := values[arg]; ok && i > 0 {
			args[i] = strings.TrimLeft(strings.Map(printable, v), "- ")
		}
	}
	return args
}

func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' {
		return -1
	}
	return r
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	limit int
	kept  bytes.Buffer
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.kept.Len(); room > 0 {
		b.kept.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

func (b *bounded) String() string { return strings.ToValidUTF8(b.kept.String(), "") }
