package room

import (
	"context"
	"maps"

	"warroom/model"
)

// Hashes are the state hashes of scopes, all of the events up to the ends of Lines.
type Hashes struct {
	Lines []model.Branch
	Of    map[model.Scope]model.Hash
}

// hashed is a hash that holds until a scope changes again.
type hashed struct {
	commits int
	hash    model.Hash
}

// Hashes gives the state hashes of the workspace and of the incidents that are open,
// which other rooms with the same events must have too. It reads beside the work; a
// scope that changes meanwhile is left out.
func (r *Room) Hashes(ctx context.Context) (Hashes, error) {
	r.mu.Lock()
	h := Hashes{Lines: r.lines.all(), Of: map[model.Scope]model.Hash{}}
	ws := r.workspace.Scope()
	begun := map[model.Scope]int{}
	add := func(id model.Scope) {
		if r.sent[id] == r.written[id] { // else something is on its way to the disk
			begun[id] = r.written[id]
		}
	}
	add(ws)
	rows, _ := r.list.sorted()
	for i := range rows {
		if !rows[i].Status.Over() {
			add(rows[i].ID)
		}
	}
	known := r.hashes
	r.mu.Unlock()

	fresh := make(map[model.Scope]hashed, len(begun))
	for id, commits := range begun {
		if err := ctx.Err(); err != nil {
			return h, err
		}
		had, ok := known[id]
		if !ok || had.commits != commits {
			hash, err := r.hash(id, id == ws)
			if err != nil {
				return h, err
			}
			had = hashed{commits, hash}
		}
		fresh[id] = had
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(fresh, func(id model.Scope, _ hashed) bool {
		return r.sent[id] != begun[id]
	})
	r.hashes = fresh
	for id, is := range fresh {
		h.Of[id] = is.hash
	}
	return h, nil
}

// hash folds a scope from the store.
func (r *Room) hash(id model.Scope, people bool) (model.Hash, error) {
	if people {
		p, err := r.readPeople()
		if err != nil {
			return model.Hash{}, err
		}
		return p.StateHash(), nil
	}
	in, err := r.reads(id, model.Extent{}, 0, r.whole)
	if err != nil {
		return model.Hash{}, err
	}
	return in.StateHash(), nil
}

// scopes calls fn for all that a commit changes, each once.
func (c *commit) scopes(ws model.Scope, fn func(model.Scope)) {
	for id := range c.touched {
		fn(id)
	}
	for id := range c.anew {
		if id != ws && !c.touched[id] {
			fn(id)
		}
	}
	if c.people {
		fn(ws)
	}
}
