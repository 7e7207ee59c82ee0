package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// Times that people type in the nights in which clocks are set, at the ends of years and
// on days that few years have.
func TestATypedTimeInANightInWhichClocksAreSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ zone, now, typed, want string }{
		"twice, the first time":           {"Europe/Brussels", "2026-10-25T00:40:00Z", "02:35", "2026-10-25T00:35:00Z"},
		"twice, the second time":          {"Europe/Brussels", "2026-10-25T01:40:00Z", "02:35", "2026-10-25T01:35:00Z"},
		"twice, not yet again":            {"Europe/Brussels", "2026-10-25T01:40:00Z", "02:50", "2026-10-25T00:50:00Z"},
		"twice, the next morning":         {"Europe/Brussels", "2026-10-25T08:00:00Z", "02:35", "2026-10-25T01:35:00Z"},
		"twice, by the zone of summer":    {"Europe/Brussels", "2026-10-25T08:00:00Z", "02:35 CEST", "2026-10-25T00:35:00Z"},
		"twice, by the zone of winter":    {"Europe/Brussels", "2026-10-25T08:00:00Z", "02:35 CET", "2026-10-25T01:35:00Z"},
		"twice, days later":               {"Europe/Brussels", "2026-10-27T08:00:00Z", "2026-10-25 02:35", "2026-10-25T01:35:00Z"},
		"after the hour that comes twice": {"Europe/Brussels", "2026-10-25T08:00:00Z", "03:00", "2026-10-25T02:00:00Z"},
		"in the hour that is not there":   {"Europe/Brussels", "2026-03-29T08:00:00Z", "02:30", "2026-03-29T01:00:00Z"},
		"its first minute":                {"Europe/Brussels", "2026-03-29T08:00:00Z", "02:00", "2026-03-29T01:00:00Z"},
		"its last minute":                 {"Europe/Brussels", "2026-03-29T08:00:00Z", "02:59", "2026-03-29T01:00:00Z"},
		"yesterday was not there":         {"Europe/Brussels", "2026-03-30T08:00:00Z", "yesterday 02:30", "2026-03-29T01:00:00Z"},
		"not there in New York":           {"America/New_York", "2026-03-08T12:00:00Z", "02:30", "2026-03-08T07:00:00Z"},
		"twice in New York":               {"America/New_York", "2026-11-01T06:10:00Z", "01:05", "2026-11-01T06:05:00Z"},
		"twice in New York, earlier":      {"America/New_York", "2026-11-01T06:10:00Z", "01:30", "2026-11-01T05:30:00Z"},
		"twice, but half an hour":         {"Australia/Lord_Howe", "2026-04-04T15:10:00Z", "01:35", "2026-04-04T15:05:00Z"},
		"half an hour that is not there":  {"Australia/Lord_Howe", "2026-10-03T20:00:00Z", "02:15", "2026-10-03T15:30:00Z"},
		"midnight that is not there":      {"America/Sao_Paulo", "2018-11-04T12:00:00Z", "00:00", "2018-11-04T03:00:00Z"},
		"yesterday had no midnight":       {"America/Sao_Paulo", "2018-11-05T02:10:00Z", "yesterday 10:00", "2018-11-04T12:00:00Z"},
		"yesterday was last year":         {"Europe/Brussels", "2026-12-31T23:10:00Z", "23:50", "2026-12-31T22:50:00Z"},
		"yesterday was a leap day":        {"Europe/Brussels", "2028-02-29T23:10:00Z", "yesterday 23:50", "2028-02-29T22:50:00Z"},
		"a leap day":                      {"UTC", "2028-03-01T10:00:00Z", "2028-02-29 10:00", "2028-02-29T10:00:00Z"},
		"a zone that never changes":       {"Asia/Kolkata", "2026-03-29T08:00:00Z", "02:30", "2026-03-28T21:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			now, err := time.Parse(time.RFC3339, c.now)
			require.NoError(t, err)
			w, err := model.ParseWhen(c.typed, now.In(z))
			require.NoError(t, err)
			require.Equal(t, c.want, w.At.UTC().Format(time.RFC3339))
		})
	}
	now := time.Date(2028, 3, 1, 10, 0, 0, 0, time.UTC)
	for _, typed := range []string{"23:59:60", "2016-12-31 23:59:60", "2016-12-31T23:59:60Z", "2027-02-29 10:00", "2028-02-30 10:00"} {
		_, err := model.ParseWhen(typed, now)
		require.Equal(t, model.CodeTimeUnreadable, model.CodeOf(err), typed)
	}
}
