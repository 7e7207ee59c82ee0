package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// netspace is a network namespace. It has no name and lives by its descriptor, so that
// nothing of it is left when the test ends, however it ends.
type netspace struct {
	t  *testing.T
	fd *os.File
}

// needsNetspaces finds what makes networks, and skips where nobody may.
func needsNetspaces(t *testing.T) {
	t.Helper()
	if os.Getenv("WARROOM_E2E") == "" {
		t.Skip("WARROOM_E2E is not set: five processes in networks of their own take minutes")
	}
	needs(t, "ip")
	needs(t, "nft")
	if os.Getuid() != 0 {
		t.Skip("not root: networks cannot be made")
	}
}

// newNetspace makes a network that has a loopback and nothing else.
func newNetspace(t *testing.T) *netspace {
	t.Helper()
	n := &netspace{t: t}
	made := make(chan error)
	go func() { // its thread is not given back, and ends with it
		runtime.LockOSThread()
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			n.fd, err = os.Open("/proc/thread-self/ns/net")
		}
		made <- err
	}()
	require.NoError(t, <-made, "a network of its own, which a container may forbid even root")
	t.Cleanup(func() { n.fd.Close() })
	n.ip("link", "set", "lo", "up")
	return n
}

// in runs something in the network: processes and sockets that it makes stay there.
func (n *netspace) in(do func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Setns(int(n.fd.Fd()), unix.CLONE_NEWNET)
		if err == nil {
			err = do()
		}
		done <- err
	}()
	return <-done
}

// ip runs the program of that name in the network.
func (n *netspace) ip(args ...string) { n.t.Helper(); n.does("", "ip", args...) }

func (n *netspace) does(stdin, program string, args ...string) string {
	n.t.Helper()
	cmd := exec.Command(program, args...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &said, &said
	err := n.in(cmd.Run)
	require.NoError(n.t, err, "%s %v: %s", program, args, &said)
	return said.String()
}

// path names the network for ip.
func (n *netspace) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.fd.Fd()) }

// listen opens a port in the network.
func (n *netspace) listen(address string) (l net.Listener, err error) {
	err = n.in(func() error {
		l, err = net.Listen("tcp", address)
		return err
	})
	return l, err
}

// dial opens a connection from the network.
func (n *netspace) dial(address string) (c net.Conn, err error) {
	err = n.in(func() error {
		c, err = (&net.Dialer{Timeout: hang}).Dial("tcp", address)
		return err
	})
	return c, err
}

// lan is a switch with networks at its ports.
type lan struct {
	t   *testing.T
	hub *netspace // where the switch is, with an address of its own
	all []*netspace

	// What is wrong with the packets that come to a port: who is not heard, and how
	// many of a hundred are lost.
	deaf    [][]bool
	lost    int
	refuses bool // all connections but with the hub are reset
}

// hubIP is the test's own address; whatever goes through a stretch comes from there.
const hubIP = "10.77.0.100"

func lanIP(i int) string { return fmt.Sprintf("10.77.0.%d", i+1) }

// newLAN makes a switch with n networks, which nothing connects with this machine's.
func newLAN(t *testing.T, n int) *lan {
	t.Helper()
	l := &lan{t: t, hub: newNetspace(t)}
	l.hub.ip("link", "add", "name", "hub", "type", "bridge")
	l.hub.ip("link", "set", "hub", "up")
	l.hub.ip("addr", "add", hubIP+"/24", "dev", "hub")
	for i := range n {
		s := newNetspace(t)
		port := fmt.Sprint("port", i)
		l.hub.ip("link", "add", "name", port, "type", "veth", "peer", "name", "eth", "netns", s.path())
		l.hub.ip("link", "set", port, "master", "hub", "up")
		s.ip("addr", "add", lanIP(i)+"/24", "dev", "eth")
		s.ip("link", "set", "eth", "up")
		l.all = append(l.all, s)
		l.deaf = append(l.deaf, make([]bool, n))
	}
	return l
}

// split cuts every network off all that are not in its part, both ways.
func (l *lan) split(parts ...[]int) {
	l.t.Helper()
	part := make([]int, len(l.all))
	for p, members := range parts {
		for _, i := range members {
			part[i] = p + 1
		}
	}
	for i := range l.deaf {
		for j := range l.deaf[i] {
			l.deaf[i][j] = i != j && part[i] != part[j]
		}
	}
	l.apply()
}

// heal lets everything through again.
func (l *lan) heal() {
	l.t.Helper()
	l.lost, l.refuses = 0, false
	l.split()
}

// alone has every network refuse the others; what comes from the hub still comes.
func (l *lan) alone() {
	l.t.Helper()
	l.lost, l.refuses = 0, true
	l.apply()
}

// mute has nothing of one network come to another; the other way stays as it is.
func (l *lan) mute(from, to int) {
	l.t.Helper()
	l.deaf[to][from] = true
	l.apply()
}

// loses has so many of a hundred packets lost.
func (l *lan) loses(percent int) {
	l.t.Helper()
	l.lost = percent
	l.apply()
}

// apply writes the rules of every port anew.
func (l *lan) apply() {
	l.t.Helper()
	for i, s := range l.all {
		var rules strings.Builder
		fmt.Fprintln(&rules, "flush ruleset\ntable inet weather {\nchain in {\ntype filter hook input priority 0; policy accept;")
		for j, deaf := range l.deaf[i] {
			if deaf {
				fmt.Fprintf(&rules, "ip saddr %s drop\n", lanIP(j))
			}
		}
		if l.refuses {
			fmt.Fprintf(&rules, "meta l4proto tcp ip saddr != %s reject with tcp reset\n", hubIP)
		}
		if l.lost > 0 {
			fmt.Fprintf(&rules, "numgen random mod 100 < %d counter drop\n", l.lost)
		}
		fmt.Fprintln(&rules, "}\n}")
		s.does(rules.String(), "nft", "-f", "-")
	}
}

func TestNetworksOfATestAreWhatTheySay(t *testing.T) {
	t.Parallel()
	needsNetspaces(t)
	l := newLAN(t, 2)
	there, err := l.all[1].listen(lanIP(1) + ":7117")
	require.NoError(t, err)
	defer there.Close()
	c, err := l.all[0].dial(lanIP(1) + ":7117")
	require.NoError(t, err)
	defer c.Close()
	s, err := there.Accept()
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, lanIP(0), s.RemoteAddr().(*net.TCPAddr).IP.String())

	l.mute(0, 1)
	_, err = c.Write([]byte("unheard"))
	require.NoError(t, err)
	require.NoError(t, s.SetReadDeadline(soonTime()))
	_, err = s.Read(make([]byte, 1))
	require.True(t, errors.Is(err, os.ErrDeadlineExceeded), "%v", err)
	l.heal()
	require.NoError(t, s.SetReadDeadline(lateTime()))
	_, err = s.Read(make([]byte, 1)) // it was sent again
	require.NoError(t, err)
	l.loses(30)
	dropped := regexp.MustCompile(`packets [1-9]\d* bytes \d+ drop`)
	for !dropped.MatchString(l.all[1].does("", "nft", "list", "ruleset")) {
		_, err = c.Write([]byte("x"))
		require.NoError(t, err)
		_, err = io.ReadFull(s, make([]byte, 1)) // sent again, if it was lost
		require.NoError(t, err)
	}
}
