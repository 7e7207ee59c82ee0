package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// updateVerbs are what goes to others, and where they meet.
func (a *app) updateVerbs() []verb {
	var at, kind, remove string
	var desk deskFlags
	return []verb{
		{
			name: "update", room: true, reads: a.updateReads, here: []string{"file"}, args: "AUDIENCE STATE [TEXT | -]", min: 2, max: -1,
			values: append([]string{string(model.ToCustomers), string(model.ToTeam), string(model.ToExecutives)}, deskWords...),
			errand: func(cmd *cobra.Command, args []string, r *remote) error { return a.updateThere(cmd, args, r, desk) },
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&at, "at", "", a.T("shell.flag.at"))
				f.BoolVar(&desk.force, "force", false, a.T("shell.flag.publish"))
				f.StringVarP(&desk.file, "file", "f", "", a.T("shell.flag.updatefile"))
			},
			example: "warroom update customers investigating \"Payments fail for some of you. Next update at 14:40 CET.\"\nwarroom update draft customers investigating\nwarroom update check customers\nwarroom update approve customers\nwarroom update publish customers\nwarroom update none executives nobody told them",
			run: func(cmd *cobra.Command, args []string) error {
				if isDesk(args) {
					return a.desk(cmd, args, desk)
				}
				if desk != (deskFlags{}) {
					return misuse("shell.usage.deskflag")
				}
				c := model.PostUpdate{}
				var err error
				if c.Audience, err = model.ParseAudience(args[0]); err != nil {
					return err
				}
				if c.State, err = model.ParseUpdateState(args[1]); err != nil {
					return err
				}
				if c.At, err = a.when(at); err != nil {
					return err
				}
				if a.atTerminal() && len(args) == 2 {
					return misuse("shell.usage.few", "Use", cmd.Use)
				}
				if c.Text, err = a.textOf(cmd.Context(), args[2:]); err != nil {
					return err
				}
				return a.write(cmd, c)
			},
		},
		{
			name: "link", room: true, args: "[URL [LABEL]]", max: -1,
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&kind, "kind", "", a.T("shell.flag.linkkind"))
				f.StringVar(&remove, "remove", "", a.T("shell.flag.remove"))
			},
			example: "warroom link https://meet.example.org/incident \"video call\"\nwarroom link --remove 5e0c11d2",
			run:     func(cmd *cobra.Command, args []string) error { return a.link(cmd, args, kind, remove) },
		},
	}
}

func (a *app) link(cmd *cobra.Command, args []string, kind, remove string) error {
	ctx := cmd.Context()
	if len(args) > 0 && (args[0] == "template" || args[0] == "make") {
		if kind != "" || remove != "" {
			return misuse("shell.usage.both", "One", args[0], "Other", "--kind, --remove")
		}
		return a.linkTemplates(cmd, args)
	}
	switch {
	case remove != "" && len(args) > 0:
		return misuse("shell.usage.both", "One", "URL", "Other", "--remove")
	case remove != "":
		return a.with(ctx, model.DoorShell, func(s *session) error {
			v, err := s.chosen(ctx)
			if err != nil {
				return err
			}
			ref, err := findLink(v, remove)
			if err != nil {
				return err
			}
			return s.do(ctx, v.ID, model.RemoveLink{Target: ref})
		})
	case len(args) == 0:
		return a.showLinks(cmd)
	}
	c := model.AddLink{URL: args[0], Label: strings.Join(args[1:], " ")}
	if kind != "" {
		var err error
		if c.Kind, err = model.ParseLinkKind(kind); err != nil {
			return err
		}
	}
	return a.write(cmd, c)
}

// linkTemplates shows the templates of links, sets one or takes one away; or makes the
// links of all of them.
func (a *app) linkTemplates(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	switch {
	case args[0] == "make" && len(args) == 1:
		return a.with(ctx, model.DoorShell, func(s *session) error {
			id, err := s.choose(ctx)
			if err != nil {
				return err
			}
			return s.do(ctx, id, model.MakeLinks{Key: s.key(id)})
		})
	case len(args) == 1:
		return a.look(ctx, func(s *session) error {
			rules := s.room.Overview().People.LinkTemplates()
			if s.asJSON() {
				out := map[string]string{}
				for _, r := range rules {
					out[string(r.Kind)] = r.URL
				}
				return s.json(map[string]any{"templates": out})
			}
			if len(rules) == 0 {
				s.line(s.T("shell.link.templates.none", "Example", "https://meet.example.org/{key}"))
			}
			for _, r := range rules {
				s.line(s.T("shell.link.template", "Kind", string(r.Kind), "URL", r.URL))
			}
			return nil
		})
	case args[0] == "make" || len(args) != 3:
		return misuse("shell.usage.template")
	}
	kind, err := model.ParseLinkKind(args[1])
	if err != nil {
		return err
	}
	set, said := model.SetLinkTemplate{Kind: kind, URL: args[2]}, "shell.link.template.set"
	if args[2] == "none" {
		set.URL, said = "", "shell.link.template.gone"
	}
	return a.with(ctx, model.DoorShell, func(s *session) error {
		return s.doAndSay(ctx, set, s.T(said, "Kind", kind.Phrase()))
	})
}

// findLink finds a link by its address or the beginning of its reference.
func findLink(v *model.View, typed string) (model.Ref, error) {
	for _, l := range v.Links {
		if l.URL == typed || len(typed) >= 4 && strings.HasPrefix(l.Ref.Hash.String(), strings.ToLower(typed)) {
			return l.Ref, nil
		}
	}
	return model.Ref{}, model.Refuse(model.CodeLinkUnknown)
}

func (a *app) showLinks(cmd *cobra.Command) error {
	return a.look(cmd.Context(), func(s *session) error {
		v, err := s.chosen(cmd.Context())
		if err != nil {
			return err
		}
		if s.asJSON() {
			in := report.Of(v, s.report(s.room))
			return s.json(map[string]any{"key": in.Key, "links": in.Links})
		}
		if len(v.Links) == 0 {
			s.tell(s.T("shell.links.none"))
		}
		for _, l := range s.links(v) {
			s.line(l)
		}
		return nil
	})
}
