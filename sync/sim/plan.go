package sim

import (
	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
)

// INTERIM: lines does what sync/replica will do.
type lines struct {
	store *storage.Memory
	ws    model.WorkspaceID
}

func openLines(store *storage.Memory, ws model.WorkspaceID) (*lines, error) {
	return &lines{store, ws}, nil
}

func (l *lines) eff(ref model.Ref) (model.Clock, bool) {
	_, eff, _, err := l.store.Find(ref)
	return eff, err == nil
}

func (l *lines) branch(id model.LogID) (model.Branch, bool) {
	all, _ := l.store.Branches()
	for _, b := range all {
		if b.ID == id {
			return b, true
		}
	}
	return model.Branch{}, false
}

func (l *lines) wrote(storage.Batch) {}

type plan struct {
	batch   storage.Batch
	records []*model.Record
}

func (l *lines) plan(t *peer.Take) (*plan, error) {
	p := &plan{}
	if t.Begins {
		p.batch.Begins = []model.Branch{{ID: t.Branch, Log: t.Log, Parent: t.Parent, Base: t.After}}
	}
	b, _ := l.branch(t.Branch)
	effs := map[model.Ref]model.Clock{}
	for _, e := range t.Events {
		rec, err := model.Decode(e)
		if err != nil {
			return nil, err
		}
		rec.Eff = model.Effective(rec, func(r model.Ref) (model.Clock, bool) {
			if c, ok := effs[r]; ok {
				return c, true
			}
			return l.eff(r)
		})
		effs[rec.Ref] = rec.Eff
		apart := b.Ends > 0 && e.Seq >= b.Ends
		p.batch.Events = append(p.batch.Events, storage.Placed{Event: e, Eff: rec.Eff, Branch: t.Branch, Apart: apart})
		if !apart {
			p.records = append(p.records, rec)
		}
	}
	return p, nil
}

func (l *lines) done(*plan) {}
