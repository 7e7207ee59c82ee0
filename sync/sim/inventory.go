package sim

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"warroom/model"
)

// inventory is what a disk has, by the events themselves.
type inventory struct {
	events  map[model.Hash]*model.Event
	numbers map[place][]model.Hash
	scopes  map[model.Scope]bool
	refs    map[model.Ref]*model.Event
	devices map[model.LogID]model.DeviceKey
	sorted  []one
	// timelines are the events that count, by scope and in order; folded are their hashes.
	timelines map[model.Scope][]counted
	folded    map[model.Hash]bool
}

// one is an event with its hash.
type one struct {
	*model.Event
	hash model.Hash
}

// counted is an event where a store has it in a timeline.
type counted struct {
	one
	eff model.Clock
}

type place struct {
	log model.LogID
	seq uint64
}

// take lists a store, and checks what must hold of it alone: O7, each line has no
// gap, its chain holds, and every event that counts has a good signature.
func (w *world) take(n *node) (*inventory, error) {
	inv := &inventory{
		events: map[model.Hash]*model.Event{}, numbers: map[place][]model.Hash{}, scopes: map[model.Scope]bool{},
		refs: map[model.Ref]*model.Event{}, devices: map[model.LogID]model.DeviceKey{},
	}
	branches, err := n.disk.mem.Branches()
	if err != nil {
		return nil, err
	}
	if read, err := n.disk.lines(); err != nil || !slices.Equal(read, branches) {
		return nil, fmt.Errorf("%s: other lines than were read: %w", n.name, err)
	}
	for _, b := range branches {
		if err := w.line(n.disk, b, inv); err != nil {
			return nil, fmt.Errorf("%s: log %s, line %s: %w", n.name, b.Log, b.ID, err)
		}
	}
	inv.sort()
	return inv, inv.read(n.disk)
}

// sort puts all events in an order that does not depend on a map.
func (inv *inventory) sort() {
	for hash, e := range inv.events {
		inv.sorted = append(inv.sorted, one{e, hash})
	}
	slices.SortFunc(inv.sorted, func(a, b one) int {
		return cmp.Or(bytes.Compare(a.Log[:], b.Log[:]), cmp.Compare(a.Seq, b.Seq), bytes.Compare(a.Raw[:], b.Raw[:]))
	})
}

// read takes up the timelines.
func (inv *inventory) read(d *disk) error {
	inv.timelines, inv.folded = map[model.Scope][]counted{}, map[model.Hash]bool{}
	for scope := range inv.scopes {
		err := d.mem.Scope(scope, func(e *model.Event, eff model.Clock) error {
			c := counted{one{e, e.Hash()}, eff}
			inv.timelines[scope] = append(inv.timelines[scope], c)
			inv.folded[c.hash] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) line(d *disk, b model.Branch, inv *inventory) error {
	store, shelf := d.mem, d.shelves[b.ID].from(1)
	head := model.Head{Log: b.Log}
	if !b.Own() {
		err := store.Line(b.Parent, b.Base, func(e *model.Event, _ model.Clock) error {
			if e.Seq == b.Base {
				head = model.Head{Log: e.Log, Seq: e.Seq, Hash: e.Hash(), Clock: e.Clock}
			}
			return nil
		})
		if err != nil || head.Seq != b.Base {
			return fmt.Errorf("leaves its parent behind %d, which is not there: %w", b.Base, err)
		}
	}
	err := store.Line(b.ID, 1, func(e *model.Event, eff model.Clock) error {
		if e.Seq != head.Seq+1 || e.Prev != head.Hash || e.Seq > 1 && e.Clock <= head.Clock {
			return fmt.Errorf("event %d does not follow %d", e.Seq, head.Seq)
		}
		if len(shelf) == 0 || !same(shelf[0], e) {
			return fmt.Errorf("event %d is another one than was read", e.Seq)
		}
		shelf = shelf[1:]
		hash := e.Hash()
		head = model.Head{Log: e.Log, Seq: e.Seq, Hash: hash, Clock: e.Clock}
		inv.events[hash], inv.refs[e.Ref()], inv.devices[e.Log] = e, e, b.Device
		inv.scopes[e.Scope] = true
		at := place{e.Log, e.Seq}
		if !slices.Contains(inv.numbers[at], hash) {
			inv.numbers[at] = append(inv.numbers[at], hash)
		}
		if eff < e.Clock {
			return fmt.Errorf("event %d stands at %d, before its clock %d", e.Seq, eff, e.Clock)
		}
		return nil
	})
	if err == nil && head.Hash != b.Tip.Hash {
		return fmt.Errorf("ends at %d, and is said to end at %d", head.Seq, b.Tip.Seq)
	}
	return err
}

// equal reports that the timelines of two are the same to the last byte, and of the same
// devices.
func (inv *inventory) equal(o *inventory) bool {
	return maps.Equal(inv.devices, o.devices) && maps.EqualFunc(inv.timelines, o.timelines, func(a, b []counted) bool {
		return slices.EqualFunc(a, b, func(a, b counted) bool { return a.eff == b.eff && same(a.Event, b.Event) })
	})
}

// inOrder are the scopes of the timelines, in order.
func (inv *inventory) inOrder() []model.Scope {
	return slices.SortedFunc(maps.Keys(inv.timelines), model.Scope.Compare)
}
