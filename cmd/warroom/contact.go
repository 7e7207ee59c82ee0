package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/cmd/internal/zones"
	"warroom/model"
)

// contactVerbs say how people are reached.
func (a *app) contactVerbs() []verb {
	var phone, mail, chat, zone, hours string
	return []verb{{
		name: "contact", room: true, args: "[NAME]", max: -1,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&phone, "phone", "", a.T("shell.flag.phone"))
			f.StringVar(&mail, "mail", "", a.T("shell.flag.mail"))
			f.StringVar(&chat, "chat", "", a.T("shell.flag.chat"))
			f.StringVar(&zone, "zone", "", a.T("shell.flag.zone"))
			f.StringVar(&hours, "hours", "", a.T("shell.flag.hours"))
		},
		example: "warroom contact\nwarroom contact bob --phone \"+49 30 1234567\" --zone Europe/Berlin --hours \"9 to 17\"",
		run: func(cmd *cobra.Command, args []string) error {
			c := model.SetContact{Name: strings.Join(args, " ")}
			given := false
			for name, into := range map[string]struct {
				from *string
				to   **string
			}{
				"phone": {&phone, &c.Phone}, "mail": {&mail, &c.Mail}, "chat": {&chat, &c.Chat}, "zone": {&zone, &c.Zone}, "hours": {&hours, &c.Hours},
			} {
				if cmd.Flags().Changed(name) {
					*into.to, given = into.from, true
				}
			}
			if zone != "" {
				if at, err := time.LoadLocation(zone); err != nil || at == time.Local {
					if n := zones.Nearest(zone); n != "" {
						return refuse("shell.contact.nozone.nearest", "Zone", zone, "Nearest", n)
					}
					return refuse("shell.contact.nozone", "Zone", zone)
				}
			}
			switch {
			case given && c.Name == "":
				return misuse("shell.usage.few", "Use", cmd.Use)
			case !given:
				return a.look(cmd.Context(), func(s *session) error { return s.contacts(c.Name) })
			}
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
				if who, err := s.room.Overview().People.Find(c.Name); err == nil {
					c.Person = who
				} else if model.CodeOf(err) == model.CodePersonAmbiguous {
					return err
				}
				if _, err := s.room.Do(cmd.Context(), s.who, model.Scope{}, c); err != nil {
					return err
				}
				return s.contacts(c.Name)
			})
		},
	}}
}

// contactRow is a contact card, for a program.
type contactRow struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty"`
	Mail   string `json:"mail,omitempty"`
	Chat   string `json:"chat,omitempty"`
	Zone   string `json:"zone,omitempty"`
	Hours  string `json:"hours,omitempty"`
}

// contacts shows the card of somebody, or all there are.
func (s *session) contacts(name string) error {
	people := s.room.Overview().People
	shown := people.Contacts()
	if name != "" {
		who, err := people.Find(name)
		if err != nil {
			return err
		}
		p, _ := people.Person(who)
		shown = []model.Person{p}
	}
	if s.asJSON() {
		rows := []contactRow{}
		for _, p := range shown {
			c := people.Contact(p.ID)
			rows = append(rows, contactRow{p.ID.String(), p.Name, c.Phone, c.Mail, c.Chat, c.Zone, c.Hours})
		}
		return s.json(map[string]any{"contacts": rows})
	}
	if len(shown) == 0 {
		s.tell(s.T("shell.contact.none"))
	}
	for _, p := range shown {
		card := cardLines(people.Contact(p.ID))
		if len(card) == 0 {
			s.line(s.T("shell.contact.empty", "Person", p.ID))
			continue
		}
		s.line(s.T("shell.contact.row", "Person", p.ID, "Card", card))
	}
	return nil
}

// cardLines are what is on a contact card.
func cardLines(c model.Contact) (out []model.Phrase) {
	for _, l := range []struct{ key, value string }{
		{"shell.contact.phone", c.Phone}, {"shell.contact.mail", c.Mail}, {"shell.contact.chat", c.Chat},
		{"shell.contact.zone", c.Zone}, {"shell.contact.hours", c.Hours},
	} {
		if l.value != "" {
			out = append(out, model.Say("shell.contact.line", "Name", model.Say(l.key), "Value", l.value))
		}
	}
	return out
}
