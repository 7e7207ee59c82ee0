package sim

import (
	"context"
	"errors"

	"warroom/model"
	"warroom/storage"
)

// errFull is what a disk without room says, errBroken one whose sync failed.
var (
	errFull   = errors.New("no space left on the simulated disk")
	errBroken = errors.New("the simulated disk failed")
	errEnough = errors.New("no more is asked for")
)

// disk is a store as its journal made it: the batches that were synced, and the
// store that they amount to. What is not synced is not in it.
type disk struct {
	w      *world
	serial int
	device model.DeviceKey
	nonce  [16]byte
	// journal is what was synced, in order.
	journal []storage.Batch
	mem     *storage.Memory
	// shelves are the same events by line, branches the lines until something comes.
	shelves  map[model.LogID]*shelf
	branches []model.Branch
	// doubt is what an open of it finds suspicious; 0 for nothing.
	doubt model.OpenReason
	// syncing is the batch whose sync has begun and is not done.
	syncing *storage.Batch
	// slow is how much longer a sync takes; full and broken say how the next ends.
	slow         int64
	full, broken bool
}

func (w *world) newDisk(n *node) *disk {
	w.serial++
	return &disk{w: w, serial: w.serial, device: n.device(), nonce: [16]byte(w.nonce()), mem: storage.NewMemory(), shelves: map[model.LogID]*shelf{}}
}

// sync makes a batch durable, which takes its time. The answer comes in any case, unless
// the process that asked is gone by then.
func (d *disk) sync(b storage.Batch, n *node, done func([]storage.Durable, error)) {
	w, who := d.w, n.who
	d.syncing = &b
	w.in(300+w.upTo(2*ms)+d.slow, func() {
		if n.who != who || n.disk != d {
			return // the process is gone
		}
		d.syncing = nil
		w.step("sync", n, uint64(len(b.Events)), nil)
		switch {
		case d.full:
			done(nil, errFull)
			return
		case d.broken:
			d.broken = false
			done(nil, errBroken)
			return
		}
		durable, err := d.write(b)
		done(durable, err)
	})
}

// write is what a sync leaves on the disk.
func (d *disk) write(b storage.Batch) ([]storage.Durable, error) {
	durable, err := d.mem.Commit(context.Background(), b)
	if err != nil {
		return nil, err
	}
	d.journal = append(d.journal, b)
	d.shelve(b)
	for _, e := range durable {
		d.w.truth.holds(d, e.Event())
	}
	return durable, nil
}

// lose is a crash: what was being synced is on the disk or not, whole or not at all,
// and nobody was told.
func (d *disk) lose() {
	if d.syncing != nil && !d.full && !d.broken && d.w.chance(50) {
		if _, err := d.write(*d.syncing); err != nil {
			d.w.fail("storage", "a batch in flight at a crash was refused: %v", err)
		}
	}
	d.syncing, d.broken = nil, false
}

// copy is the disk as it was after so many syncs, as another disk.
func (d *disk) copy(syncs int) *disk {
	d.w.serial++
	c := &disk{w: d.w, serial: d.w.serial, device: d.device, nonce: d.nonce, mem: storage.NewMemory(), shelves: map[model.LogID]*shelf{}}
	for _, b := range d.journal[:syncs] {
		if _, err := c.write(b); err != nil {
			d.w.fail("storage", "a batch of the journal was refused when it was written again: %v", err)
		}
	}
	return c
}
