package door

import (
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of those who have proved nothing yet. A handshake costs 2 ms of
// processor; so many at once, and so many a second from one address, are more
// than a team needs and less than what makes the room slow.
const (
	maxHalfOpen        = 64
	maxHalfOpenAddress = 16
	handshakeTime      = 10 * time.Second
	connectsPerSecond  = 20
	connectsBurst      = 60
	maxAddresses       = 4096 // remembered; the oldest are forgotten
)

// gate counts the connections that have not authenticated. When there are too
// many, the oldest of the address that has the most makes room: somebody who
// knocks a thousand times shuts nobody else out.
type gate struct {
	now func() time.Time

	mu      sync.Mutex
	open    map[string][]net.Conn // half-open, oldest first
	count   int
	rates   map[string]*rate.Limiter
	ordered []string
}

func newGate(now func() time.Time) *gate {
	return &gate{now: now, open: map[string][]net.Conn{}, rates: map[string]*rate.Limiter{}}
}

// enter takes a connection in, false for one that comes too soon.
func (g *gate) enter(c net.Conn) bool {
	addr := host(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.limiter(addr).AllowN(g.now(), 1) {
		return false
	}
	if len(g.open[addr]) >= maxHalfOpenAddress {
		g.drop(addr)
	}
	if g.count >= maxHalfOpen {
		g.drop(g.busiest())
	}
	g.open[addr] = append(g.open[addr], c)
	g.count++
	return true
}

// leave forgets a connection that authenticated or ended.
func (g *gate) leave(c net.Conn) {
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

func (g *gate) remove(addr string, i int) {
	rest := append(g.open[addr][:i:i], g.open[addr][i+1:]...)
	if g.open[addr] = rest; len(rest) == 0 {
		delete(g.open, addr)
	}
	g.count--
}

// drop closes the oldest half-open connection of an address.
func (g *gate) drop(addr string) {
	if len(g.open[addr]) == 0 {
		return
	}
	c := g.open[addr][0]
	g.remove(addr, 0)
	c.Close()
}

func (g *gate) busiest() string {
	most, of := 0, ""
	for addr, cs := range g.open {
		if len(cs) > most {
			most, of = len(cs), addr
		}
	}
	return of
}

func (g *gate) limiter(addr string) *rate.Limiter {
	l := g.rates[addr]
	if l == nil {
		if len(g.ordered) >= maxAddresses {
			delete(g.rates, g.ordered[0])
			g.ordered = g.ordered[1:]
		}
		l = rate.NewLimiter(connectsPerSecond, connectsBurst)
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
