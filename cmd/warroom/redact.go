package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// redactVerbs remove what should never have been written.
func (a *app) redactVerbs() []verb {
	var reason string
	var yes bool
	return []verb{{
		name: "redact", room: true, errand: a.redactThere, args: "ENTRY", min: 1, max: 1,
		flags: func(f *pflag.FlagSet) {
			f.StringVarP(&reason, "reason", "r", "", a.T("shell.flag.reason"))
			f.BoolVarP(&yes, "yes", "y", false, a.T("shell.flag.yes"))
		},
		example: "warroom redact 3f9a21c0 --reason \"a password\"",
		run: func(cmd *cobra.Command, args []string) error {
			return a.redact(cmd.Context(), args[0], reason, yes)
		},
	}}
}

// redact asks before it removes: there is no way back. Nobody is kept out of the
// room while the question stands.
func (a *app) redact(ctx context.Context, typed, reason string, yes bool) error {
	if log, seq, ok := placeOf(typed); ok {
		return a.redactDamaged(ctx, typed, log, seq, yes)
	}
	if !yes {
		err := a.mayRedact(ctx, func() error {
			return a.look(ctx, func(s *session) error {
				v, err := s.chosen(ctx)
				if err != nil {
					return err
				}
				line, err := v.FindEntry(typed)
				if err == nil {
					s.noteRow(s.logLine(line))
				}
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	return a.with(ctx, model.DoorShell, func(s *session) error {
		v, err := s.chosen(ctx)
		if err != nil {
			return err
		}
		line, err := v.FindEntry(typed)
		if err != nil {
			return err
		}
		words := wordsOf(line)
		got, err := s.room.Do(ctx, s.who, v.ID, model.RemoveText{Target: line.Ref(), Reason: reason})
		if err != nil {
			return err
		}
		if v, err = s.room.Incident(ctx, v.ID); err != nil {
			return err
		}
		return s.redacted(v, len(got.Refs), words)
	})
}

// mayRedact shows the line and asks; no answer is no.
func (a *app) mayRedact(ctx context.Context, show func() error) error {
	if err := a.canAsk(); err != nil {
		return err
	}
	if err := show(); err != nil {
		return err
	}
	return a.askRedact(ctx)
}

// canAsk refuses where nobody can be asked.
func (a *app) canAsk() error {
	_, reads := terminal(a.in)
	_, shows := terminal(a.err)
	if !reads || !shows {
		return misuse("shell.redact.unasked")
	}
	return nil
}

func (a *app) askRedact(ctx context.Context) error {
	io.WriteString(a.err, a.T("shell.redact.ask")+" ")
	answer, err := a.readLine(ctx)
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", a.T("shell.redact.yes"):
		return nil
	}
	return refuse("shell.redact.no")
}

// redaction is what a removal did, for a program.
type redaction struct {
	Incident reference `json:"incident"`
	Removed  int       `json:"removed_texts"`
	// Still are the lines that hold the same words as a part of theirs.
	Still  []string `json:"still"`
	Drafts []string `json:"drafts,omitempty"`
}

func (s *session) redacted(v *model.View, n int, words []string) error {
	out := redaction{Incident: reference{v.ID.String(), model.KeyPrefix + s.key(v.ID)}, Removed: n, Still: []string{}}
	for _, l := range v.Lines {
		for _, held := range wordsOf(l) {
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(held, w) }) {
				out.Still = append(out.Still, l.Ref().String())
				break
			}
		}
	}
	if dir := s.draftsDir(); dir != "" {
		out.Drafts = draftsWith(dir, words)
	}
	if s.asJSON() {
		return s.json(out)
	}
	s.line(s.words.N("shell.redact.done", n, "Key", s.key(v.ID)))
	if len(out.Still) > 0 {
		s.line(s.words.N("shell.redact.still", len(out.Still), "Refs", strings.Join(out.Still, " ")))
	}
	for _, file := range out.Drafts {
		s.line(s.T("shell.redact.draft", "File", file))
	}
	s.tell(s.T("shell.redact.copies"))
	return nil
}

// leastWords is how long a text must be to be looked for in others: shorter
// words stand everywhere.
const leastWords = 4

// wordsOf are the texts of a line that are there still: its own, and those that
// amended it.
func wordsOf(l *model.Line) []string {
	var words []string
	for _, r := range append([]*model.Record{l.Rec}, l.Amends...) {
		if len(r.Text) >= leastWords {
			words = append(words, r.Text)
		}
	}
	return words
}

// draftsDir is where the consoles' drafts are, for those who may look at files here.
// Drafts are a person's own and not the store's: they are told of, not changed.
func (s *session) draftsDir() string {
	if s.door != nil {
		if s.door.session.Guest.Local {
			return s.door.doorman.places.dir
		}
		return ""
	}
	dir, err := s.storeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "drafts")
}
