package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// What is said now counts from now, although the clock was wrong before: else nobody
// would be told that the next update is due before the wrong time comes.
func TestACadenceGoesByTheLastWordOfEachMachineWhateverItsClockDid(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		x, err := time.Parse("15:04", clock)
		require.NoError(t, err)
		return time.Date(2026, 3, 5, x.Hour(), x.Minute(), 0, 0, time.UTC)
	}
	type act struct {
		who   int
		clock string // what this machine's clock shows
		c     model.Command
	}
	sev1, sev2 := model.SetSeverity{Level: model.SEV1}, model.SetSeverity{Level: model.SEV2}
	said := model.PostUpdate{Audience: model.ToCustomers, State: model.Investigating, Text: "a"}
	dated := said
	dated.At = model.When{At: at("09:00")}
	for name, c := range map[string]struct {
		acts []act
		due  string
	}{
		"nothing was said":                    {[]act{{0, "10:00", sev1}}, "10:20"},
		"the last of two":                     {[]act{{0, "10:00", sev1}, {0, "10:05", said}, {0, "10:15", said}}, "10:35"},
		"the clock was set back":              {[]act{{0, "10:00", sev1}, {0, "10:05", said}, {0, "09:10", said}}, "09:30"},
		"it was set back by a day":            {[]act{{0, "23:50", sev1}, {0, "23:55", said}, {0, "00:10", said}}, "00:30"},
		"it was set back before the first":    {[]act{{0, "10:00", sev1}, {0, "09:10", said}}, "09:30"},
		"it was set back before the severity": {[]act{{0, "10:00", sev2}, {0, "10:05", said}, {0, "09:10", sev1}}, "09:30"},
		"it was set forward":                  {[]act{{0, "10:00", sev1}, {0, "10:05", said}, {0, "11:10", said}}, "11:30"},
		"what was said earlier is told late":  {[]act{{0, "08:30", sev1}, {0, "09:30", said}, {0, "09:40", dated}}, "09:50"},
		"another machine is ahead":            {[]act{{0, "10:00", sev1}, {1, "11:05", said}, {0, "10:10", said}}, "11:25"},
		"another machine is behind":           {[]act{{0, "10:00", sev1}, {0, "10:05", said}, {1, "09:10", said}}, "10:25"},
		"another machine was set back":        {[]act{{0, "10:00", sev1}, {1, "11:05", said}, {1, "10:10", said}}, "10:30"},
		"it was raised after an update":       {[]act{{0, "10:00", sev2}, {0, "10:05", said}, {0, "10:30", sev1}}, "10:50"},
		"it was reopened": {[]act{
			{0, "08:00", sev1}, {0, "08:05", said}, {0, "08:10", model.SetStatus{Status: model.Resolved}},
			{0, "10:00", model.SetStatus{Status: model.Reopened, Reason: "again"}},
		}, "10:20"},
		"it was reopened after the clock was set back": {[]act{
			{0, "11:00", sev1}, {0, "11:05", said}, {0, "11:10", model.SetStatus{Status: model.Resolved}},
			{0, "10:20", model.SetStatus{Status: model.Reopened, Reason: "again"}},
		}, "10:40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crew := newCrew(t, "ana", "bob")
			for _, a := range crew.people {
				a.frozen = true
			}
			crew.people[0].now = at(c.acts[0].clock)
			id := crew.people[0].must(model.Scope{}, model.OpenIncident{Title: "a"}).Scope
			for _, x := range c.acts {
				crew.meet()
				who := crew.people[x.who]
				who.now = at(x.clock)
				who.must(id, x.c)
			}
			crew.meet()
			for _, who := range crew.people {
				due, ok := who.view(id).NextUpdate(model.ToCustomers)
				require.True(t, ok)
				require.Equal(t, c.due, time.UnixMilli(due).UTC().Format("15:04"))
			}
			// An update that went out now would promise the next in 20 minutes.
			due, ok := crew.people[0].view(id).DueAfter(model.ToCustomers, at("10:11").UnixMilli())
			require.True(t, ok)
			require.Equal(t, "10:31", time.UnixMilli(due).UTC().Format("15:04"))
		})
	}
}
