package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
	"warroom/storage"
)

// identitySetting is the store's setting that says which room this is.
const identitySetting = "identity"

// rowsAtOnce is for how many rows of the list room is made at a time: 50 kB.
const rowsAtOnce = 256

// identity is what a store must know before it can read its own events.
type identity struct {
	_          struct{} `cbor:",toarray"`
	Workspace  model.WorkspaceID
	Device     model.DeviceKey
	Membership model.LogID
	Content    model.LogID
	Me         model.PersonID
}

// readIdentity reads which room the store holds; false for a new store.
func readIdentity(s storage.Store) (identity, bool, error) {
	var id identity
	raw, ok, err := s.Setting(identitySetting)
	if err != nil || !ok {
		return id, false, err
	}
	if err := model.DecodeRow(raw, &id); err != nil {
		return id, false, fmt.Errorf("read the room's identity: %w", err)
	}
	return id, true, nil
}

// found begins a workspace: the founder's log.open and genesis in a membership
// log, and the log.open of a content log, all in one commit.
func (r *Room) found(ctx context.Context, name string) error {
	founder, err := model.CheckPersonName(name)
	if err != nil {
		return err
	}
	dev := r.signer.Device()
	nonce := r.nonce()
	r.id = identity{Workspace: model.NewWorkspaceID(dev, nonce), Device: dev}
	r.signer.Workspace = r.id.Workspace
	scope := r.id.Workspace.Scope()
	r.people = model.NewPeople(scope)

	var batch storage.Batch
	begin := func(kind model.LogKind) model.Head {
		n := r.nonce()
		head := model.Head{Log: model.NewLogID(dev, n)}
		open := &model.LogOpen{Device: dev, Workspace: r.id.Workspace, Log: kind, Nonce: n, Reason: model.ReasonNew}
		return r.founding(&batch, head, model.Draft{Scope: scope, Body: open}, &err)
	}
	membership := begin(model.MembershipLog)
	r.id.Me = model.NewPersonID(membership.Log, nonce)
	genesis := &model.Genesis{Founder: dev, Nonce: nonce, Person: r.id.Me}
	membership = r.founding(&batch, membership, model.Draft{Scope: scope, Body: genesis, Text: founder}, &err)
	r.heads = heads{content: begin(model.ContentLog), membership: membership}
	if err != nil {
		return err
	}
	r.id.Membership, r.id.Content = membership.Log, r.heads.content.Log
	raw, err := model.EncodeRow(r.id)
	if err != nil {
		return err
	}
	batch.Settings = map[string][]byte{identitySetting: raw}
	if _, err := r.store.Commit(ctx, batch); err != nil {
		return fmt.Errorf("begin the room: %w", err)
	}
	return nil
}

// renew goes on under new logs, whose log.open says why and where the old ones
// ended here. A number of the old logs is never used again.
func (r *Room) renew(ctx context.Context, reason model.OpenReason) error {
	found, err := r.store.Heads()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	var batch storage.Batch
	next := r.id
	// The new logs' clocks go on where the store's greatest was, so that what comes
	// next stands after it even on a machine whose clock went back.
	var clock model.Clock
	old := map[model.LogID]model.Ref{}
	for _, h := range found {
		clock = max(clock, h.Clock)
		old[h.Log] = model.Ref{Log: h.Log, Seq: h.Seq, Hash: h.Hash.Short()}
	}
	begin := func(kind model.LogKind, log model.LogID) model.Head {
		n := r.nonce()
		head := model.Head{Log: model.NewLogID(r.signer.Device(), n), Clock: clock}
		open := &model.LogOpen{
			Device: r.signer.Device(), Workspace: r.id.Workspace, Log: kind, Nonce: n, Reason: reason,
		}
		if ref, ok := old[log]; ok {
			open.Continues = []model.Ref{ref}
		}
		return r.founding(&batch, head, model.Draft{Scope: r.id.Workspace.Scope(), Body: open}, &err)
	}
	next.Device = r.signer.Device()
	ends := heads{membership: begin(model.MembershipLog, r.id.Membership)}
	clock = max(clock, ends.membership.Clock)
	ends.content = begin(model.ContentLog, r.id.Content)
	if err != nil {
		return err
	}
	next.Membership, next.Content = ends.membership.Log, ends.content.Log
	raw, err := model.EncodeRow(next)
	if err != nil {
		return err
	}
	batch.Settings = map[string][]byte{identitySetting: raw}
	if _, err := r.store.Commit(ctx, batch); err != nil {
		return fmt.Errorf("begin a new log: %w", err)
	}
	r.id, r.heads = next, ends
	return nil
}

// founding seals one of the first events and folds it.
func (r *Room) founding(batch *storage.Batch, head model.Head, d model.Draft, failed *error) model.Head {
	if *failed != nil {
		return head
	}
	d.PrevInScope = r.people.LastIn(head.Log)
	e, next, err := model.Seal(r.signer, head, d, r.now().UnixMilli(), model.Salt(r.nonce()))
	if err != nil {
		*failed = err
		return head
	}
	rec, err := model.Decode(e)
	if err != nil {
		*failed = err
		return head
	}
	r.people.Apply(rec)
	batch.Events = append(batch.Events, storage.Placed{Event: e, Eff: rec.Eff})
	return next
}

// read takes up a room that the store holds. One that another device wrote is
// refused, but for a restored one: that goes on under new logs.
func (r *Room) read(id identity, renew model.OpenReason) error {
	if id.Device != r.signer.Device() && renew != model.ReasonRestored {
		return &KeyError{r.keyPath(), ErrKeyForeign}
	}
	r.id = id
	r.signer.Workspace = id.Workspace
	found, err := r.store.Heads()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	for _, h := range found {
		switch h.Log {
		case id.Content:
			r.heads.content = h
		case id.Membership:
			r.heads.membership = h
		}
	}
	for want, is := range map[model.LogID]model.LogID{id.Content: r.heads.content.Log, id.Membership: r.heads.membership.Log} {
		if want != is {
			return fmt.Errorf("read the logs' ends: the log %s is missing", want)
		}
	}
	if r.people, err = r.readPeople(); err != nil {
		return err
	}
	// Rows are kept in pieces until all are there: a slice that grows would move
	// ten thousand of them many times.
	var piece []model.Summary
	var rows []*model.Summary
	err = r.store.Rows(func(row model.Summary) error {
		if len(piece) == cap(piece) {
			piece = make([]model.Summary, 0, rowsAtOnce)
		}
		piece = append(piece, row)
		rows = append(rows, &piece[len(piece)-1])
		return nil
	})
	if errors.Is(err, storage.ErrStaleRow) {
		return r.makeRows()
	}
	if err != nil {
		return fmt.Errorf("read the incident list: %w", err)
	}
	r.list.fill(rows)
	return nil
}

// showEnds takes up where the logs end.
func (r *Room) showEnds() error {
	found, err := r.store.Heads()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	r.shown.of = make(map[model.LogID]uint64, len(found))
	for _, h := range found {
		r.shown.of[h.Log] = h.Seq
	}
	return nil
}

// makeRows makes the incident list anew from the events, for rows that another
// version wrote. Each is stored again when its incident next changes.
func (r *Room) makeRows() error {
	heads, err := r.store.Heads()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	scopes := map[model.Scope]bool{}
	for _, h := range heads {
		err := r.store.Log(h.Log, 1, func(e *model.Event) error {
			scopes[e.Scope] = true
			return nil
		})
		if err != nil {
			return fmt.Errorf("make the incident list: %w", err)
		}
	}
	delete(scopes, r.id.Workspace.Scope())
	for id := range scopes {
		in, err := r.fold(id)
		if err != nil {
			return fmt.Errorf("make the incident list: %w", err)
		}
		r.list.put(in.Summary())
	}
	return nil
}

func (r *Room) readPeople() (*model.People, error) {
	p := model.NewPeople(r.id.Workspace.Scope())
	err := r.store.Scope(r.id.Workspace.Scope(), func(e *model.Event, eff model.Clock) error {
		rec, err := model.Decode(e)
		if err != nil {
			return err
		}
		rec.Eff = eff
		p.Apply(rec)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the people: %w", err)
	}
	return p, nil
}
