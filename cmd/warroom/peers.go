package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/link"
	"warroom/sync/room"
)

// peersPort is where rooms listen for others, when nobody says another.
const peersPort = "7117"

// peering is a change of the file of peers, as it goes to a room process.
type peering struct {
	Do        string   `json:"do"` // add, remove or listen
	Name      string   `json:"name,omitempty"`
	Card      string   `json:"card,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
	SSH       string   `json:"ssh,omitempty"`
	Access    string   `json:"access,omitempty"`
}

// peersVerbs link this room with others.
func (a *app) peersVerbs() []verb {
	var ssh, access string
	var state bool
	verbs := []verb{{
		name: "peers", args: "[card | add NAME CARD [ADDRESS...] | remove NAME | listen ADDRESS]", max: -1,
		room: true, values: []string{"card", "add", "remove", "listen"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&ssh, "ssh", "", a.T("shell.flag.peerssh"))
			f.StringVar(&access, "access", "responder", a.T("shell.flag.access"))
			f.BoolVar(&state, "state", false, "")
			_ = f.MarkHidden("state") // it is there
		},
		example: "warroom peers\nwarroom peers card\nwarroom peers listen :7117\nwarroom peers add bob wp1-... 10.0.0.2\nwarroom peers add jump wp1-... --ssh jump2",
	}}
	change := func(cmd *cobra.Command, args []string) (peering, error) {
		return peeringOf(cmd, args, peering{SSH: ssh, Access: access})
	}
	verbs[0].run = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return a.look(cmd.Context(), func(s *session) error { return s.peers(cmd.Context(), state) })
		case args[0] == "card" && len(args) == 1:
			return a.card(cmd.Context())
		}
		p, err := change(cmd, args)
		if err != nil {
			return err
		}
		if a.door != nil { // it changes a file: see "peering"
			return refuse("shell.door.verb", "Verb", "peers "+p.Do)
		}
		return a.peering(cmd.Context(), p)
	}
	verbs[0].errand = func(cmd *cobra.Command, args []string, r *remote) error {
		if len(args) == 0 || args[0] == "card" {
			return r.does(cmd.Context(), errand{args: r.roomArgs()})
		}
		p, err := change(cmd, args)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return r.does(cmd.Context(), errand{args: []string{"peering", "-o", r.flags.format}, in: bytes.NewReader(raw)})
	}
	return verbs
}

// does has the room process do a verb whose exit code is this one's.
func (r *remote) does(ctx context.Context, e errand) error {
	code, err := r.run(ctx, e)
	if err != nil {
		return err
	}
	return ended(code)
}

// peeringVerb is the part of `peers` that changes the file, in a room process. It is
// for whoever runs that.
func (a *app) peeringVerb() verb {
	return verb{name: "peering", max: 0, hidden: true, room: true, reads: always, run: func(cmd *cobra.Command, _ []string) error {
		if a.door == nil {
			return refuse("shell.door.inside")
		}
		if err := a.door.thisMachine(); err != nil {
			return err
		}
		raw, err := a.readInput(cmd.Context(), maxErrand)
		if err != nil {
			return err
		}
		var p peering
		if err := json.Unmarshal(raw, &p); err != nil {
			return misuse("shell.door.inside")
		}
		return a.peering(cmd.Context(), p)
	}}
}

// peeringOf reads what is asked for.
func peeringOf(cmd *cobra.Command, args []string, p peering) (peering, error) {
	few := func(n int) error {
		if len(args) < n {
			return misuse("shell.usage.few", "Use", cmd.Use)
		}
		return nil
	}
	p.Do = args[0]
	switch p.Do {
	case "card":
		return p, misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[1])
	case "add":
		if err := few(3); err != nil {
			return p, err
		}
		p.Name, p.Card = args[1], args[2]
		if _, err := link.ParseCard(p.Card); err != nil {
			return p, cardProblem(err)
		}
		for _, typed := range args[3:] {
			address, ok := peerAddress(typed)
			if !ok {
				return p, misuse("shell.peers.address", "Address", typed)
			}
			p.Addresses = append(p.Addresses, address)
		}
		if strings.HasPrefix(p.SSH, "-") || strings.ContainsAny(p.SSH, " \t\r\n") {
			return p, misuse("shell.peers.ssh", "Host", p.SSH)
		}
		_, err := model.ParseAccess(p.Access)
		return p, err
	case "remove":
		p.Name = strings.Join(args[1:], " ")
		return p, few(2)
	case "listen":
		if err := few(2); err != nil {
			return p, err
		}
		if len(args) > 2 {
			return p, misuse("shell.usage.many", "Use", cmd.Use, "Extra", args[2])
		}
		if args[1] == "none" {
			return p, nil
		}
		address, ok := peerAddress(args[1])
		if !ok {
			return p, misuse("shell.peers.address", "Address", args[1])
		}
		p.Addresses = []string{address}
		return p, nil
	}
	return p, misuse("shell.peers.word", "Word", args[0])
}

// peerAddress reads an address as a person types it: the port may be missing.
func peerAddress(typed string) (string, bool) {
	if bare := strings.Trim(typed, "[]"); net.ParseIP(bare) != nil || bare != "" && !strings.Contains(typed, ":") {
		typed = net.JoinHostPort(bare, peersPort)
	}
	host, port, err := net.SplitHostPort(typed)
	if err != nil || strings.ContainsAny(host, " \t\r\n") {
		return "", false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return typed, err == nil
}

// cardProblem says what is wrong with a card.
func cardProblem(err error) error {
	name := "shell.card.none"
	switch {
	case errors.Is(err, link.ErrCardNewer):
		name = "shell.card.newer"
	case errors.Is(err, link.ErrCardLength):
		name = "shell.card.length"
	case errors.Is(err, link.ErrCardMistyped):
		name = "shell.card.mistyped"
	}
	return &problem{phrase: model.Say(name), usage: true, cause: err}
}

// shownCard is a card, for a program.
type shownCard struct {
	Card      string `json:"card"`
	Device    string `json:"device"`
	Pin       string `json:"pin"`
	Workspace string `json:"workspace,omitempty"`
}

// card prints what another room must know of this one. Where there is no room yet, the
// device gets its key.
func (a *app) card(ctx context.Context) error {
	if a.door == nil {
		dir, err := a.storeDir()
		if err != nil {
			return err
		}
		if !storage.There(dir) {
			device, err := room.DeviceAt(dir)
			if err != nil {
				return err
			}
			return a.showCard(link.Card{Device: device})
		}
	}
	return a.look(ctx, func(s *session) error {
		r := s.itself()
		return s.showCard(link.Card{Device: r.Device(), Workspace: r.Workspace()})
	})
}

func (a *app) showCard(c link.Card) error {
	if a.asJSON() {
		out := shownCard{Card: c.String(), Device: c.Device.String(), Pin: link.FormatPin(link.PinOf(c.Device))}
		if c.Workspace != (model.WorkspaceID{}) {
			out.Workspace = c.Workspace.String()
		}
		return a.json(out)
	}
	a.line(c.String())
	if c.Workspace == (model.WorkspaceID{}) {
		a.note(a.T("shell.peers.card.new"))
	}
	return nil
}

// itself is the room behind a session, whoever's seat that is.
func (s *session) itself() *room.Room {
	if s.door != nil {
		return s.door.doorman.room
	}
	return s.room.(*room.Room)
}

// folder is the room's own folder, also in a session that came through a door, which
// must not name one.
func (a *app) folder() (string, error) {
	if a.door != nil {
		return a.door.doorman.prompt, nil
	}
	return a.storeDir()
}

// peering changes who this room is linked with. Where there is no room yet, a card of a
// workspace makes one: a guest, who is let in by the other room.
func (a *app) peering(ctx context.Context, p peering) error {
	dir, err := a.folder()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, link.PeersFile)
	if !storage.There(dir) && a.door == nil {
		if p.Do != "add" {
			return refuse("shell.peers.noroom", "Dir", dir)
		}
		return a.guest(ctx, dir, file, p)
	}
	return a.with(ctx, model.DoorShell, func(s *session) error {
		switch p.Do {
		case "remove":
			return s.removePeer(file, p.Name)
		case "listen":
			return s.listenAtPeers(file, p.Addresses)
		}
		return s.addPeer(ctx, file, p)
	})
}

// addPeer lets another device's room link with this one.
func (s *session) addPeer(ctx context.Context, file string, p peering) error {
	r := s.itself()
	card, err := link.ParseCard(p.Card)
	switch {
	case err != nil:
		return cardProblem(err)
	case card.Device == r.Device():
		return refuse("shell.peers.self")
	case card.Workspace != (model.WorkspaceID{}) && card.Workspace != r.Workspace():
		return refuse("shell.peers.workspace")
	}
	access, err := model.ParseAccess(p.Access)
	if err != nil {
		return err
	}
	// From here on nothing is restricted any more, so nothing slips in between.
	linked := s.linkedBefore(file)
	r.SetLinked(true)
	err = s.unrestricted(r)
	// A guest who knows nobody yet cannot know who may let somebody in.
	if _, known := r.Overview().People.ByDevice(card.Device); err == nil && !known && !r.Me().IsZero() {
		_, err = s.room.Do(ctx, s.who, model.Scope{}, model.AddDevice{Name: p.Name, Access: access, Device: card.Device})
	}
	if err == nil {
		err = s.keepPeer(file, card, p)
		s.peerLinks().look()
	}
	if err != nil {
		r.SetLinked(linked)
		return err
	}
	if s.asJSON() {
		return nil
	}
	name := p.Name
	if who, ok := r.Overview().People.ByDevice(card.Device); ok {
		name = r.Overview().People.Name(who)
	}
	s.line(s.T("shell.peers.added", "Name", name))
	if card.Workspace == (model.WorkspaceID{}) {
		s.line(s.T("shell.peers.added.card", "Card", link.Card{Device: r.Device(), Workspace: r.Workspace()}.String()))
	}
	if len(p.Addresses) == 0 && p.SSH == "" && len(s.listens(file)) == 0 {
		s.tell(s.T("shell.peers.added.unreachable"))
	}
	return nil
}

// unrestricted refuses a room with a restricted incident, whose texts would go to the
// other one as they are.
func (s *session) unrestricted(r *room.Room) error {
	o := r.Overview()
	for i := range o.Rows {
		if row := &o.Rows[i]; row.Restricted {
			return refuse("shell.peers.restricted", "Key", model.KeyPrefix+s.keyOf(r, row.ID))
		}
	}
	return nil
}

// linkedBefore reports a file that names peers already.
func (a *app) linkedBefore(file string) bool {
	had, err := link.LoadPeers(file)
	return err == nil && len(had.All) > 0
}

func (a *app) listens(file string) []string {
	had, err := link.LoadPeers(file)
	if err != nil {
		return nil // it was told where it was needed
	}
	return had.Listen
}

// keepPeer writes a peer into the file. One that is there gets the new addresses.
func (a *app) keepPeer(file string, card link.Card, p peering) error {
	had, err := link.LoadPeers(file)
	if err != nil {
		return err
	}
	pin := link.PinOf(card.Device)
	i := slices.IndexFunc(had.All, func(o link.Peer) bool { return o.Pin == pin })
	if i < 0 {
		i = len(had.All)
		had.All = append(had.All, link.Peer{Name: freeName(had, p.Name), Pin: pin})
	}
	peer := &had.All[i]
	for _, address := range p.Addresses {
		if !slices.Contains(peer.Addresses, address) {
			peer.Addresses = append(peer.Addresses, address)
		}
	}
	if p.SSH != "" {
		peer.SSH = p.SSH
	}
	if err := link.SavePeers(file, had); err != nil {
		return err
	}
	if a.asJSON() {
		return a.json(peerRowOf(model.Peer{Name: peer.Name, Device: card.Device, Pin: pin, Addresses: peer.Addresses}, peer.SSH))
	}
	return nil
}

// freeName is a name that no other peer has: somebody may have two devices.
func freeName(had link.Peers, name string) string {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	for n := 2; ; n++ {
		free := name
		if n > 2 {
			free += " " + strconv.Itoa(n-1)
		}
		if !slices.ContainsFunc(had.All, func(o link.Peer) bool { return strings.EqualFold(o.Name, free) }) {
			return free
		}
	}
}

// removePeer ends the link with a peer for good. The person stays a member.
func (s *session) removePeer(file, name string) error {
	had, err := link.LoadPeers(file)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(had.All, func(p link.Peer) bool { return strings.EqualFold(p.Name, name) })
	if i < 0 {
		return refuse("shell.peers.unknown", "Name", name)
	}
	name = had.All[i].Name
	pin := had.All[i].Pin
	had.All = slices.Delete(had.All, i, i+1)
	if err := link.SavePeers(file, had); err != nil {
		return err
	}
	s.itself().SetLinked(len(had.All) > 0 || goesOut(s.itself()))
	if s.asJSON() {
		return s.json(map[string]string{"removed": name})
	}
	for _, d := range s.itself().Overview().People.AllDevices() {
		if link.PinOf(d.Key) == pin && d.Standing.Linked() {
			s.line(s.T("shell.peers.removed.member", "Name", name, "Key", d.Key.String()[:keyShown]))
			return nil
		}
	}
	s.line(s.T("shell.peers.removed", "Name", name))
	return nil
}

// listenAtPeers adds an address at which peers may come in; none at all takes every
// address off.
func (s *session) listenAtPeers(file string, addresses []string) error {
	had, err := link.LoadPeers(file)
	if err != nil {
		return err
	}
	switch {
	case len(addresses) == 0:
		had.Listen = nil
	case !slices.Contains(had.Listen, addresses[0]):
		had.Listen = append(had.Listen, addresses[0])
	}
	if err := link.SavePeers(file, had); err != nil {
		return err
	}
	s.peerLinks().look()
	switch {
	case s.asJSON():
		return s.json(map[string][]string{"listen": append([]string{}, had.Listen...)})
	case len(had.Listen) == 0:
		s.tell(s.T("shell.peers.listen.none"))
	default:
		s.line(s.T("shell.peers.listen", "Addresses", had.Listen))
	}
	return nil
}
