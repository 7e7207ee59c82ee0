package room

import (
	"fmt"

	"warroom/model"
)

// Records calls fn for each event of the workspace's own scope that is on the disk, in
// their order. It ends with fn's error, or with the store's.
func (r *Room) Records(fn func(*model.Record) error) error {
	return r.store.Scope(r.workspace.Scope(), func(e *model.Event, eff model.Clock) error {
		rec, err := model.Decode(e)
		if err != nil {
			return fmt.Errorf("read the people: %w", err)
		}
		rec.Eff = eff
		return fn(rec)
	})
}
