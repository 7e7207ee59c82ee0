package room_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// onBoth runs a test on a store in memory and on a disk.
func onBoth(t *testing.T, test func(t *testing.T, store func() storage.Store)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, func() storage.Store { return kept{storage.NewMemory()} })
	})
	t.Run("badger", func(t *testing.T) {
		t.Parallel()
		test(t, func() storage.Store {
			s, err := storage.Open(t.TempDir(), storage.Options{})
			require.NoError(t, err)
			t.Cleanup(func() { _ = s.Close() })
			return kept{s}
		})
	})
}

// reopen ends a site's room and opens it again, on a store that remembers nothing but
// what is on the disk.
func (s *site) reopen() *site {
	s.t.Helper()
	require.NoError(s.t, s.Close())
	s.store.Hold(storage.Held{})
	return openSite(s.t, room.Options{Store: s.store, Dir: s.dir})
}

// shows checks that a site shows just what counts of what its store has: in its list,
// its incidents, its hashes and its parts of long ones.
func shows(t *testing.T, s *site) {
	t.Helper()
	require.NoError(t, s.Take(t.Context(), peer.Take{})) // what can wait is done
	same(t, s, s)
	want, shown := stateOf(t, s.Workspace(), s.store), 0
	for _, in := range want.Incidents {
		if in.Summary().Opened != 0 {
			shown++
		}
	}
	require.Len(t, s.Overview().Rows, shown)
}

func texts(t *testing.T, s *site, id model.Scope) (out []string) {
	t.Helper()
	for _, l := range view(t, s.Room, id).Lines {
		if l.Entry() {
			out = append(out, l.Text)
		}
	}
	return out
}

// takeLine has a site take what it lacks of a device's lines.
func takeLine(t *testing.T, s *site, l *benchLine) {
	t.Helper()
	held := uint64(0)
	for _, b := range s.Lines() {
		if b.ID == l.head.Log {
			held = b.Tip.Seq
		}
	}
	require.NoError(t, s.Take(t.Context(), peer.Take{Log: l.head.Log, Branch: l.head.Log, After: held, Events: l.events[held:]}))
}

// M2: a device that nobody let in writes in an incident, opens one, calls somebody,
// removes a text, and writes about incidents in a membership log.
func TestWhatAStrangerWritesIsKeptAndShownNowhere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		a := openSite(t, room.Options{Store: store()})
		ws := a.Workspace()
		id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
		entry := do(t, a.Room, id, model.Write{Text: "evidence"}).Refs[0]
		before := view(t, a.Room, id)
		as := func(b model.Body) model.Body {
			switch b := b.(type) {
			case *model.EntryAdd:
				b.Actor = a.Me()
			case *model.TextRemove:
				b.Actor = a.Me()
			}
			return b
		}
		x := newBenchLine(t, ws, 1)
		nonce := model.Nonce{9}
		own := model.NewIncidentID(x.head.Log, nonce)
		x.last = model.Ref{}
		x.write(t, own, &model.IncidentOpen{Nonce: nonce}, "A stranger's")
		x.last = model.Ref{}
		x.write(t, id, as(&model.EntryAdd{}), "pay @ana here")
		x.write(t, id, as(&model.TextRemove{Target: entry}), "")
		x.write(t, id, &model.SeveritySet{Level: model.SEV1}, "")
		y := newBenchLine(t, ws, 2)
		y.events, y.head, y.last = nil, model.Head{Log: model.NewLogID(y.signer.Device(), model.Nonce{3})}, model.Ref{}
		y.write(t, ws.Scope(), &model.LogOpen{Device: y.signer.Device(), Workspace: ws, Log: model.MembershipLog, Nonce: model.Nonce{3}, Reason: model.ReasonNew}, "")
		y.last = model.Ref{}
		y.write(t, id, as(&model.EntryAdd{}), "in the wrong log")
		takeLine(t, a, x)
		takeLine(t, a, y)

		hidden := func() {
			t.Helper()
			shows(t, a)
			require.Equal(t, []string{"evidence"}, texts(t, a, id))
			require.Len(t, a.Overview().Rows, 1)
			require.Equal(t, "evidence", textOf(t, a, entry))
			require.Empty(t, a.Overview().Calls)
			ev, err := a.Evidence(t.Context(), id)
			require.NoError(t, err)
			require.True(t, model.Verify(ev, id).Proved())
			require.Len(t, ev.Events, 2)
			n := 0
			for _, h := range a.Overview().HeldBack {
				n += h.Count
				require.Equal(t, uint64(1), h.From)
				require.Contains(t, []model.DeviceKey{x.signer.Device(), y.signer.Device()}, h.Device)
			}
			require.Equal(t, 5, n)
			require.Equal(t, a.HeldBack(), a.Overview().HeldBack)
			said := a.Overview().Warnings
			require.Len(t, said, 2)
			for _, w := range said {
				require.Equal(t, "warning.held.stranger", w.Key)
			}
			run, err := a.ReadLine(wire.Tip{Log: x.head.Log, Seq: x.head.Seq, Hash: x.head.Hash.Short()}, 1, 1<<20)
			require.NoError(t, err)
			require.Len(t, run, 5, "it is given on")
		}
		hidden()
		require.Same(t, before, view(t, a.Room, id), "nothing was read again")
		for _, text := range []string{"on", "and on"} {
			e, _, _, err := a.store.Find(do(t, a.Room, id, model.Write{Text: text}).Refs[0])
			require.NoError(t, err)
			rec, err := model.Decode(e)
			require.NoError(t, err)
			for _, ref := range rec.Common().Obs {
				require.NotContains(t, []model.LogID{x.head.Log, y.head.Log}, ref.Log, "what does not count is not named")
			}
			x.write(t, id, as(&model.EntryAdd{}), "and again")
			takeLine(t, a, x)
			a = a.reopen()
			shows(t, a)
		}
		require.Equal(t, []string{"evidence", "on", "and on"}, texts(t, a, id))

		// Somebody says whose it is: all that it wrote before counts.
		do(t, a.Room, model.Scope{}, model.AddDevice{Name: "xena", Access: model.Responder, Device: x.signer.Device()})
		require.Contains(t, texts(t, a, id), "pay @ana here", "at once")
		require.Equal(t, model.SEV1, view(t, a.Room, id).Severity.Value)
		require.Len(t, a.Overview().Rows, 2)
		require.Len(t, a.HeldBack(), 1)
		shows(t, a)
		a = a.reopen()
		shows(t, a)
		require.Len(t, a.Overview().Rows, 2)
	})
}

// after tells of each commit when it is on the disk, and before anybody is.
type after struct {
	storage.Store
	done atomic.Pointer[func()]
}

func (s *after) Commit(ctx context.Context, b storage.Batch) ([]storage.Durable, error) {
	d, err := s.Store.Commit(ctx, b)
	if f := s.done.Load(); f != nil {
		(*f)()
	}
	return d, err
}

// Whoever reads while a commit is on the disk and not told yet sees nothing of it,
// whether it is small or more than one commit takes.
func TestNobodySeesAStrangersEntryForAMoment(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			store := &after{Store: kept{storage.NewMemory()}}
			a := openSite(t, room.Options{Store: store})
			id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
			x := newBenchLine(t, a.Workspace(), 1)
			for range n {
				x.write(t, id, &model.EntryAdd{}, strings.Repeat("x", 400))
			}
			var looks, most atomic.Int64
			look := func() {
				seen := int64(0)
				_ = store.Scope(id, func(*model.Event, model.Clock) error { seen++; return nil })
				looks.Add(1)
				most.Store(max(most.Load(), seen))
			}
			store.done.Store(&look)
			takeLine(t, a, x)
			store.done.Store(nil)
			require.Equal(t, int64(1), most.Load())
			require.Equal(t, n > 1, looks.Load() > 1)
			shows(t, a)
			require.Equal(t, n, a.HeldBack()[0].Count)
		})
	}
}

// team is ana, who is an owner, bob, and cleo, each with a device, all of which have met.
func team(t *testing.T, store func() storage.Store) (a, b, c *site, id model.Scope) {
	t.Helper()
	return teamAt(t, store, 0)
}

// teamAt is a team of which the owner's clock is ahead.
func teamAt(t *testing.T, store func() storage.Store, ahead time.Duration) (a, b, c *site, id model.Scope) {
	t.Helper()
	a = openSite(t, room.Options{Store: store(), Now: func() time.Time { return time.Now().Add(ahead) }})
	b = openSite(t, room.Options{Store: store(), Workspace: a.Workspace()})
	c = openSite(t, room.Options{Store: store(), Workspace: a.Workspace()})
	do(t, a.Room, model.Scope{}, model.AddDevice{Name: "bob", Access: model.Responder, Device: b.Device()})
	do(t, a.Room, model.Scope{}, model.AddDevice{Name: "cleo", Access: model.Responder, Device: c.Device()})
	id = do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	meet(t, a, b)
	meet(t, a, c)
	return a, b, c, id
}

// writesOn forges an entry in a site's own log, of which the room would refuse it, and
// has others take it.
func writesOn(t *testing.T, from *site, id model.Scope, text string, to ...*site) model.Ref {
	t.Helper()
	f := forge(t, from, id)
	body := &model.EntryAdd{}
	body.Actor = from.Me()
	ref := f.write(id, body, text, false)
	for _, s := range append(to, from) {
		require.NoError(t, s.Take(t.Context(), f.take()))
	}
	return ref
}

// M4: what was written before somebody was taken out stays, what comes after does not
// count; and all of it is back when they are.
func TestWhatComesAfterSomebodyWasTakenOutIsHeldBackUntilTheyAreBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		for name, revoke := range map[string]func(b *site) model.Command{
			"the person": func(b *site) model.Command { return model.RevokeMember{Person: b.Me()} },
			"the device": func(b *site) model.Command { return model.RevokeDevice{Device: b.Device()} },
		} {
			t.Run(name, func(t *testing.T) {
				a, b, c, id := team(t, store)
				do(t, b.Room, id, model.Write{Text: "before"})
				meet(t, a, b)
				meet(t, a, c)
				do(t, b.Room, id, model.Write{Text: "not seen"})
				do(t, a.Room, model.Scope{}, revoke(b))
				require.Equal(t, []string{"before"}, texts(t, a, id))
				meet(t, a, b)
				meet(t, a, c)
				for _, s := range []*site{a, b, c} {
					require.Equal(t, []string{"before"}, texts(t, s, id))
				}
				_, err := b.Do(t.Context(), me(b.Room), id, model.Write{Text: "x"})
				require.Error(t, err)
				writesOn(t, b, id, "scribble @ana", a)
				meet(t, a, c)
				for _, s := range []*site{a, b, c} {
					shows(t, s)
					require.Equal(t, []string{"before"}, texts(t, s, id))
					require.Empty(t, s.Overview().Calls)
					held := s.HeldBack()
					require.Len(t, held, 1)
					require.Equal(t, model.HeldBack{Device: b.Device(), Person: b.Me(), Log: held[0].Log, From: held[0].From, Count: 2}, held[0])
					require.Equal(t, "warning.held.out", s.Overview().Warnings[0].Key)
				}
				same(t, a, b)
				same(t, a, c)
				a, c = a.reopen(), c.reopen()
				shows(t, a)
				same(t, a, c)
				require.Equal(t, []string{"before"}, texts(t, c, id))

				// Nor does what it writes under new logs of its own.
				require.NoError(t, b.Renew(t.Context(), model.ReasonRotated))
				writesOn(t, b, id, "anew")
				shows(t, b)
				require.Equal(t, []string{"before"}, texts(t, b, id))
				meet(t, a, b)
				meet(t, a, c)
				if name == "the device" { // it is out for good
					_, err := a.Do(t.Context(), me(a.Room), model.Scope{}, model.AddDevice{Person: b.Me(), Device: b.Device()})
					require.Equal(t, model.CodeDeviceOut, model.CodeOf(err))
					return
				}
				do(t, a.Room, model.Scope{}, model.AdmitMember{Person: b.Me(), Access: model.Responder})
				want := []string{"before", "not seen", "scribble @ana", "anew"}
				require.ElementsMatch(t, want, texts(t, a, id), "at once")
				meet(t, a, b)
				meet(t, a, c)
				for _, s := range []*site{a, b, c} {
					shows(t, s)
					require.ElementsMatch(t, want, texts(t, s, id))
					require.Empty(t, s.HeldBack())
				}
				do(t, b.Room, id, model.Write{Text: "thanks"})
			})
		}
	})
}

// An owner has seen more of a device than another when both take it out: what either
// had not seen does not count.
func TestACutMovesDownWhenAnotherOwnerTookThemOutEarlier(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		a, b, c, id := team(t, store)
		do(t, a.Room, model.Scope{}, model.SetAccess{Person: c.Me(), Access: model.Owner})
		do(t, b.Room, id, model.Write{Text: "one"})
		meet(t, a, b)
		meet(t, a, c)
		do(t, b.Room, id, model.Write{Text: "two @ana"})
		meet(t, a, b)
		do(t, a.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
		require.Equal(t, []string{"one", "two @ana"}, texts(t, a, id))
		require.Len(t, a.Overview().Calls, 1)
		do(t, c.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
		meet(t, a, c)
		for _, s := range []*site{a, c} {
			shows(t, s)
			require.Equal(t, []string{"one"}, texts(t, s, id))
		}
		same(t, a, c)
		require.Empty(t, a.Overview().Calls, "who was called by it was not")
	})
}

// M5: a device that was taken out goes back to before that, and writes beside what
// counts.
func TestWhatIsWrittenBelowTheCutOnAnotherLineDoesNotCount(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		a, b, c, id := team(t, store)
		do(t, b.Room, id, model.Write{Text: "one"})
		f := forge(t, b, id) // it goes on from here
		do(t, b.Room, id, model.Write{Text: "two"})
		meet(t, a, b)
		do(t, a.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
		meet(t, a, c)
		body := &model.EntryAdd{}
		body.Actor = b.Me()
		f.write(id, body, "back-dated", false)
		run := f.take()
		run.Begins, run.Branch, run.Parent = true, model.BranchID(run.Log, f.events[0].Hash()), run.Log
		for _, s := range []*site{a, c} {
			require.NoError(t, s.Take(t.Context(), run))
			shows(t, s)
			require.Equal(t, []string{"one", "two"}, texts(t, s, id))
			require.Equal(t, 1, s.HeldBack()[0].Count)
		}
		same(t, a, c)
		a = a.reopen()
		shows(t, a)
		// A room that learns of the two lines the other way round says the same.
		d := openSite(t, room.Options{Store: store(), Workspace: a.Workspace()})
		content := run.Log
		first, err := a.ReadLine(wire.Tip{Log: content, Seq: f.head.Seq, Hash: f.head.Hash.Short()}, 1, 1<<20)
		require.NoError(t, err)
		require.NoError(t, d.Take(t.Context(), peer.Take{Log: content, Branch: content, Events: first}))
		for _, take := range all(t, c, d) {
			if take.Log != content {
				require.NoError(t, d.Take(t.Context(), take))
			}
		}
		for _, l := range c.Lines() {
			if l.ID == content {
				second, err := c.ReadLine(wire.Tip{Log: content, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()}, 1, 1<<20)
				require.NoError(t, err)
				require.NoError(t, d.Take(t.Context(), peer.Take{Log: content, Begins: true, Events: second}))
			}
		}
		shows(t, d)
		require.Equal(t, []string{"one", "two"}, texts(t, d, id))
		require.Equal(t, stateOf(t, a.Workspace(), a.store).Hash(), stateOf(t, d.Workspace(), d.store).Hash())
	})
}

// rowless is a disk that takes no commit of rows alone: as when the power goes before
// what is concerned was made anew.
type rowless struct{ storage.Store }

func (s rowless) Commit(ctx context.Context, b storage.Batch) ([]storage.Durable, error) {
	if len(b.Events) == 0 && len(b.Rows) > 0 {
		return nil, errors.New("the power went")
	}
	return s.Store.Commit(ctx, b)
}

// F-cut: a room that ends between the act and the making anew of what it concerns shows
// what counts when it is opened again.
func TestACrashBeforeTheListIsMadeAnewLeavesNothingOfIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		a, b, c, id := team(t, store)
		own := do(t, b.Room, model.Scope{}, model.OpenIncident{Title: "bob's"}).Incident
		do(t, b.Room, own, model.SetSeverity{Level: model.SEV1})
		do(t, b.Room, id, model.SetSeverity{Level: model.SEV1})
		fill(t, b.Room, id)
		meet(t, b, c)
		meet(t, a, c)
		// Ana has taken bob out before she saw any of it; cleo's room hears of it.
		d := openSite(t, room.Options{Store: store(), Workspace: a.Workspace()})
		give(t, a, d, rand.New(rand.NewPCG(1, 1)), false)
		require.Len(t, c.Overview().Rows, 2)
		a2 := a
		do(t, a2.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
		require.NoError(t, c.Close())
		c.store.Hold(storage.Held{})
		crash := openSite(t, room.Options{Store: rowless{c.store}, Dir: c.dir})
		for _, run := range all(t, a2, crash) {
			require.NoError(t, crash.Take(t.Context(), run))
		}
		writesOn(t, b, id, "beyond", crash)
		require.NoError(t, crash.Close())
		c.store.Hold(storage.Held{})
		c = openSite(t, room.Options{Store: c.store, Dir: c.dir})
		shows(t, c)
		c = c.reopen()
		shows(t, c)

		// And the other way: it comes back.
		do(t, a2.Room, model.Scope{}, model.AdmitMember{Person: b.Me(), Access: model.Responder})
		require.NoError(t, c.Close())
		c.store.Hold(storage.Held{})
		crash = openSite(t, room.Options{Store: rowless{c.store}, Dir: c.dir})
		for _, run := range all(t, a2, crash) {
			require.NoError(t, crash.Take(t.Context(), run))
		}
		require.NoError(t, crash.Close())
		c.store.Hold(storage.Held{})
		c = openSite(t, room.Options{Store: c.store, Dir: c.dir})
		shows(t, c)
		require.Contains(t, texts(t, c, id), "beyond")
	})
}

// An own act that is not durable takes nobody out.
func TestATakingOutThatTheDiskRefusesHidesNothing(t *testing.T) {
	t.Parallel()
	a, b, _, id := team(t, func() storage.Store { return kept{storage.NewMemory()} })
	do(t, b.Room, id, model.Write{Text: "one"})
	meet(t, a, b)
	require.NoError(t, a.Close())
	store := &failing{Store: a.store}
	a = openSite(t, room.Options{Store: store, Dir: a.dir})
	writesOn(t, b, id, "two", a)
	broken := errors.New("disk on fire")
	store.set(broken)
	_, err := a.Do(t.Context(), me(a.Room), model.Scope{}, model.RevokeMember{Person: b.Me()})
	require.ErrorIs(t, err, broken)
	store.set(nil)
	require.Equal(t, []string{"one", "two"}, texts(t, a, id))
	shows(t, a)
	do(t, a.Room, id, model.Write{Text: "three"})
	shows(t, a)
	do(t, a.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
	writesOn(t, b, id, "four", a)
	shows(t, a)
	require.NotContains(t, texts(t, a, id), "four")

	// Nor does one who is let in again come back before that is on the disk.
	store.set(broken)
	_, err = a.Do(t.Context(), me(a.Room), model.Scope{}, model.AdmitMember{Person: b.Me(), Access: model.Responder})
	require.ErrorIs(t, err, broken)
	n := 0
	require.NoError(t, store.Scope(id, func(*model.Event, model.Clock) error { n++; return nil }))
	require.Equal(t, 4, n)
	store.set(nil)
	shows(t, a)
}

// What is decided after somebody was let in again goes by all that they wrote.
func TestAnActGoesByWhatTheOneBeforeItLetIn(t *testing.T) {
	t.Parallel()
	a, store := gated(t)
	b := openSite(t, room.Options{Workspace: a.Workspace()})
	do(t, a.Room, model.Scope{}, model.AddDevice{Name: "bob", Access: model.Responder, Device: b.Device()})
	id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	meet(t, a, b)
	do(t, b.Room, id, model.SetSeverity{Level: model.SEV1})
	do(t, a.Room, model.Scope{}, model.RevokeMember{Person: b.Me()})
	give(t, b, a, rand.New(rand.NewPCG(1, 1)), false)
	require.Equal(t, model.Unset, view(t, a.Room, id).Severity.Value)
	occupy(t, a, store, id)
	ctx := context.WithoutCancel(t.Context())
	answers := make(chan error, 2)
	for _, c := range []struct {
		incident model.Scope
		command  model.Command
	}{
		{model.Scope{}, model.AdmitMember{Person: b.Me(), Access: model.Responder}},
		{id, model.SetSeverity{Level: model.SEV2}},
	} {
		q := &queued{Context: ctx, is: make(chan struct{})}
		go func() { _, err := a.Do(q, me(a.Room), c.incident, c.command); answers <- err }()
		<-q.is
	}
	store.shut.Store(false)
	store.pass <- nil
	for range 2 {
		require.NoError(t, <-answers)
	}
	require.Equal(t, model.SEV2, view(t, a.Room, id).Severity.Value)
	require.False(t, view(t, a.Room, id).Severity.Conflict(), "it took the place of what came back")
	shows(t, a)
}

// stale is a store whose rows another version wrote.
type stale struct{ storage.Store }

func (stale) Rows(func(model.Summary) error) error { return storage.ErrStaleRow }

func TestAListIsMadeAnewWithoutWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	a := openSite(t, room.Options{})
	do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"})
	x := newBenchLine(t, a.Workspace(), 1)
	x.last = model.Ref{}
	x.write(t, model.NewIncidentID(x.head.Log, model.Nonce{9}), &model.IncidentOpen{Nonce: model.Nonce{9}}, "A stranger's")
	takeLine(t, a, x)
	require.NoError(t, a.Close())
	a.store.Hold(storage.Held{})
	a = openSite(t, room.Options{Store: stale{a.store}, Dir: a.dir})
	require.Len(t, a.Overview().Rows, 1)
	shows(t, a)
}

// F-cut: rooms that hold the same events show the same, whatever happened to the
// membership and in whatever order they heard of it.
func TestRoomsWithTheSameEventsHoldTheSameBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 11))
			// A clock that is an hour ahead moves what named its events before they came,
			// and with them what is judged by their order.
			a, b, c, id := teamAt(t, func() storage.Store { return kept{storage.NewMemory()} }, time.Duration(seed%2)*time.Hour)
			do(t, a.Room, model.Scope{}, model.SetAccess{Person: c.Me(), Access: model.Owner})
			meet(t, a, c)
			sites := []*site{a, b, c}
			x := newBenchLine(t, a.Workspace(), 200)
			pick := func() *site { return sites[rnd.IntN(len(sites))] }
			for i := range 60 {
				s, other := pick(), pick()
				switch rnd.IntN(9) {
				case 0, 1:
					if s != other {
						give(t, s, other, rnd, true)
					}
				case 2:
					who := []model.Command{
						model.RevokeMember{Person: other.Me()}, model.AdmitMember{Person: other.Me(), Access: model.Responder},
						model.SetAccess{Person: other.Me(), Access: model.Observer}, model.SetAccess{Person: other.Me(), Access: model.Responder},
						model.RevokeDevice{Device: other.Device()}, model.AddDevice{Person: other.Me(), Device: other.Device(), Access: model.Responder},
						model.AddDevice{Person: b.Me(), Device: x.signer.Device(), Access: model.Responder}, model.RevokeDevice{Device: x.signer.Device()},
					}
					if s != other {
						_, _ = s.Do(t.Context(), me(s.Room), model.Scope{}, who[rnd.IntN(len(who))])
					}
				case 3:
					x.write(t, id, &model.EntryAdd{}, fmt.Sprint("stranger ", i))
					takeLine(t, s, x)
				case 4:
					_, _ = s.Do(t.Context(), me(s.Room), model.Scope{}, model.OpenIncident{Title: fmt.Sprint("incident ", i)})
				case 5:
					_, _ = s.Do(t.Context(), me(s.Room), id, model.SetSeverity{Level: model.Level(1 + rnd.IntN(3))})
				case 6:
					writesOn(t, s, id, fmt.Sprint("forged ", i))
				default:
					_, _ = s.Do(t.Context(), me(s.Room), id, model.Write{Text: fmt.Sprint("entry ", i)})
				}
				if rnd.IntN(10) == 0 {
					j := slices.Index(sites, s)
					sites[j] = s.reopen()
					a, b, c = sites[0], sites[1], sites[2]
				}
				if rnd.IntN(5) == 0 {
					shows(t, sites[rnd.IntN(len(sites))])
				}
			}
			for range 2 {
				meet(t, a, b)
				meet(t, b, c)
				meet(t, a, c)
			}
			for _, s := range sites {
				shows(t, s)
			}
			same(t, a, b)
			same(t, b, c)
			for range 2 { // in another order again
				d := openSite(t, room.Options{Workspace: a.Workspace()})
				for range 4 {
					give(t, sites[rnd.IntN(3)], d, rnd, true)
				}
				give(t, a, d, rnd, false)
				shows(t, d)
				for scope, hash := range mustHashes(t, a) {
					require.Equal(t, hash, mustHashes(t, d)[scope])
				}
			}
			for i, s := range sites {
				sites[i] = s.reopen()
				shows(t, sites[i])
			}
			same(t, sites[0], sites[2])
		})
	}
}

func mustHashes(t *testing.T, s *site) map[model.Scope]model.Hash {
	t.Helper()
	h, err := s.Hashes(t.Context())
	require.NoError(t, err)
	return h.Of
}

// F-cut: rows that were made by other rules, as by an earlier warroom which believed
// everybody, are made anew when the room is opened.
func TestRowsThatWereMadeByOtherRulesAreMadeAnew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store func() storage.Store) {
		a := openSite(t, room.Options{Store: store()})
		id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
		x := newBenchLine(t, a.Workspace(), 1)
		nonce := model.Nonce{9}
		own := model.NewIncidentID(x.head.Log, nonce)
		x.last = model.Ref{}
		x.write(t, own, &model.IncidentOpen{Nonce: nonce}, "A stranger's")
		x.last = model.Ref{}
		x.write(t, id, &model.EntryAdd{}, "said")
		takeLine(t, a, x)
		require.NoError(t, a.Close())
		a.store.Hold(storage.Held{})
		batch := storage.Batch{Settings: map[string][]byte{"held": nil}}
		for _, scope := range []model.Scope{id, own} {
			in := model.NewIncident(scope)
			require.NoError(t, a.store.Scope(scope, func(e *model.Event, eff model.Clock) error {
				rec, err := model.Decode(e)
				rec.Eff = eff
				in.Apply(rec)
				return err
			}))
			batch.Rows = append(batch.Rows, in.Summary())
		}
		_, err := a.store.Commit(t.Context(), batch)
		require.NoError(t, err)
		for range 2 {
			a = openSite(t, room.Options{Store: a.store, Dir: a.dir})
			shows(t, a)
			require.Len(t, a.Overview().Rows, 1)
			require.Equal(t, 1, a.Overview().Rows[0].Lines)
			require.NoError(t, a.Close())
			a.store.Hold(storage.Held{})
		}
		// It is noted, and no row is old any more.
		n := 0
		require.NoError(t, a.store.Rows(func(row model.Summary) error {
			if row.Opened != 0 {
				n++
			}
			return nil
		}))
		require.Equal(t, 1, n)
		_, noted, err := a.store.Setting("held")
		require.NoError(t, err)
		require.True(t, noted)
	})
}
