package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"

	"warroom/storage/disk"
)

const (
	// readWhole is how long a journal may be that an Open reads through; about
	// 10 ms. In bytes.
	readWhole = 16 << 20
	// tail is how many segments at the end of a longer one are read through: the
	// one that was written, and the one made ahead.
	tail = 2
	// peek is how much is read of the others. In bytes.
	peek = framesBegin + 4096
)

// survey learns what the segments hold. Of a long journal it looks at the
// beginning of the older ones only: each was complete when the next one was
// begun, and is not written any more. What does not fit together is read
// through.
func survey(fs disk.FS, dir string, numbers []uint64, memory *reading) (Report, []segment, error) {
	older, err := glance(fs, dir, numbers)
	if err != nil {
		return Report{}, nil, err
	}
	if older == nil {
		return walk(fs, dir, numbers, memory, nil)
	}
	report, segments, err := walk(fs, dir, numbers[len(older):], memory, nil)
	if err != nil {
		return Report{}, nil, err
	}
	first := uint64(0)
	for _, s := range segments {
		if s.first != 0 {
			first = s.first
			break
		}
	}
	fits := join(older, first)
	segments = append(older, segments...)
	if report.Cut = cut(segments); !fits || len(report.Damage) > 0 || report.Cut != nil {
		return walk(fs, dir, numbers, memory, nil)
	}
	report.Unread = len(older)
	for _, s := range older {
		if s.last != 0 {
			report.Segments++
		}
	}
	return report, segments, nil
}

// glance looks at the older segments of a long journal; none when the journal is
// short, or when one of them is not what it must be.
func glance(fs disk.FS, dir string, numbers []uint64) ([]segment, error) {
	if len(numbers) <= tail {
		return nil, nil
	}
	var older []segment
	total := int64(0)
	for i, number := range numbers {
		if i > 0 && number != numbers[i-1]+1 {
			return nil, nil
		}
		s, err := begins(fs, filepath.Join(dir, name(number, suffix)), number)
		if err != nil {
			return nil, fmt.Errorf("read segment %d: %w", number, err)
		}
		total += s.size
		if i >= len(numbers)-tail {
			continue
		}
		if !s.whole {
			return nil, nil
		}
		older = append(older, s)
	}
	if total <= readWhole {
		return nil, nil
	}
	return older, nil
}

// begins reads a segment's head and the beginning of its first frame. It is not
// whole when one of them is not; one without any frame is. A frame that is longer
// than what is read is believed.
func begins(fs disk.FS, path string, number uint64) (segment, error) {
	s := segment{number: number, end: framesBegin}
	f, err := fs.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	if s.size, err = f.Size(); err != nil {
		return s, err
	}
	b := make([]byte, min(peek, s.size))
	if len(b) > 0 {
		if _, err := f.ReadAt(b, 0); err != nil {
			return s, err
		}
	}
	s.short = s.size < lengthOf(b)
	if s.nonce, err = getHead(number, b); err != nil || len(b) < framesBegin+frameHead {
		return s, nil // reading it through says what it is
	}
	if zero(b[framesBegin : framesBegin+frameHead]) {
		s.whole = true
		return s, nil
	}
	frame := b[framesBegin:]
	length := int64(binary.BigEndian.Uint32(frame[4:]))
	if whole := framesBegin + frameSize(int(length)); bytes.HasPrefix(frame, []byte(frameMagic)) && length <= MaxPayload && whole > peek {
		s.first, s.whole = binary.BigEndian.Uint64(frame[8:]), whole <= s.size
		return s, nil
	}
	s.first, _, s.whole = getFrame(s.nonce, frame)
	return s, nil
}

// join gives each segment its last ordinal: the one before the next segment's
// first. It is false when they do not rise.
func join(older []segment, next uint64) bool {
	for i := len(older) - 1; i >= 0; i-- {
		s := &older[i]
		if s.first == 0 {
			continue
		}
		if next == 0 || s.first >= next {
			return false
		}
		s.last, next = next-1, s.first
	}
	// The journal's first frame has the ordinal 1, unless it was trimmed.
	return len(older) == 0 || older[0].number != 1 || older[0].first == 1
}
