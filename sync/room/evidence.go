package room

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
)

var errEnough = errors.New("enough")

// Evidence is what the incident's log is proved by, or the workspace's own: its
// events as they were signed, and the openings of the logs that wrote them. It
// is read from the store, not from memory.
func (r *Room) Evidence(ctx context.Context, id model.Scope) (model.Evidence, error) {
	ev := model.Evidence{Workspace: r.workspace}
	logs := map[model.LogID]bool{}
	err := r.store.Scope(id, func(e *model.Event, _ model.Clock) error {
		ev.Events = append(ev.Events, e)
		logs[e.Log] = true
		return ctx.Err()
	})
	if err != nil {
		return ev, fmt.Errorf("read the evidence: %w", err)
	}
	if len(ev.Events) == 0 {
		return ev, model.Refuse(model.CodeIncidentUnknown, "Key", id.Key())
	}
	for log := range logs {
		err := r.store.Log(log, 1, func(e *model.Event) error {
			ev.Openings = append(ev.Openings, e)
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) {
			return ev, fmt.Errorf("read the opening of a log: %w", err)
		}
	}
	return ev, nil
}

var _ model.Archive = (*Room)(nil)
