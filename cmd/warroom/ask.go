package main

import (
	"context"
	"io"
	"slices"
	"strings"
)

// question is what is asked on a terminal before a verb does what is hard to take
// back. Its sentences are named by their keys.
type question struct {
	// ask is the question, no what is said when the answer is no, unasked the refusal
	// where nobody can be asked.
	ask, no, unasked string
	// pairs are the question's values.
	pairs []any
}

// confirm shows what would be done, and asks. No answer is no; where nobody can be
// asked it is refused.
func (a *app) confirm(ctx context.Context, q question, show func() error) error {
	_, reads := terminal(a.in)
	_, shows := terminal(a.err)
	if !reads || !shows {
		return misuse(q.unasked)
	}
	if err := show(); err != nil {
		return err
	}
	io.WriteString(a.err, a.T(q.ask, q.pairs...)+" ")
	answer, err := a.readLine(ctx)
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", a.T("shell.redact.yes"):
		return nil
	}
	return refuse(q.no)
}

// askThere asks here what a verb asks, and has the room process do the verb. about are
// the arguments that have the room process show what would be done.
func (r *remote) askThere(ctx context.Context, verb string, q question, about ...string) error {
	if err := r.app.confirm(ctx, q, func() error {
		return r.does(ctx, errand{args: about, out: r.err})
	}); err != nil {
		return err
	}
	return r.does(ctx, errand{args: withYes(r.roomArgs(), verb)})
}

// withYes says yes to what a verb would ask.
func withYes(args []string, verb string) []string {
	at := slices.Index(args, verb)
	return slices.Insert(slices.Clone(args), at+1, "--yes")
}
