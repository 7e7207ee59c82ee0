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

// Order gives the events of a scope in the order in which they are folded, with where
// each stands, as the store holds them.
func (r *Room) Order(ctx context.Context, id model.Scope, fn func(model.Ref, model.Clock) error) error {
	err := r.store.Scope(id, func(e *model.Event, eff model.Clock) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(e.Ref(), eff)
	})
	if err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	return nil
}

var _ model.Archive = (*Room)(nil)
