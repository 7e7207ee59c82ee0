//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/config"
	"warroom/tui"
	"warroom/tui/lang"
)

func handing(vector ...string) *app {
	return &app{words: lang.New(lang.Options{}), config: config.Config{OnUpdate: vector}, env: map[string]string{"PATH": os.Getenv("PATH")}}
}

func TestACommandThatHangsIsStoppedAndWhatItSaidIsKept(t *testing.T) {
	t.Parallel()
	a := handing("sh", "-c", "echo begun; exec sleep 600")
	// The limit is reached whatever it is; the command never ends by itself.
	w, err := a.handOutWithin(t.Context(), 300*time.Millisecond, onUpdate, tui.Handout{})
	require.NoError(t, err)
	require.EqualValues(t, -1, w.Run.Exit)
	require.Contains(t, w.Text, "begun")
	require.Contains(t, w.Text, "stopped after")
}

func TestWhatACommandSaysIsBoundedAndCleaned(t *testing.T) {
	t.Parallel()
	a := handing("sh", "-c", `printf 'a\033[2J\033]0;owned\007b\n'; i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; head -c 100000 /dev/zero | tr '\0' x`)
	w, err := a.handOut(t.Context(), onUpdate, tui.Handout{})
	require.NoError(t, err)
	require.NotContains(t, w.Text, "\x1b")
	require.NotContains(t, w.Text, "\x07")
	require.Less(t, len(w.Text), 60_000)
	require.Greater(t, w.Run.Lines, int64(5000))
	require.Contains(t, w.Text, "line 0")
}

func TestArgumentsAreHandedWholeAndNoShellReadsThem(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "made")
	hostile := "a b; touch " + made + " $(touch " + made + ") '\"\n*"
	a := handing("printf", "[%s]", "{audience}", "x{audience}", "a-token")
	w, err := a.handOut(t.Context(), onUpdate, tui.Handout{Values: map[string]string{"{audience}": hostile}})
	require.NoError(t, err)
	require.Contains(t, w.Text, "["+strings.ReplaceAll(hostile, "\n", "\n")+"]")
	require.Contains(t, w.Text, "[x{audience}]", "a placeholder is a whole argument")
	require.NoFileExists(t, made)
	first, _, _ := strings.Cut(w.Text, "\n")
	require.Equal(t, "on-update: printf", first, "what the config says beside is not told")
}

func TestACommandThatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	_, err := handing("/no/such/program").handOut(t.Context(), onUpdate, tui.Handout{})
	require.Error(t, err)
	_, err = handing().handOut(t.Context(), onUpdate, tui.Handout{})
	require.Error(t, err)
}
