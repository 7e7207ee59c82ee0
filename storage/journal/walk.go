package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"warroom/storage/disk"
)

const (
	suffix     = ".wj"
	tempSuffix = ".tmp"
	tornSuffix = ".torn"
)

func name(number uint64, suffix string) string { return fmt.Sprintf("%08d%s", number, suffix) }

// numberOf reads a segment's number from its file's name.
func numberOf(file string) (uint64, bool) {
	base, ok := strings.CutSuffix(file, suffix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(base, 10, 64)
	return n, err == nil && file == name(n, suffix)
}

// segment is what a walk learnt of one file.
type segment struct {
	number uint64
	// first and last are the ordinals of its first and last frame, 0 when it has
	// none.
	first, last uint64
	// end is where its last frame ends, size its length.
	end, size int64
	// closed says that its last frame is that of a close in order.
	closed bool
	// whole is false when its head cannot be read, damaged when frames are
	// missing in it.
	whole, damaged bool
	// short is one whose file is not as long as it was made.
	short bool
	nonce nonce
}

// walker reads the segments as one stream of frames.
type walker struct {
	fn     func(ordinal uint64, payload []byte) error
	report Report
	// next is the ordinal that must come, 0 while none has come.
	next uint64
	// bad is the last stretch without a whole frame, until a frame says whether
	// something is missing there.
	bad *Torn
}

// walk reads segments in order. fn gets every whole frame once, ordinals rising;
// the payload is its to keep.
func walk(fs disk.FS, dir string, numbers []uint64, memory *reading, fn func(uint64, []byte) error) (Report, []segment, error) {
	w := walker{fn: fn, report: Report{Clean: true}}
	segments := make([]segment, 0, len(numbers))
	for _, number := range numbers {
		path := filepath.Join(dir, name(number, suffix))
		var data *content
		var err error
		if fn == nil {
			data, err = memory.pass(fs, path)
		} else {
			data, err = readFile(fs, path) // what fn got is kept
		}
		if err != nil {
			return Report{}, nil, fmt.Errorf("read segment %d: %w", number, err)
		}
		s, err := w.segment(number, data)
		if read := data.close(); read != nil {
			return Report{}, nil, fmt.Errorf("read segment %d: %w", number, read)
		}
		if err != nil {
			return Report{}, nil, err
		}
		segments = append(segments, s)
	}
	w.report.Torn = w.bad
	w.report.Cut = cut(segments)
	return w.report, segments, nil
}

// cut looks for what no crash leaves at the end of a journal. A segment has its
// length before it has its name, and its name before the next one is made; so one
// that is shorter was cut, and a number that is missing before one without frames
// is one that was there. Behind frames that follow, nothing is missing unseen:
// their ordinals say so.
func cut(segments []segment) *Cut {
	for i, s := range slices.Backward(segments) {
		switch {
		case !s.whole:
			return &Cut{Segment: s.number}
		case s.short:
			return &Cut{Segment: s.number, Size: s.size}
		case s.last != 0:
			return nil
		case i > 0 && s.number != segments[i-1].number+1, i == 0 && s.number > 1:
			return &Cut{Segment: s.number - 1}
		}
	}
	return nil
}

func (w *walker) segment(number uint64, read *content) (segment, error) {
	s := segment{number: number, size: read.size, end: framesBegin}
	if w.next == 0 && number == 1 {
		w.next = 1
	}
	n, err := getHead(number, read.data)
	var newer *NewerError
	if errors.As(err, &newer) {
		return s, err
	}
	if err != nil {
		w.report.Damage = append(w.report.Damage, Damage{Segment: number, To: s.size, Err: err})
		w.report.Clean = false
		return s, nil
	}
	s.nonce, s.whole = n, true
	length := lengthOf(read.data)
	before := len(w.report.Damage)
	for f := range frames(n, read) {
		if f.bad {
			w.bad = &Torn{Segment: number, From: f.from, To: f.to}
			continue
		}
		if !w.expected(number, f) {
			continue
		}
		if s.first == 0 {
			s.first = f.ordinal
		}
		s.last, s.end, s.closed = f.ordinal, f.to, len(f.payload) == 0
		if s.closed {
			continue
		}
		w.report.Frames++
		if w.fn != nil {
			if err := w.fn(f.ordinal, f.payload); err != nil {
				return s, err
			}
		}
	}
	s.size = read.size
	s.short = s.size < length
	if s.last != 0 {
		w.report.Segments++
	}
	s.damaged = len(w.report.Damage) > before
	w.report.Clean = w.bad == nil && (s.closed || s.last == 0 && w.report.Clean)
	return s, nil
}

// expected compares a frame's ordinal with the one that must come, and notes
// what is missing. It is false for a frame that came before.
func (w *walker) expected(number uint64, f found) bool {
	bad, next := w.bad, w.next
	w.bad = nil
	missing := Damage{Segment: number, Last: f.ordinal - 1}
	if bad != nil {
		missing.Segment, missing.From, missing.To = bad.Segment, bad.From, bad.To
	}
	switch {
	case next == 0 && bad == nil: // the first one of a journal that was trimmed
	case next == f.ordinal: // nothing is missing; a write that failed stood here
	case f.ordinal < next:
		w.report.Damage = append(w.report.Damage, Damage{Segment: number, From: f.from, To: f.to, Err: ErrMisplaced})
		return false
	default:
		missing.First = next
		w.report.Damage = append(w.report.Damage, missing)
	}
	w.next = f.ordinal + 1
	return true
}
