package main

import (
	"context"
	"encoding/base64"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	gossh "golang.org/x/crypto/ssh"

	"warroom/model"
)

// memberVerbs say who is a member of the room, and by which ways they come in.
func (a *app) memberVerbs() []verb {
	var access, key, login string
	var let letting
	return []verb{{
		name: "member", args: "[add|remove|approve|refuse NAME | access NAME ACCESS | drop NAME WAY | waiting]", max: -1,
		room: true, reads: dashKey(a), // through a door the key is read from standard input alone
		errand: func(cmd *cobra.Command, args []string, r *remote) error {
			if len(args) > 1 && args[0] == "approve" && !let.yes {
				return let.there(cmd.Context(), r, args[1:])
			}
			return a.memberThere(cmd, args, r)
		},
		values: []string{"add", "access", "remove", "drop", "waiting", "approve", "refuse"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&access, "access", "", a.T("shell.flag.access"))
			f.StringVar(&key, "key", "", a.T("shell.flag.memberkey"))
			f.StringVar(&login, "user", "", a.T("shell.flag.memberuser"))
			let.flags(a, f)
		},
		example: "warroom member\nwarroom member add ana --key ana.pub\nwarroom member add bob --user bob --access observer\nwarroom member access bob responder\nwarroom member remove bob\nwarroom member waiting\nwarroom member approve bea",
		run: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.look(cmd.Context(), func(s *session) error { return s.members() })
			}
			if atTheDoor(args[0]) {
				return let.run(a, cmd, args)
			}
			m := membering{access: access, login: login}
			if key != "" {
				wire, comment, err := a.publicKey(cmd.Context(), key)
				if err != nil {
					return err
				}
				m.key, m.comment = wire, comment
			}
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error { return s.member(cmd, args, m) })
		},
	}}
}

// membering is what a change of a member brings along.
type membering struct {
	access  string
	login   string
	key     []byte
	comment string
}

// maxPublicKey bounds a file with one public key, in bytes.
const maxPublicKey = 32 << 10

// dashKey says that the key comes on standard input.
func dashKey(a *app) func([]string) bool {
	return func([]string) bool {
		for i, arg := range a.args {
			if arg == "--key=-" || arg == "--key" && i+1 < len(a.args) && a.args[i+1] == "-" {
				return true
			}
		}
		return false
	}
}

// publicKey reads a public key from a file, or from standard input for -.
func (a *app) publicKey(ctx context.Context, file string) ([]byte, string, error) {
	var raw []byte
	var err error
	if file == "-" {
		raw, err = a.readInput(ctx, maxPublicKey)
	} else if err = a.onlyHere("--key"); err == nil {
		if raw, err = os.ReadFile(file); err != nil {
			return nil, "", unreadable(file, err)
		}
	}
	if err != nil {
		return nil, "", err
	}
	if len(raw) > maxPublicKey {
		return nil, "", refuse("shell.member.key", "File", file)
	}
	key, comment, _, _, err := gossh.ParseAuthorizedKey(raw)
	if err != nil {
		return nil, "", &problem{phrase: model.Say("shell.member.key", "File", file), cause: err}
	}
	return key.Marshal(), comment, nil
}

// memberThere reads the key, where one is named, and sends it on.
func (a *app) memberThere(cmd *cobra.Command, _ []string, r *remote) error {
	e := errand{args: r.roomArgs()}
	file, err := cmd.Flags().GetString("key")
	if err != nil {
		return err
	}
	if file != "" {
		wire, comment, err := a.publicKey(cmd.Context(), file)
		if err != nil {
			return err
		}
		e.args = withKey(e.args)
		line := keyType(wire) + " " + base64.StdEncoding.EncodeToString(wire) + " " + comment + "\n"
		e.in = strings.NewReader(line)
	}
	code, err := r.run(cmd.Context(), e)
	if err != nil {
		return err
	}
	return ended(code)
}

func keyType(wire []byte) string {
	key, err := gossh.ParsePublicKey(wire)
	if err != nil {
		return ""
	}
	return key.Type()
}

// withKey has the key come on standard input.
func withKey(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "--key":
			i++
		case strings.HasPrefix(arg, "--key="):
		default:
			out = append(out, arg)
		}
	}
	return append(out, "--key", "-")
}

// member changes who is a member.
func (s *session) member(cmd *cobra.Command, args []string, m membering) error {
	ctx := cmd.Context()
	few := func(n int) error {
		if len(args) < n {
			return misuse("shell.usage.few", "Use", cmd.Use)
		}
		return nil
	}
	switch args[0] {
	case "add":
		if err := few(2); err != nil {
			return err
		}
		return s.addMember(ctx, strings.Join(args[1:], " "), m)
	case "access":
		if err := few(3); err != nil {
			return err
		}
		access, err := model.ParseAccess(args[len(args)-1])
		if err != nil {
			return err
		}
		who, err := s.room.Overview().People.Find(strings.Join(args[1:len(args)-1], " "))
		if err != nil {
			return err
		}
		return s.changeMember(ctx, who, model.SetAccess{Person: who, Access: access})
	case "remove":
		if err := few(2); err != nil {
			return err
		}
		who, err := s.room.Overview().People.Find(strings.Join(args[1:], " "))
		if err != nil {
			return err
		}
		return s.changeMember(ctx, who, model.RevokeMember{Person: who})
	case "drop":
		if err := few(3); err != nil {
			return err
		}
		who, err := s.room.Overview().People.Find(strings.Join(args[1:len(args)-1], " "))
		if err != nil {
			return err
		}
		for _, w := range s.room.Overview().People.Ways(who) {
			if strings.HasPrefix(w.Ref.Hash.String(), args[len(args)-1]) || wayText(w) == args[len(args)-1] {
				return s.changeMember(ctx, who, model.DropWay{Person: who, Way: w.Ref})
			}
		}
		return refuse("shell.member.way", "Way", args[len(args)-1])
	}
	return misuse("shell.member.word", "Word", args[0])
}

// addMember admits somebody, where they are no member, and adds the ways that were
// given.
func (s *session) addMember(ctx context.Context, name string, m membering) error {
	access := model.Responder
	if m.access != "" {
		var err error
		if access, err = model.ParseAccess(m.access); err != nil {
			return err
		}
	}
	ways, err := m.ways()
	if err != nil {
		return err
	}
	known, ok := s.room.Overview().People.Named(name)
	if !ok || !known.Member() {
		if _, err := s.room.Do(ctx, s.who, model.Scope{}, model.AdmitMember{Name: name, Access: access}); err != nil {
			return err
		}
		if known, ok = s.room.Overview().People.Named(name); !ok {
			return model.Refuse(model.CodePersonUnknown, "Person", name)
		}
	} else if len(ways) == 0 {
		return model.Refuse(model.CodeMemberAlready, "Person", known.ID, "Access", known.Access.Phrase())
	}
	for _, w := range ways {
		w.Person = known.ID
		if _, err := s.room.Do(ctx, s.who, model.Scope{}, w); err != nil {
			return err
		}
	}
	return s.tellMember(known.ID)
}

// ways are those that a person is to come in by.
func (m membering) ways() ([]model.AddWay, error) {
	var out []model.AddWay
	if m.key != nil {
		out = append(out, model.AddWay{Key: m.key, Comment: m.comment})
	}
	if m.login != "" {
		n := strings.TrimPrefix(m.login, "uid")
		if u, err := user.Lookup(m.login); err == nil {
			n = u.Uid
		}
		uid, err := strconv.ParseUint(n, 10, 32)
		if err != nil {
			return nil, refuse("shell.member.user", "Login", m.login)
		}
		out = append(out, model.AddWay{Machine: machineOf(), UID: uint32(uid), Login: m.login})
	}
	return out, nil
}

func (s *session) changeMember(ctx context.Context, who model.PersonID, c model.Command) error {
	if _, err := s.room.Do(ctx, s.who, model.Scope{}, c); err != nil {
		return err
	}
	return s.tellMember(who)
}

// memberRow is a member, for a program.
type memberRow struct {
	Person string   `json:"person"`
	Name   string   `json:"name"`
	Access string   `json:"access"`
	Ways   []wayRow `json:"ways"`
}

type wayRow struct {
	Way      string `json:"way"`
	Kind     string `json:"kind"`
	Text     string `json:"text,omitempty"`
	Key      string `json:"fingerprint,omitempty"`
	UID      uint32 `json:"uid,omitempty"`
	Disputed bool   `json:"disputed,omitempty"`
}

func (s *session) memberRow(p model.Person) memberRow {
	row := memberRow{p.ID.String(), p.Name, p.Access.String(), []wayRow{}}
	for _, w := range s.room.Overview().People.Ways(p.ID) {
		r := wayRow{Way: w.Ref.Hash.String(), Kind: "uid", Text: w.Text, UID: w.UID, Disputed: w.Disputed}
		if isKey(w) {
			r.Kind = "key"
			if key, err := gossh.ParsePublicKey(w.Key); err == nil {
				r.Key = gossh.FingerprintSHA256(key)
			}
		}
		row.Ways = append(row.Ways, r)
	}
	return row
}

// wayText is a way in a few words.
func wayText(w model.Way) string {
	if !isKey(w) {
		return w.Text
	}
	key, err := gossh.ParsePublicKey(w.Key)
	if err != nil {
		return w.Text
	}
	return strings.TrimSpace(gossh.FingerprintSHA256(key) + " " + w.Text)
}

// tellMember says how one member stands now.
func (s *session) tellMember(who model.PersonID) error {
	p, _ := s.room.Overview().People.Person(who)
	if s.asJSON() {
		return s.json(s.memberRow(p))
	}
	s.memberLines(p)
	return nil
}

// members lists the members, and the ways by which each comes in.
func (s *session) members() error {
	people := s.room.Overview().People
	if s.asJSON() {
		rows := []memberRow{}
		for _, p := range people.Members() {
			rows = append(rows, s.memberRow(p))
		}
		return s.json(rows)
	}
	for _, p := range people.Members() {
		s.memberLines(p)
	}
	return nil
}

func (s *session) memberLines(p model.Person) {
	s.line(s.T("shell.member.row", "Person", p.ID, "Access", p.Access.Phrase()))
	for _, w := range s.room.Overview().People.Ways(p.ID) {
		key := "shell.member.uid"
		switch {
		case isKey(w):
			key = "shell.member.keyrow"
		case w.Machine != machineOf():
			key = "shell.member.elsewhere"
		}
		line := "  " + s.T(key, "Way", w.Ref.Hash.String(), "Text", wayText(w), "UID", w.UID)
		if w.Disputed {
			line += " " + s.T("shell.member.disputed")
		}
		s.line(line)
	}
}

// isKey tells an ssh key from a uid.
func isKey(w model.Way) bool { return len(w.Key) > 0 }
