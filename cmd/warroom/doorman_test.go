package main

import (
	"bytes"
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/door"
	"warroom/sync/room"
)

// A console that comes before the first exchange waits for it, says so once, and goes on
// to the refusal when the exchange does not come.
func TestAConsoleWaitsForTheFirstExchangeForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, err := room.Open(t.Context(), room.Options{Store: storage.NewMemory(), Workspace: model.WorkspaceID{1}})
		require.NoError(t, err)
		d, said, began := &doorman{room: r}, 0, time.Now()
		d.acquainted(t.Context(), func() { said++ })
		require.Equal(t, 1, said)
		require.Equal(t, firstExchange, time.Since(began), "by the clock of the bubble")

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		d.acquainted(gone, func() { said++ })
		require.Equal(t, firstExchange, time.Since(began), "nobody is there to wait")
		require.NoError(t, r.Close())

		own, err := room.Open(t.Context(), room.Options{Store: storage.NewMemory(), Name: "ana"})
		require.NoError(t, err)
		(&doorman{room: own}).acquainted(t.Context(), func() { said++ })
		require.Equal(t, 2, said, "nothing is awaited there")
		require.NoError(t, own.Close())
	})
}

// A terminal is raw for a bare ssh client always, and for the thin client while it waits
// for a console: there each line must begin at the left.
func TestLinesEndAsTheTerminalNeedsIt(t *testing.T) {
	t.Parallel()
	thin := map[string]string{door.EnvClient: door.ClientProtocol}
	for _, c := range []struct {
		what    string
		session *door.Session
		want    string
	}{
		{"a refused console of the thin client", &door.Session{Term: "xterm", Env: thin}, "no\r\n"},
		{"a verb of the thin client", &door.Session{Term: "xterm", Env: thin, Args: []string{"list"}}, "no\n"},
		{"no terminal to show a console on", &door.Session{Term: "dumb", Env: thin}, "no\n"},
		{"a bare client's console", &door.Session{Term: "xterm"}, "no\r\n"},
		{"a bare client's verb at a terminal", &door.Session{Term: "xterm", Args: []string{"list"}}, "no\r\n"},
		{"a bare client without a terminal", &door.Session{Args: []string{"list"}}, "no\n"},
	} {
		var out bytes.Buffer
		_, err := io.WriteString(lines(c.session, &out), "no\n")
		require.NoError(t, err)
		require.Equal(t, c.want, out.String(), c.what)
	}
}
