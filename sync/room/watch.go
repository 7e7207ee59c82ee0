package room

import (
	"sync"

	"warroom/model"
)

// bells are the subscribers. Ringing never waits: a bell that has not been
// listened to since it last rang stays rung.
type bells struct {
	mu  sync.Mutex
	all map[*bell]struct{}
}

type bell struct {
	of *bells
	c  chan struct{}
}

func (b *bell) C() <-chan struct{} { return b.c }

func (b *bell) Close() {
	b.of.mu.Lock()
	defer b.of.mu.Unlock()
	delete(b.of.all, b)
}

func (bs *bells) add() model.Watch {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	if bs.all == nil {
		bs.all = map[*bell]struct{}{}
	}
	b := &bell{bs, make(chan struct{}, 1)}
	bs.all[b] = struct{}{}
	return b
}

func (bs *bells) ring() {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	for b := range bs.all {
		select {
		case b.c <- struct{}{}:
		default:
		}
	}
}
