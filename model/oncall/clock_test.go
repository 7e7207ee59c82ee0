package oncall_test

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model/oncall"
)

func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func date(t require.TestingT, s string) oncall.Date {
	d, ok := oncall.ParseDate(s)
	require.True(t, ok, s)
	return d
}

func clock(t require.TestingT, s string) oncall.Clock {
	c, ok := oncall.ParseClock(s)
	require.True(t, ok, s)
	return c
}

func TestALocalTimeIsAMomentWhateverTheClocksDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ zone, date, clock, utc string }{
		"an ordinary day":                      {"Europe/Berlin", "2026-03-05", "09:00", "2026-03-05T08:00:00Z"},
		"the day the clock is put forward":     {"Europe/Berlin", "2026-03-29", "09:00", "2026-03-29T07:00:00Z"},
		"a time that this day does not have":   {"Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"},
		"the first minute it does not have":    {"Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"},
		"the first minute after":               {"Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		"the last minute before":               {"Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
		"a time that is there twice":           {"Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"},
		"after a time that is there twice":     {"Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
		"half an hour of summer":               {"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"},
		"midnight that is not there":           {"America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00:00Z"},
		"a day that the zone leaves out":       {"Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"},
		"the day after it":                     {"Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"},
		"the last minute of a year":            {"Asia/Kolkata", "2026-12-31", "23:59", "2026-12-31T18:29:00Z"},
		"the year after a leap second":         {"UTC", "2017-01-01", "00:00", "2017-01-01T00:00:00Z"},
		"a day that only leap years have":      {"America/New_York", "2028-02-29", "09:00", "2028-02-29T14:00:00Z"},
		"the first of March of a common year":  {"America/New_York", "2027-03-01", "09:00", "2027-03-01T14:00:00Z"},
		"far in the west":                      {"Pacific/Pago_Pago", "2026-03-05", "00:00", "2026-03-05T11:00:00Z"},
		"far in the east":                      {"Pacific/Kiritimati", "2026-03-05", "00:00", "2026-03-04T10:00:00Z"},
		"a zone that was put back by a policy": {"Asia/Pyongyang", "2018-05-04", "23:45", "2018-05-04T15:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := oncall.Instant(date(t, c.date), clock(t, c.clock), zone(t, c.zone))
			require.Equal(t, c.utc, got.UTC().Format(time.RFC3339))
		})
	}
}

func TestOnlyTimesOfDayAreRead(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "9:00", "24:00", "09:60", "09.00", "+9:00", "09:0x", "23:59:60"} {
		_, ok := oncall.ParseClock(bad)
		require.False(t, ok, bad)
	}
	for _, bad := range []string{"", "2026-02-30", "2027-02-29", "26-01-01", "2026-1-1"} {
		_, ok := oncall.ParseDate(bad)
		require.False(t, ok, bad)
	}
	for _, bad := range []string{"2026-01-01", "2026-01-01  09:00", "2026-01-01 25:00"} {
		_, ok := oncall.ParseLocalTime(bad)
		require.False(t, ok, bad)
	}
}

var someZones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Sydney",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Auckland", "Africa/Casablanca", "America/St_Johns", "Asia/Tehran",
}

// Behind the tables of a zone its rules go on, and the library knows the ends of a leap year
// badly there.
func TestTheEndOfEachYearHasItsMoments(t *testing.T) {
	t.Parallel()
	for _, name := range someZones {
		if name == "Africa/Casablanca" {
			continue // its clocks follow the moon, and are set on some of these days
		}
		z := zone(t, name)
		for year := 2026; year < 2110; year++ {
			for d := (oncall.Date{Year: year, Month: 12, Day: 29}); d.Year == year || d.Day < 4; d = d.Add(1) {
				for c := oncall.Clock(0); c < 1440; c += 177 {
					local := oncall.Instant(d, c, z).In(z)
					require.Equal(t, fmt.Sprint(d, " ", c), local.Format("2006-01-02 15:04"), name)
				}
			}
		}
	}
}

// A moment is never before one of an earlier local time, and shows its own time wherever
// the zone has it.
func TestMomentsFollowTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(someZones).Draw(t, "zone"))
		d := oncall.Date{Year: 1990 + rapid.IntRange(0, 50).Draw(t, "year"), Month: 1, Day: 1}.Add(rapid.IntRange(0, 365).Draw(t, "day"))
		c := oncall.Clock(rapid.IntRange(0, 1439).Draw(t, "clock"))
		at := oncall.Instant(d, c, z)
		later := oncall.Instant(d.Add((int(c)+1)/1440), (c+1)%1440, z)
		require.False(t, later.Before(at))
		local := at.In(z)
		shows := oncall.Clock(local.Hour()*60 + local.Minute())
		if date(t, local.Format(time.DateOnly)) != d || shows != c {
			// The zone leaves it out: then the clock was put forward just now.
			before := at.Add(-time.Minute).In(z)
			_, was := before.Zone()
			_, is := local.Zone()
			require.Greater(t, is, was)
		}
	})
}
