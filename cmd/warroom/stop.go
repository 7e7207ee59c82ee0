package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/attach"
)

// stop ends this user's room process, or the one at a socket that was named. With
// again it comes back, for a new build of the program.
func (a *app) stop(ctx context.Context, again bool) error {
	c, r, err := a.dial(ctx)
	if errors.Is(err, attach.ErrNone) {
		a.line(a.T("shell.stop.none"))
		return nil
	}
	if err != nil {
		return err
	}
	rem := &remote{a, c}
	err = rem.end(ctx, again)
	c.Close()
	if err != nil {
		return err
	}
	if again && r.own {
		c, err := a.attached(ctx, "")
		if err != nil {
			return err
		}
		c.Close()
		a.line(a.T("shell.stop.again"))
		return nil
	}
	a.line(a.T("shell.stop.done"))
	return nil
}

// end has the room process end, and waits until it has: until it has let go of the
// connection, and of the store where that is this user's own.
func (r *remote) end(ctx context.Context, again bool) error {
	dir, holder := "", 0
	if at, err := r.reach(); err == nil && at.own {
		if dir, err = r.storeDir(); err != nil {
			return err
		}
		if holder, err = storage.Holder(dir); err != nil {
			return err
		}
	}
	args := []string{"shutdown"}
	if again {
		args = append(args, "--again")
	}
	code, err := r.run(ctx, errand{args: args})
	if err != nil && !errors.Is(err, attach.ErrGone) {
		return err
	}
	if code != exitDone {
		return exit(code)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*endTime)
	defer cancel()
	slow := refuse("shell.stop.slow")
	if r.conn.Wait(ctx) != nil {
		return slow
	}
	for holder != 0 {
		now, err := storage.Holder(dir)
		if err != nil || now != holder {
			return err
		}
		select {
		case <-ctx.Done():
			return slow
		case <-time.After(startPause):
		}
	}
	return nil
}

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
		shutdown,
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

// hostKeyFile holds the key by which those who come over SSH know this room.
const hostKeyFile = "ssh_host_ed25519_key"

// boolFlag is the one flag of a verb that is not for people.
func boolFlag(to *bool, name string) func(*pflag.FlagSet) {
	return func(f *pflag.FlagSet) { f.BoolVar(to, name, false, "") }
}
