package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/tui/clean"
)

// The roles of a team's own: what the verb role does besides giving them.

// roleActs are the words after role that are about its card. The last argument is the
// rest of what was typed.
var roleActs = map[string]func(a *app, cmd *cobra.Command, rest string, f roleFlags) error{
	"list": func(a *app, cmd *cobra.Command, rest string, f roleFlags) error {
		if rest != "" || f.given(cmd) != "" {
			return misuse("shell.usage.few", "Use", "role list")
		}
		return a.look(cmd.Context(), func(s *session) error { return s.roleCards("") })
	},
	"add": func(a *app, cmd *cobra.Command, rest string, f roleFlags) error {
		name := rest
		if f.name != "" {
			name = f.name
		}
		return a.writeRole(cmd, func(*session) (model.Command, error) {
			return model.AddRole{Role: model.Role(f.id), Name: name, Letter: f.letter, Many: f.many, Duty: f.duty, Words: f.words}, nil
		})
	},
	"edit": func(a *app, cmd *cobra.Command, rest string, f roleFlags) error {
		if rest == "" || f.given(cmd) == "" || cmd.Flags().Changed("id") {
			return misuse("shell.usage.few", "Use", "role edit ROLE --name NAME")
		}
		return a.writeRole(cmd, func(s *session) (model.Command, error) {
			role, err := s.room.Overview().People.Roles().Parse(rest)
			c := model.ChangeRole{Role: role}
			for name, set := range map[string]func(){
				"name": func() { c.Name = &f.name }, "letter": func() { c.Letter = &f.letter }, "duty": func() { c.Duty = &f.duty },
				"many": func() { c.Many = &f.many }, "word": func() { c.Words = &f.words },
			} {
				if cmd.Flags().Changed(name) {
					set()
				}
			}
			return c, err
		})
	},
	"retire": func(a *app, cmd *cobra.Command, rest string, f roleFlags) error {
		if rest == "" || f.given(cmd) != "" {
			return misuse("shell.usage.few", "Use", "role retire ROLE")
		}
		return a.writeRole(cmd, func(s *session) (model.Command, error) {
			role, err := s.room.Overview().People.Roles().Parse(rest)
			return model.RetireRole{Role: role}, err
		})
	},
}

// roleFlags are what a role's card says.
type roleFlags struct {
	id, name, letter, duty string
	many                   bool
	words                  []string
}

func (f *roleFlags) register(a *app, to *pflag.FlagSet) {
	to.StringVar(&f.id, "id", "", a.T("shell.flag.role.id"))
	to.StringVar(&f.name, "name", "", a.T("shell.flag.role.name"))
	to.StringVar(&f.letter, "letter", "", a.T("shell.flag.role.letter"))
	to.StringVar(&f.duty, "duty", "", a.T("shell.flag.role.duty"))
	to.BoolVar(&f.many, "many", false, a.T("shell.flag.role.many"))
	to.StringSliceVar(&f.words, "word", nil, a.T("shell.flag.role.word"))
}

// given is a flag of a card that was given, "" for none.
func (f *roleFlags) given(cmd *cobra.Command) string {
	for _, name := range []string{"id", "name", "letter", "duty", "many", "word"} {
		if cmd.Flags().Changed(name) {
			return "--" + name
		}
	}
	return ""
}

// writeRole does a command on a role, and shows its card.
func (a *app) writeRole(cmd *cobra.Command, make func(*session) (model.Command, error)) error {
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
		c, err := make(s)
		if err != nil {
			return err
		}
		return s.wroteRole(cmd.Context(), c)
	})
}

func (s *session) wroteRole(ctx context.Context, c model.Command) error {
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, c); err != nil {
		return err
	}
	switch c := c.(type) {
	case model.AddRole:
		if c.Role == "" {
			c.Role = model.NewRoleID(c.Name)
		}
		return s.roleCards(model.Role(strings.ToLower(string(c.Role))))
	case model.ChangeRole:
		return s.roleCards(c.Role)
	case model.RetireRole:
		return s.roleCards(c.Role)
	}
	return nil
}

// roleRow is a role's card, for a program.
type roleRow struct {
	Role    string   `json:"role"`
	Name    string   `json:"name"`
	Letter  string   `json:"letter,omitempty"`
	Many    bool     `json:"many,omitempty"`
	Duty    string   `json:"duty,omitempty"`
	Words   []string `json:"words,omitempty"`
	Own     bool     `json:"own,omitempty"`
	Retired bool     `json:"retired,omitempty"`
}

// roleCards shows a role's card, or all there are: those that are offered first.
func (s *session) roleCards(one model.Role) error {
	book := s.room.Overview().People.Roles()
	cards := book.Offered()
	for _, o := range book.Own() {
		if o.Retired {
			cards = append(cards, o.RoleCard)
		}
	}
	rows := []roleRow{}
	for _, c := range cards {
		if one != "" && c.Role != one {
			continue
		}
		row := roleRow{
			Role: string(c.Role), Name: s.words.Say(c.Role.Phrase()), Letter: c.Letter, Many: c.Many, Duty: s.words.Say(c.Does()),
			Words: c.Words, Own: c.Own, Retired: c.Retired,
		}
		rows = append(rows, row)
	}
	if s.asJSON() {
		return s.json(map[string]any{"roles": rows})
	}
	ids := 0
	for _, row := range rows {
		ids = max(ids, len(row.Role))
	}
	for _, row := range rows {
		s.roleLine(row, ids)
		s.writtenToo(book, model.Role(row.Role))
	}
	return nil
}

// roleLine writes a role's card as one line, with its id in as many cells.
func (s *session) roleLine(row roleRow, ids int) {
	holders := "shell.role.one"
	switch {
	case row.Retired:
		holders = "shell.role.retired"
	case row.Many:
		holders = "shell.role.many"
	}
	text := clean.Fit(row.Letter, 1) + " " + clean.Fit(row.Role, ids) + " " + clean.Fit(row.Name, 20) + " " + clean.Fit(s.T(holders), 8) + row.Duty
	if row.Own && len(row.Words) > 0 {
		text += " " + s.T("shell.role.words", "Words", row.Words)
	}
	s.line(text)
}

// writtenToo says what others wrote of a card at the same time.
func (s *session) writtenToo(book *model.RoleBook, role model.Role) {
	for _, o := range book.Own() {
		if o.Role != role {
			continue
		}
		for _, r := range o.Others {
			s.line("  " + s.T("shell.role.other", "Person", r.Common().Actor, "Act", (&model.Line{Rec: r}).Describe()))
		}
	}
}
