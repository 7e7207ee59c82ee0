package tui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

func TestAPageWaitsForQuietKeysAndTakesNone(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.send(key("i"))
	w.send(key("w"))
	room := w.c.o.Room.(*modeltest.Room)
	room.Must(w.c.id, model.SendPage{To: []model.PageTarget{{Person: room.Me()}}})
	w.send(rang{})
	require.Empty(t, w.c.layers)
	w.send(key("y"))
	require.Equal(t, "wy", w.c.editor.Text(), "it took no key")
	w.wind(399 * time.Millisecond)
	require.Empty(t, w.c.layers)
	w.wind(time.Millisecond)
	require.Len(t, w.c.layers, 1)
	w.send(key("y"))
	require.Empty(t, w.c.layers)
	require.Equal(t, "wy", w.c.editor.Text())
	v, err := room.Incident(t.Context(), w.c.id)
	require.NoError(t, err)
	require.True(t, v.Pages[0].Over())
}
