package link

// Flying is how many bytes that came in are on their way to the disk.
func (s *Shell) Flying() int {
	s.flying.mu.Lock()
	defer s.flying.mu.Unlock()
	return s.flying.used
}

// HalfOpen is how many have come in and not proved who they are.
func (s *Shell) HalfOpen() int { return s.gate.Open() }
