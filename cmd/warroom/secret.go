package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// maxSecret bounds what is read as a secret, in bytes.
const maxSecret = 32 << 10

// secret reads what must not be in an argument, where every user of the machine could
// read it: from the terminal, which does not show it, or else all of standard input.
func (a *app) secret(ctx context.Context, prompt string) (string, error) {
	if f, ok := terminal(a.in); ok {
		return a.unseen(ctx, f, prompt)
	}
	raw, err := a.readInput(ctx, maxSecret)
	if err != nil {
		return "", err
	}
	if len(raw) > maxSecret {
		return "", refuse("shell.secret.long")
	}
	return strings.TrimSpace(string(raw)), nil
}

// passphrase reads a passphrase from the person's terminal, also where standard input
// is something else.
func (a *app) passphrase(ctx context.Context, prompt string) (string, error) {
	if f, ok := terminal(a.in); ok {
		return a.unseen(ctx, f, prompt)
	}
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", refuse("shell.secret.terminal")
	}
	defer f.Close()
	return a.unseen(ctx, f, prompt)
}

// unseen reads a line that the terminal does not show.
func (a *app) unseen(ctx context.Context, f *os.File, prompt string) (string, error) {
	was, err := term.GetState(f.Fd())
	if err != nil {
		return "", err
	}
	io.WriteString(a.err, prompt+" ")
	type result struct {
		line []byte
		err  error
	}
	got := make(chan result, 1)
	go func() { // it may outlive the wait for it, as in readInput
		line, err := term.ReadPassword(f.Fd())
		got <- result{line, err}
	}()
	select {
	case r := <-got:
		a.note("") // the line break that was not shown
		if r.err != nil {
			return "", refuse("shell.interrupted")
		}
		return strings.TrimSpace(string(r.line)), nil
	case <-ctx.Done():
		_ = term.Restore(f.Fd(), was) // a terminal that cannot be had back is gone
		a.note("")
		return "", refuse("shell.interrupted")
	}
}
