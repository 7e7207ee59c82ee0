package door

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACommandLineIsReadAsAShellReadsWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                             nil,
		"  list  ":                     {"list"},
		`log 'two words' "and \"more"`: {"log", "two words", `and "more`},
		`log ''`:                       {"log", ""},
		`log a\ b 'it'\''s'`:           {"log", "a b", "it's"},
		"log '$(reboot)' \"`x`\"":      {"log", "$(reboot)", "`x`"},
		"log 'a\nb'":                   {"log", "a\nb"},
		"log \xff":                     {"log", "\xff"},
	} {
		got, err := split(line)
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{`log 'open`, `log "open`, `log \`} {
		_, err := split(line)
		require.ErrorIs(t, err, ErrQuote, line)
	}
}

// read gives what comes through the limit when the input arrives in pieces.
func read(t *testing.T, in string, piece int) string {
	t.Helper()
	var pieces []io.Reader
	for len(in) > 0 {
		n := min(piece, len(in))
		pieces = append(pieces, strings.NewReader(in[:n]))
		in = in[n:]
	}
	out, err := io.ReadAll(newPasteLimit(io.MultiReader(pieces...)))
	require.NoError(t, err)
	return string(out)
}

func TestAPasteIsCutAndWhatFollowsIsNot(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10<<20)
	for _, piece := range []int{1 << 20, 4093} {
		got := read(t, "a"+string(pasteBegin)+long+string(pasteEnd)+"b", piece)
		require.Less(t, len(got), maxPaste+64)
		require.True(t, strings.HasPrefix(got, "a"+string(pasteBegin)+"xxx"))
		require.True(t, strings.HasSuffix(got, string(pasteEnd)+"b"), "the paste ends, and keys go on")
	}
	for _, piece := range []int{1, 2, 5, 1024} {
		short := "k" + string(pasteBegin) + "text" + string(pasteEnd) + "\r"
		require.Equal(t, short, read(t, short, piece), "a paste that fits is not changed")
	}
}

func FuzzPaste(f *testing.F) {
	f.Add([]byte("a\x1b[200~b\x1b[201~c"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := io.ReadAll(newPasteLimit(bytes.NewReader(in)))
		require.NoError(t, err)
		if len(in) < maxPaste {
			require.Equal(t, string(in), string(out))
		}
	})
}
