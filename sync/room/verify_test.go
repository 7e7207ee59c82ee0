package room_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// altering gives back an event that is not as it was written.
type altering struct {
	storage.Store
	seq   uint64
	alter func(e *model.Event)
}

func (altering) Close() error { return nil }

func (a altering) Log(log model.LogID, from uint64, fn func(*model.Event) error) error {
	return a.Store.Log(log, from, func(e *model.Event) error {
		if c := *e; c.Seq == a.seq && a.alter != nil {
			c.Text = append([]byte(nil), e.Text...)
			a.alter(&c)
			return fn(&c)
		}
		return fn(e)
	})
}

func TestTheLogsAreProvedInTheBackground(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), kept{storage.NewMemory()}
	r := open(t, room.Options{Store: store, Dir: dir})
	id := do(t, r, model.Scope{}, model.OpenIncident{Title: "one"}).Incident
	for range 2100 { // more than two runs
		do(t, r, id, model.Write{Text: "rolled back"})
	}
	require.NoError(t, r.Close())
	for name, c := range map[string]struct {
		alter func(e *model.Event)
		fault bool
	}{
		"as written":  {nil, false},
		"a text":      {func(e *model.Event) { e.Text[0] ^= 1 }, true},
		"a salt":      {func(e *model.Event) { e.Salt[0] ^= 1 }, true},
		"a signature": {func(e *model.Event) { e.Raw[130] ^= 1 }, true},
		"a clock":     {func(e *model.Event) { e.Clock = 0 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &altering{Store: store, seq: 1500, alter: c.alter}
			r := open(t, room.Options{Store: s, Dir: dir})
			w := r.Watch()
			defer w.Close()
			if c.fault {
				for len(r.Overview().Warnings) == 0 {
					<-w.C()
				}
				_, done, fault := r.Verified()
				require.True(t, done)
				require.NotNil(t, fault)
				require.InDelta(t, 1500, fault.Ref.Seq, 1, "the event, or the one that follows it and finds it changed")
				return
			}
			require.NoError(t, r.Close()) // waits for the check, or ends it
			_, _, fault := r.Verified()
			require.Nil(t, fault)
			require.Empty(t, r.Overview().Warnings)
		})
	}
}
