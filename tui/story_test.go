package tui_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/themes"
	"warroom/tui"
	"warroom/tui/lang"
	"warroom/tui/screen"
)

// The stories of this file are told by keys alone, on a real program and a
// virtual screen.

// opened is a stage with one incident on the screen.
func opened(t testing.TB, with setting) *stage {
	t.Helper()
	s := open(t, with)
	return s.new("Checkout 5xx in eu-west")
}

func (s *stage) new(title string) *stage {
	s.t.Helper()
	s.Press("n").Type(title).Press("enter")
	s.has(title)
	return s
}

func (s *stage) write(text string) *stage {
	s.t.Helper()
	s.Press("i").Type(text).Press("enter", "esc")
	return s
}

// last is the log's last line.
func (s *stage) last() *model.Line {
	s.t.Helper()
	lines := s.view().Lines
	return lines[len(lines)-1]
}

func TestAPersonRunsAWholeIncidentByKeys(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40})
	s.has("No incident")
	s.Press("n").Type("Checkout 5xx in eu-west").Press("enter")
	s.has("Checkout 5xx in eu-west", "SEV?")

	s.Press("s", "1") // two keys
	require.Equal(t, model.SEV1, s.view().Severity.Value)
	s.Press("r", "i", "enter") // three keys
	require.Equal(t, s.room.Me(), s.view().Holders(model.IncidentManager)[0].Person)
	s.Press("r", "t").Type("bob").Press("enter") // a new name
	bob := s.view().Holders(model.TechLead)[0].Person
	require.Equal(t, "bob", s.room.Overview().People.Name(bob))
	s.has("bob")

	s.Press("a") // six questions
	s.has("Question 1 of 6").Press("1").has("Question 2 of 6")
	s.Type("5xx on pay").Press("enter").has("Question 3 of 6")
	s.Press("1").has("Question 4 of 6")
	s.Type("-12m").Press("enter").has("Question 5 of 6")
	s.Type("17").Press("enter").has("Question 6 of 6")
	s.Press("2", "space").Press("space", "enter")
	n, all := s.view().Assessed()
	require.Equal(t, all, n, s.Text())
	require.Equal(t, model.SEV1, s.view().Suggests.Level)

	s.write("rolled back api v412")
	require.Equal(t, "rolled back api v412", s.last().Text)
	s.Press("4", "*")
	require.True(t, s.last().Star)
	s.Press("A", "ctrl+u").Type("rolled back api v412 to v411").Press("enter")
	require.Equal(t, "rolled back api v412 to v411", s.last().Text)
	s.write("wrong window").Press("4", "G", "D")
	s.has("Strike this entry?").Press("y")
	require.NotNil(t, s.last().Struck)

	s.Press("L", "a").Type("https://meet.example/room War room").Press("enter")
	require.Len(t, s.view().Links, 1)
	s.has("War room").Press("q")
	s.Press("p", "c", "i").Type("We see errors at checkout. The next update is due at 10:20 UTC.").Press("enter")
	s.Press("a").has("Approved by ana").Press("p")
	s.has("Record this as sent to the customers").Press("y")
	require.Len(t, s.view().Updates, 1)

	s.Press("t", "f", "t", "m")
	require.Equal(t, model.Mitigated, s.view().Status.Value)
	s.Press("t", "r")
	s.has("? 2 people hold roles.").Press("enter") // the safe answer
	require.Equal(t, model.Mitigated, s.view().Status.Value)
	s.Press("t", "r", "y")
	require.Equal(t, model.Resolved, s.view().Status.Value)
	s.Press("u")
	require.Equal(t, model.Mitigated, s.view().Status.Value)
	s.Press("U")
	require.Equal(t, model.Resolved, s.view().Status.Value)
	s.Press("t", "o")
	s.has("why?").Type("errors are back").Press("enter")
	require.Equal(t, model.Open, s.view().Status.Value)
	require.Empty(t, s.say.Faults(), "every sentence is in the catalogue")
}

// has is also a step in a chain.
func (s *stage) Press(keys ...string) *stage { s.t.Helper(); s.Screen.Press(keys...); return s }

// Type is Press for a text.
func (s *stage) Type(text string) *stage { s.t.Helper(); s.Screen.Type(text); return s }

func TestTheAnswersSuggestASeverityThatOneKeyApplies(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	s.Press("2", "enter", "1")
	s.Press("n") // SEV3 so far: left
	s.Press("j", "j", "enter", "1").has("The answers say SEV1", "Apply SEV1")
	s.Press("y")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
	require.NotEmpty(t, s.view().Severity.By.Text, "with its reason")
}

func TestLoweringASeverityAsksAndNoIsTheSafeAnswer(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "1", "s", "3")
	s.has("from SEV1 to SEV3?").Press("enter")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
	s.Press("s", "3", "y")
	require.Equal(t, model.SEV3, s.view().Severity.Value)
	s.Press("s", "2") // raising does not ask
	require.Equal(t, model.SEV2, s.view().Severity.Value)
}

func TestSlashCommandsInTheLogLine(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("i")
	for _, line := range []string{"/sev 1", "/role tl bob", "/status fixing", "/link https://chat.example/x Team chat", "/topic all hands", "/at -12m first alert"} {
		s.Type(line).Press("enter")
	}
	v := s.view()
	require.Equal(t, model.SEV1, v.Severity.Value)
	require.True(t, v.Holds(model.TechLead))
	require.Equal(t, model.Fixing, v.Status.Value)
	require.Equal(t, "Team chat", v.Links[0].Label)
	require.Equal(t, "all hands", v.Topic.Value)
	var late *model.Line
	for _, l := range v.Lines {
		if l.Text == "first alert" {
			late = l
		}
	}
	require.NotNil(t, late)
	require.True(t, late.Late())

	s.Type("/sve 2").Press("enter")
	s.has("no command", "sev", "/sve 2") // the line stays
	require.Len(t, s.view().Lines, len(v.Lines))
}

func TestARefusedLineIsNotLost(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	s.Press("i").Type("half a thought")
	s.room.Fail = model.Refuse(model.CodeTextLong, "Length", 1, "Limit", 0)
	s.Press("enter")
	s.has("half a thought")
	require.NotEqual(t, "half a thought", s.last().Text)
	s.room.Fail = nil
	s.Press("enter")
	require.Equal(t, "half a thought", s.last().Text)
}

func TestAPasteIsTextAndNeverAnAct(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	before := len(s.view().Lines)
	s.Paste("n\ns1\nq\x1b[31m red\r\nlast")
	require.Len(t, s.view().Lines, before, "nothing was done")
	s.Press("enter")
	require.Equal(t, "n\ns1\nq red\nlast", s.last().Text)
}

func TestUndoAndRedoOfASeverity(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "2", "s", "1", "u")
	require.Equal(t, model.SEV2, s.view().Severity.Value)
	s.Press("U")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
}

func TestFilterShowsHowMuchItKeeps(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	for _, text := range []string{"api is slow", "database fine", "api restarted"} {
		s.write(text)
	}
	s.Press("4", "/").Type("api")
	s.has("2 of 4", "api restarted")
	require.NotContains(t, s.Text(), "database fine")
	s.Press("enter", "esc") // esc takes the filter away
	s.has("database fine")
}

func TestPaletteFindsActionsIncidentsPeopleAndCommands(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40})
	s.Press(":").Type("severity").has("Set the severity")
	s.Press("esc", ":").Type("sev 1").Press("enter")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
	s.Press("ctrl+p").Type("role comms @ana").Press("enter")
	require.True(t, s.view().Holds(model.Communications))
	s.new("Mail delays")
	s.Press(":").Type("checkout").Press("enter")
	require.Contains(t, s.Row(0), "Checkout")
	s.Press(":").Type("@ana").Press("enter").has("Which role for ana?").Press("w")
	s.Press("ctrl+p", "ctrl+p") // closes by its own key too
	require.NotContains(t, s.Text(), "Commands")
}

func TestHelpListsTheKeysAndClosesByItsOwnKey(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40}).Press("?")
	s.has("Keys and commands", ":sev 1|2|3", "Open an incident first")
	s.Press("?")
	require.NotContains(t, s.Text(), "Keys and commands")
	s.Press("?", "G", "q")
	require.NotContains(t, s.Text(), "Keys and commands")
}

func TestQuitAsksForAnUnsentLineAndComesBackToIt(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	s := opened(t, setting{room: room}).Press("i").Type("half a th").Press("esc", "4", "q")
	s.has("unsent line").Press("enter")
	require.False(t, s.Ended())
	s.Press("q", "y")
	require.NoError(t, s.WaitEnd())
	state := s.kept()
	require.Equal(t, "half a th", state.Draft)

	again := open(t, setting{room: room, start: state})
	again.has("Checkout 5xx in eu-west", "half a th")
	again.Press("i").Type("ought").Press("enter")
	require.Equal(t, "half a thought", again.last().Text)
}

// Somebody who types while the room process is replaced must not have the rest of
// the sentence done as commands.
func TestAConsoleThatComesBackByItselfGoesOnTyping(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	s := opened(t, setting{room: room}).Press("i").Type("rolled")
	s.wait(2 * time.Second)
	state := s.kept()
	require.True(t, state.Typing)

	again := open(t, setting{room: room, start: state, with: func(o *tui.Options) { o.Again = true }})
	again.Type(" back").Press("enter")
	require.Equal(t, "rolled back", again.last().Text)
}

func TestDraftsStayWithTheirIncident(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("i").Type("for the first").Press("esc")
	s.new("Another")
	require.NotContains(t, s.Text(), "for the first")
	s.Press(":").Type("checkout").Press("enter")
	s.has("for the first")
}

func TestCtrlCHintsFirst(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).Press("ctrl+c")
	s.has("ctrl+c again")
	s.wait(3 * time.Second)
	s.Press("ctrl+c")
	require.False(t, s.Ended(), "the first was too long ago")
	s.Screen.Press("ctrl+c")
	require.NoError(t, s.WaitEnd())
}

func TestEscNeverQuits(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("esc", "esc", "?", "esc", "esc")
	require.False(t, s.Ended())
}

func TestTheTitleOfTheTerminalSaysHowItStands(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "1", "t", "f")
	s.wait(42 * time.Minute)
	key := s.room.Overview().Rows[0].ID.Key()
	require.Equal(t, "SEV1 "+key+" · fixing · 42m", s.Title())
}

// The library asks for synchronized output only where it is not over SSH.
func TestSynchronizedOutputIsAskedForOverSSH(t *testing.T) {
	t.Parallel()
	require.Contains(t, open(t, setting{}).Written(), "\x1b[?2026$p")
}

func TestThePaletteSaysWhenNothingIsFound(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).Press(":").Type("zzzz")
	s.has("Nothing is called that").Press("enter")
	s.has("Nothing is called that")
}

// On a slow link, esc and the key after it arrive together and look like alt.
func TestEscAndTheNextKeyInOnePacketAreTwoKeys(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("i").Type("half")
	s.Type("\x1bs").Press("1")
	require.Equal(t, model.SEV1, s.view().Severity.Value)
	s.has("half")
}

func TestKeysTypedAheadActOnWhatTheScreenWillShow(t *testing.T) {
	t.Parallel()
	s := open(t, setting{})
	s.Type("nCheckout 5xx\rs1ri\ritwo lines in one packet\r")
	v := s.view()
	require.Equal(t, "Checkout 5xx", v.Title.Value)
	require.Equal(t, model.SEV1, v.Severity.Value)
	require.True(t, v.Holds(model.IncidentManager))
	require.Equal(t, "two lines in one packet", s.last().Text)
}

func TestATeammatesActIsAToastAndEatsNoKey(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40})
	bob := s.room.As("bob")
	s.WaitIdle()
	s.Press("i").Type("I am writ")
	_, err := s.room.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorShell}, s.view().ID, model.Write{Text: "rolled back"})
	require.NoError(t, err)
	s.wait(time.Second)
	s.has("bob: rolled back", "I am writ")
	s.Type("ing").Press("enter")
	require.Equal(t, "I am writing", s.last().Text)
}

func TestAnObserverSeesEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	room.Must(model.Scope{}, model.OpenIncident{Title: "Slow search"})
	s := open(t, setting{room: room, readOnly: true})
	events := len(room.Events())
	s.Press("s", "1", "n", "t", "i").Type("hello").Press("enter")
	require.Len(t, room.Events(), events)
	s.Press("s")
	s.has("You are an observer")
}

func TestTheMouseSelectsOpensAndCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40}).new("Mail delays")
	s.Click(10, 4) // the second row, then again to open it
	s.Click(10, 4)
	require.Contains(t, s.Row(0), "Checkout")
	s.Click(10, 38)
	s.Type("by mouse").Press("enter", "esc")
	s.Press(":").Type("mouse").Press("enter")
	s.has("The mouse is off")
}

func TestResizingKeepsSelectionFilterAndDraft(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40})
	for _, text := range []string{"one", "two", "three"} {
		s.write(text)
	}
	s.Press("4", "g", "j", "i").Type("half")
	before := s.console.State()
	for _, size := range [][2]int{{200, 60}, {60, 20}, {39, 9}, {1, 1}, {80, 24}, {120, 40}} {
		s.Resize(size[0], size[1])
	}
	require.Equal(t, before, s.console.State())
	s.has("half")
}

func TestEveryThemePreviewsAndCancelRestores(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press(":").Type("theme").Press("enter")
	s.has("Theme").Press("j", "j", "q")
	require.Empty(t, s.console.State().Theme, "the configured one")
	s.Press(":").Type("theme mono").Press("enter")
	state := s.console.State()
	require.Equal(t, "mono", state.Theme)

	require.Equal(t, "mono", open(t, setting{room: s.room, start: state}).console.State().Theme, "it is there next time")
	state.Configured = "light"
	require.Empty(t, open(t, setting{room: s.room, start: state}).console.State().Theme, "the config was changed since")
}

func TestMomentsAreCorrectedAndFiguresFollow(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40}).Press("m")
	s.Press("j", "j", "j", "enter").has("When: impact started?").Type("-30m").Press("enter")
	s.has("Moments of")
	require.True(t, s.view().Moments[model.ImpactStarted].Corrected)
	s.has("Time to detect 29m")
}

func TestTheFirstRunAsksForTheNameAndNothingElse(t *testing.T) {
	t.Parallel()
	theme, err := themes.Builtin("default")
	require.NoError(t, err)
	taken := model.Refuse(model.CodePersonLong, "Length", 200, "Limit", 100)
	ask := tui.NewAskName(lang.New(lang.Options{}), theme.Styles(themes.ANSI16), false, "ana", func(name string) error {
		if name == "ana" {
			return taken
		}
		return nil
	})
	s := screen.Start(t, ask, screen.Options{})
	require.Contains(t, s.Text(), "What is your name?")
	s.Press("enter")
	require.Contains(t, s.Text(), "100", "the refusal is said, and the name is still there")
	require.Contains(t, s.Text(), "> ana")
	require.Contains(t, s.Text(), "ctrl+g end the program")
	s.Press("ctrl+e", "ctrl+u", "enter")
	require.Contains(t, s.Text(), "A name is needed")
	s.Type("ana b") // replaces what was offered
	s.Press("enter")
	require.NoError(t, s.WaitEnd())
	require.Equal(t, "ana b", ask.Name())
}
