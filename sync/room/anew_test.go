package room_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// readings counts how often an incident is read.
type readings struct {
	kept
	scopes *atomic.Int64
}

func (r readings) Scope(id model.Scope, fn func(*model.Event, model.Clock) error) error {
	r.scopes.Add(1)
	return r.kept.Scope(id, fn)
}

// ailing is a store that is slow, or fails, in the ways that it is told.
type ailing struct {
	storage.Store
	slow  atomic.Bool // a commit takes a second
	keeps atomic.Bool // no text is removed
	mute  atomic.Bool // no incident can be read
}

var errBroken = errors.New("the disk is broken")

func (f *ailing) Commit(ctx context.Context, b storage.Batch) ([]storage.Durable, error) {
	if f.slow.Load() {
		time.Sleep(time.Second)
	}
	return f.Store.Commit(ctx, b)
}

func (f *ailing) Remove(ctx context.Context, refs []model.Ref, rows []model.Summary) error {
	if f.keeps.Load() {
		return errBroken
	}
	return f.Store.Remove(ctx, refs, rows)
}

func (f *ailing) Scope(id model.Scope, fn func(*model.Event, model.Clock) error) error {
	if f.mute.Load() {
		return errBroken
	}
	return f.Store.Scope(id, fn)
}

// behind is bob's room that was closed when it had some incidents, and is open again; what
// ana wrote since in each of them, as runs; and how often an incident was read.
func behind(t *testing.T, incidents, before, entries int) (bob *site, ids []model.Scope, since []peer.Take, reads *atomic.Int64) {
	t.Helper()
	reads = &atomic.Int64{}
	ana := openSite(t, room.Options{})
	bob = openSite(t, room.Options{Workspace: ana.Workspace(), Store: readings{kept{storage.NewMemory()}, reads}})
	do(t, ana.Room, model.Scope{}, model.AddDevice{Name: "bob", Access: model.Responder, Device: bob.Device()})
	for i := range incidents {
		ids = append(ids, do(t, ana.Room, model.Scope{}, model.OpenIncident{Title: fmt.Sprint("Checkout ", i)}).Incident)
	}
	for _, id := range ids {
		for range before {
			do(t, ana.Room, id, model.Write{Text: "before"})
		}
	}
	meet(t, ana, bob)
	bob.until(func() bool { return slices.Equal(rowLines(bob), slices.Repeat([]int{before + 1}, incidents)) })
	require.NoError(t, bob.Close())
	bob = openSite(t, room.Options{Dir: bob.dir, Store: bob.store})
	for _, id := range ids {
		for i := range entries {
			do(t, ana.Room, id, model.Write{Text: fmt.Sprint("entry ", i)})
		}
	}
	content, _ := ana.Writes()
	for _, b := range ana.Lines() {
		if b.ID != content {
			continue
		}
		for next := b.Tip.Seq - uint64(incidents*entries) + 1; next <= b.Tip.Seq; {
			run, err := ana.ReadLine(wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()}, next, 1<<20)
			require.NoError(t, err)
			run = run[:min(len(run), 100)]
			since = append(since, peer.Take{Log: b.Log, Branch: b.ID, After: next - 1, Events: run})
			next += uint64(len(run))
		}
	}
	reads.Store(0)
	return bob, ids, since, reads
}

// rowLines are the numbers of lines that the rows give.
func rowLines(s *site) (all []int) {
	for _, row := range s.Overview().Rows {
		all = append(all, row.Lines)
	}
	return all
}

func TestWhatARoomKnewIsNotReadWhilePeersBringMuchOfIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, reads := behind(t, 4, 0, 150)
		for _, run := range since {
			require.NoError(t, bob.Take(t.Context(), run))
			time.Sleep(20 * time.Millisecond)
		}
		require.Zero(t, reads.Load())
		require.Equal(t, []int{1, 1, 1, 1}, rowLines(bob))
		time.Sleep(100 * time.Millisecond) // peers bring no more
		require.Equal(t, []int{151, 151, 151, 151}, rowLines(bob))
		require.EqualValues(t, 4, reads.Load(), "each is read once")
	})
}

func TestWhatIsWrittenInAnIncidentThatIsReadLaterIsDecidedOnAllOfIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, ids, since, _ := behind(t, 2, 0, 100)
		require.NoError(t, bob.Take(t.Context(), since[0]))
		do(t, bob.Room, ids[0], model.Write{Text: "mine"})
		require.Len(t, view(t, bob.Room, ids[0]).Lines, 102)
		require.NoError(t, bob.Take(t.Context(), since[1]))
		require.Len(t, view(t, bob.Room, ids[1]).Lines, 101)
		time.Sleep(100 * time.Millisecond)
		require.ElementsMatch(t, []int{102, 101}, rowLines(bob))
	})
}

func TestWhatIsToBeReadLaterIsReadThoughPeersBringMoreAndMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 1, 0, 15_000)
		began := time.Now()
		for _, run := range since {
			require.NoError(t, bob.Take(t.Context(), run))
			time.Sleep(40 * time.Millisecond)
			if rowLines(bob)[0] > 1 {
				break
			}
		}
		require.Greater(t, rowLines(bob)[0], 1)
		require.Equal(t, 5*time.Second, time.Since(began).Round(100*time.Millisecond))
	})
}

func TestARoomThatEndsBeforeItReadWhatCameReadsItWhenItIsOpened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 4, 0, 150)
		for _, run := range since {
			require.NoError(t, bob.Take(t.Context(), run))
		}
		require.NoError(t, bob.Close())
		bob = openSite(t, room.Options{Dir: bob.dir, Store: bob.store})
		require.Equal(t, []int{151, 151, 151, 151}, rowLines(bob))
	})
}

func TestWhatIsToBeReadLaterIsReadThoughTheCommitterAlwaysHasMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 2, 0, 10_000)
		require.NoError(t, bob.Close())
		store := &ailing{Store: bob.store}
		bob = openSite(t, room.Options{Dir: bob.dir, Store: store})
		store.slow.Store(true)
		var taken atomic.Int64
		for _, run := range since {
			go func() {
				if bob.Take(context.WithoutCancel(t.Context()), run) == nil {
					taken.Add(1)
				}
			}()
			synctest.Wait() // it is behind those before it
		}
		time.Sleep(8 * time.Second)
		require.Less(t, int(taken.Load()), len(since))
		require.Greater(t, slices.Max(rowLines(bob)), 1)
		time.Sleep(time.Minute)
		require.Len(t, since, int(taken.Load()))
		require.Equal(t, []int{10_001, 10_001}, rowLines(bob))
	})
}

// Of a long incident only its last page is folded, and the rest is counted.
func TestALongIncidentThatIsReadLaterHasAllItsLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const before, since = 1_500, 300
		bob, ids, runs, _ := behind(t, 1, before, since)
		for i, run := range runs {
			require.NoError(t, bob.Take(t.Context(), run))
			v, err := bob.Glance(t.Context(), ids[0])
			require.NoError(t, err)
			require.Equal(t, before+1+100*(i+1), v.Total())
			require.Len(t, view(t, bob.Room, ids[0]).Lines, v.Total())
		}
		time.Sleep(100 * time.Millisecond)
		require.Equal(t, []int{before + 1 + since}, rowLines(bob))
		do(t, bob.Room, ids[0], model.Write{Text: "mine"})
		require.Equal(t, []int{before + 2 + since}, rowLines(bob))
	})
}

// A row that the disk had no room for is made again when the room is opened.
func TestARowThatCannotBeStoredIsMadeWhenTheRoomIsOpened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 2, 0, 100)
		require.NoError(t, bob.Close())
		store := &failing{Store: bob.store}
		bob = openSite(t, room.Options{Dir: bob.dir, Store: store})
		require.NoError(t, bob.Take(t.Context(), since[0]))
		store.set(storage.ErrFull)
		time.Sleep(100 * time.Millisecond)
		store.set(nil)
		require.NoError(t, bob.Take(t.Context(), since[1])) // its note is not of the other alone
		require.NoError(t, bob.Close())
		bob = openSite(t, room.Options{Dir: bob.dir, Store: bob.store})
		require.Equal(t, []int{101, 101}, rowLines(bob))
	})
}

// What somebody else writes now is shown at once.
func TestAnEntryInAnIncidentThatIsNotHeldIsShownAtOnce(t *testing.T) {
	t.Parallel()
	bob, _, since, reads := behind(t, 1, 0, 1)
	require.NoError(t, bob.Take(t.Context(), since[0]))
	require.Equal(t, []int{2}, rowLines(bob))
	require.EqualValues(t, 1, reads.Load())
}

func TestTheProofIsOfWhatWasThereWhenTheRoomWasOpened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 2, 0, 100)
		held := 0
		for _, b := range bob.Lines() {
			held += int(b.Tip.Seq)
		}
		for _, run := range since {
			require.NoError(t, bob.Take(t.Context(), run))
		}
		<-bob.Proved()
		events, done, fault := bob.Verified()
		require.Nil(t, fault)
		require.True(t, done)
		require.Equal(t, held, events)
	})
}

func TestAHashIsNotOfBeforeWhatIsReadLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, ids, since, _ := behind(t, 1, 0, 100)
		hash := func() (model.Hash, bool) {
			all, err := bob.Hashes(t.Context())
			require.NoError(t, err)
			h, ok := all.Of[ids[0]]
			return h, ok
		}
		_, ok := hash()
		require.True(t, ok)
		require.NoError(t, bob.Take(t.Context(), since[0]))
		meanwhile, given := hash()
		time.Sleep(100 * time.Millisecond)
		after, ok := hash()
		require.True(t, ok)
		if given {
			require.Equal(t, after, meanwhile)
		}
	})
}

func TestAPendingRemovalStandsBesideWhatIsReadAgain(t *testing.T) {
	t.Parallel()
	store := &ailing{Store: kept{storage.NewMemory()}}
	ana := openSite(t, room.Options{Store: store})
	secret := func() (model.Scope, model.Ref) {
		id := do(t, ana.Room, model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
		return id, do(t, ana.Room, id, model.Write{Text: "password hunter2"}).Refs[0]
	}
	x, gone := secret()
	do(t, ana.Room, x, model.RemoveText{Target: gone})
	b, pending := secret()
	store.keeps.Store(true)
	_, err := ana.Do(t.Context(), me(ana.Room), b, model.RemoveText{Target: pending})
	require.ErrorIs(t, err, errBroken)
	require.NoError(t, ana.Close())
	_, err = store.Commit(t.Context(), storage.Batch{Settings: map[string][]byte{"anew": x[:]}})
	require.NoError(t, err)
	require.NotEmpty(t, textOf(t, ana, pending))
	store.keeps.Store(false)
	ana = openSite(t, room.Options{Dir: ana.dir, Store: store})
	require.Empty(t, textOf(t, ana, pending))
}

func TestWhatCannotBeReadForAMomentIsReadSoonAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bob, _, since, _ := behind(t, 3, 0, 100)
		require.NoError(t, bob.Close())
		store := &ailing{Store: bob.store}
		bob = openSite(t, room.Options{Dir: bob.dir, Store: store})
		for _, run := range since {
			require.NoError(t, bob.Take(t.Context(), run))
		}
		store.mute.Store(true)
		time.Sleep(time.Second)
		require.Equal(t, []int{1, 1, 1}, rowLines(bob))
		store.mute.Store(false)
		time.Sleep(200 * time.Millisecond)
		require.Equal(t, []int{101, 101, 101}, rowLines(bob))
	})
}
