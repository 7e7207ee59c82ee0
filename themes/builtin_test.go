package themes_test

import (
	"image/color"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/BurntSushi/toml"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"warroom/themes"
)

func depths() []themes.Depth {
	return []themes.Depth{themes.NoColour, themes.ANSI16, themes.ANSI256, themes.TrueColour}
}

func TestNamesAreTheShippedFiles(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("builtin")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".toml"))
	}
	require.ElementsMatch(t, names, themes.Names())
	require.Equal(t, "default", themes.Names()[0])
	for _, name := range themes.Names() {
		require.Equal(t, name, builtin(t, name).Name)
	}
}

func TestEveryShippedThemeNamesEveryTokenItself(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		var file map[string]any
		meta, err := toml.DecodeFile("builtin/"+name+".toml", &file)
		require.NoError(t, err)
		require.True(t, meta.IsDefined("background"), name)
		require.False(t, meta.IsDefined("inherits"), name)
		for _, tok := range themes.Tokens() {
			if tok >= themes.Severity(6) && tok <= themes.Severity(9) {
				continue // more levels than anybody uses; they look like the fifth
			}
			require.True(t, meta.IsDefined(strings.Split(string(tok), ".")...), "%s: %s", name, tok)
		}
	}
}

func TestEveryTokenHasAStyleAtEachDepth(t *testing.T) {
	t.Parallel()
	plain := map[themes.Token]bool{ // those that may look like bare text in a theme of few means
		themes.Text: true, themes.Input: true, themes.Name: true, themes.Here: true, themes.Command: true, themes.OK: true, themes.Info: true,
		themes.Severity(4): true, themes.PhaseDone: true, themes.StatusMitigated: true, themes.StatusResolved: true,
	}
	for _, name := range themes.Names() {
		for _, d := range depths() {
			s := builtin(t, name).Styles(d)
			for _, tok := range themes.Tokens() {
				st := s.Style(tok)
				require.Equal(t, tok, st.Token())
				if !plain[tok] {
					require.NotEqual(t, "x", st.Render("x"), "%s: %s at %d", name, tok, d)
				}
			}
			require.NotEqual(t, s.Style(themes.Selection).Render("x"), s.Style(themes.SelectionIdle).Render("x"), "%s at %d", name, d)
			require.NotEqual(t, s.Style(themes.Border).Render("x"), s.Style(themes.Focus).Render("x"), "%s at %d", name, d)
		}
	}
}

func TestSEV1LooksLikeNothingElse(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		for _, d := range depths() {
			s := builtin(t, name).Styles(d)
			sev1 := s.Style(themes.Sev1).Render("x")
			for _, tok := range themes.Tokens() {
				if tok != themes.Sev1 {
					require.NotEqual(t, sev1, s.Style(tok).Render("x"), "%s: %s at %d", name, tok, d)
				}
			}
			require.NotEqual(t, s.Style(themes.Sev2).Render("x"), s.Style(themes.Sev3).Render("x"), "%s at %d", name, d)
		}
	}
}

// coloured finds a parameter that sets a colour.
var coloured = regexp.MustCompile(`\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

func TestWithoutColourNoThemeWritesAny(t *testing.T) {
	t.Parallel()
	require.Regexp(t, coloured, builtin(t, "dark").Styles(themes.ANSI16).Style(themes.Sev1).Render("x"), "the check finds colours")
	for _, name := range themes.Names() {
		for _, d := range depths() {
			if name != "mono" && d != themes.NoColour {
				continue
			}
			s := builtin(t, name).Styles(d)
			for _, tok := range themes.Tokens() {
				require.NotRegexp(t, coloured, s.Style(tok).Render("x"), "%s: %s at %d", name, tok, d)
				require.NotRegexp(t, coloured, s.Style(tok).With(s.Style(themes.Selection)).Render("x"))
			}
			fg, bg := s.Ground()
			require.Nil(t, fg)
			require.Nil(t, bg)
		}
	}
}

func TestWithoutColourASelectionIsStillSeen(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		require.Equal(t, "\x1b[7mx\x1b[m", builtin(t, name).Styles(themes.NoColour).Style(themes.Selection).Render("x"), name)
	}
}

func TestFewColoursStayWithinTheirDepth(t *testing.T) {
	t.Parallel()
	for _, name := range themes.Names() {
		for _, tok := range themes.Tokens() {
			require.NotContains(t, builtin(t, name).Styles(themes.ANSI16).Style(tok).Render("x"), "8;5;", "%s: %s", name, tok)
			require.NotContains(t, builtin(t, name).Styles(themes.ANSI16).Style(tok).Render("x"), "8;2;", "%s: %s", name, tok)
			require.NotContains(t, builtin(t, name).Styles(themes.ANSI256).Style(tok).Render("x"), "8;2;", "%s: %s", name, tok)
		}
	}
}

func TestTheGroundIsSetFrom256ColoursOn(t *testing.T) {
	t.Parallel()
	for _, d := range depths() {
		fg, bg := builtin(t, "dark").Styles(d).Ground()
		require.Equal(t, d >= themes.ANSI256, bg != nil, "at %d", d)
		require.Equal(t, d >= themes.ANSI256, fg != nil, "at %d", d)
		fg, bg = builtin(t, "default").Styles(d).Ground()
		require.Nil(t, fg)
		require.Nil(t, bg)
	}
}

func TestSeveritiesAreAnOpenList(t *testing.T) {
	t.Parallel()
	theme, err := themes.Parse("", []byte("[severity]\n6 = \"cyan\"\n8 = \"blue\""))
	require.NoError(t, err)
	s := theme.Styles(themes.ANSI16)
	for level, want := range map[int]string{6: "\x1b[36mx\x1b[m", 7: "\x1b[36mx\x1b[m", 8: "\x1b[34mx\x1b[m", 9: "\x1b[34mx\x1b[m", 12: "\x1b[34mx\x1b[m", 0: "x", -1: "x"} {
		require.Equal(t, want, s.Style(themes.Severity(level)).Render("x"), "level %d", level)
	}
	require.Equal(t, themes.Sev1, themes.Severity(1))
	require.Equal(t, themes.StatusFixing, themes.Status("fixing"))
	require.Equal(t, themes.PhaseTodo, themes.Phase("todo"))
	require.Equal(t, "x", s.Style(themes.Status("burning")).Render("x"), "a word from a newer teammate is text")
}

// The contrasts of WCAG 2.2: 4.5 for text (1.4.3). It asks 3 for parts of the
// interface (1.4.11), which the focused frame has; a quiet frame carries no
// meaning, and 1.8 lets it be seen and not read.
const (
	textContrast  = 4.5
	focusContrast = 3
	frameContrast = 1.8
)

func TestShippedThemesCanBeRead(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 21, contrast(color.Black, color.White), 0.001)
	for _, name := range []string{"dark", "light"} {
		for _, d := range []themes.Depth{themes.ANSI256, themes.TrueColour} {
			s := builtin(t, name).Styles(d)
			_, ground := s.Ground()
			for _, tok := range themes.Tokens() {
				least := textContrast
				switch tok {
				case themes.Border:
					least = frameContrast
				case themes.Focus, themes.Dialog:
					least = focusContrast
				}
				fg, bg := colours(s.Style(tok), ground)
				require.GreaterOrEqual(t, contrast(fg, bg), least, "%s: %s at %d", name, tok, d)
				require.NotContains(t, s.Style(tok).Render("x"), "\x1b[2", "%s: %s: no terminal says how dim dim is", name, tok)

				fg, bg = colours(s.Style(tok).With(s.Style(themes.Selection)), ground)
				require.GreaterOrEqual(t, contrast(fg, bg), textContrast, "%s: %s when selected, at %d", name, tok, d)
			}
		}
	}
}

// Sixteen colours are the terminal's to choose, so they are tried with those
// of xterm, which are among the hardest to read.
func TestSixteenColoursCanBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		theme  string
		ground color.Color
	}{
		{"dark", color.Black},
		{"light", color.White},
		{"default", color.Black},
		{"default", color.White},
	} {
		s := builtin(t, c.theme).Styles(themes.ANSI16)
		for _, tok := range themes.Tokens() {
			fg, bg := colours(s.Style(tok), c.ground)
			if bg == c.ground && fg == nil {
				continue // the terminal's own
			}
			least := 3.0
			if fg == xterm[2] {
				least = 2 // green has a word or a sign beside it in all we draw
			}
			require.GreaterOrEqual(t, contrast(fg, bg), least, "%s: %s on %v", c.theme, tok, c.ground)
		}
	}
}

// colours are those of a style as they are seen on a ground. The foreground is
// nil when it is the terminal's own.
func colours(s themes.Style, ground color.Color) (fg, bg color.Color) {
	l := s.Lipgloss()
	fg, bg = seen(l.GetForeground()), seen(l.GetBackground())
	if bg == nil {
		bg = ground
	}
	if l.GetReverse() {
		fg, bg = bg, fg
	}
	return fg, bg
}

// seen is a colour as xterm shows it.
func seen(c color.Color) color.Color {
	switch c := c.(type) {
	case lipgloss.NoColor:
		return nil
	case ansi.BasicColor:
		return xterm[c]
	}
	return c
}

// xterm's defaults (XTerm-col.ad).
var xterm = [16]color.RGBA{
	{0, 0, 0, 255}, {205, 0, 0, 255}, {0, 205, 0, 255}, {205, 205, 0, 255},
	{0, 0, 238, 255}, {205, 0, 205, 255}, {0, 205, 205, 255}, {229, 229, 229, 255},
	{127, 127, 127, 255}, {255, 0, 0, 255}, {0, 255, 0, 255}, {255, 255, 0, 255},
	{92, 92, 255, 255}, {255, 0, 255, 255}, {0, 255, 255, 255}, {255, 255, 255, 255},
}

// contrast is the contrast ratio of WCAG 2.2, of 1 to 21, by its relative
// luminance (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2, of 0 to 1
// (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
