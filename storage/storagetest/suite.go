package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// Store is what the suite asks of a store.
type Store interface {
	storage.Store
	Opening(model.LogID) (storage.Opening, bool, error)
}

// Suite is how to make the store under test.
type Suite struct {
	// Open gives an empty store.
	Open func(*testing.T) Store
	// Reopen closes the store and opens it again; nil for one that keeps nothing.
	Reopen func(*testing.T, Store) Store
	// WithoutRoom says that the stores are on a full disk, where nothing can be
	// removed for good.
	WithoutRoom bool
}

// Two incidents.
var (
	incident = model.Scope{7}
	other    = model.Scope{8}
)

// Run tests the store.
func (s Suite) Run(t *testing.T) {
	for name, test := range map[string]func(*testing.T, Store){
		"what was committed comes back byte for byte":      s.bytesComeBack,
		"heads are the logs' ends":                         s.heads,
		"an opening is kept":                               s.openings,
		"a log is read from a sequence number":             s.logFrom,
		"the timeline is in the order of effective clocks": s.timeline,
		"equal clocks are ordered by hash":                 s.ties,
		"an event that moves leaves its old place":         s.moves,
		"the very same event is accepted again":            s.again,
		"a removed text does not come back":                s.removedText,
		"a text is removed for good":                       s.removes,
		"what is not held is not removed for good":         s.removesNothingUnknown,
		"what does not fit is refused and writes nothing":  s.refusals,
		"too much at once is refused and writes nothing":   s.tooMuch,
		"ten thousand rows":                                s.rows,
		"settings are set, replaced and removed":           s.settings,
		"a reader's error ends the reading":                s.readersError,
		"a cancelled commit writes nothing":                s.cancelled,
		"a closed store says so":                           s.closed,
		"acts are told from plain entries":                 s.acts,
		"what was there at the beginning is told":          s.had,
		"F-cut: what is held back is not given, for now":   s.holds,
		"an act that moves leaves its old place in both":   s.actsMove,
		"a timeline is read from its end":                  s.tail,
		"a log that forked keeps both lines":               s.branches,
		"a branch has branches":                            s.branchesOfBranches,
		"an event of a branch moves":                       s.branchesMove,
		"what stands apart is kept and in no timeline":     s.apart,
		"a line ends before its tip":                       s.ends,
		"what is named and not held is awaited":            s.awaits,
		"a text of a branch is removed for good":           s.removesFromBranches,
		"a branch that does not fit is refused":            s.branchRefusals,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.WithoutRoom && strings.HasSuffix(name, "removed for good") {
				t.Skip("it needs room for a second store")
			}
			test(t, s.Open(t))
		})
	}
}

func commit(t *testing.T, s Store, events ...storage.Placed) []storage.Durable {
	t.Helper()
	d, err := s.Commit(context.Background(), storage.Batch{Events: events})
	require.NoError(t, err)
	require.Len(t, d, len(events))
	return d
}

// read gives a log's events.
func read(t *testing.T, s Store, log model.LogID, from uint64) []*model.Event {
	t.Helper()
	var got []*model.Event
	require.NoError(t, s.Log(log, from, func(e *model.Event) error {
		got = append(got, e)
		return nil
	}))
	return got
}

// timelineOf gives a scope's events with their clocks.
func timelineOf(t *testing.T, s Store, scope model.Scope) []storage.Placed {
	t.Helper()
	var got []storage.Placed
	require.NoError(t, s.Scope(scope, func(e *model.Event, eff model.Clock) error {
		got = append(got, storage.Placed{Event: e, Eff: eff})
		return nil
	}))
	return got
}

func events(placed []storage.Placed) []*model.Event {
	out := make([]*model.Event, 0, len(placed))
	for _, p := range placed {
		out = append(out, p.Event)
	}
	return out
}

// again gives the store reopened, if it keeps anything.
func (s Suite) reopened(t *testing.T, store Store) Store {
	if s.Reopen == nil {
		return store
	}
	return s.Reopen(t, store)
}

func (s Suite) bytesComeBack(t *testing.T, store Store) {
	a := NewAuthor(1)
	batch := []storage.Placed{
		a.Open(),
		a.Write(incident, "Zürich 東京 🚒"),
		a.Write(incident, strings.Repeat("x", model.MaxText)),
		a.Seal(model.Draft{Scope: incident, Body: &model.SeveritySet{Level: 1}}),
	}
	for i, d := range commit(t, store, batch...) {
		require.Equal(t, batch[i].Event, d.Event())
		require.Equal(t, batch[i].Event.Ref(), d.Ref())
	}
	require.Equal(t, events(batch), read(t, store, a.Log(), 1))
	store = s.reopened(t, store)
	require.Equal(t, events(batch), read(t, store, a.Log(), 1))
	require.Equal(t, batch[1:], timelineOf(t, store, incident))
	next := a.Write(other, "goes on")
	commit(t, store, next)
	require.Equal(t, []storage.Placed{next}, timelineOf(t, store, other))
	require.Empty(t, timelineOf(t, store, model.Scope{99}))
}

func (s Suite) heads(t *testing.T, store Store) {
	heads, err := store.Heads()
	require.NoError(t, err)
	require.Empty(t, heads)
	a, b := NewAuthor(1), NewAuthor(2)
	first, second := a.Begin(incident, 3), b.Begin(incident, 1)
	commit(t, store, first[0], second[0], first[1], second[1], first[2], first[3])
	for _, st := range []Store{store, s.reopened(t, store)} {
		if heads, err = st.Heads(); errors.Is(err, storage.ErrClosed) {
			continue // the one before it was reopened
		}
		require.NoError(t, err)
		require.ElementsMatch(t, []model.Head{a.Head(), b.Head()}, heads)
		require.Less(t, heads[0].Log.String(), heads[1].Log.String())
	}
}

func (s Suite) openings(t *testing.T, store Store) {
	a := NewAuthor(1)
	commit(t, store, a.Open())
	store = s.reopened(t, store)
	got, ok, err := store.Opening(a.Log())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, storage.Opening{
		Device: a.Device(), Workspace: Workspace, Kind: model.ContentLog, Reason: model.ReasonNew, Nonce: model.Nonce{1},
	}, got)
	_, ok, err = store.Opening(model.LogID{})
	require.NoError(t, err)
	require.False(t, ok)
}

func (s Suite) logFrom(t *testing.T, store Store) {
	a, b := NewAuthor(1), NewAuthor(2)
	batch := a.Begin(incident, 4)
	commit(t, store, batch...)
	commit(t, store, b.Begin(incident, 4)...)
	for from, want := range map[uint64][]storage.Placed{0: batch, 1: batch, 3: batch[2:], 5: batch[4:], 6: {}, 1 << 60: {}} {
		got := read(t, store, a.Log(), from)
		require.Len(t, got, len(want), "from %d", from)
		for i := range got {
			require.Equal(t, want[i].Event, got[i])
		}
	}
	require.Empty(t, read(t, store, model.LogID{}, 1))
}

func (s Suite) timeline(t *testing.T, store Store) {
	a, b := NewAuthor(1), NewAuthor(2)
	first, second := a.Begin(incident, 3), b.Begin(incident, 3)
	early := second[1:]
	for i := range early {
		early[i].Eff = first[3].Event.Clock + model.Clock(10*(i+1)) // b saw all that a wrote
	}
	commit(t, store, append(second, first...)...)
	want := append(first[1:4:4], early...)
	require.Equal(t, want, timelineOf(t, store, incident))
	store = s.reopened(t, store)
	require.Equal(t, want, timelineOf(t, store, incident))
	require.Len(t, timelineOf(t, store, Workspace.Scope()), 2)
}

func (s Suite) ties(t *testing.T, store Store) {
	var all []storage.Placed
	for seed := range byte(8) {
		p := NewAuthor(seed).Begin(incident, 1)
		p[1].Eff = p[1].Event.Clock + 1000
		all = append(all, p...)
	}
	commit(t, store, all...)
	got := timelineOf(t, store, incident)
	require.Len(t, got, 8)
	for i := 1; i < len(got); i++ {
		require.True(t, got[i-1].Event.Hash().Short().Less(got[i].Event.Hash().Short()))
	}
}

func (s Suite) moves(t *testing.T, store Store) {
	a := NewAuthor(1)
	batch := a.Begin(incident, 3)
	commit(t, store, batch...)
	batch[1].Eff += 1 << 20 // beyond the other two
	d := commit(t, store, batch[1])
	require.Equal(t, batch[1].Event, d[0].Event())
	store = s.reopened(t, store)
	require.Equal(t, []storage.Placed{batch[2], batch[3], batch[1]}, timelineOf(t, store, incident))
	require.Equal(t, events(batch), read(t, store, a.Log(), 1))
	batch[1].Eff += 5
	twice := batch[1]
	twice.Eff += 5
	commit(t, store, batch[1], twice) // the last one counts
	require.Equal(t, []storage.Placed{batch[2], batch[3], twice}, timelineOf(t, store, incident))
}

func (s Suite) again(t *testing.T, store Store) {
	a := NewAuthor(1)
	batch := a.Begin(incident, 2)
	commit(t, store, append(batch, batch[1])...) // twice in one batch
	commit(t, store, batch...)
	commit(t, store, append(batch[1:], a.Write(incident, "and one more"))...)
	require.Len(t, read(t, store, a.Log(), 1), 4)
	require.Len(t, timelineOf(t, store, incident), 3)
	heads, err := store.Heads()
	require.NoError(t, err)
	require.Equal(t, []model.Head{a.Head()}, heads)
}

func (s Suite) removedText(t *testing.T, store Store) {
	a := NewAuthor(1)
	batch := a.Begin(incident, 1)
	bare := *batch[1].Event
	bare.SetText(model.Salt{}, nil)
	commit(t, store, batch[0], storage.Placed{Event: &bare, Eff: bare.Clock})
	d := commit(t, store, batch[1])
	require.Nil(t, d[0].Event().Text, "what is durable is the event without its text")
	require.Nil(t, read(t, store, a.Log(), 2)[0].Text)
	require.Equal(t, batch[1].Event.Raw, read(t, store, a.Log(), 2)[0].Raw)
}

func (s Suite) rows(t *testing.T, store Store) {
	const n = 10_000
	want := make([]model.Summary, n)
	for i := range want {
		want[i] = model.Summary{
			ID: model.Scope{byte(i >> 8), byte(i)}, Title: fmt.Sprintf("incident %d", i), Severity: model.Level(i%4 + 1),
			Opened: int64(i), Groups: []model.Hash{{byte(i)}},
		}
	}
	for i := 0; i < n; i += 2500 {
		_, err := store.Commit(context.Background(), storage.Batch{Rows: want[i : i+2500]})
		require.NoError(t, err)
	}
	want[77].Title = "another title"
	_, err := store.Commit(context.Background(), storage.Batch{Rows: want[77:78]})
	require.NoError(t, err)
	store = s.reopened(t, store)
	var got []model.Summary
	require.NoError(t, store.Rows(func(row model.Summary) error {
		got = append(got, row)
		return nil
	}))
	require.Len(t, got, n)
	for i := range got {
		require.Equal(t, want[i], got[i])
	}
}

func (s Suite) settings(t *testing.T, store Store) {
	set := func(m map[string][]byte) {
		_, err := store.Commit(context.Background(), storage.Batch{Settings: m})
		require.NoError(t, err)
	}
	check := func(name string, want []byte, there bool) {
		t.Helper()
		got, ok, err := store.Setting(name)
		require.NoError(t, err)
		require.Equal(t, there, ok)
		require.Equal(t, want, got)
	}
	check("one", nil, false)
	set(map[string][]byte{"one": {1}, "empty": {}, "two": {2}})
	store = s.reopened(t, store)
	check("one", []byte{1}, true)
	check("empty", []byte{}, true)
	set(map[string][]byte{"one": {3, 4}, "two": nil, "never": nil})
	store = s.reopened(t, store)
	check("one", []byte{3, 4}, true)
	check("two", nil, false)
	check("never", nil, false)
}
