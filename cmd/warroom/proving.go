package main

import (
	"context"
	"errors"

	"warroom/model"
	"warroom/sync/link"
	shows "warroom/sync/proof"
	"warroom/sync/room"
	"warroom/sync/wire"
)

// lineBytes is how many bytes of a log are read at a time.
const lineBytes = 1 << 20

// lineOf reads a line from its first event on.
func lineOf(r *room.Room, b model.Branch, fn func(*model.Event)) error {
	tip := wire.Tip{Log: b.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash.Short()}
	for from := uint64(1); from <= b.Tip.Seq; {
		events, err := r.ReadLine(tip, from, lineBytes)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			from = e.Seq + 1
			fn(e)
		}
	}
	return nil
}

// proof gives the membership that shows whose this device is, to a room that has not
// heard of it; none for a device that is nobody's.
func (l *linking) proof(r *room.Room) []wire.Run {
	var lines [][]*model.Event
	for _, b := range r.Lines() {
		if b.Kind != model.MembershipLog || !b.Own() {
			continue
		}
		var line []*model.Event
		if err := lineOf(r, b, func(e *model.Event) { line = append(line, e) }); err != nil {
			l.log.Error("the membership could not be read for a peer", "error", err)
			return nil
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return shows.Choose(lines, r.Device())
}

// atOneMoment is a room with the lines that it had.
type atOneMoment struct {
	*room.Room
	lines []model.Branch
}

// Lines is shows.Room.
func (m atOneMoment) Lines() []model.Branch { return m.lines }

// admits checks what a device shows of the membership, and takes it when that makes the
// device a member's.
func (l *linking) admits(ctx context.Context, r *room.Room, runs []wire.Run, device model.DeviceKey) error {
	takes, err := shows.Check(r.Workspace(), atOneMoment{r, r.Lines()}, runs, device)
	if errors.Is(err, shows.ErrOut) {
		return errors.Join(link.ErrOut, err)
	}
	for i := 0; err == nil && i < len(takes); i++ {
		err = r.Take(ctx, takes[i])
	}
	return err
}
