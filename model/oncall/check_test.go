package oncall_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/oncall"
)

// nearest is a stand-in: the name with the same first letter.
func nearest(word string, names []string) string {
	for _, n := range names {
		if n[:1] == word[:1] {
			return n
		}
	}
	return ""
}

func TestWhatIsWrongWithAPlanIsFound(t *testing.T) {
	t.Parallel()
	shifts := func(edit func(*oncall.Rota)) oncall.Plan {
		r := weekly(t, "Europe/Berlin", "09:00", "ana", "bob")
		r.Line, r.Shifts[0].Line = 1, 2
		edit(&r)
		return oncall.Plan{Rotas: []oncall.Rota{r}}
	}
	policy := func(edit func(*oncall.Policy)) oncall.Plan {
		p := shifts(func(*oncall.Rota) {})
		o := oncall.Policy{Name: "night", Line: 7, Steps: []oncall.Step{{
			Who: []oncall.Target{{Kind: oncall.ToRota, Name: "web"}}, Wait: 5 * time.Minute, Line: 8,
		}}}
		edit(&o)
		p.Policies = []oncall.Policy{o}
		return p
	}
	at := func(s string) oncall.LocalTime {
		l, _ := oncall.ParseLocalTime(s)
		return l
	}
	for name, c := range map[string]struct {
		plan    oncall.Plan
		want    string
		refuses bool
	}{
		"nothing":                      {shifts(func(*oncall.Rota) {}), "", false},
		"a good one":                   {policy(func(*oncall.Policy) {}), "", false},
		"no people":                    {shifts(func(r *oncall.Rota) { r.Shifts[0].People = nil }), "2 rota.wrong.empty", true},
		"no shifts":                    {shifts(func(r *oncall.Rota) { r.Shifts = nil }), "1 rota.wrong.empty", true},
		"no zone":                      {shifts(func(r *oncall.Rota) { r.Shifts[0].Zone = "" }), "2 rota.wrong.missing", true},
		"a false one":                  {shifts(func(r *oncall.Rota) { r.Shifts[0].Zone = "Europe/Berln" }), "2 rota.wrong.zone", true},
		"a false one, and one near it": {shifts(func(r *oncall.Rota) { r.Shifts[0].Zone = "Europe/Bruxelles" }), "2 rota.wrong.zone.nearest", true},
		"a false one of the rota, said once": {shifts(func(r *oncall.Rota) {
			r.Shifts[0].Zone, r.Shifts[0].ZoneLine = "UTX", 4
			r.Shifts = append(r.Shifts, r.Shifts[0])
			r.Overrides = []oncall.Override{{From: at("2026-01-07 12:00"), To: at("2026-01-07 13:00"), Zone: "UTX", Person: "ana", Line: 5, ZoneLine: 4}}
		}), "4 rota.wrong.zone", true},
		"a false one of an override": {shifts(func(r *oncall.Rota) {
			r.Overrides = []oncall.Override{{From: at("2026-01-07 12:00"), To: at("2026-01-07 13:00"), Zone: "UTX", Person: "ana", Line: 5, ZoneLine: 6}}
		}), "6 rota.wrong.zone", true},
		"the machine's zone":           {shifts(func(r *oncall.Rota) { r.Shifts[0].Zone = "Local" }), "2 rota.wrong.zone", true},
		"no start":                     {shifts(func(r *oncall.Rota) { r.Shifts[0].Start = oncall.Date{} }), "2 rota.wrong.start", true},
		"too long a turn":              {shifts(func(r *oncall.Rota) { r.Shifts[0].Weeks = 99 }), "2 rota.wrong.weeks", true},
		"a name of control characters": {shifts(func(r *oncall.Rota) { r.Name = "we\x1bb" }), "1 rota.wrong.name", true},
		"somebody unknown":             {shifts(func(r *oncall.Rota) { r.Shifts[0].People = []string{"ana", "zed"} }), "2 rota.wrong.person", false},
		"somebody misspelt":            {shifts(func(r *oncall.Rota) { r.Shifts[0].People = []string{"ana", "bobb"} }), "2 rota.wrong.person.nearest", false},
		"a name in capitals":           {shifts(func(r *oncall.Rota) { r.Shifts[0].People = []string{"Ana"} }), "", false},
		"a hole":                       {shifts(func(r *oncall.Rota) { r.Shifts[0].To = clock(t, "08:00") }), "1 rota.wrong.hole", false},
		"an overlap": {shifts(func(r *oncall.Rota) {
			more := r.Shifts[0]
			more.From, more.To = clock(t, "10:00"), clock(t, "11:00")
			r.Shifts = append(r.Shifts, more)
		}), "1 rota.wrong.overlap", false},
		"an override that ends before it begins": {shifts(func(r *oncall.Rota) {
			r.Overrides = []oncall.Override{{From: at("2026-01-07 12:00"), To: at("2026-01-07 12:00"), Zone: "UTC", Person: "ana", Line: 5}}
		}), "5 rota.wrong.override", true},
		"two overrides at once": {shifts(func(r *oncall.Rota) {
			r.Overrides = []oncall.Override{
				{From: at("2026-01-07 12:00"), To: at("2026-01-07 18:00"), Zone: "UTC", Person: "ana", Line: 5},
				{From: at("2026-01-07 17:59"), To: at("2026-01-07 19:00"), Zone: "UTC", Person: "bob", Line: 6},
			}
		}), "6 rota.wrong.overrides", false},
		"no steps":          {policy(func(p *oncall.Policy) { p.Steps = nil }), "7 rota.wrong.steps", true},
		"nobody":            {policy(func(p *oncall.Policy) { p.Steps[0].Who = nil }), "8 rota.wrong.who", true},
		"no wait":           {policy(func(p *oncall.Policy) { p.Steps[0].Wait = 0 }), "8 rota.wrong.wait", true},
		"too long a wait":   {policy(func(p *oncall.Policy) { p.Steps[0].Wait = 25 * time.Hour }), "8 rota.wrong.wait", true},
		"too many rounds":   {policy(func(p *oncall.Policy) { p.Repeat = 11 }), "7 rota.wrong.repeat", true},
		"an unknown rota":   {policy(func(p *oncall.Policy) { p.Steps[0].Who[0].Name = "x" }), "8 rota.wrong.rota", true},
		"a misspelt rota":   {policy(func(p *oncall.Policy) { p.Steps[0].Who[0].Name = "wep" }), "8 rota.wrong.rota.nearest", true},
		"an unknown role":   {policy(func(p *oncall.Policy) { p.Steps[0].Who[0] = oncall.Target{Kind: oncall.ToRole, Name: "chief"} }), "8 rota.wrong.role", true},
		"an unknown target": {policy(func(p *oncall.Policy) { p.Steps[0].Who[0] = oncall.Target{Kind: "team"} }), "8 rota.wrong.who", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := oncall.Check(c.plan, oncall.Checking{
				Zones: time.LoadLocation, At: utc(t, "2026-01-05T00:00:00Z"), People: []string{"ana", "bob"}, Nearest: nearest,
				NearestZone: func(name string) string { return map[string]string{"Europe/Bruxelles": "Europe/Brussels"}[name] },
			})
			var got []string
			for _, p := range found {
				got = append(got, string(rune('0'+p.Line))+" "+p.Say.Key)
			}
			require.Equal(t, c.want, strings.Join(got, ", "))
			require.Equal(t, c.refuses, oncall.Refused(found))
		})
	}
}

func TestAShiftThatFollowsTheSunHasHolesWhenSummerBeginsElsewhereLater(t *testing.T) {
	t.Parallel()
	r := followTheSun(t)
	r.Shifts[1].Zone, r.Shifts[2].Zone = "Europe/London", "America/New_York"
	found := oncall.Check(oncall.Plan{Rotas: []oncall.Rota{r}}, oncall.Checking{Zones: time.LoadLocation, At: utc(t, "2026-01-05T00:00:00Z")})
	keys := map[string]model.Phrase{}
	for _, p := range found {
		keys[p.Say.Key] = p.Say
	}
	hole, ok := keys["rota.wrong.hole"]
	require.True(t, ok)
	// New York's summer begins on 8 March, London's on the 29th.
	require.Equal(t, utc(t, "2026-03-08T23:00:00Z"), hole.Args["From"].(time.Time).UTC())
	require.Contains(t, keys, "rota.wrong.overlap")
}

func TestAPolicyGoesRoundAndEnds(t *testing.T) {
	t.Parallel()
	p := oncall.Policy{Steps: make([]oncall.Step, 2), Repeat: 1}
	var at [][2]int
	for round, step, ok := 0, 0, true; ok; round, step, ok = p.Next(round, step) {
		at = append(at, [2]int{round, step})
	}
	require.Equal(t, [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, at)
	_, _, ok := (&oncall.Policy{}).Next(0, 0)
	require.False(t, ok)
}
