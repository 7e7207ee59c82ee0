package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"warroom/storage/disk"
)

// NewerSegment is an empty segment 1 of a version to come.
func NewerSegment(size int) []byte {
	b := make([]byte, size)
	copy(b, putHead(1, nonce{}, int64(size)))
	binary.BigEndian.PutUint32(b[8:], version+1)
	binary.BigEndian.PutUint32(b[36:], crc32.Checksum(b[:36], castagnoli))
	return b
}

// IsBroken reports a journal that takes nothing any more.
func IsBroken(err error) bool {
	var broken *BrokenError
	return errors.As(err, &broken)
}

// Wait waits for the segment that is being made, as a process that dies now
// would not; the file system in memory outlives the journal, and must not change
// under the next one.
func Wait(j *Journal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ahead != nil {
		p := <-j.ahead
		j.ahead <- p
	}
}

// Segment is a segment with a payload for each ordinal.
func Segment(number uint64, ordinals ...uint64) []byte {
	b := putHead(number, nonce{1}, 0)
	for _, o := range ordinals {
		b = append(b, appendFrame(nil, nonce{1}, o, fmt.Append(nil, "payload ", o))...)
	}
	return b
}

// Held is how many bytes a segment takes in memory when it is read.
func Held(fs disk.FS, path string) int {
	c, err := readFile(fs, path)
	if err != nil {
		return -1
	}
	return len(c.data)
}

// Stands lists what stands in a segment, by looking through its file or by reading
// it into memory.
func Stands(fs disk.FS, path string, number uint64, through bool) ([]string, error) {
	c, err := new(reading).pass(fs, path)
	if !through {
		c, err = readFile(fs, path)
	}
	if err != nil {
		return nil, err
	}
	n, err := getHead(number, c.data)
	if err != nil {
		return nil, err
	}
	var list []string
	for f := range frames(n, c) {
		list = append(list, fmt.Sprint(f.from, f.to, f.bad, f.ordinal, len(f.payload), crc32.ChecksumIEEE(f.payload)))
	}
	return append(list, fmt.Sprint(c.size)), c.close()
}
