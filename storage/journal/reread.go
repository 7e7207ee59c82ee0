package journal

import (
	"errors"
	"fmt"

	"warroom/storage/disk"
)

// ErrLost is a payload that was durable, and cannot be read where it stood.
var ErrLost = errors.New("what was written cannot be read again")

// Place is where a payload stands. It is good while the journal is open, and its segment
// is not trimmed.
type Place struct {
	segment uint64
	nonce   nonce
	at      int64
	ordinal uint64
	length  int
}

// Place is where the last payload stands that was appended since the journal was opened.
func (j *Journal) Place() Place {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.place
}

// Rereader reads payloads again that were appended, also while others are. It holds the
// segment open that it read last, for those behind it. It is for one goroutine.
type Rereader struct {
	j       *Journal
	segment uint64
	file    disk.File // nil before the first
}

// Reread begins with no segment open.
func (j *Journal) Reread() *Rereader { return &Rereader{j: j} }

// Payload reads the payload at a place; it is the caller's to keep. It gives ErrLost for
// one that is not there whole, or the error of the disk.
func (r *Rereader) Payload(p Place) ([]byte, error) {
	if r.file == nil || r.segment != p.segment {
		r.Close()
		f, err := r.j.fs.Open(r.j.path(name(p.segment, suffix)))
		if err != nil {
			return nil, fmt.Errorf("read payload %d: %w", p.ordinal, err)
		}
		r.segment, r.file = p.segment, f
	}
	frame := make([]byte, frameSize(p.length))
	if _, err := r.file.ReadAt(frame, p.at); err != nil {
		return nil, fmt.Errorf("read payload %d: %w", p.ordinal, err)
	}
	ordinal, payload, ok := getFrame(p.nonce, frame)
	if !ok || ordinal != p.ordinal || len(payload) != p.length {
		return nil, fmt.Errorf("read payload %d: %w", p.ordinal, ErrLost)
	}
	return payload, nil
}

// Close lets go of the segment. What follows opens one again.
func (r *Rereader) Close() {
	if r.file != nil {
		_ = r.file.Close() // it was only read
		r.file = nil
	}
}
