package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a room in a bare container knows the zones too

	"github.com/spf13/cobra"

	"warroom/cmd/internal/rotafile"
	"warroom/model"
	"warroom/model/oncall"
)

// rotaVerbs say who is on call.
func (a *app) rotaVerbs() []verb {
	return []verb{{
		name: "rota", args: "[who [TIME] | show | check FILE | load FILE]", max: -1, room: true, errand: a.rotaThere, reads: rotaReads,
		values:  []string{"who", "show", "check", "load"},
		example: "warroom rota\nwarroom rota who \"2026-12-24 20:00\"\nwarroom rota check rotas.toml\nwarroom rota load rotas.toml",
		run: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if len(args) == 0 || args[0] == "who" {
				at := a.Now()
				if len(args) > 1 {
					var err error
					if at, err = a.someday(strings.Join(args[1:], " ")); err != nil {
						return err
					}
				}
				return a.look(ctx, func(s *session) error { return s.onCall(at) })
			}
			switch {
			case args[0] == "show" && len(args) == 1:
				return a.look(ctx, func(s *session) error { return s.showRota() })
			case args[0] != "check" && args[0] != "load":
				return misuse("shell.rota.word", "Word", args[0])
			case len(args) != 2 && !rotaReads(args):
				return misuse("shell.usage.few", "Use", cmd.Use)
			}
			text, err := a.rotaText(ctx, args[1])
			if err != nil {
				return err
			}
			file := args[len(args)-1]
			if args[0] == "check" {
				return a.look(ctx, func(s *session) error {
					found := s.checkRota(file, text)
					if len(found) > 0 {
						return &problem{phrase: model.Say("shell.rota.found").Counted(len(found))}
					}
					s.tell(s.T("shell.rota.good"))
					return nil
				})
			}
			return a.with(ctx, model.DoorShell, func(s *session) error { return s.loadRota(ctx, file, text) })
		},
	}}
}

// rotaReads reports that a text comes by standard input: for -, behind which there may be
// what the file is called.
func rotaReads(args []string) bool {
	return len(args) >= 2 && len(args) <= 3 && (args[0] == "check" || args[0] == "load") && args[1] == "-"
}

// someday reads a time, which may be one to come: "2026-12-24 20:00", or as every verb
// reads times.
func (a *app) someday(typed string) (time.Time, error) {
	now := a.Now()
	if a.config.UTC {
		now = now.UTC()
	}
	if at, ok := oncall.ParseLocalTime(typed); ok {
		return oncall.Instant(at.Date, at.Clock, now.Location()), nil
	}
	when, err := a.when(typed)
	return time.UnixMilli(when.Happened()).In(now.Location()), err
}

// rotaText reads a rota text from a file, or from standard input for -.
func (a *app) rotaText(ctx context.Context, file string) (string, error) {
	var raw []byte
	var err error
	if file == "-" {
		raw, err = a.readInput(ctx, model.MaxRotaText+1)
	} else if err = a.onlyHere("FILE"); err == nil {
		raw, err = readRota(file)
	}
	return string(raw), err
}

func readRota(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, model.MaxRotaText+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	return raw, nil
}

// rotaThere reads the file, where one is named, and sends it on.
func (a *app) rotaThere(cmd *cobra.Command, args []string, r *remote) error {
	e := errand{args: r.roomArgs()}
	if len(args) == 2 && (args[0] == "check" || args[0] == "load") {
		text, err := a.rotaText(cmd.Context(), args[1])
		if err != nil {
			return err
		}
		if i := slices.Index(e.args, args[1]); i >= 0 && args[1] != "-" {
			e.args = slices.Replace(e.args, i, i+1, "-", args[1]) // the file's name, for what is wrong with it
		}
		e.in = bytes.NewReader([]byte(text))
	}
	code, err := r.run(cmd.Context(), e)
	if err != nil {
		return err
	}
	return ended(code)
}

// bookOf reads the room's rotas; nil where there are none.
func bookOf(text string) *oncall.Book { return rotafile.Open(text, time.LoadLocation) }

func (s *session) book() *oncall.Book {
	text, _, _ := s.room.Overview().People.Rota()
	return bookOf(text)
}

// checkRota says what is wrong with a text, and gives it.
func (s *session) checkRota(file, text string) []oncall.Problem {
	var names []string
	for _, p := range s.room.Overview().People.All() {
		names = append(names, p.Name)
	}
	_, found := rotafile.Check(text, oncall.Checking{Zones: time.LoadLocation, At: s.Now(), People: names, Roles: s.room.Overview().People.Roles()})
	for _, p := range found {
		if p.Line > 0 {
			s.note(s.T("shell.rota.problem", "File", file, "Line", p.Line, "Wrong", p.Say))
		} else {
			s.note(s.T("shell.rota.problem.file", "File", file, "Wrong", p.Say))
		}
	}
	return found
}

// loadRota keeps a text in the room, unless something refuses it.
func (s *session) loadRota(ctx context.Context, file, text string) error {
	found := s.checkRota(file, text)
	if oncall.Refused(found) {
		n := 0
		for _, p := range found {
			if p.Refuses {
				n++
			}
		}
		return &problem{phrase: model.Say("shell.rota.refused").Counted(n)}
	}
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, model.SetRota{Text: text}); err != nil {
		return err
	}
	if s.asJSON() {
		return s.json(map[string]any{"warnings": len(found)})
	}
	s.tell(s.T("shell.rota.loaded"))
	return nil
}

func (s *session) showRota() error {
	text, _, others := s.room.Overview().People.Rota()
	if s.asJSON() {
		return s.json(map[string]any{"text": text})
	}
	if text == "" {
		s.tell(s.T("shell.rota.none"))
		return nil
	}
	if len(others) > 0 {
		s.note(s.T("shell.rota.conflict"))
	}
	for l := range strings.SplitSeq(text, "\n") {
		s.line(l)
	}
	return nil
}

// duty is who is on call by a rota, for a program.
type duty struct {
	Rota   string     `json:"rota"`
	Person string     `json:"person,omitempty"`
	Shift  string     `json:"shift,omitempty"`
	Stands bool       `json:"override,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	Next   string     `json:"next,omitempty"`
}

// onCall says who is on call at a time.
func (s *session) onCall(at time.Time) error {
	text, _, others := s.room.Overview().People.Rota()
	b := bookOf(text)
	if b == nil {
		if text != "" {
			return refuse("shell.rota.unread")
		}
		if s.asJSON() {
			return s.json(map[string]any{"rotas": []duty{}})
		}
		s.tell(s.T("shell.rota.none"))
		return nil
	}
	if len(others) > 0 {
		s.note(s.T("shell.rota.conflict"))
	}
	rows := []duty{}
	for _, r := range b.Plan.Rotas {
		d := b.Rota(r.Name).At(at)
		row := duty{Rota: r.Name, Person: d.Person, Shift: d.Shift, Stands: d.Override, Next: d.Next}
		if !d.Until.IsZero() {
			until := d.Until.UTC()
			row.Until = &until
		}
		rows = append(rows, row)
		if s.asJSON() {
			continue
		}
		if d.Until.IsZero() {
			s.line(s.T("shell.rota.who.always", "Rota", r.Name, "Person", someone(d.Person)))
			continue
		}
		s.line(s.T("shell.rota.who", "Rota", r.Name, "Person", someone(d.Person), "Until", d.Until, "Next", someone(d.Next)))
	}
	if s.asJSON() {
		return s.json(map[string]any{"rotas": rows})
	}
	for _, p := range b.Plan.Policies {
		var steps []model.Phrase
		for _, step := range p.Steps {
			var who []string
			for _, t := range step.Who {
				who = append(who, t.String())
			}
			steps = append(steps, model.Say("shell.rota.step", "Who", who, "Wait", step.Wait))
		}
		s.line(s.T("shell.rota.policy", "Policy", p.Name, "Steps", steps))
	}
	return nil
}

func someone(name string) model.Phrase {
	if name == "" {
		return model.Say("shell.rota.nobody")
	}
	return model.Say("shell.text", "Text", name)
}
