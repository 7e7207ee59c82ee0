package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/sync/room"
	"warroom/tui/clean"
)

// deviceVerbs say which devices the members have, and take one out.
func (a *app) deviceVerbs() []verb {
	var yes, about bool
	return []verb{{
		name: "device", args: "[list | revoke DEVICE | mute DEVICE | unmute DEVICE]", max: -1,
		room: true, values: []string{"list", "revoke", "mute", "unmute"},
		flags: func(f *pflag.FlagSet) {
			f.BoolVarP(&yes, "yes", "y", false, a.T("shell.flag.yes"))
			f.BoolVar(&about, "about", false, "")
			_ = f.MarkHidden("about") // it is there
		},
		example: "warroom device\nwarroom device revoke laptop\nwarroom device revoke bea\nwarroom device mute 3f9a21c0",
		errand: func(cmd *cobra.Command, args []string, r *remote) error {
			if len(args) < 2 || args[0] != "revoke" || yes {
				return r.does(cmd.Context(), errand{args: r.roomArgs()})
			}
			return r.askThere(cmd.Context(), "device", revokeQuestion, append([]string{"device", "--about", "revoke", "--"}, args[1:]...)...)
		},
		run: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "list" && len(args) == 1 {
				return a.look(cmd.Context(), func(s *session) error { return s.devices() })
			}
			switch args[0] {
			case "list":
				return misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[1])
			case "revoke", "mute", "unmute":
			default:
				return misuse("shell.device.word", "Word", args[0])
			}
			if len(args) < 2 {
				return misuse("shell.usage.few", "Use", cmd.Use)
			}
			typed := strings.Join(args[1:], " ")
			if args[0] != "revoke" {
				return a.with(cmd.Context(), model.DoorShell, func(s *session) error {
					return s.mute(cmd.Context(), typed, args[0] == "mute")
				})
			}
			if about {
				return a.look(cmd.Context(), func(s *session) error { return s.aboutDevice(typed) })
			}
			return a.revokeDevice(cmd.Context(), typed, yes)
		},
	}}
}

var revokeQuestion = question{ask: "shell.device.ask", no: "shell.device.no", unasked: "shell.device.unasked"}

// revokeDevice asks before it takes a device out: it does not come back.
func (a *app) revokeDevice(ctx context.Context, typed string, yes bool) error {
	if !yes {
		err := a.confirm(ctx, revokeQuestion, func() error {
			return a.look(ctx, func(s *session) error { return s.aboutDevice(typed) })
		})
		if err != nil {
			return err
		}
	}
	return a.with(ctx, model.DoorShell, func(s *session) error {
		d, err := s.findDevice(typed)
		if err != nil {
			return err
		}
		if _, err := s.room.Do(ctx, s.who, model.Scope{}, model.RevokeDevice{Device: d.Key}); err != nil {
			return err
		}
		if s.asJSON() {
			return s.tellDevice(d.Key)
		}
		s.line(s.T("shell.device.revoked", "Device", s.deviceName(d)))
		s.line(s.words.N("shell.device.stay", s.acts(d.Key)))
		return nil
	})
}

// mute has all rooms fetch nothing more that a device writes, or again.
func (s *session) mute(ctx context.Context, typed string, muted bool) error {
	d, err := s.findDevice(typed)
	if err != nil {
		return err
	}
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, model.MuteDevice{Device: d.Key, Muted: muted}); err != nil {
		return err
	}
	if s.asJSON() {
		return s.tellDevice(d.Key)
	}
	said := "shell.device.unmuted"
	if muted {
		said = "shell.device.muted"
	}
	s.line(s.T(said, "Device", s.deviceName(d)))
	return nil
}

// keyShown is how many letters of a device's key are shown: enough to tell those of a
// team apart, and to name one.
const keyShown = 8

// deviceName is a device by its name, its person and the beginning of its key.
func (s *session) deviceName(d model.Device) string {
	key := d.Key.String()[:keyShown]
	switch who := s.room.Overview().People.Name(d.Person); {
	case d.Person.IsZero():
		return cmp.Or(d.Name, key)
	case d.Name == "":
		return s.T("shell.device.of", "Person", who, "Key", key)
	default:
		return s.T("shell.device.named", "Name", d.Name, "Person", who, "Key", key)
	}
}

// findDevice reads a device as a person typed it: its name or the beginning of its key,
// or a person who has one device. One that is out is found where no other is meant.
func (s *session) findDevice(typed string) (model.Device, error) {
	people := s.room.Overview().People
	want := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(typed), "@"))
	in := slices.DeleteFunc(slices.Clone(people.AllDevices()), func(d model.Device) bool { return !d.Standing.Linked() })
	for _, all := range [][]model.Device{in, people.AllDevices()} {
		for _, fits := range []func(d model.Device) bool{
			func(d model.Device) bool { return strings.ToLower(d.Name) == want },
			func(d model.Device) bool { return len(want) >= 4 && strings.HasPrefix(d.Key.String(), want) },
			func(d model.Device) bool { return strings.ToLower(people.Name(d.Person)) == want },
			func(d model.Device) bool { return d.Name != "" && strings.HasPrefix(strings.ToLower(d.Name), want) },
		} {
			var found []model.Device
			for _, d := range all {
				if want != "" && fits(d) {
					found = append(found, d)
				}
			}
			switch len(found) {
			case 0:
				continue
			case 1:
				return found[0], nil
			}
			var names []string
			for _, d := range found {
				names = append(names, s.deviceName(d))
			}
			return model.Device{}, refuse("shell.device.ambiguous", "Device", typed, "Names", strings.Join(names, ", "))
		}
	}
	return model.Device{}, refuse("shell.device.unknown", "Device", typed)
}

// acts counts what a device wrote and is held here.
func (s *session) acts(key model.DeviceKey) int { return actsOf(s.itself(), key) }

func actsOf(r *room.Room, key model.DeviceKey) int {
	n := 0
	for _, b := range r.Lines() {
		if b.Device == key && b.Kind == model.ContentLog {
			n += int(b.Tip.Seq - max(b.Base, 1)) // the first one opens the log
		}
	}
	return n
}

// aboutDevice says what it would mean to take a device out.
func (s *session) aboutDevice(typed string) error {
	d, err := s.findDevice(typed)
	if err != nil {
		return err
	}
	s.line(s.T("shell.device.about", "Device", s.deviceName(d)))
	s.line(s.words.N("shell.device.stay", s.acts(d.Key)))
	if d.Key == s.itself().Device() {
		s.tell(s.T("shell.device.about.this"))
	}
	return nil
}

// deviceRow is a device, for a program.
type deviceRow struct {
	Device   string `json:"device"`
	Name     string `json:"name,omitempty"`
	Person   string `json:"person,omitempty"`
	Of       string `json:"person_name,omitempty"`
	Standing string `json:"standing"`
	This     bool   `json:"this,omitempty"`
	Service  bool   `json:"service,omitempty"`
	Muted    bool   `json:"muted,omitempty"`
}

func (s *session) deviceRow(d model.Device) deviceRow {
	row := deviceRow{
		Device: d.Key.String(), Name: d.Name, Standing: standingName(d.Standing), This: d.Key == s.itself().Device(),
		Service: d.Service, Muted: d.Muted,
	}
	if !d.Person.IsZero() {
		row.Person, row.Of = d.Person.String(), s.room.Overview().People.Name(d.Person)
	}
	return row
}

// standingName names a standing, for programs and as the end of a key.
func standingName(st model.Standing) string {
	switch st {
	case model.Reads:
		return "reads"
	case model.Writes:
		return "writes"
	case model.Out:
		return "out"
	}
	return "stranger"
}

// tellDevice says how one device stands now, to a program.
func (s *session) tellDevice(key model.DeviceKey) error {
	d, _ := s.room.Overview().People.Device(key)
	return s.json(s.deviceRow(d))
}

// devices lists the devices of all people.
func (s *session) devices() error {
	all := s.room.Overview().People.AllDevices()
	if s.asJSON() {
		rows := []deviceRow{}
		for _, d := range all {
			rows = append(rows, s.deviceRow(d))
		}
		return s.json(rows)
	}
	if len(all) == 0 {
		s.tell(s.T("shell.device.none"))
		return nil
	}
	people, name, person := s.room.Overview().People, 0, 0
	for _, d := range all {
		name = max(name, clean.Width(clean.Line(d.Name)))
		person = max(person, clean.Width(clean.Line(people.Name(d.Person))))
	}
	const widest = 24
	for _, d := range all {
		cols := []string{clean.Fit(clean.Line(people.Name(d.Person)), min(person, widest))}
		if name > 0 {
			cols = append(cols, clean.Fit(clean.Line(d.Name), min(name, widest)))
		}
		cols = append(cols, d.Key.String()[:keyShown], clean.Fit(s.T("shell.device.standing."+standingName(d.Standing)), 8))
		for _, mark := range []struct {
			is  bool
			key string
		}{{d.Key == s.itself().Device(), "shell.device.this"}, {d.Service, "shell.device.service"}, {d.Muted, "shell.device.mark.muted"}} {
			if mark.is {
				cols = append(cols, s.T(mark.key))
			}
		}
		s.line(strings.TrimRight(strings.Join(cols, "  "), " "))
	}
	return nil
}
