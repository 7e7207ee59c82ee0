package link

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"warroom/model"
	"warroom/sync/invite"
	"warroom/sync/wire"
)

// JoinOptions are what a device asks to come in with.
type JoinOptions struct {
	Invite invite.Invite
	// Key is the device's.
	Key ed25519.PrivateKey
	// Name is its owner's, Label the device's: wire.MaxName and wire.MaxLabel bytes.
	Name, Label string
	// OnWaiting gets the four words that both sides must see, whenever they change: a
	// connection that was lost and made anew has others.
	OnWaiting func(words [4]string)
	// OnLost is told why it waits without a connection now; it tries again.
	OnLost func(why model.Phrase)
	// Net opens the stream of a route, as a Dialer's; Limits are those of a Dialer.
	Net    func(ctx context.Context, r Route) (net.Conn, func() string, error)
	Limits Limits
	// Random gives numbers from 0 to 1; nil is the usual one.
	Random func() float64
}

// Admitted is what a device knows that was let in.
type Admitted struct {
	Workspace model.WorkspaceID
	// Device is the one that let it in, and Route how it was reached.
	Device model.DeviceKey
	Route  Route
	// Known says that it was let in before it asked, so that only the workspace and the
	// device are told; else it is this person's, with that access.
	Known  bool
	Person model.PersonID
	Access model.Access
}

// JoinKind is why a device does not come in.
type JoinKind uint8

// The kinds.
const (
	JoinNoWay     JoinKind = iota + 1 // no address was reached
	JoinElse                          // somebody else answers there
	JoinGone                          // the invite is over, or was never made there
	JoinRefused                       // a person said no
	JoinHeld                          // it was used twice: an owner judges
	JoinOut                           // this device was taken out of the workspace
	JoinSelf                          // it is this device's own invite
	JoinWorkspace                     // another workspace than the invite names
	JoinName                          // a name that is empty or too long
	JoinNowhere                       // the invite has no address that can be dialed
)

// JoinError is why a device does not come in.
type JoinError struct {
	Kind JoinKind
	Err  error // below it; nil for none
	// Route is where, and Said what the program below said; zero for none.
	Route Route
	Said  string
}

func (e *JoinError) Error() string { return fmt.Sprintf("join: %s: %v", e.Phrase().Key, e.Err) }
func (e *JoinError) Unwrap() error { return e.Err }

// Phrase says it for people.
func (e *JoinError) Phrase() model.Phrase {
	switch e.Kind {
	case JoinElse:
		return model.Say("join.else", "Route", e.Route.String())
	case JoinGone:
		return model.Say("join.gone")
	case JoinRefused:
		return model.Say("join.refused")
	case JoinHeld:
		return model.Say("join.held")
	case JoinOut:
		return model.Say("join.out")
	case JoinSelf:
		return model.Say("join.self")
	case JoinWorkspace:
		return model.Say("join.workspace")
	case JoinName:
		return model.Say("join.name")
	case JoinNowhere:
		return model.Say("join.nowhere")
	}
	return model.Say("join.noway", "Route", e.Route.String(), "Cause", Problem(e.Err, e.Said))
}

// Times of who waits without a connection.
const (
	joinFirst = 250 * time.Millisecond
	joinLast  = 15 * time.Second
	// firstTries is how often one asks that gets no answer at all to its first question.
	firstTries = 5
)

// errWaits says that a connection was lost on which this device waited.
var errWaits = errors.New("the connection was lost")

// Join asks to come in, and waits until a person has decided: for as long as the context
// lasts, over a new connection whenever one is lost. It fails with a *JoinError, or with the
// context's error.
func Join(ctx context.Context, o JoinOptions) (Admitted, error) {
	j, err := newJoiner(o)
	if err != nil {
		return Admitted{}, err
	}
	wait := joinFirst
	for tries := 1; ; tries++ {
		in, err := j.round(ctx)
		if ctx.Err() != nil {
			return Admitted{}, ctx.Err()
		}
		var no *JoinError
		switch {
		case err == nil:
			return in, nil
		case errors.Is(err, ErrBusy):
		case errors.As(err, &no):
			// Who waits already is patient with a network.
			if !j.waited || no.Kind != JoinNoWay && no.Kind != JoinElse {
				return Admitted{}, err
			}
		case !j.waited && tries >= firstTries:
			return Admitted{}, &JoinError{Kind: JoinNoWay, Err: err}
		}
		if j.asked {
			wait = joinFirst // it was there: it will be soon again
		}
		j.o.OnLost(lost(err))
		// From half of it on, so that not all that lost one room dial in step.
		pause(ctx, wait/2+time.Duration(j.o.Random()*float64(wait/2)))
		wait = min(2*wait, joinLast)
	}
}

func lost(err error) model.Phrase {
	var no *JoinError
	if errors.As(err, &no) {
		return no.Phrase()
	}
	if errors.Is(err, ErrBusy) {
		return Problem(ErrBusy, "")
	}
	return model.Say("link.problem.cut")
}

// joiner is a device that asks to come in.
type joiner struct {
	o      JoinOptions
	cert   tls.Certificate
	device model.DeviceKey
	routes []Route
	waited bool // it was told so
	asked  bool // in this round
	words  [4]string
}

func newJoiner(o JoinOptions) (*joiner, error) {
	j := &joiner{o: o, device: model.DeviceKey(o.Key.Public().(ed25519.PublicKey))}
	var err error
	if j.cert, err = Certificate(o.Key); err != nil {
		return nil, err
	}
	if PinOf(j.device) == o.Invite.Pin {
		return nil, &JoinError{Kind: JoinSelf}
	}
	if !goodName(o.Name) || len(o.Label) > wire.MaxLabel || o.Label != "" && !goodName(o.Label) {
		return nil, &JoinError{Kind: JoinName}
	}
	for _, a := range o.Invite.Addresses {
		// What stands in an invite was written by somebody else.
		host, ssh := strings.CutPrefix(a, "ssh:")
		switch {
		case ssh && host != "" && goodHost(host):
			j.routes = append(j.routes, Route{SSH: host})
		case !ssh && goodAddress(a, false):
			j.routes = append(j.routes, Route{Address: a})
		}
	}
	if len(j.routes) == 0 {
		return nil, &JoinError{Kind: JoinNowhere}
	}
	if j.o.OnWaiting == nil {
		j.o.OnWaiting = func([4]string) {}
	}
	if j.o.OnLost == nil {
		j.o.OnLost = func(model.Phrase) {}
	}
	if j.o.Random == nil {
		j.o.Random = rand.Float64
	}
	return j, nil
}

// round tries the addresses in turn until one answers.
func (j *joiner) round(ctx context.Context) (Admitted, error) {
	var worst error = &JoinError{Kind: JoinNoWay}
	rank := 0
	j.asked = false
	for _, r := range j.routes {
		in, err := j.ask(ctx, r)
		var d *DialError
		if ctx.Err() != nil || !errors.As(err, &d) {
			return in, err
		}
		if n := telling(d.Err); n > rank {
			kind := JoinNoWay
			if _, other := errors.AsType[*UntrustedError](d.Err); other {
				kind = JoinElse
			}
			worst, rank = &JoinError{Kind: kind, Err: d.Err, Route: r, Said: d.Said}, n
		}
	}
	return Admitted{}, worst
}

// ask asks at one address. A *DialError says that nobody who was meant answers there.
func (j *joiner) ask(ctx context.Context, r Route) (Admitted, error) {
	limit := j.o.Limits.orUsual().Handshake
	if r.SSH != "" {
		limit = max(limit, programTime)
	}
	open := j.o.Net
	if open == nil {
		open = openRoute
	}
	raw, said, err := open(ctx, r)
	fail := func(err error) (Admitted, error) {
		e := &DialError{Route: r, Err: err}
		if said != nil {
			e.Said = said()
		}
		return Admitted{}, e
	}
	if err != nil {
		return fail(err)
	}
	defer raw.Close()
	c, there, err := Secure(ctx, raw, ClientConfig(j.cert, j.o.Invite.Pin), true, limit)
	if err != nil {
		return fail(err)
	}
	var mark byte
	err = within(ctx, raw, limit, func(context.Context) (err error) {
		mark, err = readMark(c)
		return err
	})
	in := Admitted{Workspace: j.o.Invite.Workspace, Device: there, Route: r}
	switch {
	case errors.Is(err, ErrOut):
		return Admitted{}, &JoinError{Kind: JoinOut}
	case err != nil:
		return fail(err)
	case mark == wire.MarkKnown:
		in.Known = true
		return in, nil
	}
	return j.wait(ctx, raw, c, in)
}

// wait asks, and reads what is decided.
func (j *joiner) wait(ctx context.Context, raw net.Conn, c *tls.Conn, in Admitted) (Admitted, error) {
	on, err := exporter(c)
	if err != nil {
		return Admitted{}, err
	}
	i := j.o.Invite
	ask := wire.Join{Token: i.Token, Label: j.o.Label, Name: j.o.Name}
	ask.Consent = invite.Consent(j.o.Key, i.Workspace.Scope(), in.Device, i.Token)
	ask.MAC = invite.MAC(i.Secret, on, j.device, ask.Rest())
	frame, err := wire.Encode(ask)
	if err != nil {
		return Admitted{}, &JoinError{Kind: JoinName, Err: err}
	}
	var answer wire.Message
	err = within(ctx, raw, answerTime, func(context.Context) (err error) {
		if _, err = c.Write(wire.AppendFrame(nil, frame)); err == nil {
			answer, err = readAnswer(c)
		}
		return err
	})
	for {
		if err != nil {
			return Admitted{}, fmt.Errorf("%w: %w", errWaits, err)
		}
		switch m := answer.(type) {
		case wire.Refuse:
			return Admitted{}, refusal(m.Reason)
		case wire.Admit:
			if m.State == wire.AdmitIn {
				if m.Workspace != in.Workspace {
					return Admitted{}, &JoinError{Kind: JoinWorkspace}
				}
				in.Person, in.Access = m.Person, m.Access
				return in, nil
			}
			j.waited, j.asked = true, true
			if words := invite.Words(on, j.device, in.Device); words != j.words {
				j.words = words
				j.o.OnWaiting(words)
			}
		default:
			return Admitted{}, fmt.Errorf("no answer to a question: %w", wire.ErrFrame)
		}
		// The other side ends it first.
		err = within(ctx, raw, waitsFor+time.Minute, func(context.Context) (err error) {
			answer, err = readAnswer(c)
			return err
		})
	}
}

// refusal is what a reason means.
func refusal(r wire.RefuseReason) error {
	switch r {
	case wire.RefusePerson:
		return &JoinError{Kind: JoinRefused}
	case wire.RefuseTwice:
		return &JoinError{Kind: JoinHeld}
	case wire.RefuseOut:
		return &JoinError{Kind: JoinOut}
	case wire.RefuseBusy:
		return ErrBusy
	}
	return &JoinError{Kind: JoinGone}
}
