package typed_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"warroom/sync/typed"
)

var (
	whole   = typed.Form{Mark: "wx1-", Domain: "test x", Least: 3, Most: 40}
	grouped = typed.Form{Mark: "wyy1-", Domain: "test y", Least: 8, Most: 8, Dashes: true}
)

func TestWhatIsWrittenIsReadHoweverItIsPasted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 3, 40).Draw(t, "data")
		text := whole.Text(data)
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		got, err := whole.Read(" " + strings.ToUpper(text[:at]) + "\n\t" + text[at:] + " ")
		require.NoError(t, err)
		require.Equal(t, data, got)
	})
	data := []byte("8 bytes.")
	got, err := grouped.Read("wyy1-" + strings.Join(strings.SplitAfter(grouped.Word(data), ""), "-"))
	require.NoError(t, err)
	require.Equal(t, data, got)
}

func TestEverySlipOfOneLetterIsFound(t *testing.T) {
	t.Parallel()
	text := whole.Text([]byte("some data"))
	for i := len(whole.Mark); i < len(text); i++ {
		for _, letter := range "abcdefghijklmnopqrstuvwxyz2345670189-" {
			slip := text[:i] + string(letter) + text[i+1:]
			if slip == text {
				continue
			}
			_, err := whole.Read(slip)
			require.ErrorIs(t, err, typed.ErrMistyped, "%d %c", i, letter)
		}
	}
}

func TestWhatIsNoWordOfTheFormIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	text := whole.Text([]byte("some data"))
	other := typed.Form{Mark: whole.Mark, Domain: "test z", Least: whole.Least, Most: whole.Most}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":             {"", typed.ErrNone},
		"another mark":        {"wy1-" + text[4:], typed.ErrNone},
		"no mark":             {text[4:], typed.ErrNone},
		"a lower digit":       {"wx0-" + text[4:], typed.ErrNone},
		"a higher digit":      {"wx2-" + text[4:], typed.ErrNewer},
		"the mark alone":      {"wx1-", typed.ErrLength},
		"more than there may": {"wx1-" + strings.Repeat("a", 80), typed.ErrLength},
		"of another kind":     {other.Text([]byte("some data")), typed.ErrMistyped},
		"with dashes":         {text[:8] + "-" + text[8:], typed.ErrMistyped},
		"a megabyte":          {text + strings.Repeat(" ", 1<<20), typed.ErrNone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := whole.Read(c.text)
			require.ErrorIs(t, err, c.want)
		})
	}
	_, err := grouped.Read("wyy2-aaaa")
	require.ErrorIs(t, err, typed.ErrNewer)
}
