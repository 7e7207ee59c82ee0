package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/model/report"
)

// severityWords are for completion.
var severityWords = [...]string{"1", "2", "3"}

func (a *app) incidentVerbs() []verb {
	var open struct{ kind, source, severity, detected string }
	var named []string
	var all bool
	lines := 10
	return []verb{
		{
			name: "open", room: true, args: "TITLE", min: 1, max: -1,
			example: "warroom open Checkout answers 5xx in eu-west --severity 1\nwarroom open \"Mail is late\" --detected -12m --source ticket",
			flags: func(f *pflag.FlagSet) {
				f.StringVar(&open.kind, "kind", "", a.T("shell.flag.kind"))
				f.StringVar(&open.source, "source", "", a.T("shell.flag.source"))
				f.StringVar(&open.severity, "severity", "", a.T("shell.flag.severity"))
				f.StringSliceVar(&named, "restrict", nil, a.T("shell.flag.restrict"))
				f.StringVar(&open.detected, "detected", "", a.T("shell.flag.detected"))
			},
			run: func(cmd *cobra.Command, args []string) error {
				c, err := a.opening(strings.Join(args, " "), open.kind, open.source, open.severity, open.detected)
				if err != nil {
					return err
				}
				return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
					if len(named) > 0 {
						people, err := s.find(named)
						if err != nil {
							return err
						}
						c.Restrict = &model.Restrict{People: people}
					}
					return s.do(cmd.Context(), model.Scope{}, c)
				})
			},
		},
		{
			name: "list", room: true,
			flags: func(f *pflag.FlagSet) { f.BoolVarP(&all, "all", "a", false, a.T("shell.flag.all")) },
			run: func(cmd *cobra.Command, _ []string) error {
				return a.look(cmd.Context(), func(s *session) error { return s.list(cmd.Context(), all) })
			},
		},
		{
			name: "status", room: true, example: "warroom status\nwarroom status -i 7F3K --lines 50",
			flags: func(f *pflag.FlagSet) { f.IntVarP(&lines, "lines", "n", lines, a.T("shell.flag.lines")) },
			run: func(cmd *cobra.Command, _ []string) error {
				return a.look(cmd.Context(), func(s *session) error {
					v, err := s.chosen(cmd.Context())
					if err != nil {
						return err
					}
					if s.asJSON() {
						return s.json(report.Of(v, s.report(s.room)))
					}
					s.showIncident(v, lines)
					return nil
				})
			},
		},
		{
			name: "title", room: true, args: "TITLE", min: 1, max: -1,
			run: func(cmd *cobra.Command, args []string) error {
				return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
					return s.act(cmd.Context(), model.SetTitle{Title: strings.Join(args, " ")})
				})
			},
		},
	}
}

// opening reads what an incident begins with.
func (a *app) opening(title, kind, source, severity, detected string) (c model.OpenIncident, err error) {
	c.Title = title
	if c.Kind, err = model.ParseIncidentKind(kind); err != nil {
		return c, err
	}
	if c.Source, err = model.ParseSource(source); err != nil {
		return c, err
	}
	if severity != "" {
		if c.Severity, err = model.ParseLevel(severity); err != nil {
			return c, err
		}
	}
	c.Detected, err = a.when(detected)
	return c, err
}

// list shows the incidents that last, or all.
func (s *session) list(ctx context.Context, all bool) error {
	o := s.room.Overview()
	rows := o.OpenRows()
	if all {
		rows = o.Rows
	}
	if s.asJSON() {
		out := struct {
			Incidents []report.Row `json:"incidents"`
		}{[]report.Row{}}
		options := s.report(s.room)
		for _, r := range rows {
			out.Incidents = append(out.Incidents, report.RowOf(r, options))
		}
		return s.json(out)
	}
	switch {
	case len(rows) == 0 && len(o.Rows) > 0:
		s.line(s.words.N("shell.list.over", len(o.Rows)))
	case len(rows) == 0:
		s.tell(s.T("shell.list.empty"))
	}
	for _, l := range s.table(ctx, rows) {
		s.line(l)
	}
	return nil
}
