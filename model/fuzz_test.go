package model_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// bombs are bodies that are small and claim much, or that could mean two things.
func bombs() map[string][]byte {
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	many := func(n int, b ...byte) []byte { return bytes.Repeat(b, n) }
	pairs := func(n int) []byte { // a map of n pairs {1000: 0, 1001: 0, ...}
		out := []byte{0xb9, byte(n >> 8), byte(n)}
		for i := range n {
			out = append(out, 0x19, byte((1000+i)>>8), byte(1000+i), 0)
		}
		return out
	}
	return map[string][]byte{
		"nothing":                     {},
		"null":                        {0xf6},
		"undefined":                   {0xf7},
		"a list":                      {0x80},
		"a number":                    {0x01},
		"a text":                      {0x61, 'a'},
		"a key twice":                 {0xa2, 0x10, 0x01, 0x10, 0x02},
		"an unknown key twice":        {0xa2, 0x18, 0x5a, 0x01, 0x18, 0x5a, 0x02},
		"map without an end":          {0xbf, 0x10, 0x01, 0xff},
		"text without an end":         {0xa1, 0x01, 0x7f, 0x61, 'a', 0xff},
		"bytes without an end":        {0xa1, 0x00, 0x5f, 0x41, 'a', 0xff},
		"list without an end":         {0xa1, 0x02, 0x9f, 0xff},
		"deep lists":                  cat([]byte{0xa1, 0x18, 0x5a}, many(60_000, 0x81), []byte{0x00}),
		"deep maps":                   cat(many(20_000, 0xa1, 0x00), []byte{0x00}),
		"nine deep":                   cat([]byte{0xa1, 0x18, 0x5a}, many(8, 0x81), []byte{0x00}),
		"map of 2^32":                 {0xba, 0xff, 0xff, 0xff, 0xff},
		"map of 2^63":                 {0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"list of 2^32":                {0xa1, 0x02, 0x9a, 0xff, 0xff, 0xff, 0xff},
		"list of 2^64":                {0xa1, 0x02, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"text of 2^32":                {0xa1, 0x01, 0x7a, 0xff, 0xff, 0xff, 0xff, 'a'},
		"bytes of 2^64":               {0xa1, 0x00, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"bad UTF-8":                   {0xa1, 0x01, 0x61, 0xff},
		"bad UTF-8 in an unknown key": {0xa1, 0x61, 0xff, 0x00},
		"a tag":                       {0xa1, 0x10, 0xc2, 0x41, 0x01},
		"257 pairs":                   pairs(257),
		"5,000 references":            cat([]byte{0xa1, 0x02, 0x99, 0x13, 0x88}, many(5_000, 0x80)),
		"something behind":            {0xa1, 0x10, 0x01, 0x00},
		"cut off":                     {0xa1, 0x10},
		"a level over 255":            {0xa1, 0x10, 0x19, 0x01, 0x00},
		"a level below 0":             {0xa1, 0x10, 0x20},
		"a text for a level":          {0xa1, 0x10, 0x61, '1'},
		"a float for a level":         {0xa1, 0x10, 0xfb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0},
	}
}

func TestDecodeBodyRefusesBombs(t *testing.T) {
	t.Parallel()
	for name, raw := range bombs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, _, err := model.DecodeBody(model.KindSeveritySet, raw)
			require.Equal(t, model.CodeEventMalformed, model.CodeOf(err))
			require.Nil(t, body)
		})
	}
}

func TestDecodeBodyTakesWhatIsWithinTheLimits(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"empty":        {0xa0},
		"eight deep":   append(append([]byte{0xa1, 0x18, 0x5a}, bytes.Repeat([]byte{0x81}, 6)...), 0x00),
		"unknown text": {0xa1, 0x18, 0x5a, 0x63, 'a', 'b', 'c'},
	} {
		_, newer, err := model.DecodeBody(model.KindSeveritySet, raw)
		require.NoError(t, err, name)
		require.Equal(t, len(raw) > 1, newer, name)
	}
}

// What a small body makes the decoder allocate stays small: it is not parallel,
// because it counts the whole program's allocations.
func TestABombDoesNotAllocate(t *testing.T) {
	for name, raw := range bombs() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := model.DecodeBody(model.KindSeveritySet, raw)
		runtime.ReadMemStats(&after)
		require.Error(t, err)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), name)
	}
}

func FuzzDecodeBody(f *testing.F) {
	for _, raw := range bombs() {
		if len(raw) < 1_000 {
			f.Add(uint16(model.KindSeveritySet), raw)
		}
	}
	f.Add(uint16(model.KindSeveritySet), newerField)
	for _, d := range vectors() {
		raw, err := model.EncodeBody(d.Body)
		require.NoError(f, err)
		f.Add(uint16(d.Body.Kind()), raw)
	}
	f.Fuzz(func(t *testing.T, kind uint16, raw []byte) {
		body, newer, err := model.DecodeBody(model.Kind(kind), raw)
		if err != nil {
			require.Equal(t, model.CodeEventMalformed, model.CodeOf(err))
			return
		}
		require.Equal(t, model.Kind(kind), body.Kind())
		again, err := model.EncodeBody(body)
		require.NoError(t, err)
		if newer {
			return
		}
		back, _, err := model.DecodeBody(model.Kind(kind), again)
		require.NoError(t, err)
		twice, err := model.EncodeBody(back)
		require.NoError(t, err)
		require.Equal(t, again, twice)
	})
}

func FuzzParseEvent(f *testing.F) {
	l := newLog(1).write(f, l0(), &model.EntryAdd{}, &model.SeveritySet{Level: 1},
		&model.MemberAdmit{Access: model.Owner}, &model.MemberAccess{Access: 9}, &model.MemberRevoke{}, &model.MemberDevice{Device: model.DeviceKey{1}}, &model.MemberWay{Key: sshKey(1)},
		&model.MemberWayDrop{}, &model.IncidentRestrict{On: true, People: []model.PersonID{{1}}})
	for _, e := range l.events {
		f.Add(e.Raw[:], e.Body)
	}
	f.Add([]byte{}, []byte{})
	f.Add([]byte(strings.Repeat("\xff", model.EnvelopeSize)), []byte{0xa0})
	f.Fuzz(func(t *testing.T, raw, body []byte) {
		e, err := model.ParseEvent(raw, body)
		if err != nil {
			require.NotEmpty(t, model.CodeOf(err))
			return
		}
		require.Equal(t, raw, e.Raw[:])
		from := model.Head{Log: e.Log, Seq: e.Seq - 1, Hash: e.Prev}
		if _, err := l.check(from, []*model.Event{e}); err != nil {
			require.NotEmpty(t, model.CodeOf(err))
		}
		r, err := model.Decode(e)
		if err != nil {
			require.NotEmpty(t, model.CodeOf(err))
			return
		}
		in := model.NewIncident(e.Scope)
		in.Apply(r)
		v := in.View()
		for _, l := range v.Lines {
			l.Describe()
		}
		v.Next(at0)
		row := model.Summarise(v)
		in.StateHash()
		require.Equal(t, v.VisibleTo(r.Common().Actor), model.VisibleTo(row, r.Common().Actor))
		p := model.NewPeople(e.Scope)
		p.Apply(r)
		p.StateHash()
		require.Equal(t, p.Owners() == nil, len(p.Roster().Owners()) == 0)
		for _, l := range p.Log() {
			require.NotEmpty(t, l.Describe().Key)
		}
	})
}
