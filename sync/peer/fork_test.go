package peer_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// copyOf makes a node of another's disk and key as they are now: a copied folder.
func (w *net) copyOf(n *node) *node {
	c := &node{net: w, name: n.name + "'", store: storage.NewMemory(), ends: map[peer.ID]far{}, key: n.key, head: n.head}
	var batch storage.Batch
	require.NoError(w.t, n.store.Line(n.head.Log, 1, func(e *model.Event, eff model.Clock) error {
		batch.Events = append(batch.Events, storage.Placed{Event: e, Eff: eff})
		return nil
	}))
	_, err := c.store.Commit(context.Background(), batch)
	require.NoError(w.t, err)
	c.start(0)
	w.nodes = append(w.nodes, c)
	return c
}

// TestS7 and S8: a folder that was copied, twice, and written in all three.
func TestACopiedFolderForksAndBothLinesAreKept(t *testing.T) {
	t.Parallel()
	for _, copies := range []int{1, 2} {
		for meet := range 6 {
			w := newNet(t, 2)
			a, b := w.nodes[0], w.nodes[1]
			a.write(entries("before", 40+200*(meet%2))...)
			if meet%3 == 0 {
				w.join(a, b)
			}
			w.run()
			all := []*node{a}
			for range copies {
				all = append(all, w.copyOf(a))
			}
			for i, n := range all {
				w.now += 1000
				n.write(entries(n.name, 5+70*i)...)
			}
			for i, n := range all {
				if meet%3 != 0 || i > 0 {
					w.join(n, b)
				}
				if meet%2 == 0 {
					w.run()
				}
			}
			w.run()
			w.pass(60_000)
			w.same()
			for _, n := range w.nodes {
				require.Len(t, count[peer.Forked](n), 1, "%d copies, node %s", copies, n.name)
			}
			for _, n := range all {
				require.NotEmpty(t, count[peer.Renew](n), "who writes under a log that forked goes on under a new one")
			}
			require.Empty(t, count[peer.Renew](b))
			require.Len(t, b.engine.Status().Forks, 1)
		}
	}
}

// Two stores of one device are linked at once: what one of them was told, the other
// was not.
func TestACopyAndItsOriginalAreEachToldOfWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("before", 3)...)
	c := w.copyOf(a)
	w.join(a, b)
	x, _ := w.join(c, b)
	w.run()
	for _, n := range w.nodes {
		n.write(entries(n.name, 5)...)
		w.run()
	}
	w.pass(5_000)
	w.same()
	for _, n := range w.nodes {
		for _, l := range n.engine.Status().Links {
			require.True(t, l.Live(), "%s: %+v", n.name, l)
		}
	}
	w.cut(c, x)
	w.run()
	b.write("after")
	w.pass(1_000)
	require.True(t, b.engine.Status().Links[0].Live(), "the memory of the link that is left is the device's")
	require.Zero(t, b.engine.Status().Unshared)
}

// The number of an event does not tell on how many devices it is: another may stand
// there in the other line of a log that forked.
func TestAnEventIsNotOnADeviceThatHasTheOtherOfItsNumber(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("before", 3)...)
	c := w.copyOf(a)
	w.join(c, b)
	c.write(entries("there", 20)...)
	w.run()
	last := a.write(entries("here", 5)...)[4]
	w.join(a, b)
	seen := 0
	for len(w.queue) > 0 {
		w.step()
		known := model.NewPeers(nil, 0, 0, nil, a.engine.Status().Saved)
		if n := known.Devices(last.Ref()); n > 1 {
			_, _, _, err := b.store.Find(last.Ref())
			require.NoError(t, err, "it is said to be on %d devices", n)
			seen = n
		}
	}
	require.Equal(t, 2, seen)
	require.Zero(t, a.engine.Status().Unshared)
}

// S1, S2 and S6: a store that was put back to an earlier state.
func TestARestoredStoreTakesBackWhatItForgot(t *testing.T) {
	t.Parallel()
	for _, writes := range []int{0, 3} {
		w := newNet(t, 2)
		a, b := w.nodes[0], w.nodes[1]
		a.write(entries("old", 20)...)
		old := w.copyOf(a) // yesterday's copy
		w.nodes = w.nodes[:2]
		x, _ := w.join(a, b)
		a.write(entries("forgotten", 30)...)
		w.run()
		w.cut(a, x)
		w.run()
		// The copy takes its place.
		w.nodes[0] = old
		w.now += 60_000
		if writes > 0 {
			old.write(entries("again", writes)...)
		}
		w.join(old, b)
		w.run()
		w.pass(60_000)
		w.same()
		renewed := count[peer.Renew](old)
		require.Len(t, renewed, 1)
		want := model.ReasonRestored
		if writes > 0 {
			want = model.ReasonForked
		}
		require.Equal(t, want, renewed[0].Reason)
	}
}

func TestAVectorWithoutHashesWouldNotSeeTheFork(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	c := w.copyOf(a)
	a.write("one")
	c.write("other")
	for _, n := range w.nodes {
		n.start(peer.NoTipHash)
	}
	w.queue = nil
	w.join(a, b)
	w.join(c, b)
	w.run()
	w.pass(60_000)
	require.NotEqual(t, a.all(), c.all())
}

// F1: two events of one number, given to two peers.
func TestEquivocationIsProvedToEverybody(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	evil, b, c := w.nodes[0], w.nodes[1], w.nodes[2]
	w.join(evil, b)
	w.join(b, c)
	w.run()
	twin := w.copyOf(evil)
	twin.write("to one")
	evil.write("to the other")
	w.run()
	w.join(twin, c)
	w.run()
	w.pass(40_000)
	w.same()
	for _, n := range []*node{b, c} {
		require.Len(t, count[peer.Forked](n), 1)
	}
}

// The events of the fork may not fit the disk for a while; and a process may end
// between taking them and beginning new logs.
func TestAProofAloneSealsALogAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write("before")
	c := w.copyOf(a)
	one, other := a.write("here")[0], c.write("there")[0]
	x, _ := w.join(a, b)
	w.run()
	f, err := model.NewFork(&one.Raw, &other.Raw)
	require.NoError(t, err)
	w.forge(a, x, wire.Forked{Fork: f})
	require.Len(t, count[peer.Renew](a), 1, "the other line is not here")
	w.queue = nil

	w.join(c, b)
	w.run()
	require.NotEmpty(t, count[peer.Renew](c), "it took the other line")
	c.did = nil
	c.start(0) // and it had begun no new logs
	w.join(c, b)
	w.run()
	require.Equal(t, []peer.Renew{{Reason: model.ReasonForked}}, count[peer.Renew](c))
}

// forge gives a node's peer frames that its engine would never make.
func (w *net) forge(to *node, link peer.ID, m wire.Message) {
	raw, err := wire.Encode(m)
	require.NoError(w.t, err)
	w.post(to, peer.Frame{Link: link, Raw: raw})
	w.run()
}

// F2: a bad signature in the midst of a log, whatever the frames are cut into.
func TestABadSignatureInTheMidstIsCarriedByAGoodOneBehindIt(t *testing.T) {
	t.Parallel()
	for bad := 2; bad < 40; bad += 7 {
		w := newNet(t, 2)
		a, b := w.nodes[0], w.nodes[1]
		var events []*model.Event
		for i := range 60 {
			e := a.seal(&model.EntryAdd{}, entries("x", 60)[i])
			if i == bad {
				e.Raw[150] ^= 1
				e.Sig[150-128] ^= 1
				a.head.Hash = e.Hash()
			}
			events = append(events, e)
		}
		require.NoError(t, a.commit(a.head.Log, events))
		w.queue = nil
		a.start(0)
		w.join(a, b)
		w.run()
		w.same()
	}
}

// A last event whose signature is bad proves nothing: anybody could have put it there.
func TestABadLastSignatureIsNotStored(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	good := a.write(entries("good", 9)...)
	bad := a.seal(&model.EntryAdd{}, "bad")
	bad.Raw[150] ^= 1
	bad.Sig[150-128] ^= 1
	require.NoError(t, a.commit(a.head.Log, []*model.Event{bad}))
	w.queue = nil
	a.start(0)
	w.join(a, b)
	w.run()
	w.pass(5_000)
	have := b.all()
	require.True(t, have[event(good[8])])
	require.False(t, have[event(bad)])
	require.Positive(t, b.engine.Status().Links[0].Refused)
	require.Less(t, w.seen[wire.TypeWant], 20, "and it is not asked for all the time")
}

// F3, F5: what is not good is refused, and nothing of it kept.
func TestRunsThatAreNotGoodAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]func(a *node, w *net) []*model.Event{
		"another's log": func(a *node, w *net) []*model.Event {
			stranger := newNet(w.t, 3).nodes[2]
			e := stranger.seal(&model.EntryAdd{}, "x")
			return []*model.Event{e}
		},
		"a gap": func(a *node, w *net) []*model.Event {
			a.seal(&model.EntryAdd{}, "left out")
			return []*model.Event{a.seal(&model.EntryAdd{}, "behind the gap")}
		},
		"the greatest number": func(a *node, w *net) []*model.Event {
			a.head.Seq = 1<<63 - 1
			return []*model.Event{a.seal(&model.EntryAdd{}, "far")}
		},
		"a clock that does not rise": func(a *node, w *net) []*model.Event {
			was := a.head.Clock
			a.head.Clock = 5
			now := w.now
			w.now = 0
			defer func() { w.now = now; a.head.Clock = was }()
			return []*model.Event{a.seal(&model.EntryAdd{}, "early")}
		},
	}
	for name, forge := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			a, b := w.nodes[0], w.nodes[1]
			a.write("good")
			_, y := w.join(a, b)
			w.run()
			before := b.all()
			events := forge(a, w)
			w.forge(b, y, wire.Run{Fresh: true, Log: events[0].Log, Events: events})
			last := events[len(events)-1]
			w.forge(b, y, wire.Ack{Tips: []wire.Tip{{Log: last.Log, Seq: last.Seq, Hash: last.Hash().Short()}}})
			w.forge(b, y, wire.Run{Log: events[0].Log, Events: events, Last: true})
			w.pass(2_000)
			require.Equal(t, before, b.all())
		})
	}
}

func TestLinksAreServedInTurn(t *testing.T) {
	t.Parallel()
	w := newNet(t, 4)
	hub := w.nodes[0]
	for _, n := range w.nodes[1:] {
		n.write(entries(n.name, 800)...)
	}
	for _, n := range w.nodes[1:] {
		w.join(hub, n)
	}
	w.run()
	w.same()
	require.True(t, slices.IsSorted(hub.engine.Status().Saved[hub.head.Log]))
}
