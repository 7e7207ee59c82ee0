package tui_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/tui"
)

// managing is a stage whose person manages a SEV1 incident.
func managing(t *testing.T, with setting) *stage {
	t.Helper()
	if with.width == 0 {
		with.width, with.height = 120, 40
	}
	return opened(t, with).Press("s", "1", "r", "i", "enter")
}

// clockIn is a time of day as updates have it.
func (s *stage) clockIn(d time.Duration) string { return s.room.Now().Add(d).Format("15:04 MST") }

func (s *stage) customers() model.Desk { return s.view().Drafts[model.ToCustomers] }

func TestAnUpdateGoesFromTheTemplateThroughTheCheckAndTheApprovalToTheCustomers(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	s.Press("p").has("customers", "the team", "executives", "in 19m")
	s.Press("c", "i").has("We are investigating a problem", "Next update at "+s.clockIn(20*time.Minute), "is still to be filled in")
	s.Type("On Monday, " + s.room.Now().Format("2 January") + " payments fail.")
	s.has("That day is a "+s.room.Now().Weekday().String(), "does not say when the next update comes")
	s.Press("enter").has("Draft for customers", "Not approved: ana approves")
	require.Equal(t, model.Investigating, s.customers().Draft.State, "warnings block no saving")

	s.Press("p").has("things speak against it", "has not approved", "That day is a", "next update").Press("enter")
	require.Empty(t, s.view().Updates, "the safe answer")
	s.Press("e", "ctrl+u").Type("Since " + s.clockIn(0) + " payments fail. Next update at " + s.clockIn(20*time.Minute) + ".")
	require.NotContains(t, s.Text(), "⚠")
	s.Press("enter", "a").has("Approved by ana")
	s.Press("p").has("Record this as sent to the customers").Press("y")
	u := s.view().Updates
	require.Len(t, u, 1)
	require.Equal(t, u[0].Text, s.clip(), "it is copied")
	require.Nil(t, s.customers().Draft)
	require.Empty(t, s.say.Faults(), "every sentence is in the catalogue")
}

func TestOverdueTurnsForEachAudience(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	s.wait(21 * time.Minute)
	s.Press("p")
	s.has("overdue since", "executives", "in 8m")
	s.Press("q", "!") // the overdue one comes first
	s.has("Update to customers")
}

func TestAFactThatChangedAfterTheApprovalIsShownAndAskedAbout(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	s.Press("p", "c", "i").Type("Payments fail. Next update at "+s.clockIn(20*time.Minute)+".").Press("enter", "a").has("Approved by ana")
	s.Press("q", "s", "2", "y", "p", "c")
	s.has("Approved by ana", "the severity changed since it was approved: SEV1, now SEV2")
	s.Press("p").has("One thing speaks against it").Press("n")
	require.Empty(t, s.view().Updates)
	s.Press("a")
	require.NotContains(t, s.Text(), "changed since")
	s.Press("p").has("Record this as sent").Press("y")
	require.Len(t, s.view().Updates, 1)
}

func TestOnlyTheIncidentManagerApproves(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{width: 120, height: 40}).Press("r", "i").Type("bob").Press("enter")
	s.Press("p", "i", "i").Type("We look.").Press("enter").has("Not approved: bob approves")
	s.Press("a").has("The incident manager approves updates", "Ask bob")
	require.Nil(t, s.view().Drafts[model.ToTeam].Draft.Approved)
}

func TestTwoWhoEditOneDraftAreShownAndOneIsChosen(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	bob := s.room.As("bob")
	s.Press("p", "c", "i").Type("ours").Press("enter", "e", "ctrl+u")
	first := s.customers().Draft.Ref
	_, err := s.room.Do(t.Context(), model.Actor{Person: bob, Via: model.DoorShell}, s.view().ID,
		model.SaveDraft{Audience: model.ToCustomers, State: model.Identified, Text: "bob's", Seen: []model.Ref{first}})
	require.NoError(t, err)
	s.seen()
	s.Type("ana's").Press("enter").has("≠ bob wrote at once: bob's")
	s.Press("a").has("Two people wrote the draft for customers at once")
	s.Press("x").has("Settle the draft for customers", "ana's", "bob's").Press("j", "enter")
	k := s.customers()
	require.False(t, k.Conflict())
	require.Equal(t, "bob's", k.Draft.Text)
	s.has("bob's")
}

func TestACorrectionGoesThroughTheDeskToo(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	s.room.Must(s.view().ID, model.PostUpdate{Audience: model.ToTeam, State: model.Identified, Text: "Down since 14:00 UTC. Next update in an hour."})
	s.seen()
	s.Press("p", "i").has("Last: Down since 14:00").Press("c").has("Correction of the last update")
	s.Press("ctrl+u").Type("Down since 13:00 UTC. Next update in an hour.").Press("enter").has("Correction of").Press("a", "p")
	u := s.view().Updates
	require.Len(t, u, 2, s.Text())
	require.Equal(t, u[0].By.Ref, u[1].Corrects)
	require.Equal(t, "Down since 14:00 UTC. Next update in an hour.", u[0].Text)
}

func TestADraftIsWrittenInTheReadersOwnEditor(t *testing.T) {
	t.Parallel()
	given := ""
	s := managing(t, setting{with: func(o *tui.Options) {
		o.Edit = func(text string, done func(string, error) tea.Msg) tea.Cmd {
			given = text
			return func() tea.Msg { return done("from the editor\x1b[2J\n", nil) }
		}
	}})
	s.Press("p", "c", "i", "ctrl+e").has("from the editor", "next update").Press("enter")
	require.Contains(t, given, "We are investigating")
	require.Equal(t, "from the editor", s.customers().Draft.Text)
}

// handing runs nothing: it keeps what it was given.
func handing(got *tui.Handout, exit int32, err error) tui.Hander {
	return func(_ context.Context, h tui.Handout) (model.Write, error) {
		*got = h
		return model.Write{Text: "post-update\nsorry\nno such page", Run: &model.CommandRun{Exit: exit, Lines: 2}}, err
	}
}

func TestWhatIsPublishedIsHandedToTheCommandOfTheConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		exit int32
		err  error
		says string
	}{
		"done":    {says: "The command of on-update has it"},
		"failed":  {exit: 3, says: "ended with 3: no such page"},
		"missing": {err: errors.New("no such file"), says: "could not be run: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got tui.Handout
			s := managing(t, setting{with: func(o *tui.Options) { o.OnUpdate = handing(&got, c.exit, c.err) }})
			s.Press("p", "x", "i").Type("SEV1: payments. Next update at "+s.clockIn(20*time.Minute)+".").Press("enter", "a", "p")
			s.has(c.says)
			require.Equal(t, "executives", got.Values["{audience}"])
			require.Equal(t, "investigating", got.Values["{state}"])
			require.Equal(t, s.view().Updates[0].Text, got.Input)
			require.Equal(t, model.ByCommand, s.view().Updates[0].How)
			if c.err == nil {
				require.Equal(t, c.exit, s.last().Rec.Body.(*model.EntryAdd).Run.Exit, "its output is kept in the log")
			}
		})
	}
}

// A question that says what the key does: the text leaves the room by a command.
func TestBeforeACommandPublishesToCustomersItsNameIsSaid(t *testing.T) {
	t.Parallel()
	for command, name := range map[string]string{"update-out": "update-out", "": "on-update", "a\x1b[2Jb": "ab"} {
		var got tui.Handout
		s := managing(t, setting{with: func(o *tui.Options) { o.OnUpdate, o.UpdateCommand = handing(&got, 0, nil), command }})
		s.Press("p", "c", "i").Type("Payments fail. Next update at "+s.clockIn(20*time.Minute)+".").Press("enter", "a", "p")
		s.has("Publish to the customers of ", "? The text goes to "+name+".", "Publish")
		require.Empty(t, got.Input)
		s.Press("y").has("The command of on-update has it")
		require.NotEmpty(t, got.Input)
	}
}

func TestTheTopicLineIsHandedToTheCommandOfTheConfig(t *testing.T) {
	t.Parallel()
	var got tui.Handout
	s := managing(t, setting{with: func(o *tui.Options) { o.OnTopic = handing(&got, 0, nil) }})
	s.room.Must(s.view().ID, model.AddLink{Kind: model.ChatLink, URL: "https://chat.example/1"})
	s.seen()
	s.Press("Y")
	require.Equal(t, "https://chat.example/1", got.Values["{channel}"])
	require.Contains(t, got.Values["{topic}"], "Checkout 5xx in eu-west")
	require.Equal(t, s.clip(), got.Values["{topic}"])
}

func TestOneKeyMakesTheLinksOfTheTemplates(t *testing.T) {
	t.Parallel()
	s := opened(t, setting{}).Press("L", "m").has("no templates of links")
	s.room.Must(model.Scope{}, model.SetLinkTemplate{Kind: model.VideoLink, URL: "https://meet.example/{key}"})
	s.room.Must(model.Scope{}, model.SetLinkTemplate{Kind: model.ChatLink, URL: "https://chat.example/{title}"})
	s.seen()
	s.Press("m").has("https://chat.example/checkout-5xx-in-eu-west", "https://meet.example/")
	require.Len(t, s.view().Links, 2)
	s.Press("m")
	require.Len(t, s.view().Links, 2)
}

// written is the crowded room with a draft that has something of everything.
func written(t *testing.T) *modeltest.Room {
	room := crowded(t)
	id := room.Overview().Rows[0].ID
	for _, r := range room.Overview().Rows {
		if len(r.Title) > 8 && r.Title[:8] == "Checkout" {
			id = r.ID
		}
	}
	ref := room.Must(id, model.SaveDraft{Audience: model.ToCustomers, State: model.Identified,
		Text: "Since Monday, 5 March payments fail: db-1.eu-west.\nIt will be fixed by 15:00.\n結帳失敗 \x1b[2J"}).Refs[0]
	room.Must(id, model.ApproveDraft{Draft: ref})
	room.Must(id, model.SetStatus{Status: model.Mitigated})
	return room
}

func TestGoldenDesk(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"desk":          {"p", "c"},
		"desk-menu":     {"p"},
		"desk-write":    {"p", "i", "d"},
		"desk-edit":     {"p", "c", "e"},
		"desk-ask":      {"p", "c", "p"},
		"desk-audience": {"p", "x"},
	} {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				s := open(t, setting{width: size[0], height: size[1], room: written(t)}).showing()
				s.Press(keys...).same(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
				require.Empty(t, s.say.Faults())
			})
		}
	}
	t.Run("ascii", func(t *testing.T) {
		t.Parallel()
		open(t, setting{room: written(t), ascii: true}).showing().Press("p", "c").same(t, "desk-80x24-ascii")
	})
	const long = "Since Tuesday 30 November 08:20 UTC payments fail. Fixed by 09:00 UTC, db-eu-1.internal is restarted. " +
		"支払いが失敗しています。原因を調べています。 We are sorry. Next update at 08:45 UTC."
	for _, size := range [][2]int{{80, 24}, {60, 20}} {
		t.Run(fmt.Sprintf("long-%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			s := open(t, setting{room: written(t), width: size[0], height: size[1]}).showing()
			s.Press("p", "c", "e", "ctrl+u", "backspace", "ctrl+u", "backspace", "ctrl+u").Type(long).same(t, fmt.Sprintf("desk-long-%dx%d", size[0], size[1]))
			s.Type(" "+long+" "+long).Press("up", "up", "up", "up").same(t, fmt.Sprintf("desk-scrolled-%dx%d", size[0], size[1]))
			s.Press("enter")
			require.Equal(t, long+" "+long+" "+long, s.customers().Draft.Text, "no break is added")
		})
	}
	t.Run("small", func(t *testing.T) {
		t.Parallel()
		open(t, setting{room: written(t), width: 40, height: 12}).showing().Press("p", "c", "e").same(t, "desk-edit-40x12")
	})
}

// What was asked about is what goes out: a fact that changes while the question stands
// keeps the update in.
func TestADraftThatSomebodyOvertookWhileItWasAskedAboutStaysIn(t *testing.T) {
	t.Parallel()
	s := managing(t, setting{})
	s.Press("p", "c", "i").Type("Payments fail. Next update at "+s.clockIn(20*time.Minute)+".").Press("enter", "a", "p")
	s.has("Record this as sent to the customers")
	s.room.Must(s.view().ID, model.SetStatus{Status: model.Fixing})
	s.Press("y").has("Something changed since this was approved")
	require.Empty(t, s.view().Updates)
}
