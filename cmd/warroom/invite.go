package main

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/invite"
	"warroom/sync/link"
)

// inviting is what an invite is to be.
type inviting struct {
	role, person, note string
	mine, service      bool
	minutes            int
	addresses          []string
}

// inviteVerbs let somebody ask to come in.
func (a *app) inviteVerbs() []verb {
	var i inviting
	return []verb{{
		name: "invite", args: "[ADDRESS... | list | withdraw INVITE]", max: -1, room: true, values: []string{"list", "withdraw"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&i.role, "role", "responder", a.T("shell.flag.role"))
			f.StringVar(&i.person, "for", "", a.T("shell.flag.for"))
			f.BoolVar(&i.mine, "mine", false, a.T("shell.flag.mine"))
			f.BoolVar(&i.service, "service", false, a.T("shell.flag.inviteservice"))
			f.StringVar(&i.note, "note", "", a.T("shell.flag.note"))
			f.IntVar(&i.minutes, "minutes", int(invite.Usual/time.Minute), a.T("shell.flag.minutes"))
		},
		example: "warroom invite\nwarroom invite --role observer --note \"Bea, on call\"\nwarroom invite --mine 10.0.0.2\nwarroom invite list\nwarroom invite withdraw 3f9a21c0",
		run: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0 && args[0] == "list":
				if len(args) > 1 {
					return misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[1])
				}
				return a.look(cmd.Context(), func(s *session) error { return s.invites() })
			case len(args) == 1 && args[0] == "withdraw":
				return misuse("shell.usage.few", "Use", cmd.Use)
			case a.door == nil:
				return a.inviteThere(cmd.Context(), args)
			case len(args) > 0 && args[0] == "withdraw":
				return a.with(cmd.Context(), model.DoorShell, func(s *session) error { return s.withdraw(cmd.Context(), strings.Join(args[1:], "")) })
			}
			i.addresses = args
			return a.with(cmd.Context(), model.DoorShell, func(s *session) error { return s.invite(cmd.Context(), i) })
		},
	}}
}

// inviteThere starts the room process where none runs: whoever is invited comes to that.
func (a *app) inviteThere(ctx context.Context, _ []string) error {
	dir, err := a.storeDir()
	switch {
	case err != nil:
		return err
	case a.flags.solo:
		return refuse("shell.invite.solo")
	case !storage.There(dir):
		return refuse("shell.peers.noroom", "Dir", dir)
	}
	c, err := a.attached(ctx, "")
	if err != nil {
		return err
	}
	defer c.Close()
	r := &remote{a, c}
	return r.does(ctx, errand{args: r.roomArgs()})
}

// invited is an invite, for a program.
type invited struct {
	Invite    string   `json:"invite,omitempty"`
	Token     string   `json:"token"`
	Role      string   `json:"role"`
	Expires   int64    `json:"expires_ms"`
	Addresses []string `json:"addresses,omitempty"`
	By        string   `json:"by,omitempty"`
	Person    string   `json:"person,omitempty"`
	Service   bool     `json:"service,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// invite makes an invite, and prints the one line that is handed over.
func (s *session) invite(ctx context.Context, i inviting) error {
	if err := s.room.Overview().MayAdmit(s.who); err != nil {
		return err // before anything listens
	}
	access, err := model.ParseAccess(i.role)
	if err != nil {
		return err
	}
	var person model.PersonID
	switch {
	case i.mine && i.person != "":
		return misuse("shell.usage.both", "One", "--mine", "Other", "--for")
	case i.mine:
		person = s.who.Person
	case i.person != "":
		if person, err = s.room.Overview().People.Find(i.person); err != nil {
			return err
		}
	}
	if most := int(invite.Longest / time.Minute); i.minutes < 1 || i.minutes > most {
		return misuse("shell.invite.minutes", "Most", most)
	}
	// From here on nothing is restricted any more: it would go to whoever comes in.
	r, done := s.itself(), false
	r.SetLinked(true)
	defer func() {
		if !done {
			r.SetLinked(r.Overview().Peers != nil || goesOut(r))
		}
	}()
	if err := s.unrestricted(r); err != nil {
		return err
	}
	addresses, err := s.invitesTo(i.addresses)
	if err != nil {
		return err
	}
	shell, err := s.peerLinks().wanted(ctx)
	if err != nil {
		return err
	}
	made, err := shell.Invite(link.Invitation{
		Access: access, Person: person, Service: i.service, By: s.who.Person, For: time.Duration(i.minutes) * time.Minute, Addresses: addresses,
	})
	if err != nil {
		return err
	}
	_, err = s.room.Do(ctx, s.who, model.Scope{}, model.MakeInvite{
		Token: made.Token, Access: access, Expires: made.Expires, Person: person, Service: i.service, Note: i.note,
	})
	if err != nil { // nobody has seen it
		return errors.Join(err, shell.Withdraw(made.Token))
	}
	done = true
	until := made.Expires.UnixMilli()
	if s.asJSON() {
		return s.json(invited{
			Invite: made.Text, Token: tokenText(made.Token), Role: access.String(), Expires: until, Addresses: addresses, Service: i.service, Note: i.note,
		})
	}
	s.line(made.Text)
	s.note(s.T("shell.invite.do", "Access", access.Phrase(), "At", until))
	s.note(s.T("shell.invite.words"))
	s.note(s.T("shell.invite.at", "Addresses", addresses))
	return nil
}

// invitesTo are the addresses that stand in an invite: those that were given, else those
// of this machine. Where nothing listens yet, something does from now on.
func (s *session) invitesTo(typed []string) ([]string, error) {
	var out []string
	for _, t := range typed {
		address, ok := t, true
		if !strings.HasPrefix(t, "ssh:") {
			address, ok = peerAddress(t)
		}
		if !ok || strings.HasPrefix(address, ":") || !invite.GoodAddress(address) {
			return nil, misuse("shell.peers.address", "Address", t)
		}
		out = append(out, address)
	}
	if len(out) > invite.MaxAddresses {
		return nil, misuse("shell.invite.many", "Most", invite.MaxAddresses)
	}
	listens, err := s.listening()
	if err != nil {
		return nil, err
	}
	if len(out) > 0 && (len(listens) > 0 || strings.HasPrefix(out[0], "ssh:")) {
		return out, nil
	}
	if len(listens) == 0 {
		if listens, err = s.listenNow(); err != nil {
			return nil, err
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	if out = reachable(listens, ownAddresses()); len(out) == 0 {
		return nil, refuse("shell.invite.nowhere")
	}
	return out, nil
}

// listening are the addresses at which others can come in now.
func (s *session) listening() ([]string, error) {
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	file, err := link.LoadPeers(filepath.Join(dir, link.PeersFile))
	if err != nil {
		return nil, err
	}
	return append(s.peerLinks().opened(), file.Listen...), nil
}

// listenNow has the room listen at the usual port, as `peers listen` does.
func (s *session) listenNow() ([]string, error) {
	address := ":" + peersPort
	if err := s.door.thisMachine(); err != nil {
		return nil, refuse("shell.invite.closed", "Address", address)
	}
	l, err := net.Listen("tcp", address) // else nobody would hear that it does not work
	if err != nil {
		return nil, &problem{phrase: model.Say("shell.serve.peers", "Address", address, "Cause", root(err)), cause: err}
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	dir, err := s.folder()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, link.PeersFile)
	had, err := link.LoadPeers(path)
	if err != nil {
		return nil, err
	}
	had.Listen = append(had.Listen, address)
	if err := link.SavePeers(path, had); err != nil {
		return nil, err
	}
	s.peerLinks().look()
	if !s.asJSON() {
		s.note(s.T("shell.peers.listen", "Addresses", had.Listen))
	}
	return had.Listen, nil
}

// ownAddresses are the addresses of this machine in its networks, IPv4 first.
func ownAddresses() []net.IP {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil // the loopback is left
	}
	var out []net.IP
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			out = append(out, n.IP)
		}
	}
	slices.SortStableFunc(out, func(a, b net.IP) int { return len(b.To4()) - len(a.To4()) }) // of others there is none
	return out
}

// reachable are the addresses by which others reach what listens: of an address for all
// networks each of the machine's own; where it has none, the loopback.
func reachable(listens []string, own []net.IP) []string {
	var out, loop []string
	add := func(address string) {
		if len(out) < invite.MaxAddresses && !slices.Contains(out, address) {
			out = append(out, address)
		}
	}
	for _, l := range listens {
		host, port, err := net.SplitHostPort(l)
		if err != nil || port == "0" {
			continue
		}
		if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
			if ip != nil && ip.IsLoopback() {
				loop = append(loop, l)
			} else {
				add(l)
			}
			continue
		}
		for _, ip := range own {
			add(net.JoinHostPort(ip.String(), port))
		}
		loop = append(loop, net.JoinHostPort("127.0.0.1", port))
	}
	if len(out) == 0 {
		out = loop[:min(len(loop), invite.MaxAddresses)]
	}
	return out
}

func tokenText(t model.TokenID) string { return hex.EncodeToString(t[:]) }

// invites lists the invites that are open, whoever made them.
func (s *session) invites() error {
	o := s.room.Overview()
	all := o.People.Invites(s.Now().UnixMilli())
	if s.asJSON() {
		rows := []invited{}
		for _, i := range all {
			row := invited{Token: tokenText(i.Token), Role: i.Access.String(), Expires: i.Expires, By: o.People.Name(i.By), Service: i.Service, Note: i.Note}
			if !i.Person.IsZero() {
				row.Person = i.Person.String()
			}
			rows = append(rows, row)
		}
		return s.json(rows)
	}
	if len(all) == 0 {
		s.tell(s.T("shell.invite.list.none"))
		return nil
	}
	for _, i := range all {
		line := s.T("shell.invite.row", "Token", tokenText(i.Token)[:keyShown], "Access", i.Access.Phrase(), "Person", i.By, "At", i.Expires)
		if !i.Person.IsZero() {
			line += "  " + s.T("shell.waiting.as", "Person", i.Person)
		}
		if i.Service {
			line += "  " + s.T("shell.device.service")
		}
		s.hang(line+"  ", i.Note)
	}
	return nil
}

// withdraw ends an invite of this room.
func (s *session) withdraw(ctx context.Context, typed string) error {
	if err := s.room.Overview().MayAdmit(s.who); err != nil {
		return err
	}
	want := strings.ToLower(strings.TrimSpace(typed))
	if is, err := invite.Parse(typed); err == nil {
		want = tokenText(is.Token) // it is nobody's secret any more
	}
	var found []model.Invited
	for _, i := range s.room.Overview().People.Invites(s.Now().UnixMilli()) {
		if len(want) >= 4 && strings.HasPrefix(tokenText(i.Token), want) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) != 1:
		return refuse("shell.invite.unknown", "Invite", want)
	case found[0].Device != s.itself().Device():
		return refuse("shell.invite.elsewhere", "Person", found[0].By)
	}
	shell, err := s.peerLinks().wanted(ctx)
	if err != nil {
		return err
	}
	if err := shell.Withdraw(found[0].Token); err != nil {
		return err
	}
	if s.asJSON() {
		return s.json(map[string]string{"withdrawn": tokenText(found[0].Token)})
	}
	s.line(s.T("shell.invite.withdrawn", "Token", tokenText(found[0].Token)[:keyShown]))
	return nil
}
