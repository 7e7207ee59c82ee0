package tui_test

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/modeltest"
	"warroom/model/report"
	"warroom/sync/pager"
	"warroom/tui"
	"warroom/tui/clean"
)

// chair is the place of somebody else than the founder in a room in memory.
type chair struct {
	*modeltest.Room
	who model.Actor
}

func (c *chair) Who() model.Actor { return c.who }

func (c *chair) Tell(model.Scope, bool, bool) {}

func (c *chair) Overview() *model.Overview {
	over := c.Room.Overview()
	over.Me, over.Access = c.who.Person, model.Responder
	return over
}

var _ model.Seat = (*chair)(nil)

// sitDown gives somebody a console of their own in the same room.
func sitDown(t *testing.T, room *modeltest.Room, name string) *stage {
	t.Helper()
	at := &chair{room, model.Actor{Person: room.As(name), Via: model.DoorSSH}}
	s := open(t, setting{width: 120, height: 40, room: room, as: at, with: func(o *tui.Options) { o.Who, o.Book = at.who, rotasOf }})
	s.wait(time.Second)
	return s
}

// pagedRoom is a room in memory with the pager of its process.
type pagedRoom struct {
	*modeltest.Room
	content model.LogID
}

func (r *pagedRoom) Writes() (content, membership model.LogID) { return r.content, model.LogID{} }

func (r *pagedRoom) SetPages([]model.PageCall, bool) {} // the room in memory knows them itself

// carrier takes every page.
type carrier struct{}

func (carrier) Send(context.Context, pager.Page) (string, error) { return "queued", nil }

// runPager runs a room's pager until the test ends.
func runPager(t *testing.T, room *modeltest.Room, id model.Scope) {
	t.Helper()
	v, err := room.Incident(t.Context(), id)
	require.NoError(t, err)
	ctx, end := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		pager.Run(ctx, pager.Options{
			Room: &pagedRoom{room, v.Lines[0].Rec.Ref.Log}, Transport: func() pager.Transport { return carrier{} }, Book: rotasOf, Now: room.Now, Log: slog.New(slog.DiscardHandler),
			Say: func(p model.Phrase) string { return p.Key }, Clean: func(s string) string { return s },
		})
	}()
	t.Cleanup(func() { end(); <-done })
}

// rail says how far a phase is.
func (s *stage) rail(want map[model.PhaseID]model.Progress) {
	s.t.Helper()
	for _, p := range s.view().Phases(s.room.Now().UnixMilli()) {
		if progress, ok := want[p.Phase]; ok {
			require.Equal(s.t, progress, p.Progress, string(p.Phase))
		}
	}
}

// publish writes what goes to the customers, has it approved by who sits here, and
// publishes it.
func (s *stage) publish(state, text string) *stage {
	s.t.Helper()
	before := len(s.view().Updates)
	s.Press("p", "c", state).Type(text)
	require.NotContains(s.t, s.Text(), "⚠")
	s.Press("enter").Press("a").has("Approved by").Press("p").has("Record this as sent to the customers").Press("y")
	require.Len(s.t, s.view().Updates, before+1)
	return s
}

// fill writes a text in the place of a line of the draft that is open, so many above the
// last one, and has the draft approved by who sits here.
func (s *stage) fill(above int, text string) *stage {
	s.t.Helper()
	for range above {
		s.Press("up")
	}
	s.Press("end", "ctrl+u").Type(text)
	require.NotContains(s.t, s.Text(), "⚠")
	return s.Press("enter", "a").has("Approved by")
}

// The practice outage: all seven phases, by keys alone, at the consoles of ana, of bob,
// who takes over, and of cleo, who is paged. The pager is the real one: its minutes are
// those of the bubble, all that is written has the time of the room. The reports of the
// incident are the examples in docs/examples.
func TestGoldenReportsOfAPracticeOutageThatIsRunByKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, practiceOutage)
}

func practiceOutage(t *testing.T) {
	room := modeltest.New("ana", 1)
	room.Pager = true
	bob, cleo := room.As("bob"), room.As("cleo")
	phone := "+49 30 1234567"
	room.Must(model.Scope{}, model.SetContact{Person: bob, Phone: &phone})
	room.Must(model.Scope{}, model.SetRota{Text: "night"})
	room.Must(model.Scope{}, model.SetLinkTemplate{Kind: model.ChatLink, URL: "https://chat.example/{key}"})
	room.Must(model.Scope{}, model.SetLinkTemplate{Kind: model.VideoLink, URL: "https://meet.example/{key}"})

	ana := open(t, setting{width: 120, height: 40, room: room, with: func(o *tui.Options) { o.Book = rotasOf }})
	// Detect.
	ana.new("Checkout 5xx in eu-west").Press("r", "i", "enter")
	ana.rail(map[model.PhaseID]model.Progress{model.PhaseDetect: model.Done, model.PhaseResolve: model.Todo})
	// Channels: one key makes both.
	ana.Press("L", "m").has("https://chat.example/", "https://meet.example/").Press("q")
	require.Len(t, ana.view().Links, 2)
	ana.rail(map[model.PhaseID]model.Progress{model.PhaseChannels: model.Done})
	// Assess.
	ana.wait(time.Minute)
	ana.Press("a").has("Question 1 of 6").Press("1").Type("\"payment failed\" on the last page").Press("enter").has("Question 3 of 6")
	ana.Press("1").Type("09:48").Press("enter").Type("17").Press("enter").has("Question 6 of 6").Press("2", "space").Press("space", "enter")
	ana.has("The answers say SEV1", "Apply SEV1").Press("y")
	require.Equal(t, model.SEV1, ana.view().Severity.Value)
	ana.rail(map[model.PhaseID]model.Progress{model.PhaseAssess: model.Done})
	// Customers: what the check refuses is mended, approved and published.
	ana.wait(2 * time.Minute)
	ana.Press("p", "c", "i").has("We are investigating a problem")
	ana.Type("Since Monday, 5 March 09:48 UTC payments fail in eu-west.").has("That day is a Thursday", "does not say when the next update comes")
	ana.Press("enter", "p").has("things speak against it", "has not approved").Press("enter")
	require.Empty(t, ana.view().Updates, "the safe answer")
	ana.Press("e", "ctrl+u").Type("Since 09:48 UTC payments fail in eu-west. We are looking for the cause. Next update at " + ana.clockIn(15*time.Minute) + ".")
	require.NotContains(t, ana.Text(), "⚠")
	ana.Press("enter", "a").has("Approved by ana").Press("p").has("Record this as sent to the customers").Press("y")
	require.Len(t, ana.view().Updates, 1)
	runPager(t, room, ana.view().ID)
	// Escalate: bob does not answer in time, cleo comes.
	ana.Press("e").has("policy night").Type("night").Press("enter").has("It goes to: bob.").Press("enter")
	synctest.Wait()
	ana.seen()
	ana.has("page to bob sent: queued")
	ana.wait(5 * time.Minute)
	time.Sleep(5*time.Minute + 2*time.Second) // in the bubble: no time at all
	synctest.Wait()
	ana.seen()
	ana.has("bob did not answer the page in time", "pages cleo", "page to cleo sent: queued")
	atCleo := sitDown(t, room, "cleo")
	atCleo.has("ana pages you: INC-").Press("y").has("They know that you come.")
	ana.seen()
	require.True(t, ana.view().Pages[0].Over())
	ana.has("acknowledges the page")
	ana.rail(map[model.PhaseID]model.Progress{model.PhaseEscalate: model.Done})
	// Delegate: bob is there by now.
	ana.wait(time.Minute)
	atBob := sitDown(t, room, "bob")
	require.NotContains(t, atBob.Text(), "pages you")
	ana.seen()
	ana.Press("r", "t").Type("bob").Press("enter")
	ana.Press("B").has("No task yet").Press("a").Type("cleo").Press("enter").Type("compare api v412 with v411").Press("tab", "enter")
	ana.Press("tab", "tab", "a").Type("api v412 opens a connection per request").Press("enter").has("connection per request").Press("q")
	atBob.seen()
	atBob.wait(time.Minute)
	atBob.Press("B", "tab", "a").Type("roll back api v412").Press("enter").has("proposed").Press("q")
	atCleo.seen()
	atCleo.wait(3 * time.Minute)
	atCleo.Press("B").has("api v412").Press("t").has("taken").Press("d").has("done").Press("q")
	ana.seen()
	ana.Press("B", "tab", "y").Type("v411 is known to work").Press("enter").has("agreed")
	ana.Press("tab", "c").has("confirmed: why?").Type("4000 connections, 200 yesterday").Press("enter").has("confirmed: 4000").Press("q")
	// The incident manager hands over.
	ana.Press("o").has("Who takes Incident manager over?").Type("bob").Press("enter").has("the brief").Press("ctrl+o").Type("The bank knows.").Press("enter").has("Offered to bob")
	atBob.seen()
	atBob.wait(2 * time.Second)
	atBob.has("ana offers you Incident manager", "The bank knows.").Press("y")
	require.Equal(t, []model.PersonID{bob}, managers(atBob.view()))
	ana.seen()
	ana.has("accepts Incident manager from ana").Press("r", "c", "enter").Press("r", "s").Type("dora").Press("enter")
	atCleo.seen()
	atCleo.Press("r", "t", "enter")
	require.Equal(t, cleo, ana.view().Holders(model.TechLead)[0].Person)
	ana.seen()
	ana.rail(map[model.PhaseID]model.Progress{model.PhaseDelegate: model.Done})
	atBob.seen()
	// Resolve.
	atBob.wait(time.Minute)
	atBob.publish("d", "The cause is known: the last change to our checkout. We are taking it back. Next update at "+atBob.clockIn(20*time.Minute)+".")
	atBob.Press("t", "f")
	atBob.write("rolled back api v412 to v411").Press("4", "G", "*")
	atBob.wait(6 * time.Minute)
	atBob.Press("t", "m")
	atBob.Press("B", "tab", "tab", "tab", "a").Type("alert on connections per request").Press("enter").has("no owner").Press("q")
	atBob.wait(12 * time.Minute)
	atBob.Press("t", "r").has("Not yet so:", "what customers see").Press("n")
	require.Equal(t, model.Mitigated, atBob.view().Status.Value)
	mended := atBob.clockIn(-12 * time.Minute)
	atBob.Press("2", "g", "j", "enter", "ctrl+u").Type("nothing since " + mended + ": payments work").Press("enter")
	atBob.Press("t", "r").has("people hold roles", "Then comes the last update: to customers")
	require.NotContains(t, atBob.Text(), "Not yet so")
	atBob.Press("y")
	require.Equal(t, model.Resolved, atBob.view().Status.Value)
	// The last updates: the draft opens by itself, filled from the state, for one audience
	// after the other.
	atBob.rests().has("Last update to customers", "It began at 09:48 UTC and was over at "+mended, "[what became of data] is still to be filled in")
	atBob.rail(map[model.PhaseID]model.Progress{model.PhaseCustomers: model.Active, model.PhaseResolve: model.Active})
	atBob.fill(0, "No data was lost or exposed. We are sorry for the trouble.").Press("p").has("Record this as sent to the customers").Press("y")
	atBob.rests().has("Last update to the team", "[what is left to do] is still to be filled in")
	atBob.fill(1, "It began at 09:48 UTC. Follow-ups: an alert on connections per request.").Press("p").rests().has("Last update to executives")
	atBob.Press("esc").has("Still to be told: executives")
	atBob.Press("p", "x").has("none needed").Press("n")
	require.Empty(t, atBob.view().Untold())
	// What comes next is the review.
	atBob.has("next: 1 follow-up has no owner", "Next is the review").Press(":").Type("next").Press("enter").has("alert on connections per request")
	atBob.Press("w").Type("cleo").Press("enter", "u", "enter").has("2026-03-19").Press("q")
	atBob.has("next: review, export, close")
	ana.seen()
	for _, p := range ana.view().Phases(room.Now().UnixMilli()) {
		require.Equal(t, model.Done, p.Progress, string(p.Phase))
	}

	for _, s := range []*stage{ana, atBob, atCleo} {
		require.Empty(t, s.say.Faults(), "every sentence is in the catalogue")
	}
	ana.examples(t, "practice")
}

// examples compares the reports of the incident with those in docs/examples; -update
// writes them.
func (s *stage) examples(t *testing.T, name string) {
	t.Helper()
	o := report.Options{
		Say: s.say.Say, Name: s.room.Overview().People.Name, Key: model.Scope.Key, Took: s.say.Duration, Lines: clean.Block,
		Zone: time.UTC, Now: s.room.Now(),
	}
	asJSON, err := report.JSON(s.view(), o)
	require.NoError(t, err)
	require.NotContains(t, string(asJSON), "unknown.", "every act has a name")
	require.NotContains(t, string(report.Markdown(s.view(), o)), "|  |", "no cell is blank")
	for file, got := range map[string][]byte{name + ".md": report.Markdown(s.view(), o), name + ".json": append(asJSON, '\n')} {
		path := filepath.Join("..", "docs", "examples", file)
		if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, got, 0o644))
			continue
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "write it anew: make golden")
	}
}
