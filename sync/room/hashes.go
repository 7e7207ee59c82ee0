package room

import (
	"context"
	"maps"
	"slices"

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

// hashedAtOnce is how many lines of incidents the committer goes through before others
// have their turn: a millisecond or so.
const hashedAtOnce = 10_000

// Hashes gives the state hashes of the workspace and of the incidents that are open,
// which other rooms with the same events must have too. What the committer has folded
// it takes from there, the rest it reads beside the work; a scope that changes meanwhile
// is left out.
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

	fresh, changed := make(map[model.Scope]hashed, len(begun)), make(map[model.Scope]int, len(begun))
	for id, commits := range begun {
		if had, ok := known[id]; ok && had.commits == commits {
			fresh[id] = had
		} else {
			changed[id] = commits
		}
	}
	folded, err := r.folded(ctx, changed)
	if err != nil {
		return h, err
	}
	for id, commits := range changed {
		if err := ctx.Err(); err != nil {
			return h, err
		}
		hash, ok := folded[id]
		if !ok {
			if hash, err = r.hash(id, id == ws); err != nil {
				return h, err
			}
		}
		fresh[id] = hashed{commits, hash}
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

// folded gives the hashes of incidents that the committer has folded whole, each after so
// many commits; of others, of those that have changed since and of those that are about to
// it has none.
func (r *Room) folded(ctx context.Context, after map[model.Scope]int) (map[model.Scope]model.Hash, error) {
	of := make(map[model.Scope]model.Hash, len(after))
	left := slices.Collect(maps.Keys(after))
	some := func() {
		for n := 0; n < hashedAtOnce && len(left) > 0; left = left[1:] {
			id := left[0]
			in := r.incidents.held[id]
			if in == nil || !in.Whole() || r.next.touched[id] || r.next.anew[id] || r.next.unread[id] || r.sends(id) != after[id] {
				continue // it is ahead of the disk, or behind what readers see
			}
			n += in.Total()
			of[id] = in.StateHash()
		}
	}
	for len(left) > 0 {
		if err := r.beside(ctx, some); err != nil {
			return nil, err
		}
	}
	return of, nil
}

// sends is how many commits of an incident went off to the disk since the room was opened.
func (r *Room) sends(id model.Scope) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent[id]
}

// beside has the committer do something between its commits that takes no time and
// changes nothing; it does not wait for the disk.
func (r *Room) beside(ctx context.Context, do func()) error {
	done := make(chan struct{})
	select {
	case r.looks <- func() { do(); close(done) }:
	case <-r.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-done // the committer took it
	return nil
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
	for id := range c.unread {
		if !c.touched[id] && !c.anew[id] {
			fn(id)
		}
	}
	if c.people {
		fn(ws)
	}
}
