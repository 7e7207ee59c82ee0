package tui

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui/lang"
)

func TestChangesByOthersAreComposedInTheirTurnAndKeysAtOnce(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"})
	now := room.Now()
	p := newPump(t, room, room.Actor(), func() time.Time { return now })
	defer p.c.Close()
	p.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	first := p.c.View()

	// The console was drawn now: a change has to wait.
	p.c.changed(false)
	_, _ = p.c.Update(nil)
	require.True(t, p.c.paced, "a timer was asked for")
	require.Equal(t, first, p.c.View())
	require.True(t, p.c.dirty)

	// The timer came.
	_, _ = p.c.Update(due{})
	p.c.View()
	require.False(t, p.c.dirty)

	// A key does not wait.
	p.c.changed(false)
	p.send(key("4"))
	p.c.View()
	require.False(t, p.c.dirty)
}

// slow is a room whose disk takes its time.
type slow struct {
	*modeltest.Room
	let chan struct{}
}

func (s *slow) Do(ctx context.Context, who model.Actor, id model.Scope, c model.Command) (model.Receipt, error) {
	<-s.let
	return s.Room.Do(ctx, who, id, c)
}

func TestKeysWaitForTheActBeforeThemAndLeavingDoesToo(t *testing.T) {
	t.Parallel()
	room := &slow{modeltest.New("ana", 1), make(chan struct{}, 8)}
	id := room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"}).Incident
	p := newPump(t, room, room.Actor(), room.Now)
	defer p.c.Close()
	update := func(msg tea.Msg) { _, cmd := p.c.Update(msg); p.run(cmd) }
	update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, k := range []string{"s", "1", "i", "x"} {
		update(key(k))
	}
	require.False(t, p.c.typing, "i waits until the severity is written")
	update(key("ctrl+c"))
	update(key("ctrl+c"))
	require.True(t, p.c.quitting)
	room.let <- struct{}{}
	for !p.quit {
		msg := <-p.msgs
		if _, ok := msg.(tea.QuitMsg); ok {
			p.quit = true
			continue
		}
		update(msg)
	}
	v, err := room.Incident(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.SEV1, v.Severity.Value, "the act was not lost")
}

func TestThePlaceIsKeptAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	room.Must(model.Scope{}, model.OpenIncident{Title: "Checkout"})
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	var saves []State
	var timers []func() tea.Msg
	c := New(Options{
		Room: room, Who: room.Actor(), Say: lang.New(lang.Options{}), Theme: theme, Now: room.Now,
		After: func(d time.Duration, msg func() tea.Msg) tea.Cmd {
			if d == saveEvery {
				timers = append(timers, msg)
			}
			return nil
		},
		Save: func(s State) { saves = append(saves, s) },
	})
	defer c.Close()
	p := &pump{c: c, msgs: make(chan tea.Msg, 64)}
	p.run(c.Init())
	p.settle()
	p.send(key("i"))
	for range 50 {
		p.send(key("a"))
	}
	require.Len(t, timers, 1)
	require.Empty(t, saves)
	p.send(timers[0]())
	require.Len(t, saves, 1)
	require.Len(t, saves[0].Draft, 50)

	raw, err := json.Marshal(saves[0])
	require.NoError(t, err)
	var back State
	require.NoError(t, json.Unmarshal(raw, &back))
	require.True(t, back.equal(saves[0]))
}

func TestAStormIsReadAsOftenAsItIsDrawn(t *testing.T) {
	t.Parallel()
	w := newWound(t)
	w.wind(time.Second)
	rested := func() bool {
		before := len(w.timers)
		w.run(w.c.listenAgain())
		return len(w.timers) > before
	}
	require.False(t, rested(), "the first bell after a while is heard at once")
	w.now = w.now.Add(10 * time.Millisecond)
	require.True(t, rested())
	w.now = w.now.Add(paceOf)
	require.False(t, rested())
}
