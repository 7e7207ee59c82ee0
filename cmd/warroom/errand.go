package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
)

// Verbs that need this machine and the room: a running room process does its part
// of them, and the rest is done here, as the caller.

// atTerminal reports that what comes in is typed, so that nothing waits for more of
// it by itself.
func (a *app) atTerminal() bool {
	if a.door != nil {
		// A bare ssh client says nothing of its input; it is read only where a - asks
		// for it. The thin client sends what there is, and its end.
		return !a.door.session.Thin()
	}
	_, ok := terminal(a.in)
	return ok
}

// logReads says when log reads standard input: for -, and for nothing where it is
// no terminal.
func (a *app) logReads(args []string) bool {
	return len(args) == 1 && args[0] == "-" || len(args) == 0 && !a.atTerminal() && !slices.Contains(a.args, "--list") && !slices.Contains(a.args, "-l")
}

func (a *app) updateReads(args []string) bool {
	if isDesk(args) {
		return args[len(args)-1] == "-" // a pipe that is not meant for it is left alone
	}
	return len(args) == 3 && args[2] == "-" || len(args) == 2 && !a.atTerminal()
}

func (a *app) alertReads(args []string) bool { return len(args) == 0 || args[0] == "-" }

// dashAt says that the argument at a place, and no other after it, is -.
func dashAt(n int) func([]string) bool {
	return func(args []string) bool { return len(args) == n+1 && args[n] == "-" }
}

// alertThere reads the file, where one is named, and sends the body on.
func (a *app) alertThere(cmd *cobra.Command, args []string, r *remote) error {
	body, err := a.body(cmd.Context(), args)
	if err != nil {
		return err
	}
	a.carries = carried{any: true, lost: "shell.alert.locked"}
	sent := r.roomArgs()
	if len(args) > 0 {
		if i := slices.Index(sent, args[0]); i >= 0 {
			sent[i] = "-"
		}
	}
	code, err := r.run(cmd.Context(), errand{args: sent, in: bytes.NewReader(body)})
	if err != nil {
		return err
	}
	return ended(code)
}

// exportThere writes what the room process exports into the file that is named.
func (a *app) exportThere(cmd *cobra.Command, _ []string, r *remote) error {
	file, force := a.exportTo()
	if file == "" || file == "-" {
		code, err := r.run(cmd.Context(), errand{args: r.roomArgs()})
		if err != nil {
			return err
		}
		return ended(code)
	}
	var out bytes.Buffer
	code, err := r.run(cmd.Context(), errand{args: withoutFile(r.roomArgs()), out: &out})
	if err != nil || code != exitDone {
		return errors.Join(err, ended(code))
	}
	return a.save(file, out.Bytes(), force)
}

// withoutFile leaves out the flags that say where an export goes.
func withoutFile(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "--file" || arg == "-f":
			i++
		case arg == "--force" || strings.HasPrefix(arg, "--file=") || strings.HasPrefix(arg, "--force=") ||
			strings.HasPrefix(arg, "-f") && !strings.HasPrefix(arg, "--"):
		default:
			out = append(out, arg)
		}
	}
	return out
}

// redactThere asks here, and has the room process remove the text.
func (a *app) redactThere(cmd *cobra.Command, args []string, r *remote) error {
	ctx := cmd.Context()
	if _, _, ok := placeOf(args[0]); ok {
		return refuse("shell.redact.stop") // the store must be at rest for that
	}
	sent := r.roomArgs()
	if yes, err := cmd.Flags().GetBool("yes"); err != nil || !yes {
		err := a.mayRedact(ctx, func() error {
			code, err := r.run(ctx, errand{args: r.about("line", args[0]), out: a.err})
			if err != nil {
				return err
			}
			return ended(code)
		})
		if err != nil {
			return err
		}
		sent = append([]string{"redact", "--yes"}, sent[1:]...)
		if a.args[0] != "redact" {
			sent = append(r.roomArgs(), "--yes")
		}
	}
	code, err := r.run(ctx, errand{args: sent})
	if err != nil {
		return err
	}
	return ended(code)
}

// about is a verb about the incident that this process's flags name.
func (r *remote) about(words ...string) []string {
	if r.flags.incident != "" {
		words = append(words, "-i", r.flags.incident)
	}
	return words
}

// runThere runs the command here, and has the room process write what it did.
func (a *app) runThere(cmd *cobra.Command, args []string, r *remote) error {
	var found bytes.Buffer
	code, err := r.run(cmd.Context(), errand{args: r.about("which"), out: &found})
	if err != nil || code != exitDone {
		return errors.Join(err, ended(code))
	}
	long, key, _ := strings.Cut(strings.TrimSpace(found.String()), " ")
	return a.runs(cmd, args, long, key)
}

func ids(rows []model.Summary) []model.Scope {
	out := make([]model.Scope, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}
