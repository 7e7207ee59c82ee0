package link_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// The times in these tests are those of a bubble: nothing waits.

func TestTwoRoomsThatAreLinkedHoldTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		ana.write("before", "the link")
		time.Sleep(3 * time.Second)
		require.Equal(t, model.LinkLive, ana.peer().State, "%+v", ana.peer())
		require.Equal(t, model.LinkLive, ben.peer().State, "%+v", ben.peer())
		require.Len(t, ben.tips(), 4)
		require.Equal(t, ana.tips(), ben.tips())
		ben.write("after")
		time.Sleep(time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		require.Equal(t, "ana:7117", ben.peer().Route)
		require.Equal(t, device(1), ben.peer().Device)
		require.Equal(t, "test", ben.peer().Version)
		require.Positive(t, ben.peer().Since)
	})
}

func TestALinkThatWasCutComesBackAndCatchesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(10 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State)
		n.cut()
		time.Sleep(time.Second)
		require.Equal(t, model.LinkConnecting, max(ben.peer().State, model.LinkConnecting))
		require.Equal(t, model.LinkOffline, ana.peer().State)
		require.Equal(t, "link.problem.cut", ana.peer().Problem.Key)
		for i := range 500 {
			ana.write(fmt.Sprint("ana ", i))
			ben.write(fmt.Sprint("ben ", i))
		}
		time.Sleep(time.Minute)
		require.NotEqual(t, ana.tips(), ben.tips())
		require.Equal(t, "link.problem.other", ben.peer().Problem.Key)
		n.mend()
		time.Sleep(2 * time.Second) // the goal for finding each other again
		require.GreaterOrEqual(t, ben.peer().State, model.LinkBehind)
		time.Sleep(2 * time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		require.Equal(t, model.LinkLive, ben.peer().State)
		require.Zero(t, ben.peer().Problem)
	})
}

// T2
func TestARoomOfAnotherWorkspaceIsToldSoAndIsGivenNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, model.WorkspaceID{8}, knows("ana", 1, "ana"))
		time.Sleep(time.Minute)
		require.Equal(t, "peer.problem.workspace", ben.peer().Problem.Key)
		require.Equal(t, "peer.problem.workspace", ana.peer().Problem.Key)
		require.Len(t, ana.tips(), 2)
		require.Len(t, ben.tips(), 2)
		require.LessOrEqual(t, n.dialed(), 8, "what does not pass by itself is not tried all the time")
	})
}

func TestAPeerThatIsTakenOutOfTheFileLosesItsLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State)
		require.NoError(t, link.SavePeers(ana.file, listens(knows("cleo", 3), "ana")))
		time.Sleep(5 * time.Second)
		require.Less(t, ben.peer().State, model.LinkBehind)
		require.Equal(t, "link.problem.shut", ben.peer().Problem.Key)
		ana.write("a secret")
		time.Sleep(time.Minute)
		require.NotEqual(t, ana.tips(), ben.tips())
		require.NoError(t, link.SavePeers(ana.file, listens(knows("ben", 2), "ana")))
		time.Sleep(20 * time.Second)
		require.Equal(t, ana.tips(), ben.tips())
	})
}

func TestASlipInTheFileOfPeersIsToldAndCutsNobodyOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		writeFile(t, ana.file, "listen = [\"ana:7117\"]\n[[peer]]\nname = 3\n")
		time.Sleep(5 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State)
		require.Equal(t, "error.peers.file", ana.warned()[0].Key)
		require.Equal(t, 3, ana.warned()[0].Args["Line"])
		require.NoError(t, link.SavePeers(ana.file, listens(knows("ben", 2), "ana")))
		time.Sleep(5 * time.Second)
		require.Empty(t, ana.warned())
	})
}

// Two rooms that both know the other's address have one link, whoever dialed.
func TestTwoRoomsThatDialEachOtherHaveOneLink(t *testing.T) {
	t.Parallel()
	for seed := range byte(8) {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			a, b := 10+2*seed, 11+2*seed
			inStep := func(o *link.Options) { o.Random = func() float64 { return 0.5 } }
			ana := settle(t, n, a, workspace, listens(knows("ben", b, "ben"), "ana"), inStep)
			ben := settle(t, n, b, workspace, listens(knows("ana", a, "ana"), "ben"), inStep)
			time.Sleep(10 * time.Second)
			require.Equal(t, ana.tips(), ben.tips())
			before := n.dialed()
			for range 5 {
				n.cut()
				n.mend()
				time.Sleep(10 * time.Second)
				require.Equal(t, model.LinkLive, ana.peer().State)
				require.Equal(t, model.LinkLive, ben.peer().State)
				require.Equal(t, 2, n.open(), "one stream, with two ends")
			}
			require.LessOrEqual(t, n.dialed()-before, 5*2, "when both dial at once, both choose the same")
		})
	}
}

func TestARoomThatClosesSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State)
		ana.stop()
		synctest.Wait()
		require.Zero(t, n.open())
		time.Sleep(time.Minute)
		require.Equal(t, "peer.problem.closing", ben.peer().Problem.Key)
	})
}

func TestConsolesOfAPeerAreShownAndGoWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		ana.mu.Lock()
		ana.here = []wire.Console{{Person: model.PersonID{1}, Via: model.DoorConsole}}
		ana.mu.Unlock()
		time.Sleep(3 * time.Second)
		ben.mu.Lock()
		require.Len(t, ben.consoles["ana"], 1)
		ben.mu.Unlock()
		ana.stop()
		time.Sleep(time.Second)
		ben.mu.Lock()
		require.Empty(t, ben.consoles["ana"])
		ben.mu.Unlock()
	})
}

// What comes in faster than the disk takes it is not read: memory stays bounded, and
// nothing is lost.
func TestAReaderStopsWhileTheDiskIsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		full := link.NewBudget(100_000)
		l := link.NewLink(1, &link.Conn{Conn: a}, link.Limits{}, func(ctx context.Context, raw []byte) {
			full.Wait(ctx)
			full.Add(len(raw))
		}, func(int) {})
		go func() { _ = l.Run() }()
		other := hold(b, link.Limits{})
		for range 100 {
			other.Send(run(wire.TypeEvents, 1, 50_000))
		}
		time.Sleep(time.Second)
		require.LessOrEqual(t, other.Sent(), int64(400_000), "two frames, one that waits, and what lies in the stream")
		for range 100 {
			full.Add(-50_000)
			time.Sleep(time.Millisecond)
		}
		require.Equal(t, int64(100*50_004), other.Sent())
		full.Add(200_000)
		other.Send(run(wire.TypeEvents, 1, 50_000))
		time.Sleep(time.Second)
		l.Finish(0) // nobody waits for a budget that is not given back
		_ = other.wait()
	})
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		text := strings.Repeat("x", 50_000)
		for range 400 { // 20 MB
			ana.write(text)
		}
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		ben.mu.Lock()
		ben.stuck = make(chan struct{})
		ben.mu.Unlock()
		time.Sleep(5 * time.Second)
		require.LessOrEqual(t, ben.waits(), 6<<20)
		close(ben.stuck)
		time.Sleep(time.Minute)
		require.Equal(t, ana.tips(), ben.tips())
	})
}

// A line that ends before a badly signed event is shown, and a room that goes on under other
// logs by itself needs to tell nobody.
func TestWhatTheRoomDoesByItselfIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		was := ana.tips()[ana.writes().Content]
		line := model.Branch{ID: was.Log, Log: was.Log, Tip: was, Device: device(1), Kind: model.ContentLog, Nonce: model.Nonce{1}}
		ana.goOn(9)
		line.Ends = 2
		ana.feed.Put(peer.Durable{Branch: line})
		branch := model.Branch{ID: model.LogID{7}, Log: was.Log, Parent: was.Log, Base: 2, Tip: model.Head{Seq: 2}, Device: device(1), Kind: model.ContentLog, Ends: 3}
		ana.feed.Put(peer.Durable{Branch: branch}) // it leaves the line behind its end
		ana.write("in the new log")
		time.Sleep(time.Second)
		require.Equal(t, ana.tips(), ben.tips())
		require.Len(t, ben.tips(), 5)
		ana.mu.Lock()
		defer ana.mu.Unlock()
		require.Equal(t, []model.EndedLog{{Log: line.Log, From: 2, Device: device(1)}}, ana.peers.Ended)
	})
}

// Who sees something else of the same events is shown while that is so, also when the
// link is cut.
func TestAPeerWithAnotherStateIsShownUntilItHasTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		odd := func(with []byte) {
			ben.mu.Lock()
			defer ben.mu.Unlock()
			ben.odd = with
		}
		scopes := []model.Scope{workspace.Scope()}
		time.Sleep(2 * time.Minute)
		require.Empty(t, ana.peer().Differs)
		odd([]byte{1})
		time.Sleep(2 * time.Minute)
		require.Equal(t, scopes, ana.peer().Differs)
		require.Equal(t, scopes, ben.peer().Differs)
		require.Len(t, ana.saw, 1)
		require.Equal(t, workspace.Scope(), ana.saw[0].(peer.Differs).Scope)
		n.cut()
		time.Sleep(time.Minute)
		require.Equal(t, model.LinkOffline, ana.peer().State)
		require.Equal(t, scopes, ana.peer().Differs)
		n.mend()
		odd(nil)
		time.Sleep(2 * time.Minute)
		require.Equal(t, model.LinkLive, ana.peer().State)
		require.Empty(t, ana.peer().Differs)
	})
}

// Four MiB of events may wait to be told; then the ends of lines are.
func TestFeedIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(5 * time.Second)
		text := strings.Repeat("x", 50_000)
		for range 400 {
			ana.write(text)
		}
		time.Sleep(10 * time.Second)
		require.Equal(t, ana.tips(), ben.tips())
	})
	f := link.NewFeed()
	r := newRoom(t, 1, workspace)
	r.feed = f
	for range 40 { // in commits of ten
		var run []*model.Event
		head := r.lines[r.writes().Content].Tip
		for range 10 {
			e, next, err := model.Seal(r.signer, head, model.Draft{Scope: model.Scope{1}, Body: &model.EntryAdd{}, Text: strings.Repeat("x", 50_000)}, 1, model.Salt{1})
			require.NoError(t, err)
			run, head = append(run, e), next
		}
		require.NoError(t, r.commit(run, r.lines[r.writes().Content]))
	}
	size, last := 0, uint64(0)
	for _, d := range f.All() {
		for _, e := range d.Events {
			size += e.Event().Size()
		}
		last = d.Branch.Tip.Seq
		require.Equal(t, last, d.Events[len(d.Events)-1].Event().Seq)
	}
	require.LessOrEqual(t, size, 8<<20, "of 20 MB")
	require.Equal(t, uint64(401), last)
}

// What a member pushes that nobody asked for, faster than the disk takes it, does not
// pile up either.
func TestAFloodOfAMemberDoesNotPileUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		time.Sleep(time.Second)
		ana.mu.Lock()
		ana.stuck = make(chan struct{})
		ana.mu.Unlock()
		d := &link.Dialer{Certificate: certificate(t, 2), Net: n.dial}
		p := link.Peer{Name: "ana", Pin: pin(1), Addresses: []string{"ana:7117"}}
		c, err := d.Dial(t.Context(), p, p.Routes()[0])
		require.NoError(t, err)
		rogue := hold(c, link.Limits{Queue: 64 << 20})
		rogue.Send(frame(t, wire.Hello{Oldest: 1, Version: 1, Workspace: workspace, Software: "rogue"}))
		rogue.Send(frame(t, wire.Vector{Members: true, Full: true}))
		rogue.Send(frame(t, wire.Vector{Full: true, Digest: wire.DigestOf(nil)}))
		other := newRoom(t, 2, workspace)
		for range 400 {
			other.write(strings.Repeat("x", 50_000))
		}
		log := other.writes().Content
		run, err := other.ReadLine(t.Context(), wire.Tip{Log: log, Seq: 1 << 40}, 1, 1<<30)
		require.NoError(t, err)
		for i := 0; i < len(run); i += 4 {
			rogue.Send(frame(t, wire.Run{Fresh: true, Log: log, Events: run[i:min(i+4, len(run))]}))
		}
		time.Sleep(10 * time.Second)
		require.LessOrEqual(t, ana.waits(), 5<<20)
		rogue.Cut(net.ErrClosed)
		_ = rogue.wait()
	})
}
