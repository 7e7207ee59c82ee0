package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"
)

func TestLineMakesForeignTextFitToShow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"ASCII stays":                   {"rolled back api v412", "rolled back api v412"},
		"empty stays":                   {"", ""},
		"accents stay":                  {"Éric à Liège, naïve", "Éric à Liège, naïve"},
		"accents join their letters":    {"e\u0301te\u0301", "\u00e9t\u00e9"},
		"Han, kana and Hangul stay":     {"障害 エラー 장애", "障害 エラー 장애"},
		"Arabic and Hebrew stay":        {"خطأ שגיאה", "خطأ שגיאה"},
		"a family is three people":      {"👨\u200d👩\u200d👧", "👨👩👧"},
		"a flag is its letters":         {"down in 🇫🇷🇧🇪", "down in FRBE"},
		"a heart without its selector":  {"❤\ufe0f", "❤"},
		"a keycap without its selector": {"1\ufe0f\u20e3", "1\u20e3"},
		"a hand without its tone":       {"👍🏽", "👍"},
		"line breaks are a space":       {"a\nb\r\nc\rd\u2028e\u2029f\u0085g", "a b c d e f g"},
		"a tab is a space":              {"a\tb", "a b"},
		"other controls are seen":       {"a\x00b\x07c\x7fd", "a␀b␇c␡d"},
		"colours go":                    {"\x1b[1;31mred\x1b[0m", "red"},
		"colours with colons go":        {"\x1b[38:2::1:2:3mred\x1b[m", "red"},
		"a title goes":                  {"a\x1b]0;evil\x07b", "ab"},
		"the clipboard goes":            {"a\x1b]52;c;ZXZpbA==\x1b\\b", "ab"},
		"a link's address goes":         {"\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"},
		"a device string goes":          {"a\x1bP$q\"p\x1b\\b", "ab"},
		"charsets and resets go":        {"\x1b(B\x1bca\x1b7", "a"},
		"8-bit sequences go":            {"\u009b31mred\u009b0m \u009d0;evil\u009cok", "red ok"},
		"8-bit bytes go":                {"\x9b31mred\x9b0m \x9d0;evil\x9cok", "red ok"},
		"another 8-bit control is seen": {"a\u0080b", "a\ufffdb"},
		"an endless string hides none":  {"a\x1b]0;still here", "a0;still here"},
		"a string ends with the line":   {"a\x1b]0;x\nb\x07", "a0;x b␇"},
		"a lone escape is seen":         {"a\x1b", "a␛"},
		"a broken sequence ends":        {"\x1b[31\x00m", "␀m"},
		"escape after escape":           {"\x1b\x1b[31mred", "␛red"},
		"directions go":                 {"user\u202egnp.exe\u2066a\u2069\u200e\u061c", "usergnp.exea"},
		"the invisible goes":            {"a\u200bb\u2060c\ufeffd\u00ade\u180ef\u3164g\u034fh", "abcdefgh"},
		"tags go":                       {"a\U000e0041\U000e007fb", "ab"},
		"bytes that are no UTF-8":       {"a\xffb\xc3", "a\ufffdb\ufffd"},
		"marks are cut to three":        {"e" + strings.Repeat("\u0301", 10_000) + "!", "\u00e9\u0301\u0301!"},
		"hidden marks are cut too":      {"e\u0301\u0301\u0301\u200d\u0301", "\u00e9\u0301\u0301"},
		"a mark alone has a circle":     {"\u0301a", "\u25cc\u0301a"},
		"a spacing mark alone too":      {"\u0903a", "\u25cc\u0903a"},
		"what joins the next is marked": {"\u0600a", "\ufffda"},
		"Thai am in its two halves":     {"\u0e17\u0e33", "\u0e17\u0e4d\u0e32"},
		"half-width sound marks":        {"ｶﾞ", "ｶ゛"},
		"an endless conjunct is one":    {strings.Repeat("\u0915\u094d", 5_000), "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Line(c.in)
			require.Equal(t, c.want, got)
			require.Equal(t, got, Line(got), "clean text is left alone")
		})
	}
}

func TestBlockKeepsLinesAndTabStops(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"empty":               {"", []string{""}},
		"one":                 {"one", []string{"one"}},
		"every kind of break": {"a\nb\r\nc\rd\u2028e", []string{"a", "b", "c", "d", "e"}},
		"a last break":        {"a\n", []string{"a", ""}},
		"tabs":                {"NAME\tREADY\napi-7\t1/1\na\tb\tc", []string{"NAME    READY", "api-7   1/1", "a       b       c"}},
		"tabs after wide":     {"障害\tx", []string{"障害    x"}},
		"a mark after a tab":  {"a\t\u0301", []string{"a       \u25cc\u0301"}},
		"colours":             {"\x1b[31ma\x1b[0m\nb", []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, Block(c.in))
		})
	}
}

// Every character there is, alone, after a letter, and before one: the two ways
// in which the renderer counts cells must agree on what comes out.
func TestEveryCharacterIsCountedAlikeByAllWays(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == 0x40000 {
			r = 0xe0000 // nothing between is assigned
		}
		if r == 0xe1000 {
			r = 0x10ff00 // the rest is for private use
		}
		if !utf8.ValidRune(r) {
			continue
		}
		for _, in := range []string{string(r), "a" + string(r), string(r) + "a"} {
			got := Line(in)
			w := ansi.StringWidth(got)
			if w != ansi.StringWidthWc(got) || w != Width(got) {
				t.Fatalf("U+%04X in %q gives %q: %d and %d cells", r, in, got, w, ansi.StringWidthWc(got))
			}
			// What follows a field is a border; it must stay a cell of its own.
			if got := ansi.StringWidth(Line(string(r)) + "│"); got != ansi.StringWidth(Line(string(r)))+1 {
				t.Fatalf("U+%04X takes what follows it", r)
			}
		}
	}
}

// Not parallel: allocations of other tests would be counted.
func TestCleaningAgainIsFree(t *testing.T) {
	plain := strings.Repeat("rolled back api v412 ", 5)
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = Line(plain) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = Line("Éric 障害 …") }))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = Width(plain) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = Cut(plain, 200) }))
}

// hostile is the corpus of things that have broken terminals.
var hostile = []string{
	"", "plain", "Éric à Liège", "障害が発生", "👨\u200d👩\u200d👧 family", "🇫🇷🇧🇪🇳", "❤\ufe0f 1\ufe0f\u20e3",
	"e" + strings.Repeat("\u0301", 100), "\u202eevil\u2066", "\x1b]0;title\x07x", "\x1b]52;c;ZXZpbA==\x1b\\",
	"\x9b31m\u009b31mred", "\x1b", "\x1b[", "\x1b]", "\xc3", "a\tb\nc\r\nd", strings.Repeat("\x1b]", 50),
	"\u0915\u094d\u0937\u093f", "\u1100\u1161\u11a8", "ทำงาน", "ｶﾞｷﾞ", "\u0600\u06dd1", "\U000e0041\ufffe\ufdd0",
	"  indented text that goes on and on", "a   b", "\u0301", "各各各各", "\u3000x\u00a0y",
}

func FuzzLine(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, i)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		line := Line(s)
		fit(t, line)
		require.Equal(t, line, Line(line), "idempotent")
		for _, l := range Block(s) {
			fit(t, l)
			require.Equal(t, []string{l}, Block(l), "idempotent")
		}
		if w %= 300; w < 0 {
			w = -w
		}
		require.Equal(t, w, ansi.StringWidth(Fit(s, w)))
		require.Equal(t, w, ansi.StringWidth(FitASCII(s, w)))
		require.Equal(t, Fit(s, w), Fit(Fit(s, w), w), "idempotent")
		require.LessOrEqual(t, ansi.StringWidth(Cut(s, w)), w)
		for _, l := range Wrap(s, w) {
			fit(t, l)
			require.LessOrEqual(t, ansi.StringWidth(l), max(w, 1))
		}
	})
}

func fit(t *testing.T, s string) {
	t.Helper()
	require.True(t, utf8.ValidString(s))
	require.Equal(t, ansi.StringWidth(s), ansi.StringWidthWc(s), "%q", s)
	for _, r := range s {
		require.False(t, unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r), "%U in %q", r, s)
	}
}

func BenchmarkLineASCII(b *testing.B) {
	s := strings.Repeat("rolled back api v412 ", 5)
	for b.Loop() {
		Line(s)
	}
}

func BenchmarkLineAccents(b *testing.B) {
	s := strings.Repeat("Éric a rétabli l'accès ", 5)
	for b.Loop() {
		Line(s)
	}
}

func BenchmarkFitASCII(b *testing.B) {
	s := strings.Repeat("rolled back api v412 ", 5)
	for b.Loop() {
		Fit(s, 60)
	}
}

func BenchmarkFitWide(b *testing.B) {
	s := strings.Repeat("障害が発生しました ", 5)
	for b.Loop() {
		Fit(s, 60)
	}
}

func BenchmarkHostile(b *testing.B) {
	s := strings.Repeat("\x1b]", 50_000)
	for b.Loop() {
		Line(s)
	}
}
