package journal

import (
	"errors"
	"fmt"
)

// Report is what Open found.
type Report struct {
	// Segments is how many files hold frames, Frames how many whole payloads were
	// read.
	Segments, Frames int
	// Unread is how many older segments of a long journal were not read through:
	// damage in the midst of them is found by Check.
	Unread int
	// Clean says that the journal was closed in order.
	Clean bool
	// Torn is an unfinished write at the end, nil when there was none. It was
	// never answered as durable, unless the disk destroyed the last frame: that
	// looks the same, and only what others know (HEAD, Badger, peers) tells.
	Torn *Torn
	// Damage is what is missing or unreadable before the end. What it names was
	// durable once.
	Damage []Damage
	// Cut is the place from which the journal's end is gone, nil where nothing says
	// so. A crash does not leave that; a file that was cut or removed does, and what
	// was durable in it may not be known here any more.
	Cut *Cut
}

// Cut is where the end of a journal is missing.
type Cut struct {
	Segment uint64
	// Size is how long its file is, which was longer; 0 for a segment that is gone,
	// or cannot be read.
	Size int64
}

// Torn is an unfinished write.
type Torn struct {
	Segment  uint64
	From, To int64
	// Kept is the file in which its bytes were put aside; empty when there was no
	// room for them.
	Kept string
}

// Damage is a place where frames are missing.
type Damage struct {
	// Segment is where it was noticed, From and To the bytes in it, both 0 when
	// frames are missing without a trace.
	Segment  uint64
	From, To int64
	// First and Last are the ordinals of the frames that are missing; First is 0
	// where it cannot be told how many, both are 0 when it cannot be told whether
	// any is.
	First, Last uint64
	// Err says what is wrong with a segment that cannot be read at all.
	Err error
}

// NewerError says that a newer version wrote the journal. Nothing was changed.
type NewerError struct{ Have, Know int }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the journal has version %d, this one knows up to %d", e.Have, e.Know)
}

// BrokenError is the answer of a journal whose disk gave an error in mid-write.
// What was written then is unknown until the journal is opened again.
type BrokenError struct{ Err error }

func (e *BrokenError) Error() string { return fmt.Sprintf("the journal is broken: %v", e.Err) }

// Unwrap gives the disk's error.
func (e *BrokenError) Unwrap() error { return e.Err }

// Errors of a journal.
var (
	ErrClosed = errors.New("the journal is closed")
	// ErrSize is a payload that is empty or over MaxPayload.
	ErrSize = errors.New("the payload is empty or too big")

	// ErrNoHead and ErrMisplaced are the Err of a Damage: a segment that cannot be
	// read, and one that is another, or frames that came before.
	ErrNoHead    = errors.New("it has no readable head")
	ErrMisplaced = errors.New("it is another segment under this name")
)
