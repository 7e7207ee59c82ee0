package room_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// pausing is a store of which one reading takes long: it has read, and does not
// come back, or it has not begun.
type pausing struct {
	kept
	scope, tail atomic.Bool
	at, resume  chan struct{}
}

func newPausing() *pausing {
	return &pausing{kept: kept{storage.NewMemory()}, at: make(chan struct{}), resume: make(chan struct{})}
}

func (p *pausing) pause() {
	p.at <- struct{}{}
	<-p.resume
}

// Scope pauses when it has read.
func (p *pausing) Scope(scope model.Scope, fn func(*model.Event, model.Clock) error) error {
	pause := p.scope.CompareAndSwap(true, false)
	err := p.kept.Scope(scope, fn)
	if pause {
		p.pause()
	}
	return err
}

// Tail pauses before it reads.
func (p *pausing) Tail(scope model.Scope, before model.Position, n int, fn func(*model.Event, model.Clock) error) error {
	if p.tail.CompareAndSwap(true, false) {
		p.pause()
	}
	return p.kept.Tail(scope, before, n, fn)
}

func proved(t *testing.T, r *room.Room, id model.Scope) {
	t.Helper()
	ev, err := r.Evidence(t.Context(), id)
	require.NoError(t, err)
	verdict := model.Verify(ev, id)
	require.True(t, verdict.Proved(), verdict.Faults)
}

func start(t *testing.T, r *room.Room, id model.Scope, c model.Command) <-chan error {
	t.Helper()
	got := make(chan error, 1)
	go func() {
		_, err := r.Do(t.Context(), me(r), id, c)
		got <- err
	}()
	return got
}

func TestWhatWasReadBeforeAnotherWroteIsReadAgain(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), newPausing()
	r := open(t, room.Options{Store: store, Dir: dir})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	require.NoError(t, r.Close())
	r = open(t, room.Options{Store: store, Dir: dir})
	store.scope.Store(true)
	late := start(t, r, id, model.Write{Text: "late"})
	<-store.at
	do(t, r, id, model.Write{Text: "meanwhile"})
	for range 100 { // until the incident is not kept folded any more
		do(t, r, model.Scope{}, model.OpenIncident{Title: "many"})
	}
	close(store.resume)
	require.NoError(t, <-late)
	require.Len(t, view(t, r, id).Lines, 3)
	proved(t, r, id)
}

func TestWhatIsReadAgainHasWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), newPausing()
	r := open(t, room.Options{Store: store, Dir: dir})
	id := write(t, r)
	first := view(t, r, id).Lines[1].Ref()
	require.NoError(t, r.Close())
	slow := &gate{kept: kept{store}, at: make(chan storage.Batch, 1), pass: make(chan error), over: make(chan struct{})}
	decided := make(chan struct{}, 100)
	r = open(t, room.Options{Store: slow, Dir: dir, Now: func() time.Time {
		decided <- struct{}{}
		return time.Now()
	}})
	t.Cleanup(slow.end)
	do(t, r, id, model.Write{Text: "going on"}) // a part is held
	other := do(t, r, model.Scope{}, model.OpenIncident{Title: "other"}).Incident
	entry := do(t, r, other, model.Write{Text: "a password"}).Refs[0]
	store.scope.Store(true)
	amended := start(t, r, id, model.Amend{Target: first, Text: "amended"}) // needs the whole
	<-store.at
	do(t, r, other, model.RemoveText{Target: entry}) // what was read before may have the text
	slow.shut.Store(true)
	ahead := start(t, r, id, model.Write{Text: "on its way"})
	<-slow.at
	for len(decided) > 0 {
		<-decided
	}
	close(store.resume)
	<-decided
	slow.pass <- nil
	require.NoError(t, <-ahead)
	<-slow.at
	slow.pass <- nil
	require.NoError(t, <-amended)
	v := view(t, r, id)
	require.Equal(t, "amended", v.Lines[1].Text)
	require.Equal(t, entries+5, len(v.Lines))
	proved(t, r, id)
}

func TestAPartThatIsReadWhileOthersWriteIsCountedRight(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), newPausing()
	r := open(t, room.Options{Store: store, Dir: dir})
	id := write(t, r)
	require.NoError(t, r.Close())
	r = open(t, room.Options{Store: store, Dir: dir})
	do(t, r, id, model.Write{Text: "held"})
	store.tail.Store(true)
	got := make(chan *model.View, 1)
	go func() { got <- glance(t, r, id) }()
	<-store.at
	for range 3 {
		do(t, r, id, model.Write{Text: "meanwhile"})
	}
	close(store.resume)
	v := <-got
	require.Equal(t, entries+7, v.Total())
	require.Equal(t, "meanwhile", v.Lines[len(v.Lines)-1].Text)
	require.Equal(t, v.Total(), len(view(t, r, id).Lines))
}
