package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/alertmanager"
	"warroom/model/report"
)

// alertVerbs take what monitoring says.
func (a *app) alertVerbs() []verb {
	return []verb{{
		name: "alert", room: true, reads: a.alertReads, errand: a.alertThere, args: "[FILE | -]", max: 1,
		example: "warroom alert body.json\nwarroom alert - < body.json",
		run: func(cmd *cobra.Command, args []string) error {
			body, err := a.body(cmd.Context(), args)
			if err != nil {
				return err
			}
			n, err := alertmanager.Parse(body)
			if err != nil {
				return err
			}
			a.carries = carried{any: true, lost: "shell.alert.locked"}
			return a.with(cmd.Context(), model.DoorAlert, func(s *session) error { return s.receive(cmd.Context(), n) })
		},
	}}
}

// body reads a webhook body: one byte over the limit is enough to refuse it.
func (a *app) body(ctx context.Context, args []string) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		return a.readInput(ctx, alertmanager.MaxBody)
	}
	if err := a.onlyHere("FILE"); err != nil {
		return nil, err
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, unreadable(args[0], err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, alertmanager.MaxBody+1))
	if err != nil {
		return nil, unreadable(args[0], err)
	}
	return raw, nil
}

func unreadable(file string, err error) error {
	return &problem{phrase: model.Say("shell.unreadable", "File", file, "Cause", root(err)), cause: err}
}

// receive gives the alerts to the room and says what became of them.
func (s *session) receive(ctx context.Context, n alertmanager.Notification) error {
	c := model.ReceiveAlerts{Group: n.Group, Title: n.Title, Truncated: n.Truncated}
	suggested := model.Unset
	for _, al := range n.Alerts {
		signal := al.Signal(s.config.AlertSeverity)
		c.Signals = append(c.Signals, signal)
		if signal.Firing && signal.Suggested.Worse(suggested) {
			suggested = signal.Suggested
		}
	}
	if n.Truncated > 0 {
		c.Note = s.words.N("shell.alert.truncated", n.Truncated)
	}
	got, err := s.room.Do(ctx, s.who, c.Place(s.room.Overview().Rows, s.who.Sees()), c)
	if err != nil {
		return err
	}
	return s.received(ctx, got, suggested)
}

// alertReceipt is what an alert did, for a program.
type alertReceipt struct {
	receipt
	Suggested string `json:"suggested_severity,omitempty"`
}

func (s *session) received(ctx context.Context, got model.Receipt, suggested model.Level) error {
	var v *model.View
	if !got.Incident.IsZero() {
		var err error
		if v, err = s.room.Incident(ctx, got.Incident); err != nil {
			return err
		}
	}
	if s.asJSON() {
		out := alertReceipt{receipt: receipt{Opened: got.Opened, Changed: !got.Nothing(), Lines: []report.Entry{}}}
		if v != nil {
			out.Incident = &reference{v.ID.String(), model.KeyPrefix + s.key(v.ID)}
			for _, l := range touched(v, got.Refs) {
				out.Lines = append(out.Lines, report.Line(l, s.report(s.room)))
			}
		}
		if suggested != model.Unset {
			out.Suggested = suggested.String()
		}
		return s.json(out)
	}
	switch {
	case got.Nothing() && v == nil:
		s.tell(s.T("shell.alert.unknown"))
		return nil
	case got.Nothing():
		s.line(s.T("shell.alert.nothing", "Key", s.key(v.ID), "Title", v.Title.Value))
		return nil
	case got.Opened:
		s.line(s.T("shell.alert.opened", "Key", s.key(v.ID), "Title", v.Title.Value))
	default:
		s.line(s.T("shell.alert.attached", "Key", s.key(v.ID), "Title", v.Title.Value))
	}
	for _, l := range touched(v, got.Refs) {
		s.line("  " + s.sentence(l))
	}
	if suggested != model.Unset && suggested.Worse(v.Severity.Value) {
		s.line(s.T("shell.alert.suggests", "Key", s.key(v.ID), "Severity", suggested.String()))
	}
	return nil
}
