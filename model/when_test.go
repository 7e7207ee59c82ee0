package model_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones also where the machine has none

	"github.com/stretchr/testify/require"

	"warroom/model"
)

func TestParseWhen(t *testing.T) {
	t.Parallel()
	brussels, err := time.LoadLocation("Europe/Brussels")
	require.NoError(t, err)
	utc := time.Date(2026, 3, 5, 10, 0, 30, 0, time.UTC)
	local := utc.In(brussels) // 11:00:30 CET
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, brussels)
	spring := time.Date(2026, 3, 29, 12, 0, 0, 0, brussels) // 02:00 to 03:00 is missing
	for _, c := range []struct {
		typed string
		now   time.Time
		want  string // RFC 3339 in UTC
		code  model.Code
	}{
		{typed: "now", now: utc, want: "2026-03-05T10:00:30Z"},
		{typed: " NOW ", now: utc, want: "2026-03-05T10:00:30Z"},
		{typed: "09:05", now: utc, want: "2026-03-05T09:05:00Z"},
		{typed: "9:05", now: utc, want: "2026-03-05T09:05:00Z"},
		{typed: "09:05:59", now: utc, want: "2026-03-05T09:05:59Z"},
		{typed: "9h05", now: utc, want: "2026-03-05T09:05:00Z"},
		{typed: "9:05pm", now: utc, code: model.CodeTimeFuture},    // eleven hours ahead: not yesterday by itself
		{typed: "11:05pm", now: utc, want: "2026-03-04T23:05:00Z"}, // thirteen hours: last night
		{typed: "10:01", now: utc, want: "2026-03-05T10:01:00Z"},   // within the minute
		{typed: "14:05", now: utc, code: model.CodeTimeFuture},
		{typed: "yesterday 14:05", now: utc, want: "2026-03-04T14:05:00Z"},
		{typed: "10:30", now: local, want: "2026-03-05T09:30:00Z"},
		{typed: "23:50 CET", now: utc, want: "2026-03-04T22:50:00Z"},
		{typed: "yesterday 23:50 CET", now: utc, want: "2026-03-04T22:50:00Z"},
		{typed: "yesterday 23:50", now: local, want: "2026-03-04T22:50:00Z"},
		{typed: "today 08:00", now: utc, want: "2026-03-05T08:00:00Z"},
		{typed: "today 12:00", now: utc, code: model.CodeTimeFuture},
		{typed: "10:00 +02:00", now: utc, want: "2026-03-05T08:00:00Z"},
		{typed: "10:00 -0500", now: utc, code: model.CodeTimeFuture},
		{typed: "10:00 utc", now: local, want: "2026-03-05T10:00:00Z"},
		{typed: "10:00 IST", now: utc, code: model.CodeTimeZone},
		{typed: "10:00 tomorrow", now: utc, code: model.CodeTimeZone},
		{typed: "2026-03-01 14:05", now: utc, want: "2026-03-01T14:05:00Z"},
		{typed: "2026-03-01 14:05 PST", now: utc, want: "2026-03-01T22:05:00Z"},
		{typed: "2026-03-01T14:05", now: local, want: "2026-03-01T13:05:00Z"},
		{typed: "2026-03-01T14:05:06+01:00", now: utc, want: "2026-03-01T13:05:06Z"},
		{typed: "2026-03-01T14:05:06.123456Z", now: utc, want: "2026-03-01T14:05:06.123Z"},
		{typed: "2027-03-01T14:05:06Z", now: utc, code: model.CodeTimeFuture},
		{typed: "2026-03-06 01:00", now: utc, code: model.CodeTimeFuture},
		{typed: "0001-01-01T00:00:00Z", now: utc, code: model.CodeTimeUnreadable},
		{typed: "-12m", now: utc, want: "2026-03-05T09:48:30Z"},
		{typed: "-1h30m", now: utc, want: "2026-03-05T08:30:30Z"},
		{typed: "-2d", now: utc, want: "2026-03-03T10:00:30Z"},
		{typed: "-1d2h", now: utc, want: "2026-03-04T08:00:30Z"},
		{typed: "12m ago", now: utc, want: "2026-03-05T09:48:30Z"},
		{typed: "1h 30m ago", now: utc, want: "2026-03-05T08:30:30Z"},
		// Summer time: the zone of the day that is meant, not of today.
		{typed: "08:00", now: summer, want: "2026-07-01T06:00:00Z"},
		{typed: "2026-03-05 08:00", now: summer, want: "2026-03-05T07:00:00Z"},
		{typed: "01:59", now: spring, want: "2026-03-29T00:59:00Z"},
		{typed: "03:00", now: spring, want: "2026-03-29T01:00:00Z"},
		{typed: "01-03 14:05", now: utc, code: model.CodeTimeUnreadable}, // means two things
		{typed: "", now: utc, code: model.CodeTimeUnreadable},
		{typed: "-", now: utc, code: model.CodeTimeUnreadable},
		{typed: "--5m", now: utc, code: model.CodeTimeUnreadable},
		{typed: "-5", now: utc, code: model.CodeTimeUnreadable},
		{typed: "-99999d", now: utc, code: model.CodeTimeUnreadable},
		{typed: "ago", now: utc, code: model.CodeTimeUnreadable},
		{typed: "24:00", now: utc, code: model.CodeTimeUnreadable},
		{typed: "10:60", now: utc, code: model.CodeTimeUnreadable},
		{typed: "yesterday", now: utc, code: model.CodeTimeUnreadable},
		{typed: "2026-02-30 10:00", now: utc, code: model.CodeTimeUnreadable},
		{typed: "a while back", now: utc, code: model.CodeTimeZone},
		{typed: strings.Repeat("9", 70), now: utc, code: model.CodeTimeUnreadable},
		{typed: "\xff", now: utc, code: model.CodeTimeUnreadable},
	} {
		t.Run(c.typed, func(t *testing.T) {
			t.Parallel()
			w, err := model.ParseWhen(c.typed, c.now)
			require.Equal(t, c.code, model.CodeOf(err))
			if c.code != "" {
				require.True(t, w.IsZero())
				return
			}
			require.Equal(t, c.want, w.At.UTC().Format(time.RFC3339Nano))
		})
	}
}

func TestParseWhenKeepsHowItWasSaid(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	for typed, want := range map[string]model.Said{
		"09:00 CET":                 {Precision: model.ToMinute, Offset: 60, Zone: "CET"},
		"06:00 -03:30":              {Precision: model.ToMinute, Offset: -210, Zone: "-03:30"},
		"09:00:05":                  {Precision: model.ToSecond, Zone: "UTC"},
		"-12m":                      {Precision: model.ToMinute, Zone: "UTC"},
		"2026-03-05T09:00:00+05:30": {Precision: model.ToSecond, Offset: 330},
	} {
		w, err := model.ParseWhen(typed, now)
		require.NoError(t, err, typed)
		require.Equal(t, want, w.Said, typed)
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"now", "14:05", "-12m", "yesterday 23:50 CET", "2026-03-01T14:05:06+01:00", "1h 30m ago", "10:00 +02:00", "\xff - d"} {
		f.Add(s)
	}
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, typed string) {
		w, err := model.ParseWhen(typed, now)
		if err != nil {
			require.NotEmpty(t, model.CodeOf(err))
			return
		}
		require.False(t, w.At.After(now.Add(time.Minute)), "%q is in the future", typed)
		require.Positive(t, w.Happened())
	})
}
