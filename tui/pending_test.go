package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui/overlay"
)

func TestAnOfferOpensOnlyWhenTheKeysAreQuiet(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	room := w.c.o.Room.(*modeltest.Room)
	id, bob := room.Overview().Rows[0].ID, model.Actor{Person: room.As("bob"), Via: model.DoorConsole}
	do := func(cmd model.Command) {
		_, err := room.Do(t.Context(), bob, id, cmd)
		require.NoError(t, err)
	}
	w.send(rang{})
	do(model.AssignRole{Role: model.IncidentManager, Person: bob.Person})
	do(model.OfferHandover{Role: model.IncidentManager, Person: room.Me(), Brief: "x"})
	w.send(key("i"))
	w.send(rang{})
	w.send(key("y"))
	require.Empty(t, w.c.layers)
	w.wind(399 * time.Millisecond)
	require.Empty(t, w.c.layers)
	w.wind(time.Millisecond)
	require.Len(t, w.c.layers, 1)
	require.IsType(t, &overlay.Page{}, w.c.layers[0])
	require.Len(t, room.Overview().Rows[0].Pending, 1, "the y that was typed answers nothing")
}
