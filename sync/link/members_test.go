package link_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/wire"
)

// all is what the room was told of its peers.
func (h *hall) all() []model.Peer {
	h.room.mu.Lock()
	defer h.room.mu.Unlock()
	if h.peers == nil {
		return nil
	}
	return h.peers.All
}

func TestAMemberWhomNoFileNamesIsLinkedAndShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(knows("member d", 9), "ana"))
		ana.set(2, model.Writes)
		ana.set(3, model.Reads)
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		cleo := settle(t, n, 3, workspace, knows("ana", 1, "ana"))
		ana.write("what they may read")
		time.Sleep(5 * time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		require.Equal(t, ana.tips(), cleo.tips())
		all := ana.all()
		require.Len(t, all, 3)
		require.Equal(t, "member d", all[0].Name, "the file's come first")
		require.Equal(t, "member c", all[1].Name)
		require.Equal(t, pin(2), all[1].Pin)
		require.Equal(t, model.LinkLive, all[1].State)
		require.Regexp(t, "^member d [a-z2-7]{7}$", all[2].Name, "no two are called the same")

		ben.stop()
		time.Sleep(time.Minute)
		require.Equal(t, model.LinkOffline, ana.all()[1].State)
		require.Equal(t, "peer.problem.closing", ana.all()[1].Problem.Key)
		time.Sleep(2 * time.Hour)
		require.Len(t, ana.all(), 2, "who is away for long is not shown any more")
		require.Empty(t, ana.told())

		require.NoError(t, link.SavePeers(ana.file, listens(knows("cleo's laptop", 3), "ana")))
		time.Sleep(5 * time.Second)
		require.Len(t, ana.all(), 1)
		require.Equal(t, "cleo's laptop", ana.all()[0].Name, "the file's name counts")
		require.Equal(t, model.LinkLive, ana.all()[0].State)
		require.NoError(t, link.SavePeers(ana.file, listens(link.Peers{}, "ana")))
		time.Sleep(5 * time.Second)
		require.Len(t, ana.all(), 1, "a member needs no file")
		require.Equal(t, "member d", ana.all()[0].Name)
		require.Equal(t, model.LinkLive, ana.all()[0].State)
		ana.write("still linked")
		time.Sleep(time.Second)
		require.Equal(t, ana.tips(), cleo.tips())
	})
}

// T3: who was taken out loses the link at once, is told so, and comes back by no way.
func TestT3ADeviceThatIsTakenOutLosesItsLinkAndIsToldSo(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]link.Peers{
		"a member that no file names":  {},
		"one whose pin is in the file": knows("ben", 2),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				ana := openHall(t, n, 1, listens(file, "ana"))
				ana.set(2, model.Writes)
				ben := openHall(t, n, 2, knows("ana", 1, "ana"))
				time.Sleep(5 * time.Second)
				require.Equal(t, ana.tips(), ben.tips())
				ana.set(2, model.Out)
				ana.write("after it")
				synctest.Wait()
				require.Equal(t, []string{"ana"}, ben.told())
				require.Equal(t, []model.Hash{pin(1)}, ben.outPins)
				require.Zero(t, n.open(), "no time has passed")
				before := n.dialed()
				time.Sleep(10 * time.Minute)
				require.Equal(t, "link.problem.out", ben.all()[0].Problem.Key)
				require.Equal(t, []string{"ana"}, ben.told(), "it is told once")
				require.Less(t, n.dialed()-before, 100, "and not tried all the time")
				require.NotEqual(t, ana.tips(), ben.tips())
				for _, p := range ana.all() {
					require.NotEqual(t, model.LinkLive, p.State)
				}
				ana.set(2, model.Reads) // an owner took it back
				time.Sleep(time.Minute)
				require.Equal(t, ana.tips(), ben.tips())
				ana.set(2, model.Out)
				time.Sleep(time.Second)
				require.Len(t, ben.told(), 2)
			})
		})
	}
}

func TestAPeerThatIsTakenOutIsNotDialed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		openHall(t, n, 1, listens(knows("ben", 2), "ana"))
		ben := openHall(t, n, 2, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		require.Equal(t, model.LinkLive, ben.all()[0].State)
		ben.set(1, model.Out)
		time.Sleep(time.Second)
		before := n.dialed()
		time.Sleep(10 * time.Minute)
		require.Equal(t, before, n.dialed())
		require.Equal(t, "link.problem.out.there", ben.all()[0].Problem.Key)
	})
}

// T1
func TestT1AStrangerIsGivenNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		ben := openHall(t, n, 2, knows("ana", 1, "ana"))
		time.Sleep(time.Minute)
		require.Equal(t, "link.problem.shut", ben.all()[0].Problem.Key)
		require.Len(t, ben.tips(), 2)
		require.Len(t, ana.tips(), 2)
		require.Zero(t, n.open())
		require.Zero(t, ana.shell.HalfOpen())
	})
}

// A member whom somebody else admitted shows it, and is let in.
func TestAMemberThatIsNotKnownHereShowsThatItIsOne(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, admits func(h *hall) error, check func(t *testing.T, ana, ben *hall)) {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			var ana *hall
			shown := atomic.Int64{}
			ana = openHall(t, n, 1, listens(link.Peers{}, "ana"), func(o *link.Options) {
				o.Admits = func(_ context.Context, runs []wire.Run, of model.DeviceKey) error {
					shown.Add(1)
					require.Len(t, runs, 1)
					require.Equal(t, device(2), of)
					return admits(ana)
				}
			})
			log, err := newRoom(t, 2, workspace).ReadLine(t.Context(), wire.Tip{Log: newRoom(t, 2, workspace).writes().Membership, Seq: 1}, 1, 1<<20)
			require.NoError(t, err)
			ben := openHall(t, n, 2, knows("ana", 1, "ana"), func(o *link.Options) {
				o.Proof = func() []wire.Run { return []wire.Run{{Log: log[0].Log, Events: log}} }
			})
			time.Sleep(10 * time.Second)
			require.Positive(t, shown.Load())
			check(t, ana, ben)
		})
	}
	refused := func(key string) func(*testing.T, *hall, *hall) {
		return func(t *testing.T, ana, ben *hall) {
			require.Equal(t, key, ben.all()[0].Problem.Key)
			require.Len(t, ben.tips(), 2)
			require.Len(t, ana.tips(), 2)
		}
	}
	run(t, func(h *hall) error { h.set(2, model.Writes); return nil }, func(t *testing.T, ana, ben *hall) {
		require.Equal(t, model.LinkLive, ben.all()[0].State)
		require.Equal(t, ana.tips(), ben.tips())
	})
	run(t, func(*hall) error { return errors.New("it is of another workspace") }, refused("link.problem.shut"))
	run(t, func(*hall) error { return nil }, refused("link.problem.shut")) // the membership does not say so
	run(t, func(h *hall) error { h.set(2, model.Out); return nil }, refused("link.problem.out"))
}
