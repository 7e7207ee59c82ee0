package draft_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/model/draft"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

// thursday is 5 March 2026, 14:20 in Brussels.
func thursday(t *testing.T) draft.About {
	now := time.Date(2026, 3, 5, 14, 20, 0, 0, zone(t, "Europe/Brussels"))
	return draft.About{
		Audience: model.ToCustomers, State: model.Investigating, Now: now, Since: now.Add(-40 * time.Minute), Due: now.Add(20 * time.Minute),
		Hosts: []string{"grafana.ops.example"},
	}
}

var checker = draft.NewChecker()

// found writes what is found as "rule text".
func found(text string, about draft.About) []string {
	var out []string
	for _, f := range checker.Check(text, about) {
		out = append(out, strings.TrimSpace(string(f.Rule)+" "+text[f.From:f.To]))
	}
	return out
}

const next = " Next update at 14:40 CET."

func TestCheckOfADraft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a good one":                 {"Payments fail for some of you since 13:40 CET. Next update at 14:40 CET.", nil},
		"with today's day":           {"On Thursday 5 March 2026 payments fail." + next, nil},
		"the day in other forms":     {"Thu, March 5th, 2026; 2026-03-05 (Thursday); 05/03/2026; Thursday, 5.3.2026." + next, nil},
		"wrong weekday before":       {"Since Wednesday, 5 March payments fail." + next, []string{"weekday Wednesday"}},
		"wrong weekday behind":       {"Since 2026-03-05 (Fri) payments fail." + next, []string{"weekday Fri"}},
		"wrong weekday alone":        {"Since Monday payments fail." + next, []string{"weekday Monday"}},
		"wrong year":                 {"Since 5 March 2025 payments fail." + next, []string{"year 5 March 2025"}},
		"wrong year and weekday":     {"Since Thursday 2025-03-05 payments fail." + next, []string{"weekday Thursday", "year 2025-03-05"}},
		"wrong month":                {"Since 5 February 2026 payments fail." + next, []string{"date 5 February 2026"}},
		"a day ahead":                {"On 6 March payments fail." + next, []string{"date 6 March"}},
		"a day that is not there":    {"Since 29 February 2026 payments fail." + next, []string{"date 29 February 2026"}},
		"no such day":                {"Since 31 April payments fail." + next, []string{"date 31 April"}},
		"may as a word":              {"You may 5 times see it." + next, nil},
		"no next update":             {"Payments fail.", []string{"next"}},
		"next update, no time":       {"Payments fail. The next update follows.", []string{"next"}},
		"next update in some time":   {"Payments fail. Next update in 20 minutes.", nil},
		"next update is over":        {"Payments fail. Next update at 14:10 CET.", []string{"next 14:10"}},
		"next update, time before":   {"Payments fail. At 14:40 CET we will post an update.", nil},
		"next update in words":       {"Payments fail. We will update you within half an hour.", nil},
		"afternoon":                  {"Payments fail. Next update at 2:40 pm CET.", nil},
		"afternoon, hour alone":      {"Payments fail. Next update by 3pm CET.", nil},
		"next update, other zone":    {"Payments fail. Next update at 13:40 UTC.", nil},
		"next update, over there":    {"Payments fail. Next update at 14:00 +01:00.", []string{"next 14:00"}},
		"no zone":                    {"Payments fail since 13:40. Next update at 14:40 CET.", []string{"zone 13:40"}},
		"a range has one zone":       {"Between 13:40 and 14:10 CET payments failed; from 13:20–13:30 UTC too." + next, nil},
		"a zone for all":             {"All times are in UTC. Since 12:40. Next update at 13:40.", nil},
		"zone in words":              {"Payments fail. Next update at 14:40 Brussels time.", nil},
		"winter's zone in winter":    {"Payments fail. Next update at 14:40 CEST.", []string{"zone 14:40", "next 14:40"}},
		"a promise":                  {"It will be fixed by 15:00 CET." + next, []string{"promise will be fixed by 15:00"}},
		"a promise in minutes":       {"We expect to restore it within 30 minutes." + next, []string{"promise expect to restore it within 30 minutes"}},
		"a vague promise":            {"It should be back soon." + next, []string{"promise should be back soon"}},
		"a promise the other way":    {"By 15:00 CET all should work again." + next, []string{"promise 15:00 CET all should work again"}},
		"an eta":                     {"ETA is one hour." + next, []string{"promise ETA"}},
		"fixed by":                   {"Fix: payments restored by 15:00 CET." + next, []string{"promise restored by 15:00"}},
		"a past repair":              {"It was fixed by our team, and has been back since 13:55 CET." + next, nil},
		"fixed in":                   {"Fixed in 10 minutes." + next, []string{"promise Fixed in 10 minutes"}},
		"fixed in some time before":  {"It was fixed in 10 minutes." + next, nil},
		"no promise":                 {"We will post the next update at 14:40 CET once service is restored.", nil},
		"no promise without a time":  {"We work to have it fixed and will tell you when it is resolved." + next, nil},
		"internal name":              {"The database db-1.eu-west is slow." + next, []string{"host db-1.eu-west"}},
		"internal endings":           {"pay.internal, print.local, x.corp and nas.lan are slow." + next, []string{"host pay.internal", "host print.local", "host x.corp", "host nas.lan"}},
		"a machine by its number":    {"web03 and prod-db-02 are slow." + next, []string{"host web03", "host prod-db-02"}},
		"private addresses":          {"10.1.2.3, 192.168.0.1, 172.16.9.9, 127.0.0.1 and fd00::1 are slow." + next, []string{"host 10.1.2.3", "host 192.168.0.1", "host 172.16.9.9", "host 127.0.0.1", "host fd00::1"}},
		"a host of a link":           {"See grafana.ops.example." + next, []string{"host grafana.ops.example"}},
		"public names":               {"See status.example.com, api2.example.com, 8.8.8.8, TLS 1.3, utf-8, step-2, v2.1 and area51." + next, nil},
		"a blank of a template":      {"What you see: [what customers see]." + next, []string{"gap [what customers see]"}},
		"a link in Markdown":         {"See [our page](https://status.example.com)." + next, nil},
		"several":                    {"Since Wednesday, 5 March db-1.eu-west fails. It will be fixed at 15:00.", []string{"weekday Wednesday", "host db-1.eu-west", "promise will be fixed at 15:00", "zone 15:00", "next"}},
		"a sentence with a host end": {"Slow is pay.internal. Next update at 14:40 CET.", []string{"host pay.internal"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, found(c.text, thursday(t)))
		})
	}
}

func TestWhatIsCheckedDependsOnTheAudience(t *testing.T) {
	t.Parallel()
	text := "db-1.eu-west will be fixed by 15:00 CET."
	for a, want := range map[model.Audience][]string{
		model.ToCustomers:  {"host db-1.eu-west", "promise will be fixed by 15:00", "next"},
		model.ToExecutives: {"promise will be fixed by 15:00", "next"},
		model.ToTeam:       {"next"},
	} {
		about := thursday(t)
		about.Audience = a
		require.Equal(t, want, found(text, about), a)
	}
}

func TestTheLastUpdateSaysWhatBecameOfData(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		lost bool
		want []string
	}{
		"It works again.":                        {want: []string{"data"}},
		"It works again. No data was lost.":      {},
		"All data is intact.":                    {},
		"Some data was lost; we write to you.":   {lost: true},
		"No data was lost.":                      {lost: true, want: []string{"data No data was lost"}},
		"Your data was not affected.":            {lost: true, want: []string{"data data was not affected"}},
		"Data":                                   {want: []string{"data"}},
		"It was over at 14:10 CET. No data loss": {},
	} {
		about := thursday(t)
		about.State, about.Lost = model.Recovered, c.lost
		require.Equal(t, c.want, found(text, about), text)
	}
}

// The calendar's edges: the night of the year's end, a leap day, and the hours in which
// clocks change.
func TestTheCheckAtTheEdgesOfTheCalendar(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now  string
		zone string
		text string
		want []string
	}{
		"new year is tomorrow":          {"2026-12-31T23:50:00+01:00", "Europe/Brussels", "Since Thursday 31 December 2026. Next update on Friday, 1 January, 00:10 CET.", nil},
		"with the new year":             {"2026-12-31T23:50:00+01:00", "Europe/Brussels", "Next update on 2027-01-01 at 00:10 CET.", nil},
		"with the old year":             {"2026-12-31T23:50:00+01:00", "Europe/Brussels", "Next update on 1 January 2026 at 00:10 CET.", []string{"year 1 January 2026", "next 00:10"}},
		"the old year, after midnight":  {"2027-01-01T00:05:00+01:00", "Europe/Brussels", "Since 31 December. Next update at 00:25 CET.", nil},
		"the year that was":             {"2027-01-01T00:05:00+01:00", "Europe/Brussels", "Today, 1 January 2026. Next update at 00:25 CET.", []string{"year 1 January 2026"}},
		"a leap day":                    {"2028-02-29T12:00:00Z", "UTC", "On Tuesday, 29 February 2028. Next update at 12:20 UTC.", nil},
		"a leap day in another year":    {"2028-02-29T12:00:00Z", "UTC", "On 29 February 2027. Next update at 12:20 UTC.", []string{"date 29 February 2027"}},
		"over the leap day":             {"2028-02-29T23:55:00Z", "UTC", "Next update on Wednesday, 1 March at 00:15 UTC.", nil},
		"midnight without a day":        {"2026-03-05T23:50:00Z", "UTC", "Next update at 00:10 UTC.", nil},
		"before the hour that is left":  {"2026-03-29T01:50:00+01:00", "Europe/Brussels", "Next update at 03:10 CEST.", nil},
		"winter's name after it":        {"2026-03-29T12:00:00+02:00", "Europe/Brussels", "Next update at 12:20 CET.", []string{"zone 12:20"}},
		"in the hour that comes twice":  {"2026-10-25T02:50:00+02:00", "Europe/Brussels", "Next update at 02:10 CET.", nil},
		"summer's name after it":        {"2026-10-25T12:00:00+01:00", "Europe/Brussels", "Next update at 12:20 CEST.", []string{"zone 12:20", "next 12:20"}},
		"a zone without a name":         {"2026-03-05T12:00:00-03:00", "America/Sao_Paulo", "Next update at 12:20 -03.", nil},
		"the day changes at the reader": {"2026-03-05T23:30:00Z", "Asia/Tokyo", "On Friday, 6 March. Next update at 08:50 JST.", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, c.now)
			require.NoError(t, err)
			now = now.In(zone(t, c.zone))
			about := draft.About{Audience: model.ToCustomers, State: model.Identified, Now: now, Since: now.Add(-20 * time.Minute), Due: now.Add(20 * time.Minute)}
			require.Equal(t, c.want, found(c.text, about))
		})
	}
}

func TestTheCheckTakesAnyText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\x00\xff", "99:99 0/0/0000 0000-00-00", "[[[", "::::", "....", "Mayy 5", "update at", "13:40\u202e14:40", strings.Repeat("will be fixed by ", 5000)} {
		for _, f := range checker.Check(text, thursday(t)) {
			require.LessOrEqual(t, f.From, f.To)
			require.LessOrEqual(t, f.To, len(text))
			require.False(t, f.Say.IsZero())
		}
	}
}
