// Package journal keeps payloads on a disk, in order, and says what is missing
// of them.
//
// A payload is durable when Append has given its ordinal: it stands in a file
// whose blocks were reserved before, and was synced. What a crash leaves of an
// unfinished write is told from damage, because a frame is written only when the
// one before it is durable: behind an unfinished write nothing can stand.
package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"warroom/storage/disk"
)

const (
	// SegmentSize is the length of a segment. A payload that does not fit gets a
	// longer one. One is always reserved beside the one that is written, so that
	// after the disk is full there is still room for this much at least: 5,000
	// entries, a minute of alerts.
	SegmentSize = 4 << 20
	// MaxPayload is the most that one payload may take.
	MaxPayload = 8 << 20
	// keptFrame is how much memory is kept for the next frame, in bytes.
	keptFrame = 1 << 20
)

// Options are what Open may be told; the zero value is right for use.
type Options struct {
	// SegmentSize is the length of new segments, 0 for SegmentSize.
	SegmentSize int64
	// Random gives the segments' nonces, nil for crypto/rand.
	Random io.Reader
	// Found is told what was found, before anything is changed: what is mended is
	// not found again. Its error ends the open. nil is told nothing.
	Found func(Report) error
}

// Journal is an open journal. Append is for one goroutine at a time; the others
// wait.
type Journal struct {
	fs     disk.FS
	dir    string
	size   int64
	random io.Reader

	mu       sync.Mutex
	closed   bool
	broken   error
	segments []segment // the last one is written
	file     disk.File
	ordinal  uint64 // of the last frame
	place    Place  // of the last frame that was appended
	frame    []byte // the memory of one that is written
	// memory is what the segments were read in, kept until the first Append: freed
	// at once, it becomes a part of the next large piece that the process takes,
	// such as the database's table in memory, and has all of that cleared by hand.
	memory reading
	// ahead brings the next segment while it is being made, nil otherwise.
	ahead chan prepared
}

// prepared is a new segment with its file, or why there is none.
type prepared struct {
	seg  segment
	file disk.File
	err  error
}

// Open opens the journal in the directory, and makes it when there is none. The
// report says what was found; damage is no error.
//
// A journal that was not closed in order has its last segment written anew:
// after a failed sync the system gives back bytes that are not on the disk, so
// what is read is trusted only once it has been written and synced again.
func Open(fs disk.FS, dir string, o Options) (*Journal, Report, error) {
	j := &Journal{fs: fs, dir: dir, size: o.SegmentSize, random: o.Random}
	if j.size == 0 {
		j.size = SegmentSize
	}
	if j.random == nil {
		j.random = rand.Reader
	}
	numbers, err := j.list()
	if err != nil {
		return nil, Report{}, fmt.Errorf("open the journal: %w", err)
	}
	report, segments, err := survey(fs, dir, numbers, &j.memory)
	if err != nil {
		return nil, Report{}, fmt.Errorf("open the journal: %w", err)
	}
	if o.Found != nil {
		if err := o.Found(report); err != nil {
			return nil, report, err
		}
	}
	if err := j.resume(segments, &report); err != nil {
		return nil, report, fmt.Errorf("open the journal: %w", err)
	}
	return j, report, nil
}

// list gives the segments' numbers, and removes what was being made when the
// process ended.
func (j *Journal) list() ([]uint64, error) {
	if err := j.fs.MakeDir(j.dir); err != nil {
		return nil, err
	}
	names, err := j.fs.List(j.dir)
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, file := range names {
		if n, ok := numberOf(file); ok {
			numbers = append(numbers, n)
		} else if strings.HasSuffix(file, tempSuffix) {
			// One that is gone by now is as good: it is not to be there.
			if err := j.fs.Remove(j.path(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func (j *Journal) path(file string) string { return filepath.Join(j.dir, file) }

// start makes a new segment the one that is written.
func (j *Journal) start(p prepared) error {
	if p.err != nil {
		return p.err
	}
	if j.file != nil {
		if err := j.file.Close(); err != nil {
			return errors.Join(err, p.file.Close())
		}
	}
	j.file = p.file
	j.segments = append(j.segments, p.seg)
	return nil
}

// make makes a segment with room for so many bytes of frames, and with those
// frames in it, durable under its name.
func (j *Journal) make(number uint64, room int64, with []found) (p prepared) {
	p.seg = segment{number: number, end: framesBegin, size: max(j.size, framesBegin+room), whole: true}
	if _, err := io.ReadFull(j.random, p.seg.nonce[:]); err != nil {
		return prepared{err: fmt.Errorf("make segment %d: %w", number, err)}
	}
	data := putHead(number, p.seg.nonce, p.seg.size)
	for _, f := range with {
		data = appendFrame(data, p.seg.nonce, f.ordinal, f.payload)
		p.seg.last = f.ordinal
	}
	p.seg.end = int64(len(data))
	temp := j.path(name(number, tempSuffix))
	f, err := j.fs.Create(temp)
	if err == nil {
		if err = j.fill(f, p.seg.size, data, temp, j.path(name(number, suffix))); err != nil {
			_ = f.Close()
			_ = j.fs.Remove(temp) // if it is still there, the next open removes it
		}
	}
	if err != nil {
		return prepared{err: fmt.Errorf("make segment %d: %w", number, err)}
	}
	p.file = f
	return p
}

func (j *Journal) fill(f disk.File, size int64, data []byte, temp, path string) error {
	if err := blank(f, size); err != nil {
		return err
	}
	if _, err := f.WriteAt(data, 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := j.fs.Rename(temp, path); err != nil {
		return err
	}
	return j.fs.SyncDir(j.dir)
}

// Append makes a payload durable and gives its ordinal, which is one more than
// the last. It gives ErrSize, ErrClosed, or the error of making a new segment
// (ENOSPC when the disk is full), after which the journal is as it was and may be
// tried again.
//
// An error of writing or syncing gives a *BrokenError, now and for every later
// call: whether the payload is there is unknown until the journal is opened
// again, and a second sync would lie.
func (j *Journal) Append(payload []byte) (uint64, error) {
	if len(payload) == 0 || len(payload) > MaxPayload {
		return 0, ErrSize
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.usable(); err != nil {
		return 0, err
	}
	need := frameSize(len(payload)) + closing
	if s := j.current(); s.end+need > s.size {
		if err := j.rotate(need); err != nil {
			return 0, err
		}
	}
	if err := j.write(payload); err != nil {
		return 0, err
	}
	j.memory = reading{}
	if j.ahead == nil {
		j.prepare(j.current().number + 1)
	}
	return j.ordinal, nil
}

// Reserve tries again to make the next segment, when it could not be made
// before; for a caller who saw that there is room again.
func (j *Journal) Reserve() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.usable() != nil {
		return
	}
	select {
	case p := <-j.ahead:
		if p.err == nil {
			j.ahead <- p
			return
		}
	default:
		if j.ahead != nil || j.current().last == 0 {
			return // it is being made, or nothing was written yet
		}
	}
	j.prepare(j.current().number + 1)
}

func (j *Journal) usable() error {
	if j.closed {
		return ErrClosed
	}
	if j.broken != nil {
		return &BrokenError{j.broken}
	}
	return nil
}

func (j *Journal) current() *segment { return &j.segments[len(j.segments)-1] }

func (j *Journal) write(payload []byte) error {
	s := j.current()
	frame := appendFrame(j.frame[:0], s.nonce, j.ordinal+1, payload)
	if j.frame = frame; len(frame) > keptFrame {
		j.frame = nil
	}
	_, err := j.file.WriteAt(frame, s.end)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = err
		return &BrokenError{err}
	}
	j.ordinal++
	j.place = Place{s.number, s.nonce, s.end, j.ordinal, len(payload)}
	s.last, s.end, s.closed = j.ordinal, s.end+int64(len(frame)), len(payload) == 0
	return nil
}

// prepare makes the next segment while this one fills. Whoever needs the
// segment, or closes the journal, waits for it.
func (j *Journal) prepare(number uint64) {
	ahead := make(chan prepared, 1)
	j.ahead = ahead
	go func() { ahead <- j.make(number, closing, nil) }()
}

// rotate goes on in a new segment with room for so many bytes.
func (j *Journal) rotate(need int64) error {
	number := j.current().number + 1
	if j.ahead != nil {
		p := <-j.ahead
		j.ahead = nil
		if p.err == nil {
			if p.seg.end+need <= p.seg.size {
				return j.begin(p)
			}
			// It stays behind, empty: the next number is taken.
			if err := p.file.Close(); err != nil {
				return err
			}
			number++
		}
	}
	return j.begin(j.make(number, need, nil))
}

func (j *Journal) begin(p prepared) error {
	if err := j.start(p); err != nil {
		return fmt.Errorf("append to the journal: %w", err)
	}
	return nil
}

// Last is the ordinal of the last frame, 0 when there is none.
func (j *Journal) Last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ordinal
}

// Read gives every payload that is whole and has this ordinal or a later one, in
// order. An error of fn ends it and is returned as it is. fn must not call the
// journal; the payload is its to keep.
func (j *Journal) Read(from uint64, fn func(ordinal uint64, payload []byte) error) error {
	_, err := j.read(from, fn)
	return err
}

// Check reads the whole journal through and says what is wrong with it, also in
// the midst of segments that Open did not read. fn gets what Read gives.
func (j *Journal) Check(fn func(ordinal uint64, payload []byte) error) (Report, error) {
	return j.read(0, fn)
}

func (j *Journal) read(from uint64, fn func(ordinal uint64, payload []byte) error) (Report, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return Report{}, ErrClosed
	}
	numbers := make([]uint64, 0, len(j.segments))
	for _, s := range j.segments {
		last := s.last
		if s.closed {
			last-- // the mark of a close holds nothing
		}
		if last >= from || from == 0 {
			numbers = append(numbers, s.number)
		}
	}
	report, _, err := walk(j.fs, j.dir, numbers, new(reading), func(ordinal uint64, payload []byte) error {
		if ordinal < from {
			return nil
		}
		return fn(ordinal, payload)
	})
	return report, err
}

// Trim removes the segments of which every ordinal is below keep; the one that
// is written stays.
func (j *Journal) Trim(keep uint64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.usable(); err != nil {
		return err
	}
	old := 0 // a segment without frames goes with the next that has some
	for i, s := range j.segments[:len(j.segments)-1] {
		if s.last != 0 && s.last < keep {
			old = i + 1
		}
	}
	if old == 0 {
		return nil
	}
	for range old {
		if err := j.fs.Remove(j.path(name(j.segments[0].number, suffix))); err != nil {
			return fmt.Errorf("trim the journal: %w", err)
		}
		j.segments = j.segments[1:]
	}
	if err := j.fs.SyncDir(j.dir); err != nil {
		return fmt.Errorf("trim the journal: %w", err)
	}
	return nil
}

// Close ends the journal, with a mark that it was closed in order. After an
// error the next Open only takes longer.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	var err error
	if j.ahead != nil {
		if p := <-j.ahead; p.err == nil {
			err = p.file.Close()
		}
	}
	if s := j.current(); j.broken == nil && s.last != 0 && !s.closed {
		err = errors.Join(err, j.write(nil))
	}
	return errors.Join(err, j.file.Close())
}
