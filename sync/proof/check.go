package proof

import (
	"errors"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// What may be wrong with a proof.
var (
	// ErrProof is one that makes the device no member's: of another workspace, not
	// whole, altered, or about somebody else.
	ErrProof = errors.New("it shows nothing that makes the device a member's")
	// ErrOut says that the device was a member's, and was taken out.
	ErrOut = errors.New("the device was taken out")
)

// Room is what a proof is checked against. All of it is of one moment.
type Room interface {
	// Lines are the lines of all logs.
	Lines() []model.Branch
	// Look gives what stands at the numbers of a log, in all its lines, without texts.
	Look(log model.LogID, from, to uint64) ([]peer.Held, error)
	// Records calls fn for each event of the workspace's own scope that is held, in any
	// order, with the effective clock that it has.
	Records(fn func(*model.Record) error) error
}

// Check looks at what a stranger's device shows. It gives what the room is to take, in
// order, so that its membership makes the device a member's; nothing, when the room
// holds all of it. It fails with ErrProof or ErrOut, or with the room's error.
//
// What a stranger made up costs little: nothing is asked of the room, and no signature looked
// at, before every run says that it belongs to the workspace.
func Check(ws model.WorkspaceID, room Room, runs []wire.Run, device model.DeviceKey) ([]peer.Take, error) {
	lines := map[model.LogID]model.Branch{}
	forked := map[model.LogID]bool{}
	for _, b := range room.Lines() {
		if b.Own() {
			lines[b.Log] = b
		} else {
			forked[b.Log] = true
		}
	}
	writers := make([]model.DeviceKey, len(runs))
	for i, r := range runs {
		var err error
		if writers[i], err = belongs(ws, lines, r); err != nil {
			return nil, err
		}
	}
	var takes []peer.Take
	var by []model.DeviceKey
	for i, r := range runs {
		if forked[r.Log] {
			continue // which of its lines it is, a link finds out
		}
		take, err := fresh(ws, room, lines, r, writers[i])
		if err != nil {
			return nil, err
		}
		if len(take.Events) > 0 {
			takes, by = append(takes, take), append(by, writers[i])
		}
	}
	of, err := fold(ws.Scope(), room, takes)
	if err != nil {
		return nil, err
	}
	switch d, _ := of.Device(device); {
	case d.Standing == model.Out:
		return nil, ErrOut
	case !d.Standing.Linked():
		return nil, fmt.Errorf("the device is nobody's: %w", ErrProof)
	}
	// Of what it brings only the logs of members are taken.
	var out []peer.Take
	for i, take := range takes {
		if d, known := of.Device(by[i]); known && d.Standing != model.Stranger || isRecovery(of, by[i]) {
			out = append(out, take)
		}
	}
	return out, nil
}

func isRecovery(of *model.Roster, device model.DeviceKey) bool {
	key, ok := of.Recovery()
	return ok && key == device
}

// belongs says who writes a run's log, when it is a membership log of the workspace by
// what stands in it, or one that is held.
func belongs(ws model.WorkspaceID, lines map[model.LogID]model.Branch, r wire.Run) (model.DeviceKey, error) {
	if len(r.Events) == 0 {
		return model.DeviceKey{}, fmt.Errorf("a run of nothing: %w", ErrProof)
	}
	for _, e := range r.Events {
		if e.Log != r.Log || e.Scope != ws.Scope() {
			return model.DeviceKey{}, fmt.Errorf("an event that is not the workspace's: %w", ErrProof)
		}
	}
	if b, held := lines[r.Log]; held {
		if b.Kind != model.MembershipLog {
			return model.DeviceKey{}, fmt.Errorf("no membership log: %w", ErrProof)
		}
		return b.Device, nil
	}
	first := r.Events[0]
	if first.Seq != 1 {
		return model.DeviceKey{}, fmt.Errorf("a log of which the beginning is missing: %w", ErrProof)
	}
	body, _, err := model.DecodeBody(first.Kind, first.Body)
	if err != nil {
		return model.DeviceKey{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	open, ok := body.(*model.LogOpen)
	if !ok || open.Workspace != ws || open.Log != model.MembershipLog {
		return model.DeviceKey{}, fmt.Errorf("a log of another workspace: %w", ErrProof)
	}
	return open.Device, nil
}

// fresh checks a run where it attaches, and gives what of it is not held. A run that
// would fork a log is refused: that is for links, which have both signatures at hand.
func fresh(ws model.WorkspaceID, room Room, lines map[model.LogID]model.Branch, r wire.Run, writer model.DeviceKey) (peer.Take, error) {
	head, events := model.Head{Log: r.Log}, r.Events
	if b, held := lines[r.Log]; held {
		first, last := events[0].Seq, events[len(events)-1].Seq
		at, err := room.Look(r.Log, max(first, 2)-1, last)
		if err != nil {
			return peer.Take{}, err
		}
		have := map[uint64]*model.Event{}
		for _, h := range at {
			have[h.Event.Seq] = h.Event
		}
		for len(events) > 0 && have[events[0].Seq] != nil {
			if have[events[0].Seq].Hash() != events[0].Hash() {
				return peer.Take{}, fmt.Errorf("another event than is held: %w", ErrProof)
			}
			events = events[1:]
		}
		if len(events) == 0 {
			return peer.Take{}, nil
		}
		if events[0].Seq != b.Tip.Seq+1 {
			return peer.Take{}, fmt.Errorf("a run that attaches to nothing: %w", ErrProof)
		}
		head = model.Head{Log: r.Log, Seq: b.Tip.Seq, Hash: b.Tip.Hash, Clock: b.Tip.Clock}
	}
	if _, err := model.CheckRun(ws, writer, head, events); err != nil {
		return peer.Take{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return peer.Take{Log: r.Log, Branch: r.Log, After: head.Seq, Events: slices.Clone(events)}, nil
}

// fold is the membership as it would be with what is to be taken. The place that an
// event has in the order is reckoned from those that are held; that one which is held
// would move is not: it does when it is taken.
func fold(scope model.Scope, room Room, takes []peer.Take) (*model.Roster, error) {
	people := model.NewPeople(scope)
	eff := map[model.Ref]model.Clock{}
	err := room.Records(func(r *model.Record) error {
		eff[r.Ref] = r.Eff
		people.Apply(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var order []*model.Record
	fresh := map[model.Ref]*model.Record{}
	for _, take := range takes {
		for _, e := range take.Events {
			r, err := model.Decode(e)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrProof, err)
			}
			fresh[r.Ref] = r
			order = append(order, r)
		}
	}
	var reckon func(ref model.Ref) (model.Clock, bool)
	reckon = func(ref model.Ref) (model.Clock, bool) {
		if c, ok := eff[ref]; ok {
			return c, true
		}
		r, ok := fresh[ref]
		if !ok {
			return 0, false
		}
		eff[ref] = r.Clock // should a ring be made up, it ends here
		r.Eff = model.Effective(r, reckon)
		eff[ref] = r.Eff
		return r.Eff, true
	}
	for _, r := range order {
		reckon(r.Ref)
		people.Apply(r)
	}
	return people.Roster(), nil
}
