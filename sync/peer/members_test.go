package peer_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// devices are members who write, as Members names them.
func devices(nodes ...*node) map[model.DeviceKey]model.Device {
	of := map[model.DeviceKey]model.Device{}
	for _, n := range nodes {
		of[n.device()] = model.Device{Key: n.device(), Person: model.PersonID{n.key[0]}, Standing: model.Writes}
	}
	return of
}

// but is the same with another device, or one that stands otherwise.
func but(of map[model.DeviceKey]model.Device, n *node, change func(*model.Device)) map[model.DeviceKey]model.Device {
	of = maps.Clone(of)
	d := of[n.device()]
	d.Key = n.device()
	change(&d)
	of[n.device()] = d
	return of
}

// members tells all nodes, or some, of the membership.
func (w *net) members(of map[model.DeviceKey]model.Device, some ...*node) {
	if some == nil {
		some = w.nodes
	}
	for _, n := range some {
		w.post(n, peer.Members{Of: of})
	}
	w.run()
}

// has counts the entries of another node that a node holds.
func (n *node) has(other *node) (held int) {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	for _, b := range lines {
		if b.Device == other.device() {
			held += int(b.Tip.Seq) - 1
		}
	}
	return held
}

// openMembership gives a node a membership log of a few events.
func (n *node) openMembership(events int) model.LogID {
	content := n.head
	nonce := model.Nonce{byte(n.net.now), n.key[0], 'm'}
	n.head = model.Head{Log: model.NewLogID(n.device(), nonce)}
	all := []*model.Event{n.seal(&model.LogOpen{Device: n.device(), Workspace: workspace, Log: model.MembershipLog, Nonce: nonce, Reason: model.ReasonNew}, "")}
	for range events {
		all = append(all, n.seal(&model.EntryAdd{}, "of members"))
	}
	log := n.head.Log
	require.NoError(n.net.t, n.commit(log, all))
	n.head = content
	return log
}

// sees answers whether a node holds a log.
func (n *node) sees(log model.LogID) bool {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	for _, b := range lines {
		if b.ID == log {
			return true
		}
	}
	return false
}

func TestADeviceThatWasTakenOutIsToldSoAndGivenNothingMore(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	a, b, c := w.nodes[0], w.nodes[1], w.nodes[2]
	all := devices(a, b, c)
	w.members(all)
	w.join(a, b)
	w.join(a, c)
	w.run()
	w.same()

	// It asks for something, is taken out, and the answer comes from the disk after that.
	a.write(entries("before", 600)...)
	for range 3 {
		w.step()
	}
	w.members(but(all, b, func(d *model.Device) { d.Standing = model.Out }), a)
	had := b.has(a)
	require.Less(t, had, 600)
	require.Equal(t, []string{"peer.problem.removed"}, closed(a))
	require.Equal(t, []string{"peer.problem.out"}, closed(b))
	a.write("after")
	w.pass(40_000)
	require.Equal(t, had, b.has(a))
	require.Equal(t, 601, c.has(a), "the others have it")

	clear(w.seen)
	b.did = nil
	x, y := w.join(a, b)
	w.post(a, peer.Frame{Link: x, Raw: hello(t)})
	w.run()
	require.Equal(t, []string{"peer.problem.out"}, closed(b))
	require.NotContains(t, b.ends, y)
	require.Equal(t, map[wire.Type]int{wire.TypeBye: 1, wire.TypeHello: 1, wire.TypePing: 1}, w.seen,
		"the greeting is of the one that does not know it yet")
}

func closed(n *node) (why []string) {
	for _, c := range count[peer.Close](n) {
		why = append(why, c.Why.Key)
	}
	return why
}

func hello(t *testing.T) []byte {
	raw, err := wire.Encode(wire.Hello{Oldest: 1, Version: 1, Workspace: workspace})
	require.NoError(t, err)
	return raw
}

func TestWhatAStrangerWroteIsFetchedOnceTheMembershipKnowsIt(t *testing.T) {
	t.Parallel()
	for name, relayed := range map[string]bool{"linked": false, "through another who knows it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 3)
			a, relay, guest := w.nodes[0], w.nodes[1], w.nodes[2]
			guest.write(entries("g", 900)...)
			a.write(entries("a", 900)...)
			log := guest.openMembership(3)
			w.members(devices(a, relay), a)
			w.members(devices(a, relay, guest), relay)
			from := guest
			if relayed {
				from = relay
				w.join(relay, guest)
				w.run()
			}
			w.join(a, from)
			w.run()
			require.Equal(t, 903, guestHas(a, guest, from), "it is given what there is")
			require.True(t, a.sees(log), "what it says of members is heard")
			require.False(t, a.sees(guest.head.Log), "what it wrote waits")
			s := a.engine.Status()
			require.Zero(t, s.Behind)
			require.True(t, s.Links[0].Live(), "%+v", s.Links[0])
			require.Len(t, s.Slowed, 1)
			require.Equal(t, model.SlowStranger, s.Slowed[0].Why)
			require.Equal(t, 901, s.Slowed[0].Behind)
			guest.write("more")
			w.pass(60_000)
			require.False(t, a.sees(guest.head.Log))

			w.members(devices(a, relay, guest), a)
			require.Equal(t, 901+3, a.has(guest))
			require.Empty(t, a.engine.Status().Slowed)
		})
	}
}

// guestHas counts what a guest, or the relay before it, has of a node, with what is of
// members.
func guestHas(of, guest, from *node) int {
	if from == guest {
		return guest.has(of) + 3
	}
	return from.has(of) + 3
}

// A room that has just joined knows nobody: it takes what comes, and learns from it.
func TestARoomThatKnowsNobodyYetTakesWhatComes(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("a", 1_000)...)
	w.members(map[model.DeviceKey]model.Device{}, b)
	w.join(a, b)
	w.run()
	w.same()
}

func TestWhatAMutedDeviceWritesIsNotFetchedUntilItIsUnmuted(t *testing.T) {
	t.Parallel()
	w := newNet(t, 4)
	loud, a, b, late := w.nodes[0], w.nodes[1], w.nodes[2], w.nodes[3]
	all := devices(w.nodes...)
	muted := but(all, loud, func(d *model.Device) { d.Muted = true })
	w.members(all)
	w.join(loud, a)
	w.join(a, b)
	loud.write("one", "two")
	w.run()
	require.Equal(t, 2, b.has(loud))

	w.members(muted)
	loud.write("given without asking")
	w.run()
	loud.write(entries("asked for", 2_000)...)
	w.pass(60_000)
	require.Equal(t, 2, a.has(loud))
	require.Equal(t, model.SlowMuted, a.engine.Status().Slowed[0].Why)
	require.Equal(t, 2_001, a.engine.Status().Slowed[0].Behind)
	require.Zero(t, a.engine.Status().Behind)
	w.join(b, late)
	w.run()
	require.Equal(t, 0, late.has(loud), "who never had it does not begin now")
	a.write("from others all comes")
	w.run()
	require.Equal(t, 1, late.has(a))
	for _, l := range b.engine.Status().Links {
		require.True(t, l.Live(), "nothing of it is on its way: %+v", l)
	}
	require.Equal(t, 1, loud.has(a), "and the muted one is given it too")

	w.members(all, late)
	require.Equal(t, 2, late.has(loud), "what is held is served")
	w.members(all)
	w.pass(120_000)
	require.Equal(t, 2_003, b.has(loud))
	w.same()
}

// What is on its way when a device is muted, is not taken any more.
func TestMutingStopsWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	loud, a := w.nodes[0], w.nodes[1]
	loud.write(entries("x", 5_000)...)
	all := devices(w.nodes...)
	w.members(all)
	w.join(loud, a)
	for a.has(loud) < 100 {
		w.step()
	}
	w.members(but(all, loud, func(d *model.Device) { d.Muted = true }), a)
	require.Less(t, a.has(loud), 3_000)
	w.members(all, a)
	w.run()
	w.same()
}
