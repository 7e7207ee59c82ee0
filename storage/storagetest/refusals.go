package storagetest

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// fork gives an author who wrote the same first n events as another with its
// seed, and may go on differently.
func fork(seed byte, n int) *Author {
	a := NewAuthor(seed)
	a.Begin(incident, n)
	return a
}

// changed is a copy of the event with something changed.
func changed(p storage.Placed, change func(*model.Event)) storage.Placed {
	e := *p.Event
	e.Body = append([]byte(nil), e.Body...)
	change(&e)
	return storage.Placed{Event: &e, Eff: p.Eff}
}

func (s Suite) refusals(t *testing.T, store Store) {
	a := NewAuthor(1)
	held := a.Begin(incident, 3)
	row := model.Summary{ID: incident, Title: "before"}
	_, err := store.Commit(context.Background(), storage.Batch{
		Events: held, Rows: []model.Summary{row}, Settings: map[string][]byte{"note": []byte("before")},
	})
	require.NoError(t, err)
	good := a.Write(incident, "good")
	after := a.Write(incident, "after")
	branch := fork(1, 2).Write(incident, "another third")
	detached := fork(1, 2)
	detached.Write(incident, "another third")
	stranger := NewAuthor(2)

	for name, c := range map[string]struct {
		events []storage.Placed
		want   model.Code
	}{
		"a gap":                            {[]storage.Placed{after}, model.CodeEventGap},
		"a gap inside the batch":           {[]storage.Placed{good, after, a.skip().Write(incident, "x")}, model.CodeEventGap},
		"another event in a held place":    {[]storage.Placed{branch}, model.CodeEventChain},
		"the next event of another branch": {[]storage.Placed{detached.Write(incident, "x")}, model.CodeEventChain},
		"two events in one place":          {[]storage.Placed{good, fork(1, 3).Write(incident, "x")}, model.CodeEventChain},
		"a log that begins in the middle":  {[]storage.Placed{fork(3, 1).Write(incident, "x")}, model.CodeEventGap},
		"a log without its opening":        {[]storage.Placed{stranger.Write(incident, "x")}, model.CodeEventOpen},
		"another body": {[]storage.Placed{good, changed(after, func(e *model.Event) {
			e.Body[len(e.Body)-1] ^= 1
		})}, model.CodeEventBodyHash},
		"a body that is cut": {[]storage.Placed{changed(good, func(e *model.Event) {
			e.Body = e.Body[:len(e.Body)-1]
		})}, model.CodeEventBodyHash},
		"fields that are not the envelope's": {[]storage.Placed{changed(good, func(e *model.Event) {
			e.Scope = other
		})}, model.CodeEventMalformed},
		"a text where the envelope says none": {[]storage.Placed{changed(a.Seal(model.Draft{
			Scope: incident, Body: &model.SeveritySet{Level: 2},
		}), func(e *model.Event) { e.SetText(model.Salt{}, []byte("x")) })}, model.CodeEventTextHash},
		"a text that is too long": {[]storage.Placed{changed(good, func(e *model.Event) {
			e.Text = []byte(strings.Repeat("x", model.MaxText+1))
		})}, model.CodeTextLong},
		"a body that is too long": {[]storage.Placed{changed(good, func(e *model.Event) {
			e.Raw[124], e.Raw[125], e.Raw[126], e.Raw[127] = 0, 1, 0, 1
		})}, model.CodeEventTooLarge},
		"a clock that does not rise": {[]storage.Placed{changed(good, func(e *model.Event) {
			binary.BigEndian.PutUint64(e.Raw[12:], uint64(held[3].Event.Clock))
			e.Clock = held[3].Event.Clock
		})}, model.CodeEventClock},
		"a place before the event's own clock": {[]storage.Placed{{Event: good.Event, Eff: good.Eff - 1}}, ""},
	} {
		// A good event, a row and a setting come first: nothing of them may stay.
		first := NewAuthor(9).Begin(incident, 1)
		d, err := store.Commit(context.Background(), storage.Batch{
			Events:   append(first, c.events...),
			Rows:     []model.Summary{{ID: incident, Title: "after"}, {ID: other}},
			Settings: map[string][]byte{"note": []byte("after"), "more": {1}},
		})
		require.Error(t, err, name)
		require.Equal(t, c.want, model.CodeOf(err), "%s: %v", name, err)
		require.Nil(t, d, name)
		s.unchanged(t, store, a.Log(), held, row)
	}
	store = s.reopened(t, store)
	s.unchanged(t, store, a.Log(), held, row)
	commit(t, store, good, after)
}

// skip gives an author two events further on.
func (a *Author) skip() *Author {
	b := *a
	b.head.Seq += 2
	return &b
}

func (s Suite) unchanged(t *testing.T, store Store, log model.LogID, held []storage.Placed, row model.Summary) {
	t.Helper()
	heads, err := store.Heads()
	require.NoError(t, err)
	require.Len(t, heads, 1)
	require.Equal(t, held[len(held)-1].Event.Seq, heads[0].Seq)
	require.Equal(t, events(held), read(t, store, log, 1))
	require.Equal(t, held[1:], timelineOf(t, store, incident))
	var rows []model.Summary
	require.NoError(t, store.Rows(func(r model.Summary) error {
		rows = append(rows, r)
		return nil
	}))
	require.Equal(t, []model.Summary{row}, rows)
	note, _, err := store.Setting("note")
	require.NoError(t, err)
	require.Equal(t, "before", string(note))
	_, ok, err := store.Setting("more")
	require.NoError(t, err)
	require.False(t, ok)
}

func (s Suite) tooMuch(t *testing.T, store Store) {
	long := strings.Repeat("x", model.MaxText)
	big := NewAuthor(1)
	batch := []storage.Placed{big.Open()}
	for len(batch) < 40 {
		batch = append(batch, big.Write(incident, long))
	}
	many := make([]model.Summary, storage.MaxBatchEntries+1)
	for i := range many {
		many[i].ID = model.Scope{byte(i >> 8), byte(i)}
	}
	for name, b := range map[string]storage.Batch{
		"bytes":   {Events: batch},
		"entries": {Rows: many},
		"row":     {Rows: []model.Summary{{Title: strings.Repeat("x", storage.MaxValue+1)}}},
		"setting": {Settings: map[string][]byte{"big": make([]byte, storage.MaxValue+1)}},
	} {
		_, err := store.Commit(context.Background(), b)
		var big *storage.TooBigError
		require.ErrorAs(t, err, &big, name)
		require.Greater(t, big.Size, big.Limit, name)
	}
	for _, name := range []string{"format", ""} {
		_, err := store.Commit(context.Background(), storage.Batch{Settings: map[string][]byte{name: {1}}})
		require.Error(t, err, "the setting %q is the store's own", name)
	}
	heads, err := store.Heads()
	require.NoError(t, err)
	require.Empty(t, heads)
	commit(t, store, batch[:30]...) // 1.8 MB, within the limit
	require.Len(t, timelineOf(t, store, incident), 29)
}

func (s Suite) readersError(t *testing.T, store Store) {
	a := NewAuthor(1)
	commit(t, store, a.Begin(incident, 3)...)
	_, err := store.Commit(context.Background(), storage.Batch{Rows: []model.Summary{{ID: incident}, {ID: other}}})
	require.NoError(t, err)
	enough := errors.New("enough")
	calls := 0
	stop := func() error { calls++; return enough }
	require.ErrorIs(t, store.Log(a.Log(), 1, func(*model.Event) error { return stop() }), enough)
	require.ErrorIs(t, store.Scope(incident, func(*model.Event, model.Clock) error { return stop() }), enough)
	require.ErrorIs(t, store.Tail(incident, model.Position{}, 9, func(*model.Event, model.Clock) error { return stop() }), enough)
	require.ErrorIs(t, store.Rows(func(model.Summary) error { return stop() }), enough)
	require.Equal(t, 4, calls)
}

func (s Suite) cancelled(t *testing.T, store Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := store.Commit(ctx, storage.Batch{Events: NewAuthor(1).Begin(incident, 1)})
	require.ErrorIs(t, err, context.Canceled)
	heads, err := store.Heads()
	require.NoError(t, err)
	require.Empty(t, heads)
}

func (s Suite) closed(t *testing.T, store Store) {
	a := NewAuthor(1)
	commit(t, store, a.Open())
	require.NoError(t, store.Close())
	require.NoError(t, store.Close(), "a second time does nothing")
	_, err := store.Commit(context.Background(), storage.Batch{})
	require.ErrorIs(t, err, storage.ErrClosed)
	_, err = store.Heads()
	require.ErrorIs(t, err, storage.ErrClosed)
	_, _, err = store.Setting("x")
	require.ErrorIs(t, err, storage.ErrClosed)
	_, _, err = store.Opening(a.Log())
	require.ErrorIs(t, err, storage.ErrClosed)
	require.ErrorIs(t, store.Log(a.Log(), 1, nil), storage.ErrClosed)
	require.ErrorIs(t, store.Scope(incident, nil), storage.ErrClosed)
	require.ErrorIs(t, store.Acts(incident, nil), storage.ErrClosed)
	require.ErrorIs(t, store.Tail(incident, model.Position{}, 1, nil), storage.ErrClosed)
	require.ErrorIs(t, store.Rows(nil), storage.ErrClosed)
	require.ErrorIs(t, store.Line(a.Log(), 1, nil), storage.ErrClosed)
	require.ErrorIs(t, store.Awaits(nil), storage.ErrClosed)
	_, err = store.Branches()
	require.ErrorIs(t, err, storage.ErrClosed)
	_, _, _, err = store.Find(model.Ref{})
	require.ErrorIs(t, err, storage.ErrClosed)
}
