package model_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/model"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	// 5 bits a character, the first ones first: 11111 00000 00001 ...
	id := model.Scope{0xf8, 0x01, 0x00, 0x00, 0x00}
	require.Equal(t, "Z0", id.Key()[:2])
	twin, far := id, model.Scope{0x11}
	twin[4] ^= 0x0f // the same first six characters
	require.Equal(t, id.Key(), twin.Key())
	keys := model.Keys([]model.Scope{id, twin, far})
	require.Equal(t, map[model.Scope]string{id: id.LongKey(), twin: twin.LongKey(), far: far.Key()}, keys)
	require.NotEqual(t, keys[id], keys[twin])
	require.Len(t, keys[id], 8)
	require.Len(t, keys[far], 6)
}

func TestAnyKeyIsFoundAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Byte(), 16, 16)
		id, other := model.Scope(draw.Draw(t, "id")), model.Scope(draw.Draw(t, "other"))
		key := id.Key()
		require.NotContains(t, key, "I")
		require.NotContains(t, key, "L")
		require.NotContains(t, key, "O")
		require.NotContains(t, key, "U")
		typed := key[:rapid.IntRange(4, 6).Draw(t, "length")]
		if rapid.Bool().Draw(t, "small") {
			typed = strings.ToLower(typed)
		}
		if rapid.Bool().Draw(t, "confused") {
			typed = strings.NewReplacer("1", "l", "0", "o").Replace(typed)
		}
		if rapid.Bool().Draw(t, "prefixed") {
			typed = "inc-" + typed
		}
		got, err := model.FindKey(typed, []model.Scope{other, id})
		if model.CodeOf(err) == model.CodeKeyAmbiguous {
			require.Equal(t, key[:4], other.Key()[:4])
			return
		}
		require.NoError(t, err)
		require.Equal(t, id, got)
	})
}

func TestFindKey(t *testing.T) {
	t.Parallel()
	a, b := model.Scope{0x08, 0x00}, model.Scope{0x08, 0x00, 0x0f}
	ids := []model.Scope{a, b}
	require.Equal(t, "100000", a.Key())
	for typed, want := range map[string]struct {
		id   model.Scope
		code model.Code
	}{
		"100000":                {a, ""},
		" INC-100000":           {a, ""},
		"inc-loiooo":            {model.Scope{}, model.CodeIncidentUnknown}, // 101000
		"looooo":                {a, ""},
		"iOOO":                  {model.Scope{}, model.CodeKeyAmbiguous},
		"1000y":                 {b, ""},
		"100":                   {model.Scope{}, model.CodeKeyMalformed},
		"":                      {model.Scope{}, model.CodeKeyMalformed},
		"INC-":                  {model.Scope{}, model.CodeKeyMalformed},
		"1000u":                 {model.Scope{}, model.CodeKeyMalformed},
		"10-00":                 {model.Scope{}, model.CodeKeyMalformed},
		"ZZZZ":                  {model.Scope{}, model.CodeIncidentUnknown},
		strings.Repeat("1", 27): {model.Scope{}, model.CodeKeyMalformed},
		"\xff\xff\xff\xff":      {model.Scope{}, model.CodeKeyMalformed},
	} {
		got, err := model.FindKey(typed, ids)
		require.Equal(t, want.code, model.CodeOf(err), typed)
		require.Equal(t, want.id, got, typed)
	}
	_, err := model.FindKey("1000", ids)
	require.ErrorContains(t, err, a.LongKey()+", "+b.LongKey())
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := int64(at0)
	c := model.ClockAt(now)
	require.Equal(t, now, c.Millis())
	require.Equal(t, c+1, c.Next(now), "the counter rises within a millisecond")
	require.Equal(t, c+1, c.Next(now-5_000), "and when the machine's clock goes back")
	require.Equal(t, model.ClockAt(now+1), c.Next(now+1))
	require.Equal(t, model.MaxClock, model.MaxClock.Next(now), "it stops at the end")
	require.Equal(t, model.MaxClock, (model.MaxClock - 1).Next(now))
	require.Equal(t, model.Clock(0), model.ClockAt(-1))
	require.Equal(t, model.ClockAt(1<<47), model.ClockAt(math.MaxInt64))
	require.Less(t, model.ClockAt(1<<47-2), model.ClockAt(math.MaxInt64))
	require.LessOrEqual(t, model.ClockAt(math.MaxInt64), model.MaxClock)

	full := c | 0xffff
	require.Equal(t, now+1, full.Next(now).Millis(), "a full counter runs into the next millisecond")

	minute := model.MaxAhead.Milliseconds()
	require.Equal(t, model.ClockAt(now+1_000), c.Merge(model.ClockAt(now+1_000), now))
	require.Equal(t, c, c.Merge(model.ClockAt(now-1_000), now))
	require.Equal(t, model.ClockAt(now+minute), c.Merge(model.ClockAt(now+365*24*time.Hour.Milliseconds()), now), "held to a minute ahead")
	ahead := model.ClockAt(now + 2*minute)
	require.Equal(t, ahead, ahead.Merge(math.MaxUint64, now), "its own time is never taken back")
}
