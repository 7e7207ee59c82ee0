package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/cmd/internal/paper"
	"warroom/model"
)

// recoveryVerbs keep the key on paper, for when no owner is left.
func (a *app) recoveryVerbs() []verb {
	var p printing
	var name string
	v := verb{
		name: "recovery", args: "print | use", min: 1, max: 1, values: []string{"print", "use"},
		example: "warroom recovery print\nwarroom recovery print --passphrase > recovery.age\nwarroom recovery use",
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&p.sealed, "passphrase", false, a.T("shell.flag.passphrase"))
			f.BoolVarP(&p.yes, "yes", "y", false, a.T("shell.flag.yes"))
			f.StringVar(&name, "name", "", a.T("shell.flag.recoveryname"))
		},
	}
	do := func(cmd *cobra.Command, args []string, room recoverer) error {
		switch args[0] {
		case "print":
			return a.printRecovery(cmd.Context(), p, room)
		case "use":
			return a.useRecovery(cmd.Context(), name, room)
		}
		if paper.Looks(args[0]) {
			return misuse("shell.recovery.argument")
		}
		return misuse("shell.recovery.word", "Word", args[0])
	}
	v.run = func(cmd *cobra.Command, args []string) error {
		return do(cmd, args, func(ctx context.Context, r recovering) (out recovered, err error) {
			err = a.with(ctx, model.DoorShell, func(s *session) error {
				out, err = s.recovering(ctx, r)
				return err
			})
			return out, err
		})
	}
	v.errand = func(cmd *cobra.Command, args []string, r *remote) error { return do(cmd, args, r.recovering) }
	return []verb{v}
}

// printing is how a recovery key is printed.
type printing struct{ sealed, yes bool }

// recovering is the room's part of a verb about the recovery key.
type recovering struct {
	// Do is what to do: state tells whether there is a key, note takes the public half of
	// a new one, use makes this device's person an owner by the key.
	Do     string `json:"do"`
	Device string `json:"device,omitempty"`
	Secret string `json:"secret,omitempty"`
	Name   string `json:"name,omitempty"`
}

// recovered is its answer.
type recovered struct {
	Has    bool   `json:"has"`
	Person string `json:"person,omitempty"`
	Name   string `json:"name,omitempty"`
}

// recoverer does the room's part.
type recoverer func(context.Context, recovering) (recovered, error)

// recovering has the room process do its part.
func (r *remote) recovering(ctx context.Context, what recovering) (out recovered, err error) {
	raw, err := json.Marshal(what)
	if err != nil {
		return out, err
	}
	var said bytes.Buffer
	code, err := r.run(ctx, errand{args: []string{"recovering", "-o", r.flags.format}, in: bytes.NewReader(raw), out: &said})
	if err != nil || code != exitDone {
		return out, errors.Join(err, ended(code))
	}
	return out, json.Unmarshal(said.Bytes(), &out)
}

// recoveringVerb is the room's part. A key is used by whoever runs the process.
func (a *app) recoveringVerb() verb {
	return verb{name: "recovering", max: 0, hidden: true, room: true, reads: always, run: func(cmd *cobra.Command, _ []string) error {
		if a.door == nil {
			return refuse("shell.door.inside")
		}
		if err := a.door.thisMachine(); err != nil {
			return err
		}
		raw, err := a.readInput(cmd.Context(), maxSecret)
		if err != nil {
			return err
		}
		var what recovering
		if err := json.Unmarshal(raw, &what); err != nil {
			return misuse("shell.door.inside")
		}
		return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
			out, err := s.recovering(cmd.Context(), what)
			if err != nil {
				return err
			}
			return s.json(out)
		})
	}}
}

func (s *session) recovering(ctx context.Context, what recovering) (out recovered, err error) {
	_, out.Has = s.room.Overview().People.Recovery()
	switch what.Do {
	case "state":
		return out, nil
	case "note":
		raw, err := hex.DecodeString(what.Device)
		if err != nil || len(raw) != len(model.DeviceKey{}) {
			return out, misuse("shell.door.inside")
		}
		_, err = s.room.Do(ctx, s.who, model.Scope{}, model.SetRecoveryKey{Device: model.DeviceKey(raw)})
		return out, err
	case "use":
		key, err := paper.Parse(what.Secret)
		if err != nil {
			return out, paperProblem(err)
		}
		name := what.Name
		if name == "" {
			name = s.config.Name
		}
		who, err := s.recover(ctx, key, name)
		if err != nil {
			return out, err
		}
		out.Person, out.Name = who.String(), s.itself().Overview().People.Name(who)
		return out, nil
	}
	return out, misuse("shell.door.inside")
}

// printRecovery makes a key, has the room note its public half, and prints the secret:
// here and now, and nowhere else.
func (a *app) printRecovery(ctx context.Context, p printing, room recoverer) error {
	st, err := room(ctx, recovering{Do: "state"})
	if err != nil {
		return err
	}
	if st.Has && !p.yes {
		again := question{ask: "shell.recovery.again", no: "shell.device.no", unasked: "shell.recovery.unasked"}
		if err := a.confirm(ctx, again, func() error { return nil }); err != nil {
			return err
		}
	}
	key, err := paper.New(rand.Reader)
	if err != nil {
		return err
	}
	shown := key.Reveal()
	if p.sealed {
		passphrase, err := a.newPassphrase(ctx)
		if err != nil {
			return err
		}
		if shown, err = key.Seal(passphrase); err != nil {
			return err
		}
	}
	device := key.Device()
	if _, err := room(ctx, recovering{Do: "note", Device: hex.EncodeToString(device[:])}); err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(map[string]string{"recovery_key": shown, "device": device.String()})
	}
	a.note(a.T("shell.recovery.is"))
	a.line(shown)
	if st.Has {
		a.note(a.T("shell.recovery.void"))
	}
	a.note(a.T("shell.recovery.keep"))
	return nil
}

// newPassphrase asks for a passphrase twice.
func (a *app) newPassphrase(ctx context.Context) (string, error) {
	first, err := a.passphrase(ctx, a.T("shell.recovery.passphrase"))
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", refuse("shell.recovery.passphrase.none")
	}
	second, err := a.passphrase(ctx, a.T("shell.recovery.passphrase.again"))
	if err != nil {
		return "", err
	}
	if first != second {
		return "", refuse("shell.recovery.passphrase.other")
	}
	return first, nil
}

// useRecovery reads the key, and has the room make this device's person an owner by it.
func (a *app) useRecovery(ctx context.Context, name string, room recoverer) error {
	typed, err := a.secret(ctx, a.T("shell.recovery.ask"))
	if err != nil {
		return err
	}
	var key paper.Key
	if paper.Sealed(typed) {
		passphrase, err := a.passphrase(ctx, a.T("shell.recovery.passphrase"))
		if err != nil {
			return err
		}
		key, err = paper.Unseal(typed, passphrase)
		if err != nil {
			return paperProblem(err)
		}
	} else if key, err = paper.Parse(typed); err != nil {
		return paperProblem(err)
	}
	out, err := room(ctx, recovering{Do: "use", Secret: key.Reveal(), Name: name})
	if err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(map[string]string{"person": out.Person, "name": out.Name, "access": model.Owner.String()})
	}
	a.line(a.T("shell.recovery.used", "Name", out.Name))
	a.note(a.T("shell.recovery.used.again"))
	return nil
}

// paperProblem says what is wrong with a recovery key.
func paperProblem(err error) error {
	name := "shell.recovery.none"
	switch {
	case errors.Is(err, paper.ErrNewer):
		name = "shell.recovery.newer"
	case errors.Is(err, paper.ErrLength):
		name = "shell.recovery.length"
	case errors.Is(err, paper.ErrMistyped):
		name = "shell.recovery.mistyped"
	case errors.Is(err, paper.ErrPassphrase):
		name = "shell.recovery.passphrase.wrong"
	case errors.Is(err, paper.ErrSealed):
		name = "shell.recovery.sealed"
	}
	return &problem{phrase: model.Say(name), usage: true, cause: err}
}
