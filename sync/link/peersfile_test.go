package link_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/link"
)

func TestFileOfPeersIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), link.PeersFile)
	got, err := link.LoadPeers(path)
	require.NoError(t, err)
	require.Equal(t, link.Peers{}, got, "no file names no peers")
	want := link.Peers{
		Listen: []string{":7117", "[::1]:0"},
		All: []link.Peer{
			{Name: "jump 2", Pin: pin(1), Addresses: []string{"10.0.0.2:7117", "[fe80::1]:7117", "host.example:1"}, SSH: "ana@jump2"},
			{Name: "“ben”", Pin: pin(2)},
		},
	}
	for range 2 { // the second replaces the first
		require.NoError(t, link.SavePeers(path, want))
		got, err = link.LoadPeers(path)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left")
}

func TestFileOfPeersThatOthersMayTouchIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), link.PeersFile)
	require.NoError(t, link.SavePeers(path, knows("ana", 1, "ana")))
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o602, 0o666} {
		require.NoError(t, os.Chmod(path, mode))
		got, err := link.LoadPeers(path)
		require.Equal(t, link.CodePeersOpen, model.CodeOf(err), "%o", mode)
		require.Empty(t, got)
	}
	require.NoError(t, os.Chmod(path, 0o400))
	_, err := link.LoadPeers(path)
	require.NoError(t, err)
}

func TestErrorInTheFileOfPeersNamesItsLine(t *testing.T) {
	t.Parallel()
	p1, p2 := link.FormatPin(pin(1)), link.FormatPin(pin(2))
	good := "[[peer]]\nname = \"ana\"\npin = \"" + p1 + "\"\n"
	for name, c := range map[string]struct {
		text string
		line int
		why  string
	}{
		"no TOML":                  {"listen = [\n\nx", 3, "peers.why.toml"},
		"an unknown setting":       {"listen = []\nlisten_on = \"x\"\n", 2, "peers.why.key"},
		"one of a peer":            {good + "\n[[peer]]\nname = \"ben\"\npins = \"x\"\n", 7, "peers.why.key"},
		"a number for a name":      {good + "[[peer]]\nname = 3\n", 5, "peers.why.type"},
		"a word for a list":        {"listen = \":7117\"\n", 1, "peers.why.type"},
		"an address without":       {"\nlisten = [\n  \":7117\",\n  \"7117\",\n]\n", 4, "peers.why.address"},
		"a peer's address":         {good + "addresses = [\"10.0.0.1:7117\",\n  \"10.0.0.2\"]\n", 5, "peers.why.address"},
		"a peer without a host":    {good + "addresses = [\":7117\"]\n", 4, "peers.why.address"},
		"port 0":                   {good + "addresses = [\"a:0\"]\n", 4, "peers.why.address"},
		"a pin that is none":       {good + "[[peer]]\n# pin below\nname = \"ben\"\npin = \"" + p2[1:] + "\"\n", 7, "peers.why.pin"},
		"no pin":                   {"\n\n[[peer]]\nname = \"ana\"\n\n" + strings.Replace(good, "ana", "ben", 1), 3, "peers.why.pin"},
		"a pin twice":              {good + "[[peer]]\nname = \"ben\"\npin = \"" + p1 + "\"\n", 6, "peers.why.pintwice"},
		"a name twice":             {good + "[[peer]]\nname = \"ana\"\npin = \"" + p2 + "\"\n", 5, "peers.why.twice"},
		"no name":                  {good + "[[ peer ]]\npin = \"" + p2 + "\"\n", 4, "peers.why.name"},
		"a name that draws":        {"[[peer]]\nname = \"a\\u001b[2J\"\npin = \"" + p1 + "\"\n", 2, "peers.why.name"},
		"a host that is an option": {good + "ssh = \"-oProxyCommand=reboot\"\n", 4, "peers.why.ssh"},
		"a host with a blank":      {good + "ssh = \"jump2 reboot\"\n", 4, "peers.why.ssh"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), link.PeersFile)
			writeFile(t, path, c.text)
			got, err := link.LoadPeers(path)
			var e *model.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, link.CodePeersFile, e.Code)
			require.Equal(t, c.line, e.Args["Line"])
			require.Equal(t, path, e.Args["File"])
			require.Equal(t, c.why, e.Args["Why"].(model.Phrase).Key)
			require.Empty(t, got, "all of it or nothing")
		})
	}
}

func TestFileOfPeersThatIsNotWrittenStays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), link.PeersFile)
	was := knows("ana", 1, "ana")
	require.NoError(t, link.SavePeers(path, was))
	twice := link.Peers{All: []link.Peer{was.All[0], was.All[0]}}
	require.Equal(t, link.CodePeersWrite, model.CodeOf(link.SavePeers(path, twice)))
	got, err := link.LoadPeers(path)
	require.NoError(t, err)
	require.Equal(t, was, got)
	require.Equal(t, link.CodePeersWrite, model.CodeOf(link.SavePeers(filepath.Join(path, "x"), was)))
}
