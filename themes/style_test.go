package themes_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"warroom/themes"
)

// style is a style of one token, from its value in a file.
func style(t testing.TB, value string, d themes.Depth) themes.Style {
	t.Helper()
	theme, err := themes.Parse("", []byte("accent = \""+value+"\""))
	require.NoError(t, err)
	return theme.Styles(d).Style(themes.Accent)
}

func TestAStyleOnTopKeepsWhatItDoesNotSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ under, over, want string }{
		"a background under letters":     {"red", "on blue", "\x1b[31;44mx\x1b[m"},
		"a foreground replaces":          {"red on blue", "green", "\x1b[32;44mx\x1b[m"},
		"attributes are added":           {"red bold", "underline", "\x1b[1;4;31mx\x1b[m"},
		"the terminal's own is a colour": {"red bold", "default", "\x1b[1mx\x1b[m"},
		"dim goes on a fill":             {"dim strike", "on cyan", "\x1b[9;46mx\x1b[m"},
		"dim goes in reverse":            {"dim", "reverse", "\x1b[7mx\x1b[m"},
		"dim stays without a fill":       {"dim", "bold", "\x1b[1;2mx\x1b[m"},
		"dim on top is asked for":        {"red", "dim on cyan", "\x1b[2;31;46mx\x1b[m"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := style(t, c.under, themes.ANSI16).With(style(t, c.over, themes.ANSI16))
			require.Equal(t, c.want, got.Render("x"))
			require.Equal(t, themes.Accent, got.Token())
		})
	}
	s := builtin(t, "default").Styles(themes.ANSI16)
	require.Equal(t, themes.Sev1, s.Style(themes.Sev1).With(s.Style(themes.Selection)).Token(), "the token of the one below")
	require.Equal(t, s.Style(themes.Sev1), s.Style(themes.Sev1).With(themes.Style{}), "nothing on top changes nothing")
}

func TestColoursBecomeTheNearestThatTheTerminalHas(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][3]string{ // at 16, 256 and true colour
		"#ff0000":          {"91", "38;5;196", "38;2;255;0;0"},
		"#c3202f":          {"31", "38;5;160", "38;2;195;32;47"},
		"#f0c674":          {"93", "38;5;222", "38;2;240;198;116"}, // a soft amber stays yellow
		"#82c98b":          {"32", "38;5;114", "38;2;130;201;139"},
		"#7fb2f5":          {"94", "38;5;111", "38;2;127;178;245"},
		"#7b3bb0":          {"35", "38;5;97", "38;2;123;59;176"},
		"#00d7d7":          {"96", "38;5;44", "38;2;0;215;215"},
		"#000000":          {"30", "38;5;16", "38;2;0;0;0"},
		"#9e9e9e":          {"90", "38;5;247", "38;2;158;158;158"},
		"#d0d0d0":          {"37", "38;5;252", "38;2;208;208;208"},
		"#ffffff":          {"97", "38;5;231", "38;2;255;255;255"},
		"208":              {"93", "38;5;208", "38;5;208"},
		"240":              {"90", "38;5;240", "38;5;240"},
		"magenta":          {"35", "35", "35"},
		"black on #ffd700": {"30;103", "30;48;5;220", "30;48;2;255;215;0"},
	} {
		for i, d := range []themes.Depth{themes.ANSI16, themes.ANSI256, themes.TrueColour} {
			require.Equal(t, "\x1b["+want[i]+"mx\x1b[m", style(t, value, d).Render("x"), "%s at %d", value, d)
		}
	}
}

func TestAFillThatIsLostInTheBackgroundIsReversed(t *testing.T) {
	t.Parallel()
	theme, err := themes.Parse("", []byte("background = \"#101010\"\nselection = \"#ffffff on #181818\"\nheader = \"red on #101010\""))
	require.NoError(t, err)
	s := theme.Styles(themes.ANSI16)
	require.Equal(t, "\x1b[7;97mx\x1b[m", s.Style(themes.Selection).Render("x"))
	require.Equal(t, "\x1b[31;40mx\x1b[m", s.Style(themes.Header).Render("x"), "one that wants the background keeps it")
}

func TestRenderWritesNothingForNothing(t *testing.T) {
	t.Parallel()
	s := builtin(t, "default").Styles(themes.TrueColour)
	require.Empty(t, s.Style(themes.Sev1).Render(""))
	require.Equal(t, "x", s.Style(themes.Text).Render("x"))
	require.Equal(t, "x", themes.Style{}.Render("x"))
	require.Equal(t, "x", (*themes.Styles)(nil).Style(themes.Sev1).Render("x"))
	require.Equal(t, "x", themes.Theme{}.Styles(themes.TrueColour).Style(themes.Sev1).Render("x"))
}

func TestStylesCanBeCompared(t *testing.T) {
	t.Parallel()
	a, b := builtin(t, "dark").Styles(themes.ANSI256), builtin(t, "dark").Styles(themes.ANSI256)
	require.True(t, a.Style(themes.Sev1) == b.Style(themes.Sev1))
	require.False(t, a.Style(themes.Sev1) == b.Style(themes.Sev2))
}

func TestWidgetsGetTheSameLook(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		for _, d := range depths() {
			s := builtin(t, name).Styles(d)
			for _, tok := range themes.Tokens() {
				st := s.Style(tok)
				require.Equal(t, sgr(st.Render("x")), sgr(st.Lipgloss().Render("x")), "%s %s at %d", name, tok, d)
			}
		}
	}
	require.Equal(t, "x", builtin(t, "dark").NamedStyles().Style(themes.Sev1).Lipgloss().Render("x"))
}

// sgr is the set of a rendering's SGR parameters, whatever their order.
func sgr(s string) map[string]bool {
	set := map[string]bool{}
	for s = strings.TrimSuffix(s, "\x1b[m"); strings.HasPrefix(s, "\x1b["); {
		var one string
		one, s, _ = strings.Cut(s[2:], "m")
		for _, p := range strings.Split(one, ";") {
			set[p] = true
		}
	}
	return set
}

func TestNamedStylesNameWhatTheyMark(t *testing.T) {
	t.Parallel()
	s := builtin(t, "dark").NamedStyles()
	row := s.Style(themes.Border).Render("│") + s.Style(themes.Sev1).Render("SEV1") + " plain " +
		s.Style(themes.Dim).With(s.Style(themes.Selection)).Render("é日本") + s.Style(themes.Text).Render("") +
		s.Style("status.new").Render("new")
	require.Equal(t, "‹border:│›‹severity.1:SEV1› plain ‹dim+selection:é日本›‹status.new:new›", themes.ShowNames(row))
	require.Equal(t, "│SEV1 plain é日本new", themes.StripNames(row))
	require.Equal(t, themes.Dim, s.Style(themes.Dim).With(s.Style(themes.Selection)).Token())
	require.Equal(t, row, strings.ReplaceAll(row, "\n", ""), "on one line")
}

func TestNamesHaveNoWidthAndSurviveACut(t *testing.T) {
	t.Parallel()
	s := themes.Theme{}.NamedStyles()
	row := s.Style(themes.Border).Render("│") + s.Style(themes.Time).Render("日本 10:02")
	require.Equal(t, 11, ansi.StringWidth(row))
	cut := ansi.Truncate(row, 5, "")
	require.Equal(t, 5, ansi.StringWidth(cut))
	require.Equal(t, "‹border:│›‹time:日本›", themes.ShowNames(cut))
	require.Equal(t, "│日本", themes.StripNames(cut))
}

func TestTextThatLooksLikeANameStays(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "‹border:x›", "a\x1b_style:half", "\x1b[1mx\x1b[m", "\x1b_other\x1b\\"} {
		require.Equal(t, s, themes.StripNames(s))
		require.Equal(t, s, themes.ShowNames(s))
	}
}

func TestGoldenScreensDoNotFollowTheTheme(t *testing.T) {
	t.Parallel()
	require.Equal(t, builtin(t, "dark").NamedStyles(), builtin(t, "mono").NamedStyles())
}

func BenchmarkStyleRender(b *testing.B) {
	s := style(b, "#ffffff on #c3202f bold", themes.TrueColour)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Render("SEV1 7F3K2M  Checkout 5xx in eu-west")
	}
}

func BenchmarkStyleWith(b *testing.B) {
	s := builtin(b, "dark").Styles(themes.TrueColour)
	sev, selected := s.Style(themes.Sev1), s.Style(themes.Selection)
	b.ReportAllocs()
	for b.Loop() {
		_ = sev.With(selected)
	}
}

func BenchmarkBuiltinAndStyles(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		theme, err := themes.Builtin("dark")
		if err != nil {
			b.Fatal(err)
		}
		_ = theme.Styles(themes.TrueColour)
	}
}
