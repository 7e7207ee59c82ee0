package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// site is a home whose room process is linked with others.
type site struct {
	*world
	name   string
	space  *netspace // the network it is in; nil for this machine's loopback
	listen string    // where peers may come in
	up     atomic.Bool

	mu    sync.Mutex
	room  *running
	acked []string // texts of entries of which the room said that they are kept
}

// running is a room process.
type running struct {
	address string // where peers come in
	log     *heard
	ended   chan struct{}
	kill    func(syscall.Signal)
}

// newSite makes a home. It has no room yet.
func newSite(t *testing.T, name string, space *netspace, listen string) *site {
	t.Helper()
	s := &site{world: newWorld(t), name: name, space: space, listen: listen}
	s.env = append(s.env, "USER="+name)
	t.Cleanup(func() {
		if r := s.runs(); r != nil {
			r.kill(syscall.SIGTERM)
			select {
			case <-r.ended:
			case <-time.After(hang):
				r.kill(syscall.SIGKILL)
				t.Errorf("the room process of %s did not end", name)
			}
			if t.Failed() {
				t.Logf("the room process of %s said:\n%s", name, visits.ReplaceAllString(r.log.text(), ""))
			}
		}
	})
	return s
}

func (s *site) runs() *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room
}

// visits are what verbs leave in a log.
var visits = regexp.MustCompile(`(?m)^.* msg=(came|went) .*\n`)

var peersOpen = regexp.MustCompile(`msg="peers may come in" address=(\S+)`)

// start starts the room process and waits until it is there for everybody.
func (s *site) start(more ...string) {
	s.t.Helper()
	log := newHeard()
	cmd := s.program(nil, append([]string{"serve", "--peers", s.listen}, more...)...)
	cmd.Stderr = log
	start := cmd.Start
	if s.space != nil {
		start = func() error { return s.space.in(cmd.Start) }
	}
	require.NoError(s.t, start())
	r := &running{log: log, ended: make(chan struct{}), kill: func(sig syscall.Signal) {
		_ = cmd.Process.Signal(sig) // it may have ended
	}}
	go func() {
		defer close(r.ended)
		_ = cmd.Wait() // its code is in the state
	}()
	s.mu.Lock()
	s.room = r
	s.mu.Unlock()
	r.address = log.until(s.t, peersOpen)[1]
	log.until(s.t, opened)
	s.up.Store(true)
}

// stop ends the room process, by SIGTERM as a service manager does or by SIGKILL as a
// power cut does.
func (s *site) stop(sig syscall.Signal) {
	s.t.Helper()
	s.up.Store(false)
	r := s.runs()
	r.kill(sig)
	select {
	case <-r.ended:
	case <-time.After(hang):
		s.t.Fatalf("the room process of %s does not end", s.name)
	}
}

// card is what others must know of this home.
func (s *site) card() string { s.t.Helper(); return strings.TrimSpace(s.must("peers", "card")) }

// founded has somebody open an incident, which makes the room.
func (s *site) founded() (incident string) {
	s.t.Helper()
	s.must("open", "Checkout")
	return strings.Fields(s.must("list"))[1]
}

// linked tells two homes of each other by the verbs, as people do. Addresses may be
// missing on one side.
func linked(owner, guest *site, toOwner, toGuest string) {
	owner.t.Helper()
	add := func(at, other *site, card, address string) {
		args := []string{"peers", "add", other.name, card}
		if address != "" {
			args = append(args, address)
		}
		at.must(args...)
	}
	add(owner, guest, guest.card(), toGuest)
	add(guest, owner, owner.card(), toOwner)
}

// standing is what a room holds: a digest of the ends of all logs, and of what their
// events come to.
type standing struct {
	Vector string `json:"vector"`
	State  string `json:"state"`
}

// stands asks the room process; it says false where none answers.
func (s *site) stands() (standing, bool) {
	code, out, _ := s.run("", "peers", "--state", "-o", "json")
	var at standing
	if code != 0 || json.Unmarshal([]byte(out), &at) != nil {
		return at, false
	}
	return at, at.Vector != ""
}

// writes has an entry written, and reports that the room said that it is kept.
func (s *site) writes(incident, text string) bool {
	code, _, _ := s.run("", "log", "-i", incident, text)
	if code != 0 {
		return false
	}
	s.mu.Lock()
	s.acked = append(s.acked, text)
	s.mu.Unlock()
	return true
}

// wrote has entries written that must be kept.
func (s *site) wrote(incident string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.must("log", "-i", incident, text)
		s.acked = append(s.acked, text)
	}
}

// knows waits until a home may write in the incident: it was let in, and has it.
func (s *site) knows(incident string) {
	s.t.Helper()
	comes(s.t, patience, func() error {
		code, out, said := s.run("", "list")
		if code != 0 || !strings.Contains(out, incident) {
			return fmt.Errorf("%s has no incident yet: %s %s", s.name, out, said)
		}
		if code, _, said := s.run("", "name"); code != 0 {
			return fmt.Errorf("%s is nobody yet: %s", s.name, said)
		}
		return nil
	})
}

// comes asks again and again; nothing rings when another process has come so far.
func comes(t *testing.T, within time.Duration, so func() error) {
	t.Helper()
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	late := time.Now().Add(within)
	for {
		err := so()
		if err == nil {
			return
		}
		require.True(t, time.Now().Before(late), "it never came: %v", err)
		<-every.C
	}
}

var errDiffer = errors.New("they differ")

// converge waits until all hold the same and show the same.
func converge(t *testing.T, within time.Duration, all ...*site) {
	t.Helper()
	began := time.Now()
	comes(t, within, func() error {
		seen := map[standing][]string{}
		for _, s := range all {
			at, ok := s.stands()
			if !ok {
				return fmt.Errorf("%s does not answer", s.name)
			}
			seen[at] = append(seen[at], s.name)
		}
		if len(seen) > 1 {
			return fmt.Errorf("%w: %v", errDiffer, seen)
		}
		return nil
	})
	t.Logf("%d rooms are the same after %s", len(all), time.Since(began).Round(10*time.Millisecond))
}

// entries are the texts of an incident's log.
func (s *site) entries(incident string) map[string]int {
	s.t.Helper()
	var all struct{ Log []struct{ Kind, Text string } }
	require.NoError(s.t, json.Unmarshal([]byte(s.must("log", "--list", "-i", incident, "-o", "json")), &all))
	texts := map[string]int{}
	for _, e := range all.Log {
		if e.Kind == "entry.add" {
			texts[e.Text]++
		}
	}
	return texts
}

// keptAll checks that every entry that any of the homes was told to be kept is in each of them,
// once.
func keptAll(t *testing.T, incident string, all ...*site) {
	t.Helper()
	for _, at := range all {
		held, missing := at.entries(incident), []string{}
		for _, by := range all {
			by.mu.Lock()
			for _, text := range by.acked {
				if held[text] != 1 {
					missing = append(missing, fmt.Sprintf("%q of %s, %d times", text, by.name, held[text]))
				}
			}
			by.mu.Unlock()
		}
		require.Empty(t, missing, "%s has not what was acknowledged", at.name)
	}
}

// loopback is a home at the loopback, with a port that nobody else has.
func loopback(t *testing.T, name string) *site {
	t.Helper()
	return newSite(t, name, nil, "127.0.0.1:0")
}

// way is a stretch of this machine's network to wherever the room of a home listens now.
func way(t *testing.T, to *site) (*stretch, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := newStretch(t, l, func() (net.Conn, error) {
		r := to.runs()
		if r == nil {
			return nil, errors.New("it does not run")
		}
		return net.DialTimeout("tcp", r.address, patience)
	})
	return s, l.Addr().String()
}

// peersFile is the home's file of peers.
func (s *site) peersFile() string { return filepath.Join(s.store(), "peers.toml") }

// linkSeen is what a home says of its link with another.
type linkSeen struct{ Name, State, Route, Problem string }

func (s *site) link(with string) linkSeen {
	s.t.Helper()
	var shown struct{ Peers []linkSeen }
	require.NoError(s.t, json.Unmarshal([]byte(s.must("peers", "-o", "json")), &shown))
	i := slices.IndexFunc(shown.Peers, func(p linkSeen) bool { return p.Name == with })
	if i < 0 {
		return linkSeen{Name: with, State: "not among the peers"} // the file is read now and then
	}
	return shown.Peers[i]
}

// lives waits until a link is up and nothing is on its way.
func (s *site) lives(with string) {
	s.t.Helper()
	comes(s.t, patience, func() error {
		if l := s.link(with); l.State != "live" {
			return fmt.Errorf("%s to %s is %+v", s.name, with, l)
		}
		return nil
	})
}

// dies waits until a home has noticed that a link is no more.
func (s *site) dies(with string) {
	s.t.Helper()
	comes(s.t, patience, func() error {
		if l := s.link(with); l.State == "live" || l.State == "behind" {
			return fmt.Errorf("%s to %s is still %+v", s.name, with, l)
		}
		return nil
	})
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), mode))
}
