package peer

import (
	"slices"

	"warroom/model"
	"warroom/sync/wire"
)

// memory is what two rooms have told each other. It outlives a link: so the next
// one needs to tell only what changed.
type memory struct {
	instance [16]byte
	software string
	told     map[model.LogID][]wire.Tip
	heard    map[model.LogID][]wire.Tip
	members  map[model.LogID]bool // those of heard that are membership logs
	// sure is up to which number of a log the peer has what is here, as was seen last.
	sure map[model.LogID]uint64
	// stores are those that were heard under the device's key, the last one last.
	stores [][16]byte
	copied bool

	// first is up to which number the peer told of each log when it greeted this process
	// for the first time: full is that it began to, met that it is done.
	first     map[model.LogID]uint64
	full, met bool
	// tips counts those of heard; order are the logs of heard in order, nil when it must
	// be made.
	tips  int
	order []model.LogID
}

// maxStores is how many stores of one device are remembered.
const maxStores = 16

// meets notes which store it is. One that comes again after another is a copy in
// use beside it, or the other is: a store that was made anew does not come again.
func (m *memory) meets(store [16]byte) {
	at := slices.Index(m.stores, store)
	if at >= 0 && at < len(m.stores)-1 {
		m.copied = true
	}
	if at >= 0 {
		m.stores = slices.Delete(m.stores, at, at+1)
	}
	if m.stores = append(m.stores, store); len(m.stores) > maxStores {
		m.stores = m.stores[1:]
	}
}

func newMemory() *memory {
	return &memory{told: map[model.LogID][]wire.Tip{}, heard: map[model.LogID][]wire.Tip{}, members: map[model.LogID]bool{}, sure: map[model.LogID]uint64{}, first: map[model.LogID]uint64{}}
}

// hears notes the tips of one log, and no others of it.
func (m *memory) hears(tips []wire.Tip) {
	id := tips[0].Log
	was, known := m.heard[id]
	if !known {
		m.order = nil
	}
	m.tips += len(tips) - len(was)
	m.heard[id] = tips
}

// void drops what was heard: the peer tells it anew.
func (m *memory) void() {
	m.heard, m.sure, m.tips, m.order = map[model.LogID][]wire.Tip{}, map[model.LogID]uint64{}, 0, nil
}

// forget drops all that a peer told that told too much.
func (m *memory) forget() {
	m.void()
	m.members = map[model.LogID]bool{}
	m.first = map[model.LogID]uint64{}
}

// greets notes what a peer tells of when it greets this process for the first time. Of
// each log only what it says first counts.
func (m *memory) greets(tips []wire.Tip) {
	if m.met {
		return
	}
	for i, t := range tips {
		if i > 0 && tips[i-1].Log == t.Log {
			m.first[t.Log] = max(m.first[t.Log], t.Seq)
		} else if _, known := m.first[t.Log]; !known {
			m.first[t.Log] = t.Seq
		}
	}
}

// logs are those that the peer told of, in order.
func (m *memory) logs() []model.LogID {
	if m.order == nil {
		for id := range m.heard {
			m.order = append(m.order, id)
		}
		slices.SortFunc(m.order, func(a, b model.LogID) int { return slices.Compare(a[:], b[:]) })
	}
	return m.order
}

// recall gives what this room and a device have told each other. While another link
// of the device is up, this one has a memory of its own: it is a copy of the store
// that is linked too, or the other link is dead and nobody has noticed yet; what is
// told over one of them is not told over the other.
func (e *Engine) recall(device model.DeviceKey) *memory {
	mem := e.memories[device]
	if mem == nil {
		mem = newMemory()
		e.memories[device] = mem
		return mem
	}
	for _, k := range e.links {
		if k.mem == mem {
			mem := newMemory()
			mem.met = true // the device has told of its past already
			return mem
		}
	}
	return mem
}

// leave hands a device's memory on when its link is gone and another is up: what the
// device says there is newer.
func (e *Engine) leave(k *link) {
	mem := e.memories[k.device]
	if k.mem == nil || k.mem != mem {
		return
	}
	for _, o := range e.sorted() {
		if o.device == k.device && o.mem != nil {
			o.mem.stores, o.mem.copied, o.mem.first = mem.stores, mem.copied, mem.first
			e.memories[k.device] = o.mem
			return
		}
	}
}
