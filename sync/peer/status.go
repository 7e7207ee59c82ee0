package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// Status is what people may know of the links.
type Status struct {
	Links []LinkStatus // by number
	// Unshared counts the events of this device that no other has said it has.
	Unshared int
	// Behind counts the events that peers have told of and this room has not.
	Behind int
	Forks  []model.ForkedLog
	// Copies are devices of which two stores were heard in turn: one is a copy of the
	// other, and both are in use.
	Copies []model.DeviceKey
	// Saved says, by log, up to which number each other device has it, in rising
	// order: also those that are not linked now, as they said last.
	Saved map[model.LogID][]uint64
}

// LinkStatus is one link.
type LinkStatus struct {
	Link   ID
	Device model.DeviceKey
	// Ready says that both sides exchange what happened.
	Ready bool
	Since int64 // ms since 1970
	// RTT is in µs, 0 until it is known; Offset in ms, positive when the peer's clock
	// is ahead.
	RTT, Offset int64
	Software    string
	// Format and Fold are the peer's model.FormatVersion and model.FoldVersion.
	Format, Fold uint16
	// Behind is how many events it told of that are not here, Lacks how many of those
	// here it has not.
	Behind, Lacks int
	// Refused counts what it sent and was not good.
	Refused int
}

// Live reports a link over which nothing is on its way.
func (l LinkStatus) Live() bool { return l.Ready && l.Behind == 0 && l.Lacks == 0 }

// Status gives what is known now. What it gives is not changed later.
func (e *Engine) Status() Status {
	s := Status{Saved: e.saved(), Copies: e.copies()}
	behind := map[model.LogID]uint64{}
	for _, k := range e.sorted() {
		ls := LinkStatus{Link: k.id, Device: k.device, Ready: k.ready && k.heardAll, Since: k.since, RTT: k.rtt, Offset: k.offset, Refused: k.refused}
		if k.hello != nil {
			ls.Software, ls.Format, ls.Fold = k.hello.Software, k.hello.Format, k.hello.Fold
		}
		if k.mem != nil {
			for id, tips := range k.mem.heard {
				if n := e.lacks(id, tips); n > 0 {
					ls.Behind += int(n)
					behind[id] = max(behind[id], n)
				}
			}
			for id := range e.logs {
				if far, here := reach(k.mem.heard[id]), e.reach(id); here > far {
					ls.Lacks += int(here - far)
				}
			}
		}
		s.Links = append(s.Links, ls)
	}
	for _, n := range behind {
		s.Behind += int(n)
	}
	for id, g := range e.logs {
		if e.own(g) && len(e.memories) > 0 {
			far := uint64(0)
			if saved := s.Saved[id]; len(saved) > 0 {
				far = saved[len(saved)-1]
			}
			if here := e.reach(id); here > far {
				s.Unshared += int(here - far)
			}
		}
	}
	for _, id := range e.sortedForks() {
		f := e.forks[id]
		l := model.ForkedLog{Log: id, Seq: f.Seq, At: f.at}
		if g := e.logs[id]; g != nil {
			l.Device = g.device
		}
		s.Forks = append(s.Forks, l)
	}
	return s
}

// lacks is how many events of a log with those tips are not here, as far as numbers
// tell; one at least for a line that is not here.
func (e *Engine) lacks(id model.LogID, tips []wire.Tip) (n uint64) {
	if far, here := reach(tips), e.reach(id); far > here {
		return min(far-here, 1<<31)
	}
	for _, t := range tips {
		if e.holds(t) == lacking {
			n = 1
		}
	}
	return n
}

// reach is the greatest number among tips.
func reach(tips []wire.Tip) (far uint64) {
	for _, t := range tips {
		far = max(far, t.Seq)
	}
	return far
}

func (e *Engine) copies() (all []model.DeviceKey) {
	for device, mem := range e.memories {
		if mem.copied {
			all = append(all, device)
		}
	}
	slices.SortFunc(all, func(a, b model.DeviceKey) int { return slices.Compare(a[:], b[:]) })
	return all
}

// reach is the greatest number of a log on the disk.
func (e *Engine) reach(id model.LogID) (far uint64) {
	if g := e.logs[id]; g != nil {
		for _, l := range g.lines {
			far = max(far, l.Tip.Seq)
		}
	}
	return far
}

func (e *Engine) saved() map[model.LogID][]uint64 {
	out := map[model.LogID][]uint64{}
	for _, mem := range e.memories {
		for id, tips := range mem.heard {
			out[id] = append(out[id], reach(tips))
		}
	}
	for _, all := range out {
		slices.Sort(all)
	}
	return out
}
