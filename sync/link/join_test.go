package link_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/link"
	"warroom/sync/wire"
)

// hall is a room that people come into: its membership is what a test says.
type hall struct {
	*place
	mu      sync.Mutex
	of      map[model.DeviceKey]model.Device
	waiting []model.Waiting
	out     []string
	outPins []model.Hash // theirs
	net     *network
}

// person is whose a device is.
func person(seed byte) model.PersonID { return model.PersonID{0xb0, seed} }

func openHall(t testing.TB, n *network, seed byte, peers link.Peers, change ...func(*link.Options)) *hall {
	t.Helper()
	h := &hall{of: map[model.DeviceKey]model.Device{}}
	h.set(seed, model.Writes)
	// Whom its file names it knows as a member, too: who is a stranger there has nothing
	// fetched but the membership.
	for of := byte(1); of < 10; of++ {
		if slices.ContainsFunc(peers.All, func(p link.Peer) bool { return p.Pin == pin(of) }) {
			h.set(of, model.Writes)
		}
	}
	dir := t.TempDir()
	all := append([]func(*link.Options){func(o *link.Options) {
		o.Members = h.members
		o.InvitesFile = filepath.Join(dir, link.InvitesFile)
		o.Waiting = func(w []model.Waiting) { h.mu.Lock(); defer h.mu.Unlock(); h.waiting = w }
		o.Out = func(pin model.Hash, name string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.out, h.outPins = append(h.out, name), append(h.outPins, pin)
		}
		o.Who = func(d model.Device) (string, model.Access) { return d.Name, model.Responder }
	}}, change...)
	h.net = n
	h.place = settle(t, n, seed, workspace, peers, all...)
	if n != nil {
		time.Sleep(time.Second) // its door is open
	}
	return h
}

func (h *hall) members() map[model.DeviceKey]model.Device {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.of
}

// set gives a device a standing.
func (h *hall) set(seed byte, s model.Standing) {
	h.mu.Lock()
	h.of = maps.Clone(h.of)
	h.of[device(seed)] = model.Device{Key: device(seed), Person: person(seed), Name: "member " + string('a'+rune(seed)), Standing: s}
	h.mu.Unlock()
	if h.place != nil {
		h.shell.MembersChanged()
	}
}

func (h *hall) waits() []model.Waiting {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waiting
}

func (h *hall) told() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out
}

// invite makes one, and reads it as who is invited does.
func (h *hall) invite(t testing.TB, addresses ...string) invite.Invite {
	t.Helper()
	made, err := h.shell.Invite(link.Invitation{Access: model.Responder, By: person(1), Addresses: addresses})
	require.NoError(t, err)
	i, err := invite.Parse(made.Text)
	require.NoError(t, err)
	require.Equal(t, made.Token, i.Token)
	return i
}

// joining is a device that asks to come in.
type joining struct {
	mu    sync.Mutex
	words [][4]string
	lost  []model.Phrase
	done  chan struct{}
	in    link.Admitted
	err   error
}

func join(t testing.TB, n *network, seed byte, i invite.Invite) *joining {
	t.Helper()
	j := &joining{done: make(chan struct{})}
	o := link.JoinOptions{
		Invite: i, Key: deviceKey(seed), Name: "Cleo", Label: "laptop", Random: func() float64 { return 1 },
		OnWaiting: func(w [4]string) { j.mu.Lock(); defer j.mu.Unlock(); j.words = append(j.words, w) },
		OnLost:    func(p model.Phrase) { j.mu.Lock(); defer j.mu.Unlock(); j.lost = append(j.lost, p) },
	}
	if n != nil {
		o.Net = n.dial
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		<-j.done
	})
	go func() {
		defer close(j.done)
		j.in, j.err = link.Join(ctx, o)
	}()
	return j
}

func (j *joining) saw() [][4]string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.words
}

// ends waits until it is decided.
func (j *joining) ends(t testing.TB) {
	t.Helper()
	select {
	case <-j.done:
	case <-time.After(time.Hour): // of a bubble
		require.FailNow(t, "nothing is decided")
	}
}

// kind waits for why it did not come in.
func (j *joining) kind(t testing.TB) link.JoinKind {
	t.Helper()
	j.ends(t)
	var e *link.JoinError
	require.ErrorAs(t, j.err, &e)
	require.NotEmpty(t, e.Phrase().Key)
	return e.Kind
}

func TestWhoIsInvitedComesInWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "nobody:7117", "ana:7117")
		cleo := join(t, n, 2, i)
		time.Sleep(time.Second)
		require.Len(t, ana.waits(), 1)
		w := ana.waits()[0]
		require.Equal(t, [][4]string{w.Words}, cleo.saw(), "both see the same four words")
		require.Equal(t, "Cleo", w.Name)
		require.Equal(t, "laptop", w.Label)
		require.Equal(t, device(2), w.Device)
		require.Equal(t, model.Responder, w.Access)
		require.True(t, invite.CheckConsent(w.Consent, workspace.Scope(), device(1), device(2), i.Token))
		require.Zero(t, ana.shell.HalfOpen(), "who waits is half-open no more")
		require.Len(t, ana.tips(), 2)
		time.Sleep(9 * time.Minute)
		ana.set(2, model.Writes)
		cleo.ends(t)
		require.NoError(t, cleo.err)
		require.Equal(t, link.Admitted{
			Workspace: workspace, Device: device(1), Route: link.Route{Address: "ana:7117"}, Person: person(2), Access: model.Responder,
		}, cleo.in)
		require.Empty(t, ana.waits())

		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State, "and then its room is linked")
		require.Equal(t, ana.tips(), ben.tips())
		again := join(t, n, 2, i)
		again.ends(t)
		require.NoError(t, again.err)
		require.True(t, again.in.Known)
	})
}

func TestWhoWaitsGoesOnWaitingOverANewConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		cleo := join(t, n, 2, ana.invite(t, "ana:7117"))
		time.Sleep(time.Second)
		for range 3 {
			n.cut()
			time.Sleep(2 * time.Minute)
			n.mend()
			time.Sleep(20 * time.Second)
			require.Len(t, ana.waits(), 1)
			words := cleo.saw()
			require.Equal(t, ana.waits()[0].Words, words[len(words)-1])
		}
		require.Len(t, cleo.saw(), 4)
		before := n.dialed()
		time.Sleep(time.Hour) // it asks again every ten minutes
		require.InDelta(t, 6, n.dialed()-before, 1)
		require.Len(t, ana.waits(), 1)
		n.cut()
		ana.set(2, model.Reads)
		time.Sleep(time.Minute)
		n.mend()
		cleo.ends(t)
		require.NoError(t, cleo.err)
		require.True(t, cleo.in.Known, "it was let in while it was away")
	})
}

func TestWhatIsDecidedIsToldByKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decide func(t *testing.T, h *hall, i invite.Invite)
		kind   link.JoinKind
	}{
		"turned away": {func(t *testing.T, h *hall, i invite.Invite) {
			require.NoError(t, h.shell.TurnAway(i.Token, device(2)))
			var e *model.Error
			require.ErrorAs(t, h.shell.TurnAway(i.Token, device(2)), &e)
			require.Equal(t, model.CodeWaitingNone, e.Code)
		}, link.JoinRefused},
		"withdrawn": {func(t *testing.T, h *hall, i invite.Invite) {
			require.NoError(t, h.shell.Withdraw(i.Token))
			require.Error(t, h.shell.Withdraw(i.Token))
		}, link.JoinRefused},
		"taken out": {func(t *testing.T, h *hall, i invite.Invite) {
			h.set(2, model.Out)
			h.net.cut()
			h.net.mend()
		}, link.JoinOut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
				i := ana.invite(t, "ana:7117")
				cleo := join(t, n, 2, i)
				time.Sleep(time.Second)
				require.Len(t, ana.waits(), 1)
				c.decide(t, ana, i)
				require.Equal(t, c.kind, cleo.kind(t))
			})
		})
	}
}

// I1
func TestI1AnInviteWhoseTimeIsOverIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		require.WithinDuration(t, time.Now().Add(invite.Usual), i.Expires, time.Minute)
		time.Sleep(time.Until(i.Expires))
		require.Equal(t, link.JoinGone, join(t, n, 2, i).kind(t))
		require.Empty(t, ana.waits())
	})
}

// I2
func TestI2AnInviteThatIsUsedTwiceLetsNeitherIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		cleo := join(t, n, 2, i)
		time.Sleep(time.Second)
		mallory := join(t, n, 3, i)
		require.Equal(t, link.JoinHeld, mallory.kind(t))
		require.Equal(t, link.JoinHeld, cleo.kind(t), "who waited is told so too")
		require.Len(t, ana.waits(), 2)
		for _, w := range ana.waits() {
			require.True(t, w.Twice)
		}
		ana.set(2, model.Writes) // an owner said which
		again := join(t, n, 2, i)
		again.ends(t)
		require.NoError(t, again.err)
		require.Equal(t, link.JoinHeld, join(t, n, 3, i).kind(t))
	})
}

// I5
func TestI5FiveWrongMACsEndAnInviteAlsoAcrossAStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		file := filepath.Join(t.TempDir(), link.InvitesFile)
		keeps := func(o *link.Options) { o.InvitesFile = file }
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		i := ana.invite(t, "ana:7117")
		guess := i
		guess.Secret = invite.NewSecret([16]byte{1})
		for seed := range byte(3) {
			require.Equal(t, link.JoinGone, join(t, n, 10+seed, guess).kind(t))
		}
		ana.stop()
		ana = openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		for seed := range byte(2) {
			require.Equal(t, link.JoinGone, join(t, n, 20+seed, guess).kind(t))
		}
		require.Equal(t, link.JoinGone, join(t, n, 2, i).kind(t))
		require.Empty(t, ana.waits())
	})
}

// I7
func TestI7SomebodyInTheMiddleIsNotSpokenToOrHasOtherWords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // with a certificate of their own
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		_ = openHall(t, n, 3, listens(link.Peers{}, "middle"))
		require.Equal(t, link.JoinElse, join(t, n, 2, ana.invite(t, "middle:7117")).kind(t))
		require.Empty(t, ana.waits())
	})
	synctest.Test(t, func(t *testing.T) { // who changed the invite on its way has its secret: the words give them away
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		door, err := n.listen("middle:7117")
		require.NoError(t, err)
		changed := i
		changed.Pin, changed.Addresses = pin(3), []string{"middle:7117"}
		cleo := join(t, n, 2, changed)
		c, err := door.Accept()
		require.NoError(t, err)
		s, _, err := link.Secure(t.Context(), c, link.ServerConfig(certificate(t, 3)), false, time.Minute)
		require.NoError(t, err)
		_, err = s.Write([]byte{wire.MarkStranger})
		require.NoError(t, err)
		_, err = wire.ReadFrameOf(s, nil, wire.MaxKnock)
		require.NoError(t, err)
		_, err = s.Write(frames(t, wire.Admit{State: wire.AdmitWaits}))
		require.NoError(t, err)
		middle := join(t, n, 3, i)
		time.Sleep(time.Second)
		require.Len(t, ana.waits(), 1)
		require.Equal(t, middle.saw()[0], ana.waits()[0].Words)
		require.NotEqual(t, cleo.saw()[0], ana.waits()[0].Words)
		_ = s.Close()
	})
}

func frames(t testing.TB, all ...wire.Message) (out []byte) {
	t.Helper()
	for _, m := range all {
		out = wire.AppendFrame(out, frame(t, m))
	}
	return out
}

func TestWhoCannotAskIsToldWhy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "nobody:7117", "ssh:elsewhere")
		require.Equal(t, link.JoinNoWay, join(t, n, 2, i).kind(t))
		require.Equal(t, link.JoinSelf, join(t, n, 1, i).kind(t))
		i.Addresses = []string{"ssh:-oProxyCommand=touch", "no port", "ana:70000"}
		before := n.dialed()
		require.Equal(t, link.JoinNowhere, join(t, n, 2, i).kind(t))
		require.Equal(t, before, n.dialed(), "what is no address is not dialed")
		_, err := link.Join(t.Context(), link.JoinOptions{Invite: i, Key: deviceKey(2), Name: "\x1b[2J"})
		var e *link.JoinError
		require.ErrorAs(t, err, &e)
		require.Equal(t, link.JoinName, e.Kind)
		door, err := n.listen("mute:7117") // it is reached, and says nothing to a question
		require.NoError(t, err)
		go func() {
			for {
				c, err := door.Accept()
				if err != nil {
					return
				}
				s, _, err := link.Secure(t.Context(), c, link.ServerConfig(certificate(t, 1)), false, time.Minute)
				if err == nil {
					_, _ = s.Write([]byte{wire.MarkStranger})
					_, _ = wire.ReadFrameOf(s, nil, wire.MaxKnock)
					_ = s.Close()
				}
			}
		}()
		i.Addresses = []string{"mute:7117"}
		require.Equal(t, link.JoinNoWay, join(t, n, 2, i).kind(t))
		_ = door.Close()
	})
}

func TestConnectionsThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		var all []*joining
		for i := range byte(invite.MaxOpen) {
			all = append(all, join(t, n, 10+i, ana.invite(t, "ana:7117")))
			time.Sleep(100 * time.Millisecond) // the port lets only so many knock at once
		}
		time.Sleep(10 * time.Second)
		require.Len(t, ana.waits(), invite.MaxRequests)
		more := join(t, n, 200, ana.invite(t, "ana:7117"))
		time.Sleep(10 * time.Second)
		require.Empty(t, more.saw())
		require.NotEmpty(t, more.lost, "it is told that it is tried again")
		require.Equal(t, "link.problem.busy", more.lost[0].Key)
		require.LessOrEqual(t, n.open(), 2*(invite.MaxRequests+1))
		ana.set(10, model.Writes)
		all[0].ends(t)
		require.NoError(t, all[0].err)
		time.Sleep(time.Minute)
		require.NotEmpty(t, more.saw(), "somebody went, and made room")
		ana.stop()
		synctest.Wait()
	})
}

func TestTheFileOfInvitesIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		file := filepath.Join(t.TempDir(), link.InvitesFile)
		keeps := func(o *link.Options) { o.InvitesFile = file }
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		i := ana.invite(t, "ana:7117")
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		ana.stop()

		require.NoError(t, os.Chmod(file, 0o640))
		ana = openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		require.Equal(t, "error.invites.open", ana.warned()[0].Key)
		_, err = ana.shell.Invite(link.Invitation{Access: model.Observer})
		require.Error(t, err)
		require.Equal(t, link.JoinGone, join(t, n, 2, i).kind(t))
		ana.stop()

		require.NoError(t, os.Chmod(file, 0o600))
		whole, err := os.ReadFile(file)
		require.NoError(t, err)
		writeFile(t, file, string(whole[:len(whole)/2]))
		ana = openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		require.Equal(t, "link.problem.invites.damaged", ana.warned()[0].Key)
		require.FileExists(t, file+".damaged")
		require.Equal(t, link.JoinGone, join(t, n, 2, i).kind(t))
		ana.stop()

		writeFile(t, file, string(whole)) // it is the invite of before
		openHall(t, n, 1, listens(link.Peers{}, "ana"), keeps)
		cleo := join(t, n, 2, i)
		time.Sleep(time.Second)
		require.Len(t, cleo.saw(), 1)
	})
}

// What cannot be written is not answered: a crash would have it forgotten.
func TestNobodyIsAnsweredBeforeItIsOnTheDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		dir := filepath.Join(t.TempDir(), "store")
		require.NoError(t, os.Mkdir(dir, 0o700))
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"), func(o *link.Options) { o.InvitesFile = filepath.Join(dir, link.InvitesFile) })
		i := ana.invite(t, "ana:7117")
		require.NoError(t, os.Rename(dir, dir+"-away"))
		cleo := join(t, n, 2, i)
		time.Sleep(5 * time.Second)
		require.Empty(t, cleo.saw())
		_, err := ana.shell.Invite(link.Invitation{Access: model.Observer})
		var e *model.Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, link.CodeInviteKeep, e.Code)
		require.NoError(t, os.Rename(dir+"-away", dir))
		time.Sleep(time.Minute)
		require.Len(t, cleo.saw(), 1)
	})
}
