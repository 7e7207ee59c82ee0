package main

import (
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/link"
)

// peers tells of the links with other rooms: who they are, how they stand, what is
// wrong.
func (d *doctor) peers(s *session) {
	all, listen, running, err := s.known()
	switch {
	case err != nil:
		d.found = append(d.found, finding{"peers", bad, d.explain(err)})
		return
	case len(all.All) == 0 && len(listen) == 0:
		d.say("peers", good, "doctor.peers.none")
		return
	}
	d.say("peers", good, "doctor.peers.own", "Pin", link.FormatPin(link.PinOf(s.itself().Device())))
	if len(listen) > 0 {
		d.say("peers", good, "doctor.peers.listen", "Addresses", listen)
	}
	if !running {
		d.found = append(d.found, finding{"peers", good, d.words.N("doctor.peers.asleep", len(all.All))})
	}
	for _, p := range all.All {
		d.peer(p, running)
	}
	if !running {
		return
	}
	for _, n := range all.Notices(s.room.Overview().People) {
		state := warn
		if n.Grave {
			state = bad
		}
		d.found = append(d.found, finding{"peers", state, d.words.Say(n.Say)})
	}
}

func (d *doctor) peer(p model.Peer, running bool) {
	route := p.Route
	if route == "" {
		route = strings.Join(p.Addresses, " ")
	}
	if route == "" {
		route = "-"
	}
	args := []any{"Name", p.Name, "State", model.Say("shell.peers.state." + linkState(p.State)), "Route", route, "Pin", link.FormatPin(p.Pin)}
	switch {
	case !p.Problem.IsZero():
		d.say("peers", warn, "doctor.peers.problem", append(args, "Problem", p.Problem)...)
	case p.RTT > 0:
		state := good
		if p.ClockWrong() {
			state = bad
		}
		d.say("peers", state, "doctor.peers.clock", append(args, "Off", signed(time.Duration(p.Offset)*time.Millisecond), "Time", fine(time.Duration(p.RTT)*time.Microsecond))...)
	case running && p.State < model.LinkBehind:
		d.say("peers", warn, "doctor.peers.peer", args...)
	default:
		d.say("peers", good, "doctor.peers.peer", args...)
	}
}
