package replica

import (
	"slices"

	"warroom/model"
	"warroom/storage"
	"warroom/sync/peer"
)

// Plan plans what a peer gave: a run of one log, which was checked by itself. What is
// held already is skipped. A run is refused with model.CodeEventGap when events before
// it are missing, and with model.CodeEventChain when it attaches to none that is held,
// or would fork a log that the take does not say is forked: another take was faster
// then, and the run is to be asked for again. An event that cannot be read, or whose
// text is another, is refused with the code of that.
func (r *Replica) Plan(take peer.Take) (*Plan, error) {
	p := &Plan{version: r.version}
	run, err := r.attach(p, take)
	if err != nil || len(run) == 0 {
		return p, err
	}
	prev := p.line.Eff
	for _, e := range run {
		f, err := r.place(p, e, prev)
		if err != nil {
			return nil, err
		}
		p.fresh = append(p.fresh, f)
		prev = f.rec.Eff
	}
	if p.Moved, err = r.raise(p.fresh); err != nil {
		return nil, err
	}
	last := p.fresh[len(p.fresh)-1]
	p.line.Tip = model.Head{Log: p.line.ID, Seq: last.ev.Seq, Hash: last.ev.Hash(), Clock: last.ev.Clock}
	p.line.Eff = last.rec.Eff
	for _, f := range p.fresh {
		if f.apart {
			p.Apart = append(p.Apart, f.rec)
		} else {
			p.Records = append(p.Records, f.rec)
		}
	}
	p.conclude(r, nil)
	return p, nil
}

// attach finds where a run goes on, and gives what of it is new. The plan's line is
// then the one that it extends or begins, with the end to which it attaches.
func (r *Replica) attach(p *Plan, take peer.Take) ([]*model.Event, error) {
	run := take.Events
	for _, e := range run {
		if e.Log != take.Log {
			return nil, refuse(model.CodeEventLog, e)
		}
	}
	at, run, err := r.skip(take.Log, run)
	if err != nil {
		return nil, err
	}
	if len(run) == 0 {
		return nil, nil
	}
	first, prev := run[0], model.Event{}
	switch {
	case first.Seq == 1:
		return run, r.open(p, take, first)
	case len(run) < len(take.Events):
		prev = *take.Events[len(take.Events)-len(run)-1]
	default:
		for _, l := range r.logs[take.Log] {
			if l.Tip.Seq+1 == first.Seq && l.Tip.Hash == first.Prev {
				p.line = l.Branch
				return run, checked(l.Tip, run)
			}
		}
		ref := model.Ref{Log: first.Log, Seq: first.Seq - 1, Hash: first.Prev.Short()}
		if at, err = r.find(ref); err != nil {
			return nil, err
		}
		if at.line == nil {
			return nil, r.loose(first)
		}
		s, err := r.one(place{at.line.ID, ref.Seq})
		if err != nil {
			return nil, err
		}
		prev = *s.ev
	}
	head := model.Head{Log: first.Log, Seq: prev.Seq, Hash: prev.Hash(), Clock: prev.Clock}
	if at.line.Tip.Seq == prev.Seq {
		p.line = at.line.Branch
	} else if err := r.fork(p, take, at, first); err != nil {
		return nil, err
	}
	return run, checked(head, run)
}

// skip leaves out what is held of a run, and gives where the last of that stands.
// Whoever holds an event holds all before it; so few are looked for.
func (r *Replica) skip(log model.LogID, run []*model.Event) (at found, rest []*model.Event, err error) {
	longest := r.longest(log)
	low, high := 0, 0
	for high < len(run) && run[high].Seq <= longest {
		high++
	}
	for mid := high - 1; low < high; mid = low + (high-low)/2 { // mostly all are held, or none
		is, err := r.find(run[mid].Ref())
		switch {
		case err != nil:
			return at, nil, err
		case is.line != nil:
			at, low = is, mid+1
		default:
			high = mid
		}
	}
	return at, run[low:], nil
}

// fork makes the plan's line a branch that leaves another behind an event in its
// midst.
func (r *Replica) fork(p *Plan, take peer.Take, at found, first *model.Event) error {
	if !take.Begins {
		return refuse(model.CodeEventChain, first)
	}
	p.line = at.line.Branch
	p.line.ID, p.line.Parent, p.line.Base = model.BranchID(first.Log, first.Hash()), at.line.ID, first.Seq-1
	p.line.Eff, p.line.Ends = at.eff, 0
	if at.line.void(p.line.Base) {
		p.line.Ends = first.Seq
	}
	return nil
}

// open makes the plan's line one that begins with its log.open. A log that has one
// already was opened twice by its device.
func (r *Replica) open(p *Plan, take peer.Take, first *model.Event) error {
	body, _, err := model.DecodeBody(first.Kind, first.Body)
	if err != nil {
		return err
	}
	o, ok := body.(*model.LogOpen)
	if !ok || model.NewLogID(o.Device, o.Nonce) != first.Log {
		return refuse(model.CodeEventOpen, first)
	}
	p.line = model.Branch{ID: first.Log, Log: first.Log, Device: o.Device, Kind: o.Log, Nonce: o.Nonce}
	if len(r.logs[first.Log]) > 0 {
		if !take.Begins {
			return refuse(model.CodeEventChain, first)
		}
		p.line.ID, p.line.Parent = model.BranchID(first.Log, first.Hash()), first.Log
	}
	return checked(model.Head{Log: first.Log}, take.Events)
}

// loose says why a run attaches to nothing.
func (r *Replica) loose(first *model.Event) error {
	if held := r.longest(first.Log); held+1 < first.Seq {
		return model.Refuse(model.CodeEventGap, "Log", first.Log.String(), "Seq", first.Seq, "Held", held)
	}
	return refuse(model.CodeEventChain, first)
}

// longest is the number of the last event that is held of a log, in any line.
func (r *Replica) longest(log model.LogID) (seq uint64) {
	for _, l := range r.logs[log] {
		seq = max(seq, l.Tip.Seq)
	}
	return seq
}

// checked sees that a run follows a head.
func checked(head model.Head, run []*model.Event) error {
	for _, e := range run {
		switch {
		case e.Seq != head.Seq+1:
			return model.Refuse(model.CodeEventGap, "Log", e.Log.String(), "Seq", e.Seq, "Held", head.Seq)
		case e.Prev != head.Hash:
			return refuse(model.CodeEventChain, e)
		case e.Seq > 1 && e.Clock <= head.Clock:
			return refuse(model.CodeEventClock, e)
		}
		head = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
	}
	return nil
}

func refuse(code model.Code, e *model.Event) error {
	return model.Refuse(code, "Log", e.Log.String(), "Seq", e.Seq)
}

// place decodes a new event and finds where it stands by what is held. prev is the
// effective clock of the event before it.
func (r *Replica) place(p *Plan, e *model.Event, prev model.Clock) (*fresh, error) {
	rec, err := model.Decode(e)
	if err != nil {
		return nil, err
	}
	if err := e.CheckText(rec.Common()); err != nil {
		return nil, err
	}
	f := &fresh{ev: e, rec: rec, apart: p.line.Ends != 0 && e.Seq >= p.line.Ends}
	if len(r.awaits[rec.Ref]) > 0 {
		p.arrived = append(p.arrived, rec.Ref)
	}
	if f.apart {
		return f, nil
	}
	rec.Eff = model.Effective(rec, func(ref model.Ref) (model.Clock, bool) {
		if ref == rec.Prev {
			return prev, true
		}
		eff, ok, lookErr := r.counts(p, f, ref)
		if lookErr != nil {
			err = lookErr
		}
		return eff, ok
	})
	for i := range p.awaits[len(p.awaits)-f.awaits:] {
		p.awaits[len(p.awaits)-1-i].eff = rec.Eff
	}
	return f, err
}

// counts gives the effective clock of an event that a new one names, when it is held
// and counts. One that is not held is awaited.
func (r *Replica) counts(p *Plan, f *fresh, ref model.Ref) (model.Clock, bool, error) {
	if n := len(p.fresh); n > 0 && ref.Log == f.ev.Log && ref.Seq >= p.fresh[0].ev.Seq && ref.Seq < f.ev.Seq {
		if is := p.fresh[ref.Seq-p.fresh[0].ev.Seq]; is.rec.Ref == ref {
			return is.rec.Eff, true, nil
		}
	}
	at, err := r.find(ref)
	switch {
	case err != nil:
		return 0, false, err
	case at.line != nil:
		return at.eff, !at.line.void(ref.Seq), nil
	}
	w := waiting{Await: storage.Await{For: ref, Branch: p.line.ID, Seq: f.ev.Seq}}
	if !slices.ContainsFunc(p.awaits[len(p.awaits)-f.awaits:], func(had waiting) bool { return had.For == ref }) {
		p.awaits = append(p.awaits, w)
		f.awaits++
	}
	return 0, false, nil
}
