package room_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

const entries = 1800

// long is a room, opened anew, with an incident of many entries.
func long(t *testing.T) (*room.Room, model.Scope) {
	t.Helper()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	id := write(t, r)
	require.NoError(t, r.Close())
	return open(t, room.Options{Store: store, Dir: dir}), id
}

// write opens an incident and writes many entries.
func write(t *testing.T, r *room.Room) model.Scope {
	t.Helper()
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	do(t, r, id, model.Write{Text: "the very first"})
	do(t, r, id, model.SetSeverity{Level: model.SEV2})
	fill(t, r, id)
	return id
}

// fill writes many entries.
func fill(t *testing.T, r *room.Room, id model.Scope) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := w; i < entries; i += 16 {
				if _, err := r.Do(t.Context(), me(r), id, model.Write{Text: fmt.Sprintf("entry %d", i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func glance(t *testing.T, r *room.Room, id model.Scope) *model.View {
	t.Helper()
	v, err := r.Glance(t.Context(), id)
	require.NoError(t, err)
	return v
}

func TestALongIncidentIsShownByItsEndAndPagedToItsBeginning(t *testing.T) {
	t.Parallel()
	r, id := long(t)
	v := glance(t, r, id)
	require.Equal(t, model.SEV2, v.Severity.Value)
	require.Equal(t, entries+3, v.Total())
	require.Less(t, len(v.Lines), 600)
	require.NotZero(t, v.Moments[model.Acknowledged].At)
	for pages := 0; v.Earlier > 0; pages++ {
		require.Less(t, pages, 10)
		was := v
		var err error
		v, err = r.Older(t.Context(), id, 400)
		require.NoError(t, err)
		require.Equal(t, entries+3, v.Total())
		require.Equal(t, was.Lines, v.Lines[len(v.Lines)-len(was.Lines):])
	}
	require.Equal(t, "the very first", v.Lines[1].Text)
	require.Same(t, v, view(t, r, id), "what was paged is whole")
	again, err := r.Older(t.Context(), id, 400)
	require.NoError(t, err)
	require.Same(t, v, again)
}

func TestPeopleWorkOnAnIncidentOfWhichAPartIsLoaded(t *testing.T) {
	t.Parallel()
	r, id := long(t)
	glance(t, r, id)
	do(t, r, id, model.SetSeverity{Level: model.SEV1})
	do(t, r, id, model.Write{Text: "going on"})
	do(t, r, id, model.Undo{})
	v := glance(t, r, id)
	require.NotZero(t, v.Earlier, "nothing of that needed more")
	require.Equal(t, entries+5, v.Total())
	require.Equal(t, entries+5, r.Overview().Rows[0].Lines)
	require.NotNil(t, v.Lines[len(v.Lines)-1].Struck)
	whole := view(t, r, id)
	require.Zero(t, whole.Earlier)
	require.Len(t, whole.Lines, entries+5)
	require.Equal(t, v.Lines[len(v.Lines)-1], whole.Lines[len(whole.Lines)-1])
	require.Same(t, whole, glance(t, r, id), "what is loaded stays")
}

func TestACommandThatPointsAtAnEntryFarBackFindsIt(t *testing.T) {
	t.Parallel()
	for name, cmd := range map[string]func(model.Ref) model.Command{
		"amend":  func(ref model.Ref) model.Command { return model.Amend{Target: ref, Text: "amended"} },
		"strike": func(ref model.Ref) model.Command { return model.Strike{Target: ref} },
		"star":   func(ref model.Ref) model.Command { return model.Star{Target: ref, On: true} },
		"remove": func(ref model.Ref) model.Command { return model.RemoveText{Target: ref} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, store := t.TempDir(), kept{storage.NewMemory()}
			r := open(t, room.Options{Store: store, Dir: dir})
			id := write(t, r)
			first := view(t, r, id).Lines[1].Ref()
			require.NoError(t, r.Close())
			r = open(t, room.Options{Store: store, Dir: dir})
			require.NotZero(t, glance(t, r, id).Earlier)
			require.Len(t, do(t, r, id, cmd(first)).Refs, 1)
			_, err := r.Do(t.Context(), me(r), id, cmd(model.Ref{Seq: 1}))
			require.Equal(t, model.CodeEntryUnknown, model.CodeOf(err))
		})
	}
}

func TestUndoReachesBackToWhatIsNotLoaded(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	do(t, r, model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Responder})
	found, err := r.Overview().People.Find("bob")
	require.NoError(t, err)
	bob := model.Actor{Person: found, Via: model.DoorConsole}
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "Checkout 5xx"}).Incident
	_, err = r.Do(t.Context(), bob, id, model.Write{Text: "by bob"})
	require.NoError(t, err)
	fill(t, r, id)
	require.NoError(t, r.Close())
	r = open(t, room.Options{Store: store, Dir: dir})
	require.NotZero(t, glance(t, r, id).Earlier)
	_, err = r.Do(t.Context(), bob, id, model.Undo{})
	require.NoError(t, err, "only the whole tells what bob did")
	require.NotZero(t, glance(t, r, id).Earlier, "readers need no more for it")
	lines := view(t, r, id).Lines
	require.Equal(t, "by bob", lines[1].Text)
	require.NotNil(t, lines[1].Struck)
}

// Readers and writers at once: no line is lost, whatever was read when.
func TestPagingWhileOthersWriteLosesNothing(t *testing.T) {
	t.Parallel()
	r, id := long(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				if _, err := r.Do(t.Context(), me(r), id, model.Write{Text: fmt.Sprintf("%d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			if _, err := r.Older(t.Context(), id, 100); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		if _, err := r.Incident(t.Context(), id); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	v := view(t, r, id)
	require.Len(t, v.Lines, entries+3+200)
	require.Equal(t, len(v.Lines), r.Overview().Rows[0].Lines)
}
