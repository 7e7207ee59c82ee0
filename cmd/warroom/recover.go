package main

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"warroom/cmd/internal/paper"
	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/room"
)

// recover makes the person of this device an owner by the key on paper, and gives who
// that is. What the key signs is taken in like what a peer wrote, and goes to the other
// rooms from there. It is a log of its own: the key is no device.
func (s *session) recover(ctx context.Context, key paper.Key, name string) (model.PersonID, error) {
	r := s.itself()
	people := r.Overview().People
	switch noted, ok := people.Recovery(); {
	case !ok:
		return model.PersonID{}, refuse("shell.recovery.unnoted")
	case noted != key.Device():
		return model.PersonID{}, refuse("shell.recovery.other")
	}
	scope := r.Workspace().Scope()
	p := paperLog{
		room: r, signer: model.Signer{Workspace: r.Workspace(), Key: key.Private()}, at: s.Now(), people: model.NewPeople(scope),
	}
	err := r.Records(func(rec *model.Record) error { p.people.Apply(rec); return nil })
	if err != nil {
		return model.PersonID{}, err
	}
	if err := p.open(); err != nil {
		return model.PersonID{}, err
	}
	who, err := p.owner(r.Me(), name)
	if err != nil {
		return who, err
	}
	return who, r.Take(ctx, peer.Take{Log: p.head.Log, Branch: p.head.Log, Events: p.events})
}

// paperLog is a log that the key on paper writes.
type paperLog struct {
	room   *room.Room
	signer model.Signer
	at     time.Time
	people *model.People // as they are with what the log says
	head   model.Head
	last   model.Ref
	events []*model.Event
}

// does has the key do what an owner may.
func (p *paperLog) does(c model.Command) error {
	drafts, err := model.Decide(model.Act{
		Now: p.at, Workspace: p.room.Workspace().Scope(), Log: p.head.Log, Device: p.signer.Device(), Nonce: fresh,
	}, p.people, nil, c)
	for _, d := range drafts {
		if err == nil {
			err = p.write(d.Body, d.Text)
		}
	}
	return err
}

func fresh() (n model.Nonce) {
	_, _ = rand.Read(n[:]) // it never fails
	return n
}

// write adds an event.
func (p *paperLog) write(body model.Body, text string) error {
	d := model.Draft{Scope: p.room.Workspace().Scope(), Body: body, Text: text, PrevInScope: p.last}
	e, rec, head, err := model.SealRecord(p.signer, p.head, d, p.at.UnixMilli(), model.Salt(fresh()))
	if err != nil {
		return err
	}
	p.people.Apply(rec)
	p.head, p.last, p.events = head, rec.Ref, append(p.events, e)
	return nil
}

// open begins the log after all that is held: what the key says stands after that.
func (p *paperLog) open() error {
	nonce := fresh()
	p.head = model.Head{Log: model.NewLogID(p.signer.Device(), nonce)}
	lines := p.room.Lines()
	slices.SortStableFunc(lines, func(a, b model.Branch) int { return int(b.Kind) - int(a.Kind) }) // the membership first
	open := &model.LogOpen{Device: p.signer.Device(), Workspace: p.room.Workspace(), Log: model.MembershipLog, Nonce: nonce, Reason: model.ReasonNew}
	for _, b := range lines {
		p.head.Clock = max(p.head.Clock, b.Tip.Clock, b.Eff)
		if b.Ends == 0 && len(open.Obs) < model.MaxObs {
			open.Obs = append(open.Obs, b.TipRef())
		}
	}
	return p.write(open, "")
}

// owner makes somebody an owner: the person of this device, or where it is nobody's a
// new one.
func (p *paperLog) owner(me model.PersonID, name string) (model.PersonID, error) {
	people, device := p.people.Roster(), p.room.Device()
	keeper, held := people.ByDevice(device)
	had, known := people.Person(me)
	switch {
	case !known:
		checked, err := model.CheckPersonName(name)
		if err != nil {
			return me, refuse("shell.recovery.name")
		}
		if taken, ok := people.Named(checked); ok && (taken.Member() || taken.Revoked) {
			return me, model.Refuse(model.CodePersonTaken, "Person", checked)
		}
		if err := p.does(model.AddDevice{Name: checked, Access: model.Owner, Device: device}); err != nil {
			return me, err
		}
		me, _ = p.people.ByDevice(device)
		return me, nil
	case had.Access == model.Owner && held:
		return me, refuse("shell.recovery.owner", "Name", had.Name)
	case had.Member() && had.Access != model.Owner:
		if err := p.does(model.SetAccess{Person: me, Access: model.Owner}); err != nil || keeper == me {
			return me, err
		}
	}
	return me, p.does(model.AddDevice{Person: me, Access: model.Owner, Device: device})
}
