package main

import (
	"math"
	"time"

	"warroom/model"
	"warroom/sync/room"
)

// playRoom is the room of the demo, with rooms and people that it plays: nothing is
// linked with anything.
type playRoom struct {
	*room.Room
	now   func() time.Time
	peers *model.Peers
	here  []model.Presence
}

// linked plays that the room of a jump host and that of a teammate have all of it,
// and that a third one went away a while ago.
func (p *script) linked(r *room.Room, c cast, id model.Scope, log model.LogID) *playRoom {
	ago := func(d time.Duration) int64 { return p.now.Add(-d).UnixMilli() }
	all := []model.Peer{
		{
			Name: "jump2", Device: model.DeviceKey{1}, State: model.LinkLive, Since: ago(26 * time.Hour), Addresses: []string{"10.0.0.2:7117"},
			Route: "10.0.0.2:7117", RTT: 1240, Offset: 12, Version: thisBuild().name(),
		},
		{
			Name: "dan-laptop", Device: model.DeviceKey{2}, State: model.LinkLive, Since: ago(50 * time.Minute),
			Route: "ssh dan-laptop", RTT: 48_300, Offset: -31, Version: thisBuild().name(),
		},
		{
			Name: "cleo-laptop", Device: model.DeviceKey{3}, State: model.LinkOffline, Since: ago(22 * time.Minute), Lacks: 2,
			Addresses: []string{"192.168.7.21:7117", "10.8.0.7:7117"}, Route: "10.8.0.7:7117", Version: thisBuild().name(),
		},
	}
	one := func(who model.PersonID, in string, since time.Duration) model.Presence {
		return model.Presence{Person: who, Via: model.DoorConsole, Access: model.Responder, Since: ago(since), Room: in, Incident: id}
	}
	return &playRoom{
		Room: r, now: p.Now, peers: model.NewPeers(all, 0, 0, nil, map[model.LogID][]uint64{log: {math.MaxUint64, math.MaxUint64}}),
		here: []model.Presence{one(c.me, "", 0), one(c.ana, "jump2", 41*time.Minute), one(c.bob, "jump2", 38*time.Minute), one(c.dan, "dan-laptop", 50*time.Minute)},
	}
}

// Overview is model.Room.
func (r *playRoom) Overview() *model.Overview {
	over := *r.Room.Overview()
	over.Peers = r.peers
	for _, p := range r.here {
		p.Active = r.now().UnixMilli()
		over.Here = append(over.Here, p)
	}
	return &over
}
