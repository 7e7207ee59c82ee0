package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/oncall"
	"warroom/model/report"
)

// pageVerbs page people, and say what became of it.
func (a *app) pageVerbs() []verb {
	var say, record string
	var wait time.Duration
	var stop bool
	return []verb{{
		name: "page", room: true, args: "[WHO]", max: -1,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&say, "say", "", a.T("shell.flag.pagesay"))
			f.DurationVar(&wait, "wait", 0, a.T("shell.flag.pagewait"))
			f.StringVar(&record, "record", "", a.T("shell.flag.pagerecord"))
			f.BoolVar(&stop, "stop", false, a.T("shell.flag.pagestop"))
		},
		example: "warroom page bob\nwarroom page rota web --say \"Checkout is down\"\nwarroom page --record reached 5e0c11d2 \"is in the car\"\nwarroom page --stop",
		run: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			switch {
			case record != "" && stop:
				return misuse("shell.usage.both", "One", "--record", "Other", "--stop")
			case record != "":
				result, err := model.ParsePageResult(record)
				if err != nil {
					return err
				}
				if len(args) == 0 {
					return misuse("shell.page.few")
				}
				return a.with(ctx, model.DoorShell, func(s *session) error {
					return s.recordPage(ctx, args[0], result, strings.Join(args[1:], " "))
				})
			case stop:
				return a.with(ctx, model.DoorShell, func(s *session) error { return s.stopPages(ctx) })
			case len(args) == 0:
				return a.look(ctx, func(s *session) error { return s.showPages(ctx) })
			}
			return a.with(ctx, model.DoorShell, func(s *session) error { return s.page(ctx, strings.Join(args, " "), say, wait) })
		},
	}, {
		name: "ack", room: true, max: 0, example: "warroom ack",
		run: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error { return s.acknowledge(cmd.Context()) })
		},
	}}
}

// page pages whom somebody typed. Where no room process runs, the pages are sent from
// here, and waited for.
func (s *session) page(ctx context.Context, who, say string, wait time.Duration) error {
	v, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	c, err := s.book().Ask(who, say, oncall.World{People: s.room.Overview().People, View: v, At: s.Now()})
	if err != nil {
		return err
	}
	if wait != 0 && c.Policy == "" {
		c.Wait = wait
	}
	got, err := s.room.Do(ctx, s.who, v.ID, c)
	if err != nil {
		return err
	}
	if err := s.told(ctx, got); err != nil {
		return err
	}
	return s.pageHere(ctx, v.ID, got.Refs)
}

// recordPage says what became of a page of the chosen incident.
func (s *session) recordPage(ctx context.Context, typed string, result model.PageResult, text string) error {
	v, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	typed = strings.ToLower(typed)
	for _, e := range v.Pages {
		for _, p := range e.Pages {
			if len(typed) >= 4 && (strings.HasPrefix(p.Ref.Hash.String(), typed) || strings.HasPrefix(p.Key.String(), typed)) {
				return s.do(ctx, v.ID, model.RecordPage{Page: p.Ref, Result: result, Text: text})
			}
		}
	}
	return model.Refuse(model.CodePageUnknown)
}

// stopPages ends the newest escalation that lasts.
func (s *session) stopPages(ctx context.Context) error {
	v, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	for i := len(v.Pages) - 1; i >= 0; i-- {
		if !v.Pages[i].Over() {
			return s.do(ctx, v.ID, model.StopPages{Chain: v.Pages[i].Chain})
		}
	}
	return model.Refuse(model.CodePageOver)
}

// acknowledge answers the pages for this person: of the incident that is named, or of
// all that last.
func (s *session) acknowledge(ctx context.Context) error {
	if s.flags.incident != "" || s.getenv("WARROOM_INCIDENT") != "" {
		return s.act(ctx, model.AcknowledgePage{})
	}
	done := false
	for _, row := range s.room.Overview().OpenRows() {
		v, err := s.room.Incident(ctx, row.ID)
		if err != nil {
			return err
		}
		if v.PageFor(s.who.Person) == nil {
			continue
		}
		if err := s.do(ctx, row.ID, model.AcknowledgePage{}); err != nil {
			return err
		}
		done = true
	}
	if done {
		return nil
	}
	// Who may not act at all is told that.
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, model.AcknowledgePage{}); model.CodeOf(err) != model.CodeIncidentNone {
		return err
	}
	return model.Refuse(model.CodePageNone)
}

// showPages lists the pages of the chosen incident.
func (s *session) showPages(ctx context.Context) error {
	v, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	if s.asJSON() {
		in := report.Of(v, s.report(s.room))
		pages := in.Pages
		if pages == nil {
			pages = []report.Page{}
		}
		return s.json(map[string]any{"key": in.Key, "pages": pages})
	}
	if len(v.Pages) == 0 {
		s.tell(s.T("shell.page.none"))
		return nil
	}
	people := s.room.Overview().People
	for _, e := range v.Pages {
		for _, p := range e.Pages {
			who, state := model.Say("shell.page.nobody"), p.Result.Phrase()
			if !p.Person.IsZero() {
				who = model.Say("shell.page.person", "Person", p.Person)
			}
			if p.Result == 0 {
				state = model.Say("page.waiting")
			}
			row := s.T("shell.page.row", "Ref", p.Ref.String(), "Time", time.UnixMilli(p.At), "Person", who, "State", state)
			if p.Duplicate() {
				row += " " + s.T("shell.page.duplicate")
			}
			s.line(row)
			if p.Said != "" {
				s.line(s.T("shell.page.said", "Text", p.Said))
			}
			if card := cardLines(people.Contact(p.Person)); len(card) > 0 && !e.Over() {
				s.line(s.T("shell.page.call", "Contact", card))
			}
		}
	}
	return nil
}
