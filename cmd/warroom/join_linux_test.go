package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/sync/invite"
)

// invites makes an invite, by the real program in a process of its own.
func (s *site) invites(args ...string) (text string) {
	s.t.Helper()
	cmd := s.program(nil, append([]string{"invite", "-o", "json"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	require.NoError(s.t, cmd.Run(), said.String())
	var made struct{ Invite string }
	require.NoError(s.t, json.Unmarshal(out.Bytes(), &made))
	return made.Invite
}

// joining is `warroom join` in a process of its own.
type joining struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  *heard
	done chan struct{}
}

var fourWords = regexp.MustCompile(`The four words: (\w+ \w+ \w+ \w+)\n`)

// joins asks to come in: the invite is on standard input, or where it says so in the
// environment.
func (s *site) joins(text string, env []string, args ...string) *joining {
	s.t.Helper()
	j := &joining{t: s.t, cmd: s.program(env, append([]string{"join"}, args...)...), out: newHeard(), done: make(chan struct{})}
	j.cmd.Stdin = strings.NewReader(text)
	j.cmd.Stdout, j.cmd.Stderr = j.out, j.out
	require.NoError(s.t, j.cmd.Start())
	go func() {
		defer close(j.done)
		_ = j.cmd.Wait() // its code is in the state
	}()
	s.t.Cleanup(func() {
		_ = j.cmd.Process.Kill() // it may have ended
		<-j.done
	})
	return j
}

// words waits for the four words.
func (j *joining) words() string { j.t.Helper(); return j.out.until(j.t, fourWords)[1] }

// ends waits for the end, and gives the exit code with all that was said.
func (j *joining) ends() (int, string) {
	j.t.Helper()
	select {
	case <-j.done:
	case <-time.After(patience):
		j.t.Fatalf("it does not end; it said:\n%s", j.out.text())
	}
	return j.cmd.ProcessState.ExitCode(), j.out.text()
}

// waitsAt waits until somebody waits at a home, and gives the words that it shows.
func (s *site) waitsAt(name string) (words string) {
	s.t.Helper()
	comes(s.t, patience, func() error {
		var all []waitingRow
		require.NoError(s.t, json.Unmarshal([]byte(s.must("member", "waiting", "-o", "json")), &all))
		for _, w := range all {
			if w.Name == name {
				words = w.Words
				return nil
			}
		}
		return fmt.Errorf("%s is not among %v", name, all)
	})
	return words
}

// joined has somebody come in by an invite, as people do it.
func (s *site) joined(guest *site, args ...string) {
	s.t.Helper()
	j := guest.joins(s.invites(args...), nil)
	require.Equal(s.t, j.words(), s.waitsAt(guest.name))
	s.must("member", "approve", guest.name, "--yes")
	code, said := j.ends()
	require.Zero(s.t, code, said)
	require.Contains(s.t, said, "You are in as ")
}

func TestATeammateComesInByAnInvite(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	incident := ana.founded()
	ana.start()
	j := bob.joins("", []string{envInvite + "=" + ana.invites("--note", "Bob, on call")})
	words := j.words()
	require.Equal(t, words, ana.waitsAt("bob"))
	require.Contains(t, ana.must("invite", "list"), "Bob, on call")
	require.NoDirExists(t, filepath.Join(bob.store(), "journal"), "there is no room before somebody lets it in")
	out := ana.must("member", "approve", words, "--yes")
	require.Contains(t, out, "bob is in as responder")
	code, said := j.ends()
	require.Zero(t, code, said)
	require.Contains(t, said, "You are in as responder")

	c := bob.show(24, 80, nil)
	c.until("Checkout")
	bob.wrote(incident, "from bob")
	s := ana.show(24, 80, nil)
	s.until("from bob")
	for _, c := range []*shown{c, s} {
		c.press("q")
		require.Zero(t, c.end())
		c.restored()
	}
	require.Contains(t, ana.must("member"), "bob: responder")
	require.Contains(t, ana.must("device"), "this device")
	ana.lives("bob")
	converge(t, patience, ana, bob)
	for _, file := range []string{"peers.toml", "device.key"} {
		info, err := os.Stat(filepath.Join(bob.store(), file))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	info, err := os.Stat(filepath.Join(ana.store(), "invites.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// Nothing runs yet: the invite starts the room process, which stays for whoever is invited.
// At a terminal the four words are asked for, and no is no.
func TestAnInviteStartsTheRoomProcessAndApprovalAsks(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	ana.founded()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ana.must("peers", "listen", free.Addr().String())
	require.NoError(t, free.Close())
	j := bob.joins(ana.invites("--role", "observer"), nil, "--label", "old laptop")
	words := j.words()
	ana.waitsAt("bob")
	require.Len(t, ana.rooms(), 1)
	for _, answer := range []string{"no", ""} {
		c := ana.show(24, 80, nil, "member", "approve", "bob")
		c.until("Type yes to let them in [no]:")
		require.Contains(t, c.text(), words)
		require.Contains(t, c.text(), "old laptop")
		c.press(answer + "\r")
		c.until("Nobody was let in")
		require.Equal(t, exitFailed, c.end())
	}
	c := ana.show(24, 80, nil, "member", "approve", "bob")
	c.until("Type yes to let them in [no]:")
	c.press("yes\r")
	c.until("bob is in as observer")
	require.Zero(t, c.end())
	code, said := j.ends()
	require.Zero(t, code, said)
	require.Contains(t, said, "You are in as observer")
}

// An incident that is restricted would go to whoever comes in: nobody is invited then, and
// while somebody is nothing is restricted.
func TestNobodyIsInvitedToARoomWithARestrictedIncident(t *testing.T) {
	t.Parallel()
	ana := loopback(t, "ana")
	incident := ana.founded()
	ana.start()
	ana.must("restrict", "ana", "-i", incident)
	code, out, said := ana.run("", "invite")
	require.Equal(t, exitFailed, code)
	require.Empty(t, out)
	require.Contains(t, said, "is restricted")
	ana.must("restrict", "--off", "-i", incident)
	ana.invites()
	code, _, said = ana.run("", "restrict", "ana", "-i", incident)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "gives its events to other devices")
}

// Whoever leaves while waiting leaves nothing but the device's key, and asks again as the
// same; who is turned away is told so.
func TestWhoLeavesTheDoorAsksAgainAsTheSame(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	ana.founded()
	ana.start()
	text := ana.invites()
	j := bob.joins(text, nil)
	j.words()
	ana.waitsAt("bob")
	require.NoError(t, j.cmd.Process.Signal(syscall.SIGINT))
	code, said := j.ends()
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "You left before somebody let you in")
	found, err := os.ReadDir(bob.store())
	require.NoError(t, err)
	require.Len(t, found, 1, "the key stays, and nothing else")
	j = bob.joins(text, nil)
	require.Equal(t, j.words(), ana.waitsAt("bob"))
	require.Contains(t, ana.must("member", "refuse", "bob"), "was turned away")
	code, said = j.ends()
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "A person there turned this device away")
	require.Contains(t, ana.must("member", "waiting"), "Nobody waits")

	text = ana.invites()
	is, err := invite.Parse(text)
	require.NoError(t, err)
	require.Contains(t, ana.must("invite", "withdraw", tokenText(is.Token)[:8]), "Nobody comes in")
	code, said = bob.joins(text, nil).ends()
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "This invite does not count there")
}

// A member who was admitted by one room is let in by another that has not heard of it.
func TestAMemberIsLetInByARoomThatHasNotHeardOfIt(t *testing.T) {
	t.Parallel()
	ana, bob, cleo := loopback(t, "ana"), loopback(t, "bob"), loopback(t, "cleo")
	incident := ana.founded()
	ana.start()
	ana.joined(bob)
	bob.start()
	bob.knows(incident)
	_, bobAt := way(t, bob)
	bobsCard := bob.card()
	ana.stop(syscall.SIGTERM) // Bob hears of nothing that Ana does from now on
	bob.stop(syscall.SIGTERM)
	ana.start()
	ana.joined(cleo)
	cleo.start()
	cleo.knows(incident)
	ana.stop(syscall.SIGTERM)
	bob.start()
	require.NotContains(t, bob.must("member"), "cleo")
	cleo.must("peers", "add", "bob", bobsCard, bobAt)
	cleo.lives("bob")
	require.Contains(t, bob.must("member"), "cleo: responder")
	cleo.wrote(incident, "from cleo, by bob alone")
	converge(t, patience, bob, cleo)
	keptAll(t, incident, bob, cleo)
}

// A device that was taken out is told so, keeps what it has, and is given nothing more.
func TestADeviceThatWasTakenOutSaysSoAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	ana, bob := loopback(t, "ana"), loopback(t, "bob")
	incident := ana.founded()
	ana.start()
	ana.joined(bob)
	bob.start()
	bob.knows(incident)
	bob.wrote(incident, "before it was lost")
	converge(t, patience, ana, bob)
	out := ana.must("device", "revoke", "bob", "--yes")
	require.Contains(t, out, "is out")
	require.Contains(t, out, "1 act of it is held here, and stays")
	require.Contains(t, ana.must("device"), "out")
	ana.must("log", "-i", incident, "a secret since")
	comes(t, patience, func() error {
		if out := bob.must("peers"); !strings.Contains(out, "taken out") {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
	bob.run("", "log", "-i", incident, "written on the lost device")
	require.Contains(t, bob.must("log", "--list", "-i", incident), "before it was lost")
	require.Contains(t, ana.must("log", "--list", "-i", incident), "before it was lost")
	bob.stop(syscall.SIGTERM)
	bob.start()
	comes(t, patience, func() error {
		if out := bob.must("peers"); !strings.Contains(out, "taken out") {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
	require.NotContains(t, bob.must("log", "--list", "-i", incident), "a secret since")
	require.NotContains(t, ana.must("log", "--list", "-i", incident), "written on the lost device")
	nowhere(t, "a secret since", bob.home)
}

// recorded is a stretch between a stranger and a room that keeps every byte.
type recorded struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (r *recorded) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.Write(p)
}

// records opens a way to a room, of which every byte is kept.
func records(t *testing.T, to *site) (*recorded, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &recorded{}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to.runs().address)
			if err != nil {
				here.Close()
				continue
			}
			for _, way := range [][2]net.Conn{{here, there}, {there, here}} {
				all.Go(func() {
					_, _ = io.Copy(way[1], io.TeeReader(way[0], r))
					way[0].Close()
					way[1].Close()
				})
			}
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return r, l.Addr().String()
}

// Strangers try by an invite, by a card and by an invite that is over: nothing that went
// over the wire has a byte of the workspace.
func TestNothingOfTheWorkspaceIsToldToStrangers(t *testing.T) {
	t.Parallel()
	ana, bob, eve := loopback(t, "ana"), loopback(t, "bob"), loopback(t, "eve")
	incident := ana.founded()
	ana.must("log", "-i", incident, "the password is hunter2")
	ana.start()
	wire, at := records(t, ana)
	text := ana.invites(at)
	j := bob.joins(text, nil)
	j.words()
	ana.must("member", "refuse", "bob")
	code, _ := j.ends()
	require.NotZero(t, code)
	code, said := eve.joins(text, nil).ends() // it was used
	require.NotZero(t, code, said)
	eve.must("peers", "add", "ana", ana.card(), at)
	eve.start()
	comes(t, patience, func() error {
		if l := eve.link("ana"); l.Problem == "" {
			return fmt.Errorf("%+v", l)
		}
		return nil
	})
	wire.mu.Lock()
	defer wire.mu.Unlock()
	require.Greater(t, wire.all.Len(), 4_000, "they came")
	var card struct{ Device, Workspace string }
	require.NoError(t, json.Unmarshal([]byte(ana.must("peers", "card", "-o", "json")), &card))
	workspace, err := hex.DecodeString(card.Workspace)
	require.NoError(t, err)
	for _, secret := range []string{"hunter2", "Checkout", incident, card.Workspace, string(workspace), text} {
		require.False(t, bytes.Contains(wire.all.Bytes(), []byte(secret)), secret)
	}
	require.Less(t, wire.all.Len(), 64<<10, "handshakes and one question each")
	for _, dir := range []string{bob.home, eve.home} {
		nowhere(t, "hunter2", dir)
		nowhere(t, "Checkout", dir)
	}
	require.NotContains(t, ana.must("member"), "bob")
}
