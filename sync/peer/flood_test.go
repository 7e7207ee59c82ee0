package peer_test

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// liar links a device of which the test makes every frame, and gives the link.
func (w *net) liar(to *node, device model.DeviceKey) peer.ID {
	w.next++
	x := w.next
	w.post(to, peer.Up{Link: x, Device: device})
	w.forge(to, x, wire.Hello{Oldest: 1, Version: 1, Workspace: workspace, Instance: [16]byte{byte(x), 77}})
	w.forge(to, x, wire.Vector{Members: true, Full: true})
	return x
}

// made are the tips of logs that nobody has.
func made(from, n int) []wire.Tip {
	tips := make([]wire.Tip, n)
	for i := range tips {
		binary.BigEndian.PutUint64(tips[i].Log[:], uint64(from+i+1))
		tips[i].Seq = 1 << 40
	}
	return tips
}

// vector says that a peer has tips, in as many frames as it takes.
func (w *net) vector(to *node, link peer.ID, v wire.Vector) {
	v.Digest = wire.DigestOf(v.Tips)
	for rest := v.Tips; ; {
		part := v
		part.Tips, part.More = rest[:min(len(rest), wire.MaxTips)], len(rest) > wire.MaxTips
		if part.More {
			part.Digest = wire.Digest{}
		}
		w.forge(to, link, part)
		if rest, v.Full = rest[len(part.Tips):], false; !part.More {
			return
		}
	}
}

// F6, 10^5 logs: what a peer makes up is remembered up to a bound, and others are
// heard all the while.
func TestAPeerThatTellsOfAHundredThousandLogsIsBounded(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, c := w.nodes[0], w.nodes[1]
	w.members(but(devices(w.nodes...), &node{key: evilKey()}, func(d *model.Device) { d.Standing = model.Writes }))
	w.join(a, c)
	x := w.liar(a, deviceOf(evilKey()))
	w.vector(a, x, wire.Vector{Full: true, Tips: made(0, peer.MaxHeard)})
	for i := range 400 { // each want is answered: there is nothing
		w.forge(a, x, wire.Run{Log: made(i, 1)[0].Log, Last: true})
	}
	c.write("in time")
	w.run()
	require.Equal(t, 1, a.has(c))
	for name, n := range a.engine.Sizes() {
		require.LessOrEqual(t, n, peer.MaxHeard+10, name)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	require.Less(t, m.HeapAlloc, uint64(256<<20))

	w.forge(a, x, wire.Ack{Tips: made(peer.MaxHeard, 100)})
	require.Equal(t, []string{"peer.problem.many"}, closed(a))
	require.Less(t, a.engine.Sizes()["heard"], 100)
}

func TestWhatAPeerMakesUpIsBounded(t *testing.T) {
	t.Parallel()
	const frames = 40
	for name, say := range map[string]func(w *net, a *node, x peer.ID, i int){
		"acknowledgements of logs that nobody has": func(w *net, a *node, x peer.ID, i int) {
			w.forge(a, x, wire.Ack{Tips: made(i*10_000, 10_000)})
		},
		"lines of one log without end": func(w *net, a *node, x peer.ID, i int) {
			tips := made(0, 10_000)
			for j := range tips {
				binary.BigEndian.PutUint64(tips[j].Log[:], uint64(i)) // one log a frame
				tips[j].Seq = uint64(j + 1)
			}
			w.forge(a, x, wire.Ack{Tips: tips})
		},
		"membership logs, whole vectors again and again": func(w *net, a *node, x peer.ID, i int) {
			w.forge(a, x, wire.Vector{Members: true, Full: true, Tips: made(i*10_000, 10_000)})
		},
		"forks of logs that nobody has": func(w *net, a *node, x peer.ID, i int) {
			for j := range 20 {
				head := model.Head{Log: made(i*20+j, 1)[0].Log, Seq: 2}
				one, other := *w.nodes[1], *w.nodes[1]
				one.head, other.head = head, head
				f, err := model.NewFork(&one.seal(&model.EntryAdd{}, "one").Raw, &other.seal(&model.EntryAdd{}, "other").Raw)
				require.NoError(w.t, err)
				w.forge(a, x, wire.Forked{Fork: f})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			a, c := w.nodes[0], w.nodes[1]
			w.members(devices(w.nodes...))
			w.join(a, c)
			x := w.liar(a, deviceOf(evilKey()))
			w.vector(a, x, wire.Vector{Full: true})
			for i := range frames {
				say(w, a, x, i)
			}
			for name, n := range a.engine.Sizes() {
				require.LessOrEqual(t, n, peer.MaxHeard+10, name)
			}
			require.LessOrEqual(t, a.engine.Sizes()["proved"], 10)
			c.write("in time")
			w.run()
			require.Equal(t, 1, a.has(c))
		})
	}
}

func evilKey() []byte { return append(make([]byte, 32), []byte("a key of which nothing is signed")...) }

func deviceOf(key []byte) (d model.DeviceKey) {
	copy(d[:], key[32:])
	return d
}

// F10 and F6: those who tell of much and give nothing take nobody's turn.
func TestAPeerThatGivesNothingTakesNobodysTurn(t *testing.T) {
	t.Parallel()
	for name, judged := range map[string]bool{"the membership is known": true, "it is not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			a, honest := w.nodes[0], w.nodes[1]
			if judged {
				w.members(devices(w.nodes...))
			}
			for i := range 6 {
				x := w.liar(a, model.DeviceKey{byte(i + 1), 'x'})
				w.vector(a, x, wire.Vector{Full: true, Tips: made(i*10, 9)})
				for range 4 { // its credit grows
					for j := range 9 {
						w.forge(a, x, wire.Run{Log: made(i*10+j, 1)[0].Log, Last: true})
					}
				}
				w.vector(a, x, wire.Vector{Full: true, Tips: made(100+i*10, 9)})
			}
			honest.write(entries("x", 400)...)
			w.run()
			w.join(a, honest)
			w.run()
			require.Equal(t, 400, a.has(honest), "though six others were asked for all that there is room for")
		})
	}
}

// F10: an end that nobody has, told again and again of another's log, keeps that log
// back for half a minute at most.
func TestEndsThatNobodyHasDoNotKeepALogBack(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, honest := w.nodes[0], w.nodes[1]
	w.members(devices(w.nodes...))
	x := w.liar(a, model.DeviceKey{99})
	w.vector(a, x, wire.Vector{Full: true})
	w.join(a, honest)
	w.run()
	tell := func(seq uint64) {
		w.forge(a, x, wire.Ack{Tips: []wire.Tip{{Log: honest.head.Log, Seq: seq, Hash: model.ShortHash{byte(seq)}}}})
		w.forge(a, x, wire.Ping{})
	}
	tell(1 << 50)
	honest.write(entries("behind it", 1_000)...) // too many to be given without asking
	w.run()
	require.Zero(t, a.has(honest))
	for i := range uint64(120) {
		w.pass(250)
		tell(1<<50 + i)
	}
	require.Equal(t, 1_000, a.has(honest))
}

// A log counts as history when its writer's first greeting tells of it, and never
// again.
func TestOnlyTheFirstGreetingTellsOfHistory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		history bool
		tell    func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID
	}{
		"the first": {true, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{Tips: tips})
			return x
		}},
		"a whole vector once more": {false, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{Full: true, Tips: tips})
			return x
		}},
		"another vector": {false, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{})
			w.vector(a, x, wire.Vector{Tips: tips})
			return x
		}},
		"a second link": {false, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{})
			y := w.liar(a, w.nodes[1].device())
			w.vector(a, y, wire.Vector{Tips: tips})
			return y
		}},
		"a second link that is left alone": {false, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{})
			y := w.liar(a, w.nodes[1].device())
			w.post(a, peer.Down{Link: x})
			w.run()
			w.vector(a, y, wire.Vector{Tips: tips})
			return y
		}},
		"a link after a link": {false, func(w *net, a *node, x peer.ID, tips []wire.Tip) peer.ID {
			w.vector(a, x, wire.Vector{})
			w.post(a, peer.Down{Link: x})
			w.run()
			y := w.liar(a, w.nodes[1].device())
			w.vector(a, y, wire.Vector{Tips: tips})
			return y
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			a, fast := w.nodes[0], w.nodes[1]
			w.members(devices(w.nodes...))
			fast.write(entries("x", 1_500)...)
			w.run()
			events := fast.line(fast.head.Log)
			last := events[len(events)-1]
			x := w.liar(a, fast.device())
			x = c.tell(w, a, x, []wire.Tip{{Log: last.Log, Seq: last.Seq, Hash: last.Hash().Short()}})
			for part := range slices.Chunk(events, 100) {
				w.forge(a, x, wire.Run{Log: last.Log, Last: true, Events: part})
			}
			if c.history {
				require.Equal(t, 1_500, a.has(fast))
			} else {
				require.LessOrEqual(t, a.has(fast), 600)
			}
		})
	}
}

// Who writes a log is believed of its own signature alone.
func TestALogIsNotHeldBackByAForgedOpening(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	a, newcomer, evil := w.nodes[0], w.nodes[1], w.nodes[2]
	w.members(devices(a, evil))
	x := w.liar(a, evil.device())
	w.vector(a, x, wire.Vector{Full: true})
	nonce := model.Nonce{9}
	log := model.NewLogID(newcomer.device(), nonce)
	evil.head = model.Head{Log: log}
	open := &model.LogOpen{Device: newcomer.device(), Workspace: workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}
	w.forge(a, x, wire.Run{Fresh: true, Log: log, Events: []*model.Event{evil.seal(open, "")}})
	require.Zero(t, a.engine.Sizes()["openers"])
	newcomer.head = model.Head{Log: log}
	open.Log = model.MembershipLog
	require.NoError(t, newcomer.commit(log, []*model.Event{newcomer.seal(open, "")}))
	w.join(a, newcomer)
	w.run()
	require.True(t, a.sees(log))
}

func TestWhatIsRememberedOfLogsThatAreNotTakenIsBounded(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a := w.nodes[0]
	w.join(a, w.nodes[1])
	w.run()
	for i := range 5 * peer.MaxHeard {
		a.engine.Remember(made(i, 1)[0])
	}
	sizes := a.engine.Sizes()
	require.Equal(t, peer.MaxOpeners, sizes["openers"])
	require.Equal(t, peer.MaxOpeners, sizes["opened"])
	require.LessOrEqual(t, sizes["stuck"], 3*peer.MaxHeard)
}
