package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/config"
)

func TestAFileThatIsNotThereIsTheDefault(t *testing.T) {
	t.Parallel()
	c, err := config.Load(filepath.Join(t.TempDir(), "config.toml"))
	require.NoError(t, err)
	require.Equal(t, config.Default(), c)
	require.True(t, c.Mouse)
}

func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("config.toml", []byte(`
name = " Ana "
language = "fr"
theme = "dark"
ascii = true
utc = true
mouse = false
[alert.severity]
page = 1
"needs a look" = "SEV3"
noise = "none"
quiet = 0
`))
	require.NoError(t, err)
	require.Equal(t, config.Config{
		Name: "Ana", Language: "fr", Theme: "dark", ASCII: true, UTC: true,
		AlertSeverity: map[string]int{"page": 1, "needs a look": 3, "noise": 0, "quiet": 0},
	}, c)
}

func TestHowPagesAreSentIsRead(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("f", []byte("on-page = [\"page\", \"{person}\"]\npage-webhook = \"https://page.example/T0/secret\"\npage-secret-env = \"TOKEN\"\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"page", "{person}"}, c.OnPage)
	require.Equal(t, "https://page.example/T0/secret", c.PageWebhook)
	require.Equal(t, "page.example", c.WebhookHost())
	require.Equal(t, "TOKEN", c.PageSecretEnv)
	for _, local := range []string{"http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:1/"} {
		_, err := config.Parse("f", []byte("page-webhook = \""+local+"\""))
		require.NoError(t, err, local)
	}
}

func TestAWrongFileIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want string
	}{
		"an unknown key, with the nearest":    {"# mine\ntheem = \"dark\"\n", "f:2: key theem theme"},
		"an unknown key like no other":        {"colour_of_the_sky = 1", "f:1: key colour_of_the_sky"},
		"an unknown key in a table":           {"[alert]\nsevrity = 1", "f:2: key alert.sevrity alert.severity"},
		"an unknown table":                    {"\n[alrt.severity]\npage = 1", "f:2: key alrt alert"},
		"a text where a truth should be":      {"ascii = \"yes\"", "f:1: kind ascii truth"},
		"a webhook in clear":                  {"page-webhook = \"http://page.example/x\"", "f:1: kind page-webhook address"},
		"a webhook that is no address":        {"page-webhook = 3", "f:1: kind page-webhook address"},
		"a page command that is a text":       {"on-page = \"page bob\"", "f:1: kind on-page command"},
		"a number where a text should be":     {"name = 3", "f:1: kind name text"},
		"a text where a table should be":      {"alert = \"x\"", "f:1: kind alert table"},
		"a severity that does not exist":      {"[alert.severity]\npage = 9", "f:2: level alert.severity.page"},
		"a severity in an inline table":       {"name = \"a\"\nalert = { severity = { page = true } }", "f:2: level alert.severity.page"},
		"what is not TOML":                    {"name = \"a\"\ntheme = ", "f:2: syntax"},
		"the first of two, in order of lines": {"zz_unknown_thing = 1\nascii = 2", "f:1: key zz_unknown_thing"},
		"an enormous file":                    {strings.Repeat("# long\n", 20_000), "f: long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Parse("f", []byte(c.src))
			require.Error(t, err)
			require.Contains(t, err.Error(), c.want)
			require.Equal(t, config.Default(), got, "a wrong file sets nothing")
		})
	}
}

func TestAFolderInPlaceOfTheFileIsRefused(t *testing.T) {
	t.Parallel()
	_, err := config.Load(t.TempDir())
	var e *config.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, config.Unreadable, e.Problem)
}

func TestFoldersComeFromTheEnvironment(t *testing.T) {
	t.Parallel()
	home := filepath.Join(string(os.PathSeparator), "home", "ana")
	for name, c := range map[string]struct {
		env  map[string]string
		want config.Paths
		fail bool
	}{
		"the standard's variables": {
			env:  map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"},
			want: config.Paths{File: "/c/warroom/config.toml", Themes: "/c/warroom/themes", Data: "/d/warroom"},
		},
		"a home": {
			env:  map[string]string{"HOME": home, "XDG_DATA_HOME": "not/absolute"},
			want: config.Paths{File: home + "/.config/warroom/config.toml", Themes: home + "/.config/warroom/themes", Data: home + "/.local/share/warroom"},
		},
		"no home": {fail: true},
		"no home, but a place for data": {
			env: map[string]string{"XDG_DATA_HOME": "/d"}, want: config.Paths{Data: "/d/warroom"}, fail: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Locate(func(k string) string { return c.env[k] })
			require.Equal(t, c.fail, err != nil)
			if c.fail {
				require.ErrorIs(t, err, config.ErrNoHome)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// Whatever stands in the file: a config or a refusal that says where, no panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "name = 1", "[alert.severity]\na = 9", "alert = { severity = { x = true } }", "[[alert]]", "\"a.b\" = 1", "x", "[alert]\n[alert.severity.x]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := config.Parse("f", []byte(s))
		if err == nil {
			return
		}
		var e *config.Error
		require.ErrorAs(t, err, &e)
		require.LessOrEqual(t, e.Line, strings.Count(s, "\n")+1)
		require.Equal(t, config.Default(), c)
	})
}
