package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// timed is a peer whose clock is ahead by some ms.
func timed(name string, ahead int64) model.Peer {
	return model.Peer{Name: name, State: model.LinkLive, RTT: 900, Offset: ahead}
}

func TestWhoseClockIsWrong(t *testing.T) {
	t.Parallel()
	minute := time.Minute.Milliseconds()
	for name, c := range map[string]struct {
		peers []model.Peer
		say   []string
		ahead int64
	}{
		"nobody's":                      {[]model.Peer{timed("a", 20), timed("b", -40)}, nil, 0},
		"as far off as clocks may be":   {[]model.Peer{timed("a", model.ClockOff), timed("b", -model.ClockOff)}, nil, 0},
		"one of two":                    {[]model.Peer{timed("a", 3*minute)}, []string{"warning.clock.apart"}, 0},
		"one peer's":                    {[]model.Peer{timed("a", 3*minute), timed("b", 9)}, []string{"warning.clock.ahead"}, 0},
		"two peers', each another way":  {[]model.Peer{timed("a", 3*minute), timed("b", -minute)}, []string{"warning.clock.ahead", "warning.clock.behind"}, 0},
		"ours, say both":                {[]model.Peer{timed("a", 3*minute), timed("b", 3*minute+20)}, []string{"warning.clock.ours.behind"}, -3*minute - 20},
		"ours, say most":                {[]model.Peer{timed("a", -minute), timed("b", -minute), timed("c", 4)}, []string{"warning.clock.ours.ahead"}, minute},
		"half of them are not most":     {[]model.Peer{timed("a", -minute), timed("b", 3)}, []string{"warning.clock.behind"}, 0},
		"a clock that is not known yet": {[]model.Peer{{Name: "a", Offset: minute}}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := model.NewPeers(c.peers, 0, 0, nil, nil)
			var keys []string
			for _, say := range p.Warnings(nil) {
				keys = append(keys, say.Key)
			}
			require.Equal(t, c.say, keys)
			ahead, wrong := p.OwnClock()
			require.Equal(t, c.ahead, ahead)
			require.Equal(t, c.ahead != 0, wrong)
		})
	}
}

func TestNoticesComeTheWorstFirstAndKeepTheirNames(t *testing.T) {
	t.Parallel()
	all := []model.Peer{timed("a", 60_000), timed("b", 4), {Name: "c", Old: true, Version: "0.9", Differs: []model.Scope{{1}}, Device: model.DeviceKey{7}}}
	p := model.NewPeers(all, 0, 0, []model.ForkedLog{{Log: model.LogID{1}, Seq: 9, Device: model.DeviceKey{7}}}, nil)
	p.Ended = []model.EndedLog{{Log: model.LogID{2}, From: 5}}
	var keys, ids []string
	grave := 0
	for _, n := range p.Notices(&model.Roster{}) {
		keys, ids = append(keys, n.Say.Key), append(ids, n.ID)
		if n.Grave {
			grave++
		}
	}
	require.Equal(t, []string{"warning.differs", "warning.fork", "warning.ended.log", "warning.clock.ahead", "warning.old"}, keys)
	require.Equal(t, 1, grave)
	require.Len(t, ids, 5)
	require.Equal(t, model.Say("device.peer", "Name", "c"), p.Notices(nil)[1].Say.Args["Who"], "a device is named by the peer that it is")
	require.Equal(t, model.Say("device.unknown"), p.Notices(nil)[2].Say.Args["Who"])
	require.Empty(t, (*model.Peers)(nil).Notices(nil))
}

// Who is over a limit is told of while it is. Who is muted, or waits to be let in, is no
// news.
func TestNoticesTellOfWhoIsOverALimit(t *testing.T) {
	t.Parallel()
	p := model.NewPeers([]model.Peer{{Name: "c", Device: model.DeviceKey{7}}}, 0, 0, nil, nil)
	for why := model.SlowRate; why <= model.SlowStranger; why++ {
		p.Slowed = append(p.Slowed, model.Slowed{Device: model.DeviceKey{7}, Why: why, Limit: int(why), Behind: 9})
	}
	all := p.Notices(nil)
	var says []model.Phrase
	ids := map[string]bool{}
	for _, n := range all {
		require.True(t, n.Grave)
		says, ids[n.ID] = append(says, n.Say), true
	}
	who := model.Say("device.peer", "Name", "c")
	require.Equal(t, []model.Phrase{
		model.Say("warning.slowed.rate", "Who", who, "Limit", 1),
		model.Say("warning.slowed.logs", "Who", who, "Limit", 2),
		model.Say("warning.slowed.disk", "Who", who, "Limit", 3),
	}, says)
	require.Len(t, ids, 3)
	p.Slowed[0].Behind = 90_000
	require.Equal(t, all, p.Notices(nil), "how much there is to come makes no other notice")
}

func TestWhenTheLastLinkEnded(t *testing.T) {
	t.Parallel()
	down := func(since int64) model.Peer { return model.Peer{Since: since} }
	require.Zero(t, (*model.Peers)(nil).Parted())
	require.Equal(t, int64(9), model.NewPeers([]model.Peer{down(4), down(9), down(0)}, 0, 0, nil, nil).Parted())
	require.Zero(t, model.NewPeers([]model.Peer{down(4), timed("a", 0)}, 0, 0, nil, nil).Parted(), "a link is up")
}
