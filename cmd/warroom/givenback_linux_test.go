package main

import (
	"bytes"
	"context"
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// still is a screen that is never drawn.
type still struct{}

func (still) Init() tea.Cmd                         { return nil }
func (s still) Update(tea.Msg) (tea.Model, tea.Cmd) { return s, nil }
func (still) View() tea.View                        { return tea.NewView("") }

// A signal that comes when the first frame is on the screen, and the program that draws
// the next ones does not run yet, leaves no terminal on the other screen.
func TestATerminalIsGivenBackByAProgramThatNeverDrew(t *testing.T) {
	t.Parallel()
	ptmx, tty, err := pty.Open()
	require.NoError(t, err)
	defer ptmx.Close()
	a := &app{in: tty, out: &output{Writer: tty}}
	ended, end := context.WithCancel(t.Context())
	end()
	require.Error(t, a.program(ended, still{}))
	_, err = io.WriteString(tty, mark)
	require.NoError(t, err)
	var text []byte
	for b := make([]byte, 1024); !bytes.Contains(text, []byte(mark)); {
		n, err := ptmx.Read(b)
		require.NoError(t, err)
		text = append(text, b[:n]...)
	}
	require.Contains(t, string(text), otherScreenOff)
	require.NoError(t, tty.Close())
}

func TestAScreenThatWasLeftIsNotLeftAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		writes []string
		back   bool
	}{
		"nothing was drawn":         {nil, true},
		"drawn and left":            {[]string{otherScreenOn, "rows", otherScreenOff}, false},
		"left for an editor, taken": {[]string{otherScreenOff + "x", otherScreenOn}, true},
		"all in one":                {[]string{otherScreenOn + "rows" + otherScreenOff}, false},
	} {
		var got bytes.Buffer
		g := &givenBack{Writer: &got}
		for _, w := range c.writes {
			_, err := io.WriteString(g, w)
			require.NoError(t, err)
		}
		before := got.Len()
		g.finish()
		require.Equal(t, c.back, got.Len() > before, name)
	}
}
