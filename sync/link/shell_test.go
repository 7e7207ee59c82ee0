package link_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
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
		require.Equal(t, "error.peers.file", ana.warnings[len(ana.warnings)-1][0].Key)
		require.Equal(t, 3, ana.warnings[len(ana.warnings)-1][0].Args["Line"])
		require.NoError(t, link.SavePeers(ana.file, listens(knows("ben", 2), "ana")))
		time.Sleep(5 * time.Second)
		require.Empty(t, ana.warnings[len(ana.warnings)-1])
	})
}

// Two rooms that both know the other's address have one link, whoever dialed.
func TestTwoRoomsThatDialEachOtherHaveOneLink(t *testing.T) {
	t.Parallel()
	for seed := range byte(8) {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			a, b := 10+2*seed, 11+2*seed
			ana := settle(t, n, a, workspace, listens(knows("ben", b, "ben"), "ana"))
			ben := settle(t, n, b, workspace, listens(knows("ana", a, "ana"), "ben"))
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
			require.LessOrEqual(t, n.dialed()-before, 5*4)
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
