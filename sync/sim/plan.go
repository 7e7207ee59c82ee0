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
	order *model.Order
	at    map[model.Ref]where
}

type where struct {
	line model.LogID
	ev   *model.Event
}

func openLines(store *storage.Memory, ws model.WorkspaceID) (*lines, error) {
	l := &lines{store: store, ws: ws, order: model.NewOrder(), at: map[model.Ref]where{}}
	branches, err := store.Branches()
	for _, b := range branches {
		_ = store.Line(b.ID, 1, func(e *model.Event, _ model.Clock) error {
			if b.Ends == 0 || e.Seq < b.Ends {
				l.add(e, b.ID)
			}
			return nil
		})
	}
	return l, err
}

func (l *lines) add(e *model.Event, line model.LogID) (*model.Record, []*model.Record) {
	rec, err := model.Decode(e)
	if err != nil {
		panic(err)
	}
	l.at[rec.Ref] = where{line, e}
	return rec, l.order.Add(rec)
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

func (l *lines) wrote(b storage.Batch) {
	for _, p := range b.Events {
		l.add(p.Event, p.Event.Log)
	}
}

type plan struct {
	batch   storage.Batch
	records []*model.Record
	moved   map[model.LogID]bool
}

func (l *lines) plan(t *peer.Take) (*plan, error) {
	p := &plan{moved: map[model.LogID]bool{}}
	if t.Begins {
		p.batch.Begins = []model.Branch{{ID: t.Branch, Log: t.Log, Parent: t.Parent, Base: t.After}}
	}
	b, _ := l.branch(t.Branch)
	moved := map[model.Ref]*model.Record{}
	for _, e := range t.Events {
		apart := b.Ends > 0 && e.Seq >= b.Ends
		rec, err := model.Decode(e)
		if err != nil {
			return nil, err
		}
		if !apart {
			r, m := l.add(e, t.Branch)
			for _, x := range m {
				moved[x.Ref] = x
			}
			moved[r.Ref] = r
			p.records = append(p.records, rec)
			rec = r
		}
		p.batch.Events = append(p.batch.Events, storage.Placed{Event: e, Eff: rec.Eff, Branch: t.Branch, Apart: apart})
	}
	for i := range p.batch.Events {
		if r := moved[p.batch.Events[i].Event.Ref()]; r != nil {
			p.batch.Events[i].Eff = r.Eff
			delete(moved, r.Ref)
		}
	}
	for ref, r := range moved {
		p.moved[l.at[ref].line] = true
		p.batch.Events = append(p.batch.Events, storage.Placed{Event: l.at[ref].ev, Eff: r.Eff, Branch: l.at[ref].line})
	}
	return p, nil
}

func (l *lines) done(*plan) {}
