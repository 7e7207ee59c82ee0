package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// proveFork reads both events of a fork from the store, and tells of it.
func (e *Engine) proveFork(g *log, seq uint64) {
	if e.forks[g.id] != nil {
		return
	}
	e.look(g, seq, seq, func(held []Held) {
		for i := range held {
			for _, other := range held[i+1:] {
				f, err := model.NewFork(&held[i].Event.Raw, &other.Event.Raw)
				if err == nil && f.Verify(e.cfg.Workspace, g.device) == nil {
					e.forked(f)
					return
				}
			}
		}
	})
}

// forked notes a fork that was proved, and tells everybody.
func (e *Engine) forked(f model.Fork) {
	if e.forks[f.Log] != nil {
		return
	}
	known := &fork{Fork: f}
	for _, raw := range [][model.EnvelopeSize]byte{f.A, f.B} {
		if v, err := model.ParseEnvelope(raw[:]); err == nil && (known.at == 0 || v.Wall < known.at) {
			known.at = v.Wall
		}
	}
	e.forks[f.Log] = known
	e.do(Forked{Fork: f})
	// The proof is enough: its events may be long on their way to this disk, and the
	// process before may have ended when it had them and no new logs yet.
	e.renew(e.logs[f.Log], model.ReasonForked)
	e.do(Changed{})
	for _, k := range e.sorted() {
		if k.ready {
			e.tellForks(k)
		}
	}
}

// tellForks gives a peer the proofs that it was not given over this link.
func (e *Engine) tellForks(k *link) {
	for _, id := range e.sortedForks() {
		if !k.proved[id] && len(k.proved) < maxForks {
			k.proved[id] = true
			e.send(k, wire.Forked{Fork: e.forks[id].Fork})
		}
	}
}

func (e *Engine) sortedForks() []model.LogID {
	ids := make([]model.LogID, 0, len(e.forks))
	for id := range e.forks {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b model.LogID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// forkIs takes a proof from a peer: it counts with both signatures alone.
func (e *Engine) forkIs(k *link, f model.Fork) {
	g := e.logs[f.Log]
	if g == nil || len(g.lines) == 0 {
		return // a log that is not here yet comes with its lines
	}
	k.proved[f.Log] = true
	if e.forks[f.Log] != nil {
		return
	}
	if f.Verify(e.cfg.Workspace, g.device) != nil {
		k.refused++
		return
	}
	e.forked(f)
}

// hashesAre takes this room's own state hashes, and gives them to the peers.
func (e *Engine) hashesAre(h Hashed) {
	e.hashed = h
	scopes := make([]model.Scope, 0, len(h.Hashes))
	for s := range h.Hashes {
		scopes = append(scopes, s)
	}
	slices.SortFunc(scopes, model.Scope.Compare)
	for _, k := range e.sorted() {
		if !k.ready {
			continue
		}
		for _, s := range scopes {
			e.send(k, wire.State{Scope: s, Vector: h.Vector, Fold: model.FoldVersion, Hash: h.Hashes[s]})
		}
		for _, theirs := range k.states {
			e.compare(k, theirs)
		}
	}
}

// maxStates is how many states of a peer wait for this room's own.
const maxStates = 64

func (e *Engine) stateIs(k *link, s wire.State) {
	k.states = slices.DeleteFunc(k.states, func(o wire.State) bool { return o.Scope == s.Scope })
	if len(k.states) < maxStates {
		k.states = append(k.states, s)
	}
	e.compare(k, s)
}

// difference is a scope of which a device has another state.
type difference struct {
	device model.DeviceKey
	scope  model.Scope
}

// compare looks at a peer's state beside this room's. Only of the same events, by
// the same rules, must they be the same.
func (e *Engine) compare(k *link, s wire.State) {
	here, ok := e.hashed.Hashes[s.Scope]
	if !ok || s.Vector != e.hashed.Vector || s.Fold != model.FoldVersion {
		return
	}
	is := difference{k.device, s.Scope}
	switch told := e.told[is]; {
	case here != s.Hash && !told:
		e.told[is] = true
		e.do(Differs{Link: k.id, Scope: s.Scope, Vector: s.Vector, Here: here, His: s.Hash})
	case here == s.Hash && told:
		delete(e.told, is)
		e.do(Agrees{Link: k.id, Scope: s.Scope})
	}
}
