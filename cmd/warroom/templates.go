package main

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/draft"
	"warroom/tui/clean"
)

// deskTemplate shows a template of updates, or sets it for the workspace.
func (a *app) deskTemplate(cmd *cobra.Command, audience model.Audience, args []string) error {
	if len(args) == 0 {
		return misuse("shell.usage.few", "Use", cmd.Use)
	}
	states := model.UpdateStates()
	if args[0] != "all" {
		state, err := model.ParseUpdateState(args[0])
		if err != nil {
			return err
		}
		states = []model.UpdateState{state}
	}
	if len(args) == 1 {
		return a.look(cmd.Context(), func(s *session) error {
			for i, state := range states {
				if i > 0 {
					s.line("")
				}
				for _, l := range clean.Block(draft.Template(s.room.Overview().People, audience, state, s.words.Say)) {
					s.line(l)
				}
			}
			return nil
		})
	}
	template, err := a.templateGiven(cmd.Context(), args[1:])
	if err != nil {
		return err
	}
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
		for _, state := range states {
			set := model.SetUpdateTemplate{Audience: audience, State: state, Text: template(audience, state)}
			said := "shell.desk.template.set"
			if set.Text == "" {
				said = "shell.desk.template.usual"
			}
			if err := s.doAndSay(cmd.Context(), set, s.T(said, "Audience", audience.Phrase(), "State", state.Phrase())); err != nil {
				return err
			}
		}
		return nil
	})
}

// builtIn are the languages of built-in templates as they are typed: "fr", or "fr+nl" for
// both in one text.
var builtIn = regexp.MustCompile(`^[a-z]{2}(\+[a-z]{2})*$`)

// templateGiven reads what a template is to be: a text, "none", or the built-in ones of
// some languages.
func (a *app) templateGiven(ctx context.Context, args []string) (func(model.Audience, model.UpdateState) string, error) {
	if len(args) == 1 && builtIn.MatchString(args[0]) {
		languages := strings.Split(args[0], "+")
		for _, l := range languages {
			if !slices.Contains(draft.Languages(), l) {
				return nil, misuse("shell.usage.templatelanguage", "Language", l, "Languages", strings.Join(draft.Languages(), ", "))
			}
		}
		return func(audience model.Audience, state model.UpdateState) string {
			texts := make([]string, 0, len(languages))
			for _, l := range languages {
				texts = append(texts, a.words.Say(draft.BuiltIn(audience, state, l)))
			}
			return strings.Join(texts, "\n\n")
		}, nil
	}
	text := ""
	if len(args) != 1 || args[0] != "none" {
		var err error
		if text, err = a.textGiven(ctx, args); err != nil {
			return nil, err
		}
	}
	return func(model.Audience, model.UpdateState) string { return text }, nil
}
