package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/sync/door"
)

// unit is a unit of the service manager: what each setting is, in order. An empty
// value is kept, because it takes back what stood before.
type unit map[string][]string

func readUnit(t *testing.T, file string) unit {
	t.Helper()
	u := unit{}
	section := ""
	for _, line := range lined(t, file) {
		if strings.HasPrefix(line, "[") {
			section = line
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		require.True(t, ok, "%s: %q is no setting", file, line)
		require.NotEmpty(t, section, line)
		u[name] = append(u[name], value)
	}
	return u
}

// lined are the lines of a packaged file that say something.
func lined(t *testing.T, file string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(packaged(t, file)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

func packaged(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "packaging", file))
	require.NoError(t, err)
	return string(raw)
}

// one is a setting that stands there once.
func (u unit) one(t *testing.T, name string) string {
	t.Helper()
	require.Len(t, u[name], 1, name)
	return u[name][0]
}

// environment is what the service is started with.
func (u unit) environment() []string {
	var env []string
	for _, line := range u["Environment"] {
		env = append(env, strings.Fields(line)...)
	}
	return env
}

// started reads the command line of the service as the program does, with more
// flags from its file.
func (u unit) started(t *testing.T, more string) (*app, *cobra.Command) {
	t.Helper()
	words := strings.Fields(u.one(t, "ExecStart"))
	require.Equal(t, "/usr/bin/warroom", words[0])
	require.Equal(t, "$WARROOM_SERVE", words[len(words)-1], "what the file says comes last, so that it counts")
	args := append(words[1:len(words)-1], strings.Fields(more)...)
	a := newApp(Main{}, strings.NewReader(""), nil, nil, u.environment())
	cmd := parsed(t, a, args)
	require.Equal(t, "serve", cmd.Name())
	return a, cmd
}

// parsed is the verb that arguments name, with its flags read and its arguments
// counted.
func parsed(t *testing.T, a *app, args []string) *cobra.Command {
	t.Helper()
	cmd, rest, err := newRoot(a).Find(args)
	require.NoError(t, err, args)
	require.NoError(t, cmd.ParseFlags(rest), args)
	require.NoError(t, cmd.ValidateArgs(cmd.Flags().Args()), args)
	return cmd
}

func TestTheServiceIsStartedWithFlagsThatThereAre(t *testing.T) {
	t.Parallel()
	u := readUnit(t, "warroom.service")
	a, cmd := u.started(t, "")
	require.Equal(t, door.ServiceSocket(door.ServiceDir, "default"), a.flags.socket)
	access, err := cmd.Flags().GetString("newcomers")
	require.NoError(t, err)
	require.Equal(t, model.Responder.String(), access)

	for _, file := range []string{"service.env", "README.md"} {
		examples := 0
		for line := range strings.Lines(packaged(t, file)) {
			if flags, ok := strings.CutPrefix(strings.TrimLeft(line, " #"), "WARROOM_SERVE="); ok {
				examples++
				u.started(t, flags)
			}
		}
		require.NotZero(t, examples, file)
	}
	require.Empty(t, lined(t, "service.env"), "it changes nothing as it comes")
	require.Contains(t, u.environment(), "WARROOM_SERVE=", "the file may be left out")
}

func TestTheServiceKeepsItsRoomWhereItMayWrite(t *testing.T) {
	t.Parallel()
	u := readUnit(t, "warroom.service")
	a, _ := u.started(t, "")
	dir, err := a.storeDir()
	require.NoError(t, err)
	require.Equal(t, filepath.Join("/var/lib", u.one(t, "StateDirectory"), "default"), dir)
	require.Equal(t, "0700", u.one(t, "StateDirectoryMode"))
	require.Equal(t, "/etc/warroom/config.toml", a.paths.File)
	require.Contains(t, packaged(t, "README.md"), "`"+dir+"`")
	require.Contains(t, packaged(t, "README.md"), "`"+a.paths.File+"`")
}

// The folder and the socket say who gets in, in four files and in the program.
func TestTheModesOfTheDoorAgree(t *testing.T) {
	t.Parallel()
	service, socket := readUnit(t, "warroom.service"), readUnit(t, "warroom.socket")
	require.Equal(t, door.ServiceDir, filepath.Join("/run", service.one(t, "RuntimeDirectory")))
	require.Equal(t, door.ServiceSocket(door.ServiceDir, "default"), socket.one(t, "ListenStream"))
	require.Equal(t, "warroom.socket", service.one(t, "Requires"))
	require.Equal(t, "yes", service.one(t, "RuntimeDirectoryPreserve"), "else a stop removes the socket")

	folder := service.one(t, "RuntimeDirectoryMode")
	require.Equal(t, "0750", folder)
	require.Equal(t, folder, socket.one(t, "DirectoryMode"))
	user, group := service.one(t, "User"), service.one(t, "Group")
	require.Equal(t, []string{"d", door.ServiceDir, folder, user, group, "-"}, strings.Fields(lined(t, "tmpfiles.d/warroom.conf")[0]))
	require.Equal(t, group, socket.one(t, "SocketGroup"))
	require.Equal(t, []string{"u", user}, strings.Fields(lined(t, "sysusers.d/warroom.conf")[0])[:2])

	mode := socket.one(t, "SocketMode")
	made, err := strconv.ParseUint(mode, 8, 32)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(made), socketOf(t, model.Responder), "the program's own socket has another mode")
	for _, m := range []string{folder, mode} {
		require.Contains(t, packaged(t, "README.md"), m)
	}
}

// socketOf is the mode of the socket that a room process makes by itself.
func socketOf(t *testing.T, newcomers model.Access) fs.FileMode {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s")
	a := newApp(Main{}, strings.NewReader(""), nil, nil, []string{"WARROOM_SOCKET=" + file})
	p := &process{app: a, doorman: &doorman{policy: policy{newcomers: newcomers}}}
	_, sockets, err := p.listen(serving{})
	require.NoError(t, err)
	require.Len(t, sockets, 1)
	defer sockets[0].Close()
	st, err := os.Stat(file)
	require.NoError(t, err)
	return st.Mode().Perm()
}

// A namespace of users would make everybody nobody, and nobody is a member then, or
// everybody the same one.
func TestTheServiceSeesTheUidsOfTheHost(t *testing.T) {
	t.Parallel()
	u := readUnit(t, "warroom.service")
	require.NotContains(t, u, "PrivateUsers")
	require.NotContains(t, u, "DynamicUser")
	require.Equal(t, "AF_UNIX AF_INET AF_INET6", u.one(t, "RestrictAddressFamilies"))
}

func TestTheServiceHasTimeToEnd(t *testing.T) {
	t.Parallel()
	u := readUnit(t, "warroom.service")
	stop, err := time.ParseDuration(u.one(t, "TimeoutStopSec"))
	require.NoError(t, err)
	require.Greater(t, stop, 2*endTime, "consoles are sent away, then the store is closed")
	require.Equal(t, "notify", u.one(t, "Type"))
	require.Equal(t, "always", u.one(t, "Restart"), "warroom stop --restart ends with code 0")
	require.Equal(t, strconv.Itoa(exitUsage), u.one(t, "RestartPreventExitStatus"))
}

func TestTheServiceMayDoNothingMore(t *testing.T) {
	t.Parallel()
	u := readUnit(t, "warroom.service")
	for name, want := range map[string]string{
		"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
		"PrivateDevices": "yes", "MemoryDenyWriteExecute": "yes", "LockPersonality": "yes", "SystemCallFilter": "@system-service", "UMask": "0077",
	} {
		require.Equal(t, want, u.one(t, name), name)
	}
}

// What the page tells to type is there.
func TestThePagesOfThePackageNameVerbsThatThereAre(t *testing.T) {
	t.Parallel()
	found := 0
	for line := range strings.Lines(packaged(t, "README.md")) {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, "    ") {
			continue
		}
		if i := slices.Index(words, "#"); i >= 0 {
			words = words[:i]
		}
		a := newApp(Main{}, strings.NewReader(""), nil, nil, nil)
		for i, w := range words {
			if w == "warroom" && i+1 < len(words) && a.knows(words[i+1]) {
				parsed(t, a, words[i+1:])
				found++
			}
		}
		for _, file := range words {
			if strings.HasPrefix(file, "packaging/") {
				packaged(t, strings.TrimPrefix(file, "packaging/"))
			}
		}
	}
	require.GreaterOrEqual(t, found, 6)
}
