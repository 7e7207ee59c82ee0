package link

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"warroom/sync/wire"
)

const (
	// dialTime is how long an address may take to answer: more than the slowest link
	// around the world, and so little that the next address has its turn soon.
	dialTime = 1500 * time.Millisecond
	// programTime is how long ssh may take until warroom answers at its other end.
	programTime = 15 * time.Second
)

// Dialer reaches peers.
type Dialer struct {
	Certificate tls.Certificate
	Limits      Limits
	// Proof gives the runs that show a peer who has not heard of it that this device is a
	// member's; nil, or none, when it is not.
	Proof func() []wire.Run
	// Net opens the stream of a route; nil is TCP for an address, and the ssh program
	// for a host.
	Net func(ctx context.Context, r Route) (net.Conn, func() string, error)
}

// Route is one way to a peer: an address, or a host that ssh knows.
type Route struct{ Address, SSH string }

// String is the route for people, as one would type it.
func (r Route) String() string {
	if r.SSH != "" {
		return "ssh " + r.SSH
	}
	return r.Address
}

// Routes are the ways to a peer, in the order in which they are tried.
func (p Peer) Routes() []Route {
	var all []Route
	for _, a := range p.Addresses {
		all = append(all, Route{Address: a})
	}
	if p.SSH != "" {
		all = append(all, Route{SSH: p.SSH})
	}
	return all
}

// DialError is why a peer was not reached by a route.
type DialError struct {
	Route Route
	Err   error
	// Said is what the program that was to carry the link said last.
	Said string
}

func (e *DialError) Error() string { return fmt.Sprintf("%s: %v %s", e.Route, e.Err, e.Said) }
func (e *DialError) Unwrap() error { return e.Err }

// Dial reaches a peer by one route, and proves that it is the one with that pin. Any
// error is a *DialError.
func (d *Dialer) Dial(ctx context.Context, p Peer, r Route) (*Conn, error) {
	fail := func(err error, said func() string) error {
		e := &DialError{Route: r, Err: err}
		if said != nil {
			e.Said = said()
		}
		return e
	}
	open, shake := d.Net, d.Limits.orUsual().Handshake
	if open == nil {
		open = openRoute
	}
	if r.SSH != "" {
		shake = max(shake, programTime)
	}
	c, said, err := open(ctx, r)
	if err != nil {
		return nil, fail(err, said)
	}
	secured, device, err := Secure(ctx, c, ClientConfig(d.Certificate, p.Pin), true, shake)
	if err != nil {
		return nil, fail(err, said)
	}
	if err := d.enter(ctx, c, secured, shake); err != nil {
		return nil, fail(err, said)
	}
	return &Conn{Conn: secured, Device: device, Name: p.Name, Dialed: true, Route: r.String(), Said: said}, nil
}

func openRoute(ctx context.Context, r Route) (net.Conn, func() string, error) {
	if r.SSH != "" {
		return Program(ctx, sshCommand(r.SSH)...)
	}
	c, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "tcp", r.Address)
	return c, nil, err
}
