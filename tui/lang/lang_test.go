package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
)

// printer has a small catalogue of its own, with French for some of it.
func printer(t testing.TB, opts Options) *Printer {
	t.Helper()
	p := New(opts)
	p.book = open(small, opts.Language, opts.ASCII)
	return p
}

var small = fs.FS(fstest.MapFS{
	"active.en.toml": {Data: []byte(`
"duration.seconds" = "{{.S}}s"
"duration.minutes" = "{{.M}}m"
"duration.hours" = "{{.H}}h {{.M}}m"
"duration.days" = "{{.D}}d {{.H}}h"
"plain" = "Nothing to fill in"
"hello" = "{{.Who}} took {{.Role}}"
"role.tech" = "tech lead"
"role.own" = "{{.Role}}"
"twice" = "{{.A}}, {{.A}} → {{ .B }}"
"at" = "{{.T}} {{.T | short}} {{.T | date}} {{.T | full}}"
"for" = "{{.D | duration}}"
"size" = "{{.N | bytes}}"
"loop" = "{{.Inner}}"
"cause" = "failed: {{.Cause}}"
"count" = "{{.Count}} of {{.All}}"
"broken" = "{{.A | nosuch}}"
`)},
	"more.en.toml": {Data: []byte(`
"question" = { one = "{{.Count}} question is open", other = "{{.Count}} questions are open" }
`)},
	"errors.en.toml": {Data: []byte(`
"error.title.empty" = "The title is empty."
"error.text.long" = "The text is too long: {{.Cause}}"
"error.internal" = "Unexpected: {{.Text}}"
`)},
	"shell.en.toml":   {Data: []byte("# nothing yet\n")},
	"console.en.toml": {},
	"active.fr.toml": {Data: []byte(`
"plain" = "Rien à remplir"
"question" = { one = "{{.Count}} question est ouverte", other = "{{.Count}} questions sont ouvertes" }
"duration.days" = "{{.D}} j {{.H}} h"
`)},
})

func TestSayFillsInByType(t *testing.T) {
	t.Parallel()
	ana, inc := model.PersonID{0xab, 0xcd}, model.Scope{1, 2, 3}
	p := printer(t, Options{Name: func(id model.PersonID) string {
		if id == ana {
			return "ana"
		}
		return ""
	}, Role: func(r model.Role) string {
		if r == "dba" {
			return "Database\x1b[31m lead"
		}
		return ""
	}})
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"a role":               {model.TechLead, "tech lead"},
		"a role of their own":  {model.Role("dba"), "Database lead"},
		"a role unknown here":  {model.Role("x\x1b[31my"), "xy"},
		"its name":             {model.Role("dba").Phrase(), "Database lead"},
		"text":                 {"bob", "bob"},
		"hostile text":         {"\x1b]0;evil\x07bob\u202e\nx", "bob x"},
		"phrase":               {model.Say("role.tech"), "tech lead"},
		"phrases":              {[]model.Phrase{model.Say("role.tech"), model.Say("plain")}, "tech lead, Nothing to fill in"},
		"plural phrase":        {model.Say("question").Counted(1), "1 question is open"},
		"something phrased":    {role("tech"), "tech lead"},
		"texts":                {[]string{"a", "b\x00"}, "a, b␀"},
		"time":                 {time.Date(2026, 3, 1, 14, 5, 6, 0, time.UTC), "14:05:06"},
		"no time":              {time.Time{}, "-"},
		"duration":             {65 * time.Minute, "1h 05m"},
		"person":               {ana, "ana"},
		"a person unnamed":     {model.PersonID{0xff}, "ff000000"},
		"incident":             {inc, inc.Key()},
		"number":               {42, "42"},
		"64-bit number":        {int64(-7), "-7"},
		"unsigned number":      {uint64(math.MaxUint64), "9223372036854775807"},
		"level":                {model.Level(1), "SEV1"},
		"refusal":              {model.Refuse(model.CodeTitleEmpty), "The title is empty."},
		"error":                {errors.New("disk\nfull"), "disk full"},
		"nil":                  {nil, "-"},
		"bool":                 {true, "true"},
		"what has a String":    {model.Ref{Hash: model.ShortHash{0xde, 0xad}}, "dead0000"},
		"a template in a text": {"{{.Who}}", "{{.Who}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want+" took x", p.T("hello", "Who", c.value, "Role", "x"))
			require.Equal(t, c.want+" took x", p.Say(model.Say("hello", "Who", c.value, "Role", "x")))
		})
	}
	require.Empty(t, p.Faults())
	require.Empty(t, p.Say(model.Phrase{}))
	require.Equal(t, "a, a → b", p.T("twice", "A", "a", "B", "b"))
}

type role string

func (r role) Phrase() model.Phrase { return model.Say("role." + string(r)) }

func TestPluralsAndLanguages(t *testing.T) {
	t.Parallel()
	en, fr := printer(t, Options{}), printer(t, Options{Language: "fr-BE"})
	require.Equal(t, "0 questions are open", en.N("question", 0))
	require.Equal(t, "1 question is open", en.N("question", 1))
	require.Equal(t, "2 questions are open", en.N("question", 2))
	require.Equal(t, "0 question est ouverte", fr.N("question", 0), "zero is singular in French")
	require.Equal(t, "1000000 questions sont ouvertes", fr.N("question", 1_000_000), "French has a form for it; we need not")
	require.Equal(t, "Rien à remplir", fr.T("plain"))
	require.Equal(t, "2 j 4 h", fr.Duration(52*time.Hour))
	require.Equal(t, "3 of 41", fr.N("count", 3, "All", 41), "English stands in")
	require.Equal(t, "tech lead", fr.T("role.tech"))
	require.Equal(t, "fr", fr.Language())
	require.Equal(t, "en", printer(t, Options{Language: "tlh, xx"}).Language())
	require.Equal(t, "en", printer(t, Options{Language: "!?"}).Language())
	require.True(t, fr.Has("twice"))
	require.True(t, fr.Has("error.internal"))
	require.False(t, fr.Has("nosuch"))
	require.Subset(t, fr.Keys(), []string{"error.internal", "plain", "question"})
	require.Empty(t, fr.Faults())
}

func TestWhatIsMissingIsSeenAndCounted(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{})
	require.Equal(t, "⟨no.such⟩", p.T("no.such"))
	require.Equal(t, "⟨no.such⟩", p.T("no.such"))
	require.Equal(t, "ana took ⟨Role?⟩", p.T("hello", "Who", "ana"))
	require.Equal(t, "ana took ⟨Role?⟩", p.T("hello", "Who", "ana", "Role"))
	require.Equal(t, "⟨Count?⟩ questions are open", p.T("question"))
	require.Equal(t, "failed: ⟨Cause?⟩", p.T("cause"))
	require.Equal(t, map[string]int{"no.such": 2, "hello Role": 2, "question Count": 1, "cause Cause": 1}, p.Faults())
	require.Equal(t, "{{.A | nosuch}}", p.T("broken", "A", 1))
	require.Equal(t, "<no.such>", printer(t, Options{ASCII: true}).T("no.such"))
}

func TestPhrasesDoNotNestForEver(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{})
	args := map[string]any{}
	args["Inner"] = model.Phrase{Key: "loop", Args: args}
	require.Equal(t, "...", p.Say(model.Phrase{Key: "loop", Args: args}))
	var err error = model.Refuse(model.CodeTextLong)
	for range 20 {
		err = model.Refuse(model.CodeTextLong).Because(err)
	}
	require.True(t, strings.HasSuffix(p.Error(err), "..."))
}

func TestErrorsAreSentences(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{})
	require.Empty(t, p.Error(nil))
	require.Equal(t, "The title is empty.", p.Error(model.Refuse(model.CodeTitleEmpty)))
	require.Equal(t, "The title is empty.", p.Error(fmt.Errorf("opening: %w", model.Refuse(model.CodeTitleEmpty))))
	require.Equal(t, "Unexpected: disk full x", p.Error(errors.New("disk full\n\x1b[31mx")))
	require.Equal(t, "Unexpected: code.unknown N=1", p.Error(model.Refuse("code.unknown", "N", 1)))
	require.Equal(t, "The text is too long: EOF", p.Error(model.Refuse(model.CodeTextLong).Because(errors.New("EOF"))))
	require.Equal(t, "The text is too long: The title is empty.", p.Error(model.Refuse(model.CodeTextLong).Because(model.Refuse(model.CodeTitleEmpty))))
}

func TestTheBuiltInSentences(t *testing.T) {
	t.Parallel()
	p := New(Options{Zone: time.FixedZone("CET", 3600)})
	for want, err := range map[string]error{
		"There is no severity 7. Nothing was changed. Use 1, 2 or 3.": model.Refuse(model.CodeSeverityUnknown, "Severity", 7),
		"The alert has 4.2 MiB; 4 MiB fit. Nothing was changed. Set max_alerts in Alertmanager's webhook settings, or group by more labels.": model.Refuse(
			model.CodeAlertLarge, "Length", 4_400_000, "Limit", 4<<20),
		"The alert cannot be read at byte 12: it is not JSON. Nothing was changed. Send the body as Alertmanager posts it.": model.Refuse(
			model.CodeAlertMalformed, "Where", model.Say("alert.where.byte", "Byte", 12), "Why", model.Say("alert.why.json")),
		"2026-03-01 15:05:00 has not come yet. Nothing was changed. For the day before, say yesterday in front of the time; else check the zone and this machine's clock.": model.Refuse(
			model.CodeTimeFuture, "Time", time.Date(2026, 3, 1, 14, 5, 0, 0, time.UTC)),
	} {
		require.Equal(t, want, p.Error(err))
	}
	require.Equal(t, "3h 05m", p.Duration(185*time.Minute))
	require.Empty(t, p.Faults())
}

func TestDurationsAreCompact(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{})
	for in, want := range map[time.Duration]string{
		0:                                      "0s",
		40 * time.Millisecond:                  "0s",
		340 * time.Millisecond:                 "0.3s",
		3*time.Second + 299*time.Millisecond:   "3.2s",
		10*time.Second + 900*time.Millisecond:  "10s",
		59*time.Second + 999*time.Millisecond:  "59s",
		time.Minute:                            "1m",
		42*time.Minute + 59*time.Second:        "42m",
		time.Hour:                              "1h 00m",
		3*time.Hour + 5*time.Minute:            "3h 05m",
		23*time.Hour + 59*time.Minute + 59*1e9: "23h 59m",
		24 * time.Hour:                         "1d 0h",
		52*time.Hour + 59*time.Minute:          "2d 4h",
		-42 * time.Minute:                      "-42m",
		math.MaxInt64:                          "106751d 23h",
		math.MinInt64:                          "-106751d 23h",
	} {
		require.Equal(t, want, p.Duration(in), "%d", in)
	}
	require.Equal(t, "3.2s", p.T("for", "D", int64(3210)), "ms")
	require.Equal(t, "4 MiB, 1.5 KiB, 300 B", p.T("size", "N", 4<<20)+", "+p.T("size", "N", 1536)+", "+p.T("size", "N", 300))
}

func TestClocksAndTheirZone(t *testing.T) {
	t.Parallel()
	cet := time.FixedZone("CET", 3600)
	at := time.Date(2026, 3, 1, 23, 50, 6, 7e8, time.UTC)
	for name, c := range map[string]struct {
		zone                            *time.Location
		mode                            ClockMode
		clock, short, date, full, label string
	}{
		"none is UTC": {nil, Local, "23:50:06", "23:50", "2026-03-01", "2026-03-01 23:50:06", "UTC"},
		"local":       {cet, Local, "00:50:06", "00:50", "2026-03-02", "2026-03-02 00:50:06", "CET"},
		"UTC":         {cet, UTC, "23:50:06", "23:50", "2026-03-01", "2026-03-01 23:50:06", "UTC"},
		"both":        {cet, Both, "00:50:06 (23:50:06Z)", "00:50 (23:50Z)", "2026-03-02", "2026-03-02 00:50:06 (2026-03-01 23:50:06Z)", "CET/UTC"},
		"no name":     {time.FixedZone("+0530", 19800), Local, "05:20:06", "05:20", "2026-03-02", "2026-03-02 05:20:06", "UTC+05:30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := printer(t, Options{Zone: c.zone, Clock: c.mode})
			require.Equal(t, c.clock, p.Clock(at))
			require.Equal(t, c.short, p.ClockShort(at))
			require.Equal(t, c.date, p.Date(at))
			require.Equal(t, c.full, p.Full(at))
			require.Equal(t, c.label, p.Zone(at))
			want := strings.Join([]string{c.clock, c.short, c.date, c.full}, " ")
			require.Equal(t, want, p.T("at", "T", at))
			require.Equal(t, strings.Replace(want, c.clock, fmt.Sprint(at.UnixMilli()), 1), p.T("at", "T", at.UnixMilli()), "ms, where the sentence says so")
		})
	}
	p := printer(t, Options{Zone: cet})
	require.Equal(t, "23:50:06", p.WithClock(UTC).Clock(at))
	require.Equal(t, "00:50:06", p.Clock(at), "the first one is as it was")
	require.Equal(t, "-", p.Date(time.Time{}))
}

func TestASCIIKeepsTheCatalogueToASCII(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a, a -> é", printer(t, Options{ASCII: true}).T("twice", "A", "a", "B", "é"))
}

func TestTheEnvironmentChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "en"},
		{map[string]string{"LANG": "en_GB.UTF-8"}, "en"},
		{map[string]string{"LANG": "xx_XX.UTF-8"}, "en"},
		{map[string]string{"LANG": "C.UTF-8", "LANGUAGE": "xx"}, "en"},
		{map[string]string{"LC_ALL": "POSIX", "LANG": "en_US"}, "en"},
		{map[string]string{"LANGUAGE": "xx:en_GB:yy"}, "en"},
	} {
		require.Equal(t, c.want, FromEnv(func(k string) string { return c.env[k] }), "%v", c.env)
	}
	require.Equal(t, "fr_BE", localeBase("fr_BE.UTF-8@euro"))
	require.Equal(t, "fr_BE", localeBase("fr-BE"))
	require.Equal(t, "", localeBase(""))
	require.Equal(t, []string{"en", "fr"}, languages(small))
}

func TestPrintersAreSafeTogether(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{Language: "fr"})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				if got := p.N("question", n%3+2); !strings.HasSuffix(got, "ouvertes") {
					t.Errorf("%d: %q", i, got)
				}
				p.T("no.such")
				p.Faults()
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1600, p.Faults()["no.such"])
}

func TestManyCountsAreNotKeptForEver(t *testing.T) {
	t.Parallel()
	p := printer(t, Options{})
	for n := range madeLimit + 10 {
		p.N("question", n)
	}
	require.Len(t, p.book.made, madeLimit)
	require.Equal(t, "10005 questions are open", p.N("question", 10_005))
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Options{})
	}
}

func BenchmarkRowOfThree(b *testing.B) {
	p := printer(b, Options{Name: func(model.PersonID) string { return "ana" }})
	ph := model.Say("twice", "A", model.PersonID{1}, "B", model.Say("role.tech"))
	for b.Loop() {
		p.Say(ph)
	}
}

func BenchmarkPlural(b *testing.B) {
	p := printer(b, Options{})
	for b.Loop() {
		p.N("question", 3)
	}
}

func TestAPrinterForAnotherReaderSharesWhatTheyReadAlike(t *testing.T) {
	t.Parallel()
	p := New(Options{Language: "en", Name: func(model.PersonID) string { return "ana" }})
	q := p.For(Options{Language: "fr,en", Name: func(model.PersonID) string { return "bob" }})
	require.Same(t, p.book, q.book)
	require.Equal(t, "ana", p.Say(model.Say("shell.by", "Person", model.PersonID{1})))
	require.Equal(t, "bob", q.Say(model.Say("shell.by", "Person", model.PersonID{1})))
	plain := p.For(Options{Language: "en", ASCII: true})
	require.NotSame(t, p.book, plain.book)
	require.Equal(t, New(Options{ASCII: true}).T("nothing.at.all"), plain.T("nothing.at.all"))
}
