package tui_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/tui"
)

// footer is the last row of the screen.
func (s *stage) footer() string { return s.Row(23) }

func TestSomebodyWaitsAndIsLetIn(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	bob := g.knock(0, "Bob B.", "bob-laptop")
	s := g.open(t, setting{}).showing()
	before := s.Text()
	g.comes(bob)
	s.seen()
	require.Equal(t, 1, s.Bells())
	require.Contains(t, s.footer(), "Bob B. waits at the door (J).")
	s.wait(10 * time.Second)
	s.seen()
	require.Contains(t, s.footer(), "Bob B. waits at the door, from 10.20.0.1:52114: compare the words.")
	require.Contains(t, s.footer(), "(J)")
	g.change(func() {})
	s.seen()
	require.Equal(t, 1, s.Bells(), "it rings once")
	require.Equal(t, s.rowsOf(before, 2, 22), s.rowsOf(s.Text(), 2, 22), "nothing moves and nothing is covered")

	s.Press("J").has("At the door", "Ask them to read their four words to you. Let them in only if they are",
		"maple     river     cobalt     finch", "bob-laptop", "10.20.0.1:52114", "by ana, as responder",
		"responder: can write, may admit others")
	require.Empty(t, g.done())
	s.Press("enter").has("Let Bob B. in?", "responder: can write, may admit others.", "maple  river  cobalt  finch")
	s.Press("enter")
	require.Empty(t, g.done(), "no is what enter says")
	s.Press("a", "y")
	require.Equal(t, []model.Command{bob.Approve()}, g.done())
	require.NotContains(t, s.Text(), "At the door")
	require.Contains(t, s.footer(), "Bob B. is let in.")
	s.Press("esc")
	require.NotContains(t, s.Text(), "at the door")
	s.Press("J").has("Nobody waits at the door.", "warroom invite").Press("J")
	require.NotContains(t, s.Text(), "Nobody waits")
}

// rowsOf are some rows of a screen.
func (s *stage) rowsOf(text string, from, to int) (out []string) {
	for i, row := range strings.Split(text, "\n") {
		if i >= from && i < to {
			out = append(out, row)
		}
	}
	return out
}

func TestSomebodyIsTurnedAway(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	bob, eve := g.knock(0, "Bob B.", "bob-laptop"), g.knock(1, "eve", "phone")
	g.comes(bob, eve)
	s := g.open(t, setting{}).showing()
	require.Zero(t, s.Bells(), "who waited before is told of by the line alone")
	require.Contains(t, s.footer(), "2 wait at the door. (J)")
	s.Press("J", "j").has("anchor     velvet     summit     pebble").Press("x").has("Turn eve away?", "a person said no").Press("y")
	require.Equal(t, []model.DeviceKey{eve.Device}, g.away)
	require.Empty(t, g.done())
	s.has("At the door", "maple     river", "bob-laptop").Press("J")
	require.Contains(t, s.footer(), "Bob B. waits at the door")
}

func TestAnInviteThatWasUsedTwiceIsForAnOwnerToJudge(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.access = model.Responder
	bob, eve := g.knock(0, "Bob B.", "bob-laptop"), g.knock(1, "Bob B.", "bob-laptop")
	g.comes(bob)
	s := g.open(t, setting{}).showing().Press("J")
	bob.Twice, eve.Twice = true, true
	g.comes(bob, eve)
	s.seen()
	require.Equal(t, 1, s.Bells())
	s.has("This invite was used by two devices.", "Only an owner can judge which of both to let in: ana.", "maple     river")
	require.NotContains(t, s.Text(), "let in  r role")
	s.Press("enter", "y")
	require.Empty(t, g.done())
	s.has("Only an owner can judge").Press("J")
	require.Contains(t, s.footer(), "An invite was used by two devices: an owner must judge")
	g.change(func() { g.access = model.Owner })
	s.seen()
	s.Press("J", "j").has("anchor     velvet").Press("a", "y")
	require.Equal(t, []model.Command{eve.Approve()}, g.done())
}

func TestTheRoleAndThePersonAreChosenBeforeSomebodyIsLetIn(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	ana, bob := g.Me(), g.As("bob")
	w := g.knock(0, "Bob", "bob-phone")
	g.comes(w)
	s := g.open(t, setting{}).showing().Press("J").has("bob is known here already. If this is the same person, press p")
	s.Press("r").has("Bob comes as").Press("1").has("observer: can see all, and change nothing").Press("enter").has("observer: can see all").Press("n")
	s.Press("p").has("Whose further device is it?").Type("bo").Press("enter")
	s.has("a further device of bob (responder)")
	require.NotContains(t, s.Text(), "is known here already")
	s.Press("r").has("bob is a member already, and stays responder.")
	s.Press("a").has("A further device of bob, who is responder: what is done", "there is done by bob.").Press("y")
	want := w.Approve()
	want.Access, want.Person = model.Observer, bob
	require.Equal(t, []model.Command{want}, g.done())

	own := g.knock(1, "ana", "ana-phone")
	own.Person = ana
	g.comes(own)
	s.seen()
	s.Press("J").has("a further device of ana (owner)").Press("p", "enter").has("responder: can write")
	require.NotContains(t, s.Text(), "a further device of")
}

func TestAResponderLetsInUpToTheirOwnRightAndGivesDevicesToNobodyElse(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.access = model.Responder
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s := g.open(t, setting{}).showing().Press("J", "r", "3").has("only an owner can give this", "Bob B. comes as")
	s.Press("q", "p").Type("bob").has("only an owner can give others a device").Press("enter", "ctrl+g")
	require.NotContains(t, s.Text(), "a further device of bob")
	s.Press("p").Type("ana").Press("enter").has("a further device of ana")
}

func TestARequestThatVanishedOrChangedUnderTheQuestionIsNotAnswered(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	bob, eve := g.knock(0, "Bob B.", "bob-laptop"), g.knock(1, "eve", "phone")
	g.comes(bob, eve)
	s := g.open(t, setting{}).showing().Press("J", "enter").has("Let Bob B. in?")
	g.comes(eve)
	s.seen()
	s.has("Let Bob B. in?").Press("y").has("That request is gone")
	require.Empty(t, g.done())
	s.Press("enter", "y")
	require.Empty(t, g.done(), "nobody is selected in the place of who went")

	s.Press("j", "enter").has("Let eve in?")
	again := eve
	again.Words = [4]string{"other", "words", "than", "before"}
	g.comes(again)
	s.seen()
	s.Press("y").has("is not as it was when you were asked", "other     words     than     before")
	require.Empty(t, g.done())
	s.Press("x").has("Turn eve away?")
	g.comes()
	s.seen()
	s.Press("y").has("That request is gone")
	require.Empty(t, g.away)
}

func TestARefusalIsSaidInTheDialogAndTheRequestStays(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	g.answers = model.Refuse(model.CodePersonTaken, "Person", "bob")
	s := g.open(t, setting{}).showing().Press("J", "a", "y").has("At the door", "Another member is called bob", "maple     river")
	g.change(func() { g.answers = errors.New("the disk") })
	s.seen()
	s.Press("a", "y").has("the disk", "Bob B.")
}

func TestAHalfTypedLineIsNotMovedByWhoComesToTheDoor(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := g.open(t, setting{}).showing().Press("i").Type("half a th")
	x, y := s.Cursor()
	line := s.Row(22)
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s.seen()
	cx, cy := s.Cursor()
	require.Equal(t, []int{x, y}, []int{cx, cy})
	require.Equal(t, line, s.Row(22))
	require.Equal(t, 1, s.Bells())
	s.Type("ought J")
	require.Equal(t, "half a thought J", s.console.State().Draft, "no key goes to the door")
	require.Contains(t, s.footer(), "enter write")
	require.Contains(t, s.footer(), "1 at the door (J)")
	g.comes()
	s.seen()
	require.NotContains(t, s.footer(), "door")
	require.Equal(t, "half a thought J", s.console.State().Draft)
}

func TestADialogThatIsOpenStaysWhenSomebodyComesToTheDoor(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := g.open(t, setting{}).showing().Press("t", "j")
	before := s.rowsOf(s.Text(), 1, 23)
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s.seen()
	require.Equal(t, before, s.rowsOf(s.Text(), 1, 23))
	require.Contains(t, s.footer(), "waits at the door")
}

func TestAWarningOfTheMachineLeavesRoomForTheDoor(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.Warnings = []model.Phrase{model.Say("warning.journal")}
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s := g.open(t, setting{}).showing()
	require.Contains(t, s.footer(), "The disk is full.")
	require.Contains(t, s.footer(), "1 at the door (J)")
}

// What is wrong with the config of whoever runs the room stands in their last row, and
// whole where all of it is.
func TestWhatIsWrongWithTheConfigIsToldToWhoRunsTheRoom(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.Own = []model.Phrase{model.Say("warning.config", "Wrong", model.Say("shell.text", "Text", "/home/ana/.config/warroom/config.toml, line 3: there is no setting \"on-pgae\"."))}
	s := g.open(t, setting{}).showing()
	require.Contains(t, s.footer(), "config.toml, line 3")
	s.Press("w", "tab").has("The settings from before stay in use")
}

func TestAnObserverSeesNoDoor(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.access = model.Observer
	s := g.open(t, setting{}).showing()
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s.seen()
	s.wait(10 * time.Second)
	s.seen()
	require.Zero(t, s.Bells())
	require.NotContains(t, s.Text(), "door")
	s.Press("J").has("You are an observer here")
	require.NotContains(t, s.Text(), "maple")
}

func TestANameThatWasOnlyTypedOpensNoDoor(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.comes(g.knock(0, "Bob B.", "bob-laptop"))
	s := g.open(t, setting{with: func(o *tui.Options) { o.Who.Via = model.DoorClaimed }}).showing()
	require.NotContains(t, s.footer(), "door")
	s.Press("J").has("Nothing proves your name here")
	require.NotContains(t, s.Text(), "maple")
}

func TestWhatNewcomersSayOfThemselvesIsMadeFitToShow(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	w := g.knock(0, "bob\x1b[2J\x1b]0;owned\x07\nana\u202e", "lap\x1b[31mtop\r")
	w.From = "10.0.0.1\x1b[8m"
	s := g.open(t, setting{}).showing()
	g.comes(w)
	s.seen()
	s.Press("J").has("laptop", "10.0.0.1").Press("a")
	require.NotContains(t, s.Written(), "owned\x07")
	require.NotContains(t, s.Written(), "\u202e")
	require.Contains(t, s.Row(0), "HB36G4")
}

func TestGoldenDoor(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 12}} {
		for _, ascii := range []bool{false, true} {
			if ascii && size[0] != 80 {
				continue
			}
			name := fmt.Sprintf("%dx%d", size[0], size[1])
			if ascii {
				name += "-ascii"
			}
			look := func(t *testing.T, what string, all func(*gate) []model.Waiting, keys ...string) {
				t.Helper()
				g := newGate(t)
				g.comes(all(g)...)
				s := g.open(t, setting{width: 120, height: 40, ascii: ascii}).showing()
				s.Resize(size[0], size[1])
				s.Press(keys...).same(t, "door-"+what+"-"+name)
			}
			one := func(g *gate) []model.Waiting { return []model.Waiting{g.knock(0, "bob", "bob-laptop")} }
			several := func(g *gate) []model.Waiting {
				bob, yama, eve := g.knock(0, "Bob B.", "bob-laptop"), g.knock(1, "山田太郎の友人", "営業部の新しいノートパソコン"), g.knock(2, "Zoë the second", "phone")
				bob.Twice, eve.Twice = true, true
				eve.Token, eve.From, eve.Service = bob.Token, "[2001:db8::17]:52114", true
				return []model.Waiting{bob, yama, eve}
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				look(t, "line", one)
				look(t, "typing", one, "i", "h", "a", "l", "f")
				look(t, "one", one, "J")
				look(t, "ask", one, "J", "enter")
				look(t, "several", several, "J", "j", "j")
				look(t, "none", func(*gate) []model.Waiting { return nil }, "J")
			})
		}
	}
}
