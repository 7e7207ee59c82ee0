package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/pager"
	"warroom/sync/room"
	"warroom/tui/lang"
)

// writesConfig writes the config of a world; each time it is of another moment, however
// fast the test is.
func (w *world) writesConfig() (file string, write func(text string)) {
	w.t.Helper()
	file, at := filepath.Join(w.home, ".config", "warroom", "config.toml"), time.Now()
	require.NoError(w.t, os.MkdirAll(filepath.Dir(file), 0o700))
	return file, func(text string) {
		w.t.Helper()
		at = at.Add(time.Second)
		require.NoError(w.t, os.WriteFile(file+".new", []byte(text), 0o600))
		require.NoError(w.t, os.Chtimes(file+".new", at, at))
		require.NoError(w.t, os.Rename(file+".new", file)) // as editors save
	}
}

func TestAConfigThatChangesCountsFromTheNextUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file, write := w.writesConfig()
	write("theme = \"dusk\"\non-page = [\"page-a\"]\non-topic = [\"topic-a\"]\n")
	a := newApp(Main{}, nil, nil, nil, w.env)
	var logged bytes.Buffer
	r := memoryRoom(t, room.Options{WarnOwn: a.configWarnings})
	_, err := r.Do(t.Context(), model.Actor{Person: r.Me(), Via: model.DoorShell}, model.Scope{}, model.AdmitMember{Name: "bob", Access: model.Owner})
	require.NoError(t, err)
	other, err := r.Overview().People.Find("bob")
	require.NoError(t, err)
	a.tellOfConfig(r, slog.New(slog.NewTextHandler(&logged, nil)))
	watch := r.Watch()
	defer watch.Close()
	rung := func() bool {
		select {
		case <-watch.C():
			return true
		default:
			return false
		}
	}
	for rung() { // what opened and admitted
	}
	require.Equal(t, []string{"page-a"}, a.transport().(pager.Command).Vector)
	require.Empty(t, logged.String())
	require.False(t, rung())

	write("theme = \"paper\"\npage-webhook = \"https://page.example\"\non-update = [\"update-b\"]\n")
	require.Equal(t, "https://page.example", a.transport().(pager.Webhook).URL)
	require.Nil(t, a.commandFor(onTopic))
	require.Equal(t, []string{"update-b"}, a.commandFor(onUpdate))
	require.Equal(t, "dusk", a.config.Theme, "what a console is shown with is of the next one")
	require.Contains(t, logged.String(), "the config was read again")
	require.True(t, rung())
	require.Empty(t, r.Overview().Own)

	logged.Reset()
	write("on-update = [\"update-c\"]\npage-webhok = \"https://page.example\"\n")
	require.Equal(t, []string{"update-b"}, a.commandFor(onUpdate), "nothing of a bad one counts")
	require.NotNil(t, a.transport())
	require.Contains(t, logged.String(), "level=WARN msg=\"the config cannot be used; the one before stays\"")
	require.Contains(t, logged.String(), file+":2: key page-webhok page-webhook")
	require.True(t, rung(), "consoles look")
	words := lang.New(lang.Options{})
	require.Len(t, r.Overview().Faults(), 1)
	require.Equal(t, file+`, line 2: there is no setting "page-webhok". Did you mean "page-webhook"? The settings from before stay in use. `+
		`Correct the file: it is read again by itself.`, words.Say(r.Overview().Faults()[0]))
	require.Len(t, r.Overview().For(model.Actor{Person: r.Me(), Via: model.DoorConsole}).Faults(), 1)
	require.Empty(t, r.Overview().For(model.Actor{Person: other, Via: model.DoorSSH}).Faults(), "it is the affair of whoever runs the room")

	write("")
	require.Nil(t, a.transport())
	require.Empty(t, r.Overview().Faults(), "it is over")
}

func TestAProcessWithoutAConfigFollowsNone(t *testing.T) {
	t.Parallel()
	a := newApp(Main{}, nil, nil, nil, nil)
	require.Nil(t, a.transport())
	require.Empty(t, a.configWarnings())
	visitor := &app{config: a.config}
	visitor.config.OnTopic = []string{"x"}
	require.Equal(t, []string{"x"}, visitor.commandFor(onTopic), "what was sent along counts")
	visitor.tellOfConfig(nil, nil)
}
