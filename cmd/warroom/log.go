package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// logVerbs write in the log and read it.
func (a *app) logVerbs() []verb {
	var at string
	var list, mark bool
	return []verb{
		{
			name: "log", room: true, reads: a.logReads, args: "[TEXT | -]", max: -1,
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&at, "at", "", a.T("shell.flag.at"))
				f.BoolVarP(&list, "list", "l", false, a.T("shell.flag.list"))
			},
			example: "warroom log rolled back api v412\nkubectl logs deploy/api --tail 30 | warroom log -\nwarroom log --at 14:05 \"first complaint by phone\"",
			run: func(cmd *cobra.Command, args []string) error {
				reads := a.atTerminal()
				if list || len(args) == 0 && reads {
					if len(args) > 0 || at != "" {
						return misuse("shell.usage.both", "One", "TEXT", "Other", "--list")
					}
					return a.showWholeLog(cmd.Context())
				}
				if len(args) == 0 && at == "" {
					return a.writeOrRead(cmd)
				}
				return a.writeEntry(cmd, args, at)
			},
		},
		{
			name: "run", errand: a.runThere, args: "-- COMMAND [ARGUMENT...]", min: 1, max: -1,
			flags: func(f *pflag.FlagSet) {
				// A flag after the command is the command's.
				f.SetInterspersed(false)
			},
			example: "warroom run -- kubectl rollout undo deploy/api",
			run:     a.run,
		},
		{
			name: "undo", room: true,
			run: func(cmd *cobra.Command, _ []string) error { return a.write(cmd, model.Undo{}) },
		},
		{
			name: "redo", room: true,
			run: func(cmd *cobra.Command, _ []string) error { return a.write(cmd, model.Redo{}) },
		},
		{
			name: "star", room: true, args: "ENTRY", min: 1, max: 1,
			flags: func(f *pflag.FlagSet) { f.BoolVar(&mark, "off", false, a.T("shell.flag.off")) },
			run: func(cmd *cobra.Command, args []string) error {
				return a.onEntry(cmd, args[0], func(ref model.Ref) model.Command { return model.Star{Target: ref, On: !mark} })
			},
		},
	}
}

// entryVerbs change entries that somebody wrote.
func (a *app) entryVerbs() []verb {
	var at, reason string
	var back bool
	return []verb{
		{
			name: "amend", room: true, reads: dashAt(1), args: "ENTRY [TEXT | -]", min: 1, max: -1,
			flags:   func(f *pflag.FlagSet) { f.StringVar(&at, "at", "", a.T("shell.flag.at")) },
			example: "warroom amend 3f9a21c0 \"rolled back api v412, not v411\"\nwarroom amend 3f9a21c0 --at 14:05",
			run: func(cmd *cobra.Command, args []string) error {
				when, err := a.when(at)
				if err != nil {
					return err
				}
				if len(args) == 1 && at == "" {
					return misuse("shell.usage.few", "Use", cmd.Use)
				}
				text := ""
				if len(args) > 1 {
					if text, err = a.textOf(cmd.Context(), args[1:]); err != nil {
						return err
					}
				}
				return a.onEntry(cmd, args[0], func(ref model.Ref) model.Command {
					return model.Amend{Target: ref, Text: text, At: when}
				})
			},
		},
		{
			name: "strike", room: true, args: "ENTRY", min: 1, max: 1,
			flags: func(f *pflag.FlagSet) {
				f.StringVarP(&reason, "reason", "r", "", a.T("shell.flag.reason"))
				f.BoolVar(&back, "back", false, a.T("shell.flag.back"))
			},
			run: func(cmd *cobra.Command, args []string) error {
				return a.onEntry(cmd, args[0], func(ref model.Ref) model.Command {
					return model.Strike{Target: ref, Reason: reason, Back: back}
				})
			},
		},
	}
}

// onEntry does a command about the line that a person named by its reference,
// and shows the line as it then stands.
func (a *app) onEntry(cmd *cobra.Command, typed string, c func(model.Ref) model.Command) error {
	ctx := cmd.Context()
	return a.with(ctx, model.DoorShell, func(s *session) error {
		v, err := s.chosen(ctx)
		if err != nil {
			return err
		}
		line, err := v.FindEntry(typed)
		if err != nil {
			return err
		}
		got, err := s.room.Do(ctx, s.who, v.ID, c(line.Ref()))
		if err != nil {
			return err
		}
		if got.Nothing() && !s.asJSON() {
			s.line(s.words.Say(soAlready(c(line.Ref()))))
			return nil
		}
		if s.asJSON() {
			if !got.Nothing() {
				got.Refs = append(got.Refs, line.Ref())
			}
			return s.told(ctx, got)
		}
		if v, err = s.room.Incident(ctx, v.ID); err != nil {
			return err
		}
		if line, err = v.FindEntry(line.Rec.Ref.Hash.String()); err != nil {
			return err
		}
		s.hang(s.logParts(line))
		return nil
	})
}

func (a *app) showWholeLog(ctx context.Context) error {
	return a.look(ctx, func(s *session) error {
		v, err := s.chosen(ctx)
		if err != nil {
			return err
		}
		if s.asJSON() {
			o := s.report(s.room)
			return s.json(map[string]any{"key": model.KeyPrefix + s.key(v.ID), "log": report.Log(v, o)})
		}
		s.showLog(v, -1)
		return nil
	})
}

// writeOrRead writes what standard input has to say. Where it says nothing, as in
// a bare environment without any, the log is meant to be read.
func (a *app) writeOrRead(cmd *cobra.Command) error {
	text, err := a.textOf(cmd.Context(), nil)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		a.carries = carried{}
		return a.showWholeLog(cmd.Context())
	}
	return a.write(cmd, model.Write{Text: text})
}

func (a *app) writeEntry(cmd *cobra.Command, args []string, at string) error {
	when, err := a.when(at)
	if err != nil {
		return err
	}
	text, err := a.textOf(cmd.Context(), args)
	if err != nil {
		return err
	}
	return a.write(cmd, model.Write{Text: text, At: when})
}

// textOf is a text given as arguments or, for none and for "-", on standard
// input.
func (a *app) textOf(ctx context.Context, args []string) (string, error) {
	if len(args) > 1 || len(args) == 1 && args[0] != "-" {
		return strings.Join(args, " "), nil
	}
	raw, err := a.readInput(ctx, model.MaxText)
	if err != nil {
		return "", err
	}
	// Output of programs is not always UTF-8; what is not is marked, and the
	// rest is worth keeping.
	text := strings.ToValidUTF8(string(raw), "\ufffd")
	// A pipe is read once: what it gave is kept whole, whatever fits.
	a.carries = carried{any: true, text: text}
	if len(raw) <= model.MaxText && len(text) <= model.MaxText {
		return text, nil
	}
	text = cutLines(text, model.MaxText-len(cutSign))
	a.note(a.T("shell.input.cut", "Kept", len(text), "Limit", model.MaxText))
	return text + cutSign, nil
}

// cutSign ends a text of which the rest was not kept.
const cutSign = "\n…"

// cutLines shortens a text to at most n bytes, at the end of a line where that
// loses less than half.
func cutLines(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	s = s[:n]
	if i := strings.LastIndexByte(s, '\n'); i > n/2 {
		s = s[:i]
	}
	return s
}

// readInput reads standard input: at most limit bytes and one more, which says
// that there was more. Nothing is open meanwhile, so a slow writer holds nobody
// up, and the end of ctx ends it. Read again it gives the same.
func (a *app) readInput(ctx context.Context, limit int) ([]byte, error) {
	if a.input != nil {
		return a.input, nil
	}
	type result struct {
		raw []byte
		err error
	}
	got := make(chan result, 1)
	// The reader cannot be joined: a terminal that says nothing holds it until
	// the process ends.
	go func() {
		raw, err := io.ReadAll(io.LimitReader(a.in, int64(limit)+1))
		got <- result{raw, err}
	}()
	select {
	case r := <-got:
		if r.err != nil {
			return nil, &problem{phrase: model.Say("shell.input", "Cause", root(r.err)), cause: r.err}
		}
		a.input = r.raw
		return r.raw, nil
	case <-ctx.Done():
		return nil, errors.Join(refuse("shell.interrupted"), ctx.Err())
	}
}
