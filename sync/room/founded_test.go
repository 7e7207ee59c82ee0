package room_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

// The workspace's own events are proved as an incident's are: each names the one
// before it of its own log, and the openings of both logs name none.
func TestWhatTheRoomBeganWithIsProved(t *testing.T) {
	t.Parallel()
	store := storage.NewMemory()
	r := open(t, room.Options{Store: kept{store}, Name: "ana"})
	require.NoError(t, r.Renew(context.Background(), model.ReasonRotated))
	_, err := r.Do(context.Background(), model.Actor{Person: r.Me(), Via: model.DoorConsole}, model.Scope{}, model.AddPerson{Name: "bob"})
	require.NoError(t, err)
	ev := model.Evidence{Workspace: r.Workspace()}
	require.NoError(t, store.Scope(r.Workspace().Scope(), func(e *model.Event, _ model.Clock) error {
		if e.Seq == 1 {
			ev.Openings = append(ev.Openings, e)
		}
		ev.Events = append(ev.Events, e)
		return nil
	}))
	proof := model.Verify(ev, r.Workspace().Scope())
	require.Empty(t, proof.Faults)
	require.Equal(t, 4, proof.Logs)
}
