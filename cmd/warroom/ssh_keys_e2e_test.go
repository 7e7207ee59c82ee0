//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// refusedBySSH is the exit code of ssh itself.
const refusedBySSH = 255

// turnedAway checks that ssh does not come in; the room offers nothing but keys.
func (j *jump) turnedAway(cmd *exec.Cmd, why string) {
	j.t.Helper()
	code, out, said := j.ends(cmd, "")
	require.Equal(j.t, refusedBySSH, code, why)
	require.Empty(j.t, out, why)
	require.Contains(j.t, said, "Permission denied (publickey).", why)
}

func TestAnUnknownKeyAndAPasswordAreTurnedAway(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	j.done("bob", "list")
	before := j.everything()
	j.turnedAway(j.person("mallory", nil, "list"), "a key that nobody knows")
	asked := filepath.Join(j.home, "asked")
	ask := filepath.Join(j.home, "ask")
	require.NoError(t, os.WriteFile(ask, []byte("#!/bin/sh\ntouch '"+asked+"'\necho secret\n"), 0o700))
	for _, methods := range []string{"password", "keyboard-interactive", "password,keyboard-interactive,hostbased"} {
		// ssh would ask with this program.
		cmd := j.person("bob", []string{"-o", "BatchMode=no", "-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=" + methods}, "list")
		cmd.Env = append(cmd.Env, "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0")
		j.turnedAway(cmd, methods)
		require.NoFileExists(t, asked)
	}
	require.Equal(t, before, j.everything())
	require.NotContains(t, j.must("member"), "mallory")
}

func TestALineThatIsTakenOutOfTheFileTurnsItsKeyAway(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	j.done("bob", "list")
	appendLine(t, j.keys, j.public("carol"))
	j.done("carol", "list")
	require.NoError(t, os.WriteFile(j.keys, []byte(j.public("carol")+"\n# without bob\n"), 0o600))
	j.turnedAway(j.person("bob", nil, "list"), "not in the file any more")
	j.done("carol", "list")
}

// certified is somebody's command with a certificate that ssh-keygen signed.
func (j *jump) certified(name, ca string, sign ...string) *exec.Cmd {
	j.t.Helper()
	file := filepath.Join(j.home, fmt.Sprintf("%x", strings.Join(append(sign, name, ca), " ")))
	if len(file) > 200 {
		file = file[:200]
	}
	j.keygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file)
	j.keygen(slices.Concat([]string{"-q", "-s", j.key(ca), "-I", "of " + name}, sign, []string{file + ".pub"})...)
	return j.person(name, []string{"-i", file, "-o", "CertificateFile=" + file + "-cert.pub"}, "log", "by a certificate")
}

func TestOnlyAGoodCertificateComesInOverSsh(t *testing.T) {
	t.Parallel()
	j := newJump(t)
	authorities := filepath.Join(j.home, "authorities")
	require.NoError(t, os.WriteFile(authorities, []byte(j.public("ca")+"\n"), 0o600))
	j.serve("--authorities", authorities)
	before := j.everything()
	for why, cmd := range map[string]*exec.Cmd{
		"expired":                   j.certified("bob", "ca", "-n", "bob", "-V", "20200101:20200102"),
		"not valid yet":             j.certified("bob", "ca", "-n", "bob", "-V", "20990101:20990102"),
		"another principal":         j.certified("bob", "ca", "-n", "carol"),
		"no principals":             j.certified("bob", "ca"),
		"an authority of nobody":    j.certified("bob", "otherca", "-n", "bob"),
		"from another address":      j.certified("bob", "ca", "-n", "bob", "-O", "source-address=192.0.2.0/24"),
		"a command that it demands": j.certified("bob", "ca", "-n", "bob", "-O", "force-command=true"),
	} {
		j.turnedAway(cmd, why)
	}
	require.Equal(t, before, j.everything())
	for _, cmd := range []*exec.Cmd{
		j.certified("bob", "ca", "-n", "bob", "-V", "-1h:+1h"),
		j.certified("bob", "ca", "-n", "carol,bob"),
		j.certified("bob", "ca", "-n", "bob", "-O", "source-address=127.0.0.1"),
	} {
		code, out, said := j.ends(cmd, "")
		require.Zero(t, code, said)
		require.Contains(t, out, "by a certificate")
	}
	require.Equal(t, 3, strings.Count(j.must("log", "--list"), "  bob  "))
	require.Equal(t, 1, strings.Count(j.must("member"), "bob"), "one person, whatever certificate")
	j.turnedAway(j.person("bob", nil, "list"), "the key of a certificate without it")
}

func TestNothingIsForwardedOverSshAndOthersGoOn(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob", "carol")
	other := j.console("carol")
	other.until("Checkout")
	target, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer target.Close()
	reached := make(chan struct{})
	go func() {
		if c, err := target.Accept(); err == nil {
			c.Close()
			close(reached)
		}
	}()
	at := target.Addr().String()
	const alphabet = "abcdefghijklmnopqrstuvwxyz"
	rotation := 0
	stillThere := func(after string) {
		t.Helper()
		// No letter is where one of the line before was: only what changes is drawn.
		rotation++
		word := alphabet[rotation:] + alphabet[:rotation]
		j.done("bob", "log", word+" after "+after)
		other.until(word)
		select {
		case <-reached:
			t.Fatal("somebody came through: " + after)
		default:
		}
	}

	// -L and -D: whoever connects is let go at once.
	socket := filepath.Join(t.TempDir(), "l")
	port := freePort(t)
	said := newHeard()
	cmd := j.person("bob", []string{"-N", "-o", "LogLevel=DEBUG1", "-L", socket + ":" + at, "-D", port})
	cmd.Stderr = said
	require.NoError(t, cmd.Start())
	ends := sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(ends)
	said.until(t, regexp.MustCompile(`Entering interactive session`))
	for network, address := range map[string]string{"unix": socket, "tcp": port} {
		c, err := net.Dial(network, address)
		require.NoError(t, err)
		if network == "tcp" { // SOCKS 5, to the target
			_, err = c.Write([]byte{5, 1, 0})
			require.NoError(t, err)
			tcp := target.Addr().(*net.TCPAddr)
			_, err = c.Write([]byte{5, 1, 0, 1, 127, 0, 0, 1, byte(tcp.Port >> 8), byte(tcp.Port)})
			require.NoError(t, err)
		}
		_, err = io.ReadAll(c) // to its end
		c.Close()
		if err != nil {
			require.ErrorContains(t, err, "reset")
		}
	}
	said.until(t, regexp.MustCompile(`(?s)open failed: .*open failed: `))
	ends()
	stillThere("L and D")

	for name, c := range map[string]struct {
		options []string
		words   []string
		want    string
	}{
		"R":    {[]string{"-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:" + at}, nil, "remote port forwarding failed"},
		"W":    {[]string{"-W", at}, nil, "stdio forwarding failed"},
		"sftp": {[]string{"-s"}, []string{"sftp"}, "subsystem request failed"},
	} {
		code, out, said := j.ends(j.person("bob", append(c.options, "-o", "LogLevel=INFO"), c.words...), "")
		require.Equal(t, refusedBySSH, code, name)
		require.Empty(t, out, name)
		require.Contains(t, said, c.want, name)
		stillThere(name)
	}

	// The verb is done all the same; the display and the agent stay unreached.
	agent := filepath.Join(filepath.Dir(socket), "a")
	l, err := net.Listen("unix", agent)
	require.NoError(t, err)
	defer l.Close()
	cmd = j.person("bob", []string{"-o", "LogLevel=DEBUG1", "-Y", "-o", "ForwardAgent=" + agent}, "list")
	cmd.Env = append(cmd.Env, "DISPLAY=:99", "SSH_AUTH_SOCK="+agent)
	code, out, err2 := j.ends(cmd, "")
	require.Zero(t, code, err2)
	require.Contains(t, out, "Checkout")
	require.Contains(t, err2, "X11 forwarding request failed")
	require.NotContains(t, err2, "client_request_agent")
	stillThere("X and A")

	scp, err := exec.LookPath("scp")
	require.NoError(t, err)
	copied := filepath.Join(j.home, "copied")
	for _, old := range []string{"-s", "-O"} {
		args := slices.Concat([]string{"scp", old, "-q"}, j.sshArgs("bob"), []string{j.keys, "bob@127.0.0.1:" + copied})
		code, _, _ := j.ends(&exec.Cmd{Path: scp, Args: args, Env: j.env}, "")
		require.NotZero(t, code)
		require.NoFileExists(t, copied)
		args = slices.Concat([]string{"scp", old, "-q"}, j.sshArgs("bob"), []string{"bob@127.0.0.1:" + j.keys, copied})
		code, _, _ = j.ends(&exec.Cmd{Path: scp, Args: args, Env: j.env}, "")
		require.NotZero(t, code)
		require.NoFileExists(t, copied)
	}
	stillThere("scp")
	other.press("q")
	require.Zero(t, other.end())
}

func TestAMemberComesInByTheKeyThatWasAddedUntilRemoved(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	j.turnedAway(j.person("dora", nil, "list"), "not added yet")
	require.Contains(t, j.must("member", "add", "dora", "--key", j.key("dora")+".pub"), "dora: responder")
	require.Contains(t, j.done("dora", "log", "dora is here"), "dora is here")
	s := j.console("dora")
	s.until("dora is here")
	s.press("ihalf a line")
	j.kept("half a line")
	j.must("member", "remove", "dora")
	require.Zero(t, s.end(), "her console ends")
	s.restored()
	require.Contains(t, s.text(), "You are no member of this room any more.")
	before := j.everything()
	j.turnedAway(j.person("dora", nil, "list"), "removed")
	j.turnedAway(j.person("dora", []string{"-tt"}), "removed")
	require.Equal(t, before, j.everything())
	require.NotContains(t, j.must("log", "--list"), "half a line")
	j.done("bob", "list")
}

func TestARemovedMemberIsTurnedAwayAlsoWithAKeyInTheFile(t *testing.T) {
	t.Parallel()
	j := withRoom(t, "bob")
	j.done("bob", "log", "bob is here")
	s := j.console("bob")
	s.until("bob is here")
	j.must("member", "remove", "bob")
	require.Zero(t, s.end())
	s.restored()
	before := j.everything()
	code, out, said := j.does("bob", "", "list")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, said, "You are not a member of this workspace, or not any more.")
	s = j.console("bob")
	require.Equal(t, exitFailed, s.end())
	require.NotContains(t, s.text(), "Checkout")
	require.Contains(t, s.text(), "You are not a member of this workspace, or not any more.")
	require.Equal(t, before, j.everything())
}
