package room

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/storage"
)

// removalsSetting names the incidents, 16 bytes each, in which a text may be in
// the store that an act removed. It is written with the act, and removed with
// the text: so a removal that was interrupted is known at the next open without
// reading every incident.
const removalsSetting = "removals"

// maxDoubted is in how many incidents a removal is remembered that was not its
// actor's to do, by what is known: they take 16 bytes each of one setting.
const maxDoubted = 2_000

// RemovalError says that a removal is recorded and that the text is in the store
// still. It is removed at the next open, or with the next removal.
type RemovalError struct{ Err error }

func (e *RemovalError) Error() string {
	return fmt.Sprintf("the removal is recorded, the text is still there: %v", e.Err)
}

// Unwrap gives what went wrong.
func (e *RemovalError) Unwrap() error { return e.Err }

// noteRemovals has the commit say what is to be removed once it is durable.
func (r *Room) noteRemovals(c *commit) {
	if len(c.removing) == 0 {
		return
	}
	r.removing = slices.Clone(r.removing)
	for _, id := range c.removing {
		if !slices.Contains(r.removing, id) {
			r.removing = append(r.removing, id)
		}
	}
	c.set(removalsSetting, r.encodeRemoving())
}

// removeTexts removes from the store what the acts in the pending incidents
// removed, and gives those incidents without it.
func (r *Room) removeTexts(ctx context.Context) ([]*model.Incident, error) {
	var refs []model.Ref
	var rows []model.Summary
	var fresh []*model.Incident
	var left []model.Scope
	var failed []error
	was := r.removing
	for _, id := range was {
		in, err := r.fold(id)
		var due []model.Ref
		if err == nil {
			if in.Doubted(r.people) && len(left) < maxDoubted {
				left = append(left, id) // who was an owner may arrive still
			}
			if due = in.Unremoved(r.people); len(due) == 0 {
				continue
			}
			in, err = r.foldWithout(id, due)
		}
		if err != nil { // one that cannot be read keeps no text of another
			left, failed = append(left, id), append(failed, err)
			continue
		}
		refs = append(refs, due...)
		rows = r.withRow(rows, in)
		fresh = append(fresh, in)
	}
	if len(refs) > 0 {
		if err := r.store.Remove(ctx, refs, rows); err != nil {
			return nil, &RemovalError{err}
		}
	}
	// A reader who read before must not bring a text back.
	r.removals.Add(1)
	for _, in := range fresh {
		r.incidents.remove(in.ID())
	}
	if r.removing = left; len(refs) == 0 && slices.Equal(left, was) {
		return fresh, nil
	}
	// If this fails the next open finds nothing to remove, and tries it again.
	_, _ = r.store.Commit(ctx, storage.Batch{Settings: map[string][]byte{removalsSetting: r.encodeRemoving()}})
	if len(failed) > 0 {
		return fresh, &RemovalError{errors.Join(failed...)}
	}
	return fresh, nil
}

// encodeRemoving gives nil when there are none.
func (r *Room) encodeRemoving() []byte {
	var raw []byte
	for _, id := range r.removing {
		raw = append(raw, id[:]...)
	}
	return raw
}

// readRemovals reads what is pending, before anything else is: what is read again may add to
// it.
func (r *Room) readRemovals() error {
	raw, _, err := r.store.Setting(removalsSetting)
	for ; len(raw) >= model.IDSize; raw = raw[model.IDSize:] {
		r.removing = append(r.removing, model.Scope(raw[:model.IDSize]))
	}
	return err
}

// resumeRemovals completes, before the room is used, the removals that failed
// or were interrupted. What cannot be removed now stays pending; the room is
// usable all the same, and shows none of it.
func (r *Room) resumeRemovals(ctx context.Context) {
	if len(r.removing) == 0 {
		return
	}
	var fresh []*model.Incident
	fresh, r.unremoved = r.removeTexts(ctx)
	for _, in := range fresh {
		r.list.put(in.Summary())
	}
}

// Unremoved is why texts that were removed by an act are in the store still,
// since the room was opened; nil when there are none. It is a *RemovalError.
func (r *Room) Unremoved() error { return r.unremoved }
