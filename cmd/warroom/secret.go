package main

import (
	"context"
	"io"
	"os"
	"strings"
	"unicode/utf8"

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

// unseen reads a line that the terminal does not show. The prompt comes when it shows
// nothing any more: what is pasted at once is not shown either.
func (a *app) unseen(ctx context.Context, f *os.File, prompt string) (string, error) {
	was, err := term.MakeRaw(f.Fd())
	if err != nil {
		return "", err
	}
	defer a.note("") // the line break that was not shown
	defer func() { _ = term.Restore(f.Fd(), was) }()
	io.WriteString(a.err, prompt+" ")
	type result struct {
		line string
		err  error
	}
	got := make(chan result, 1)
	go func() { // it may outlive the wait for it, as in readInput
		line, err := readUnseen(f)
		got <- result{line, err}
	}()
	select {
	case r := <-got:
		return r.line, r.err
	case <-ctx.Done():
		return "", refuse("shell.interrupted")
	}
}

// The keys that end or change a line in a terminal that leaves that to its program.
const (
	keyInterrupt, keyEnd, keyBackspace, keyKill, keyDelete = 3, 4, 8, 21, 127
)

// readUnseen reads a line from a raw terminal, byte by byte: what comes after it is
// somebody else's.
func readUnseen(r io.Reader) (string, error) {
	var line []byte
	var one [1]byte
	for len(line) < maxSecret {
		if _, err := io.ReadFull(r, one[:]); err != nil {
			return "", refuse("shell.interrupted")
		}
		switch b := one[0]; {
		case b == '\r' || b == '\n' || b == keyEnd:
			return strings.TrimSpace(string(line)), nil
		case b == keyInterrupt:
			return "", refuse("shell.interrupted")
		case b == keyKill:
			line = line[:0]
		case b == keyBackspace || b == keyDelete:
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		case b >= ' ':
			line = append(line, b)
		}
	}
	return "", refuse("shell.secret.long")
}
