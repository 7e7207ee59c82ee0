package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/room"
)

const (
	// netSites is how many homes there are, each in a network of its own.
	netSites = 5
	// settles is how long they may take after the weather is fine again: a lost
	// packet is sent again up to 15 s later, and a dead link is noticed after 15 s.
	settles = 90 * time.Second
)

// team is five homes in five networks at one switch, all linked with all. Each has two
// addresses of each other: over a stretch, whose weather the test makes, and the plain one.
type team struct {
	t        *testing.T
	lan      *lan
	all      []*site
	ways     [netSites][netSites]*stretch // from, to
	incident string
	random   *rand.Rand
	written  atomic.Int64
}

func newTeam(t *testing.T) *team {
	t.Helper()
	needsNetspaces(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &team{t: t, lan: newLAN(t, netSites), random: rand.New(rand.NewPCG(seed, 0))}
	cards := make([]string, netSites)
	for i := range netSites {
		s := newSite(t, fmt.Sprint("site", i), m.lan.all[i], lanIP(i)+":7117")
		m.all = append(m.all, s)
		if i == 0 {
			m.incident = s.founded()
		} else { // the founder lets everybody in
			m.all[0].must("peers", "add", s.name, s.card())
			s.must("peers", "add", m.all[0].name, cards[0])
		}
		cards[i] = s.card()
	}
	for from, s := range m.all {
		for to, other := range m.all {
			if from == to {
				continue
			}
			l, err := m.lan.hub.listen(hubIP + ":0")
			require.NoError(t, err)
			m.ways[from][to] = newStretch(t, l, func() (net.Conn, error) { return m.lan.hub.dial(other.listen) })
			s.must("peers", "add", other.name, cards[to], l.Addr().String(), other.listen)
		}
	}
	for _, s := range m.all {
		s.start()
	}
	for _, s := range m.all[1:] {
		s.knows(m.incident)
	}
	m.fine(t)
	return m
}

// plain has everybody use the plain addresses, so that the weather is that of the
// packets; stretches has them use the others, and makes the weather there.
func (m *team) plain() {
	m.lan.heal()
	m.weather(weather{shut: true})
	m.live("10.77.0.")
}

func (m *team) stretches(w weather) {
	m.weather(weather{})
	m.lan.alone()
	m.live(hubIP)
	m.weather(w)
}

// live waits until every home has a link with every other, by a route of that kind.
func (m *team) live(route string) {
	for i, s := range m.all {
		for j, other := range m.all {
			if i == j {
				continue
			}
			comes(m.t, patience, func() error {
				l := s.link(other.name)
				if l.State != "live" || !strings.HasPrefix(l.Route, route) || route != hubIP && strings.HasPrefix(l.Route, hubIP) {
					return fmt.Errorf("%s to %s is %+v", s.name, other.name, l)
				}
				return nil
			})
		}
	}
}

func (m *team) weather(w weather) {
	for from := range m.all {
		for to := range m.all {
			if from != to {
				m.ways[from][to].set(w)
			}
		}
	}
}

// fine ends all bad weather; then all must be the same, with all that was acknowledged.
func (m *team) fine(t *testing.T) {
	t.Helper()
	m.lan.heal()
	m.weather(weather{})
	converge(t, settles, m.all...)
	keptAll(t, m.incident, m.all...)
}

// writing has everybody write one entry after the other while something happens, and
// gives how many were acknowledged.
func (m *team) writing(happens func()) int64 {
	began := m.written.Load()
	over := make(chan struct{})
	var writers sync.WaitGroup
	for i, s := range m.all {
		writers.Go(func() {
			every := time.NewTicker(50 * time.Millisecond)
			defer every.Stop()
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				case <-every.C:
				}
				// A verb would open the store itself, and the process that is started then
				// would have to wait for a moment in which none does.
				if s.up.Load() && s.writes(m.incident, fmt.Sprintf("entry %d of site %d since %d", n, i, began)) {
					m.written.Add(1)
				}
			}
		})
	}
	happens()
	close(over)
	writers.Wait()
	return m.written.Load() - began
}

// goesOn lets time pass until so much was written; it is how long bad weather lasts.
func (m *team) goesOn(entries int64, least time.Duration) {
	until, enough := time.Now().Add(least), m.written.Load()+entries
	comes(m.t, hang, func() error {
		if left := time.Until(until); left > 0 {
			return fmt.Errorf("%s are left", left)
		}
		if n := m.written.Load(); n < enough {
			return fmt.Errorf("%d entries are to come", enough-n)
		}
		return nil
	})
}

// fills writes entries into a home whose process does not run, as fast as it goes.
func (s *site) fills(incident string, n int) {
	s.t.Helper()
	store, err := storage.Open(s.store(), storage.Options{})
	require.NoError(s.t, err)
	r, err := room.Open(s.t.Context(), room.Options{Store: store, Dir: s.store(), Name: s.name, Linked: true})
	require.NoError(s.t, err)
	who, in := model.Actor{Person: r.Me(), Via: model.DoorShell}, r.Overview().Rows[0].ID
	var all sync.WaitGroup
	texts := make([]string, n)
	for w := range 16 {
		all.Go(func() {
			for i := w; i < n; i += 16 {
				texts[i] = fmt.Sprintf("%s, part entry %d", s.name, i)
				if _, err := r.Do(s.t.Context(), who, in, model.Write{Text: texts[i]}); err != nil {
					s.t.Errorf("%s could not write: %v", s.name, err)
				}
			}
		})
	}
	all.Wait()
	require.NoError(s.t, r.Close())
	s.acked = append(s.acked, texts...)
}

func TestFiveHomesInBadWeatherEndUpTheSame(t *testing.T) {
	t.Parallel()
	m := newTeam(t)
	for _, fault := range []struct {
		name string
		make func(t *testing.T)
	}{
		{"N1 a third of the packets is lost", func(t *testing.T) {
			m.plain()
			m.lan.loses(30)
			t.Logf("%d entries", m.writing(func() { m.goesOn(40, 6*time.Second) }))
		}},
		{"N2 everything takes 500 ms, give or take 400", func(t *testing.T) {
			m.stretches(weather{delay: 500 * time.Millisecond, jitter: 400 * time.Millisecond})
			t.Logf("%d entries", m.writing(func() { m.goesOn(40, 6*time.Second) }))
		}},
		{"N5 one hears the others, and they do not hear it", func(t *testing.T) {
			m.plain()
			for i := range m.all[1:] {
				m.lan.mute(0, i+1)
			}
			t.Logf("%d entries", m.writing(func() { m.all[1].dies(m.all[0].name) }))
		}},
		{"N6 resets in the middle of frames", func(t *testing.T) {
			m.stretches(weather{})
			t.Logf("%d entries", m.writing(func() {
				for range 8 {
					m.weather(weather{resets: 200 + m.random.Int64N(8_000)})
					m.cut()
					m.goesOn(5, 700*time.Millisecond)
				}
			}))
		}},
		{"N9 three parts that write alone, and meet in pairs", m.threeParts},
		{"N10 links that come and go every two seconds", func(t *testing.T) {
			m.stretches(weather{})
			t.Logf("%d entries", m.writing(func() {
				for i := range 6 {
					m.weather(weather{shut: i%2 == 0})
					m.goesOn(5, 2*time.Second)
				}
			}))
		}},
		{"N13 peers that accept and read nothing", func(t *testing.T) {
			m.stretches(weather{})
			for i := range m.all {
				if i != 2 { // what is open goes silent, and who dials anew is accepted by nobody
					m.ways[i][2].set(weather{mute: true})
					m.ways[2][i].set(weather{mute: true})
				}
			}
			t.Logf("%d entries", m.writing(func() { m.all[0].dies(m.all[2].name) }))
			converge(t, settles, m.all[0], m.all[1], m.all[3], m.all[4]) // the others wait for nobody
		}},
		{"K1 processes that are killed while they write", func(t *testing.T) {
			m.plain()
			t.Logf("%d entries", m.writing(func() {
				for range 10 {
					s := m.all[m.random.IntN(netSites)]
					s.stop(syscall.SIGKILL)
					m.goesOn(3, 0)
					s.start()
					m.goesOn(3, time.Duration(m.random.IntN(300))*time.Millisecond)
				}
			}))
		}},
	} {
		if !t.Run(fault.name, func(t *testing.T) {
			fault.make(t)
			m.fine(t)
		}) {
			break // the rest would tell of this one
		}
	}
	for _, s := range m.all {
		require.Contains(t, s.must("verify"), "proved")
	}
}

// cut ends every connection over the stretches.
func (m *team) cut() {
	for from := range m.all {
		for to := range m.all {
			if from != to {
				m.ways[from][to].cut()
			}
		}
	}
}

// parted is how much each part writes in N9, and incidents that it opens.
const parted = 1_000

func (m *team) threeParts(t *testing.T) {
	m.plain()
	parts := [][]int{{0, 1}, {2}, {3, 4}}
	m.lan.split(parts...)
	for _, p := range parts {
		s := m.all[p[0]]
		s.stop(syscall.SIGTERM)
		s.fills(m.incident, parted)
		s.must("open", "Opened by "+s.name)
		s.start()
	}
	for _, p := range [][]int{{0, 1}, {3, 4}} {
		converge(t, settles, m.all[p[0]], m.all[p[1]])
	}
	order := m.random.Perm(3)
	pair := append(append([]int{}, parts[order[0]]...), parts[order[1]]...)
	t.Logf("first %v, then all", pair)
	m.lan.split(pair, parts[order[2]])
	var met []*site
	for _, i := range pair {
		met = append(met, m.all[i])
	}
	converge(t, settles, met...)
	m.lan.heal()
	converge(t, settles, m.all...)
	for _, s := range m.all {
		for _, p := range parts {
			require.Contains(t, s.must("list"), "Opened by "+m.all[p[0]].name)
		}
	}
}
