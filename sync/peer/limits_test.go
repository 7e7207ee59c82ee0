package peer_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

const hour = 3_600_000

// F6, the rate: whoever writes as fast as it can gets a burst and then its rate, by the
// way of fresh events and by that of a vector; the rest comes as time goes by. Others
// write as ever.
func TestADeviceThatWritesTooFastIsFetchedAsItGoes(t *testing.T) {
	t.Parallel()
	for name, batch := range map[string]int{"a few at a time": 25, "many at a time": 1_000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 3)
			fast, a, c := w.nodes[0], w.nodes[1], w.nodes[2]
			w.members(devices(w.nodes...))
			w.join(fast, a)
			w.join(c, a)
			w.pass(1_000)
			for range 2_000 / batch {
				fast.write(entries("x", batch)...)
				w.run()
			}
			require.LessOrEqual(t, a.has(fast), 550)
			require.GreaterOrEqual(t, a.has(fast), 450)
			w.pass(20_000)
			require.LessOrEqual(t, a.has(fast), 550+20*20)
			require.GreaterOrEqual(t, a.has(fast), 450+20*19)
			c.write("in time")
			w.run()
			require.Equal(t, 1, a.has(c))

			s := a.engine.Status()
			require.Equal(t, model.Slowed{
				Device: fast.device(), Person: model.PersonID{1}, Why: model.SlowRate, Since: s.Slowed[0].Since, Limit: 20,
				Behind: 2_000 - a.has(fast),
			}, s.Slowed[0])
			require.Zero(t, s.Behind)
			require.True(t, s.Links[0].Live(), "what is held back is not said to be on its way")
			w.pass(90_000)
			w.same()
			require.Empty(t, a.engine.Status().Slowed)
		})
	}
}

// After a cut of some minutes a device may bring what it wrote in them, at full speed.
func TestCatchingUpAfterALongCutTakesNoTime(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	a.write(entries("history", 9_000)...)
	w.members(devices(w.nodes...))
	x, _ := w.join(a, b)
	w.run()
	w.same()
	w.pass(60_000)
	w.cut(a, x)
	w.run()
	a.write(entries("alone", 6_000)...)
	w.pass(hour / 10)
	w.join(a, b)
	w.run()
	w.same()
	require.Empty(t, b.engine.Status().Slowed)
}

// Who was there all the while has saved up nothing but a burst; and a new link makes
// nobody new.
func TestAFloodIsBoundedHoweverOftenItLinksAndWhateverItsClockSays(t *testing.T) {
	t.Parallel()
	for name, days := range map[string]int64{"its clock is right": 0, "its clock is years behind": -2_000, "its clock is years ahead": 2_000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNet(t, 2)
			fast, a := w.nodes[0], w.nodes[1]
			w.members(devices(w.nodes...))
			x, _ := w.join(fast, a)
			w.pass(hour / 4)
			was := w.now
			for range 6 {
				w.now += days * 24 * hour
				fast.open2()
				fast.write(entries("x", 1_000)...)
				w.now = was
				w.run()
				w.cut(fast, x)
				w.run()
				fast.configure(peer.DefaultLimits()) // a process that greets anew
				w.members(devices(w.nodes...), fast)
				x, _ = w.join(fast, a)
				w.run()
			}
			require.LessOrEqual(t, a.has(fast), 600)
		})
	}
}

// What is given without asking is taken whole, or not at all and asked for later.
func TestARunThatIsMoreThanABurstIsNotTakenForFresh(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	fast, a := w.nodes[0], w.nodes[1]
	w.members(devices(w.nodes...))
	_, y := w.join(fast, a)
	w.pass(1_000)
	clear(fast.ends) // from here on it says what the test says
	var events []*model.Event
	for _, text := range entries("x", 2_000) {
		events = append(events, fast.seal(&model.EntryAdd{}, text))
	}
	w.forge(a, y, wire.Run{Fresh: true, Log: fast.head.Log, Events: events})
	require.Zero(t, a.has(fast))
	w.forge(a, y, wire.Run{Fresh: true, Log: fast.head.Log, Events: events[:300]})
	require.Equal(t, 300, a.has(fast))
}

func TestAServiceHasALargerRate(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	service, a := w.nodes[0], w.nodes[1]
	w.members(but(devices(w.nodes...), service, func(d *model.Device) { d.Service = true }))
	w.join(service, a)
	w.pass(1_000)
	service.write(entries("x", 5_000)...)
	w.run()
	w.same()
}

// The relay of a flood is innocent: what it wrote itself comes at once.
func TestARelayOfAFloodIsNotSlowedDown(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	fast, relay, a := w.nodes[0], w.nodes[1], w.nodes[2]
	w.members(devices(w.nodes...), a) // the relay sets no limits
	w.join(fast, relay)
	w.join(relay, a)
	w.pass(1_000)
	fast.write(entries("x", 4_000)...)
	w.run()
	require.Equal(t, 4_000, relay.has(fast))
	require.LessOrEqual(t, a.has(fast), 600)
	relay.write(entries("mine", 400)...)
	w.run()
	require.Equal(t, 400, a.has(relay))
}

// What the disk refused is not taken off what a device may write.
func TestWhatTheDiskRefusedIsNotCounted(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	a, b := w.nodes[0], w.nodes[1]
	limits := peer.DefaultLimits()
	limits.Rate = 1
	b.configure(limits)
	w.members(devices(w.nodes...))
	w.join(a, b)
	w.pass(1_000)
	b.reject = storage.ErrFull
	a.write(entries("x", 400)...)
	w.pass(7_000)
	require.Empty(t, b.engine.Status().Slowed)
	b.reject = nil
	w.pass(32_000)
	require.Equal(t, 400, b.has(a))
}

// F6, logs: of one device 64 new ones in a day, then the next ones.
func TestADeviceMayBeginSoManyLogsADay(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	wild, a, c := w.nodes[0], w.nodes[1], w.nodes[2]
	w.members(devices(w.nodes...))
	w.join(wild, a)
	w.join(a, c)
	w.pass(1_000)
	logs := func(n *node) int { return n.engine.Sizes()["logs"] }
	before := logs(a)
	for range 100 {
		w.pass(1_000)
		wild.open2()
		w.run()
	}
	require.Equal(t, before+64, logs(a))
	s := a.engine.Status().Slowed
	require.Len(t, s, 1)
	require.Equal(t, model.SlowLogs, s[0].Why)
	require.Equal(t, 64, s[0].Limit)
	require.Equal(t, 36, s[0].Behind)
	c.write("in time")
	w.run()
	require.Equal(t, 1, a.has(c))
	w.now += 24 * hour
	for _, n := range w.nodes { // nobody died meanwhile
		n.engine.Step(peer.Input{At: w.now, Steady: w.now, What: peer.Frame{}})
	}
	for id, f := range a.ends {
		w.cut(a, id)
		w.run()
		w.join(a, f.node)
		w.run()
	}
	w.pass(60_000)
	require.Equal(t, before+100, logs(a))
}

// open2 begins another log while it is linked.
func (n *node) open2() {
	nonce := n.net.nonce()
	n.head = model.Head{Log: model.NewLogID(n.device(), nonce)}
	e := n.seal(&model.LogOpen{Device: n.device(), Workspace: workspace, Log: model.ContentLog, Nonce: nonce, Reason: model.ReasonNew}, "")
	require.NoError(n.net.t, n.commit(n.head.Log, []*model.Event{e}))
}

func (w *net) nonce() (n model.Nonce) {
	w.next++
	binary.BigEndian.PutUint64(n[:], uint64(w.next))
	return n
}

// A room that is new learns of all the logs that a device ever began.
func TestTheLogsOfALongHistoryAreNoneOfToday(t *testing.T) {
	t.Parallel()
	w := newNet(t, 2)
	old, a := w.nodes[0], w.nodes[1]
	for range 150 {
		old.open2()
	}
	w.members(devices(w.nodes...))
	w.run()
	w.join(old, a)
	w.run()
	w.same()
}

// F6, 64 kB bodies: a log that is as large as it may be is fetched on when it may be
// larger.
func TestALogThatIsTooLargeIsNotFetchedOn(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	fat, a, c := w.nodes[0], w.nodes[1], w.nodes[2]
	limits := peer.DefaultLimits()
	limits.LogBytes = 2 << 20
	a.configure(limits)
	w.members(devices(w.nodes...))
	w.join(fat, a)
	w.join(c, a)
	w.pass(1_000)
	for range 100 {
		fat.write(strings.Repeat("x", 60_000))
		w.run()
	}
	c.write("in time")
	w.pass(60_000)
	require.Equal(t, 1, a.has(c))
	held := a.has(fat)
	require.InDelta(t, (2<<20)/60_000, held, 8)
	s := a.engine.Status().Slowed
	require.Len(t, s, 1)
	require.Equal(t, model.Slowed{Device: fat.device(), Person: model.PersonID{1}, Why: model.SlowDisk, Since: s[0].Since, Behind: 100 - held, Limit: 2}, s[0])

	limits.LogBytes = 64 << 20
	for id := range a.ends {
		w.cut(a, id)
	}
	w.run()
	a.configure(limits)
	w.members(devices(w.nodes...), a)
	w.join(fat, a)
	w.join(c, a)
	w.pass(1_000)
	w.same()
}

// configure starts a node's engine with limits.
func (n *node) configure(l peer.Limits) {
	lines, err := n.store.Branches()
	require.NoError(n.net.t, err)
	n.engine = peer.New(peer.Config{
		Workspace: workspace, Device: n.device(), Instance: [16]byte{n.key[0], byte(len(lines)), 9}, Store: [16]byte{n.key[0]},
		Lines: lines, Writes: peer.Writes{Content: n.head.Log}, Limits: l,
	})
}

// Keys cost nothing: all strangers together may begin as many membership logs as one
// member.
func TestStrangersShareOneLimit(t *testing.T) {
	t.Parallel()
	w := newNet(t, 3)
	liar, a, c := w.nodes[0], w.nodes[1], w.nodes[2]
	w.members(devices(w.nodes...))
	_, y := w.join(liar, a)
	w.join(c, a)
	w.pass(1_000)
	before := a.engine.Sizes()["logs"]
	clear(liar.ends) // from here on it says what the test says
	for i := range 200 {
		w.forge(a, y, wire.Run{Fresh: true, Log: strangersLog(t, w, i).Log, Events: []*model.Event{strangersLog(t, w, i)}})
	}
	require.Equal(t, before+64, a.engine.Sizes()["logs"])
	log := c.openMembership(2)
	w.pass(1_000)
	require.True(t, a.sees(log))
	require.LessOrEqual(t, a.engine.Sizes()["accounts"], 3)
	require.Equal(t, model.DeviceKey{}, a.engine.Status().Slowed[0].Device)
}

// strangersLog is the first event of a membership log of a key that nobody knows.
func strangersLog(t *testing.T, w *net, i int) *model.Event {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed[8:], uint64(i+1))
	key := ed25519.NewKeyFromSeed(seed)
	device := model.DeviceKey(key.Public().(ed25519.PublicKey))
	nonce := model.Nonce{1}
	e, _, err := model.Seal(model.Signer{Workspace: workspace, Key: key}, model.Head{Log: model.NewLogID(device, nonce)}, model.Draft{
		Scope: model.Scope{9}, Body: &model.LogOpen{Device: device, Workspace: workspace, Log: model.MembershipLog, Nonce: nonce, Reason: model.ReasonNew},
	}, w.now, model.Salt{7})
	require.NoError(t, err)
	return e
}
