package room_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// site is a room with its store, and what it has told of.
type site struct {
	*room.Room
	t     *testing.T
	store storage.Store
	dir   string

	mu    sync.Mutex
	told  map[model.LogID]model.Branch
	heard []model.Ref
}

// openSite opens a site's room.
func openSite(t *testing.T, o room.Options) *site {
	t.Helper()
	s := &site{t: t, store: o.Store, dir: o.Dir, told: map[model.LogID]model.Branch{}}
	if s.store == nil {
		s.store = kept{storage.NewMemory()}
	}
	if s.dir == "" {
		s.dir = t.TempDir()
	}
	o.Store, o.Dir, o.Feed = s.store, s.dir, s.hear
	s.Room = open(t, o)
	return s
}

func (s *site) hear(fed []room.Fed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range fed {
		s.told[f.Branch.ID] = f.Branch
		for _, d := range f.Events {
			s.heard = append(s.heard, d.Ref())
		}
	}
}

// until waits until something is so that what waits for a quiet moment brings about.
func (s *site) until(is func() bool) {
	s.t.Helper()
	w := s.Watch()
	defer w.Close()
	late := time.After(time.Minute)
	for !is() {
		select {
		case <-w.C():
		case <-late:
			s.t.Fatal("it never came")
		}
	}
}

// pair is a founder's room and one of bob, who was given a device and has not heard
// of it.
func pair(t *testing.T) (ana, bob *site) {
	t.Helper()
	return pairAt(t, 0)
}

// pairAt is a pair of which the founder's clock is ahead.
func pairAt(t *testing.T, ahead time.Duration) (ana, bob *site) {
	t.Helper()
	ana = openSite(t, room.Options{Now: func() time.Time { return time.Now().Add(ahead) }})
	bob = openSite(t, room.Options{Workspace: ana.Workspace()})
	do(t, ana.Room, model.Scope{}, model.AddDevice{Name: "bob", Access: model.Responder, Device: bob.Device()})
	return ana, bob
}

// runs are what one has of a line and the other has not, cut anywhere.
func runs(t *testing.T, from, to *site, b model.Branch, rnd *rand.Rand) (out []peer.Take) {
	t.Helper()
	next := b.Base + 1
	for _, held := range to.Lines() {
		if held.ID == b.ID {
			next = held.Tip.Seq + 1
		}
	}
	for next <= b.Tip.Seq {
		run, err := from.ReadLine(wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()}, next, 1<<20)
		require.NoError(t, err)
		require.NotEmpty(t, run)
		run = run[:1+rnd.IntN(len(run))]
		out = append(out, peer.Take{Log: b.Log, Branch: b.ID, Parent: b.Parent, After: next - 1, Begins: !b.Own(), Events: run})
		next += uint64(len(run))
	}
	return out
}

// give lets to take what from has: each line in its order, the lines in any, and only
// some of it when cut.
func give(t *testing.T, from, to *site, rnd *rand.Rand, cut bool) {
	t.Helper()
	var lines [][]peer.Take
	for _, b := range from.Lines() {
		if all := runs(t, from, to, b, rnd); len(all) > 0 {
			lines = append(lines, all)
		}
	}
	for len(lines) > 0 {
		if cut && rnd.IntN(8) == 0 {
			return
		}
		i := rnd.IntN(len(lines))
		require.NoError(t, to.Take(t.Context(), lines[i][0]))
		if lines[i] = lines[i][1:]; len(lines[i]) == 0 {
			lines = slices.Delete(lines, i, i+1)
		}
	}
}

// meet lets both take what the other has.
func meet(t *testing.T, a, b *site) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	give(t, a, b, rnd, false)
	give(t, b, a, rnd, false)
	for _, s := range []*site{a, b} {
		require.NoError(t, s.Settled(t.Context()))
	}
}

// stateOf folds a whole store, line by line, as if nobody had ever folded it: whatever
// the membership lets count, told by the words of that rule alone.
func stateOf(t *testing.T, ws model.WorkspaceID, store storage.Store) *model.State {
	t.Helper()
	all, err := store.Branches()
	require.NoError(t, err)
	events, devices := map[model.Hash]*model.Event{}, map[model.LogID]model.DeviceKey{}
	refs := map[model.Ref]*model.Event{}
	// fold applies what counts, and gives the rest its place.
	fold := func(counts func(*model.Event) bool) *model.State {
		state := model.NewState(ws.Scope())
		for _, b := range all {
			devices[b.Log] = b.Device
			require.NoError(t, store.Log(b.ID, 1, func(e *model.Event) error {
				events[e.Hash()], refs[e.Ref()] = e, e
				if b.Ends != 0 && e.Seq >= b.Ends {
					return nil
				}
				rec, err := model.Decode(e)
				require.NoError(t, err)
				if counts(e) {
					require.True(t, state.Apply(rec))
				} else {
					require.True(t, state.Aside(rec))
				}
				return nil
			}))
		}
		return state
	}
	people := fold(func(*model.Event) bool { return true }).People
	within := func(e *model.Event, tip model.Ref) bool {
		at := refs[tip]
		if tip.Log != e.Log || at == nil {
			return tip.Log == e.Log && e.Seq <= tip.Seq
		}
		for at.Seq > e.Seq {
			at = events[at.Prev]
		}
		return at.Hash() == e.Hash()
	}
	return fold(func(e *model.Event) bool {
		cut, has := people.Cut(devices[e.Log])
		if !has || e.Scope == ws.Scope() {
			return true
		}
		for _, list := range cut.Tips {
			if !slices.ContainsFunc(list, func(tip model.Ref) bool { return within(e, tip) }) {
				return false
			}
		}
		return !cut.Whole && len(cut.Tips) > 0
	})
}

// same checks that two sites hold the same, show the same, and that each shows what
// its store holds.
func same(t *testing.T, a, b *site) {
	t.Helper()
	x, y := stateOf(t, a.Workspace(), a.store), stateOf(t, b.Workspace(), b.store)
	require.Equal(t, x.Hash(), y.Hash())
	for _, s := range []*site{a, b} {
		hashes, err := s.Hashes(t.Context())
		require.NoError(t, err)
		require.Equal(t, x.People.StateHash(), hashes.Of[s.Workspace().Scope()])
		for _, row := range s.Overview().Rows {
			want := x.Incidents[row.ID]
			require.NotNil(t, want)
			require.Equal(t, want.Summary(), row)
			v := view(t, s.Room, row.ID)
			require.Equal(t, want.StateHash(), hashes.Of[row.ID])
			require.Len(t, v.Lines, row.Lines)
			for i, l := range want.View().Lines {
				require.Equal(t, l.Ref(), v.Lines[i].Ref())
				require.Equal(t, l.Rec.Eff, v.Lines[i].Rec.Eff)
			}
			g, err := s.Glance(t.Context(), row.ID)
			require.NoError(t, err)
			require.Equal(t, row.Lines, g.Total())
		}
		s.mu.Lock()
		told := s.told
		for _, line := range s.Lines() {
			require.Equal(t, line, told[line.ID])
		}
		stored, err := s.store.Branches()
		require.NoError(t, err)
		require.Equal(t, stored, s.Lines())
		s.mu.Unlock()
	}
	require.Len(t, a.Overview().Rows, len(b.Overview().Rows))
}

func TestTwoRoomsThatExchangeInAnyOrderShowTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 7))
			// A clock that is an hour ahead moves what named its events before they came.
			a, b := pairAt(t, time.Duration(seed%2)*time.Hour)
			meet(t, a, b)
			require.False(t, b.Me().IsZero(), "bob's room knows whose it is")
			require.Equal(t, "bob", b.Overview().People.Name(b.Overview().Me))
			ids := []model.Scope{do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident}
			written := 0
			for range 40 {
				s, other := a, b
				if rnd.IntN(2) == 0 {
					s, other = b, a
				}
				var rows []model.Scope
				for _, row := range s.Overview().Rows {
					rows = append(rows, row.ID)
				}
				if len(rows) == 0 {
					give(t, other, s, rnd, true)
					continue
				}
				id := rows[rnd.IntN(len(rows))]
				switch rnd.IntN(8) {
				case 0:
					give(t, s, other, rnd, true)
				case 1:
					give(t, other, s, rnd, true)
				case 2:
					_, _ = s.Do(t.Context(), me(s.Room), id, model.SetSeverity{Level: model.Level(1 + rnd.IntN(3))})
				case 3:
					ids = append(ids, do(t, s.Room, model.Scope{}, model.OpenIncident{Title: "another"}).Incident)
				case 4:
					_, _ = s.Do(t.Context(), me(s.Room), id, model.Undo{})
				default:
					do(t, s.Room, id, model.Write{Text: fmt.Sprint("entry ", written)})
					written++
				}
			}
			meet(t, a, b)
			same(t, a, b)
			// One that was away takes all of it, in another order again.
			c := openSite(t, room.Options{Workspace: a.Workspace()})
			for range 4 {
				give(t, b, c, rnd, true)
			}
			meet(t, b, c)
			meet(t, a, b)
			same(t, b, c)
			require.Len(t, a.Overview().Rows, len(ids))
			seen := map[string]bool{}
			for _, id := range ids {
				for _, l := range view(t, a.Room, id).Lines {
					if l.Entry() && l.Rec.Common().Undoes.IsZero() {
						seen[l.Rec.Text] = true
					}
				}
			}
			require.Len(t, seen, written, "every act is there")
			for _, s := range []*site{a, b} {
				refs := slices.Clone(s.heard)
				slices.SortFunc(refs, func(x, y model.Ref) int { return slices.Compare(x.Hash[:], y.Hash[:]) })
				require.Len(t, slices.Compact(refs), len(s.heard), "nothing is told of twice")
			}
			for _, s := range []*site{a, b} {
				require.NoError(t, s.Close())
			}
			again := openSite(t, room.Options{Store: b.store, Dir: b.dir})
			same(t, openSite(t, room.Options{Store: a.store, Dir: a.dir}), again)
			require.Equal(t, b.Me(), again.Me())
		})
	}
}
