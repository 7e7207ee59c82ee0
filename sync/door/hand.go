package door

import (
	"context"
	"errors"
	"strconv"
)

// What a room hands to a command of the config of whoever sits at the terminal. The
// room names the command; which program that is, is the client's to know.

type (
	// Hand is the payload of AskHand: pairs are placeholders and their values.
	Hand struct {
		ID, Name string
		Pairs    []string
		Input    string
	}
	// Handed is the payload of TellHanded: the entry that tells of the command, or why
	// it could not be tried.
	Handed struct {
		ID, Text      string
		Exit          uint32
		Millis, Lines uint64
		Failed        string
	}
)

// Values are the pairs of a Hand by placeholder.
func (h Hand) Values() map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(h.Pairs); i += 2 {
		out[h.Pairs[i]] = h.Pairs[i+1]
	}
	return out
}

// Hand has the client run the command of its config that has this name, and waits for
// what came of it.
func (s *Session) Hand(ctx context.Context, name string, values map[string]string, input string) (Handed, error) {
	h := Hand{Name: name, Input: input}
	for k, v := range values {
		h.Pairs = append(h.Pairs, k, v)
	}
	answer := make(chan Handed, 1)
	s.mu.Lock()
	s.handed++
	h.ID = strconv.Itoa(s.handed)
	if s.hands == nil {
		s.hands = map[string]chan Handed{}
	}
	s.hands[h.ID] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.hands, h.ID)
		s.mu.Unlock()
	}()
	if err := s.Ask(AskHand, h); err != nil {
		return Handed{}, err
	}
	select {
	case got := <-answer:
		if got.Failed != "" {
			return Handed{}, errors.New(got.Failed)
		}
		return got, nil
	case <-ctx.Done():
		return Handed{}, ctx.Err()
	case <-s.ctx.Done():
		return Handed{}, s.ctx.Err()
	}
}

// tookHand gives an answer to who waits for it. One that nobody asked for is dropped.
func (s *Session) tookHand(h Handed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waits := s.hands[h.ID]; waits != nil {
		select {
		case waits <- h:
		default: // it was answered before
		}
	}
}
