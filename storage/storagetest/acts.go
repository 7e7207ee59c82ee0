package storagetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// reading gives what a reader of a store passes on.
func reading(t *testing.T, read func(func(*model.Event, model.Clock) error) error) []storage.Placed {
	t.Helper()
	got := []storage.Placed{}
	require.NoError(t, read(func(e *model.Event, eff model.Clock) error {
		got = append(got, storage.Placed{Event: e, Eff: eff})
		return nil
	}))
	return got
}

// Acts gives the events of a scope that are no plain entries.
func Acts(t *testing.T, s Store, scope model.Scope) []storage.Placed {
	t.Helper()
	return reading(t, func(fn func(*model.Event, model.Clock) error) error { return s.Acts(scope, fn) })
}

func tailOf(t *testing.T, s Store, scope model.Scope, before model.Position, n int) []storage.Placed {
	t.Helper()
	return reading(t, func(fn func(*model.Event, model.Clock) error) error { return s.Tail(scope, before, n, fn) })
}

func position(p storage.Placed) model.Position {
	return model.Position{Eff: p.Eff, Hash: p.Event.Hash().Short()}
}

// mixed is a log with entries and other acts by turns.
func mixed(a *Author, n int) (batch, acts []storage.Placed) {
	batch = []storage.Placed{a.Open()}
	for i := range n {
		if i%3 == 0 {
			act := a.Seal(model.Draft{Scope: incident, Body: &model.SeveritySet{Level: model.Level(i%4 + 1)}, Text: "because"})
			batch, acts = append(batch, act), append(acts, act)
			continue
		}
		batch = append(batch, a.Write(incident, "an entry"))
	}
	return batch, acts
}

func (s Suite) had(t *testing.T, store Store) {
	has := func(scope model.Scope, want bool) {
		t.Helper()
		had, err := store.Had(scope)
		require.NoError(t, err)
		require.Equal(t, want, had)
	}
	has(incident, false)
	a := NewAuthor(1)
	commit(t, store, append(a.Begin(incident, 3), a.Write(model.Scope{0xff}, "elsewhere"))...)
	store = s.reopened(t, store)
	has(incident, true)
	has(model.Scope{0xff}, true)
	has(other, false)
}

func (s Suite) acts(t *testing.T, store Store) {
	a, b := NewAuthor(1), NewAuthor(2)
	batch, want := mixed(a, 10)
	commit(t, store, batch...)
	commit(t, store, append(b.Begin(incident, 3), b.Seal(model.Draft{Scope: other, Body: &model.SeveritySet{Level: 1}}))...)
	redo := b.Seal(model.Draft{Scope: incident, Body: &model.EntryAdd{Common: model.Common{Undoes: want[0].Event.Ref()}}, Text: "says more"})
	commit(t, store, redo)
	require.Len(t, Acts(t, store, incident), 5)
	require.ElementsMatch(t, append(want, redo), Acts(t, store, incident))
	store = s.reopened(t, store)
	require.ElementsMatch(t, append(want, redo), Acts(t, store, incident))
	require.Len(t, Acts(t, store, other), 1)

	// What a caller has decoded is believed where it is of that event.
	plain := a.Write(other, "an entry")
	act := a.Seal(model.Draft{Scope: other, Body: &model.SeveritySet{Level: 2}})
	record, err := model.Decode(plain.Event)
	require.NoError(t, err)
	told := []storage.Placed{plain, act}
	told[0].Record, told[1].Record = record, record
	commit(t, store, told...)
	require.Len(t, Acts(t, store, other), 2)
	require.Equal(t, act, Acts(t, store, other)[1])
	require.Empty(t, Acts(t, store, model.Scope{99}))
}

func (s Suite) actsMove(t *testing.T, store Store) {
	a := NewAuthor(1)
	batch, want := mixed(a, 10)
	commit(t, store, batch...)
	moved := want[0]
	moved.Eff += 1 << 20 // beyond all others
	commit(t, store, moved)
	store = s.reopened(t, store)
	require.Equal(t, append(want[1:], moved), Acts(t, store, incident))
	require.Equal(t, []storage.Placed{moved}, tailOf(t, store, incident, model.Position{}, 1))
}

func (s Suite) tail(t *testing.T, store Store) {
	a, b := NewAuthor(1), NewAuthor(2)
	batch, _ := mixed(a, 20)
	commit(t, store, batch...)
	commit(t, store, b.Begin(other, 3)...) // a scope after it
	commit(t, store, b.Write(model.Scope{6}, "a scope before it"))
	store = s.reopened(t, store)
	all := timelineOf(t, store, incident)
	require.Len(t, all, 20)
	for _, n := range []int{0, 1, 7, 20, 21} {
		require.Equal(t, all[max(20-n, 0):], tailOf(t, store, incident, model.Position{}, n), "the last %d", n)
		for i := range all {
			require.Equal(t, all[max(i-n, 0):i], tailOf(t, store, incident, position(all[i]), n), "%d before %d", n, i)
		}
	}
	between := position(all[5])
	between.Hash = model.ShortHash{} // before every event of that clock
	require.Equal(t, all[3:5], tailOf(t, store, incident, between, 2))
	require.Empty(t, tailOf(t, store, model.Scope{99}, model.Position{}, 3))
}
