package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/link"
	"warroom/tui/clean"
)

// peersShown is what a room knows of others, for a program.
type peersShown struct {
	Peers    []peerRow `json:"peers"`
	Listen   []string  `json:"listen"`
	Running  bool      `json:"running"`
	Unshared int       `json:"unshared"`
	Behind   int       `json:"behind"`
	// Vector and State are there when they are asked for: digests of the ends of all
	// logs, and of what their events come to. Rooms with one vector have one state.
	Vector string    `json:"vector,omitempty"`
	State  string    `json:"state,omitempty"`
	Forks  []forkRow `json:"forks,omitempty"`
}

type peerRow struct {
	Name      string   `json:"name"`
	Device    string   `json:"device,omitempty"`
	Pin       string   `json:"pin"`
	State     string   `json:"state"`
	Since     int64    `json:"since_ms,omitempty"`
	Addresses []string `json:"addresses"`
	SSH       string   `json:"ssh,omitempty"`
	Route     string   `json:"route,omitempty"`
	Behind    int      `json:"behind"`
	Lacks     int      `json:"lacks"`
	RTT       int64    `json:"rtt_us,omitempty"`
	Offset    int64    `json:"clock_offset_ms,omitempty"`
	Version   string   `json:"version,omitempty"`
	Old       bool     `json:"old,omitempty"`
	Problem   string   `json:"problem,omitempty"`
}

type forkRow struct {
	Log    string `json:"log"`
	Seq    uint64 `json:"seq"`
	Device string `json:"device"`
	Person string `json:"person,omitempty"`
	At     int64  `json:"at_ms"`
}

// linkState names a state of a link.
func linkState(s model.LinkState) string {
	switch s {
	case model.LinkConnecting:
		return "connecting"
	case model.LinkBehind:
		return "behind"
	case model.LinkLive:
		return "live"
	}
	return "offline"
}

func peerRowOf(p model.Peer, ssh string) peerRow {
	row := peerRow{
		Name: p.Name, Pin: link.FormatPin(p.Pin), State: linkState(p.State), Since: p.Since, Addresses: append([]string{}, p.Addresses...),
		SSH: ssh, Route: p.Route, Behind: p.Behind, Lacks: p.Lacks, RTT: p.RTT, Version: p.Version, Old: p.Old,
	}
	if !p.Device.IsZero() {
		row.Device = p.Device.String()
	}
	if p.RTT > 0 {
		row.Offset = p.Offset
	}
	return row
}

// known is what there is to say of the peers: what the room knows, or, where its
// process does not run, what the file says.
func (s *session) known() (all *model.Peers, listen []string, running bool, err error) {
	if all = s.room.Overview().Peers; all != nil {
		running = true
	}
	dir, err := s.folder()
	if err != nil {
		return nil, nil, false, err
	}
	file, err := link.LoadPeers(filepath.Join(dir, link.PeersFile))
	if err != nil && !running {
		return nil, nil, false, err
	}
	if !running {
		var rows []model.Peer
		for _, p := range file.All {
			rows = append(rows, model.Peer{Name: p.Name, Pin: p.Pin, Addresses: withSSH(p)})
		}
		all = model.NewPeers(rows, 0, 0, nil, nil)
	}
	return all, file.Listen, running, nil
}

func withSSH(p link.Peer) []string {
	var out []string
	for _, r := range p.Routes() {
		out = append(out, r.String())
	}
	return out
}

// peers shows the rooms that this one is linked with, and what is here alone.
// With state, a program is told digests by which rooms can be compared.
func (s *session) peers(ctx context.Context, state bool) error {
	all, listen, running, err := s.known()
	if err != nil {
		return err
	}
	if s.asJSON() {
		shown := s.peersShown(all, listen, running)
		if state {
			if shown.Vector, shown.State, err = s.standing(ctx); err != nil {
				return err
			}
		}
		return s.json(shown)
	}
	if len(all.All) == 0 {
		s.tell(s.T("shell.peers.none"))
		return nil
	}
	name := 0
	for _, p := range all.All {
		name = max(name, clean.Width(clean.Line(p.Name)))
	}
	for _, p := range all.All {
		s.peer(p, min(name, 24))
	}
	switch {
	case !running:
		s.tell(s.T("shell.peers.asleep"))
	case all.Unshared > 0:
		s.line(s.words.N("shell.peers.unshared", all.Unshared))
	default:
		s.tell(s.T("shell.peers.shared"))
	}
	if all.Behind > 0 {
		s.line(s.words.N("shell.peers.behind", all.Behind))
	}
	if len(listen) > 0 {
		s.line(s.T("shell.peers.listen", "Addresses", listen))
	}
	for _, n := range all.Notices(s.room.Overview().People) {
		s.line(s.words.Say(n.Say))
	}
	return nil
}

// peer is one peer in a line, and its problem in another.
func (s *session) peer(p model.Peer, width int) {
	cols := []string{clean.Fit(clean.Line(p.Name), width), clean.Fit(s.T("shell.peers.state."+linkState(p.State)), 10), clean.Fit(s.lag(p), 9)}
	if p.RTT > 0 {
		offset := time.Duration(p.Offset) * time.Millisecond
		cols = append(cols, clean.Fit(s.T("shell.peers.clock", "Off", signed(offset)), 13), clean.Fit(s.T("shell.peers.rtt", "Time", fine(time.Duration(p.RTT)*time.Microsecond)), 12))
	} else if p.State != model.LinkLive && p.Since > 0 {
		cols = append(cols, s.T("shell.peers.since", "At", p.Since))
	}
	if p.Version != "" {
		cols = append(cols, clean.Line(p.Version))
	}
	route := p.Route
	if route == "" {
		route = strings.Join(p.Addresses, " ")
	}
	s.hang(strings.Join(cols, "  ")+"  ", strings.TrimRight(clean.Line(route), " "))
	if !p.Problem.IsZero() {
		s.hang("  ", s.words.Say(p.Problem))
	}
}

// lag is what is on its way, in a word.
func (s *session) lag(p model.Peer) string {
	switch {
	case p.State < model.LinkBehind:
		return ""
	case p.Behind > 0 || p.Lacks > 0:
		return s.T("shell.peers.lag", "In", p.Behind, "Out", p.Lacks)
	}
	return s.T("shell.peers.level")
}

// signed is how far a clock is off, in the unit that says something.
func signed(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	return sign + fine(d)
}

// fine is a time of a network: to 0.1 ms below a second, to 0.1 s below a minute.
func fine(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
	return d.Round(time.Second).String()
}

func (s *session) peersShown(all *model.Peers, listen []string, running bool) peersShown {
	out := peersShown{Peers: []peerRow{}, Listen: append([]string{}, listen...), Running: running, Unshared: all.Unshared, Behind: all.Behind}
	for _, p := range all.All {
		row := peerRowOf(p, "")
		if !p.Problem.IsZero() {
			row.Problem = s.words.Say(p.Problem)
		}
		out.Peers = append(out.Peers, row)
	}
	for _, f := range all.Forks {
		row := forkRow{Log: f.Log.String(), Seq: f.Seq, Device: f.Device.String(), At: f.At}
		if !f.Person.IsZero() {
			row.Person = f.Person.String()
		}
		out.Forks = append(out.Forks, row)
	}
	return out
}

// standing gives digests of the ends of all logs, and of the state hashes of the
// workspace and of what is open.
func (s *session) standing(ctx context.Context) (vector, state string, err error) {
	h, err := (&joined{Room: s.itself()}).Hashes(ctx)
	if err != nil {
		return "", "", err
	}
	sum := sha256.New()
	for _, id := range slices.SortedFunc(maps.Keys(h.Hashes), func(a, b model.Scope) int { return slices.Compare(a[:], b[:]) }) {
		of := h.Hashes[id]
		sum.Write(id[:])
		sum.Write(of[:])
	}
	return hex.EncodeToString(h.Vector[:]), hex.EncodeToString(sum.Sum(nil)), nil
}
