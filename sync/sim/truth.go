package sim

import "warroom/model"

// truth is what an onlooker who sees everything knows: which disk has which event,
// and what people were told.
type truth struct {
	held map[model.Hash]*holders
	acts []*act
}

// holders are the disks that have an event now, by serial, and the devices that ever
// had it.
type holders struct {
	now  map[int]bool
	ever map[model.DeviceKey]bool
}

// act is something that a person was told is saved.
type act struct {
	node     *node
	disk     *disk
	ref      model.Ref
	hash     model.Hash
	incident model.Scope
	at       int64
	line     bool // it is a line of the timeline
	// excused says that the only disks that had it were lost before anybody else
	// had it.
	excused bool
}

func newTruth() *truth {
	return &truth{held: map[model.Hash]*holders{}}
}

// holds notes that a disk has an event.
func (t *truth) holds(d *disk, e *model.Event) {
	hash := e.Hash()
	h := t.held[hash]
	if h == nil {
		h = &holders{map[int]bool{}, map[model.DeviceKey]bool{}}
		t.held[hash] = h
	}
	h.now[d.serial], h.ever[d.device] = true, true
}

// lost notes that a disk is no more, and which acts are gone with it.
func (t *truth) lost(d *disk) {
	for _, h := range t.held {
		delete(h.now, d.serial)
	}
	for _, a := range t.acts {
		if h := t.held[a.hash]; h == nil || len(h.now) == 0 {
			a.excused = true
		}
	}
}
