package pager_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/oncall"
	"warroom/sync/pager"
)

// begin opens an incident in ana's room, whose rotas say whom to page.
func begin(t *testing.T, n *net) model.Scope {
	ana := n.sites[0]
	ana.must(t, model.Scope{}, model.SetRota{Text: "night"})
	return ana.must(t, model.Scope{}, model.OpenIncident{Title: "Checkout fails", Severity: model.SEV1})
}

// page has ana page by the policy.
func page(t *testing.T, s *site, id model.Scope) {
	b := book("night")
	s.must(t, id, b.Send(b.Policy("night"), "", oncall.World{People: s.Overview().People}))
}

// pass lets time go by.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAPageThatTimesOutOnceIsAcknowledgedByTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		ana, cleo := n.sites[0], n.sites[2]
		phone := "+49 30 123"
		ana.must(t, model.Scope{}, model.SetContact{Person: n.sites[1].me, Phone: &phone})
		id := begin(t, n)
		var m mail
		defer ana.run(t, &m)()
		page(t, ana, id)
		synctest.Wait()
		require.Equal(t, []string{"bob"}, m.to())
		require.Equal(t, "Checkout fails", m.sent[0].Text)
		require.Equal(t, "SEV1", m.sent[0].Severity)
		require.Equal(t, phone, m.sent[0].Contact.Phone)
		require.Len(t, m.sent[0].Key, 32)
		pass(5*time.Minute - 2*time.Second)
		require.Equal(t, []string{"bob"}, m.to())
		require.Equal(t, []string{"bob"}, ana.waits())
		pass(3 * time.Second)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
		require.Equal(t, []string{"bob", "cleo"}, ana.waits())
		cleo.must(t, id, model.AcknowledgePage{})
		pass(time.Hour)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
		require.Empty(t, ana.waits())
		require.Equal(t, []string{
			"log.page", "log.page.sent", "log.page.timed-out", "log.page", "log.page.sent", "log.page.acknowledged",
		}, ana.said(t, id))
	})
}

func TestAnIncidentOfWhichNobodyWasPagedIsNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var m mail
		defer ana.run(t, &m)()
		for range 100 {
			ana.must(t, id, model.Write{Text: "rolled back"})
			pass(time.Second)
		}
		require.Zero(t, ana.read, "a peer may bring hundreds of thousands")
		page(t, ana, id)
		pass(time.Second)
		require.Equal(t, []string{"bob"}, m.to())
	})
}

func TestTheLastStepTimesOutAndIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var m mail
		defer ana.run(t, &m)()
		page(t, ana, id)
		pass(time.Hour)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
		said := ana.said(t, id)
		require.Equal(t, "log.page.timed-out", said[len(said)-1])
		require.Len(t, said, 6)
		v, _ := ana.Glance(t.Context(), id)
		require.Equal(t, "next.page.none", v.Next(0).Say.Key)
	})
}

func TestAnotherRoomPagesWithTheSameKeyWhenTheFirstIsGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		linked bool
		want   []string
	}{
		"both rooms can, and see each other": {true, []string{"log.page", "log.page.sent"}},
		"both rooms can, and are cut apart":  {false, []string{"log.page", "log.page.sent", "log.page.again"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNet(t, "ana", "bob", "cleo")
				id := begin(t, n)
				ana, bob := n.sites[0], n.sites[1]
				var a, b mail
				a.takes = time.Second
				defer ana.run(t, &a)()
				defer bob.run(t, &b)()
				page(t, ana, id)
				ana.setCut(!c.linked)
				pass(20 * time.Second)
				require.Equal(t, []string{"bob"}, a.to())
				require.Empty(t, b.to())
				pass(20 * time.Second)
				ana.setCut(false)
				pass(10 * time.Second)
				for _, s := range n.sites {
					require.ElementsMatch(t, c.want, s.said(t, id))
				}
				if !c.linked {
					require.Equal(t, []string{"bob"}, b.to())
					require.Equal(t, a.sent[0].Key, b.sent[0].Key, "one page, whoever sends it")
					v, _ := bob.Glance(t.Context(), id)
					require.True(t, v.Pages[0].Pages[0].Duplicate())
				}
			})
		})
	}
}

func TestOfTwoRoomsThatTakeAPageOverOneSendsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana, bob, cleo := n.sites[0], n.sites[1], n.sites[2]
		var b, c mail
		defer ana.run(t, nil)() // no transport there
		defer bob.run(t, &b)()
		defer cleo.run(t, &c)()
		page(t, ana, id)
		pass(29 * time.Second)
		require.Empty(t, append(b.to(), c.to()...))
		pass(10 * time.Second)
		require.Len(t, append(b.to(), c.to()...), 1)
		require.Equal(t, []string{"log.page", "log.page.sent"}, ana.said(t, id))
	})
}

func TestAPageGoesOutWhileEveryLinkIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		for _, s := range n.sites {
			s.setCut(true)
		}
		var m mail
		defer ana.run(t, &m)()
		page(t, ana, id)
		pass(6 * time.Minute)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
		require.Empty(t, n.sites[1].said(t, id), "nobody else knows of it yet")
		for _, s := range n.sites {
			s.setCut(false)
		}
		require.Len(t, n.sites[1].said(t, id), 5)
	})
}

func TestARoomThatEndsInTheMidstOfAPageSendsItAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		hanging := mail{hangs: true}
		end := ana.run(t, &hanging)
		page(t, ana, id)
		pass(5 * time.Second)
		require.Equal(t, []string{"bob"}, hanging.to())
		end()
		require.Equal(t, []string{"log.page"}, ana.said(t, id), "nothing is said of what was not done")
		pass(time.Hour)
		var m mail
		defer ana.run(t, &m)()
		synctest.Wait()
		require.Equal(t, []string{"bob"}, m.to())
		require.Equal(t, hanging.sent[0].Key, m.sent[0].Key)
		pass(4 * time.Minute)
		require.Equal(t, []string{"bob"}, m.to(), "the time to answer counts from when it was sent")
		pass(2 * time.Minute)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
	})
}

func TestARestartLosesNoTimeToAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var m mail
		end := ana.run(t, &m)
		page(t, ana, id)
		pass(4 * time.Minute)
		end()
		defer ana.run(t, &m)()
		pass(30 * time.Second)
		require.Equal(t, []string{"bob"}, m.to(), "what was sent is not sent again")
		pass(time.Minute)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
	})
}

func TestAClockThatJumpsNeitherHurriesNorHoldsAPage(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour, "a year back": -365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNet(t, "ana", "bob", "cleo")
				id := begin(t, n)
				ana, bob := n.sites[0], n.sites[1]
				ana.skew, bob.skew = -time.Minute, time.Minute
				var m, b mail
				defer ana.run(t, &m)()
				defer bob.run(t, &b)()
				synctest.Wait()
				page(t, ana, id)
				pass(time.Minute)
				n.mu.Lock()
				ana.skew = jump
				n.mu.Unlock()
				pass(4*time.Minute - 2*time.Second)
				require.Equal(t, []string{"bob"}, m.to())
				pass(3 * time.Second)
				require.Equal(t, []string{"bob", "cleo"}, m.to())
				require.Empty(t, b.to())
			})
		})
	}
}

func TestAFailureIsSaidAndTheNextStepTakenAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		m := mail{err: &pager.Failure{Why: model.Say("page.fail.exit"), Said: "no route"}}
		defer ana.run(t, &m)()
		page(t, ana, id)
		pass(2 * time.Second)
		require.Equal(t, []string{"bob", "cleo"}, m.to())
		v, _ := ana.Glance(t.Context(), id)
		require.Equal(t, "page.fail.exit: no route", v.Pages[0].Pages[0].Said)
		require.Equal(t, "next.page.none", v.Next(0).Say.Key)
		pass(time.Hour)
		require.Len(t, m.to(), 2)
	})
}

func TestALongSendingKeepsItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana, bob := n.sites[0], n.sites[1]
		slow, b := mail{takes: 80 * time.Second}, mail{}
		defer ana.run(t, &slow)()
		defer bob.run(t, &b)()
		page(t, ana, id)
		pass(2 * time.Minute)
		require.Equal(t, []string{"bob"}, slow.to())
		require.Empty(t, b.to(), "the other room saw that somebody is at it")
		require.Equal(t, []string{"log.page", "log.page.sent"}, ana.said(t, id))
	})
}

func TestWhatCannotBeWrittenIsNotSentTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		m := mail{takes: time.Second}
		defer ana.run(t, &m)()
		page(t, ana, id)
		full := func(yes bool) {
			n.mu.Lock()
			ana.fails = yes
			n.mu.Unlock()
		}
		full(true)
		pass(3 * time.Minute)
		require.Equal(t, []string{"bob"}, m.to())
		require.Equal(t, []string{"log.page"}, ana.said(t, id))
		full(false)
		pass(time.Minute)
		require.Equal(t, []string{"log.page", "log.page.sent"}, ana.said(t, id))
		require.Equal(t, []string{"bob"}, m.to())
	})
}

func TestWithoutATransportTheStepsAreTakenAndNothingIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		defer ana.run(t, nil)()
		page(t, ana, id)
		pass(31 * time.Second)
		v, _ := ana.Glance(t.Context(), id)
		require.Equal(t, "next.page.call", v.Next(time.Now().UnixMilli()).Say.Key)
		require.False(t, ana.sends)
		ana.must(t, id, model.RecordPage{Page: v.Pages[0].Pages[0].Ref, Result: model.PageNoAnswer})
		pass(2 * time.Second)
		require.Equal(t, []string{"log.page", "log.page.no-answer", "log.page"}, ana.said(t, id))
		v, _ = ana.Glance(t.Context(), id)
		ana.must(t, id, model.RecordPage{Page: v.Pages[0].Pages[1].Ref, Result: model.PageReached, Text: "comes"})
		pass(time.Hour)
		require.Len(t, ana.said(t, id), 4)
	})
}

// Who changes how pages are sent while one is on its way loses none: it ends as it began,
// and the next goes the new way.
func TestAnotherTransportTakesTheNextPageAndWhatIsOnItsWayStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var first, second mail
		var now atomic.Pointer[pager.Transport]
		set := func(by pager.Transport) { now.Store(&by) }
		set(&first)
		first.takes = 3 * time.Second
		defer ana.runBy(t, func() pager.Transport { return *now.Load() })()
		page(t, ana, id)
		pass(time.Second)
		require.Equal(t, []string{"bob"}, first.to())
		set(&second)
		pass(time.Minute)
		require.Equal(t, []string{"log.page", "log.page.sent"}, ana.said(t, id), "it was sent once")
		require.Empty(t, second.to())
		pass(5 * time.Minute)
		require.Equal(t, []string{"cleo"}, second.to())
		require.Equal(t, []string{"bob"}, first.to())
	})
}

func TestAPageThatCouldNotBeSentIsSentOnceThereIsATransport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var m mail
		var now atomic.Pointer[pager.Transport]
		set := func(by pager.Transport) { now.Store(&by) }
		set(nil)
		defer ana.runBy(t, func() pager.Transport { return *now.Load() })()
		page(t, ana, id)
		pass(10 * time.Second)
		require.Empty(t, m.to())
		require.False(t, ana.sends)
		set(&m)
		pass(2 * time.Second)
		require.Equal(t, []string{"bob"}, m.to())
		require.True(t, ana.sends, "the room tells that it can")
		set(nil)
		pass(2 * time.Second)
		require.False(t, ana.sends)
	})
}

func TestAPolicyThatIsGoneEndsTheEscalation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNet(t, "ana", "bob", "cleo")
		id := begin(t, n)
		ana := n.sites[0]
		var m mail
		defer ana.run(t, &m)()
		page(t, ana, id)
		synctest.Wait()
		ana.must(t, model.Scope{}, model.SetRota{})
		pass(20 * time.Minute)
		require.Equal(t, []string{"log.page", "log.page.sent", "log.page.timed-out"}, ana.said(t, id))
		v, _ := ana.Glance(t.Context(), id)
		require.Equal(t, "next.page.none", v.Next(0).Say.Key)
	})
}

func TestFailuresAreErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("x")
	require.ErrorIs(t, &pager.Failure{Cause: cause}, cause)
}
