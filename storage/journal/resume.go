package journal

import (
	"errors"
	"slices"
	"syscall"
)

// resume makes ready to append behind what was found.
func (j *Journal) resume(segments []segment, report *Report) error {
	last := -1
	for i, s := range segments {
		j.ordinal = max(j.ordinal, s.last)
		if s.last != 0 || report.Torn != nil && report.Torn.Segment == s.number {
			last = i
		}
	}
	// The segment that was made ahead is kept: on a full disk there would be no
	// other. One that cannot be read stays for somebody to look at.
	top := uint64(0)
	if last >= 0 {
		top = segments[last].number
	}
	unreadable := false
	for _, s := range segments[last+1:] {
		if !s.whole {
			unreadable, top = true, s.number
		}
	}
	anew := last < 0 || segments[last].damaged || unreadable
	// From the last one down, so that no number is ever missing between two.
	for _, s := range slices.Backward(segments[last+1:]) {
		if !s.whole {
			continue
		}
		path := j.path(name(s.number, suffix))
		if !anew && s.number == segments[last].number+1 && s.size >= j.size && !s.short {
			f, err := j.fs.Open(path)
			if err != nil {
				return err
			}
			j.ahead = make(chan prepared, 1)
			j.ahead <- prepared{seg: s, file: f}
			continue
		}
		if err := j.fs.Remove(path); err != nil {
			return err
		}
	}
	j.segments = slices.Clone(segments[:last+1])
	if anew {
		return j.start(j.make(top+1, closing, nil))
	}
	err := error(nil)
	if s := segments[last]; report.Clean && s.closed && !s.short {
		j.file, err = j.fs.Open(j.path(name(s.number, suffix)))
	} else {
		err = j.rewrite(s, report)
	}
	if err != nil && j.ahead != nil {
		p := <-j.ahead
		err = errors.Join(err, p.file.Close())
	}
	return err
}

// rewrite puts a copy of the last segment's whole frames in its place.
func (j *Journal) rewrite(s segment, report *Report) error {
	path := j.path(name(s.number, suffix))
	data, err := readFile(j.fs, path)
	if err != nil {
		return err
	}
	if t := report.Torn; t != nil && t.Segment == s.number {
		if err := j.keep(t, data.data[t.From:min(t.To, int64(len(data.data)))]); err == nil {
			t.Kept = j.path(name(s.number, tornSuffix))
		}
	}
	var whole []found
	for f := range frames(s.nonce, data) {
		if !f.bad {
			whole = append(whole, f)
		}
	}
	p := j.make(s.number, s.end-framesBegin+closing, whole)
	if full(p.err) {
		data.grow(data.size)
		return j.again(s, data.data)
	}
	j.segments = j.segments[:len(j.segments)-1]
	return j.start(p)
}

// full reports an error of a disk, or of a quota, that is used up.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// again writes the last segment over itself, where there is no room for a copy:
// the same bytes, so that a cut in the middle changes nothing, and zeros in the
// place of an unfinished write.
func (j *Journal) again(s segment, data []byte) error {
	f, err := j.fs.Open(j.path(name(s.number, suffix)))
	if err != nil {
		return err
	}
	clear(data[s.end:])
	if s.short { // it was told, and cannot be made longer here
		forgetLength(data)
	}
	if _, err = f.WriteAt(data, 0); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	j.file = f
	return nil
}

// keep puts the bytes of an unfinished write aside, for somebody to look at.
func (j *Journal) keep(t *Torn, data []byte) error {
	path := j.path(name(t.Segment, tornSuffix))
	_ = j.fs.Remove(path) // of an earlier one, if there is
	f, err := j.fs.Create(path)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	return errors.Join(err, f.Sync(), f.Close())
}
