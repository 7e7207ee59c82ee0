package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui/overlay"
)

// wound is a console whose clock a test winds.
type wound struct {
	*pump
	now    time.Time
	timers []struct {
		at  time.Time
		msg func() tea.Msg
	}
}

func newWound(t *testing.T) *wound {
	room := modeltest.New("ana", 1)
	room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"})
	w := &wound{now: room.Now()}
	w.pump = newPump(t, room, room.Actor(), func() time.Time { return w.now })
	t.Cleanup(w.c.Close)
	w.c.o.After = func(d time.Duration, msg func() tea.Msg) tea.Cmd {
		w.timers = append(w.timers, struct {
			at  time.Time
			msg func() tea.Msg
		}{w.now.Add(d), msg})
		return nil
	}
	w.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	return w
}

func (w *wound) wind(d time.Duration) {
	w.now = w.now.Add(d)
	had := w.timers
	w.timers = nil
	for _, x := range had {
		if x.at.After(w.now) {
			w.timers = append(w.timers, x)
			continue
		}
		w.send(x.msg())
	}
}

func (w *wound) page(name string) overlay.Layer { return &overlay.Page{Heading: name} }

func TestADialogOpensAtOnceWhenNoKeyWasPressed(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.send(key("j"))
	w.wind(400 * time.Millisecond)
	w.run(w.c.pushWhenQuiet(w.page("a")))
	require.Len(t, w.c.layers, 1)
}

func TestADialogWaitsUntilTheKeysAreQuiet(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.send(key("i"))
	w.run(w.c.pushWhenQuiet(w.page("a")))
	for range 3 {
		w.wind(300 * time.Millisecond)
		require.Empty(t, w.c.layers)
		w.send(key("x"))
	}
	require.Equal(t, "xxx", w.c.editor.Text(), "it took no key")
	w.wind(399 * time.Millisecond)
	require.Empty(t, w.c.layers)
	w.wind(time.Millisecond)
	require.Len(t, w.c.layers, 1)
}

func TestADialogWaitsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.send(key("i"))
	w.run(w.c.pushWhenQuiet(w.page("a")))
	for range 14 {
		w.wind(100 * time.Millisecond)
		w.send(key("x"))
		require.Empty(t, w.c.layers)
	}
	w.wind(100 * time.Millisecond)
	require.Len(t, w.c.layers, 1)
}

func TestDialogsThatWaitOpenInTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.send(key("i"))
	w.run(w.c.pushWhenQuiet(w.page("a")))
	w.wind(100 * time.Millisecond)
	w.run(w.c.pushWhenQuiet(w.page("b")))
	w.wind(400 * time.Millisecond)
	require.Len(t, w.c.layers, 2)
	require.Equal(t, "a", w.c.layers[0].Title())
	require.Equal(t, "b", w.c.layers[1].Title())
}
