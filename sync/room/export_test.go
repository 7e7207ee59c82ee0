package room

import (
	"context"
	"runtime"

	"warroom/sync/peer"
)

// Offer is Take that has returned when the committer has the run; the answer follows.
func (r *Room) Offer(t peer.Take) <-chan error {
	answers, said := make(chan answer, 1), make(chan error, 1)
	r.takes <- &request{run: &t, answer: answers}
	for len(r.takes) > 0 {
		runtime.Gosched()
	}
	go func() { said <- (<-answers).err }()
	return said
}

// Asked returns when a request waits for the committer.
func (r *Room) Asked() {
	for len(r.requests) == 0 {
		runtime.Gosched()
	}
}

// ForgetHashes drops the hashes that are remembered.
func (r *Room) ForgetHashes() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hashes = nil
}

// Settled waits until the committer has done what can wait, but what waits for peers to
// bring no more. What is taken may be answered before.
func (r *Room) Settled(ctx context.Context) error { return r.beside(ctx, func() {}) }
