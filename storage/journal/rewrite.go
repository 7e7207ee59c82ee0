package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"warroom/storage/disk"
)

// Frame is a payload with its ordinal.
type Frame struct {
	Ordinal uint64
	Payload []byte
}

// Rewrite writes the journal in one directory anew into another, which must hold
// none: segment by segment, under the same numbers and ordinals, with what
// change makes of each payload, and with more frames at the end. It is durable
// when Rewrite has returned.
//
// What cannot be read in the journal is not in the copy; the copy is as damaged
// as the journal was. The journal must not be written meanwhile.
func Rewrite(fsys disk.FS, from, to string, change func(ordinal uint64, payload []byte) ([]byte, error), more ...Frame) error {
	j := &Journal{fs: fsys, dir: to, size: SegmentSize, random: rand.Reader}
	numbers, err := segmentsIn(fsys, from)
	if err != nil {
		return fmt.Errorf("rewrite the journal: %w", err)
	}
	if err := fsys.MakeDir(to); err != nil {
		return fmt.Errorf("rewrite the journal: %w", err)
	}
	last := uint64(0)
	var kept []found
	number := uint64(1)
	for _, n := range numbers {
		list, err := segmentFrames(fsys, from, n)
		if err != nil {
			return err
		}
		var whole []found
		for _, f := range list {
			if f.bad || f.ordinal <= last {
				continue
			}
			if len(f.payload) > 0 {
				if f.payload, err = change(f.ordinal, f.payload); err != nil {
					return err
				}
			}
			last = f.ordinal
			whole = append(whole, f)
		}
		if len(whole) == 0 {
			continue
		}
		if err := j.put(number, kept); err != nil {
			return err
		}
		number, kept = n, whole
	}
	for _, f := range more {
		kept = append(kept, found{ordinal: f.Ordinal, payload: f.Payload})
	}
	return j.put(number, kept)
}

// Write makes a journal of payloads in a directory that holds none; their
// ordinals are 1, 2 and so on. It is durable when Write has returned.
func Write(fsys disk.FS, dir string, payloads iter.Seq2[[]byte, error]) error {
	j := &Journal{fs: fsys, dir: dir, size: SegmentSize, random: rand.Reader}
	if err := fsys.MakeDir(dir); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	var with []found
	number, ordinal, size := uint64(1), uint64(0), int64(framesBegin+closing)
	for payload, err := range payloads {
		if err != nil {
			return fmt.Errorf("write the journal: %w", err)
		}
		if len(payload) == 0 || len(payload) > MaxPayload {
			return ErrSize
		}
		need := frameSize(len(payload))
		if len(with) > 0 && size+need > SegmentSize {
			if err := j.put(number, with); err != nil {
				return fmt.Errorf("write the journal: %w", err)
			}
			number, size, with = number+1, framesBegin+closing, nil
		}
		ordinal++
		size += need
		with = append(with, found{ordinal: ordinal, payload: payload})
	}
	if err := j.put(number, with); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// put makes a segment of its frames and closes it; none is made of none.
func (j *Journal) put(number uint64, with []found) error {
	if len(with) == 0 {
		return nil
	}
	room := int64(closing)
	for _, f := range with {
		room += frameSize(len(f.payload))
	}
	p := j.make(number, room, with)
	if p.err != nil {
		return p.err
	}
	return p.file.Close()
}

// segmentsIn gives the numbers of the segments in a directory; none where it is
// missing.
func segmentsIn(fsys disk.FS, dir string) ([]uint64, error) {
	names, err := fsys.List(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, file := range names {
		if n, ok := numberOf(file); ok {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func segmentFrames(fsys disk.FS, dir string, number uint64) ([]found, error) {
	data, err := readFile(fsys, (&Journal{dir: dir}).path(name(number, suffix)))
	if err != nil {
		return nil, fmt.Errorf("read segment %d: %w", number, err)
	}
	n, err := getHead(number, data.data)
	var newer *NewerError
	if errors.As(err, &newer) {
		return nil, err
	}
	if err != nil {
		return nil, nil // what stood in it is lost
	}
	return slices.Collect(frames(n, data)), nil
}

// ReadIn gives every whole payload of the journal in a directory, in order, and
// says what is wrong with it. Nothing is changed and no lock is taken: another
// process may append meanwhile, and what it appends may be seen or not. fn's
// payload is its to keep; an error of fn ends it and is returned as it is.
func ReadIn(fsys disk.FS, dir string, fn func(ordinal uint64, payload []byte) error) (Report, error) {
	numbers, err := segmentsIn(fsys, dir)
	if err != nil {
		return Report{}, fmt.Errorf("read the journal: %w", err)
	}
	report, _, err := walk(fsys, dir, numbers, new(reading), fn)
	return report, err
}
