package oncall_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model/oncall"
)

// Handovers at the times that a night in which clocks are set has twice or not at all,
// and at the seams of the calendar: who has the turn the second before, at the moment
// and an hour after, and that nobody has it twice or never.
func TestATurnIsHandedOverOnceWhereverTheCalendarHasASeam(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone     string
		day      time.Weekday
		at       string
		weeks    int
		handover string // the moment
	}{
		"not there in Brussels":             {"Europe/Brussels", time.Sunday, "02:30", 1, "2026-03-29T01:00:00Z"},
		"twice in Brussels":                 {"Europe/Brussels", time.Sunday, "02:30", 1, "2026-10-25T00:30:00Z"},
		"when the clock is put forward":     {"Europe/Brussels", time.Sunday, "02:00", 1, "2026-03-29T01:00:00Z"},
		"right after it was put back":       {"Europe/Brussels", time.Sunday, "03:00", 1, "2026-10-25T02:00:00Z"},
		"not there in New York":             {"America/New_York", time.Sunday, "02:30", 1, "2026-03-08T07:00:00Z"},
		"twice in New York":                 {"America/New_York", time.Sunday, "01:30", 1, "2026-11-01T05:30:00Z"},
		"half an hour that is not there":    {"Australia/Lord_Howe", time.Sunday, "02:15", 1, "2026-10-03T15:30:00Z"},
		"half an hour that comes twice":     {"Australia/Lord_Howe", time.Sunday, "01:45", 1, "2026-04-04T14:45:00Z"},
		"midnight that is not there":        {"America/Sao_Paulo", time.Sunday, "00:00", 1, "2018-11-04T03:00:00Z"},
		"in the 53rd week of a year":        {"Europe/Brussels", time.Thursday, "09:00", 1, "2026-12-31T08:00:00Z"},
		"at midnight of the year":           {"Europe/Brussels", time.Friday, "00:00", 1, "2026-12-31T23:00:00Z"},
		"two weeks over the 53rd":           {"Europe/Brussels", time.Monday, "09:00", 2, "2027-01-04T08:00:00Z"},
		"on the leap day":                   {"America/New_York", time.Tuesday, "09:00", 1, "2028-02-29T14:00:00Z"},
		"at the end of the leap day":        {"America/New_York", time.Wednesday, "00:00", 1, "2028-03-01T05:00:00Z"},
		"where a leap second was put in":    {"UTC", time.Sunday, "00:00", 1, "2017-01-01T00:00:00Z"},
		"in a century's year that has none": {"UTC", time.Monday, "00:00", 1, "2100-03-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, at := zone(t, c.zone), utc(t, c.handover)
			people := []string{"ana", "bob", "cleo"}
			hand := clock(t, c.at)
			// The first turn begins with this handover, less a whole round.
			y, m, d := at.In(z).Date()
			start := oncall.Date{Year: y, Month: m, Day: d}.Add(-7 * c.weeks * len(people))
			book := open(oncall.Rota{Name: "web", Shifts: []oncall.Shift{{
				Zone: c.zone, From: hand, To: hand, Handover: c.day, HandoverAt: hand, Start: start, Weeks: c.weeks, People: people,
			}}})
			r := book.Rota("web")
			for _, x := range []struct {
				when time.Time
				who  string
			}{
				{at.Add(-time.Hour), "cleo"}, {at.Add(-time.Second), "cleo"}, {at, "ana"}, {at.Add(30 * time.Minute), "ana"}, {at.Add(time.Hour), "ana"},
				{at.Add(2 * time.Hour), "ana"}, {at.AddDate(0, 0, 7*c.weeks-1), "ana"}, {at.AddDate(0, 0, 7*c.weeks+1), "bob"},
			} {
				require.Equal(t, x.who, r.Who(x.when).Person, "%s", x.when)
			}
			before := r.At(at.Add(-time.Minute))
			require.Equal(t, c.handover, before.Until.UTC().Format(time.RFC3339))
			require.Equal(t, "ana", before.Next)
			// Each turn of a year around it ends once, at the same time by the clock on the
			// wall wherever that day has it, and the next in the list follows.
			turns := map[string]int{"ana": 0, "bob": 1, "cleo": 2}
			for from := at.AddDate(0, -6, 0); from.Before(at.AddDate(0, 6, 0)); {
				duty := r.At(from)
				require.Equal(t, people[(turns[duty.Person]+1)%3], duty.Next)
				local := duty.Until.In(z)
				y, m, d := local.Date()
				require.Equal(t, c.day, local.Weekday())
				require.Equal(t, oncall.Instant(oncall.Date{Year: y, Month: m, Day: d}, hand, z).UTC(), duty.Until.UTC())
				from = duty.Until
			}
		})
	}
}

// A shift of the night is as long as the night is.
func TestAShiftOfTheNightInWhichClocksAreSetHasNoHole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, from, to, begins, ends string
		hours                        float64
	}{
		"forward in Brussels":      {"Europe/Brussels", "22:00", "06:00", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", 7},
		"back in Brussels":         {"Europe/Brussels", "22:00", "06:00", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", 9},
		"back in New York":         {"America/New_York", "22:00", "06:00", "2026-11-01T02:00:00Z", "2026-11-01T11:00:00Z", 9},
		"forward on Lord Howe":     {"Australia/Lord_Howe", "22:00", "06:00", "2026-10-03T11:30:00Z", "2026-10-03T19:00:00Z", 7.5},
		"back on Lord Howe":        {"Australia/Lord_Howe", "22:00", "06:00", "2026-04-04T11:00:00Z", "2026-04-04T19:30:00Z", 8.5},
		"from an hour that is not": {"Europe/Brussels", "02:30", "06:00", "2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z", 3},
		"to an hour that is twice": {"Europe/Brussels", "22:00", "02:30", "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z", 4.5},
		"into the new year":        {"Europe/Brussels", "22:00", "06:00", "2026-12-31T21:00:00Z", "2027-01-01T05:00:00Z", 8},
		"into the leap day":        {"Europe/Brussels", "22:00", "06:00", "2028-02-28T21:00:00Z", "2028-02-29T05:00:00Z", 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			book := open(oncall.Rota{Name: "night", Shifts: []oncall.Shift{{
				Zone: c.zone, From: clock(t, c.from), To: clock(t, c.to), Handover: time.Monday, HandoverAt: clock(t, "12:00"),
				Start: date(t, "2026-01-05"), People: []string{"ana"},
			}}})
			r, begins, ends := book.Rota("night"), utc(t, c.begins), utc(t, c.ends)
			require.InDelta(t, c.hours, ends.Sub(begins).Hours(), 0)
			require.Empty(t, r.Who(begins.Add(-time.Second)).Person)
			for at := begins; at.Before(ends); at = at.Add(10 * time.Minute) {
				require.Equal(t, "ana", r.Who(at).Person, "%s", at)
			}
			require.Empty(t, r.Who(ends).Person)
			require.Equal(t, c.ends, r.At(begins).Until.UTC().Format(time.RFC3339))
		})
	}
}
