package room_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

func open(t *testing.T, o room.Options) *room.Room {
	t.Helper()
	if o.Name == "" {
		o.Name = "ana"
	}
	r, err := room.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func me(r *room.Room) model.Actor { return model.Actor{Person: r.Me(), Via: model.DoorConsole} }

func do(t *testing.T, r *room.Room, id model.Scope, c model.Command) model.Receipt {
	t.Helper()
	got, err := r.Do(t.Context(), me(r), id, c)
	require.NoError(t, err)
	return got
}

func view(t *testing.T, r *room.Room, id model.Scope) *model.View {
	t.Helper()
	v, err := r.Incident(t.Context(), id)
	require.NoError(t, err)
	return v
}

// kept is a store that survives the room, as a disk does.
type kept struct{ storage.Store }

func (kept) Close() error { return nil }

func TestWhatWasDoneIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	do(t, r, id, model.SetSeverity{Level: model.SEV1, Reason: "all customers"})
	do(t, r, id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	do(t, r, id, model.Write{Text: "rolled back"})
	before := view(t, r, id)
	require.NoError(t, r.Close())

	r = open(t, room.Options{Store: store, Dir: dir, Name: "not asked"})
	after := view(t, r, id)
	require.Equal(t, before.Title.Value, after.Title.Value)
	require.Equal(t, model.SEV1, after.Severity.Value)
	require.Equal(t, "bob", r.Overview().People.Name(after.Holders(model.TechLead)[0].Person))
	require.Len(t, after.Lines, len(before.Lines))
	require.Equal(t, "ana", r.Overview().People.Name(r.Me()))
	require.Len(t, r.Overview().Rows, 1)
	require.Equal(t, model.SEV1, r.Overview().Rows[0].Severity)
	do(t, r, id, model.Write{Text: "and on"})
	require.Len(t, view(t, r, id).Lines, len(before.Lines)+1)
}

func TestTheLogsAreChainedFromTheFirstEvent(t *testing.T) {
	t.Parallel()
	store := kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: t.TempDir()})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	do(t, r, id, model.Write{Text: "two"})
	require.NoError(t, r.Close())

	heads, err := store.Heads()
	require.NoError(t, err)
	require.Len(t, heads, 2, "a membership log and a content log")
	for _, head := range heads {
		var run []*model.Event
		require.NoError(t, store.Log(head.Log, 1, func(e *model.Event) error {
			run = append(run, e)
			return nil
		}))
		end, err := model.CheckRun(r.Workspace(), r.Device(), model.Head{Log: head.Log}, run)
		require.NoError(t, err)
		require.Equal(t, head, end)
		require.Equal(t, model.KindLogOpen, run[0].Kind)
	}
}

func TestARefusalWritesNothing(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	before := view(t, r, id)
	_, err := r.Do(t.Context(), me(r), id, model.SetSeverity{Level: 7})
	require.Equal(t, model.CodeSeverityUnknown, model.CodeOf(err))
	require.Same(t, before, view(t, r, id))
	_, err = r.Do(t.Context(), me(r), model.Scope{1}, model.Write{Text: "x"})
	require.Equal(t, model.CodeIncidentUnknown, model.CodeOf(err))
	_, err = r.Do(t.Context(), model.Actor{}, id, model.Write{Text: "x"})
	require.Equal(t, model.CodePersonUnknown, model.CodeOf(err), "nobody acts without a name")
}

// failing refuses commits while it is told to.
type failing struct {
	storage.Store
	mu   sync.Mutex
	fail error
}

func (f *failing) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *failing) Commit(ctx context.Context, b storage.Batch) ([]storage.Durable, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return nil, f.fail
	}
	return f.Store.Commit(ctx, b)
}

func TestWhatIsNotDurableIsNeverShown(t *testing.T) {
	t.Parallel()
	store := &failing{Store: storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: t.TempDir()})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	do(t, r, id, model.Write{Text: "kept"})
	broken := errors.New("disk on fire")
	store.set(broken)
	_, err := r.Do(t.Context(), me(r), id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	require.ErrorIs(t, err, broken)
	_, err = r.Do(t.Context(), me(r), model.Scope{}, model.OpenIncident{Title: "lost"})
	require.ErrorIs(t, err, broken)
	require.Len(t, view(t, r, id).Lines, 2)
	require.Len(t, r.Overview().People.All(), 1)
	require.Len(t, r.Overview().Rows, 1)

	store.set(nil)
	do(t, r, id, model.AssignRole{Role: model.TechLead, Name: "bob"})
	require.Len(t, view(t, r, id).Lines, 3, "the room goes on as if the refused acts had never been")
	require.Len(t, r.Overview().People.All(), 2)
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	store := kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: t.TempDir()})
	ids := []model.Scope{}
	for i := range 3 {
		ids = append(ids, do(t, r, model.Scope{}, model.OpenIncident{Title: fmt.Sprint("incident ", i)}).Incident)
	}
	const writers, each = 16, 40
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := r.Do(t.Context(), me(r), ids[(w+i)%len(ids)], model.Write{Text: fmt.Sprintf("%d/%d", w, i)})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, id := range ids {
		for _, l := range view(t, r, id).Lines {
			if l.Entry() {
				require.False(t, seen[l.Text], "twice: %s", l.Text)
				seen[l.Text] = true
			}
		}
	}
	require.Len(t, seen, writers*each)
}

func TestMoreIncidentsThanAreKeptFoldedAreAllReadable(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	var ids []model.Scope
	for i := range 150 {
		id := do(t, r, model.Scope{}, model.OpenIncident{Title: fmt.Sprint("incident ", i)}).Incident
		ids = append(ids, id)
	}
	for i, id := range ids {
		do(t, r, id, model.Write{Text: "again"})
		v := view(t, r, id)
		require.Equal(t, fmt.Sprint("incident ", i), v.Title.Value)
		require.Len(t, v.Lines, 2)
	}
	require.Len(t, r.Overview().Rows, 150)
}

func TestAWatchRingsOnceForWhatWasNotHeard(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	w := r.Watch()
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	do(t, r, id, model.Write{Text: "two"}) // nobody listens, nobody waits
	<-w.C()
	require.Len(t, view(t, r, id).Lines, 2)
	select {
	case <-w.C():
		// a bell that rang between is right too; there is never a third
	default:
	}
	w.Close()
	do(t, r, id, model.Write{Text: "three"})
	select {
	case <-w.C():
		t.Fatal("a closed watch rang")
	default:
	}
}

func TestTheSameAlertsTwiceChangeNothingEvenInOneCommit(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	c := model.ReceiveAlerts{Group: model.Hash{1}, Title: "HighErrorRate", Signals: []model.AlertSignal{{Fingerprint: "f", Firing: true, Starts: 1, Text: "{}"}}}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.Do(t.Context(), me(r), model.Scope{}, c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Len(t, r.Overview().Rows, 1)
	require.Len(t, view(t, r, r.Overview().Rows[0].ID).Lines, 2)
}

func TestTheDeviceKeyIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	require.NoError(t, r.Close())
	path := filepath.Join(dir, "device.key")
	st, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), st.Mode().Perm())

	require.NoError(t, os.Chmod(path, 0o640))
	_, err = room.Open(t.Context(), room.Options{Store: store, Dir: dir})
	require.ErrorIs(t, err, room.ErrKeyMode)

	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.WriteFile(path, []byte("nonsense"), 0o600))
	_, err = room.Open(t.Context(), room.Options{Store: store, Dir: dir})
	require.ErrorIs(t, err, room.ErrKeyBroken)

	_, err = room.Open(t.Context(), room.Options{Store: store, Dir: t.TempDir()})
	require.ErrorIs(t, err, room.ErrKeyForeign, "another key cannot go on with this log")
}

func TestACommandAfterCloseIsRefused(t *testing.T) {
	t.Parallel()
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir()})
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	_, err := r.Do(t.Context(), me(r), model.Scope{}, model.OpenIncident{Title: "late"})
	require.ErrorIs(t, err, room.ErrClosed)
}

func TestAClockThatStandsStillOrGoesBackKeepsTheOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	r := open(t, room.Options{Store: storage.NewMemory(), Dir: t.TempDir(), Now: clock})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	for i := range 5 {
		mu.Lock()
		now = now.Add(-time.Duration(i) * time.Minute)
		mu.Unlock()
		do(t, r, id, model.Write{Text: fmt.Sprint(i)})
	}
	for i, l := range view(t, r, id).Lines[1:] {
		require.Equal(t, fmt.Sprint(i), l.Text)
	}
}

func TestAStoreThatMayHaveForgottenGoesOnUnderANewLog(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	before := do(t, r, id, model.Write{Text: "before"}).Refs[0]
	require.NoError(t, r.Close())

	back := func() time.Time { return time.Now().Add(-time.Hour) } // its clock went back too
	r = open(t, room.Options{Store: store, Dir: dir, Renew: model.ReasonRestored, Now: back})
	after := do(t, r, id, model.Write{Text: "after"}).Refs[0]
	require.NotEqual(t, before.Log, after.Log, "no number of the old log is used again")
	lines := view(t, r, id).Lines
	require.Equal(t, "after", lines[len(lines)-1].Text, "what came later stands later")
	ev, err := r.Evidence(t.Context(), id)
	require.NoError(t, err)
	require.True(t, model.Verify(ev, id).Proved())
	for _, e := range ev.Openings {
		if e.Log != after.Log {
			continue
		}
		body, _, err := model.DecodeBody(e.Kind, e.Body)
		require.NoError(t, err)
		require.Equal(t, model.ReasonRestored, body.(*model.LogOpen).Reason)
		require.Equal(t, before, body.(*model.LogOpen).Continues[0])
	}
	require.NoError(t, r.Close())

	r = open(t, room.Options{Store: store, Dir: dir})
	require.Equal(t, after.Log, do(t, r, id, model.Write{Text: "and on"}).Refs[0].Log)
}
