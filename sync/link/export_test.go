package link

import (
	"context"

	"warroom/sync/peer"
)

// Flying is how many bytes that came in are on their way to the disk.
func (s *Shell) Flying() int {
	s.flying.mu.Lock()
	defer s.flying.mu.Unlock()
	return s.flying.used
}

// HalfOpen is how many have come in and not proved who they are.
func (s *Shell) HalfOpen() int { return s.gate.Open() }

// All takes out what waits.
func (f *Feed) All() []peer.Durable { return f.all() }

// NewBudget, Wait and Add are those of what comes in.
func NewBudget(most int) *budget { return newBudget(most) }

func (b *budget) Wait(ctx context.Context) { b.wait(ctx) }
func (b *budget) Add(n int)                { b.add(n) }
