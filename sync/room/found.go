package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/replica"
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

// first makes and commits what must be on the disk before the room is open.
func (r *Room) first(ctx context.Context, begin func(*commit) error) error {
	c := newCommit()
	if err := begin(c); err != nil {
		return err
	}
	if _, err := r.store.Commit(ctx, c.batch); err != nil {
		return fmt.Errorf("begin the room's logs: %w", err)
	}
	return nil
}

// of makes the room one of a workspace of which nothing is known.
func (r *Room) of(ws model.WorkspaceID) {
	r.hand.id = identity{Workspace: ws, Device: r.signer.Device()}
	r.workspace, r.signer.Workspace = ws, ws
	r.people = model.NewPeople(ws.Scope())
}

// found begins a workspace: the founder's log.open and genesis in a membership
// log, and the log.open of a content log, all in one commit.
func (r *Room) found(c *commit, name string) error {
	founder, err := model.CheckPersonName(name)
	if err != nil {
		return err
	}
	dev, nonce := r.signer.Device(), r.nonce()
	r.of(model.NewWorkspaceID(dev, nonce))
	if err := r.openLog(c, model.MembershipLog, model.ReasonNew); err != nil {
		return err
	}
	id := &r.hand.id
	id.Me = model.NewPersonID(id.Membership, nonce)
	genesis := &model.Genesis{Founder: dev, Nonce: nonce, Person: id.Me}
	_, err = r.seal(c, []model.Draft{{Scope: r.workspace.Scope(), Body: genesis, Text: founder}}, r.now().UnixMilli())
	if err != nil {
		return err
	}
	if err := r.openLog(c, model.ContentLog, model.ReasonNew); err != nil {
		return err
	}
	return r.noteIdentity(c)
}

// join begins the logs of a store that is to have a part in others' workspace. Who
// its person is, they say.
func (r *Room) join(c *commit, ws model.WorkspaceID) error {
	r.of(ws)
	for _, kind := range []model.LogKind{model.MembershipLog, model.ContentLog} {
		if err := r.openLog(c, kind, model.ReasonNew); err != nil {
			return err
		}
	}
	return r.noteIdentity(c)
}

// renew goes on under new logs, whose log.open says why and where the old ones
// ended here. A number of the old logs is never used again.
func (r *Room) renew(c *commit, reason model.OpenReason) error {
	r.hand.id.Device = r.signer.Device()
	for _, kind := range []model.LogKind{model.MembershipLog, model.ContentLog} {
		if err := r.openLog(c, kind, reason); err != nil {
			return err
		}
	}
	return r.noteIdentity(c)
}

// openLog begins a log, in which events of its kind are written from then on.
func (r *Room) openLog(c *commit, kind model.LogKind, reason model.OpenReason) error {
	dev, n := r.signer.Device(), r.nonce()
	open := &model.LogOpen{Device: dev, Workspace: r.workspace, Log: kind, Nonce: n, Reason: reason}
	if old := r.hand.author.Head(kind); old.Seq > 0 {
		open.Continues = []model.Ref{{Log: old.Log, Seq: old.Seq, Hash: old.Hash.Short()}}
	}
	log := model.NewLogID(dev, n)
	r.hand.author.Begin(kind, log)
	if kind == model.MembershipLog {
		r.hand.id.Membership = log
	} else {
		r.hand.id.Content = log
	}
	c.people = true
	_, err := r.seal(c, []model.Draft{{Scope: r.workspace.Scope(), Body: open}}, r.now().UnixMilli())
	return err
}

// noteIdentity has the commit say who the room is from now on.
func (r *Room) noteIdentity(c *commit) error {
	raw, err := model.EncodeRow(r.hand.id)
	if err != nil {
		return err
	}
	c.set(identitySetting, raw)
	return nil
}

// read takes up a room that the store holds. One that another device wrote is
// refused, but for a restored one: that goes on under new logs.
func (r *Room) read(id identity, renew model.OpenReason) error {
	if id.Device != r.signer.Device() && renew != model.ReasonRestored {
		return &KeyError{r.keyPath(), ErrKeyForeign}
	}
	r.hand.id = id
	r.workspace, r.signer.Workspace = id.Workspace, id.Workspace
	found, err := r.store.Branches()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	r.hand.author = model.NewAuthor(id.Content, id.Membership, found)
	for want, is := range map[model.LogID]model.LogKind{id.Content: model.ContentLog, id.Membership: model.MembershipLog} {
		if r.hand.author.Head(is).Seq == 0 {
			return fmt.Errorf("read the logs' ends: the log %s is missing", want)
		}
	}
	if r.people, err = r.readPeople(); err != nil {
		return err
	}
	if err := r.holdHeld(); err != nil {
		return err
	}
	for i := range found {
		if found[i].ID != id.Content && found[i].ID != id.Membership {
			if found[i], err = r.replica.Counted(found[i], r.back); err != nil {
				return err
			}
		}
	}
	r.hand.author = model.NewAuthor(id.Content, id.Membership, found)
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

// showLines takes up where the logs end, and tells of it.
func (r *Room) showLines() error {
	found, err := r.store.Branches()
	if err != nil {
		return fmt.Errorf("read the logs' ends: %w", err)
	}
	r.lines = newLines(found)
	r.shown.of = make(map[model.LogID]uint64, len(found))
	fed := make([]Fed, 0, len(found))
	for _, b := range found {
		r.shown.of[b.Log] = max(r.shown.of[b.Log], b.Tip.Seq)
		fed = append(fed, Fed{Branch: b})
	}
	if r.feed != nil {
		r.feed(fed)
	}
	return nil
}

// knowLines reads the lines that the replica goes by when they were forgotten,
// because the store refused a commit.
func (r *Room) knowLines() (err error) {
	if r.replica == nil {
		r.ahead = ahead{Store: r.store}
		r.replica, err = replica.Open(&r.ahead)
	}
	return err
}

// finish does what is left of a plan in the midst of which the room ended.
func (r *Room) finish(ctx context.Context) error {
	if err := r.knowLines(); err != nil {
		return err
	}
	p, err := r.replica.Unfinished()
	if err != nil || p.Nothing() {
		return err
	}
	for _, b := range p.Batches {
		if _, err := r.store.Commit(ctx, b); err != nil {
			return err
		}
	}
	for _, line := range p.Lines {
		if err := r.see(line); err != nil {
			return err
		}
	}
	for _, id := range p.Anew {
		if id != r.workspace.Scope() {
			r.later.anew[id] = true
		} else if r.people, err = r.readPeople(); err != nil {
			return err
		}
	}
	return r.replica.Done(p) // what is to be read again is when it is known what counts
}

// makeRows makes the incident list anew from the events, for rows that another
// version wrote. Each is stored again when its incident next changes.
func (r *Room) makeRows() error {
	scopes, err := r.allScopes()
	if err != nil {
		return err
	}
	for id := range scopes {
		in, err := r.fold(id)
		if model.CodeOf(err) == model.CodeIncidentUnknown {
			continue // nothing of it counts
		}
		if err != nil {
			return fmt.Errorf("make the incident list: %w", err)
		}
		r.list.put(in.Summary())
	}
	return nil
}

// allScopes are the incidents of which the store has events.
func (r *Room) allScopes() (map[model.Scope]bool, error) {
	heads, err := r.store.Heads()
	if err != nil {
		return nil, fmt.Errorf("read the logs' ends: %w", err)
	}
	scopes := map[model.Scope]bool{}
	for _, h := range heads {
		err := r.store.Log(h.Log, 1, func(e *model.Event) error {
			scopes[e.Scope] = true
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("make the incident list: %w", err)
		}
	}
	delete(scopes, r.workspace.Scope())
	return scopes, nil
}

func (r *Room) readPeople() (*model.People, error) {
	p := model.NewPeople(r.workspace.Scope())
	err := r.store.Scope(r.workspace.Scope(), func(e *model.Event, eff model.Clock) error {
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
