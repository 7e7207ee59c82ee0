package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
)

// insideVerbs are what a room process does for verbs of other processes: parts of
// what those do at the terminal. They are not for people.
func (a *app) insideVerbs() []verb {
	var again bool
	hidden := func(v verb) verb {
		v.hidden, v.room = true, true
		return v
	}
	shutdown := hidden(verb{name: "shutdown", max: 0, run: func(*cobra.Command, []string) error {
		if a.door == nil {
			return refuse("shell.door.inside")
		}
		if err := a.door.thisMachine(); err != nil {
			return err
		}
		a.door.doorman.ask(again)
		return nil
	}})
	shutdown.flags = boolFlag(&again, "again")
	return []verb{
		shutdown, a.publishingVerb(), a.peeringVerb(), a.recoveringVerb(), a.bundleParts()[0], a.bundleParts()[1],
		hidden(verb{name: "summary", max: 0, run: func(cmd *cobra.Command, _ []string) error {
			return a.look(cmd.Context(), func(s *session) error { return s.summary(cmd.Context()) })
		}}),
		hidden(verb{name: "which", max: 0, run: func(cmd *cobra.Command, _ []string) error {
			return a.look(cmd.Context(), func(s *session) error {
				id, err := s.choose(cmd.Context())
				if err == nil {
					s.line(id.LongKey() + " " + s.key(id))
				}
				return err
			})
		}}),
		hidden(verb{name: "line", args: "ENTRY", min: 1, max: 1, run: func(cmd *cobra.Command, args []string) error {
			return a.look(cmd.Context(), func(s *session) error {
				v, err := s.chosen(cmd.Context())
				if err != nil {
					return err
				}
				line, err := v.FindEntry(args[0])
				if err == nil {
					s.line(s.logLine(line))
				}
				return err
			})
		}}),
		hidden(verb{name: "ran", max: 0, reads: always, run: func(cmd *cobra.Command, _ []string) error {
			raw, err := a.readInput(cmd.Context(), maxErrand)
			if err != nil {
				return err
			}
			var w model.Write
			if err := json.Unmarshal(raw, &w); err != nil || w.Run == nil {
				return misuse("shell.door.inside")
			}
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
				id, err := s.choose(cmd.Context())
				if err != nil {
					return err
				}
				_, err = s.room.Do(cmd.Context(), s.who, id, w)
				return err
			})
		}}),
		hidden(verb{name: "checkup", max: 0, run: func(*cobra.Command, []string) error {
			if a.door == nil {
				return refuse("shell.door.inside")
			}
			if err := a.door.thisMachine(); err != nil {
				return err
			}
			return a.json(a.door.doorman.checkup())
		}}),
	}
}

func always([]string) bool { return true }

// logged has the room process write what a command did, and says whether one did.
func (r *remote) logged(ctx context.Context, key string, w model.Write) error {
	raw, err := json.Marshal(w)
	if err != nil {
		return err
	}
	code, err := r.run(ctx, errand{args: []string{"ran", "-i", key}, in: bytes.NewReader(raw)})
	if err == nil && code != exitDone {
		err = exit(code)
	}
	return err
}

// boolFlag is the one flag of a verb that is not for people.
func boolFlag(to *bool, name string) func(*pflag.FlagSet) {
	return func(f *pflag.FlagSet) { f.BoolVar(to, name, false, "") }
}
