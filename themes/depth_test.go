package themes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/themes"
)

func TestDepthComesFromTheEnvironment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want themes.Depth
	}{
		"nothing is known":             {nil, themes.NoColour},
		"a dumb terminal":              {map[string]string{"TERM": "dumb", "COLORTERM": "truecolor"}, themes.NoColour},
		"no terminal, and true colour": {map[string]string{"COLORTERM": "truecolor"}, themes.NoColour},
		"NO_COLOR is 1":                {map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1"}, themes.NoColour},
		"NO_COLOR is 0":                {map[string]string{"TERM": "xterm-256color", "NO_COLOR": "0"}, themes.NoColour},
		"NO_COLOR is false":            {map[string]string{"TERM": "xterm-256color", "NO_COLOR": "false"}, themes.NoColour},
		"NO_COLOR is a word":           {map[string]string{"TERM": "xterm-256color", "NO_COLOR": "please"}, themes.NoColour},
		"NO_COLOR is a space":          {map[string]string{"TERM": "xterm-256color", "NO_COLOR": " "}, themes.NoColour},
		"NO_COLOR beats true colour":   {map[string]string{"TERM": "xterm", "COLORTERM": "24bit", "NO_COLOR": "1"}, themes.NoColour},
		"NO_COLOR is empty":            {map[string]string{"TERM": "xterm-256color", "NO_COLOR": ""}, themes.ANSI256},
		"true colour":                  {map[string]string{"TERM": "xterm", "COLORTERM": "truecolor"}, themes.TrueColour},
		"true colour in capitals":      {map[string]string{"TERM": "xterm", "COLORTERM": "TrueColor"}, themes.TrueColour},
		"24 bits":                      {map[string]string{"TERM": "xterm", "COLORTERM": "24bit"}, themes.TrueColour},
		"COLORTERM says something":     {map[string]string{"TERM": "xterm", "COLORTERM": "1"}, themes.ANSI16},
		"256 colours":                  {map[string]string{"TERM": "tmux-256color"}, themes.ANSI256},
		"plain xterm":                  {map[string]string{"TERM": "xterm"}, themes.ANSI16},
		"plain xterm over SSH":         {map[string]string{"TERM": "xterm", "SSH_TTY": "/dev/pts/3"}, themes.ANSI256},
		"true colour over SSH":         {map[string]string{"TERM": "xterm", "SSH_TTY": "/dev/pts/3", "COLORTERM": "truecolor"}, themes.TrueColour},
		"dumb over SSH":                {map[string]string{"TERM": "dumb", "SSH_TTY": "/dev/pts/3"}, themes.NoColour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, themes.DepthOf(func(key string) string { return c.env[key] }))
		})
	}
}
