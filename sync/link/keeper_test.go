package link_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

// tried is a dialer that notes when it was asked for what.
type tried struct {
	mu    sync.Mutex
	began time.Time
	at    []time.Duration
	route []string
	err   map[string]error // by route; nil connects
	conn  *link.Conn
	taken int
}

func (d *tried) Dial(_ context.Context, p link.Peer, r link.Route) (*link.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.route = append(d.at, time.Since(d.began)), append(d.route, r.String())
	if err := d.err[r.String()]; err != nil {
		return nil, &link.DialError{Route: r, Err: err}
	}
	return d.conn, nil
}

func (d *tried) times() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]time.Duration{}, d.at...)
}

// keep runs a keeper until the test ends.
func keep(t *testing.T, d *tried, random float64, p link.Peer) *link.Keeper {
	d.began = time.Now()
	k := link.NewKeeper(p, link.KeeperOptions{
		Dial: d.Dial, Changed: func() {}, Now: time.Now, Random: func() float64 { return random },
		Take: func(*link.Conn) bool { d.mu.Lock(); defer d.mu.Unlock(); d.taken++; return false },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return k
}

var away = link.Peer{Name: "ana", Pin: pin(1), Addresses: []string{"a:1"}}

func TestAnAbsentPeerIsTriedOftenAtFirstAndSeldomLater(t *testing.T) {
	t.Parallel()
	for _, random := range []float64{0, 0.5, 0.999} {
		synctest.Test(t, func(t *testing.T) {
			d := &tried{err: map[string]error{"a:1": errors.New("away")}}
			k := keep(t, d, random, away)
			time.Sleep(time.Hour)
			at := d.times()
			require.Zero(t, at[0], "at once")
			first := at[1] - at[0]
			require.GreaterOrEqual(t, first, 125*time.Millisecond)
			require.LessOrEqual(t, first, 250*time.Millisecond)
			for i := 1; i < len(at); i++ {
				gap := at[i] - at[i-1]
				switch {
				case at[i-1] < 10*time.Minute:
					require.LessOrEqual(t, gap, 1500*time.Millisecond, "at %s", at[i])
				default:
					require.LessOrEqual(t, gap, 15*time.Second, "at %s", at[i])
					require.GreaterOrEqual(t, gap, 7500*time.Millisecond, "at %s", at[i])
				}
			}
			require.Equal(t, model.Say("link.problem.other", "Cause", "a:1: away "), k.Peer().Problem)

			n := len(at)
			k.Hurry()
			synctest.Wait()
			require.Len(t, d.times(), n+1, "somebody asked")
			time.Sleep(time.Second)
			require.Greater(t, len(d.times()), n+2, "and it is tried often again")
		})
	}
}

func TestTwoRoomsThatLostEachOtherDoNotDialInStep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &tried{err: map[string]error{"a:1": errors.New("away")}}
		b := &tried{err: map[string]error{"a:1": errors.New("away")}}
		keep(t, a, 0.2, away)
		keep(t, b, 0.8, away)
		time.Sleep(time.Minute)
		require.NotEqual(t, a.times()[1:], b.times()[1:len(b.times())])
	})
}

func TestAPeerIsDialedAgainWhenItsLinkIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &tried{err: map[string]error{"a:1": errors.New("away")}}
		k := keep(t, d, 0.5, away)
		time.Sleep(20 * time.Minute)
		k.Up("from outside")
		synctest.Wait()
		n := len(d.times())
		require.Equal(t, "from outside", k.Peer().Route)
		require.Zero(t, k.Peer().Problem)
		time.Sleep(time.Hour)
		require.Len(t, d.times(), n, "nobody is dialed who is here")
		k.Down(model.Say("link.problem.cut"), false)
		time.Sleep(250 * time.Millisecond)
		require.Len(t, d.times(), n+1, "soon")
		time.Sleep(time.Minute)
		require.Greater(t, len(d.times()), n+40, "and often, though it was away for long before")
		require.Equal(t, time.Now().Add(-time.Minute-250*time.Millisecond).UnixMilli(), k.Peer().Since)

		k.Up("from outside")
		time.Sleep(time.Minute)
		n = len(d.times())
		k.Down(model.Say("peer.problem.workspace"), true)
		time.Sleep(time.Minute)
		require.LessOrEqual(t, len(d.times()), n+8, "what does not pass by itself is not tried all the time")
	})
}

// N10: a link that comes and goes does not make the pace any faster than one that stays away.
func TestALinkThatFlapsIsNotDialedWithoutAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &tried{err: map[string]error{}}
		k := keep(t, d, 0.5, away)
		for i := range 100 {
			k.Up("x")
			time.Sleep(2 * time.Second)
			n := len(d.times())
			k.Down(model.Say("link.problem.cut"), false)
			synctest.Wait()
			early := time.Duration(0)
			if i > 4 {
				early = time.Second
			}
			time.Sleep(early)
			require.Len(t, d.times(), n)
			time.Sleep(1500*time.Millisecond - early)
			require.Greater(t, len(d.times()), n, "%d", i)
		}
	})
}

func TestRoutesAreTriedInTurnAndTheTellingProblemIsShown(t *testing.T) {
	t.Parallel()
	p := link.Peer{Name: "ana", Pin: pin(1), Addresses: []string{"a:1", "b:1", "c:1"}, SSH: "jump"}
	synctest.Test(t, func(t *testing.T) {
		d := &tried{err: map[string]error{
			"a:1": fmt.Errorf("dial: %w", syscall.ECONNREFUSED), "b:1": &link.UntrustedError{Pin: pin(3)},
			"c:1": context.DeadlineExceeded, "ssh jump": syscall.EHOSTUNREACH,
		}}
		k := keep(t, d, 0.5, p)
		synctest.Wait()
		require.Equal(t, []string{"a:1", "b:1", "c:1", "ssh jump"}, d.route)
		require.Equal(t, "link.problem.pin", k.Peer().Problem.Key)
		require.Equal(t, "b:1", k.Peer().Route)
		require.Equal(t, []string{"a:1", "b:1", "c:1", "ssh jump"}, k.Peer().Addresses)
		d.mu.Lock()
		d.err = map[string]error{"a:1": syscall.ECONNREFUSED, "b:1": syscall.ECONNREFUSED}
		d.route, d.conn = nil, &link.Conn{}
		d.mu.Unlock()
		time.Sleep(250 * time.Millisecond)
		d.mu.Lock()
		require.Equal(t, []string{"a:1", "b:1", "c:1"}, d.route, "the first that answers is taken")
		require.Equal(t, 1, d.taken)
		d.mu.Unlock()
	})
}

func TestAPeerWithoutAnAddressOnlyComesIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &tried{}
		k := keep(t, d, 0, link.Peer{Name: "ana", Pin: pin(1)})
		time.Sleep(time.Hour)
		require.Empty(t, d.times())
		require.Equal(t, model.LinkOffline, k.Peer().State)
	})
}

func TestProblemsHaveASentence(t *testing.T) {
	t.Parallel()
	for key, err := range map[string]error{
		"":                     link.ErrClosed,
		"link.problem.refused": fmt.Errorf("dial: %w", syscall.ECONNREFUSED),
		"link.problem.away":    syscall.ENETUNREACH,
		"link.problem.cut":     fmt.Errorf("read: %w", syscall.ECONNRESET),
		"link.problem.late":    context.DeadlineExceeded,
		"link.problem.other":   errors.New("who knows"),
	} {
		require.Equal(t, key, link.Problem(err, "").Key)
	}
	require.Zero(t, link.Problem(nil, "said"))
}

// A second process with the same key takes the place of the first, and the first does not
// take it back all the time: the two are copies of one store, or one of them is about to end.
func TestANewerLinkOfAPeerTakesThePlaceOfTheOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		ana := settle(t, n, 1, workspace, listens(knows("ben", 2), "ana"))
		ben := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(10 * time.Second)
		require.Equal(t, model.LinkLive, ben.peer().State)
		second := settle(t, n, 2, workspace, knows("ana", 1, "ana"))
		time.Sleep(2 * time.Second)
		require.GreaterOrEqual(t, second.peer().State, model.LinkBehind)
		require.Equal(t, model.LinkOffline, ben.peer().State)
		require.Equal(t, "peer.problem.again", ben.peer().Problem.Key)
		require.GreaterOrEqual(t, ana.peer().State, model.LinkBehind)
		dials := n.dialed()
		time.Sleep(time.Minute)
		require.LessOrEqual(t, n.dialed()-dials, 8)
	})
}
