package tui_test

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui"
)

func (s *seat) allow(a model.Access) { s.change(func() { s.access = a }) }

func TestAnAccessThatChangesCountsAtOnceAndIsSaid(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout").Press("i").Type("half a th")
	room.allow(model.Observer)
	s.seen()
	s.has("You are an observer now").Type("ought")
	require.Contains(t, s.Row(0), "observer")
	require.Equal(t, "half a thought", s.console.State().Draft, "what is typed stays, and letters stay letters")
	s.Press("enter").has("You are an observer here")
	require.Equal(t, "half a thought", s.console.State().Draft)
	s.Press("esc").same(t, "state-observer")
	s.Press("s").has("You are an observer here")
	s.Press(":").Type("seve").has("You are an observer here").Press("ctrl+g")
	s.Press("w").has("Who is here").Press("w") // what changes nothing is there
	s.Press("m", "enter").has("You are an observer here")
	require.NotContains(t, s.Press("L").has("No links yet").Text(), "a add")
	s.Press("q")
	room.allow(model.Responder)
	s.seen()
	s.has("Your access is another now: responder.").Press("i", "enter")
	require.Equal(t, "half a thought", s.last().Text)
}

func TestAMenuThatIsOpenWhenTheAccessGoesChangesNothing(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout").Press("s")
	room.allow(model.Observer)
	s.seen()
	s.has("Severity of").Press("1").has("You are an observer here")
	require.Equal(t, model.Unset, s.view().Severity.Value)
}

func TestGoldenObserver(t *testing.T) {
	t.Parallel()
	for size, with := range map[string]setting{"120x40": {width: 120, height: 40}, "80x24": {}} {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			room := manned(t)
			room.access = model.Observer
			with.seat = room
			open(t, with).showing().same(t, "observer-"+size)
		})
	}
}

func TestWhoIsNoMemberAnyMoreLeavesWithTheDraftKept(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout").Press("i").Type("half a thought")
	room.allow(model.NoAccess)
	require.NoError(t, s.WaitEnd())
	require.Contains(t, s.console.Farewell(), "no member of this room")
	require.Equal(t, "half a thought", s.kept().Draft)
}

func TestARoomWithoutAccessesSendsNobodyAway(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	room.access = model.NoAccess
	s := open(t, setting{seat: room}).new("Checkout").Press("s", "1")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
}

func TestARoomSendsItsConsolesAwayWithASentence(t *testing.T) {
	t.Parallel()
	leave := make(chan string, 1)
	s := open(t, setting{with: func(o *tui.Options) { o.Leave = leave }}).new("Checkout").Press("i").Type("half")
	leave <- "The room moved."
	require.NoError(t, s.WaitEnd())
	require.Equal(t, "The room moved.", s.console.Farewell())
	require.Equal(t, "half", s.kept().Draft)

	again := open(t, setting{})
	require.Empty(t, again.console.Farewell())
	again.Screen.Send(tui.Farewell{Text: "Until tomorrow."})
	require.NoError(t, again.WaitEnd())
	require.Equal(t, "Until tomorrow.", again.console.Farewell())

	gone := make(chan string)
	close(gone)
	last := open(t, setting{with: func(o *tui.Options) { o.Leave = gone }})
	require.NoError(t, last.WaitEnd())
	require.Empty(t, last.console.Farewell())
}

// editor is a reader's editor that a test writes in.
func editor(make func(string) (string, error)) func(*tui.Options) {
	return func(o *tui.Options) {
		o.Edit = func(text string, done func(string, error) tea.Msg) tea.Cmd {
			return func() tea.Msg { return done(make(text)) }
		}
	}
}

func TestTheDraftGoesToTheReadersEditorAndBack(t *testing.T) {
	t.Parallel()
	s := open(t, setting{with: editor(func(text string) (string, error) {
		return text + " back\nto \x1b[31mv411\n\n", nil
	})}).new("Checkout").Press("i").Type("rolled")
	s.Mark()
	s.Press("ctrl+e")
	require.Equal(t, "rolled back\nto v411", s.console.State().Draft)
	require.Greater(t, s.Bytes(), 1000, "all is drawn anew")
	s.Press("enter")
	require.Equal(t, "rolled back\nto v411", s.last().Text)
	s.Press("esc", ":").Type("edit").Press("enter")
	require.Equal(t, " back\nto v411", s.console.State().Draft)
}

func TestAnEditorThatFailsLeavesTheDraft(t *testing.T) {
	t.Parallel()
	s := open(t, setting{with: editor(func(string) (string, error) { return "", errors.New("exit status 1") })})
	s.new("Checkout").Press("i").Type("rolled").Press("ctrl+e").has("The editor did not end well: exit status 1.")
	require.Equal(t, "rolled", s.console.State().Draft)
	s.Press("enter")
	require.Equal(t, "rolled", s.last().Text)
}

func TestADoorWithoutEditorAndShellSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).new("Checkout").Press("i").Type("rolled").Press("ctrl+e").has("No editor can be opened from here.")
	s.Press("ctrl+z").has("no shell behind it")
	s.Press("esc", "s", "ctrl+z").has("no shell behind it", "Severity of")
	require.Equal(t, "rolled", s.console.State().Draft)
}

func TestTheConsoleIsPutAsideByItsKeyWhereverTheKeysGo(t *testing.T) {
	t.Parallel()
	asides := make(chan struct{}, 3)
	s := open(t, setting{with: func(o *tui.Options) {
		o.Suspend = func() tea.Cmd { return func() tea.Msg { asides <- struct{}{}; return nil } }
	}}).new("Checkout")
	for i, keys := range [][]string{{"ctrl+z"}, {"i", "a", "ctrl+z", "esc"}, {"s", "ctrl+z", "esc"}} {
		s.Mark()
		s.Press(keys...)
		s.wait(time.Second)
		<-asides
		require.Greater(t, s.Bytes(), 1000, "all is drawn anew after %d", i)
	}
	s.Mark()
	s.Send(tea.ResumeMsg{})
	require.Greater(t, s.Bytes(), 1000)
}
