package screen

import (
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Clock is a clock that tests wind: its timers fire when it is advanced past
// them, and at no other moment.
type Clock struct {
	now     func() time.Time
	advance func(time.Duration)

	mu     sync.Mutex
	timers []*timer
	fired  int // and not yet taken by the program
	closed bool
}

type timer struct {
	at   time.Time
	fire chan bool // false: the test is over
}

// fired is a timer's message on its way to the model.
type fired struct {
	clock *Clock
	msg   tea.Msg
}

// NewClock makes a clock over another one (a room's), which advance winds.
func NewClock(t testing.TB, now func() time.Time, advance func(time.Duration)) *Clock {
	c := &Clock{now: now, advance: advance}
	t.Cleanup(c.close)
	return c
}

// Now is the time.
func (c *Clock) Now() time.Time { return c.now() }

// After is a timer, in the place of tea.Tick.
func (c *Clock) After(d time.Duration, msg func() tea.Msg) tea.Cmd {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	x := &timer{c.now().Add(d), make(chan bool, 1)}
	c.timers = append(c.timers, x)
	return func() tea.Msg {
		if !<-x.fire {
			return nil
		}
		return fired{c, msg()}
	}
}

// Advance winds the clock and fires what is due. Wait for the screen to be idle
// after it: Screen.Advance does both.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(d)
	now := c.now()
	var left []*timer
	for _, x := range c.timers {
		if x.at.After(now) {
			left = append(left, x)
			continue
		}
		c.fired++
		x.fire <- true
	}
	c.timers = left
}

func (c *Clock) took() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fired--
}

// Idle reports that the program has taken all that fired.
func (c *Clock) Idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fired == 0
}

func (c *Clock) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, x := range c.timers {
		x.fire <- false
	}
	c.timers = nil
}

// Advance winds a clock and waits until the program has done and drawn what that
// brought.
func (s *Screen) Advance(c *Clock, d time.Duration) *Screen {
	s.t.Helper()
	c.Advance(d)
	s.WaitIdle()
	return s
}
