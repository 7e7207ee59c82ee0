package main

import (
	"crypto/ed25519"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/door"
	"warroom/sync/link"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
	"warroom/tui/lang"
)

// memoryRoom is a room without a disk.
func memoryRoom(t *testing.T, o room.Options) *room.Room {
	t.Helper()
	o.Store, o.Name = storage.NewMemory(), "ana"
	r, err := room.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func TestARoomProcessStaysWhilePeersAreConnected(t *testing.T) {
	t.Parallel()
	signer, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, 32)))
	require.NoError(t, err)
	doors := door.New(door.Options{HostKey: signer, Handle: func(*door.Session) int { return 0 }})
	p := &process{app: &app{Main: Main{Now: time.Now}}, room: memoryRoom(t, room.Options{})}
	require.False(t, p.needed(doors))
	invited := &process{app: p.app, room: memoryRoom(t, room.Options{})}
	_, err = invited.room.Do(t.Context(), model.Actor{Person: invited.room.Me(), Via: model.DoorShell}, model.Scope{}, model.MakeInvite{
		Token: model.TokenID{1}, Access: model.Responder, Expires: time.Now().Add(time.Minute),
	})
	require.NoError(t, err)
	require.True(t, invited.needed(doors), "somebody was invited")
	invited.app.Now = func() time.Time { return time.Now().Add(time.Hour) }
	require.False(t, invited.needed(doors), "whose time is over")
	invited.room.SetWaiting([]model.Waiting{{}})
	require.True(t, invited.needed(doors), "who waits")
	for state, needed := range map[model.LinkState]bool{
		model.LinkOffline: false, model.LinkConnecting: false, model.LinkBehind: true, model.LinkLive: true,
	} {
		p.room.SetPeers(model.NewPeers([]model.Peer{{Name: "bob", State: state}}, 0, 0, nil, nil))
		require.Equal(t, needed, p.needed(doors), state)
	}
}

// A room without peers shows none and may restrict; one with peers may not.
func TestLinksSayWhetherTheRoomHasPeers(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	j := &joined{r}
	got, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorShell}, model.Scope{}, model.OpenIncident{Title: "x", Source: model.ByTicket})
	require.NoError(t, err)
	restrict := func(c model.Command) model.Code {
		_, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorShell}, got.Incident, c)
		return model.CodeOf(err)
	}
	j.SetPeers(model.NewPeers([]model.Peer{{Name: "bob"}}, 0, 0, nil, nil))
	require.Len(t, r.Overview().Peers.All, 1)
	require.Equal(t, model.CodeRestrictPeers, restrict(model.Restrict{}))
	j.SetPeers(model.NewPeers(nil, 0, 0, nil, nil))
	require.Nil(t, r.Overview().Peers)
	require.Empty(t, restrict(model.Restrict{}))
}

func TestNoLinkIsToldOfBeforeThereIsOne(t *testing.T) {
	t.Parallel()
	l := newLinking(&app{}, t.TempDir(), nil)
	r := memoryRoom(t, room.Options{Feed: l.fed})
	_, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorShell}, model.Scope{}, model.AddPerson{Name: "bob"})
	require.NoError(t, err)
	require.Nil(t, l.running())
	require.Empty(t, l.warnings())
	var none *linking
	none.look()
	require.Nil(t, none.running())
	require.Empty(t, none.warnings())
}

// Of a log, a reader of the links gets what it asked for; the digest is of the ends.
func TestARoomAsLinksSeeIt(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	j := &joined{r}
	content, membership := r.Writes()
	require.Equal(t, peer.Writes{Content: content, Membership: membership}, writesOf(r))
	h, err := j.Hashes(t.Context())
	require.NoError(t, err)
	var tips []wire.Tip
	for _, l := range r.Lines() {
		tips = append(tips, wire.Tip{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()})
	}
	require.Equal(t, wire.DigestOf(tips), h.Vector)
	require.NotEmpty(t, h.Hashes)
	n := uint64(0)
	require.NoError(t, spring{r}.ReadLine(membership, 1, func(e *model.Event) error {
		n++
		require.Equal(t, n, e.Seq)
		return nil
	}))
	require.EqualValues(t, 2, n)
	require.NotEqual(t, storeID(r), storeID(memoryRoom(t, room.Options{})))
}

// Two peers of one person have two names in the file, and one that comes again keeps
// its own.
func TestAPeerHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("open", "Checkout")
	for _, c := range []struct{ name, want string }{{"bob", "bob"}, {"Bob", "Bob 2"}, {"@bob", "bob 3"}} {
		card := link.Card{Device: model.DeviceKey{byte(len(c.want)), c.name[0]}}
		w.must("peers", "add", c.name, card.String(), "10.0.0.1")
		had, err := link.LoadPeers(filepath.Join(w.store(), link.PeersFile))
		require.NoError(t, err)
		require.Equal(t, c.want, had.All[len(had.All)-1].Name)
		w.must("peers", "add", c.name, card.String(), "10.0.0.1:7117")
		again, err := link.LoadPeers(filepath.Join(w.store(), link.PeersFile))
		require.NoError(t, err)
		require.Equal(t, had, again)
	}
	require.NotContains(t, w.must("member"), "Bob 2", "all are bob's devices")
}

func TestAddressesAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"jump": "jump:7117", "10.0.0.1": "10.0.0.1:7117", "10.0.0.1:99": "10.0.0.1:99", ":7117": ":7117", "::1": "[::1]:7117", "[::1]": "[::1]:7117",
		"[fe80::1%eth0]:5": "[fe80::1%eth0]:5",
	} {
		got, ok := peerAddress(typed)
		require.True(t, ok, typed)
		require.Equal(t, want, got)
	}
	for _, typed := range []string{"", "a b", "a:b", "a:1:2", "a:70000", ":"} {
		_, ok := peerAddress(typed)
		require.False(t, ok, typed)
	}
	require.Equal(t, "+12.0 ms", signed(12*time.Millisecond))
	require.Equal(t, "-1m30s", signed(-90*time.Second))
	require.Equal(t, "1.5 s", fine(1500*time.Millisecond))
	require.Equal(t, "0.3 ms", fine(320*time.Microsecond))
}

// A log that ends is told of once: by what stands between rooms where there are links,
// with whose it is, else by the room.
func TestALogThatEndsIsToldOfOnce(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	j := &joined{r}
	content, _ := r.Writes()
	require.NoError(t, r.End(t.Context(), content, 1))
	said := func() (keys []string) {
		o := r.Overview()
		for _, say := range append(o.Warnings, o.Peers.Warnings(o.People)...) {
			keys = append(keys, say.Key)
		}
		return keys
	}
	require.Equal(t, []string{"warning.ended"}, said())
	p := model.NewPeers([]model.Peer{{Name: "bob"}}, 0, 0, []model.ForkedLog{{Log: content, Device: r.Device()}, {Log: model.LogID{1}, Device: model.DeviceKey{1}}}, nil)
	p.Ended = []model.EndedLog{{Log: content, From: 1, Device: r.Device()}}
	j.SetPeers(p)
	require.Equal(t, []string{"warning.fork", "warning.fork", "warning.ended.log"}, said())
	got := r.Overview().Peers
	require.Equal(t, r.Me(), got.Ended[0].Person)
	require.Equal(t, r.Me(), got.Forks[0].Person)
	require.True(t, got.Forks[1].Person.IsZero(), "nobody is known to have that device")
}

// Two rooms of which one has not heard yet that a line ends have another state, and
// rightly: they must not be taken to have the same events.
func TestTheVectorOfAStateSaysWhichLinesEnd(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	j := &joined{r}
	content, _ := r.Writes()
	require.NoError(t, r.End(t.Context(), content, 1))
	h, err := j.Hashes(t.Context())
	require.NoError(t, err)
	counted := r.Lines()
	for i := range counted {
		counted[i].Ends = 0
	}
	require.NotEqual(t, peer.CountedDigest(counted), h.Vector)
	require.Equal(t, peer.CountedDigest(r.Lines()), h.Vector)
}

// Who came in by an invite has the address of its inviter in the file of peers; people
// know whose device it is.
func TestWhoSaysThatThisDeviceIsOutIsNamedByPersonAndDevice(t *testing.T) {
	t.Parallel()
	r := memoryRoom(t, room.Options{})
	key := model.DeviceKey{7}
	_, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorShell}, model.Scope{}, model.AddDevice{Name: "bob", Access: model.Owner, Device: key})
	require.NoError(t, err)
	people := r.Overview().People
	bob, err := people.Find("bob")
	require.NoError(t, err)
	short, _, _ := strings.Cut(link.FormatPin(link.PinOf(key)), "-")
	require.Equal(t, model.Say("device.of", "Person", bob, "Device", short), whoseDevice(people, link.PinOf(key), "10.0.0.1"))
	require.Equal(t, model.Say("shell.text", "Text", "10.0.0.1"), whoseDevice(people, model.Hash{9}, "10.0.0.1"), "of whom the membership does not know")
	l := &linking{}
	who := whoseDevice(people, link.PinOf(key), "10.0.0.1")
	l.taken.Store(&who)
	words := lang.New(lang.Options{Name: people.Name})
	require.Len(t, l.warnings(), 1)
	require.Contains(t, words.Say(l.warnings()[0]), "says bob ("+short+"):")
}
