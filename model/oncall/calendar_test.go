package oncall_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model/oncall"
)

func weekly(t require.TestingT, zone, handover string, people ...string) oncall.Rota {
	at := clock(t, handover)
	return oncall.Rota{Name: "web", Shifts: []oncall.Shift{{
		Zone: zone, From: at, To: at, Handover: time.Monday, HandoverAt: at, Start: date(t, "2026-01-05"), People: people,
	}}}
}

func open(r ...oncall.Rota) *oncall.Book {
	return oncall.Open(oncall.Plan{Rotas: r}, time.LoadLocation)
}

func utc(t require.TestingT, s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

func TestWhoIsOnCall(t *testing.T) {
	t.Parallel()
	berlin := weekly(t, "Europe/Berlin", "09:00", "ana", "bob", "cleo")
	covered := weekly(t, "Europe/Berlin", "09:00", "ana", "bob", "cleo")
	local := func(s string) oncall.LocalTime {
		l, ok := oncall.ParseLocalTime(s)
		require.True(t, ok)
		return l
	}
	covered.Overrides = []oncall.Override{
		{From: local("2026-01-07 12:00"), To: local("2026-01-08 12:00"), Zone: "Europe/Berlin", Person: "dora"},
		{From: local("2026-01-07 18:00"), To: local("2026-01-07 20:00"), Zone: "Europe/Berlin", Person: "emil"},
	}
	hours := oncall.Rota{Name: "web", Shifts: []oncall.Shift{{
		Zone: "Europe/Berlin", From: clock(t, "08:00"), To: clock(t, "18:00"), Handover: time.Monday, HandoverAt: clock(t, "08:00"),
		Days:  []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		Start: date(t, "2026-01-05"), People: []string{"ana", "bob"},
	}}}
	sun := followTheSun(t)
	one := weekly(t, "Europe/Berlin", "09:00", "ana")
	fortnight := weekly(t, "Europe/Berlin", "09:00", "ana", "bob")
	fortnight.Shifts[0].Weeks = 2
	for name, c := range map[string]struct {
		rota oncall.Rota
		at   string
		want oncall.Duty
		then string // when the next is
	}{
		"the first minute":                   {berlin, "2026-01-05T08:00:00Z", oncall.Duty{Person: "ana", Next: "bob"}, "2026-01-12T08:00:00Z"},
		"the last second":                    {berlin, "2026-01-12T07:59:59Z", oncall.Duty{Person: "ana", Next: "bob"}, "2026-01-12T08:00:00Z"},
		"the handover":                       {berlin, "2026-01-12T08:00:00Z", oncall.Duty{Person: "bob", Next: "cleo"}, "2026-01-19T08:00:00Z"},
		"round again":                        {berlin, "2026-01-26T08:00:00Z", oncall.Duty{Person: "ana", Next: "bob"}, "2026-02-02T08:00:00Z"},
		"before its start":                   {berlin, "2026-01-05T07:59:00Z", oncall.Duty{Person: "cleo", Next: "ana"}, "2026-01-05T08:00:00Z"},
		"the week the clock is put forward":  {berlin, "2026-03-29T12:00:00Z", oncall.Duty{Person: "cleo", Next: "ana"}, "2026-03-30T07:00:00Z"},
		"the week the clock is put back":     {berlin, "2026-10-25T12:00:00Z", oncall.Duty{Person: "cleo", Next: "ana"}, "2026-10-26T08:00:00Z"},
		"over the end of a year of 53 weeks": {berlin, "2026-12-31T23:59:59Z", oncall.Duty{Person: "ana", Next: "bob"}, "2027-01-04T08:00:00Z"},
		"new year's first second":            {berlin, "2027-01-01T00:00:00Z", oncall.Duty{Person: "ana", Next: "bob"}, "2027-01-04T08:00:00Z"},
		"the last day of a leap February":    {berlin, "2028-02-29T12:00:00Z", oncall.Duty{Person: "bob", Next: "cleo"}, "2028-03-06T08:00:00Z"},
		"an override":                        {covered, "2026-01-07T11:00:00Z", oncall.Duty{Person: "dora", Override: true, Next: "emil"}, "2026-01-07T17:00:00Z"},
		"the last of two overrides":          {covered, "2026-01-07T17:00:00Z", oncall.Duty{Person: "emil", Override: true, Next: "dora"}, "2026-01-07T19:00:00Z"},
		"after an override":                  {covered, "2026-01-08T11:00:00Z", oncall.Duty{Person: "ana", Next: "bob"}, "2026-01-12T08:00:00Z"},
		"before an override":                 {covered, "2026-01-07T10:59:59Z", oncall.Duty{Person: "ana", Next: "dora"}, "2026-01-07T11:00:00Z"},
		"in working hours":                   {hours, "2026-01-09T16:59:59Z", oncall.Duty{Person: "ana"}, "2026-01-09T17:00:00Z"},
		"in a hole":                          {hours, "2026-01-10T12:00:00Z", oncall.Duty{Next: "bob"}, "2026-01-12T07:00:00Z"},
		"the sun in the east":                {sun, "2026-01-05T03:00:00Z", oncall.Duty{Person: "cleo", Shift: "apac", Next: "ana"}, "2026-01-05T08:00:00Z"},
		"the sun in the middle":              {sun, "2026-01-05T09:00:00Z", oncall.Duty{Person: "ana", Shift: "emea", Next: "bob"}, "2026-01-05T16:00:00Z"},
		"the sun in the west":                {sun, "2026-01-05T16:00:00Z", oncall.Duty{Person: "bob", Shift: "amer", Next: "cleo"}, "2026-01-06T00:00:00Z"},
		"somebody alone":                     {one, "2026-01-05T08:00:00Z", oncall.Duty{Person: "ana"}, ""},
		"two weeks each":                     {fortnight, "2026-01-13T08:00:00Z", oncall.Duty{Person: "ana", Next: "bob"}, "2026-01-19T08:00:00Z"},
		"two weeks each, before the start":   {fortnight, "2025-12-30T08:00:00Z", oncall.Duty{Person: "bob", Next: "ana"}, "2026-01-05T08:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := open(c.rota).Rota("WEB").At(utc(t, c.at))
			then := ""
			if !got.Until.IsZero() {
				then = got.Until.UTC().Format(time.RFC3339)
			}
			require.Equal(t, c.then, then)
			got.Until = time.Time{}
			require.Equal(t, c.want, got)
		})
	}
}

// followTheSun has three shifts of eight hours, in zones without summer time.
func followTheSun(t require.TestingT) oncall.Rota {
	shift := func(name, zone, from, to, person string) oncall.Shift {
		return oncall.Shift{
			Name: name, Zone: zone, From: clock(t, from), To: clock(t, to), Handover: time.Monday, HandoverAt: clock(t, from),
			Start: date(t, "2026-01-05"), People: []string{person},
		}
	}
	return oncall.Rota{Name: "web", Shifts: []oncall.Shift{
		shift("apac", "Asia/Singapore", "08:00", "16:00", "cleo"),
		shift("emea", "UTC", "08:00", "16:00", "ana"),
		shift("amer", "America/Bogota", "11:00", "19:00", "bob"),
	}}
}

// The schedule as a clock on the wall has it: the weeks between the first handover and
// the local time, counted without any moments. Hours in which clocks are changed
// somewhere are left to the table above.
func TestEachHourOfYearsHasWhomTheScheduleSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(someZones).Draw(t, "zone")
		z := zone(t, name)
		people := []string{"ana", "bob", "cleo", "dora", "emil"}[:rapid.IntRange(1, 5).Draw(t, "people")]
		hand := oncall.Clock(rapid.IntRange(5*60, 23*60).Draw(t, "handover"))
		day := time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))
		weeks := rapid.IntRange(1, 3).Draw(t, "weeks")
		start := oncall.Date{Year: 2020, Month: 1, Day: 1}.Add(rapid.IntRange(0, 2000).Draw(t, "start"))
		book := open(oncall.Rota{Name: "web", Shifts: []oncall.Shift{{
			Zone: name, From: hand, To: hand, Handover: day, HandoverAt: hand, Start: start, Weeks: weeks, People: people,
		}}})
		first := start
		for first.Weekday() != day {
			first = first.Add(-1)
		}
		from := utc(t, "2020-01-01T00:00:00Z").Add(time.Duration(rapid.IntRange(0, 5*365*24).Draw(t, "from")) * time.Hour)
		c := book.Rota("web")
		for h := 0; h < 24*365*2; h += 13 { // each hour of the day and of the week, in turn
			at := from.Add(time.Duration(h)*time.Hour + time.Duration(h%60)*time.Minute)
			local := at.In(z)
			if local.Hour() < 5 {
				continue
			}
			y, m, d := local.Date()
			minutes := ((oncall.Date{Year: y, Month: m, Day: d}).Number()-first.Number())*1440 + local.Hour()*60 + local.Minute() - int(hand)
			turn := minutes / (7 * 1440 * weeks)
			if minutes < 0 && minutes%(7*1440*weeks) != 0 {
				turn--
			}
			n := len(people)
			want := people[((turn%n)+n)%n]
			require.Equal(t, want, c.Who(at).Person, "%s", at)
			if h%(13*16) != 0 {
				continue
			}
			got := c.At(at)
			if n == 1 {
				require.True(t, got.Until.IsZero())
				continue
			}
			require.True(t, got.Until.After(at))
			require.Equal(t, want, c.At(got.Until.Add(-time.Second)).Person)
			require.Equal(t, got.Next, c.At(got.Until).Person)
			require.NotEqual(t, want, got.Next)
			require.Equal(t, time.Duration(hand)*time.Minute, wallTime(got.Until.In(z)), "a handover is at its local time")
		}
	})
}

func wallTime(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// A rota in which no hole is found has somebody at every moment, at those too at which
// clocks change.
func TestARotaWithoutHolesHasAlwaysSomebody(t *testing.T) {
	t.Parallel()
	from := utc(t, "2026-01-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		r := oncall.Rota{Name: "web"}
		for range rapid.IntRange(1, 3).Draw(t, "shifts") {
			hand := oncall.Clock(rapid.IntRange(0, 47).Draw(t, "handover") * 30)
			r.Shifts = append(r.Shifts, oncall.Shift{
				Zone: rapid.SampledFrom(someZones).Draw(t, "zone"), From: oncall.Clock(rapid.IntRange(0, 5).Draw(t, "from") * 240),
				To: oncall.Clock(rapid.IntRange(0, 5).Draw(t, "to") * 240), Handover: time.Monday, HandoverAt: hand,
				Start: oncall.Date{Year: 2026, Month: 1, Day: 1}, People: []string{"ana", "bob"},
			})
		}
		found := oncall.Check(oncall.Plan{Rotas: []oncall.Rota{r}}, oncall.Checking{Zones: time.LoadLocation, At: from})
		hole := false
		for _, p := range found {
			hole = hole || p.Say.Key == "rota.wrong.hole"
		}
		c := open(r).Rota("web")
		empty := false
		offset := time.Duration(rapid.IntRange(0, 59).Draw(t, "minute")) * time.Minute
		for h := 0; h < 24*365; h += 5 { // each hour of the day, in turn
			if c.Who(from.Add(time.Duration(h)*time.Hour+offset)).Person == "" {
				empty = true
				break
			}
		}
		require.False(t, empty && !hole, "%+v", r)
	})
}
