package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestTextStaysText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                  "",
		"rolled back api v412 -> v411":      "rolled back api v412 -> v411",
		"error rate 12% (was 3%), see #412": "error rate 12% (was 3%), see #412",
		"# heading":                         `\# heading`,
		"#412 is merged":                    "#412 is merged",
		"-12% since":                        "-12% since",
		"---":                               `\---`,
		"about ~30 to ~40 of x~":            `about ~30 to ~40 of x\~`,
		"$HOME and C:\\temp":                `$HOME and C:\temp`,
		"3 * 4 < 13 > 2":                    "3 * 4 < 13 > 2",
		"|---|":                             `\|---|`,
		"- item":                            `\- item`,
		"+ item":                            `\+ item`,
		"12. item":                          `12\. item`,
		"7) item":                           `7\) item`,
		"12.5 seconds":                      "12.5 seconds",
		"=====":                             `\=====`,
		"> quote":                           `\> quote`,
		"```sh":                             "\\`\\`\\`sh",
		"*bold* and _it_ and snake_case_x":  `\*bold\* and \_it\_ and snake_case_x`,
		"~~gone~~":                          `\~\~gone\~\~`,
		"a | b":                             "a | b",
		"<script>alert(1)</script>":         `\<script>alert(1)\</script>`,
		"&lt; AT&T &#65; a & b":             `\&lt; AT&T \&#65; a & b`,
		"[text](https://x.example)":         `\[text](https://x.example)`,
		"![image](x)":                       `!\[image](x)`,
		"see www.example.org":               "see www.example.org",
		`back\slash`:                        `back\slash`,
		"costs $5 or $6":                    "costs $5 or $6",
		"    indented":                      "indented",
		": definition":                      `\: definition`,
	} {
		require.Equal(t, want, escape(in))
	}
}

func TestNothingInACommandEndsItsCode(t *testing.T) {
	t.Parallel()
	require.Equal(t, "`a *b* | c`", code("a *b* | c"))
	require.Equal(t, "``echo `date` now``", code("echo `date` now"))
	require.Equal(t, "`` `date` ``", code("`date`"))
}

func TestNothingInAFenceClosesIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "```", fence([]string{"plain", "`one` ``two``"}))
	require.Equal(t, "````", fence([]string{"```", "# x"}))
	require.Equal(t, strings.Repeat("`", 11), fence([]string{strings.Repeat("`", 10)}))
}

func TestOnlyWebAddressesAreLinks(t *testing.T) {
	t.Parallel()
	require.Equal(t, "<https://x.example/a_b?c=d>", address("https://x.example/a_b?c=d"))
	require.Equal(t, "<HTTP://x.example/%3Cb%3E%20%60%7C>", address("HTTP://x.example/<b> `|"))
	for _, s := range []string{"javascript:alert(1)", "data:text/html,x", "mailto:a@x.example", "ssh://x.example", ""} {
		require.Empty(t, address(s), s)
	}
}

// Whatever the text, none of it is left that could mean something, and its
// words are all there.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "#", "1.", `\`, "a_b_", "http://x", "www.", "&a;", "é*漢", "\\|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n") {
			t.Skip() // lines come clean
		}
		got := escape(s)
		var plain strings.Builder
		for i := 0; i < len(got); i++ {
			switch {
			case got[i] == '\\' && i+1 == len(got):
				t.Fatalf("%q ends in a backslash", got)
			case got[i] == '\\' && punctuation(got[i+1]):
				i++
			case strings.IndexByte("`[", got[i]) >= 0:
				t.Fatalf("%q has a bare %q", got, got[i])
			}
			plain.WriteByte(got[i])
		}
		require.Equal(t, strings.TrimSpace(s), plain.String())
		if strings.HasPrefix(got, "# ") || strings.HasPrefix(got, "- ") || strings.HasPrefix(got, "--") || strings.HasPrefix(got, "|") {
			t.Fatalf("%q begins a block", got)
		}
	})
}
