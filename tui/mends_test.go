package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
)

// The stories of somebody who tried the console at night, and what it did then.

func TestAnAnswerThatNobodyTickedIsNotRecorded(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("2", "G", "enter")
	s.has("Question 6 of 6").Press("enter").has("Question 6 of 6", "Tick something first")
	answer := func() model.Answered { return s.view().Answers[5] }
	require.False(t, answer().Done())
	s.Press("2", "3", "1", "enter")
	require.Equal(t, []string{model.None}, answer().Answer.Choices, "nothing else goes with it")
	s.Press("esc", "2", "G", "enter", "2", "enter")
	require.Equal(t, []string{model.CoreHurt}, answer().Answer.Choices)
}

func TestEveryQuestionIsSkippedByTheSameKey(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("a")
	for _, title := range []string{"Question 1", "Question 2", "Question 3", "Question 4", "Question 5", "Question 6"} {
		s.has(title, "tab skip")
		if title != "Question 1" && title != "Question 3" { // there, enter takes the selected choice
			s.Press("enter").has(title, "tab skips.")
		}
		s.Press("tab")
	}
	n, _ := s.view().Assessed()
	require.Zero(t, n)
}

func TestARefusalKeepsTheMenuOpenAndIsSaidInIt(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "1", "s", "1")
	s.has("Severity of", "The severity is SEV1 already").Press("2")
	s.has("from SEV1 to SEV2?").Press("enter")
	require.NotContains(t, s.Text(), "Severity of")
	s.Press("t", "f", "t", "f").has("Status of", "already").Press("m")
	require.Equal(t, model.Mitigated, s.view().Status.Value)
	require.NotContains(t, s.Text(), "Status of")
}

// fire feeds an alert in, as ana's machine does for the monitoring.
func (s *stage) fire(name string) *stage {
	s.t.Helper()
	feed(s.t, s.room, name)
	s.WaitIdle()
	return s
}

func feed(t testing.TB, room *modeltest.Room, name string) model.Scope {
	t.Helper()
	got, err := room.Do(t.Context(), model.Actor{Person: room.Me(), Via: model.DoorAlert}, model.Scope{}, model.ReceiveAlerts{
		Group: model.Hash{7}, Title: name, Signals: []model.AlertSignal{{Fingerprint: "f1", Firing: true, Starts: room.Now().UnixNano(), Text: `{"labels":{"alertname":"DiskFull"}}`}},
	})
	require.NoError(t, err)
	return got.Incident
}

func TestWhatAlertsDidIsByMonitoringWhoeverFedThemIn(t *testing.T) {
	t.Parallel()
	s := open(t, setting{width: 120, height: 40}).fire("DiskFull")
	s.Press("1", "g", "enter", "4", "g")
	for _, row := range strings.Split(s.Text(), "\n") {
		if strings.Contains(row, "opened:") || strings.Contains(row, "firing") {
			require.NotContains(t, row, " ana ")
		}
	}
	s.Press("enter").has("By", "monitoring")
	require.NotContains(t, s.Text(), " ana ")
}

func TestAnIncidentThatAlertsOpenIsAToastWithItsKey(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).fire("DiskFull")
	s.has("New incident " + s.room.Overview().Rows[0].ID.Key())
}

func TestTheListSaysWhatIsOutOfSight(t *testing.T) {
	t.Parallel()
	s := open(t, setting{})
	for n := range 9 {
		s.new(fmt.Sprintf("Number %d", n))
	}
	s.Press("2").has("↓")
	s.Press("1", "g").has("↓3").Press("G").has("↑3")
	require.NotContains(t, s.Text(), "↓3")
}

func TestAConsoleBeginsWithWhatLastsAndNeedsSomebody(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("t", "r", "y", "q")
	require.NoError(t, s.WaitEnd())
	start := s.kept()
	again := open(t, setting{room: s.room, start: start})
	require.Contains(t, again.Row(0), "Checkout", "with nothing that lasts, where it was left")
	again.Screen.Press("q")
	s.room.Must(model.Scope{}, model.OpenIncident{Title: "Mail delays"})
	require.Contains(t, open(t, setting{room: s.room, start: start}).Row(0), "Mail delays")
}

func TestAfterARestartTheKeysAreThePanes(t *testing.T) {
	t.Parallel()
	room := modeltest.New("ana", 1)
	s := opened(t, setting{room: room}).Press("i").Type("half a th")
	s.Screen.Press("ctrl+c")
	s.Screen.Press("ctrl+c")
	require.NoError(t, s.WaitEnd())
	again := open(t, setting{room: room, start: s.kept()})
	again.has("half a th", "unsent: i goes on").Press("s", "1")
	require.Equal(t, model.SEV1, again.view().Severity.Value)
	again.Press("i").Type("ought").Press("enter")
	require.Equal(t, "half a thought", again.last().Text)
}

func TestACopiedLineSaysThatItWasStruck(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).write("wrong window").Press("4", "G", "D", "y", "y")
	require.Contains(t, s.clip(), "struck: wrong window")
}

func (s *stage) clip() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copied
}

func TestAnUpdateIsRecordedAndItsTextCopiedToBeSent(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("p", "c", "i").Type("We look into it.").Press("enter")
	s.has("Draft for customers").Press("p").has("things speak against it", "does not say when the next update comes")
	s.Press("y").has("not sent anywhere: y copies")
	require.Equal(t, "We look into it.", s.clip())
	s.Press("y")
	require.Equal(t, "We look into it.", s.clip())
	s.Press("y")
	require.NotEqual(t, "We look into it.", s.clip(), "the sentence is gone: y copies the row again")
}

func TestUndoNamesWhatItUndid(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("s", "2", "s", "1", "u")
	s.has("Undone: severity SEV2 → SEV1. U does it again.").Press("U")
	s.has("Done again: severity SEV2 → SEV1.").Press("u", "u")
	s.has("Undone: severity SEV2.")
}

func TestOnesOwnActBringsTheLogToItsEnd(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).write("one").write("two").write("three").Press("4", "g")
	bob := s.room.As("bob")
	_, err := s.room.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorShell}, s.view().ID, model.Write{Text: "rolled back"})
	require.NoError(t, err)
	s.WaitIdle()
	s.has("1 new ↓ (G)").Press("1").has("1 new ↓ (4 G)")
	require.NotEmpty(t, s.console.State().Line, "who reads further up is left there")
	s.Press("s", "2")
	require.Empty(t, s.console.State().Line)
	s.Press("4", "g", "1", "u")
	require.Empty(t, s.console.State().Line)
}

func TestAKeyThatNamesNothingLeavesThePaletteAsItIs(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).new("Mail delays")
	rows := s.room.Overview().Rows
	first := strings.ToLower(rows[1].ID.Key())
	s.Press(":").Type("goto "+first[:3]).Press("enter").has("is not the key of an incident", "goto "+first[:3])
	require.NotContains(t, s.Text(), "warroom list")
	s.Type(first[3:4]).Press("enter")
	require.NotContains(t, s.Text(), "Commands")
	require.Contains(t, s.Row(0), rows[1].Title)
	s.Press(":").Type("sev 9").Press("enter").has("sev 9", "There is no severity 9")
}

func TestMomentsStandInTheOrderOfTimeWithTheirZone(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40}).Press("t", "f")
	s.room.Must(s.view().ID, model.SetMoment{Moment: model.ImpactStarted, At: model.When{At: s.room.Now().Add(-time.Hour)}})
	s.WaitIdle()
	last := ""
	seen := 0
	for _, row := range strings.Split(s.Press("m").Text(), "\n") {
		if i := strings.Index(row, " UTC"); i >= 19 && strings.Contains(row, "2026-") {
			require.LessOrEqual(t, last, row[i-19:i])
			last = row[i-19 : i]
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 3)
}

func TestTheLinkFormSaysTheKinds(t *testing.T) {
	t.Parallel()
	opened(t, setting{}).Press("L", "a").has("may stand first", "dashboard, other")
}

func TestWhileALayerIsOpenTheFooterShowsItsKeys(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("t")
	require.Contains(t, s.Row(23), "q close")
	require.NotContains(t, s.Row(23), "n new")
	s.Press("r")
	require.Contains(t, s.Row(23), "y Resolve it")
	require.Contains(t, s.Press("n").Row(23), "n new")
}

func TestThePhasesStayWhereTheyAreWhileTheStepsChange(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{})
	at := strings.Index(s.Row(1), "Reso")
	require.Positive(t, at)
	for _, key := range []string{"r i", "s 1", "t f", "t m"} {
		s.Press(strings.Fields(key)...)
		require.Contains(t, s.Row(1), "Dete")
		require.Contains(t, s.Row(1), "Reso")
		require.NotContains(t, s.Row(1), "Resol")
	}
}

func TestAnEmptyTextSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := open(t, setting{}).Press("n", "enter").has("New incident", "Type something first.").Type("x")
	require.NotContains(t, s.Text(), "Type something first.")
}
