// Package gate bounds those who knock and have proved nothing yet: how many there
// are at a time, and how often they come.
package gate

import (
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of a gate. A zero stands for no limit.
type Limits struct {
	// HalfOpen is how many may be in the gate at a time, HalfOpenAddress how many of
	// one address.
	HalfOpen, HalfOpenAddress int
	// PerSecond is how often one address may knock, after Burst times at once.
	PerSecond, Burst int
	// Strangers is how often all addresses together may knock that never passed,
	// after StrangersBurst times at once. Who passed before is not shut out by a crowd.
	Strangers, StrangersBurst int
}

// maxAddresses are remembered; the oldest are forgotten.
const maxAddresses = 4096

// Gate counts the connections that have not authenticated. When there are too
// many, the oldest of the address that has the most makes room: somebody who
// knocks a thousand times shuts nobody else out.
type Gate struct {
	limits Limits
	now    func() time.Time

	mu        sync.Mutex
	open      map[string][]net.Conn // half-open, oldest first
	count     int
	rates     map[string]*rate.Limiter
	ordered   []string
	strangers *rate.Limiter
	passed    map[string]bool
	passing   []string // the keys of passed, oldest first
}

// New makes an empty gate. now is the clock.
func New(limits Limits, now func() time.Time) *Gate {
	return &Gate{
		limits: limits, now: now, open: map[string][]net.Conn{}, rates: map[string]*rate.Limiter{},
		strangers: limiter(limits.Strangers, limits.StrangersBurst), passed: map[string]bool{},
	}
}

func limiter(perSecond, burst int) *rate.Limiter {
	if perSecond == 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(perSecond), burst)
}

// Enter takes a connection in, false for one that comes too soon. One that was in
// may be closed to make room.
func (g *Gate) Enter(c net.Conn) bool {
	addr := host(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.limiter(addr).AllowN(g.now(), 1) {
		return false
	}
	if !g.passed[addr] && !g.strangers.AllowN(g.now(), 1) {
		return false
	}
	if most := g.limits.HalfOpenAddress; most > 0 && len(g.open[addr]) >= most {
		g.drop(addr)
	}
	if most := g.limits.HalfOpen; most > 0 && g.count >= most {
		g.drop(g.busiest())
	}
	g.open[addr] = append(g.open[addr], c)
	g.count++
	return true
}

// Pass is Leave for a connection that authenticated: its address is no stranger.
func (g *Gate) Pass(c net.Conn) {
	g.Know(host(c))
	g.Leave(c)
}

// Know makes an address none of the strangers, as one that passed.
func (g *Gate) Know(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.passed[addr] {
		if len(g.passing) >= maxAddresses {
			delete(g.passed, g.passing[0])
			g.passing = g.passing[1:]
		}
		g.passed[addr] = true
		g.passing = append(g.passing, addr)
	}
}

// Leave forgets a connection that authenticated or ended.
func (g *Gate) Leave(c net.Conn) {
	addr := host(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, o := range g.open[addr] {
		if o == c {
			g.remove(addr, i)
			return
		}
	}
}

// Open is how many are in the gate now.
func (g *Gate) Open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

func (g *Gate) remove(addr string, i int) {
	rest := append(g.open[addr][:i:i], g.open[addr][i+1:]...)
	if g.open[addr] = rest; len(rest) == 0 {
		delete(g.open, addr)
	}
	g.count--
}

// drop closes the oldest half-open connection of an address.
func (g *Gate) drop(addr string) {
	if len(g.open[addr]) == 0 {
		return
	}
	c := g.open[addr][0]
	g.remove(addr, 0)
	c.Close()
}

func (g *Gate) busiest() string {
	most, of := 0, ""
	for addr, cs := range g.open {
		if len(cs) > most {
			most, of = len(cs), addr
		}
	}
	return of
}

func (g *Gate) limiter(addr string) *rate.Limiter {
	l := g.rates[addr]
	if l == nil {
		if len(g.ordered) >= maxAddresses {
			delete(g.rates, g.ordered[0])
			g.ordered = g.ordered[1:]
		}
		l = limiter(g.limits.PerSecond, g.limits.Burst)
		g.rates[addr] = l
		g.ordered = append(g.ordered, addr)
	}
	return l
}

func host(c net.Conn) string {
	addr := c.RemoteAddr().String()
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}
