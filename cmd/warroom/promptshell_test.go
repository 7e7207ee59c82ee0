package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shellsOf are the shells that prompts are made for, with how a script is handed to them.
var shellsOf = map[string][]string{"bash": {"--norc", "--noprofile", "-c"}, "zsh": {"-f", "-c"}}

// inShell runs a script after the shell took what `prompt --shell` gives.
func inShell(tb testing.TB, shell, file, script string) string {
	tb.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		tb.Skip(shell + " is not here")
	}
	made, ok := promptScript(shell, file)
	require.True(tb, ok)
	cmd := exec.Command(path, append(shellsOf[shell], made+"\n"+script)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PS1=> ", "PROMPT=> "}
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, "%s", out)
	return string(out)
}

func TestShellsShowTheLineWithoutStartingAProgram(t *testing.T) {
	t.Parallel()
	// A line is made when its test begins: it grows older while others run.
	line := func(ago time.Duration, title string) func() string {
		return func() string {
			return "1\t7F3K2M\tSEV1\topen\t" + strconv.FormatInt(time.Now().Add(-ago).UnixMilli(), 10) + "\t0\t" + title
		}
	}
	says := func(line string) func() string { return func() string { return line } }
	cases := map[string]struct {
		line func() string
		want string
	}{
		"minutes":              {line(5*time.Minute+30*time.Second, "Checkout"), "SEV1 7F3K2M 5m "},
		"hours":                {line(3*time.Hour+time.Minute, "Checkout"), "SEV1 7F3K2M 3h "},
		"days":                 {line(72*time.Hour+time.Minute, "Checkout"), "SEV1 7F3K2M 3d "},
		"a clock that is back": {line(-time.Hour, "Checkout"), "SEV1 7F3K2M 0m "},
		"nothing managed":      {says("1"), ""},
		"a later version":      {says("2\t7F3K2M\tSEV1\topen\t1\t0\tCheckout"), ""},
		"cut off":              {says("1\t7F3K2M\tSEV1"), ""},
		"no number":            {says("1\t7F3K2M\tSEV1\topen\ta[$(touch caught)]\t0\tCheckout"), ""},
		"a title that acts":    {line(time.Minute+time.Second, "$(touch caught) `touch caught` %F{red} \\e[2J"), "SEV1 7F3K2M 1m "},
		"empty":                {says(""), ""},
	}
	for shell := range shellsOf {
		for name, c := range cases {
			t.Run(shell+"/"+name, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "it's a folder", "prompt")
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
				require.NoError(t, os.WriteFile(file, []byte(c.line()+"\n"), 0o600))
				out := inShell(t, shell, file, "cd "+strconv.Quote(t.TempDir())+"; __warroom_prompt; printf '<%s>' \"$WARROOM_PROMPT\"; ls")
				require.Equal(t, "<"+c.want+">", out)
			})
		}
		t.Run(shell+"/no file", func(t *testing.T) {
			t.Parallel()
			out := inShell(t, shell, filepath.Join(t.TempDir(), "none"), "WARROOM_PROMPT=old; __warroom_prompt; printf '<%s>' \"$WARROOM_PROMPT\"")
			require.Equal(t, "<>", out)
		})
	}
}

// What was done before a prompt is done still, once, and sees the status of the last command.
func TestThePromptOfAShellIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "prompt")
	script, _ := promptScript("bash", file)
	twice := strings.ReplaceAll(script, "'", `'\''`)
	for name, before := range map[string]string{
		"a line": `PROMPT_COMMAND='echo "before $?"'`, "a list": `PROMPT_COMMAND=('echo "before $?"' 'echo more')`, "nothing": "unset PROMPT_COMMAND",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bash, err := exec.LookPath("bash")
			if err != nil {
				t.Skip("bash is not here")
			}
			cmd := exec.Command(bash, "--norc", "--noprofile", "-c", "PS1='> '\n"+before+"\neval '"+twice+"'\neval '"+twice+"'\n"+
				`(exit 7); for c in "${PROMPT_COMMAND[@]}"; do eval "$c"; (exit 7); done; echo "$PS1"`)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			want := map[string]string{"a line": "before 7\n", "a list": "before 7\nmore\n", "nothing": ""}[name]
			require.Equal(t, want+"${WARROOM_PROMPT}> \n", string(out))
		})
	}
	zsh := inShell(t, "zsh", file, `echo $precmd_functions; echo "$PROMPT"`)
	require.Equal(t, "__warroom_prompt\n${WARROOM_PROMPT}> \n", zsh)
}

// BenchmarkPromptOfAShell is what a prompt costs in a shell that reads the line itself.
func BenchmarkPromptOfAShell(b *testing.B) {
	file := filepath.Join(b.TempDir(), "prompt")
	require.NoError(b, os.WriteFile(file, []byte("1\t7F3K2M\tSEV1\topen\t1\t0\tCheckout\n"), 0o600))
	for shell := range shellsOf {
		b.Run(shell, func(b *testing.B) {
			const n = 2000
			for b.Loop() {
				began := time.Now()
				inShell(b, shell, file, "i=0; while (( i < 0 )); do :; done")
				bare := time.Since(began)
				began = time.Now()
				inShell(b, shell, file, fmt.Sprintf("for (( i = 0; i < %d; i++ )); do __warroom_prompt; done", n))
				b.ReportMetric(float64((time.Since(began)-bare).Microseconds())/n, "µs/prompt")
			}
		})
	}
}
