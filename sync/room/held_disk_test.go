package room_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

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
