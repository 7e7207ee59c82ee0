package tui_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/tui/action"
	"warroom/tui/lang"
)

// The README's table of keys is made from the table of actions; with -update it
// is written anew.
func TestReadmeListsTheKeys(t *testing.T) {
	t.Parallel()
	const file = "../README.md"
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, began := strings.Cut(string(raw), action.Begin)
	_, after, ended := strings.Cut(rest, action.End)
	require.True(t, began && ended, "the README has both markers")
	want := before + action.Begin + "\n\n" + action.Markdown(lang.New(lang.Options{}).Say) + "\n" + action.End + after
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(raw), "write it anew: go test ./tui -run Readme -update")
}
