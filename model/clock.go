package model

import (
	"math"
	"time"
)

// Clock is a hybrid logical clock: 48 bits of milliseconds since 1970, then 16
// bits of counter. It rises with every event of a log, whatever the machine's
// own clock does.
type Clock uint64

// MaxAhead is how far beyond the local clock a clock merged from others may
// lead: 60 s is far more than NTP leaves, and small beside an incident, so one
// machine in the wrong year cannot drag the rest with it.
const MaxAhead = 60 * time.Second

const counterBits = 16

// MaxClock is the greatest clock that an event may have, in the year 6429. Above it
// there is as much room as below, for effective clocks: what names an event stands
// behind it, and a clock at the end of all numbers would leave no place there. One
// wrong member could then mix the order of all that others write from then on.
const MaxClock Clock = 1<<63 - 1

// ClockAt is the first clock value of the millisecond. Times before 1970 and
// after the year 6429 are held at the ends of the range.
func ClockAt(ms int64) Clock {
	if ms < 0 {
		return 0
	}
	if ms > MaxClock.Millis() {
		ms = MaxClock.Millis()
	}
	return Clock(ms) << counterBits
}

// Millis is the clock's physical part.
func (c Clock) Millis() int64 { return int64(c >> counterBits) }

// Next is the clock of the next event of a log whose last event had clock c, on
// a machine that reads now: never at or below c, and saturating.
func (c Clock) Next(nowMS int64) Clock {
	if n := ClockAt(nowMS); n > c {
		return n
	}
	return min(c.after(), MaxClock)
}

// Merge takes over another's clock, held to MaxAhead beyond the local time.
func (c Clock) Merge(other Clock, nowMS int64) Clock {
	if limit := ClockAt(nowMS + MaxAhead.Milliseconds()); other > limit {
		other = limit
	}
	return max(c, other)
}

func (c Clock) after() Clock {
	if c == math.MaxUint64 {
		return c
	}
	return c + 1
}
