package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// Two people at two consoles of the real room, at the same thing.

// begins has ana open an incident of the worst severity and manage it, with bob beside
// her.
func (o *outage) begins() (ana, bob *desk) {
	o.t.Helper()
	b := o.admits("bob")
	ana = o.sits(o.room.Me(), model.DoorConsole)
	ana.Press("n").Type("Checkout 5xx in eu-west").Press("enter", "s", "1", "r", "i", "enter")
	bob = o.sits(b, model.DoorSSH)
	return ana, bob
}

// rewrites takes out all lines of the text that is being written, and writes another.
func (d *desk) rewrites(text string) *desk {
	d.o.t.Helper()
	d.Screen.Press("down", "down", "down", "down", "down", "down", "end")
	for range 8 {
		d.Screen.Press("ctrl+u", "backspace")
	}
	return d.Type(text)
}

func TestTwoPeopleWhoEditOneDraftOverTheRealRoomBothKeepTheirText(t *testing.T) {
	t.Parallel()
	outageIn(t, func(o *outage) {
		ana, bob := o.begins()
		text := func(who string) string {
			return who + " writes that payments fail. Next update at " + o.in(15*time.Minute) + "."
		}
		ana.Press("p", "c", "i").rewrites("We look into it. Next update at "+o.in(15*time.Minute)+".").Press("enter", "a").has("Approved by ana")
		o.seen()
		ana.Press("e").rewrites(text("ana"))
		bob.Press("p", "c", "e").rewrites(text("bob"))
		ana.Press("enter")
		require.Nil(t, o.draft().Draft.Approved, "another text is not approved")
		o.seen()
		bob.has(text("bob")) // what is half written stays
		bob.Press("enter").has("≠ ana wrote at once: ana writes")
		o.seen()
		ana.has("ana writes", "bob writes").Press("a").has("Two people wrote the draft for customers at once")
		require.True(t, o.draft().Conflict())
		ana.Press("q")
		bob.Press("q")
		o.closes()

		// Both are there after starting again, and one is chosen, approved and published.
		o.opens()
		ana = o.sits(o.room.Me(), model.DoorConsole)
		ana.Press("p", "c").has("ana writes", "bob writes")
		ana.Press("x").has("Settle the draft for customers", "ana writes", "bob writes").Press("j", "enter")
		require.False(t, o.draft().Conflict())
		chosen := o.draft().Draft.Text
		require.Contains(t, []string{text("ana"), text("bob")}, chosen)
		ana.Press("a").has("Approved by ana").Press("p", "y")
		require.Len(t, o.view().Updates, 1)
		_, input := o.handed("on-update", 0)
		require.Equal(t, chosen, input)
		o.closes()
	})
}

func TestAClockThatIsSetDuringACadenceHoldsNoUpdateAndNoPage(t *testing.T) {
	t.Parallel()
	outageIn(t, func(o *outage) {
		ana, bob := o.begins()
		publishes := func() {
			ana.Press("p", "c", "i").rewrites("Payments fail. Next update at "+o.in(15*time.Minute)+".").Press("enter", "a", "p", "y")
			o.seen()
		}
		due := func() string {
			at, ok := o.view().NextUpdate(model.ToCustomers)
			require.True(t, ok)
			return time.UnixMilli(at).UTC().Format("15:04")
		}
		o.pass(3 * time.Minute)
		publishes()
		require.Equal(t, "10:23", due())
		// Set back by an hour: the time of day that was promised stays, and what is said
		// from now on counts from now.
		o.sets(-time.Hour)
		o.pass(time.Minute)
		require.Equal(t, "10:23", due())
		publishes()
		require.Equal(t, "09:24", due())
		bob.Press("p").has("customers", "09:24, in 19m")
		bob.Press("q")
		o.pass(21 * time.Minute)
		bob.Press("p").has("overdue since")
		bob.Press("q")
		// And forward again.
		o.sets(time.Hour)
		o.pass(time.Minute)
		publishes()
		require.Equal(t, "10:46", due())

		// A page waits by a clock that nobody sets.
		o.must(model.SetRota{Text: nightPolicy})
		cleo := o.admits("cleo")
		ana.Press("e").Type("night").Press("enter", "enter")
		o.pass(20 * time.Second)
		o.sets(-time.Hour)
		o.pass(30 * time.Second)
		require.NoFileExists(t, filepath.Join(o.out, "on-page.1"), "the minute is not over")
		o.sets(24 * time.Hour)
		o.pass(5 * time.Second)
		require.NoFileExists(t, filepath.Join(o.out, "on-page.1"), "the minute is not over")
		o.pass(10 * time.Second)
		args, _ := o.handed("on-page", 1)
		require.Equal(t, "cleo", args[0])
		require.Equal(t, cleo, o.view().Pages[0].Now()[0].Person)
		ana.has("bob did not answer the page in time")
		bob.has("ana pages you").Press("n")
		o.closes()
	})
}
