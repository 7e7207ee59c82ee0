package invite

import (
	"errors"
	"slices"
	"time"

	"warroom/model"
	"warroom/sync/wire"
)

// Times and limits of a desk.
const (
	// Usual is how long an invite is open when nobody says otherwise, Longest the most.
	Usual   = 15 * time.Minute
	Longest = 24 * time.Hour
	// MaxOpen is how many invites may be open at a time, MaxRequests how many devices may
	// wait, MaxOfOne how many of them with one invite.
	MaxOpen     = 64
	MaxRequests = 64
	MaxOfOne    = 4
	// MaxWrong is how many wrong MACs end an invite.
	MaxWrong = 5
	// MaxDevice is how long the name that somebody gives a device may be, in bytes.
	MaxDevice = wire.MaxLabel

	// remembered is how long an invite is known that is over: whoever uses it a second
	// time is noticed so long. Who waits is forgotten after that, too.
	remembered = 7 * 24 * time.Hour
	// maxOffers is how many are known, those that are over among them.
	maxOffers = 256
)

// The refusals of a desk.
var (
	// ErrFull is one invite more than may be open.
	ErrFull = errors.New("too many invites are open")
	// ErrUntil is an invite that is to be open for no time, or for longer than Longest.
	ErrUntil = errors.New("an invite may not be open for so long")
	// ErrNone is an invite or a request that is not there.
	ErrNone = errors.New("no such invite or request")
)

// State is how an invite or a request stands. The numbers stand in files.
type State uint8

// The states. An invite is Open, Used, Burned or Withdrawn; a request waits (Open), or is In
// or Refused.
const (
	Open      State = 1
	Used      State = 2
	Burned    State = 3
	Withdrawn State = 4
	In        State = 5
	Refused   State = 6
)

// Offer is an invite that this device made.
type Offer struct {
	Token  model.TokenID
	Secret Secret
	Access model.Access
	Person model.PersonID // whose further device is invited
	By     model.PersonID
	// Service says that it is for a room that serves many people.
	Service bool
	// Made and Expires are in ms since 1970.
	Made, Expires int64

	state State
	wrong int   // wrong MACs so far
	over  int64 // when it was no longer open; 0 while it is
}

// Request is a device that asks to come in, and has the secret of an invite.
type Request struct {
	Token       model.TokenID
	Device      model.DeviceKey
	Name, Label string
	Words       [4]string
	From        string
	Consent     []byte
	// Since and Seen are when it asked first and last, in ms since 1970.
	Since, Seen int64

	state State
	twice bool
}

// Desk holds the invites of one room, and who asks with them. All time is given to it, in ms
// since 1970. It is for one goroutine at a time.
type Desk struct {
	workspace model.Scope
	device    model.DeviceKey
	offers    []*Offer // in the order in which they were made
	requests  []*Request
}

// NewDesk makes an empty desk of a workspace, at the device that makes its invites.
func NewDesk(workspace model.Scope, device model.DeviceKey) *Desk {
	return &Desk{workspace: workspace, device: device}
}

// Make notes an invite that is open until Expires. It fails with ErrFull or ErrUntil.
func (d *Desk) Make(now int64, o Offer) error {
	d.tidy(now)
	if o.Expires <= now || o.Expires-now > Longest.Milliseconds() || o.Secret.IsZero() || d.offer(o.Token) != nil {
		return ErrUntil
	}
	open := 0
	for _, have := range d.offers {
		if have.open(now) {
			open++
		}
	}
	if open >= MaxOpen {
		return ErrFull
	}
	o.Made, o.state, o.wrong, o.over = now, Open, 0, 0
	d.offers = append(d.offers, &o)
	return nil
}

// Ask is what a device says when it asks to come in: a wire.Join with what is known of the
// connection that it came over.
type Ask struct {
	Device model.DeviceKey // which the connection proved
	On     Exporter
	Join   wire.Join
	From   string
}

// Verdict is what a device is to be told.
type Verdict struct {
	// Waits says that a person has to decide; else Reason says why it does not come in.
	Waits  bool
	Reason wire.RefuseReason
	// Access and Person are what the invite says, of one that waits.
	Access model.Access
	Person model.PersonID
	// Changed says that the desk is not what it was: it must be on the disk before the
	// answer leaves.
	Changed bool
}

// Ask decides about one that asks. An invite that is unknown, over, or asked for with
// a wrong MAC has the same answer, so that nothing is learned of it.
func (d *Desk) Ask(now int64, a Ask) Verdict {
	changed := d.tidy(now)
	say := func(v Verdict) Verdict { v.Changed = v.Changed || changed; return v }
	no := Verdict{Reason: wire.RefuseInvite}
	o := d.offer(a.Join.Token)
	r := d.request(a.Join.Token, a.Device)
	secret := Secret{}
	// Of one that is burned or withdrawn only who has asked already is known.
	if o != nil && (o.state == Open || o.state == Used || r != nil) {
		secret = o.Secret
	}
	if !CheckMAC(secret, a.On, a.Device, a.Join.Rest(), a.Join.MAC) {
		if !secret.IsZero() && o.state != Burned && o.state != Withdrawn {
			if o.wrong++; o.wrong >= MaxWrong {
				o.end(Burned, now)
			}
			no.Changed = true
		}
		return say(no)
	}
	if !CheckConsent(a.Join.Consent[:], d.workspace, d.device, a.Device, a.Join.Token) {
		return say(no)
	}
	if r != nil {
		return say(d.again(now, o, r, a))
	}
	return say(d.first(now, o, a))
}

// again answers a device that asked before.
func (d *Desk) again(now int64, o *Offer, r *Request, a Ask) Verdict {
	switch {
	case r.state == Refused:
		return Verdict{Reason: wire.RefusePerson}
	case r.twice:
		return Verdict{Reason: wire.RefuseTwice}
	case r.state == In:
		// It was let in, and is not known any more, or it would not ask.
		return Verdict{Reason: wire.RefuseInvite}
	}
	r.Seen, r.From = now, a.From
	r.Name, r.Label, r.Consent = a.Join.Name, a.Join.Label, a.Join.Consent[:]
	r.Words = Words(a.On, d.device, a.Device)
	return Verdict{Waits: true, Access: o.Access, Person: o.Person, Changed: true}
}

// first answers a device that has the secret and did not ask before. When another
// did, two have one secret: neither comes in until an owner says which is right.
func (d *Desk) first(now int64, o *Offer, a Ask) Verdict {
	var others []*Request
	for _, r := range d.requests {
		if r.Token == o.Token {
			others = append(others, r)
		}
	}
	switch {
	case len(others) == 0 && !o.open(now):
		return Verdict{Reason: wire.RefuseInvite}
	case len(others) >= MaxOfOne:
		return Verdict{Reason: wire.RefuseTwice}
	case len(d.requests) >= MaxRequests && !d.forget():
		return Verdict{Reason: wire.RefuseBusy}
	}
	r := &Request{
		Token: o.Token, Device: a.Device, Name: a.Join.Name, Label: a.Join.Label, Words: Words(a.On, d.device, a.Device), From: a.From,
		Consent: a.Join.Consent[:], Since: now, Seen: now, state: Open,
	}
	d.requests = append(d.requests, r)
	if len(others) > 0 {
		for _, other := range append(others, r) {
			other.twice = true
		}
		return Verdict{Reason: wire.RefuseTwice, Changed: true}
	}
	o.end(Used, now)
	return Verdict{Waits: true, Access: o.Access, Person: o.Person, Changed: true}
}

// Withdraw ends an invite that is not used, or whose device still waits: it is turned
// away. It fails with ErrNone.
func (d *Desk) Withdraw(now int64, token model.TokenID) error {
	o := d.offer(token)
	if o == nil || o.state == Burned || o.state == Withdrawn {
		return ErrNone
	}
	o.end(Withdrawn, now)
	for _, r := range d.requests {
		if r.Token == token && r.state == Open {
			r.state = Refused
		}
	}
	return nil
}

// TurnAway refuses a device that waits, for good. It fails with ErrNone.
func (d *Desk) TurnAway(token model.TokenID, device model.DeviceKey) error {
	r := d.request(token, device)
	if r == nil || r.state != Open {
		return ErrNone
	}
	r.state = Refused
	return nil
}

// Settle notes who of those that wait was let in meanwhile, and reports a change.
func (d *Desk) Settle(linked func(model.DeviceKey) bool) (changed bool) {
	for _, r := range d.requests {
		if r.state == Open && linked(r.Device) {
			r.state, changed = In, true
		}
	}
	return changed
}

// Stand is what a device that waits on its connection is to be told now: nothing
// while it waits, that it is in, or a reason.
func (d *Desk) Stand(token model.TokenID, device model.DeviceKey) (in bool, reason wire.RefuseReason) {
	r := d.request(token, device)
	switch {
	case r == nil:
		return false, wire.RefuseInvite
	case r.state == In:
		return true, 0
	case r.state == Refused:
		return false, wire.RefusePerson
	case r.twice:
		return false, wire.RefuseTwice
	}
	return false, 0
}

// Waiting lists who waits for a person to decide, the first first.
func (d *Desk) Waiting() []model.Waiting {
	var out []model.Waiting
	for _, r := range d.requests {
		o := d.offer(r.Token)
		if r.state != Open || o == nil {
			continue
		}
		out = append(out, model.Waiting{
			Token: r.Token, Device: r.Device, Name: r.Name, Label: r.Label, Words: r.Words, From: r.From, Since: r.Since,
			Access: o.Access, Person: o.Person, Service: o.Service, By: o.By, Consent: slices.Clone(r.Consent), Twice: r.twice,
		})
	}
	return out
}

// Open counts the invites that somebody may still use.
func (d *Desk) Open(now int64) (n int) {
	for _, o := range d.offers {
		if o.open(now) {
			n++
		}
	}
	return n
}

func (o *Offer) open(now int64) bool { return o.state == Open && now < o.Expires }

func (o *Offer) end(as State, now int64) {
	o.state = as
	if o.over == 0 {
		o.over = now
	}
}

func (d *Desk) offer(token model.TokenID) *Offer {
	for _, o := range d.offers {
		if o.Token == token {
			return o
		}
	}
	return nil
}

func (d *Desk) request(token model.TokenID, device model.DeviceKey) *Request {
	for _, r := range d.requests {
		if r.Token == token && r.Device == device {
			return r
		}
	}
	return nil
}

// forget makes room for a request by one that was decided, the oldest first.
func (d *Desk) forget() bool {
	i := slices.IndexFunc(d.requests, func(r *Request) bool { return r.state != Open && !r.twice })
	if i < 0 {
		return false
	}
	d.requests = slices.Delete(d.requests, i, i+1)
	return true
}

// tidy forgets what is over for long, and reports a change. What is over for longest goes
// before the time when there is too much of it.
func (d *Desk) tidy(now int64) bool {
	before := len(d.offers) + len(d.requests)
	old := now - remembered.Milliseconds()
	d.requests = slices.DeleteFunc(d.requests, func(r *Request) bool { return r.Seen < old })
	asked := map[model.TokenID]bool{}
	for _, r := range d.requests {
		asked[r.Token] = asked[r.Token] || r.state == Open
	}
	d.offers = slices.DeleteFunc(d.offers, func(o *Offer) bool {
		return !asked[o.Token] && !o.open(now) && max(o.over, min(o.Expires, now)) < old
	})
	for i := 0; i < len(d.offers) && len(d.offers) >= maxOffers; {
		if o := d.offers[i]; asked[o.Token] || o.open(now) {
			i++
			continue
		}
		d.offers = slices.Delete(d.offers, i, i+1)
	}
	known := map[model.TokenID]bool{}
	for _, o := range d.offers {
		known[o.Token] = true
	}
	d.requests = slices.DeleteFunc(d.requests, func(r *Request) bool { return !known[r.Token] })
	return before != len(d.offers)+len(d.requests)
}
