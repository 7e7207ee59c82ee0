package themes_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/themes"
)

func TestBadFilesAreRefusedWithTheirLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want themes.Error
	}{
		"unknown token": {
			"border = \"cyan\"\n\n# a comment = \"x\"\nboarder = \"red\"\n",
			themes.Error{Line: 4, Key: "boarder", Problem: themes.UnknownToken, Nearest: "border"},
		},
		"unknown token and nothing near": {
			"quux = \"red\"",
			themes.Error{Line: 1, Key: "quux", Problem: themes.UnknownToken},
		},
		"the first of two is told": {
			"\nwarm = \"red\"\nborder = \"rde\"",
			themes.Error{Line: 2, Key: "warm", Problem: themes.UnknownToken, Nearest: "warn"},
		},
		"unknown status": {
			"[status]\nopen = \"red\"\nopn = \"red\"",
			themes.Error{Line: 3, Key: "status.opn", Problem: themes.UnknownToken, Nearest: "status.open"},
		},
		"unknown dotted status": {
			"\nstatus.opn = \"red\"",
			themes.Error{Line: 2, Key: "status.opn", Problem: themes.UnknownToken, Nearest: "status.open"},
		},
		"the key of another table on an earlier line": {
			"[status]\nopen = \"red\"\n[phase]\nopen = \"red\"",
			themes.Error{Line: 4, Key: "phase.open", Problem: themes.UnknownToken},
		},
		"the unknown key in a string on an earlier line": {
			"text = \"\"\"\n  red\n  boarder = 1\"\"\"\nboarder = \"red\"",
			themes.Error{Line: 3, Key: "text", Value: "boarder", Problem: themes.BadColour},
		},
		"a token below the head of a table": {
			"[status]\nopen = \"red\"\nborder = \"cyan\"",
			themes.Error{Line: 3, Key: "status.border", Problem: themes.UnknownToken, Nearest: "border"},
		},
		"unknown table": {
			"\n\n[sevrity]\n1 = \"red\"",
			themes.Error{Line: 3, Key: "sevrity", Problem: themes.UnknownToken, Nearest: "severity"},
		},
		"unknown implicit table": {
			"\n\na.b = \"red\"",
			themes.Error{Line: 3, Key: "a", Problem: themes.UnknownToken},
		},
		"severity outside its table": {
			"sev1 = \"red\"",
			themes.Error{Line: 1, Key: "sev1", Problem: themes.UnknownToken, Nearest: "severity.1"},
		},
		"severity 0":  {"[severity]\n0 = \"red\"", themes.Error{Line: 2, Key: "severity.0", Problem: themes.UnknownToken}},
		"severity 10": {"[severity]\n10 = \"red\"", themes.Error{Line: 2, Key: "severity.10", Problem: themes.UnknownToken, Nearest: "severity.1"}},
		"deep severity": {
			"severity.1.fg = \"red\"",
			themes.Error{Line: 1, Key: "severity.1", Problem: themes.BadKind, Value: "string"},
		},
		"a string in place of a table":    {"severity = \"red\"", themes.Error{Line: 1, Key: "severity", Problem: themes.BadKind, Value: "table"}},
		"an array of tables":              {"\n[[severity]]\n1 = \"red\"", themes.Error{Line: 2, Key: "severity", Problem: themes.BadKind, Value: "table"}},
		"a table in place of a string":    {"\n[border]\nfg = \"red\"", themes.Error{Line: 2, Key: "border", Problem: themes.BadKind, Value: "string"}},
		"an inline table":                 {"\nborder = { fg = \"red\" }", themes.Error{Line: 2, Key: "border", Problem: themes.BadKind, Value: "string"}},
		"a truth":                         {"bold = 1\n", themes.Error{Line: 1, Key: "bold", Problem: themes.UnknownToken}},
		"a truth as a value":              {"text = true", themes.Error{Line: 1, Key: "text", Problem: themes.BadKind, Value: "string"}},
		"unknown colour":                  {"\ntext = \"Rde bold\"", themes.Error{Line: 2, Key: "text", Value: "rde", Problem: themes.BadColour, Nearest: "red"}},
		"unknown attribute":               {"\ntext = \"red blod\"", themes.Error{Line: 2, Key: "text", Value: "blod", Problem: themes.BadColour, Nearest: "bold"}},
		"unknown background":              {"text = \"red on cyna\"", themes.Error{Line: 1, Key: "text", Value: "cyna", Problem: themes.BadColour, Nearest: "cyan"}},
		"a word of other programs":        {"text = \"grey\"", themes.Error{Line: 1, Key: "text", Value: "grey", Problem: themes.BadColour, Nearest: "bright-black"}},
		"short hex":                       {"text = \"#fA0\"", themes.Error{Line: 1, Key: "text", Value: "#fa0", Problem: themes.BadColour, Nearest: "#ffaa00"}},
		"hex of five":                     {"text = \"#fa012\"", themes.Error{Line: 1, Key: "text", Value: "#fa012", Problem: themes.BadColour}},
		"hex that is none":                {"text = \"#ff00gg\"", themes.Error{Line: 1, Key: "text", Value: "#ff00gg", Problem: themes.BadColour}},
		"hex with a sign":                 {"text = \"#+f00ff\"", themes.Error{Line: 1, Key: "text", Value: "#+f00ff", Problem: themes.BadColour}},
		"256":                             {"text = 256", themes.Error{Line: 1, Key: "text", Value: "256", Problem: themes.BadColour}},
		"a negative number":               {"text = -1", themes.Error{Line: 1, Key: "text", Value: "-1", Problem: themes.BadColour}},
		"an empty value":                  {"text = \" \"", themes.Error{Line: 1, Key: "text", Value: " ", Problem: themes.BadColour, Nearest: "default"}},
		"two foregrounds":                 {"text = \"red bold blue\"", themes.Error{Line: 1, Key: "text", Value: "blue", Problem: themes.BadStyle}},
		"two backgrounds":                 {"text = \"on red on blue\"", themes.Error{Line: 1, Key: "text", Value: "blue", Problem: themes.BadStyle}},
		"no background":                   {"text = \"red on\"", themes.Error{Line: 1, Key: "text", Value: "on", Problem: themes.BadStyle}},
		"an attribute after on":           {"text = \"red on bold\"", themes.Error{Line: 1, Key: "text", Value: "bold", Problem: themes.BadStyle}},
		"a style as the screen's ground":  {"background = \"red bold\"", themes.Error{Line: 1, Key: "background", Value: "red bold", Problem: themes.BadColour}},
		"an unknown screen's ground":      {"\r\nbackground = \"balck\"", themes.Error{Line: 2, Key: "background", Value: "balck", Problem: themes.BadColour, Nearest: "black"}},
		"an unknown parent":               {"\ninherits = \"drak\"", themes.Error{Line: 2, Key: "inherits", Value: "drak", Problem: themes.UnknownParent, Nearest: "dark"}},
		"a parent that is a path":         {"inherits = \"../dark\"", themes.Error{Line: 1, Key: "inherits", Value: "../dark", Problem: themes.UnknownParent}},
		"a table as parent":               {"[inherits]", themes.Error{Line: 1, Key: "inherits", Problem: themes.BadKind, Value: "string"}},
		"an open string":                  {"\n\ntext = \"red\ndim = 3", themes.Error{Line: 3, Key: "text", Problem: themes.BadSyntax}},
		"a token twice":                   {"text = \"red\"\ntext = \"blue\"", themes.Error{Line: 2, Key: "text", Problem: themes.BadSyntax}},
		"a value without a key":           {"\n= 3", themes.Error{Line: 2, Problem: themes.BadSyntax}},
		"not text":                        {"\x00\x01", themes.Error{Line: 1, Problem: themes.BadSyntax}},
		"a byte order mark, then a fault": {"\xef\xbb\xbf\nboarder = \"red\"", themes.Error{Line: 2, Key: "boarder", Problem: themes.UnknownToken, Nearest: "border"}},
		"too long":                        {strings.Repeat("#\n", 16<<10) + "\n", themes.Error{Problem: themes.TooLong}},
		"a line too long":                 {"\n" + strings.Repeat("a.", 256) + "b = 1", themes.Error{Line: 2, Problem: themes.TooLong}},
		"nothing too long":                {strings.Repeat("# "+strings.Repeat("x", 509)+"\n", 63) + "boarder = 1", themes.Error{Line: 64, Key: "boarder", Problem: themes.UnknownToken, Nearest: "border"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := themes.Parse("mine.toml", []byte(c.src))
			var got *themes.Error
			require.ErrorAs(t, err, &got)
			c.want.File = "mine.toml"
			require.Equal(t, c.want, plain(got))
		})
	}
}

// plain is an error as data, without the reader's own words.
func plain(e *themes.Error) themes.Error {
	return themes.Error{File: e.File, Line: e.Line, Key: e.Key, Value: e.Value, Problem: e.Problem, Nearest: e.Nearest}
}

func TestAnErrorSaysFileLineAndNearestName(t *testing.T) {
	t.Parallel()
	_, err := themes.Parse("mine.toml", []byte("\n\nboarder = \"red\""))
	require.EqualError(t, err, `mine.toml: line 3: unknown token "boarder"; did you mean "border"?`)
}

func TestEveryFormOfAValueIsDrawn(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"default"`:            "x",
		`"default on default"`: "x",
		`"red"`:                "\x1b[31mx\x1b[m",
		`"bright-black"`:       "\x1b[90mx\x1b[m",
		`"7"`:                  "\x1b[37mx\x1b[m",
		`15`:                   "\x1b[97mx\x1b[m",
		`"240"`:                "\x1b[38;5;240mx\x1b[m",
		`240`:                  "\x1b[38;5;240mx\x1b[m",
		`"#0A0b0C"`:            "\x1b[38;2;10;11;12mx\x1b[m",
		`"on bright-red"`:      "\x1b[101mx\x1b[m",
		`"on 17"`:              "\x1b[48;5;17mx\x1b[m",
		`"bold"`:               "\x1b[1mx\x1b[m",
		`"strike reverse underline italic dim bold"`: "\x1b[1;2;3;4;7;9mx\x1b[m",
		`"  Bold black  on #ffffff dim "`:            "\x1b[1;2;30;48;2;255;255;255mx\x1b[m",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			theme, err := themes.Parse("", []byte("accent = "+value))
			require.NoError(t, err)
			require.Equal(t, want, theme.Styles(themes.TrueColour).Style(themes.Accent).Render("x"))
		})
	}
}

func TestAPartialFileInherits(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"grand":  "border = \"red\"\naccent = \"red\"\nkey = \"red bold\"",
		"parent": "inherits = \"grand\"\naccent = \"green\"",
		"child":  "inherits = \"parent\"\nkey = \"blue\"",
		"night":  "inherits = \"dark\"",
	})
	child, err := themes.Find("child", dir)
	require.NoError(t, err)
	require.Equal(t, "child", child.Name)
	s := child.Styles(themes.ANSI16)
	require.Equal(t, "\x1b[31mx\x1b[m", s.Style(themes.Border).Render("x"), "from the grandparent")
	require.Equal(t, "\x1b[32mx\x1b[m", s.Style(themes.Accent).Render("x"), "from the parent")
	require.Equal(t, "\x1b[34mx\x1b[m", s.Style(themes.Key).Render("x"), "its own, and whole")
	require.Equal(t, builtin(t, "default").Styles(themes.ANSI16).Style(themes.OK), s.Style(themes.OK), "from the default")

	night, err := themes.Load(filepath.Join(dir, "night.toml"))
	require.NoError(t, err)
	require.Equal(t, "night", night.Name)
	require.Equal(t, builtin(t, "dark").Styles(themes.TrueColour), night.Styles(themes.TrueColour))
}

func TestCirclesOfThemesAreRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"self":  "\ninherits = \"self\"",
		"one":   "inherits = \"two\"",
		"two":   "\n\ninherits = \"three\"",
		"three": "\ntext = \"red\"\n\ninherits = \"one\"",
		"to":    "inherits = \"self\"",
	})
	for name, want := range map[string]themes.Error{
		"self": {File: filepath.Join(dir, "self.toml"), Line: 2, Value: "self"},
		"one":  {File: filepath.Join(dir, "three.toml"), Line: 4, Value: "one"},
		"to":   {File: filepath.Join(dir, "self.toml"), Line: 2, Value: "self"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want.Problem, want.Key = themes.Cycle, "inherits"
			_, err := themes.Find(name, dir)
			var got *themes.Error
			require.ErrorAs(t, err, &got)
			require.Equal(t, want, plain(got))

			_, err = themes.Load(dir + "/./" + name + ".toml")
			require.ErrorAs(t, err, &got)
			require.Equal(t, filepath.Clean(got.File), want.File, "by another path to the same file")
			require.Equal(t, themes.Cycle, got.Problem)
		})
	}
}

func TestACircleThroughLinksEnds(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 40 { // longer than any chain that is let through
		files[string(rune('a'+i%26))+strings.Repeat("x", i)] = "inherits = \"" + string(rune('a'+(i+1)%26)) + strings.Repeat("x", i+1) + "\""
	}
	_, err := themes.Find("a", folder(t, files))
	var got *themes.Error
	require.ErrorAs(t, err, &got)
	require.Equal(t, themes.Cycle, got.Problem)
}

func TestAFaultInAParentNamesTheParent(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"child": "inherits = \"parent\"", "parent": "\nboarder = \"red\""})
	_, err := themes.Find("child", dir)
	var got *themes.Error
	require.ErrorAs(t, err, &got)
	require.Equal(t, filepath.Join(dir, "parent.toml"), got.File)
	require.Equal(t, 2, got.Line)
}

func TestAnUnknownThemeHasTheNearestName(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"solarised": ""})
	for name, want := range map[string]string{
		"lihgt": "light", "solarized": "solarised", "Dark": "dark", "quux": "", "": "", "../dark": "", ".": "", "a/b": "", "..": "",
	} {
		_, err := themes.Find(name, dir)
		var got *themes.Error
		require.ErrorAs(t, err, &got, name)
		require.Equal(t, themes.Error{Problem: themes.UnknownTheme, Value: name, Nearest: want}, plain(got))
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	_, err := themes.Builtin("solarised")
	require.EqualError(t, err, `unknown theme "solarised"`)
}

func TestAFileDoesNotHideABuiltInTheme(t *testing.T) {
	t.Parallel()
	got, err := themes.Find("dark", folder(t, map[string]string{"dark": "text = \"red\""}))
	require.NoError(t, err)
	require.Equal(t, builtin(t, "dark"), got)
}

func TestAnUnreadableFileSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := themes.Load(filepath.Join(t.TempDir(), "none.toml"))
	var got *themes.Error
	require.ErrorAs(t, err, &got)
	require.Equal(t, themes.Unreadable, got.Problem)
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = themes.Load(t.TempDir()) // a folder
	require.ErrorAs(t, err, &got)
	require.Equal(t, themes.Unreadable, got.Problem)
	require.NotEmpty(t, got.Detail)

	big := filepath.Join(t.TempDir(), "big.toml")
	require.NoError(t, os.WriteFile(big, make([]byte, 1<<20), 0o600))
	_, err = themes.Load(big)
	require.ErrorAs(t, err, &got)
	require.Equal(t, themes.TooLong, got.Problem)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "text = \"red\"", "inherits = \"dark\"\n[severity]\n1 = \"bold on #ff0000\"", "boarder = 1", "[a]\n[[b]]\nc.d.e = {f=[1]}",
		"text = \"\"\"\nred\n\"\"\"", "\xef\xbb\xbftext=7", "severity.1 = 3\nseverity = 4", "\"\" = \"\"", "'a.b'.\"c\" = nan", "inherits = \"..\"",
		"[status]\n[status.open]\nx = 1979-05-27", "text = \"\\u0000\"", "\"é\" = \"é\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		theme, err := themes.Parse("", src) // no folder, so no file is read
		if err == nil {
			require.NotNil(t, theme.Styles(themes.ANSI16))
			return
		}
		var e *themes.Error
		require.True(t, errors.As(err, &e), "%T", err)
		if e.Problem == themes.TooLong && len(src) > 32<<10 {
			return // about the whole file
		}
		require.Positive(t, e.Line, "%v", err)
		require.LessOrEqual(t, e.Line, strings.Count(string(src), "\n")+1, "%v", err)
	})
}

// folder writes theme files by name into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".toml"), []byte(src), 0o600))
	}
	return dir
}

func builtin(t testing.TB, name string) themes.Theme {
	t.Helper()
	theme, err := themes.Builtin(name)
	require.NoError(t, err)
	return theme
}
