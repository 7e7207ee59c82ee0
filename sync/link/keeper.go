package link

import (
	"context"
	"errors"
	"sync"
	"time"

	"warroom/model"
)

// How often a peer that is away is tried. In the first minutes somebody is working on
// it, and people wait; later it is a machine that is off.
const (
	backFirst  = 250 * time.Millisecond
	backSoon   = 1500 * time.Millisecond
	backLater  = 15 * time.Second
	soonFor    = 10 * time.Minute
	steadyLink = 5 * time.Second // a link that lasted so long is none that flaps
)

// Keeper keeps one link to one peer: it dials while there is none, whoever made it.
type Keeper struct {
	peer Peer
	o    KeeperOptions

	mu      sync.Mutex
	changed chan struct{} // closed and made anew when linked changes, or somebody asks to hurry
	linked  bool
	dialing bool
	since   time.Time // when the link came up or went; zero when it was never up
	away    time.Time // since when there is no steady link: the pace is reckoned from it
	tries   int
	patient bool // what is wrong does not pass by itself soon
	route   string
	problem model.Phrase
}

// KeeperOptions are what a keeper works with.
type KeeperOptions struct {
	Dial func(ctx context.Context, p Peer, r Route) (*Conn, error)
	// Take gets what was dialed, and owns it: it says Up, or gives false when it has
	// no use for it.
	Take func(*Conn) bool
	// Changed is told when there is something new to show. It must not wait.
	Changed func()
	// Now is the clock; Random gives numbers from 0 to 1, so that two rooms that lost each
	// other do not dial in step.
	Now    func() time.Time
	Random func() float64
}

// NewKeeper makes a keeper that Run runs.
func NewKeeper(p Peer, o KeeperOptions) *Keeper {
	return &Keeper{peer: p, o: o, changed: make(chan struct{}), away: o.Now()}
}

// Run dials until the context ends.
func (k *Keeper) Run(ctx context.Context) {
	routes := k.peer.Routes()
	for ctx.Err() == nil {
		k.mu.Lock()
		idle, changed, wait := k.linked || len(routes) == 0, k.changed, k.pause()
		k.mu.Unlock()
		if idle {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			if c := k.dial(ctx, routes); c != nil && !k.o.Take(c) {
				k.set(func() { k.tries++ })
			}
		case <-changed: // a link is there, or there is no need to wait
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// dial tries the routes in turn.
func (k *Keeper) dial(ctx context.Context, routes []Route) *Conn {
	k.set(func() { k.dialing = true })
	var worst error
	for _, r := range routes {
		k.set(func() { k.route = r.String() })
		c, err := k.o.Dial(ctx, k.peer, r)
		if ctx.Err() != nil {
			if c != nil {
				_ = c.Close()
			}
			break
		}
		if err == nil {
			k.set(func() { k.dialing = false })
			return c
		}
		if telling(err) >= telling(worst) {
			worst = err
		}
		k.mu.Lock()
		linked := k.linked
		k.mu.Unlock()
		if linked {
			break // the peer came in meanwhile
		}
	}
	k.set(func() {
		k.dialing = false
		k.tries++
		// That it was closed says more than that nobody is there now.
		closed := k.problem.Key == "peer.problem.closing" && telling(worst) < 2
		if errors.Is(worst, ErrOut) || errors.Is(worst, errOutHere) {
			k.patient = true // that does not pass by itself
		}
		if !k.linked && worst != nil && !closed {
			var d *DialError
			said := ""
			if errors.As(worst, &d) {
				said, k.route = d.Said, d.Route.String()
			}
			k.problem = Problem(worst, said)
		}
	})
	return nil
}

// pause is how long to wait before the next try; mu is held.
func (k *Keeper) pause() time.Duration {
	if k.tries == 0 {
		return 0
	}
	most := backSoon
	if k.patient || k.o.Now().Sub(k.away) >= soonFor {
		most = backLater
	}
	wait := most
	if !k.patient && k.tries < 8 { // it is at its most by then in any case
		wait = min(most, backFirst<<(k.tries-1))
	}
	// From half of it on, so that most is the most.
	return wait/2 + time.Duration(k.o.Random()*float64(wait/2))
}

// Up says that there is a link with the peer, by a route.
func (k *Keeper) Up(route string) {
	k.set(func() {
		k.linked, k.since, k.route, k.problem, k.patient = true, k.o.Now(), route, model.Phrase{}, false
		k.hurry()
	})
}

// Down says that there is none any more, and why: the zero Phrase where nothing is
// wrong. patient says that trying again at once would not help.
func (k *Keeper) Down(why model.Phrase, patient bool) {
	k.set(func() {
		now := k.o.Now()
		if now.Sub(k.since) >= steadyLink {
			k.away, k.tries = now, 0
		}
		k.tries++
		k.linked, k.since, k.problem, k.patient = false, now, why, patient
		k.hurry()
	})
}

// Hurry has an absent peer tried now: the network changed, or somebody asked.
func (k *Keeper) Hurry() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.patient, k.tries, k.away = false, 0, k.o.Now()
	k.hurry()
}

// hurry wakes Run; mu is held.
func (k *Keeper) hurry() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// name is what the peer is called, call gives it another name.
func (k *Keeper) name() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.peer.Name
}

func (k *Keeper) call(name string) { k.set(func() { k.peer.Name = name }) }

func (k *Keeper) set(change func()) {
	k.mu.Lock()
	change()
	k.mu.Unlock()
	k.o.Changed()
}

// Peer is the peer as it stands now; what the engine knows of its link comes to it later.
func (k *Keeper) Peer() model.Peer {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := model.Peer{
		Name: k.peer.Name, Pin: k.peer.Pin, Addresses: k.peer.Addresses, Route: k.route, Problem: k.problem,
	}
	if k.peer.SSH != "" {
		p.Addresses = append(p.Addresses[:len(p.Addresses):len(p.Addresses)], Route{SSH: k.peer.SSH}.String())
	}
	if !k.since.IsZero() {
		p.Since = k.since.UnixMilli()
	}
	switch {
	case k.linked:
		p.State = model.LinkBehind // until the engine says more
	case k.dialing:
		p.State = model.LinkConnecting
	}
	return p
}
