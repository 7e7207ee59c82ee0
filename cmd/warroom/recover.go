package main

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

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
	p := paperLog{room: r, signer: model.Signer{Workspace: r.Workspace(), Key: key.Private()}, at: s.Now().UnixMilli()}
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
	at     int64
	head   model.Head
	last   model.Ref
	events []*model.Event
}

// write adds an event.
func (p *paperLog) write(body model.Body, text string) error {
	var salt model.Salt
	_, _ = rand.Read(salt[:]) // it never fails
	e, head, err := model.Seal(p.signer, p.head, model.Draft{Scope: p.room.Workspace().Scope(), Body: body, Text: text, PrevInScope: p.last}, p.at, salt)
	if err != nil {
		return err
	}
	p.head, p.last, p.events = head, e.Ref(), append(p.events, e)
	return nil
}

// open begins the log after all that is held: what the key says stands after that.
func (p *paperLog) open() error {
	var nonce model.Nonce
	_, _ = rand.Read(nonce[:])
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
	people := p.room.Overview().People
	device := p.room.Device()
	keeper, held := people.ByDevice(device)
	had, known := people.Person(me)
	switch {
	case known && had.Access == model.Owner && held:
		return me, refuse("shell.recovery.owner", "Name", had.Name)
	case known:
		pred, err := p.membership(me)
		if err != nil {
			return me, err
		}
		if had.Member() {
			body := &model.MemberAccess{Person: me, Access: model.Owner}
			body.Pred = pred
			err = p.write(body, "")
		} else {
			body := &model.MemberAdmit{Person: me, Access: model.Owner}
			body.Pred = pred
			err = p.write(body, "")
		}
		if err != nil || keeper == me {
			return me, err
		}
	default:
		checked, err := model.CheckPersonName(name)
		if err != nil {
			return me, refuse("shell.recovery.name")
		}
		if taken, ok := people.Named(checked); ok && (taken.Member() || taken.Revoked) {
			return me, model.Refuse(model.CodePersonTaken, "Person", checked)
		}
		var nonce model.Nonce
		_, _ = rand.Read(nonce[:])
		me = model.NewPersonID(p.head.Log, nonce)
		if err := p.write(&model.MemberAdmit{Person: me, Access: model.Owner, Nonce: nonce}, checked); err != nil {
			return me, err
		}
	}
	return me, p.write(&model.MemberDevice{Person: me, Device: device}, "")
}

// membership are all writes of a person's access that are held: what the key says takes
// the place of all.
func (p *paperLog) membership(who model.PersonID) (refs []model.Ref, err error) {
	for _, b := range p.room.Lines() {
		if b.Kind != model.MembershipLog {
			continue
		}
		err := lineOf(p.room, b, func(e *model.Event) {
			rec, err := model.Decode(e)
			if err != nil {
				return // of a newer warroom: it says nothing here either
			}
			if person, ok := grants(rec); ok && person == who && !slices.Contains(refs, rec.Ref) {
				refs = append(refs, rec.Ref)
			}
		})
		if err != nil {
			return refs, err
		}
	}
	slices.SortFunc(refs, func(a, b model.Ref) int { return strings.Compare(a.String(), b.String()) })
	return refs, nil
}

// grants is whose access an event writes.
func grants(rec *model.Record) (model.PersonID, bool) {
	switch b := rec.Body.(type) {
	case *model.Genesis:
		return b.Person, true
	case *model.MemberAdmit:
		return b.Person, true
	case *model.MemberAccess:
		return b.Person, true
	case *model.MemberRevoke:
		return b.Person, true
	}
	return model.PersonID{}, false
}
