package rotafile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/rotafile"
	"warroom/model"
	"warroom/model/oncall"
)

const good = `# who answers at night
[rota.web]
zone = "Europe/Berlin"
handover = "Monday 09:00"
start = 2026-01-05
people = ["ana", "bob"]

[[rota.web.override]]
from = "2026-12-24 09:00"
to = 2026-12-27T09:00:00
person = "cleo"

[rota."follow the sun"]
start = "2026-01-05"
[[rota."follow the sun".shift]]
name = "apac"
zone = "Asia/Singapore"
from = "08:00"
to = "16:00"
people = ["dora"]
[[rota."follow the sun".shift]]
zone = "UTC"
from = "08:00"
to = "00:00"
days = ["mon", "Tuesday"]
weeks = 2
people = ["emil", "ana"]

[policy.sev1]
repeat = 1
[[policy.sev1.step]]
who = ["rota web", "person ana"]
wait = "5m"
[[policy.sev1.step]]
who = ["role manager", "everybody"]
`

func TestARotaTextIsRead(t *testing.T) {
	t.Parallel()
	plan, found := rotafile.Parse(good)
	require.Empty(t, found)
	require.Len(t, plan.Rotas, 2)
	web := plan.Rotas[0]
	require.Equal(t, oncall.Rota{
		Name: "web", Line: 2,
		Shifts: []oncall.Shift{{
			Zone: "Europe/Berlin", From: 540, To: 540, Handover: time.Monday, HandoverAt: 540,
			Start: oncall.Date{Year: 2026, Month: 1, Day: 5}, People: []string{"ana", "bob"}, Line: 2, ZoneLine: 3,
		}},
		Overrides: []oncall.Override{{
			From: oncall.LocalTime{Date: oncall.Date{Year: 2026, Month: 12, Day: 24}, Clock: 540},
			To:   oncall.LocalTime{Date: oncall.Date{Year: 2026, Month: 12, Day: 27}, Clock: 540},
			Zone: "Europe/Berlin", Person: "cleo", Line: 8, ZoneLine: 3,
		}},
	}, web)
	sun := plan.Rotas[1]
	require.Equal(t, "follow the sun", sun.Name)
	require.Equal(t, oncall.Clock(480), sun.Shifts[0].HandoverAt)
	require.Equal(t, []time.Weekday{time.Monday, time.Tuesday}, sun.Shifts[1].Days)
	require.Equal(t, 2, sun.Shifts[1].Weeks)
	require.Equal(t, 21, sun.Shifts[1].Line)
	require.Equal(t, []oncall.Policy{{Name: "sev1", Repeat: 1, Line: 29, Steps: []oncall.Step{
		{Who: []oncall.Target{{Kind: oncall.ToRota, Name: "web"}, {Kind: oncall.ToPerson, Name: "ana"}}, Wait: 5 * time.Minute, Line: 31},
		{Who: []oncall.Target{{Kind: oncall.ToRole, Name: "manager"}, {Kind: oncall.ToEverybody}}, Wait: model.DefaultWait, Line: 34},
	}}}, plan.Policies)
	require.NotNil(t, rotafile.Open(good, time.LoadLocation).Policy("SEV1"))
	require.Nil(t, rotafile.Open("", time.LoadLocation))
	require.Nil(t, rotafile.Open("[", time.LoadLocation))
}

func TestWhatIsWrongIsSaidWithItsLine(t *testing.T) {
	t.Parallel()
	edit := func(from, to string) string {
		if !strings.Contains(good, from) {
			panic(from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for name, c := range map[string]struct{ src, want string }{
		"nothing":                  {good, ""},
		"no TOML":                  {"[rota.web\n", "2 rota.wrong.syntax"},
		"a key at the top":         {"colour = 1\n" + good, "1 rota.wrong.key"},
		"a misspelt key":           {edit("handover", "handovr"), "4 rota.wrong.key.nearest"},
		"a misspelt key of a step": {edit("wait = \"5m\"", "wiat = \"5m\""), "33 rota.wrong.key.nearest"},
		"a misspelt shift":         {edit("name = \"apac\"", "nam = \"apac\""), "16 rota.wrong.key.nearest"},
		"a number for people":      {edit(`people = ["ana", "bob"]`, "people = 3"), "6 rota.wrong.kind"},
		"a text for a table":       {"rota = 3\n", "1 rota.wrong.kind"},
		"a rota that is a text":    {"[rota]\nweb = 3\n", "2 rota.wrong.kind"},
		"no weekday":               {edit("Monday 09:00", "Moonday 09:00"), "4 rota.wrong.handover"},
		"no time":                  {edit("Monday 09:00", "Monday"), "4 rota.wrong.handover"},
		"a false clock":            {edit(`from = "08:00"`, `from = "8 o'clock"`), "18 rota.wrong.clock"},
		"an end that is missing":   {edit("to = \"16:00\"\n", ""), "15 rota.wrong.missing"},
		"a false day":              {edit("Tuesday", "Tuseday"), "25 rota.wrong.day"},
		"a false date":             {edit(`"2026-01-05"`, `"2026-13-05"`), "14 rota.wrong.date"},
		"a false moment":           {edit("2026-12-24 09:00", "2026-12-24"), "9 rota.wrong.time"},
		"nobody stands in":         {edit(`person = "cleo"`, ""), "8 rota.wrong.missing"},
		"a false wait":             {edit("5m", "5 minutes"), "33 rota.wrong.duration"},
		"an unknown zone":          {edit("Asia/Singapore", "Asia/Singapur"), "17 rota.wrong.zone.nearest"},
		"a zone like none":         {edit("Asia/Singapore", "Asia/Atlantis"), "17 rota.wrong.zone"},
		"a rota's zone":            {edit("Europe/Berlin", "Europe/Bruxelles"), "3 rota.wrong.zone.nearest"},
		"a zone of many shifts":    {strings.NewReplacer(`start = "2026-01-05"`, "start = \"2026-01-05\"\nzone = \"Europe/Bruxelles\"", "zone = \"Asia/Singapore\"\n", "", "zone = \"UTC\"\n", "").Replace(good), "15 rota.wrong.zone.nearest"},
		"an override's zone":       {edit(`person = "cleo"`, "zone = \"Europe/Bruxelles\"\nperson = \"cleo\""), "11 rota.wrong.zone.nearest"},
		"a rota without a zone":    {edit("zone = \"Europe/Berlin\"\n", ""), "2 rota.wrong.missing"},
		"an unknown rota":          {edit("rota web", "rota wbe"), "31 rota.wrong.rota.nearest"},
		"an unknown target":        {edit("person ana", "ana"), "31 rota.wrong.who"},
		"somebody unknown":         {edit(`people = ["dora"]`, `people = ["dore"]`), "15 rota.wrong.person.nearest"},
		"much too long":            {strings.Repeat("#", model.MaxRotaText+1), "0 rota.wrong.long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := rotafile.Check(c.src, oncall.Checking{
				Zones: time.LoadLocation, At: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC), People: []string{"ana", "bob", "cleo", "dora", "emil"},
			})
			var got []string
			for _, p := range found {
				switch p.Say.Key {
				case "rota.wrong.hole", "rota.wrong.overlap": // the second rota has them on purpose
				default:
					got = append(got, fmt.Sprint(p.Line, " ", p.Say.Key))
				}
			}
			require.Equal(t, c.want, strings.Join(got, ", "))
		})
	}
}

func FuzzNoTextBreaksTheReader(f *testing.F) {
	f.Add(good)
	f.Add("[[rota]]\n")
	f.Add("[rota.a]\nshift = [1]\noverride = [{}]\n[policy]\nb = [ ]\n")
	f.Fuzz(func(t *testing.T, src string) {
		plan, found := rotafile.Check(src, oncall.Checking{Zones: time.LoadLocation, At: time.Unix(1, 0)})
		if oncall.Refused(found) {
			return
		}
		for _, r := range plan.Rotas {
			oncall.Open(plan, time.LoadLocation).Rota(r.Name).At(time.Unix(1, 0))
		}
	})
}
