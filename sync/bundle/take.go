package bundle

import (
	"context"
	"fmt"
	"slices"

	"warroom/model"
	"warroom/sync/peer"
	"warroom/sync/wire"
)

// taking is a bundle that is being taken.
type taking struct {
	Taken
	ctx  context.Context
	room Sink
	gaps map[model.LogID]bool // logs that are in Gaps
	// rest is the end of the last run behind its last good signature. The next run
	// may prove it.
	rest []*model.Event
}

func (t *taking) run(r wire.Run) error {
	if len(r.Events) == 0 {
		return nil
	}
	if n := len(t.rest); n > 0 && t.rest[n-1].Hash() == r.Events[0].Prev {
		r.Events = append(t.rest, r.Events...)
	} else {
		t.Unsigned += uint64(n)
	}
	t.rest = nil
	take, err := t.place(r)
	if err != nil || len(take.Events) == 0 {
		return err
	}
	if t.room.Writes(r.Log) {
		reason := model.ReasonRestored
		if take.Begins {
			reason = model.ReasonForked
		}
		if err := t.room.Renew(t.ctx, reason); err != nil {
			return err
		}
	}
	if err := t.room.Take(t.ctx, take); err != nil {
		return err
	}
	t.Runs++
	t.Events += uint64(len(take.Events))
	return nil
}

// place finds where what is not held of a run goes, and checks it up to the signature
// of its last event. A run that attaches nowhere gives nothing, and is told.
func (t *taking) place(r wire.Run) (peer.Take, error) {
	first, last := r.Events[0].Seq, r.Events[len(r.Events)-1].Seq
	held, err := t.room.Look(r.Log, max(first, 2)-1, last)
	if err != nil {
		return peer.Take{}, err
	}
	at := map[model.Hash]peer.Held{}
	for _, h := range held {
		at[h.Event.Hash()] = h
	}
	events := r.Events
	for len(events) > 0 && at[events[0].Hash()].Event != nil {
		t.Held++
		events = events[1:]
	}
	if len(events) == 0 {
		return peer.Take{}, nil
	}
	lines := slices.DeleteFunc(t.room.Lines(), func(b model.Branch) bool { return b.Log != r.Log })
	take := peer.Take{Log: r.Log, Branch: r.Log, After: events[0].Seq - 1, Events: events}
	head := model.Head{Log: r.Log}
	var device model.DeviceKey
	before, attaches := at[events[0].Prev]
	switch {
	case events[0].Seq == 1:
		if len(lines) > 0 { // two openings with one id
			return peer.Take{}, altered(model.Refuse(model.CodeEventOpen, "Log", r.Log.String()))
		}
		device = openedBy(events[0])
	case !attaches || before.Event.Seq != take.After:
		t.apart(r.Log, lines, events)
		return peer.Take{}, nil
	default:
		i := slices.IndexFunc(lines, func(b model.Branch) bool { return b.ID == before.Branch })
		if i < 0 {
			return peer.Take{}, fmt.Errorf("take a bundle: log %s has no line %s", r.Log, before.Branch)
		}
		device, take.Branch = lines[i].Device, before.Branch
		head.Seq, head.Hash, head.Clock = before.Event.Seq, events[0].Prev, before.Event.Clock
		take.Begins = lines[i].Tip.Seq != head.Seq
	}
	if take.Begins {
		take.Parent = take.Branch
		take.Branch = model.BranchID(r.Log, events[0].Hash())
		// A log forks only when its author signed both events.
		if err := events[0].VerifySignature(t.room.Workspace(), device); err != nil {
			return peer.Take{}, altered(err)
		}
	}
	return t.signed(take, head, device)
}

// signed checks a run. Where its last signature is bad, an author may have signed
// badly in the midst of a log: then what stands before the last good one is good.
func (t *taking) signed(take peer.Take, head model.Head, device model.DeviceKey) (peer.Take, error) {
	ws, events := t.room.Workspace(), take.Events
	_, err := model.CheckRun(ws, device, head, events)
	if model.CodeOf(err) != model.CodeEventSignature {
		return take, altered(err)
	}
	n := len(events)
	for n > 0 && events[n-1].VerifySignature(ws, device) != nil {
		n--
	}
	if take.Events, t.rest = events[:n:n], events[n:]; len(t.rest) > maxRest {
		return peer.Take{}, altered(err)
	}
	if n > 0 {
		_, err = model.CheckRun(ws, device, head, take.Events)
		return take, altered(err)
	}
	return take, nil
}

// maxRest is how many events without a good signature may stand one after another:
// two frames full. An author's program signs none badly.
const maxRest = 10_000

func altered(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrAltered, err)
}

// openedBy is the device that a log.open says; model.CheckRun sees whether it may.
func openedBy(e *model.Event) model.DeviceKey {
	body, _, err := model.DecodeBody(e.Kind, e.Body)
	if open, ok := body.(*model.LogOpen); ok && err == nil {
		return open.Device
	}
	return model.DeviceKey{}
}

// apart notes a run that attaches to nothing, and what is missing before it.
func (t *taking) apart(log model.LogID, lines []model.Branch, events []*model.Event) {
	t.Apart += uint64(len(events))
	if t.gaps[log] {
		return
	}
	var end uint64
	for _, b := range lines {
		end = max(end, b.Tip.Seq)
	}
	t.gaps[log] = true
	t.Gaps = append(t.Gaps, Gap{Log: log, From: min(end+1, events[0].Seq-1), To: events[0].Seq - 1})
}
