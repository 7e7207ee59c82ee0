package link

import (
	"context"
	"sync"

	"warroom/sync/peer"
)

// inbox is a list that many fill and one empties. Who puts never waits.
type inbox[T any] struct {
	mu   sync.Mutex
	list []T
	bell chan struct{}
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{bell: make(chan struct{}, 1)} }

func (b *inbox[T]) put(v T) {
	b.mu.Lock()
	b.list = append(b.list, v)
	b.mu.Unlock()
	b.ring()
}

func (b *inbox[T]) ring() {
	select {
	case b.bell <- struct{}{}:
	default:
	}
}

// all takes everything out.
func (b *inbox[T]) all() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list
	b.list = nil
	return list
}

// maxFed is how many bytes of events may wait in a Feed; of what is over it only the
// ends of the lines are told.
const maxFed = 4 << 20

// Feed brings what became durable from the room to the Shell. It is made before both, so
// that nothing is missed between the reading of the lines and the first commit.
type Feed struct {
	in    *inbox[peer.Durable]
	bytes int // in the inbox; under its mu
}

// NewFeed makes an empty feed.
func NewFeed() *Feed { return &Feed{in: newInbox[peer.Durable]()} }

// Put tells of what is on the disk now, in order. It does not wait: it is for the
// goroutine that commits.
func (f *Feed) Put(all ...peer.Durable) {
	f.in.mu.Lock()
	for _, d := range all {
		size := 0
		for _, e := range d.Events {
			size += e.Event().Size()
		}
		// The last event stays, so that the end is known by its event. A branch is
		// told whole: where it begins is the proof of a fork.
		if f.bytes+size > maxFed && d.Branch.Own() && len(d.Events) > 1 {
			d.Events = d.Events[len(d.Events)-1:]
			size = d.Events[0].Event().Size()
		}
		f.bytes += size
		f.in.list = append(f.in.list, d)
	}
	f.in.mu.Unlock()
	f.in.ring()
}

func (f *Feed) all() []peer.Durable {
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	list := f.in.list
	f.in.list, f.bytes = nil, 0
	return list
}

// budget is how many bytes may be between the links and the disk.
type budget struct {
	most int

	mu    sync.Mutex
	used  int
	freed chan struct{} // closed and made anew when there is room again
}

func newBudget(most int) *budget { return &budget{most: most, freed: make(chan struct{})} }

// add counts bytes; who gives back says so with a negative number.
func (b *budget) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := b.used >= b.most
	if b.used += n; full && b.used < b.most {
		close(b.freed)
		b.freed = make(chan struct{})
	}
}

// wait waits while the budget is used up.
func (b *budget) wait(ctx context.Context) {
	for {
		b.mu.Lock()
		free, freed := b.used < b.most, b.freed
		b.mu.Unlock()
		if free {
			return
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return
		}
	}
}

// work does what it is given, in order where it has one hand.
type work struct{ in *inbox[func()] }

// newWork starts the hands, which end with the context; all counts them.
func newWork(ctx context.Context, all *sync.WaitGroup, hands int) *work {
	w := &work{in: newInbox[func()]()}
	next := make(chan func())
	for range hands {
		all.Go(func() {
			for {
				select {
				case do := <-next:
					do()
				case <-ctx.Done():
					return
				}
			}
		})
	}
	all.Go(func() {
		for {
			for _, do := range w.in.all() {
				select {
				case next <- do:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-w.in.bell:
			case <-ctx.Done():
				return
			}
		}
	})
	return w
}

func (w *work) do(f func()) { w.in.put(f) }
