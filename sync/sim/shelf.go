package sim

import (
	"bytes"

	"warroom/model"
	"warroom/storage"
)

// shelf is a line as it lies on a disk: its events, which do not change, and the number
// before the first. A few of them are read without a copy of all that comes behind; that
// they are those of the store is looked at with the oracles.
type shelf struct {
	base   uint64
	events []*model.Event
}

// from are the events from a number on.
func (s *shelf) from(seq uint64) []*model.Event {
	if s == nil {
		return nil
	}
	first := s.base + 1
	return s.events[min(max(seq, first)-first, uint64(len(s.events))):]
}

// until are the first of some events, up to a number.
func until(events []*model.Event, seq uint64) []*model.Event {
	if len(events) == 0 || seq < events[0].Seq {
		return nil
	}
	return events[:min(seq-events[0].Seq+1, uint64(len(events)))]
}

// same reports two events that are the same to the last byte.
func same(a, b *model.Event) bool {
	return a.Raw == b.Raw && a.Salt == b.Salt && bytes.Equal(a.Body, b.Body) && bytes.Equal(a.Text, b.Text)
}

// shelve takes up what a batch left on the disk. What only stands elsewhere now is there.
func (d *disk) shelve(b storage.Batch) {
	for _, begun := range b.Begins {
		d.shelves[begun.ID] = &shelf{base: begun.Base}
	}
	for _, p := range b.Events {
		line := p.Branch
		if line == (model.LogID{}) {
			line = p.Event.Log
		}
		s := d.shelves[line]
		if s == nil {
			s = &shelf{}
			d.shelves[line] = s
		}
		if p.Event.Seq == s.base+uint64(len(s.events))+1 {
			s.events = append(s.events, p.Event)
		}
	}
	d.branches = nil
}

// lines are all lines on the disk, in order. They are not to be changed.
func (d *disk) lines() ([]model.Branch, error) {
	var err error
	if d.branches == nil {
		d.branches, err = d.mem.Branches()
	}
	return d.branches, err
}
