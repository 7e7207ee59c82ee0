package room_test

import (
	"context"
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

// queued is a context that tells when the request that it goes with waits for the
// committer: it is asked twice whether it has ended, before and after.
type queued struct {
	context.Context
	asked atomic.Int32
	is    chan struct{}
}

func (q *queued) Done() <-chan struct{} {
	if q.asked.Add(1) == 2 {
		close(q.is)
	}
	return q.Context.Done()
}

// enqueue has a run wait for the committer, and gives where its answer comes.
func enqueue(t *testing.T, r *room.Room, run peer.Take) <-chan error {
	t.Helper()
	q := &queued{Context: t.Context(), is: make(chan struct{})}
	got := make(chan error, 1)
	go func() { got <- r.Take(q, run) }()
	<-q.is
	return got
}

func (l *benchLine) run() peer.Take {
	log := l.events[0].Log
	return peer.Take{Log: log, Branch: log, Events: l.events}
}

func (l *benchLine) tip() model.Ref { return l.events[len(l.events)-1].Ref() }

// answers makes a line with one entry, that answers others.
func answers(t *testing.T, ws model.WorkspaceID, seed byte, id model.Scope, ahead time.Duration, obs ...model.Ref) *benchLine {
	t.Helper()
	l := newBenchLine(t, ws, seed)
	l.head.Clock = max(l.head.Clock, model.ClockAt(time.Now().Add(ahead).UnixMilli()))
	body := &model.EntryAdd{}
	body.Obs = obs
	l.write(t, id, body, "x")
	return l
}

// gated is a founder's room on a disk that the test makes wait.
func gated(t *testing.T) (*site, *gate) {
	t.Helper()
	store := &gate{kept: kept{storage.NewMemory()}, at: make(chan storage.Batch, 1), pass: make(chan error), over: make(chan struct{})}
	a := openSite(t, room.Options{Store: store})
	t.Cleanup(store.end) // before the room is closed
	return a, store
}

// occupy has an act wait for the disk, so that what is asked for next waits together.
func occupy(t *testing.T, a *site, store *gate, id model.Scope) {
	t.Helper()
	store.shut.Store(true)
	ctx := context.WithoutCancel(t.Context())
	go func() { _, _ = a.Do(ctx, me(a.Room), id, model.Write{Text: "on its way"}) }()
	<-store.at
}

// Of two runs that wait at once the first moves what the second moves too.
func TestARunIsNotPlannedOnWhatMovesWithTheOneBeforeIt(t *testing.T) {
	t.Parallel()
	a, store := gated(t)
	id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	ws := a.Workspace()
	far, near := answers(t, ws, 1, id, 10*time.Hour), answers(t, ws, 2, id, 5*time.Hour)
	x, y := answers(t, ws, 3, id, 0, far.tip()), answers(t, ws, 4, id, 0, near.tip())
	both := answers(t, ws, 5, id, 0, x.tip(), y.tip())
	lines := []*benchLine{x, y, both, far, near}
	for _, l := range lines[:3] {
		require.NoError(t, a.Take(t.Context(), l.run()))
	}

	occupy(t, a, store, id)
	first, second := enqueue(t, a.Room, far.run()), enqueue(t, a.Room, near.run())
	store.shut.Store(false)
	store.pass <- nil
	require.NoError(t, <-first)
	require.NoError(t, <-second)

	// In a room that takes them one at a time.
	b := openSite(t, room.Options{Workspace: ws})
	for _, l := range lines {
		require.NoError(t, b.Take(t.Context(), l.run()))
	}
	for _, l := range lines {
		for _, e := range l.events {
			_, here, _, err := a.store.Find(e.Ref())
			require.NoError(t, err)
			_, there, _, err := b.store.Find(e.Ref())
			require.NoError(t, err)
			require.Equal(t, there.Millis(), here.Millis(), "event %d of line %s", e.Seq, e.Log)
			require.Equal(t, there, here)
		}
	}
}

// A run of several batches brings, in the first of them, a text that was removed.
func TestATextThatWasRemovedBeforeItCameGoesOutOfALongRunToo(t *testing.T) {
	t.Parallel()
	a, b, id := linked(t)
	secret := do(t, b.Room, id, model.Write{Text: "password hunter2"}).Refs[0]
	meet(t, a, b)
	f := forge(t, b, id)
	for range 900 {
		body := &model.EntryAdd{}
		body.Actor = b.Me()
		f.write(id, body, strings.Repeat("rolled back, ", 80), false)
	}
	do(t, a.Room, id, model.RemoveText{Target: secret})

	c := openSite(t, room.Options{Workspace: a.Workspace()})
	long := f.take()
	before, err := b.ReadLine(wire.Tip{Log: long.Log, Seq: f.line.Tip.Seq, Hash: f.line.Tip.Hash.Short()}, 1, 1<<20)
	require.NoError(t, err)
	long.After, long.Events = 0, append(before, long.Events...)
	for _, run := range all(t, a, c) {
		if run.Log != long.Log {
			require.NoError(t, c.Take(t.Context(), run))
		}
	}
	require.NoError(t, c.Take(t.Context(), long))
	c.until(func() bool { return textOf(t, c, secret) == "" })
	require.Equal(t, 900+3, len(view(t, c.Room, id).Lines))
}

// What moved is read again when there is time; a hash that was made before is not
// given out meanwhile as that of what is held now.
func TestAHashIsOfWhatMovedTooBeforeThereIsTimeToReadItAgain(t *testing.T) {
	t.Parallel()
	a, store := gated(t)
	id := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	other := do(t, a.Room, model.Scope{}, model.OpenIncident{Title: "another"}).Incident
	ws := a.Workspace()
	for seed := range byte(3) {
		do(t, a.Room, model.Scope{}, model.AddDevice{Person: a.Me(), Device: newBenchLine(t, ws, 1+seed).signer.Device()})
	}
	far, next := answers(t, ws, 1, id, 10*time.Hour), answers(t, ws, 2, other, 0)
	require.NoError(t, a.Take(t.Context(), answers(t, ws, 3, id, 0, far.tip()).run()))

	occupy(t, a, store, other)
	_, err := a.Hashes(t.Context()) // it is remembered
	require.NoError(t, err)
	first, second := enqueue(t, a.Room, far.run()), enqueue(t, a.Room, next.run())
	for range 2 {
		store.pass <- nil
		<-store.at
	}
	require.NoError(t, <-first)
	now, err := a.Hashes(t.Context())
	require.NoError(t, err)
	require.Equal(t, stateOf(t, ws, a.store).Incidents[id].StateHash(), now.Of[id])
	store.shut.Store(false)
	store.pass <- nil
	require.NoError(t, <-second)
}
