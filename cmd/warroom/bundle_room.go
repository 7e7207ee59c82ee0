package main

import (
	"context"

	"warroom/model"
	"warroom/sync/bundle"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// sink is a room that a bundle is read into.
type sink struct{ *room.Room }

// Writes is bundle.Sink.
func (s sink) Writes(log model.LogID) bool {
	content, membership := s.Room.Writes()
	return log == content || log == membership
}

// spring is a room that a bundle is made of.
type spring struct{ *room.Room }

// readAtOnce is how much of a log is read at a time, in bytes.
const readAtOnce = 256 << 10

// ReadLine is bundle.Source: it reads on to where the line ended when it was asked.
func (s spring) ReadLine(id model.LogID, from uint64, fn func(*model.Event) error) error {
	for _, l := range s.Lines() {
		if l.ID != id {
			continue
		}
		tip := wire.Tip{Log: l.Log, Seq: l.Tip.Seq, Hash: l.Tip.Hash.Short()}
		for from = max(from, l.Base+1); from <= l.Tip.Seq; {
			events, err := s.Room.ReadLine(tip, from, readAtOnce)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				return nil
			}
			for _, e := range events {
				if err := fn(e); err != nil {
					return err
				}
			}
			from = events[len(events)-1].Seq + 1
		}
	}
	return nil
}

// logsOf are the logs in which an incident has events.
func (s *session) logsOf(ctx context.Context, id model.Scope) (map[model.LogID]bool, error) {
	ev, err := s.itself().Evidence(ctx, id)
	if err != nil {
		return nil, err
	}
	logs := map[model.LogID]bool{}
	for _, e := range ev.Events {
		logs[e.Log] = true
	}
	return logs, nil
}

var (
	_ bundle.Sink   = sink{}
	_ bundle.Source = spring{}
)
