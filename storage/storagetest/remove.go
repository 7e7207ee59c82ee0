package storagetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// rowsOf gives the rows by incident.
func rowsOf(t *testing.T, s Store) map[model.Scope]model.Summary {
	t.Helper()
	got := map[model.Scope]model.Summary{}
	require.NoError(t, s.Rows(func(row model.Summary) error {
		got[row.ID] = row
		return nil
	}))
	return got
}

func (s Suite) removes(t *testing.T, store Store) {
	ctx := context.Background()
	a := NewAuthor(1)
	secret, kept, elsewhere := a.Open(), a.Write(incident, "kept"), a.Write(other, "elsewhere")
	batch := []storage.Placed{secret, kept, elsewhere, a.Write(incident, "hunter2"), a.Seal(model.Draft{Scope: incident, Body: &model.SeveritySet{Level: 1}})}
	batch[3].Eff += 5 // its place in the timeline is not its own clock
	_, err := store.Commit(ctx, storage.Batch{
		Events: batch, Settings: map[string][]byte{"one": {1}},
		Rows: []model.Summary{{ID: incident, Title: "hunter2"}, {ID: other, Title: "elsewhere"}},
	})
	require.NoError(t, err)
	heads, err := store.Heads()
	require.NoError(t, err)
	before := timelineOf(t, store, incident)

	target := batch[3].Event.Ref()
	require.NoError(t, store.Remove(ctx, []model.Ref{target, batch[4].Event.Ref()}, []model.Summary{{ID: incident, Title: "removed"}}))
	check := func() {
		t.Helper()
		after := timelineOf(t, store, incident)
		require.Len(t, after, len(before))
		for i, p := range after {
			require.Equal(t, before[i].Eff, p.Eff)
			require.Equal(t, before[i].Event.Raw, p.Event.Raw)
			require.Equal(t, before[i].Event.Body, p.Event.Body)
			if p.Event.Ref() == target {
				require.Nil(t, p.Event.Text)
				require.Zero(t, p.Event.Salt)
			} else {
				require.Equal(t, before[i].Event, p.Event)
			}
		}
		require.Equal(t, "elsewhere", string(timelineOf(t, store, other)[0].Event.Text))
		now, err := store.Heads()
		require.NoError(t, err)
		require.Equal(t, heads, now)
		rows := rowsOf(t, store)
		require.Equal(t, "removed", rows[incident].Title)
		require.Equal(t, "elsewhere", rows[other].Title)
		v, _, err := store.Setting("one")
		require.NoError(t, err)
		require.Equal(t, []byte{1}, v)
		_, ok, err := store.Opening(a.Log())
		require.NoError(t, err)
		require.True(t, ok)
	}
	check()
	d := commit(t, store, batch[3])
	require.Nil(t, d[0].Event().Text, "a peer may tell it again")
	check()
	store = s.reopened(t, store)
	check()

	next := a.Write(incident, "and on")
	commit(t, store, next)
	require.Equal(t, a.Head().Seq, read(t, store, a.Log(), next.Event.Seq)[0].Seq)
	require.NoError(t, store.Remove(ctx, []model.Ref{next.Event.Ref()}, nil))
	require.NotContains(t, rowsOf(t, store), incident, "a row that is not given may hold the text")
	require.NoError(t, store.Remove(ctx, nil, nil))
}

func (s Suite) removesNothingUnknown(t *testing.T, store Store) {
	ctx := context.Background()
	a := NewAuthor(1)
	batch := a.Begin(incident, 2)
	_, err := store.Commit(ctx, storage.Batch{Events: batch, Rows: []model.Summary{{ID: incident, Title: "one"}}})
	require.NoError(t, err)
	there := batch[1].Event.Ref()
	wrong := batch[2].Event.Ref()
	wrong.Hash[0] ^= 1
	for name, ref := range map[string]model.Ref{
		"another log": {Log: model.LogID{9}, Seq: 1}, "beyond the end": {Log: a.Log(), Seq: 9},
		"before the first": {Log: a.Log()}, "another event in its place": wrong,
	} {
		err := store.Remove(ctx, []model.Ref{there, ref}, nil)
		require.Equal(t, model.CodeEntryUnknown, model.CodeOf(err), name)
	}
	require.Equal(t, "the database is slow", string(read(t, store, a.Log(), 2)[0].Text))
	require.Equal(t, "one", rowsOf(t, store)[incident].Title)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, store.Remove(cancelled, []model.Ref{there}, nil), context.Canceled)
	require.NotNil(t, read(t, store, a.Log(), 2)[0].Text)
}
