//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/tui"
)

// Titles, topics and calls are other people's words: they are no options of a command of
// this person's machine.
func TestWhatOthersWroteIsNoOptionOfACommand(t *testing.T) {
	t.Parallel()
	values := map[string]string{"{topic}": "--config=/tmp/theirs", "{text}": "-o\x00ProxyCommand=x", "{title}": "-", "{key}": "INC-4KQ"}
	a := handing("printf", "<%s>", "{topic}", "{text}", "{title}", "{key}", "--of-the-config")
	w, err := a.handOut(t.Context(), onUpdate, tui.Handout{Values: values})
	require.NoError(t, err)
	require.Contains(t, w.Text, "<config=/tmp/theirs><oProxyCommand=x><><INC-4KQ><--of-the-config>")

	got := filepath.Join(t.TempDir(), "got")
	a.runOwn(t.Context(), []string{"sh", "-c", `printf '<%s>' "$@" > ` + got, "sh", "{topic}", "{text}", "{title}", "{key}", "--of-the-config"}, values)
	raw, err := os.ReadFile(got)
	require.NoError(t, err)
	require.Equal(t, "<config=/tmp/theirs><oProxyCommand=x><><INC-4KQ><--of-the-config>", string(raw))
}
