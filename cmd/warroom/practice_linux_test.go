package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/report"
	"warroom/storage"
	"warroom/sync/room"
	"warroom/themes"
	"warroom/tui"
	"warroom/tui/lang"
	"warroom/tui/screen"
)

// The practice outage over what is real: a store on the disk, the room, the pager, the
// commands of the config, and the consoles of three people on virtual screens. Time is
// that of a bubble, so that minutes of waiting take none.

// outage is a room in which a practice outage is run.
type outage struct {
	t    *testing.T
	w    *world
	app  *app
	room *room.Room
	out  string // where the commands of the config leave what they got
	stop func() // ends the pager
	// off is how far this machine's clock on the wall is off.
	off   atomic.Int64
	seats []*desk
}

// desk is somebody's console in the room.
type desk struct {
	*screen.Screen
	o       *outage
	who     model.PersonID
	console *tui.Console
	say     *lang.Printer
}

// nightPolicy has bob on call in the week of the test, and cleo come after him.
const nightPolicy = `[rota.web]
zone = "Europe/Brussels"
handover = "Monday 09:00"
start = 2026-03-02
people = ["bob", "cleo"]

[policy.night]
[[policy.night.step]]
who = ["rota web"]
wait = "1m"
[[policy.night.step]]
who = ["person cleo"]
wait = "2m"
`

// handsOutTo has the config hand what it can to scripts, each of which keeps its
// arguments and its input in a file of its own, in order of the calls.
func (w *world) handsOutTo() (out string) {
	w.t.Helper()
	out = w.t.TempDir()
	config := filepath.Join(w.home, ".config", "warroom")
	require.NoError(w.t, os.MkdirAll(config, 0o700))
	var text strings.Builder
	for name, args := range map[string]string{
		"on-page":   `"{person}", "{contact}", "{key}", "{severity}", "{title}"`,
		"on-topic":  `"{channel}", "{topic}"`,
		"on-update": `"{audience}", "{state}", "{incident}"`,
	} {
		file := filepath.Join(w.t.TempDir(), name)
		script := "#!/bin/sh\nn=$(ls " + out + " | grep -c '^" + name + "')\n" +
			`{ for a in "$@"; do printf '%s\n' "$a"; done; printf -- '--\n'; cat; } > ` + out + "/" + name + ".$n\nprintf '\\033[31mtaken\\007\\n'\n"
		require.NoError(w.t, os.WriteFile(file, []byte(script), 0o755))
		text.WriteString(name + ` = ["` + file + `", ` + args + "]\n")
	}
	require.NoError(w.t, os.WriteFile(filepath.Join(config, "config.toml"), []byte(text.String()), 0o600))
	return out
}

// handed is what the n-th call of a command got: its arguments and its input.
func (o *outage) handed(name string, n int) (args []string, input string) {
	o.t.Helper()
	raw, err := os.ReadFile(filepath.Join(o.out, name+"."+string(rune('0'+n))))
	require.NoError(o.t, err)
	head, input, _ := strings.Cut(string(raw), "--\n")
	return strings.Split(strings.TrimSuffix(head, "\n"), "\n"), input
}

// now is the clock on the wall, which somebody may set.
func (o *outage) now() time.Time { return time.Now().Add(time.Duration(o.off.Load())) }

// sets sets it by so much.
func (o *outage) sets(by time.Duration) { o.off.Add(int64(by)) }

// opens opens the room in the home's store and sees to its pages, as a room process does.
func (o *outage) opens() {
	o.t.Helper()
	o.app = newApp(Main{Now: o.now}, strings.NewReader(""), io.Discard, io.Discard, o.w.env)
	require.NoError(o.t, o.app.badConfig)
	store, err := storage.Open(o.w.store(), storage.Options{})
	require.NoError(o.t, err)
	o.room, err = room.Open(o.t.Context(), room.Options{Store: store, Dir: o.w.store(), Name: "ana", Now: o.now})
	require.NoError(o.t, err)
	o.stop = o.app.pagingHere(o.t.Context(), o.room, o.app.transport)
	r, stop := o.room, o.stop
	o.t.Cleanup(func() { // of a test that failed in between
		if o.room == r {
			stop()
			_ = r.Close()
		}
	})
}

func (o *outage) must(c model.Command) {
	o.t.Helper()
	_, err := o.room.Do(o.t.Context(), model.Actor{Person: o.room.Me(), Via: model.DoorShell}, model.Scope{}, c)
	require.NoError(o.t, err)
}

// admits makes somebody a member.
func (o *outage) admits(name string) model.PersonID {
	o.t.Helper()
	o.must(model.AdmitMember{Name: name, Access: model.Responder})
	id, err := o.room.Overview().People.Find(name)
	require.NoError(o.t, err)
	return id
}

// sits opens somebody's console, as the room process does for who comes in.
func (o *outage) sits(who model.PersonID, via model.Door) *desk {
	o.t.Helper()
	seat, err := o.room.Enter(room.Entry{Person: who, Via: via, Console: true, Keeper: who == o.room.Me()})
	require.NoError(o.t, err)
	theme, err := themes.Builtin("default")
	require.NoError(o.t, err)
	names := &tui.Names{}
	d := &desk{o: o, who: who, say: lang.New(lang.Options{Name: names.Person, Key: names.Incident, Zone: time.UTC})}
	d.console = tui.New(tui.Options{
		Room: seat, Who: seat.Who(), Names: names, Say: d.say, Theme: theme, Depth: themes.ANSI16, Now: o.now,
		Book: bookOf, OnUpdate: o.app.hander(onUpdate), UpdateCommand: o.app.updateCommand(), OnTopic: o.app.hander(onTopic), Device: o.room.Device(),
	})
	d.Screen = screen.Start(o.t, d.console, screen.Options{Width: 120, Height: 40, FPS: 10, Settled: func() bool {
		if d.console.Seen() == seat.Overview().Version {
			return true
		}
		time.Sleep(time.Millisecond) // in the bubble, where no time goes by while somebody only asks
		return false
	}})
	o.seats = append(o.seats, d)
	o.t.Cleanup(seat.Close)
	o.t.Cleanup(d.console.Close)
	return d
}

// pass lets time go by, and everybody see what came of it.
func (o *outage) pass(span time.Duration) {
	o.t.Helper()
	time.Sleep(span) // in the bubble
	synctest.Wait()
	for _, d := range o.seats {
		d.WaitIdle()
	}
}

// seen has everybody see what the others did.
func (o *outage) seen() { o.t.Helper(); o.pass(2 * time.Second) }

func (o *outage) view() *model.View {
	o.t.Helper()
	rows := o.room.Overview().Rows
	require.Len(o.t, rows, 1)
	v, err := o.room.Incident(o.t.Context(), rows[0].ID)
	require.NoError(o.t, err)
	return v
}

// done checks that the rail shows phases as done.
func (o *outage) done(phases ...model.PhaseID) {
	o.t.Helper()
	for _, p := range o.view().Phases(time.Now().UnixMilli()) {
		for _, want := range phases {
			if p.Phase == want {
				require.Equal(o.t, model.Done, p.Progress, string(want))
			}
		}
	}
}

// report is the whole incident as a document.
func (o *outage) report() string {
	o.t.Helper()
	say := lang.New(lang.Options{Name: o.room.Overview().People.Name})
	raw, err := report.JSON(o.view(), report.Options{
		Say: say.Say, Name: o.room.Overview().People.Name, Key: model.Scope.Key, Took: say.Duration, Lines: strings.Fields, Zone: time.UTC,
		Now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC),
	})
	require.NoError(o.t, err)
	return string(raw)
}

// closes ends the consoles and closes the room.
func (o *outage) closes() {
	o.t.Helper()
	for _, d := range o.seats {
		require.Empty(o.t, d.say.Faults(), "every sentence is in the catalogue")
		require.NoError(o.t, d.Leave("q"))
		d.console.Close()
	}
	o.seats = nil
	o.stop()
	require.NoError(o.t, o.room.Close())
	o.room = nil
}

func (d *desk) has(texts ...string) *desk {
	d.o.t.Helper()
	for _, text := range texts {
		require.Contains(d.o.t, d.Text(), text)
	}
	return d
}

// drawn lets the console draw what it keeps back so as not to draw too often.
func (d *desk) drawn() *desk {
	d.o.t.Helper()
	time.Sleep(50 * time.Millisecond) // in the bubble
	d.WaitIdle()
	return d
}

func (d *desk) Press(keys ...string) *desk { d.o.t.Helper(); d.Screen.Press(keys...); return d.drawn() }

func (d *desk) Type(text string) *desk { d.o.t.Helper(); d.Screen.Type(text); return d.drawn() }

// in is a time of day as updates have it.
func (o *outage) in(span time.Duration) string { return o.now().UTC().Add(span).Format("15:04 MST") }

// draft is the draft for customers.
func (o *outage) draft() model.Desk { return o.view().Drafts[model.ToCustomers] }

// outageIn runs a part of the test in a bubble, in a home of its own.
func outageIn(t *testing.T, part func(o *outage)) *world {
	w := newWorld(t)
	o := &outage{w: w, out: w.handsOutTo()}
	synctest.Test(t, func(t *testing.T) {
		o.t = t
		t.Cleanup(func() { time.Sleep(time.Hour) })                          // timers of consoles that were ended
		time.Sleep(time.Until(time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC))) // in the bubble
		o.opens()
		part(o)
	})
	return w
}

func TestAPracticeOutageByKeysOverTheRealRoomStoreAndPager(t *testing.T) {
	t.Parallel()
	w := outageIn(t, practise)
	// Another process reads the same store, and proves it.
	require.Contains(t, w.must("verify"), "proved")
	key := strings.Fields(w.must("list", "--all"))[1]
	pages := w.must("page", "-i", key)
	require.Contains(t, pages, "no answer in time")
	require.Contains(t, pages, "comes")
	require.Contains(t, w.must("log", "--list", "-i", key), "rolled back api v412 to v411")
}

func practise(o *outage) {
	t := o.t
	bob, cleo, phone := o.admits("bob"), o.admits("cleo"), "+49 30 1234567"
	o.must(model.SetContact{Person: bob, Phone: &phone})
	o.must(model.SetRota{Text: nightPolicy})
	o.must(model.SetLinkTemplate{Kind: model.ChatLink, URL: "https://chat.example/{key}"})
	o.must(model.SetLinkTemplate{Kind: model.VideoLink, URL: "https://meet.example/{key}"})
	ana := o.sits(o.room.Me(), model.DoorConsole)
	// Detect.
	ana.Press("n").Type("Checkout 5xx in eu-west").Press("enter").has("Checkout 5xx in eu-west").Press("r", "i", "enter")
	key := o.room.Overview().Keys[o.view().ID]
	o.done(model.PhaseDetect)
	// Channels: one key makes both links, another hands the topic to the command.
	ana.Press("L", "m").has("https://chat.example/", "https://meet.example/").Press("q")
	require.Len(t, o.view().Links, 2)
	ana.Press("Y")
	args, input := o.handed("on-topic", 0)
	require.Equal(t, "https://chat.example/"+o.view().ID.Key(), args[0])
	require.Contains(t, args[1], "Checkout 5xx in eu-west")
	require.Equal(t, args[1], input)
	ana.has("on-topic: on-topic")
	require.NotContains(t, o.report(), "\\u001b", "what moves a terminal is not kept")
	o.done(model.PhaseChannels)
	// Assess.
	o.pass(time.Minute)
	ana.Press("a").has("Question 1 of 6").Press("1").Type("\"payment failed\" on the last page").Press("enter").has("Question 3 of 6")
	ana.Press("1").Type("09:48").Press("enter").Type("17").Press("enter").has("Question 6 of 6").Press("2", "space").Press("space", "enter")
	ana.has("The answers say SEV1", "Apply SEV1").Press("y")
	require.Equal(t, model.SEV1, o.view().Severity.Value)
	o.done(model.PhaseAssess)
	// Customers: what the check refuses is mended, approved and published.
	o.pass(2 * time.Minute)
	ana.Press("p", "c", "i").has("We are investigating a problem")
	ana.Type("Since Monday, 5 March 09:48 UTC payments fail in eu-west.").has("That day is a Thursday", "does not say when the next update comes")
	ana.Press("enter", "p").has("things speak against it", "has not approved").Press("enter")
	require.Empty(t, o.view().Updates, "the safe answer")
	first := "Since 09:48 UTC payments fail in eu-west. We are looking for the cause. Next update at " + o.in(15*time.Minute) + "."
	ana.Press("e", "ctrl+u").Type(first)
	require.NotContains(t, ana.Text(), "⚠")
	ana.Press("enter", "a").has("Approved by ana").Press("p").has("Publish to the customers", "The text goes to").Press("y")
	require.Len(t, o.view().Updates, 1)
	args, input = o.handed("on-update", 0)
	require.Equal(t, []string{"customers", "investigating", key}, args)
	require.Equal(t, first, input)
	// Escalate: bob does not answer in time, cleo comes.
	ana.Press("e").has("policy night").Type("night").Press("enter").has("It goes to: bob.").Press("enter")
	o.seen()
	ana.has("pages bob (on call for web)", "page to bob sent: taken")
	args, input = o.handed("on-page", 0)
	pageToBob := args[2]
	require.Equal(t, []string{"bob", phone, pageToBob, "SEV1", "Checkout 5xx in eu-west"}, args)
	require.Len(t, pageToBob, 32)
	require.Equal(t, "Checkout 5xx in eu-west\n", input)
	o.pass(50 * time.Second)
	require.NoFileExists(t, filepath.Join(o.out, "on-page.1"), "the time to answer is not over")
	o.pass(10 * time.Second)
	ana.has("bob did not answer the page in time", "pages cleo", "page to cleo sent: taken")
	args, _ = o.handed("on-page", 1)
	require.Equal(t, "cleo", args[0])
	require.NotEqual(t, pageToBob, args[2])
	atCleo := o.sits(cleo, model.DoorSSH)
	o.seen()
	atCleo.has("ana pages you: INC-" + key).Press("y").has("They know that you come.")
	o.pass(3 * time.Minute)
	require.True(t, o.view().Pages[0].Over())
	require.NoFileExists(t, filepath.Join(o.out, "on-page.2"), "nobody else is paged")
	ana.has("acknowledges the page")
	o.done(model.PhaseEscalate)
	// Delegate: bob is there by now, and is asked nothing any more.
	atBob := o.sits(bob, model.DoorSSH)
	o.seen()
	require.NotContains(t, atBob.Text(), "pages you")
	ana.Press("r", "t").Type("bob").Press("enter")
	ana.Press("B").has("No task yet").Press("a").Type("cleo").Press("enter").Type("compare api v412 with v411").Press("tab", "enter")
	ana.Press("tab", "tab", "a").Type("api v412 opens a connection per request").Press("enter").has("connection per request").Press("q")
	o.pass(time.Minute)
	atBob.Press("B", "tab", "a").Type("roll back api v412").Press("enter").has("proposed").Press("q")
	o.pass(3 * time.Minute)
	atCleo.Press("B").has("api v412").Press("t").has("taken").Press("d").has("done").Press("q")
	o.seen()
	ana.Press("B", "tab", "y").Type("v411 is known to work").Press("enter").has("agreed")
	ana.Press("tab", "c").has("confirmed: why?").Type("4000 connections, 200 yesterday").Press("enter").has("confirmed: 4000").Press("q")
	// The incident manager hands over.
	ana.Press("o").has("Who takes Incident manager over?").Type("bob").Press("enter").has("the brief").Press("ctrl+o").Type("The bank knows.").Press("enter").has("Offered to bob")
	o.seen()
	require.Equal(t, ana.who, o.view().Holders(model.IncidentManager)[0].Person, "an offer gives nothing away")
	atBob.has("ana offers you Incident manager", "The bank knows.").Press("y")
	o.seen()
	require.Equal(t, bob, o.view().Holders(model.IncidentManager)[0].Person)
	ana.has("accepts Incident manager from ana").Press("r", "c", "enter").Press("r", "s").Type("dora").Press("enter")
	o.seen()
	atCleo.Press("r", "t", "enter")
	require.Equal(t, cleo, o.view().Holders(model.TechLead)[0].Person)
	o.done(model.PhaseDelegate)
	// Who speaks to customers writes; who manages approves; what was approved goes out.
	o.pass(time.Minute)
	second := "The cause is known: the last change to our checkout. We are taking it back. Next update at " + o.in(20*time.Minute) + "."
	ana.Press("p", "c", "d").Type(second).Press("enter", "a").has("The incident manager approves updates", "Ask bob")
	require.Nil(t, o.draft().Draft.Approved)
	o.seen()
	atBob.Press("p", "c").has("The cause is known").Press("a").has("Approved by bob").Press("q")
	o.seen()
	ana.has("Approved by bob").Press("p").has("Publish to the customers", "The text goes to").Press("y")
	require.Len(t, o.view().Updates, 2)
	args, input = o.handed("on-update", 1)
	require.Equal(t, []string{"customers", "identified", key}, args)
	require.Equal(t, second, input)
	// Resolve.
	o.seen()
	atBob.Press("t", "f")
	atBob.Press("i").Type("rolled back api v412 to v411").Press("enter", "esc").Press("4", "G", "*")
	o.pass(2 * time.Minute)
	atBob.Press("t", "m")
	o.pass(3 * time.Minute)
	atBob.Press("t", "r").has("Not yet so:", "what customers see").Press("n")
	require.Equal(t, model.Mitigated, o.view().Status.Value)
	mended := o.in(-3 * time.Minute)
	atBob.Press("2", "g", "j", "enter", "ctrl+u").Type("nothing since " + mended + ": payments work").Press("enter")
	atBob.Press("t", "r").has("people hold roles", "Then comes the last update: to customers")
	require.NotContains(t, atBob.Text(), "Not yet so")
	atBob.Press("y")
	o.seen()
	require.Equal(t, model.Resolved, o.view().Status.Value)
	// The last updates open by themselves, for one audience after the other.
	last := map[string]string{
		"customers":  "Payments work again since " + mended + ". No data was lost or exposed. We are sorry for the trouble.",
		"the team":   "Payments work again since " + mended + ". No data was lost. Left to do: nothing.",
		"executives": "Payments worked for nobody from 09:48 UTC to " + mended + ". No data was lost or exposed.",
	}
	for i, audience := range []string{"customers", "the team", "executives"} {
		atBob.has("Last update to " + audience).rewrites(last[audience])
		require.NotContains(t, atBob.Text(), "⚠")
		atBob.Press("enter", "a").has("Approved by bob").Press("p")
		if audience == "customers" {
			atBob.has("Publish to the customers", "The text goes to").Press("y")
		}
		o.seen()
		args, input = o.handed("on-update", 2+i)
		require.Equal(t, []string{"resolved", key}, args[1:])
		require.Equal(t, last[audience], input)
	}
	require.Empty(t, o.view().Untold())
	for _, p := range o.view().Phases(time.Now().UnixMilli()) {
		require.Equal(t, model.Done, p.Progress, string(p.Phase))
	}
	before, lines := o.report(), len(o.view().Lines)
	o.closes()

	// All of it is there after starting again, and nobody is paged anew.
	o.opens()
	require.Equal(t, before, o.report())
	require.Len(t, o.view().Lines, lines)
	ev, err := o.room.Evidence(t.Context(), o.view().ID)
	require.NoError(t, err)
	require.True(t, model.Verify(ev, o.view().ID).Proved())
	ana = o.sits(o.room.Me(), model.DoorConsole)
	o.pass(3 * time.Minute)
	ana.Press("enter").has("Checkout 5xx in eu-west", "rolled back api v412 to v411", "INC-"+key)
	for name, calls := range map[string]int{"on-page": 2, "on-update": 5, "on-topic": 1} {
		files, err := filepath.Glob(filepath.Join(o.out, name+".*"))
		require.NoError(t, err)
		require.Len(t, files, calls, name)
	}
	o.closes()
}
