package room_test

import (
	"context"
	"fmt"
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
	require.NoError(t, s.Settled(t.Context()))
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
