package storagetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// holds holds events of two lines of a log back, and lets them go again.
func (s Suite) holds(t *testing.T, store Store) {
	f := newForked()
	f.commit(t, store)
	read := func() (all, acts []storage.Placed) {
		return reading(t, func(fn func(*model.Event, model.Clock) error) error { return store.Scope(incident, fn) }),
			Acts(t, store, incident)
	}
	all, acts := read()
	require.NotEmpty(t, acts)
	lines := f.lines()
	own, branch := lines[0], lines[1]
	if !own.Own() {
		own, branch = branch, own
	}
	require.Equal(t, all, tailOf(t, store, incident, model.Position{}, len(all)))

	workspace := reading(t, func(fn func(*model.Event, model.Clock) error) error { return store.Scope(Workspace.Scope(), fn) })
	for _, c := range []struct {
		line model.Branch
		from uint64
	}{{own, 1}, {own, 2}, {own, own.Tip.Seq}, {own, own.Tip.Seq + 1}, {branch, branch.Base + 1}, {branch, branch.Tip.Seq}} {
		left := func(had []storage.Placed) []storage.Placed {
			rest := []storage.Placed{}
			for _, p := range had {
				_, _, line, err := store.Find(p.Event.Ref())
				require.NoError(t, err)
				if line != c.line.ID || p.Event.Seq < c.from {
					rest = append(rest, p)
				}
			}
			return rest
		}
		store.Hold(storage.Held{Except: Workspace.Scope(), From: map[model.LogID]uint64{c.line.ID: c.from}})
		for range 2 { // and after a reopening, when it is said again
			is, isActs := read()
			require.Equal(t, left(all), is)
			require.Equal(t, left(acts), isActs)
			require.Equal(t, left(all), tailOf(t, store, incident, model.Position{}, len(all)))
			if n := len(is); n > 1 {
				require.Equal(t, is[n-1:], tailOf(t, store, incident, model.Position{}, 1))
			}
			require.Len(t, Line(t, store, c.line.ID, 1), int(c.line.Tip.Seq-c.line.Base), "lines are whole")
			require.Equal(t, workspace, reading(t, func(fn func(*model.Event, model.Clock) error) error { return store.Scope(Workspace.Scope(), fn) }))
			if s.Reopen != nil {
				store = s.Reopen(t, store)
				is, _ = read()
				require.Equal(t, all, is, "it is not stored")
				store.Hold(storage.Held{Except: Workspace.Scope(), From: map[model.LogID]uint64{c.line.ID: c.from}})
			}
		}
	}
	store.Hold(storage.Held{})
	is, isActs := read()
	require.Equal(t, all, is)
	require.Equal(t, acts, isActs)
}
