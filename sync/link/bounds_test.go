package link_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
	"warroom/sync/wire"
)

// A stranger who says that much comes is left before it does.
func TestAStrangersFrameThatIsTooLongIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		openHall(t, n, 1, listens(link.Peers{}, "ana"))
		c := shakeAs(t, n, 9)
		began := time.Now()
		_, err := c.Write([]byte{0, 1, 0, 1, byte(wire.TypeProof)}) // one byte over the limit
		require.NoError(t, err)
		require.Equal(t, "s", heard(c))
		require.Zero(t, time.Since(began))
		c = shakeAs(t, n, 9)
		_, err = c.Write([]byte{0, 1, 0, 0, byte(wire.TypeProof)})
		require.NoError(t, err)
		require.Equal(t, "s", heard(c))
		require.Equal(t, 5*time.Second, time.Since(began), "what may come has its time")
	})
}

func TestADeviceThatAsksAgainWaitsOnOneConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		for range 20 {
			c := shakeAs(t, n, 2)
			_, err := c.Write(joinFrame(t, c, 2, i, i.Secret))
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, n.open(), "one stream, with two ends")
		require.Len(t, ana.waits(), 1)
	})
}

func TestAConnectionThatWaitsIsLeftAfterTenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "ana:7117")
		c := shakeAs(t, n, 2)
		began := time.Now()
		_, err := c.Write(joinFrame(t, c, 2, i, i.Secret))
		require.NoError(t, err)
		require.NotEmpty(t, heard(c))
		require.Equal(t, 10*time.Minute, time.Since(began))
		require.Len(t, ana.waits(), 1, "the request stays")
	})
}

// T2: the right key, and another workspace than the invite names.
func TestT2WhoIsLetIntoAnotherWorkspaceDoesNotGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := openHall(t, n, 1, listens(link.Peers{}, "ana"))
		i := ana.invite(t, "odd:7117")
		door, err := n.listen("odd:7117")
		require.NoError(t, err)
		cleo := join(t, n, 2, i)
		c, err := door.Accept()
		require.NoError(t, err)
		s, _, err := link.Secure(t.Context(), c, link.ServerConfig(certificate(t, 1)), false, time.Minute)
		require.NoError(t, err)
		_, err = s.Write(append([]byte{wire.MarkStranger}, frames(t, wire.Admit{State: wire.AdmitIn, Workspace: model.WorkspaceID{8}})...))
		require.NoError(t, err)
		require.Equal(t, link.JoinWorkspace, cleo.kind(t))
		_ = s.Close()
	})
}

// What waits for a device that was taken out does not leave any more.
func TestOfALinkThatIsExpelledOnlyTheGoodbyeLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := link.Pipe("a", "b")
		l := link.NewLink(1, &link.Conn{Conn: a}, link.Limits{}, func(context.Context, []byte) {}, func(int) {})
		go func() { _ = l.Run() }()
		for range 40 { // the stream holds one or two of them
			l.Send(run(wire.TypeLive, 1, 50_000))
		}
		synctest.Wait()
		l.Expel(wire.ByeOut)
		got, _ := io.ReadAll(b)
		require.Less(t, len(got), 300_000)
		bye := frames(t, wire.Bye{Reason: wire.ByeOut})
		require.Equal(t, string(bye), string(got[len(got)-len(bye):]))
	})
}

// Strangers' proofs are looked at one by one, with time between those that come to nothing.
func TestStrangersProofsTakeABoundedShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		var here, most, looked atomic.Int64
		openHall(t, n, 1, listens(link.Peers{}, "ana"), func(o *link.Options) {
			o.Admits = func(context.Context, []wire.Run, model.DeviceKey) error {
				most.Store(max(most.Load(), here.Add(1)))
				time.Sleep(100 * time.Millisecond)
				here.Add(-1)
				looked.Add(1)
				return errors.New("of another workspace")
			}
		})
		other := newRoom(t, 9, model.WorkspaceID{8})
		log := other.writes().Membership
		events, err := other.ReadLine(t.Context(), wire.Tip{Log: log, Seq: 1}, 1, 1<<20)
		require.NoError(t, err)
		proof := frames(t, wire.Proof{Runs: []wire.Run{{Log: log, Events: events}}})
		busy := "s" + string(frames(t, wire.Refuse{Reason: wire.RefuseBusy}))
		var told atomic.Int64
		for seed := range byte(14) {
			c := shakeAs(t, n, 20+seed)
			_, err := c.Write(proof)
			require.NoError(t, err)
			go func() {
				if heard(c) == busy {
					told.Add(1)
				}
			}()
		}
		time.Sleep(10 * time.Second)
		require.EqualValues(t, 1, most.Load())
		require.LessOrEqual(t, looked.Load(), int64(11), "a fifth of five seconds")
		require.EqualValues(t, 14, looked.Load()+told.Load())
	})
}
