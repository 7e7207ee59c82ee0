package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui"
)

// noticed collects notifications.
type noticed struct{ said []string }

func (n *noticed) notify(title, body string) tea.Cmd {
	return func() tea.Msg { n.said = append(n.said, title+"|"+body); return nil }
}

func TestBeingCalledRingsOnceAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	room.Must(model.Scope{}, model.OpenIncident{Title: "Mail delays"})
	other := room.Overview().Rows[0].ID
	room.write(t, "bob", other, "@ana are you there?", true)
	var n noticed
	s := open(t, setting{seat: room, with: func(o *tui.Options) { o.Notify = n.notify }})
	require.Zero(t, s.Bells(), "what was there at the start does not ring")
	s.new("Checkout")
	id := room.Overview().Rows[0].ID
	if id == other {
		id = room.Overview().Rows[1].ID
	}
	room.write(t, "bob", id, "@ana could you look at the pool?", true)
	s.seen()
	require.Equal(t, 1, s.Bells())
	s.has("bob calls you in " + id.Key() + ": @ana could you look at the pool?")
	require.Equal(t, []string{"bob calls you in " + id.Key() + "|@ana could you look at the pool?"}, n.said)
	s.Press("w", "w") // a key takes the sentence away
	require.NotContains(t, s.Text(), "calls you")
	room.write(t, "cleo", other, "@ana the queue grows", true)
	s.seen()
	require.Equal(t, 2, s.Bells())
	s.has("cleo calls you in " + other.Key())
	require.NotContains(t, s.Row(23), "the queue grows", "its text is on another incident")
	room.write(t, "cleo", id, "nobody is called here", false)
	s.seen()
	s.has("cleo calls you in") // what is less does not cover it
	require.Equal(t, 2, s.Bells())

	s.Press(":").Type("calls").Press("enter").has("Calls to you", "cleo in "+other.Key(), "bob in "+id.Key(), "Mail delays")
	s.Press("enter").has("▌", "@ana the queue grows")
	require.Contains(t, s.Row(0), "Mail delays")
	require.Equal(t, "@ana the queue grows", s.selectedText(t))
	s.Press(":").Type("calls").Press("enter", "j", "j", "enter")
	require.Equal(t, "@ana are you there?", s.selectedText(t))
}

// selectedText is the selected line of the log, as y copies it.
func (s *stage) selectedText(t *testing.T) string {
	t.Helper()
	s.Press("y")
	text := s.clip()
	for i := len(text) - 1; i > 0; i-- {
		if text[i] == ':' && i+2 <= len(text) {
			return text[i+2:]
		}
	}
	return text
}

func TestACallNeverCoversARefusalAndNeverTakesAKey(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	s := open(t, setting{seat: room}).new("Checkout")
	s.Press("i").Type("/sve 1").Press("enter").has("There is no command")
	room.write(t, "bob", s.view().ID, "@ana hello", true)
	s.seen()
	s.has("There is no command")
	require.Equal(t, 1, s.Bells())
	s.Press("ctrl+u").Type("half a th")
	room.write(t, "bob", s.view().ID, "@ana hello?", true)
	s.seen()
	s.has("bob calls you", "half a th")
	s.Type("ought").Press("enter")
	require.Equal(t, "half a thought", s.last().Text)
}

func TestAQuietConsoleRingsNothing(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	var n noticed
	s := open(t, setting{seat: room, with: func(o *tui.Options) { o.Notify, o.Quiet = n.notify, true }}).new("Checkout")
	room.write(t, "bob", s.view().ID, "@ana hello", true)
	s.seen()
	s.has("bob calls you")
	require.Zero(t, s.Bells())
	require.Empty(t, n.said)
}

func TestANotificationHoldsNoSequenceOfItsOwn(t *testing.T) {
	t.Parallel()
	msg := tui.OSC9("bob calls you", "a\x07b\x1b]0;owned\x07")().(tea.RawMsg)
	text := msg.Msg.(string)
	require.Equal(t, "\x1b]9;", text[:4])
	require.Equal(t, byte(0x07), text[len(text)-1])
	for _, c := range text[4 : len(text)-1] {
		require.GreaterOrEqual(t, c, ' ')
	}
}

func TestAnUpdateThatBecomesOverdueRingsForWhoGivesIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		role  model.Role
		mine  bool
		bells int
	}{
		"manager": {model.IncidentManager, true, 1}, "communications": {model.Communications, true, 1},
		"somebody else": {model.IncidentManager, false, 0}, "another role": {model.TechLead, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newSeat(t, modeltest.New("ana", 1))
			s := open(t, setting{seat: room}).new("Checkout").Press("s", "1")
			who := room.Me()
			if !c.mine {
				who = room.As("bob")
			}
			room.Must(s.view().ID, model.AssignRole{Role: c.role, Person: who})
			s.seen()
			s.wait(15 * time.Minute)
			require.Zero(t, s.Bells())
			s.wait(10 * time.Minute)
			require.Equal(t, c.bells, s.Bells())
			require.Equal(t, c.bells > 0, s.contains("The update on "+s.view().ID.Key()+" is overdue."))
			s.wait(10 * time.Minute)
			require.Equal(t, c.bells, s.Bells(), "once")
		})
	}
}

func TestANameIsCompletedAfterAnAt(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	for _, name := range []string{"bob", "Bobby Tables", "cleo", "Zoë Ångström"} {
		room.As(name)
	}
	s := open(t, setting{seat: room}).new("Checkout").Press("i")
	line := func(want string) {
		t.Helper()
		require.Equal(t, want, s.console.State().Draft)
	}
	s.Type("ask @cl").Press("tab")
	line("ask @cleo ")
	s.Press("ctrl+u").Type("@b").Press("tab").has("bob, Bobby Tables (tab goes on)")
	line("@bob")
	s.Press("tab")
	line("@bob ")
	s.Press("tab")
	line("@Bobby Tables ")
	s.Press("tab")
	line("@bob ")
	s.Type("x").Press("tab").has("Nobody's name begins with")
	line("@bob x")
	s.Press("ctrl+u").Type("(@zOË").Press("tab")
	line("(@Zoë Ångström ")
	s.Press("ctrl+u").Type("me@cl").Press("tab")
	line("me@cl")
	s.Press("ctrl+u").Type("@cl now").Press("home", "right", "right", "right").Press("tab")
	line("@cleo  now")
	room.enter(room.console("Bobby Tables", model.Scope{}))
	s.Press("ctrl+k", "ctrl+u").Type("@bo").Press("tab", "tab")
	line("@Bobby Tables ") // who is here comes first
}

func TestNamesThatAreCalledStandOut(t *testing.T) {
	t.Parallel()
	room := newSeat(t, modeltest.New("ana", 1))
	room.As("bob")
	s := open(t, setting{seat: room, colours: true}).new("Checkout")
	s.Mark()
	s.write("@ana @bob me@bob.example @nobody")
	require.Contains(t, s.Written(), "[30;45m@ana", "one's own name")
	require.Contains(t, s.Written(), "[94m@bob", "somebody else's")
	require.NotContains(t, s.Written(), "m@nobody")
	require.NotContains(t, s.Written(), "m@bob.")
}

func TestALongCallTakesOneRow(t *testing.T) {
	t.Parallel()
	for _, ascii := range []bool{false, true} {
		room := newSeat(t, modeltest.New("ana", 1))
		s := open(t, setting{seat: room, ascii: ascii}).new("Checkout")
		row := s.Row(22)
		room.write(t, "bob", s.view().ID, "@ana "+strings.Repeat("the pool is empty again, ", 20), true)
		s.seen()
		require.Equal(t, row, s.Row(22), "the log line is where it was")
		require.Contains(t, s.Row(23), "bob calls you in")
		require.Equal(t, ascii, strings.Contains(s.Row(23), "~"))
	}
}
