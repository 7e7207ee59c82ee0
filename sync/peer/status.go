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
	// Slowed are the devices of whose events some are not fetched now. What they are
	// behind is not counted in Behind.
	Slowed []model.Slowed
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
	behind, held := map[model.LogID]uint64{}, map[model.LogID]uint64{}
	for _, k := range e.sorted() {
		ls := LinkStatus{Link: k.id, Device: k.device, Ready: k.ready && k.heardAll, Since: k.since, RTT: k.rtt, Offset: k.offset, Refused: k.refused}
		if k.hello != nil {
			ls.Software, ls.Format, ls.Fold = k.hello.Software, k.hello.Format, k.hello.Fold
		}
		if k.mem != nil {
			for id, tips := range k.mem.heard {
				switch n := e.lacks(id, tips); {
				case n == 0:
				case e.holdsBack(id) != 0:
					held[id] = max(held[id], n)
				default:
					ls.Behind += int(n)
					behind[id] = max(behind[id], n)
				}
			}
			for id := range e.logs {
				if far, here := reach(k.mem.heard[id]), e.reach(id); here > far && !e.shunned(id) {
					ls.Lacks += int(here - far)
				}
			}
		}
		s.Links = append(s.Links, ls)
	}
	for _, n := range behind {
		s.Behind += int(n)
	}
	s.Slowed = e.slowedDown(held)
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

// saved says up to which number of each log the devices have what is here. A number
// alone does not tell: a log that was written from two copies has events of the same
// numbers in both. So a tip counts when its event is here, and until then what the
// device had before.
func (e *Engine) saved() map[model.LogID][]uint64 {
	out := map[model.LogID][]uint64{}
	for _, mem := range e.memories {
		for id, tips := range mem.heard {
			g := e.logs[id]
			if g == nil {
				continue
			}
			n, sure := g.shared(tips)
			if sure {
				mem.sure[id] = n
			} else {
				n = max(n, min(mem.sure[id], reach(tips)))
			}
			if n > 0 {
				out[id] = append(out[id], n)
			}
		}
	}
	for _, all := range out {
		slices.Sort(all)
	}
	return out
}

// shared is up to which number whoever has those tips has the events of a log that
// are here, in whatever line; false when one of the tips is not known here.
func (g *log) shared(tips []wire.Tip) (n uint64, sure bool) {
	sure = true
	at := make([]*line, len(tips)) // the lines that the tips stand in
	for i, t := range tips {
		if at[i] = g.lineOf(t); at[i] == nil {
			sure = false
		}
	}
	whole, most := true, uint64(0)
	for i, l := range g.lines {
		has := uint64(0)
		for j, t := range tips {
			if at[j] != nil {
				has = max(has, g.common(l, at[j], t.Seq))
			}
		}
		if i == 0 || has < n {
			n = has
		}
		whole, most = whole && has == l.Tip.Seq, max(most, has)
	}
	if whole {
		n = most
	}
	return n, sure
}

// lineOf finds the line in which a tip stands, nil for one that is not known to be here.
func (g *log) lineOf(t wire.Tip) *line {
	for _, l := range g.lines {
		if hash, known := l.hashes.at(t.Seq); known && hash == t.Hash && t.Seq <= l.Tip.Seq {
			return l
		}
	}
	if len(g.lines) == 1 && g.known[t] == holds {
		return g.lines[0]
	}
	return nil
}

// common is how far a line goes along with another up to a number of that one.
func (g *log) common(l, other *line, seq uint64) uint64 {
	for l != other {
		switch {
		case other.Own(), !l.Own() && l.Base >= other.Base:
			seq = min(seq, l.Base)
			l = g.parent(l)
		default:
			seq = min(seq, other.Base)
			other = g.parent(other)
		}
		if l == nil || other == nil {
			return 0
		}
	}
	return min(seq, l.Tip.Seq)
}

// parent is the line that a branch leaves; nil for a log's own.
func (g *log) parent(l *line) *line {
	for _, p := range g.lines {
		if !l.Own() && p.ID == l.Parent {
			return p
		}
	}
	return nil
}
