package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// overSSH makes bob's `ssh far` come out at a port, as somebody there, and gives the
// words after the host to a program that the far side names itself.
func (s *site) overSSH(port, login, key string) {
	s.t.Helper()
	bin := filepath.Join(s.home, "bin")
	require.NoError(s.t, os.Mkdir(bin, 0o700))
	config := filepath.Join(s.home, "ssh_config")
	writeFile(s.t, config, fmt.Sprintf(`Host far
HostName 127.0.0.1
Port %s
User %s
IdentityFile %s
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile %s
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking accept-new
LogLevel ERROR
`, port, login, key, filepath.Join(s.home, "known_hosts")), 0o600)
	// The real one looks for its settings in the home that the system has for a user.
	writeFile(s.t, filepath.Join(bin, "ssh"), fmt.Sprintf("#!/bin/sh\nexec %s -F %s \"$@\"\n", needs(s.t, "ssh"), config), 0o700)
	s.env = append(s.env, "PATH="+bin+":"+os.Getenv("PATH"))
}

// keyPair makes a key for ssh and gives its file.
func keyPair(t *testing.T, dir, name string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	out, err := exec.Command(needs(t, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return file
}

// sshd runs the real server for one key, which may only do what a script does.
func sshd(t *testing.T, dir, key, script string) (port string) {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		program = needs(t, "sshd")
	}
	if os.Getuid() == 0 { // a directory that a start of the service makes
		if err := os.Mkdir("/run/sshd", 0o755); err == nil {
			t.Cleanup(func() { _ = os.Remove("/run/sshd") }) // another test may use it
		}
	}
	keys := filepath.Join(dir, "authorized_keys")
	public, err := os.ReadFile(key + ".pub")
	require.NoError(t, err)
	writeFile(t, keys, fmt.Sprintf("restrict,command=%q %s", script, public), 0o600)
	host := keyPair(t, dir, "host")
	address := freePort(t)
	_, port, err = net.SplitHostPort(address)
	require.NoError(t, err)
	config := filepath.Join(dir, "sshd_config")
	writeFile(t, config, fmt.Sprintf(`ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
`, address, host, keys), 0o600)
	log := newHeard()
	cmd := exec.Command(program, "-D", "-e", "-f", config)
	cmd.Stderr = log
	cmd.WaitDelay = time.Second // its sessions hold that too, and end with the rooms
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("sshd said:\n%s", log.text())
		}
	})
	comes(t, patience, func() error {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			c.Close()
		}
		return err
	})
	return port
}

func TestRoomsAreLinkedOverSSHAlone(t *testing.T) {
	t.Parallel()
	for _, far := range []struct {
		name  string
		login string
		again bool // it can be started again at the same port
		serve func(t *testing.T, ana *site, key string) (port string)
	}{
		{"by the server of the system", systemUser(t), true, func(t *testing.T, ana *site, key string) string {
			self, err := os.Executable()
			require.NoError(t, err)
			bin := filepath.Join(ana.home, "there")
			require.NoError(t, os.Mkdir(bin, 0o700))
			require.NoError(t, os.Symlink(self, filepath.Join(bin, "warroom")))
			script := filepath.Join(ana.home, "command")
			writeFile(t, script, fmt.Sprintf("#!/bin/sh\n[ \"$SSH_ORIGINAL_COMMAND\" = 'warroom sync --stdio' ] || exit 9\n"+
				"HOME=%s USER=ana PATH=%s:$PATH exec warroom sync --stdio\n", ana.home, bin), 0o700)
			ana.start()
			return sshd(t, ana.home, key, script)
		}},
		{"by the room's own door", "bob", false, func(t *testing.T, ana *site, key string) string {
			public, err := os.ReadFile(key + ".pub")
			require.NoError(t, err)
			keys := filepath.Join(ana.home, "keys")
			writeFile(t, keys, string(public), 0o600)
			ana.start("--ssh", "127.0.0.1:0", "--keys", keys)
			return ana.runs().log.until(t, sshOpen)[1]
		}},
	} {
		t.Run(far.name, func(t *testing.T) {
			t.Parallel()
			ana, bob := loopback(t, "ana"), loopback(t, "bob")
			incident := ana.founded()
			key := keyPair(t, bob.home, "bob")
			card := bob.card()
			ana.must("peers", "add", "bob", card)
			bob.overSSH(far.serve(t, ana, key), far.login, key)
			bob.must("peers", "add", "ana", ana.card(), "--ssh", "far")
			bob.start()
			bob.knows(incident)
			bob.lives("ana")
			require.Equal(t, "ssh far", bob.link("ana").Route)
			ana.wrote(incident, "from ana")
			bob.wrote(incident, "from bob")
			converge(t, patience, ana, bob)
			keptAll(t, incident, ana, bob)

			ana.stop(syscall.SIGKILL)
			bob.dies("ana")
			bob.wrote(incident, "while ana is away")
			if far.again {
				ana.start()
				converge(t, patience, ana, bob)
				keptAll(t, incident, ana, bob)
			}
		})
	}
}

// systemUser is who runs the tests: nobody else's shell is run.
func systemUser(t *testing.T) string {
	t.Helper()
	u, err := user.Current()
	require.NoError(t, err)
	return u.Username
}
