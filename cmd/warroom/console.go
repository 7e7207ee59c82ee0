package main

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
)

// runConsole opens the console, or prints the room's status where there is no
// terminal to show one on.
func (a *app) runConsole(cmd *cobra.Command, _ []string) error {
	return a.look(cmd.Context(), func(s *session) error { return s.summary(cmd.Context()) })
}

// summary is the whole room without a screen.
func (s *session) summary(ctx context.Context) error {
	open := s.room.Overview().OpenRows()
	if s.asJSON() || len(open) != 1 {
		return s.list(false)
	}
	v, err := s.room.Incident(ctx, open[0].ID)
	if err != nil {
		return err
	}
	s.showIncident(v, 10)
	return nil
}

func (a *app) console(ctx context.Context, s *session, demo bool) error { return s.summary(ctx) }

var _ = model.DoorConsole
