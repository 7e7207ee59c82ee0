package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// peopleVerbs say who does what.
func (a *app) peopleVerbs() []verb {
	var me, release, open bool
	var card roleFlags
	return []verb{{
		name: "name", room: true, args: "[NEW]", max: -1, example: "warroom name\nwarroom name ana",
		run: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.look(cmd.Context(), func(s *session) error { return s.called("shell.name.is") })
			}
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
				c := model.RenamePerson{Person: s.who.Person, Name: strings.Join(args, " ")}
				if _, err := s.room.Do(cmd.Context(), s.who, model.Scope{}, c); err != nil {
					return err
				}
				return s.called("shell.name.now")
			})
		},
	}, {
		name: "restrict", room: true, args: "[NAME...]", max: -1,
		flags:   func(f *pflag.FlagSet) { f.BoolVar(&open, "off", false, a.T("shell.flag.unrestrict")) },
		example: "warroom restrict\nwarroom restrict ana bob\nwarroom restrict --off",
		run:     func(cmd *cobra.Command, args []string) error { return a.restrict(cmd, args, open) },
	}, {
		name: "role", room: true, args: "[ROLE [NAME] | list | add NAME | edit ROLE | retire ROLE]", max: -1, values: roleWords(),
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&me, "me", false, a.T("shell.flag.me"))
			f.BoolVar(&release, "release", false, a.T("shell.flag.release"))
			card.register(a, f)
		},
		example: "warroom role\nwarroom role manager --me\nwarroom role tech bob\nwarroom role tech --release\n" +
			"warroom role add \"Database lead\" --duty \"Keeps the databases whole.\" --letter b --word dba",
		run: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && roleActs[args[0]] != nil {
				if me || release {
					return misuse("shell.usage.few", "Use", cmd.Use)
				}
				return roleActs[args[0]](a, cmd, strings.Join(args[1:], " "), card)
			}
			if given := card.given(cmd); given != "" {
				return misuse("shell.role.flag", "Flag", given)
			}
			return a.role(cmd, args, me, release)
		},
	}}
}

// called says as whom this person is known here.
func (s *session) called(key string) error {
	name := s.room.Overview().People.Name(s.who.Person)
	if s.asJSON() {
		return s.json(map[string]string{"person": s.who.Person.String(), "name": name})
	}
	s.line(s.T(key, "Name", name))
	return nil
}

func roleWords() []string {
	out := slices.Sorted(maps.Keys(roleActs))
	for _, c := range model.RoleCards() {
		out = append(out, string(c.Role))
	}
	return out
}

func (a *app) role(cmd *cobra.Command, args []string, me, release bool) error {
	if len(args) == 0 {
		if me || release {
			return misuse("shell.usage.few", "Use", cmd.Use)
		}
		return a.showRoles(cmd, "")
	}
	name := strings.Join(args[1:], " ")
	switch {
	case me && release, me && name != "":
		return misuse("shell.usage.both", "One", "--me", "Other", map[bool]string{true: "--release", false: "NAME"}[release])
	case !me && !release && name == "":
		return a.showRoles(cmd, args[0])
	}
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
		role, err := s.readRole(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		switch {
		case me:
			return s.act(cmd.Context(), model.AssignRole{Role: role, Person: s.who.Person})
		case !release:
			return s.act(cmd.Context(), model.AssignRole{Role: role, Name: name})
		case name == "":
			return s.act(cmd.Context(), model.ReleaseRole{Role: role})
		}
		who, err := s.room.Overview().People.Find(name)
		if err != nil {
			return err
		}
		return s.act(cmd.Context(), model.ReleaseRole{Role: role, Person: who})
	})
}

// readRole reads a role as it was typed: one that may be given, or one that is held in the
// chosen incident.
func (s *session) readRole(ctx context.Context, typed string) (model.Role, error) {
	role, err := s.room.Overview().People.Roles().Parse(typed)
	if err == nil {
		return role, nil
	}
	v, unread := s.chosen(ctx)
	if unread != nil {
		return "", err
	}
	return s.room.Overview().People.Roles().ParseHeld(typed, v)
}

// showRoles lists the roles and who holds them, or tells of the one that was typed.
func (a *app) showRoles(cmd *cobra.Command, typed string) error {
	return a.look(cmd.Context(), func(s *session) error {
		var one model.Role
		var err error
		if typed != "" {
			if one, err = s.readRole(cmd.Context(), typed); err != nil {
				return err
			}
		}
		v, err := s.chosen(cmd.Context())
		if err != nil {
			return err
		}
		if s.asJSON() {
			in := report.Of(v, s.report(s.room))
			holders := []report.Holder{}
			for _, h := range in.Roles {
				if one == "" || h.Role == string(one) {
					holders = append(holders, h)
				}
			}
			return s.json(map[string]any{"key": in.Key, "roles": holders})
		}
		if one == "" {
			for _, l := range s.roles(v, true) {
				s.line(l)
			}
			return nil
		}
		var names []model.Phrase
		for _, h := range v.Holders(one) {
			names = append(names, model.Say("shell.by", "Person", h.Person))
		}
		value := model.Say("shell.people", "People", names)
		if len(names) == 0 {
			value = model.Say("shell.empty")
		}
		s.line(s.T("shell.role", "Role", one.Phrase(), "People", value))
		if card, _ := s.room.Overview().People.Roles().Card(one); !card.Does().IsZero() {
			s.line(s.words.Say(card.Does()))
		}
		return nil
	})
}

// restrict shows for whom alone an incident is, says so, or opens it to everybody.
func (a *app) restrict(cmd *cobra.Command, names []string, open bool) error {
	if open && len(names) > 0 {
		return misuse("shell.usage.both", "One", "NAME", "Other", "--off")
	}
	if !open && len(names) == 0 {
		return a.look(cmd.Context(), func(s *session) error { return s.restricted(cmd.Context()) })
	}
	return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
		if open {
			return s.act(cmd.Context(), model.Unrestrict{})
		}
		people, err := s.find(names)
		if err != nil {
			return err
		}
		return s.act(cmd.Context(), model.Restrict{People: people})
	})
}

func (s *session) find(names []string) ([]model.PersonID, error) {
	var out []model.PersonID
	for _, name := range names {
		who, err := s.room.Overview().People.Find(name)
		if err != nil {
			return nil, err
		}
		out = append(out, who)
	}
	return out, nil
}

// restricted tells who may see the chosen incident.
func (s *session) restricted(ctx context.Context) error {
	v, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	if s.asJSON() {
		in := report.Of(v, s.report(s.room))
		return s.json(map[string]any{"key": in.Key, "restricted": v.Restricted, "restricted_to": in.Named})
	}
	s.line(s.seenBy(v))
	return nil
}

// seenBy says who may see an incident.
func (s *session) seenBy(v *model.View) string {
	if !v.Restricted {
		return s.T("shell.restrict.none")
	}
	return s.T("shell.restrict.named", "People", v.Named)
}
